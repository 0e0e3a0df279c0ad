//! What a run comes to beside the recording of a real run, as plain data, with the words for it. `study::backtest` makes it.
//!
//! Invariant: an error is the simulated figure less the measured one, as a share of [`Comparison::scale`]; a positive error
//! says that the scenario is slower, or busier, than the real system was. What was not measured is not compared.

use super::written;
use crate::model::expectation::{Statistic, Unit};
use crate::model::time::Duration;
use crate::trace::{Outcome, OutcomeKind};

/// How far figures may be apart and still be called the same, as a share: what a summed-up series loses.
pub const DEFAULT_TOLERANCE: f64 = 0.02;

/// How far figures may be apart where nobody says otherwise, as a share.
pub const DEFAULT_WITHIN: f64 = 0.1;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quantity {
    /// When the last task ended, in seconds.
    Makespan,
    /// Finished tasks a second.
    Throughput,
    /// From submission to end, in seconds.
    Latency(Statistic),
    /// The mean time from submission to start, in seconds: how long tasks stood in a queue.
    Wait,
    /// The mean share of a pool's workers that were at work.
    Utilisation,
}

impl Quantity {
    /// The word for it in tables and JSON.
    pub fn word(self) -> String {
        match self {
            Quantity::Makespan => "makespan".to_owned(),
            Quantity::Throughput => "throughput".to_owned(),
            Quantity::Latency(Statistic::Mean) => "mean latency".to_owned(),
            Quantity::Latency(Statistic::Max) => "longest latency".to_owned(),
            Quantity::Latency(Statistic::Percentile(share)) => format!("p{share} latency"),
            Quantity::Wait => "mean wait".to_owned(),
            Quantity::Utilisation => "utilisation".to_owned(),
        }
    }

    /// What it is counted in.
    pub fn unit(self) -> Unit {
        match self {
            Quantity::Makespan | Quantity::Latency(_) | Quantity::Wait => Unit::Seconds,
            Quantity::Throughput => Unit::Rate,
            Quantity::Utilisation => Unit::Share,
        }
    }

    /// A value of it, as a person writes it.
    pub fn figure(self, value: f64) -> String {
        written::figure(self.unit(), value)
    }
}

/// One figure of the run beside the measured one.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The task type or the pool; none for the whole run.
    pub subject: Option<String>,
    /// What was measured.
    pub quantity: Quantity,
    /// In the real run.
    pub measured: f64,
    /// In the simulated run; `None` if it has no such figure.
    pub simulated: Option<f64>,
    /// What an error is a share of: the measured figure itself; of a wait the mean latency, as most of a wait that is next to
    /// nothing is what a thread takes to wake up; of a utilisation all workers.
    pub scale: f64,
}

impl Comparison {
    /// The error as a share of [`Comparison::scale`]; infinite if nothing of it was simulated.
    pub fn error(&self) -> f64 {
        let Some(simulated) = self.simulated else { return f64::INFINITY };
        if simulated == self.measured { 0.0 } else { (simulated - self.measured) / self.scale }
    }

    /// The simulated figure as a person writes it.
    pub fn simulated_text(&self) -> String {
        self.simulated.map_or("none".to_owned(), |value| self.quantity.figure(value))
    }

    /// The error as a person writes it: `+1.5 %`, `−2 points` of a utilisation, `the same` within a twentieth of a per cent.
    pub fn error_text(&self) -> String {
        let error = self.error();
        if !error.is_finite() {
            return "no figure".to_owned();
        }
        let unit = if self.quantity == Quantity::Utilisation { "points" } else { "%" };
        let percent = error * 100.0;
        if percent.abs() < 0.05 {
            return "the same".to_owned();
        }
        let sign = if percent > 0.0 { "+" } else { "" };
        format!("{sign}{} {unit}", written::figure(Unit::Count, libm::round(percent * 10.0) / 10.0))
    }

    /// Whether the two are no further apart than `tolerance`, as a share.
    pub fn is_within(&self, tolerance: f64) -> bool {
        self.error().abs() <= tolerance
    }
}

/// Where most of the difference comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorSource {
    /// The task type.
    pub task: String,
    /// How many were measured.
    pub count: usize,
    /// How much longer each took in the simulated run on average, in seconds.
    pub mean_difference: f64,
    /// Of that, before it started; `None` where submissions were not recorded.
    pub wait_difference: Option<f64>,
}

impl ErrorSource {
    /// What differs, in two sentences; none if it is next to nothing.
    pub fn sentence(&self) -> Option<String> {
        let ErrorSource { task, count, mean_difference, wait_difference } = self;
        if mean_difference.abs() < 1e-9 {
            return None;
        }
        let much = written::seconds(mean_difference.abs());
        let direction = if *mean_difference > 0.0 { "longer" } else { "less" };
        let of = format!(
            "The largest source of error is `{task}`: each of {count} takes {much} {direction} on average than was measured."
        );
        let share = wait_difference.map(|wait| wait / mean_difference);
        let place = match share {
            None => return Some(of),
            Some(share) if share > 0.8 => {
                "The difference is in the wait before the start: look at the pool's size, or at what else delays a start."
            }
            Some(share) if share < 0.2 => {
                "The difference is in the task itself, not in the wait before its start."
            }
            Some(_) => "The difference is both in the wait before the start and in the task itself.",
        };
        Some(format!("{of} {place}"))
    }
}

/// A run held against a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Backtest {
    /// How the run ended.
    pub outcome: Outcome,
    /// Every figure that was measured.
    pub comparisons: Vec<Comparison>,
    /// The task type with the largest difference over all its tasks, if any differs.
    pub largest: Option<ErrorSource>,
    /// Task types of the recording that the scenario does not have.
    pub missing: Vec<String>,
}

impl Backtest {
    /// The figures that are further apart than `tolerance`, as a share, the furthest first.
    pub fn beyond(&self, tolerance: f64) -> Vec<&Comparison> {
        let mut beyond: Vec<&Comparison> =
            self.comparisons.iter().filter(|one| !one.is_within(tolerance)).collect();
        beyond.sort_by(|a, b| b.error().abs().total_cmp(&a.error().abs()));
        beyond
    }

    /// Why the run cannot be compared with the recording as a whole, in a sentence.
    pub fn stopped(&self) -> Option<String> {
        let at = Duration(self.outcome.at.0);
        match self.outcome.kind {
            OutcomeKind::Completed | OutcomeKind::Until => None,
            OutcomeKind::Stuck | OutcomeKind::Deadlock => Some(format!("The run deadlocks at {at}.")),
            OutcomeKind::Limit(_) => {
                Some(format!("The run reached a limit at {at}, so it was not compared with the rest."))
            }
        }
    }

    /// The largest error of all, as a share.
    pub fn worst(&self) -> Option<f64> {
        self.comparisons.iter().map(|one| one.error().abs()).max_by(f64::total_cmp)
    }
}
