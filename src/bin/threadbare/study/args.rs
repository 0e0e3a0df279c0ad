//! The arguments of `sweep`, `merge`, `compare` and `size`.

use crate::clock;
use crate::explore::args::patience;
use crate::selection::RunSelection;
use clap::{Args, ValueHint};
use std::path::PathBuf;
use std::time::Duration;
use threadbare::study::axis::SweepAxis;
use threadbare::study::compare::FailCondition;
use threadbare::study::replicate;

/// How many runs to make, and what to measure of each.
#[derive(Args, Clone, Copy, Debug)]
pub struct Effort {
    /// Number of runs of each value or variant; a scenario without random draws runs once
    #[arg(long, value_name = "R", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub runs: u32,

    /// Double the number of runs until every interval is within this share of its mean, such as 5%
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub within: Option<f64>,

    /// With --within, maximum number of runs
    #[arg(long, value_name = "R", default_value_t = 10_000, requires = "within")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub most_runs: u32,

    /// Leave the warm-up, found by MSER-5, out of latencies and waits
    #[arg(long)]
    pub steady: bool,

    /// With --steady, compute intervals from N batches of each run; meant for one long run
    #[arg(long, value_name = "N", requires = "steady", value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub batches: Option<u32>,

    /// Number of threads; defaults to the number of cores. The results do not depend on it
    #[arg(long, value_name = "N", default_value = "0", hide_default_value = true)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=1024))]
    pub threads: u16,

    /// Start no more runs after this long: 10s, 5m, or seconds
    #[arg(long, value_name = "TIME", value_parser = patience)]
    pub time: Option<Duration>,
}

impl Effort {
    /// This many runs of each value or variant, and nothing else.
    pub fn runs(runs: u32) -> Effort {
        let (within, batches, time) = (None, None, None);
        Effort { runs, within, most_runs: runs, steady: false, batches, threads: 0, time }
    }

    /// Whether a further run may begin.
    pub fn has_time(self) -> bool {
        self.time.is_none_or(|time| clock::elapsed() < time)
    }

    /// Whether there is time left to read what was found.
    pub fn has_time_to_read(self) -> bool {
        self.time.is_none_or(|time| clock::elapsed() < time.saturating_add(clock::READING))
    }

    /// The effort in the library's terms.
    pub fn of(self) -> replicate::ReplicationEffort {
        let most = if self.within.is_some() { self.most_runs.max(self.runs) } else { self.runs };
        replicate::ReplicationEffort {
            runs: self.runs,
            within: self.within,
            most,
            steady: self.steady,
            batches: self.batches.unwrap_or(0),
            threads: self.threads.into(),
        }
    }
}

/// `threadbare sweep`
#[derive(Args, Debug)]
pub struct SweepArgs {
    /// A scenario, the name of a gallery scenario, or - for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: String,

    /// Parameter and its values: pool=1..20, pool=10..100..10, default.workers=5,10; at most twice
    #[arg(long, required = true, value_name = "NAME=VALUES", value_parser = SweepAxis::parse)]
    pub param: Vec<SweepAxis>,

    /// Metrics to measure, written as in [expect]; defaults to those of the scenario
    #[arg(long, value_name = "METRIC", num_args = 1..)]
    pub metric: Vec<String>,

    /// Sweep this variant
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,

    #[command(flatten)]
    pub which: RunSelection,

    #[command(flatten)]
    pub effort: Effort,

    /// Run only every N-th cell, starting from cell I; `merge` joins the parts
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub shard: Option<(usize, usize)>,

    /// Write CSV to FILE, skipping cells that it already has
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "json")]
    #[arg(help_heading = "Output")]
    pub resume: Option<PathBuf>,

    /// With two parameters, draw a heat map of the first metric that varies
    #[arg(long, conflicts_with_all = ["json", "csv", "resume", "shard"], help_heading = "Output")]
    pub chart: bool,

    /// Write the curve (with two parameters, the heat map) of the first metric that varies to FILE as SVG
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    #[arg(conflicts_with_all = ["json", "csv", "resume", "shard"])]
    pub svg: Option<PathBuf>,

    /// Draw the Pareto front of two metrics and print its knee
    #[arg(long, value_names = ["COST", "METRIC"], num_args = 2, help_heading = "Output")]
    #[arg(conflicts_with_all = ["json", "csv", "resume", "shard", "chart"])]
    pub pareto: Vec<String>,

    /// Also write all cells to FILE as Parquet; needs a build with the feature `parquet`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub parquet: Option<PathBuf>,

    /// Print each cell as a line of CSV
    #[arg(long, conflicts_with = "json", help_heading = "Output")]
    pub csv: bool,

    /// Print each cell as a line of JSON
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

/// `threadbare merge`
#[derive(Args, Debug)]
pub struct MergeArgs {
    /// Files with the parts, as CSV or JSON
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<String>,

    /// Write the joined cells to FILE as Parquet instead; needs a build with the feature `parquet`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub parquet: Option<PathBuf>,
}

/// `threadbare compare`
#[derive(Args, Debug)]
pub struct CompareArgs {
    /// A scenario, the name of a gallery scenario, or - for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: String,

    /// Variants to compare with the first one; `base` is the document itself
    #[arg(long, required = true, value_name = "A,B", value_delimiter = ',', num_args = 1)]
    pub variants: Vec<String>,

