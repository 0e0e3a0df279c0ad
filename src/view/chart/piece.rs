//! What a row of a timeline shows: a task that does one thing for a while, one by one or several together.

use crate::model::id::{TaskId, TaskTypeId};
use crate::model::time::Time;
use crate::trace::event::EventId;

/// The activity of a task during a piece of its lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum TaskActivity {
    /// On the CPU.
    Running,
    /// In `io`: off the CPU, the worker held.
    Io,
    /// Could go on, without a core or the green thread.
    Ready,
    /// Waits for children, a lock, room, a drain.
    Waiting,
    /// In a queue.
    Queued,
    /// Held back by a wrapper: a delay, a cap, a bus.
    Held,
    /// Cancelled, its entry still in a queue or wrapper.
    Cancelled,
}

impl TaskActivity {
    /// Whether the task has a worker and uses it.
    pub fn is_work(self) -> bool {
        matches!(self, TaskActivity::Running | TaskActivity::Io)
    }
}

/// Whether a stretch is part of something that hangs; the worst comes last.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum StuckSeverity {
    /// Not part of a deadlock.
    #[default]
    None,
    /// Part of a stall: only a timeout ends it.
    Stalled,
    /// Blocked for ever behind a deadlock, without being part of it.
    Behind,
    /// Part of a deadlock.
    Stuck,
}

/// A task doing one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ActivitySpan {
    /// From when it lasts.
    pub from: Time,
    /// Instant at which it ends.
    pub to: Time,
    /// Task that is drawn.
    pub task: TaskId,
    /// The event that began it.
    pub event: EventId,
    /// The task's type.
    pub kind: TaskTypeId,
    /// What it does.
    pub act: TaskActivity,
    /// Whether that is part of something that hangs.
    pub trouble: StuckSeverity,
    /// The task raised at the end of it.
    pub fails: bool,
    /// Still going on at the end of the run.
    pub is_open: bool,
}

impl ActivitySpan {
    /// How long it lasts, in nanoseconds.
    pub fn length(&self) -> u64 {
        self.to.0 - self.from.0
    }
}

/// Several pieces together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MergedActivity {
    /// The longest of them, in nanoseconds.
    pub longest: u64,
    /// Nanoseconds at work.
    pub work: u64,
    /// Nanoseconds not at work.
    pub rest: u64,
    /// The kind that prevails.
    pub kind: u16,
    /// Nanoseconds of it, at least.
    pub of_kind: u64,
    /// The worst trouble among them.
    pub worst: StuckSeverity,
    /// Some task raised.
    pub fails: bool,
}

impl MergedActivity {
    /// Adds the pieces that follow.
    pub(super) fn add(&mut self, more: &MergedActivity) {
        self.longest = self.longest.max(more.longest);
        self.work += more.work;
        self.rest += more.rest;
        if self.kind == more.kind {
            self.of_kind += more.of_kind;
        } else if more.of_kind > self.of_kind {
            (self.kind, self.of_kind) = (more.kind, more.of_kind);
        }
        self.worst = self.worst.max(more.worst);
        self.fails |= more.fails;
    }

    /// One piece alone.
    pub(super) fn of(piece: &ActivitySpan) -> MergedActivity {
        let length = piece.length();
        let (work, rest) = if piece.act.is_work() { (length, 0) } else { (0, length) };
        MergedActivity {
            longest: length,
            work,
            rest,
            kind: piece.kind.0,
            of_kind: length,
            worst: piece.trouble,
            fails: piece.fails,
        }
    }
}

/// A segment of a lane as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum LaneSegment {
    /// One piece, long enough to be seen.
    Piece(u32),
    /// Pieces too short to be seen one by one.
    Crowd {
        /// The first of them.
        first: u32,
        /// One past the last.
        end: u32,
        /// The beginning of the column they are drawn in.
        from: Time,
        /// Instant at which it ends.
        to: Time,
        /// What they are together.
        sum: MergedActivity,
    },
}
