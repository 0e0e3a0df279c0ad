//! A quantity over two parameters: a cell for each pair of values, coloured by classes between round numbers.
//!
//! Invariant: the cells tile the drawing, the first parameter to the right, the second upwards; a greater
//! figure never has a lower step; the legend says exactly which figures a step stands for. What is met
//! everywhere is told by an outline and by words, never by colour alone.

use super::axis;
use super::ramp::{STEPS, spread};
use super::{AxisTick, PlotFrame, PlotTitle, bound_words, says, titled};
use crate::analysis::swept::{Cell, CellVerdict, Swept};
use crate::analysis::written;
use crate::view::scene::{Bounds, Point};

/// One pair of values.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMapCell {
    /// The cell of the sweep, to open its run.
    pub cell: usize,
    /// Its column, from the left, and its row, from the foot.
    pub slot: (usize, usize),
    /// Rectangle of the cell.
    pub at: Bounds,
    /// Its step of [`super::ramp`]; `None` if there was nothing to measure, which is hatched.
    pub step: Option<usize>,
    /// Its figure, where there is room for that.
    pub label: Option<String>,
    /// How it stands to all that is expected.
    pub standing: CellVerdict,
    /// The share of its runs that hang.
    pub hung: f64,
    /// For who points at it: a sentence a line.
    pub says: String,
}

/// One step of the legend.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMapLegendStep {
    /// Its step of [`super::ramp`].
    pub step: usize,
    /// The figures it stands for, from (included) and to (excluded, but in the last class).
    pub from: f64,
    /// Upper end of the class.
    pub to: f64,
    /// The same in words: `1 s to 2 s`.
    pub label: String,
}

/// A heat map.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    /// The drawing itself, without labels.
    pub area: Bounds,
    /// The quantity's name, above.
    pub title: PlotTitle,
    /// The first parameter's values, below; labels centred on `x_line`.
    pub x: Vec<AxisTick>,
    /// Where the labels of the x axis stand, as y.
    pub x_line: f64,
    /// The first parameter's name, below its labels.
    pub x_title: PlotTitle,
    /// The second parameter's values, from the foot up; labels end `gap` left of the area.
    pub y: Vec<AxisTick>,
    /// The second parameter's name, above the drawing; the quantity's name stands one line higher.
    pub y_title: PlotTitle,
    /// Every pair that is done.
    pub squares: Vec<HeatMapCell>,
    /// Edges between what meets everything and what does not, the drawing's own edge included.
    pub outline: Vec<(Point, Point)>,
    /// From least to most.
    pub classes: Vec<HeatMapLegendStep>,
    /// What is expected of the quantity, in words.
    pub target: Option<String>,
    /// The map in one or two sentences, for who cannot see it.
    pub about: String,
}

impl HeatMap {
    /// The pair at a place.
    pub fn at(&self, place: Point) -> Option<&HeatMapCell> {
        self.squares.iter().find(|square| square.at.contains(place))
    }
}

/// The map of a quantity (an index into [`Swept::quantities`]) over both axes; `None` without such a quantity
/// or with other than two axes.
pub fn heat(swept: &Swept, quantity: usize, frame: &PlotFrame<'_>) -> Option<HeatMap> {
    let about = swept.quantities.get(quantity)?;
    let [across, up] = swept.axes.as_slice() else { return None };
    if across.values.is_empty() || up.values.is_empty() {
        return None;
    }
    let widest = up.values.iter().map(|value| frame.label(value)).fold(0.0, f64::max);
    let area = frame.inside(widest + frame.gap, frame.line * 2.0, frame.gap / 2.0, frame.line * 2.0);
    let grid = HeatMapGrid { area, columns: across.values.len(), rows: up.values.len() };
    let figure = |cell: &Cell| cell.figures.get(quantity).copied().flatten().map(|figure| figure.mean);
    let figures: Vec<f64> = swept.cells.iter().filter_map(figure).collect();
    let classes = classes(about.unit, &figures);
    let texts = |cell: &Cell| figure(cell).map(|value| written::figure(about.unit, value));
    let room = grid.square(0, 0);
    // All or none: a label here and there would look like a choice.
    let has_room = room.height >= frame.line
        && swept.cells.iter().filter_map(texts).all(|text| frame.label(&text) + frame.gap <= room.width);
    let square = |cell: &Cell| {
        let slot = (*cell.at.first()?, *cell.at.get(1)?);
        (slot.0 < grid.columns && slot.1 < grid.rows).then(|| HeatMapCell {
            cell: cell.cell,
            slot,
            at: grid.square(slot.0, slot.1),
            step: figure(cell).and_then(|value| step_of(&classes, value)),
            label: texts(cell).filter(|_| has_room),
            standing: cell.standing,
            hung: cell.hung.mean,
            says: says(swept, cell, &[quantity]),
        })
    };
    let squares: Vec<HeatMapCell> = swept.cells.iter().filter_map(square).collect();
    let x = axis::of_parameter(&across.values, area.width, true, &|label| frame.label(label) + frame.gap);
    let y = axis::of_parameter(&up.values, area.height, true, &|_| frame.line);
    let x_at = |at: &usize| area.x + x.shares[*at] * area.width;
    let y_at = |at: &usize| area.bottom() - y.shares[*at] * area.height;
    let x_title_at = (area.x + area.width / 2.0 - frame.label(&across.name) / 2.0).max(0.0);
    Some(HeatMap {
        area,
        title: titled(frame, Point { x: 0.0, y: frame.line / 2.0 }, &about.name),
        x: x.labelled.iter().map(|at| AxisTick { at: x_at(at), label: across.values[*at].clone() }).collect(),
        x_line: area.bottom() + frame.line / 2.0,
        x_title: titled(frame, Point { x: x_title_at, y: area.bottom() + frame.line * 1.5 }, &across.name),
        y: y.labelled.iter().map(|at| AxisTick { at: y_at(at), label: up.values[*at].clone() }).collect(),
        y_title: titled(frame, Point { x: 0.0, y: frame.line * 1.5 }, &up.name),
        outline: outline(&squares, &grid),
        target: bound_words(about),
        about: in_words(swept, &about.name, &squares, &classes),
        squares,
        classes,
    })
}

