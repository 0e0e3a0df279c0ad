//! Cells as tracks: a ring for each read, a dot for each write with what it wrote, a bolt where an access
//! races with an earlier one.

use super::{TimelineInputs, TimelineRow};
use crate::model::time::Time;
use crate::view::chart::CellAccess;
use crate::view::hits::HitTarget;
use crate::view::palette::hue;
use crate::view::scene::{
    Bounds, Ink, Line, Point, SceneItem, Stroke, SymbolMark, SymbolShape, TextAlign, TextLabel, TextSize,
    fit_text,
};

/// Signs nearer to each other than this are one, in pixels.
const APART: f64 = 6.0;
const SIGN: f64 = 9.0;

impl TimelineInputs<'_> {
    pub(super) fn cell(&mut self, track: u32, row: &TimelineRow) {
        let chart = self.chart;
        let track = &chart.cells[track as usize];
        self.gutter_name(&track.name, row.middle(), TextSize::Small);
        let y = row.middle();
        let (from, to) = (Point { x: self.body.x, y }, Point { x: self.body.right(), y });
        self.back.push(SceneItem::Line(Line { from, to, ink: Ink::Grid, stroke: Stroke::Solid, width: 1.0 }));
        let all = &track.accesses;
        let mut at = all.partition_point(|access| access.at < self.from);
        while let Some(access) = all.get(at).filter(|access| access.at <= self.to) {
            let end = self.end_of_sign(all, access.at);
            // Of several at one place the last write is shown (if it is one of the last), or else the last read.
            let here = &all[at..end];
            let shown = here.iter().rev().take(64).find(|access| access.value.is_some()).or(here.last());
            let next = all.get(end).map_or(self.body.right(), |next| self.x(next.at));
            if let Some(shown) = shown {
                self.access(shown, y, next);
            }
            at = end;
        }
        self.races(all, &track.races, y);
    }

    /// The first access that stands apart from one at `at`.
    fn end_of_sign(&self, all: &[CellAccess], at: Time) -> usize {
        let until = self.view.instant_at(self.x(at) + APART).0.max(at.0 + 1);
        all.partition_point(|access| access.at.0 < until)
    }

    fn access(&mut self, access: &CellAccess, y: f64, next: f64) {
        let x = self.x(access.at);
        let at = Point { x, y };
        let kind = self.digest.names.kind(access.task);
        let (shape, text) = match access.value {
            Some(value) => (SymbolShape::Dot, self.digest.trace().values[value as usize].to_string()),
            None => (SymbolShape::Ring, String::new()),
        };
        self.items.push(SceneItem::Mark(SymbolMark { at, size: SIGN, shape, ink: Ink::Task(hue(kind)) }));
        self.hits.spot(x - SIGN / 2.0, x + SIGN / 2.0, HitTarget::Access(access.event));
        let room = next - x - 2.0 * SIGN;
        if let Some(text) = fit_text(&text, TextSize::Small, room, self.measure) {
            let at = Point { x: x + SIGN, y };
            let plate = Some(Ink::Surface);
            let label =
                TextLabel { at, text, ink: Ink::Text, face: TextSize::Small, align: TextAlign::Start, plate };
            self.items.push(SceneItem::Label(label));
        }
    }

    fn races(&mut self, all: &[CellAccess], races: &[u32], y: f64) {
        let mut last = f64::MIN;
        let first = races.partition_point(|at| all[*at as usize].at < self.from);
        for access in races[first..].iter().map(|at| &all[*at as usize]) {
            let x = self.x(access.at);
            if access.at > self.to {
                break;
            }
            if x - last < APART {
                continue;
            }
            last = x;
            let at = Point { x, y: y - SIGN };
            self.items.push(SceneItem::Mark(SymbolMark {
                at,
                size: 11.0,
                shape: SymbolShape::Bolt,
                ink: Ink::Danger,
            }));
            let around = Bounds::new(x - 5.0, y - 15.0, 10.0, 12.0);
            self.hits.over(around, HitTarget::Moment(access.event));
        }
    }
}
