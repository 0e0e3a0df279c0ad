//! What the colours, fills, lines and signs of a picture mean: only those that it has.
//!
//! Invariant: read off the scene, so that a legend never explains what is not there, and never lacks what is. Words that a
//! picture says itself (a flag has its own) are not repeated.

use super::palette::{self, LegendEntry};
use super::scene::{Fill, Ink, Item, Scene, Shape, Stroke};
use crate::model::scenario::Scenario;

/// What a picture is of, which decides what its lines mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureKind {
    /// Rows of workers over time.
    Timeline,
    /// Who is where at one moment.
    Stage,
    /// Who waits for whom at one moment.
    Graph,
    /// What a scenario can come to.
    Shape,
    /// A quantity over one parameter.
    Curve,
    /// A quantity over two parameters.
    Map,
}

/// The legend of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Legend {
    /// Task types, in document order.
    pub tasks: Vec<LegendEntry>,
    /// Fills, lines and symbols.
    pub signs: Vec<SignEntry>,
}

/// A sign and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignEntry {
    /// What it looks like.
    pub sample: Sample,
    /// What it means, in a few words.
    pub words: &'static str,
}

/// What a sign looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    /// A filled area.
    Fill(Fill, Ink),
    /// A line from left to right.
    Line(Stroke, Ink),
    /// A small symbol.
    Mark(Shape, Ink),
}

/// The legend of a picture of a scenario's run.
pub fn legend(scenario: &Scenario, kind: PictureKind, scene: &Scene) -> Legend {
    Legend { tasks: palette::legend(scenario), signs: signs(kind, scene) }
}

/// The signs that a scene has, without task types.
pub fn signs(kind: PictureKind, scene: &Scene) -> Vec<SignEntry> {
    let items = || scene.layers.iter().flat_map(|layer| &layer.items);
    let has = |sign: &&(Sign, SignEntry)| items().any(|item| sign.0.is(item));
    table(kind).iter().filter(has).map(|(_, entry)| *entry).collect()
}

/// How a sign is recognised.
#[derive(Clone, Copy)]
enum Sign {
    /// Work or waiting of a task, filled like this. The dots of task types are none.
    Task(Fill),
    /// An area, or its edge, of this meaning.
    Area(Ink),
    /// A wait of this meaning, or its edge. What is filled solidly is no wait.
    Stopped(Ink),
    /// Many small areas of this meaning at once, filled solidly.
    Crowd(Ink),
    /// An area of this meaning, filled like this.
    Filled(Ink, Fill),
    /// An arrow or a curve with a head.
    Arrow(Stroke),
    /// A line of this meaning, without a head.
    Line(Stroke, Ink),
    /// A line through points, without a head.
    Bracket(Stroke),
    /// A symbol of this meaning.
    Mark(Shape, Ink),
    /// A symbol, whatever its meaning.
    AnyMark(Shape),
}

impl Sign {
    fn is(self, item: &Item) -> bool {
        match (self, item) {
            (Sign::Task(fill), Item::Rect(rect)) => {
                is_of_task(rect.ink) && is_like(fill, rect.fill) && rect.radius != DOT
            }
            (Sign::Task(fill), Item::Bars(bars)) => is_of_task(bars.ink) && is_like(fill, bars.fill),
            (Sign::Area(ink), Item::Rect(rect)) => rect.ink == ink || rect.edge == Some(ink),
            (Sign::Area(ink), Item::Bars(bars)) => bars.ink == ink,
            (Sign::Stopped(ink), Item::Rect(rect)) => rect.ink == ink || rect.edge == Some(ink),
            (Sign::Stopped(ink), Item::Bars(bars)) => bars.ink == ink && bars.fill != Fill::Solid,
            (Sign::Crowd(ink), Item::Bars(bars)) => (bars.ink, bars.fill) == (ink, Fill::Solid),
            (Sign::Filled(ink, fill), Item::Rect(rect)) => (rect.ink, rect.fill) == (ink, fill),
            (Sign::Filled(ink, fill), Item::Bars(bars)) => (bars.ink, bars.fill) == (ink, fill),
            (Sign::Arrow(stroke), Item::Arrow(arrow)) => arrow.stroke == stroke,
            (Sign::Arrow(stroke), Item::Curve(curve)) => curve.stroke == stroke,
            (Sign::Line(stroke, ink), Item::Line(line)) => (line.stroke, line.ink) == (stroke, ink),
            (Sign::Bracket(stroke), Item::Polyline(line)) => line.stroke == stroke,
            (Sign::Mark(shape, ink), Item::Mark(mark)) => (mark.shape, mark.ink) == (shape, ink),
            (Sign::AnyMark(shape), Item::Mark(mark)) => mark.shape == shape,
            _ => false,
        }
    }
}

