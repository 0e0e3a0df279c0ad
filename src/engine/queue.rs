//! The entries that wait at a pool, in the order in which they are served.
//!
//! Entries leave from the middle only by becoming stale (`help-child` and `discard-oldest` take them):
//! the length is therefore counted apart, and stale entries are passed over.

use super::task::{Flag, Slot};
use super::tasks::Tasks;
use crate::model::executor::Order;
use crate::model::id::TaskId;
use crate::model::time::Time;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// A waiting entry: the task, and its id against reuse of the slot.
pub(super) type Waiting = (Slot, TaskId);

/// Served by this: the higher priority, then the earlier ticket.
type Ranked = (i64, Reverse<u64>, Slot, TaskId);

/// The rank of a deadline: the earlier goes first. (Those beyond 292 years are all alike.)
pub(super) fn rank_of_deadline(due: Time) -> i64 {
    i64::MAX - i64::try_from(due.0).unwrap_or(i64::MAX)
}

/// A queue of one discipline.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    order: Order,
    line: VecDeque<Waiting>,
    ranked: BinaryHeap<Ranked>,
    /// In place of `ranked` where equal entries leave in the order of Java's heap.
    heap: Option<JavaHeap>,
    tickets: u64,
    len: u32,
}

impl Queue {
    pub fn new(order: Order) -> Queue {
        Queue { order, line: VecDeque::new(), ranked: BinaryHeap::new(), heap: None, tickets: 0, len: 0 }
    }

    /// A queue by priority whose equal entries leave as they do from a `java.util.concurrent.PriorityBlockingQueue`.
    pub fn of_java() -> Queue {
        Queue { heap: Some(JavaHeap::default()), ..Queue::new(Order::Priority) }
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
            Order::Priority => match &mut self.heap {
                Some(heap) => heap.push((priority(), entry)),
                None => {
                    self.tickets += 1;
                    self.ranked.push((priority(), Reverse(self.tickets), entry.0, entry.1));
                }
            },
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
            if let Some(heap) = &mut self.heap {
                heap.0.clear();
            }
            return None;
        }
        loop {
            let (slot, id) = match self.order {
                Order::Fifo => self.line.pop_front()?,
                Order::Lifo => self.line.pop_back()?,
                Order::Priority => match &mut self.heap {
                    Some(heap) => heap.pop()?,
                    None => self.ranked.pop().map(|(_, _, slot, id)| (slot, id))?,
                },
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
        self.heap = self.heap.take().map(|_| JavaHeap::default());
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
            // The one that its queue would give first.
            Order::Priority if self.heap.is_some() => self.served(tasks).first().copied(),
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
        let mut heap = self.heap.clone().unwrap_or_default();
        let heap = std::iter::from_fn(|| heap.pop());
        let all = self.line.iter().copied().chain(ranked).chain(heap);
        all.filter(|(s, id)| waits(tasks, *s, *id)).map(|e| e.0).collect()
    }

    /// All entries in the order in which they stand, on which it depends how more of them would be served.
    pub fn standing(&self, tasks: &Tasks) -> Vec<Slot> {
        match &self.heap {
            None => self.served(tasks),
            Some(heap) => heap
                .0
                .iter()
                .map(|entry| entry.1)
                .filter(|(s, id)| waits(tasks, *s, *id))
                .map(|e| e.0)
                .collect(),
        }
    }

    /// All entries that wait, in no particular order.
    pub fn iter<'a>(&'a self, tasks: &'a Tasks) -> impl Iterator<Item = Slot> + 'a {
        let ranked = self.ranked.iter().map(|&(_, _, slot, id)| (slot, id));
        let heap = self.heap.iter().flat_map(|heap| heap.0.iter().map(|entry| entry.1));
        self.line
            .iter()
            .copied()
            .chain(ranked)
            .chain(heap)
            .filter(|(s, id)| waits(tasks, *s, *id))
            .map(|e| e.0)
    }
}

/// The binary heap of `java.util.PriorityQueue`, entry by entry as it moves them: equal ones leave in the order of the heap
/// (1, 4, 3, 2 of four), not in that of their coming.
#[derive(Clone, Debug, Default)]
struct JavaHeap(Vec<(i64, Waiting)>);

impl JavaHeap {
    /// `siftUp`
    fn push(&mut self, entry: (i64, Waiting)) {
        let heap = &mut self.0;
        heap.push(entry);
        let mut at = heap.len() - 1;
        while at > 0 {
            let parent = (at - 1) / 2;
            if entry.0 <= heap[parent].0 {
                break;
            }
            heap.swap(at, parent);
            at = parent;
        }
    }

    /// `siftDown`
    fn pop(&mut self) -> Option<Waiting> {
        let heap = &mut self.0;
        let last = heap.pop()?;
        let Some(first) = heap.first_mut() else { return Some(last.1) };
        let served = std::mem::replace(first, last).1;
        let mut at = 0;
        while at < heap.len() / 2 {
            let left = 2 * at + 1;
            let right = (left + 1).min(heap.len() - 1);
            let child = if heap[left].0 < heap[right].0 { right } else { left };
            if last.0 >= heap[child].0 {
                break;
            }
            heap.swap(at, child);
            at = child;
        }
        Some(served)
    }
}

#[inline]
fn waits(tasks: &Tasks, slot: Slot, id: TaskId) -> bool {
    tasks.is(slot, id) && tasks[slot].flags.has(Flag::Entered)
}
