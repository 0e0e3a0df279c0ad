//! What is drawn, as plain data: a display list in CSS pixels. A painter (canvas, SVG) draws a scene; it
//! decides nothing.
//!
//! Invariant: no item knows a colour. Each says what it *means* ([`Ink`], [`Fill`]), and the painter's
//! theme gives that meaning its one form. Items of a layer are drawn in order, layers likewise. Text is
//! measured by a [`Measure`] given from outside, so that scenes can be made and tested without a screen.

pub use super::geometry::{Bounds, Point};

use super::hits::HitRegions;
use super::palette::TaskHue;

/// What something means, as far as its colour goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ink {
    /// A task of this type.
    Task(TaskHue),
    /// Text on a solid block of this type.
    OnTask(TaskHue),
    /// Text on a block of this type that lies under a veil, [`Fill::Half`] of the surface.
    OnVeiled(TaskHue),
    /// The cursor, and nothing else.
    Accent,
    /// Text on the accent.
    OnAccent,
    /// Part of a deadlock, a failure, a rejection, a race.
    Danger,
    /// Text on danger.
    OnDanger,
    /// A stall that a timeout will end; a warning.
    Stall,
    /// What is over without having been: cancelled, skipped, dropped.
    Muted,
    /// Fine lines of the ruler and between groups.
    Grid,
    /// Stronger lines: the edge of a panel, the base of an area.
    Rule,
    /// Ordinary text, and what is drawn like it.
    Text,
    /// Text of lesser weight: units, lane names, notes.
    Soft,
    /// The page behind everything.
    Surface,
    /// A band that stands out a little from the page: a group's heading.
    Raised,
    /// A worker that is alive and idle.
    Idle,
    /// Depth of a queue, use of a cap: counts that belong to no task type.
    Level,
    /// A step of a heat map, from least to most.
    Step(u8),
    /// Text on that step.
    OnStep(u8),
    /// What is chosen or pointed at: the outline of a selected task, the wash of a selected range.
    Chosen,
}

/// How an area is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fill {
    /// All over. Running.
    Solid,
    /// With slanted lines on a light wash of the same ink. Waiting.
    Hatched,
    /// The same so lightly that text can be read on it. A waiting token.
    HatchedLight,
    /// Only the edge, on a faint wash. Queued.
    Outline,
    /// Only the edge, dotted. Held back.
    Dotted,
    /// A faint wash, struck through in the middle. Cancelled.
    Struck,
    /// A wash about half as strong as solid. `io`: blocked off the CPU, the worker held.
    Half,
    /// A faint wash without an edge.
    Wash,
}

/// How strong [`Fill::Half`] is beside [`Fill::Solid`].
pub const HALF: f64 = 0.45;

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// An unbroken line.
    Solid,
    /// A dashed line.
    Dashed,
    /// A dotted line.
    Dotted,
}

/// A filled rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// Rectangle that is filled.
    pub at: Bounds,
    /// Meaning, which decides the colour.
    pub ink: Ink,
    /// How it is filled.
    pub fill: Fill,
    /// Another meaning for its edge, one to two pixels wide inside it.
    pub edge: Option<Ink>,
    /// Radius of its corners.
    pub radius: f64,
}

/// Many rectangles of one meaning: spans too short to be drawn one by one. One path, one fill.
#[derive(Clone, Debug, PartialEq)]
pub struct RectBatch {
    /// Where, from left to right.
    pub bars: Vec<Bounds>,
    /// Meaning, which decides the colour.
    pub ink: Ink,
    /// How they are filled: solid, half or wash.
    pub fill: Fill,
}

/// A straight line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Start of the line.
    pub from: Point,
    /// End of the line.
    pub to: Point,
    /// Meaning, which decides the colour.
    pub ink: Ink,
    /// Stroke of the line.
    pub stroke: Stroke,
    /// How wide, in pixels.
    pub width: f64,
}

/// A line through points.
#[derive(Clone, Debug, PartialEq)]
pub struct Polyline {
    /// The points in order.
    pub points: Vec<Point>,
    /// Meaning, which decides the colour.
    pub ink: Ink,
    /// Stroke of the line.
    pub stroke: Stroke,
    /// How wide, in pixels.
    pub width: f64,
}

/// What lies between a line through points and a level below it.
#[derive(Clone, Debug, PartialEq)]
pub struct AreaUnderLine {
    /// The upper edge, from left to right.
    pub points: Vec<Point>,
    /// The lower edge.
    pub base: f64,
    /// Meaning, which decides the colour.
    pub ink: Ink,
    /// How it is filled: outline draws a wash and its upper edge, dotted a dotted upper edge.
    pub fill: Fill,
}

