//! Answers to questions about the shown variant: what its shape says, what else could have come, what would fix it.
//!
//! When it is time to ask, and what applying a remedy does to the text. Invariant: what is said of an applied remedy
//! goes with the next change of text or variant, of which it would not be true. The asking itself is `page`'s, the answering that of [`threadbare::jobs`].

use super::State;
use super::history::EditKind;
use super::run::SharedRun;
use super::state::NewRunCursor;
use super::study::StudyStatus;
use threadbare::analysis::verdict::{Coverage, DesignVerdict, MadeRuns, ShapeReading};
use threadbare::jobs::explore::{self, ViewProgress};

/// Runs with more events than this are not looked through for other orders.
const MAX_BRANCHED: usize = 5_000;

/// Runs with more events than this are of scenarios for which nobody looks for remedies unasked.
const SMALL: usize = 2_000;

impl State {
    pub(super) fn apply_remedy(&mut self, number: usize) {
        let Some(offer) = self.advice.so_far.as_ref().and_then(|told| told.remedies.get(number)) else {
            return;
        };
        let told = format!("Applied: {}. {}", offer.title, offer.verified);
        let text = offer.text.clone();
        self.step(EditKind::Apply, |work| work.edit(&text));
        self.notice = None;
        self.change_in_place();
        self.applied = Some(told.into());
        self.arrival = NewRunCursor::Play;
    }

    /// Whether it is time to read the shape.
    pub fn wants_shape(&self) -> bool {
        self.shape.stage == StudyStatus::Unasked && !self.work.is_broken()
    }

    /// What is known of the design; `None` while its shape is read, unless the shown run tells already.
    pub fn design(&self) -> Option<DesignVerdict> {
        let shown = &self.run.as_ref()?.digest;
        let hangs = &shown.findings.deadlocks;
        let run = MadeRuns::one(!hangs.is_empty());
        if !shown.trace().scenario.has_arrivals() {
            return Some(DesignVerdict::of(&ShapeReading::Empty, None, run));
        }
        let explored = self.orders.so_far.as_deref().map_or(Coverage::default(), |all| explore::seen(all));
        match (self.shape.stage, &self.shape.so_far) {
            (StudyStatus::Done, Some(shape)) => Some(shape.design(explored, run)),
            (StudyStatus::Stopped | StudyStatus::Done, _) => {
                Some(DesignVerdict::of(&ShapeReading::Unknown, Some(explored), run))
            }
            // What is there is of an earlier text, or not all that will be known.
            (StudyStatus::Unasked | StudyStatus::Going, _) => {
                (!hangs.is_empty()).then(|| DesignVerdict::of(&ShapeReading::Unknown, None, run))
            }
        }
    }

    /// Whether it is time to compare the two variants that are side by side over many runs.
    pub fn wants_comparison(&self) -> bool {
        let is_there = |run: &SharedRun| run.id == self.wanted;
        self.with.is_some()
            && self.comparison.stage == StudyStatus::Unasked
            && self.other.as_ref().is_some_and(is_there)
            && !self.work.is_broken()
    }

    /// Whether it is time to look for remedies unasked: the shown run hangs or misses its targets, or something was found in another
    /// order, and the scenario is small.
    pub fn wants_advice(&self) -> bool {
        let is_small = |run: &SharedRun| run.id == self.wanted && run.trace().len() <= SMALL;
        self.advice.stage == StudyStatus::Unasked
            && self.needs_advice()
            && self.run.as_ref().is_some_and(is_small)
            && !self.orders.is_going()
    }

    /// Whether there is something to fix, as far as is known.
    pub fn needs_advice(&self) -> bool {
        let is_bad = |run: &SharedRun| {
            let digest = &run.digest;
            !digest.findings.deadlocks.is_empty()
                || !digest.lost_updates.is_empty()
                || digest.expectations.iter().any(|judged| !judged.holds)
        };
        let is_found = |looked: &Vec<ViewProgress>| looked.iter().any(ViewProgress::is_grave);
        !self.work.is_broken()
            && (self.run.as_ref().is_some_and(is_bad) || self.orders.so_far.as_deref().is_some_and(is_found))
    }

    /// Whether the shown run is short enough to be looked through for other orders.
    pub fn may_branch(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.trace().len() <= MAX_BRANCHED)
    }

    /// Whether it is time to look for other orders at the cursor.
    pub fn wants_branches(&self) -> bool {
        let is_shown = self.run.as_ref().is_some_and(|run| run.id == self.wanted);
        is_shown && self.may_branch() && !self.replay.playing && !self.work.is_broken()
    }
}
