//! The arguments of every command, with the help that explains them.
//!
//! Deliberately absent: what a command does, which is in its own file.

use crate::advise;
use crate::backtest;
use crate::branch;
use crate::console::ColorWhen;
use crate::explore::args as explore;
use crate::export;
use crate::import;
use crate::open;
use crate::selection::{RunSelection, assignment};
use crate::study::args as study;
use crate::study::{diff, review};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
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
    /// The command to run
    #[command(subcommand)]
    pub command: Command,

    /// When to use colour; NO_COLOR and CLICOLOR_FORCE are respected
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_possible_values = true)]
    #[arg(help_heading = "Output")]
    pub color: ColorWhen,
}

/// A command and its arguments.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run scenarios and report what happened
    #[command(after_help = RUN_AFTER)]
    Run(RunArgs),
    /// Validate scenarios and report what can deadlock, without running them
    #[command(after_help = CHECK_AFTER)]
    Check(CheckArgs),
    /// Explain a rule of `check`: what it reports, why that is a problem, how to fix it
    #[command(after_help = EXPLAIN_AFTER)]
    Explain(ExplainArgs),
    /// Look for deadlocks and lost updates in every possible order of events
    #[command(after_help = explore::EXPLORE_AFTER)]
    Explore(explore::ExploreArgs),
    /// List what else could have happened at a moment of a run, and try it
    #[command(after_help = branch::args::BRANCH_AFTER)]
    Branch(branch::args::BranchArgs),
    /// Find changes that fix a deadlock or a lost update
    #[command(after_help = advise::ADVISE_AFTER)]
    Advise(advise::AdviseArgs),
    /// Run a scenario many times for each value of a parameter
    #[command(after_help = study::SWEEP_AFTER)]
    Sweep(study::SweepArgs),
    /// Join the parts of a sweep that ran in several places
    #[command(after_help = study::MERGE_AFTER)]
    Merge(study::MergeArgs),
    /// Compare variants on the same random numbers
    #[command(after_help = study::COMPARE_AFTER)]
    Compare(study::CompareArgs),
    /// Find the smallest value that meets the expectations
    #[command(after_help = study::SIZE_AFTER)]
    Size(study::SizeArgs),
    /// Write a design review: how variants behave, what they cost, and the evidence
    #[command(after_help = review::REPORT_AFTER)]
    Report(review::ReportArgs),
    /// Compare two versions of a scenario: verdicts, sizes, latencies, costs
    #[command(after_help = diff::DIFF_AFTER)]
    Diff(diff::DiffArgs),
    /// Run a scenario and write its trace or a picture of it
    #[command(after_help = export::args::EXPORT_AFTER)]
    Export(export::args::ExportArgs),
    /// Make a scenario from a recording of a real run
    #[command(after_help = import::IMPORT_AFTER)]
    Import(import::ImportArgs),
    /// Run a scenario and compare its figures with those of a recording
    #[command(after_help = backtest::BACKTEST_AFTER)]
    Backtest(backtest::BacktestArgs),
    /// Open a scenario in the page, and update it when the file changes
    #[command(after_help = open::OPEN_AFTER)]
    Open(open::OpenArgs),
    /// List, show or copy the built-in scenarios
    #[command(after_help = GALLERY_AFTER)]
    Gallery(GalleryArgs),
    /// Play a lesson: predictions, schedules and designs, graded over every order
    #[command(after_help = LESSON_AFTER)]
    Lesson(LessonArgs),
    /// Grade the lessons that a class handed in
    #[command(after_help = GRADE_AFTER)]
    Grade(GradeArgs),
    /// List the presets: executors of well-known runtimes
    #[command(after_help = PRESETS_AFTER)]
    Presets(PresetsArgs),
    /// Print the JSON Schema of the scenario language, for editors
    #[command(after_help = SCHEMA_AFTER)]
    Schema,
    /// Measure how fast this machine simulates scenarios
    #[command(after_help = BENCH_AFTER)]
    Bench(BenchArgs),
    /// Print completions for a shell
    #[command(after_help = COMPLETIONS_AFTER)]
    Completions(CompletionsArgs),
    /// Print the man page
    #[command(after_help = MAN_AFTER)]
    Man,
}

const PRESETS_AFTER: &str = "\
Name one in a scenario: executors.NAME.preset = \"java-cached\".";

/// `threadbare presets`
#[derive(Args, Debug)]
pub struct PresetsArgs {
    /// Print the presets as JSON
    #[arg(long)]
    pub json: bool,
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

    /// Replay this schedule, as printed by `explore`
    #[arg(long, value_name = "SCHEDULE")]
    pub schedule: Option<Schedule>,

