//! The carriers of green threads as bookkeeping: which are free, and which ready item each takes next.
//!
//! Deliberately absent: what a task does on its carrier; that is in `green`.

use super::numbers::Numbers;
use super::task::Slot;
use crate::model::executor::{Carriers, ReadyOrder};
use crate::model::id::ExecutorId;
use crate::model::scenario::Scenario;
use crate::model::time::Time;
use std::collections::VecDeque;

/// Turns that a carrier gives to its slot before it looks at the queue (Tokio's `MAX_LIFO_POLLS_PER_TICK`).
const MAX_SLOT_TURNS: u8 = 3;

/// One carrier: its group, and its number in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CarrierId {
    pub group: u16,
    pub number: u16,
}

/// The group of all green executors without carriers of their own: one thread.
pub(super) const SHARED: u16 = 0;

/// What is ready to run on a carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A task. `told`: its being ready was recorded.
    Task { slot: Slot, told: bool },
    /// The scheduler of a delay that leads to a green executor: a green thread too.
    Scheduler(ExecutorId),
}

/// Who makes something ready at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Waker {
    /// An arrival, a native thread, or nobody.
    #[default]
    Outside,
    /// A timer or a timeout.
    Timer,
    /// The task that runs on this carrier.
    Carrier(CarrierId),
}

/// One OS thread.
#[derive(Clone, Debug, Default)]
pub(super) struct Carrier {
    /// It runs a task's steps, is in one's `run`, or is kept by one that waits.
    pub busy: bool,
    /// The task it has in hand; meaningless while it is not busy.
    pub task: Slot,
    /// An [`Action::Carrier`](super::agenda::Action::Carrier) is on the agenda, or it waits for a core.
    pub scheduled: bool,
    /// It was scheduled for something in the group's queues.
    pub looks: bool,
    /// It has a core of the machine.
    pub on_core: bool,
    /// The instant at which it got its core.
    pub core_since: Time,
    /// A spare carrier stands in for it.
    pub compensated: bool,
    /// What goes next, before all queues.
    pub slot: Option<Item>,
    /// Turns its slot has had in a row.
    pub slot_turns: u8,
    /// Its own queue.
    pub own: VecDeque<Item>,
}

/// The carriers of one green executor, or the one thread that others share.
#[derive(Clone, Debug)]
pub(super) struct CarrierGroup {
    pub(super) threads: u32,
    pub(super) spare: u32,
    pub order: ReadyOrder,
    /// Those that were ever needed; numbers are given lowest first.
    pub carriers: Vec<Carrier>,
    /// Of those, neither busy nor scheduled.
    pub(super) free: Numbers,
    /// How many are busy.
    pub(super) busy: u32,
    /// How many are scheduled.
    pub(super) scheduled: u32,
    /// How many of them a spare one stands in for.
    pub(super) compensated: u32,
    /// How many are scheduled to look at the queues.
    pub(super) looking: u32,
    /// What any carrier may take, the longest ready first.
    pub ready: VecDeque<Item>,
    /// Entries of the carriers' own queues.
    pub(super) own_count: u32,
    /// Woken by timers, under `local-first`.
    pub late: VecDeque<Item>,
    /// Tasks that yielded, under `local-first`.
    pub deferred: Vec<Item>,
    /// For each worker of the executor, the carrier that its task runs on; unused in the shared group.
    pub(super) of_worker: Vec<u16>,
}

/// All carriers of a scenario.
#[derive(Clone, Debug, Default)]
pub(super) struct GreenThreads {
    pub groups: Vec<CarrierGroup>,
    /// Who makes something ready at this moment; [`Waker::Outside`] between two stretches.
    pub waker: Waker,
}

impl GreenThreads {
    pub fn new(scenario: &Scenario) -> GreenThreads {
        let shared = Carriers { threads: 1, spare: 0, ready: ReadyOrder::Fifo };
        let own = scenario.executors.iter().filter_map(|executor| executor.carriers());
        GreenThreads {
            groups: std::iter::once(shared).chain(own).map(CarrierGroup::new).collect(),
            waker: Waker::Outside,
        }
    }

    /// Whether the shared green thread has yet to come to the scheduler of this delay.
    pub fn is_coming_to(&self, wrapper: ExecutorId) -> bool {
        self.groups[usize::from(SHARED)].ready.contains(&Item::Scheduler(wrapper))
    }

    #[inline]
    pub fn carrier(&self, id: CarrierId) -> &Carrier {
        &self.groups[usize::from(id.group)].carriers[usize::from(id.number)]
    }

    #[inline]
    pub fn carrier_mut(&mut self, id: CarrierId) -> &mut Carrier {
        &mut self.groups[usize::from(id.group)].carriers[usize::from(id.number)]
    }
}

impl CarrierGroup {
    pub(super) fn new(carriers: Carriers) -> CarrierGroup {
        let Carriers { threads, spare, ready: order } = carriers;
        CarrierGroup {
            threads,
            spare,
            order,
            carriers: Vec::new(),
            free: Numbers::default(),
            busy: 0,
            scheduled: 0,
            compensated: 0,
            looking: 0,
            ready: VecDeque::new(),
            own_count: 0,
            late: VecDeque::new(),
            deferred: Vec::new(),
            of_worker: Vec::new(),
        }
    }

