//! What looking at one remedy may take: time, and memory beside the others that are looked at meanwhile.
//!
//! Several remedies are looked at at once, each within a share of the memory. One that needs more is left, and looked at
//! again by itself with all of it. Invariant: the share makes no difference to what is found, only to when.

use crate::study::cancellation::ShouldContinue;
use crate::study::parallel::width;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Bytes of runs and of states that are held at once.
const MAX_MEMORY: u64 = 320 << 20;
/// Bytes of the states of one search: a page has no more to spare.
const MAX_SEARCH: u64 = 96 << 20;

/// The allowance of one remedy.
pub(in crate::study) struct Allowance<'a> {
    may_go_on: ShouldContinue<'a>,
    /// Bytes, if others need some meanwhile.
    share: Option<u64>,
    fell_short: AtomicBool,
    /// Bytes of the largest run so far.
    largest: AtomicU64,
}

/// Bytes that each of several that are looked at at once may take.
fn share() -> u64 {
    MAX_MEMORY / width() as u64
}

impl<'a> Allowance<'a> {
    /// For what is looked at by itself.
    pub fn alone(may_go_on: ShouldContinue<'a>) -> Allowance<'a> {
        Allowance { may_go_on, share: None, fell_short: AtomicBool::new(false), largest: AtomicU64::new(0) }
    }

    /// For one of several that are looked at at once. Where there is one thread, nothing is at once.
    pub fn shared(may_go_on: ShouldContinue<'a>) -> Allowance<'a> {
        Allowance { share: (width() > 1).then(share), ..Allowance::alone(may_go_on) }
    }

    /// Whether the work may go on: there is time, and the memory has sufficed so far.
    pub fn may_go_on(&self) -> bool {
        !self.fell_short() && (self.may_go_on)()
    }

    /// Bytes that the states of one search may take.
    pub fn search_memory(&self) -> u64 {
        self.share.unwrap_or(MAX_SEARCH).min(MAX_SEARCH)
    }

    /// Whether a run of this number of bytes is within the share; if not, the work ends.
    pub fn holds(&self, bytes: u64) -> bool {
        self.largest.fetch_max(bytes, Ordering::Relaxed);
        let holds = self.share.is_none_or(|share| bytes <= share);
        if !holds {
            self.fell_short.store(true, Ordering::Relaxed);
        }
        holds
    }

    /// Whether a run was too large to be made beside others of its size.
    pub fn is_large(&self) -> bool {
        self.largest.load(Ordering::Relaxed) > share()
    }

    /// A search was ended by its bound on memory: with less than all of it, the work ends.
    pub fn search_is_full(&self) {
        if self.search_memory() < MAX_SEARCH {
            self.fell_short.store(true, Ordering::Relaxed);
        }
    }

    /// Whether more memory than the share was needed: nothing is known then.
    pub fn fell_short(&self) -> bool {
        self.fell_short.load(Ordering::Relaxed)
    }
}
