//! A quantity over one parameter: its curve with the interval around it, what is expected of it, and where
//! runs hang.
//!
//! Invariant: points stand from left to right as the parameter's values were asked for; the band holds the
//! curve; a value at which there was nothing to measure interrupts both and has a place at the foot of the
//! drawing, one that is beyond any bound at its top. Everything is drawn in this order: [`LineChart::target`]'s
//! missed side, bands, curves, points.

use super::axis::{self, AxisScale};
use super::{AxisTick, ExpectationLine, PlotFrame, PlotTitle, bound_words, says, titled};
use crate::analysis::swept::{Cell, CellVerdict, Quantity, Swept};
use crate::analysis::written;
use crate::model::expectation::Comparison;
use crate::view::scene::{Bounds, Point};

/// What is drawn of one value of the parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvePoint {
    /// The cell of the sweep, to open its run.
    pub cell: usize,
    /// Where; at the foot of the drawing if there was nothing to measure, at its top if it is beyond any bound.
    pub at: Point,
    /// The ends of the interval, as y: the upper one is the smaller number. Cut off at the drawing's edges.
    pub interval: (f64, f64),
    /// Whether there was anything to measure, and less than infinitely much.
    pub is_measured: bool,
    /// Whether it is beyond any bound.
    pub is_unbounded: bool,
    /// How it stands to all that is expected. What fails has a cross, whatever its own quantity.
    pub standing: CellVerdict,
    /// For who points at it: a sentence a line.
    pub says: String,
}

/// A piece of the curve without a gap.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CurveSegment {
    /// Means, in order of the parameter.
    pub curve: Vec<Point>,
    /// The band around it: along the upper ends and back along the lower ones. Empty if it has no width.
    pub band: Vec<Point>,
}

/// The bar of one value: the share of its runs that hang.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HangRateBar {
    /// The cell of the sweep.
    pub cell: usize,
    /// Where the value stands, as x.
    pub x: f64,
    /// The bar: its height is the share of runs; as wide as its neighbours allow, cut off at the ends.
    pub bar: Bounds,
    /// The ends of Wilson's interval, as y; the upper one first.
    pub interval: (f64, f64),
    /// Share of runs that hang.
    pub share: f64,
}

/// The strip below the drawing, on the same x axis, that shows how often runs hang.
#[derive(Clone, Debug, PartialEq)]
pub struct HangRateStrip {
    /// Its room: the foot is 0 %, the top 100 %.
    pub area: Bounds,
    /// What stands above it.
    pub title: PlotTitle,
    /// One a value.
    pub bars: Vec<HangRateBar>,
}

/// A chart of one quantity over one parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct LineChart {
    /// The drawing itself, without labels.
    pub area: Bounds,
    /// The quantity's name, above.
    pub title: PlotTitle,
    /// Ticks below the drawing (below [`LineChart::hangs`], if there is such a strip); labels centred on `x_line`.
    pub x: Vec<AxisTick>,
    /// Where the labels of the x axis stand, as y.
    pub x_line: f64,
    /// The parameter's name, centred below its labels.
    pub x_title: PlotTitle,
    /// Ticks left of the drawing, from the foot up; labels end `gap` left of the area.
    pub y: Vec<AxisTick>,
    /// Whether the y axis is logarithmic; worth saying in its title.
    pub is_log: bool,
    /// The curve in its pieces.
    pub stretches: Vec<CurveSegment>,
    /// Every value, from left to right.
    pub spots: Vec<CurvePoint>,
    /// What is expected.
    pub target: Option<ExpectationLine>,
    /// How often runs hang; `None` if none does.
    pub hangs: Option<HangRateStrip>,
    /// The first value at which everything that is expected is met, if it is not the first of all: the place
    /// in [`LineChart::spots`].
    pub answer: Option<usize>,
    /// Words on the drawing: what a point at its upper edge is, and a target that lies beyond it.
    pub notes: Vec<PlotTitle>,
    /// The chart in one or two sentences, for who cannot see it.
    pub about: String,
}

