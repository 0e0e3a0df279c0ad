//! A task and all that is known of it while it lives.

use super::draw::Stream;
use crate::model::id::{ExecutorId, Pc, TaskId, TaskTypeId, WorkerId};
use crate::model::program::Claim;
use crate::model::time::{Duration, Time};
use crate::trace::event::{EventId, Failure, Seat, WakeReason};

/// The place of a task's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot(pub u32);

/// The default stands for no task.
impl Default for Slot {
    fn default() -> Slot {
        Slot::NONE
    }
}

impl Slot {
    /// Stands for no task.
    pub const NONE: Slot = Slot(u32::MAX);

    #[inline]
    pub fn some(self) -> Option<Slot> {
        (self != Slot::NONE).then_some(self)
    }
}

/// Where a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Held by a wrapper.
    Held,
    /// In the queue of a pool.
    Queued,
    /// Its submission waits for room.
    Unadmitted,
    /// A worker has it and will start it at its turn.
    Taken,
    /// In a step that ends by a timer: `run` or `io`.
    Timed,
    /// In `run forever` or `io forever`.
    Resident,
    /// In `wait`, `result` or `shutdown`.
    Waiting,
    /// In `acquire` or `lock`.
    Acquiring,
    /// Woken in `acquire` or `lock`: looks again at its turn.
    Woken,
    /// Its own submission of a child waits for room.
    Submitting,
    /// A child runs above it, in its thread, by `inline` or `caller-runs`.
    Calling,
    /// Goes on at its turn.
    Ready,
    /// Ended, one way or another.
    Ended,
    /// In `send`, `receive`, `wait-on` or `await`: whoever brings what it waits for lets it go on.
    Parked,
    /// In `use`: the server has it.
    Served,
    /// Handed back by a shutdown: it never starts.
    Drained,
}

/// What its future says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Future {
    Pending,
    Running,
    Finished,
    Failed,
    Cancelled,
    Rejected,
    Discarded,
}

/// A task and its state.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub stream: Stream,
    pub id: TaskId,
    /// Counts up whenever a timer of the task becomes void.
    pub wake: u32,
    /// The last event that this task's next own event follows from.
    pub cause: EventId,
    /// Its submitter; another task may have that slot by now, so the id decides.
    pub parent: (Slot, TaskId),
    /// The task below on the same thread.
    pub below: Slot,
    pub worker: WorkerId,
    /// Index into the extras, or `NO_EXTRA`.
    pub extra: u32,
    /// Number of its key; 0 is no key.
    pub key: u32,
    /// Which of its siblings by name it is; chooses from a `trace(...)`.
    pub ordinal: u32,
    pub kind: TaskTypeId,
    pub pc: Pc,
    /// Where it was submitted.
    pub first: ExecutorId,
    /// Where it is in the chain from there.
    pub at: ExecutorId,
    /// Whose worker (or scheduler) it runs on.
    pub home: ExecutorId,
    pub phase: Phase,
    pub future: Future,
    pub seat: Seat,
    pub flags: Flags,
}

/// The worker of a task that runs on none: a thread of its own, or a scheduler.
pub(super) const NO_WORKER: WorkerId = WorkerId(u32::MAX);

pub(super) const NO_EXTRA: u32 = u32::MAX;

/// What is or is not so about a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(super) enum Flag {
    /// The parent holds its future.
    Held = 1 << 0,
    /// The parent waits for it.
    Awaited = 1 << 1,
    /// A `wait` for it is over.
    Notified = 1 << 2,
    /// It stands in a queue or is held (also when cancelled).
    Entered = 1 << 3,
    /// It runs on the green thread.
    Green = 1 << 4,
    /// Its thread has a core of the machine.
    OnCore = 1 << 5,
    /// The step before timed out.
    TimedOut = 1 << 6,
    /// Something runs above it.
    Covered = 1 << 7,
    /// It gave its worker up to wait.
    LeftWorker = 1 << 8,
    /// Its wait lets a spare worker start.
    Compensated = 1 << 9,
    /// The submission by which it came to be awaits it (for guards).
    AwaitedByProgram = 1 << 10,
    /// It is on the CPU in `run` (not in `io`).
    OnCpu = 1 << 11,
    /// It waits and keeps its carrier: it goes on there, in no queue.
    KeepsCarrier = 1 << 12,
    /// It runs inside its submitter, up to its first wait.
    Eager = 1 << 13,
    /// It is a run of the series that its `parent` is.
    Recurring = 1 << 14,
    /// It waits, and its future is running: it can no longer be cancelled.
    Claimed = 1 << 15,
}

/// All flags of a task, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags(u16);

impl Flags {
    #[inline]
    pub fn has(self, flag: Flag) -> bool {
        self.0 & flag as u16 != 0
    }

    #[inline(always)]
    pub fn has_any<const N: usize>(self, flags: [Flag; N]) -> bool {
        flags.iter().fold(0, |all, flag| all | *flag as u16) & self.0 != 0
    }

    /// All of them as one number.
    pub fn bits(self) -> u16 {
        self.0
    }

    #[inline]
    pub fn set(&mut self, flag: Flag) {
        self.0 |= flag as u16;
    }

    #[inline]
    pub fn clear(&mut self, flag: Flag) {
        self.0 &= !(flag as u16);
    }

    #[inline(always)]
    pub fn clear_all<const N: usize>(&mut self, flags: [Flag; N]) {
        self.0 &= !flags.iter().fold(0, |all, flag| all | *flag as u16);
    }

    #[inline]
    pub fn put(&mut self, flag: Flag, value: bool) {
        self.0 = (self.0 & !(flag as u16)) | (u16::from(value) * flag as u16);
    }

