//! What the colours, fills, lines and signs of a picture mean: only those that it has.
//!
//! Invariant: read off the scene, so that a legend never explains what is not there, and never lacks what is. Words that a
//! picture says itself (a flag has its own) are not repeated.

use super::palette::{self, TaskTypeLegendEntry};
use super::scene::{Fill, Ink, Scene, SceneItem, Stroke, SymbolShape};
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
pub struct PictureLegend {
    /// Task types, in document order.
    pub tasks: Vec<TaskTypeLegendEntry>,
    /// Fills, lines and symbols.
    pub signs: Vec<LegendSymbolEntry>,
}

/// A sign and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegendSymbolEntry {
    /// What it looks like.
    pub sample: LegendSample,
    /// What it means, in a few words.
    pub words: &'static str,
}

/// What a sign looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegendSample {
    /// A filled area.
    Fill(Fill, Ink),
    /// A line from left to right.
    Line(Stroke, Ink),
    /// A small symbol.
    Mark(SymbolShape, Ink),
}

/// The legend of a picture of a scenario's run.
pub fn legend(scenario: &Scenario, kind: PictureKind, scene: &Scene) -> PictureLegend {
    PictureLegend { tasks: palette::legend(scenario), signs: signs(kind, scene) }
}

/// The signs that a scene has, without task types.
pub fn signs(kind: PictureKind, scene: &Scene) -> Vec<LegendSymbolEntry> {
    let items = || scene.layers.iter().flat_map(|layer| &layer.items);
    let has = |sign: &&LegendRow| items().any(|item| sign.0.is(item));
    table(kind).iter().filter(has).map(|(_, entry)| *entry).collect()
}

/// How a sign is recognised.
#[derive(Clone, Copy)]
enum LegendSymbolMatcher {
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
    Mark(SymbolShape, Ink),
    /// A symbol, whatever its meaning.
    AnyMark(SymbolShape),
}

/// A symbol and its explanation.
type LegendRow = (LegendSymbolMatcher, LegendSymbolEntry);

