//! What happened in a chosen range of time, in figures: for each executor how busy it was and with what, how
//! deep its queue; how many tasks started and ended.
//!
//! Invariant: exact, whatever is merged on the screen; costs what a few bisections and a walk along the
//! summaries cost, so it can follow a drag. Statistics of whole runs are in `analysis`.

use super::chart::{ChartLane, ExecutorLanes, LaneSubject, RunChart, TaskActivity};
use super::viewport::TimeWindow;
use crate::analysis::digest::Digest;
use crate::analysis::prose::grouped;
use crate::model::id::{ExecutorId, TaskTypeId};
use crate::model::time::{Duration, Time};
use std::collections::BTreeMap;

/// One executor in a range.
#[derive(Clone, Debug, PartialEq)]
pub struct ExecutorUsage {
    /// Executor that is summed up.
    pub executor: ExecutorId,
    /// Name of the executor.
    pub name: String,
    /// Time of all its workers together at work (CPU and `io`).
    pub work: Duration,
    /// Time of all its workers together holding a task that waits.
    pub waiting: Duration,
    /// Work and waiting over `workers` times the range's length; `None` where there are no workers.
    pub utilisation: Option<f64>,
    /// The deepest its queue was (a wrapper: the most it held).
    pub peak_queue: u32,
}

/// A range of time in figures.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeRangeSummary {
    /// Start of the range.
    pub from: Time,
    /// End of the range.
    pub to: Time,
    /// Executors with workers or a queue, in document order.
    pub rows: Vec<ExecutorUsage>,
    /// Worker time (work and waiting) by task type, the greatest first.
    pub by_type: Vec<(TaskTypeId, Duration)>,
    /// Tasks that arrived or were submitted in it.
    pub submitted: u32,
    /// Tasks that started in it.
    pub started: u32,
    /// Tasks that ended in it, in whatever way.
    pub ended: u32,
}

/// Executors that the sentence about a range names.
const MAX_NAMED: usize = 3;

impl TimeRangeSummary {
    /// A line for beside the chosen range: `1 s to 3 s (2 s) · 5 submitted, 0 started, 0 ended · default 100 % busy, 5 queued`.
    /// Of many executors those are named that were busiest, then those with the deepest queue.
    pub fn summary(&self) -> String {
        let mut rows: Vec<&ExecutorUsage> = self.rows.iter().collect();
        let busy = |row: &ExecutorUsage| row.utilisation.unwrap_or(0.0);
        rows.sort_by(|a, b| busy(b).total_cmp(&busy(a)).then(b.peak_queue.cmp(&a.peak_queue)));
        let of_row = |row: &&ExecutorUsage| {
            let busy = row.utilisation.map(|share| format!("{:.0} % busy", share * 100.0));
            let queued =
                (row.peak_queue > 0).then(|| format!("{} queued", grouped(u64::from(row.peak_queue))));
            let parts: Vec<String> = busy.into_iter().chain(queued).collect();
            (!parts.is_empty()).then(|| format!("{} {}", row.name, parts.join(", ")))
        };
        let count = |number: u32| grouped(u64::from(number));
        let (from, to, length) = (self.from, self.to, self.to.since(self.from));
        let (submitted, started, ended) = (count(self.submitted), count(self.started), count(self.ended));
        let head = format!("{from} to {to} ({length})");
        let tasks = format!("{submitted} submitted, {started} started, {ended} ended");
        let named = rows.iter().filter_map(of_row).take(MAX_NAMED);
        [head, tasks].into_iter().chain(named).collect::<Vec<_>>().join(" · ")
    }
}

/// A range as the pointer chose it, its ends at round instants no further away than a pixel is long.
pub fn rounded(window: TimeWindow, nanos_per_pixel: f64) -> TimeWindow {
    let step = libm::pow(10.0, libm::floor(libm::log10(nanos_per_pixel.max(1.0))));
    let round = |at: f64| libm::round(at / step) * step;
    TimeWindow::new(round(window.from), round(window.to))
}

/// Rows with more pieces than this in the range say nothing about types: the walk would be too long.
const MAX_PIECES: usize = 200_000;

/// Measures a range.
pub fn measure(digest: &Digest<'_>, chart: &RunChart, window: TimeWindow) -> TimeRangeSummary {
    let (from, to) = (window.first(), Time(libm::floor(window.to.max(0.0)) as u64).min(chart.run_end));
    let to = to.max(from);
    let mut by_type: BTreeMap<TaskTypeId, u64> = BTreeMap::new();
    let mut left = MAX_PIECES;
    let mut rows = Vec::new();
    for group in &chart.groups {
        let lanes = &chart.lanes[group.lanes.start as usize..group.lanes.end as usize];
        let (mut work, mut waiting) = (0, 0);
        for lane in lanes.iter().filter(|lane| !matches!(lane.seat, LaneSubject::Place(_))) {
            let (of_work, of_rest) = lane.total(from, to);
            work += of_work;
            waiting += of_rest;
            left = tally(lane, from, to, left, &mut by_type);
        }
        rows.extend(row(group, from, to, work, waiting));
    }
    if left == 0 {
        by_type.clear();
    }
    let mut by_type: Vec<(TaskTypeId, Duration)> =
        by_type.into_iter().map(|(kind, nanos)| (kind, Duration(nanos))).collect();
    by_type.sort_by_key(|(kind, nanos)| (std::cmp::Reverse(*nanos), *kind));
    let inside = |at: Time| from <= at && at <= to;
    let (mut submitted, mut started, mut ended) = (0, 0, 0);
    for life in &digest.lives {
        submitted += u32::from(inside(life.submitted));
        started += u32::from(life.started().is_some_and(inside));
        ended += u32::from(life.ended().is_some_and(inside));
    }
    TimeRangeSummary { from, to, rows, by_type, submitted, started, ended }
}

fn row(group: &ExecutorLanes, from: Time, to: Time, work: u64, waiting: u64) -> Option<ExecutorUsage> {
    let length = to.since(from).0;
    let peak_queue =
        group.queue.show(from, to.max(Time(from.0 + 1)), length.max(1)).iter().map(|(_, value)| *value).max();
    let row = ExecutorUsage {
        executor: group.executor,
        name: group.name.clone(),
        work: Duration(work),
        waiting: Duration(waiting),
        utilisation: group
            .workers
            .filter(|workers| *workers > 0 && length > 0)
            .map(|workers| (work + waiting) as f64 / (f64::from(workers) * length as f64)),
        peak_queue: peak_queue.unwrap_or(0),
    };
    (group.workers.is_some() || row.peak_queue > 0 || work + waiting > 0).then_some(row)
}

/// Adds a row's time by task type; how many more pieces may be looked at.
fn tally(
    lane: &ChartLane,
    from: Time,
    to: Time,
    mut left: usize,
    by_type: &mut BTreeMap<TaskTypeId, u64>,
) -> usize {
    for piece in lane.pieces()[lane.after(from)..].iter().take_while(|piece| piece.from < to) {
        if left == 0 {
            break;
        }
        left -= 1;
        debug_assert!(
            !matches!(piece.act, TaskActivity::Queued | TaskActivity::Held | TaskActivity::Cancelled),
            "a worker's row"
        );
        *by_type.entry(piece.kind).or_default() += piece.to.min(to).since(piece.from.max(from)).0;
    }
    left
}
