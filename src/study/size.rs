//! The smallest value of a parameter with which a scenario meets everything that it expects.
//!
//! By doubling and bisection, as if more were always better; then the neighbours are looked at, and if the
//! next larger value fails, or none was found, every value below is tried. Invariant: the answer meets the
//! expectations, and the value below it does not, or is not known to. Where no deadlock is expected, runs are not enough:
//! a value counts only if no order that was explored deadlocks, and one whose shape or orders prove it goes before a
//! smaller one that is merely not refuted. Several parameters at once: see [`super::sizes`].

use super::cancellation::ShouldContinue;
use super::design_check::DesignCheck;
use super::replicate::{
    ExpectationVerdict, MetricEstimate, ReplicationEffort, ReplicationJob, RunCallbacks, replicate_watched,
};
use super::sweep::SweepError;
use crate::analysis::expect::SampleCounts;
use crate::analysis::verdict::{DesignKind, DesignVerdict};
use crate::language::{Document, Overrides};
use crate::model::expectation::{Bound, Metric};
use crate::model::scenario::Scenario;
use std::collections::BTreeMap;
use std::sync::Arc;

/// More values than this are not tried one by one.
const MAX_SCANNED: u32 = 10_000;

/// What was found.
pub struct SizingResult {
    /// The smallest value that meets every expectation; `None` if none does.
    pub answer: Option<u32>,
    /// The least value there was to try.
    pub least: u32,
    /// The greatest: what was asked for, or the param's own `max`.
    pub most: u32,
    /// Every value that was tried.
    pub tried: BTreeMap<u32, SizingAttempt>,
    /// Bisection would not do: all values up to the answer were tried.
    pub was_scanned: bool,
    /// A larger value than the answer failed: more is not always better here.
    pub is_uneven: bool,
}

/// What came of some values: not the runs, of which there can be millions, but what they said.
#[derive(Clone, Debug, PartialEq)]
pub struct SizingAttempt {
    /// How many runs were made.
    pub runs: u32,
    /// How many of them were given up at a limit; with any, nothing is met.
    pub given_up: u32,
    /// A figure for each metric that was to be measured; `None` if no run had anything to measure.
    pub figures: Vec<Option<MetricEstimate>>,
    /// Of how many tasks each is, of all runs.
    pub counted: Vec<Option<SampleCounts>>,
    /// What is expected, judged over the runs.
    pub verdicts: Vec<ExpectationVerdict>,
    /// What is known of the design with these values; `None` if a deadlock is not ruled out by what is expected, or the runs
    /// fail already.
    pub design: Option<DesignVerdict>,
}

/// Whether the scenario is expected not to deadlock.
fn rules_out_deadlock(scenario: &Scenario) -> bool {
    let is = |metric: &Metric| matches!(metric, Metric::Deadlock | Metric::Stuck);
    scenario.expectations.iter().any(|expected| is(&expected.metric) && expected.bound == Bound::Truth(false))
}

impl SizingAttempt {
    /// Whether all is met.
    pub fn holds(&self) -> bool {
        !self.can_deadlock() && self.verdicts.iter().all(|verdict| verdict.holds)
    }

    /// Whether all is met, and no order can deadlock where that is expected.
    pub fn is_proven(&self) -> bool {
        let is_shown = |design: &DesignVerdict| design.kind == DesignKind::CannotDeadlock;
        self.holds() && self.design.as_ref().is_none_or(is_shown)
    }

    /// Whether another order than those of the runs is known to deadlock.
    pub fn can_deadlock(&self) -> bool {
        self.design.as_ref().is_some_and(|design| design.kind == DesignKind::CanDeadlock)
    }
}

impl SizingResult {
    /// How many runs it took.
    pub fn runs(&self) -> usize {
        self.tried.values().map(|tried| tried.runs as usize).sum()
    }

    /// What became of a value.
    pub fn at(&self, value: u32) -> Option<&SizingAttempt> {
        self.tried.get(&value)
    }
}

