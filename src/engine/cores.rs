//! The cores of the machine as bookkeeping: how many are free, who has one and who waits for one.
//!
//! Deliberately absent: when a thread gives way; that is in `cpu`.

use super::carriers::CarrierId;
use super::task::Slot;
use crate::model::scenario::Machine;
use crate::model::time::{Duration, Time};
use std::collections::VecDeque;

/// A thread that waits for a core.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ready {
    pub(super) thread: Thread,
    pub(super) since: Time,
    /// CPU time that its task has left in the `run` it was preempted in.
    pub(super) left: Option<(Slot, Duration)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thread {
    /// A native thread, by its top task.
    Of(Slot),
    /// A carrier of green threads.
    Carrier(CarrierId),
}

/// A task in `run`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Burst {
    pub(super) slot: Slot,
    pub(super) wake: u32,
    pub(super) end: Time,
    pub(super) preemption_set: bool,
}

/// Cores and who waits for them.
#[derive(Clone, Debug)]
pub(super) struct Cpu {
    pub(super) free: u32,
    pub(super) interval: Duration,
    pub(super) ready: VecDeque<Ready>,
    pub(super) bursts: Vec<Burst>,
    /// For each slot, since when its thread has had a core.
    core_since: Vec<Time>,
}

impl Cpu {
    pub fn new(machine: Machine) -> Cpu {
        let free = if machine.gil { 1 } else { machine.cores };
        Cpu {
            free,
            interval: machine.switch_interval,
            ready: VecDeque::new(),
            bursts: Vec::new(),
            core_since: Vec::new(),
        }
    }
}

impl Cpu {
    /// Since when the task's thread has had a core.
    pub fn core_since(&self, slot: Slot) -> Time {
        self.core_since.get(slot.0 as usize).copied().unwrap_or_default()
    }

    /// The task's thread has had a core since `since`.
    pub fn has_had_core(&mut self, slot: Slot, since: Time) {
        let index = slot.0 as usize;
        if index >= self.core_since.len() {
            self.core_since.resize(index + 1, Time::ZERO);
        }
        self.core_since[index] = since;
    }
}
