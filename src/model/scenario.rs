//! A whole scenario, every name resolved: what the engine runs and analyses read.

use super::distribution::Distribution;
use super::executor::{Executor, ExecutorKind, OnFull};
use super::expectation::Expectation;
use super::id::{ExecutorId, TaskTypeId};
use super::program::{Instruction, Program};
use super::rule::Allowed;
use super::runtime::{Barging, ReadWritePreference, Runtime};
use super::shared::{Shared, SharedKind};
use super::time::{Duration, Time};
use super::value::Value;

/// One variant of one document with its params replaced.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// The title, on one line.
    pub title: String,
    /// The description, in Markdown.
    pub about: String,
    /// Which variant of the document; `base` is the document itself.
    pub variant: String,
    /// Whose habits hold where the document says nothing else.
    pub runtime: Runtime,
    /// Every draw derives from it.
    pub seed: u64,
    /// When to stop at the latest.
    pub until: Option<Time>,
    /// Stop at the first deadlock.
    pub stop_at_deadlock: bool,
    /// In document order.
    pub executors: Vec<Executor>,
    /// In document order.
    pub tasks: Vec<TaskType>,
    /// In document order, which is also their order at one instant.
    pub arrivals: Vec<Arrivals>,
    /// Semaphores, then locks, then read-write locks, each in document order.
    pub resources: Vec<Resource>,
    /// Channels, in document order.
    pub shared: Vec<Shared>,
    /// In document order.
    pub cells: Vec<Cell>,
    /// How many cores there are and what they are shared by; `None`: CPU is never contended.
    pub machine: Option<Machine>,
    /// What is expected of a run.
    pub expectations: Vec<Expectation>,
    /// Moments of the run that are worth a stop.
    pub beats: Vec<NamedBeat>,
    /// When a run is given up.
    pub limits: Limits,
    /// The rules of `check` that are known not to matter here.
    pub allowed: Vec<Allowed>,
}

/// One `[[beats]]`: a moment that the document names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedBeat {
    /// The instant that is meant.
    pub at: Time,
    /// What is to be seen then, in one sentence.
    pub say: String,
}

/// A task type: one `[tasks.NAME]` table.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskType {
    /// Name of the task type.
    pub name: String,
    /// What it does.
    pub program: Program,
}

/// An arrival entry: one `[[arrivals]]` table.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrivals {
    /// The task type that arrives.
    pub task: TaskTypeId,
    /// Where it is submitted.
    pub to: ExecutorId,
    /// When its tasks arrive.
    pub pattern: Pattern,
    /// Each one's key; `{n}` counts the entry's arrivals from 0.
    pub key: Option<String>,
    /// Higher goes first where the order is `priority`.
    pub priority: i32,
    /// In place of the executor's own.
    pub on_full: Option<OnFull>,
}

/// When the tasks of one entry arrive.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// All at once.
    Batch {
        /// The instant of the arrival.
        at: Time,
        /// How many tasks arrive.
        count: u64,
    },
    /// The first at `at` (with `rate`: one gap later), each next one a gap later.
    Stream {
        /// When it begins.
        at: Time,
        /// How many at most; `None` is without end.
        count: Option<u64>,
        /// The time between two.
        gap: Distribution,
        /// The first comes one gap after `at`, as in a Poisson process.
        gap_first: bool,
        /// None arrives after this instant.
        until: Option<Time>,
    },
    /// At these instants, in ascending order.
    Trace(Vec<Time>),
}

impl Pattern {
    /// How many arrive at most; `None` if only an instant, or nothing, ends it.
    pub fn most(&self) -> Option<u64> {
        match self {
            Pattern::Batch { count, .. } => Some(*count),
            Pattern::Stream { count, .. } => *count,
            Pattern::Trace(times) => Some(times.len() as u64),
        }
    }

    /// The same, counting what arrives up to `horizon` only. Gaps that are drawn leave it open.
    pub fn most_until(&self, horizon: Time) -> Option<u64> {
        let Pattern::Stream { at, gap, until, .. } = self else { return self.most() };
        let end = until.map_or(horizon, |until| until.min(horizon));
        let by_then = match gap.fixed() {
            Some(gap) if gap.0 > 0 && end < Time::NEVER => Some(end.since(*at).0 / gap.0 + 1),
            Some(_) | None => None,
        };
        match (self.most(), by_then) {
            (Some(most), Some(by_then)) => Some(most.min(by_then)),
            (most, by_then) => most.or(by_then),
        }
    }
}

