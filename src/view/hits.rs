//! What is where in a scene: pointing without a screen.
//!
//! Invariant: rows are sorted from top to bottom and do not overlap; the spots of a row are sorted from
//! left to right. A hit is found by row, then by bisection. What lies over the rows (marks, handles) is a
//! short list that is asked first, the last drawn before the others.

use super::geometry::{Bounds, Point};
use crate::model::id::{CellId, ExecutorId, TaskId, WorkerId};
use crate::trace::event::EventId;

/// Something on the screen that can be pointed at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HitTarget {
    /// A stretch of a task's life on a worker, or in a queue.
    Span {
        /// Task that is hit.
        task: TaskId,
        /// Its row in the chart ([`super::chart::RunChart::lanes`]).
        lane: u32,
        /// Its place in the row ([`super::chart::ChartLane::pieces`]).
        piece: u32,
    },
    /// Several short stretches drawn as one.
    Crowd {
        /// Their row in the chart.
        lane: u32,
        /// The first of them.
        first: u32,
        /// One past the last of them.
        end: u32,
    },
    /// A worker, where it does nothing (or its name).
    Worker {
        /// Of which executor.
        executor: ExecutorId,
        /// Worker whose lane is hit.
        worker: WorkerId,
    },
    /// The heading of an executor: folds and unfolds it.
    Heading(ExecutorId),
    /// The queue (or what is held back) of an executor.
    Queue(ExecutorId),
    /// The use of one cap of an executor (`u16::MAX`: of a bus's prefetch).
    Cap(ExecutorId, u16),
    /// The heading of the cells.
    CellsHeading,
    /// A cell's row.
    Cell(CellId),
    /// One read or write.
    Access(EventId),
    /// An event worth a sign: a deadlock, a stall, a failure, a rejection, a lost update.
    Moment(EventId),
    /// The ruler: a press sets the cursor, a drag chooses a range.
    Ruler,
    /// The minimap: a press moves the window there.
    Minimap,
    /// The window in the minimap, to be dragged.
    MinimapWindow,
    /// The left edge of the window in the minimap.
    MinimapFrom,
    /// The right edge of the window in the minimap.
    MinimapTo,
    /// A node of the wait-for graph, by its place in [`super::graph::WaitForPicture::nodes`].
    Node(u32),
    /// An edge of the wait-for graph, by its place in [`super::graph::WaitForPicture::edges`].
    Edge(u32),
    /// A figure of the stage, by its place in [`super::stage::StageLayout::figures`].
    Figure(u32),
    /// An object of the stage, by its place in [`super::stage::StageSnapshot::objects`].
    Object(u32),
}

impl HitTarget {
    /// The one task that this is about.
    pub fn task(&self) -> Option<TaskId> {
        match self {
            HitTarget::Span { task, .. } => Some(*task),
            HitTarget::Crowd { .. }
            | HitTarget::Worker { .. }
            | HitTarget::Heading(_)
            | HitTarget::Queue(_)
            | HitTarget::Cap(..)
            | HitTarget::CellsHeading
            | HitTarget::Cell(_)
            | HitTarget::Access(_)
            | HitTarget::Moment(_)
            | HitTarget::Ruler
            | HitTarget::Minimap
            | HitTarget::MinimapWindow
            | HitTarget::MinimapFrom
            | HitTarget::MinimapTo
            | HitTarget::Node(_)
            | HitTarget::Edge(_)
            | HitTarget::Figure(_)
            | HitTarget::Object(_) => None,
        }
    }
}

/// A stretch of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct HitSpan {
    /// Left edge, in CSS pixels.
    pub from: f64,
    /// Right edge, in CSS pixels.
    pub to: f64,
    /// What it is.
    pub target: HitTarget,
}

/// A band across the scene.
#[derive(Clone, Debug, PartialEq)]
pub struct HitRow {
    /// Upper edge, in CSS pixels.
    pub top: f64,
    /// Lower edge, in CSS pixels.
    pub bottom: f64,
    /// What the row is where no spot is.
    pub target: Option<HitTarget>,
    /// Where its spots are in the list of all: from here …
    first: u32,
    /// … up to here.
    end: u32,
}

/// All rows and what lies over them.
#[derive(Clone, Debug, Default)]
pub struct HitRegions {
    rows: Vec<HitRow>,
    spots: Vec<HitSpan>,
    over: Vec<(Bounds, HitTarget)>,
}

/// How far beside a spot a pointer may be and still mean it, in pixels.
const SLACK: f64 = 2.0;

