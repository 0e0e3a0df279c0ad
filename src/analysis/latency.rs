//! How long tasks took, by task type: how many ended how, and statistics over those that finished.
//!
//! Invariant: the figures of a table are over *finished* tasks only; over none there is no figure. What an expectation is
//! held against is a [`Sample`], in which tasks that failed or were refused count as longer than any bound. Percentiles
//! are by nearest rank: the smallest value that at least that share of the values does not exceed.

use super::ending::Ending;
use super::lives::{LifePart, TaskLife};
use super::state::task::End;
use super::tally::Tally;
use crate::model::expectation::Statistic;
use crate::model::id::TaskTypeId;
use crate::model::scenario::Scenario;
use crate::model::time::{Duration, Time};
use serde::{Deserialize, Serialize};

/// Statistics over some values, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Arithmetic mean of the values.
    pub mean: f64,
    /// Median of the values.
    pub p50: f64,
    /// 90th percentile of the values.
    pub p90: f64,
    /// 99th percentile of the values.
    pub p99: f64,
    /// Greatest of the values.
    pub max: f64,
}

/// The mean share of a latency spent in each way, in seconds; the parts add up to the mean latency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Held by a delay.
    pub delay: f64,
    /// Held back by a cap or a bus.
    pub cap: f64,
    /// Waiting in a queue.
    pub queue: f64,
    /// On the CPU or in `io`.
    pub running: f64,
    /// Waiting for children, locks, room, a core.
    pub waiting: f64,
}

/// One task type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Name of the task type.
    pub task: String,
    /// What became of its tasks.
    pub counts: Tally,
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
    let mut rows: Vec<RowBuilder> = scenario.tasks.iter().map(|_| RowBuilder::default()).collect();
    for life in lives {
        rows[life.kind.index()].add(life);
    }
    rows.into_iter().zip(&scenario.tasks).map(|(row, task)| row.finish(&task.name)).collect()
}

/// A row in the making.
#[derive(Default)]
struct RowBuilder {
    counts: Tally,
    cpu_total: f64,
    /// Of those that finished, in nanoseconds.
    latencies: Vec<u64>,
    waits: Vec<u64>,
    /// The sums of their parts, in nanoseconds.
    parts: [u128; LifePart::ALL.len()],
}

impl RowBuilder {
    fn add(&mut self, life: &TaskLife) {
        self.counts.add(life);
        self.cpu_total += life.spent(LifePart::Cpu).seconds();
        if life.end != Some(End::Finished) {
            return;
        }
        self.latencies.extend(measure(life, Measure::Latency).map(|value| value.0));
        self.waits.extend(measure(life, Measure::Wait).map(|value| value.0));
        for part in LifePart::ALL {
            self.parts[part as usize] += u128::from(life.spent(part).0);
        }
    }

    fn finish(mut self, name: &str) -> Row {
        Row {
            task: name.to_owned(),
            latency: figures(&mut self.latencies),
            wait: figures(&mut self.waits),
            split: self.split(),
            counts: self.counts,
            cpu_total: self.cpu_total,
        }
    }

    fn split(&self) -> Option<Split> {
        let finished = self.counts.finished;
        let mean_of = |parts: &[LifePart]| {
            let sum: u128 = parts.iter().map(|part| self.parts[*part as usize]).sum();
            sum as f64 / finished as f64 / crate::model::time::SECOND as f64
        };
        (finished > 0).then(|| Split {
            delay: mean_of(&[LifePart::Delay]),
            cap: mean_of(&[LifePart::Cap]),
            queue: mean_of(&[LifePart::Queue]),
            running: mean_of(&[LifePart::Cpu, LifePart::Io]),
            waiting: mean_of(&[LifePart::Waiting]),
        })
    }
}

/// What is measured of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// From first submission to end.
    Latency,
    /// From first submission to start.
    Wait,
    /// From the intended start to the start.
    Late,
    /// Time on the processor.
    Cpu,
}

/// What is measured of a task that has come that far.
pub(super) fn measure(life: &TaskLife, what: Measure) -> Option<Duration> {
    match what {
        Measure::Latency => life.latency(),
        Measure::Wait => Some(life.started()? - life.submitted),
        Measure::Late => Some(life.started()?.since(life.intended())),
        Measure::Cpu => Some(life.spent(LifePart::Cpu)),
    }
}

/// The tasks of a type that a statistic is taken over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// What is known, in nanoseconds, in any order.
    pub values: Vec<u64>,
    /// Tasks that are longer than any bound: they failed or were refused, or have lasted past the bound already.
    pub beyond: u64,
    /// Tasks that were still under way and may meet the bound or not: left out.
    pub unknown: u64,
}

/// What a statistic comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reading {
    /// A number of seconds.
    Value(f64),
    /// More than any bound.
    Beyond,
    /// It says nothing: of fewer than half of the tasks is anything known.
    SaysNothing,
}

