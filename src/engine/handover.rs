//! Wrappers hand tasks over: what `delay`, `cap` and `bus` have in common.
//!
//! A wrapper's submissions are made by its scheduler thread: a refusal there ends the task `rejected` and
//! raises in nobody; a submission that blocks, or a task that the scheduler has to run itself, keeps it busy.

use super::agenda::Action;
use super::sim::Sim;
use super::state::{KindState, Origin};
use super::task::{Flag, Future, Phase, Slot};
use crate::model::id::ExecutorId;
use crate::trace::event::{Event, SubmissionOutcome};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// Intakes in front of `executor` look whether they can hand something over now.
    #[inline(always)]
    pub(super) fn poke_upstream(&mut self, executor: ExecutorId) {
        if self.st.executors[executor.index()].traits.has_upstream {
            self.poke_all_upstream(executor);
        }
    }

    fn poke_all_upstream(&mut self, executor: ExecutorId) {
        for i in 0..self.plan.upstream[executor.index()].len() {
            self.pump_later(self.plan.upstream[executor.index()][i]);
        }
    }

    /// Puts a wrapper's next look on the agenda, if it holds anything and none is there yet.
    pub(super) fn pump_later(&mut self, wrapper: ExecutorId) {
        let state = &mut self.st.executors[wrapper.index()];
        let holds = match &state.kind {
            KindState::Cap(cap) => cap.len() > 0 || !state.blocked.is_empty(),
            KindState::Bus(bus) => !bus.held.is_empty() || !state.blocked.is_empty(),
            KindState::Delay(_) | KindState::Pool(_) | KindState::Inline => false,
        };
        if holds && !state.pumping && !state.scheduler_busy {
            state.pumping = true;
            self.st.then(Action::Pump(wrapper));
        }
    }

    /// A wrapper hands over what it can.
    pub(super) fn pump(&mut self, wrapper: ExecutorId) {
        self.st.executors[wrapper.index()].pumping = false;
        match self.st.executors[wrapper.index()].kind {
            KindState::Cap(_) => self.pump_cap(wrapper),
            KindState::Bus(_) => self.pump_bus(wrapper),
            KindState::Delay(_) => self.hand_over_due(wrapper),
            KindState::Pool(_) | KindState::Inline => unreachable!("only wrappers hand over"),
        }
        // While this look was due, or its scheduler busy, the wrapper let nothing pass. That ends here: each
        // poke goes to wrappers further up, so it cannot come back.
        self.poke_upstream(wrapper);
    }

    /// A wrapper's scheduler thread can submit again.
    pub(super) fn scheduler_is_free(&mut self, wrapper: ExecutorId) {
        let state = &mut self.st.executors[wrapper.index()];
        state.scheduler_busy = false;
        if !state.pumping {
            state.pumping = true;
            self.st.then(Action::Pump(wrapper));
        }
    }

    /// Keeps a task at a wrapper.
    pub(super) fn hold(&mut self, slot: Slot, wrapper: ExecutorId) {
        let task = &mut self.st.tasks[slot];
        task.phase = Phase::Held;
        task.flags.set(Flag::Entered);
        task.cause = self.st.cause;
        let entry = (slot, task.id);
        let kind = task.kind;
        match &mut self.st.executors[wrapper.index()].kind {
            KindState::Delay(_) => self.hold_for_delay(slot, wrapper),
            KindState::Cap(cap) => cap.hold(kind, entry),
            KindState::Bus(bus) => bus.held.push_back(slot),
            KindState::Pool(_) => self.hold_for_delay(slot, wrapper),
            KindState::Inline => unreachable!("only wrappers hold tasks"),
        }
    }

    /// A wrapper passes a task on at once.
    pub(super) fn pass(&mut self, slot: Slot, wrapper: ExecutorId) {
        let kind = self.st.tasks[slot].kind;
        match &mut self.st.executors[wrapper.index()].kind {
            KindState::Cap(cap) => cap.hands_over(kind),
            KindState::Bus(bus) => bus.taken += 1,
            KindState::Delay(_) | KindState::Pool(_) | KindState::Inline => {
                unreachable!("only caps and buses pass tasks on")
            }
        }
        self.hand_over(slot, wrapper);
    }

    /// A submission that waited for room at a wrapper passes it without being held; a cancelled one is skipped.
    pub(super) fn pass_blocked(&mut self, slot: Slot, wrapper: ExecutorId, origin: Origin) {
        let cause = self.st.cause;
        let task = &self.st.tasks[slot];
        if task.future == Future::Cancelled {
            self.skip(slot);
            self.free_if_unneeded(slot);
        } else {
            self.emit(Event::Entered { task: task.id, executor: wrapper, fate: SubmissionOutcome::Passed });
            self.pass(slot, wrapper);
        }
        self.admitted(slot, origin);
        self.st.cause = cause;
    }

    /// Submits a task that a wrapper held into the executor behind it.
    pub(super) fn hand_over(&mut self, slot: Slot, wrapper: ExecutorId) {
        let next = self.st.executors[wrapper.index()].traits.into.expect("a wrapper leads somewhere");
        let task = &mut self.st.tasks[slot];
        task.flags.clear(Flag::Entered);
        task.at = next;
        let id = task.id;
        self.st.executors[next.index()].unfinished += 1;
        let earlier = self.st.cause;
        if self.submit_plainly(slot, next, |task, fate| Event::Entered { task, executor: next, fate }) {
            self.st.cause = earlier;
            return;
        }
        let place = self.place(slot, next, None);
        let warned = self.is_backlog(next, place);
        let cause = self.st.cause;
        self.emit(Event::Entered { task: id, executor: next, fate: place.fate() });
        self.warn_of_backlog(warned, id, next);
        self.settle(slot, next, place, Origin::Scheduler(wrapper));
        self.st.cause = cause;
    }
}
