//! Lanes, and what is drawn on them.

use crate::model::id::{CellId, ExecutorId, Pc, ResourceId, SharedId, TaskId, WorkerId};
use crate::model::signal::Signal;
use crate::model::time::Time;
use crate::trace::event::{EventId, Warning};
use std::ops::Range;

/// What a waiting task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitReason {
    /// Children of its own.
    Children,
    /// A semaphore or lock.
    Resource(ResourceId),
    /// That all an executor holds is done.
    Drain(ExecutorId),
    /// Room for a submission in an executor.
    Room(ExecutorId),
    /// What another task brings through a shared thing.
    Signal(Signal),
}

/// What a task does during a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// On the CPU.
    Running,
    /// In an `io` step.
    Io,
    /// Could go on, without a core or the green thread.
    Ready,
    /// Waits, for what it says.
    Waiting(WaitReason),
    /// Another task runs on top of it.
    Covered,
}

/// What a lane is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LaneKind {
    /// Lane of a worker.
    Worker(WorkerId),
    /// The scheduler thread of a wrapper.
    Scheduler,
    /// Threads of arrivals' own, the n-th at one time.
    Own(u32),
}

/// Place of a lane in the chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Executor that the lane belongs to.
    pub executor: ExecutorId,
    /// What it is.
    pub kind: LaneKind,
    /// Its spans in [`Lanes::spans`].
    pub spans: Range<u32>,
}

/// A task doing one thing on a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The lane: an index into [`Lanes::lanes`].
    pub lane: u32,
    /// How many tasks are below it on the same thread.
    pub depth: u8,
    /// Still going on at the end of the trace.
    pub is_open: bool,
    /// Task that is drawn.
    pub task: TaskId,
    /// What the task does meanwhile.
    pub activity: Activity,
    /// Instant at which it begins.
    pub from: Time,
    /// Instant at which it ends.
    pub to: Time,
    /// The event that began it.
    pub event: EventId,
}

/// A task in an executor's queue, or held by a wrapper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Executor that it waits for.
    pub executor: ExecutorId,
    /// Task that is drawn.
    pub task: TaskId,
    /// Instant at which it begins.
    pub from: Time,
    /// Instant at which it ends.
    pub to: Time,
    /// The event that put it there.
    pub event: EventId,
    /// Still there at the end of the trace.
    pub is_open: bool,
    /// It was cancelled while there.
    pub is_cancelled: bool,
}

/// A number over time: from each instant on it is this.
pub type Steps = Vec<(Time, u32)>;

/// The depths of one executor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Depths {
    /// Entries that wait (a wrapper: that it holds), cancelled ones included.
    pub waiting: Steps,
    /// Number of live workers.
    pub workers: Steps,
    /// Workers that hold a task.
    pub busy: Steps,
    /// For each cap: slots taken.
    pub caps: Vec<Steps>,
}

/// A read or write of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Cell that was accessed.
    pub cell: CellId,
    /// Instant of the access.
    pub at: Time,
    /// Task that accessed it.
    pub task: TaskId,
    /// What was written, as an index into the trace's values; `None` for a read.
    pub value: Option<u32>,
    /// It overwrote what its writer had not seen.
    pub loses: bool,
    /// Event of the access.
    pub event: EventId,
}

/// What a mark says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// A submission was refused.
    Rejected,
    /// A task raised.
    Failed,
    /// A task was cancelled.
    Cancelled,
    /// A task was dropped for lack of room.
    Dropped,
    /// The executor warned.
    Warned(Warning),
    /// A `note`, at this instruction.
    Noted(Pc),
    /// A notification that woke nobody, at this instruction.
    Lost(Pc),
}

/// Something at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Instant of the mark.
    pub at: Time,
    /// Task that is marked.
    pub task: TaskId,
    /// Executor in whose row it stands.
    pub executor: ExecutorId,
    /// What happened there.
    pub kind: MarkKind,
    /// Event of the mark.
    pub event: EventId,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Lanes {
    /// By executor in document order; workers by number, then schedulers, then own threads.
    pub lanes: Vec<Lane>,
    /// By lane, then by beginning, then by depth.
    pub spans: Vec<Span>,
    /// By executor, then by beginning.
    pub entries: Vec<Entry>,
    /// Queue depths, by executor.
    pub depths: Vec<Depths>,
    /// Messages that lie in each channel.
    pub channels: Vec<(SharedId, Steps)>,
    /// By cell, then by time.
    pub accesses: Vec<Access>,
    /// Marks, in order of time.
    pub marks: Vec<Mark>,
    /// The end of the run.
    pub end: Time,
}
