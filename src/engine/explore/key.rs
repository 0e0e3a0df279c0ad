//! A number for a state, the same for states that differ only in how like tasks (and keys) are called.
//!
//! Nodes get colours from what is said of them and of their neighbours (colour refinement), and are then
//! numbered in the order of their colours. Invariant: the whole state is hashed under that numbering, so that two
//! states that get the same number really are alike, however coarse the colours; where colours tie and the
//! nodes are not alike, likeness is missed and nothing worse. (128 bits: among 10^9 states two different ones
//! collide with a probability of about 10^-21.)

use super::walk::{Memory, Node, Sink, Walk};
use crate::engine::plan::Plan;
use crate::engine::state::State;
use crate::model::scenario::Scenario;
use xxhash_rust::xxh3::xxh3_128;

/// Rounds of refinement: chains of waiting tasks are seldom longer. More would only find more likeness.
const ROUNDS: usize = 4;

/// The state's number.
pub(super) fn of(s: &Scenario, plan: &Plan, st: &State, memory: Memory<'_>, symmetry: bool) -> u128 {
    let walk = Walk::new(s, plan, st, memory);
    let mut nodes: Vec<Node> = walk.nodes().collect();
    if symmetry {
        let mut colours = NodeColors::new(&nodes);
        let mut globals = Places::new(&mut colours);
        walk.globals(&mut globals);
        colours.refine(&walk, &nodes);
        nodes.sort_by_key(|node| (colours.of(*node), *node));
        nodes = outwards(&walk, &nodes);
    }
    // As much as nearly every state takes: growing costs more than room that stays empty.
    let bytes = Vec::with_capacity(1024 + 256 * nodes.len());
    let mut all = StateHasher { bytes, numbers: Numbers::new(&nodes), set: Vec::new() };
    all.value(nodes.len() as u64);
    walk.globals(&mut all);
    for node in nodes {
        all.value(u64::MAX);
        walk.node(node, &mut all);
    }
    xxh3_128(&all.bytes)
}

/// The nodes, each followed by those that it names and that did not come yet: so that among like families each
/// child stands beside its own parent.
fn outwards(walk: &Walk<'_>, nodes: &[Node]) -> Vec<Node> {
    let mut placed = Numbers::new(nodes);
    let mut order = Vec::with_capacity(nodes.len());
    let mut open = NamedNodes(Vec::new());
    for first in nodes {
        open.0.push(*first);
        while let Some(node) = open.0.pop() {
            if std::mem::take(placed.place(node)) == 0 {
                continue;
            }
            order.push(node);
            let from = open.0.len();
            walk.node(node, &mut open);
            // The first named is to come first, and they are taken from the end.
            open.0[from..].reverse();
        }
    }
    order
}

/// Collects what is named.
struct NamedNodes(Vec<Node>);

impl Sink for NamedNodes {
    fn value(&mut self, _value: u64) {}

    fn node(&mut self, node: Option<Node>) {
        self.0.extend(node);
    }

    fn member(&mut self, _value: u64, node: Option<Node>) {
        self.0.extend(node);
    }

    fn end_set(&mut self) {}
}

