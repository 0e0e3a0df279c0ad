//! What a task does: a flat list of instructions, so that a task is no more than a program counter.
//!
//! `language` compiles the document's steps into this and guarantees that every jump and index is in
//! range and that the last instruction is never jumped past: running off the end ends the task.

use super::distribution::Distribution;
use super::executor::OnFull;
use super::handler::{Handler, HandlerKind};
use super::id::{
    CellId, DrawId, ExecutorId, LiteralId, NameId, Pc, ResourceId, SharedId, SubmitId, TaskTypeId,
};
use super::value::Value;

/// A task type's compiled steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// The instructions, in order.
    pub code: Vec<Instruction>,
    /// For each instruction, the step it came from.
    pub step_of: Vec<u16>,
    /// The steps as the document has them, params replaced, for display.
    pub steps: Vec<Step>,
    /// Names of children, for [`NameId`].
    pub names: Vec<ChildName>,
    /// Durations, for [`DrawId`].
    pub draws: Vec<Draw>,
    /// `submit` steps, for [`SubmitId`].
    pub submits: Vec<Submit>,
    /// Values and texts, for [`LiteralId`].
    pub literals: Vec<Value>,
    /// The bodies of `with` steps, innermost after the outer one that holds it.
    pub scopes: Vec<Scope>,
    /// The bodies of `try`, `retry` and `scope` steps, which catch what is raised in them.
    pub handlers: Vec<Handler>,
    /// How many loop counters a task needs.
    pub counters: u8,
    /// The program has a `wait all` or a `cancel all`, so every child's future must be kept.
    pub waits_for_all: bool,
}

impl Program {
    /// The step that an instruction came from, in backquotes; with its number where another has the same text.
    pub fn step_words(&self, pc: Pc) -> String {
        let number = self.step_of.get(pc.index()).map(|number| usize::from(*number));
        let Some((number, step)) = number.and_then(|number| Some((number, self.steps.get(number)?))) else {
            return "its end".to_owned();
        };
        match self.steps.iter().filter(|other| other.text == step.text).count() {
            1 => format!("`{}`", step.text),
            _ => format!("`{}` (step {})", step.text, number + 1),
        }
    }

    /// The innermost `scope` whose body has this instruction.
    pub fn scope_around(&self, pc: Pc) -> Option<&Handler> {
        let is_around = |at: &&Handler| at.kind == HandlerKind::Scope && at.from <= pc && pc < at.to;
        self.handlers.iter().filter(is_around).max_by_key(|handler| handler.from)
    }
}

/// One step of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its text, params replaced; of a very long one the beginning and the end.
    pub text: String,
    /// How many blocks it stands in.
    pub depth: u8,
}

/// How children submitted under one name are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildName {
    /// The `as` name, or the task's.
    pub text: String,
    /// Given by `as`: the first child is `PARENT/NAME`, later ones `PARENT/NAME#1`, …; otherwise they
    /// are `PARENT/TASK#0`, `#1`, ….
    pub given: bool,
}

/// A duration in a program.
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    /// What is drawn.
    pub distribution: Distribution,
    /// Which random stream of the task it is drawn from: the same in two variants for the n-th step of
    /// a verb, so that adding other steps does not change the draw.
    pub site: u32,
}

/// A `submit` step.
#[derive(Clone, Debug, PartialEq)]
pub struct Submit {
    /// What is submitted.
    pub task: TaskTypeId,
    /// Where to; `None` is the submitter's own (first) executor.
    pub to: Option<ExecutorId>,
    /// Under which name.
    pub name: NameId,
    /// How long a `delay` executor holds it, in place of its own delay.
    pub after: Option<DrawId>,
    /// The child's key (`{n}` counts this name's children from 0); `None` inherits the parent's.
    pub key: Option<String>,
    /// Higher goes first where the order is `priority`.
    pub priority: i32,
    /// In place of the executor's own.
    pub on_full: Option<OnFull>,
    /// A later `wait` or `result` of the same program names this child (guards judge by it).
    pub awaited: bool,
    /// It is a series: the task runs again and again.
    pub every: Option<Every>,
    /// It is a `call`: runs above its submitter, here and now.
    pub call: bool,
}
/// How often a series runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Every {
    /// The time between two runs; drawn once, when the series is submitted.
    pub period: DrawId,
    /// Counted from the end of a run, not from the moment when it was due.
    pub after_end: bool,
}

/// How `cancel` deals with a task that has started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelMode {
    /// Not at all.
    Plain,
    /// It raises at its present or next interruptible wait.
    Interrupt,
    /// Its future is cancelled at once, its body runs on.
    Detach,
}

/// The instructions that hold a resource because of one `with` step: it is released when the task
/// raises at an instruction in `from..to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// First instruction after the `acquire`.
    pub from: Pc,
    /// The `release` that ends the scope.
    pub to: Pc,
    /// What is released.
    pub resource: ResourceId,
    /// How much of it.
    pub claim: Claim,
}

