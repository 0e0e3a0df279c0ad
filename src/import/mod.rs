//! Load from reality: a recording of a real run (a CSV of timestamps and durations, a Chrome or Perfetto trace, Nova's
//! log) becomes the text of a scenario, and a list of what was inferred and what the recording does not say.
//!
//! Invariant: what comes out is a document that reads without errors; what goes in may be any text: it is read within
//! stated limits, and what is wrong with it is said with its places, several at once.
//!
//! Nothing here runs anything, and nothing is guessed in silence: every guess is an [`Inference`], and a place in the
//! text that a person has to fill in is marked with `# ?`.

mod chrome;
mod csv;
mod draft;
mod findings;
mod moment;
mod names;
mod nova;
mod number;
mod order;
mod series;

pub use number::Unit;

use crate::language::Problems;
use findings::Findings;

/// Longest recording, in bytes.
pub const MAX_BYTES: u64 = 256 << 20;

/// Most rows of a table or spans of a trace.
pub const MAX_RECORDS: usize = 1_000_000;

/// What a recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A table with a header: times and durations.
    Csv,
    /// Chrome's trace event format, JSON, as Perfetto, VizTracer, `chrome://tracing` and others write it.
    Chrome,
    /// A log of OpenStack Nova with its thread pools' statistics.
    NovaLog,
}

impl Format {
    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Format::Csv => "a table (CSV)",
            Format::Chrome => "a Chrome trace (JSON)",
            Format::NovaLog => "a log of Nova",
        }
    }
}

/// How a recording is to be read. Nothing has to be said: what is left open is found out.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What it is; found out from its first characters if absent.
    pub format: Option<Format>,
    /// Columns of a table, by their names.
    pub columns: Columns,
    /// The unit of plain numbers in a table.
    pub unit: Option<Unit>,
    /// Sorts rows or lines that are not in order of time, in place of refusing them.
    pub sort: bool,
}

/// Which column of a table is what, where its name does not tell.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// When a task was submitted, where that is not when it started.
    pub arrival: Option<String>,
    /// When it started.
    pub start: Option<String>,
    /// How long it took.
    pub duration: Option<String>,
    /// When it ended, in place of its duration.
    pub end: Option<String>,
    /// What kind of task it was.
    pub kind: Option<String>,
}

/// A recording as a scenario.
#[derive(Clone, Debug)]
pub struct Imported {
    /// What it was read as.
    pub format: Format,
    /// The scenario's document: TOML with comments.
    pub text: String,
    /// What was inferred, and what could not be.
    pub inferences: Vec<Inference>,
    /// What is odd about the recording, but keeps nothing from being read.
    pub warnings: Problems,
}

/// How something in the scenario is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provenance {
    /// The recording says so.
    Read,
    /// It follows from what the recording says.
    Inferred,
    /// It was left out or made smaller, so that the document stays readable.
    Lost,
    /// The recording does not say, and something had to be taken.
    Assumed,
    /// The recording does not say, and it has to be filled in.
    Unknown,
}

impl Provenance {
    /// In a word or two.
    pub fn word(self) -> &'static str {
        match self {
            Provenance::Read => "read",
            Provenance::Inferred => "inferred",
            Provenance::Lost => "lost",
            Provenance::Assumed => "assumed",
            Provenance::Unknown => "not known",
        }
    }
}

/// One thing that the scenario says, and how it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inference {
    /// How it is known.
    pub how: Provenance,
    /// What, in a sentence.
    pub text: String,
}

/// What a reader of one format makes of a recording.
struct Reading {
    draft: draft::Draft,
    inferences: Vec<Inference>,
}

/// Makes a scenario of a recording. `file_name` is for messages and the scenario's title.
///
/// # Errors
/// What is wrong with the recording, each with its line: up to twenty problems, the rest counted.
pub fn import(file_name: &str, text: &str, options: &Options) -> Result<Imported, Problems> {
    let mut findings = Findings::default();
    let format = options.format.unwrap_or_else(|| format_of(text));
    let reading = if text.len() as u64 > MAX_BYTES {
        let message = format!("the recording has {} bytes, more than {}", text.len(), limit_words());
        findings.error(0..0, message, "cut out the part of the run that matters");
        None
    } else if text.trim().is_empty() {
        findings.error(0..0, "the recording is empty", "give a CSV, a Chrome trace, or a log of Nova");
        None
    } else {
        match format {
            Format::Csv => csv::read(text, options, &mut findings),
            Format::Chrome => chrome::read(text, &mut findings),
            Format::NovaLog => nova::read(text, options, &mut findings),
        }
    };
    if findings.has_errors() {
        return Err(findings.close(file_name, text));
    }
    let Some(Reading { mut draft, mut inferences }) = reading else {
        findings.error(0..0, "nothing in this recording can be made a scenario", "give one with tasks in it");
        return Err(findings.close(file_name, text));
    };
    draft.source = file_name.to_owned();
    let written = draft.write(&mut inferences);
    let Some(written) = written else {
        let help = "import a part of the run, or one process of it";
        findings.error(0..0, "the scenario would be longer than a document may be (1 MiB)", help);
        return Err(findings.close(file_name, text));
    };
    Ok(Imported { format, text: written, inferences, warnings: findings.close(file_name, text) })
}

/// The longest recording, as a person would say it.
pub fn limit_words() -> String {
    format!("{} MiB", MAX_BYTES >> 20)
}

/// What a recording is, from what it begins with.
pub fn format_of(text: &str) -> Format {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    // A log may be long before its first line of interest.
    const LOOK: usize = 1 << 16;
    let head: String = start.chars().take(LOOK).collect();
    if start.starts_with('{') || (start.starts_with('[') && !nova::looks_like_log(&head)) {
        Format::Chrome
    } else if nova::looks_like_log(&head) {
        Format::NovaLog
    } else {
        Format::Csv
    }
}
