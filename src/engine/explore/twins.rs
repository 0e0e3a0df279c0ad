//! Alternatives that come to the same: tasks that could change places in the present state, and nobody would know.
//!
//! What a task leads to (its parent, children, key) is told from it outwards. Invariant: two alternatives are
//! twins only if what they lead to is told in the same words, nothing else leads there, and neither stands in
//! any order: then exchanging them is an automorphism of the state, and one of them is enough.

use super::choice::{Choice, PendingAction};
use super::walk::{Memory, Node, Sink, Walk};
use crate::engine::agenda::Action;
use crate::engine::exploring::Decision;
use crate::engine::plan::Plan;
use crate::engine::state::State;
use crate::engine::task::Slot;
use crate::model::scenario::Scenario;
use xxhash_rust::xxh3::xxh3_128;

/// For each choice, the first earlier one that comes to the same.
pub(super) fn of(
    s: &Scenario,
    plan: &Plan,
    st: &State,
    memory: Memory<'_>,
    choices: &[Choice],
) -> Vec<Option<usize>> {
    let walk = Walk::new(s, plan, st, memory);
    let neighbours = NodeNeighbors::new(&walk);
    let mut told: Vec<(u64, u128, usize)> = Vec::new();
    let twin = |(number, choice): (usize, &Choice)| {
        let words = neighbours.told_from(&walk, Node::Task(slot_of(st, choice)?))?;
        let what = kind_of(choice);
        let known = told.iter().find(|known| (known.0, known.1) == (what, words)).map(|known| known.2);
        if known.is_none() {
            told.push((what, words, number));
        }
        known
    };
    choices.iter().enumerate().map(twin).collect()
}

/// The task that a choice is about.
fn slot_of(st: &State, choice: &Choice) -> Option<Slot> {
    match choice.act {
        PendingAction::Agenda { index, .. } => match st.agenda.iter().nth(index)?.0 {
            Action::Turn(slot) => Some(slot),
            Action::Carrier(_) | Action::Pump(_) | Action::Steal(..) => None,
        },
        PendingAction::Timer(ticket) => slot_of_timer(st.timers(), ticket),
        PendingAction::Timeout(ticket) => slot_of_timer(st.timeouts.iter(), ticket),
        PendingAction::Release(_, slot) => Some(slot),
        PendingAction::Arrival(_) => None,
    }
}

fn slot_of_timer(
    mut entries: impl Iterator<Item = crate::engine::calendar::Entry>,
    ticket: u64,
) -> Option<Slot> {
    use crate::engine::calendar::Due;
    match entries.find(|entry| entry.ticket == ticket)?.due {
        Due::Task(slot, _) => Some(slot),
        Due::Scheduler(_) | Due::Preempt(..) | Due::Departure(..) | Due::Injection(_) => None,
    }
}

/// What sort of thing happens, apart from to whom.
fn kind_of(choice: &Choice) -> u64 {
    match choice.act {
        PendingAction::Agenda { decision, .. } => decision.map_or(0, |decision| match decision {
            Decision::Maybe(way) => 1 + u64::from(way),
            Decision::Notify(place) => 7 | u64::from(place) << 8,
            Decision::Steal(victim) => 8 | u64::from(victim.0) << 8,
        }),
        PendingAction::Arrival(entry) => 3 | u64::from(entry.0) << 8,
        PendingAction::Timer(_) => 4,
        PendingAction::Release(wrapper, _) => 5 | u64::from(wrapper.0) << 8,
        PendingAction::Timeout(_) => 6,
    }
}

/// For each node: where the state as a whole names it, and how often other nodes do.
struct NodeNeighbors {
    places: Vec<u64>,
    references: Vec<u32>,
    tasks: usize,
}

impl NodeNeighbors {
    fn new(walk: &Walk<'_>) -> NodeNeighbors {
        let tasks =
            walk.nodes().map(|node| if let Node::Task(slot) = node { slot.0 as usize + 1 } else { 0 });
        let tasks = tasks.max().unwrap_or(0);
        let keys = walk.nodes().map(|node| if let Node::Key(key) = node { key as usize + 1 } else { 0 });
        let all = tasks + keys.max().unwrap_or(0);
        let mut found = NodeNeighbors { places: vec![0; all], references: vec![0; all], tasks };
        walk.globals(&mut Places { of: &mut found, place: 0 });
        for node in walk.nodes() {
            walk.node(node, &mut ReferenceCounter(&mut found));
        }
        found
    }

    fn index(&self, node: Node) -> Option<usize> {
        let index = match node {
            Node::Task(slot) => slot.0 as usize,
            Node::Key(key) => self.tasks + key as usize,
        };
        (index < self.places.len()).then_some(index)
    }

    /// What is told from `root` outwards; `None` if something else leads there.
    fn told_from(&self, walk: &Walk<'_>, root: Node) -> Option<u128> {
        let mut told = NodeVisitor { of: self, nodes: vec![root], bytes: Vec::with_capacity(256), seen: 0 };
        let mut at = 0;
        let mut references = 0;
        while at < told.nodes.len() {
            let node = told.nodes[at];
            let index = self.index(node)?;
            references += self.references[index];
            told.value(self.places[index]);
            walk.node(node, &mut told);
            at += 1;
        }
        (references == told.seen).then(|| xxh3_128(&told.bytes))
    }
}

/// Marks nodes by the places where the state as a whole names them.
struct Places<'a> {
    of: &'a mut NodeNeighbors,
    place: u64,
}

impl Places<'_> {
    fn mark(&mut self, node: Option<Node>, mark: u64) {
        if let Some(index) = node.and_then(|node| self.of.index(node)) {
            let place = &mut self.of.places[index];
            *place = place.wrapping_add(super::key::mix(mark));
        }
    }
}

impl Sink for Places<'_> {
    fn value(&mut self, _value: u64) {
        self.place += 1;
    }

    fn node(&mut self, node: Option<Node>) {
        self.place += 1;
        self.mark(node, self.place);
    }

    fn member(&mut self, value: u64, node: Option<Node>) {
        self.mark(node, value ^ self.place << 40);
    }

    fn end_set(&mut self) {
        self.place += 1;
    }
}

/// Counts how often nodes name a node.
struct ReferenceCounter<'a>(&'a mut NodeNeighbors);

impl Sink for ReferenceCounter<'_> {
    fn value(&mut self, _value: u64) {}

    fn node(&mut self, node: Option<Node>) {
        if let Some(index) = node.and_then(|node| self.0.index(node)) {
            self.0.references[index] += 1;
        }
    }

    fn member(&mut self, _value: u64, node: Option<Node>) {
        self.node(node);
    }

    fn end_set(&mut self) {}
}

/// Tells nodes in the order in which they are met.
struct NodeVisitor<'a> {
    of: &'a NodeNeighbors,
    nodes: Vec<Node>,
    bytes: Vec<u8>,
    /// How often a node was named.
    seen: u32,
}

impl Sink for NodeVisitor<'_> {
    fn value(&mut self, value: u64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    fn node(&mut self, node: Option<Node>) {
        let Some(node) = node else { return self.value(u64::MAX) };
        if self.of.index(node).is_some() {
            self.seen += 1;
        }
        let number = self.nodes.iter().position(|known| *known == node).unwrap_or_else(|| {
            self.nodes.push(node);
            self.nodes.len() - 1
        });
        self.value(number as u64 | 1 << 63);
    }

    fn member(&mut self, value: u64, node: Option<Node>) {
        self.value(value);
        self.node(node);
    }

    fn end_set(&mut self) {
        self.value(u64::MAX - 1);
    }
}
