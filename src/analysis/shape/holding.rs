//! What a task holds of one semaphore, lock or read-write lock.
//!
//! Reading and writing are counted apart: giving one back leaves the other, and is refused to a task that has only the other.

use crate::model::program::Claim;

/// A number that has no bound: it stays so whatever is given back.
const UNBOUNDED: u32 = u32::MAX;

/// Permits (a lock has one, a reader has one), and how often a read-write lock is held for writing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Holding {
    permits: u32,
    writes: u32,
}

impl Holding {
    /// Whether nothing is held.
    pub fn is_none(self) -> bool {
        self == Holding::default()
    }

    /// Permits that nobody else can have meanwhile; [`u32::MAX`] for a writer.
    pub fn total(self) -> u32 {
        if self.writes > 0 { u32::MAX } else { self.permits }
    }

    /// Whether that much can be given back.
    pub fn covers(self, claim: Claim) -> bool {
        let (mut held, amount) = (self, amount(claim));
        *held.counter(claim) >= amount
    }

    /// That much more is held.
    pub fn add(&mut self, claim: Claim) {
        let counter = self.counter(claim);
        *counter = counter.saturating_add(amount(claim));
    }

    /// That much is given back.
    pub fn remove(&mut self, claim: Claim) {
        let counter = self.counter(claim);
        if *counter != UNBOUNDED {
            *counter = counter.saturating_sub(amount(claim));
        }
    }

    /// Less than that is held.
    pub fn fall_short_of(&mut self, claim: Claim) {
        let counter = self.counter(claim);
        *counter = (*counter).min(amount(claim).saturating_sub(1));
    }

    /// What is held, in any number.
    pub fn without_bound(self) -> Holding {
        let unbounded = |count: u32| if count > 0 { UNBOUNDED } else { 0 };
        Holding { permits: unbounded(self.permits), writes: unbounded(self.writes) }
    }

    /// The greater number of each.
    pub fn max(self, other: Holding) -> Holding {
        Holding { permits: self.permits.max(other.permits), writes: self.writes.max(other.writes) }
    }

    /// The smaller number of each.
    pub fn min(self, other: Holding) -> Holding {
        Holding { permits: self.permits.min(other.permits), writes: self.writes.min(other.writes) }
    }

    fn counter(&mut self, claim: Claim) -> &mut u32 {
        match claim {
            Claim::Permits(_) | Claim::Read => &mut self.permits,
            Claim::Write => &mut self.writes,
        }
    }
}

fn amount(claim: Claim) -> u32 {
    match claim {
        Claim::Permits(count) => count,
        Claim::Read | Claim::Write => 1,
    }
}
