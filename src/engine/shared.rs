//! What all shared things have in common: who waits at one, how a task comes to wait there, and how it goes on.
//!
//! Whoever brings what a task waits for hands it over directly: the task has it from then on, and goes on at its turn.
//! A task can be taken out of any such wait by [`Sim::stop_waiting`], whatever it waits for.

use super::sim::Sim;
use super::task::{Phase, Slot};
use super::things::SharedState;
use super::work::Flow;
use crate::model::id::{DrawId, Pc, SharedId};
use crate::model::program::Program;
use crate::trace::event::{Event, Failure, WakeReason};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// The task waits at a shared thing from now on; the caller puts it in line.
    pub(super) fn park(&mut self, slot: Slot, program: &Program, pc: Pc, timeout: Option<DrawId>) -> Flow {
        self.emit(Event::Waiting { task: self.st.tasks[slot].id, pc });
        self.arm_timeout(slot, program, pc, timeout);
        self.st.tasks[slot].phase = Phase::Parked;
        Flow::Idle
    }

    /// What a parked task, which is in line no more, waits for is there: it goes on behind its step, at its turn.
    pub(super) fn unpark(&mut self, slot: Slot) {
        let task = &mut self.st.tasks[slot];
        task.wake = task.wake.wrapping_add(1);
        task.phase = Phase::Ready;
        task.pc = Pc(task.pc.0 + 1);
        self.ready(slot);
    }

    /// The wait of a task that is in line no more is over, in this way: it sees that at its turn.
    pub(super) fn end_wait(&mut self, slot: Slot, why: WakeReason, failure: Failure) {
        let task = &mut self.st.tasks[slot];
        task.wake = task.wake.wrapping_add(1);
        task.phase = Phase::Ready;
        let id = task.id;
        self.st.tasks.extra_mut(slot).verdict = Some((why, failure));
        let cause = self.st.cause;
        self.emit(Event::Resumed { task: id, why });
        self.ready(slot);
        self.st.cause = cause;
    }

    /// Takes a task out of whatever it waits for before that is there: its timeout has come, or it raises.
    pub(super) fn stop_waiting(&mut self, slot: Slot, why: WakeReason, failure: Failure) {
        match self.st.tasks[slot].phase {
            Phase::Waiting => self.wake_waiter(slot, why, failure),
            Phase::Parked => self.stop_parked(slot, why, failure),
            Phase::Acquiring => self.stop_acquiring(slot, why, failure),
            // It was woken and has not looked yet; if it then finds nothing, it gives up.
            Phase::Woken => self.st.tasks.extra_mut(slot).verdict = Some((why, failure)),
            phase @ (Phase::Held
            | Phase::Queued
            | Phase::Unadmitted
            | Phase::Drained
            | Phase::Taken
            | Phase::Timed
            | Phase::Resident
            | Phase::Served
            | Phase::Submitting
            | Phase::Calling
            | Phase::Ready
            | Phase::Ended) => unreachable!("a task that is {phase:?} waits for nothing"),
        }
    }

    fn stop_parked(&mut self, slot: Slot, why: WakeReason, failure: Failure) {
        let shared = self.waits_at(slot);
        match &mut self.st.shared[shared.index()] {
            SharedState::Channel(channel) => {
                channel.senders.remove(slot);
                channel.receivers.remove(slot);
                self.end_wait(slot, why, failure);
            }
            SharedState::Condition(line) => {
                line.remove(slot);
                self.end_of_condition(slot, shared, why, failure);
            }
            SharedState::Latch(latch) => {
                latch.line.remove(slot);
                self.end_wait(slot, why, failure);
            }
            SharedState::Barrier(barrier) => {
                barrier.line.remove(slot);
                self.end_wait(slot, why, failure);
                self.break_barrier(shared);
            }
            SharedState::Server(_) => unreachable!("nobody is parked at a server"),
        }
    }

    /// A task in line at a semaphore or lock gives up: whoever stood behind it may have been held back by it alone. One that
    /// takes the lock of its condition again does not give up before it has it.
    fn stop_acquiring(&mut self, slot: Slot, why: WakeReason, failure: Failure) {
        if let Some(relock) = &mut self.st.tasks.extra_mut(slot).relock {
            relock.verdict = (why, failure);
            return;
        }
        let (resource, _) = self.asked_for(slot);
        let instance = self.instance(slot, resource);
        self.end_wait(slot, why, failure);
        self.st.resources[instance as usize].one_is_gone(&self.st.tasks);
        if self.s.resources[resource.index()].serves_in_order() {
            let cause = self.st.cause;
            self.serve(None, resource, instance, None);
            self.st.cause = cause;
        }
    }

    /// A task that dies waits for nothing any more. What it would have been given goes to the next in line.
    pub(super) fn leave_what_is_shared(&mut self, slot: Slot) {
        match self.st.tasks[slot].phase {
            Phase::Parked => {
                let shared = self.waits_at(slot);
                match self.shared_mut(shared) {
                    SharedState::Channel(channel) => {
                        channel.senders.remove(slot);
                        channel.receivers.remove(slot);
                    }
                    SharedState::Condition(line) => line.remove(slot),
                    SharedState::Latch(latch) => latch.line.remove(slot),
                    SharedState::Barrier(barrier) => barrier.line.remove(slot),
                    SharedState::Server(_) => unreachable!("nobody is parked at a server"),
                }
            }
            Phase::Served | Phase::Resident => self.leave_server(slot),
            phase @ (Phase::Acquiring | Phase::Woken) => {
                let (resource, claim) = self.asked_for(slot);
                let instance = self.instance(slot, resource);
                self.leave_resource_line(slot, instance);
                let task = &mut self.st.tasks[slot];
                task.phase = Phase::Ready;
                task.wake = task.wake.wrapping_add(1);
                let cause = self.st.cause;
                // Where waiters queue again only one that was woken keeps others from what is free.
                let given = (phase == Phase::Woken).then_some(claim);
                if given.is_some() || self.s.resources[resource.index()].serves_in_order() {
                    self.serve(None, resource, instance, given);
                }
                self.st.cause = cause;
            }
            Phase::Held
            | Phase::Queued
            | Phase::Unadmitted
            | Phase::Drained
            | Phase::Taken
            | Phase::Timed
            | Phase::Waiting
            | Phase::Submitting
            | Phase::Calling
            | Phase::Ready
            | Phase::Ended => {}
        }
    }

    /// What a parked task waits at.
    fn waits_at(&self, slot: Slot) -> SharedId {
        let task = &self.st.tasks[slot];
        let instruction = &self.s.tasks[task.kind.index()].program.code[task.pc.index()];
        let Some(shared) = instruction.shared() else { unreachable!("nobody is parked at {instruction:?}") };
        shared
    }

    pub(super) fn shared_mut(&mut self, shared: SharedId) -> &mut SharedState {
        &mut self.st.shared[shared.index()]
    }
}
