//! What can be typed: the arguments of every command, with the help that explains them.
//!
//! Nothing is done here; each command's own file does it.

use crate::advise;
use crate::branch;
use crate::explore::args as explore;
use crate::import;
use crate::study::args as study;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use std::ffi::OsString;
use std::path::PathBuf;
use threadbare::study::schedule::Schedule;

/// See thread pools, queues, caps and futures deadlock before production does
///
/// Threadbare runs a scenario (executors, tasks, arrivals, in a page of TOML) in virtual time and says what
/// happens: how long tasks took and why, how busy the workers were, whether something is stuck and on what.
#[derive(Debug, Parser)]
#[command(name = "threadbare", version, after_help = MAIN_EXAMPLES, after_long_help = MAIN_AFTER)]
#[command(arg_required_else_help = true, disable_help_subcommand = true, max_term_width = 100)]
pub struct Arguments {
    /// What to do
    #[command(subcommand)]
    pub command: Command,

    /// When to use colour; NO_COLOR and CLICOLOR_FORCE are respected
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_possible_values = true)]
    #[arg(help_heading = "Output")]
    pub color: ColorWhen,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl ColorWhen {
    /// What the last `--color` of a command line says, if it is one of the words.
    pub fn of(typed: &[OsString]) -> Option<ColorWhen> {
        let word = |(at, argument): (usize, &OsString)| match argument.to_str()? {
            "--color" => typed.get(at + 1)?.to_str().map(str::to_owned),
            joined => joined.strip_prefix("--color=").map(str::to_owned),
        };
        let last = typed.iter().enumerate().rev().find_map(word)?;
        ColorWhen::from_str(&last, false).ok()
    }
}

impl From<ColorWhen> for clap::ColorChoice {
    fn from(when: ColorWhen) -> clap::ColorChoice {
        match when {
            ColorWhen::Auto => clap::ColorChoice::Auto,
            ColorWhen::Always => clap::ColorChoice::Always,
            ColorWhen::Never => clap::ColorChoice::Never,
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run scenarios and say what happened
    #[command(after_help = RUN_AFTER)]
    Run(RunArgs),
    /// Parse and validate scenarios, every variant, and say what can hang, without running them
    #[command(after_help = CHECK_AFTER)]
    Check(CheckArgs),
    /// Look for deadlocks and lost updates in every order that a scenario allows
    #[command(after_help = explore::EXPLORE_AFTER)]
    Explore(explore::ExploreArgs),
    /// List the other orders that were possible at a moment of a run, and take one
    #[command(after_help = branch::BRANCH_AFTER)]
    Branch(branch::BranchArgs),
    /// Say what would fix a scenario that can hang or lose updates, and write it
    #[command(after_help = advise::ADVISE_AFTER)]
    Advise(advise::AdviseArgs),
    /// Run a scenario many times at each of many sizes
    #[command(after_help = study::SWEEP_AFTER)]
    Sweep(study::SweepArgs),
    /// Join the parts of a sweep that ran in several places
    #[command(after_help = study::MERGE_AFTER)]
    Merge(study::MergeArgs),
    /// Compare variants on the same draws
    #[command(after_help = study::COMPARE_AFTER)]
    Compare(study::CompareArgs),
    /// Find the smallest size that meets what the scenario expects
    #[command(after_help = study::SIZE_AFTER)]
    Size(study::SizeArgs),
    /// Run a scenario and write its trace for another tool
    #[command(after_help = EXPORT_AFTER)]
    Export(ExportArgs),
    /// Make a scenario of a recording of a real run: a CSV, a Chrome trace, Nova's log
    #[command(after_help = import::IMPORT_AFTER)]
    Import(import::ImportArgs),
    /// The built-in scenarios: list, show or copy them
    #[command(after_help = GALLERY_AFTER)]
    Gallery(GalleryArgs),
    /// Print the JSON Schema of the scenario language, for editors
    #[command(after_help = SCHEMA_AFTER)]
    Schema,
    /// Measure how fast scenarios simulate on this machine
    #[command(after_help = BENCH_AFTER)]
    Bench(BenchArgs),
    /// Print the completions for a shell
    #[command(after_help = COMPLETIONS_AFTER)]
    Completions(CompletionsArgs),
    /// Print the man page
    #[command(after_help = MAN_AFTER)]
    Man,
}

/// Which run of a document.
#[derive(Args, Clone, Debug, Default)]
pub struct RunSelection {
    /// The seed that every random draw derives from, in place of the scenario's own
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Set a parameter (pool=6) or any value of the document (default.workers=6, tasks.build.steps=[…])
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    pub set: Vec<(String, String)>,
}

/// `threadbare run`
#[derive(Args, Debug)]
pub struct RunArgs {
    /// A scenario (TOML or JSON), a saved trace, the name of a gallery scenario, or - for standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<String>,

    /// Run this variant; may be given more than once
    #[arg(long, value_name = "NAME", conflicts_with = "all_variants")]
    pub variant: Vec<String>,

    /// Run the document itself and then each of its variants
    #[arg(long)]
    pub all_variants: bool,

    #[command(flatten)]
    pub which: RunSelection,

    /// Go this way wherever several are possible: a schedule that `explore` found
    #[arg(long, value_name = "SCHEDULE")]
    pub schedule: Option<Schedule>,

    /// Draw what every worker did, within the width of the terminal
    #[arg(long, help_heading = "Output")]
    pub timeline: bool,

    /// Columns to use, in place of the terminal's width
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=1000))]
    #[arg(help_heading = "Output")]
    pub width: Option<u16>,

    /// Print JSON: every task with its times, cells, writes, statistics, findings; one line a run
    #[arg(long, conflicts_with = "timeline", help_heading = "Output")]
    pub json: bool,

    /// Save the trace in this file; `run` and `export` read it again
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub save: Option<PathBuf>,
}