impl LineChart {
    /// The value nearest to a place.
    pub fn nearest(&self, x: f64) -> Option<&CurvePoint> {
        self.spots.iter().min_by(|a, b| (a.at.x - x).abs().total_cmp(&(b.at.x - x).abs()))
    }
}

/// How much of the height the strip of hangs takes.
const STRIP: f64 = 0.16;
/// Multiple of what was measured beyond which a target would press the curve flat.
const FAR: f64 = 2.0;

/// The chart of a quantity (an index into [`Swept::quantities`]) over the first axis; `None` without such a
/// quantity or without values. With a second axis only its first value is drawn.
pub fn line(swept: &Swept, quantity: usize, frame: &PlotFrame<'_>) -> Option<LineChart> {
    let about = swept.quantities.get(quantity)?;
    let parameter = swept.axes.first().filter(|axis| !axis.values.is_empty())?;
    let mut cells: Vec<&Cell> =
        swept.cells.iter().filter(|cell| cell.at.iter().skip(1).all(|at| *at == 0)).collect();
    cells.retain(|cell| cell.at.first().is_some_and(|at| *at < parameter.values.len()));
    cells.sort_by_key(|cell| cell.at[0]);

    let hang = cells.iter().any(|cell| cell.hung.mean > 0.0);
    let strip = if hang { (frame.height * STRIP).max(frame.line) + frame.line } else { 0.0 };
    let bottom = frame.line * 2.0 + strip;
    let tall = frame.height - frame.line - bottom;
    let y = axis::of_values(about.unit, &drawn_values(&cells, quantity, about), tall, &|_| frame.line * 2.0);
    let right = parameter.values.last().map_or(0.0, |last| frame.label(last)) / 2.0;
    let area = frame.inside(y.width(frame) + frame.gap, frame.line, right.max(frame.gap), bottom);
    let x = axis::of_parameter(&parameter.values, area.width, false, &|label| frame.label(label) + frame.gap);

    let place = ChartCoordinates { area, scale: y.scale, xs: &x.shares };
    let spots: Vec<CurvePoint> = cells.iter().map(|cell| place.spot(swept, cell, quantity)).collect();
    let label = |at: &usize| AxisTick { at: place.x(*at), label: parameter.values[*at].clone() };
    let met = spots.iter().position(|spot| spot.standing.is_met());
    let target = target(about, &place);
    let notes = notes(about, target.as_ref(), &spots, &place, frame);
    let x_line = frame.height - frame.line * 1.5;
    let x_title_at = (area.x + area.width / 2.0 - frame.label(&parameter.name) / 2.0).max(0.0);
    Some(LineChart {
        area,
        title: titled(frame, Point { x: 0.0, y: frame.line / 2.0 }, &about.name),
        x: x.labelled.iter().map(label).collect(),
        x_line,
        x_title: titled(frame, Point { x: x_title_at, y: frame.height - frame.line / 2.0 }, &parameter.name),
        y: y.along(area.bottom(), area.y),
        is_log: matches!(y.scale, AxisScale::Log { .. }),
        stretches: stretches(&spots),
        target,
        notes,
        hangs: hang.then(|| hangs(&cells, &place, frame, strip)),
        answer: met.filter(|at| *at > 0),
        about: in_words(swept, about, &cells, quantity),
        spots,
    })
}

/// What the y axis has to cover: means, ends of intervals, and a target that is not far away.
fn drawn_values(cells: &[&Cell], quantity: usize, about: &Quantity) -> Vec<f64> {
    let figures = || cells.iter().filter_map(|cell| cell.figures.get(quantity).copied().flatten());
    // What is beyond any bound has no place on an axis.
    let mut values: Vec<f64> = figures().map(|figure| figure.mean).filter(|mean| mean.is_finite()).collect();
    let greatest = values.iter().copied().fold(0.0, f64::max);
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    // An interval of few runs can reach far below 0, or beyond everything: the curve matters more.
    values.extend(figures().map(|figure| figure.high).filter(|high| *high <= greatest * FAR));
    values.extend(figures().map(|figure| figure.low).filter(|low| *low > 0.0 && *low >= least / FAR));
    let bound = about.bound.map(|(_, bound)| bound);
    values.extend(bound.filter(|bound| *bound <= greatest * FAR && *bound >= 0.0));
    values
}

