//! One row of a timeline: what it does, stretch after stretch, ready to be drawn at any scale.
//!
//! Invariant: pieces are in order of time and do not overlap. Above them stands a tree of summaries, eight
//! to one, so that drawing a row costs what is seen, not what there is: a million pieces cost a few hundred
//! steps. Summaries are exact but for the kind that is said to prevail.

use super::octave::{self, LaneDetailLevels};
use super::piece::{ActivitySpan, LaneSegment, MergedActivity};
use crate::model::id::{ExecutorId, WorkerId};
use crate::model::time::Time;

/// What a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum LaneSubject {
    /// Lane of a worker.
    Worker(WorkerId),
    /// The scheduler thread of a wrapper.
    Scheduler,
    /// A thread of an arrival's own, the n-th at one time.
    Own(u32),
    /// The n-th place in the queue (or of what a wrapper holds); a place is taken by whoever comes when it
    /// is free, so a task stays in its row.
    Place(u32),
}

/// Pieces that a summary stands for, and summaries that the next one stands for.
const FAN: usize = 8;

/// A row of the chart.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct ChartLane {
    /// Executor that the row belongs to.
    pub executor: ExecutorId,
    /// What it stands for.
    pub seat: LaneSubject,
    /// When there was such a worker; all the time for other rows.
    pub alive: Vec<(Time, Time)>,
    pieces: Vec<ActivitySpan>,
    /// Sums of eight pieces, of eight such sums, and so on, each with the end of its last piece.
    levels: Vec<Vec<(Time, MergedActivity)>>,
    octaves: LaneDetailLevels,
}

impl ChartLane {
    /// A row of these pieces, which must be in order of time.
    pub fn new(
        executor: ExecutorId,
        seat: LaneSubject,
        alive: Vec<(Time, Time)>,
        pieces: Vec<ActivitySpan>,
    ) -> ChartLane {
        debug_assert!(pieces.windows(2).all(|pair| pair[0].to <= pair[1].from), "pieces do not overlap");
        let of_pieces = |chunk: &[ActivitySpan]| {
            let mut sum = MergedActivity::of(&chunk[0]);
            chunk[1..].iter().for_each(|piece| sum.add(&MergedActivity::of(piece)));
            (chunk[chunk.len() - 1].to, sum)
        };
        let of_sums = |chunk: &[(Time, MergedActivity)]| {
            let mut sum = chunk[0].1;
            chunk[1..].iter().for_each(|(_, more)| sum.add(more));
            (chunk[chunk.len() - 1].0, sum)
        };
        let mut levels: Vec<Vec<(Time, MergedActivity)>> = Vec::new();
        if pieces.len() > FAN {
            levels.push(pieces.chunks(FAN).map(of_pieces).collect());
            while levels[levels.len() - 1].len() > FAN {
                let next = levels[levels.len() - 1].chunks(FAN).map(of_sums).collect();
                levels.push(next);
            }
        }
        let mut lane =
            ChartLane { executor, seat, alive, pieces, levels, octaves: LaneDetailLevels::default() };
        lane.octaves = LaneDetailLevels::new(&lane.pieces, |column, draw| {
            lane.show(Time::ZERO, Time::NEVER, column, column, draw);
        });
        lane
    }

    /// What it does, in order of time.
    pub fn pieces(&self) -> &[ActivitySpan] {
        &self.pieces
    }

    /// The first piece that ends after an instant.
    pub fn after(&self, at: Time) -> usize {
        self.pieces.partition_point(|piece| piece.to <= at)
    }

    /// The piece at an instant.
    pub fn at(&self, at: Time) -> Option<(u32, &ActivitySpan)> {
        let found = self.after(at);
        self.pieces.get(found).filter(|piece| piece.from <= at).map(|piece| (found as u32, piece))
    }