/// `threadbare check`
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// Scenarios: files, names of gallery scenarios, or - for standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<String>,

    /// Say what can hang of this variant only; may be given more than once
    #[arg(long, value_name = "NAME")]
    pub variant: Vec<String>,

    /// Set a parameter (pool=6) or any value of the document (default.workers=6)
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    pub set: Vec<(String, String)>,

    /// Exit with 1 if a shape can hang; with `stall`, also if one can stand until a timeout
    #[arg(long, value_name = "WHAT", value_enum)]
    pub deny: Option<DenyLevel>,

    /// Columns to use, in place of the terminal's width
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=1000))]
    #[arg(help_heading = "Output")]
    pub width: Option<u16>,

    /// Print JSON: a line for each document that is valid, with what its variants can come to
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

/// What `check` fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DenyLevel {
    /// What can hang for ever, and what is not known not to
    Hang,
    /// That, and what can stand until a timeout
    Stall,
}

/// `threadbare export`
#[derive(Args, Debug)]
pub struct ExportArgs {
    /// A scenario, a saved trace, the name of a gallery scenario, or - for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: String,

    /// For what
    #[arg(long, short)]
    pub format: Format,

    /// Where to write it; standard output if absent
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// Run this variant
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,

    #[command(flatten)]
    pub which: RunSelection,
}

/// What a trace is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Chrome's trace event format: opens in Perfetto (ui.perfetto.dev) and in chrome://tracing
    Chrome,
    /// One line an event, for spreadsheets and data frames
    Csv,
    /// The lines that Nova logs about its thread pools, as `import` reads them
    NovaLog,
    /// What `run --json` prints
    Json,
    /// Threadbare's own binary format, which `run` and `export` read again
    Trace,
}

/// `threadbare gallery`
#[derive(Args, Debug)]
pub struct GalleryArgs {
    /// What to do; lists without one
    #[command(subcommand)]
    pub command: Option<GalleryCommand>,
}

/// What can be done with the gallery.
#[derive(Debug, Subcommand)]
pub enum GalleryCommand {
    /// List the scenarios, one a line
    List,
    /// Print a scenario's text
    Show {
        /// Its name
        name: String,
    },
    /// Copy a scenario into a file, to change it
    Copy {
        /// Its name
        name: String,
        /// Where to; NAME.toml in the current folder if absent
        #[arg(value_hint = ValueHint::FilePath)]
        file: Option<PathBuf>,
        /// Overwrite a file that exists
        #[arg(long)]
        force: bool,
    },
}

/// `threadbare bench`
#[derive(Args, Debug)]
pub struct BenchArgs {
    /// Scenarios to measure, or standard workloads (mm8, parents, delayed, burst); all four of these if absent
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<String>,

    /// Measure exploring instead of running: states, states a second, and what each reduction saves
    #[arg(long)]
    pub explore: bool,

    /// With --explore, most states of a search without one of the reductions
    #[arg(long, value_name = "N", default_value_t = 200_000, requires = "explore")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub states: u64,

    /// How often each is run; the fastest run counts
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub runs: u32,

    /// About how many tasks a standard workload is to have
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1_000..=10_000_000))]
    pub tasks: u64,

    /// Measure only runs with a trace, or only runs without
    #[arg(long, value_name = "WHICH", value_enum)]
    pub only: Option<Tracing>,
}