    /// Stop a run after this long and report on it so far: 10s, 5m, or seconds
    #[arg(long, value_name = "TIME", value_parser = explore::patience)]
    pub time: Option<std::time::Duration>,

    /// Repeat each time one of the files is saved
    #[arg(long)]
    pub watch: bool,

    /// Draw a timeline of what every worker did
    #[arg(long, help_heading = "Output")]
    pub timeline: bool,

    /// Tell the story of the run in at most twelve key moments
    #[arg(long, conflicts_with = "json", help_heading = "Output")]
    pub beats: bool,

    /// Width of the output in columns; defaults to the terminal's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=1000))]
    #[arg(help_heading = "Output")]
    pub width: Option<u16>,

    /// Print each run as a line of JSON
    #[arg(long, conflicts_with = "timeline", help_heading = "Output")]
    pub json: bool,

    /// Write a JUnit report to FILE: a test case for each expectation
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub junit: Option<PathBuf>,

    /// Save the trace to FILE; `run` and `export` can read it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub save: Option<PathBuf>,
}

/// `threadbare check`
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// Scenarios: files, names of gallery scenarios, or - for standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<String>,

    /// Report on this variant only; may be given more than once
    #[arg(long, value_name = "NAME")]
    pub variant: Vec<String>,

    /// Set a parameter (pool=6) or any value of the document (default.workers=6)
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    pub set: Vec<(String, String)>,

    /// Stop exploring a document after this long: 10s, 5m, or seconds; by default, only the number of states is limited
    #[arg(long, value_name = "TIME", value_parser = explore::patience)]
    pub time: Option<std::time::Duration>,

    /// Repeat each time one of the files is saved
    #[arg(long)]
    pub watch: bool,

    /// Exit with 1 if a scenario can deadlock or, with `stall`, stand still until a timeout
    #[arg(long, value_name = "FINDING", value_enum)]
    pub deny: Option<DenyLevel>,

    /// Width of the output in columns; defaults to the terminal's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=1000))]
    #[arg(help_heading = "Output")]
    pub width: Option<u16>,

    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = CheckFormat::Text, help_heading = "Output")]
    pub format: CheckFormat,

    /// Print each valid document as a line of JSON; the same as --format json
    #[arg(long, conflicts_with = "format", help_heading = "Output")]
    pub json: bool,
}

impl CheckArgs {
    /// Returns the output format, of whichever option names it.
    pub fn format(&self) -> CheckFormat {
        if self.json { CheckFormat::Json } else { self.format }
    }
}

/// How `check` prints what it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For a person
    Text,
    /// A line of JSON for each valid document
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// One SARIF 2.1.0 log, for code scanning and editors
    Sarif,
    /// One JUnit report, for build servers
    Junit,
}

/// `threadbare explain`
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// The code or name of a rule, such as TB001 or self-wait; by default, lists all rules
    #[arg(value_name = "RULE")]
    pub rule: Option<String>,
}

/// The findings with which `check --deny` fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DenyLevel {
    /// Deadlocks, including those that could not be ruled out
    #[value(alias = "hang")]
    Deadlock,
    /// Deadlocks, and waits that only a timeout ends
    Stall,
}

/// `threadbare lesson`
#[derive(Args, Debug)]
pub struct LessonArgs {
    /// A lesson's name, its number in the course, or a file; by default, lists all lessons
    #[arg(value_name = "LESSON")]
    pub name: Option<String>,

    /// Your name, for the result that you hand in
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub by: String,

    /// Print the lesson without its answers
    #[arg(long, conflicts_with = "worksheet")]
    pub show: bool,

    /// Print a worksheet: a page of HTML with blanks for the answers
    #[arg(long)]
    pub worksheet: bool,

    /// With --worksheet, print the answers on its last page
    #[arg(long, requires = "worksheet")]
    pub answers: bool,
}

/// `threadbare grade`
#[derive(Args, Debug)]
pub struct GradeArgs {
    /// Files with handed-in results, one per line, or - for standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<String>,
}

/// `threadbare gallery`
#[derive(Args, Debug)]
pub struct GalleryArgs {
    /// Subcommand; defaults to `list`
    #[command(subcommand)]
    pub command: Option<GalleryCommand>,
}

/// The subcommands of `gallery`.
#[derive(Debug, Subcommand)]
pub enum GalleryCommand {
    /// List the scenarios
    List,
    /// Print a scenario's text
    Show {
        /// Name of the scenario
        name: String,
    },
    /// Copy a scenario to a file
    Copy {
        /// Name of the scenario
        name: String,
        /// File to write; defaults to NAME.toml in the current folder
        #[arg(value_hint = ValueHint::FilePath)]
        file: Option<PathBuf>,
        /// Overwrite an existing file
        #[arg(long)]
        force: bool,
    },
}

