//! The commands that run a scenario many times: `sweep` and `merge`, `compare`, `size`.
//!
//! They read arguments and lay out what `threadbare::study` found.

pub mod args;
mod chart;
pub mod compare;
mod parquet;
mod sentence;
pub mod size;
pub mod sweep;
mod words;

use crate::input::{self, Input};
use crate::source::Source;
use crate::trouble::Trouble;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use threadbare::language::{BASE, Document, Overrides};
use threadbare::study::sweep::Wrong;

/// The document that `file` names, and that it has this variant.
fn document(file: &str, variants: &[&str]) -> Result<Document, Trouble> {
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

fn overrides(which: &crate::args::Which) -> Overrides {
    Overrides { seed: which.seed, set: which.set.clone() }
}

impl From<Wrong> for Trouble {
    fn from(wrong: Wrong) -> Trouble {
        match wrong {
            Wrong::Document(problems) => input::rendered(&problems),
            Wrong::Question(what, hint) if hint.is_empty() => Trouble::new(what),
            Wrong::Question(what, hint) => Trouble::with_hint(what, hint),
        }
    }
}

/// A bar on standard error, if that is a terminal, over so many steps.
fn bar(steps: u64, what: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr());
    let style =
        ProgressStyle::with_template(&format!("{{bar:30}} {{pos}}/{{len}} {what}, {{eta}} left  {{msg}}"));
    bar.with_style(style.expect("a sound template"))
}