impl LegendSymbolMatcher {
    fn is(self, item: &SceneItem) -> bool {
        match (self, item) {
            (Self::Task(fill), SceneItem::Rect(rect)) => {
                is_of_task(rect.ink) && is_like(fill, rect.fill) && rect.radius != DOT
            }
            (Self::Task(fill), SceneItem::Bars(bars)) => is_of_task(bars.ink) && is_like(fill, bars.fill),
            (Self::Area(ink), SceneItem::Rect(rect)) => rect.ink == ink || rect.edge == Some(ink),
            (Self::Area(ink), SceneItem::Bars(bars)) => bars.ink == ink,
            (Self::Stopped(ink), SceneItem::Rect(rect)) => rect.ink == ink || rect.edge == Some(ink),
            (Self::Stopped(ink), SceneItem::Bars(bars)) => bars.ink == ink && bars.fill != Fill::Solid,
            (Self::Crowd(ink), SceneItem::Bars(bars)) => (bars.ink, bars.fill) == (ink, Fill::Solid),
            (Self::Filled(ink, fill), SceneItem::Rect(rect)) => (rect.ink, rect.fill) == (ink, fill),
            (Self::Filled(ink, fill), SceneItem::Bars(bars)) => (bars.ink, bars.fill) == (ink, fill),
            (Self::Arrow(stroke), SceneItem::Arrow(arrow)) => arrow.stroke == stroke,
            (Self::Arrow(stroke), SceneItem::Curve(curve)) => curve.stroke == stroke,
            (Self::Line(stroke, ink), SceneItem::Line(line)) => (line.stroke, line.ink) == (stroke, ink),
            (Self::Bracket(stroke), SceneItem::Polyline(line)) => line.stroke == stroke,
            (Self::Mark(shape, ink), SceneItem::Mark(mark)) => (mark.shape, mark.ink) == (shape, ink),
            (Self::AnyMark(shape), SceneItem::Mark(mark)) => mark.shape == shape,
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

const fn sign(sign: LegendSymbolMatcher, sample: LegendSample, words: &'static str) -> LegendRow {
    (sign, LegendSymbolEntry { sample, words })
}

const fn task(fill: Fill, words: &'static str) -> LegendRow {
    let ink = if matches!(fill, Fill::Struck) { Ink::Muted } else { Ink::Level };
    sign(LegendSymbolMatcher::Task(fill), LegendSample::Fill(fill, ink), words)
}

const fn mark(shape: SymbolShape, ink: Ink, words: &'static str) -> LegendRow {
    sign(LegendSymbolMatcher::Mark(shape, ink), LegendSample::Mark(shape, ink), words)
}

const fn line(stroke: Stroke, ink: Ink, words: &'static str) -> LegendRow {
    sign(LegendSymbolMatcher::Line(stroke, ink), LegendSample::Line(stroke, ink), words)
}

const fn filled(ink: Ink, fill: Fill, words: &'static str) -> LegendRow {
    sign(LegendSymbolMatcher::Filled(ink, fill), LegendSample::Fill(fill, ink), words)
}

const fn area(ink: Ink, sample: Fill, words: &'static str) -> LegendRow {
    sign(LegendSymbolMatcher::Area(ink), LegendSample::Fill(sample, ink), words)
}

const fn arrow(stroke: Stroke, words: &'static str) -> LegendRow {
    sign(LegendSymbolMatcher::Arrow(stroke), LegendSample::Line(stroke, Ink::Level), words)
}

const fn stopped(ink: Ink, words: &'static str) -> LegendRow {
    sign(LegendSymbolMatcher::Stopped(ink), LegendSample::Fill(Fill::Hatched, ink), words)
}

const fn any_mark(shape: SymbolShape, words: &'static str) -> LegendRow {
    sign(LegendSymbolMatcher::AnyMark(shape), LegendSample::Mark(shape, Ink::Level), words)
}

const fn bracket(stroke: Stroke, ink: Ink, words: &'static str) -> LegendRow {
    sign(LegendSymbolMatcher::Bracket(stroke), LegendSample::Line(stroke, ink), words)
}

const RUNS: LegendRow = task(Fill::Solid, "runs");
const IO: LegendRow = task(Fill::Half, "in I/O");
const WAITS: LegendRow = task(Fill::Hatched, "waits");
const QUEUED: LegendRow = task(Fill::Outline, "queued or ready");
const HELD: LegendRow = task(Fill::Dotted, "held back");
const CANCELLED: LegendRow = task(Fill::Struck, "cancelled");
const STUCK: LegendRow = stopped(Ink::Danger, "can never continue");
const STALLED: LegendRow = stopped(Ink::Stall, "waits until a timeout");

const TIMELINE: [LegendRow; 19] = [
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
    sign(
        LegendSymbolMatcher::Crowd(Ink::Danger),
        LegendSample::Fill(Fill::Solid, Ink::Danger),
        "some of them fail",
    ),
    mark(SymbolShape::Cross, Ink::Danger, "failed or refused"),
    mark(SymbolShape::Cross, Ink::Muted, "dropped"),
    mark(SymbolShape::Warning, Ink::Stall, "a warning"),
    any_mark(SymbolShape::Ring, "reads"),
    any_mark(SymbolShape::Dot, "writes"),
    mark(SymbolShape::Bolt, Ink::Danger, "two accesses race"),
    arrow(Stroke::Solid, "submits"),
];
const STAGE: [LegendRow; 11] = [
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
const GRAPH: [LegendRow; 5] = [
    arrow(Stroke::Solid, "waits for, or is held by"),
    arrow(Stroke::Dashed, "lies under, on one worker"),
    bracket(Stroke::Dashed, Ink::Text, "needs any one of"),
    area(Ink::Danger, Fill::Wash, "can never continue"),
    area(Ink::Stall, Fill::Wash, "waits until a timeout"),
];
const SHAPE: [LegendRow; 4] = [
    bracket(Stroke::Solid, Ink::Level, "needs while it holds"),
    bracket(Stroke::Dashed, Ink::Level, "hands tasks on to"),
    area(Ink::Danger, Fill::Wash, "can deadlock"),
    area(Ink::Stall, Fill::Wash, "can stall"),
];
const CURVE: [LegendRow; 6] = [
    mark(SymbolShape::Dot, Ink::Text, "meets all expectations"),
    mark(SymbolShape::Cross, Ink::Danger, "fails an expectation"),
    line(Stroke::Solid, Ink::Level, "interval of 95 %"),
    line(Stroke::Dashed, Ink::Danger, "the expected limit"),
    filled(Ink::Danger, Fill::Wash, "beyond that limit"),
    filled(Ink::Danger, Fill::Solid, "runs that deadlock"),
];
const MAP: [LegendRow; 3] = [
    mark(SymbolShape::Cross, Ink::Danger, "deadlocks"),
    filled(Ink::Muted, Fill::Hatched, "nothing to measure"),
    line(Stroke::Solid, Ink::Text, "around what is met"),
];

/// Every sign that a picture of this kind can have, in the order in which they are explained.
fn table(kind: PictureKind) -> &'static [LegendRow] {
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
    use crate::view::palette::TaskHue;
    use crate::view::scene::{Bounds, Layer, Line, Point, Rect};

    #[test]
    fn a_legend_explains_what_is_there_and_nothing_else() {
        let rect = |ink, fill, radius| {
            SceneItem::Rect(Rect { at: Bounds::new(0.0, 0.0, 9.0, 9.0), ink, fill, edge: None, radius })
        };
        let own = Ink::Task(TaskHue::default());
        let (from, to) = (Point::default(), Point { x: 9.0, y: 0.0 });
        let line = Line { from, to, ink: Ink::Soft, stroke: Stroke::Dashed, width: 1.0 };
        let items = vec![
            rect(own, Fill::HatchedLight, 2.0),
            // A dot that stands for a type, and the ground of a room.
            rect(own, Fill::Solid, DOT),
            rect(Ink::Raised, Fill::Half, 12.0),
            SceneItem::Line(line),
        ];
        let layers = vec![Layer { clip: Bounds::default(), items }];
        let scene = Scene { layers, ..Scene::default() };
        let words = |kind| signs(kind, &scene).iter().map(|entry| entry.words).collect::<Vec<_>>();
        assert_eq!(words(PictureKind::Timeline), ["waits", "limit"]);
        assert_eq!(words(PictureKind::Stage), ["waits"]);
    }
}