/// What a task asks of a semaphore or lock, or has of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Claim {
    /// So many permits; a lock has one.
    Permits(u32),
    /// A read-write lock, together with other readers.
    Read,
    /// A read-write lock, alone.
    Write,
}

impl Claim {
    /// One permit, or a lock.
    pub const ONE: Claim = Claim::Permits(1);

    /// How many permits it takes, where a read-write lock has [`u32::MAX`] of them.
    pub fn permits(self) -> u32 {
        match self {
            Claim::Permits(count) => count,
            Claim::Read => 1,
            Claim::Write => u32::MAX,
        }
    }
}

/// Consecutive children named by one step.
pub type Names = Box<[NameId]>;

/// What an `io` step does to the thread that it blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IoMode {
    /// A native worker is held, a green one lets its carrier go.
    Plain,
    /// A green task keeps its carrier too (`time.sleep` in a coroutine).
    Blocking,
    /// The thread is held, and the pool may replace it meanwhile (`ManagedBlocker`, `block_in_place`).
    Managed,
    /// As plain; an interrupt is swallowed.
    Uninterruptible,
}

/// How many of the named children a `wait` waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitMode {
    /// All of the named ones.
    All,
    /// Any one of the named ones.
    Any,
    /// Every child submitted so far.
    Every,
}

/// What becomes of what an executor holds when it is shut down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ShutdownMode {
    /// It comes to its end.
    #[default]
    Drain,
    /// What has not started is cancelled first.
    Cancel,
    /// What runs is interrupted, and what has not started is handed back: nobody will run it, and its future stays
    /// pending (Java's `shutdownNow`).
    Now,
}

/// An instruction of a program.
#[derive(Clone, Debug, PartialEq)]
pub enum Instruction {
    /// Works on the CPU.
    Run(DrawId),
    /// Blocks off the CPU.
    Io(DrawId, IoMode),
    /// Lets others go first.
    Yield,
    /// Submits a child.
    Submit(SubmitId),
    /// Waits for children; never raises.
    Wait {
        /// The children to wait for; empty with [`WaitMode::Every`].
        names: Names,
        /// How many of them.
        mode: WaitMode,
        /// The time after which it goes on regardless.
        timeout: Option<DrawId>,
    },
    /// Waits for children and raises what they raised, their cancellation, or the timeout.
    Result {
        /// The children to wait for.
        names: Names,
        /// [`WaitMode::All`] raises the first failure when it happens; [`WaitMode::Any`] waits for the first
        /// success and raises only if all fail.
        mode: WaitMode,
        /// The time after which it raises.
        timeout: Option<DrawId>,
    },
    /// Cancels children of the task.
    Cancel {
        /// The children to cancel.
        names: Names,
        /// Every child so far, in place of `names`.
        all: bool,
        /// What becomes of those that have started.
        mode: CancelMode,
    },
    /// Takes permits or a lock, waiting for them.
    Acquire {
        /// The resource to acquire.
        resource: ResourceId,
        /// How much it asks for.
        claim: Claim,
        /// The time after which it goes on without.
        timeout: Option<DrawId>,
    },
    /// Gives permits or a lock back; raises if this task does not hold them and only a holder may.
    Release {
        /// What it gives back.
        resource: ResourceId,
        /// How much of it is given back.
        claim: Claim,
    },
    /// Reads a cell.
    Read(CellId),
    /// Writes a cell.
    Write(CellId, LiteralId),
    /// Writes what this task last read there, plus this.
    Add(CellId, i64),
    /// Fails the task, unless something catches it.
    Fail(LiteralId),
    /// Says something in the trace.
    Note(LiteralId),
    /// Enters a loop: sets its counter to zero; goes to `end` if there is nothing to repeat.
    Repeat {
        /// The number of its counter.
        counter: u8,
        /// How often; `None` is for ever.
        times: Option<u32>,
        /// The instruction after the loop.
        end: Pc,
    },
    /// Ends a loop's body: counts, and goes back to `body` while there are repetitions left.
    Again {
        /// The number of its counter.
        counter: u8,
        /// How often; `None` is for ever.
        times: Option<u32>,
        /// The first instruction of the body.
        body: Pc,
    },
    /// Begins a `retry`: sets its counter to zero.
    Retry {
        /// The number of its counter.
        counter: u8,
    },
    /// Begins a `scope`.
    OpenScope {
        /// The first failure interrupts the siblings and the body.
        fail_fast: bool,
    },
    /// Waits for everything that was submitted in the innermost scope.
    JoinScope,
    /// Ends the innermost scope: raises the first failure in it.
    CloseScope,
    /// Goes on with probability `p`, otherwise to `otherwise`.
    Maybe {
        /// Between 0 and 1.
        p: f64,
        /// Which random stream decides.
        site: u32,
        /// Where to go otherwise.
        otherwise: Pc,
    },
    /// Goes on at another instruction.
    Jump(Pc),
    /// Goes on at another instruction unless the step before timed out.
    UnlessTimedOut(Pc),
    /// Goes there unless the `receive` before found its channel closed.
    UnlessClosed(Pc),
    /// Sends a message, waiting for room; raises if the channel is closed.
    Send {
        /// The channel it sends to.
        channel: SharedId,
        /// After which it goes on without having sent.
        timeout: Option<DrawId>,
    },
    /// Takes a message, waiting for one; goes on without if the channel is closed and empty.
    Receive {
        /// The channel it receives from.
        channel: SharedId,
        /// After which it goes on without a message.
        timeout: Option<DrawId>,
    },
    /// Closes a channel; does nothing to a closed one.
    Close(SharedId),
    /// Waits to be notified; meanwhile the condition's lock is given up, if it has one.
    WaitOn {
        /// The condition that is waited on.
        condition: SharedId,
        /// After which it takes the lock again and goes on.
        timeout: Option<DrawId>,
    },
    /// Lets the longest waiters of a condition go on.
    Notify {
        /// The condition that is notified.
        condition: SharedId,
        /// How many; `None` is all.
        count: Option<u32>,
    },
    /// Waits for a latch, or for the other parties of a barrier.
    Await {
        /// The latch or barrier.
        shared: SharedId,
        /// After which it goes on; at a barrier this breaks it.
        timeout: Option<DrawId>,
    },
    /// Counts a latch down; below zero it does nothing.
    CountDown {
        /// The latch that is counted down.
        latch: SharedId,
        /// By how much.
        count: u32,
    },
    /// Sets a latch to its count again.
    Reset(SharedId),
    /// Has work done by a shared server.
    Use {
        /// The server that does the work.
        server: SharedId,
        /// How long it takes at full speed.
        work: DrawId,
    },
    /// Refuses later submissions to an executor.
    Shutdown {
        /// The executor to shut down.
        executor: ExecutorId,
        /// Waits until all it holds is done.
        wait: bool,
        /// What becomes of what it holds.
        mode: ShutdownMode,
    },
    /// Waits until an executor is shut down and holds nothing.
    AwaitExecutor {
        /// The executor to wait for.
        executor: ExecutorId,
        /// The time after which it goes on regardless.
        timeout: Option<DrawId>,
    },
    /// Changes how many workers an executor keeps.
    Resize {
        /// The executor to resize.
        executor: ExecutorId,
        /// The new core of an `elastic` pool; the new number of workers of a `scheduled` one.
        workers: u32,
    },
    /// The worker dies with this task.
    Crash,
}

