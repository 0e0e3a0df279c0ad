//! Conditions: tasks that wait to be notified, the longest first; a notification that nobody waits for is lost.
//!
//! With a lock (Java's monitors and `Condition`, asyncio's and POSIX's): whoever waits gives it up, however often it has
//! it, and takes it again before it goes on, in line with everybody else who asks for it.

use super::exploring::Decision;
use super::sim::Sim;
use super::task::{Flag, Phase, Relock, Slot};
use super::things::{Line, SharedState};
use super::work::Flow;
use crate::model::id::{DrawId, Pc, ResourceId, SharedId};
use crate::model::program::{Claim, Program};
use crate::model::shared::SharedKind;
use crate::trace::event::{Event, Failure, WakeReason};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    fn condition_mut(&mut self, condition: SharedId) -> &mut Line {
        match self.shared_mut(condition) {
            SharedState::Condition(line) => line,
            other => panic!("{other:?} is no condition"),
        }
    }

    fn lock_of(&self, condition: SharedId) -> Option<ResourceId> {
        match self.s.shared[condition.index()].kind {
            SharedKind::Condition { lock } => lock,
            SharedKind::Channel { .. }
            | SharedKind::Latch { .. }
            | SharedKind::Barrier { .. }
            | SharedKind::Server(_) => None,
        }
    }

    /// Who waits on a condition, the longest first.
    pub(super) fn waiters_on(&self, condition: SharedId) -> Vec<Slot> {
        match &self.st.shared[condition.index()] {
            SharedState::Condition(line) => line.iter().collect(),
            other => panic!("{other:?} is no condition"),
        }
    }

    /// `wait-on`
    pub(super) fn wait_on(
        &mut self,
        slot: Slot,
        program: &Program,
        pc: Pc,
        condition: SharedId,
        timeout: Option<DrawId>,
    ) -> Result<Flow, Failure> {
        self.st.tasks[slot].flags.clear(Flag::TimedOut);
        if let Some(flow) = self.meets_interrupt(slot) {
            return Ok(flow);
        }
        if let Some(lock) = self.lock_of(condition) {
            let times = self.give_up_lock(slot, lock)?;
            let verdict = (WakeReason::Done, Failure::Fail);
            self.st.tasks.extra_mut(slot).relock = Some(Relock { times, verdict });
        }
        let flow = self.park(slot, program, pc, timeout);
        let id = self.st.tasks[slot].id;
        self.condition_mut(condition).push(slot, id);
        Ok(flow)
    }

    /// `notify`
    pub(super) fn notify_waiters(&mut self, slot: Slot, pc: Pc, condition: SharedId, count: Option<u32>) {
        let waiting = self.condition_mut(condition).len();
        let count = count.map_or(waiting, |count| waiting.min(count as usize));
        if R::STEPWISE
            && let Some(Decision::Notify(place)) = self.st.exploring.decision.take()
        {
            self.condition_mut(condition).bring_forward(place as usize);
        }
        self.emit(Event::Signalled { task: self.st.tasks[slot].id, pc, count: count as u32 });
        let cause = self.st.cause;
        for _ in 0..count {
            let waiter = self.condition_mut(condition).pop().expect("there are as many");
            self.end_of_condition(waiter, condition, WakeReason::Done, Failure::Fail);
            self.st.cause = cause;
        }
    }

    /// A task waits on the condition no longer: it goes on, once it has the lock.
    pub(super) fn end_of_condition(
        &mut self,
        slot: Slot,
        condition: SharedId,
        why: WakeReason,
        failure: Failure,
    ) {
        let Some(lock) = self.lock_of(condition) else { return self.end_wait(slot, why, failure) };
        let cause = self.st.cause;
        if let Some(relock) = &mut self.st.tasks.extra_mut(slot).relock {
            relock.verdict = (why, failure);
        }
        let task = &mut self.st.tasks[slot];
        task.wake = task.wake.wrapping_add(1);
        task.phase = Phase::Acquiring;
        let id = task.id;
        self.emit(Event::Relocks { task: id, why });
        let instance = self.instance(slot, lock);
        if self.may_take(slot, lock, instance, Claim::ONE) {
            self.has_it_now(slot, lock, instance, Claim::ONE);
            self.ready(slot);
        } else {
            self.wait_in_line(slot, instance, Claim::ONE);
        }
        self.st.cause = cause;
    }
}
