//! What a program may have come to before each of its instructions.

use super::holding::Holding;
use crate::model::id::SubmitId;
use std::collections::BTreeSet;

/// What may be so when a task comes to an instruction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct EntryState {
    /// Some run comes here.
    pub reached: bool,
    /// The most that is held of each resource.
    pub held: Vec<Holding>,
    /// The least of it.
    pub surely: Vec<Holding>,
    /// Children that may be unfinished and can be waited for by name.
    pub open: BTreeSet<SubmitId>,
    /// Children whose name was taken over by a later one; only `wait all` waits for them.
    pub loose: BTreeSet<SubmitId>,
    /// Children that were surely cancelled, unless they had started by then.
    pub cancelled: BTreeSet<SubmitId>,
}

/// A program as it may run.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// For each instruction, and for the end.
    pub before: Vec<EntryState>,
    /// For each `submit`, how many of its children one task may have at once; `u64::MAX` is without bound.
    pub at_once: Vec<u64>,
    /// For each `submit`, how many children one task makes in all; `u64::MAX` is without bound.
    pub ever: Vec<u64>,
    /// For each `submit`, whether a task may end while the child is unfinished.
    pub orphaned: Vec<bool>,
}

impl EntryState {
    /// Whether the child may be unfinished there.
    pub fn has_child(&self, id: SubmitId) -> bool {
        self.open.contains(&id) || self.loose.contains(&id)
    }

    /// Takes in what another way brings; whether that is more. What is held in ever greater numbers is held without bound
    /// where that `is_endless`.
    pub fn join(&mut self, other: &EntryState, is_endless: bool) -> bool {
        if !self.reached {
            *self = EntryState { reached: true, ..other.clone() };
            return true;
        }
        let known = self.clone();
        for (mine, more) in self.held.iter_mut().zip(&other.held) {
            let joined = mine.max(*more);
            *mine = if is_endless && joined != *mine { joined.without_bound() } else { joined };
        }
        for (mine, less) in self.surely.iter_mut().zip(&other.surely) {
            *mine = mine.min(*less);
        }
        self.open.extend(&other.open);
        self.loose.extend(&other.loose);
        self.cancelled.retain(|id| other.cancelled.contains(id));
        *self != known
    }
}