    /// What is to be drawn of the stretch from `from` to `to`: pieces of `least` nanoseconds and more one by
    /// one, shorter ones together in columns of `column` nanoseconds. Columns begin at whole multiples of
    /// their length, so that they stand still while the window moves.
    pub fn show(&self, from: Time, to: Time, least: u64, column: u64, mut draw: impl FnMut(LaneSegment)) {
        let column = column.max(1);
        let mut at = self.after(from);
        while let Some(piece) = self.pieces.get(at).filter(|piece| piece.from < to) {
            if piece.length() >= least {
                draw(LaneSegment::Piece(at as u32));
                at += 1;
                continue;
            }
            let start = piece.from.0 / column * column;
            let end = Time(start.saturating_add(column));
            let (next, sum) = self.gather(at, end, least);
            draw(LaneSegment::Crowd { first: at as u32, end: next as u32, from: Time(start), to: end, sum });
            at = next;
        }
    }

    /// The same for a frame: columns of the next power of two from `column` nanoseconds on, shorter pieces
    /// merged. What a far view merges is remembered, so that gliding through millions costs what is seen.
    pub fn show_frame(&self, from: Time, to: Time, column: u64, mut draw: impl FnMut(LaneSegment)) {
        let column = column.clamp(1, 1 << 62).next_power_of_two();
        match self.octaves.get(column) {
            Some(shown) => octave::between(shown, &self.pieces, from, to).for_each(draw),
            None => self.show(from, to, column, column, &mut draw),
        }
    }

    /// The short pieces from `at` on that begin before `end`.
    fn gather(&self, mut at: usize, end: Time, least: u64) -> (usize, MergedActivity) {
        let mut sum = MergedActivity::of(&self.pieces[at]);
        at += 1;
        while let Some(piece) = self.pieces.get(at) {
            if let Some((next, more)) = self.leap(at, end, least) {
                sum.add(&more);
                at = next;
            } else if piece.from < end && piece.length() < least {
                sum.add(&MergedActivity::of(piece));
                at += 1;
            } else {
                break;
            }
        }
        (at, sum)
    }

    /// The widest summary that begins at piece `at`, ends by `end` and holds short pieces only.
    fn leap(&self, at: usize, end: Time, least: u64) -> Option<(usize, MergedActivity)> {
        let mut found = None;
        let mut width = FAN;
        for level in &self.levels {
            if !at.is_multiple_of(width) {
                break;
            }
            match level.get(at / width) {
                Some((last, sum)) if *last <= end && sum.longest < least => {
                    found = Some(((at + width).min(self.pieces.len()), *sum));
                }
                _ => break,
            }
            width *= FAN;
        }
        found
    }

