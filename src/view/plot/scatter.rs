//! Two quantities of every cell against each other: what nothing beats is the front, and where paying more
//! stops paying off is its knee ([`crate::analysis::pareto`]).
//!
//! Invariant: better is left and down where lower is better, right and up where higher is; a point of the
//! front is never also called beaten. Labels keep clear of each other; the knee's is placed first, then those
//! of the front, the others have none.

use super::axis::{self, TickedAxis};
use super::{AxisTick, ExpectationLine, PlotFrame, PlotTitle, bound_words, says, titled};
use crate::analysis::pareto::choice;
use crate::analysis::swept::{CellVerdict, Quantity, Swept};
use crate::model::expectation::{Comparison, Unit};
use crate::view::scene::{Bounds, Point};

/// What a point is in the choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParetoRank {
    /// Another is no worse in both and better in one: drawn faint.
    Beaten,
    /// Nothing beats it.
    Front,
    /// The front bends most here.
    Knee,
}

/// A cell of the sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct ScatterPoint {
    /// The cell of the sweep, to open its run.
    pub cell: usize,
    /// Position of the dot.
    pub at: Point,
    /// What it is in the choice.
    pub rank: ParetoRank,
    /// How it stands to all that is expected.
    pub standing: CellVerdict,
    /// Its values, where there is room for them: a line of text that begins there.
    pub label: Option<PlotTitle>,
    /// For who points at it: a sentence a line.
    pub says: String,
}

/// A chart of two quantities against each other.
#[derive(Clone, Debug, PartialEq)]
pub struct ScatterPlot {
    /// The drawing itself, without labels.
    pub area: Bounds,
    /// Ticks below the drawing; labels centred on `x_line`.
    pub x: Vec<AxisTick>,
    /// Where the labels of the x axis stand, as y.
    pub x_line: f64,
    /// The first quantity's name, below its labels.
    pub x_title: PlotTitle,
    /// Ticks left of the drawing, from the foot up; labels end `gap` left of the area.
    pub y: Vec<AxisTick>,
    /// The second quantity's name, above.
    pub y_title: PlotTitle,
    /// Every cell with both figures, the beaten first, so that the front is drawn over them.
    pub dots: Vec<ScatterPoint>,
    /// The front, joined, by ascending cost.
    pub front: Vec<Point>,
    /// What is expected of each quantity, the first one's as x.
    pub targets: [Option<ExpectationLine>; 2],
    /// Cells without one of the figures, which cannot be drawn.
    pub left_out: usize,
    /// The chart in one or two sentences, for who cannot see it.
    pub about: String,
}

impl ScatterPlot {
    /// The cell nearest to a place.
    pub fn nearest(&self, place: Point) -> Option<&ScatterPoint> {
        let far = |dot: &ScatterPoint| libm::hypot(dot.at.x - place.x, dot.at.y - place.y);
        self.dots.iter().min_by(|a, b| far(a).total_cmp(&far(b)))
    }
}

/// The chart of two quantities (indices into [`Swept::quantities`]), the first to the right, the second
/// upwards; `None` without them or without a cell that has both figures.
pub fn scatter(swept: &Swept, quantities: [usize; 2], frame: &PlotFrame<'_>) -> Option<ScatterPlot> {
    let about = [swept.quantities.get(quantities[0])?, swept.quantities.get(quantities[1])?];
    let choice = choice(swept, quantities);
    if choice.cells.is_empty() {
        return None;
    }
    let mean = |at: usize, which: usize| {
        swept.cells[choice.cells[at]].figures[quantities[which]].map_or(0.0, |figure| figure.mean)
    };
    let values = |which: usize| (0..choice.cells.len()).map(|at| mean(at, which)).collect::<Vec<f64>>();
    let bottom = frame.line * 2.0;
    let tall = frame.height - frame.line - bottom;
    let y = axis::of_values(about[1].unit, &values(1), tall, &|_| frame.line * 2.0);
    let left = y.width(frame) + frame.gap;
    let (x, area) = across(about[0].unit, &values(0), frame, left);
    let place = |at: usize| Point {
        x: area.x + x.scale.share(mean(at, 0)) * area.width,
        y: area.bottom() - y.scale.share(mean(at, 1)) * area.height,
    };
    let rank = |at: usize| match (choice.front.knee == Some(at), choice.front.points.contains(&at)) {
        (true, _) => ParetoRank::Knee,
        (false, true) => ParetoRank::Front,
        (false, false) => ParetoRank::Beaten,
    };
    let mut dots: Vec<ScatterPoint> = (0..choice.cells.len())
        .map(|at| {
            let cell = &swept.cells[choice.cells[at]];
            let says = says(swept, cell, &quantities);
            ScatterPoint {
                cell: cell.cell,
                at: place(at),
                rank: rank(at),
                standing: cell.standing,
                label: None,
                says,
            }
        })
        .collect();
    let front = choice.front.points.iter().map(|at| place(*at)).collect();
    dots.sort_by_key(|dot| dot.rank);
    label(&mut dots, swept, frame, area);
    let x_title_at = (area.x + area.width / 2.0 - frame.label(&about[0].name) / 2.0).max(0.0);
    let along = |share: f64| area.x + share * area.width;
    let up = |share: f64| area.bottom() - share * area.height;
    Some(ScatterPlot {
        area,
        x: x.along(area.x, area.right()),
        x_line: area.bottom() + frame.line / 2.0,
        x_title: titled(frame, Point { x: x_title_at, y: area.bottom() + frame.line * 1.5 }, &about[0].name),
        y: y.along(area.bottom(), area.y),
        y_title: titled(frame, Point { x: 0.0, y: frame.line / 2.0 }, &about[1].name),
        front,
        targets: [
            target(about[0], x.scale, &along, &|at, is_more_missed| match is_more_missed {
                true => Bounds::new(at, area.y, area.right() - at, area.height),
                false => Bounds::new(area.x, area.y, at - area.x, area.height),
            }),
            target(about[1], y.scale, &up, &|at, is_more_missed| match is_more_missed {
                true => Bounds::new(area.x, area.y, area.width, at - area.y),
                false => Bounds::new(area.x, at, area.width, area.bottom() - at),
            }),
        ],
        left_out: swept.cells.len() - choice.cells.len(),
        about: in_words(swept, about, &dots),
        dots,
    })
}

