//! What can be typed after `explore`.

use crate::selection::RunSelection;
use clap::{Args, ValueEnum, ValueHint};
use std::path::PathBuf;
use std::time::Duration;
use threadbare::language::{parse_duration, parse_memory};

/// `threadbare explore`
#[derive(Args, Debug)]
pub struct ExploreArgs {
    /// A scenario (TOML or JSON), the name of a gallery scenario, or - for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: String,

    /// Explore this variant; may be given more than once
    #[arg(long, value_name = "NAME", conflicts_with = "all_variants")]
    pub variant: Vec<String>,

    /// Explore the document itself and then each of its variants
    #[arg(long)]
    pub all_variants: bool,

    #[command(flatten)]
    pub which: RunSelection,

    /// Also fail on what only other timings lead to
    #[arg(long)]
    pub strict: bool,

    #[command(flatten)]
    pub search: SearchArgs,

    /// Write a JUnit report to FILE: a test case for each expectation that exploring can judge
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub junit: Option<PathBuf>,

    /// Columns to use, in place of the terminal's width
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=1000))]
    #[arg(help_heading = "Output")]
    pub width: Option<u16>,

    /// Print JSON: findings with their schedules, and what was looked at (one line a variant if several)
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

/// How to look, and how far.
#[derive(Args, Debug)]
#[command(next_help_heading = "Search")]
pub struct SearchArgs {
    /// Which orders to look at
    #[arg(long, value_enum, default_value_t = Views::Both)]
    pub view: Views,

    /// In the untimed view, let timeouts come only when nothing else can happen
    #[arg(long)]
    pub timeouts_last: bool,

    /// Look only at runs that leave the simulator's own order at most N times, those with fewer turns first
    #[arg(long, value_name = "N", conflicts_with_all = ["random", "pct"])]
    pub turns: Option<u32>,

    /// Sample this many orders at random
    #[arg(long, value_name = "RUNS", conflicts_with = "pct", value_parser = clap::value_parser!(u64).range(1..))]
    pub random: Option<u64>,

    /// Look at orders chosen by random priorities that change DEPTH - 1 times (PCT), with --runs of them
    #[arg(long, value_name = "DEPTH", value_parser = clap::value_parser!(u32).range(1..=64))]
    pub pct: Option<u32>,

    /// Runs of --pct, and of the PCT runs that follow a search which was cut short (0: none follow)
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub runs: u64,

    /// Maximum number of arrivals of each entry to explore
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..))]
    pub arrivals: u64,

    /// Maximum number of states to explore in each view; with --turns, of runs to keep in mind
    #[arg(long, value_name = "N", default_value_t = 2_000_000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub states: u64,

    /// Maximum number of steps of one path
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub depth: u64,

    /// Maximum memory for the states of all views: 512MB, 2GiB
    #[arg(long, value_name = "SIZE", default_value = "384MiB", value_parser = parse_memory)]
    pub memory: u64,

    /// Stop exploring a variant after this long, keeping what was found: 10s, 5m, or seconds
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = patience)]
    pub time: Duration,

    /// Threads to run on; as many as there are cores if absent. Makes no difference to the results
    #[arg(long, value_name = "N", default_value = "0", hide_default_value = true)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=1024))]
    pub threads: u16,
}

/// Which orders are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Views {
    /// First the orders of simultaneous events with these timings, then those with other timings
    Both,
    /// The orders of simultaneous events, with these timings
    Timed,
    /// All orders, with other timings
    Untimed,
}

pub fn patience(text: &str) -> Result<Duration, String> {
    let seconds: Option<f64> = text.parse().ok();
    match seconds.map(Duration::try_from_secs_f64) {
        Some(Ok(time)) => Ok(time),
        Some(Err(_)) => Err(format!("`{text}` seconds are no time to wait")),
        None => parse_duration(text).map(|time| Duration::from_nanos(time.0)),
    }
}

/// Examples and exit codes.
pub const EXPLORE_AFTER: &str = "\
Examples:
  threadbare explore nova-build-deadlock
  threadbare explore lock-order --variant lucky_timing
  threadbare explore mine.toml --view untimed --states 10000000 --memory 4GiB --time 10m
  threadbare explore mine.toml --turns 2
  threadbare explore mine.toml --pct 3 --runs 10000
  threadbare explore mine.toml --all-variants --json > findings.jsonl

Two views. Timed: every order of simultaneous events, with these timings. Untimed: durations say \
nothing; whatever is under way may end next. What only the untimed view finds is possible if something \
takes longer than drawn, and the report says what. Each view is reported as soon as it is done. Where the first \
finds trouble, the second ends after 20 000 states (--view untimed explores on).

Every reachable state is explored, if --states, --memory and --time allow. If they do not, --runs orders \
chosen by PCT with depth 3 follow in what is left of the time, a fifth of it at least. PCT finds trouble that \
needs d orderings of two steps with a probability of at least 1/(n k^(d-1)) in each run of n actors and k points; \
the report says what that comes to. What is explored, and what is found, is the same on any number of threads.

Ctrl-C ends the search and reports what was found until then; a second one ends the command at once.

Exit codes: 0 nothing found in the timed view (with --strict: in neither), or just what the scenario \
expects; 1 something found; 2 bad input or usage. A search that was cut short says so and fails nothing by that.";
