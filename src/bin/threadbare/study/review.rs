//! `threadbare report`: a design review as one file.

use crate::command_error::CommandError;
use crate::console;
use crate::exit::Exit;
use crate::input;
use crate::recording::read_detected;
use crate::selection::RunSelection;
use crate::source::{one_standard_input, write_file};
use clap::{Args, ValueEnum, ValueHint};
use std::path::{Path, PathBuf};
use threadbare::import::Imported;
use threadbare::language::BASE;
use threadbare::study::replicate::RunCallbacks;
use threadbare::study::review::{
    DEFAULT_RUNS, MAX_SIDES, RecordedMeasurements, ReviewDepth, ReviewRequest, ReviewWithRuns, review,
};
use threadbare::view::report::{Picture, Report};

/// `threadbare report`
#[derive(Args, Debug)]
pub struct ReportArgs {
    /// A scenario (TOML or JSON), the name of a gallery scenario, or - for standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<String>,

    /// Variants to review; the others are compared with the first. `base` is the document itself
    #[arg(long, value_name = "NAMES", value_delimiter = ',', default_value = BASE)]
    pub variants: Vec<String>,

    #[command(flatten)]
    pub which: RunSelection,

    /// Number of runs of each variant; a scenario without random draws runs once
    #[arg(long, value_name = "N", default_value_t = DEFAULT_RUNS, value_parser = clap::value_parser!(u32).range(2..=10_000))]
    pub runs: u32,

    /// Skip exploring and the sensitivity analysis
    #[arg(long)]
    pub quick: bool,

    /// Recording of the real system to compare the first variant with, in any format that `import` reads
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub recording: Option<String>,

    /// Format to write; defaults to the one implied by the extension of --output, or html
    #[arg(long, short, value_enum, help_heading = "Output")]
    pub format: Option<ReportFormat>,

    /// File to write, or a folder if there are several FILEs; defaults to standard output
    #[arg(long, short, value_name = "PATH", value_hint = ValueHint::AnyPath, help_heading = "Output")]
    pub output: Option<PathBuf>,
}

/// A format that a report can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// One page without scripts, for a browser or a printer
    Html,
    /// Markdown, with its pictures as files beside it
    Md,
    /// The facts, for programs
    Json,
}

impl ReportFormat {
    fn ending(self) -> &'static str {
        match self {
            ReportFormat::Html => "html",
            ReportFormat::Md => "md",
            ReportFormat::Json => "json",
        }
    }

    fn of_path(path: &Path) -> Option<ReportFormat> {
        match path.extension()?.to_str()? {
            "md" | "markdown" => Some(ReportFormat::Md),
            "json" => Some(ReportFormat::Json),
            _ => None,
        }
    }
}

/// `threadbare report`
pub fn report(args: &ReportArgs) -> Result<Exit, CommandError> {
    if args.files.len() > 1 && args.output.is_none() {
        let hint = "Name a folder with --output: each report is a file in it.";
        return Err(CommandError::with_hint("several reports do not fit on standard output", hint));
    }
    if args.variants.len() > MAX_SIDES {
        let what = format!(
            "{} variants are more than the {MAX_SIDES} that a report can compare",
            args.variants.len()
        );
        return Err(CommandError::with_hint(what, "`threadbare compare` has no such limit."));
    }
    if args.recording.is_some() && args.files.len() > 1 {
        let hint = "A recording is of one system: write a report of each document.";
        return Err(CommandError::with_hint("several documents cannot be compared with one recording", hint));
    }
    one_standard_input(&[args.files.clone(), args.recording.iter().cloned().collect()].concat())?;
    let recording = args.recording.as_deref().map(read_detected).transpose()?;
    for file in &args.files {
        let report = reviewed(file, args, recording.as_ref())?;
        let path = args.output.as_ref().map(|output| place(output, file, args));
        let format =
            args.format.or_else(|| ReportFormat::of_path(path.as_deref()?)).unwrap_or(ReportFormat::Html);
        match path {
            Some(path) => write(&report, format, &path)?,
            None => console::print(&text(&report, format, &|_| None))?,
        }
    }
    Ok(Exit::Expected)
}

/// Where the report of a file goes.
fn place(output: &Path, file: &str, args: &ReportArgs) -> PathBuf {
    if args.files.len() == 1 && !output.is_dir() {
        return output.to_path_buf();
    }
    let stem = Path::new(file).file_stem().map_or("report".into(), |stem| stem.to_string_lossy());
    output.join(format!("{stem}.{}", args.format.unwrap_or(ReportFormat::Html).ending()))
}

fn reviewed(
    file: &str,
    args: &ReportArgs,
    recording: Option<&(String, Imported)>,
) -> Result<Report, CommandError> {
    let names: Vec<&str> = args.variants.iter().map(String::as_str).collect();
    let document = super::document(file, &names)?;
    let overrides = super::overrides(&args.which);
    let request = ReviewRequest {
        document: &document,
        variants: &args.variants,
        overrides: &overrides,
        runs: args.runs,
        depth: if args.quick { ReviewDepth::Quick } else { ReviewDepth::Full },
        recording: recording
            .map(|(name, imported)| RecordedMeasurements { name, measured: &imported.measured }),
    };
    let bar = super::RunProgressBar::new(args.variants.len() as u64 * u64::from(args.runs), "runs at most");
    let watch = RunCallbacks { on_run: &|| bar.step(), ..RunCallbacks::default() };
    let reviewed = review(&request, &watch).map_err(|problems| input::rendered(&problems))?;
    drop(bar);
    let ReviewWithRuns { review, runs, shown } = reviewed.expect("nothing stops it");
    Ok(Report::new(review, &runs, &shown))
}

fn text(report: &Report, format: ReportFormat, link: &dyn Fn(&Picture) -> Option<String>) -> String {
    match format {
        ReportFormat::Html => report.html(),
        ReportFormat::Md => report.markdown(link),
        ReportFormat::Json => report.json(),
    }
}

/// Writes a report, and in Markdown its pictures into a folder beside it.
fn write(report: &Report, format: ReportFormat, path: &Path) -> Result<(), CommandError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder)?;
    }
    let stem = path.file_stem().map_or("report".into(), |stem| stem.to_string_lossy().into_owned());
    let folder = format!("{stem}.pictures");
    let link = |picture: &Picture| Some(format!("{folder}/{}.svg", picture.name));
    if format == ReportFormat::Md && !report.pictures().is_empty() {
        let folder = path.with_file_name(&folder);
        make_folder(&folder)?;
        for picture in report.pictures() {
            write_file(&folder.join(format!("{}.svg", picture.name)), picture.file.as_bytes())?;
        }
    }
    write_file(path, text(report, format, &link).as_bytes())
}

fn make_folder(folder: &Path) -> Result<(), CommandError> {
    std::fs::create_dir_all(folder)
        .map_err(|error| CommandError::new(format!("cannot create the folder {}: {error}", folder.display())))
}

/// Examples and exit codes.
pub const REPORT_AFTER: &str = "\
Examples:
  threadbare report mine.toml -o review.html
  threadbare report mine.toml --variants base,bigger_pool -o review.html
  threadbare report mine.toml --variants base,bigger_pool -o review.md    # pictures go to review.pictures/
  threadbare report mine.toml --recording trace.json -o review.html
  threadbare report nova-caps --variants base,typed_caps --format json

A report begins with the answer. Then come what is expected and measured, what changes and what it costs, how it can \
go wrong, which numbers the answer is sensitive to, and what it is based on. The same document gives the same bytes.

Exit codes: 0 written, whatever the answer; 2 bad input or usage.";
