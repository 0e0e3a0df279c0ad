//! Keys and what there is one of for each: instances of semaphores, locks and cells.

use std::collections::BTreeMap;

/// Which thing a keyed instance belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    Resource(u16),
    Cell(u16),
}

/// Keys by number, and instances by owner and key.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    pub(super) numbers: BTreeMap<String, u32>,
    pub(super) instances: BTreeMap<(Owner, u32), u32>,
}

/// The number of no key.
pub(super) const NO_KEY: u32 = 0;

impl Keys {
    /// The number of a key; the same text has the same number.
    pub fn number(&mut self, key: String) -> u32 {
        let next = self.numbers.len() as u32 + 1;
        *self.numbers.entry(key).or_insert(next)
    }

    /// The instance of `owner` for `key`, or the one that `make` appends.
    pub fn instance(&mut self, owner: Owner, key: u32, make: impl FnOnce() -> u32) -> u32 {
        *self.instances.entry((owner, key)).or_insert_with(make)
    }
}
