//! The ways of lines: between figures beside each other, around those in one column, along a room to the objects below it.
//!
//! Invariant: a line to an object passes over neither words nor other objects.

use super::links::{LinkEnd, StageLink, StageLinkKind};
use super::model::ExecutorRoomZone;
use super::placed::{StageFigure, StageLayout};
use crate::view::scene::{Bounds, Curve, Ink, Point, Stroke};

/// Between two lines that run beside each other.
const BESIDE_LINE: f64 = 6.0;
/// How far above a row a line passes that leads over it.
const OVER_ROW: f64 = 7.0;
/// How far left of a row that line comes down.
const BEFORE_ROW: f64 = 22.0;
/// Between a line and the edge of the picture.
const EDGE: f64 = 3.0;
/// Maximum number of lines beside each other; further ones lie over them.
const MAX_TURNS: u32 = 3;

/// The bounds of an end.
fn bounds(placed: &StageLayout, target: LinkEnd) -> Option<Bounds> {
    match target {
        LinkEnd::Figure(figure) => placed.figures.get(figure as usize).map(|figure| figure.at),
        LinkEnd::Object(object) => placed.objects.get(object as usize).copied(),
        LinkEnd::Seats(executor) => placed.room(executor)?.seats,
        LinkEnd::Carriers(executor) => placed.room(executor)?.strips.first().copied(),
        LinkEnd::Room(executor) => {
            let at = placed.room(executor)?.at;
            Some(Bounds::new(at.x, at.y, at.width, at.height.min(180.0)))
        }
        LinkEnd::Queue(executor) => {
            let queue = placed.figures.iter().find(|figure| figure.zone == ExecutorRoomZone::Queue(executor));
            queue.map(|figure| figure.at).or(placed.room(executor)?.queue).or(Some(placed.room(executor)?.at))
        }
    }
}

/// The curve of a line; `None` for one that is drawn as a bracket, or whose end is nowhere.
pub(super) fn curve(placed: &StageLayout, link: &StageLink, ink: Ink, width: f64) -> Option<Curve> {
    if link.kind == StageLinkKind::NeedsAny {
        return None;
    }
    let (from, to) = (bounds(placed, link.from)?, bounds(placed, link.to)?);
    let stroke = match link.kind {
        StageLinkKind::HeldBy | StageLinkKind::BroughtBy => Stroke::Dashed,
        StageLinkKind::WaitsFor | StageLinkKind::NeedsAny => Stroke::Solid,
    };
    let [from, leave, approach, to] = match (link.from, link.to) {
        (_, LinkEnd::Object(_)) if to.y > from.bottom() + 24.0 => {
            down(from, to, around(placed, link.from), has_above(placed, to))
        }
        (LinkEnd::Object(_), _) if from.y > to.bottom() + 24.0 => {
            up(from, to, around(placed, link.to), has_above(placed, from))
        }
        _ => across(from, to),
    };
    let [leave, approach] = inside(placed.width, [from, leave, approach, to]);
    Some(Curve { from, leave, approach, to, ink, stroke, width, has_head: true })
}

/// The way of a line from an object beside a room to a figure in its queue: over the seats between them, and down in
/// the gap before them; `None` where there are no seats between. `turn` tells several such lines apart.
pub(super) fn way_over_seats(placed: &StageLayout, link: &StageLink, turn: u32) -> Option<Vec<Point>> {
    let (LinkEnd::Object(_), LinkEnd::Figure(figure)) = (link.from, link.to) else { return None };
    let (from, to) = (bounds(placed, link.from)?, bounds(placed, link.to)?);
    let room = placed.room(placed.figures[figure as usize].zone.executor())?;
    let seats = room.seats.filter(|_| room.is_side_by_side)?;
    if !(to.right() <= seats.x && seats.right() <= from.x) {
        return None;
    }
    let aside = f64::from(turn % MAX_TURNS) * BESIDE_LINE;
    let (over, gap) = (over_caption(room.at, seats) - aside, seats.x - 24.0 - aside);
    let out = (room.at.right() + from.x) / 2.0 + aside;
    let (start, end) = (middle(from) - BESIDE_LINE - aside, middle(to));
    let way = [(from.x, start), (out, start), (out, over), (gap, over), (gap, end), (to.right(), end)];
    Some(way.map(|(x, y)| Point { x, y }).to_vec())
}

/// The way of a line from an object beside a room to a figure that has others in its row before it, as tasks on one
/// thread have: above the row, and from the left into the figure. `None` where nothing is between.
pub(super) fn way_over_row(placed: &StageLayout, link: &StageLink) -> Option<Vec<Point>> {
    let (LinkEnd::Object(_), LinkEnd::Figure(figure)) = (link.from, link.to) else { return None };
    let (from, to) = (bounds(placed, link.from)?, bounds(placed, link.to)?);
    let own = placed.figures[figure as usize];
    let is_between = |other: &StageFigure| {
        let at = other.at;
        other.zone == own.zone
            && at.x >= to.right()
            && at.right() <= from.x
            && at.y < to.bottom()
            && to.y < at.bottom()
    };
    let last = placed.figures.iter().filter(|other| is_between(other)).map(|other| other.at.right());
    let last = last.max_by(f64::total_cmp)?;
    let room = placed.room(own.zone.executor())?;
    let is_first = |seats: &Bounds| to.y <= seats.y + 1.0;
    let over = room.seats.filter(is_first).map_or(to.y - OVER_ROW, |seats| over_caption(room.at, seats));
    let out = (room.at.right().max(last) + from.x) / 2.0;
    let (start, before, end) = (middle(from) - BESIDE_LINE, to.x - BEFORE_ROW, middle(to));
    let way = [(from.x, start), (out, start), (out, over), (before, over), (before, end), (to.x, end)];
    Some(way.map(|(x, y)| Point { x, y }).to_vec())
}

