//! Barriers: a fixed number of tasks go on together, again and again.
//!
//! A task that stops waiting before the others have come breaks it for all who wait and all who come later, for ever
//! (Java's `CyclicBarrier`).

use super::Sim;
use super::shared::{Line, SharedState};
use super::task::Slot;
use crate::model::id::{Pc, SharedId};
use crate::trace::event::{Event, Failure, WakeReason};
use crate::trace::recorder::Recorder;

/// One barrier.
#[derive(Clone, Debug)]
pub(super) struct Barrier {
    parties: u32,
    /// Who has come.
    pub line: Line,
    pub is_broken: bool,
}

impl Barrier {
    pub fn new(parties: u32) -> Barrier {
        Barrier { parties, line: Line::default(), is_broken: false }
    }

    /// Whether the next one to come is the last.
    pub fn lacks_one(&self) -> bool {
        self.line.len() as u64 + 1 >= u64::from(self.parties)
    }

    /// What must hold between two events.
    pub fn check(&self, name: &str) {
        assert!((self.line.len() as u64) < u64::from(self.parties), "{name}: parties");
        assert!(!self.is_broken || self.line.is_empty(), "{name}: somebody waits though it is broken");
    }
}

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
