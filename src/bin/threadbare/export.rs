//! `threadbare export`: a run in the formats of other tools, and as a picture.

use crate::command_error::CommandError;
use crate::console;
use crate::input::{Input, Run};
use crate::json;
use crate::progress::patiently;
use crate::selection::RunSelection;
use crate::source;
use clap::{Args, ValueEnum, ValueHint};
use std::io::{self, Write};
use std::path::PathBuf;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::names::Names;
use threadbare::analysis::{chrome, csv, lanes, nova_log, races};
use threadbare::language::parse_duration;
use threadbare::model::time::Time;
use threadbare::view::chart::Chart;
use threadbare::view::scene::approximate_width;
use threadbare::view::svg::svg;
use threadbare::view::theme::Theme;
use threadbare::view::{picture, report};

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

    /// Draw in the colours for a dark background
    #[arg(long)]
    pub dark: bool,

    /// Width of a picture in pixels
    #[arg(long, value_name = "N", default_value_t = 960, value_parser = clap::value_parser!(u16).range(320..=4000))]
    pub width: u16,

    /// Run this variant
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,

    #[command(flatten)]
    pub which: RunSelection,
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
    /// A sequence diagram of the tasks that are stuck, for Markdown
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
}

fn moment(text: &str) -> Result<Time, String> {
    parse_duration(text).map(|since_start| Time(since_start.0))
}

/// `threadbare export`
pub fn export(args: &ExportArgs) -> Result<(), CommandError> {
    let input = Input::read(&args.file)?;
    input.accept(&args.file, args.variant.is_some() || args.which.is_changed())?;
    let wanted: Vec<String> = args.variant.iter().cloned().collect();
    let variants = input.variants(Some(&wanted));
    let run = input.run(&variants[0], &args.which, None)?;
    if args.format == Format::Trace && args.output.is_none() && console::is_terminal() {
        return Err(CommandError::with_hint(
            "a saved trace is binary and does not belong on a terminal",
            "Name a file with --output, or redirect standard output.",
        ));
    }
    let bytes = patiently("writing the trace", || bytes(args, &run));
    match &args.output {
        Some(path) => source::write_file(path, &bytes),
        // Not through the colour filter: these bytes go out as they are.
        None => console::finish(io::stdout().lock().write_all(&bytes).and_then(|()| io::stdout().flush())),
    }
}

fn bytes(args: &ExportArgs, run: &Run) -> Vec<u8> {
    let digest = || Digest::new(&run.trace);
    match args.format {
        Format::Chrome => {
            let lanes = lanes::lanes(&run.trace, &races::lost_updates(&run.trace));
            chrome::chrome(&run.trace, &Names::of(&run.trace), &lanes).into_bytes()
        }
        Format::Csv => csv::csv(&run.trace, &Names::of(&run.trace)).into_bytes(),
        Format::NovaLog => {
            let digest = digest();
            nova_log::nova_log(&run.trace, &digest.names, &digest.lives).into_bytes()
        }
        Format::Json => json::run(&args.file, &digest()).into_bytes(),
        Format::Trace => run.to_bytes(),
        Format::Svg => drawn(args, &digest()).into_bytes(),
        Format::Mermaid => report::sequence_diagram(&digest()).into_bytes(),
    }
}

/// The picture that is asked for.
fn drawn(args: &ExportArgs, digest: &Digest<'_>) -> String {
    let chart = Chart::new(digest);
    let at = |at: Time| digest.trace().records.partition_point(|record| record.at <= at) as u32;
    let count = args.at.map_or_else(|| picture::telling(digest), at);
    let (width, measure) = (f64::from(args.width), &approximate_width);
    let scene = match args.picture {
        PictureSubject::Timeline => picture::timeline(digest, &chart, width, measure),
        PictureSubject::Stage => picture::stage(digest, &chart, count, width, measure),
        PictureSubject::Graph => picture::waits(digest, count, width, measure),
    };
    let theme = if args.dark { Theme::dark() } else { Theme::light() };
    svg(&scene, &theme, &digest.trace().scenario.title, measure)
}

/// Examples and exit codes.
pub const EXPORT_AFTER: &str = "\
Examples:
  threadbare export nova-build-deadlock --format chrome -o run.json    # for ui.perfetto.dev
  threadbare export mine.toml --format csv | head
  threadbare export run.trace --format json
  threadbare export mine.toml --format svg --picture stage -o stage.svg
  threadbare export mine.toml --format mermaid

Exit codes: 0 written, whatever the outcome of the run; 2 bad input or usage.";
