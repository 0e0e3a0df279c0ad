//! `--parquet FILE`: the cells of a sweep as Parquet, beside what is printed.

use crate::command_error::CommandError;
use std::path::Path;

/// A file that can be written when all cells are there.
pub struct Target<'a> {
    path: &'a Path,
    file: std::fs::File,
}

impl<'a> Target<'a> {
    /// Opens the file, so that nothing is run if it cannot be written; what it holds stays until then.
    pub fn open(path: &'a Path) -> Result<Target<'a>, CommandError> {
        if !cfg!(feature = "parquet") {
            let hint = "Build it with `cargo install --path . --features parquet`, or use --csv.";
            return Err(CommandError::with_hint("this build of threadbare cannot write Parquet", hint));
        }
        let file = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(path);
        let file = file.map_err(|error| cannot(path, &error.to_string()))?;
        Ok(Target { path, file })
    }

    /// Writes the cells, which come as CSV.
    #[cfg(feature = "parquet")]
    pub fn write(self, csv: &str) -> Result<(), CommandError> {
        let emptied = self.file.set_len(0).map_err(|error| error.to_string());
        let written = emptied.and_then(|()| threadbare::study::columnar::write(csv, &self.file));
        written.map_err(|error| cannot(self.path, &error))
    }

    /// Nothing was opened.
    #[cfg(not(feature = "parquet"))]
    pub fn write(self, _csv: &str) -> Result<(), CommandError> {
        let _ = self.file;
        Err(cannot(self.path, "this build of threadbare cannot write Parquet"))
    }
}

fn cannot(path: &Path, why: &str) -> CommandError {
    CommandError::new(format!("cannot write {}: {why}", path.display()))
}
