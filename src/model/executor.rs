//! Executors as a scenario describes them: kinds, queue disciplines and policies.

use super::distribution::Distribution;
use super::id::{ExecutorId, TaskTypeId};
use super::time::Duration;

/// An executor: one `[executors.NAME]` table.
#[derive(Clone, Debug, PartialEq)]
pub struct Executor {
    /// Its name in the document.
    pub name: String,
    /// What it is.
    pub kind: ExecutorKind,
    /// Most entries that may wait (cancelled ones included); `None` is unbounded. On a `cap`: per task type.
    pub queue: Option<u32>,
    /// What happens to a submission that finds no room.
    pub on_full: OnFull,
    /// Which waiting entry goes first.
    pub order: Order,
    /// What a worker does while its task waits for children.
    pub on_wait: OnWait,
    /// What happens when a task submits a child it waits for to an executor that it, or an ancestor
    /// waiting for it, occupies.
    pub guard: Guard,
    /// Its tasks may submit nothing that they wait for.
    pub leaf: bool,
    /// Memory of one worker (of the scheduler thread, for a wrapper), in bytes.
    pub memory: u64,
    /// What becomes of an entry that is cancelled while it waits.
    pub cancelled: Cancelled,
    /// What becomes of a submission once it is shut down.
    pub after_shutdown: AfterShutdown,
}

/// What an executor is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExecutorKind {
    /// Native worker threads and a queue; shrinks only by `keep_alive`.
    Threads {
        /// Maximum number of workers.
        workers: u32,
        /// When a worker is added.
        spawn: Spawn,
        /// Time a new thread takes before it runs its first task.
        start_cost: Duration,
        /// How long a worker stays idle before it leaves; `None` is for ever.
        keep_alive: Option<Duration>,
        /// Entries, beyond those that run, whose futures are running already: they cannot be cancelled any more.
        claim_ahead: u32,
        /// What becomes of the pool when a worker dies.
        on_crash: OnCrash,
    },
    /// Grows beyond `core` only when its queue is full (Java's `ThreadPoolExecutor`).
    Elastic {
        /// Workers that are started whether or not others are idle.
        core: u32,
        /// Maximum number of workers.
        workers: u32,
        /// How long a worker above `core` stays idle before it leaves; `None` is for ever.
        keep_alive: Option<Duration>,
        /// Core workers leave as well.
        core_timeout: bool,
    },
    /// A deque for each worker, and thieves (Java's `ForkJoinPool`, rayon).
    ForkJoin {
        /// Most workers that run at once: the parallelism.
        workers: u32,
        /// Most workers, those included that compensate for blocked ones.
        max_workers: u32,
        /// No spare worker starts while this many others run.
        min_runnable: u32,
        /// A worker takes the oldest of its own deque first, not the newest.
        is_fifo: bool,
    },
    /// A queue in the order of deadlines (Java's `ScheduledThreadPoolExecutor`).
    Scheduled {
        /// Workers; each submission below that starts one.
        workers: u32,
        /// What is not yet due at a shutdown still runs.
        delayed_after_shutdown: bool,
    },
    /// Cooperative workers: on the one OS thread that green executors share, or on carriers of its own.
    Green {
        /// Most green threads alive at once; `None` is without bound.
        workers: Option<u32>,
        /// Its own carrier threads; `None` is the one thread that all others share.
        carriers: Option<Carriers>,
        /// When a child submitted from the same carriers starts.
        start: GreenStart,
    },
    /// Grows and shrinks on submission (futurist's `DynamicThreadPoolExecutor`).
    Dynamic {
        /// Maximum number of workers.
        workers: u32,
        /// Fewest workers, once there.
        min_workers: u32,
        /// Adds a worker at a business of this or more.
        grow: f64,
        /// Drops the lowest idle worker at a business of this or less.
        shrink: f64,
        /// Time a new thread takes before it runs its first task.
        start_cost: Duration,
    },
    /// Runs each task inside its submitter.
    Inline,
    /// Holds each task for a while, then submits it `into` another executor; cancellable until then.
    Delay {
        /// How long a task is held unless its submission says `after`.
        delay: Distribution,
        /// Where it goes then.
        into: ExecutorId,
    },
    /// Bounds how many tasks of a type, or of a group of types, an executor holds at a time.
    Cap {
        /// Every cap; a task must have room in each that names its type.
        caps: Vec<Cap>,
        /// The executor it guards.
        into: ExecutorId,
        /// When a waiting task is handed over.
        hand_over: HandOver,
    },
    /// A strictly first-in-first-out intake.
    Bus {
        /// Most taken messages that are unfinished; `None` is unbounded.
        prefetch: Option<u32>,
        /// Where messages go.
        into: ExecutorId,
    },
}

