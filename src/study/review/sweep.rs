//! One number over a range of values: the chart of a report.
//!
//! The number is the whole number that flips most when it is a quarter less or more, a size rather than a number of
//! arrivals, and the first of them in the document. Invariant: what is drawn is what `threadbare sweep` gives for the same values and number of runs.

use super::request::{ReviewDepth, ReviewRequest};
use crate::analysis::review::{ReviewedSweep, Sensitivity};
use crate::language::Tunable;
use crate::model::scenario::Scenario;
use crate::study::axis::SweepAxis;
use crate::study::replicate::{ReplicationEffort, RunCallbacks};
use crate::study::sweep::SweepPlan;

/// Steps up to the document's own value, at most.
const STEPS: u64 = 10;
/// Most runs at a value.
const MAX_RUNS: u32 = 10;
/// Events of all runs together, about: a large run is made less often.
const MAX_EVENTS: usize = 20_000_000;

/// The sweep of the number that matters; `None` if there is no whole number to sweep, if nothing measured depends on it,
/// if the run is too long, or if `watch` stops it.
pub(super) fn of(
    request: &ReviewRequest<'_>,
    scenario: &Scenario,
    events: usize,
    is_exact: bool,
    sensitivity: &[Sensitivity],
    watch: &RunCallbacks<'_>,
) -> Option<ReviewedSweep> {
    if request.depth == ReviewDepth::Quick {
        return None;
    }
    let tunables = request.document.tunables(&scenario.variant);
    let tunable = telling(&tunables, sensitivity)?;
    let axis = SweepAxis { path: tunable.path.clone(), values: values(request, scenario, tunable) };
    let runs = if is_exact { 1 } else { request.runs.clamp(1, MAX_RUNS) };
    let affordable = u32::try_from(MAX_EVENTS / events.max(1) / axis.values.len().max(1)).unwrap_or(u32::MAX);
    let runs = runs.min(affordable);
    let effort = ReplicationEffort { runs, most: runs, ..ReplicationEffort::default() };
    if affordable == 0 || axis.values.len() < 2 {
        return None;
    }
    let plan =
        SweepPlan::new(request.document, &scenario.variant, request.overrides, vec![axis], &[], effort)
            .ok()?;
    let all: Vec<usize> = (0..plan.cells()).collect();
    let mut cells = Vec::with_capacity(all.len());
    let stopped = RunCallbacks { on_run: &|| {}, ..*watch };
    plan.run_watched(&all, &stopped, |cell| {
        cells.push(cell.clone());
        true
    });
    let quantity = plan.charted(&cells).filter(|_| cells.len() == all.len())?;
    Some(ReviewedSweep {
        label: tunable.label.clone(),
        value: tunable.value.clone(),
        metric: plan.metrics[quantity].clone(),
        id: format!("{:016x}", plan.id),
        runs,
        swept: plan.swept(&cells),
    })
}

/// The whole number that matters most.
fn telling<'a>(tunables: &'a [Tunable], sensitivity: &[Sensitivity]) -> Option<&'a Tunable> {
    let flips = |tunable: &Tunable| {
        let of_it = sensitivity.iter().filter(|varied| varied.path == tunable.path);
        of_it.flat_map(|varied| &varied.trials).filter(|trial| !trial.flips.is_empty()).count()
    };
    let whole = tunables.iter().filter(|tunable| tunable.is_used && tunable.value.parse::<u64>().is_ok());
    // What a design can choose is asked first, what comes to it after that. Of equals `max_by_key` takes the last.
    let is_load = |tunable: &Tunable| tunable.path.starts_with("arrivals.");
    whole.rev().max_by_key(|tunable| (flips(tunable) > 0, !is_load(tunable), flips(tunable)))
}

/// Values from small ones to twice the document's own, which is among them: as few as a person can tell apart, and only
/// those that the document allows.
fn values(request: &ReviewRequest<'_>, scenario: &Scenario, tunable: &Tunable) -> Vec<String> {
    let read = |text: &String| text.parse::<u64>().ok();
    let Some(own) = read(&tunable.value) else { return Vec::new() };
    let least = tunable.min.as_ref().and_then(read).unwrap_or(0).min(own);
    let most = tunable.max.as_ref().and_then(read).unwrap_or(u64::MAX).max(own);
    let step = own.div_ceil(STEPS).max(1);
    let most = most.min(own.saturating_mul(2).max(STEPS));
    let mut values: Vec<u64> = (0..=2 * STEPS).map(|number| number.saturating_mul(step)).collect();
    values.retain(|value| (least..=most).contains(value));
    values.push(own);
    values.sort_unstable();
    values.dedup();
    let is_allowed = |value: &String| {
        let mut overrides = request.overrides.clone();
        overrides.set.push((tunable.path.clone(), value.clone()));
        request.document.scenario(&scenario.variant, &overrides).is_ok()
    };
    values.iter().map(u64::to_string).filter(is_allowed).collect()
}
