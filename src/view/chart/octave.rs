//! Far views of a row, remembered: what it shows in columns whose length in nanoseconds is a power of two.
//!
//! Invariant: an octave is exactly what [`Lane::show`](super::ChartLane::show) gives for the whole row in columns of its length, in
//! order of time. Only octaves in which a column holds many pieces are kept; nearer views are cheap without.
//! All of them together are smaller than the row's pieces.

use super::piece::{ActivitySpan, LaneSegment};
use crate::model::time::Time;

/// Rows with fewer pieces need no memory.
const MIN_PIECES: usize = 512;
/// Pieces that a column holds on average, at least, in the nearest octave kept.
const CROWDED: usize = 16;

/// Far views of a row.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(super) struct LaneDetailLevels {
    /// The column length of the first, as a power of two.
    first: u32,
    views: Vec<Vec<LaneSegment>>,
}

impl LaneDetailLevels {
    /// The octaves of a row of these pieces. `show` gives the whole row in columns of a length.
    pub(super) fn new(
        pieces: &[ActivitySpan],
        show: impl Fn(u64, &mut dyn FnMut(LaneSegment)),
    ) -> LaneDetailLevels {
        let (Some(start), Some(end)) = (pieces.first(), pieces.last()) else {
            return LaneDetailLevels::default();
        };
        if pieces.len() < MIN_PIECES {
            return LaneDetailLevels::default();
        }
        let length = (end.to.0 - start.from.0).max(1);
        // The nearest kept view has as many columns as its share of pieces allows, the farthest a few.
        let columns = (pieces.len() / CROWDED) as u64;
        let first = (length / columns).max(1).next_power_of_two().trailing_zeros();
        let last = length.next_power_of_two().trailing_zeros().min(62);
        let view = |shift: u32| {
            let mut all = Vec::new();
            show(1 << shift, &mut |shown| all.push(shown));
            all
        };
        LaneDetailLevels { first, views: (first..=last).map(view).collect() }
    }

    /// The whole row in columns of this length (a power of two), if that is remembered.
    pub(super) fn get(&self, column: u64) -> Option<&[LaneSegment]> {
        let at = column.trailing_zeros().checked_sub(self.first)? as usize;
        match self.views.len() {
            0 => None,
            // Farther than the farthest: that one is small enough.
            count => Some(&self.views[at.min(count - 1)]),
        }
    }
}

/// The part of a view between two instants.
pub(super) fn between<'a>(
    view: &'a [LaneSegment],
    pieces: &'a [ActivitySpan],
    from: Time,
    to: Time,
) -> impl Iterator<Item = LaneSegment> + 'a {
    let ends = |shown: &LaneSegment| match shown {
        LaneSegment::Piece(at) => pieces[*at as usize].to,
        LaneSegment::Crowd { to, .. } => *to,
    };
    let begins = |shown: &LaneSegment| match shown {
        LaneSegment::Piece(at) => pieces[*at as usize].from,
        LaneSegment::Crowd { from, .. } => *from,
    };
    let first = view.partition_point(|shown| ends(shown) <= from);
    view[first..].iter().take_while(move |shown| begins(shown) < to).copied()
}
