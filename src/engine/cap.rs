//! `cap`: bounds how many tasks of a type, or of a group of types, a shared executor holds. What is
//! over its cap waits here and holds no worker.
//!
//! A slot is taken on hand-over and given back when the task ends; then the longest-waiting task whose caps
//! all have room follows.

use super::bus::Acceptance;
use super::cap_state::CapState;
use super::place::Place;
use super::sim::Sim;
use super::state::KindState;
use super::task::{Future, Slot};
use crate::model::id::ExecutorId;
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// Decides about a submission to a cap; `None` if there is no room.
    pub(super) fn place_at_cap(&self, slot: Slot, executor: ExecutorId, cap: &CapState) -> Option<Place> {
        let kind = self.st.tasks[slot].kind;
        let state = &self.st.executors[executor.index()];
        // A look at those who wait already is due: nobody passes before it.
        let scheduler_is_free = !state.scheduler_busy && !state.pumping;
        if scheduler_is_free && cap.lets_go(kind) {
            return Some(Place::Pass);
        }
        let bound = self.s.executors[executor.index()].queue;
        bound.is_none_or(|bound| cap.len_of(kind) < bound).then_some(Place::Hold)
    }

    /// Whether a cap would accept a task, and pass it on to something that accepts it.
    pub(super) fn cap_accepts(&self, slot: Slot, executor: ExecutorId, cap: &CapState) -> Acceptance {
        match self.place_at_cap(slot, executor, cap) {
            None if self.finds_a_way(executor) => Acceptance::Yes,
            None => Acceptance::No,
            Some(Place::Pass) => {
                let into = self.s.executors[executor.index()].wraps().expect("a wrapper leads somewhere");
                self.accepts(slot, into)
            }
            Some(_) => Acceptance::Yes,
        }
    }

    /// Hands over what has room, the longest-waiting first; then submissions that wait for room here.
    pub(super) fn pump_cap(&mut self, wrapper: ExecutorId) {
        while !self.st.executors[wrapper.index()].scheduler_busy {
            let KindState::Cap(cap) = &mut self.st.executors[wrapper.index()].kind else {
                unreachable!("only a cap is pumped here")
            };
            if let Some(slot) = cap.take_next(&self.st.tasks) {
                if self.st.tasks[slot].future == Future::Cancelled {
                    self.skip(slot);
                    self.free_if_unneeded(slot);
                } else {
                    self.pass(slot, wrapper);
                }
                self.room_at(wrapper);
            } else if !self.admit_to_cap(wrapper) {
                break;
            }
        }
    }

    /// Lets the longest-blocked submission in whose caps have room.
    fn admit_to_cap(&mut self, wrapper: ExecutorId) -> bool {
        let state = &mut self.st.executors[wrapper.index()];
        let KindState::Cap(cap) = &state.kind else { unreachable!("only a cap is pumped here") };
        let tasks = &self.st.tasks;
        let goes = |slot: Slot| cap.lets_go(tasks[slot].kind);
        let Some(index) = state.blocked.iter().position(|(slot, _)| goes(*slot)) else {
            return false;
        };
        let (slot, origin) = state.blocked.remove(index).expect("its index was just found");
        self.pass_blocked(slot, wrapper, origin);
        true
    }

    /// The cap with turns that a task in the queue of `pool` came through.
    fn turns_before(&self, slot: Slot, pool: ExecutorId) -> Option<ExecutorId> {
        let (mut at, mut last) = (self.st.tasks[slot].first, None);
        while at != pool {
            last = Some(at);
            at = self.s.executors[at.index()].wraps()?;
        }
        let has_turns = |wrapper: &ExecutorId| match &self.st.executors[wrapper.index()].kind {
            KindState::Cap(cap) => cap.has_turns(),
            KindState::Pool(_) | KindState::Inline | KindState::Delay(_) | KindState::Bus(_) => false,
        };
        last.filter(has_turns)
    }

    fn cap_state(&mut self, wrapper: ExecutorId) -> &mut CapState {
        match &mut self.st.executors[wrapper.index()].kind {
            KindState::Cap(cap) => cap,
            KindState::Pool(_) | KindState::Inline | KindState::Delay(_) | KindState::Bus(_) => {
                unreachable!("only caps have turns")
            }
        }
    }

    /// Whether a task could start in `pool` if its turn came now: its caps have room, or it came through none.
    pub(super) fn has_room_at_turn(&self, slot: Slot, pool: ExecutorId) -> bool {
        let Some(wrapper) = self.turns_before(slot, pool) else { return true };
        let KindState::Cap(cap) = &self.st.executors[wrapper.index()].kind else { return true };
        // A cancelled one only gives its place up.
        self.st.tasks[slot].future == Future::Cancelled || cap.has_room(self.st.tasks[slot].kind)
    }

    /// The turn of a task has come: the place of its group goes to the tail, for the next.
    pub(super) fn takes_turn(&mut self, slot: Slot, pool: ExecutorId) {
        let Some(wrapper) = self.turns_before(slot, pool) else { return };
        let task = &self.st.tasks[slot];
        let (kind, runs) = (task.kind, (task.future != Future::Cancelled).then_some(task.id));
        self.cap_state(wrapper).comes_to_turn(kind, runs);
        let cause = self.st.cause;
        self.pump_cap(wrapper);
        self.st.cause = cause;
    }

    /// The same for a task that an idle worker takes at once; the next of its group follows when that is done.
    pub(super) fn takes_turn_later(&mut self, slot: Slot, pool: ExecutorId) {
        let Some(wrapper) = self.turns_before(slot, pool) else { return };
        let (kind, id) = (self.st.tasks[slot].kind, self.st.tasks[slot].id);
        self.cap_state(wrapper).comes_to_turn(kind, Some(id));
        self.pump_later(wrapper);
    }
}
