//! How long tasks took, by task type: how many ended how, and statistics over those that finished.
//!
//! Invariant: figures are over *finished* tasks only; over none there is no figure. Percentiles are by
//! nearest rank: the smallest value that at least that share of the values does not exceed.

use super::lives::{Part, TaskLife};
use super::state::task::End;
use crate::model::expectation::Statistic;
use crate::model::id::TaskTypeId;
use crate::model::scenario::Scenario;
use crate::model::time::Duration;
use serde::{Deserialize, Serialize};

/// How many tasks of a type there were, by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All.
    pub submitted: u64,
    /// Ended well.
    pub finished: u64,
    /// Raised.
    pub failed: u64,
    /// Cancelled before they started, whether or not their entry has been met.
    pub cancelled: u64,
    /// Refused.
    pub rejected: u64,
    /// Dropped for want of room.
    pub discarded: u64,
    /// Started and not ended.
    pub running: u64,
    /// Not started.
    pub pending: u64,
}

/// Statistics over some values, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Arithmetic mean.
    pub mean: f64,
    /// Median.
    pub p50: f64,
    /// 90th percentile.
    pub p90: f64,
    /// 99th percentile.
    pub p99: f64,
    /// Greatest.
    pub max: f64,
}

/// The mean share of a latency spent in each way, in seconds; the parts add up to the mean latency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Held by a delay.
    pub delay: f64,
    /// Held back by a cap or a bus.
    pub cap: f64,
    /// Queued.
    pub queue: f64,
    /// On the CPU or in `io`.
    pub running: f64,
    /// Waiting for children, locks, room, a core.
    pub waiting: f64,
}

/// One task type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its name.
    pub task: String,
    /// What became of its tasks.
    pub counts: Counts,
    /// From first submission to end; `None` if none finished.
    pub latency: Option<Figures>,
    /// From first submission to start; `None` if none finished.
    pub wait: Option<Figures>,
    /// Where the latency went on average; `None` if none finished.
    pub split: Option<Split>,
    /// CPU time of all its tasks, unfinished ones included, in seconds.
    pub cpu_total: f64,
}

/// A row for each task type, in document order.
pub fn table(scenario: &Scenario, lives: &[TaskLife]) -> Vec<Row> {
    let mut by_kind: Vec<Vec<&TaskLife>> = vec![Vec::new(); scenario.tasks.len()];
    for life in lives {
        by_kind[life.kind.index()].push(life);
    }
    by_kind.iter().zip(&scenario.tasks).map(|(lives, task)| row(&task.name, lives)).collect()
}

fn row(name: &str, lives: &[&TaskLife]) -> Row {
    let mut counts = Counts { submitted: lives.len() as u64, ..Counts::default() };
    let mut cpu_total = 0.0;
    for life in lives {
        cpu_total += life.spent(Part::Cpu).seconds();
        let count = match life.end {
            Some(End::Finished) => &mut counts.finished,
            Some(End::Failed(_)) => &mut counts.failed,
            Some(End::Cancelled) => &mut counts.cancelled,
            Some(End::Rejected(_)) => &mut counts.rejected,
            Some(End::Discarded) => &mut counts.discarded,
            None if life.cancelled_at().is_some() => &mut counts.cancelled,
            None if life.started().is_some() => &mut counts.running,
            None => &mut counts.pending,
        };
        *count += 1;
    }
    let finished: Vec<&TaskLife> =
        lives.iter().copied().filter(|life| life.end == Some(End::Finished)).collect();
    Row {
        task: name.to_owned(),
        counts,
        latency: figures(&values(&finished, Measure::Latency)),
        wait: figures(&values(&finished, Measure::Wait)),
        split: split(&finished),
        cpu_total,
    }
}

/// What is measured of a finished task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// From first submission to end.
    Latency,
    /// From first submission to start.
    Wait,
    /// CPU time.
    Cpu,
}

fn measure(life: &TaskLife, what: Measure) -> Option<Duration> {
    match what {
        Measure::Latency => life.latency(),
        Measure::Wait => Some(life.started()? - life.submitted),
        Measure::Cpu => Some(life.spent(Part::Cpu)),
    }
}

/// The values of finished lives, in nanoseconds, ascending.
fn values(finished: &[&TaskLife], what: Measure) -> Vec<u64> {
    let mut values: Vec<u64> = finished.iter().filter_map(|life| Some(measure(life, what)?.0)).collect();
    values.sort_unstable();
    values
}

/// One statistic over the finished tasks of a type, in seconds; `None` if none finished.
pub fn statistic(lives: &[TaskLife], kind: TaskTypeId, what: Measure, statistic: Statistic) -> Option<f64> {
    let finished: Vec<&TaskLife> =
        lives.iter().filter(|life| life.kind == kind && life.end == Some(End::Finished)).collect();
    let values = values(&finished, what);
    match statistic {
        Statistic::Mean => mean(&values),
        Statistic::Max => values.last().map(|value| Duration(*value).seconds()),
        Statistic::Percentile(p) => nearest_rank(&values, p).map(|value| Duration(value).seconds()),
    }
}

fn mean(values: &[u64]) -> Option<f64> {
    let sum: u128 = values.iter().map(|value| u128::from(*value)).sum();
    (!values.is_empty()).then(|| sum as f64 / values.len() as f64 / crate::model::time::SECOND as f64)
}

/// The `p`-th percentile of ascending values by nearest rank; `None` of none.
pub fn nearest_rank(values: &[u64], p: f64) -> Option<u64> {
    values.get(nearest_rank_of(values.len(), p) - 1).copied()
}

/// Which of so many ascending values is the `p`-th percentile, counted from 1.
pub fn nearest_rank_of(values: usize, p: f64) -> usize {
    // In thousandths of a percent, so that 99.9 % of 1000 is rank 999 and not, by a rounding error, 1000.
    let share = libm::round(p * 1000.0) as u128;
    (share * values as u128).div_ceil(100_000).max(1) as usize
}

fn figures(values: &[u64]) -> Option<Figures> {
    let at = |p| nearest_rank(values, p).map(|value| Duration(value).seconds());
    Some(Figures { mean: mean(values)?, p50: at(50.0)?, p90: at(90.0)?, p99: at(99.0)?, max: at(100.0)? })
}

fn split(finished: &[&TaskLife]) -> Option<Split> {
    let mean_of = |parts: &[Part]| {
        let sum: u128 =
            finished.iter().flat_map(|life| parts.iter().map(|part| u128::from(life.spent(*part).0))).sum();
        sum as f64 / finished.len() as f64 / crate::model::time::SECOND as f64
    };
    (!finished.is_empty()).then(|| Split {
        delay: mean_of(&[Part::Delay]),
        cap: mean_of(&[Part::Cap]),
        queue: mean_of(&[Part::Queue]),
        running: mean_of(&[Part::Cpu, Part::Io]),
        waiting: mean_of(&[Part::Waiting]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let values: Vec<u64> = (1..=1000).collect();
        assert_eq!(nearest_rank(&values, 50.0), Some(500));
        assert_eq!(nearest_rank(&values, 99.0), Some(990));
        assert_eq!(nearest_rank(&values, 99.9), Some(999));
        assert_eq!(nearest_rank(&values, 100.0), Some(1000));
        assert_eq!(nearest_rank(&[7], 1.0), Some(7));
        assert_eq!(nearest_rank(&[1, 2, 3], 50.0), Some(2));
        assert_eq!(nearest_rank(&[], 50.0), None);
    }
}