pub(super) fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    let x = (x ^ (x >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    x ^ (x >> 32)
}

/// A number for each node, by slot and by key.
struct Numbers {
    tasks: Vec<u64>,
    keys: Vec<u64>,
}

impl Numbers {
    /// Numbers the nodes in this order.
    fn new(nodes: &[Node]) -> Numbers {
        let (mut tasks, mut keys) = (0, 0);
        for node in nodes {
            match node {
                Node::Task(slot) => tasks = tasks.max(slot.0 as usize + 1),
                Node::Key(key) => keys = keys.max(*key as usize + 1),
            }
        }
        let mut numbers = Numbers { tasks: vec![0; tasks], keys: vec![0; keys] };
        for (number, node) in (1..).zip(nodes) {
            *numbers.place(*node) = number;
        }
        numbers
    }

    /// No node has a number any more.
    fn clear(&mut self) {
        self.tasks.fill(0);
        self.keys.fill(0);
    }

    fn place(&mut self, node: Node) -> &mut u64 {
        let (list, index) = match node {
            Node::Task(slot) => (&mut self.tasks, slot.0 as usize),
            Node::Key(key) => (&mut self.keys, key as usize),
        };
        if list.len() <= index {
            list.resize(index + 1, 0);
        }
        &mut list[index]
    }

    fn of(&self, node: Node) -> u64 {
        match node {
            Node::Task(slot) => self.tasks.get(slot.0 as usize).copied().unwrap_or_default(),
            Node::Key(key) => self.keys.get(key as usize).copied().unwrap_or_default(),
        }
    }
}

/// A colour for each node.
struct NodeColors(Numbers);

impl NodeColors {
    fn new(nodes: &[Node]) -> NodeColors {
        let mut colours = Numbers::new(nodes);
        colours.tasks.iter_mut().for_each(|colour| *colour = 1);
        colours.keys.iter_mut().for_each(|colour| *colour = 2);
        NodeColors(colours)
    }

    fn of(&self, node: Node) -> u64 {
        self.0.of(node)
    }

    /// Colours every node by its own facts and its neighbours' colours, again and again while that tells more apart.
    fn refine(&mut self, walk: &Walk<'_>, nodes: &[Node]) {
        let mut sorted = Vec::with_capacity(nodes.len());
        let mut next = Numbers::new(nodes);
        let mut before = self.count(nodes, &mut sorted);
        for _ in 0..ROUNDS {
            for node in nodes {
                let mut sum = ColorHasher { colours: self, sum: self.of(*node), set: 0 };
                walk.node(*node, &mut sum);
                *next.place(*node) = sum.sum;
            }
            std::mem::swap(&mut self.0, &mut next);
            next.clear();
            let after = self.count(nodes, &mut sorted);
            if after <= before && before != 1 {
                break;
            }
            before = after;
        }
    }

    /// How many colours there are. They are sorted in `sorted`.
    fn count(&self, nodes: &[Node], sorted: &mut Vec<u64>) -> usize {
        sorted.clear();
        sorted.extend(nodes.iter().map(|node| self.of(*node)));
        sorted.sort_unstable();
        sorted.dedup();
        sorted.len()
    }
}

/// Colours nodes by the places where the state as a whole names them.
struct Places<'a> {
    colours: &'a mut NodeColors,
    place: u64,
}

impl<'a> Places<'a> {
    fn new(colours: &'a mut NodeColors) -> Places<'a> {
        Places { colours, place: 0 }
    }
}

impl Sink for Places<'_> {
    fn value(&mut self, _value: u64) {
        self.place += 1;
    }

    fn node(&mut self, node: Option<Node>) {
        self.place += 1;
        if let Some(node) = node {
            let colour = self.colours.0.place(node);
            *colour = colour.wrapping_add(mix(self.place));
        }
    }

    fn member(&mut self, value: u64, node: Option<Node>) {
        if let Some(node) = node {
            let colour = self.colours.0.place(node);
            *colour = colour.wrapping_add(mix(value ^ self.place << 40));
        }
    }

    fn end_set(&mut self) {
        self.place += 1;
    }
}

/// Adds up what is said of one node, neighbours by their colours.
struct ColorHasher<'a> {
    colours: &'a NodeColors,
    sum: u64,
    set: u64,
}

impl Sink for ColorHasher<'_> {
    fn value(&mut self, value: u64) {
        self.sum = mix(self.sum ^ value).wrapping_add(value);
    }

    fn node(&mut self, node: Option<Node>) {
        let colour = node.map_or(0, |node| self.colours.of(node));
        self.value(colour);
    }

    fn member(&mut self, value: u64, node: Option<Node>) {
        let colour = node.map_or(0, |node| self.colours.of(node));
        self.set = self.set.wrapping_add(mix(mix(value) ^ colour));
    }

    fn end_set(&mut self) {
        let set = std::mem::take(&mut self.set);
        self.value(set);
    }
}

/// Hashes everything, nodes by their numbers.
struct StateHasher {
    bytes: Vec<u8>,
    numbers: Numbers,
    set: Vec<(u64, u64)>,
}

impl StateHasher {
    fn number(&self, node: Option<Node>) -> u64 {
        node.map_or(0, |node| self.numbers.of(node))
    }
}

impl Sink for StateHasher {
    fn value(&mut self, value: u64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    fn node(&mut self, node: Option<Node>) {
        let number = self.number(node);
        // Apart from plain numbers, which are never this large by chance.
        self.value(number | 1 << 63);
    }

    fn member(&mut self, value: u64, node: Option<Node>) {
        let number = self.number(node);
        self.set.push((value, number));
    }

    fn end_set(&mut self) {
        if self.set.is_empty() {
            return self.value(0);
        }
        let mut set = std::mem::take(&mut self.set);
        set.sort_unstable();
        self.value(set.len() as u64);
        for (value, number) in set.drain(..) {
            self.value(value);
            self.value(number);
        }
        self.set = set;
    }
}
