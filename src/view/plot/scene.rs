//! A curve over one parameter as a scene, for a picture that leaves the terminal.
//!
//! Invariant: everything stands where [`super::line`] says, below a heading; what fails is a cross, not only a colour.

use super::Frame;
use super::line::{Line, line};
use crate::analysis::swept::Swept;
use crate::view::hits::Hits;
use crate::view::scene::{
    Align, Area, Bars, Bounds, Fill, Ink, Item, Label, Layer, Line as Stroked, Mark, Measure, Point,
    Polyline, Rect, Scene, Shape, Stroke, TextSize,
};

/// What is written above a chart, in pixels.
pub(super) const HEAD: f64 = 60.0;
/// What is written below it, in pixels.
const FOOT: f64 = 28.0;
/// At both sides, in pixels.
pub(super) const PAD: f64 = 24.0;
/// Height of the chart itself, in pixels.
pub(super) const HEIGHT: f64 = 340.0;

/// The curve of a quantity with a heading, a sentence below it, and where it comes from; `None` if there is nothing to
/// draw.
pub fn curve(
    swept: &Swept,
    quantity: usize,
    title: &str,
    foot: &str,
    width: f64,
    measure: Measure<'_>,
) -> Option<Scene> {
    let frame = Frame::page(width - 2.0 * PAD, HEIGHT, measure);
    let drawn = line(swept, quantity, &frame)?;
    let mut items = Vec::new();
    chart(&mut items, &drawn);
    Some(framed(items, (width, HEIGHT), [title, &drawn.about, foot]))
}

/// A drawing of this width with its margins and this height without them, below a title and a sentence, above where it
/// comes from.
pub(super) fn framed(
    items: Vec<Item>,
    (width, height): (f64, f64),
    [title, about, foot]: [&str; 3],
) -> Scene {
    let height = HEAD + height + FOOT;
    let inside =
        Layer { clip: Bounds::new(0.0, 0.0, width, height), items: items.into_iter().map(moved).collect() };
    let mut words = Vec::new();
    label(&mut words, Point { x: PAD, y: 22.0 }, title, Ink::Text, TextSize::Heading, Align::Start);
    label(&mut words, Point { x: PAD, y: 44.0 }, about, Ink::Soft, TextSize::Regular, Align::Start);
    label(&mut words, Point { x: PAD, y: height - 12.0 }, foot, Ink::Soft, TextSize::Body, Align::Start);
    let around = Layer { clip: inside.clip, items: words };
    Scene { width, height, content_height: height, layers: vec![inside, around], hits: Hits::default() }
}

fn chart(items: &mut Vec<Item>, drawn: &Line) {
    let (left, right) = (drawn.area.x, drawn.area.right());
    if let Some(missed) = drawn.target.as_ref().and_then(|target| target.missed) {
        items.push(Item::Rect(Rect {
            at: missed,
            ink: Ink::Danger,
            fill: Fill::Wash,
            edge: None,
            radius: 0.0,
        }));
    }
    for tick in &drawn.y {
        items.push(across(left, right, tick.at, Ink::Grid, Stroke::Solid));
        let at = Point { x: left - 8.0, y: tick.at };
        label(items, at, &tick.label, Ink::Soft, TextSize::Small, Align::End);
    }
    for tick in &drawn.x {
        let at = Point { x: tick.at, y: drawn.x_line };
        label(items, at, &tick.label, Ink::Soft, TextSize::Small, Align::Middle);
    }
    for title in [&drawn.title, &drawn.x_title] {
        label(items, title.at, &title.text, Ink::Soft, TextSize::Small, Align::Start);
    }
    for stretch in &drawn.stretches {
        // The band runs along the upper ends and back along the lower ones.
        let half = stretch.band.len() / 2;
        for (upper, lower) in stretch.band[..half].iter().zip(stretch.band[half..].iter().rev()) {
            let line =
                Stroked { from: *upper, to: *lower, ink: Ink::Level, stroke: Stroke::Solid, width: 1.0 };
            items.push(Item::Line(line));
        }
        let points = stretch.curve.clone();
        items.push(Item::Polyline(Polyline { points, ink: Ink::Text, stroke: Stroke::Solid, width: 1.6 }));
    }
    if let Some((target, y)) = drawn.target.as_ref().and_then(|target| Some((target, target.at?))) {
        items.push(across(left, right, y, Ink::Danger, Stroke::Dashed));
        let at = Point { x: right - 4.0, y: y - 8.0 };
        label(items, at, &target.label, Ink::Text, TextSize::Small, Align::End);
    }
    if let Some(hangs) = &drawn.hangs {
        label(items, hangs.title.at, &hangs.title.text, Ink::Soft, TextSize::Small, Align::Start);
        let bars = hangs.bars.iter().map(|hang| hang.bar).collect();
        items.push(Item::Bars(Bars { bars, ink: Ink::Danger, fill: Fill::Solid }));
        let base = hangs.area.bottom();
        items.push(across(left, right, base, Ink::Rule, Stroke::Solid));
    }
    for spot in &drawn.spots {
        let (shape, ink) = match spot.standing.is_failed() {
            true => (Shape::Cross, Ink::Danger),
            false => (Shape::Dot, Ink::Text),
        };
        items.push(Item::Mark(Mark { at: spot.at, size: 8.0, shape, ink }));
    }
}

fn across(left: f64, right: f64, y: f64, ink: Ink, stroke: Stroke) -> Item {
    Item::Line(Stroked { from: Point { x: left, y }, to: Point { x: right, y }, ink, stroke, width: 1.0 })
}

pub(super) fn label(items: &mut Vec<Item>, at: Point, text: &str, ink: Ink, face: TextSize, align: Align) {
    items.push(Item::Label(Label { at, text: text.to_owned(), ink, face, align, plate: None }));
}

/// Below the heading, and in from the side.
fn moved(item: Item) -> Item {
    let point = |at: Point| Point { x: at.x + PAD, y: at.y + HEAD };
    let bounds = |at: Bounds| Bounds { x: at.x + PAD, y: at.y + HEAD, ..at };
    match item {
        Item::Rect(rect) => Item::Rect(Rect { at: bounds(rect.at), ..rect }),
        Item::Bars(bars) => Item::Bars(Bars { bars: bars.bars.into_iter().map(bounds).collect(), ..bars }),
        Item::Line(line) => Item::Line(Stroked { from: point(line.from), to: point(line.to), ..line }),
        Item::Polyline(line) => {
            Item::Polyline(Polyline { points: line.points.into_iter().map(point).collect(), ..line })
        }
        Item::Area(area) => Item::Area(Area {
            points: area.points.into_iter().map(point).collect(),
            base: area.base + HEAD,
            ..area
        }),
        Item::Label(label) => Item::Label(Label { at: point(label.at), ..label }),
        Item::Mark(mark) => Item::Mark(Mark { at: point(mark.at), ..mark }),
        // A curve over a parameter has none of these.
        Item::Arrow(arrow) => Item::Arrow(arrow),
        Item::Curve(curve) => Item::Curve(curve),
    }
}
