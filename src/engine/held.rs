//! What is held until its time comes, by a `delay` or in a `scheduled` pool, or until it may be taken, on a `bus`, as
//! bookkeeping.

use super::task::{Flag, Slot};
use super::tasks::Tasks;
use crate::model::id::TaskId;
use crate::model::time::Time;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// A held task: when it is due, then which came first.
pub(super) type HeldEntry = (Time, u64, Slot, TaskId);

/// The deadline of what may leave at once, in the untimed view.
pub(super) const RELEASED: Time = Time::ZERO;

/// Messages on the bus.
#[derive(Clone, Debug, Default)]
pub(super) struct BusState {
    /// Not taken yet, the head first; cancelled ones included.
    pub held: VecDeque<Slot>,
    /// Taken and unfinished.
    pub taken: u32,
}

/// What a delay holds.
#[derive(Clone, Debug, Default)]
pub(super) struct DelayState {
    /// Tasks held for the executor's own fixed delay: due in this order.
    pub(super) line: VecDeque<HeldEntry>,
    /// Tasks with a delay of their own.
    pub(super) others: BinaryHeap<Reverse<HeldEntry>>,
    /// How many it holds, cancelled ones included.
    pub(super) len: u32,
    /// For which deadline (and ticket) the scheduler's timer is set.
    pub(super) timer: Option<(Time, u64)>,
}

impl DelayState {
    /// How many it holds, cancelled ones included.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Notes that one was dropped.
    pub fn forget_one(&mut self) {
        self.len -= 1;
    }

    /// The one that is due first.
    #[inline]
    pub fn head(&self) -> Option<HeldEntry> {
        let first = self.line.front().copied();
        match (first, self.others.peek()) {
            (first, None) => first,
            (Some(a), Some(Reverse(b))) => Some(a.min(*b)),
            (None, Some(Reverse(b))) => Some(*b),
        }
    }

    /// Takes the one that is due first.
    #[inline]
    pub fn take_head(&mut self) -> Option<HeldEntry> {
        match (self.line.front(), self.others.peek()) {
            (_, None) => self.line.pop_front(),
            (Some(a), Some(Reverse(b))) if a < b => self.line.pop_front(),
            (_, Some(_)) => self.others.pop().map(|Reverse(held)| held),
        }
    }

    /// Whether this is the timer that is set, and that of the head, which is still held.
    #[inline]
    pub fn is_timer_of_head(&self, at: Time, ticket: u64, tasks: &Tasks) -> bool {
        self.timer == Some((at, ticket))
            && self.head().is_some_and(|(due, number, slot, id)| {
                (due, number) == (at, ticket) && is_held(tasks, slot, id)
            })
    }

    /// Takes entries that were dropped for later ones off the head.
    #[inline]
    pub fn drop_forgotten(&mut self, tasks: &Tasks) {
        while let Some((_, _, slot, id)) = self.head()
            && !is_held(tasks, slot, id)
        {
            self.take_head();
        }
    }

    /// For which deadline and ticket a timer is to be set: the head's, unless one for it or for something
    /// earlier is set. (If the head was due before now, the scheduler will come to it once it is free, or the green thread.)
    #[inline]
    pub fn next_timer(&mut self, now: Time) -> Option<(Time, u64)> {
        let (due, ticket, _, _) = self.head()?;
        if due == Time::NEVER || due < now || self.timer.is_some_and(|timer| timer <= (due, ticket)) {
            return None;
        }
        self.timer = Some((due, ticket));
        self.timer
    }

    /// Takes a task's entry out. Entries of tasks that were dropped may still stand here, and their slots may be others'
    /// by now: only the id tells whose an entry is.
    pub fn take_out(&mut self, id: TaskId) -> Option<HeldEntry> {
        if let Some(index) = self.line.iter().position(|held| held.3 == id) {
            return self.line.remove(index);
        }
        let held = self.others.iter().map(|Reverse(held)| *held).find(|held| held.3 == id)?;
        self.others.retain(|Reverse(other)| other.3 != id);
        Some(held)
    }

    /// The one that has been held longest.
    pub fn oldest(&self, tasks: &Tasks) -> Option<Slot> {
        let others = self.others.iter().map(|Reverse(held)| held);
        let held = self.line.iter().chain(others).filter(|(_, _, slot, id)| is_held(tasks, *slot, *id));
        held.min_by_key(|(_, ticket, _, _)| *ticket).map(|held| held.2)
    }
}

/// Whether what is held is still the task's entry.
pub(super) fn is_held(tasks: &Tasks, slot: Slot, id: TaskId) -> bool {
    tasks.is(slot, id) && tasks[slot].flags.has(Flag::Entered)
}
