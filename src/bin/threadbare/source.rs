//! What a FILE argument means: a path, the name of a gallery scenario, or `-` for standard input.

use crate::trouble::Trouble;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use threadbare::gallery;

/// More than any scenario or saved trace that fits in memory is worth; `yes | threadbare run -` ends here.
const MOST_BYTES: u64 = 2 << 30;

/// The bytes of a source and the name to show for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path or name as it was typed; `<stdin>` for `-`.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl Source {
    /// Reads what `file` names.
    pub fn read(file: &str) -> Result<Source, Trouble> {
        if file == "-" {
            let bytes = read_all(io::stdin().lock()).map_err(|e| unreadable("standard input", &e))?;
            return Ok(Source { name: "<stdin>".to_owned(), bytes });
        }
        let path = Path::new(file);
        // Not only plain files: what a shell writes for `<(threadbare …)` is a pipe.
        if path.exists() && !path.is_dir() {
            let bytes = File::open(path).and_then(read_all).map_err(|e| unreadable(file, &e))?;
            return Ok(Source { name: file.to_owned(), bytes });
        }
        if let Some(entry) = gallery::find(file) {
            return Ok(Source { name: file.to_owned(), bytes: entry.text.as_bytes().to_vec() });
        }
        Err(missing(file))
    }

    /// Reads a recording of a real run: a file or standard input, of at most so many bytes. A file that is longer is
    /// refused before it is read.
    pub fn recording(file: &str, most: u64) -> Result<Source, Trouble> {
        let too_long = |name: &str| {
            Trouble::with_hint(
                format!("{name} is longer than {} MiB, the longest recording that is read", most >> 20),
                "Cut out the part of the run that matters: some minutes of it say enough.",
            )
        };
        let path = Path::new(file);
        let (name, bytes) = if file == "-" {
            ("<stdin>", read_at_most(io::stdin().lock(), most).map_err(|e| unreadable("standard input", &e))?)
        } else if path.is_dir() || !path.exists() {
            let is_folder = path.is_dir();
            return Err(Trouble::new(if is_folder {
                format!("{file} is a folder")
            } else {
                format!("there is no file {file}")
            }));
        } else if fs::metadata(path).is_ok_and(|data| data.len() > most) {
            return Err(too_long(file));
        } else {
            (
                file,
                File::open(path)
                    .and_then(|from| read_at_most(from, most))
                    .map_err(|e| unreadable(file, &e))?,
            )
        };
        let bytes = bytes.ok_or_else(|| too_long(name))?;
        Ok(Source { name: name.to_owned(), bytes })
    }

    /// The source as text.
    pub fn text(&self) -> Result<&str, Trouble> {
        std::str::from_utf8(&self.bytes).map_err(|error| {
            let line = self.bytes[..error.valid_up_to()].iter().filter(|&&b| b == b'\n').count() + 1;
            Trouble::with_hint(
                format!("{} is not a text file: line {line} is not UTF-8", self.name),
                "A scenario is TOML or JSON in UTF-8; a saved trace is recognised by its first bytes.",
            )
        })
    }
}

/// The gallery scenario of this name, or what to type instead.
pub fn gallery_entry(name: &str) -> Result<&'static gallery::Entry, Trouble> {
    gallery::find(name).ok_or_else(|| {
        Trouble::with_hint(format!("no gallery scenario is called `{name}`"), suggestion(name))
    })
}

fn missing(file: &str) -> Trouble {
    let path = Path::new(file);
    if path.is_dir() {
        return Trouble::with_hint(format!("{file} is a folder"), "Name the scenario files in it.");
    }
    // A path, or a name with an ending, was surely meant as a file.
    let is_path = file.contains(['/', '\\']) || path.extension().is_some();
    if is_path {
        return Trouble::new(format!("there is no file {file}"));
    }
    Trouble::with_hint(
        format!("`{file}` is neither a file here nor a scenario of the gallery"),
        suggestion(file),
    )
}

fn suggestion(name: &str) -> String {
    match gallery::nearest(name) {
        Some(nearest) => format!("Did you mean `{nearest}`? `threadbare gallery` lists all."),
        None => "`threadbare gallery` lists the scenarios.".to_owned(),
    }
}

fn unreadable(what: &str, error: &io::Error) -> Trouble {
    Trouble::new(format!("cannot read {what}: {error}"))
}

fn read_all(from: impl Read) -> io::Result<Vec<u8>> {
    let too_long = || io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 2 GiB");
    read_at_most(from, MOST_BYTES)?.ok_or_else(too_long)
}

/// All bytes; `None` if there are more than `most`.
fn read_at_most(from: impl Read, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

/// Writes a file, or says why not.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Trouble> {
    fs::write(path, bytes).map_err(|error| Trouble::new(format!("cannot write {}: {error}", path.display())))
}
