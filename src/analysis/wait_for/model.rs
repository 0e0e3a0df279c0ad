//! What the wait-for graph is made of: its nodes, the assumptions under which it is made, and what it says.

use super::graph::{AndOr, Mode};
use crate::analysis::names::Key;
use crate::analysis::state::State;
use crate::model::id::{ExecutorId, ResourceId, TaskId, TaskTypeId};
use crate::model::program::Claim;
use crate::model::signal::Signal;
use crate::trace::event::EventId;
use std::collections::{BTreeMap, BTreeSet};

/// Something that can be needed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// That a task takes another step (or, to one who waits for it, is done).
    Task(TaskId),
    /// That a child of a task takes another step: one that fails in a scope interrupts the others.
    Children(TaskId),
    /// That what a task waits for is there (apart from the task above it on its thread).
    Wait(TaskId),
    /// That a worker of a pool becomes free, or a new one comes.
    Worker(ExecutorId),
    /// That an executor that grows only then gets a submission, upon which it adds a worker.
    Growth(ExecutorId),
    /// That so much of a semaphore or lock becomes free.
    Resource(ResourceId, Key, Claim),
    /// That a slot of one cap of a `cap` becomes free.
    Cap(ExecutorId, u16),
    /// That a submission to an executor finds room; on a `cap`, one of this type.
    Room(ExecutorId, Option<TaskTypeId>),
    /// That an executor would not refuse this message from a bus.
    Accept(ExecutorId, TaskId),
    /// That a wrapper's scheduler thread is free.
    Scheduler(ExecutorId),
    /// That the message at the head of a bus is taken.
    Head(ExecutorId),
    /// That one of a bus's taken messages is done.
    Prefetch(ExecutorId),
    /// That somebody shuts an executor down, which lets cancelled or refused tasks go on.
    Shutdown(ExecutorId),
    /// That the shared green thread is free.
    GreenThread,
    /// That a carrier of a green executor is free.
    Carriers(ExecutorId),
    /// That somebody brings something through a shared thing.
    Signal(Signal),
}

/// Under which assumptions a graph is made.
#[derive(Clone, Debug, Default)]
pub struct Assumptions {
    /// Timeouts do not count as progress: what is stuck then and not otherwise is a stall.
    pub without_timeouts: bool,
    /// Nothing moves by itself any more: the run ended because nothing was due.
    pub quiescent: bool,
    /// Tasks that are known never to move again from this event on (they are in the same step when
    /// nothing is due any more).
    pub never: BTreeSet<(TaskId, EventId)>,
}

/// The graph at a state, and what of it is live.
pub struct WaitFor {
    /// What the graph's nodes are.
    pub nodes: Vec<Node>,
    /// Who needs whom.
    pub graph: AndOr,
    /// Which nodes may still come true.
    pub live: Vec<bool>,
    /// Numbers of the nodes that are no tasks.
    pub(super) numbers: BTreeMap<Node, u32>,
    /// Tasks in ascending order; they are the first nodes.
    pub(super) tasks: Vec<TaskId>,
}

impl WaitFor {
    /// The number of a node, if the graph has it.
    pub fn number(&self, node: &Node) -> Option<u32> {
        match node {
            Node::Task(task) => self.tasks.binary_search(task).ok().map(|at| at as u32),
            _ => self.numbers.get(node).copied(),
        }
    }

    /// Whether a task that is not over can take no further step, ever (a task in a step that lasts for
    /// ever by itself is resident, not stuck).
    pub fn is_stuck(&self, task: TaskId) -> bool {
        self.number(&Node::Task(task)).is_some_and(|at| self.is_stuck_node(at))
    }

    /// Whether a node can never come true, because of what it needs.
    pub fn is_stuck_node(&self, at: u32) -> bool {
        !self.live[at as usize] && !self.is_never(at)
    }

    /// Whether a node can never come true and needs nothing: a resident task, a lost future or permit.
    pub fn is_never(&self, at: u32) -> bool {
        !self.live[at as usize] && (self.graph.needs(at).is_empty() || self.is_resident(at))
    }

    /// Whether a node that never comes true is a task in a step that lasts for ever by itself. Whoever might have
    /// interrupted it, and never will, is not what it waits for.
    fn is_resident(&self, at: u32) -> bool {
        let Node::Task(task) = self.nodes[at as usize] else { return false };
        let is_own_step =
            |to: &u32| self.nodes[*to as usize] == Node::Wait(task) && self.graph.needs(*to).is_empty();
        self.graph.mode(at) == Mode::Any && self.graph.needs(at).iter().any(is_own_step)
    }

    /// Every stuck task that is neither cancelled nor over, in order of creation.
    pub fn stuck_tasks<'a>(&'a self, state: &'a State) -> impl Iterator<Item = TaskId> + 'a {
        self.tasks.iter().enumerate().filter_map(move |(at, id)| {
            let task = state.task(*id)?;
            let open = !task.cancelled && !task.phase.is_ended();
            (open && self.is_stuck_node(at as u32)).then_some(*id)
        })
    }
}
