//! `--watch`: does the same again each time one of the files is saved.
//!
//! The command is started anew for each round, so that a round leaves nothing behind. Files are looked at four times a
//! second: that costs nothing, works on every file system, and needs no dependency.

use crate::command_error::CommandError;
use crate::console;
use crate::exit::Exit;
use std::ffi::OsString;
use std::process::Command;
use std::time::{Duration, SystemTime};

/// Time between two looks at the files.
const POLL: Duration = Duration::from_millis(250);

/// What a file looked like: when it was saved, and how long it was; `None` if it is not there.
type Stamp = Option<(SystemTime, u64)>;

/// Runs the command without `--watch`, now and whenever one of the files changes; until somebody ends it.
///
/// # Errors
/// If there is nothing to watch, or the command cannot be started again.
pub fn watch(files: &[String]) -> Result<Exit, CommandError> {
    if let Some(file) = files.iter().find(|file| stamp(file).is_none()) {
        let what = format!("{file} is not a file, so it cannot be watched");
        return Err(CommandError::with_hint(
            what,
            "Leave out --watch, or copy a gallery scenario to a file first.",
        ));
    }
    let arguments: Vec<OsString> =
        std::env::args_os().skip(1).filter(|argument| argument != "--watch").collect();
    let command = std::env::current_exe()
        .map_err(|error| CommandError::new(format!("cannot find the threadbare command: {error}")))?;
    loop {
        let seen: Vec<Stamp> = files.iter().map(|file| stamp(file)).collect();
        Command::new(&command)
            .args(&arguments)
            .status()
            .map_err(|error| CommandError::new(format!("cannot restart the command: {error}")))?;
        console::print("\nWatching for changes. Ctrl-C ends it.\n")?;
        // A file that is being replaced is not there for a moment.
        while files.iter().zip(&seen).all(|(file, seen)| stamp(file).is_none_or(|now| Some(now) == *seen)) {
            std::thread::sleep(POLL);
        }
        console::print("\n")?;
    }
}

fn stamp(file: &str) -> Stamp {
    let data = std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file)?;
    Some((data.modified().ok()?, data.len()))
}
