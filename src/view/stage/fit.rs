//! How large a stage is drawn: smaller where it is too high for its frame, larger where the frame is much too large
//! for it.
//!
//! Invariant: the scale is chosen by the run and the frame, not by the instant, as the rooms are; but for an instant with
//! more in a room than the run was planned for, which is drawn smaller rather than cut off.

use super::model::StageSnapshot;
use super::place::{RoomsLayout, StagePlacer};
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

/// The smaller of the scales for a frame that grows: what must be scrolled anyway is rather readable.
const GROWN_FIT: f64 = 0.9;
/// How much higher a frame grows before more is given up than that.
const MAX_GROWTH: f64 = 1.7;
/// Steps in which a smaller scale is sought.
const SCALE_STEP: f64 = 0.06;

/// Places a stage, and says at which scale to draw it. The places are in pixels of the scene: the frame divided by the
/// scale.
pub fn fitted(
    plan: &StagedRun,
    digest: &Digest<'_>,
    stage: &StageSnapshot,
    frame: &StageFrame,
) -> (StageLayout, f64) {
    let placer = StagePlacer { plan, digest, stage };
    if frame.can_grow {
        return grown(placer, frame);
    }
    // A little smaller, each step of the way has its column and each task is still to be seen.
    let fits = |placed: &StageLayout, fit: f64| placed.height <= frame.height / fit + 1.0;
    let usual = |fit: f64| {
        let scaled = scaled(frame, fit);
        let number = usual_layout(placer, &scaled, scaled.height, false)?;
        Some((placer.place_in(number, &scaled), fit)).filter(|(placed, fit)| fits(placed, *fit))
    };
    let at = |fit: f64| placer.place(&scaled(frame, fit));
    let placed = match [1.0].into_iter().chain(SMALLER).find_map(usual) {
        Some((placed, 1.0)) => placed,
        Some(smaller) => return smaller,
        None => at(1.0),
    };
    if placed.height > frame.height + 1.0 {
        return shrunk(placer, frame);
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

/// A frame in pixels of a scene that is drawn at a scale.
fn scaled(frame: &StageFrame, fit: f64) -> StageFrame {
    StageFrame { width: frame.width / fit, height: frame.height / fit, ..frame.clone() }
}

/// Places what is too high for its frame: in the layout that can be drawn largest, as small as that takes; at the smallest
/// scale, higher than its frame, if nothing else is enough.
fn shrunk(placer: StagePlacer<'_>, frame: &StageFrame) -> (StageLayout, f64) {
    let smallest = smallest_fit(frame);
    let (number, fit) = largest(placer, frame, smallest);
    let mut placed = (placer.place_in(number, &scaled(frame, fit)), fit);
    // An instant may have more in a room than the run was planned for.
    let fits = |placed: &StageLayout, fit: f64| placed.height <= frame.height / fit + 1.0;
    for _ in 0..STEPS {
        if fits(&placed.0, placed.1) || placed.1 <= smallest {
            break;
        }
        let fit = (frame.height / placed.0.height).clamp(smallest, placed.1);
        placed = (placer.place_in(number, &scaled(frame, fit)), fit);
    }
    placed
}

/// The layout that fits at the largest scale, and that scale; what is given up for a layout counts against it. Drawn smaller,
/// the frame is wider in pixels of the scene, and may have the width for others.
fn largest(placer: StagePlacer<'_>, frame: &StageFrame, smallest: f64) -> (usize, f64) {
    let (mut best, mut lowest) = (None, (0, f64::MAX));
    let mut fit = 1.0;
    loop {
        let scaled = scaled(frame, fit);
        for (number, rooms) in placer.layouts(&scaled) {
            // By how little it misses a larger scale does not matter.
            let own = (frame.height / rooms.height).min(fit + SCALE_STEP / 2.0).clamp(smallest, 1.0);
            let worth = own * rooms.worth;
            if rooms.height <= scaled.height && best.is_none_or(|(_, _, most)| worth > most) {
                best = Some((number, own.min(fit), worth));
            }
            if fit <= smallest && rooms.height < lowest.1 {
                lowest = (number, rooms.height);
            }
        }
        if fit <= smallest || best.is_some_and(|(_, _, worth)| worth >= fit) {
            return best.map_or((lowest.0, smallest), |(number, fit, _)| (number, fit));
        }
        fit = (fit - SCALE_STEP).max(smallest);
    }
}

/// The most comfortable layout with the usual columns that is no higher than `most`; of those with piles of few tasks only
/// if they may be piled.
fn usual_layout(placer: StagePlacer<'_>, frame: &StageFrame, most: f64, may_pile: bool) -> Option<usize> {
    let fits = |rooms: &RoomsLayout| {
        rooms.is_usual() && (may_pile || !rooms.is_piled_early()) && rooms.height <= most
    };
    placer.layouts(frame).find(|(_, rooms)| fits(rooms)).map(|(number, _)| number)
}

/// Places a stage in a frame that grows: not smaller than can be read, and as much higher than the frame as it takes. More
/// columns than usual are too narrow for names there, so they come last.
fn grown(placer: StagePlacer<'_>, frame: &StageFrame) -> (StageLayout, f64) {
    let usual = |frame: &StageFrame, most: f64, may_pile: bool| usual_layout(placer, frame, most, may_pile);
    let (own, smaller) = (scaled(frame, 1.0), scaled(frame, GROWN_FIT));
    let most = smaller.height * MAX_GROWTH;
    let (number, fit) = usual(&own, own.height, false)
        .map(|number| (number, 1.0))
        .or_else(|| usual(&smaller, smaller.height, false).map(|number| (number, GROWN_FIT)))
        .or_else(|| usual(&smaller, most, false).map(|number| (number, GROWN_FIT)))
        .or_else(|| usual(&smaller, most, true).map(|number| (number, GROWN_FIT)))
        .unwrap_or_else(|| {
            let lowest = placer.layouts(&smaller).min_by(|a, b| a.1.height.total_cmp(&b.1.height));
            (lowest.map_or(0, |(number, _)| number), GROWN_FIT)
        });
    (placer.place_in(number, &scaled(frame, fit)), fit)
}

/// The smallest scale for a frame: what is drawn larger than on a desk can be read at a smaller one.
fn smallest_fit(frame: &StageFrame) -> f64 {
    (MIN_FIT / frame.scale.max(1.0)).max(MIN_FIT / 2.0)
}
