//! Arrows from a task to its children and back: for the task that is chosen, or pointed at.
//!
//! Invariant: an arrow begins where the parent submits and ends where the child starts (or still waits); a
//! dashed one goes back from the child's end to the parent, if the parent lived on.

use super::{RULER, TimelineInputs, TimelineRows};
use crate::model::id::TaskId;
use crate::model::time::Time;
use crate::view::chart::PiecePosition;
use crate::view::palette::hue;
use crate::view::scene::{Arrow, Ink, Point, SceneItem, Stroke};

/// Most children of one task that get arrows.
const MAX_COUNT: usize = 40;

impl TimelineInputs<'_> {
    pub(super) fn arrows(&mut self, rows: &TimelineRows) {
        let tasks = [self.focus.selected, self.focus.hovered];
        let mut done: Vec<TaskId> = Vec::new();
        for task in tasks.into_iter().flatten() {
            if task.index() >= self.digest.names.len() || done.contains(&task) {
                continue;
            }
            done.push(task);
            self.arrow_to(task, rows);
            let chart = self.chart;
            for child in chart.children(task).iter().take(MAX_COUNT) {
                self.arrow_to(*child, rows);
            }
        }
    }

    /// From the parent of `child` to it, and back.
    fn arrow_to(&mut self, child: TaskId, rows: &TimelineRows) {
        let Some(parent) = self.digest.names.parent(child) else { return };
        let life = &self.digest.lives[child.index()];
        let Some(from) = self.chart.start_of(parent).and_then(|spot| self.point(spot, life.submitted, rows))
        else {
            return;
        };
        let ink = Ink::Task(hue(life.kind));
        let stay = self.chart.place_of(child);
        let start = self.chart.start_of(child);
        // Into the queue, where its place is to be seen; otherwise straight to the worker.
        let first = stay.filter(|_| start.is_none()).or(start);
        let Some(to) = first.and_then(|spot| self.begin(spot, rows)) else { return };
        self.arrow(from, to, ink, Stroke::Solid);
        let lives_on = self.digest.lives[parent.index()].ended().is_none_or(|end| Some(end) > life.ended());
        let back = self.chart.end_of(child).zip(life.ended()).filter(|_| lives_on);
        if let Some((spot, at)) = back
            && let Some(end) = self.point(spot, at, rows)
        {
            let Some(home) = self.chart.start_of(parent).and_then(|spot| self.point(spot, at, rows)) else {
                return;
            };
            self.arrow(end, home, ink, Stroke::Dashed);
        }
    }

    fn arrow(&mut self, from: Point, to: Point, ink: Ink, stroke: Stroke) {
        if from.y == to.y {
            return;
        }
        let bend = ((to.x - from.x).abs() / 2.0).clamp(12.0, 48.0);
        self.items.push(SceneItem::Arrow(Arrow { from, to, ink, stroke, width: 1.5, bend }));
    }

    /// Where a piece begins.
    fn begin(&self, spot: PiecePosition, rows: &TimelineRows) -> Option<Point> {
        let at = self.chart.piece(spot)?.from;
        self.point(spot, at, rows)
    }

    /// An instant on the row of a spot, kept near what is seen.
    fn point(&self, spot: PiecePosition, at: Time, rows: &TimelineRows) -> Option<Point> {
        let row = rows.lane(spot.0)?;
        let y = row.middle().clamp(RULER - 40.0, self.body.bottom() + 40.0);
        Some(Point { x: self.x(at), y })
    }
}
