//! What may happen next, as one who chooses sees it.

use crate::engine::exploring::Decision;
use crate::engine::task::Slot;
use crate::model::id::{ArrivalId, ExecutorId, Pc, TaskId, WorkerId};
use crate::model::time::Time;

/// One thing that may happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What may happen.
    pub what: ChoiceKind,
    /// When it is due; `None` if it is only a matter of whose turn it is.
    pub due: Option<Time>,
    /// Which task goes on, arrives or is woken, if it is one task.
    pub task: Option<TaskId>,
    /// The instruction it stands at.
    pub pc: Option<Pc>,
    pub(super) act: PendingAction,
}

/// Kinds of thing that may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChoiceKind {
    /// A task goes on.
    Turn(Stage),
    /// The green thread, or a carrier of this executor, takes its next task.
    Green(Option<ExecutorId>),
    /// A wrapper looks whether it can hand something over.
    Pump(ExecutorId),
    /// A task goes on, and its `maybe` goes this way.
    Maybe(bool),
    /// A task goes on, and its `notify` wakes this one first.
    Notify(TaskId),
    /// A worker of this executor steals, from this one if there are several.
    Steal(ExecutorId, Option<WorkerId>),
    /// The entry's next task arrives.
    Arrival(ArrivalId),
    /// A step that takes time is over, or a new thread has started.
    Timer,
    /// A task has been held by this delay long enough.
    Delay(ExecutorId),
    /// A thread has had its interval on the CPU.
    Preempt,
    /// An idle worker of this executor leaves.
    Departure(ExecutorId),
    /// This executor adds a worker, if something is queued.
    Injection(ExecutorId),
    /// A wait times out.
    Timeout,
}

/// What a task does whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The task starts running.
    Starts,
    /// It goes on with the instruction it stands at.
    GoesOn,
    /// Its wait, at the instruction it stands at, is over.
    WaitIsOver,
    /// What it waits for was given back: it looks whether it can have it now.
    LooksAgain,
}

/// What is done to let it happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PendingAction {
    Agenda { index: usize, decision: Option<Decision> },
    Arrival(ArrivalId),
    Timer(u64),
    Release(ExecutorId, Slot),
    Timeout(u64),
}