/// Radius of the dots that stand for task types, in pixels: they are no work.
pub(super) const DOT: f64 = 5.9;

fn is_of_task(ink: Ink) -> bool {
    matches!(ink, Ink::Task(_) | Ink::Danger | Ink::Stall | Ink::Muted)
}

fn is_like(sign: Fill, fill: Fill) -> bool {
    sign == fill || (sign, fill) == (Fill::Hatched, Fill::HatchedLight)
}

const fn sign(sign: Sign, sample: Sample, words: &'static str) -> (Sign, SignEntry) {
    (sign, SignEntry { sample, words })
}

const fn task(fill: Fill, words: &'static str) -> (Sign, SignEntry) {
    let ink = if matches!(fill, Fill::Struck) { Ink::Muted } else { Ink::Level };
    sign(Sign::Task(fill), Sample::Fill(fill, ink), words)
}

const fn mark(shape: Shape, ink: Ink, words: &'static str) -> (Sign, SignEntry) {
    sign(Sign::Mark(shape, ink), Sample::Mark(shape, ink), words)
}

const fn line(stroke: Stroke, ink: Ink, words: &'static str) -> (Sign, SignEntry) {
    sign(Sign::Line(stroke, ink), Sample::Line(stroke, ink), words)
}

const fn filled(ink: Ink, fill: Fill, words: &'static str) -> (Sign, SignEntry) {
    sign(Sign::Filled(ink, fill), Sample::Fill(fill, ink), words)
}

const fn area(ink: Ink, sample: Fill, words: &'static str) -> (Sign, SignEntry) {
    sign(Sign::Area(ink), Sample::Fill(sample, ink), words)
}

const fn arrow(stroke: Stroke, words: &'static str) -> (Sign, SignEntry) {
    sign(Sign::Arrow(stroke), Sample::Line(stroke, Ink::Level), words)
}

const fn bracket(stroke: Stroke, ink: Ink, words: &'static str) -> (Sign, SignEntry) {
    sign(Sign::Bracket(stroke), Sample::Line(stroke, ink), words)
}

const RUNS: (Sign, SignEntry) = task(Fill::Solid, "runs");
const IO: (Sign, SignEntry) = task(Fill::Half, "in io");
const WAITS: (Sign, SignEntry) = task(Fill::Hatched, "waits");
const QUEUED: (Sign, SignEntry) = task(Fill::Outline, "queued or ready");
const HELD: (Sign, SignEntry) = task(Fill::Dotted, "held back");
const CANCELLED: (Sign, SignEntry) = task(Fill::Struck, "cancelled");
const STUCK: (Sign, SignEntry) =
    sign(Sign::Stopped(Ink::Danger), Sample::Fill(Fill::Hatched, Ink::Danger), "can never go on");
const STALLED: (Sign, SignEntry) =
    sign(Sign::Stopped(Ink::Stall), Sample::Fill(Fill::Hatched, Ink::Stall), "waits until a timeout");

