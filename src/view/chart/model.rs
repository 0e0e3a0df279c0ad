//! What a chart is made of, and what can be asked of it.

use super::lane::ChartLane;
use super::piece::{ActivitySpan, StuckSeverity};
use super::steps::CountOverTime;
use super::stuck::StuckPeriod;
use crate::model::id::{CellId, ExecutorId, TaskId};
use crate::model::time::Time;
use crate::trace::event::EventId;
use crate::view::viewport::TimeWindow;
use std::ops::Range;

/// A queue that was never deeper than this has a row for each of its places, so that the tasks in it can be
/// seen; a deeper one is an area.
pub const MAX_PLACES: u32 = 10;
/// Keys of a cell that have a row each; with more of them all share one row.
pub const MAX_KEYS: usize = 6;

/// Rows of one executor.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct ExecutorLanes {
    /// Executor that is drawn.
    pub executor: ExecutorId,
    /// Name of the executor.
    pub name: String,
    /// What it is, in a few words: `threads, 5 workers`.
    pub note: String,
    /// Most workers; `None` where it has none.
    pub workers: Option<u32>,
    /// It holds tasks back and passes them on: a delay, a cap, a bus.
    pub is_wrapper: bool,
    /// Its workers in [`RunChart::lanes`].
    pub lanes: Range<u32>,
    /// The places of its queue in [`RunChart::lanes`]; empty if it was too deep, or never used.
    pub places: Range<u32>,
    /// How many entries wait (or are held), cancelled ones included.
    pub queue: CountOverTime,
    /// The bound of its queue.
    pub bound: Option<u32>,
    /// How many workers hold a task.
    pub busy: CountOverTime,
    /// Use of its caps.
    pub caps: Vec<CapUsage>,
    /// What happened at its entrance: a list for each [`SubmissionMarkKind`], in its order, each by time.
    pub marks: [Vec<SubmissionMark>; 3],
}

/// One cap of an executor.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct CapUsage {
    /// As written: `build`, `build+snapshot`.
    pub name: String,
    /// Maximum number of slots.
    pub limit: u32,
    /// Slots taken, over time.
    pub used: CountOverTime,
}

/// What a mark says; the worst comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum SubmissionMarkKind {
    /// A warning was recorded.
    Warned,
    /// A task was dropped for lack of room.
    Dropped,
    /// A submission was refused.
    Rejected,
}

/// Something at the entrance of an executor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SubmissionMark {
    /// Instant of the mark.
    pub at: Time,
    /// Event of the mark.
    pub event: EventId,
    /// Task whose submission it is.
    pub task: TaskId,
    /// What happened there.
    pub kind: SubmissionMarkKind,
}

/// A cell (or one key of it).
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct CellAccessTrack {
    /// Cell that is drawn.
    pub cell: CellId,
    /// Its name, with the key if it has one: `power_state`, `power_state[vm-3]`.
    pub name: String,
    /// What it held at the beginning.
    pub initial: String,
    /// Reads and writes, by time.
    pub accesses: Vec<CellAccess>,
    /// The places in `accesses` of those that race: nothing orders them and an earlier one, or they overwrite
    /// what their writer had not seen.
    pub races: Vec<u32>,
}

/// A read or write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CellAccess {
    /// Instant of the access.
    pub at: Time,
    /// Event of the access.
    pub event: EventId,
    /// Task that accessed it.
    pub task: TaskId,
    /// What was written, as an index into the trace's values; `None` for a read.
    pub value: Option<u32>,
    /// Whether it races with an earlier one.
    pub races: bool,
}

/// Where a task is in [`RunChart::lanes`]: `(row, piece)`.
pub type PiecePosition = (u32, u32);

/// One run, ready to be drawn.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct RunChart {
    /// How far it is drawn: the end of the run, or some time after it if something hangs for ever.
    pub end: Time,
    /// The end of the run.
    pub run_end: Time,
    /// Executors, in document order.
    pub groups: Vec<ExecutorLanes>,
    /// The groups in order of trouble: those whose workers a deadlock holds first, the most of them at the top.
    pub order: Vec<u32>,
    /// All rows: for each group its workers, then its queue's places.
    pub lanes: Vec<ChartLane>,
    /// Cells, in document order, then by key.
    pub cells: Vec<CellAccessTrack>,
    /// Deadlocks and stalls, in order of the events that completed them.
    pub moments: Vec<StuckPeriod>,
    /// When the last task ended that had started.
    pub last_end: Time,
    /// How many pieces there are in all rows.
    pub pieces: usize,
    pub(super) starts: Vec<PiecePosition>,
    pub(super) ends: Vec<PiecePosition>,
    pub(super) places: Vec<PiecePosition>,
    pub(super) first_child: Vec<u32>,
    pub(super) children: Vec<TaskId>,
}

/// Where a task is that has no piece.
pub(super) const NOWHERE: PiecePosition = (u32::MAX, u32::MAX);

fn position_of(positions: &[PiecePosition], task: TaskId) -> Option<PiecePosition> {
    positions.get(task.index()).copied().filter(|position| *position != NOWHERE)
}

impl RunChart {
    /// The piece at a position.
    pub fn piece(&self, (lane, piece): PiecePosition) -> Option<&ActivitySpan> {
        self.lanes.get(lane as usize)?.pieces().get(piece as usize)
    }

    /// The first piece of a task on a worker.
    pub fn start_of(&self, task: TaskId) -> Option<PiecePosition> {
        position_of(&self.starts, task)
    }

    /// The last piece of a task on a worker.
    pub fn end_of(&self, task: TaskId) -> Option<PiecePosition> {
        position_of(&self.ends, task)
    }

    /// Where the last stay of a task in a queue begins, if the queue's places are shown.
    pub fn place_of(&self, task: TaskId) -> Option<PiecePosition> {
        position_of(&self.places, task)
    }

    /// The children of a task, in order of creation.
    pub fn children(&self, task: TaskId) -> &[TaskId] {
        let at = task.index();
        match (self.first_child.get(at), self.first_child.get(at + 1)) {
            (Some(&from), Some(&to)) => &self.children[from as usize..to as usize],
            _ => &[],
        }
    }

    /// The group of an executor.
    pub fn group(&self, executor: ExecutorId) -> Option<&ExecutorLanes> {
        self.groups.get(executor.index())
    }

    /// The stretch that tells the story of a run that comes to a deadlock, if most of the run comes after it.
    pub fn story(&self) -> Option<TimeWindow> {
        let knot = self.moments.iter().find(|moment| moment.trouble == StuckSeverity::Stuck)?;
        let (at, end) = (knot.at.0 as f64, self.end.0 as f64);
        (at > 0.0 && at < 0.5 * end).then(|| TimeWindow::new(0.0, at * 1.3))
    }

    /// The first deadlock, or else the first stall.
    pub fn worst_moment(&self) -> Option<&StuckPeriod> {
        let first = |trouble| self.moments.iter().find(|moment| moment.trouble == trouble);
        first(StuckSeverity::Stuck).or_else(|| first(StuckSeverity::Stalled))
    }
}
