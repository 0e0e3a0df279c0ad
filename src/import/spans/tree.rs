//! Slices as trees, one for each thread: what lies within what.
//!
//! Invariant: nodes stand in preorder, thread by thread; a node's descendants are the nodes that follow it up to `end`; children
//! lie within their parents, and siblings do not overlap.

use super::super::order::sort_by_key;
use super::record::{Own, Record, Slice};
use std::ops::Range;

/// Overlaps up to this come from rounding, in nanoseconds.
const ROUNDING: i64 = 2_000;

/// Slices within slices, as many as Perfetto shows.
const MAX_DEPTH: usize = 512;

/// A slice in its tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub thread: u32,
    pub name: u32,
    pub from: i64,
    pub to: i64,
    pub own: Own,
    pub cpu: Option<i64>,
    pub parent: Option<u32>,
    /// One past the last descendant.
    pub end: u32,
}

/// The nodes of all threads.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub nodes: Vec<Node>,
    /// For each thread the range of its nodes.
    pub threads: Vec<Range<u32>>,
    /// Slices that overlapped another without lying within it, and were cut.
    pub cut: usize,
    /// Slices that lie too deep, and were left out.
    pub deep: usize,
}

impl Tree {
    pub fn of(record: &mut Record) -> Tree {
        let mut slices = std::mem::take(&mut record.slices);
        // The sort is stable: of two equal slices the first that was written is the outer one.
        // A task that took no time was over before the next one began.
        sort_by_key(&mut slices, |slice| (slice.thread, slice.from, !slice.is_instant_task(), -slice.to));
        let mut tree = Tree { threads: vec![0..0; record.threads.len()], ..Tree::default() };
        let mut open: Vec<u32> = Vec::new();
        for slice in slices {
            let number = tree.nodes.len() as u32;
            let thread = slice.thread as usize;
            if tree.threads[thread].is_empty() {
                tree.close(&mut open, i64::MAX);
                tree.threads[thread] = number..number;
            }
            tree.close(&mut open, slice.from);
            tree.close_instant_task(&mut open);
            if open.len() >= MAX_DEPTH {
                tree.deep += 1;
                continue;
            }
            tree.push(slice, open.last().copied());
            tree.threads[thread].end = number + 1;
            open.push(number);
        }
        tree.close(&mut open, i64::MAX);
        tree
    }

    fn push(&mut self, slice: Slice, parent: Option<u32>) {
        let Slice { thread, name, from, mut to, own, cpu } = slice;
        if let Some(parent) = parent {
            let outer = self.nodes[parent as usize].to;
            self.cut += usize::from(to - outer > ROUNDING);
            to = to.min(outer);
        }
        self.nodes.push(Node { thread, name, from, to, own, cpu, parent, end: 0 });
    }

    /// Closes what has ended by `at`. One that ends here and now still holds what takes no time at its end only if it has just
    /// begun, too.
    fn close(&mut self, open: &mut Vec<u32>, at: i64) {
        let count = self.nodes.len() as u32;
        while let Some(top) = open.last() {
            let node = &mut self.nodes[*top as usize];
            if node.to > at || (node.to == at && node.from == at) {
                break;
            }
            node.end = count;
            open.pop();
        }
    }

    /// Closes a task that took no time: nothing lies in it.
    fn close_instant_task(&mut self, open: &mut Vec<u32>) {
        let count = self.nodes.len() as u32;
        let Some(node) = open.last().map(|top| &mut self.nodes[*top as usize]) else { return };
        if matches!(node.own, Own::Task { .. }) && node.from == node.to {
            node.end = count;
            open.pop();
        }
    }

    /// The innermost node of a thread that holds an instant; of two that meet there the one that begins.
    pub fn at(&self, thread: u32, instant: i64) -> Option<u32> {
        let range = self.threads[thread as usize].clone();
        let nodes = &self.nodes[range.start as usize..range.end as usize];
        let after = nodes.partition_point(|node| node.from <= instant);
        let mut number = range.start + after.checked_sub(1)? as u32;
        loop {
            let node = &self.nodes[number as usize];
            if node.to > instant || (node.to == instant && node.from <= instant) {
                return Some(number);
            }
            number = node.parent?;
        }
    }

    /// The first node of a thread that begins at an instant or later.
    pub fn next(&self, thread: u32, instant: i64) -> Option<u32> {
        let range = self.threads[thread as usize].clone();
        let nodes = &self.nodes[range.start as usize..range.end as usize];
        let after = nodes.partition_point(|node| node.from < instant);
        (after < nodes.len()).then(|| range.start + after as u32)
    }

    /// The children of a node, in order.
    pub fn children(&self, number: u32) -> impl Iterator<Item = u32> + '_ {
        let end = self.nodes[number as usize].end;
        let first = (number + 1 < end).then_some(number + 1);
        std::iter::successors(first, move |child| {
            let next = self.nodes[*child as usize].end;
            (next < end).then_some(next)
        })
    }

    /// The nodes of a thread that lie within no other, in order.
    pub fn roots(&self, thread: u32) -> impl Iterator<Item = u32> + '_ {
        let range = self.threads[thread as usize].clone();
        let first = (!range.is_empty()).then_some(range.start);
        std::iter::successors(first, move |root| {
            let next = self.nodes[*root as usize].end;
            (next < range.end).then_some(next)
        })
    }
}