impl Instruction {
    /// The timeout after which it goes on, if it can wait and has one.
    pub fn timeout(&self) -> Option<DrawId> {
        match self {
            Instruction::Wait { timeout, .. }
            | Instruction::Result { timeout, .. }
            | Instruction::Acquire { timeout, .. }
            | Instruction::Send { timeout, .. }
            | Instruction::Receive { timeout, .. }
            | Instruction::WaitOn { timeout, .. }
            | Instruction::Await { timeout, .. } => *timeout,
            _ => None,
        }
    }

    /// Whether it waits for children by name.
    pub fn is_wait_for_children(&self) -> bool {
        matches!(self, Instruction::Wait { .. } | Instruction::Result { .. })
    }

    /// Whether an interrupt takes a task out of the wait in it.
    pub fn is_interruptible(&self) -> bool {
        match self {
            Instruction::Io(_, mode) => *mode != IoMode::Uninterruptible,
            Instruction::Yield
            | Instruction::Wait { .. }
            | Instruction::Result { .. }
            | Instruction::Acquire { .. }
            | Instruction::Send { .. }
            | Instruction::Receive { .. }
            | Instruction::WaitOn { .. }
            | Instruction::Await { .. }
            | Instruction::AwaitExecutor { .. } => true,
            Instruction::Run(_)
            | Instruction::Submit(_)
            | Instruction::Cancel { .. }
            | Instruction::Release { .. }
            | Instruction::Close(_)
            | Instruction::Notify { .. }
            | Instruction::CountDown { .. }
            | Instruction::Reset(_)
            | Instruction::Use { .. }
            | Instruction::UnlessClosed(_)
            | Instruction::Read(_)
            | Instruction::Write(..)
            | Instruction::Add(..)
            | Instruction::Fail(_)
            | Instruction::Note(_)
            | Instruction::Repeat { .. }
            | Instruction::Again { .. }
            | Instruction::Retry { .. }
            | Instruction::OpenScope { .. }
            | Instruction::JoinScope
            | Instruction::CloseScope
            | Instruction::Maybe { .. }
            | Instruction::Jump(_)
            | Instruction::UnlessTimedOut(_)
            | Instruction::Resize { .. }
            | Instruction::Crash
            | Instruction::Shutdown { .. } => false,
        }
    }

    /// Whether it may interrupt other tasks, or let a failure do so.
    pub fn interrupts(&self) -> bool {
        matches!(
            self,
            Instruction::Cancel { mode: CancelMode::Interrupt, .. }
                | Instruction::Shutdown { mode: ShutdownMode::Now, .. }
                | Instruction::OpenScope { fail_fast: true }
        )
    }
}