    /// Whether one more carrier may take something: those that a spare one stands in for do not count.
    #[inline]
    pub(super) fn may_take(&self) -> bool {
        self.busy + self.scheduled - self.compensated < self.threads
    }

    /// Whether one more carrier may take something, and something waits that none is on its way to.
    #[inline(always)]
    pub(super) fn has_work(&self) -> bool {
        self.may_take() && (self.looking as usize) < self.waiting()
    }

    /// A carrier that has nothing to do, the lowest number first; it is new if all others have.
    pub(super) fn take_free(&mut self) -> u16 {
        if let Some(number) = self.free.first() {
            self.free.remove(number);
            return number as u16;
        }
        self.carriers.push(Carrier::default());
        self.carriers.len() as u16 - 1
    }

    /// Has a carrier come to its turn at this instant; `looks`: for what any carrier may take.
    pub(super) fn schedule(&mut self, number: u16, looks: bool) {
        let carrier = &mut self.carriers[usize::from(number)];
        carrier.scheduled = true;
        carrier.looks = looks;
        self.scheduled += 1;
        self.looking += u32::from(looks);
    }

    /// The carrier's turn has come.
    pub(super) fn begin_turn(&mut self, number: u16) {
        let carrier = &mut self.carriers[usize::from(number)];
        carrier.scheduled = false;
        carrier.busy = true;
        self.scheduled -= 1;
        self.looking -= u32::from(std::mem::take(&mut carrier.looks));
        self.busy += 1;
    }

    /// The carrier has nothing in hand any more.
    pub(super) fn end_turn(&mut self, number: u16) {
        let carrier = &mut self.carriers[usize::from(number)];
        carrier.busy = false;
        self.busy -= 1;
        self.compensated -= u32::from(std::mem::take(&mut carrier.compensated));
    }

    /// Whether what becomes ready now has to wait for others.
    #[inline]
    pub(super) fn is_behind(&self) -> bool {
        !self.may_take() || self.waiting() > 0
    }

    /// How many items wait that any carrier may take.
    #[inline]
    pub(super) fn waiting(&self) -> usize {
        self.ready.len() + self.own_count as usize + self.late.len() + self.deferred.len()
    }

    /// How many carriers there are: never more than `threads` and `spare`.
    pub(super) fn count(&self) -> (u32, u32) {
        (self.carriers.len() as u32, self.threads.saturating_add(self.spare))
    }

    /// What the carrier takes next.
    pub(super) fn next(&mut self, number: u16) -> Option<Item> {
        let carrier = &mut self.carriers[usize::from(number)];
        if let Some(item) = carrier.slot.take() {
            carrier.slot_turns += 1;
            return Some(item);
        }
        carrier.slot_turns = 0;
        if let Some(item) = carrier.own.pop_front() {
            self.own_count -= 1;
            return Some(item);
        }
        if let Some(item) = self.ready.pop_front() {
            return Some(item);
        }
        if self.own_count > 0 {
            self.own_count -= 1;
            return self.carriers.iter_mut().find_map(|other| other.own.pop_front());
        }
        if self.late.is_empty() && self.deferred.is_empty() {
            return None;
        }
        // The driver is polled: timers first, then those who yielded, the last one first.
        let mut woken: VecDeque<Item> = self.late.drain(..).chain(self.deferred.drain(..).rev()).collect();
        let first = woken.pop_front();
        self.own_count += woken.len() as u32;
        self.carriers[usize::from(number)].own = woken;
        first
    }

    /// Puts an item where its waker's place in the order is. Returns whether a carrier must be woken for it.
    pub(super) fn push(&mut self, item: Item, waker: Option<u16>, is_timer: bool) -> bool {
        match (self.order, waker) {
            (ReadyOrder::Fifo, _) | (ReadyOrder::LifoSlot, None) => self.ready.push_back(item),
            (ReadyOrder::LocalFirst, None) if is_timer => self.late.push_back(item),
            (ReadyOrder::LocalFirst, None) => self.ready.push_back(item),
            (ReadyOrder::LifoSlot | ReadyOrder::LocalFirst, Some(number)) => {
                let carrier = &mut self.carriers[usize::from(number)];
                let displaced =
                    if carrier.slot_turns < MAX_SLOT_TURNS { carrier.slot.replace(item) } else { Some(item) };
                let Some(displaced) = displaced else { return false };
                self.push_to_tail(displaced, number);
            }
        }
        true
    }

    /// Puts what has no place in the carrier's slot behind what waits.
    pub(super) fn push_to_tail(&mut self, item: Item, number: u16) {
        match self.order {
            ReadyOrder::Fifo | ReadyOrder::LifoSlot => self.ready.push_back(item),
            ReadyOrder::LocalFirst => {
                self.own_count += 1;
                self.carriers[usize::from(number)].own.push_back(item);
            }
        }
    }

    /// What the carrier kept for itself is anybody's.
    pub(super) fn give_up_queue(&mut self, number: u16) {
        let carrier = &mut self.carriers[usize::from(number)];
        if carrier.slot.is_none() && carrier.own.is_empty() {
            return;
        }
        let (slot, own) = (carrier.slot.take(), std::mem::take(&mut carrier.own));
        self.own_count -= own.len() as u32;
        self.ready.extend(slot.into_iter().chain(own));
    }
}
