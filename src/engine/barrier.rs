//! Barriers: a fixed number of tasks go on together, again and again.
//!
//! A task that stops waiting before the others have come breaks it for all who wait and all who come later, for ever
//! (Java's `CyclicBarrier`).

use super::sim::Sim;
use super::task::Slot;
use super::things::{Barrier, SharedState};
use crate::model::id::{Pc, SharedId};
use crate::trace::event::{Event, Failure, WakeReason};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    fn barrier_mut(&mut self, barrier: SharedId) -> &mut Barrier {
        match self.shared_mut(barrier) {
            SharedState::Barrier(barrier) => barrier,
            other => panic!("{other:?} is no barrier"),
        }
    }

    /// The last one comes: all go on.
    pub(super) fn pass_barrier(&mut self, slot: Slot, pc: Pc, shared: SharedId) {
        self.emit(Event::Passed { task: self.st.tasks[slot].id, pc });
        while let Some(waiter) = self.barrier_mut(shared).line.pop() {
            self.end_wait(waiter, WakeReason::Done, Failure::Fail);
        }
    }

    /// It never lets anybody through again: whoever waits raises.
    pub(super) fn break_barrier(&mut self, shared: SharedId) {
        self.barrier_mut(shared).is_broken = true;
        while let Some(waiter) = self.barrier_mut(shared).line.pop() {
            self.end_wait(waiter, WakeReason::Raises, Failure::BrokenBarrier);
        }
    }
}
