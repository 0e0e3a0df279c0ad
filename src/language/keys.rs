//! The tables of keys: every key a document may have, what it may hold, and what it means.
//!
//! The reader checks documents against these tables and the JSON Schema is made from them, so the two
//! cannot disagree. What a value means for the scenario is not said here.

use super::presets::NAMES;
use crate::model::runtime::Runtime;

/// Longest document, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// Most workers of a pool: a worker takes memory as soon as it exists.
pub(super) const MAX_WORKERS: u64 = 1_000_000;
/// Most entries of a queue, permits of a semaphore, slots of a cap.
const MAX_PLACES: u64 = u32::MAX as u64;
/// Most carrier threads of an executor, and most spare ones: the JDK's bound.
const MAX_CARRIERS: u64 = 32_767;
/// Most steps of one task.
pub(super) const MAX_STEPS: usize = 4_096;
/// Most variants of one document.
pub(super) const MAX_VARIANTS: usize = 64;
/// Whole numbers of TOML end here.
const MAX_COUNT: u64 = i64::MAX as u64;

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// Any text will do.
    Text,
    /// The name of something in this section of the document.
    Name(&'static str),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number in this range.
    Count(u64, u64),
    /// A whole number that may be negative, of 32 bits.
    Signed,
    /// A number in this range.
    Number(f64, f64),
    /// `true` or `false`.
    Truth,
    /// A whole number, or its digits as text (TOML's own end at 2^63).
    Seed,
    /// A duration without `forever`.
    Duration,
    /// A duration, or `forever`.
    Patience,
    /// A duration or a distribution.
    Distribution,
    /// Bytes as a number, or text with a unit.
    Memory,
    /// `5/s`.
    Rate,
    /// What a cell holds: a whole number or a word.
    Literal,
    /// Any plain value.
    Plain,
    /// A list of steps.
    Steps,
    /// A list of durations.
    Instants,
    /// A table with anything in it.
    Anything,
    /// Metrics and what they are held against.
    Expectations,
    /// A table with these keys.
    Record(&'static [Key]),
    /// A table from names to values of one shape, with the maximum number of entries. The word says what is named.
    Map(&'static Shape, usize, &'static str),
    /// A list of values of one shape.
    List(&'static Shape),
    /// A patch over the document: any of its keys, none required.
    Patch,
}

/// One key of a table.
#[derive(Debug)]
pub(super) struct Key {
    pub name: &'static str,
    pub shape: Shape,
    pub required: bool,
    /// The executor kinds that have it; empty if it does not depend on a kind.
    pub kinds: &'static [&'static str],
    /// Of those, the kinds that can do without it although it is required.
    pub optional_for: &'static [&'static str],
    /// What it means, for the JSON Schema and for messages.
    pub about: &'static str,
}

impl Key {
    const fn new(name: &'static str, shape: Shape, about: &'static str) -> Key {
        Key { name, shape, required: false, kinds: &[], optional_for: &[], about }
    }

    const fn required(mut self) -> Key {
        self.required = true;
        self
    }

    const fn of(mut self, kinds: &'static [&'static str]) -> Key {
        self.kinds = kinds;
        self
    }

    const fn optional_for(mut self, kinds: &'static [&'static str]) -> Key {
        self.optional_for = kinds;
        self
    }

    /// Whether an executor of this kind must have it.
    pub fn is_required_of(&self, kind: &str) -> bool {
        self.required && self.kinds.contains(&kind) && !self.optional_for.contains(&kind)
    }
}

const POOLS: &[&str] = &["threads", "green", "dynamic", "elastic", "fork-join", "scheduled"];
const NATIVE: &[&str] = &["threads", "dynamic"];
const WRAPPERS: &[&str] = &["delay", "cap", "bus"];
const QUEUED: &[&str] = &["threads", "green", "dynamic", "elastic", "delay", "cap", "bus"];
const ORDERED: &[&str] = &["threads", "green", "dynamic", "elastic", "fork-join"];

/// Most things of one kind; the model numbers them with 16 bits.
pub(super) const MAX_PER_KIND: usize = 10_000;
/// The kinds of executors there are.
pub(super) const KINDS: &[&str] =
    &["threads", "green", "dynamic", "elastic", "fork-join", "scheduled", "inline", "delay", "cap", "bus"];
