//! What every reader is given, and what it gives back.

use super::draft::Draft;
use super::inference::Inference;
use super::measured::Measured;
use super::number::Unit;

/// Longest recording, in bytes.
pub const MAX_BYTES: u64 = 256 << 20;

/// Most rows of a table or spans of a trace.
pub const MAX_RECORDS: usize = 1_000_000;

/// Longest line of a table, in bytes: what a reader of rows holds is eight times as long.
pub(super) const MAX_ROW_BYTES: usize = 1 << 20;

/// Longest line of what a recorder wrote, in bytes: a wait for two million tasks.
pub(super) const MAX_EVENT_BYTES: usize = 16 << 20;

/// What a recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A table with a header: times and durations.
    Csv,
    /// Chrome's trace event format, JSON, as Perfetto, VizTracer, `chrome://tracing` and others write it.
    Chrome,
    /// What a recorder of Threadbare wrote.
    Recording,
    /// OpenTelemetry's OTLP, JSON.
    OpenTelemetry,
    /// A trace in the JSON of Jaeger.
    Jaeger,
    /// A recording of Java's Flight Recorder, printed as JSON.
    FlightRecorder,
    /// A trace of Perfetto in its binary form.
    Perfetto,
    /// A log of OpenStack Nova with its thread pools' statistics.
    NovaLog,
    /// A log of another OpenStack service: locks and requests.
    OsloLog,
    /// One or several thread dumps of Java, Python or Go.
    ThreadDump,
}

impl Format {
    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Format::Csv => "a table (CSV)",
            Format::Chrome => "a Chrome trace (JSON)",
            Format::Recording => "a recording of Threadbare",
            Format::OpenTelemetry => "an OpenTelemetry trace (OTLP JSON)",
            Format::Jaeger => "a Jaeger trace (JSON)",
            Format::FlightRecorder => "a recording of Java's Flight Recorder (JSON)",
            Format::Perfetto => "a Perfetto trace",
            Format::NovaLog => "a log of Nova",
            Format::OsloLog => "a log of oslo.log",
            Format::ThreadDump => "a thread dump",
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
    /// In which pool it ran.
    pub pool: Option<String>,
}

/// What a reader of one format makes of a recording.
pub(super) struct Reading {
    pub draft: Draft,
    pub inferences: Vec<Inference>,
    pub measured: Measured,
    /// What a thread dump comes to.
    pub verdict: Option<String>,
}
