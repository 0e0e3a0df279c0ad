//! What the figures of a tally still depend on when the state of its run is known: for a search that merges states.
//!
//! Invariant: two runs in the same state (at the same instant, for a metric that is about time) in which the same
//! is told here come to the same figure if they go on alike. How many workers are busy, or tasks wait, at present is part
//! of the state and is not told; how many there are is told, because a state that is looked at for its own sake leaves
//! out the idle ones of a pool that could as well start new ones.

use super::{RunTally, TalliedTaskState};
use crate::model::expectation::Metric;
use crate::model::id::TaskId;
use crate::model::time::Time;
use xxhash_rust::xxh3::xxh3_64;

impl RunTally {
    /// Appends what `metric` depends on. Counts and greatest numbers beyond `most` are told as `most`.
    pub(in crate::study) fn append_to(&self, metric: &Metric, most: u64, bytes: &mut Vec<u8>) {
        let mut append = |value: u64| bytes.extend_from_slice(&value.to_le_bytes());
        match metric {
            Metric::Warnings => append(self.warnings.min(most)),
            Metric::Rejected => append(self.rejected.min(most)),
            Metric::Failed => append(self.failed.min(most)),
            Metric::QueueMax(at) => append(u64::from(self.places[at.index()].peak_waiting).min(most)),
            Metric::WorkersMax(at) => append(u64::from(self.places[at.index()].peak_alive).min(most)),
            Metric::MemoryMax => {
                append(self.bill.peak_memory.min(most));
                self.alive().for_each(append);
            }
            Metric::ThreadsMax => {
                append(u64::from(self.bill.peak_threads).min(most));
                self.alive().for_each(append);
            }
            Metric::Latency(kind, _) | Metric::LatencyFinished(kind, _) => {
                append(self.kinds[kind.index()].lost);
                in_order(&self.kinds[kind.index()].latency).for_each(append);
            }
            Metric::Wait(kind, _) => {
                append(self.kinds[kind.index()].lost);
                in_order(&self.kinds[kind.index()].wait).for_each(append);
            }
            Metric::Throughput(kind) => append(self.kinds[kind.index()].finished),
            Metric::Makespan => append(self.last_end.map_or(u64::MAX, |at| at.0)),
            Metric::Utilisation(at) => {
                let place = &self.places[at.index()];
                in_time(place.since, place.busy_time).for_each(append);
            }
            Metric::MemoryMean => {
                in_time(self.bill.since, self.bill.memory_time).chain(self.alive()).for_each(append);
            }
            Metric::ThreadsMean => {
                in_time(self.bill.since, self.bill.thread_time).chain(self.alive()).for_each(append);
            }
            Metric::Deadlock
            | Metric::Stuck
            | Metric::Races
            | Metric::LostUpdates
            | Metric::Final(_)
            | Metric::Writes(_)
            | Metric::Late(..)
            | Metric::Cpu(..)
            | Metric::CpuTotal => {}
        }
    }

    /// How many workers each executor has.
    fn alive(&self) -> impl Iterator<Item = u64> {
        self.places.iter().map(|place| u64::from(place.alive))
    }

    /// What the latency and the wait of a task that is not over depend on, if they are kept.
    pub(in crate::study) fn remembered(&self, id: TaskId) -> Option<u64> {
        let task = self.tasks.get(id.index()).filter(|task| task.spot != TalliedTaskState::Ended)?;
        let kind = &self.kinds[task.kind.index()];
        if !kind.keeps_latency && !kind.keeps_wait {
            return None;
        }
        let started = if kind.keeps_wait { task.started.0 } else { 0 };
        Some(xxh3_64(&[task.submitted.0.to_le_bytes(), started.to_le_bytes()].concat()))
    }

    /// About how many bytes it takes.
    pub(in crate::study) fn weight(&self) -> u64 {
        let kept: usize = self.kinds.iter().map(|kind| kind.latency.len() + kind.wait.len()).sum();
        (size_of::<RunTally>() + self.tasks.len() * size_of::<super::TalliedTask>() + kept * size_of::<u64>())
            as u64
    }
}

/// A sum over time, and until when it was taken.
fn in_time(since: Time, sum: u128) -> impl Iterator<Item = u64> {
    [since.0, sum as u64, (sum >> 64) as u64].into_iter()
}

/// Which task had which is all the same: how many there are, and then they in order.
fn in_order(values: &[u64]) -> impl Iterator<Item = u64> {
    let mut values = values.to_vec();
    values.sort_unstable();
    std::iter::once(values.len() as u64).chain(values)
}
