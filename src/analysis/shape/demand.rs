//! Things that tasks wait for, and what the tasks that hold them need meanwhile.
//!
//! Each way in which a task can come to be (arrival, child, grandchild) is a node; each place where a task of a
//! node can stand is a stand: what it holds there, what it needs, and whose end it waits for.

use super::reading::Reading;
use crate::model::executor::{ExecutorKind, Guard, OnFull, OnWait};
use crate::model::id::{ExecutorId, Pc, ResourceId, SubmitId, TaskTypeId};
use crate::model::program::Instruction;
use crate::model::scenario::Scenario;
use crate::model::signal::Signal;
use std::collections::BTreeSet;

/// A demand without bound.
pub(super) const MANY: u64 = u64::MAX;

/// Something that only a limited number can have at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LimitedResource {
    /// A worker of a pool.
    Worker(ExecutorId),
    /// A place in the queue of a bounded executor.
    Room(ExecutorId),
    /// A slot of a cap: the executor, and which of its caps.
    Slot(ExecutorId, u16),
    /// Being the head of a bus.
    Head(ExecutorId),
    /// Being one of a bus's taken messages.
    Taken(ExecutorId),
    /// The scheduler thread of a wrapper.
    Scheduler(ExecutorId),
    /// A carrier of this green executor; for the one thread that several share, the first of them.
    Carrier(ExecutorId),
    /// A permit or a lock.
    Resource(ResourceId),
    /// What another task is to bring through a shared thing. Whoever needs it needs [`LimitedResource::Never`] as well: that it
    /// comes is not looked into.
    Signal(Signal),
    /// What never comes.
    Never,
}

/// How many there are, where that is not what the document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Numbers {
    /// Most tasks of each entry of arrivals; [`MANY`] is without bound.
    pub arrivals: Vec<u64>,
    /// Workers of each executor; 0 for those without.
    pub workers: Vec<u64>,
}

/// One way for a task to come to be.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub task: TaskTypeId,
    /// Where it is submitted first.
    pub to: ExecutorId,
    /// Who submits it; `None` for an arrival.
    pub parent: Option<(usize, SubmitId)>,
    /// Its children, by the `submit` that makes them; refused ones are not there.
    pub children: Vec<(SubmitId, usize)>,
    /// How many there are from the first to the last.
    pub ever: u64,
    /// Most of them that exist at once.
    pub exist: u64,
    /// Most of them that are past every cap at once.
    pub run: u64,
    /// The first cap on its way.
    pub cap: Option<LimitedResource>,
    /// The first of those of which each submits the next as its last act: of one task and its successors, at most one
    /// stands anywhere at once.
    pub family: usize,
    /// It runs inside its submitter or on a thread of its own.
    pub unseated: bool,
    /// It may be dropped, and nobody is told.
    pub dropped: bool,
}

/// A place where tasks of a node can stand.
#[derive(Clone, Debug, Default)]
pub(super) struct HoldPoint {
    pub node: usize,
    /// The instruction; `None` before its start.
    pub pc: Option<Pc>,
    pub holds: Vec<(LimitedResource, u64)>,
    pub needs: BTreeSet<LimitedResource>,
    /// The nodes whose end it needs; and whether it runs them itself if they are queued on its pool.
    pub awaits: Vec<(usize, bool)>,
    /// It goes on by itself after a while.
    pub timed: bool,
    /// It stands there for ever and that is meant (`io forever`, or it has ended with what it held).
    pub meant: bool,
    /// The task has ended.
    pub ended: bool,
}

impl Numbers {
    pub fn of(s: &Scenario) -> Numbers {
        Numbers {
            arrivals: s.arrivals.iter().map(|entry| entry.pattern.most().unwrap_or(MANY)).collect(),
            workers: (0..s.executors.len() as u16).map(|id| most_workers(s, ExecutorId(id))).collect(),
        }
    }

    /// How many can have a thing at once.
    pub fn capacity(&self, s: &Scenario, thing: LimitedResource) -> u64 {
        match thing {
            LimitedResource::Worker(pool) => {
                let sure = s.executors[pool.index()].sure_workers().map_or(0, u64::from);
                let sure = resizes(s, pool).map(|workers| workers.max(1)).fold(sure, u64::min);
                let all = s.executors[pool.index()].workers().map_or(0, u64::from);
                // What is asked about may be another size than the document's.
                if sure < all { sure.min(self.workers[pool.index()]) } else { self.workers[pool.index()] }
            }
            LimitedResource::Room(executor) => s.executors[executor.index()].queue.map_or(MANY, u64::from),
            LimitedResource::Slot(executor, number) => match &s.executors[executor.index()].kind {
                ExecutorKind::Cap { caps, .. } => u64::from(caps[usize::from(number)].limit),
                _ => MANY,
            },
            LimitedResource::Taken(bus) => match s.executors[bus.index()].kind {
                ExecutorKind::Bus { prefetch: Some(prefetch), .. } => u64::from(prefetch),
                _ => MANY,
            },
            LimitedResource::Head(_) | LimitedResource::Scheduler(_) => 1,
            LimitedResource::Carrier(executor) => {
                s.executors[executor.index()].carriers().map_or(1, |carriers| carriers.threads.into())
            }
            LimitedResource::Resource(id) => u64::from(s.resources[id.index()].permits),
            LimitedResource::Signal(_) | LimitedResource::Never => 0,
        }
    }
}

/// The numbers of workers that steps give an executor.
fn resizes(s: &Scenario, executor: ExecutorId) -> impl Iterator<Item = u64> + '_ {
    let steps = s.tasks.iter().flat_map(|task| &task.program.code);
    steps.filter_map(move |step| match step {
        Instruction::Resize { executor: of, workers } if *of == executor => Some(u64::from(*workers)),
        _ => None,
    })
}