/// The OS threads that run the green threads of one executor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carriers {
    /// How many there are.
    pub threads: u32,
    /// Most that stand in for carriers blocked in a `managed` step.
    pub spare: u32,
    /// Which ready task a free carrier takes.
    pub ready: ReadyOrder,
}

/// Which ready green task goes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadyOrder {
    /// The one that has been ready longest.
    Fifo,
    /// What a running task wakes or spawns takes its carrier's slot, which nobody else takes from; what was there
    /// goes to the tail (Go's `runnext`).
    LifoSlot,
    /// Slot, the carrier's own queue, what came from outside, timers last (Tokio's multi-thread scheduler).
    LocalFirst,
}

/// When a green child starts that a task on the same carriers submits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GreenStart {
    /// At its turn.
    Queued,
    /// At once, inside its submitter, up to its first wait (asyncio's `eager_task_factory`).
    Eager,
}

/// At most `limit` tasks of `types` together.
#[derive(Clone, Debug, PartialEq)]
pub struct Cap {
    /// As written: `build`, or `build+snapshot` for a group.
    pub name: String,
    /// The task types it counts.
    pub types: Vec<TaskTypeId>,
    /// Most of them between hand-over and end.
    pub limit: u32,
}

/// When a `cap` hands a waiting task over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandOver {
    /// When there is room for it.
    Room,
    /// Each group has one place in the executor's queue. When its turn comes, one task starts if there is room, and
    /// the place goes to the tail (libuv's slow I/O).
    Turn,
}

/// When a `threads` executor adds a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spawn {
    /// A new worker only if none is idle (CPython's `ThreadPoolExecutor`).
    OnDemand,
    /// A new worker at each submission until `workers` (futurist's `ThreadPoolExecutor`).
    PerSubmit,
    /// All workers from the start.
    Eager,
    /// Past the minimum, one worker each interval, and only while something is queued (.NET's thread pool).
    Injected {
        /// Workers that are added on demand.
        min_workers: u32,
        /// The interval between two injections.
        every: Duration,
    },
}

/// What becomes of a pool when one of its workers dies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnCrash {
    /// The task fails, and a new worker takes the place.
    #[default]
    Replace,
    /// Every task that the executor holds fails at once, and later submissions raise (`ProcessPoolExecutor`).
    Break,
}

/// What happens to a submission that finds no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFull {
    /// It raises in the submitter.
    Reject,
    /// The submitter waits for room, holding its worker.
    Block,
    /// The submitter runs it.
    CallerRuns,
    /// It is dropped; its future stays pending for ever.
    Discard,
    /// The longest-waiting entry is dropped in its favour.
    DiscardOldest,
}

/// What becomes of an entry that is cancelled while it waits, and of those who wait for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cancelled {
    /// It keeps its place, and a `wait` for it ends when a worker meets it (CPython).
    #[default]
    Kept,
    /// It keeps its place, and waits for it end at once (Java, asyncio).
    Notified,
    /// It leaves its place, and waits for it end at once (libuv; Java with `setRemoveOnCancelPolicy`).
    Removed,
}

/// What becomes of a submission to an executor that is shut down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AfterShutdown {
    /// It raises in the submitter.
    #[default]
    Reject,
    /// It is dropped without a word; its future stays pending for ever (Java's `CallerRunsPolicy`).
    Discard,
}

/// Which waiting entry goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// First in, first out.
    Fifo,
    /// Last in, first out.
    Lifo,
    /// Highest `priority` first, then first in.
    Priority,
}

/// What a worker does while its task is in `wait` or `result`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnWait {
    /// Nothing: the worker is held.
    Hold,
    /// Runs the awaited tasks that are queued on its own executor.
    HelpChild,
    /// Runs anything queued on its own executor.
    HelpAny,
    /// A spare worker takes its place when work is queued.
    Compensate,
    /// The worker is freed; the resumed task takes a worker before queued ones.
    Release,
    /// Only in a `fork-join` pool: it runs the awaited task if that is in its own deque, else what the thief of it has
    /// left, else it is compensated for (the JDK).
    Join,
}

/// What happens to a submission that could wait for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The submission is allowed.
    Allow,
    /// A warning is recorded.
    Warn,
    /// The submission raises.
    Reject,
}