    /// Nanoseconds at work, and not at work, between two instants.
    pub fn total(&self, from: Time, to: Time) -> (u64, u64) {
        let (mut work, mut rest) = (0, 0);
        let mut at = self.after(from);
        while let Some(piece) = self.pieces.get(at).filter(|piece| piece.from < to) {
            if piece.from >= from
                && let Some((next, sum)) = self.leap(at, to, u64::MAX)
            {
                work += sum.work;
                rest += sum.rest;
                at = next;
                continue;
            }
            let part = piece.to.min(to).since(piece.from.max(from)).0;
            *(if piece.act.is_work() { &mut work } else { &mut rest }) += part;
            at += 1;
        }
        (work, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::super::piece::{StuckSeverity, TaskActivity};
    use super::*;
    use crate::model::id::{TaskId, TaskTypeId};
    use crate::trace::event::EventId;

    fn piece(from: u64, to: u64, kind: u16) -> ActivitySpan {
        ActivitySpan {
            from: Time(from),
            to: Time(to),
            task: TaskId(from as u32),
            event: EventId(0),
            kind: TaskTypeId(kind),
            act: TaskActivity::Running,
            trouble: StuckSeverity::None,
            fails: false,
            is_open: false,
        }
    }

    fn lane(pieces: Vec<ActivitySpan>) -> ChartLane {
        ChartLane::new(ExecutorId(0), LaneSubject::Worker(WorkerId(0)), Vec::new(), pieces)
    }

    fn shown(lane: &ChartLane, from: u64, to: u64, least: u64, column: u64) -> Vec<LaneSegment> {
        let mut all = Vec::new();
        lane.show(Time(from), Time(to), least, column, |shown| all.push(shown));
        all
    }

    #[test]
    fn long_pieces_are_shown_and_short_ones_gathered() {
        let lane = lane(vec![piece(0, 50, 1), piece(50, 51, 2), piece(52, 53, 2), piece(60, 100, 1)]);
        let all = shown(&lane, 0, 100, 10, 10);
        assert_eq!(all.len(), 3);
        assert_eq!((all[0], all[2]), (LaneSegment::Piece(0), LaneSegment::Piece(3)));
        let LaneSegment::Crowd { first, end, from, to, sum } = all[1] else { panic!("{all:?}") };
        assert_eq!((first, end, from, to), (1, 3, Time(50), Time(60)));
        assert_eq!((sum.work, sum.rest, sum.kind), (2, 0, 2));
        assert_eq!(shown(&lane, 55, 58, 10, 10), []);
        assert_eq!(lane.at(Time(55)), None);
        assert_eq!(lane.at(Time(60)).map(|found| found.0), Some(3));
    }

    #[test]
    fn summaries_say_what_the_pieces_would() {
        // Pieces of uneven length with uneven gaps, over five levels of the tree.
        let (mut at, mut pieces) = (0, Vec::new());
        for i in 0..20_000_u64 {
            let length = 1 + i * 7919 % 13;
            pieces.push(piece(at, at + length, (i % 3) as u16));
            at += length + i * 104_729 % 5;
        }
        let lane = lane(pieces);
        for (least, column) in [(14, 1), (14, 100), (14, 10_000), (6, 1_000), (1, 10)] {
            let mut next = 0;
            for shown in shown(&lane, 0, at, least, column) {
                match shown {
                    LaneSegment::Piece(i) => {
                        assert_eq!(i, next);
                        assert!(lane.pieces()[i as usize].length() >= least);
                        next += 1;
                    }
                    LaneSegment::Crowd { first, end, from, to, sum } => {
                        assert_eq!(first, next);
                        let inside = &lane.pieces()[first as usize..end as usize];
                        let work: u64 = inside.iter().map(ActivitySpan::length).sum();
                        assert_eq!((sum.work, sum.rest), (work, 0));
                        assert!(inside.iter().all(|p| p.from >= from && p.from < to && p.length() < least));
                        next = end;
                    }
                }
            }
            assert_eq!(next, 20_000);
        }
    }

    #[test]
    fn totals_are_exact_whatever_the_ends() {
        let lane = lane((0..5_000).map(|i| piece(i * 10, i * 10 + 1 + i % 9, 0)).collect());
        for (from, to) in [(0, 50_000), (3, 4), (7, 33_333), (12_345, 45_678), (49_999, 60_000)] {
            let by_hand = |p: &ActivitySpan| p.to.0.min(to).saturating_sub(p.from.0.max(from));
            let expected: u64 = lane.pieces().iter().map(by_hand).sum();
            assert_eq!(lane.total(Time(from), Time(to)), (expected, 0), "{from} to {to}");
        }
    }

    #[test]
    fn a_frame_shows_the_same_from_memory_as_from_the_pieces() {
        let lane = lane((0..9_000).map(|i| piece(i * 10, i * 10 + 1 + i * i % 9, (i % 4) as u16)).collect());
        for shift in [4, 8, 11, 13] {
            let column = 1 << shift;
            for (from, to) in [(0, 90_000), (column * 2, column * 5), (81_920, 200_000)] {
                let mut framed = Vec::new();
                lane.show_frame(Time(from), Time(to), column, |shown| framed.push(shown));
                // The last piece of a column may reach over its end; the column itself is out of sight then.
                let seen =
                    |shown: &LaneSegment| !matches!(shown, LaneSegment::Crowd { to, .. } if to.0 <= from);
                let mut walked = shown(&lane, from, to, column, column);
                walked.retain(seen);
                assert_eq!(framed, walked, "{column} from {from}");
            }
        }
    }

    #[test]
    fn columns_stand_still_while_the_window_moves() {
        let lane = lane((0..1000).map(|i| piece(i * 10, i * 10 + 5, 0)).collect());
        let all = shown(&lane, 0, 10_000, 100, 64);
        let some = shown(&lane, 3_333, 6_000, 100, 64);
        let inner = &some[1..];
        assert!(all.windows(inner.len()).any(|window| window == inner));
    }
}
