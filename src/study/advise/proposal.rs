//! Changes of a document in the making, and what they are offered as.

use super::patch::{VariantPatch, quoted};
use crate::model::id::ExecutorId;
use crate::model::scenario::Scenario;
use crate::study::cancellation::ShouldContinue;

/// What a remedy turns the trouble into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RemedyEffect {
    /// It cannot happen any more.
    Gone,
    /// It does not happen with these timings; with others it still may.
    GoneForNow,
    /// Tasks wait until a timeout, and go on.
    Stall,
    /// Some tasks fail.
    Failure,
}

/// What a remedy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RemediedDefect {
    /// Tasks that deadlock.
    Deadlock,
    /// Updates that are lost.
    LostUpdate,
    /// Anything that the run was expected to meet and did not.
    Expectation,
}

/// Something to try.
#[derive(Clone, Debug)]
pub(super) struct RemedyProposal {
    pub title: String,
    pub mends: RemediedDefect,
    pub changes: Vec<String>,
    pub leaves: String,
    pub effect: RemedyEffect,
    pub text: String,
    /// The same, one worker smaller.
    pub smaller: Option<String>,
    /// The runtime of the document cannot do it with the executors that it has.
    pub is_foreign: bool,
}

impl RemedyProposal {
    pub fn of(title: String, leaves: &str, effect: RemedyEffect, draft: ProposalDraft) -> RemedyProposal {
        RemedyProposal {
            title,
            mends: RemediedDefect::Deadlock,
            changes: draft.changes,
            leaves: leaves.to_owned(),
            effect,
            text: draft.patch.text,
            smaller: None,
            is_foreign: false,
        }
    }
}

/// Makes proposals for a variant.
pub(super) struct RemedyProposer<'a> {
    pub patch: &'a VariantPatch,
    pub s: &'a Scenario,
    /// The expectations that its plain run misses, by number.
    missed: &'a [usize],
    /// Asked before what takes long.
    pub may_go_on: ShouldContinue<'a>,
    pub found: Vec<RemedyProposal>,
}

/// A change in the making.
#[derive(Clone, Debug)]
pub(super) struct ProposalDraft {
    pub patch: VariantPatch,
    pub changes: Vec<String>,
    /// Every change could be made.
    pub whole: bool,
}

impl ProposalDraft {
    pub fn set(&mut self, path: &str, value: &str) {
        self.whole &= self.patch.set(path, value);
        self.changes.push(format!("{path} = {value}"));
    }

    pub fn set_step(&mut self, task: &str, number: usize, step: &str) {
        self.whole &= self.patch.set_step(task, number, step);
        self.changes.push(format!("tasks.{task}, step {}: {}", number + 1, quoted(step)));
    }

    pub fn set_steps(&mut self, task: &str, steps: &[String]) {
        self.whole &= self.patch.set_steps(task, steps);
        let words: Vec<String> = steps.iter().map(|step| quoted(step)).collect();
        self.changes.push(format!("tasks.{task}.steps = [{}]", words.join(", ")));
    }
}

impl<'a> RemedyProposer<'a> {
    pub fn new(
        patch: &'a VariantPatch,
        s: &'a Scenario,
        missed: &'a [usize],
        may_go_on: ShouldContinue<'a>,
    ) -> RemedyProposer<'a> {
        RemedyProposer { patch, s, missed, may_go_on, found: Vec::new() }
    }

    pub fn scenario(&self) -> &'a Scenario {
        self.s
    }

    pub fn missed(&self) -> &'a [usize] {
        self.missed
    }

    /// What was proposed so far, each text once.
    pub fn take_found(&mut self) -> Vec<RemedyProposal> {
        let mut texts = std::collections::BTreeSet::new();
        let mut found = std::mem::take(&mut self.found);
        found.retain(|proposal| texts.insert(proposal.text.clone()));
        found
    }

    pub fn draft(&self) -> ProposalDraft {
        ProposalDraft { patch: self.patch.clone(), changes: Vec::new(), whole: true }
    }

    /// Proposes a draft, if every change could be made.
    pub fn offer(&mut self, title: String, leaves: &str, effect: RemedyEffect, draft: ProposalDraft) {
        if draft.whole {
            self.found.push(RemedyProposal::of(title, leaves, effect, draft));
        }
    }

    /// Says what the last proposal is for.
    pub fn last_mends(&mut self, trouble: RemediedDefect) {
        if let Some(last) = self.found.last_mut() {
            last.mends = trouble;
        }
    }

    pub fn name(&self, executor: ExecutorId) -> &str {
        &self.s.executors[executor.index()].name
    }

    pub fn has_executor(&self, name: &str) -> bool {
        self.s.executors.iter().any(|executor| executor.name == name)
    }

    /// Sets a number of an executor.
    pub fn set_number(&self, draft: &mut ProposalDraft, executor: ExecutorId, key: &str, value: u64) {
        self.set_through_param(draft, &format!("executors.{}.{key}", self.name(executor)), value);
    }

    /// Sets a number: through its param if it has one that sets nothing else.
    pub fn set_through_param(&self, draft: &mut ProposalDraft, path: &str, value: u64) {
        let param = draft.patch.get(path).and_then(|word| word.strip_prefix('$').map(str::to_owned));
        let through = param.and_then(|param| {
            let mut tried =
                ProposalDraft { patch: draft.patch.clone(), changes: draft.changes.clone(), whole: true };
            tried.set(&format!("params.{param}.value"), &value.to_string());
            let mut direct = draft.clone();
            direct.set(path, &value.to_string());
            let (through, direct) = (tried.patch.scenario()?, direct.patch.scenario()?);
            let is_same = through.executors == direct.executors
                && through.resources == direct.resources
                && through.tasks == direct.tasks
                && through.arrivals == direct.arrivals;
            (tried.whole && is_same).then_some(tried)
        });
        match through {
            Some(tried) => *draft = tried,
            None => draft.set(path, &value.to_string()),
        }
    }
}

/// The largest number from 1 to `most` of which `holds` is true; it is true below a true one.
pub(super) fn largest(most: u64, holds: &dyn Fn(u64) -> bool) -> Option<u64> {
    if most == 0 || !holds(1) {
        return None;
    }
    let (mut low, mut high) = (1, most + 1);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(low)
}
