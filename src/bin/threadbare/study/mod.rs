//! The commands that run a scenario many times: `sweep` and `merge`, `compare`, `size`.
//!
//! They read arguments and lay out what `threadbare::study` found.

pub mod args;
mod chart;
pub mod compare;
pub mod diff;
mod explained;
mod parquet;
mod plain;
pub mod review;
pub mod size;
pub mod sweep;
pub mod words;

use crate::command_error::CommandError;
use crate::console;
use crate::input::{self, Input};
use crate::progress::PATIENCE;
use crate::source::Source;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;
use threadbare::language::{BASE, Document, Overrides};
use threadbare::study::sweep::SweepError;

/// The document that `file` names, and that it has this variant.
fn document(file: &str, variants: &[&str]) -> Result<Document, CommandError> {
    let document = input::document(&Source::read(file)?)?;
    for variant in variants {
        Input::know(&document, variant)?;
    }
    Ok(document)
}

/// The variant that was asked for.
fn variant(wanted: Option<&String>) -> &str {
    wanted.map_or(BASE, String::as_str)
}

fn overrides(which: &crate::selection::RunSelection) -> Overrides {
    Overrides { seed: which.seed, set: which.set.clone() }
}

impl From<SweepError> for CommandError {
    fn from(wrong: SweepError) -> CommandError {
        match wrong {
            SweepError::Document(problems) => input::rendered(&problems),
            SweepError::Question(what, hint) if hint.is_empty() => CommandError::new(what),
            SweepError::Question(what, hint) => CommandError::with_hint(what, hint),
        }
    }
}

/// How far many runs are, on standard error, if that is a terminal and they take longer than a moment.
struct RunProgressBar {
    bar: ProgressBar,
    begun: Instant,
    is_shown: AtomicBool,
}

impl RunProgressBar {
    /// A bar over `steps` steps.
    fn new(steps: u64, what: &str) -> RunProgressBar {
        let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template(&format!(
            "{{bar:30}} {{pos}}/{{len}} {what}, {{eta}} left  {{msg}}"
        ));
        bar.set_style(style.expect("a sound template"));
        RunProgressBar { bar, begun: Instant::now(), is_shown: AtomicBool::new(false) }
    }

    /// One step more; from whichever thread.
    fn step(&self) {
        self.bar.inc(1);
        if self.begun.elapsed() >= PATIENCE && !self.is_shown.swap(true, Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// What stands behind the bar.
    fn say(&self, message: String) {
        self.bar.set_message(message);
    }

    /// Does what writes to standard output, with the bar out of its way.
    fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        if console::is_terminal() { self.bar.suspend(write) } else { write() }
    }
}

impl Drop for RunProgressBar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
