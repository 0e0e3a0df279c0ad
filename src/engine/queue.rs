//! The entries that wait at a pool, in the order in which they are served.
//!
//! Entries leave from the middle only by becoming stale (`help-child` and `discard-oldest` take them):
//! the length is therefore counted apart, and stale entries are passed over.

use super::task::{Flag, Slot, Tasks};
use crate::model::executor::Order;
use crate::model::id::TaskId;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// A waiting entry: the task, and its id against reuse of the slot.
pub(super) type Waiting = (Slot, TaskId);

/// Served by this: the higher priority, then the earlier ticket.
type Ranked = (i64, Reverse<u64>, Slot, TaskId);

/// A queue of one discipline.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    order: Order,
    line: VecDeque<Waiting>,
    ranked: BinaryHeap<Ranked>,
    tickets: u64,
    len: u32,
}

impl Queue {
    pub fn new(order: Order) -> Queue {
        Queue { order, line: VecDeque::new(), ranked: BinaryHeap::new(), tickets: 0, len: 0 }
    }

    /// How many entries wait, cancelled ones included.
    #[inline]
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Adds an entry; asks for its priority only where that counts.
    #[inline(always)]
    pub fn push(&mut self, entry: Waiting, priority: impl FnOnce() -> i64) {
        self.len += 1;
        match self.order {
            Order::Fifo | Order::Lifo => self.line.push_back(entry),
            Order::Priority => {
                self.tickets += 1;
                self.ranked.push((priority(), Reverse(self.tickets), entry.0, entry.1));
            }
        }
    }

    /// Takes the entry that is served next.
    #[inline(always)]
    pub fn pop(&mut self, tasks: &Tasks) -> Option<Slot> {
        if self.len == 0 {
            // What is left is stale.
            if !self.line.is_empty() {
                self.line.clear();
            }
            if !self.ranked.is_empty() {
                self.ranked.clear();
            }
            return None;
        }
        loop {
            let (slot, id) = match self.order {
                Order::Fifo => self.line.pop_front()?,
                Order::Lifo => self.line.pop_back()?,
                Order::Priority => self.ranked.pop().map(|(_, _, slot, id)| (slot, id))?,
            };
            if waits(tasks, slot, id) {
                self.len -= 1;
                return Some(slot);
            }
        }
    }

    /// Forgets all entries.
    pub fn clear(&mut self) {
        self.line.clear();
        self.ranked.clear();
        self.len = 0;
    }

    /// Notes that one entry left from the middle: its task's `entered` is false from now on.
    pub fn forget_one(&mut self) {
        self.len -= 1;
    }

    /// The entry that has waited longest.
    pub fn oldest(&self, tasks: &Tasks) -> Option<Slot> {
        match self.order {
            Order::Fifo | Order::Lifo => self.line.iter().find(|(s, id)| waits(tasks, *s, *id)).map(|e| e.0),
            Order::Priority => self
                .ranked
                .iter()
                .filter(|(_, _, slot, id)| waits(tasks, *slot, *id))
                .max_by_key(|(_, ticket, _, _)| *ticket)
                .map(|e| e.2),
        }
    }

    /// All entries that wait, in the order in which they will be served if no more come.
    pub fn served(&self, tasks: &Tasks) -> Vec<Slot> {
        let mut ranked = self.ranked.clone().into_sorted_vec();
        ranked.reverse();
        let ranked = ranked.into_iter().map(|(_, _, slot, id)| (slot, id));
        self.line.iter().copied().chain(ranked).filter(|(s, id)| waits(tasks, *s, *id)).map(|e| e.0).collect()
    }

    /// All entries that wait, in no particular order.
    pub fn iter<'a>(&'a self, tasks: &'a Tasks) -> impl Iterator<Item = Slot> + 'a {
        let ranked = self.ranked.iter().map(|&(_, _, slot, id)| (slot, id));
        self.line.iter().copied().chain(ranked).filter(|(s, id)| waits(tasks, *s, *id)).map(|e| e.0)
    }
}

#[inline]
fn waits(tasks: &Tasks, slot: Slot, id: TaskId) -> bool {
    tasks.is(slot, id) && tasks[slot].flags.has(Flag::Entered)
}
