//! What a number must not be wrong about: each made a quarter less and a quarter more, alone.
//!
//! Invariant: the same seeds as the variant itself, so that nothing flips by chance of the draw. What is not varied is
//! named.

use super::request::{ReviewDepth, ReviewRequest};
use crate::analysis::review::{Sensitivity, Trial};
use crate::language::{DocumentNumber, Overrides};
use crate::model::scenario::Scenario;
use crate::study::parallel::in_parallel;
use crate::study::replicate::{ReplicationEffort, ReplicationResults, replicate};

/// Most numbers that are varied.
const MAX_VARIED: usize = 60;
/// Most runs of each trial.
const MAX_RUNS: u32 = 10;
/// Events of all trials together, about: a large run is tried less often.
const MAX_EVENTS: usize = 20_000_000;
/// The shares of a number that are tried.
const SHARES: [f64; 2] = [0.75, 1.25];

/// What flips if a number changes, and what was not varied.
pub(super) fn of(
    request: &ReviewRequest<'_>,
    scenario: &Scenario,
    events: usize,
    replications: &ReplicationResults,
) -> (Vec<Sensitivity>, Vec<String>) {
    if request.depth == ReviewDepth::Quick {
        return (Vec::new(), vec!["any number: a quick report was asked for".to_owned()]);
    }
    let mut not_varied = vec!["weights, stages and tails of distributions".to_owned()];
    let numbers: Vec<VariedNumber> = request
        .document
        .numbers(&scenario.variant)
        .into_iter()
        .filter_map(|number| {
            let tried = SHARES.iter().filter_map(|&share| Some((share > 1.0, number.times(share)?)));
            let tried: Vec<_> = tried.collect();
            (!tried.is_empty()).then_some(VariedNumber { number, tried })
        })
        .collect();
    let runs = if replications.is_exact { 1 } else { request.runs.clamp(1, MAX_RUNS) };
    let trials = numbers.len().min(MAX_VARIED) * SHARES.len();
    let affordable = MAX_EVENTS / events.max(1) / trials.max(1);
    if affordable == 0 {
        not_varied.push("any number: the run is too long".to_owned());
        return (Vec::new(), not_varied);
    }
    let runs = runs.min(u32::try_from(affordable).unwrap_or(u32::MAX));
    not_varied.extend(numbers.iter().skip(MAX_VARIED).map(|varied| varied.number.label.clone()));
    let base = replicate(scenario, &[], &ReplicationEffort { runs, ..ReplicationEffort::default() });
    let varied = &numbers[..numbers.len().min(MAX_VARIED)];
    let one = |varied: &VariedNumber| {
        let trials =
            varied.tried.iter().filter_map(|tried| trial(request, scenario, &base, varied, tried, runs));
        let DocumentNumber { path, label, value, .. } = varied.number.clone();
        Sensitivity { path, label, value, trials: trials.collect() }
    };
    (in_parallel(varied, 0, one), not_varied)
}

/// A number, and what else it is tried as: whether it is more, how that reads, and what is set to have it.
struct VariedNumber {
    number: DocumentNumber,
    tried: Vec<(bool, (String, String))>,
}

/// What comes of one other value; `None` if the document does not allow it.
fn trial(
    request: &ReviewRequest<'_>,
    scenario: &Scenario,
    base: &ReplicationResults,
    varied: &VariedNumber,
    (is_more, (value, set)): &(bool, (String, String)),
    runs: u32,
) -> Option<Trial> {
    let mut overrides: Overrides = request.overrides.clone();
    overrides.set.push((varied.number.path.clone(), set.clone()));
    let other = request.document.scenario(&scenario.variant, &overrides).ok()?;
    let found =
        replicate(&other, &[], &ReplicationEffort { runs, threads: 1, ..ReplicationEffort::default() });
    let mut flips = Vec::new();
    for (was, is) in base.verdicts(scenario).iter().zip(found.verdicts(&other)) {
        match (was.holds, is.holds) {
            (true, false) => flips.push(format!("`{}` is no longer met", is.text)),
            (false, true) => flips.push(format!("`{}` is met", is.text)),
            (true, true) | (false, false) => {}
        }
    }
    match (base.hung().mean > 0.0, found.hung().mean > 0.0) {
        (false, true) => flips.push("it deadlocks".to_owned()),
        (true, false) => flips.push("it no longer deadlocks".to_owned()),
        (true, true) | (false, false) => {}
    }
    if found.given_up() > base.given_up() {
        flips.push("a limit ends the run".to_owned());
    }
    Some(Trial { value: value.clone(), is_more: *is_more, flips })
}