/// The x axis and the drawing above it, with room at the right for half of the last label.
fn across(unit: Unit, values: &[f64], frame: &PlotFrame<'_>, left: f64) -> (TickedAxis, Bounds) {
    let mut right = frame.gap;
    loop {
        let area = frame.inside(left, frame.line, right, frame.line * 2.0);
        let x = axis::of_values(unit, values, area.width, &|label| frame.label(label) + frame.gap);
        let half = x.ticks.last().map_or(0.0, |(_, label)| frame.label(label) / 2.0);
        if half <= right {
            return (x, area);
        }
        right = half;
    }
}

fn target(
    about: &Quantity,
    scale: axis::AxisScale,
    place: &dyn Fn(f64) -> f64,
    missed: &dyn Fn(f64, bool) -> Bounds,
) -> Option<ExpectationLine> {
    let (how, bound) = about.bound?;
    let (from, to) = scale.ends();
    let at = place(scale.share(bound));
    let side = match how {
        Comparison::Less | Comparison::AtMost => Some(true),
        Comparison::AtLeast | Comparison::Greater => Some(false),
        Comparison::Equal | Comparison::NotEqual => None,
    };
    Some(ExpectationLine {
        at: (from <= bound && bound <= to).then_some(at),
        label: bound_words(about)?,
        missed: side.map(|side| missed(at, side)).filter(|room| room.width > 0.0 && room.height > 0.0),
    })
}

/// Gives labels to the knee and then the front, beside each point, where nothing is in the way.
fn label(dots: &mut [ScatterPoint], swept: &Swept, frame: &PlotFrame<'_>, area: Bounds) {
    let mut taken: Vec<Bounds> = Vec::new();
    let points: Vec<Point> = dots.iter().map(|dot| dot.at).collect();
    for (at, dot) in dots.iter_mut().enumerate().rev().filter(|(_, dot)| dot.rank != ParetoRank::Beaten) {
        let Some(cell) = swept.cells.iter().find(|cell| cell.cell == dot.cell) else { continue };
        let values: Vec<&str> = (0..swept.axes.len()).map(|axis| swept.value(cell, axis)).collect();
        let text = values.join(", ");
        let (wide, half) = (frame.label(&text), frame.line / 2.0);
        let places =
            [(frame.gap, -half), (frame.gap, half), (-frame.gap - wide, half), (-frame.gap - wide, -half)];
        let free = places.into_iter().map(|(right, down)| Bounds {
            x: dot.at.x + right,
            y: dot.at.y + down - half,
            width: wide,
            height: frame.line,
        });
        let clear = |room: &Bounds| {
            let inside = room.x >= area.x
                && room.right() <= frame.width
                && room.y >= 0.0
                && room.bottom() <= area.bottom();
            let alone = taken.iter().all(|other| !overlap(*room, *other));
            inside
                && alone
                && points.iter().enumerate().all(|(other, point)| other == at || !room.contains(*point))
        };
        if let Some(room) = free.into_iter().find(clear) {
            taken.push(room);
            dot.label = Some(PlotTitle { at: Point { x: room.x, y: room.y + half }, text });
        }
    }
}

fn overlap(a: Bounds, b: Bounds) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

fn in_words(swept: &Swept, about: [&Quantity; 2], dots: &[ScatterPoint]) -> String {
    let front = dots.iter().filter(|dot| dot.rank != ParetoRank::Beaten).count();
    let mut text = format!(
        "{} against {}: nothing beats {front} of {} choices.",
        about[0].name,
        about[1].name,
        dots.len()
    );
    let knee = dots.iter().find(|dot| dot.rank == ParetoRank::Knee);
    let cell = knee.and_then(|dot| swept.cells.iter().find(|cell| cell.cell == dot.cell));
    if let Some(cell) = cell {
        text += &format!(" The knee is at {}.", swept.place(cell));
    }
    text
}
