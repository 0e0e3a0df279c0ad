//! One task at one time, as the fold of a trace knows it.
//!
//! Invariant: a task is either in no executor's list or in exactly one (queued or held), linked by
//! `previous` and `next`; `below` and `above` link it to the tasks on the same thread. Times to come (when
//! an `io` will end) are deliberately absent: a trace does not hold them.

use crate::analysis::names::{Key, Origin};
use crate::model::id::{CellId, ExecutorId, NameId, Pc, ResourceId, TaskId, TaskTypeId, WorkerId};
use crate::model::time::Time;
use crate::trace::event::{EventId, Failure, SubmissionOutcome};

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum End {
    /// Ended without an exception.
    Finished,
    /// Ended with an exception.
    Failed(Failure),
    /// It was cancelled before it started, and its entry has been met.
    Cancelled,
    /// Its submission was refused.
    Rejected(SubmissionOutcome),
    /// It was dropped for lack of room: nobody will ever say what became of it.
    Discarded,
}

/// What a task is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A wrapper (its present executor) holds it.
    Held,
    /// A wrapper passes it on; it is nowhere yet.
    Passing,
    /// Its submission waits for room at its present executor.
    Blocked,
    /// It waits in the queue of its present executor.
    Queued,
    /// A shutdown handed it back: nobody will ever run it.
    Drained,
    /// A worker has taken it and will start it.
    Taken,
    /// On the CPU, or between two steps.
    Running,
    /// In an `io` step.
    Io,
    /// Could go on, and waits for a core or the green thread.
    Ready,
    /// In `wait`, `result`, `acquire`, `lock` or `shutdown`: see its instruction.
    Waiting,
    /// In `submit`: the child's submission finds no room, and this task waits for it.
    Submitting(TaskId),
    /// Waits no longer, but left its worker and needs one.
    Returning,
    /// Over, and how it ended.
    Ended(End),
}

impl Phase {
    /// Whether the task has started and not ended.
    pub fn is_under_way(self) -> bool {
        match self {
            Phase::Running
            | Phase::Io
            | Phase::Ready
            | Phase::Waiting
            | Phase::Submitting(_)
            | Phase::Returning => true,
            Phase::Held
            | Phase::Passing
            | Phase::Blocked
            | Phase::Queued
            | Phase::Drained
            | Phase::Taken
            | Phase::Ended(_) => false,
        }
    }

    /// Whether the task has ended.
    pub fn is_ended(self) -> bool {
        matches!(self, Phase::Ended(_))
    }
}

/// The thread a task is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thread {
    /// A worker of a pool.
    Worker(ExecutorId, WorkerId),
    /// The scheduler thread of a wrapper.
    Scheduler(ExecutorId),
    /// A thread of an arrival's own.
    Own(TaskId),
}

/// The children of a task under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Child {
    /// The name in the parent's program.
    pub name: NameId,
    /// The latest submission under it.
    pub latest: TaskId,
    /// How many there were.
    pub count: u32,
}

/// What a task last read of a cell (or wrote to it: what it wrote it has seen).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastAccess {
    /// Cell that was read.
    pub cell: CellId,
    /// The write it saw; [`EventId::NONE`] for the initial value.
    pub version: EventId,
    /// Its own read (or write).
    pub event: EventId,
}

/// State of one task.
#[derive(Clone, Debug)]
pub struct Task {
    /// What it is.
    pub kind: TaskTypeId,
    /// Where it comes from.
    pub origin: Origin,
    /// Key that it works for.
    pub key: Key,
    /// The executor it was first submitted to.
    pub first: ExecutorId,
    /// The executor it has come to, along the wrappers' chain.
    pub executor: ExecutorId,
    /// What it is doing.
    pub phase: Phase,
    /// Its instruction, once it has started.
    pub pc: Pc,
    /// The event that brought the present phase.
    pub since: EventId,
    /// When that was.
    pub since_at: Time,
    /// The thread it is on; `None` before it starts, and after it left its worker.
    pub thread: Option<Thread>,
    /// The task below it on that thread, which cannot go on before this one ends.
    pub below: Option<TaskId>,
    /// The task above it.
    pub above: Option<TaskId>,
    /// Its children by name.
    pub children: Vec<Child>,
    /// The children that a `wait all` or a `cancel all` asks for, all there were, or else the end of a scope that is open.
    pub all_children: Vec<TaskId>,
    /// The worker on whose deque it stands or stood last; `None` for what comes from outside its pool, and where there
    /// are no deques.
    pub deque: Option<WorkerId>,
    /// The permits and locks it holds (for its key), in order of acquisition.
    pub holds: Vec<ResourceId>,
    /// What it has seen of cells.
    pub seen: Vec<LastAccess>,
    /// A cancel succeeded; its entry may still be in a queue.
    pub cancelled: bool,
    /// It asks for a permit or lock and has neither got it nor given up: it waits, or was woken and has not looked
    /// yet (it may have to queue for a core first).
    pub acquiring: bool,
    /// The event at which it began to ask for what it waits for: its place in that line.
    pub(super) asked: EventId,
    /// Whether it began an `io` as its first instruction that is still to come (it waits for a core).
    pub(super) fresh: bool,
    /// Nobody can ask for its end any more, so it may be forgotten when it ends.
    pub(super) unwatched: bool,
    pub(super) listed: Option<ExecutorId>,
    pub(super) previous: Option<TaskId>,
    pub(super) next: Option<TaskId>,
}

impl Task {
    /// The latest child submitted under `name`.
    pub fn child(&self, name: NameId) -> Option<TaskId> {
        self.children.iter().find(|child| child.name == name).map(|child| child.latest)
    }

    /// The word for its future's state, as `run --json` has it: `pending` until the task starts.
    pub fn state_word(&self) -> &'static str {
        match self.phase {
            _ if self.cancelled => "cancelled",
            Phase::Ended(end) => end.word(),
            phase if phase.is_under_way() => "running",
            _ => "pending",
        }
    }
}

impl End {
    /// The word for it in JSON output and tables.
    pub fn word(self) -> &'static str {
        match self {
            End::Finished => "finished",
            End::Failed(Failure::Cancelled) => "cancelled",
            End::Failed(_) => "failed",
            End::Cancelled => "cancelled",
            End::Rejected(_) => "rejected",
            End::Discarded => "discarded",
        }
    }
}
