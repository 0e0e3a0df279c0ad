//! What one task did, step by step: stretches of its own time, of the slices nested in it, submissions and waits.
//!
//! A wait is seen in three ways: an arrow wakes the parent; a nested slice that is called a wait ends with the child; or, in a
//! trace that shows no waits at all, the child ends while nothing nested is under way in the parent, which is then taken to
//! have waited since its last step. The last is a guess and is called one.

use super::links::Instance;
use super::record::{Own, Record};
use super::tree::Tree;

/// Nested slices between two marks that are kept apart; more are summed by name.
const MOST_APART: usize = 8;
/// Nested names between two marks.
const MOST_NAMES: usize = 64;
/// A wait that is over ends within so much of its child's end.
const NEAR: i64 = 1_000_000;
/// Words in the name of a slice in which a task waits for another.
const WAIT_WORDS: [&str; 9] =
    ["wait", "result", "join", "gather", "future", "await", "get()", "acquire", "block"];
/// Words in the name of a slice that is not on the CPU.
const IO_WORDS: [&str; 17] = [
    "io", "sleep", "wait", "read", "write", "recv", "send", "poll", "select", "lock", "acquire", "fetch",
    "query", "sql", "http", "connect", "db",
];

/// One item of a task's life.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Item {
    /// Its own time (no name) or that of nested slices.
    Spend { name: Option<u32> },
    /// It submits the child with this place among its children.
    Submit { child: usize },
    /// It waits for these of its children.
    Wait { children: Vec<usize>, is_guess: bool },
}

/// A wait: from, to, and for which of the children.
#[derive(Clone, Debug)]
struct Wait {
    from: i64,
    to: i64,
    children: Vec<usize>,
    is_guess: bool,
}

/// What is known about the whole trace.
pub(super) struct Context<'a> {
    pub record: &'a Record,
    pub tree: &'a Tree,
    /// For each name, whether it is that of something off the CPU.
    pub off_cpu: Vec<bool>,
    /// For each name, whether it is that of a wait.
    pub waits: Vec<bool>,
    /// Waits can be seen in this trace.
    pub shows_waits: bool,
}