impl Executor {
    /// Where a wrapper submits into; `None` for executors that run tasks themselves.
    pub fn wraps(&self) -> Option<ExecutorId> {
        match self.kind {
            ExecutorKind::Delay { into, .. }
            | ExecutorKind::Cap { into, .. }
            | ExecutorKind::Bus { into, .. } => Some(into),
            ExecutorKind::Threads { .. }
            | ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. }
            | ExecutorKind::Inline => None,
        }
    }

    /// The caps of a `cap`; none of every other kind.
    pub fn caps(&self) -> &[Cap] {
        match &self.kind {
            ExecutorKind::Cap { caps, .. } => caps,
            ExecutorKind::Threads { .. }
            | ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. }
            | ExecutorKind::Inline
            | ExecutorKind::Delay { .. }
            | ExecutorKind::Bus { .. } => &[],
        }
    }

    /// Most workers of a pool; `None` for a pool without bound, for `inline` and for wrappers. Spare workers of a
    /// `fork-join` pool do not count.
    pub fn workers(&self) -> Option<u32> {
        match self.kind {
            ExecutorKind::Green { workers, .. } => workers,
            ExecutorKind::Threads { workers, .. }
            | ExecutorKind::Dynamic { workers, .. }
            | ExecutorKind::Elastic { workers, .. }
            | ExecutorKind::ForkJoin { workers, .. }
            | ExecutorKind::Scheduled { workers, .. } => Some(workers),
            ExecutorKind::Inline
            | ExecutorKind::Delay { .. }
            | ExecutorKind::Cap { .. }
            | ExecutorKind::Bus { .. } => None,
        }
    }

    /// The workers that a pool surely has once enough is submitted; `None` for `inline` and for wrappers. An `elastic`
    /// pool with a queue has its core only: the others come when the queue is full, which it may never be.
    pub fn sure_workers(&self) -> Option<u32> {
        match self.kind {
            ExecutorKind::Elastic { core, workers, .. } if self.queue != Some(0) => {
                Some(core.max(1).min(workers))
            }
            // It may not have grown to its size when it matters.
            ExecutorKind::Dynamic { workers, min_workers, grow, .. } if grow > 1.0 => {
                Some(min_workers.min(workers))
            }
            ExecutorKind::Threads { .. }
            | ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. }
            | ExecutorKind::Inline
            | ExecutorKind::Delay { .. }
            | ExecutorKind::Cap { .. }
            | ExecutorKind::Bus { .. } => self.workers(),
        }
    }

    /// The word for the kind in a document.
    pub fn kind_word(&self) -> &'static str {
        match self.kind {
            ExecutorKind::Threads { .. } => "threads",
            ExecutorKind::Green { .. } => "green",
            ExecutorKind::Dynamic { .. } => "dynamic",
            ExecutorKind::Elastic { .. } => "elastic",
            ExecutorKind::ForkJoin { .. } => "fork-join",
            ExecutorKind::Scheduled { .. } => "scheduled",
            ExecutorKind::Inline => "inline",
            ExecutorKind::Delay { .. } => "delay",
            ExecutorKind::Cap { .. } => "cap",
            ExecutorKind::Bus { .. } => "bus",
        }
    }

    /// Whether its workers are green threads.
    pub fn is_green(&self) -> bool {
        matches!(self.kind, ExecutorKind::Green { .. })
    }

    /// Its own carriers; `None` for those that share the one green thread, and for all other kinds.
    pub fn carriers(&self) -> Option<Carriers> {
        match self.kind {
            ExecutorKind::Green { carriers, .. } => carriers,
            ExecutorKind::Threads { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. }
            | ExecutorKind::Inline
            | ExecutorKind::Delay { .. }
            | ExecutorKind::Cap { .. }
            | ExecutorKind::Bus { .. } => None,
        }
    }

    /// Whether its workers share the one thread of the green executors without carriers of their own.
    pub fn shares_green_thread(&self) -> bool {
        self.is_green() && self.carriers().is_none()
    }

    /// Whether its workers are operating-system threads.
    pub fn is_native(&self) -> bool {
        match self.kind {
            ExecutorKind::Threads { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. } => true,
            ExecutorKind::Green { .. }
            | ExecutorKind::Inline
            | ExecutorKind::Delay { .. }
            | ExecutorKind::Cap { .. }
            | ExecutorKind::Bus { .. } => false,
        }
    }
}