impl HitRegions {
    /// Opens the next row; it must lie below all others.
    ///
    /// # Panics
    /// If it does not: the layout is wrong.
    pub fn row(&mut self, top: f64, bottom: f64, target: Option<HitTarget>) {
        assert!(self.rows.last().is_none_or(|last| last.bottom <= top + 1e-6), "rows go down the page");
        let at = self.spots.len() as u32;
        self.rows.push(HitRow { top, bottom, target, first: at, end: at });
    }

    /// Adds a spot to the row that was opened last, to the right of its other spots.
    pub fn spot(&mut self, from: f64, to: f64, target: HitTarget) {
        let Some(row) = self.rows.last_mut() else { return };
        self.spots.push(HitSpan { from, to, target });
        row.end += 1;
    }

    /// Adds what lies over the rows.
    pub fn over(&mut self, at: Bounds, target: HitTarget) {
        self.over.push((at, target));
    }

    /// What is under a point.
    pub fn at(&self, point: Point) -> Option<&HitTarget> {
        if let Some((_, target)) = self.over.iter().rev().find(|(at, _)| at.contains(point)) {
            return Some(target);
        }
        let row = self.row_at(point.y)?;
        let spots = &self.spots[row.first as usize..row.end as usize];
        let next = spots.partition_point(|spot| spot.from <= point.x);
        let before = next.checked_sub(1).map(|at| &spots[at]);
        if let Some(inside) = before.filter(|spot| point.x < spot.to) {
            return Some(&inside.target);
        }
        let near = |spot: &&HitSpan| spot.from - SLACK <= point.x && point.x <= spot.to + SLACK;
        let found = before.filter(near).or_else(|| spots.get(next).filter(near));
        found.map(|spot| &spot.target).or(row.target.as_ref())
    }

    /// The rows, from top to bottom.
    pub fn rows(&self) -> &[HitRow] {
        &self.rows
    }

    /// Where a target is, if it is in the scene: the row's height, the spot's width.
    pub fn find(&self, target: &HitTarget) -> Option<Bounds> {
        if let Some((at, _)) = self.over.iter().find(|(_, other)| other == target) {
            return Some(*at);
        }
        self.rows.iter().find_map(|row| {
            let spots = &self.spots[row.first as usize..row.end as usize];
            let spot = spots.iter().find(|spot| spot.target == *target)?;
            Some(Bounds::new(spot.from, row.top, spot.to - spot.from, row.bottom - row.top))
        })
    }

    fn row_at(&self, y: f64) -> Option<&HitRow> {
        let next = self.rows.partition_point(|row| row.top <= y);
        next.checked_sub(1).map(|at| &self.rows[at]).filter(|row| y < row.bottom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(task: u32) -> HitTarget {
        HitTarget::Span { task: TaskId(task), lane: 0, piece: task }
    }

    #[test]
    fn a_hit_is_found_by_row_and_then_by_column() {
        let mut hits = HitRegions::default();
        hits.row(0.0, 20.0, Some(HitTarget::Ruler));
        hits.row(24.0, 48.0, Some(HitTarget::Heading(ExecutorId(0))));
        for i in 0..100 {
            hits.spot(f64::from(i) * 10.0, f64::from(i) * 10.0 + 5.0, span(i));
        }
        let at = |x, y| hits.at(Point { x, y }).cloned();
        assert_eq!(at(3.0, 10.0), Some(HitTarget::Ruler));
        assert_eq!(at(3.0, 22.0), None);
        assert_eq!(at(500.0, 30.0), Some(span(50)));
        assert_eq!(at(506.5, 30.0), Some(span(50)), "a little beside it still means it");
        assert_eq!(at(508.5, 30.0), Some(span(51)));
        assert_eq!(at(5000.0, 30.0), Some(HitTarget::Heading(ExecutorId(0))));
        assert_eq!(hits.find(&span(7)), Some(Bounds::new(70.0, 24.0, 5.0, 24.0)));
    }

    #[test]
    fn what_lies_over_the_rows_comes_first_and_the_last_of_it_wins() {
        let mut hits = HitRegions::default();
        hits.row(0.0, 20.0, Some(HitTarget::Minimap));
        hits.over(Bounds::new(10.0, 0.0, 80.0, 20.0), HitTarget::MinimapWindow);
        hits.over(Bounds::new(8.0, 0.0, 6.0, 20.0), HitTarget::MinimapFrom);
        let at = |x| hits.at(Point { x, y: 5.0 }).cloned();
        assert_eq!(at(2.0), Some(HitTarget::Minimap));
        assert_eq!(at(11.0), Some(HitTarget::MinimapFrom));
        assert_eq!(at(50.0), Some(HitTarget::MinimapWindow));
    }
}
