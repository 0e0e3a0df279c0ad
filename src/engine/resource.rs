//! Semaphores and locks.
//!
//! A released permit is free at once, and whoever asks first takes it: a releaser that asks again goes
//! first. The longest waiter is woken and, if it finds nothing, waits again, last (CPython's
//! `threading.Semaphore` on a condition; Eventlet's patched one). A fair one hands the permit to the longest
//! waiter instead; between green tasks locks do so by default (Eventlet's own `eventlet/semaphore.py`).

use super::Sim;
use super::keys::Owner;
use super::task::{Flag, Phase, Slot};
use super::work::Flow;
use crate::model::id::{DrawId, Pc, ResourceId, TaskId};
use crate::model::program::Program;
use crate::model::scenario::Resource;
use crate::trace::event::{Event, Failure, WakeReason};
use crate::trace::recorder::Recorder;
use std::collections::VecDeque;

/// One semaphore or lock (for one key).
#[derive(Clone, Debug)]
pub(super) struct Instance {
    /// What it is one of.
    pub resource: ResourceId,
    /// Permits that nobody holds.
    pub free: u32,
    /// Who waits, the longest first: the slot, the task's id and its `wake` while it waits.
    pub(super) waiters: VecDeque<(Slot, TaskId, u32)>,
}

impl Instance {
    pub fn new(id: ResourceId, resource: &Resource) -> Instance {
        Instance { resource: id, free: resource.permits, waiters: VecDeque::new() }
    }
}

impl<R: Recorder> Sim<'_, R> {
    /// The instance for the task's key.
    fn instance(&mut self, slot: Slot, resource: ResourceId) -> u32 {
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
        resource: ResourceId,
        timeout: Option<DrawId>,
    ) -> Option<Flow> {
        self.st.tasks[slot].flags.clear(Flag::TimedOut);
        let instance = self.instance(slot, resource);
        if self.st.resources[instance as usize].free > 0 {
            self.st.resources[instance as usize].free -= 1;
            self.acquired(slot, instance, pc);
            return None;
        }
        if let Some(flow) = self.meets_interrupt(slot) {
            return Some(flow);
        }
        self.emit(Event::Waiting { task: self.st.tasks[slot].id, pc });
        self.arm_timeout(slot, program, pc, timeout);
        self.st.tasks[slot].phase = Phase::Acquiring;
        self.wait_in_line(slot, instance);
        Some(Flow::Idle)
    }

    fn wait_in_line(&mut self, slot: Slot, instance: u32) {
        let task = &self.st.tasks[slot];
        self.st.resources[instance as usize].waiters.push_back((slot, task.id, task.wake));
    }

    fn acquired(&mut self, slot: Slot, instance: u32, pc: Pc) {
        self.st.tasks.extra_mut(slot).held.push(instance);
        self.emit(Event::Acquired { task: self.st.tasks[slot].id, pc });
    }

    /// A woken waiter looks again.
    pub(super) fn acquire_again(&mut self, slot: Slot) -> Flow {
        let task = &self.st.tasks[slot];
        let (id, pc) = (task.id, task.pc);
        let program = &self.s.tasks[task.kind.index()].program;
        let crate::model::program::Instruction::Acquire { resource, .. } = program.code[pc.index()] else {
            unreachable!("only an acquire is woken so")
        };
        let instance = self.instance(slot, resource);
        if self.st.resources[instance as usize].free > 0 {
            self.st.resources[instance as usize].free -= 1;
            self.st.tasks.extra_mut(slot).verdict = None;
            self.no_longer_acquiring(slot);
            self.acquired(slot, instance, pc);
            self.st.tasks[slot].pc = Pc(pc.0 + 1);
            return Flow::GoOn;
        }
        if self.st.tasks.extra_mut(slot).verdict.is_some() {
            self.no_longer_acquiring(slot);
            self.emit(Event::Resumed { task: id, why: WakeReason::TimedOut });
            return match self.end_of_wait(slot) {
                Ok(()) => Flow::GoOn,
                Err(failure) => self.raise(slot, failure),
            };
        }
        if let Some(flow) = self.meets_interrupt(slot) {
            self.no_longer_acquiring(slot);
            self.emit(Event::Resumed { task: id, why: WakeReason::Raises });
            return flow;
        }
        // Where it had to queue for its turn, the trace has said that it was ready.
        if self.st.tasks[slot].flags.has(Flag::Green) || self.st.cpu.is_some() {
            self.emit(Event::Waiting { task: id, pc });
        }
        self.st.tasks[slot].phase = Phase::Acquiring;
        self.wait_in_line(slot, instance);
        Flow::Idle
    }

    /// The timeout of an `acquire` is void.
    fn no_longer_acquiring(&mut self, slot: Slot) {
        let task = &mut self.st.tasks[slot];
        task.wake = task.wake.wrapping_add(1);
        task.phase = Phase::Ready;
    }

    /// `release` or `unlock`.
    pub(super) fn release(&mut self, slot: Slot, resource: ResourceId) -> Result<(), Failure> {
        let instance = self.instance(slot, resource);
        let held = &mut self.st.tasks.extra_mut(slot).held;
        let index = held.iter().rposition(|held| *held == instance).ok_or(Failure::NotHolder)?;
        held.remove(index);
        self.emit(Event::Released { task: self.st.tasks[slot].id, resource });
        let cause = self.st.cause;
        match self.longest_waiter(instance) {
            Some(waiter) if self.is_fair(slot, waiter, resource) => self.hand_permit(waiter, instance),
            Some(waiter) => {
                self.st.resources[instance as usize].free += 1;
                self.st.tasks[waiter].phase = Phase::Woken;
                self.ready(waiter);
            }
            None => self.st.resources[instance as usize].free += 1,
        }
        self.st.cause = cause;
        Ok(())
    }

    fn longest_waiter(&mut self, instance: u32) -> Option<Slot> {
        let waiters = &mut self.st.resources[instance as usize].waiters;
        while let Some((slot, id, wake)) = waiters.pop_front() {
            let task = &self.st.tasks[slot];
            if task.id == id && task.wake == wake && task.phase == Phase::Acquiring {
                return Some(slot);
            }
        }
        None
    }

    fn is_fair(&self, releaser: Slot, waiter: Slot, resource: ResourceId) -> bool {
        let described = &self.s.resources[resource.index()];
        let both_green =
            self.st.tasks[releaser].flags.has(Flag::Green) && self.st.tasks[waiter].flags.has(Flag::Green);
        described.fair.unwrap_or(described.is_lock && both_green)
    }

    /// The waiter holds the permit from now on, and goes on at its turn.
    fn hand_permit(&mut self, waiter: Slot, instance: u32) {
        let pc = self.st.tasks[waiter].pc;
        self.no_longer_acquiring(waiter);
        self.acquired(waiter, instance, pc);
        self.st.tasks[waiter].pc = Pc(pc.0 + 1);
        self.ready(waiter);
    }
}
