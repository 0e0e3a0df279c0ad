//! What would fix it: remedies for what can hang or lose an update, each a change of the document's text.
//!
//! A remedy is applied to the text, read again, run and explored before it is offered. Invariant: what is offered
//! does not hang in any order that was looked at, and says how far that was. Deliberately absent: remedies that
//! need to know what a program means (handing a result over directly, splitting a task).

mod check;
mod patch;
mod remedies;
mod rewrite;
pub mod words;

pub(in crate::study) use check::look_in_slices;
pub use check::{Assessment, Cost, Seen};

use crate::analysis::shape::Shape;
use crate::language::{Document, Overrides, Problems};
use crate::model::scenario::Scenario;
use crate::model::time::Time;
use patch::Patch;
use remedies::{Proposal, Trouble};
use std::sync::Arc;

/// How far to look at each remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Most states in each view.
    pub most_states: usize,
}

impl Default for Effort {
    fn default() -> Effort {
        Effort { most_states: 20_000 }
    }
}

/// What a remedy turns the trouble into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It cannot happen any more.
    Gone,
    /// Tasks wait until a timeout, and go on.
    Stall,
    /// Tasks fail.
    Failure,
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
    /// What becomes of the trouble.
    pub effect: Effect,
    /// How it is known.
    pub known: Assessment,
    /// One worker less is known to hang.
    pub is_smallest: bool,
    /// The document with the change.
    pub text: String,
}

impl Remedy {
    /// The smaller, the better: what becomes of the trouble, how sure that is, and what it costs.
    fn rank(&self) -> (Effect, bool, u64, u64, Time) {
        let cost = &self.known.cost;
        (self.effect, !self.known.is_proven(), cost.threads, cost.memory, cost.end)
    }
}

/// All there is to say about one variant.
#[derive(Clone, Debug, PartialEq)]
pub struct Advice {
    /// What the variant itself comes to.
    pub known: Assessment,
    /// What can hang, by its shape.
    pub shape: Shape,
    /// The scenario it is about.
    pub scenario: Arc<Scenario>,
    /// What would fix it, the best first.
    pub remedies: Vec<Remedy>,
    /// What was tried and is no remedy: what, and why.
    pub refused: Vec<(String, &'static str)>,
}

impl Advice {
    /// There is something to fix.
    pub fn is_needed(&self) -> bool {
        self.known.hangs()
            || self.known.loses()
            || self.shape.hazards.iter().any(|hazard| !hazard.stall) && !self.known.is_proven()
    }
}

/// A document in which remedies are looked for, one step at a time so that a caller can show how far it is.
pub struct Advisor {
    effort: Effort,
    overrides: Overrides,
    file_name: String,
    patch: Patch,
    open: std::vec::IntoIter<Proposal>,
    advice: Advice,
}

impl Advisor {
    /// Looks at a variant; `overrides` are part of the text that remedies change.
    ///
    /// # Errors
    /// What is wrong with the document.
    pub fn new(
        document: &Document,
        variant: &str,
        overrides: &Overrides,
        effort: Effort,
    ) -> Result<Advisor, Problems> {
        let scenario = Arc::new(document.scenario(variant, overrides)?);
        let mut patch = Patch { text: document.source().to_owned(), variant: variant.to_owned() };
        for (path, value) in &overrides.set {
            patch.set(&full_path(document, path), value);
        }
        let overrides = Overrides { seed: overrides.seed, set: Vec::new() };
        let known = Assessment::of(&scenario, effort.most_states);
        let shape = Shape::read(&scenario);
        let advice = Advice { known, shape, scenario, remedies: Vec::new(), refused: Vec::new() };
        let open = if advice.is_needed() { remedies::propose(&patch, &advice) } else { Vec::new() };
        let file_name = document.file_name().to_owned();
        Ok(Advisor { effort, overrides, file_name, patch, open: open.into_iter(), advice })
    }

    /// Looks at one more; whether there was one.
    pub fn step(&mut self) -> bool {
        let Some(proposal) = self.open.next() else { return false };
        let title = proposal.title.clone();
        match self.judge(proposal) {
            Ok(remedy) => {
                // Behind those that are better or as good.
                let rank = remedy.rank();
                let at = self.advice.remedies.partition_point(|known| known.rank() <= rank);
                self.advice.remedies.insert(at, remedy);
            }
            Err(why) => self.advice.refused.push((title, why)),
        }
        true
    }

    /// What was found so far, the best first.
    pub fn so_far(&self) -> &Advice {
        &self.advice
    }

    /// How many there are still to look at.
    pub fn left(&self) -> usize {
        self.open.len()
    }

    /// Looks at all that are left, and says what was found, the best first.
    pub fn finish(mut self) -> Advice {
        while self.step() {}
        self.advice
    }

    fn scenario(&self, text: &str) -> Option<Arc<Scenario>> {
        let document = Document::parse(&self.file_name, text).ok()?;
        if document.check().has_errors() {
            return None;
        }
        document.scenario(&self.patch.variant, &self.overrides).ok().map(Arc::new)
    }

    fn judge(&self, proposal: Proposal) -> Result<Remedy, &'static str> {
        let scenario = self.scenario(&proposal.text).ok_or("the changed document has problems")?;
        let known = Assessment::of(&scenario, self.effort.most_states);
        let before = &self.advice.known;
        if known.hangs() {
            return Err("it can still hang");
        }
        if !known.shape_is_clear && !known.untimed.exhausted && !known.timed.exhausted {
            return Err("it may still hang: its shape has a ring, and not every order could be looked at");
        }
        if known.loses() && proposal.mends == Trouble::LostUpdate {
            return Err("updates can be lost");
        }
        if known.timed.finals.iter().any(|number| !before.timed.finals.contains(number)) && !before.hangs() {
            return Err("what is expected can fail");
        }
        let effect = if known.cost.failed > before.cost.failed && proposal.effect != Effect::Gone {
            Effect::Failure
        } else if proposal.effect == Effect::Gone && (known.timed.stalls && !before.timed.stalls) {
            Effect::Stall
        } else {
            proposal.effect
        };
        let is_smallest = proposal
            .smaller
            .as_deref()
            .and_then(|text| self.scenario(text))
            .is_some_and(|smaller| Assessment::of(&smaller, self.effort.most_states).hangs());
        let mut leaves = proposal.leaves;
        if proposal.smaller.is_some() && !is_smallest {
            leaves += " With one less nothing was found to hang: fewer may be enough.";
        }
        if known.loses() {
            leaves += " Updates can be lost, with it or without.";
        }
        if known.untimed.stalls && !before.untimed.stalls && effect == Effect::Gone {
            leaves += " Tasks can still stand until a timeout ends their wait.";
        }
        Ok(Remedy {
            title: proposal.title,
            changes: proposal.changes,
            leaves,
            effect,
            known,
            is_smallest,
            text: proposal.text,
        })
    }
}

/// A path as it stands in the document: `pool` is `params.pool.value`, `default.workers` is `executors.default.workers`.
fn full_path(document: &Document, path: &str) -> String {
    crate::language::edit::full_path(document.source(), path).unwrap_or_else(|| path.to_owned())
}
