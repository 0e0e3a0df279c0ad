//! `bus`: a strictly first-in-first-out intake. The head is taken when its submission would not be refused
//! and fewer than `prefetch` taken messages are unfinished; a head that cannot be taken blocks all behind it.

use super::held::BusState;
use super::place::Place;
use super::sim::Sim;
use super::state::KindState;
use super::task::{Future, Slot};
use crate::model::executor::{ExecutorKind, OnFull};
use crate::model::id::ExecutorId;
use crate::trace::recorder::Recorder;

/// Whether an executor would take a task without having to refuse or drop anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Acceptance {
    Yes,
    No,
}

impl<R: Recorder> Sim<'_, R> {
    fn bus_may_take(&self, slot: Slot, executor: ExecutorId, bus: &BusState) -> bool {
        let ExecutorKind::Bus { prefetch, into } = self.s.executors[executor.index()].kind else {
            unreachable!("only a bus takes messages")
        };
        prefetch.is_none_or(|prefetch| bus.taken < prefetch) && self.accepts(slot, into) == Acceptance::Yes
    }

    /// Decides about a submission to a bus; `None` if there is no room.
    pub(super) fn place_at_bus(&self, slot: Slot, executor: ExecutorId, bus: &BusState) -> Option<Place> {
        let state = &self.st.executors[executor.index()];
        let first =
            bus.held.is_empty() && state.blocked.is_empty() && !state.scheduler_busy && !state.pumping;
        if first && self.bus_may_take(slot, executor, bus) {
            return Some(Place::Pass);
        }
        let bound = self.s.executors[executor.index()].queue;
        bound.is_none_or(|bound| (bus.held.len() as u32) < bound).then_some(Place::Hold)
    }

    /// Whether `executor` would take the task.
    pub(super) fn accepts(&self, slot: Slot, executor: ExecutorId) -> Acceptance {
        let state = &self.st.executors[executor.index()];
        if state.shut {
            // It would be refused for good; leaving it on the bus for ever is no better.
            return Acceptance::Yes;
        }
        let placed = match &state.kind {
            KindState::Cap(cap) => return self.cap_accepts(slot, executor, cap),
            KindState::Pool(pool) => self.place_in_pool(slot, executor, pool).is_some(),
            KindState::Inline => true,
            KindState::Delay(delay) => {
                self.s.executors[executor.index()].queue.is_none_or(|bound| delay.len() < bound)
            }
            KindState::Bus(bus) => self.place_at_bus(slot, executor, bus).is_some(),
        };
        if placed || self.finds_a_way(executor) { Acceptance::Yes } else { Acceptance::No }
    }

    /// Whether a full executor does something else than to refuse a message, or to keep its bus waiting.
    pub(super) fn finds_a_way(&self, executor: ExecutorId) -> bool {
        match self.s.executors[executor.index()].on_full {
            OnFull::Reject | OnFull::Block => false,
            OnFull::CallerRuns | OnFull::Discard | OnFull::DiscardOldest => true,
        }
    }

    /// Takes messages off the bus as long as the head may be taken; a cancelled one is met, and skipped, at
    /// the same turn.
    pub(super) fn pump_bus(&mut self, wrapper: ExecutorId) {
        while !self.st.executors[wrapper.index()].scheduler_busy {
            let KindState::Bus(bus) = &self.st.executors[wrapper.index()].kind else {
                unreachable!("only a bus is pumped here")
            };
            let Some(&slot) = bus.held.front() else {
                if self.admit_to_bus(wrapper) {
                    continue;
                }
                break;
            };
            if !self.bus_may_take(slot, wrapper, bus) {
                break;
            }
            let KindState::Bus(bus) = &mut self.st.executors[wrapper.index()].kind else {
                unreachable!("only a bus is pumped here")
            };
            bus.held.pop_front();
            if self.st.tasks[slot].future == Future::Cancelled {
                self.skip(slot);
                self.free_if_unneeded(slot);
            } else {
                self.pass(slot, wrapper);
            }
            self.room_at(wrapper);
        }
    }

    /// With nothing on the bus (`queue = 0`), takes the longest-blocked submission if it may be taken.
    fn admit_to_bus(&mut self, wrapper: ExecutorId) -> bool {
        let state = &self.st.executors[wrapper.index()];
        let KindState::Bus(bus) = &state.kind else { unreachable!("only a bus is pumped here") };
        let Some(&(slot, origin)) = state.blocked.front() else { return false };
        if !self.bus_may_take(slot, wrapper, bus) {
            return false;
        }
        self.st.executors[wrapper.index()].blocked.pop_front();
        self.pass_blocked(slot, wrapper, origin);
        true
    }
}
