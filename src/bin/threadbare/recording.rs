//! A recording of a real run that is given on the command line, and how it is to be read.

use crate::command_error::CommandError;
use crate::input;
use crate::progress::patiently;
use crate::source::Source;
use clap::{Args, ValueEnum, ValueHint};
use threadbare::import::{self, Columns, Format, Imported, Options, Unit};

/// A recording, and how it is to be read.
#[derive(Args, Debug)]
pub struct RecordingArgs {
    /// The recording, or - for standard input; up to 256 MiB
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: String,

    /// Format of the recording; detected from its content by default
    #[arg(long, short, value_enum)]
    pub format: Option<RecordingFormat>,

    /// Column with the time at which a task started
    #[arg(long, value_name = "COLUMN", help_heading = "Tables")]
    pub start: Option<String>,

    /// Column with the time that a task took
    #[arg(long, value_name = "COLUMN", help_heading = "Tables")]
    pub duration: Option<String>,

    /// Column with the time at which a task ended, instead of --duration
    #[arg(long, value_name = "COLUMN", help_heading = "Tables")]
    pub end: Option<String>,

    /// Column with the time at which a task was submitted, if it started later
    #[arg(long, value_name = "COLUMN", help_heading = "Tables")]
    pub arrival: Option<String>,

    /// Column with the type of a task
    #[arg(long = "type", value_name = "COLUMN", help_heading = "Tables")]
    pub kind: Option<String>,

    /// Column with the pool that a task ran in
    #[arg(long, value_name = "COLUMN", help_heading = "Tables")]
    pub pool: Option<String>,

    /// Unit of times that are written without one
    #[arg(long, value_enum, default_value_t = TimeUnit::Auto, help_heading = "Tables")]
    pub unit: TimeUnit,

    /// Sort a table or log by time, instead of refusing one that is out of order
    #[arg(long)]
    pub sort: bool,
}

/// What a recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RecordingFormat {
    /// A table with a header: when each task started, and how long it took or when it ended
    Csv,
    /// Chrome's trace event format, as Perfetto, VizTracer and `threadbare export` write it
    Chrome,
    /// The format that Threadbare's recorders write
    Recording,
    /// OpenTelemetry's OTLP as JSON, in one object or one on each line
    Otlp,
    /// Jaeger's JSON, as downloaded from its page
    Jaeger,
    /// The output of `jfr print --json`, for recordings of Java's Flight Recorder
    Jfr,
    /// Perfetto's binary format
    Perfetto,
    /// A log of Nova with `thread_pool_statistic_period` set
    NovaLog,
    /// A log written by oslo.log, with the times of locks and requests
    OsloLog,
    /// Thread dumps of jstack, the JDK (JSON), py-spy, faulthandler or Go
    Dump,
}

/// The unit of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TimeUnit {
    /// Inferred from the names of the columns or the size of the numbers
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

/// Reads a recording, and makes a scenario of it. Also returns the name to show for it.
pub fn read_recording(args: &RecordingArgs) -> Result<(String, Imported), CommandError> {
    let source = Source::recording(&args.file, import::MAX_BYTES)?;
    let imported =
        patiently("reading the recording", || import::import(&source.name, &source.bytes, &options(args)));
    let imported = imported.map_err(|problems| input::rendered(&problems))?;
    Ok((source.name, imported))
}

/// Reads a recording of whatever format it is found to be. Also returns the name to show for it.
pub fn read_detected(file: &str) -> Result<(String, Imported), CommandError> {
    let source = Source::recording(file, import::MAX_BYTES)?;
    let read = || import::import(&source.name, &source.bytes, &Options::default());
    let imported = patiently("reading the recording", read).map_err(|problems| input::rendered(&problems))?;
    Ok((source.name, imported))
}

fn options(args: &RecordingArgs) -> Options {
    Options {
        format: args.format.map(|format| match format {
            RecordingFormat::Csv => Format::Csv,
            RecordingFormat::Chrome => Format::Chrome,
            RecordingFormat::Recording => Format::Recording,
            RecordingFormat::Otlp => Format::OpenTelemetry,
            RecordingFormat::Jaeger => Format::Jaeger,
            RecordingFormat::Jfr => Format::FlightRecorder,
            RecordingFormat::Perfetto => Format::Perfetto,
            RecordingFormat::NovaLog => Format::NovaLog,
            RecordingFormat::OsloLog => Format::OsloLog,
            RecordingFormat::Dump => Format::ThreadDump,
        }),
        columns: Columns {
            arrival: args.arrival.clone(),
            start: args.start.clone(),
            duration: args.duration.clone(),
            end: args.end.clone(),
            kind: args.kind.clone(),
            pool: args.pool.clone(),
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
