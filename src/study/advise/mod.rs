//! What would fix it: remedies for what can deadlock, lose an update or miss what is expected, each a change of the
//! document's text.
//!
//! A remedy is applied to the text, read again, run and explored before it is offered. Invariant: what is offered
//! deadlocks in no order that was explored, and says how far that was; what it still misses is said with it. What needs
//! no search is tried first (`remedies`), then what is searched for, one number at a time and in pairs (`levers`).
//! Deliberately absent: remedies that need to know what a program means (handing a result over directly, splitting a
//! task).

mod advice;
mod channels;
mod check;
mod dialect;
mod in_code;
mod levers;
mod locks;
mod patch;
mod pinned;
mod proposal;
mod remedies;
mod rewrite;
mod times;
pub mod words;

pub use super::look::ExplorationSummary;
pub use advice::{Remedy, RemedyCheckEffort, VariantAdvice};
pub use check::{RunCost, ScenarioAssessment};
pub use proposal::RemedyEffect;

use super::allowance::Allowance;
use super::cancellation::{ShouldContinue, without_bound};
use super::design_check::verified_shape;
use super::parallel::in_parallel;
use super::run::run_while;
use crate::analysis::digest::Digest;
use crate::analysis::slowest::why_missed;
use crate::language::{Document, Overrides, Problems};
use crate::model::scenario::Scenario;
use levers::CandidateRemedy;
use patch::VariantPatch;
use proposal::{RemediedDefect, RemedyProposal, RemedyProposer};
use std::collections::VecDeque;
use std::sync::Arc;

/// A document in which remedies are looked for, a few at a time so that a caller can show how far it is.
pub struct RemedySearch {
    effort: RemedyCheckEffort,
    overrides: Overrides,
    file_name: String,
    patch: VariantPatch,
    open: VecDeque<CandidateRemedy>,
    /// What is searched for was listed.
    is_listed: bool,
    /// A run or a search took more than a share of the memory: one at a time, then.
    is_large: bool,
    advice: VariantAdvice,
}

