//! Charts of many runs: a curve over one parameter ([`mod@line`]), a heat map over two ([`heat`]), two costs
//! against each other ([`scatter`]).
//!
//! ```text
//! study::sweep -> analysis::swept -> a plot (places, ticks, labels, words) -> a page's SVG, or a terminal
//! ```
//!
//! Invariant: a plot is a function of what was swept and of the [`PlotFrame`] it is drawn in. Its places are in
//! the frame's own units, from its upper left corner: pixels on a page, columns and rows in a terminal. Labels
//! never overlap, and everything lies within the frame. A plot names no colour: steps of a heat map have
//! theirs in [`ramp`], everything else is said by what it is.

pub mod axis;
pub mod chart;
pub mod heat;
pub mod heat_scene;
pub mod line;
pub mod ramp;
pub mod scatter;
pub mod scene;

use super::scene::{Bounds, Measure, Point, TextSize};
use crate::analysis::swept::{Cell, CellVerdict, Quantity, Swept};
use crate::analysis::written;
use crate::model::expectation::Comparison;

/// The room for a plot, and how large text is in it.
#[derive(Clone, Copy)]
pub struct PlotFrame<'a> {
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
    /// The height of a line of text, with the space to the next.
    pub line: f64,
    /// The least space between two labels that stand side by side, and between a label and what it labels.
    pub gap: f64,
    /// How wide a label is.
    pub measure: Measure<'a>,
}

impl<'a> PlotFrame<'a> {
    /// Of a page, in CSS pixels; labels are set in [`TextSize::Small`].
    pub fn page(width: f64, height: f64, measure: Measure<'a>) -> PlotFrame<'a> {
        PlotFrame { width, height, line: 16.0, gap: 8.0, measure }
    }

    /// Of a terminal, in columns and rows.
    pub fn terminal(columns: usize, rows: usize) -> PlotFrame<'static> {
        let measure = &|text: &str, _: TextSize| text.chars().count() as f64;
        PlotFrame { width: columns as f64, height: rows as f64, line: 1.0, gap: 1.0, measure }
    }

    /// How wide a label is.
    pub fn label(&self, text: &str) -> f64 {
        (self.measure)(text, TextSize::Small)
    }

    /// What is left for the drawing between these margins; never less than nothing.
    fn inside(&self, left: f64, top: f64, right: f64, bottom: f64) -> Bounds {
        let (left, top) = (left.min(self.width), top.min(self.height));
        Bounds::new(left, top, self.width - left - right, self.height - top - bottom)
    }
}

/// Something labelled on an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisTick {
    /// Where along the axis: x on a horizontal one, y on a vertical one.
    pub at: f64,
    /// What stands there, centred on it.
    pub label: String,
}

/// What a scenario expects of a quantity, as a line across a plot.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectationLine {
    /// Where, along the quantity's axis; `None` if it lies beyond what is drawn.
    pub at: Option<f64>,
    /// In words: `at most 2 s`.
    pub label: String,
    /// The part of the drawing in which it is not met; `None` for an equality, which fails nearly everywhere.
    pub missed: Option<Bounds>,
}

/// A bound in words: `below 2 s`, `at least 18/s`.
pub fn bound_words(quantity: &Quantity) -> Option<String> {
    let (how, value) = quantity.bound?;
    let value = written::figure(quantity.unit, value);
    Some(match how {
        Comparison::Less => format!("below {value}"),
        Comparison::AtMost => format!("at most {value}"),
        Comparison::Equal => format!("just {value}"),
        Comparison::NotEqual => format!("not {value}"),
        Comparison::AtLeast => format!("at least {value}"),
        Comparison::Greater => format!("above {value}"),
    })
}

/// All that is known of a cell, for whoever points at it: one sentence a line.
fn says(swept: &Swept, cell: &Cell, quantities: &[usize]) -> String {
    let mut lines = vec![swept.place(cell)];
    for &at in quantities {
        let (Some(quantity), figure) = (swept.quantities.get(at), cell.figures.get(at).copied().flatten())
        else {
            continue;
        };
        let write = |value| written::figure(quantity.unit, value);
        lines.push(match figure {
            None => format!("{}: nothing to measure", quantity.name),
            Some(f) if f.low == f.high => format!("{}: {}", quantity.name, write(f.mean)),
            Some(f) if f.low.is_finite() && f.high.is_finite() => {
                format!("{}: {} ({} to {})", quantity.name, write(f.mean), write(f.low), write(f.high))
            }
            Some(f) => format!("{}: {} in one run", quantity.name, write(f.mean)),
        });
    }
    if cell.hung.mean > 0.0 {
        lines.push(format!("hangs in {} % of the runs", written::number((cell.hung.mean * 100.0).round())));
    }
    if cell.standing != CellVerdict::Open {
        lines.push(cell.standing.words().to_owned());
    }
    lines.join("\n")
}

/// A title of a quantity or an axis above or below a drawing, cut if it is too long.
fn titled(frame: &PlotFrame<'_>, at: Point, text: &str) -> PlotTitle {
    let room = frame.width - at.x;
    let mut kept = text.chars().count();
    let mut title = text.to_owned();
    while frame.label(&title) > room && kept > 0 {
        kept -= 1;
        title = text.chars().take(kept).chain(['…']).collect();
    }
    PlotTitle { at, text: title }
}

/// A line of text that begins at a point, centred on it vertically.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotTitle {
    /// Position of the label.
    pub at: Point,
    /// What it says.
    pub text: String,
}
