//! A recording of a real run that is opened: it becomes the document, which says itself what was inferred.
//!
//! Invariant: no more is read than can be within a frame or two: it is read on the page's own thread.

use super::work::Work;
use super::{Arrival, Notice, State, work};
use threadbare::import::{self, Options};
use threadbare::language::BASE;

/// Longest recording that the page reads; the command reads more.
const MOST_BYTES: usize = 2 << 20;

/// Whether a file of this name is a recording, or may be one.
pub fn may_be(name: &str) -> bool {
    ends_as(name, &["csv", "tsv", "log", "json"])
}

fn ends_as(name: &str, endings: &[&str]) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// Whether a text is a recording: JSON may be a scenario, too.
fn is_recording(name: &str, text: &str) -> bool {
    let is_json = ends_as(name, &["json"]);
    let is_trace = || text.trim_start().starts_with('[') || text.contains("\"traceEvents\"");
    if is_json { is_trace() } else { may_be(name) }
}

/// Whether a recording is short enough to be read here.
///
/// # Errors
/// That it is not, as a sentence.
pub fn admit(name: &str, bytes: usize) -> Result<(), String> {
    if bytes <= MOST_BYTES {
        return Ok(());
    }
    let (most, all) = (MOST_BYTES >> 20, import::MOST_BYTES >> 20);
    Err(format!(
        "{name} has more than {most} MiB, so it was not opened here. `threadbare import` reads up to {all} MiB."
    ))
}

impl State {
    /// Opens a text as what it is.
    pub(super) fn open_text(&mut self, name: &str, text: &str) {
        let opened = if is_recording(name, text) {
            admit(name, text.len()).and_then(|()| read(name, text))
        } else {
            work::admit(name, text.len()).map(|()| (Work::open(name, text, BASE), None))
        };
        match opened {
            Ok((work, said)) => {
                self.open(work, Arrival::Play);
                self.notice = said.map(|text| Notice { text, is_trouble: false });
            }
            Err(why) => self.notice = Some(Notice { text: why, is_trouble: true }),
        }
    }
}

/// A recording as a document, and what to say about it; or its first problem.
fn read(name: &str, text: &str) -> Result<(Work, Option<String>), String> {
    let imported = import::import(name, text, &Options::default()).map_err(|problems| {
        let more = match problems.list.len() - 1 + problems.unlisted {
            0 => String::new(),
            more => format!(" And {more} more."),
        };
        let first = &problems.list[0];
        let help = first.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{name} could not be read: line {}: {}{help}.{more}", first.line, first.message)
    })?;
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let said = format!(
        "{name} was read as {} and made a scenario. What was inferred, assumed and lost stands in its description.",
        imported.format.words()
    );
    Ok((Work::open(&format!("{stem}.toml"), &imported.text, BASE), Some(said)))
}
