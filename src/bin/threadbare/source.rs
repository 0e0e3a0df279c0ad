//! What a FILE argument means: a path (to whatever can be read), the name of a gallery scenario, or `-` for standard input.

use crate::command_error::CommandError;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use threadbare::trace::file::is_saved;
use threadbare::{gallery, language};

/// More than any saved trace that fits in memory is worth.
const MAX_TRACE: u64 = 2 << 30;
/// The longest scenario.
const MAX_SCENARIO: u64 = language::MAX_BYTES as u64;

/// The longest part of a sweep, or file to resume: some million cells.
pub const MAX_PART: u64 = 256 << 20;

/// What `-` is called.
pub const STANDARD_INPUT: &str = "standard input";

/// The bytes of a source and the name to show for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path or name as it was typed; `standard input` for `-`.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// How a FILE argument is called in what is printed.
pub fn shown(file: &str) -> &str {
    if file == "-" { STANDARD_INPUT } else { file }
}

/// Complains if several of the files are standard input, which can be read but once.
pub fn one_standard_input(files: &[String]) -> Result<(), CommandError> {
    if files.iter().filter(|file| *file == "-").count() > 1 {
        return Err(CommandError::with_hint("- is given twice", "Standard input can be read only once."));
    }
    Ok(())
}

impl Source {
    /// Reads what `file` names: a scenario, or a saved trace, which may be much longer.
    pub fn read(file: &str) -> Result<Source, CommandError> {
        let Some(from) = open(file)? else {
            let entry = gallery::find(file).ok_or_else(|| missing(file))?;
            return Ok(Source { name: file.to_owned(), bytes: entry.text.as_bytes().to_vec() });
        };
        let name = shown(file).to_owned();
        let bytes = read_scenario_or_trace(from).map_err(|error| unreadable(&name, &error))?;
        let bytes = bytes.ok_or_else(|| {
            let what =
                format!("{name} is larger than {} MiB, the maximum size of a scenario", MAX_SCENARIO >> 20);
            CommandError::with_hint(
                what,
                "A saved trace may be larger, up to 2 GiB; it is recognised by its first bytes.",
            )
        })?;
        Ok(Source { name, bytes })
    }

    /// Reads a recording of a real run: a file or standard input, of at most `most` bytes. A file that is longer is
    /// refused before it is read.
    pub fn recording(file: &str, most: u64) -> Result<Source, CommandError> {
        let hint = "Cut out the part of the run that matters; a few minutes are enough.";
        Source::at_most(file, most, "recording", hint)
    }

    /// Reads a part of a sweep, as [`Source::recording`] does.
    pub fn part(file: &str) -> Result<Source, CommandError> {
        Source::at_most(file, MAX_PART, "part of a sweep", "Split the sweep into more parts.")
    }

    fn at_most(file: &str, most: u64, what: &str, hint: &str) -> Result<Source, CommandError> {
        let name = shown(file).to_owned();
        let too_long = || {
            let words = format!("{name} is larger than {} MiB, the maximum size of a {what}", most >> 20);
            CommandError::with_hint(words, hint)
        };
        let from = open(file)?.ok_or_else(|| CommandError::new(format!("there is no file {file}")))?;
        if file != "-" && fs::metadata(file).is_ok_and(|data| data.len() > most) {
            return Err(too_long());
        }
        let bytes = read_at_most(from, most).map_err(|error| unreadable(&name, &error))?;
        let bytes = bytes.ok_or_else(too_long)?;
        Ok(Source { name, bytes })
    }

    /// The source as text.
    pub fn text(&self) -> Result<&str, CommandError> {
        std::str::from_utf8(&self.bytes).map_err(|error| {
            let line = self.bytes[..error.valid_up_to()].iter().filter(|&&b| b == b'\n').count() + 1;
            CommandError::with_hint(
                format!("{} is not a text file: line {line} is not UTF-8", self.name),
                "A scenario is TOML or JSON in UTF-8.",
            )
        })
    }
}

/// The gallery scenario of this name, or what to type instead.
pub fn gallery_entry(name: &str) -> Result<&'static gallery::Entry, CommandError> {
    gallery::find(name).ok_or_else(|| {
        CommandError::with_hint(format!("no gallery scenario is called `{name}`"), suggestion(name))
    })
}

fn missing(file: &str) -> CommandError {
    let path = Path::new(file);
    // A path, or a name with an ending, was surely meant as a file.
    let is_path = file.contains(['/', '\\']) || path.extension().is_some();
    if is_path {
        return CommandError::new(format!("there is no file {file}"));
    }
    CommandError::with_hint(
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

fn unreadable(what: &str, error: &io::Error) -> CommandError {
    CommandError::new(format!("cannot read {what}: {error}"))
}

/// What `file` names, open: standard input, or whatever a path leads to (a file, a pipe, a device). `None` if there is
/// nothing of that name.
fn open(file: &str) -> Result<Option<Box<dyn Read>>, CommandError> {
    if file == "-" {
        return Ok(Some(Box::new(io::stdin().lock())));
    }
    if Path::new(file).is_dir() {
        return Err(CommandError::with_hint(format!("{file} is a folder"), "Name the files in it."));
    }
    match File::open(file) {
        Ok(from) => Ok(Some(Box::new(from))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(file, &error)),
    }
}

/// All bytes; `None` if there are more than a scenario may have, and they are no saved trace.
fn read_scenario_or_trace(mut from: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    from.by_ref().take(MAX_SCENARIO + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 <= MAX_SCENARIO {
        return Ok(Some(bytes));
    }
    if !is_saved(&bytes) {
        return Ok(None);
    }
    let left = MAX_TRACE - bytes.len() as u64;
    let rest = read_at_most(from, left)?;
    let rest = rest.ok_or_else(|| io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 2 GiB"))?;
    bytes.extend(rest);
    Ok(Some(bytes))
}

/// All bytes; `None` if there are more than `most`.
pub fn read_at_most(from: impl Read, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

/// The trouble with a file that is not to be overwritten.
pub fn exists(path: &Path) -> CommandError {
    let what = format!("{} exists already", path.display());
    CommandError::with_hint(what, "Name another file, or overwrite it with --force.")
}

/// Writes a file, or says why not. A file that stands there already is replaced only when all is written: a full disk
/// leaves it as it was. What is no plain file (a pipe, a device) is written to as it is.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    let written = match fs::metadata(path) {
        Ok(data) if !data.is_file() => fs::write(path, bytes),
        Ok(_) | Err(_) => replace(path, bytes),
    };
    written.map_err(|error| CommandError::new(format!("cannot write {}: {error}", path.display())))
}

/// Writes beside the file, and renames.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // The file itself where the path is a link to it.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = write_new(&beside, path, bytes).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // It is of no use to anybody; that it cannot be removed changes nothing about the trouble.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Writes a file that is not there yet, to the disk, with the permissions of the one that it is to replace.
fn write_new(beside: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::options().write(true).create_new(true).open(beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    match fs::metadata(path) {
        Ok(data) => file.set_permissions(data.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
