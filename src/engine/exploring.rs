//! What only a run in other orders has, and what the engine asks of it on the way.

use super::looks::CellReads;
use super::task::Slot;
use crate::model::id::WorkerId;

/// Which orders are possible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Durations say nothing.
    pub untimed: bool,
    /// Timeouts come only when nothing else can happen.
    pub timeouts_last: bool,
    /// Every instruction is a step of its own, also those that nobody else can notice. Slow; the yardstick for
    /// the reduction.
    pub every_step: bool,
}

/// What only a run in other orders has.
#[derive(Clone, Debug, Default)]
pub(super) struct Exploring {
    pub rules: Rules,
    /// How the step that comes next goes, where it may go more than one way.
    pub decision: Option<Decision>,
    /// Something that others can notice was done since the last choice.
    pub stepped: bool,
    /// Reads that a lost update would follow from.
    pub looks: CellReads,
}

impl Exploring {
    /// The task ended: others can notice, and what it saw of cells is forgotten.
    pub fn ended(&mut self, slot: Slot) {
        self.stepped = true;
        self.looks.forget(slot);
    }
}

/// Which way a step goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// A `maybe` comes true, or not.
    Maybe(bool),
    /// A `notify` wakes the waiter in this place of the line first.
    Notify(u32),
    /// A worker steals from this one.
    Steal(WorkerId),
}
