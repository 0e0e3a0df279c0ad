//! The terminal: whether it takes colour, how wide it is, and writing to it.
//!
//! A reader that has seen enough (`| head`) is no trouble: writing to a closed pipe ends quietly, and
//! the exit code still says how the run went.

use crate::args::ColorWhen;
use crate::trouble::Trouble;
use anstream::{AutoStream, ColorChoice};
use std::io::{self, IsTerminal, Write};

/// Columns when nobody knows.
const WIDTH: usize = 80;
/// Nothing is laid out in fewer columns than these.
const MIN_WIDTH: usize = 40;
/// Or in more.
const MAX_WIDTH: usize = 1000;

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
pub fn print(text: &str) -> Result<(), Trouble> {
    finish(anstream::stdout().lock().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()))
}

/// Writes `text` to standard error, colour codes as welcome. There is nowhere to report a failure to.
pub fn print_error(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// What a write to standard output came to: a closed pipe is not an error.
pub fn finish(result: io::Result<()>) -> Result<(), Trouble> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Trouble::new(format!("cannot write to standard output: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
