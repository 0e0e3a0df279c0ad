//! The vocabulary of a trace. One kind of event for each thing that can happen to a task, a worker or
//! a resource; what can be derived from the scenario and earlier events is not repeated.
//!
//! How to fold a trace into a state:
//! - a task's program counter is 0 after [`Event::Started`], and the `pc` of its latest event that has one
//!   (`Submitted` has its *parent's*). A first instruction `run` or `io` has no event of its own: the task
//!   does it from `Started` on;
//! - a task is on the CPU after `Started`, `Ran`, `Dispatched`, `Resumed` (unless `Ready` follows) until it
//!   waits or ends;
//! - when a task ends, its worker is free unless the next `Started` on it says otherwise; the task below it
//!   on the same worker ([`Seat::Above`], [`Seat::Caller`]) is the worker's top task again.

use crate::model::id::{ArrivalId, CellId, ExecutorId, Pc, TaskId, WorkerId};
use crate::model::program::Claim;

/// The place of an event in its trace.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    zerocopy::FromBytes,
    zerocopy::IntoBytes,
    zerocopy::Immutable,
    zerocopy::KnownLayout,
)]
#[serde(transparent)]
#[repr(transparent)]
pub struct EventId(pub u32);

impl EventId {
    /// No event: what happens by itself at the beginning of a run.
    pub const NONE: EventId = EventId(u32::MAX);

    /// As an index into the records.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// `None` for [`EventId::NONE`].
    pub fn some(self) -> Option<EventId> {
        (self != EventId::NONE).then_some(self)
    }
}

/// What became of a submission at the executor it reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[repr(u8)]
pub enum SubmissionOutcome {
    /// A worker has taken it; `Started` (or `Skipped`, if it is cancelled first) follows.
    Taken = 0,
    /// It waits in the queue.
    Queued = 1,
    /// A wrapper holds it: a delay until its time, a cap until there is room, a bus until it is at the
    /// head and can be taken.
    Held = 2,
    /// A wrapper passes it on at once; `Entered` follows.
    Passed = 3,
    /// No room: the submitter (or the arrivals of the entry, or the wrapper's scheduler) waits.
    /// `Entered` follows when there is room, then the submitter's `Resumed`.
    Blocked = 4,
    /// It runs in the submitter (`inline`, or `caller-runs` on a full executor); `Started` follows.
    InCaller = 5,
    /// Refused for lack of room: the submission raises.
    Full = 6,
    /// Refused because the executor is shut down: the submission raises.
    ShutDown = 7,
    /// Refused by a guard: the submission raises.
    Guarded = 8,
    /// Refused because the submitter's executor is a `leaf`: the submission raises.
    Leaf = 9,
    /// Dropped for lack of room; its future stays pending for ever.
    Dropped = 10,
}

impl SubmissionOutcome {
    /// Whether the task ends `rejected`.
    pub fn is_rejection(self) -> bool {
        matches!(
            self,
            SubmissionOutcome::Full
                | SubmissionOutcome::ShutDown
                | SubmissionOutcome::Guarded
                | SubmissionOutcome::Leaf
        )
    }
}

/// On what a task runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Seat {
    /// A worker that was free.
    Worker = 0,
    /// A worker whose task waits and helps: above that task.
    Above = 1,
    /// Its submitter: above that task, on whatever thread that runs.
    Caller = 2,
    /// A thread of its own (an arrival that is `inline`, or `caller-runs`).
    Own = 3,
    /// The scheduler thread of the wrapper `executor`.
    Scheduler = 4,
}

/// Why a waiting task goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum WakeReason {
    /// What it waited for is there.
    Done = 0,
    /// Its timeout came first.
    TimedOut = 1,
    /// What it waited for raises (`result` of a failed or cancelled child, a submission refused after all).
    Raises = 2,
}

/// Why a task failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[repr(u8)]
pub enum Failure {
    /// A `fail` step.
    Fail = 0,
    /// `result` of a child that failed.
    Child = 1,
    /// `result` of a child that was cancelled.
    ChildCancelled = 2,
    /// `result` timed out.
    Timeout = 3,
    /// A submission was refused, or `result` of a child that was.
    Rejected = 4,
    /// `release` or `unlock` of what the task does not hold.
    NotHolder = 5,
    /// `add` to a cell that the task has not read, or that holds no number.
    Add = 6,
    /// It was interrupted, and its future is cancelled already or stays as it is.
    Interrupted = 7,
    /// It was interrupted by a `cancel`, or by the failure of a sibling: its future is cancelled by this.
    Cancelled = 8,
    /// Its worker died.
    Crashed = 9,
    /// A worker of its executor died, which broke the pool.
    Broken = 10,
    /// `send` to a closed channel.
    Closed = 11,
    /// `await` of a barrier that is broken, or that breaks meanwhile.
    BrokenBarrier = 12,
}

