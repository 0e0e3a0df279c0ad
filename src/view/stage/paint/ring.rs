//! Lines of waits: thin and grey while somebody will go on, one red ring where nobody can.

use super::super::arrange::NARROW;
use super::super::links::{LinkEnd, StageLink, StageLinkKind};
use super::super::model::ExecutorRoomZone;
use super::super::placed::{PlacedRoom, StageFigure, StageFigureKind};
use super::super::ways::{curve, way_over_row, way_over_seats};
use super::StagePainter;
use crate::view::chart::StuckSeverity;
use crate::view::scene::{
    Bounds, Curve, Ink, Point, Polyline, SceneItem, Stroke, TextAlign, TextLabel, TextSize,
};
use std::collections::BTreeSet;

/// How wide the word over seats or a queue is at most, in pixels.
const CAPTION: f64 = 72.0;
/// For the word over a queue, beside which a label stands.
const WORD: f64 = 44.0;
/// How far a label may be moved from the middle of its line, up or down, in pixels.
const SHIFTS: [f64; 11] = [0.0, -16.0, 16.0, -32.0, 32.0, -48.0, 48.0, -64.0, 64.0, -80.0, 80.0];
/// How far a label may be moved from a line that is shorter than it.
const MAX_SHORT_SHIFT: f64 = 32.0;
/// Parts of a line's way at which its label may stand.
const PARTS: [f64; 5] = [0.5, 0.4, 0.6, 0.3, 0.7];