struct HeatMapGrid {
    area: Bounds,
    columns: usize,
    rows: usize,
}

impl HeatMapGrid {
    fn x(&self, column: usize) -> f64 {
        self.area.x + column as f64 / self.columns as f64 * self.area.width
    }

    /// The foot of a row.
    fn y(&self, row: usize) -> f64 {
        self.area.bottom() - row as f64 / self.rows as f64 * self.area.height
    }

    fn square(&self, column: usize, row: usize) -> Bounds {
        let (x, y) = (self.x(column), self.y(row + 1));
        Bounds::new(x, y, self.x(column + 1) - x, self.y(row) - y)
    }
}

/// Classes between round numbers that cover all figures: as many as there are colours, or fewer.
fn classes(unit: crate::model::expectation::Unit, figures: &[f64]) -> Vec<HeatMapLegendStep> {
    if figures.is_empty() {
        return Vec::new();
    }
    // One tick more than classes; each takes one unit of a length that holds exactly that number.
    let ticked = axis::of_values(unit, figures, STEPS as f64, &|_| 0.999);
    let classes: Vec<(f64, f64, String)> = ticked
        .ticks
        .windows(2)
        .map(|pair| (pair[0].0, pair[1].0, format!("{} to {}", pair[0].1, pair[1].1)))
        .collect();
    let count = classes.len();
    let class = |(at, (from, to, label))| HeatMapLegendStep { step: spread(at, count), from, to, label };
    classes.into_iter().enumerate().map(class).collect()
}

fn step_of(classes: &[HeatMapLegendStep], value: f64) -> Option<usize> {
    let class = classes.iter().find(|class| value < class.to).or(classes.last())?;
    value.is_finite().then_some(class.step)
}

/// The edges of the region that meets everything.
fn outline(squares: &[HeatMapCell], grid: &HeatMapGrid) -> Vec<(Point, Point)> {
    let mut met = vec![false; grid.columns * grid.rows];
    for square in squares.iter().filter(|square| square.standing.is_met()) {
        met[square.slot.1 * grid.columns + square.slot.0] = true;
    }
    let is_met = |column: Option<usize>, row: Option<usize>| match (column, row) {
        (Some(column), Some(row)) if column < grid.columns && row < grid.rows => {
            met[row * grid.columns + column]
        }
        _ => false,
    };
    let mut edges = Vec::new();
    for square in squares.iter().filter(|square| square.standing.is_met()) {
        let ((column, row), at) = (square.slot, square.at);
        let corner = |x, y| Point { x, y };
        let (left, right, top, foot) = (at.x, at.right(), at.y, at.bottom());
        let sides = [
            (is_met(column.checked_sub(1), Some(row)), corner(left, top), corner(left, foot)),
            (is_met(Some(column + 1), Some(row)), corner(right, top), corner(right, foot)),
            (is_met(Some(column), Some(row + 1)), corner(left, top), corner(right, top)),
            (is_met(Some(column), row.checked_sub(1)), corner(left, foot), corner(right, foot)),
        ];
        edges.extend(sides.into_iter().filter(|(same, ..)| !same).map(|(_, from, to)| (from, to)));
    }
    edges
}

fn in_words(swept: &Swept, name: &str, squares: &[HeatMapCell], classes: &[HeatMapLegendStep]) -> String {
    let met = squares.iter().filter(|square| square.standing.is_met()).count();
    let open = squares.iter().all(|square| square.standing == CellVerdict::Open);
    let ends = |class: &HeatMapLegendStep| class.label.clone();
    let range = match (classes.first(), classes.last()) {
        (Some(first), Some(last)) => format!("classes from {} up to {}", ends(first), ends(last)),
        _ => "nothing to measure".to_owned(),
    };
    let [across, up] = [0, 1].map(|axis| swept.axes[axis].name.as_str());
    let mut text = format!("{name} over {across} and {up}: {range}.");
    if !open {
        text += &format!(" {met} of {} cells meet what is expected.", squares.len());
    }
    text
}