/// Which values of which parameter, of which document.
pub struct SizingQuestion<'a> {
    /// Document whose size is sought.
    pub document: &'a Document,
    /// Which variant of it.
    pub variant: &'a str,
    /// What else is changed.
    pub overrides: &'a Overrides,
    /// The least value to try.
    pub least: u32,
    /// Greatest value to try.
    pub most: u32,
    /// What to measure beside what is expected.
    pub metrics: &'a [Metric],
    /// How many runs a value.
    pub effort: ReplicationEffort,
    /// Asked before each run whether the search may go on.
    pub may_go_on: ShouldContinue<'a>,
}

impl SizingQuestion<'_> {
    /// The values of a parameter (a param or a path) that there are to try: a param's own bounds count as well.
    ///
    /// # Errors
    /// That there are none.
    pub(super) fn bounds(&self, path: &str) -> Result<(u32, u32), SweepError> {
        let params = self.document.params(self.variant);
        let name = path.strip_prefix("params.").unwrap_or(path);
        let param = params.into_iter().find(|param| param.name == name);
        let bound = |bound: Option<String>| bound.and_then(|text| text.parse::<u32>().ok());
        let (min, max) = param.map_or((None, None), |param| (bound(param.min), bound(param.max)));
        let least = min.map_or(self.least, |min| min.max(self.least));
        let most = max.map_or(self.most, |max| max.min(self.most));
        if least > most {
            let help = format!("Its bounds in the document leave {least} to {most}");
            return Err(SweepError::Question(format!("there is no value of {path} to try"), help));
        }
        Ok((least, most))
    }

    /// The document with these values of these parameters.
    ///
    /// # Errors
    /// Problems of the document with them.
    pub fn scenario(&self, paths: &[String], values: &[u32]) -> Result<Scenario, SweepError> {
        let mut overrides = self.overrides.clone();
        overrides.set.extend(paths.iter().cloned().zip(values.iter().map(u32::to_string)));
        Ok(self.document.scenario(self.variant, &overrides)?)
    }

    /// Runs the document with these values.
    ///
    /// # Errors
    /// Problems of the document with them; a document that expects nothing.
    pub(super) fn attempt(&self, paths: &[String], values: &[u32]) -> Result<SizingAttempt, SweepError> {
        let scenario = self.scenario(paths, values)?;
        if scenario.expectations.is_empty() {
            let help = "Say what is wanted in [expect], for instance deadlock = false, or with \
                        --set 'expect.deadlock=false'.";
            return Err(SweepError::Question("the scenario expects nothing".to_owned(), help.to_owned()));
        }
        let job = ReplicationJob { scenario: &scenario, metrics: self.metrics };
        let watch = RunCallbacks { stops: &|| !(self.may_go_on)(), ..RunCallbacks::default() };
        let Some(mut replications) = replicate_watched(&[job], &self.effort, &watch) else {
            return Err(too_slow(values));
        };
        let replications = replications.pop().expect("one for one");
        let metrics = self.metrics.iter().enumerate();
        let verdicts = replications.verdicts(&scenario);
        let mut attempt = SizingAttempt {
            runs: replications.runs.len() as u32,
            given_up: replications.given_up(),
            figures: metrics.map(|(at, metric)| replications.estimate(at, metric)).collect(),
            counted: (0..self.metrics.len()).map(|at| replications.counted(at)).collect(),
            verdicts,
            design: None,
        };
        if attempt.holds() && rules_out_deadlock(&scenario) {
            let runs = replications.made();
            let outlook = DesignCheck::read_while(&Arc::new(scenario.clone()), self.may_go_on);
            attempt.design = Some(outlook.design(&scenario, runs));
        }
        Ok(attempt)
    }
}

struct SizeSearch<'a> {
    question: &'a SizingQuestion<'a>,
    path: &'a [String],
    least: u32,
    most: u32,
    tried: BTreeMap<u32, SizingAttempt>,
    on_trial: &'a mut dyn FnMut(u32),
}