/// What may happen to a submission that finds no room.
pub(super) const ON_FULL: &[&str] = &["reject", "block", "caller-runs", "discard", "discard-oldest"];
/// Which waiting entry goes first.
pub(super) const ORDERS: &[&str] = &["fifo", "lifo", "priority"];
/// What a worker does while its task waits.
pub(super) const ON_WAIT: &[&str] = &["hold", "help-child", "help-any", "compensate", "release", "join"];
/// What happens to a submission that could wait for itself.
pub(super) const GUARDS: &[&str] = &["allow", "warn", "reject"];
/// When a worker is added.
pub(super) const SPAWNS: &[&str] = &["on-demand", "per-submit", "eager", "injected"];
/// What becomes of a pool when one of its workers dies.
pub(super) const ON_CRASH: &[&str] = &["replace", "break"];

/// What becomes of an entry that is cancelled while it waits.
pub(super) const CANCELLED: &[&str] = &["kept", "notified", "removed"];
/// What becomes of a submission to an executor that is shut down.
pub(super) const AFTER_SHUTDOWN: &[&str] = &["reject", "discard"];
/// The runtimes that a document can name.
pub(super) const RUNTIMES: &[&str] = &{
    let mut words = [""; Runtime::ALL.len()];
    let mut at = 0;
    while at < words.len() {
        words[at] = Runtime::ALL[at].word();
        at += 1;
    }
    words
};
/// Which ready task a carrier of green threads takes.
pub(super) const READY_ORDERS: &[&str] = &["fifo", "lifo-slot", "local-first"];
/// When a cap hands a waiting task over.
pub(super) const HAND_OVERS: &[&str] = &["room", "turn"];
/// When a green child starts.
pub(super) const STARTS: &[&str] = &["queued", "eager"];