impl Sample {
    /// The tasks of a type. One that failed or was refused is beyond any bound; one that was cancelled is left out; one
    /// under way is beyond a bound that `exceeds` says it has passed already, after that number of nanoseconds.
    pub fn of(
        lives: &[TaskLife],
        kind: TaskTypeId,
        what: Measure,
        end: Time,
        exceeds: impl Fn(u64) -> bool,
    ) -> Sample {
        let mut sample = Sample::default();
        for life in lives.iter().filter(|life| life.kind == kind) {
            match life.ending() {
                Ending::Finished => sample.values.extend(measure(life, what).map(|value| value.0)),
                Ending::Failed | Ending::Refused | Ending::Discarded => sample.beyond += 1,
                Ending::Cancelled => {}
                Ending::Unfinished => match what {
                    Measure::Wait | Measure::Late if life.started().is_some() => {
                        sample.values.extend(measure(life, what).map(|value| value.0));
                    }
                    Measure::Cpu => sample.unknown += 1,
                    Measure::Latency | Measure::Wait | Measure::Late => {
                        let since = if what == Measure::Late { life.intended() } else { life.submitted };
                        let is_beyond = since <= end && exceeds(end.since(since).0);
                        sample.beyond += u64::from(is_beyond);
                        sample.unknown += u64::from(!is_beyond);
                    }
                },
            }
        }
        sample
    }

    /// Of those that finished, nothing else.
    pub fn of_finished(lives: &[TaskLife], kind: TaskTypeId, what: Measure) -> Sample {
        let finished = lives.iter().filter(|life| life.kind == kind && life.end == Some(End::Finished));
        let values = finished.filter_map(|life| Some(measure(life, what)?.0)).collect();
        Sample { values, ..Sample::default() }
    }

    /// Tasks that it could be taken over.
    pub fn total(&self) -> u64 {
        self.values.len() as u64 + self.beyond + self.unknown
    }

    /// Tasks whose value is known.
    pub fn known(&self) -> u64 {
        self.values.len() as u64
    }

    /// One statistic; reorders the values.
    pub fn statistic(&mut self, statistic: Statistic) -> Reading {
        let known = self.known();
        // A mean leaves out what has no value; a percentile counts it as longer than everything.
        let counted = match statistic {
            Statistic::Mean => known,
            Statistic::Max | Statistic::Percentile(_) => known + self.beyond,
        };
        if counted == 0 || counted * 2 < self.total() {
            return Reading::SaysNothing;
        }
        let rank = match statistic {
            Statistic::Mean => return mean(&self.values).map_or(Reading::SaysNothing, Reading::Value),
            Statistic::Max => counted as usize,
            Statistic::Percentile(p) => nearest_rank_of(counted as usize, p).min(counted as usize),
        };
        if rank as u64 > known {
            return Reading::Beyond;
        }
        Reading::Value(Duration(*self.values.select_nth_unstable(rank - 1).1).seconds())
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

/// Which of this number of ascending values is the `p`-th percentile, counted from 1.
pub fn nearest_rank_of(values: usize, p: f64) -> usize {
    // In thousandths of a percent, so that 99.9 % of 1000 is rank 999 and not, by a rounding error, 1000.
    let share = libm::round(p * 1000.0) as u128;
    (share * values as u128).div_ceil(100_000).max(1) as usize
}

/// Reorders the values: each percentile is looked for only among those that the one before left above it.
fn figures(values: &mut [u64]) -> Option<Figures> {
    let mean = mean(values)?;
    let mut from = 0;
    let mut at = |p| {
        let rank = nearest_rank_of(values.len(), p) - 1;
        let (_, value, _) = values[from..].select_nth_unstable(rank - from);
        from = rank;
        Duration(*value).seconds()
    };
    Some(Figures { mean, p50: at(50.0), p90: at(90.0), p99: at(99.0), max: at(100.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_longer_than_any_bound_and_few_known_values_say_nothing() {
        let sample =
            |values: u64, beyond, unknown| Sample { values: (1..=values).collect(), beyond, unknown };
        let p99 = Statistic::Percentile(99.0);
        assert_eq!(sample(2, 48, 0).statistic(p99), Reading::Beyond);
        assert_eq!(sample(2, 48, 0).statistic(Statistic::Mean), Reading::SaysNothing);
        assert_eq!(sample(199, 1, 0).statistic(p99), Reading::Value(198e-9));
        assert_eq!(sample(199, 1, 0).statistic(Statistic::Max), Reading::Beyond);
        assert_eq!(sample(11, 0, 1_251).statistic(p99), Reading::SaysNothing);
        assert_eq!(sample(0, 0, 0).statistic(p99), Reading::SaysNothing);
        assert_eq!(sample(3, 1, 0).statistic(Statistic::Mean), Reading::Value(2e-9));
    }

    #[test]
    fn figures_do_not_depend_on_the_order_of_the_values() {
        let figures_of = |mut values: Vec<u64>| figures(&mut values).expect("there are some");
        let ascending: Vec<u64> = (1..=1000).map(|value| value * 1_000_000_000).collect();
        let mixed: Vec<u64> = (0..1000).map(|at| ascending[at * 387 % 1000]).collect();
        let expected = Figures { mean: 500.5, p50: 500.0, p90: 900.0, p99: 990.0, max: 1000.0 };
        assert_eq!(figures_of(ascending), expected);
        assert_eq!(figures_of(mixed), expected);
        let one = Figures { mean: 7.0, p50: 7.0, p90: 7.0, p99: 7.0, max: 7.0 };
        assert_eq!(figures_of(vec![7_000_000_000]), one);
        assert_eq!(figures(&mut []), None);
    }

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
