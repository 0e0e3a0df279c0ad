//! What will happen and when: a priority queue of timers.
//!
//! Equal instants leave in the order in which they were scheduled. A timer is cancelled by bumping the
//! `wake` of its task: the stale entry is skipped when it is met. Timeouts live in a calendar of their
//! own, because at one instant they come last.

use super::task::Slot;
use crate::model::id::ExecutorId;
use crate::model::time::Time;

/// Who is woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// A task, if its `wake` is still this.
    Task(Slot, u32),
    /// The scheduler of a delay.
    Scheduler(ExecutorId),
    /// The thread on a core has had its interval: the task's `wake` must still be this.
    Preempt(Slot, u32),
}

/// One timer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub at: Time,
    /// Orders equal instants; unique.
    pub ticket: u64,
    pub due: Due,
}

impl Entry {
    #[inline]
    fn before(&self, other: &Entry) -> bool {
        self.at < other.at || (self.at == other.at && self.ticket < other.ticket)
    }
}

/// A 4-ary min-heap: shallower than a binary one, and four siblings share a cache line or two.
///
/// Popping leaves a hole at the root. What is pushed next goes there and sinks, which is one pass instead
/// of two: most timers that come are followed by another (a worker's next task, the next step).
#[derive(Clone, Debug, Default)]
pub(super) struct Calendar {
    heap: Vec<Entry>,
    hole_at_root: bool,
}

const ARITY: usize = 4;

impl Calendar {
    /// The next entry.
    #[inline(always)]
    pub fn peek(&mut self) -> Option<&Entry> {
        if self.hole_at_root {
            self.fill_hole();
        }
        self.heap.first()
    }

    #[inline(always)]
    pub fn push(&mut self, entry: Entry) {
        if self.hole_at_root {
            self.hole_at_root = false;
            return self.sink(entry);
        }
        let mut hole = self.heap.len();
        self.heap.push(entry);
        while hole > 0 {
            let parent = (hole - 1) / ARITY;
            if !entry.before(&self.heap[parent]) {
                break;
            }
            self.heap[hole] = self.heap[parent];
            hole = parent;
        }
        self.heap[hole] = entry;
    }

    #[inline(always)]
    pub fn pop(&mut self) -> Option<Entry> {
        let first = *self.peek()?;
        self.hole_at_root = true;
        Some(first)
    }

    fn fill_hole(&mut self) {
        self.hole_at_root = false;
        let last = self.heap.pop().expect("a hole is an entry");
        if !self.heap.is_empty() {
            self.sink(last);
        }
    }

    /// Places `entry`, from the root downwards.
    fn sink(&mut self, entry: Entry) {
        let heap = self.heap.as_mut_slice();
        let mut hole = 0;
        loop {
            let first = ARITY * hole + 1;
            let Some(siblings) = heap.get(first..heap.len().min(first + ARITY)) else { break };
            let Some((least, least_entry)) =
                (first..).zip(siblings).reduce(|a, b| if b.1.before(a.1) { b } else { a })
            else {
                break;
            };
            if !least_entry.before(&entry) {
                break;
            }
            heap[hole] = *least_entry;
            hole = least;
        }
        heap[hole] = entry;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_in_order_of_time_then_ticket() {
        let mut calendar = Calendar::default();
        let stream = crate::engine::draw::Stream::of_seed(3);
        let mut expected = Vec::new();
        for ticket in 0..1000u32 {
            let at = Time((stream.at(0, ticket).unit() * 50.0) as u64);
            calendar.push(Entry { at, ticket: ticket.into(), due: Due::Task(Slot(ticket), 0) });
            expected.push((at, u64::from(ticket)));
        }
        expected.sort_unstable();
        let got: Vec<_> = std::iter::from_fn(|| calendar.pop()).map(|e| (e.at, e.ticket)).collect();
        assert_eq!(got, expected);
    }
}
