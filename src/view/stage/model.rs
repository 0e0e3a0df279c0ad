//! The stage as plain data: rooms, tokens, the roles they have in common, objects, and who waits for whom.

use crate::analysis::names::Key;
use crate::model::id::{ExecutorId, ResourceId, SharedId, TaskId, TaskTypeId};
use crate::model::time::{Duration, Time};
use crate::view::chart::{StuckSeverity, TaskActivity};

/// From this many tokens in a queue or on the workers of a room on, they are drawn as piles.
pub const PILE: u32 = 8;
/// Maximum number of tokens looked at in one queue; those behind are counted.
pub const MAX_QUEUED: usize = 2_000;

/// A part of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExecutorRoomZone {
    /// On the workers of an executor, or on threads that stand for them.
    Seats(ExecutorId),
    /// In the queue of an executor; what a wrapper holds back.
    Queue(ExecutorId),
    /// In front of an executor that has no room.
    Door(ExecutorId),
}

impl ExecutorRoomZone {
    /// The executor whose room it is in.
    pub fn executor(self) -> ExecutorId {
        match self {
            ExecutorRoomZone::Seats(executor)
            | ExecutorRoomZone::Queue(executor)
            | ExecutorRoomZone::Door(executor) => executor,
        }
    }
}

/// A task on the stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskToken {
    /// The task that it stands for.
    pub task: TaskId,
    /// The part of a room where it is.
    pub zone: ExecutorRoomZone,
    /// The number of its worker, if it is on one.
    pub seat: Option<u32>,
    /// How many tasks are below it on its thread.
    pub depth: u32,
    /// The number of the worker on whose deque it waits.
    pub deque: Option<u32>,
    /// What is left of the delay that holds it, if its length is known.
    pub countdown: Option<DelayCountdown>,
    /// Its place in [`StageSnapshot::roles`].
    pub role: u32,
}

/// What is left of a delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DelayCountdown {
    /// Until the task is due. 0 from then on, for as long as the delay's scheduler, or the green thread it hands on to, is
    /// not free to hand it on.
    pub left: Duration,
    /// From its submission on.
    pub whole: Duration,
}

/// The operating-system threads that the tasks of a green executor run on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarrierThreadRow {
    /// How many there are, the spare ones apart.
    pub threads: u32,
    /// All green executors without carriers of their own share this one.
    pub is_shared: bool,
    /// The tokens that have one to themselves, by their places in [`StageSnapshot::tokens`].
    pub kept_by: Vec<u32>,
}

/// A limit of a wrapper: how many it lets through, and how many have come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrapperLimitUsage {
    /// The name of a cap; `prefetch` for a bus.
    pub name: String,
    /// How many went through and have not ended.
    pub used: u32,
    /// Most that may.
    pub limit: u32,
}

/// Tasks that do the same in the same place: what a pile stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskGroup {
    /// The part of a room where they are.
    pub zone: ExecutorRoomZone,
    /// The type of all of them.
    pub kind: TaskTypeId,
    /// What all of them do.
    pub act: TaskActivity,
    /// Whether they are part of something that hangs.
    pub trouble: StuckSeverity,
    /// What they hold and wait for, in a few words: `holds db, waits for price`; empty if neither.
    pub note: String,
    /// Their places in [`StageSnapshot::tokens`].
    pub tokens: Vec<u32>,
}

/// Which shared thing of the scenario an object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SharedObjectId {
    /// A lock or semaphore, for a key.
    Resource(ResourceId, Key),
    /// A channel, condition, latch, barrier or server.
    Shared(SharedId),
}

/// A shared thing on the stage: a lock, a semaphore, a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageObject {
    /// Which shared thing it is.
    pub thing: SharedObjectId,
    /// Its name, with its key.
    pub name: String,
    /// What it is and how much of it is taken: `semaphore · 10 of 10 held · 22 waiting`.
    pub note: String,
    /// Who holds it, once for each permit.
    pub holders: Vec<TaskId>,
    /// How much of it is taken, whether or not it is known by whom.
    pub taken: u32,
    /// Who is in it without holding it: the senders of its messages, the parties that have come.
    pub inside: Vec<TaskId>,
    /// How many may hold it, or be in it.
    pub permits: u32,
    /// How many wait for it.
    pub waiting: u32,
    /// Whether it is part of something that hangs.
    pub trouble: StuckSeverity,
}

/// The target of a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenWaitTarget {
    /// A token, by its place in [`StageSnapshot::tokens`].
    Token(u32),
    /// An object, by its place in [`StageSnapshot::objects`].
    Object(u32),
    /// Room in the queue of an executor.
    Room(ExecutorId),
    /// A carrier of a green executor.
    Carriers(ExecutorId),
}

/// A token waits for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenWait {
    /// The token that waits, by its place in [`StageSnapshot::tokens`].
    pub from: u32,
    /// What it waits for.
    pub to: TokenWaitTarget,
}

/// How many tasks ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskEndCounts {
    /// How many ended well.
    pub finished: u32,
    /// How many raised.
    pub failed: u32,
    /// They were refused, or dropped for lack of room.
    pub refused: u32,
    /// How many were cancelled.
    pub cancelled: u32,
}

/// A room at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutorRoom {
    /// The executor whose room it is.
    pub executor: ExecutorId,
    /// How many workers are alive.
    pub alive: u32,
    /// Workers that hold a task.
    pub busy: u32,
    /// The numbers of the live workers, as far as they are drawn one by one.
    pub live: Vec<u32>,
    /// What the tasks of a green executor run on; `None` for all others.
    pub carriers: Option<CarrierThreadRow>,
    /// The limits of a wrapper.
    pub gates: Vec<WrapperLimitUsage>,
    /// Most workers; `None` where it has none.
    pub limit: Option<u32>,
    /// Entries in its queue, cancelled ones included.
    pub waiting: u32,
    /// Entries in its queue that are counted and have no token.
    pub uncounted: u32,
    /// What became of the tasks that ended here.
    pub ends: TaskEndCounts,
    /// What it is and how full: `threads · 5 workers, all held · 5 queued`.
    pub note: String,
    /// Whether those in the queue need workers that can never be free.
    pub trouble: StuckSeverity,
}

/// Everybody at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageSnapshot {
    /// The instant of this picture.
    pub at: Time,
    /// A room for each executor that is used, in the plan's order.
    pub rooms: Vec<ExecutorRoom>,
    /// Every task that has not ended: room by room, by worker, then in order of the queue.
    pub tokens: Vec<TaskToken>,
    /// What they do, in order of room, place and type.
    pub roles: Vec<TaskGroup>,
    /// Locks and semaphores that are held or waited for, and those that the plan always shows.
    pub objects: Vec<StageObject>,
    /// Who waits for whom.
    pub waits: Vec<TokenWait>,
    /// Whether a deadlock has formed: then all that is no part of it is drawn grey.
    pub is_stuck: bool,
}

impl StageSnapshot {
    /// The role of a token.
    pub fn role_of(&self, token: u32) -> &TaskGroup {
        &self.roles[self.tokens[token as usize].role as usize]
    }

    /// The token of a task.
    pub fn token(&self, task: TaskId) -> Option<u32> {
        self.tokens.iter().position(|token| token.task == task).map(|at| at as u32)
    }
}
