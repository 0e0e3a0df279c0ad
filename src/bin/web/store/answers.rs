//! Answers to questions about the shown variant: what its shape says, what else could have come, what would fix it.
//!
//! When it is time to ask, and what applying a remedy does to the text. Invariant: an applied remedy can be taken back
//! until the text is changed otherwise. The asking itself is `page`'s, the answering that of [`super::jobs`].

use super::run::SharedRun;
use super::study::Stage;
use super::{Arrival, Looked, State};
use std::rc::Rc;

/// Runs with more events than this are not looked through for other orders.
const MOST_BRANCHED: usize = 5_000;

/// Runs with more events than this are of scenarios for which nobody looks for remedies unasked.
const SMALL: usize = 2_000;

/// A remedy that was applied to the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// What it is, and how it is known to be one.
    pub told: String,
    /// The text before it.
    before: Rc<str>,
    /// Whether the page says so still.
    pub is_shown: bool,
}

impl State {
    pub(super) fn apply_remedy(&mut self, number: usize) {
        let Some(offer) = self.advice.so_far.as_ref().and_then(|told| told.remedies.get(number)) else {
            return;
        };
        let told = format!("Applied: {}. {}", offer.title, offer.verified);
        let before = Rc::clone(&self.work.source);
        self.work.edit(&offer.text.clone());
        self.applied.push(Applied { told, before, is_shown: true });
        self.notice = None;
        self.change();
        self.arrival = Arrival::Play;
    }

    pub(super) fn undo(&mut self) {
        let Some(applied) = self.applied.pop() else { return };
        self.work.edit(&applied.before);
        self.change();
    }

    /// Whether it is time to read the shape.
    pub fn wants_shape(&self) -> bool {
        self.shape.stage == Stage::Unasked && !self.work.is_broken()
    }

    /// Whether it is time to look for remedies unasked: the shown run hangs, or something was found in another
    /// order, and the scenario is small.
    pub fn wants_advice(&self) -> bool {
        let is_small = |run: &SharedRun| run.id == self.wanted && run.trace().len() <= SMALL;
        self.advice.stage == Stage::Unasked
            && self.needs_advice()
            && self.run.as_ref().is_some_and(is_small)
            && !self.orders.is_going()
    }

    /// Whether there is something to fix, as far as is known.
    pub fn needs_advice(&self) -> bool {
        let is_bad =
            |run: &SharedRun| !run.digest.findings.hangs.is_empty() || !run.digest.lost_updates.is_empty();
        let is_found = |looked: &Vec<Looked>| looked.iter().any(Looked::is_grave);
        !self.work.is_broken()
            && (self.run.as_ref().is_some_and(is_bad) || self.orders.so_far.as_deref().is_some_and(is_found))
    }

    /// Whether the shown run is short enough to be looked through for other orders.
    pub fn may_branch(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.trace().len() <= MOST_BRANCHED)
    }

    /// Whether it is time to look for other orders at the cursor.
    pub fn wants_branches(&self) -> bool {
        let is_shown = self.run.as_ref().is_some_and(|run| run.id == self.wanted);
        is_shown && self.may_branch() && !self.replay.playing && !self.work.is_broken()
    }
}
