//! The forms of a drawing, as plain data.

use crate::view::scene::{Bounds, Ink, Point, Stroke, TextAlign, TextSize};

/// Width and height of the tile that hatching repeats, in pixels, before it is turned by 45°.
pub const HATCH: f64 = 6.0;
/// Width of the stripe along the left edge of that tile, in pixels.
pub const HATCH_STRIPE: f64 = 1.6;
/// How strong the ground of hatching is.
pub const HATCH_GROUND: f64 = 0.16;
/// How strong its stripes are, over the ground.
pub const HATCH_LINES: f64 = 0.75;
/// From the middle of a line of text down to its baseline, as a share of its size.
pub const BASELINE: f64 = 0.35;

/// A piece of a drawing.
#[derive(Clone, Debug, PartialEq)]
pub enum DrawingPrimitive {
    /// A form that is filled.
    Filled {
        /// What is filled.
        form: DrawingShape,
        /// What it is filled with.
        paint: FillPaint,
        /// How strongly, from 0 to 1.
        opacity: f64,
    },
    /// A form whose edge is drawn.
    Stroked {
        /// The form whose edge is drawn.
        form: DrawingShape,
        /// Meaning of its colour.
        ink: Ink,
        /// Width of the line, in pixels.
        width: f64,
        /// Solid, dashed or dotted.
        stroke: Stroke,
    },
    /// A line of text.
    Text {
        /// The point that the text begins, ends or is centred at; its middle, vertically.
        at: Point,
        /// What it says.
        text: String,
        /// Meaning of its colour.
        ink: Ink,
        /// Size and weight.
        face: TextSize,
        /// Which part of it is at the point.
        align: TextAlign,
    },
}

/// A form, in CSS pixels.
#[derive(Clone, Debug, PartialEq)]
pub enum DrawingShape {
    /// A rectangle with round corners of this radius.
    Rect(Bounds, f64),
    /// A circle with this centre and radius.
    Circle(Point, f64),
    /// A straight line.
    Line(Point, Point),
    /// A line through points.
    Polyline(Vec<Point>),
    /// What lies within a line through points that ends where it began.
    Polygon(Vec<Point>),
    /// Several rectangles, in any order.
    Bars(Vec<Bounds>),
    /// A cubic curve: its beginning, the two points it bends towards, its end.
    Curve([Point; 4]),
    /// Several straight lines.
    Lines(Vec<[Point; 2]>),
}

/// What a form is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FillPaint {
    /// The same colour all over.
    Plain(Ink),
    /// Slanted lines of a colour on a light ground of it.
    Hatched(Ink),
}

/// Pieces that are cut off at the edges of one rectangle.
#[derive(Clone, Debug, PartialEq)]
pub struct ClippedDrawing {
    /// Where they may be seen.
    pub clip: Bounds,
    /// In order of drawing.
    pub pieces: Vec<DrawingPrimitive>,
}

/// The length of a dash and of the gap after it, in pixels; `None` for a line without gaps.
pub fn dashes(stroke: Stroke) -> Option<[f64; 2]> {
    match stroke {
        Stroke::Solid => None,
        Stroke::Dashed => Some([5.0, 4.0]),
        Stroke::Dotted => Some([2.0, 3.0]),
    }
}