    /// Metrics to compare, written as in [expect]; defaults to those of the first variant
    #[arg(long, value_name = "METRIC", num_args = 1..)]
    pub metric: Vec<String>,

    /// Exit with 1 under this condition, such as 'latency.build.p99 worse by 10%'; may be given more than once
    #[arg(long, value_name = "CONDITION", value_parser = FailCondition::parse)]
    pub fail_if: Vec<FailCondition>,

    #[command(flatten)]
    pub which: RunSelection,

    #[command(flatten)]
    pub effort: Effort,

    /// Print one JSON object
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

/// `threadbare size`
#[derive(Args, Debug)]
pub struct SizeArgs {
    /// A scenario, the name of a gallery scenario, or - for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: String,

    /// Parameter or path to size, such as pool or default.workers; may be given more than once
    #[arg(long = "for", value_name = "NAME", required = true)]
    pub paths: Vec<String>,

    /// Smallest value to try
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub min: u32,

    /// Largest value to try
    #[arg(long, value_name = "N", default_value_t = 128, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub max: u32,

    /// Size this variant
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,

    #[command(flatten)]
    pub which: RunSelection,

    #[command(flatten)]
    pub effort: Effort,

    /// Print one JSON object
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

/// Parses a share between 0 and 1, such as `5%` or `0.05`.
pub fn share(text: &str) -> Result<f64, String> {
    let (number, of) = match text.strip_suffix('%') {
        Some(percent) => (percent.trim(), 100.0),
        None => (text, 1.0),
    };
    let share = number.parse::<f64>().ok().map(|number| number / of);
    share.filter(|share| *share > 0.0 && *share < 1.0).ok_or_else(|| "expected a share such as 5%".to_owned())
}

fn shard(text: &str) -> Result<(usize, usize), String> {
    let number = |text: &str| text.parse::<usize>().ok();
    let parts = text.split_once('/').and_then(|(i, n)| Some((number(i)?, number(n)?)));
    parts.filter(|(i, n)| i < n).ok_or_else(|| "expected I/N with I from 0 to N-1, such as 3/16".to_owned())
}

pub const SWEEP_AFTER: &str = "\
Examples:
  threadbare sweep nova-build-deadlock --param pool=1..10
  threadbare sweep mine.toml --param pool=1..20 --param builds=5,10 --runs 200 --csv > sweep.csv
  threadbare sweep mine.toml --param pool=1..20 --metric latency.build.p99 workers.default.max
  threadbare sweep mine.toml --param pool=1..20 --within 5% --resume sweep.csv
  threadbare sweep mine.toml --param pool=1..20 --steady --runs 1 --batches 20
  threadbare sweep mine.toml --param pool=1..20 --param builds=5..50..5 --chart
  threadbare sweep mine.toml --param pool=1..40 --pareto memory.max latency.build.p99
  threadbare sweep mine.toml --param pool=1..64 --csv --shard 3/16 > part3.csv
  threadbare sweep mine.toml --param pool=1..64 --json --shard 3/16 > part3.jsonl
  threadbare sweep mine.toml --param pool=1..64 --parquet sweep.parquet

All cells run with the same seeds, so they differ by their values and not by chance. Means and percentiles have \
95 % confidence intervals (Student's t), shares of runs have Wilson's interval. The knee of a front is the point \
farthest below the line between its ends (Kneedle).

Ctrl-C prints the cells that are done; with --resume, the same command continues from there. A second Ctrl-C ends \
the command at once.

Exit codes: 0 done, whatever the results; 2 bad input or usage; 130 ended by Ctrl-C.";

pub const MERGE_AFTER: &str = "\
Examples:
  threadbare merge part*.csv > sweep.csv
  threadbare merge part*.csv --parquet sweep.parquet

Parts with different documents, values, metrics, seeds or numbers of runs are refused, and so is a part that ends in \
the middle of a line. Missing cells are listed on standard error.

Exit codes: 0 joined; 2 the parts do not belong together, or a file cannot be read.";

pub const COMPARE_AFTER: &str = "\
Examples:
  threadbare compare nova-modes --variants base,eventlet
  threadbare compare mine.toml --variants base,new --runs 200 --fail-if 'latency.build.p99 worse by 10%'

Run by run, the variants do the same work; the differences are averaged. A condition is met if the mean is worse by \
more than it says and the whole interval is worse. `failed worse` means worse by any amount.

Exit codes: 0 compared; 1 a --fail-if condition is met; 2 bad input or usage.";

pub const SIZE_AFTER: &str = "\
Examples:
  threadbare size nova-build-deadlock --for default.workers
  threadbare size mine.toml --for pool --max 500 --runs 100
  threadbare size mine.toml --for default.workers --for long_task.workers
  threadbare size mine.toml --for pool --set 'expect.wait.build.mean=\"< 2s\"'

Finds the smallest value for which every expectation holds. Latency, wait, cpu, utilisation, throughput and \
makespan must hold on average over the runs, everything else in every run. Several parameters are lowered in turn \
until none can be lowered further; another combination may have a smaller sum.

Exit codes: 0 found; 1 no value up to --max is enough; 2 bad input or usage.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_shards_are_read_strictly() {
        assert_eq!(share("5%"), Ok(0.05));
        assert_eq!(share("0.1"), Ok(0.1));
        assert!(share("0").is_err() && share("120%").is_err() && share("x").is_err());
        assert_eq!(shard("3/16"), Ok((3, 16)));
        assert!(shard("16/16").is_err() && shard("3").is_err());
    }
}
