//! Which row stands where: heights, folding, scrolling.
//!
//! Invariant: rows go down the page without overlapping; their order follows from the chart alone: trouble first.

use super::layout::{RULER, RowDensity, TimelineLayout};
use crate::model::id::ExecutorId;
use crate::view::chart::{ExecutorLanes, RunChart};

/// Height of a heading.
const HEADING: f64 = 24.0;
/// Height of an area under an executor.
const LEVEL: f64 = 28.0;
/// Height of one place of a queue.
const PLACE: f64 = 18.0;
/// Height of a cell.
const CELL: f64 = 24.0;
/// Room under a group.
const GAP: f64 = 10.0;
/// Room for words under the last group, if a deadlock or stall has to be named there.
const FOOT: f64 = 16.0;
/// Number of lanes up to which they are tall, and up to which they are of medium height.
const TALL: usize = 24;
const MEDIUM: usize = 72;

/// What a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimelineRowKind {
    /// The heading of an executor.
    Heading(ExecutorId),
    /// A row of the chart.
    Lane(u32),
    /// The depth of an executor's queue.
    Queue(ExecutorId),
    /// The use of one cap.
    Cap(ExecutorId, u16),
    /// The heading of the cells.
    CellsHeading,
    /// A cell, by its place in the chart.
    Cell(u32),
}

/// A row and where it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimelineRow {
    /// What it shows.
    pub kind: TimelineRowKind,
    /// Upper edge, scrolled.
    pub top: f64,
    /// Lower edge, scrolled.
    pub bottom: f64,
}

impl TimelineRow {
    /// Returns the middle of the row.
    pub fn middle(&self) -> f64 {
        (self.top + self.bottom) / 2.0
    }

    /// Returns the height of the row.
    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }
}

/// All rows of the timeline.
#[derive(Clone, Debug)]
pub struct TimelineRows {
    /// From top to bottom.
    pub rows: Vec<TimelineRow>,
    /// How high the scene would be if it showed all of them.
    pub height: f64,
    /// The executors that are folded.
    pub(super) folded: Vec<ExecutorId>,
    pub(super) cells_folded: bool,
    /// For each row of the chart, its place in `rows`.
    of_lane: Vec<u32>,
}

impl TimelineRows {
    /// Places all rows of a chart.
    pub fn new(chart: &RunChart, layout: &TimelineLayout) -> TimelineRows {
        let open = |group: &&ExecutorLanes| !layout.folded.contains(&group.executor);
        let workers = chart.groups.iter().filter(open).map(|group| group.lanes.len()).sum();
        let lane = lane_height(layout.density, workers);
        let mut placing = RowPlacement {
            rows: Vec::new(),
            y: RULER - layout.scroll,
            of_lane: vec![u32::MAX; chart.lanes.len()],
        };
        for group in chart.order.iter().filter_map(|at| chart.groups.get(*at as usize)) {
            placing.group(group, lane, layout.folded.contains(&group.executor));
        }
        if !chart.cells.is_empty() {
            placing.push(TimelineRowKind::CellsHeading, HEADING);
            if !layout.cells_folded {
                (0..chart.cells.len() as u32).for_each(|at| placing.push(TimelineRowKind::Cell(at), CELL));
            }
            placing.y += GAP;
        }
        if !chart.moments.is_empty() {
            placing.y += FOOT;
        }
        let height = placing.y + layout.scroll;
        TimelineRows {
            rows: placing.rows,
            height,
            folded: layout.folded.iter().copied().collect(),
            cells_folded: layout.cells_folded,
            of_lane: placing.of_lane,
        }
    }

    /// The rows that are seen between two heights.
    pub fn between(&self, top: f64, bottom: f64) -> &[TimelineRow] {
        let first = self.rows.partition_point(|row| row.bottom <= top);
        let last = self.rows.partition_point(|row| row.top < bottom);
        &self.rows[first..last.max(first)]
    }

    /// The heading of the group that the ruler cuts in two, at the ruler or as far above it as the group's end
    /// pushes it; none if the heading is in its place.
    pub fn stuck_heading(&self) -> Option<TimelineRow> {
        let is_heading = |row: &&TimelineRow| {
            matches!(row.kind, TimelineRowKind::Heading(_) | TimelineRowKind::CellsHeading)
        };
        let above = self.rows.partition_point(|row| row.top < RULER);
        let heading = *self.rows[..above].iter().rev().find(is_heading)?;
        let next = self.rows[above..].iter().find(is_heading).map_or(f64::MAX, |next| next.top);
        let last = self.rows[..above].last().map_or(0.0, |row| row.bottom);
        let height = heading.height();
        let is_cut = last > RULER || self.rows.get(above).is_some_and(|row| !is_heading(&row));
        let bottom = (RULER + height).min(next);
        (heading.top < RULER && is_cut && bottom > RULER).then_some(TimelineRow {
            top: bottom - height,
            bottom,
            ..heading
        })
    }

    /// Where a row of the chart is, if it is not folded away.
    pub fn lane(&self, lane: u32) -> Option<&TimelineRow> {
        self.rows.get(*self.of_lane.get(lane as usize)? as usize)
    }

    /// Where the heading of an executor is.
    pub fn heading(&self, executor: ExecutorId) -> Option<&TimelineRow> {
        self.rows.iter().find(|row| row.kind == TimelineRowKind::Heading(executor))
    }
}

struct RowPlacement {
    rows: Vec<TimelineRow>,
    y: f64,
    of_lane: Vec<u32>,
}

impl RowPlacement {
    fn push(&mut self, kind: TimelineRowKind, height: f64) {
        if let TimelineRowKind::Lane(lane) = kind {
            self.of_lane[lane as usize] = self.rows.len() as u32;
        }
        self.rows.push(TimelineRow { kind, top: self.y, bottom: self.y + height });
        self.y += height;
    }

    fn group(&mut self, group: &ExecutorLanes, lane: f64, is_folded: bool) {
        self.push(TimelineRowKind::Heading(group.executor), HEADING);
        if !is_folded {
            group.lanes.clone().for_each(|at| self.push(TimelineRowKind::Lane(at), lane));
            if !group.lanes.is_empty() {
                self.y += 2.0;
            }
            if !group.places.is_empty() {
                group.places.clone().for_each(|at| self.push(TimelineRowKind::Lane(at), PLACE));
            } else if !group.queue.is_empty() || group.marks.iter().any(|marks| !marks.is_empty()) {
                self.push(TimelineRowKind::Queue(group.executor), LEVEL);
            }
            let caps = (0..group.caps.len() as u16).filter(|at| !group.caps[*at as usize].used.is_empty());
            caps.for_each(|at| self.push(TimelineRowKind::Cap(group.executor, at), LEVEL));
        }
        self.y += GAP;
    }
}

fn lane_height(density: RowDensity, lanes: usize) -> f64 {
    match density {
        RowDensity::Tall => 24.0,
        RowDensity::Medium => 12.0,
        RowDensity::Low => 4.0,
        RowDensity::Auto if lanes <= TALL => 24.0,
        RowDensity::Auto if lanes <= MEDIUM => 12.0,
        RowDensity::Auto => 4.0,
    }
}