/// Whether a run keeps its trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tracing {
    /// With the full trace.
    Traced,
    /// Without a trace.
    Untraced,
}

/// `threadbare completions`
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// Which shell
    pub shell: clap_complete::Shell,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE, for instance default.workers=6")?;
    let name = name.trim();
    if name.is_empty() {
        return Err("the name before `=` is missing".to_owned());
    }
    Ok((name.to_owned(), value.trim().to_owned()))
}

const MAIN_EXAMPLES: &str = "\
Examples:
  threadbare gallery                                  the built-in scenarios
  threadbare run nova-build-deadlock --timeline       watch five builds hang
  threadbare run nova-build-deadlock --set pool=6     and not hang
  threadbare check mine.toml && threadbare run mine.toml

Exit codes: 0 as expected, 1 not as expected or stuck, 2 bad input or usage. More with --help.";

const MAIN_AFTER: &str = "\
Examples:
  threadbare gallery                                  the built-in scenarios
  threadbare run nova-build-deadlock --timeline       watch five builds hang
  threadbare run nova-build-deadlock --set pool=6     and not hang
  threadbare size nova-build-deadlock --for pool      how many would do
  threadbare gallery copy nova-build-deadlock mine.toml
  threadbare check mine.toml && threadbare run mine.toml

A FILE is a path, the name of a gallery scenario, or - for standard input. A file goes before a gallery \
scenario of the same name.

Exit codes:
  0  everything is as the scenario expects; without an [expect], nothing is stuck for ever
  1  an expectation failed, or the run was given up at a limit; without an [expect], something is
     stuck for ever
  2  bad input or bad usage: a scenario with problems, an unknown option, a file that cannot be read";

const RUN_AFTER: &str = "\
Examples:
  threadbare run nova-build-deadlock --timeline
  threadbare run nova-build-deadlock --variant timeout
  threadbare run mine.toml --set pool=6 --set default.queue=20 --seed 7
  threadbare run scenarios/*.toml --all-variants --json > runs.jsonl
  threadbare run mine.toml --save run.trace && threadbare run run.trace --timeline

Exit codes: 0 all is as expected, 1 an expectation failed or the run was given up at a limit (without an [expect]: something is stuck for ever), 2 bad input or usage. With several runs the highest counts.";

const CHECK_AFTER: &str = "\
Examples:
  threadbare check mine.toml
  threadbare check scenarios/*.toml --deny hang      in continuous integration
  threadbare check mine.toml --variant base --set default.workers=6
  generate | threadbare check -

Below a valid document stands what its shape allows: who waits for whom while holding what, the smallest \
number of simultaneous tasks that can hang, and the smallest safe pool. Where there are few enough orders \
(5 000 states), all are looked at, and what none of them comes to is withdrawn. It fails nothing without --deny.

Exit codes: 0 every document is valid; 1 one can come to what --deny denies; 2 one has problems, or bad usage.";

const EXPORT_AFTER: &str = "\
Examples:
  threadbare export nova-build-deadlock --format chrome -o run.json    then open it in ui.perfetto.dev
  threadbare export mine.toml --format csv | head
  threadbare export run.trace --format json

Exit codes: 0 written, whatever the run's outcome; 2 bad input or usage.";

const GALLERY_AFTER: &str = "\
Examples:
  threadbare gallery
  threadbare gallery show nova-build-deadlock
  threadbare gallery copy nova-build-deadlock mine.toml";

const SCHEMA_AFTER: &str = "\
Examples:
  threadbare schema > threadbare.schema.json
  and in a scenario's first line, for editors that know it: #:schema ./threadbare.schema.json";

const BENCH_AFTER: &str = "\
Examples:
  threadbare bench
  threadbare bench burst --tasks 10000 --only untraced
  threadbare bench nova-modes mine.toml --runs 10";

const COMPLETIONS_AFTER: &str = "\
Examples:
  threadbare completions bash > ~/.local/share/bash-completion/completions/threadbare
  threadbare completions zsh > ~/.zfunc/_threadbare
  threadbare completions fish > ~/.config/fish/completions/threadbare.fish";

const MAN_AFTER: &str = "\
Examples:
  threadbare man | man -l -
  threadbare man > ~/.local/share/man/man1/threadbare.1";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn an_assignment_is_split_at_the_first_equals_sign() {
        assert_eq!(assignment("pool = 6"), Ok(("pool".to_owned(), "6".to_owned())));
        assert_eq!(assignment("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert!(assignment("pool").is_err());
        assert!(assignment("=6").is_err());
    }
}