/// A semaphore, a lock or a read-write lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Name of the resource.
    pub name: String,
    /// What it is.
    pub kind: ResourceKind,
    /// How many may hold it at once; of a read-write lock, without bound.
    pub permits: u32,
    /// Hands a released permit to the longest waiter; `None` is the default: only a lock does, and only
    /// between green tasks. A read-write lock always does.
    pub fair: Option<bool>,
    /// What becomes of a woken waiter that finds nothing, where nothing is handed over.
    pub barging: Barging,
    /// One for each key.
    pub per_key: bool,
    /// Which green tasks keep their carrier because of it; `None`: nobody.
    pub pins: Option<Pinning>,
}

/// Which green tasks a lock pins to their carriers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pinning {
    /// Whoever holds it, in every wait, or asks for it (`synchronized` before JDK 24).
    Held,
    /// Whoever asks for it (`std::sync::Mutex` in async code).
    Waiting,
}

/// What a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// Permits, spoken of with `acquire` and `release`.
    Semaphore {
        /// Only a holder may release; otherwise anybody may, and permits are only counted.
        owned: bool,
    },
    /// One permit, spoken of with `lock` and `unlock`.
    Lock {
        /// Its holder may take it again; it is free after as many unlocks.
        reentrant: bool,
    },
    /// Any number of readers or one writer.
    ReadWriteLock {
        /// Who goes first.
        prefer: ReadWritePreference,
        /// A reader may read again, and the writer write, whoever waits.
        reentrant: bool,
    },
}

impl Resource {
    /// Whether steps speak of it with `lock` and `unlock`.
    pub fn is_lock(&self) -> bool {
        match self.kind {
            ResourceKind::Semaphore { .. } => false,
            ResourceKind::Lock { .. } | ResourceKind::ReadWriteLock { .. } => true,
        }
    }

    /// Whether only who holds it can give it back.
    pub fn is_owned(&self) -> bool {
        match self.kind {
            ResourceKind::Semaphore { owned } => owned,
            ResourceKind::Lock { .. } | ResourceKind::ReadWriteLock { .. } => true,
        }
    }

    /// Whether its holder may take it once more.
    pub fn is_reentrant(&self) -> bool {
        match self.kind {
            ResourceKind::Semaphore { .. } => false,
            ResourceKind::Lock { reentrant } | ResourceKind::ReadWriteLock { reentrant, .. } => reentrant,
        }
    }

    /// Whether waiters that leave may let those behind them go on: nobody passes them there.
    pub fn serves_in_order(&self) -> bool {
        self.fair == Some(true) || self.barging != Barging::Requeue
    }

    /// The word for what it is: `semaphore`.
    pub fn word(&self) -> &'static str {
        match self.kind {
            ResourceKind::Semaphore { .. } => "semaphore",
            ResourceKind::Lock { .. } => "lock",
            ResourceKind::ReadWriteLock { .. } => "read-write lock",
        }
    }
}

/// A shared cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Name of the cell.
    pub name: String,
    /// What it holds at the start.
    pub initial: Value,
    /// One for each key.
    pub per_key: bool,
}

/// What native threads compete for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// How many threads can be on a CPU at once. With a global interpreter lock it is 1.
    pub cores: u32,
    /// One lock serialises all CPU work (CPython's global interpreter lock).
    pub gil: bool,
    /// A running thread gives way after this time, if another waits.
    pub switch_interval: Duration,
}

/// When a run is given up, with an outcome that says which limit and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// Most trace events.
    pub max_events: u64,
    /// Most task instances.
    pub max_tasks: u64,
    /// Most trace events and steps at one instant of virtual time: more is an endless loop.
    pub max_at_one_instant: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_events: 10_000_000, max_tasks: 800_000, max_at_one_instant: 5_000_000 }
    }
}

