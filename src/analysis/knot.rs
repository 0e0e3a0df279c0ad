//! The knots of a wait-for graph: the independent cores of what is stuck.
//!
//! Invariant: a knot stays stuck even if everything outside it (save what never comes anyway) were to
//! move. What merely waits for a knot is not part of it.

use super::names::Key;
use super::state::State;
use super::wait_for::{Node, WaitFor};
use crate::model::id::{ExecutorId, ResourceId, TaskId};
use crate::model::signal::Signal;
use std::collections::{BTreeMap, BTreeSet};

/// What holds a knot together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum KnotKind {
    /// Its members wait for each other.
    Cycle,
    /// It waits for what never comes: a task that runs for ever, a dropped task, a permit that ended
    /// with its holder.
    Never,
}

/// One knot at one time.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Knot {
    /// What holds it together.
    pub kind: KnotKind,
    /// Its tasks, in order of creation.
    pub tasks: Vec<TaskId>,
    /// Tasks it waits for that are no part of it: resident for ever, or dropped.
    pub never: Vec<TaskId>,
    /// Pools whose workers it needs.
    pub pools: Vec<ExecutorId>,
    /// Semaphores and locks it needs.
    pub resources: Vec<(ResourceId, Key)>,
    /// Caps it needs a slot of: the executor, and which of its caps.
    pub caps: Vec<(ExecutorId, u16)>,
    /// Buses whose head it needs taken.
    pub buses: Vec<ExecutorId>,
    /// What it needs through shared things.
    pub signals: Vec<Signal>,
    /// The numbers of its nodes in the graph.
    pub nodes: Vec<u32>,
}

/// All knots of a graph, those with the earliest tasks first.
pub fn knots(state: &State, graph: &WaitFor) -> Vec<Knot> {
    let (component, count) = graph.graph.components(|at| graph.is_stuck_node(at));
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); count as usize];
    for (at, component) in component.iter().enumerate().filter(|(_, c)| **c != u32::MAX) {
        members[*component as usize].push(at as u32);
    }
    let needed_by = direct_needers(state, graph);
    let independent = members
        .into_iter()
        .enumerate()
        .filter(|(number, nodes)| is_independent(graph, &component, *number as u32, nodes))
        .map(|(_, nodes)| nodes);
    let mut found: Vec<Knot> = together(state, graph, independent)
        .into_iter()
        .map(|core| describe(state, graph, core, &needed_by))
        .filter(|knot| !knot.tasks.is_empty())
        .collect();
    found.sort_by(|a, b| a.tasks.cmp(&b.tasks));
    found.dedup_by(|a, b| a.tasks == b.tasks);
    found
}

/// What holds a knot together, by the numbers of its nodes.
struct Core {
    nodes: Vec<u32>,
    is_ring: bool,
}

/// Cores that wait for the very same thing that never comes are one: all who want a permit that was never given back.
fn together(state: &State, graph: &WaitFor, cores: impl Iterator<Item = Vec<u32>>) -> Vec<Core> {
    // A forgotten task stands for all of those, and joins nothing.
    let is_known = |at: &u32| match &graph.nodes[*at as usize] {
        Node::Task(id) => state.task(*id).is_some(),
        _ => true,
    };
    let mut joined: Vec<Core> = Vec::new();
    let mut by_lack: BTreeMap<Vec<u32>, usize> = BTreeMap::new();
    for nodes in cores {
        let needs = nodes.iter().flat_map(|at| graph.graph.needs(*at));
        let mut lack: Vec<u32> = needs.copied().filter(|to| graph.is_never(*to) && is_known(to)).collect();
        lack.sort_unstable();
        lack.dedup();
        let is_ring = nodes.len() > 1 || graph.graph.needs(nodes[0]).contains(&nodes[0]);
        match by_lack.get(&lack).filter(|_| !lack.is_empty() && !is_ring) {
            Some(at) => joined[*at].nodes.extend(nodes),
            None => {
                if !is_ring {
                    by_lack.insert(lack, joined.len());
                }
                joined.push(Core { nodes, is_ring });
            }
        }
    }
    joined
}

/// Whether these nodes would be stuck even if all other stuck nodes were not.
fn is_independent(graph: &WaitFor, component: &[u32], number: u32, nodes: &[u32]) -> bool {
    let inside = |at: &u32| component[*at as usize] == number;
    let outward = |at: &u32| graph.graph.needs(*at).iter().any(|to| !inside(to) && graph.is_stuck_node(*to));
    // A component that needs no other stuck one is the common case, and needs no computation.
    if !nodes.iter().any(outward) {
        return true;
    }
    // One node alone too: it may need another knot, and besides what never comes.
    stays_stuck(graph, nodes)
}

/// The least fixpoint within `nodes`, with every other stuck node taken for live.
fn stays_stuck(graph: &WaitFor, nodes: &[u32]) -> bool {
    let mut left: BTreeSet<u32> = nodes.iter().copied().collect();
    loop {
        let freed: Vec<u32> = left
            .iter()
            .copied()
            .filter(|at| {
                let comes = |to: &u32| !left.contains(to) && !graph.is_never(*to);
                match graph.graph.mode(*at) {
                    super::wait_for::graph::Mode::All => graph.graph.needs(*at).iter().all(comes),
                    super::wait_for::graph::Mode::Any => graph.graph.needs(*at).iter().any(comes),
                }
            })
            .collect();
        if freed.is_empty() {
            return !left.is_empty();
        }
        for at in freed {
            left.remove(&at);
        }
    }
}