/// A change by its title, and what it is: a remedy, or why it is none.
type Judged = (String, Result<Remedy, &'static str>);

/// Remedies that are looked at at once: several where there are threads for them, otherwise one, so that each is told as
/// soon as it is found. What comes of them is the same for any number.
const BATCH: usize = if cfg!(feature = "cli") { 4 } else { 1 };

impl RemedySearch {
    /// Looks at a variant; `overrides` are part of the text that remedies change.
    ///
    /// # Errors
    /// What is wrong with the document.
    pub fn new(
        document: &Document,
        variant: &str,
        overrides: &Overrides,
        effort: RemedyCheckEffort,
        may_go_on: ShouldContinue<'_>,
    ) -> Result<RemedySearch, Problems> {
        let scenario = Arc::new(document.scenario(variant, overrides)?);
        let mut patch = VariantPatch { text: document.source().to_owned(), variant: variant.to_owned() };
        for (path, value) in &overrides.set {
            patch.set(&full_path(document, path), value);
        }
        let overrides = Overrides { seed: overrides.seed, set: Vec::new() };
        let allowance = Allowance::alone(may_go_on);
        let known = ScenarioAssessment::until_cut(&scenario, effort.most_states, &allowance);
        // A change of one number makes a run no smaller, as a rule: it would only be begun twice.
        let is_large = allowance.is_large();
        let mut shape = verified_shape(&scenario, may_go_on);
        let is_cut_short = shape.is_cut || !may_go_on();
        if known.hangs() {
            shape.mark_shown();
        }
        let reasons = reasons(&scenario, &known, may_go_on);
        let mut advice = VariantAdvice {
            known,
            shape,
            scenario,
            remedies: Vec::new(),
            reasons,
            refused: Vec::new(),
            is_cut_short,
        };
        let is_needed = advice.is_needed();
        let open = if is_needed { remedies::propose(&patch, &advice, may_go_on) } else { Vec::new() };
        let open = open.into_iter().map(|proposal| CandidateRemedy::Change(Box::new(proposal))).collect();
        advice.is_cut_short |= is_needed && !may_go_on();
        let file_name = document.file_name().to_owned();
        Ok(RemedySearch { effort, overrides, file_name, patch, open, is_listed: false, is_large, advice })
    }

    /// Looks at a few more; whether there were any.
    pub fn step(&mut self, may_go_on: ShouldContinue<'_>) -> bool {
        if self.open.is_empty() && !self.list_searches(may_go_on) {
            return false;
        }
        let batch: Vec<CandidateRemedy> = self.open.drain(..self.open.len().min(BATCH)).collect();
        let judged = self.try_all(&batch, may_go_on);
        for (title, judged) in judged.into_iter().flatten() {
            match judged {
                Ok(remedy) => self.keep(remedy),
                Err(why) if self.advice.refused.iter().all(|(known, _)| *known != title) => {
                    self.advice.refused.push((title, why));
                }
                Err(_) => {}
            }
        }
        if !may_go_on() {
            self.advice.is_cut_short = true;
            self.open.clear();
        }
        true
    }

    /// Looks at some, several at once; what is too large for that afterwards, one by one. `None` of what could not be
    /// looked at for want of time: it is not said to be no remedy.
    fn try_all(&mut self, batch: &[CandidateRemedy], may_go_on: ShouldContinue<'_>) -> Vec<Option<Judged>> {
        if self.is_large {
            let alone = |attempt| self.attempt(attempt, &Allowance::alone(may_go_on));
            return batch.iter().map(alone).collect();
        }
        let tried = in_parallel(batch, 0, |attempt| {
            let allowance = Allowance::shared(may_go_on);
            let judged = self.attempt(attempt, &allowance);
            (!allowance.fell_short()).then_some(judged)
        });
        self.is_large = tried.iter().any(Option::is_none);
        let again = |attempt| self.attempt(attempt, &Allowance::alone(may_go_on));
        batch.iter().zip(tried).map(|(attempt, tried)| tried.unwrap_or_else(|| again(attempt))).collect()
    }

    /// Makes a change and judges it; `None` if it is not allowed to take so much, or there is no such change.
    fn attempt(&self, attempt: &CandidateRemedy, allowance: &Allowance<'_>) -> Option<Judged> {
        let may_go_on = || allowance.may_go_on();
        let proposal = attempt.clone().solve(&self.proposer(&may_go_on), allowance)?;
        let title = proposal.title.clone();
        self.judge(proposal, allowance).map(|judged| (title, judged))
    }

    /// Lists what is searched for: once, if there is something to fix.
    fn list_searches(&mut self, may_go_on: ShouldContinue<'_>) -> bool {
        let is_first = !std::mem::replace(&mut self.is_listed, true);
        if is_first && !self.advice.known.is_clean() && !self.advice.is_cut_short {
            let attempts = levers::attempts(&mut self.proposer(may_go_on));
            self.open = attempts.into();
            self.drop_needless_pairs();
        }
        !self.open.is_empty()
    }

    /// Where one change is enough, pairs are not tried.
    fn drop_needless_pairs(&mut self) {
        if self.advice.remedies.iter().any(|remedy| remedy.known.is_clean() && !remedy.is_foreign) {
            self.open.retain(|attempt| !matches!(attempt, CandidateRemedy::Pair(..)));
        }
    }

    fn proposer<'a>(&'a self, may_go_on: ShouldContinue<'a>) -> RemedyProposer<'a> {
        let missed = &self.advice.known.cost.missed;
        RemedyProposer::new(&self.patch, &self.advice.scenario, missed, may_go_on)
    }

    /// Keeps a remedy behind those that are better or as good.
    fn keep(&mut self, remedy: Remedy) {
        let is_known = |known: &Remedy| known.text == remedy.text || known.title == remedy.title;
        if self.advice.remedies.iter().any(is_known) {
            return;
        }
        let rank = remedy.rank();
        let at = self.advice.remedies.partition_point(|known| known.rank() <= rank);
        self.advice.remedies.insert(at, remedy);
        self.drop_needless_pairs();
    }

    /// What was found so far, the best first.
    pub fn so_far(&self) -> &VariantAdvice {
        &self.advice
    }

    /// How many there are still to look at, as far as is known.
    pub fn left(&self) -> usize {
        self.open.len()
    }

    /// Looks at all that are left, and says what was found, the best first.
    pub fn finish(mut self) -> VariantAdvice {
        while self.step(&without_bound) {}
        self.advice
    }

    fn scenario(&self, text: &str) -> Option<Arc<Scenario>> {
        let document = Document::parse(&self.file_name, text).ok()?;
        if document.check().has_errors() {
            return None;
        }
        document.scenario(&self.patch.variant, &self.overrides).ok().map(Arc::new)
    }

    /// Whether a proposal is a remedy; `None` if it is not allowed to take so much as to say.
    fn judge(
        &self,
        proposal: RemedyProposal,
        allowance: &Allowance<'_>,
    ) -> Option<Result<Remedy, &'static str>> {
        let Some(scenario) = self.scenario(&proposal.text) else {
            return Some(Err("the changed document has problems"));
        };
        let known = ScenarioAssessment::of(&scenario, self.effort.most_states, allowance)?;
        if let Some(why) = self.objection(&proposal, &known) {
            return Some(Err(why));
        }
        let effect = self.effect(&proposal, &known);
        let is_smallest = proposal
            .smaller
            .as_deref()
            .and_then(|text| self.scenario(text))
            .and_then(|smaller| ScenarioAssessment::of(&smaller, self.effort.most_states, allowance))
            .is_some_and(|smaller| smaller.hangs() || !smaller.cost.is_good());
        let leaves = self.leaves(&proposal, &known, effect, is_smallest, &scenario);
        Some(Ok(Remedy {
            title: proposal.title,
            changes: proposal.changes,
            in_code: in_code::lines(&self.advice.scenario, &scenario),
            leaves,
            is_foreign: proposal.is_foreign,
            effect,
            known,
            is_smallest,
            text: proposal.text,
        }))
    }

    /// Why a change is no remedy.
    fn objection(&self, proposal: &RemedyProposal, known: &ScenarioAssessment) -> Option<&'static str> {
        let before = &self.advice.known;
        let is_new = |number: &usize| !before.cost.missed.contains(number);
        if known.hangs() {
            Some("it can still deadlock")
        } else if known.cost.given_up.is_some() {
            Some("the run is given up at a limit")
        } else if !known.shape_is_clear && !known.untimed.exhausted && !known.timed.exhausted {
            Some("it may still deadlock: its shape has a ring, and there are too many orders to explore")
        } else if known.loses() && proposal.mends == RemediedDefect::LostUpdate {
            Some("updates can be lost")
        } else if !known.cost.missed.is_empty() && proposal.mends == RemediedDefect::Expectation {
            Some("what is expected is still missed")
        } else if known.cost.missed.iter().any(is_new) {
            Some("it misses what was met before")
        } else if known.timed.finals.iter().any(|number| !before.timed.finals.contains(number))
            && !before.hangs()
        {
            Some("what is expected can fail")
        } else {
            None
        }
    }

    /// What becomes of the trouble.
    fn effect(&self, proposal: &RemedyProposal, known: &ScenarioAssessment) -> RemedyEffect {
        let before = &self.advice.known;
        if known.cost.failed > before.cost.failed && proposal.effect != RemedyEffect::Gone {
            RemedyEffect::Failure
        } else if proposal.effect == RemedyEffect::Gone && (known.timed.stalls && !before.timed.stalls) {
            RemedyEffect::Stall
        } else if proposal.effect == RemedyEffect::Gone && !known.shape_is_clear && !known.untimed.exhausted {
            RemedyEffect::GoneForNow
        } else {
            proposal.effect
        }
    }

    /// What a remedy does not solve.
    fn leaves(
        &self,
        proposal: &RemedyProposal,
        known: &ScenarioAssessment,
        effect: RemedyEffect,
        is_smallest: bool,
        scenario: &Scenario,
    ) -> String {
        let mut leaves = proposal.leaves.clone();
        if proposal.smaller.is_some() && !is_smallest {
            leaves += " With one less nothing was found either: fewer may be enough.";
        }
        if known.loses() {
            leaves += " Updates can be lost, with it or without.";
        }
        if known.untimed.stalls && !self.advice.known.untimed.stalls && effect == RemedyEffect::Gone {
            leaves += " Tasks can still stand until a timeout ends their wait.";
        }
        for number in &known.cost.missed {
            leaves += &format!(" It still misses `{}`.", scenario.expectations[*number].text);
        }
        leaves
    }
}

/// Why the run misses what is expected of times.
fn reasons(
    scenario: &Arc<Scenario>,
    known: &ScenarioAssessment,
    may_go_on: ShouldContinue<'_>,
) -> Vec<(usize, String)> {
    if known.cost.missed.is_empty() || known.cost.hangs {
        return Vec::new();
    }
    let Some(trace) = run_while(scenario, may_go_on) else { return Vec::new() };
    let Some(digest) = Digest::new_while(&trace, may_go_on) else { return Vec::new() };
    let missed = known.cost.missed.iter().take_while(|_| may_go_on());
    missed.filter_map(|number| Some((*number, why_missed(&digest, *number)?))).collect()
}

/// A path as it stands in the document: `pool` is `params.pool.value`, `default.workers` is `executors.default.workers`.
fn full_path(document: &Document, path: &str) -> String {
    crate::language::edit::full_path(document.source(), path).unwrap_or_else(|| path.to_owned())
}
