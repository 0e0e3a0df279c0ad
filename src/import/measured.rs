//! What a recording measured, to hold a run of its scenario against.

use crate::model::time::Duration;

/// What was measured in a real run, as far as the recording says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// From the first submission to the last end.
    pub makespan: Option<Duration>,
    /// For each task type of the scenario, in order.
    pub tasks: Vec<MeasuredTask>,
    /// For each pool whose use was measured.
    pub pools: Vec<MeasuredPool>,
}

/// The tasks of one type that were measured from submission to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasuredTask {
    /// The type's name in the scenario.
    pub name: String,
    /// From submission (where that is not known: from the start) to end, ascending, in nanoseconds.
    pub latencies: Vec<u64>,
    /// The mean time from submission to start, where submissions are known.
    pub mean_wait: Option<Duration>,
}

/// One task as it was measured, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MeasuredSpan {
    /// When it was submitted, where that is known.
    pub submitted: Option<u64>,
    pub start: u64,
    pub end: u64,
}

/// The use of one pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasuredPool {
    /// Its executor's name in the scenario.
    pub name: String,
    /// The time its tasks took together.
    pub busy: Duration,
    /// Its workers, as the scenario has them.
    pub workers: u64,
}

impl MeasuredTask {
    /// The tasks of a type that ended, in any order.
    pub(super) fn new(name: String, spans: impl Iterator<Item = MeasuredSpan>) -> MeasuredTask {
        let mut latencies = Vec::new();
        let (mut waited, mut is_known) = (0u128, true);
        for MeasuredSpan { submitted, start, end } in spans {
            let from = submitted.unwrap_or(start).min(start);
            latencies.push(end.saturating_sub(from));
            waited += u128::from(start - from);
            is_known &= submitted.is_some();
        }
        latencies.sort_unstable();
        let mean = waited / latencies.len().max(1) as u128;
        let mean_wait = (is_known && !latencies.is_empty()).then_some(Duration(mean as u64));
        MeasuredTask { name, latencies, mean_wait }
    }
}
