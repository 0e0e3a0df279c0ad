//! One number over a range of values: the chart of a report.
//!
//! The number is the whole number that flips most when it is a quarter less or more, over all variants: a size rather than
//! a number of arrivals, and the first of them in the document. Invariant: what is drawn is what `threadbare sweep` gives for the same values and number of runs.

use super::request::{ReviewDepth, ReviewRequest};
use crate::analysis::review::{ReviewedSweep, ReviewedVariant};
use crate::analysis::swept::CellVerdict;
use crate::analysis::verdict::DesignKind;
use crate::language::Tunable;
use crate::study::axis::SweepAxis;
use crate::study::replicate::{ReplicationEffort, RunCallbacks};
use crate::study::sweep::{SweepCell, SweepPlan};

/// Steps up to the document's own value, at most.
const STEPS: u64 = 10;
/// Most runs at a value.
const MAX_RUNS: u32 = 10;
/// Events of all runs together, about: a large run is made less often.
const MAX_EVENTS: usize = 20_000_000;

/// Sweeps the number that matters in each variant that has it; `None` if `watch` stops it. A variant has no sweep if
/// nothing measured depends on the number and no run deadlocks, or if its run is too long.
pub(super) fn fill(
    request: &ReviewRequest<'_>,
    sides: &mut [ReviewedVariant],
    watch: &RunCallbacks<'_>,
) -> Option<()> {
    if request.depth == ReviewDepth::Quick {
        return Some(());
    }
    let tunables: Vec<Vec<Tunable>> =
        sides.iter().map(|side| request.document.tunables(&side.variant)).collect();
    let Some(path) = telling(sides, &tunables) else { return Some(()) };
    for (side, tunables) in sides.iter_mut().zip(&tunables) {
        if (watch.stops)() {
            return None;
        }
        let tunable = tunables.iter().find(|tunable| tunable.path == path && is_size(tunable));
        side.sweep = tunable.and_then(|tunable| swept(request, side, tunable, watch));
    }
    Some(())
}

/// The sweep of a number in one variant.
fn swept(
    request: &ReviewRequest<'_>,
    side: &ReviewedVariant,
    tunable: &Tunable,
    watch: &RunCallbacks<'_>,
) -> Option<ReviewedSweep> {
    let axis = SweepAxis { path: tunable.path.clone(), values: values(request, &side.variant, tunable) };
    let runs = if side.is_exact { 1 } else { request.runs.clamp(1, MAX_RUNS) };
    let affordable = MAX_EVENTS / side.events.max(1) / axis.values.len().max(1);
    let affordable = u32::try_from(affordable).unwrap_or(u32::MAX);
    if affordable == 0 || axis.values.len() < 2 {
        return None;
    }
    let runs = runs.min(affordable);
    let effort = ReplicationEffort { runs, most: runs, ..ReplicationEffort::default() };
    let plan =
        SweepPlan::new(request.document, &side.variant, request.overrides, vec![axis], &[], effort).ok()?;
    let all: Vec<usize> = (0..plan.cells()).collect();
    let mut cells = Vec::with_capacity(all.len());
    let uncounted = RunCallbacks { on_run: &|| {}, ..*watch };
    plan.run_watched(&all, &uncounted, |cell| {
        cells.push(cell.clone());
        true
    });
    if cells.len() < all.len() {
        return None;
    }
    let hangs = cells.iter().any(|cell| cell.hung.mean > 0.0);
    let quantity = plan.charted(&cells).or(hangs.then_some(0))?;
    Some(ReviewedSweep {
        label: tunable.label.clone(),
        value: tunable.value.clone(),
        metric: plan.metrics[quantity].clone(),
        id: format!("{:016x}", plan.id),
        runs,
        safe: cells.iter().filter(is_safe).map(|cell| cell.values[0].clone()).collect(),
        swept: plan.swept(&cells),
    })
}

/// Whether all that is expected is met beyond doubt, and no order deadlocks.
fn is_safe(cell: &&SweepCell) -> bool {
    let is_proven = cell.design.as_ref().is_some_and(|design| design.kind == DesignKind::CannotDeadlock);
    cell.standing() == CellVerdict::Meets && is_proven
}

/// Whether it is a whole number that anything depends on.
fn is_size(tunable: &Tunable) -> bool {
    tunable.is_used && tunable.value.parse::<u64>().is_ok()
}

/// Where the whole number stands that matters most in all variants together.
fn telling(sides: &[ReviewedVariant], tunables: &[Vec<Tunable>]) -> Option<String> {
    let flips = |path: &str| {
        let varied = sides.iter().flat_map(|side| &side.sensitivity).filter(|varied| varied.path == path);
        varied.flat_map(|varied| &varied.trials).filter(|trial| !trial.flips.is_empty()).count()
    };
    // What a design can choose is asked first, what comes to it after that.
    let rank = |path: &str| (flips(path) > 0, !path.starts_with("arrivals."), flips(path));
    let sizes = tunables.iter().flatten().filter(|tunable| is_size(tunable));
    // Of equals `max_by_key` takes the last.
    let paths: Vec<&str> = sizes.map(|tunable| tunable.path.as_str()).collect();
    paths.into_iter().rev().max_by_key(|path| rank(path)).map(str::to_owned)
}

/// Values from small ones to twice the document's own, which is among them: as few as a person can tell apart, and only
/// those that the document allows.
fn values(request: &ReviewRequest<'_>, variant: &str, tunable: &Tunable) -> Vec<String> {
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
        request.document.scenario(variant, &overrides).is_ok()
    };
    values.iter().map(u64::to_string).filter(is_allowed).collect()
}