/// `[executors.NAME]`.
pub(super) const EXECUTOR: &[Key] = &[
    Key::new("preset", Shape::Word(NAMES), "an executor of a well-known runtime; a written key wins"),
    Key::new("kind", Shape::Word(KINDS), "what it is").required(),
    Key::new("workers", Shape::Count(1, MAX_WORKERS), "maximum number of workers")
        .required()
        .of(POOLS)
        .optional_for(&["green"]),
    Key::new(
        "threads",
        Shape::Count(1, MAX_CARRIERS),
        "its own carrier threads; by default, executors share one",
    )
    .of(&["green"]),
    Key::new(
        "spare",
        Shape::Count(0, MAX_CARRIERS),
        "maximum number of carriers added for blocked ones; 256 by default",
    )
    .of(&["green"]),
    Key::new("ready", Shape::Word(READY_ORDERS), "which ready task a carrier takes; fifo by default")
        .of(&["green"]),
    Key::new("start", Shape::Word(STARTS), "when a child starts that a task of the same carriers submits")
        .of(&["green"]),
    Key::new("spawn", Shape::Word(SPAWNS), "when a worker is added; on-demand by default").of(&["threads"]),
    Key::new("start_cost", Shape::Duration, "time a new thread takes before its first task").of(NATIVE),
    Key::new("core", Shape::Count(0, MAX_WORKERS), "workers started whether or not others are idle; workers")
        .of(&["elastic"]),
    Key::new("keep_alive", Shape::Patience, "how long an idle worker stays; forever by default")
        .of(&["threads", "elastic"]),
    Key::new("core_timeout", Shape::Truth, "core workers also leave after keep_alive; false by default")
        .of(&["elastic"]),
    Key::new(
        "max_workers",
        Shape::Count(1, MAX_WORKERS),
        "maximum number of workers, spare ones included; workers + 256",
    )
    .of(&["fork-join"]),
    Key::new("min_runnable", Shape::Count(0, MAX_WORKERS), "no spare starts while this many others run; 1")
        .of(&["fork-join"]),
    Key::new(
        "delayed_after_shutdown",
        Shape::Truth,
        "entries that are not yet due at a shutdown still run; true by default",
    )
    .of(&["scheduled"]),
    Key::new("min_workers", Shape::Count(1, MAX_WORKERS), "minimum number of workers; 1 by default")
        .of(&["threads", "dynamic"]),
    Key::new("inject_every", Shape::Duration, "the time between two injected workers; 500ms by default")
        .of(&["threads"]),
    Key::new(
        "claim_ahead",
        Shape::Count(0, MAX_PLACES),
        "entries beyond the running ones that can no longer be cancelled; 0 by default",
    )
    .of(&["threads"]),
    Key::new("on_crash", Shape::Word(ON_CRASH), "what happens to the pool when a worker dies; replace")
        .of(&["threads"]),
    Key::new("grow", Shape::Number(0.0, 1e6), "adds a worker at this utilisation or more; 0.8")
        .of(&["dynamic"]),
    Key::new("shrink", Shape::Number(0.0, 1e6), "removes one at this utilisation or less; 0.4")
        .of(&["dynamic"]),
    Key::new("delay", Shape::Distribution, "how long each task is held; 0s by default").of(&["delay"]),
    Key::new("caps", CAPS, "maximum number of tasks of a type, or of a group `a+b`, at a time")
        .required()
        .of(&["cap"]),
    Key::new(
        "hand_over",
        Shape::Word(HAND_OVERS),
        "when a waiting task is handed over: when there is room, or when its turn comes",
    )
    .of(&["cap"]),
    Key::new(
        "prefetch",
        Shape::Count(1, MAX_PLACES),
        "maximum number of unfinished messages; no bound by default",
    )
    .of(&["bus"]),
    Key::new("into", Shape::Name("executors"), "the executor it submits into").required().of(WRAPPERS),
    Key::new("queue", Shape::Count(0, MAX_PLACES), "maximum number of waiting entries; no bound by default")
        .of(QUEUED),
    Key::new("on_full", Shape::Word(ON_FULL), "what happens to a submission that finds no room; reject")
        .of(QUEUED),
    Key::new(
        "order",
        Shape::Word(ORDERS),
        "which waiting entry goes first; fifo by default, lifo in a fork-join",
    )
    .of(ORDERED),
    Key::new(
        "on_wait",
        Shape::Word(ON_WAIT),
        "what a worker does while its task waits; hold, in a fork-join join",
    )
    .of(ORDERED),
    Key::new(
        "guard",
        Shape::Word(GUARDS),
        "what happens when a task submits a child that it waits for to an executor that it occupies",
    ),
    Key::new(
        "cancelled",
        Shape::Word(CANCELLED),
        "what happens to a cancelled entry and to tasks that wait for it; the default depends on the runtime",
    ),
    Key::new("after_shutdown", Shape::Word(AFTER_SHUTDOWN), "what happens to a submission after it; reject"),
    Key::new("leaf", Shape::Truth, "its tasks must not submit anything that they wait for"),
    Key::new(
        "memory",
        Shape::Memory,
        "memory of one worker, in bytes, with a unit (KiB, MiB, GiB) or as a runtime (cpython-thread, greenlet)",
    ),
];

const CAPS: Shape = Shape::Map(&Shape::Count(0, MAX_PLACES), MAX_PER_KIND, "cap");

/// `[tasks.NAME]`.
pub(super) const TASK: &[Key] =
    &[Key::new("steps", Shape::Steps, "the list of steps that it runs").required()];

/// `[[arrivals]]`.
pub(super) const ARRIVALS: &[Key] = &[
    Key::new("task", Shape::Name("tasks"), "what arrives").required(),
    Key::new("to", Shape::Name("executors"), "the executor to which it is submitted").required(),
    Key::new("at", Shape::Duration, "when the first arrives; 0s by default"),
    Key::new("count", Shape::Count(0, MAX_COUNT), "how many; 1, or without end with every or rate"),
    Key::new("every", Shape::Distribution, "the time between two"),
    Key::new("rate", Shape::Rate, "arrivals of a Poisson process, such as 5/s"),
    Key::new("until", Shape::Duration, "none arrives later"),
    Key::new("trace", Shape::Instants, "the instants themselves, in ascending order"),
    Key::new("key", Shape::Text, "key of each arrival; `{n}` counts the entry's arrivals from 0"),
    Key::new("priority", Shape::Signed, "higher goes first where the order is priority; 0 by default"),
    Key::new("on_full", Shape::Word(ON_FULL), "in place of the executor's own"),
];

