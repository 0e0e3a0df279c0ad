//! The arguments of `export`.

use crate::selection::RunSelection;
use clap::{Args, ValueEnum, ValueHint};
use std::path::PathBuf;
use threadbare::language::parse_duration;
use threadbare::model::time::Time;
use threadbare::study::axis::SweepAxis;

/// `threadbare export`
#[derive(Args, Debug)]
pub struct ExportArgs {
    /// A scenario, a saved trace, the name of a gallery scenario, or - for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: String,

    /// Format to write
    #[arg(long, short)]
    pub format: Format,

    /// File to write; defaults to standard output
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// Subject of a picture
    #[arg(long, value_enum, default_value_t = PictureSubject::Timeline)]
    pub picture: PictureSubject,

    /// Moment that the stage or the graph shows; defaults to the key moment of the run
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub at: Option<Time>,

    /// Use colours for a dark background
    #[arg(long)]
    pub dark: bool,

    /// Width of a picture in pixels
    #[arg(long, value_name = "N", default_value_t = 960, value_parser = clap::value_parser!(u16).range(320..=4000))]
    pub width: u16,

    /// Pixels of a PNG for each pixel of the picture, in both directions
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=8))]
    pub scale: u8,

    /// Run this variant
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,

    #[command(flatten)]
    pub which: RunSelection,

    /// Parameter of --picture sweep and its values: pool=1..20, default.workers=5,10; at most twice
    #[arg(long, value_name = "NAME=VALUES", value_parser = SweepAxis::parse, help_heading = "Many runs")]
    pub param: Vec<SweepAxis>,

    /// The two variants of --picture compare; `base` is the document itself
    #[arg(long, value_name = "A,B", value_delimiter = ',', num_args = 1, help_heading = "Many runs")]
    pub variants: Vec<String>,

    /// Metrics to measure, as in [expect]; defaults to those in [expect], or to those that the page compares
    #[arg(long, value_name = "METRIC", num_args = 1.., help_heading = "Many runs")]
    pub metric: Vec<String>,

    /// Number of runs of each value or variant; a scenario without random draws runs once
    #[arg(long, value_name = "R", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    #[arg(help_heading = "Many runs")]
    pub runs: u32,
}

/// A format that a trace can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Chrome's trace event format: opens in Perfetto (ui.perfetto.dev) and in chrome://tracing
    Chrome,
    /// One line per event, for spreadsheets and data frames
    Csv,
    /// The lines that Nova logs about its thread pools; `import` can read them
    NovaLog,
    /// The JSON of `run --json`
    Json,
    /// Threadbare's own binary format; `run` and `export` can read it
    Trace,
    /// A picture with its title, verdict, legend and fingerprint
    Svg,
    /// The same picture in pixels
    Png,
    /// A diagram for Markdown: of the tasks that are stuck, of who waits for whom, or of a sweep
    Mermaid,
}

/// The subject of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PictureSubject {
    /// The whole run, with a row for each worker
    Timeline,
    /// Where every task is at one moment
    Stage,
    /// The wait-for graph at one moment
    Graph,
    /// A metric over one parameter, or over two
    Sweep,
    /// Two variants: one run of each, and statistics over many
    Compare,
}

fn moment(text: &str) -> Result<Time, String> {
    parse_duration(text).map(|since_start| Time(since_start.0))
}

/// Examples and exit codes.
pub const EXPORT_AFTER: &str = "\
Examples:
  threadbare export nova-build-deadlock --format chrome -o run.json    # for ui.perfetto.dev
  threadbare export mine.toml --format csv | head
  threadbare export run.trace --format json
  threadbare export mine.toml --format svg --picture stage -o stage.svg
  threadbare export mine.toml --format png --scale 3 -o timeline.png
  threadbare export mine.toml --format png --picture sweep --param pool=1..20 -o sweep.png
  threadbare export mine.toml --format svg --picture compare --variants base,new -o compare.svg
  threadbare export mine.toml --format mermaid
  threadbare export mine.toml --format mermaid --picture graph

Mermaid draws a timeline as a sequence diagram, a graph as a flowchart, and a sweep of one parameter as a chart. It has \
no diagram for a stage, a heat map or a comparison.

Exit codes: 0 written, whatever the outcome of the run; 2 bad input or usage.";