/// `threadbare bench`
#[derive(Args, Debug)]
pub struct BenchArgs {
    /// Scenarios or workloads (mm8, parents, delayed, burst, channel, sharing, forkjoin, virtual); defaults to all of them
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<String>,

    /// Measure exploring instead of running: states per second, and what each reduction saves
    #[arg(long)]
    pub explore: bool,

    /// With --explore, maximum number of states of a search without reductions
    #[arg(long, value_name = "N", default_value_t = 200_000, requires = "explore")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub states: u64,

    /// Number of runs of each; the fastest counts
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub runs: u32,

    /// Approximate number of tasks in a standard workload
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1_000..=10_000_000))]
    pub tasks: u64,

    /// Measure only runs that keep a trace, or only runs that do not
    #[arg(long, value_name = "WHICH", value_enum)]
    pub only: Option<Tracing>,
}

/// Whether a run keeps its trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tracing {
    /// With the full trace
    Traced,
    /// Without a trace
    Untraced,
}

/// `threadbare completions`
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell to complete for
    pub shell: clap_complete::Shell,
}

const EXPLAIN_AFTER: &str = "\
Examples:
  threadbare explain
  threadbare explain TB001
  threadbare explain lock-order";

const MAIN_EXAMPLES: &str = "\
Examples:
  threadbare gallery                                # list the scenarios
  threadbare run nova-build-deadlock --timeline     # five builds deadlock
  threadbare run nova-build-deadlock --set pool=6   # six workers are enough
  threadbare check mine.toml && threadbare run mine.toml

Exit codes: 0 as expected, 1 not as expected or stuck, 2 bad input or usage. More with --help.";

const MAIN_AFTER: &str = "\
Examples:
  threadbare gallery                                # list the scenarios
  threadbare run nova-build-deadlock --timeline     # five builds deadlock
  threadbare run nova-build-deadlock --set pool=6   # six workers are enough
  threadbare size nova-build-deadlock --for pool    # find that number
  threadbare gallery copy nova-build-deadlock mine.toml
  threadbare check mine.toml && threadbare run mine.toml

A FILE is a path, the name of a gallery scenario, or - for standard input. A file takes \
precedence over a gallery scenario of the same name.

Exit codes:
  0  every expectation holds; without an [expect] table, nothing is stuck for ever
  1  an expectation failed, or a limit ended the run; without an [expect] table, something is stuck for ever
  2  bad input or usage: a scenario with mistakes, an unknown option, a file that cannot be read";

const RUN_AFTER: &str = "\
Examples:
  threadbare run nova-build-deadlock --timeline
  threadbare run nova-build-deadlock --variant timeout
  threadbare run mine.toml --set pool=6 --set default.queue=20 --seed 7
  threadbare run scenarios/*.toml --all-variants --json > runs.jsonl
  threadbare run mine.toml --save run.trace && threadbare run run.trace --timeline

Exit codes: 0 every expectation holds; 1 an expectation failed, a limit ended the run, or, without an [expect] table, something is stuck for ever; 2 bad input or usage. With several runs, the highest code counts.";

const CHECK_AFTER: &str = "\
Examples:
  threadbare check mine.toml
  threadbare check scenarios/*.toml --deny deadlock    # in continuous integration
  threadbare check mine.toml --variant base --set default.workers=6
  generate | threadbare check -

For each valid document, prints who can wait for whom while holding what, the smallest number of \
simultaneous tasks that can deadlock, and the smallest safe pool. A scenario with at most 5 000 states is \
also explored, and warnings that no order of events confirms are withdrawn. Without --deny, a warning does not \
change the exit code.

Exit codes: 0 every document is valid; 1 a scenario has a finding that --deny names; 2 a document has mistakes, or bad usage.";

const GALLERY_AFTER: &str = "\
Examples:
  threadbare gallery
  threadbare gallery show nova-build-deadlock
  threadbare gallery copy nova-build-deadlock mine.toml";

const LESSON_AFTER: &str = "\
Examples:
  threadbare lesson
  threadbare lesson waiting-takes-a-worker --by ada > ada.json
  threadbare lesson 2 --worksheet --answers > lesson.html";

const GRADE_AFTER: &str = "\
Examples:
  threadbare grade ada.json bob.json
  cat handed-in/*.json | threadbare grade -

Exit codes: 0 everybody passed; 1 somebody has not passed, or a handed-in result differs from the computed one; 2 bad input or usage.";

const SCHEMA_AFTER: &str = "\
Examples:
  threadbare schema > threadbare.schema.json

Editors that support it find the schema by the first line of a scenario: #:schema ./threadbare.schema.json";

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
}
