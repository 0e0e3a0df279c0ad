//! The machine: native threads (carriers of green ones among them) that compete for cores, or for one global
//! interpreter lock.
//!
//! Ready threads queue first in, first out. A running one gives way only after `switch_interval`, and only
//! if another has waited that long (CPython's `Python/ceval_gil.c`: a waiter asks for the lock to be dropped
//! when its own timed wait of one interval ends), and goes to the tail. A thread keeps its core from step to
//! step until it has to wait.

use super::agenda::Action;
use super::calendar::Due;
use super::carriers::CarrierId;
use super::cores::{Burst, Cpu, Ready, Thread};
use super::sim::Sim;
use super::task::{Flag, Phase, Slot};
use crate::model::time::{Duration, Time};
use crate::trace::event::Event;
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    fn cpu(&mut self) -> &mut Cpu {
        self.st.cpu.as_mut().expect("there is a machine")
    }

    /// Whether the task's thread has a core; if not, it queues for one.
    pub(super) fn has_core(&mut self, slot: Slot) -> bool {
        if self.st.tasks[slot].flags.has(Flag::OnCore) {
            return true;
        }
        let now = self.st.now;
        if self.cpu().free > 0 {
            self.cpu().free -= 1;
            self.st.tasks[slot].flags.set(Flag::OnCore);
            self.cpu().has_had_core(slot, now);
            return true;
        }
        if self.st.tasks[slot].phase != Phase::Taken {
            self.emit(Event::Ready { task: self.st.tasks[slot].id });
        }
        self.st.tasks[slot].cause = self.st.cause;
        self.queue_for_core(Thread::Of(slot), None);
        false
    }

    /// A thread goes on with another task and keeps its core.
    pub(super) fn keep_core(&mut self, from: Slot, to: Slot) {
        let since = self.cpu().core_since(from);
        self.cpu().has_had_core(to, since);
    }

    /// Likewise for a carrier of green threads.
    pub(super) fn carrier_has_core(&mut self, id: CarrierId) -> bool {
        if self.st.green.carrier(id).on_core {
            return true;
        }
        if self.cpu().free > 0 {
            self.cpu().free -= 1;
            self.carrier_gets_core(id);
            return true;
        }
        self.queue_for_core(Thread::Carrier(id), None);
        false
    }

    fn carrier_gets_core(&mut self, id: CarrierId) {
        let now = self.st.now;
        let carrier = self.st.green.carrier_mut(id);
        carrier.on_core = true;
        carrier.core_since = now;
    }

    fn queue_for_core(&mut self, thread: Thread, left: Option<(Slot, Duration)>) {
        let since = self.st.now;
        self.cpu().ready.push_back(Ready { thread, since, left });
        for i in 0..self.cpu().bursts.len() {
            self.set_preemption(i);
        }
    }

    /// A task on a core begins a `run` that lasts until `end` if nobody interferes.
    pub(super) fn burst_begins(&mut self, slot: Slot, end: Time) {
        let wake = self.st.tasks[slot].wake;
        // The stretch that the task had before is over; so is that of a task which ended.
        let tasks = &self.st.tasks;
        let bursts = &mut self.st.cpu.as_mut().expect("there is a machine").bursts;
        bursts.retain(|b| {
            b.slot != slot && tasks[b.slot].wake == b.wake && tasks[b.slot].flags.has(Flag::OnCpu)
        });
        bursts.push(Burst { slot, wake, end, preemption_set: false });
        let last = bursts.len() - 1;
        self.set_preemption(last);
    }

    /// Sets the timer that preempts a burst, if another thread waits and the burst outlasts its interval.
    fn set_preemption(&mut self, index: usize) {
        let cpu = self.st.cpu.as_mut().expect("there is a machine");
        let Some(first) = cpu.ready.front() else { return };
        let burst = cpu.bursts[index];
        let task = &self.st.tasks[burst.slot];
        if burst.preemption_set || task.wake != burst.wake || !task.flags.has(Flag::OnCpu) {
            return;
        }
        let (first, interval) = (first.since, cpu.interval);
        let since = match task.flags.has(Flag::Green) {
            true => self.st.green.carrier(self.carrier_of(burst.slot)).core_since,
            false => self.cpu().core_since(burst.slot),
        };
        let at = since.max(first) + interval;
        if at < burst.end {
            self.cpu().bursts[index].preemption_set = true;
            let due = Due::Preempt(burst.slot, burst.wake);
            let at = at.max(self.st.now);
            self.st.schedule(at, due);
        }
    }

    /// The interval of a burst is over.
    pub(super) fn preempt(&mut self, slot: Slot) {
        let now = self.st.now;
        let cpu = self.st.cpu.as_mut().expect("there is a machine");
        let index = cpu.bursts.iter().position(|b| b.slot == slot).expect("only a burst is preempted");
        if cpu.ready.is_empty() {
            cpu.bursts[index].preemption_set = false;
            return;
        }
        let burst = cpu.bursts.swap_remove(index);
        let task = &mut self.st.tasks[slot];
        task.wake = task.wake.wrapping_add(1);
        task.flags.clear(Flag::OnCpu);
        task.flags.clear(Flag::OnCore);
        self.st.cause = task.cause;
        let (id, green) = (task.id, task.flags.has(Flag::Green));
        self.emit(Event::Ready { task: id });
        self.st.tasks[slot].cause = self.st.cause;
        let thread = if green {
            let id = self.carrier_of(slot);
            self.st.green.carrier_mut(id).on_core = false;
            Thread::Carrier(id)
        } else {
            Thread::Of(slot)
        };
        // `run forever` has as much left as before.
        let left = if burst.end == Time::NEVER { Duration::FOREVER } else { burst.end - now };
        self.queue_for_core(thread, Some((slot, left)));
        self.release_core();
    }

    /// A core is free: the longest-waiting thread takes it.
    pub(super) fn release_core(&mut self) {
        let Some(next) = self.cpu().ready.pop_front() else {
            self.cpu().free += 1;
            return;
        };
        let now = self.st.now;
        match next.thread {
            Thread::Of(slot) => {
                self.st.tasks[slot].flags.set(Flag::OnCore);
                self.cpu().has_had_core(slot, now);
            }
            Thread::Carrier(id) => self.carrier_gets_core(id),
        }
        let cause = self.st.cause;
        match (next.left, next.thread) {
            (Some((slot, left)), _) => self.burst_goes_on(slot, left),
            (None, Thread::Of(slot)) => {
                if self.st.tasks[slot].phase != Phase::Taken {
                    self.emit(Event::Dispatched { task: self.st.tasks[slot].id });
                }
                self.st.then(Action::Turn(slot));
            }
            (None, Thread::Carrier(id)) if self.st.green.carrier(id).busy => {
                // Its task kept it over a wait.
                let slot = self.st.green.carrier(id).task;
                self.emit(Event::Dispatched { task: self.st.tasks[slot].id });
                self.st.then(Action::Turn(slot));
            }
            (None, Thread::Carrier(id)) => self.st.then(Action::Carrier(id)),
        }
        self.st.cause = cause;
    }

    /// The task's thread is gone: it waits for no core, and has none.
    pub(super) fn forget_thread(&mut self, slot: Slot) {
        let Some(cpu) = &mut self.st.cpu else { return };
        cpu.ready.retain(|ready| !matches!(ready.thread, Thread::Of(other) if other == slot));
        if self.st.tasks[slot].flags.take(Flag::OnCore) {
            self.release_core();
        }
    }

    fn burst_goes_on(&mut self, slot: Slot, left: Duration) {
        self.emit(Event::Dispatched { task: self.st.tasks[slot].id });
        let task = &mut self.st.tasks[slot];
        task.cause = self.st.cause;
        task.flags.set(Flag::OnCpu);
        let (at, due) = (self.st.now + left, Due::Task(slot, task.wake));
        if !left.is_forever() {
            self.st.schedule(at, due);
        }
        self.burst_begins(slot, at);
    }
}
