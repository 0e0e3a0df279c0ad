//! How large a stage is drawn: smaller where it is too high for its frame, larger where the frame is much too large
//! for it.
//!
//! Invariant: the scale is chosen by the run and the frame, not by the instant, as the rooms are; but for an instant with
//! more in a room than the run was planned for, which is drawn smaller rather than cut off.

use super::model::StageSnapshot;
use super::place::{MAX_TIGHTNESS, place_tightly};
use super::placed::{StageFrame, StageLayout};
use super::staged_run::StagedRun;
use crate::analysis::digest::Digest;

/// The smallest scale at which a stage that is too high for its frame can still be read, on a desk.
const MIN_FIT: f64 = 0.78;
/// Scales at which tasks are rather drawn one by one than few of them as a pile.
const SMALLER: [f64; 3] = [0.95, 0.9, 0.84];
/// Frames up to this width, in CSS pixels, are drawn at their own size: a desk's.
const DESK_WIDTH: f64 = 1200.0;
/// Larger than this nothing gets.
const MAX_FIT: f64 = 2.4;
/// Steps in which a larger scale is sought.
const STEPS: u32 = 6;

/// Places a stage, and says at which scale to draw it. The places are in pixels of the scene: the frame divided by the
/// scale.
pub fn fitted(
    plan: &StagedRun,
    digest: &Digest<'_>,
    stage: &StageSnapshot,
    frame: &StageFrame,
) -> (StageLayout, f64) {
    let tightly = |fit: f64, tightness: usize| {
        let frame = StageFrame { width: frame.width / fit, height: frame.height / fit, ..frame.clone() };
        place_tightly(plan, digest, stage, &frame, tightness)
    };
    let at = |fit: f64| tightly(fit, 0);
    let placed = at(1.0);
    if placed.is_piled_early {
        // A little smaller, each task is still to be seen.
        let smaller = SMALLER.iter().map(|fit| (at(*fit), *fit));
        let mut single = smaller
            .filter(|(smaller, fit)| !smaller.is_piled_early && smaller.height <= frame.height / fit + 1.0);
        if let Some(found) = single.next() {
            return found;
        }
    }
    if placed.height > frame.height + 1.0 {
        return shrunk(placed, frame, tightly);
    }
    let most = (frame.width / DESK_WIDTH).min(frame.height / placed.needed.max(1.0)).min(MAX_FIT);
    if most <= 1.1 {
        return (placed, 1.0);
    }
    let step = |number: u32| 1.0 + (most - 1.0) * f64::from(STEPS - number) / f64::from(STEPS);
    // As many columns, and nothing more of it in piles than at its own size.
    let is_as_good = |larger: &StageLayout, fit: f64| {
        larger.columns >= placed.columns
            && larger.tightness <= placed.tightness
            && larger.height <= frame.height / fit + 1.0
    };
    let larger =
        (0..STEPS).map(step).map(|fit| (at(fit), fit)).find(|(larger, fit)| is_as_good(larger, *fit));
    larger.unwrap_or((placed, 1.0))
}

/// Places what is too high for its frame: smaller, and as much more tightly as it takes; at the smallest scale, higher than
/// its frame, if nothing else is enough. With the frame the measures that a run needs would grow again, so they are kept.
fn shrunk(
    mut placed: StageLayout,
    frame: &StageFrame,
    tightly: impl Fn(f64, usize) -> StageLayout,
) -> (StageLayout, f64) {
    let fits = |placed: &StageLayout, fit: f64| placed.height <= frame.height / fit + 1.0;
    let smallest = smallest_fit(frame);
    for tightness in placed.tightness..=MAX_TIGHTNESS {
        if tightness > placed.tightness {
            placed = tightly(1.0, tightness);
        }
        let fit = (frame.height / placed.height).clamp(smallest, 1.0);
        let smaller = tightly(fit, tightness);
        if fits(&smaller, fit) {
            return (smaller, fit);
        }
    }
    (tightly(smallest, MAX_TIGHTNESS), smallest)
}

/// The smallest scale for a frame: what is drawn larger than on a desk can be read at a smaller one.
fn smallest_fit(frame: &StageFrame) -> f64 {
    (MIN_FIT / frame.scale.max(1.0)).max(MIN_FIT / 2.0)
}