/// Between the note over a room and the word over its seats; in a tight room as far from both as can be.
fn over_caption(room: Bounds, seats: Bounds) -> f64 {
    let (note, word) = (room.y + 48.0, seats.y - 17.0);
    ((note + word) / 2.0).max(seats.y - 21.0)
}

/// Where a curve has to bend so that no part of it leaves a picture of this width.
fn inside(width: f64, [from, leave, approach, to]: [Point; 4]) -> [Point; 2] {
    // Halfway, a quarter of a curve's place comes from its ends and three from where it bends.
    let ends = (from.x + to.x) / 2.0;
    let furthest = |edge: f64| (edge - 0.25 * ends) / 0.75;
    let (left, right) = (furthest(EDGE).min(ends), furthest(width - EDGE).max(ends));
    [leave, approach].map(|at| Point { x: at.x.clamp(left, right), ..at })
}

fn middle(at: Bounds) -> f64 {
    at.y + at.height / 2.0
}

fn centre(at: Bounds) -> f64 {
    at.x + at.width / 2.0
}

/// Between figures beside each other, or around the right of those below each other.
fn across(from: Bounds, to: Bounds) -> [Point; 4] {
    let (y, end) = (middle(from), middle(to));
    let is_same_column = from.x < to.right() && to.x < from.right();
    if is_same_column {
        let out = from.right().max(to.right()) + 34.0;
        return [
            Point { x: from.right(), y },
            Point { x: out, y },
            Point { x: out, y: end },
            Point { x: to.right(), y: end },
        ];
    }
    let (start, goal, ahead) =
        if from.right() <= to.x { (from.right(), to.x, 1.0) } else { (from.x, to.right(), -1.0) };
    let bend = ((goal - start).abs() * 0.5).max(24.0) * ahead;
    [
        Point { x: start, y },
        Point { x: start + bend, y },
        Point { x: goal - bend, y: end },
        Point { x: goal, y: end },
    ]
}

/// The room that a figure is in, or the end itself.
fn around(placed: &StageLayout, target: LinkEnd) -> Bounds {
    let room = match target {
        LinkEnd::Figure(figure) => placed
            .figures
            .get(figure as usize)
            .and_then(|figure| placed.room(figure.zone.executor()))
            .map(|room| room.at),
        LinkEnd::Object(_)
        | LinkEnd::Seats(_)
        | LinkEnd::Queue(_)
        | LinkEnd::Carriers(_)
        | LinkEnd::Room(_) => None,
    };
    room.or_else(|| bounds(placed, target)).unwrap_or_default()
}

/// Whether another object stands right above an object.
fn has_above(placed: &StageLayout, object: Bounds) -> bool {
    let is_above =
        |other: &Bounds| other.bottom() <= object.y && other.x < object.right() && object.x < other.right();
    placed.objects.iter().any(is_above)
}

/// On which side of a room a line between a figure in it and an object below it passes: on the object's.
fn side_of(room: Bounds, object: Bounds) -> f64 {
    if centre(object) >= centre(room) { 1.0 } else { -1.0 }
}

/// From the side of a figure along its room down to the upper edge of an object; to its side, where another object is
/// above it.
fn down(from: Bounds, to: Bounds, room: Bounds, is_beside: bool) -> [Point; 4] {
    let side = side_of(room, to);
    let (x, y) = (if side > 0.0 { from.right() } else { from.x }, middle(from));
    if is_beside {
        let (goal, end) = (if side > 0.0 { to.right() } else { to.x }, middle(to) - BESIDE_LINE);
        return [
            Point { x, y },
            Point { x: x + side * 40.0, y },
            Point { x: goal + side * 48.0, y: end },
            Point { x: goal, y: end },
        ];
    }
    let goal = centre(to) + side * to.width * 0.12;
    [
        Point { x, y },
        Point { x: x + side * 56.0, y: y + (to.y - y) * 0.55 },
        Point { x: goal, y: to.y - 32.0 },
        Point { x: goal, y: to.y },
    ]
}

/// From the upper edge of an object to the outside of a room, and along it up to the side of a figure in it: over neither
/// the objects beside it nor what is in the room. From its side, where another object is above it.
fn up(from: Bounds, to: Bounds, room: Bounds, is_beside: bool) -> [Point; 4] {
    let side = side_of(room, from);
    let edge = |at: Bounds| if side > 0.0 { at.right() } else { at.x };
    if is_beside {
        let (start, end) = (middle(from) + BESIDE_LINE, middle(to) + to.height * 0.2);
        return [
            Point { x: edge(from), y: start },
            Point { x: edge(from) + side * 64.0, y: start },
            Point { x: edge(to) + side * 62.0, y: end },
            Point { x: edge(to), y: end },
        ];
    }
    let (x, goal) = (centre(from) + side * from.width * 0.3, edge(to));
    let end = middle(to) + to.height * 0.2;
    let outside = goal + side * 62.0;
    [
        Point { x, y: from.y },
        Point { x: outside, y: from.y - 24.0 },
        Point { x: outside, y: end },
        Point { x: goal, y: end },
    ]
}
