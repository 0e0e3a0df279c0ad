//! What a shape can hang on: a ring of things that tasks hold and need.

use super::demand::LimitedResource;
use crate::model::id::{ArrivalId, ExecutorId, Pc, TaskTypeId};

/// Something that can hang.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hazard {
    /// What sort of ring it is.
    pub sort: HazardKind,
    /// It goes on when a timeout comes.
    pub stall: bool,
    /// The things that tasks hold and wait for in a ring.
    pub things: Vec<LimitedResource>,
    /// Where tasks stand then.
    pub places: Vec<HazardPlace>,
    /// The smallest numbers of arrivals, entry by entry, with which the ring is there: fewer cannot hang. Empty where they
    /// were not found, because that takes too long.
    pub enough: Vec<(ArrivalId, u64)>,
    /// Those numbers are not known to be enough, only that fewer are not; or they were not found.
    pub is_estimate: bool,
    /// An order of just those tasks was found that deadlocks.
    pub is_shown: bool,
    /// For each pool of the ring, how many workers are safe for what arrives here, all else as it is. Pools of which that
    /// takes too long to find out are left out.
    pub sizes: Vec<PoolSize>,
}

/// Sorts of rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HazardKind {
    /// Tasks of a pool wait for tasks of the same pool.
    SelfWait,
    /// Tasks of one pool wait for tasks of another, and those for tasks of the first.
    PoolRing,
    /// Locks or permits are taken in more than one order, or by one who has them.
    LockOrder,
    /// A lock or a permit is held over a wait for a worker, and the workers wait for it.
    HeldOverWait,
    /// Workers wait for room in a queue that they alone empty.
    FullQueue,
    /// Caps, buses or scheduler threads are part of the ring.
    Intake,
    /// Green tasks keep their carriers, and what they wait for needs one.
    Pinned,
    /// Something is never given back.
    Kept,
    /// A wait for what never comes.
    NeverComes,
}

/// A place in a program, and what a task there holds and needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HazardPlace {
    /// Task type whose program it is.
    pub task: TaskTypeId,
    /// Where; `None` before its start.
    pub pc: Option<Pc>,
    /// What of the ring it holds.
    pub holds: Vec<LimitedResource>,
    /// What of the ring must come before it goes on.
    pub needs: Vec<LimitedResource>,
    /// Whom it waits for, if that is who needs something of the ring.
    pub through: Option<AwaitedTask>,
}

/// A task whose end another waits for, and where it stands itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwaitedTask {
    /// Types of the tasks between the two, each of which waits for the next.
    pub between: Vec<TaskTypeId>,
    /// Type of that task.
    pub task: TaskTypeId,
    /// Where it stands; `None` before its start.
    pub pc: Option<Pc>,
    /// What of the ring it needs there.
    pub needs: Vec<LimitedResource>,
}

/// How large a pool must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSize {
    /// Pool that is exhausted.
    pub pool: ExecutorId,
    /// How many workers it has.
    pub now: u64,
    /// The fewest that are safe; `None` if no number is.
    pub safe: Option<u64>,
}
