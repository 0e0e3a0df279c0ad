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

    /// Also exit with 1 for findings that need other timings
    #[arg(long)]
    pub strict: bool,

    #[command(flatten)]
    pub search: SearchArgs,

    /// Write a JUnit report to FILE: a test case for each expectation that exploring can judge
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub junit: Option<PathBuf>,

    /// Width of the output in columns; defaults to the terminal's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=1000))]
    #[arg(help_heading = "Output")]
    pub width: Option<u16>,

    /// Print JSON: findings with their schedules, and what was explored; one line per variant
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

/// How to look, and how far.
#[derive(Args, Debug)]
#[command(next_help_heading = "Search")]
pub struct SearchArgs {
    /// Orders of events to explore
    #[arg(long, value_enum, default_value_t = Views::Both)]
    pub view: Views,

    /// In the untimed view, let timeouts fire only when nothing else can happen
    #[arg(long)]
    pub timeouts_last: bool,

    /// Explore only runs that deviate from the simulator's own order at most N times, fewest first
    #[arg(long, value_name = "N", conflicts_with_all = ["random", "pct"])]
    pub turns: Option<u32>,

    /// Sample this many orders at random
    #[arg(long, value_name = "RUNS", conflicts_with = "pct", value_parser = clap::value_parser!(u64).range(1..))]
    pub random: Option<u64>,

    /// Sample --runs orders by PCT: random priorities that change DEPTH - 1 times
    #[arg(long, value_name = "DEPTH", value_parser = clap::value_parser!(u32).range(1..=64))]
    pub pct: Option<u32>,

    /// Number of PCT runs, with --pct or after a search that was cut short; 0 for none
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub runs: u64,

    /// Maximum number of arrivals to explore for each entry of [[arrivals]]
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..))]
    pub arrivals: u64,

    /// Maximum number of states to explore in each view; with --turns, of runs to keep
    #[arg(long, value_name = "N", default_value_t = 2_000_000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub states: u64,

    /// Maximum number of steps in one path
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub depth: u64,

    /// Maximum memory for the states of all views, such as 512MB or 2GiB
    #[arg(long, value_name = "SIZE", default_value = "384MiB", value_parser = parse_memory)]
    pub memory: u64,

    /// Stop exploring a variant after this long, keeping what was found: 10s, 5m, or seconds
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = patience)]
    pub time: Duration,

    /// Number of threads; defaults to the number of cores. The results do not depend on it
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
        Some(Err(_)) => Err(format!("`{text}` seconds is not a duration")),
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

There are two views. The timed view explores every order of simultaneous events, with these timings. The untimed \
view ignores durations: whatever is running may end next. Anything that only the untimed view finds can happen if \
something takes longer than the scenario says; the report names it. Each view is reported as soon as it is done. If \
the timed view finds something, the untimed view stops after 20 000 states; --view untimed explores further.

Every reachable state is explored if --states, --memory and --time allow it. Otherwise, --runs orders are sampled by \
PCT with depth 3 in the remaining time, which is at least a fifth of --time. In each run of n actors and k choice \
points, PCT finds a bug that needs d ordering constraints with a probability of at least 1/(n k^(d-1)); the report \
prints that bound. The results do not depend on the number of threads.

Ctrl-C ends the search and reports what was found by then. A second Ctrl-C ends the command at once.

Exit codes: 0 nothing found in the timed view (with --strict: in either view), or only what the scenario \
expects; 1 something else found; 2 bad input or usage. A search that was cut short is reported, and does not change \
the exit code.";
