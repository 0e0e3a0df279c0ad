//! What a number must not be wrong about: each made a quarter less and a quarter more, alone.
//!
//! Invariant: the same seeds as the variant itself, so that nothing flips by chance of the draw. Numbers inside a
//! distribution or a step that are no parameter are not varied, and are named.

use super::request::{Depth, Request};
use crate::analysis::review::{Sensitivity, Trial};
use crate::language::{Overrides, ParamKind, Tunable, duration_text, parse_duration};
use crate::model::scenario::Scenario;
use crate::model::time::Duration;
use crate::study::parallel::in_parallel;
use crate::study::replicate::{Effort, Replications, replicate};

/// Most numbers that are varied.
const MAX_VARIED: usize = 30;
/// Most runs of each trial.
const MAX_RUNS: u32 = 10;
/// Events of all trials together, about: a large run is tried less often.
const MAX_EVENTS: usize = 20_000_000;
/// The shares of a number that are tried.
const SHARES: [f64; 2] = [0.75, 1.25];

/// What flips if a number changes, and what was not varied.
pub(super) fn of(
    request: &Request<'_>,
    scenario: &Scenario,
    events: usize,
    replications: &Replications,
) -> (Vec<Sensitivity>, Vec<String>) {
    if request.depth == Depth::Quick {
        return (Vec::new(), vec!["any number: a quick report was asked for".to_owned()]);
    }
    let mut not_varied = vec!["durations inside steps that are no parameter".to_owned()];
    let numbers: Vec<(Tunable, Vec<(bool, String)>)> = request
        .document
        .tunables(&scenario.variant)
        .into_iter()
        .filter(|tunable| tunable.is_used)
        .filter_map(|tunable| {
            let tried = tried(&tunable);
            (!tried.is_empty()).then_some((tunable, tried))
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
    not_varied.extend(numbers.iter().skip(MAX_VARIED).map(|(tunable, _)| tunable.label.clone()));
    let base = replicate(scenario, &[], &Effort { runs, ..Effort::default() });
    let varied = &numbers[..numbers.len().min(MAX_VARIED)];
    let one = |(tunable, values): &(Tunable, Vec<(bool, String)>)| {
        let trial = |tried: &(bool, String)| trial(request, scenario, &base, (&tunable.path, tried), runs);
        Sensitivity {
            path: tunable.path.clone(),
            label: tunable.label.clone(),
            value: tunable.value.clone(),
            trials: values.iter().filter_map(trial).collect(),
        }
    };
    (in_parallel(varied, 0, one), not_varied)
}

/// A quarter less and a quarter more; of a whole number at least one.
fn tried(tunable: &Tunable) -> Vec<(bool, String)> {
    let varied: Vec<(bool, String)> = match tunable.kind {
        ParamKind::Number => {
            let Ok(value) = tunable.value.parse::<f64>() else { return Vec::new() };
            let is_whole = value.fract() == 0.0;
            let by = if is_whole { libm::ceil(value.abs() * 0.25).max(1.0) } else { value.abs() * 0.25 };
            [(false, value - by), (true, value + by)]
                .into_iter()
                .filter(|(_, value)| *value >= 0.0)
                .map(|(is_more, value)| (is_more, value.to_string()))
                .collect()
        }
        ParamKind::Duration => {
            let Ok(length) = parse_duration(&tunable.value) else { return Vec::new() };
            let scaled = |share: f64| Duration::from_seconds_f64(length.seconds() * share);
            SHARES.into_iter().map(|share| (share > 1.0, duration_text(scaled(share)))).collect()
        }
        ParamKind::Distribution | ParamKind::Word | ParamKind::Truth => Vec::new(),
    };
    varied.into_iter().filter(|(_, value)| *value != tunable.value).collect()
}

/// What comes of one other value; `None` if the document does not allow it.
fn trial(
    request: &Request<'_>,
    scenario: &Scenario,
    base: &Replications,
    (path, (is_more, value)): (&str, &(bool, String)),
    runs: u32,
) -> Option<Trial> {
    let mut overrides: Overrides = request.overrides.clone();
    overrides.set.push((path.to_owned(), value.clone()));
    let other = request.document.scenario(&scenario.variant, &overrides).ok()?;
    let found = replicate(&other, &[], &Effort { runs, threads: 1, ..Effort::default() });
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
