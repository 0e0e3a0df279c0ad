//! What is counted under an executor: the depth of its queue, the use of its caps, and what was refused at
//! its entrance.

use super::{TimelineInputs, TimelineRow};
use crate::model::id::ExecutorId;
use crate::model::time::Time;
use crate::view::chart::{CountOverTime, ExecutorLanes, SubmissionMarkKind};
use crate::view::hits::HitTarget;
use crate::view::scene::{
    AreaUnderLine, Bounds, Fill, Ink, Line, Point, SceneItem, Stroke, SymbolMark, SymbolShape, TextAlign,
    TextLabel, TextSize,
};

/// Signs nearer to each other than this are one, in pixels.
const APART: f64 = 7.0;

impl TimelineInputs<'_> {
    pub(super) fn queue(&mut self, executor: ExecutorId, row: &TimelineRow) {
        let chart = self.chart;
        let Some(group) = chart.group(executor) else { return };
        let (word, fill) = if group.is_wrapper { ("held", Fill::Dotted) } else { ("queue", Fill::Outline) };
        self.gutter_name(word, row.middle(), TextSize::Small);
        // As deep as it ever was, also for no time at all: the figure of the tables.
        let deepest = self.digest.occupancy.executors.get(executor.index()).map_or(0, |row| row.peak_queue);
        let peak = group.queue.peak().max(deepest).max(1);
        self.level(&group.queue, peak, fill, row);
        if let Some(bound) = group.bound.filter(|bound| *bound <= peak) {
            self.limit(bound, peak, row);
        }
        self.most(peak, row);
        self.marks(group, row.middle());
    }

    pub(super) fn cap(&mut self, executor: ExecutorId, cap: u16, row: &TimelineRow) {
        let chart = self.chart;
        let Some(cap) = chart.group(executor).and_then(|group| group.caps.get(cap as usize)) else { return };
        self.gutter_name(&cap.name, row.middle(), TextSize::Small);
        let full = cap.limit.max(cap.used.peak()).max(1);
        self.level(&cap.used, full, Fill::Half, row);
        self.limit(cap.limit, full, row);
        self.most(cap.limit, row);
    }

    /// Refusals and warnings at an executor's entrance; the worse ones lie over the others.
    pub(super) fn marks(&mut self, group: &ExecutorLanes, middle: f64) {
        for list in &group.marks {
            let mut at = list.partition_point(|mark| mark.at < self.from);
            while let Some(mark) = list.get(at).filter(|mark| mark.at <= self.to) {
                let x = self.x(mark.at);
                let (shape, ink) = match mark.kind {
                    SubmissionMarkKind::Rejected => (SymbolShape::Cross, Ink::Danger),
                    SubmissionMarkKind::Dropped => (SymbolShape::Cross, Ink::Muted),
                    SubmissionMarkKind::Warned => (SymbolShape::Warning, Ink::Stall),
                };
                self.items.push(SceneItem::Mark(SymbolMark {
                    at: Point { x, y: middle },
                    size: 9.0,
                    shape,
                    ink,
                }));
                self.hits.over(Bounds::new(x - 5.0, middle - 6.0, 10.0, 12.0), HitTarget::Moment(mark.event));
                // Those that would lie on it are passed over by bisection: there may be a million.
                let until = Time(self.view.instant_at(x + APART).0.max(mark.at.0 + 1));
                at += list[at..].partition_point(|mark| mark.at < until);
            }
        }
    }

    fn level(&mut self, steps: &CountOverTime, full: u32, fill: Fill, row: &TimelineRow) {
        let base = row.bottom - 2.0;
        let points = self.stairs(steps, full, row.top + 4.0, base);
        self.items.push(SceneItem::Area(AreaUnderLine { points, base, ink: Ink::Level, fill }));
        let (from, to) = (Point { x: self.body.x, y: base }, Point { x: self.body.right(), y: base });
        self.back.push(SceneItem::Line(Line { from, to, ink: Ink::Grid, stroke: Stroke::Solid, width: 1.0 }));
    }

    /// The upper edge of a count over time, between the heights of `full` and of zero.
    pub(super) fn stairs(&self, steps: &CountOverTime, full: u32, top: f64, base: f64) -> Vec<Point> {
        let y = |value: u32| base - (base - top) * f64::from(value) / f64::from(full.max(1));
        let mut points: Vec<Point> = Vec::new();
        let hangs = self.chart.end > self.chart.run_end;
        let end = if hangs { self.to } else { self.to.min(self.chart.end) };
        for (at, value) in steps.show(self.from, end, self.nanos(2.0)) {
            let x = self.x(at);
            if let Some(last) = points.last().copied() {
                points.push(Point { x, y: last.y });
            }
            points.push(Point { x, y: y(value) });
        }
        if let Some(last) = points.last().copied() {
            points.push(Point { x: self.x(end).max(last.x), y: last.y });
        }
        points
    }

    /// A dashed line at a bound.
    fn limit(&mut self, limit: u32, full: u32, row: &TimelineRow) {
        let (top, base) = (row.top + 4.0, row.bottom - 2.0);
        let y = base - (base - top) * f64::from(limit) / f64::from(full.max(1));
        let (from, to) = (Point { x: self.body.x, y }, Point { x: self.body.right(), y });
        self.items.push(SceneItem::Line(Line {
            from,
            to,
            ink: Ink::Soft,
            stroke: Stroke::Dashed,
            width: 1.0,
        }));
    }

    /// What the full height means.
    fn most(&mut self, most: u32, row: &TimelineRow) {
        let at = Point { x: self.body.right() - 6.0, y: row.top + 9.0 };
        self.over.push(SceneItem::Label(TextLabel {
            at,
            text: format!("max {most}"),
            ink: Ink::Soft,
            face: TextSize::Tiny,
            align: TextAlign::End,
            plate: Some(Ink::Surface),
        }));
    }
}
