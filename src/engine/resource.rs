//! Semaphores, locks and read-write locks: who has what, and who may take it now.
//!
//! By default a released permit is free at once, and whoever asks first takes it: a releaser that asks again goes
//! first. A waiter is woken and, if it finds nothing, waits again: last (`requeue`: CPython's `threading.Semaphore` on a
//! condition; Eventlet's patched one), in its place (`keep-place`: Java's `AbstractQueuedSynchronizer`, gevent), or first,
//! and from then on the lock is handed over until nobody waits (`once`: Go's `sync.Mutex`, whose threshold of one
//! millisecond is taken for granted: a loser has always waited longer). A fair one hands the permit to the longest waiter
//! instead; between green tasks locks do so by default (Eventlet's own `eventlet/semaphore.py`). Read-write locks always
//! hand over. What becomes of waiters stands in `lines`.

use super::instance::{Instance, Waiter, let_go};
use super::keys::Owner;
use super::sim::Sim;
use super::task::{Flag, HeldInstance, Phase, Slot};
use super::work::Flow;
use crate::model::id::{DrawId, Pc, ResourceId};
use crate::model::program::{Claim, Instruction, Program};
use crate::model::runtime::{Barging, ReadWritePreference};
use crate::model::scenario::ResourceKind;
use crate::model::shared::SharedKind;
use crate::trace::event::{Event, Failure, WakeReason};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// The instance for the task's key.
    pub(super) fn instance(&mut self, slot: Slot, resource: ResourceId) -> u32 {
        let described = &self.s.resources[resource.index()];
        if !described.per_key {
            return resource.0.into();
        }
        let (keys, instances) = (&mut self.st.keys, &mut self.st.resources);
        keys.instance(Owner::Resource(resource.0), self.st.tasks[slot].key, || {
            instances.push(Instance::new(resource, described));
            instances.len() as u32 - 1
        })
    }

    /// `acquire` or `lock`: what the thread does if there is nothing to be had.
    pub(super) fn acquire(
        &mut self,
        slot: Slot,
        program: &Program,
        pc: Pc,
        (resource, claim): (ResourceId, Claim),
        timeout: Option<DrawId>,
    ) -> Option<Flow> {
        self.st.tasks[slot].flags.clear(Flag::TimedOut);
        let instance = self.instance(slot, resource);
        if self.takes_again(slot, resource, instance, claim) {
            self.holds(slot, resource, instance, claim, pc);
            return None;
        }
        if self.may_take(slot, resource, instance, claim) {
            self.st.resources[instance as usize].take(claim, self.st.tasks[slot].id);
            self.holds(slot, resource, instance, claim, pc);
            return None;
        }
        if let Some(flow) = self.meets_interrupt(slot) {
            return Some(flow);
        }
        self.emit(Event::Waiting { task: self.st.tasks[slot].id, pc });
        self.arm_timeout(slot, program, pc, timeout);
        self.st.tasks[slot].phase = Phase::Acquiring;
        self.wait_in_line(slot, instance, claim);
        Some(Flow::Idle)
    }

    /// Whether the task holds it already and may take it once more, whoever waits. Nothing is taken by that.
    fn takes_again(&self, slot: Slot, resource: ResourceId, instance: u32, claim: Claim) -> bool {
        let holds = |wanted: Claim| {
            let held = self.st.tasks.extra(slot).map_or(&[][..], |extra| &extra.held);
            held.iter().any(|held| held.instance == instance && held.claim == wanted)
        };
        self.s.resources[resource.index()].is_reentrant() && holds(claim)
    }

    /// Whether a task that comes may have it now, past those who wait if need be.
    pub(super) fn may_take(&self, slot: Slot, resource: ResourceId, instance: u32, claim: Claim) -> bool {
        let described = &self.s.resources[resource.index()];
        let state = &self.st.resources[instance as usize];
        let id = self.st.tasks[slot].id;
        if !state.has(claim, id, described.permits) {
            return false;
        }
        let queues = match described.kind {
            ResourceKind::ReadWriteLock { prefer, .. } => {
                let passes = claim == Claim::Read
                    && (prefer == ReadWritePreference::Readers || state.writer == Some(id));
                let first = state.waiters.iter().find(|waiter| self.is_in_line(waiter));
                let barges = described.barging == Barging::KeepPlace
                    && (claim == Claim::Write || first.is_none_or(|first| first.claim == Claim::Read));
                !passes && !barges
            }
            // (By default only single locks are handed over, and then nothing is free while somebody waits.)
            ResourceKind::Semaphore { .. } | ResourceKind::Lock { .. } => {
                described.fair == Some(true) || (described.barging == Barging::Once && state.starving)
            }
        };
        !queues || !state.waiters.iter().any(|waiter| self.is_in_line(waiter))
    }

    pub(super) fn wait_in_line(&mut self, slot: Slot, instance: u32, claim: Claim) {
        let task = &self.st.tasks[slot];
        let waiter = Waiter { slot, id: task.id, wake: task.wake, claim };
        self.st.resources[instance as usize].waiters.push_back(waiter);
    }

    /// Whether an entry of a line still stands for a task that waits there.
    pub(super) fn is_in_line(&self, waiter: &Waiter) -> bool {
        waiter.is_in_line(&self.st.tasks)
    }

    /// The task has it from now on.
    fn holds(&mut self, slot: Slot, resource: ResourceId, instance: u32, claim: Claim, pc: Pc) {
        if self.s.resources[resource.index()].is_owned() {
            self.st.tasks.extra_mut(slot).held.push(HeldInstance { instance, claim });
        }
        self.emit(Event::Acquired { task: self.st.tasks[slot].id, pc });
    }

    /// What the task waits for in line, or was woken for.
    pub(super) fn asked_for(&self, slot: Slot) -> (ResourceId, Claim) {
        let task = &self.st.tasks[slot];
        match &self.s.tasks[task.kind.index()].program.code[task.pc.index()] {
            Instruction::Acquire { resource, claim, .. } => (*resource, *claim),
            Instruction::WaitOn { condition, .. } => {
                let SharedKind::Condition { lock: Some(lock) } = self.s.shared[condition.index()].kind else {
                    unreachable!("only a condition with a lock makes its waiters take one")
                };
                (lock, Claim::ONE)
            }
            other => unreachable!("nobody asks for anything at {other:?}"),
        }
    }

    /// A woken waiter looks again.
    pub(super) fn acquire_again(&mut self, slot: Slot) -> Flow {
        let (resource, claim) = self.asked_for(slot);
        let instance = self.instance(slot, resource);
        let id = self.st.tasks[slot].id;
        let permits = self.s.resources[resource.index()].permits;
        if self.st.resources[instance as usize].has(claim, id, permits) {
            self.leave_resource_line(slot, instance);
            self.has_it_now(slot, resource, instance, claim);
            // With `keep-place`, what is left over is the next one's to look at.
            self.wake_head(resource, instance);
            return match self.end_of_wait(slot) {
                Ok(()) => Flow::GoOn,
                Err(failure) => self.raise(slot, failure),
            };
        }
        if self.st.tasks.extra_mut(slot).gives_up_waiting() {
            self.leave_resource_line(slot, instance);
            self.no_longer_acquiring(slot);
            self.emit(Event::Resumed { task: id, why: WakeReason::TimedOut });
            self.wake_head(resource, instance);
            return match self.end_of_wait(slot) {
                Ok(()) => Flow::GoOn,
                Err(failure) => self.raise(slot, failure),
            };
        }
        if self.raises_in_line(slot) {
            self.leave_resource_line(slot, instance);
            self.no_longer_acquiring(slot);
            self.emit(Event::Resumed { task: id, why: WakeReason::Raises });
            self.wake_head(resource, instance);
            return self.meets_interrupt(slot).unwrap_or(Flow::GoOn);
        }
        // Where it had to queue for its turn, the trace has said that it was ready.
        if self.st.tasks[slot].flags.has(Flag::Green) || self.st.cpu.is_some() {
            let pc = self.st.tasks[slot].pc;
            self.emit(Event::Waiting { task: id, pc });
        }
        self.st.tasks[slot].phase = Phase::Acquiring;
        match self.s.resources[resource.index()].barging {
            Barging::Requeue => self.wait_in_line(slot, instance, claim),
            Barging::KeepPlace => {}
            Barging::Once => self.st.resources[instance as usize].starving = true,
        }
        Flow::Idle
    }

    /// The timeout of an `acquire` is void.
    pub(super) fn no_longer_acquiring(&mut self, slot: Slot) {
        let task = &mut self.st.tasks[slot];
        task.wake = task.wake.wrapping_add(1);
        task.phase = Phase::Ready;
    }

    /// The waiter, which is in line no more, has what it asked for: what is left is to go on behind its step. A task that
    /// waited on a condition has its lock as often as before.
    pub(super) fn has_it_now(&mut self, slot: Slot, resource: ResourceId, instance: u32, claim: Claim) {
        let pc = self.st.tasks[slot].pc;
        self.no_longer_acquiring(slot);
        let id = self.st.tasks[slot].id;
        self.st.resources[instance as usize].take(claim, id);
        let extra = self.st.tasks.extra_mut(slot);
        let times = match extra.relock.take() {
            None => {
                extra.verdict = None;
                self.st.tasks[slot].pc = Pc(pc.0 + 1);
                1
            }
            Some(relock) => {
                // The end of the wait sees how it ended.
                extra.verdict = Some(relock.verdict);
                relock.times
            }
        };
        for _ in 0..times {
            self.holds(slot, resource, instance, claim, pc);
        }
    }

    /// `release` or `unlock`.
    pub(super) fn release(&mut self, slot: Slot, resource: ResourceId, claim: Claim) -> Result<(), Failure> {
        let instance = self.instance(slot, resource);
        let described = &self.s.resources[resource.index()];
        let mut is_free = true;
        if described.is_owned() {
            let held = &mut self.st.tasks.extra_mut(slot).held;
            let_go(held, instance, claim)?;
            let again = |held: &HeldInstance| held.instance == instance && held.claim == claim;
            is_free = !(described.is_reentrant() && held.iter().any(again));
        }
        self.emit(Event::Released { task: self.st.tasks[slot].id, resource, claim });
        if is_free {
            let cause = self.st.cause;
            self.st.resources[instance as usize].give(claim);
            self.serve(Some(slot), resource, instance, Some(claim));
            self.st.cause = cause;
        }
        Ok(())
    }

    /// Gives a lock up for a wait on a condition, however often the task has it: how often that was.
    pub(super) fn give_up_lock(&mut self, slot: Slot, lock: ResourceId) -> Result<u32, Failure> {
        let instance = self.instance(slot, lock);
        let held = self
            .st
            .tasks
            .extra(slot)
            .map_or(0, |extra| extra.held.iter().filter(|held| held.instance == instance).count() as u32);
        if held == 0 {
            return Err(Failure::NotHolder);
        }
        for _ in 0..held {
            self.release(slot, lock, Claim::ONE)?;
        }
        Ok(held)
    }
}
