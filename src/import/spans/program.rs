//! What one task did, step by step: stretches of its own time, of the slices nested in it, submissions and waits.
//!
//! A wait is seen in four ways: an arrow wakes the parent; a nested slice that is called a wait ends with the child; one that
//! begins when the child has ended already waits for nothing, and stands for the first child that nothing else waits for; or, in
//! a trace that shows no waits at all, the child ends while nothing nested is under way in the parent, which is then taken
//! to have waited since its last step. The last is a guess and is called one.

use super::super::names::without_place;
use super::super::order::sort_by_key;
use super::links::Instance;
use super::record::{Own, Record};
use super::tree::Tree;
use std::cell::Cell;

/// Nested slices between two marks that are kept apart; more are summed by name.
const MAX_DISTANCE: usize = 8;
/// Nested names between two marks.
const MAX_NAMES: usize = 64;
/// A wait that is over ends within so much of its child's end.
const NEAR: i64 = 1_000_000;
/// Or within so much, if no other child ended since: who is woken has to get a processor, or an interpreter's lock.
const LAG: i64 = 20_000_000;
/// So long does a wait for what is over already take, at most.
const NO_WAIT: i64 = 1_000_000;
/// Words in the name of a slice in which a task waits for another.
const WAIT_WORDS: [&str; 9] =
    ["wait", "result", "join", "gather", "future", "await", "awaiting", "acquire", "block"];
/// Words in the name of a slice that is not on the CPU.
const IO_WORDS: [&str; 17] = [
    "io", "sleep", "wait", "read", "write", "recv", "send", "poll", "select", "lock", "acquire", "fetch",
    "query", "sql", "http", "connect", "db",
];

/// One item of a task's life.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Item {
    /// Its own time (no name) or that of nested slices.
    Spend { name: Option<u32> },
    /// It submits the child with this place among its children.
    Submit { child: usize },
    /// It waits for these of its children.
    Wait { children: Vec<usize>, is_guess: bool },
    /// It takes a lock or a permit; a number of [`Record::locks`].
    Acquire { lock: u32 },
    /// It gives a lock or a permit back.
    Release { lock: u32 },
    /// It had not ended when the trace did.
    Forever,
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
    /// Time in which tasks of our own export stood still, other than for the end of a child: it is left out.
    pub still: Cell<u128>,
}

