//! How large each room of the stage is for one set of measures, and what parts it has.

use super::model::CarrierThreadRow;
use super::placed::{MAX_SLOT, SLOT_GAP, STRIP_CAPTION, StagePixelSizes};
use super::staged_run::{RoomPlan, StagedRun, is_wrapper};
use crate::analysis::digest::Digest;
use crate::view::scene::Bounds;

/// The line under a room's rows that says what became of tasks.
pub(super) const FOOT: f64 = 24.0;
/// A bar that sums workers up, with the space below it.
pub(super) const METER: f64 = 18.0;
/// The caption over rows, and the space between seats and a queue below them.
pub(super) const CAPTION: f64 = 20.0;
/// One row of carriers, or of a wrapper's limit, with the space below it.
pub(super) const STRIP: f64 = 30.0;
/// The lowest heading that leaves room between its note and a strip.
const MIN_HEADER: f64 = 56.0;
/// Across the dial of a delay.
pub(super) const DIAL: f64 = 88.0;
/// The narrowest room in which names have a place beside a dial.
const MIN_BESIDE_DIAL: f64 = 320.0;
/// The narrowest inside of a room in which lines have a place of their own on the right.
const MIN_ROUND: f64 = 190.0;
/// Under rows that a dashed line passes.
pub(super) const LOOP: f64 = 34.0;

/// How large a room is, and what it has.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoomDimensions {
    pub column: usize,
    pub seat_rows: f64,
    pub queue_rows: f64,
    pub is_piled: bool,
    pub is_queue_piled: bool,
    pub is_side_by_side: bool,
    pub has_loop: bool,
    pub has_dial: bool,
    /// There is no room for names beside the dial.
    pub is_dial_above: bool,
    /// Each worker's deque is in a row with it.
    pub has_deques: bool,
    /// For carriers, or the limits of a wrapper.
    pub strips: f64,
    pub height: f64,
}

/// The dimensions of a room as the whole run needs it, in a column of this number and width.
pub(super) fn shape(
    plan: &StagedRun,
    digest: &Digest<'_>,
    room: &RoomPlan,
    (column, width): (usize, f64),
    metrics: StagePixelSizes,
) -> RoomDimensions {
    let (is_piled, is_queue_piled) = (room.seats >= metrics.piled_from, room.queue >= metrics.piled_from);
    let wraps = is_wrapper(&digest.trace().scenario.executors[room.executor.index()].kind);
    let tall = |is_piled: bool| if is_piled { metrics.pile } else { metrics.token } + metrics.gap;
    let seats = match (room.seats, is_piled) {
        (0, _) if wraps => 0,
        (seats, false) => seats.max(1),
        (_, true) => room.kinds.clamp(2, 3),
    };
    let has_deques = room.has_deque_rows(metrics.piled_from);
    let queued = room.outside.filter(|_| has_deques).unwrap_or(room.queue);
    let is_queue_piled = if has_deques { queued >= metrics.piled_from } else { is_queue_piled };
    let queue = if is_queue_piled { room.kinds.min(2) } else { queued };
    let seat_rows = f64::from(seats) * tall(is_piled);
    let own_rows = f64::from(queue) * tall(is_queue_piled);
    let queue_rows = match (has_deques, queue) {
        (true, 0) => seat_rows,
        (true, _) => seat_rows + CAPTION + 8.0 + own_rows,
        (false, _) => own_rows,
    };
    let has_dial = room.is_delay && room.queue > 0;
    let is_dial_above = has_dial && width < MIN_BESIDE_DIAL;
    let queue_rows = match (has_dial, is_dial_above) {
        (false, _) => queue_rows,
        (true, false) => queue_rows.max(DIAL + metrics.gap),
        (true, true) => queue_rows + DIAL + 8.0,
    };
    let queue = if has_deques { queue.max(1) } else { queue };
    let is_side_by_side = (width >= 620.0 || has_deques) && seats > 0 && queue > 0;
    let has_loop = is_side_by_side && plan.is_ever_stuck(room.executor);
    let rows = match (seats > 0, queue > 0) {
        (true, true) if is_side_by_side => CAPTION + seat_rows.max(queue_rows),
        (true, true) => 2.0 * CAPTION + seat_rows + queue_rows + 6.0,
        (true, false) | (false, true) => CAPTION + seat_rows + queue_rows,
        (false, false) => 0.0,
    };
    let meter = if is_piled { METER } else { 0.0 };
    let strips = if room.strips > 0 { f64::from(room.strips) * STRIP + strip_lead(metrics) } else { 0.0 };
    let height = metrics.header + meter + strips + rows + if has_loop { LOOP } else { 0.0 } + FOOT;
    RoomDimensions {
        column,
        seat_rows,
        queue_rows,
        is_piled,
        is_queue_piled,
        is_side_by_side,
        has_loop,
        has_dial,
        is_dial_above,
        has_deques,
        strips,
        height,
    }
}

/// How wide carriers are at most, with the word before them.
pub(super) fn strip_width(row: &CarrierThreadRow) -> f64 {
    let count = row.threads.max(row.kept_by.len() as u32);
    STRIP_CAPTION + f64::from(count) * (MAX_SLOT + SLOT_GAP) - SLOT_GAP
}

/// Between a tight heading and what stands in strips below it.
pub(super) fn strip_lead(metrics: StagePixelSizes) -> f64 {
    (MIN_HEADER - metrics.header).max(0.0)
}

/// Where the seats and the queue begin, and how wide they are.
pub(super) fn split(inner: Bounds, shape: &RoomDimensions) -> (Bounds, Bounds) {
    let top = inner.y + CAPTION;
    if shape.is_side_by_side {
        let is_narrow = inner.width < 560.0;
        let labels = if shape.is_piled || is_narrow { 24.0 } else { 100.0 };
        // In the narrowest rooms the two share what is left beside the labels and the space between them.
        let left = (inner.width - 16.0 - 8.0 - labels).max(0.0);
        let (queue_width, wide) = if is_narrow {
            ((inner.width * 0.32).min(left * 0.41), (inner.width * 0.46).min(left * 0.59))
        } else {
            ((inner.width * 0.26).clamp(150.0, 240.0), (inner.width * 0.44).clamp(220.0, 420.0))
        };
        let queue = Bounds::new(inner.x + 16.0, top, queue_width, 0.0);
        return (Bounds::new(inner.right() - wide - labels, top, wide, 0.0), queue);
    }
    // Lines that lead to the next row go around on the right; in a very narrow room names need the width more.
    let wide = inner.width - if inner.width < MIN_ROUND { 10.0 } else { 30.0 };
    let below = if shape.seat_rows > 0.0 { top + shape.seat_rows + CAPTION + 6.0 } else { top };
    (Bounds::new(inner.x, top, wide, 0.0), Bounds::new(inner.x, below, wide, 0.0))
}