/// A curve with a head at its end, leaving and arriving horizontally: to the right, or to the left if `bend`
/// is negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrow {
    /// Start of the line.
    pub from: Point,
    /// End of the line.
    pub to: Point,
    /// Meaning, which decides the colour.
    pub ink: Ink,
    /// Stroke of the line.
    pub stroke: Stroke,
    /// How wide, in pixels.
    pub width: f64,
    /// How far the curve's ends reach before they bend, in pixels; negative for one that leads to the left.
    pub bend: f64,
}

/// A cubic curve, with a head at its end if it leads somewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    /// Where it begins.
    pub from: Point,
    /// The point that its beginning heads for.
    pub leave: Point,
    /// The point that its end comes from.
    pub approach: Point,
    /// Where it ends.
    pub to: Point,
    /// What its colour means.
    pub ink: Ink,
    /// How it is drawn.
    pub stroke: Stroke,
    /// How wide, in pixels.
    pub width: f64,
    /// Whether it has a head.
    pub has_head: bool,
}

impl Curve {
    /// The point at this part of the way, from 0 to 1.
    pub fn at(&self, part: f64) -> Point {
        let rest = 1.0 - part;
        let weigh = |a: f64, b: f64, c: f64, d: f64| {
            rest * rest * rest * a
                + 3.0 * rest * rest * part * b
                + 3.0 * rest * part * part * c
                + part * part * part * d
        };
        Point {
            x: weigh(self.from.x, self.leave.x, self.approach.x, self.to.x),
            y: weigh(self.from.y, self.leave.y, self.approach.y, self.to.y),
        }
    }

    /// The direction in which it arrives, one pixel long.
    pub fn heading(&self) -> Point {
        let (dx, dy) = (self.to.x - self.approach.x, self.to.y - self.approach.y);
        let length = libm::sqrt(dx * dx + dy * dy);
        if length < 0.01 { Point { x: 1.0, y: 0.0 } } else { Point { x: dx / length, y: dy / length } }
    }
}

/// Length of the head of a curve, in pixels.
pub const HEAD: f64 = 9.0;

/// The sizes of text. Every number is set in tabular figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextSize {
    /// 15 px, strong: names of rooms.
    Heading,
    /// 13 px, strong: names of tokens.
    Strong,
    /// 13 px: notes beside tokens.
    Regular,
    /// 12 px, strong: names of executors.
    Title,
    /// 12 px: names in spans, sentences.
    Body,
    /// 11 px: rulers, lane names, notes.
    Small,
    /// 10 px: what stands in 12 px lanes.
    Tiny,
}

impl TextSize {
    /// Its size in CSS pixels.
    pub fn size(self) -> f64 {
        match self {
            TextSize::Heading => 15.0,
            TextSize::Strong | TextSize::Regular => 13.0,
            TextSize::Title | TextSize::Body => 12.0,
            TextSize::Small => 11.0,
            TextSize::Tiny => 10.0,
        }
    }

    /// Its CSS font weight.
    pub fn weight(self) -> u16 {
        match self {
            TextSize::Heading | TextSize::Strong | TextSize::Title => 600,
            TextSize::Regular | TextSize::Body | TextSize::Small | TextSize::Tiny => 400,
        }
    }
}

/// Which side of a label its point is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextAlign {
    /// The text begins there.
    Start,
    /// The text is centred there.
    Middle,
    /// The text ends there.
    End,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct TextLabel {
    /// Where; the text is centred on it vertically.
    pub at: Point,
    /// What it says. Never markup: a painter must not parse it.
    pub text: String,
    /// Meaning, which decides the colour.
    pub ink: Ink,
    /// Size and weight of the type.
    pub face: TextSize,
    /// Which part of the text is at the point.
    pub align: TextAlign,
    /// A plate behind it (three pixels wider on each side), so that it can be read on hatching.
    pub plate: Option<Ink>,
}

/// A sign at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolShape {
    /// A read of a cell.
    Ring,
    /// A write to a cell.
    Dot,
    /// A failure; a rejection.
    Cross,
    /// Two accesses race.
    Bolt,
    /// A place where something formed: a deadlock, a stall.
    Flag,
    /// A handle that points down.
    Pointer,
    /// A group that is open (points down).
    Open,
    /// A group that is folded (points right).
    Folded,
    /// A triangle, for a warning.
    Warning,
}

/// A small symbol.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SymbolMark {
    /// Centre of the symbol.
    pub at: Point,
    /// Its width and height, in pixels.
    pub size: f64,
    /// Shape of the symbol.
    pub shape: SymbolShape,
    /// Meaning, which decides the colour.
    pub ink: Ink,
}