/// Which green tasks a lock pins to their carriers.
pub(super) const PINS: &[&str] = &["held", "waiting", "never"];
/// `per = "key"`.
pub(super) const PER: &[&str] = &["key"];

/// `[semaphores.NAME]`.
pub(super) const SEMAPHORE: &[Key] = &[
    Key::new("permits", Shape::Count(0, MAX_PLACES), "how many may hold it at once").required(),
    Key::new("fair", Shape::Truth, "hands a released permit to the longest waiter"),
    Key::new(
        "barging",
        Shape::Word(BARGINGS),
        "what a woken waiter does if it finds no permit: requeue, keep-place or once",
    ),
    Key::new("owned", Shape::Truth, "only a holder may release; true by default"),
    Key::new("per", Shape::Word(PER), "one for each key"),
];

/// `[locks.NAME]`.
pub(super) const LOCK: &[Key] = &[
    Key::new(
        "fair",
        Shape::Truth,
        "hands the lock to the longest waiter; by default only between green tasks",
    ),
    Key::new(
        "barging",
        Shape::Word(BARGINGS),
        "what a woken waiter does if it finds the lock taken: requeue, keep-place or once",
    ),
    Key::new("reentrant", Shape::Truth, "its holder may take it again; the default depends on the runtime"),
    Key::new(
        "pins",
        Shape::Word(PINS),
        "which green tasks keep their carrier: those that hold or request the lock, or only those that request it",
    ),
    Key::new("per", Shape::Word(PER), "one for each key"),
];

/// What becomes of a woken waiter that finds nothing.
pub(super) const BARGINGS: &[&str] = &["requeue", "keep-place", "once"];
/// Who goes first at a read-write lock.
pub(super) const PREFERENCES: &[&str] = &["queue", "readers", "go"];

/// `[rwlocks.NAME]`.
pub(super) const READ_WRITE_LOCK: &[Key] = &[Key::new(
    "prefer",
    Shape::Word(PREFERENCES),
    "who goes first: queue (first come, first served), readers or go",
)];

/// `[conditions.NAME]`.
pub(super) const CONDITION: &[Key] = &[Key::new(
    "lock",
    Shape::Name("locks"),
    "the lock that `wait-on` gives up and takes again; none by default",
)];

/// `[latches.NAME]`.
pub(super) const LATCH: &[Key] =
    &[Key::new("count", Shape::Count(0, MAX_PLACES), "how often it is counted down before it opens")
        .required()];

/// `[barriers.NAME]`.
pub(super) const BARRIER: &[Key] =
    &[Key::new("parties", Shape::Count(1, MAX_PLACES), "how many tasks go on together").required()];

/// `[servers.NAME]`.
pub(super) const SERVER: &[Key] = &[
    Key::new("capacity", Shape::Count(1, MAX_PLACES), "how many jobs run at full speed").required(),
    Key::new("contention", Shape::Number(0.0, 1e6), "share of the work that waits for other work; 0"),
    Key::new("coherency", Shape::Number(0.0, 1e6), "what each pair of jobs costs; 0"),
];

/// `[channels.NAME]`.
pub(super) const CHANNEL: &[Key] = &[Key::new(
    "capacity",
    Shape::Count(0, MAX_PLACES),
    "maximum number of messages waiting to be received; 0 is a rendezvous, no bound by default",
)];

/// `[cells.NAME]`.
pub(super) const CELL: &[Key] = &[
    Key::new("initial", Shape::Literal, "what it holds at the start: a whole number or a word").required(),
    Key::new("per", Shape::Word(PER), "one for each key"),
];

/// `[machine]`.
pub(super) const MACHINE: &[Key] = &[
    Key::new("cores", Shape::Count(1, 65_536), "how many threads can be on a CPU at once"),
    Key::new("gil", Shape::Truth, "one lock serialises all CPU work"),
    Key::new("switch_interval", Shape::Duration, "a running thread gives way after this; 5ms by default"),
];

/// `[limits]`.
pub(super) const LIMITS: &[Key] = &[
    Key::new("max_events", Shape::Count(1, MAX_COUNT), "most trace events"),
    Key::new("max_tasks", Shape::Count(1, u32::MAX as u64 - 1), "most task instances"),
    Key::new(
        "max_at_one_instant",
        Shape::Count(1, MAX_COUNT),
        "maximum number of events at one instant of virtual time",
    ),
];