impl<'a> Context<'a> {
    pub fn new(record: &'a Record, tree: &'a Tree, wakes: usize) -> Context<'a> {
        let list = &record.names.list;
        let mut off_cpu: Vec<bool> = list.iter().map(|name| has_word(name, &IO_WORDS)).collect();
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
            waits: list.iter().map(|name| has_word(name, &WAIT_WORDS)).collect(),
            shows_waits: record.is_own || wakes > 0,
            still: Cell::new(0),
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
        sort_by_key(&mut marks, |(at, mark)| (*at, matches!(mark, Mark::Wait(_))));
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
        if let Own::Task { is_unfinished: true, .. } = self.tree.nodes[instance.node as usize].own {
            items.push((Item::Forever, 0));
        }
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
        let inside = pieces.get(within).unwrap_or_default().iter();
        let length = |piece: &Piece| (piece.to.min(to) - piece.from.max(from)).max(0) as u64;
        let (parts, still): (Vec<_>, Vec<_>) =
            inside.map(|piece| (piece, length(piece))).partition(|(piece, _)| piece.counts);
        self.still.set(self.still.get() + still.iter().map(|(_, length)| u128::from(*length)).sum::<u128>());
        let mut apart = 0;
        let mut last = None;
        for (piece, _) in parts.iter().filter(|(piece, _)| piece.name.is_some()) {
            apart += usize::from(last != Some(piece.name));
            last = Some(piece.name);
        }
        for (piece, length) in parts {
            let item = Item::Spend { name: piece.name };
            let known = if apart > MAX_DISTANCE {
                items[first..].iter().position(|(known, _)| *known == item).map(|at| first + at)
            } else {
                same_run(&items[first..], &item).map(|at| first + at)
            };
            match known {
                Some(at) => items[at].1 += length,
                // Of too many names the rest counts as its own time.
                None if items.len() - first >= MAX_NAMES => items[first].1 += length,
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
        let submitted = |child: &Instance| child.parent.map_or(child.from, |(_, at)| at);
        let of = |number: usize| &all[instance.children[number] as usize];
        // Those that may have been waited for, and are not known to have been.
        let mut left: Vec<usize> = (0..instance.children.len())
            .filter(|number| of(*number).to <= instance.to && of(*number).to >= submitted(of(*number)))
            .collect();
        let mut waits: Vec<Wait> = Vec::new();
        left.retain(|number| {
            let seen = self.wait_for(all, instance, instance.children[*number], submitted(of(*number)));
            seen.inspect(|(from, to)| add(&mut waits, (*from, *to), *number, false)).is_none()
        });
        self.waits_for_the_done(all, instance, &mut waits, &mut left);
        if !self.shows_waits && waits.is_empty() {
            for number in left {
                let child = of(number);
                if self.nested_at(instance, child.to).is_none() {
                    let from = idle_since(all, self.tree, instance, child.to, submitted(child));
                    add(&mut waits, (from, child.to), number, true);
                }
            }
        }
        sort_by_key(&mut waits, |wait| (wait.from, wait.to));
        waits
    }

    /// Waits for children that had ended already: each for the first that nothing waits for yet.
    fn waits_for_the_done(
        &self,
        all: &[Instance],
        instance: &Instance,
        waits: &mut Vec<Wait>,
        left: &mut Vec<usize>,
    ) {
        let mut number = instance.node + 1;
        while !self.record.is_own && !left.is_empty() && number < self.tree.nodes[instance.node as usize].end
        {
            let node = &self.tree.nodes[number as usize];
            number += 1;
            if !self.waits[node.name as usize] {
                continue;
            }
            // What lies within a wait is that wait.
            number = node.end;
            let is_known = waits.iter().any(|wait| wait.from < node.to && node.from < wait.to);
            if is_known || node.to - node.from > NO_WAIT {
                continue;
            }
            let is_done = |child: &usize| all[instance.children[*child] as usize].to <= node.from;
            if let Some(place) = left.iter().position(is_done) {
                add(waits, (node.from, node.to), left.remove(place), false);
            }
        }
    }

    /// The innermost slice nested in a task just before an instant, so that one that ends with a child is met.
    fn nested_at(&self, instance: &Instance, at: i64) -> Option<u32> {
        let thread = self.tree.nodes[instance.node as usize].thread;
        self.tree.at(thread, (at - 1).max(instance.from)).filter(|node| *node != instance.node)
    }

    /// The stretch in which a task is seen to have waited for one child.
    fn wait_for(
        &self,
        all: &[Instance],
        parent: &Instance,
        number: u32,
        submitted: i64,
    ) -> Option<(i64, i64)> {
        let child = &all[number as usize];
        let woke = parent.woken_by.binary_search(&number).is_ok();
        let around = self.nested_at(parent, child.to);
        let mut nested = around;
        while let Some(number) = nested {
            let node = &self.tree.nodes[number as usize];
            let late = node.to - child.to;
            let others = || parent.children.iter().map(|other| all[*other as usize].to);
            let is_near = late <= NEAR.max((node.to - node.from) / 10)
                || (late <= LAG && !others().any(|to| to > child.to && to <= node.to));
            let is_wait = self.waits[node.name as usize] && (!self.record.is_own || node.own == Own::State);
            if is_near
                && late >= -NEAR
                && node.from >= submitted
                && (is_wait || (woke && !self.record.is_own))
            {
                return Some((node.from, node.to));
            }
            nested = node.parent.filter(|above| *above != parent.node);
        }
        let is_idle = woke && around.is_none() && !self.record.is_own;
        is_idle.then(|| (idle_since(all, self.tree, parent, child.to, submitted), child.to))
    }
}

/// Whether one of these words stands in a name, in whatever form: `dbQuery`, `http_requests`, `waiting`, `Future.result`.
fn has_word(name: &str, words: &[&str]) -> bool {
    let name = without_place(name);
    let mut lower = String::with_capacity(name.len() + 8);
    let mut before = ' ';
    for c in name.chars() {
        if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            lower.push(' ');
        }
        lower.push(c.to_ascii_lowercase());
        before = c;
    }
    let is_form = |part: &str, word: &str| {
        part.strip_prefix(word).is_some_and(|rest| ["", "s", "ed", "er", "ing"].contains(&rest))
    };
    lower.split(|c: char| !c.is_alphanumeric()).any(|part| words.iter().any(|word| is_form(part, word)))
}

/// Adds a child to what its parent waits for from an instant on.
fn add(waits: &mut Vec<Wait>, (from, to): (i64, i64), child: usize, is_guess: bool) {
    match waits.iter_mut().find(|wait| wait.from == from && wait.is_guess == is_guess) {
        Some(wait) => {
            wait.children.push(child);
            wait.to = wait.to.max(to);
        }
        None => waits.push(Wait { from, to, children: vec![child], is_guess }),
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