/// One thing to draw.
#[derive(Clone, Debug, PartialEq)]
pub enum SceneItem {
    /// A filled rectangle.
    Rect(Rect),
    /// Many rectangles of one meaning.
    Bars(RectBatch),
    /// A straight line.
    Line(Line),
    /// A line through points.
    Polyline(Polyline),
    /// A filled area.
    Area(AreaUnderLine),
    /// A curve with a head that leaves and arrives level.
    Arrow(Arrow),
    /// A curve of any form.
    Curve(Curve),
    /// A line of text.
    Label(TextLabel),
    /// A small symbol.
    Mark(SymbolMark),
}

/// Items that are drawn within one rectangle and cut off at its edges.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Where they may be seen.
    pub clip: Bounds,
    /// In order of drawing.
    pub items: Vec<SceneItem>,
}

/// A picture: layers to draw and places to point at.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// Its width in CSS pixels.
    pub width: f64,
    /// Its height in CSS pixels.
    pub height: f64,
    /// How high all of it would be, were it not scrolled; at least `height` shows everything.
    pub content_height: f64,
    /// In order of drawing.
    pub layers: Vec<Layer>,
    /// What is where.
    pub hits: HitRegions,
}

impl Scene {
    /// How many things there are to draw; each bar counts.
    pub fn weight(&self) -> usize {
        let of = |item: &SceneItem| match item {
            SceneItem::Bars(bars) => bars.bars.len(),
            SceneItem::Rect(_)
            | SceneItem::Line(_)
            | SceneItem::Polyline(_)
            | SceneItem::Area(_)
            | SceneItem::Arrow(_)
            | SceneItem::Curve(_)
            | SceneItem::Label(_)
            | SceneItem::Mark(_) => 1,
        };
        self.layers.iter().flat_map(|layer| &layer.items).map(of).sum()
    }

    /// Every label in it, in order of drawing.
    pub fn labels(&self) -> impl Iterator<Item = &TextLabel> {
        self.layers.iter().flat_map(|layer| &layer.items).filter_map(|item| match item {
            SceneItem::Label(label) => Some(label),
            _ => None,
        })
    }

    /// Every text in it, in order of drawing.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.labels().map(|label| label.text.as_str())
    }
}

/// How wide a text is in a face, in CSS pixels. A page asks its canvas (and remembers); without a page,
/// [`approximate_width`] will do.
pub type Measure<'a> = &'a dyn Fn(&str, TextSize) -> f64;

/// A width that common sans-serif faces come close to and rarely exceed.
pub fn approximate_width(text: &str, face: TextSize) -> f64 {
    let em = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.29,
        ' ' | 't' | 'f' | 'r' | '/' | '(' | ')' | '[' | ']' | '-' => 0.36,
        'm' | 'w' | 'M' | 'W' | '…' | '→' => 0.9,
        c if c.is_ascii_uppercase() || c == '#' => 0.68,
        c if c.is_ascii() => 0.58,
        _ => 0.75,
    };
    let bold = if face.weight() > 400 { 1.06 } else { 1.0 };
    text.chars().map(em).sum::<f64>() * face.size() * bold
}

/// The text if it fits into `room` pixels, otherwise cut with an ellipsis; `None` if fewer than two of its
/// letters would be left.
pub fn fit_text(text: &str, face: TextSize, room: f64, measure: Measure<'_>) -> Option<String> {
    let least = face.size();
    if room < least {
        return None;
    }
    let full = measure(text, face);
    if full <= room {
        return Some(text.to_owned());
    }
    let letters = text.chars().count();
    let mut kept = ((room - measure("…", face)) / full * letters as f64) as usize;
    while kept >= 2 {
        let cut: String = text.chars().take(kept).chain(['…']).collect();
        if measure(&cut, face) <= room {
            return Some(cut);
        }
        kept -= 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_fits_or_is_cut_or_left_out() {
        let measure = |text: &str, _: TextSize| text.chars().count() as f64 * 10.0;
        assert_eq!(fit_text("build#0", TextSize::Small, 70.0, &measure).as_deref(), Some("build#0"));
        assert_eq!(fit_text("build#0", TextSize::Small, 69.0, &measure).as_deref(), Some("build…"));
        assert_eq!(fit_text("build#0", TextSize::Small, 30.0, &measure).as_deref(), Some("bu…"));
        assert_eq!(fit_text("build#0", TextSize::Small, 29.0, &measure), None);
        assert_eq!(fit_text("", TextSize::Small, 5.0, &measure), None);
    }
}
