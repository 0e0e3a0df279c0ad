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
        (self.at, self.ticket) < (other.at, other.ticket)
    }
}

/// A 4-ary min-heap: shallower than a binary one, and four siblings share a cache line or two.
#[derive(Clone, Debug, Default)]
pub(super) struct Calendar {
    heap: Vec<Entry>,
}

const ARITY: usize = 4;

impl Calendar {
    /// The next entry.
    #[inline]
    pub fn peek(&self) -> Option<&Entry> {
        self.heap.first()
    }

    #[inline]
    pub fn push(&mut self, entry: Entry) {
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

    #[inline]
    pub fn pop(&mut self) -> Option<Entry> {
        let last = self.heap.pop()?;
        let Some(&first) = self.heap.first() else { return Some(last) };
        self.sift_down(last);
        Some(first)
    }

    fn sift_down(&mut self, entry: Entry) {
        let mut hole = 0;
        loop {
            let children = ARITY * hole + 1;
            if children >= self.heap.len() {
                break;
            }
            let end = (children + ARITY).min(self.heap.len());
            let mut least = children;
            for child in children + 1..end {
                if self.heap[child].before(&self.heap[least]) {
                    least = child;
                }
            }
            if !self.heap[least].before(&entry) {
                break;
            }
            self.heap[hole] = self.heap[least];
            hole = least;
        }
        self.heap[hole] = entry;
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