/// `[[beats]]`.
pub(super) const BEATS: &[Key] = &[
    Key::new("at", Shape::Duration, "when").required(),
    Key::new("say", Shape::Text, "what happens at that moment, in one sentence").required(),
];

/// `[params.NAME]`.
pub(super) const PARAM: &[Key] = &[
    Key::new(
        "value",
        Shape::Plain,
        "what replaces the param: a number, a duration, a distribution, or a word",
    )
    .required(),
    Key::new("min", Shape::Plain, "the smallest value that makes sense"),
    Key::new("max", Shape::Plain, "the largest value that makes sense"),
    Key::new("label", Shape::Text, "what it is, in a few words"),
];

/// Keys at the top of a document.
pub(super) const DOCUMENT: &[Key] = &[
    Key::new("$schema", Shape::Text, "the schema of this document, for editors"),
    Key::new("title", Shape::Text, "what happens, in one line"),
    Key::new("about", Shape::Text, "Markdown, shown beside the run"),
    Key::new("runtime", Shape::Word(RUNTIMES), "runtime whose defaults apply; cpython by default"),
    Key::new("seed", Shape::Seed, "seed of all random draws; 1 by default"),
    Key::new("until", Shape::Duration, "the horizon; otherwise until nothing can happen any more"),
    Key::new("stop", Shape::Word(&["deadlock"]), "ends the run at the first deadlock"),
    Key::new("params", Shape::Map(&Shape::Record(PARAM), MAX_PER_KIND, "param"), "what can be tuned"),
    Key::new("executors", Shape::Map(&Shape::Record(EXECUTOR), MAX_PER_KIND, "executor"), "what runs tasks"),
    Key::new("tasks", Shape::Map(&Shape::Record(TASK), MAX_PER_KIND, "task"), "what is run"),
    Key::new("arrivals", Shape::List(&Shape::Record(ARRIVALS)), "what comes from outside"),
    Key::new("semaphores", Shape::Map(&Shape::Record(SEMAPHORE), MAX_PER_KIND, "semaphore"), "permits"),
    Key::new("locks", Shape::Map(&Shape::Record(LOCK), MAX_PER_KIND, "lock"), "locks"),
    Key::new(
        "rwlocks",
        Shape::Map(&Shape::Record(READ_WRITE_LOCK), MAX_PER_KIND, "rwlock"),
        "locks for any number of readers or one writer",
    ),
    Key::new("conditions", Shape::Map(&Shape::Record(CONDITION), MAX_PER_KIND, "condition"), "conditions"),
    Key::new("latches", Shape::Map(&Shape::Record(LATCH), MAX_PER_KIND, "latch"), "latches"),
    Key::new("barriers", Shape::Map(&Shape::Record(BARRIER), MAX_PER_KIND, "barrier"), "barriers"),
    Key::new(
        "servers",
        Shape::Map(&Shape::Record(SERVER), MAX_PER_KIND, "server"),
        "servers that share their speed",
    ),
    Key::new("channels", Shape::Map(&Shape::Record(CHANNEL), MAX_PER_KIND, "channel"), "messages"),
    Key::new("cells", Shape::Map(&Shape::Record(CELL), MAX_PER_KIND, "cell"), "shared values"),
    Key::new("machine", Shape::Record(MACHINE), "what native threads compete for; nothing by default"),
    Key::new("limits", Shape::Record(LIMITS), "when a run is stopped"),
    Key::new("expect", Shape::Expectations, "what is expected of a run"),
    Key::new(
        "allow",
        Shape::List(&Shape::Text),
        "rules of `check` that do not matter here, each with its reason: \"TB003: one thread takes both\"",
    ),
    Key::new("beats", Shape::List(&Shape::Record(BEATS)), "moments worth a stop; a variant has only its own"),
    Key::new("variants", Shape::Map(&Shape::Patch, MAX_VARIANTS, "variant"), "patches over the document"),
    Key::new("real", Shape::Anything, "how a recorder runs it on real executors; the simulator ignores it"),
];