/// What Nova would log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Warning {
    /// A submission to native workers found the queue non-empty and no worker idle.
    Backlog = 0,
    /// A guard that warns: the task could wait for itself.
    Guard = 1,
    /// A task on a `leaf` executor submits a child it waits for (and the guard warns).
    Leaf = 2,
}

/// One thing that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// `entry` created `task` and submitted it to the entry's executor.
    Arrived {
        /// The new task; ids count up from 0 in order of creation.
        task: TaskId,
        /// The entry that it comes from.
        entry: ArrivalId,
        /// What became of it there.
        fate: SubmissionOutcome,
    },
    /// `parent` created `task` by the `submit` at `pc` of its program.
    Submitted {
        /// The new task.
        task: TaskId,
        /// The submitter of the task.
        parent: TaskId,
        /// The submitter's instruction.
        pc: Pc,
        /// What became of it at the executor it was submitted to.
        fate: SubmissionOutcome,
    },
    /// A wrapper handed `task` over, or a blocked submission found room: it is in `executor` now.
    /// A `delay`'s future is running from its hand-over on: it can no longer be cancelled.
    Entered {
        /// The task that entered.
        task: TaskId,
        /// The executor that it entered.
        executor: ExecutorId,
        /// What became of it there.
        fate: SubmissionOutcome,
    },
    /// `task` runs from its first instruction on.
    Started {
        /// The task that starts.
        task: TaskId,
        /// The executor it runs on (the wrapper, with [`Seat::Scheduler`]).
        executor: ExecutorId,
        /// The worker; meaningless with [`Seat::Own`] and [`Seat::Scheduler`], and with [`Seat::Caller`]
        /// on top of those.
        worker: WorkerId,
        /// What the task runs on.
        seat: Seat,
    },
    /// `task` ended well.
    Finished {
        /// The task that ended.
        task: TaskId,
    },
    /// `task` raised and ended.
    Failed {
        /// The task that failed.
        task: TaskId,
        /// Why the task failed.
        failure: Failure,
    },
    /// A cancel, by `by` (itself an instruction of that task, or its shutdown).
    Cancelled {
        /// The task to be cancelled.
        task: TaskId,
        /// The task that cancels.
        by: TaskId,
        /// Whether it was; a task that has started, or ended, is not.
        succeeded: bool,
    },
    /// A cancelled entry was met and left `executor`; a `wait` for it ends only now.
    Skipped {
        /// The cancelled task.
        task: TaskId,
        /// The executor it was in.
        executor: ExecutorId,
    },
    /// `task` was dropped from the queue of `executor` in favour of a later one.
    Dropped {
        /// The dropped task.
        task: TaskId,
        /// The executor it was in.
        executor: ExecutorId,
    },
    /// `task` was handed back from `executor` by its shutdown: nobody will run it, and its future stays pending.
    Drained {
        /// The task that never starts.
        task: TaskId,
        /// The executor it was in.
        executor: ExecutorId,
    },
    /// A worker came into being.
    WorkerStarted {
        /// The executor of the worker.
        executor: ExecutorId,
        /// The worker that started.
        worker: WorkerId,
    },
    /// A worker ended.
    WorkerStopped {
        /// The executor of the worker.
        executor: ExecutorId,
        /// The worker that stopped.
        worker: WorkerId,
    },

    /// `task` begins a `run` (not recorded for a program's first instruction).
    Ran {
        /// The task that runs.
        task: TaskId,
        /// The instruction it is at.
        pc: Pc,
    },
    /// `task` begins an `io` (not recorded for a program's first instruction).
    Blocked {
        /// The task that blocks.
        task: TaskId,
        /// The instruction it is at.
        pc: Pc,
    },
    /// `task` yields to others.
    Yielded {
        /// The task that yields.
        task: TaskId,
        /// The instruction it is at.
        pc: Pc,
    },
    /// `task` could go on, and waits for a core or for the green thread.
    Ready {
        /// The task that is ready.
        task: TaskId,
    },
    /// `task`, which was ready, has a core or the green thread.
    Dispatched {
        /// The task that is dispatched.
        task: TaskId,
    },

    /// `task` waits: in `wait`, `result`, `acquire` or `lock` (see its instruction), or in `shutdown`.
    Waiting {
        /// The task that waits.
        task: TaskId,
        /// The instruction it is at.
        pc: Pc,
    },
    /// A `wait` or `result` found all it asks for already there.
    Passed {
        /// The task that passes.
        task: TaskId,
        /// The instruction it is at.
        pc: Pc,
    },
    /// `task` no longer waits.
    Resumed {
        /// The task that resumes.
        task: TaskId,
        /// Why it no longer waits.
        why: WakeReason,
    },
    /// `task`, waiting on an executor whose `on_wait` is `release`, freed its worker.
    LeftWorker {
        /// The task that left its worker.
        task: TaskId,
    },
    /// `task`, which had left its worker and waits no longer, has one again.
    TookWorker {
        /// The task that took a worker.
        task: TaskId,
        /// The worker of its executor that it took.
        worker: WorkerId,
    },

    /// `task` holds a permit or lock more: the one that its `acquire` or `lock` at `pc` names.
    Acquired {
        /// The task that acquired it.
        task: TaskId,
        /// The instruction it is at.
        pc: Pc,
    },
    /// `task` gave something back.
    Released {
        /// The task that released it.
        task: TaskId,
        /// The resource (its instance for the task's key).
        resource: crate::model::id::ResourceId,
        /// How much was given back.
        claim: Claim,
    },
    /// `task` read a cell (for its key).
    Read {
        /// The task that read the cell.
        task: TaskId,
        /// The instruction it is at.
        pc: Pc,
        /// The cell that was read.
        cell: CellId,
    },
    /// `task` wrote a cell (for its key): the one its `write` or `add` names.
    Wrote {
        /// The task that wrote the cell.
        task: TaskId,
        /// The instruction it is at.
        pc: Pc,
        /// An index into [`super::Trace::values`].
        value: u32,
    },
    /// `task` passed a `note`.
    Noted {
        /// The task that passed the note.
        task: TaskId,
        /// The instruction it is at.
        pc: Pc,
    },
    /// A warning about the submission of `task` to `executor`.
    Warned {
        /// The task that was submitted.
        task: TaskId,
        /// The executor it was submitted to.
        executor: ExecutorId,
        /// What the warning is about.
        warning: Warning,
    },
    /// `executor` refuses submissions from now on.
    ShutDown {
        /// The task that shut it down.
        task: TaskId,
        /// The instruction it is at.
        pc: Pc,
        /// The executor that was shut down.
        executor: ExecutorId,
    },
    /// A run of `series` begins: `task` is created for it.
    Repeated {
        /// The new task.
        task: TaskId,
        /// The task that was submitted `every` so often.
        series: TaskId,
        /// What became of the run where the series is.
        fate: SubmissionOutcome,
    },
    /// The future of `task`, which still waits at `executor`, is running from now on: it cannot be cancelled any more.
    Claimed {
        /// The claimed task.
        task: TaskId,
        /// Where it waits.
        executor: ExecutorId,
    },
    /// `executor` keeps another number of workers from now on: the one that the instruction names.
    Resized {
        /// Whoever resizes it.
        task: TaskId,
        /// The instruction of that task.
        pc: Pc,
        /// The executor that is resized.
        executor: ExecutorId,
    },
    /// The message of `task`, which its `send` at `pc` names, is in the channel, or was handed to a receiver.
    Sent {
        /// The task that sends.
        task: TaskId,
        /// Its instruction, a `send`.
        pc: Pc,
    },
    /// `task` has a message by its `receive` at `pc`.
    Received {
        /// The task that receives.
        task: TaskId,
        /// Its instruction, a `receive`.
        pc: Pc,
        /// Who sent it.
        sender: TaskId,
    },
    /// `task` closed the channel that its `close` at `pc` names.
    Closed {
        /// The task that closes.
        task: TaskId,
        /// Its instruction, a `close`.
        pc: Pc,
    },
    /// The `receive` of `task` at `pc` found its channel closed and empty, or heard of the close while it waited.
    FoundClosed {
        /// The task that received.
        task: TaskId,
        /// Its instruction, a `receive`.
        pc: Pc,
    },
    /// By its `notify` at `pc`, `task` woke this number of those who wait on a condition; with none it is lost.
    Signalled {
        /// The task that notified.
        task: TaskId,
        /// Its instruction, a `notify`.
        pc: Pc,
        /// How many it woke.
        count: u32,
    },
    /// The wait of `task` on its condition is over; it needs the condition's lock again, which `Acquired` brings.
    Relocks {
        /// The task that was notified.
        task: TaskId,
        /// Why its wait is over.
        why: WakeReason,
    },
    /// By the `count-down` or `reset` of `task` at `pc` a latch is still to be counted down so often.
    Counted {
        /// The task that counted.
        task: TaskId,
        /// Its instruction, a `count-down` or `reset`.
        pc: Pc,
        /// How often it is still to be counted down.
        left: u32,
    },
    /// `entry` will bring nothing more.
    SourceEnded {
        /// The entry that has ended.
        entry: ArrivalId,
    },
    /// `task`, which has started, is interrupted by `by`: it raises at its present or next interruptible wait.
    Interrupted {
        /// The interrupted task.
        task: TaskId,
        /// The task that interrupts: whose scope it is, if it is interrupted because a sibling failed.
        by: TaskId,
    },
    /// An uninterruptible step of `task` swallowed an interrupt.
    Swallowed {
        /// The task that swallowed the interrupt.
        task: TaskId,
    },
    /// A `try`, `retry` or `scope` of `task` caught what it raised.
    Caught {
        /// The task that caught the failure.
        task: TaskId,
        /// The instruction where it goes on.
        pc: Pc,
        /// What was raised.
        failure: Failure,
    },
}