/// Looks for the smallest value of a parameter (a param or a path) that will do; `on_trial` hears which value
/// is tried next.
///
/// # Errors
/// Problems of the document with one of the values; a document that expects nothing; too many values, where
/// bisection does not do.
pub fn smallest(
    question: &SizingQuestion<'_>,
    path: &str,
    on_trial: &mut dyn FnMut(u32),
) -> Result<SizingResult, SweepError> {
    let (least, most) = question.bounds(path)?;
    let mut search =
        SizeSearch { question, path: &[path.to_owned()], least, most, tried: BTreeMap::new(), on_trial };
    let mut answer = search.bisect()?;
    let mut was_scanned = false;
    let is_uneven = match answer {
        Some(found) if found < most => !search.holds(found + 1)?,
        Some(_) => false,
        None => true,
    };
    if is_uneven {
        was_scanned = true;
        let last = answer.unwrap_or(most);
        if last - least >= MAX_SCANNED {
            return Err(too_many(path, least, last));
        }
        answer = None;
        for value in least..=last {
            if search.holds(value)? {
                answer = Some(value);
                break;
            }
        }
    }
    let is_uneven = is_uneven && answer.is_some();
    if let Some(found) = answer
        && !search.is_proven(found)?
    {
        answer = search.smallest_proven(found)?.or(answer);
    }
    Ok(SizingResult { answer, least, most, tried: search.tried, was_scanned, is_uneven })
}

/// The search was ended while it ran these values.
fn too_slow(values: &[u32]) -> SweepError {
    let values: Vec<String> = values.iter().map(u32::to_string).collect();
    let what = format!("the time was up while {} was tried", values.join(", "));
    SweepError::Question(what, "Allow more --time, or fewer --runs.".to_owned())
}

fn too_many(path: &str, least: u32, most: u32) -> SweepError {
    let what = format!("bisection finds no smallest {path}, and {least} to {most} are too many to try all");
    SweepError::Question(
        what,
        format!("Leave at most {MAX_SCANNED} values between the least and the greatest."),
    )
}

impl SizeSearch<'_> {
    /// The smallest value that holds, if all above it do.
    fn bisect(&mut self) -> Result<Option<u32>, SweepError> {
        let (least, most) = (self.least, self.most);
        let (mut fails, mut holds) = (None, least);
        while !self.holds(holds)? {
            if holds >= most {
                return Ok(None);
            }
            fails = Some(holds);
            holds = holds.max(1).saturating_mul(2).min(most);
        }
        let Some(mut fails) = fails else { return Ok(Some(holds)) };
        while holds - fails > 1 {
            let middle = fails + (holds - fails) / 2;
            if self.holds(middle)? {
                holds = middle;
            } else {
                fails = middle;
            }
        }
        Ok(Some(holds))
    }

    /// The smallest value above `least` that is proven, if all above it are.
    fn smallest_proven(&mut self, least: u32) -> Result<Option<u32>, SweepError> {
        let (mut fails, mut proven) = (least, least);
        while !self.is_proven(proven)? {
            if proven >= self.most {
                return Ok(None);
            }
            fails = proven;
            proven = proven.max(1).saturating_mul(2).min(self.most);
        }
        while proven - fails > 1 {
            let middle = fails + (proven - fails) / 2;
            if self.is_proven(middle)? {
                proven = middle;
            } else {
                fails = middle;
            }
        }
        Ok(Some(proven))
    }

    fn is_proven(&mut self, value: u32) -> Result<bool, SweepError> {
        self.holds(value)?;
        Ok(self.tried.get(&value).is_some_and(SizingAttempt::is_proven))
    }

    fn holds(&mut self, value: u32) -> Result<bool, SweepError> {
        if let Some(tried) = self.tried.get(&value) {
            return Ok(tried.holds());
        }
        (self.on_trial)(value);
        let tried = self.question.attempt(self.path, &[value])?;
        let holds = tried.holds();
        self.tried.insert(value, tried);
        Ok(holds)
    }
}
