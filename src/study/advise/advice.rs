//! What is advised: remedies, and what is known of the variant that they are for.

use super::check::ScenarioAssessment;
use super::proposal::RemedyEffect;
use crate::analysis::shape::Shape;
use crate::analysis::verdict::{DesignVerdict, ShapeReading};
use crate::model::scenario::Scenario;
use crate::model::time::Time;
use std::sync::Arc;

/// How far to look at each remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemedyCheckEffort {
    /// Most states in each view.
    pub most_states: usize,
}

impl Default for RemedyCheckEffort {
    fn default() -> RemedyCheckEffort {
        RemedyCheckEffort { most_states: 20_000 }
    }
}

/// A change of the document that was looked at and found good.
#[derive(Clone, Debug, PartialEq)]
pub struct Remedy {
    /// What it is, in a few words.
    pub title: String,
    /// What it changes, for a person: `executors.default.workers = 6`.
    pub changes: Vec<String>,
    /// What it does not solve.
    pub leaves: String,
    /// The runtime of the document cannot do it with the executors that it has.
    pub is_foreign: bool,
    /// What becomes of the trouble.
    pub effect: RemedyEffect,
    /// The same in a person's own code, in the words of the runtime: a line for each change that it has one for.
    pub in_code: Vec<String>,
    /// How it is known.
    pub known: ScenarioAssessment,
    /// One worker less is known to hang.
    pub is_smallest: bool,
    /// The document with the change.
    pub text: String,
}

impl Remedy {
    /// The smaller, the better: whether the runtime can do it, what it still misses, what becomes of the trouble, how sure
    /// that is, and what it costs.
    pub(super) fn rank(&self) -> (bool, bool, RemedyEffect, bool, u64, u64, Time) {
        let cost = &self.known.cost;
        let misses = !self.known.is_clean();
        (self.is_foreign, misses, self.effect, !self.known.is_proven(), cost.threads, cost.memory, cost.end)
    }
}

/// All there is to say about one variant.
#[derive(Clone, Debug, PartialEq)]
pub struct VariantAdvice {
    /// What the variant itself comes to.
    pub known: ScenarioAssessment,
    /// What can hang, by its shape.
    pub shape: Shape,
    /// The scenario it is about.
    pub scenario: Arc<Scenario>,
    /// What would fix it, the best first.
    pub remedies: Vec<Remedy>,
    /// Why the run misses what is expected of times: for each such expectation where its slowest task spent its time.
    pub reasons: Vec<(usize, String)>,
    /// What was tried and is no remedy: what, and why.
    pub refused: Vec<(String, &'static str)>,
    /// The time ended the search.
    pub is_cut_short: bool,
}

impl VariantAdvice {
    /// What is known of the variant's design.
    pub fn design(&self) -> DesignVerdict {
        self.known.design(&ShapeReading::of(&self.shape, &self.scenario))
    }

    /// There is something to fix.
    pub fn is_needed(&self) -> bool {
        !self.known.is_clean()
            || self.shape.hazards.iter().any(|hazard| !hazard.stall) && !self.known.is_proven()
    }
}
