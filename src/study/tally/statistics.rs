//! Statistics of a tally, by the same rules as those of a trace: see [`crate::analysis::latency::Sample`].

use super::super::steady;
use super::{RunTally, TalliedTask, TalliedTaskState, TaskTypeTally};
use crate::analysis::expect::{Figure, SampleCounts, exceeds_bound};
use crate::analysis::latency::{Sample, nearest_rank_of};
use crate::model::expectation::{Metric, Statistic};
use crate::model::id::TaskTypeId;
use crate::model::time::{Duration, SECOND, Time};
use crate::trace::{Outcome, OutcomeKind};
use std::sync::Arc;

impl RunTally {
    /// The mean of a metric in each of a number of batches, in the order in which tasks ended; empty for what is no
    /// mean of latencies or waits, and where there are too few of them. Call it before [`RunTally::figure`].
    pub fn batch_means(&self, metric: &Metric, batches: usize) -> Vec<f64> {
        let values = match metric {
            Metric::Latency(kind, Statistic::Mean) => &self.kinds[kind.index()].latency,
            Metric::Wait(kind, Statistic::Mean) => &self.kinds[kind.index()].wait,
            _ => return Vec::new(),
        };
        let series: Vec<f64> = values.iter().map(|nanos| Duration(*nanos).seconds()).collect();
        steady::batch_means(&series, batches).unwrap_or_default()
    }

    /// A statistic over the tasks of a type, in which what failed or was refused is infinite; without a value if of fewer than
    /// half of them anything is known.
    pub(super) fn statistic(
        &mut self,
        metric: &Metric,
        kind: TaskTypeId,
        over: Statistic,
        outcome: Outcome,
    ) -> Figure {
        let is_wait = matches!(metric, Metric::Wait(..));
        let scenario = Arc::clone(&self.scenario);
        let (end, is_stuck) = (outcome.at.max(self.now), outcome.kind == OutcomeKind::Stuck);
        let TaskTypeTally { lost, finished, latency, wait, .. } = &mut self.kinds[kind.index()];
        let values = if is_wait { wait } else { latency };
        // What a warm-up has cut off was known as well.
        let cut = *finished - values.len() as u64;
        let (mut under_way, mut beyond, mut unknown) = (Vec::new(), *lost, 0);
        let is_under_way = |task: &&TalliedTask| {
            task.kind == kind && task.spot != TalliedTaskState::Ended && !task.is_cancelled
        };
        for task in self.tasks.iter().filter(is_under_way) {
            if is_wait && task.started != Time::NEVER {
                under_way.push(task.started.since(task.submitted).0);
            } else if is_stuck || exceeds_bound(&scenario, metric, end.since(task.submitted).0) {
                beyond += 1;
            } else {
                unknown += 1;
            }
        }
        under_way.extend_from_slice(values);
        let mut sample = Sample { values: under_way, beyond, unknown };
        let is_cut_away = cut > 0 && sample.values.is_empty();
        let reading = sample.statistic(over);
        let value = if is_cut_away { None } else { reading.number() };
        Figure { value, counted: Some(SampleCounts::of(&sample)) }
    }
}

impl TaskTypeTally {
    /// One statistic over the latencies of the finished tasks, in seconds; reorders them.
    pub(super) fn finished_latency(&mut self, over: Statistic) -> Figure {
        let known = self.latency.len() as u64;
        let counted = SampleCounts { known, beyond: 0, total: known };
        Figure { value: statistic(&mut self.latency, over), counted: Some(counted) }
    }
}

/// One statistic over values in nanoseconds, in seconds; reorders them.
fn statistic(values: &mut [u64], over: Statistic) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    match over {
        Statistic::Mean => {
            let sum: u128 = values.iter().map(|value| u128::from(*value)).sum();
            Some(sum as f64 / values.len() as f64 / SECOND as f64)
        }
        Statistic::Max => values.iter().max().map(|value| Duration(*value).seconds()),
        Statistic::Percentile(p) => {
            let rank = nearest_rank_of(values.len(), p).min(values.len());
            Some(Duration(*values.select_nth_unstable(rank - 1).1).seconds())
        }
    }
}
