//! The arguments of `threadbare branch`.

use crate::explore::args::Views;
use crate::selection::RunSelection;
use clap::{Args, ValueHint};
use threadbare::language::{BASE, parse_duration};
use threadbare::model::time::Time;
use threadbare::study::schedule::Schedule;

/// `threadbare branch`
#[derive(Args, Debug)]
pub struct BranchArgs {
    /// A scenario (TOML or JSON), the name of a gallery scenario, or - for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: String,

    /// Variant to run
    #[arg(long, value_name = "NAME", default_value = BASE, hide_default_value = true)]
    pub variant: String,

    #[command(flatten)]
    pub which: RunSelection,

    /// Start from the run of this schedule instead of the simulator's own
    #[arg(long, value_name = "SCHEDULE")]
    pub schedule: Option<Schedule>,

    /// Moment to start from
    #[arg(long, value_name = "TIME", value_parser = instant, conflicts_with = "event")]
    pub at: Option<Time>,

    /// Event to start from, counted from 0 as in `export --format csv`
    #[arg(long, value_name = "N")]
    pub event: Option<u32>,

    /// Alternatives to list; defaults to both, or to the view of --schedule
    #[arg(long, value_enum, default_value_t = Views::Both)]
    pub view: Views,

    /// Maximum number of points to list in each view
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub points: u32,

    /// Run alternative K, and report how that run differs
    #[arg(long, value_name = "K")]
    pub take: Option<usize>,

    /// With --take, draw a timeline of both runs
    #[arg(long, requires = "take", help_heading = "Output")]
    pub timeline: bool,

    /// Width of the output in columns; defaults to the terminal's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=1000))]
    #[arg(help_heading = "Output")]
    pub width: Option<u16>,

    /// Print one JSON object
    #[arg(long, conflicts_with = "timeline", help_heading = "Output")]
    pub json: bool,
}

/// Examples and exit codes.
pub const BRANCH_AFTER: &str = "\
Examples:
  threadbare branch nova-hard-reboot
  threadbare branch nova-hard-reboot --at 5s --view untimed
  threadbare branch nova-hard-reboot --at 5s --view untimed --take 1 --timeline
  threadbare branch lock-order --event 12

There are two views. With these timings (timed), simultaneous events may come in another order. With other timings \
(untimed), whatever is running may end next; the list names the durations that are then longer than written. \
Each alternative is run to its end, in the simulator's own order from there.

Exit codes: 0 listed, whatever the outcomes; 2 bad input or usage.";

fn instant(text: &str) -> Result<Time, String> {
    parse_duration(text).map(|since_start| Time(since_start.0))
}
