//! The terminal: whether it takes colour, how wide it is, and writing to it.
//!
//! A reader that has seen enough (`| head`) is no trouble: writing to a closed pipe ends quietly, and
//! the exit code still says how the run went.

use crate::command_error::CommandError;
use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

/// Columns if neither the terminal nor `COLUMNS` says.
const WIDTH: usize = 80;
/// Fewest columns that output is laid out in.
const MIN_WIDTH: usize = 40;
/// Most columns that output is laid out in.
const MAX_WIDTH: usize = 1000;

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// If the output is a terminal
    Auto,
    /// Even in files and pipes
    Always,
    /// Not at all
    Never,
}

impl ColorWhen {
    /// What the last `--color` of a command line says, if it is one of the words.
    pub fn of(typed: &[OsString]) -> Option<ColorWhen> {
        let word = |(at, argument): (usize, &OsString)| match argument.to_str()? {
            "--color" => typed.get(at + 1)?.to_str().map(str::to_owned),
            joined => joined.strip_prefix("--color=").map(str::to_owned),
        };
        let last = typed.iter().enumerate().rev().find_map(word)?;
        ColorWhen::from_str(&last, false).ok()
    }
}

impl From<ColorWhen> for clap::ColorChoice {
    fn from(when: ColorWhen) -> clap::ColorChoice {
        match when {
            ColorWhen::Auto => clap::ColorChoice::Auto,
            ColorWhen::Always => clap::ColorChoice::Always,
            ColorWhen::Never => clap::ColorChoice::Never,
        }
    }
}

/// Decides for the whole process when colour is used; call it once, first.
pub fn set_colour(when: ColorWhen) {
    match when {
        ColorWhen::Auto => ColorChoice::Auto,
        ColorWhen::Always => ColorChoice::Always,
        ColorWhen::Never => ColorChoice::Never,
    }
    .write_global();
}

/// Whether standard error takes colour.
pub fn error_colour() -> bool {
    AutoStream::choice(&io::stderr()) != ColorChoice::Never
}

/// Whether standard output is a terminal, so that a person reads it.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Columns of the terminal; if standard output is none, those that `COLUMNS` asks for, otherwise 80.
pub fn width() -> usize {
    let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let asked = || std::env::var("COLUMNS").ok()?.trim().parse::<usize>().ok();
    let width = if is_terminal() { terminal() } else { asked() };
    width.map_or(WIDTH, |width| width.clamp(MIN_WIDTH, MAX_WIDTH))
}

/// Writes `text` to standard output; colour codes in it go only where they are welcome.
pub fn print(text: &str) -> Result<(), CommandError> {
    finish(anstream::stdout().lock().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()))
}

/// Writes `text` to standard error, colour codes as welcome. There is nowhere to report a failure to.
pub fn print_error(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// What a write to standard output came to: a closed pipe is not an error.
pub fn finish(result: io::Result<()>) -> Result<(), CommandError> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CommandError::new(format!("cannot write to standard output: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