    /// Clears the flag; says whether it was set.
    #[inline]
    pub fn take(&mut self, flag: Flag) -> bool {
        let was = self.has(flag);
        self.clear(flag);
        was
    }

    /// Sets the flag; says whether it was set before.
    #[inline]
    pub fn set_was(&mut self, flag: Flag) -> bool {
        let was = self.has(flag);
        self.set(flag);
        was
    }
}

const _: () = assert!(size_of::<Task>() == 64, "a task is one cache line");

impl Task {
    /// The task takes a free native worker, and stands in no queue any more.
    #[inline(always)]
    pub fn sit_down(&mut self, home: ExecutorId, worker: WorkerId) {
        self.phase = Phase::Taken;
        self.home = home;
        self.worker = worker;
        self.seat = Seat::Worker;
        self.below = Slot::NONE;
        self.flags.clear_all([Flag::Green, Flag::Entered]);
    }
}

/// What a task holds of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HeldInstance {
    pub instance: u32,
    pub claim: Claim,
}

/// What only some tasks need: children, loops, resources, a wait in progress.
#[derive(Clone, Debug, Default)]
pub(super) struct Extra {
    /// For each name of the program: the latest child, and how many there were.
    pub names: Vec<(Slot, u32)>,
    /// Every child so far, kept only for programs with `wait all`.
    pub children: Vec<Slot>,
    /// The counters of its loops.
    pub counters: Vec<u32>,
    /// How often each instruction was executed; only for programs with loops.
    pub executions: Vec<u32>,
    /// What it holds of semaphores and locks, in order of acquiring.
    pub held: Vec<HeldInstance>,
    /// It waits on a condition, or takes the condition's lock again.
    pub relock: Option<Relock>,
    /// For each cell it read: the instance and the value's number.
    pub last_read: Vec<(u32, crate::model::value::Value)>,
    /// The `receive` before found its channel closed.
    pub found_closed: bool,
    /// Children that the wait in progress still waits for.
    pub awaited: Vec<Slot>,
    /// How many more of them must be done.
    pub remaining: u32,
    /// An interrupt that is to be raised at the next interruptible wait.
    pub interrupt: Option<Interrupt>,
    /// The scopes that it is in, the innermost last.
    pub scopes: Vec<OpenScope>,
    /// How the wait ended.
    pub verdict: Option<(WakeReason, Failure)>,
    /// When it is due. Few tasks have a time of their own, and every parent has this record: so it stands elsewhere.
    pub timing: Option<Box<Timing>>,
    /// Higher goes first where the order is `priority`.
    pub priority: i32,
}

/// An interrupt that has not been raised yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interrupt {
    /// What is raised.
    pub failure: Failure,
    /// It is for the body of a failing scope, and void at that scope's end.
    pub by_scope: bool,
}

/// A scope that a task is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OpenScope {
    pub fail_fast: bool,
    /// What was submitted in it.
    pub children: Vec<Slot>,
    /// The first failure.
    pub failure: Option<Failure>,
}

/// The time of its own that a task is held for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Timing {
    /// How long a `delay` holds it, in place of its own delay.
    pub after: Option<Duration>,
    /// When it is due at a `scheduled` pool.
    pub due: Time,
    /// It is a series.
    pub series: Option<Series>,
}

/// A task that runs again and again: it never starts itself, its runs are tasks of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Series {
    /// The time between two runs.
    pub period: Duration,
    /// Counted from the end of a run, not from the moment when it was due.
    pub after_end: bool,
    /// How many runs there were.
    pub runs: u32,
}

impl Extra {
    /// The time of its own that it is held for, if it has one.
    pub fn after(&self) -> Option<Duration> {
        self.timing.as_ref().and_then(|timing| timing.after)
    }

    /// When it is due at a `scheduled` pool.
    pub fn due(&self) -> Time {
        self.timing.as_ref().map_or(Time::ZERO, |timing| timing.due)
    }

    /// What it does again and again, if it is a series.
    pub fn series(&self) -> Option<&Series> {
        self.timing.as_ref().and_then(|timing| timing.series.as_ref())
    }

    /// Its time, to be changed.
    pub fn timing_mut(&mut self) -> &mut Timing {
        self.timing.get_or_insert_default()
    }

    /// Forgets one of its children, of those that it has by name, that it waits for altogether, or that its scopes have: it
    /// may end inside a scope, by a crash. [`Slot::NONE`] is a name that no child has.
    #[inline(always)]
    pub fn forget_child(&mut self) -> Option<Slot> {
        match self.names.pop() {
            Some((child, _)) => Some(child),
            None if self.children.is_empty() && self.scopes.is_empty() => None,
            None => self.forget_unnamed_child(),
        }
    }

    fn forget_unnamed_child(&mut self) -> Option<Slot> {
        let in_scope = || self.scopes.iter_mut().find_map(|scope| scope.children.pop());
        self.children.pop().or_else(in_scope)
    }

    /// Makes it as good as new, with room in its lists.
    pub fn clear(&mut self) {
        self.names.clear();
        self.children.clear();
        self.counters.clear();
        self.executions.clear();
        self.held.clear();
        self.relock = None;
        self.found_closed = false;
        self.last_read.clear();
        self.awaited.clear();
        self.remaining = 0;
        self.interrupt = None;
        self.scopes.clear();
        self.verdict = None;
        self.timing = None;
        self.priority = 0;
    }
}

/// How a task that waits on a condition comes to have its lock again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Relock {
    /// How often it had it.
    pub times: u32,
    /// How its wait ended, once it has.
    pub verdict: (WakeReason, Failure),
}

impl Extra {
    /// Whether its `acquire` timed out while it was on its way to look again.
    pub fn gives_up_waiting(&self) -> bool {
        self.verdict.is_some() && self.relock.is_none()
    }
}