/// From values to places.
struct ChartCoordinates<'a> {
    area: Bounds,
    scale: AxisScale,
    xs: &'a [f64],
}

impl ChartCoordinates<'_> {
    fn x(&self, value: usize) -> f64 {
        self.area.x + self.xs[value] * self.area.width
    }

    fn y(&self, value: f64) -> f64 {
        self.area.bottom() - self.scale.share(value) * self.area.height
    }

    fn spot(&self, swept: &Swept, cell: &Cell, quantity: usize) -> CurvePoint {
        let found = cell.figures.get(quantity).copied().flatten();
        let is_unbounded = found.is_some_and(|figure| figure.mean == f64::INFINITY);
        let figure = found.filter(|figure| figure.mean.is_finite());
        let edge = if is_unbounded { self.area.y } else { self.area.bottom() };
        let y = figure.map_or(edge, |figure| self.y(figure.mean));
        CurvePoint {
            cell: cell.cell,
            at: Point { x: self.x(cell.at[0]), y },
            // An interval that has no ends is no band: one run says nothing about the next.
            interval: figure
                .filter(|figure| figure.low.is_finite() && figure.high.is_finite())
                .map_or((y, y), |figure| (self.y(figure.high), self.y(figure.low))),
            is_measured: figure.is_some(),
            is_unbounded,
            standing: cell.standing,
            says: says(swept, cell, &[quantity]),
        }
    }
}

fn stretches(spots: &[CurvePoint]) -> Vec<CurveSegment> {
    let pieces = spots.split(|spot| !spot.is_measured).filter(|piece| !piece.is_empty());
    let stretch = |piece: &[CurvePoint]| {
        let end = |spot: &CurvePoint, y: f64| Point { x: spot.at.x, y };
        let upper = piece.iter().map(|spot| end(spot, spot.interval.0));
        let lower = piece.iter().rev().map(|spot| end(spot, spot.interval.1));
        let has_width = piece.iter().any(|spot| spot.interval.0 < spot.interval.1);
        CurveSegment {
            curve: piece.iter().map(|spot| spot.at).collect(),
            band: if has_width { upper.chain(lower).collect() } else { Vec::new() },
        }
    };
    pieces.map(stretch).collect()
}

fn target(about: &Quantity, place: &ChartCoordinates<'_>) -> Option<ExpectationLine> {
    let (how, bound) = about.bound?;
    let (from, to) = place.scale.ends();
    let area = place.area;
    let is_inside = from <= bound && bound <= to;
    let y = place.y(bound);
    let above = Bounds::new(area.x, area.y, area.width, y - area.y);
    let below = Bounds::new(area.x, y, area.width, area.bottom() - y);
    Some(ExpectationLine {
        at: is_inside.then_some(y),
        label: bound_words(about)?,
        missed: match how {
            Comparison::Less | Comparison::AtMost => Some(above),
            Comparison::AtLeast | Comparison::Greater => Some(below),
            Comparison::Equal | Comparison::NotEqual => None,
        }
        .filter(|missed| missed.height > 0.0),
    })
}

