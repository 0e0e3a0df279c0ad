//! `threadbare import`: a recording of a real run as a scenario, and what was inferred in it.

use crate::console;
use crate::input;
use crate::progress::patiently;
use crate::source::{self, Source};
use crate::text::{TITLE, wrap};
use crate::trouble::Trouble;
use clap::{Args, ValueEnum, ValueHint};
use std::fmt::Write;
use std::path::PathBuf;
use threadbare::import::{self, Columns, Format, Imported, Options, Provenance, Unit};

/// Columns of what is said on standard error.
const WIDTH: usize = 100;

/// `threadbare import`
#[derive(Args, Debug)]
pub struct ImportArgs {
    /// The recording, or - for standard input; up to 256 MiB
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: String,

    /// What it is; found out from its beginning if absent
    #[arg(long, short, value_enum)]
    pub format: Option<Recording>,

    /// Where to write the scenario; standard output if absent
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// The column that says when a task started
    #[arg(long, value_name = "COLUMN", help_heading = "Tables")]
    pub start: Option<String>,

    /// The column that says how long it took
    #[arg(long, value_name = "COLUMN", help_heading = "Tables")]
    pub duration: Option<String>,

    /// The column that says when it ended, in place of its duration
    #[arg(long, value_name = "COLUMN", help_heading = "Tables")]
    pub end: Option<String>,

    /// The column that says when it was submitted, if that is not when it started
    #[arg(long, value_name = "COLUMN", help_heading = "Tables")]
    pub arrival: Option<String>,

    /// The column that says what kind of task it was
    #[arg(long = "type", value_name = "COLUMN", help_heading = "Tables")]
    pub kind: Option<String>,

    /// The unit of numbers that do not say it themselves
    #[arg(long, value_enum, default_value_t = TimeUnit::Auto, help_heading = "Tables")]
    pub unit: TimeUnit,

    /// Sort a table or a log by time, in place of refusing one that is not in order
    #[arg(long)]
    pub sort: bool,
}

/// What a recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Recording {
    /// A table with a header: when each task started, and how long it took or when it ended
    Csv,
    /// Chrome's trace event format, as Perfetto, VizTracer and `threadbare export` write it
    Chrome,
    /// A log of Nova with thread_pool_statistic_period set
    NovaLog,
}

/// The unit of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TimeUnit {
    /// What the names of the columns or the size of the numbers say
    Auto,
    /// Numbers are seconds
    S,
    /// Numbers are milliseconds
    Ms,
    /// Numbers are microseconds
    Us,
    /// Numbers are nanoseconds
    Ns,
}

/// `threadbare import`
pub fn import(args: &ImportArgs) -> Result<(), Trouble> {
    let source = Source::recording(&args.file, import::MAX_BYTES)?;
    let name = &source.name;
    let text = source.text()?;
    let imported = patiently("reading the recording", || import::import(name, text, &options(args)));
    let imported = imported.map_err(|problems| input::rendered(&problems))?;
    if !imported.warnings.is_empty() {
        console::print_error(&format!("{}\n\n", imported.warnings.render(console::error_colour())));
    }
    console::print_error(&told(name, &imported));
    match &args.output {
        Some(path) => source::write_file(path, imported.text.as_bytes()),
        None => console::print(&imported.text),
    }
}

fn options(args: &ImportArgs) -> Options {
    Options {
        format: args.format.map(|format| match format {
            Recording::Csv => Format::Csv,
            Recording::Chrome => Format::Chrome,
            Recording::NovaLog => Format::NovaLog,
        }),
        columns: Columns {
            arrival: args.arrival.clone(),
            start: args.start.clone(),
            duration: args.duration.clone(),
            end: args.end.clone(),
            kind: args.kind.clone(),
        },
        unit: match args.unit {
            TimeUnit::Auto => None,
            TimeUnit::S => Some(Unit::Seconds),
            TimeUnit::Ms => Some(Unit::Millis),
            TimeUnit::Us => Some(Unit::Micros),
            TimeUnit::Ns => Some(Unit::Nanos),
        },
        sort: args.sort,
    }
}

/// What was inferred, a paragraph each, the surest first.
fn told(name: &str, imported: &Imported) -> String {
    let mut out = format!("{TITLE}{name}{TITLE:#}, read as {}\n", imported.format.words());
    let hows =
        [Provenance::Read, Provenance::Inferred, Provenance::Lost, Provenance::Assumed, Provenance::Unknown];
    let widest = hows.map(|how| how.word().len()).into_iter().max().unwrap_or(0);
    let mut last = None;
    for inference in &imported.inferences {
        let word = if last == Some(inference.how) { "" } else { inference.how.word() };
        last = Some(inference.how);
        for (i, line) in wrap(&inference.text, WIDTH - widest - 6).iter().enumerate() {
            let (word, mark) = if i == 0 { (word, "-") } else { ("", " ") };
            let _ = writeln!(out, "  {word:<widest$}  {mark} {line}");
        }
    }
    out
}

pub const IMPORT_AFTER: &str = "\
Examples:
  threadbare import tasks.csv -o real.toml && threadbare run real.toml
  threadbare import trace.json | threadbare run - --timeline
  threadbare import requests.csv --start received_at --duration took --type route --unit ms
  journalctl -u devstack@n-cpu -o short-iso-precise | threadbare import - --format nova-log

The scenario goes to standard output; what was read, inferred, lost, assumed and not known goes to standard \
error. Places in the scenario that the recording says nothing about are marked with # ?

Exit codes: 0 written, 2 the recording cannot be read, with the lines that keep it from that.";