/// For each stuck node that is no task, or one that is cancelled: the stuck nodes that need it.
fn direct_needers(state: &State, graph: &WaitFor) -> BTreeMap<u32, Vec<u32>> {
    let mut by: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for at in (0..graph.graph.len() as u32).filter(|at| graph.is_stuck_node(*at)) {
        for to in graph.graph.needs(at) {
            if graph.is_stuck_node(*to) && open_task(state, graph, *to).is_none() {
                by.entry(*to).or_default().push(at);
            }
        }
    }
    by
}

fn describe(state: &State, graph: &WaitFor, core: Core, needed_by: &BTreeMap<u32, Vec<u32>>) -> Knot {
    let Core { nodes, is_ring } = core;
    let mut all = nodes.clone();
    // A queue behind workers that never come free has no task in it: its tasks are all those that need it,
    // whatever stands between.
    if !all.iter().any(|at| open_task(state, graph, *at).is_some()) {
        let mut seen: BTreeSet<u32> = all.iter().copied().collect();
        let mut at = 0;
        while at < all.len() {
            let needers = needed_by.get(&all[at]).into_iter().flatten();
            all.extend(needers.copied().filter(|by| seen.insert(*by)));
            at += 1;
        }
    }
    all.sort_unstable();
    let kind = if is_ring { KnotKind::Cycle } else { KnotKind::Never };
    let mut knot = Knot {
        kind,
        tasks: all.iter().filter_map(|at| open_task(state, graph, *at)).collect(),
        never: Vec::new(),
        pools: Vec::new(),
        resources: Vec::new(),
        caps: Vec::new(),
        buses: Vec::new(),
        signals: Vec::new(),
        nodes: Vec::new(),
    };
    knot.collect(graph, &all);
    knot.never.sort_unstable();
    knot.never.dedup();
    knot.resources.sort_unstable();
    knot.resources.dedup();
    knot.signals.sort_unstable();
    knot.signals.dedup();
    knot.nodes = all;
    knot
}

impl Knot {
    /// Takes in what its nodes need, and what of that never comes.
    fn collect(&mut self, graph: &WaitFor, all: &[u32]) {
        for at in all {
            match &graph.nodes[*at as usize] {
                Node::Worker(pool) => self.pools.push(*pool),
                Node::Resource(resource, key, _) => self.resources.push((*resource, key.clone())),
                Node::Cap(wrapper, cap) => self.caps.push((*wrapper, *cap)),
                Node::Head(bus) => self.buses.push(*bus),
                Node::Task(_)
                | Node::Children(_)
                | Node::Wait(_)
                | Node::Growth(_)
                | Node::Room(..)
                | Node::Accept(..)
                | Node::Scheduler(_)
                | Node::Prefetch(_)
                | Node::Shutdown(_)
                | Node::GreenThread
                | Node::Carriers(_) => {}
                Node::Signal(signal) => self.signals.push(*signal),
            }
            for to in graph.graph.needs(*at).iter().filter(|to| graph.is_never(**to)) {
                match &graph.nodes[*to as usize] {
                    Node::Task(task) => self.never.push(*task),
                    Node::Resource(resource, key, _) => self.resources.push((*resource, key.clone())),
                    Node::Signal(signal) => self.signals.push(*signal),
                    Node::Children(_)
                    | Node::Wait(_)
                    | Node::Worker(_)
                    | Node::Growth(_)
                    | Node::Cap(..)
                    | Node::Room(..)
                    | Node::Accept(..)
                    | Node::Scheduler(_)
                    | Node::Head(_)
                    | Node::Prefetch(_)
                    | Node::Shutdown(_)
                    | Node::GreenThread
                    | Node::Carriers(_) => {}
                }
            }
        }
    }
}

/// The task of a node, if it is neither cancelled nor over.
fn open_task(state: &State, graph: &WaitFor, at: u32) -> Option<TaskId> {
    match graph.nodes[at as usize] {
        Node::Task(id) => {
            let task = state.task(id)?;
            (!task.cancelled && !task.phase.is_ended()).then_some(id)
        }
        _ => None,
    }
}

/// Every stuck task that waits, directly or not, for the knot (its own tasks included).
pub fn waits_for(state: &State, graph: &WaitFor, knot: &Knot) -> Vec<TaskId> {
    let mut back: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for at in (0..graph.graph.len() as u32).filter(|at| graph.is_stuck_node(*at)) {
        for to in graph.graph.needs(at) {
            back.entry(*to).or_default().push(at);
        }
    }
    let mut seen: BTreeSet<u32> = knot.nodes.iter().copied().collect();
    let mut todo = knot.nodes.clone();
    while let Some(at) = todo.pop() {
        for by in back.get(&at).into_iter().flatten() {
            if seen.insert(*by) {
                todo.push(*by);
            }
        }
    }
    seen.into_iter().filter_map(|at| open_task(state, graph, at)).collect()
}

/// Whether `task` is in the knot or waits for it.
pub fn reaches(graph: &WaitFor, task: TaskId, knot: &Knot) -> bool {
    let Some(start) = graph.number(&Node::Task(task)) else { return false };
    let goal: BTreeSet<u32> = knot.nodes.iter().copied().collect();
    let mut seen = BTreeSet::from([start]);
    let mut todo = vec![start];
    while let Some(at) = todo.pop() {
        if goal.contains(&at) {
            return true;
        }
        for to in graph.graph.needs(at).iter().filter(|to| graph.is_stuck_node(**to)) {
            if seen.insert(*to) {
                todo.push(*to);
            }
        }
    }
    false
}