/// The most workers that an executor can come to have.
fn most_workers(s: &Scenario, executor: ExecutorId) -> u64 {
    // As many as it takes of green ones without a bound.
    let unbounded = if s.executors[executor.index()].is_green() { MANY } else { 0 };
    let described = s.executors[executor.index()].workers().map_or(unbounded, u64::from);
    resizes(s, executor).fold(described, u64::max)
}

/// One executor on the way of a task, and what must be had to pass it.
pub(super) struct Stage {
    pub executor: ExecutorId,
    /// All of these, before it can go on.
    pub needs: Vec<LimitedResource>,
    /// Kept from here to the end of the task.
    pub keeps: Vec<LimitedResource>,
    /// Kept only until the next stage takes it.
    pub keeps_until_next: Vec<LimitedResource>,
}

/// The way of a task from `to` to its worker. The last stage is a pool or `inline`.
pub(super) fn way(s: &Scenario, task: TaskTypeId, to: ExecutorId) -> Vec<Stage> {
    let mut stages = Vec::new();
    let mut at = to;
    loop {
        let executor = &s.executors[at.index()];
        let mut stage =
            Stage { executor: at, needs: Vec::new(), keeps: Vec::new(), keeps_until_next: Vec::new() };
        match &executor.kind {
            ExecutorKind::Threads { .. }
            | ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. } => {
                stage.needs.push(LimitedResource::Worker(at));
                stages.push(stage);
                return stages;
            }
            ExecutorKind::Inline => {
                stages.push(stage);
                return stages;
            }
            ExecutorKind::Delay { .. } => {}
            ExecutorKind::Cap { caps, .. } => {
                for (number, _) in caps.iter().enumerate().filter(|(_, cap)| cap.types.contains(&task)) {
                    stage.keeps.push(LimitedResource::Slot(at, number as u16));
                }
            }
            ExecutorKind::Bus { prefetch, .. } => {
                stage.keeps_until_next.push(LimitedResource::Head(at));
                if prefetch.is_some() {
                    stage.keeps.push(LimitedResource::Taken(at));
                }
            }
        }
        let into = executor.wraps().expect("only wrappers come here");
        if can_hold_up(s, into) {
            stage.keeps_until_next.push(LimitedResource::Scheduler(at));
        }
        stage.needs.extend(stage.keeps.iter().chain(&stage.keeps_until_next));
        stages.push(stage);
        at = into;
    }
}

/// Whether it is a slot of a cap that lets nobody in.
pub(super) fn is_shut(s: &Scenario, thing: LimitedResource) -> bool {
    match thing {
        LimitedResource::Slot(executor, number) => match &s.executors[executor.index()].kind {
            ExecutorKind::Cap { caps, .. } => caps[usize::from(number)].limit == 0,
            _ => false,
        },
        _ => false,
    }
}

/// Whether a submission to it may run in the thread that makes it.
pub(super) fn runs_in_caller(s: &Scenario, executor: ExecutorId) -> bool {
    let executor = &s.executors[executor.index()];
    executor.kind == ExecutorKind::Inline
        || (executor.queue.is_some() && executor.on_full == OnFull::CallerRuns)
}

/// Whether a submission to it can keep the submitter: it blocks, or runs the task there.
fn can_hold_up(s: &Scenario, executor: ExecutorId) -> bool {
    let executor = &s.executors[executor.index()];
    executor.kind == ExecutorKind::Inline
        || (executor.queue.is_some() && matches!(executor.on_full, OnFull::Block | OnFull::CallerRuns))
}

/// Whether a guard or a leaf surely refuses a child of `parent` that it waits for: an ancestor counts as long as it
/// cannot have ended before.
pub(super) fn refused(
    s: &Scenario,
    readings: &[Reading],
    nodes: &[Node],
    parent: usize,
    to: ExecutorId,
) -> bool {
    let (mut at, pool) = (parent, s.pool_of(to));
    let home = |node: &Node| s.pool_of(node.to);
    // One that runs in its submitter's thread is not at home in the pool.
    let homes = (!nodes[at].unseated).then(|| home(&nodes[at]));
    let leaf = homes.into_iter().chain([nodes[at].to]).find(|id| s.executors[id.index()].leaf);
    if let Some(leaf) = leaf {
        return s.executors[leaf.index()].guard != Guard::Warn;
    }
    if ![to, pool].iter().any(|id| s.executors[id.index()].guard == Guard::Reject) {
        return false;
    }
    loop {
        if !nodes[at].unseated && home(&nodes[at]) == pool {
            return true;
        }
        let Some((above, id)) = nodes[at].parent else { return false };
        let kind = nodes[above].task.index();
        if !s.tasks[kind].program.submits[id.index()].awaited || readings[kind].orphaned[id.index()] {
            return false;
        }
        at = above;
    }
}

/// Whether a waiting task of a pool gives its worker to the child it waits for, or to anybody.
pub(super) fn lends_worker(s: &Scenario, pool: ExecutorId) -> WorkerLending {
    match s.executors[pool.index()].on_wait {
        OnWait::Hold => WorkerLending::Nobody,
        // Its own deque has the child, unless a thief does, who then runs it.
        OnWait::HelpChild | OnWait::Join => WorkerLending::Child,
        OnWait::HelpAny => WorkerLending::Anybody,
        OnWait::Compensate => WorkerLending::Spare,
        OnWait::Release => WorkerLending::All,
    }
}

/// Who may use the worker of a waiting task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WorkerLending {
    Nobody,
    Child,
    Anybody,
    Spare,
    All,
}
