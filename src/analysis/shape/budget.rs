//! How much longer a shape may be read: a bound from outside, and one on the work of looking for the smallest numbers.
//!
//! Invariant: once it is over it stays so. Loops then stop wherever they are, and what they return is worth nothing: whoever
//! began them asks again, and drops it.

use crate::analysis::cancellation::ShouldContinue;
use std::cell::Cell;

/// Places that all looks for the smallest numbers visit together: about a second.
const MAX_VISITED: u64 = 400_000;

/// What is left for one reading.
pub(super) struct ReadingBudget<'a> {
    may_go_on: ShouldContinue<'a>,
    is_over: Cell<bool>,
    /// Places that looks for the smallest numbers may still visit.
    left: Cell<u64>,
}

impl<'a> ReadingBudget<'a> {
    pub fn new(may_go_on: ShouldContinue<'a>) -> ReadingBudget<'a> {
        ReadingBudget { may_go_on, is_over: Cell::new(false), left: Cell::new(MAX_VISITED) }
    }

    /// Whether the bound from outside has come; asks it.
    pub fn is_over(&self) -> bool {
        if !self.is_over.get() && !(self.may_go_on)() {
            self.is_over.set(true);
        }
        self.is_over.get()
    }

    /// Whether another look for a smaller number may begin.
    pub fn allows_look(&self) -> bool {
        self.left.get() > 0 && !self.is_over()
    }

    /// Counts the places that one look visited.
    pub fn visit(&self, places: usize) {
        self.left.set(self.left.get().saturating_sub(places as u64));
    }
}