/// What a drawing cannot show by where something stands.
fn notes(
    about: &Quantity,
    target: Option<&ExpectationLine>,
    spots: &[CurvePoint],
    place: &ChartCoordinates<'_>,
    frame: &PlotFrame<'_>,
) -> Vec<PlotTitle> {
    let mut notes = Vec::new();
    if let Some(spot) = spots.iter().find(|spot| spot.is_unbounded) {
        let at = Point { x: spot.at.x + frame.gap, y: place.area.y + frame.line * 0.75 };
        notes.push(PlotTitle { at, text: "unbounded".to_owned() });
    }
    let beyond = target.filter(|target| target.at.is_none());
    if let Some((target, (_, bound))) = beyond.zip(about.bound) {
        let is_above = bound > place.scale.ends().1;
        let text = format!("{} lies {} the chart", target.label, if is_above { "above" } else { "below" });
        let x = (place.area.right() - frame.label(&text) - frame.gap).max(place.area.x);
        // Where the drawing is narrow the two would stand on each other.
        let is_taken = |note: &PlotTitle| note.at.x + frame.label(&note.text) + frame.gap > x;
        let below = if notes.iter().any(is_taken) { frame.line } else { 0.0 };
        let edge = if is_above { place.area.y + below } else { place.area.bottom() - frame.line };
        notes.push(PlotTitle { at: Point { x, y: edge + frame.line / 2.0 }, text });
    }
    notes
}

fn hangs(cells: &[&Cell], place: &ChartCoordinates<'_>, frame: &PlotFrame<'_>, strip: f64) -> HangRateStrip {
    let top = place.area.bottom() + frame.line;
    let area = Bounds::new(place.area.x, top, place.area.width, strip - frame.line);
    // As wide as the nearest two values allow.
    let apart = place.xs.windows(2).map(|pair| pair[1] - pair[0]).fold(1.0, f64::min) * area.width;
    let wide = (apart * 0.7).min(frame.line * 2.0);
    let y = |share: f64| area.bottom() - share * area.height;
    let bar = |cell: &&Cell| {
        // The first and the last are cut off at the edge.
        let middle = place.x(cell.at[0]);
        let (left, right) = ((middle - wide / 2.0).max(area.x), (middle + wide / 2.0).min(area.right()));
        HangRateBar {
            cell: cell.cell,
            x: middle,
            bar: Bounds::new(left, y(cell.hung.mean), right - left, cell.hung.mean * area.height),
            interval: (y(cell.hung.high), y(cell.hung.low)),
            share: cell.hung.mean,
        }
    };
    HangRateStrip {
        area,
        title: titled(frame, Point { x: 0.0, y: top - frame.line / 2.0 }, "share of runs that deadlock"),
        bars: cells.iter().map(bar).collect(),
    }
}

/// From where to where, the least, what is met from where on, where runs hang.
fn in_words(swept: &Swept, about: &Quantity, cells: &[&Cell], quantity: usize) -> String {
    let write = |value| written::figure(about.unit, value);
    let value = |cell: &Cell| swept.value(cell, 0).to_owned();
    let name = &swept.axes[0].name;
    let measured: Vec<(&Cell, f64)> = cells
        .iter()
        .filter_map(|cell| Some((*cell, cell.figures.get(quantity).copied().flatten()?.mean)))
        .collect();
    let mut text = format!("{} over {name}: ", about.name);
    match (measured.first(), measured.last()) {
        (Some(first), Some(last)) if first.0.cell != last.0.cell => {
            text +=
                &format!("{} at {}, {} at {}.", write(first.1), value(first.0), write(last.1), value(last.0));
        }
        (Some(only), _) => text += &format!("{} at {}.", write(only.1), value(only.0)),
        _ => text += "nothing to measure.",
    }
    match cells.iter().position(|cell| cell.standing.is_met()) {
        Some(0) => text += &format!(" What is expected is met at {} already.", value(cells[0])),
        Some(met) => text += &format!(" What is expected is first met at {}.", value(cells[met])),
        None => {}
    }
    let hang: Vec<String> =
        cells.iter().filter(|cell| cell.hung.mean > 0.0).map(|cell| value(cell)).collect();
    match hang.as_slice() {
        [] => {}
        [one] => text += &format!(" Runs deadlock at {one}."),
        [first, .., last] => {
            text += &format!(" Runs deadlock at {} values, from {first} to {last}.", hang.len())
        }
    }
    text
}