impl StagePainter<'_> {
    /// Lines that are part of no trouble; none once a deadlock has formed, unless they are pointed at.
    pub(super) fn quiet_links(&mut self, links: &[StageLink]) {
        let is_pointed = self.lit.figure.is_some();
        for link in links.iter().filter(|link| !is_ring(link)) {
            if !self.lit.has_link(link) || (self.stage.is_stuck && !is_pointed) {
                continue;
            }
            let ink = if is_pointed { Ink::Chosen } else { Ink::Muted };
            if let Some(curve) = curve(self.placed, link, ink, if is_pointed { 1.5 } else { 1.0 }) {
                self.items.push(SceneItem::Curve(curve));
            }
        }
    }

    /// Lines of deadlocks and stalls, over everything, with what they say.
    pub(super) fn ring(&mut self, links: &[StageLink]) {
        let in_trouble = links.iter().filter(|link| is_ring(link) && self.lit.has_link(link));
        let in_trouble: Vec<&StageLink> = in_trouble.collect();
        let mut labels: Vec<(&StageLink, Curve)> = Vec::new();
        let mut taken: Vec<Bounds> = Vec::new();
        let mut turn = 0;
        for link in &in_trouble {
            let ink = if link.trouble == StuckSeverity::Stuck { Ink::Danger } else { Ink::Stall };
            if let Some(way) = way_over_seats(self.placed, link, turn) {
                labels.push((link, self.way(&way, ink)));
                turn += 1;
                continue;
            }
            if let Some(way) = way_over_row(self.placed, link) {
                labels.push((link, self.way(&way, ink)));
                continue;
            }
            match curve(self.placed, link, ink, 2.0) {
                Some(curve) => {
                    self.items.push(SceneItem::Curve(curve));
                    labels.push((link, curve));
                }
                None => taken.extend(self.bracket(link, ink)),
            }
        }
        taken.extend(self.placed.figures.iter().map(|figure| figure.at));
        taken.extend(self.placed.objects.iter().copied());
        taken.extend(
            self.placed.rooms.iter().map(|room| Bounds::new(room.at.x, room.at.y, room.at.width, 66.0)),
        );
        let captions = self.placed.rooms.iter().flat_map(|room| [room.seats, room.queue]).flatten();
        taken.extend(captions.map(|at| Bounds::new(at.x, at.y - 20.0, CAPTION, 18.0)));
        // What stands in a pile already is not written beside it again.
        let is_said = |link: &StageLink| match (link.from, link.to) {
            (LinkEnd::Figure(from), LinkEnd::Figure(_)) => {
                matches!(self.placed.figures[from as usize].kind, StageFigureKind::Pile(_))
            }
            (
                LinkEnd::Figure(_)
                | LinkEnd::Object(_)
                | LinkEnd::Seats(_)
                | LinkEnd::Queue(_)
                | LinkEnd::Carriers(_)
                | LinkEnd::Room(_),
                _,
            ) => false,
        };
        labels.retain(|(link, _)| !link.label.is_empty() && !is_said(link));
        if self.placed.width < NARROW {
            self.drop_known(&mut labels);
        }
        for (link, curve) in labels {
            self.line_label(link, &curve, &mut taken);
        }
    }

    /// Where there is little room, what a figure says of itself is not written on its line as well, and nothing twice.
    fn drop_known(&self, labels: &mut Vec<(&StageLink, Curve)>) {
        let mut written: BTreeSet<String> = BTreeSet::new();
        labels.retain(|(link, _)| {
            let is_noted = matches!(link.from, LinkEnd::Figure(from) if self.noted.contains(&from));
            !is_noted && written.insert(link.label.clone())
        });
    }

    /// A dashed line with corners and a head; its longest level part, where its label goes.
    fn way(&mut self, way: &[Point], ink: Ink) -> Curve {
        let points: Vec<(f64, f64)> = way.iter().map(|at| (at.x, at.y)).collect();
        self.dashed(&points, ink);
        let [.., before, end] = way else { return straight(Point::default(), Point::default(), ink) };
        self.head(*end, if end.x < before.x { -1.0 } else { 1.0 }, ink);
        let level = way.windows(2).filter(|part| part[0].y == part[1].y);
        let longest = level.max_by(|a, b| (a[0].x - a[1].x).abs().total_cmp(&(b[0].x - b[1].x).abs()));
        let (from, to) = longest.map_or((*before, *end), |part| (part[0], part[1]));
        straight(from, to, ink)
    }

    /// The label of a line where it lies over nothing else; left out if there is no such place.
    fn line_label(&mut self, link: &StageLink, curve: &Curve, taken: &mut Vec<Bounds>) {
        let wide = (self.measure)(&link.label, TextSize::Body);
        // Far from a short line a label belongs to nothing.
        let is_short = (curve.to.x - curve.from.x).hypot(curve.to.y - curve.from.y) < wide;
        let shifts = SHIFTS.iter().filter(|shift| !is_short || libm::fabs(**shift) <= MAX_SHORT_SHIFT);
        let candidates = shifts.flat_map(|shift| PARTS.iter().map(move |part| (*part, *shift)));
        let place = |(part, shift): (f64, f64)| {
            let middle = curve.at(part);
            let x = middle
                .x
                .clamp(wide / 2.0 + 8.0, (self.placed.width - wide / 2.0 - 8.0).max(wide / 2.0 + 8.0));
            Bounds::new(x - wide / 2.0 - 4.0, middle.y + shift - 9.0, wide + 8.0, 18.0)
        };
        let is_inside = |at: &Bounds| at.y >= 0.0 && at.bottom() <= self.placed.height;
        let is_free = |at: &Bounds| !taken.iter().any(|other| overlap(*other, *at));
        let Some(at) = candidates.map(place).find(|at| is_inside(at) && is_free(at)) else { return };
        taken.push(at);
        let ink = if link.trouble == StuckSeverity::Stuck { Ink::Danger } else { Ink::Stall };
        self.plated(Point { x: at.x + at.width / 2.0, y: at.y + 9.0 }, &link.label, ink);
    }

    fn plated(&mut self, at: Point, text: &str, ink: Ink) {
        // Never over the edge of the picture.
        let half = (self.measure)(text, TextSize::Body) / 2.0 + 6.0;
        let at = Point { x: at.x.min(self.placed.width - half).max(half), ..at };
        self.items.push(SceneItem::Label(TextLabel {
            at,
            text: text.to_owned(),
            ink,
            face: TextSize::Body,
            align: TextAlign::Middle,
            plate: Some(Ink::Surface),
        }));
    }

    /// A queue and the workers that it needs, each in a bracket, joined by a dashed line; where its label is.
    fn bracket(&mut self, link: &StageLink, ink: Ink) -> Option<Bounds> {
        debug_assert_eq!(link.kind, StageLinkKind::NeedsAny);
        let (LinkEnd::Queue(executor), placed) = (link.from, self.placed) else { return None };
        let room = placed.room(executor)?;
        let (seats, queue) = (self.rows(room, true)?, self.rows(room, false)?);
        let space = if room.is_side_by_side { seats.right() - queue.x } else { queue.width - WORD };
        let label = self.needs_label(&link.label, space);
        let wide = (self.measure)(label, TextSize::Body);
        let around = |at: Point| Bounds::new(at.x - wide / 2.0 - 4.0, at.y - 9.0, wide + 8.0, 18.0);
        if room.is_side_by_side {
            let (left, right) = (queue.x - 14.0, seats.right() + 14.0);
            self.brace(left, queue, 1.0, ink);
            self.brace(right, seats, -1.0, ink);
            let y = queue.bottom().max(seats.bottom()) + 20.0;
            let (start, end) = (queue.y + queue.height / 2.0, seats.y + seats.height / 2.0);
            let way =
                [(left, start), (left - 10.0, start), (left - 10.0, y), (right + 8.0, y), (right + 8.0, end)];
            self.dashed(&way, ink);
            self.head(Point { x: right + 1.0, y: end }, -1.0, ink);
            let at = Point { x: (left + right) / 2.0, y };
            self.plated(at, label, ink);
            return Some(around(at));
        }
        let x = queue.x - 4.0;
        let (start, end) = (queue.y + queue.height / 2.0, seats.y + seats.height / 2.0);
        self.dashed(&[(x, start), (x - 8.0, start), (x - 8.0, end), (x, end)], ink);
        self.head(Point { x: x + 4.0, y: end }, 1.0, ink);
        // Beside the word over the queue, if that takes it past the end of the queue.
        let x = (queue.right() - wide / 2.0).max(queue.x + WORD + wide / 2.0);
        let at = Point { x, y: queue.y - 13.0 };
        self.plated(at, label, ink);
        Some(around(at))
    }

    /// What is written on a queue's line to the workers, in this much room.
    fn needs_label<'t>(&self, label: &'t str, room: f64) -> &'t str {
        let wordings = [label, "each needs a worker", "needs a worker"];
        wordings.into_iter().find(|text| (self.measure)(text, TextSize::Body) <= room).unwrap_or(wordings[2])
    }

    /// From the first figure in a room's seats, or in its queue, to the last.
    fn rows(&self, room: &PlacedRoom, are_seats: bool) -> Option<Bounds> {
        let zone = |figure: &&StageFigure| {
            figure.zone.executor() == room.executor
                && matches!(figure.zone, ExecutorRoomZone::Seats(_)) == are_seats
        };
        let mut all = self.placed.figures.iter().filter(zone).map(|figure| figure.at);
        let first = all.next()?;
        Some(all.fold(first, |sum, at| {
            let (x, y) = (sum.x.min(at.x), sum.y.min(at.y));
            Bounds::new(x, y, sum.right().max(at.right()) - x, sum.bottom().max(at.bottom()) - y)
        }))
    }

    fn brace(&mut self, x: f64, around: Bounds, open: f64, ink: Ink) {
        let (top, bottom) = (around.y, around.bottom());
        let points = [(x + 6.0 * open, top), (x, top), (x, bottom), (x + 6.0 * open, bottom)];
        let points = points.map(|(x, y)| Point { x, y }).to_vec();
        self.items.push(SceneItem::Polyline(Polyline { points, ink, stroke: Stroke::Solid, width: 2.0 }));
    }

    fn dashed(&mut self, way: &[(f64, f64)], ink: Ink) {
        let points = way.iter().map(|(x, y)| Point { x: *x, y: *y }).collect();
        self.items.push(SceneItem::Polyline(Polyline { points, ink, stroke: Stroke::Dashed, width: 2.0 }));
    }

    /// The head of a level line that ends here, to the right if `ahead` is positive.
    fn head(&mut self, at: Point, ahead: f64, ink: Ink) {
        let back = Point { x: at.x - ahead * 6.0, y: at.y };
        self.items.push(SceneItem::Curve(Curve { has_head: true, ..straight(back, at, ink) }));
    }
}

/// Whether a line is part of a deadlock or a stall, not merely behind one.
fn is_ring(link: &StageLink) -> bool {
    match link.trouble {
        StuckSeverity::Stuck | StuckSeverity::Stalled => true,
        StuckSeverity::Behind | StuckSeverity::None => false,
    }
}

fn overlap(a: Bounds, b: Bounds) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

/// A straight line without a head.
fn straight(from: Point, to: Point, ink: Ink) -> Curve {
    let (stroke, width) = (Stroke::Solid, 2.0);
    Curve { from, leave: from, approach: from, to, ink, stroke, width, has_head: false }
}
