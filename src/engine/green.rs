//! Green threads: the carriers (OS threads) that run them, and who is ready to run on which.
//!
//! Green executors without carriers of their own share one thread; each other has a group of carriers for
//! itself. A task keeps its carrier through `run` and through every step that need not wait (Eventlet's hub,
//! `eventlet/hubs/hub.py`: only a switch to the hub lets another greenlet run), through a blocking `io`, and
//! through every wait in which it is pinned. Which ready task a free carrier takes is the group's
//! [`ReadyOrder`]:
//!
//! - `fifo`: the one that has been ready longest (the JDK's scheduler of virtual threads in FIFO mode);
//! - `lifo-slot`: what a running task wakes or spawns takes the slot of its carrier, at most
//!   three in a row; what stood there goes to the tail (Go, `runtime/proc.go`, `runqput`);
//! - `local-first`: slot, own queue, what came from outside, another's queue, and only then timers; tasks that
//!   yield are set aside until then and come back in reverse (Tokio, `runtime/scheduler/multi_thread/worker.rs`,
//!   `runtime/scheduler/defer.rs`). Divergence: no look at the outside or at timers every 31 or 61 turns.

use super::agenda::Action;
use super::carriers::{CarrierId, Item, SHARED, Waker};
use super::sim::Sim;
use super::task::{Flag, Phase, Slot};
use crate::model::executor::ReadyOrder;
use crate::model::id::ExecutorId;
use crate::model::program::{Instruction, IoMode};
use crate::model::scenario::Pinning;
use crate::trace::event::{Event, EventId};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// The carriers that a green task runs on.
    #[inline]
    fn group_of(&self, slot: Slot) -> u16 {
        self.plan.carriers_of[self.st.tasks[slot].home.index()]
    }

    /// The carrier that a green task has in hand, if it has one.
    #[inline]
    pub(super) fn carrier_of(&self, slot: Slot) -> CarrierId {
        let group = self.group_of(slot);
        let number = match group {
            SHARED => 0,
            own => {
                let workers = &self.st.green.groups[usize::from(own)].of_worker;
                workers[self.st.tasks[slot].worker.index()]
            }
        };
        CarrierId { group, number }
    }

    /// The task will run when a carrier comes to it; at once on the one that it has kept.
    pub(super) fn green_ready(&mut self, slot: Slot) {
        if self.st.tasks[slot].flags.has(Flag::KeepsCarrier) {
            return self.st.then(Action::Turn(slot));
        }
        let group = self.group_of(slot);
        let carriers = &self.st.green.groups[usize::from(group)];
        // What runs on a carrier that has been replaced has no queue of its own any more.
        let waker = match self.st.green.waker {
            Waker::Carrier(id)
                if id.group == group && !carriers.carriers[usize::from(id.number)].compensated =>
            {
                Some(id.number)
            }
            Waker::Carrier(_) | Waker::Outside | Waker::Timer => None,
        };
        let waits = carriers.is_behind() || (waker.is_some() && carriers.order != ReadyOrder::Fifo);
        let (item, cause) = self.tell_ready(slot, waits);
        let is_timer = self.st.green.waker == Waker::Timer;
        if self.st.green.groups[usize::from(group)].push(item, waker, is_timer) {
            self.wake_carriers(group);
        }
        self.st.cause = cause;
    }

    /// The task lets others go first: it goes to the tail, whoever is asked.
    pub(super) fn green_yields(&mut self, slot: Slot) {
        let CarrierId { group, number } = self.carrier_of(slot);
        let (item, cause) = self.tell_ready(slot, true);
        let carriers = &mut self.st.green.groups[usize::from(group)];
        match carriers.order {
            ReadyOrder::Fifo | ReadyOrder::LifoSlot => carriers.push_to_tail(item, number),
            ReadyOrder::LocalFirst => carriers.deferred.push(item),
        }
        self.wake_carriers(group);
        self.st.cause = cause;
    }

    /// Records that the task is ready, if it has to wait; also returns the cause to go on with.
    fn tell_ready(&mut self, slot: Slot, waits: bool) -> (Item, EventId) {
        // A task that was just taken and has not started is plainly not running.
        let told = waits && self.st.tasks[slot].phase != Phase::Taken;
        let cause = self.st.cause;
        if told {
            self.emit(Event::Ready { task: self.st.tasks[slot].id });
        }
        self.st.tasks[slot].cause = self.st.cause;
        (Item::Task { slot, told }, cause)
    }

    /// The delay's scheduler will act when the shared green thread comes to it.
    pub(super) fn green_scheduler(&mut self, wrapper: ExecutorId) {
        let shared = &mut self.st.green.groups[usize::from(SHARED)];
        if !shared.ready.contains(&Item::Scheduler(wrapper)) {
            shared.ready.push_back(Item::Scheduler(wrapper));
            self.wake_carriers(SHARED);
        }
    }

    /// Free carriers look at what waits, as many as there is work for.
    #[inline(always)]
    fn wake_carriers(&mut self, group: u16) {
        if self.st.green.groups[usize::from(group)].has_work() {
            self.wake_free_carriers(group);
        }
    }

    fn wake_free_carriers(&mut self, group: u16) {
        let carriers = &mut self.st.green.groups[usize::from(group)];
        while carriers.has_work() {
            let number = carriers.take_free();
            carriers.schedule(number, true);
            self.st.agenda.push(Action::Carrier(CarrierId { group, number }), self.st.cause);
        }
    }

    /// A carrier takes what is next: the task that goes on, if it is one.
    pub(super) fn carrier_turn(&mut self, id: CarrierId) -> Option<Slot> {
        if self.st.cpu.is_some() && !self.carrier_has_core(id) {
            return None;
        }
        let carriers = &mut self.st.green.groups[usize::from(id.group)];
        carriers.begin_turn(id.number);
        match carriers.next(id.number) {
            None => self.carrier_is_free(id),
            Some(Item::Scheduler(wrapper)) => {
                self.hand_over_due(wrapper);
                self.carrier_is_free(id);
            }
            Some(Item::Task { slot, told }) => {
                self.st.green.carrier_mut(id).task = slot;
                self.sit_on_carrier(slot, id);
                self.st.cause = self.st.tasks[slot].cause;
                if told {
                    self.emit(Event::Dispatched { task: self.st.tasks[slot].id });
                }
                return Some(slot);
            }
        }
        None
    }

    /// Notes which carrier runs what the task's worker runs.
    pub(super) fn sit_on_carrier(&mut self, slot: Slot, id: CarrierId) {
        if id.group == SHARED {
            return;
        }
        let worker = self.st.tasks[slot].worker.index();
        let of_worker = &mut self.st.green.groups[usize::from(id.group)].of_worker;
        if of_worker.len() <= worker {
            of_worker.resize(worker + 1, 0);
        }
        of_worker[worker] = id.number;
    }

    /// The carrier has no task in hand: it goes on with what is ready.
    pub(super) fn carrier_is_free(&mut self, id: CarrierId) {
        let carriers = &mut self.st.green.groups[usize::from(id.group)];
        carriers.end_turn(id.number);
        let has_slot = carriers.carriers[usize::from(id.number)].slot.is_some();
        let has_work = has_slot || (carriers.looking as usize) < carriers.waiting();
        if has_work && carriers.may_take() {
            carriers.schedule(id.number, !has_slot);
            self.st.then(Action::Carrier(id));
        } else {
            carriers.give_up_queue(id.number);
            carriers.free.insert(id.number.into());
            self.leave_core(id);
        }
        self.wake_carriers(id.group);
    }

    /// The task that a carrier has in hand waits: the carrier is free, unless the task keeps it.
    pub(super) fn leave_carrier(&mut self, id: CarrierId, slot: Slot) {
        if !self.keeps_carrier(slot) {
            return self.carrier_is_free(id);
        }
        self.st.tasks[slot].flags.set(Flag::KeepsCarrier);
        let managed = self.is_replaced(slot);
        let carriers = &mut self.st.green.groups[usize::from(id.group)];
        let spare_left = carriers.compensated < carriers.spare;
        let carrier = &mut carriers.carriers[usize::from(id.number)];
        carrier.task = slot;
        let was = u32::from(carrier.compensated);
        carrier.compensated = managed && (carrier.compensated || spare_left);
        let is = u32::from(carrier.compensated);
        carriers.compensated = carriers.compensated + is - was;
        if is > was {
            carriers.give_up_queue(id.number);
        }
        self.leave_core(id);
        self.wake_carriers(id.group);
    }

    /// The carrier gives its core back, if it has one.
    fn leave_core(&mut self, id: CarrierId) {
        if std::mem::take(&mut self.st.green.carrier_mut(id).on_core) {
            self.release_core();
        }
    }
    /// A green task runs: on which carrier, for whatever it wakes.
    pub(super) fn step_on_carrier(&mut self, slot: Slot) -> CarrierId {
        let id = self.carrier_of(slot);
        self.st.tasks[slot].flags.clear(Flag::KeepsCarrier);
        self.st.green.waker = Waker::Carrier(id);
        id
    }

    /// The carrier's task works on, or pauses so that others can come first.
    pub(super) fn stay_on_carrier(&mut self, id: CarrierId, slot: Slot) {
        self.st.green.waker = Waker::Outside;
        self.st.green.carrier_mut(id).task = slot;
    }

    /// Whether the carrier that a task has kept has a core of the machine; if not, it queues for one.
    pub(super) fn kept_carrier_has_core(&mut self, slot: Slot) -> bool {
        let id = self.carrier_of(slot);
        if self.st.green.carrier(id).on_core {
            return true;
        }
        let has_core = self.carrier_has_core(id);
        if !has_core {
            self.emit(Event::Ready { task: self.st.tasks[slot].id });
        }
        has_core
    }

    /// Whether a task that has stopped keeps its carrier meanwhile.
    pub(super) fn keeps_carrier(&self, slot: Slot) -> bool {
        let task = &self.st.tasks[slot];
        match task.phase {
            Phase::Timed | Phase::Resident => {
                matches!(self.io_mode(slot), Some(IoMode::Blocking | IoMode::Managed)) || self.is_pinned(slot)
            }
            Phase::Parked | Phase::Acquiring => self.is_pinned(slot) || self.waits_on_monitor(slot),
            Phase::Waiting | Phase::Served | Phase::Submitting => self.is_pinned(slot),
            // One that yields and is pinned.
            Phase::Ready => task.flags.has(Flag::KeepsCarrier),
            Phase::Held
            | Phase::Queued
            | Phase::Unadmitted
            | Phase::Drained
            | Phase::Taken
            | Phase::Woken
            | Phase::Calling
            | Phase::Ended => false,
        }
    }

    /// How the `io` step blocks that a task is in.
    fn io_mode(&self, slot: Slot) -> Option<IoMode> {
        let task = &self.st.tasks[slot];
        let code = &self.s.tasks[task.kind.index()].program.code;
        // A task in a step that takes time has its next instruction already.
        match code.get(task.pc.index().checked_sub(1)?)? {
            Instruction::Io(_, mode) => Some(*mode),
            _ => None,
        }
    }

    /// Whether a spare carrier stands in for the one that this task keeps.
    fn is_replaced(&self, slot: Slot) -> bool {
        match self.st.tasks[slot].phase {
            Phase::Timed | Phase::Resident => self.io_mode(slot) == Some(IoMode::Managed),
            Phase::Parked | Phase::Acquiring => self.waits_on_monitor(slot),
            Phase::Waiting
            | Phase::Served
            | Phase::Submitting
            | Phase::Ready
            | Phase::Held
            | Phase::Queued
            | Phase::Unadmitted
            | Phase::Drained
            | Phase::Taken
            | Phase::Woken
            | Phase::Calling
            | Phase::Ended => false,
        }
    }

    /// Whether the task waits on a condition whose lock pins whoever holds it (`Object.wait` before JDK 24).
    fn waits_on_monitor(&self, slot: Slot) -> bool {
        let task = &self.st.tasks[slot];
        self.plan.has_pins
            && self.s.is_wait_on_monitor(&self.s.tasks[task.kind.index()].program.code[task.pc.index()])
    }

    /// Whether what the task holds or asks for pins it to its carrier.
    pub(super) fn is_pinned(&self, slot: Slot) -> bool {
        if !self.plan.has_pins {
            return false;
        }
        let task = &self.st.tasks[slot];
        let pins = |resource: u16| self.s.resources[usize::from(resource)].pins;
        if task.phase == Phase::Acquiring
            && let Instruction::Acquire { resource, .. } =
                self.s.tasks[task.kind.index()].program.code[task.pc.index()]
            && pins(resource.0).is_some()
        {
            return true;
        }
        let held = self.st.tasks.extra(slot).map_or(&[][..], |extra| &extra.held);
        held.iter()
            .any(|held| pins(self.st.resources[held.instance as usize].resource.0) == Some(Pinning::Held))
    }
}