impl Limits {
    /// The limits of a document that names none, in a page: a run and what is shown of it take about 250 MB, natively
    /// about 500 MB.
    pub const IN_A_PAGE: Limits =
        Limits { max_events: 5_000_000, max_tasks: 400_000, max_at_one_instant: 2_000_000 };

    /// These limits, with those of `defaults` wherever a document left the usual ones.
    pub fn with_defaults(self, defaults: Limits) -> Limits {
        let usual = Limits::default();
        let pick = |own: u64, usual: u64, other: u64| if own == usual { other } else { own };
        Limits {
            max_events: pick(self.max_events, usual.max_events, defaults.max_events),
            max_tasks: pick(self.max_tasks, usual.max_tasks, defaults.max_tasks),
            max_at_one_instant: pick(
                self.max_at_one_instant,
                usual.max_at_one_instant,
                defaults.max_at_one_instant,
            ),
        }
    }
}

/// Writes `{n}` of a key template.
pub fn render_key(template: &str, n: u64) -> String {
    template.replace("{n}", &n.to_string())
}

impl Scenario {
    /// Whether an instruction waits on a condition whose lock pins whoever holds it.
    pub fn is_wait_on_monitor(&self, instruction: &Instruction) -> bool {
        let Instruction::WaitOn { condition, .. } = instruction else { return false };
        match self.shared[condition.index()].kind {
            SharedKind::Condition { lock } => {
                lock.is_some_and(|lock| self.resources[lock.index()].pins == Some(Pinning::Held))
            }
            SharedKind::Channel { .. }
            | SharedKind::Latch { .. }
            | SharedKind::Barrier { .. }
            | SharedKind::Server(_) => false,
        }
    }

    /// Whether any task arrives, however late.
    pub fn has_arrivals(&self) -> bool {
        self.arrivals.iter().any(|entry| entry.pattern.most() != Some(0))
    }

    /// Whether two seeds can give different runs.
    pub fn is_random(&self) -> bool {
        let steps = |task: &TaskType| {
            let program = &task.program;
            let may_skip = |step: &Instruction| matches!(step, Instruction::Maybe { .. });
            program.draws.iter().any(|draw| draw.distribution.is_random())
                || program.code.iter().any(may_skip)
        };
        let comes = |arrivals: &Arrivals| match &arrivals.pattern {
            Pattern::Stream { gap, .. } => gap.is_random(),
            Pattern::Batch { .. } | Pattern::Trace(_) => false,
        };
        let holds = |executor: &Executor| match &executor.kind {
            ExecutorKind::Delay { delay, .. } => delay.is_random(),
            ExecutorKind::Threads { .. }
            | ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. }
            | ExecutorKind::Inline
            | ExecutorKind::Cap { .. }
            | ExecutorKind::Bus { .. } => false,
        };
        self.tasks.iter().any(steps) || self.arrivals.iter().any(comes) || self.executors.iter().any(holds)
    }

    /// Whether a timeout at this instruction is raised unless it is handled: that of a `result`, and that of a barrier,
    /// which it breaks.
    pub fn raises_on_timeout(&self, instruction: &Instruction) -> bool {
        match instruction {
            Instruction::Result { .. } => true,
            Instruction::Await { shared, .. } => {
                matches!(self.shared[shared.index()].kind, SharedKind::Barrier { .. })
            }
            _ => false,
        }
    }

    /// Whether some task may be interrupted.
    pub fn has_interrupts(&self) -> bool {
        self.tasks.iter().flat_map(|task| &task.program.code).any(Instruction::interrupts)
    }

    /// OS threads that run green tasks: one for all executors without carriers of their own, and those carriers.
    pub fn green_threads(&self) -> u32 {
        let shared = u32::from(self.executors.iter().any(Executor::shares_green_thread));
        let own = self.executors.iter().filter_map(Executor::carriers);
        own.fold(shared, |threads, carriers| threads.saturating_add(carriers.threads))
    }

    /// The executor that finally runs what is submitted to `executor`: wrappers count as where they lead.
    pub fn pool_of(&self, executor: ExecutorId) -> ExecutorId {
        let mut at = executor;
        while let Some(next) = self.executors[at.index()].wraps() {
            at = next;
        }
        at
    }
}