const TIMELINE: [(Sign, SignEntry); 19] = [
    RUNS,
    IO,
    WAITS,
    QUEUED,
    HELD,
    CANCELLED,
    STUCK,
    STALLED,
    area(Ink::Idle, Fill::Solid, "idle"),
    line(Stroke::Dashed, Ink::Soft, "limit"),
    line(Stroke::Dotted, Ink::Rule, "end of the run"),
    sign(Sign::Crowd(Ink::Danger), Sample::Fill(Fill::Solid, Ink::Danger), "some of them fail"),
    mark(Shape::Cross, Ink::Danger, "failed or refused"),
    mark(Shape::Cross, Ink::Muted, "dropped"),
    mark(Shape::Warning, Ink::Stall, "a warning"),
    sign(Sign::AnyMark(Shape::Ring), Sample::Mark(Shape::Ring, Ink::Level), "reads"),
    sign(Sign::AnyMark(Shape::Dot), Sample::Mark(Shape::Dot, Ink::Level), "writes"),
    mark(Shape::Bolt, Ink::Danger, "two accesses race"),
    arrow(Stroke::Solid, "submits"),
];
const STAGE: [(Sign, SignEntry); 11] = [
    RUNS,
    IO,
    WAITS,
    QUEUED,
    HELD,
    CANCELLED,
    STUCK,
    STALLED,
    arrow(Stroke::Solid, "waits for"),
    arrow(Stroke::Dashed, "is held by, or comes from"),
    bracket(Stroke::Dashed, Ink::Text, "needs any one of"),
];
const GRAPH: [(Sign, SignEntry); 5] = [
    arrow(Stroke::Solid, "waits for, or is held by"),
    arrow(Stroke::Dashed, "lies under, on one worker"),
    bracket(Stroke::Dashed, Ink::Text, "needs any one of"),
    area(Ink::Danger, Fill::Wash, "can never go on"),
    area(Ink::Stall, Fill::Wash, "waits until a timeout"),
];
const SHAPE: [(Sign, SignEntry); 4] = [
    bracket(Stroke::Solid, Ink::Level, "needs while it holds"),
    bracket(Stroke::Dashed, Ink::Level, "hands tasks on to"),
    area(Ink::Danger, Fill::Wash, "can deadlock"),
    area(Ink::Stall, Fill::Wash, "can stall"),
];
const CURVE: [(Sign, SignEntry); 6] = [
    mark(Shape::Dot, Ink::Text, "meets what is expected"),
    mark(Shape::Cross, Ink::Danger, "fails what is expected"),
    line(Stroke::Solid, Ink::Level, "interval of 95 %"),
    line(Stroke::Dashed, Ink::Danger, "what is expected"),
    filled(Ink::Danger, Fill::Wash, "not met there"),
    filled(Ink::Danger, Fill::Solid, "runs that deadlock"),
];
const MAP: [(Sign, SignEntry); 3] = [
    mark(Shape::Cross, Ink::Danger, "deadlocks"),
    filled(Ink::Muted, Fill::Hatched, "nothing to measure"),
    line(Stroke::Solid, Ink::Text, "around what is met"),
];

/// Every sign that a picture of this kind can have, in the order in which they are explained.
fn table(kind: PictureKind) -> &'static [(Sign, SignEntry)] {
    match kind {
        PictureKind::Timeline => &TIMELINE,
        PictureKind::Stage => &STAGE,
        PictureKind::Graph => &GRAPH,
        PictureKind::Shape => &SHAPE,
        PictureKind::Curve => &CURVE,
        PictureKind::Map => &MAP,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::palette::Hue;
    use crate::view::scene::{Bounds, Layer, Line, Point, Rect};

    #[test]
    fn a_legend_explains_what_is_there_and_nothing_else() {
        let rect = |ink, fill, radius| {
            Item::Rect(Rect { at: Bounds::new(0.0, 0.0, 9.0, 9.0), ink, fill, edge: None, radius })
        };
        let own = Ink::Task(Hue::default());
        let (from, to) = (Point::default(), Point { x: 9.0, y: 0.0 });
        let line = Line { from, to, ink: Ink::Soft, stroke: Stroke::Dashed, width: 1.0 };
        let items = vec![
            rect(own, Fill::HatchedLight, 2.0),
            // A dot that stands for a type, and the ground of a room.
            rect(own, Fill::Solid, DOT),
            rect(Ink::Raised, Fill::Half, 12.0),
            Item::Line(line),
        ];
        let layers = vec![Layer { clip: Bounds::default(), items }];
        let scene = Scene { layers, ..Scene::default() };
        let words = |kind| signs(kind, &scene).iter().map(|entry| entry.words).collect::<Vec<_>>();
        assert_eq!(words(PictureKind::Timeline), ["waits", "limit"]);
        assert_eq!(words(PictureKind::Stage), ["waits"]);
    }
}