impl<'a> Context<'a> {
    pub fn new(record: &'a Record, tree: &'a Tree, wakes: usize) -> Context<'a> {
        let words = |name: &str, words: &[&str]| {
            let name = name.to_lowercase();
            words.iter().any(|word| name.split(|c: char| !c.is_alphanumeric()).any(|part| part == *word))
                || words.iter().any(|word| word.len() > 3 && name.contains(word))
        };
        let list = &record.names.list;
        let mut off_cpu: Vec<bool> = list.iter().map(|name| words(name, &IO_WORDS)).collect();
        // What was measured is better than a name.
        let mut measured = vec![(0i128, 0i128); list.len()];
        for node in &tree.nodes {
            if let Some(cpu) = node.cpu {
                let sums = &mut measured[node.name as usize];
                *sums = (sums.0 + i128::from(cpu), sums.1 + i128::from(node.to - node.from));
            }
        }
        for (name, (cpu, all)) in measured.into_iter().enumerate().filter(|(_, (_, all))| *all > 0) {
            off_cpu[name] = cpu * 2 < all;
        }
        Context {
            record,
            tree,
            off_cpu,
            waits: list.iter().map(|name| words(name, &WAIT_WORDS)).collect(),
            shows_waits: record.is_own || wakes > 0,
        }
    }

    /// The items of a task, each with the time it took (0 for marks).
    pub fn items(&self, all: &[Instance], instance: &Instance) -> Vec<(Item, u64)> {
        let waits = self.waits_of(all, instance);
        let mut marks: Vec<(i64, Mark)> = Vec::new();
        for (number, child) in instance.children.iter().enumerate() {
            let at = all[*child as usize].parent.map_or(instance.from, |(_, at)| at);
            marks.push((at.clamp(instance.from, instance.to), Mark::Submit(number)));
        }
        marks.extend(waits.iter().enumerate().map(|(number, wait)| (wait.from, Mark::Wait(number))));
        // A submission at the instant at which a wait begins comes first.
        marks.sort_by_key(|(at, mark)| (*at, matches!(mark, Mark::Wait(_))));
        let pieces = self.pieces(instance);
        let mut items = Vec::new();
        let mut from = instance.from;
        for (at, mark) in marks {
            self.spend(&pieces, from, at, &mut items);
            from = from.max(at);
            match mark {
                Mark::Submit(child) => items.push((Item::Submit { child }, 0)),
                Mark::Wait(number) => {
                    let Wait { to, children, is_guess, .. } = &waits[number];
                    from = from.max(*to);
                    items.push((Item::Wait { children: children.clone(), is_guess: *is_guess }, 0));
                }
            }
        }
        self.spend(&pieces, from, instance.to, &mut items);
        items
    }

    /// The task's time cut into what lies directly in it and what does not.
    fn pieces(&self, instance: &Instance) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut at = instance.from;
        for child in self.tree.children(instance.node) {
            let node = &self.tree.nodes[child as usize];
            pieces.push(Piece { from: at, to: node.from, name: None, counts: true });
            let name = self.record.names.get(node.name);
            // What of our own export is neither running nor `io` comes out of the run again.
            let counts = node.own != Own::State || name == "io";
            pieces.push(Piece { from: node.from, to: node.to, name: Some(node.name), counts });
            at = node.to;
        }
        pieces.push(Piece { from: at, to: instance.to, name: None, counts: true });
        pieces
    }

    /// Adds the time between two marks: own time and nested slices in turn, or by name if there are many.
    fn spend(&self, pieces: &[Piece], from: i64, to: i64, items: &mut Vec<(Item, u64)>) {
        let first = items.len();
        items.push((Item::Spend { name: None }, 0));
        // Pieces stand in order and do not overlap.
        let within =
            pieces.partition_point(|piece| piece.to <= from)..pieces.partition_point(|piece| piece.from < to);
        let inside = pieces.get(within).unwrap_or_default().iter().filter(|piece| piece.counts);
        let parts: Vec<(&Piece, u64)> =
            inside.map(|piece| (piece, (piece.to.min(to) - piece.from.max(from)).max(0) as u64)).collect();
        let mut apart = 0;
        let mut last = None;
        for (piece, _) in parts.iter().filter(|(piece, _)| piece.name.is_some()) {
            apart += usize::from(last != Some(piece.name));
            last = Some(piece.name);
        }
        for (piece, length) in parts {
            let item = Item::Spend { name: piece.name };
            let known = if apart > MOST_APART {
                items[first..].iter().position(|(known, _)| *known == item).map(|at| first + at)
            } else {
                same_run(&items[first..], &item).map(|at| first + at)
            };
            match known {
                Some(at) => items[at].1 += length,
                // Of too many names the rest counts as its own time.
                None if items.len() - first >= MOST_NAMES => items[first].1 += length,
                None => items.push((item, length)),
            }
        }
        // So that the shape does not depend on whether the last slice ends a moment before the mark.
        if items.last().is_some_and(|(item, _)| *item != Item::Spend { name: None }) {
            items.push((Item::Spend { name: None }, 0));
        }
    }

    /// When the task waited for which of its children.
    fn waits_of(&self, all: &[Instance], instance: &Instance) -> Vec<Wait> {
        let mut waits: Vec<Wait> = Vec::new();
        for (number, child) in instance.children.iter().enumerate() {
            let of = &all[*child as usize];
            let submitted = of.parent.map_or(of.from, |(_, at)| at);
            if of.to > instance.to || of.to < submitted {
                continue;
            }
            let woke = instance.woken_by.binary_search(child).is_ok();
            let Some((from, to, is_guess)) = self.wait_for(all, instance, of, submitted, woke) else {
                continue;
            };
            match waits.iter_mut().find(|wait| wait.from == from && wait.is_guess == is_guess) {
                Some(wait) => {
                    wait.children.push(number);
                    wait.to = wait.to.max(to);
                }
                None => waits.push(Wait { from, to, children: vec![number], is_guess }),
            }
        }
        waits.sort_by_key(|wait| (wait.from, wait.to));
        waits
    }

    /// The stretch in which a task waited for one child, if it did.
    fn wait_for(
        &self,
        all: &[Instance],
        parent: &Instance,
        child: &Instance,
        submitted: i64,
        woke: bool,
    ) -> Option<(i64, i64, bool)> {
        // Just before the end, so that a slice that ends with the child is met.
        let around =
            self.tree.at(self.tree.nodes[parent.node as usize].thread, (child.to - 1).max(parent.from));
        let mut nested = around.filter(|node| *node != parent.node);
        while let Some(number) = nested {
            let node = &self.tree.nodes[number as usize];
            let is_near =
                node.to - child.to <= NEAR.max((node.to - node.from) / 10) && node.to + NEAR >= child.to;
            let is_wait = self.waits[node.name as usize] && (!self.record.is_own || node.own == Own::State);
            if is_near && node.from >= submitted && (is_wait || (woke && !self.record.is_own)) {
                return Some((node.from, node.to, false));
            }
            nested = node.parent.filter(|above| *above != parent.node);
        }
        let nothing_nested = around.is_none_or(|node| node == parent.node);
        if woke && nothing_nested && !self.record.is_own {
            return Some((idle_since(all, self.tree, parent, child.to, submitted), child.to, false));
        }
        if self.shows_waits || !nothing_nested {
            return None;
        }
        Some((idle_since(all, self.tree, parent, child.to, submitted), child.to, true))
    }
}

/// Since when nothing nested was under way, or was submitted, in a task at an instant.
fn idle_since(all: &[Instance], tree: &Tree, parent: &Instance, at: i64, submitted: i64) -> i64 {
    let nested = tree.children(parent.node).map(|child| tree.nodes[child as usize].to);
    let last = nested.filter(|to| *to <= at).max().unwrap_or(parent.from);
    let submits = parent.children.iter().filter_map(|child| all[*child as usize].parent);
    let latest = submits.map(|(_, when)| when).filter(|when| *when <= at).max().unwrap_or(submitted);
    last.max(latest).max(submitted).min(at)
}

/// The item of the same name that the last ones end in: nested slices of one name in a row, with own time between, are one.
fn same_run(items: &[(Item, u64)], item: &Item) -> Option<usize> {
    let Item::Spend { name } = item else { return None };
    let last = items.len().checked_sub(1)?;
    if items[last].0 == *item {
        return Some(last);
    }
    // Own time between two slices of one name goes to the own time before them.
    let before = last.checked_sub(1)?;
    (name.is_some() && items[before].0 == *item && items[last].0 == Item::Spend { name: None })
        .then_some(before)
}

/// A part of a task's time.
struct Piece {
    from: i64,
    to: i64,
    name: Option<u32>,
    /// Whether it is work; what is not comes out of the run again.
    counts: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Submit(usize),
    Wait(usize),
}
