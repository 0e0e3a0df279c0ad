//! A curve over one parameter as a scene, for a picture that leaves the terminal.
//!
//! Invariant: everything stands where [`super::line`] says; what fails is a cross, not only a colour.

use super::PlotFrame;
use super::line::{LineChart, line};
use crate::analysis::swept::Swept;
use crate::view::caption::moved;
use crate::view::hits::HitRegions;
use crate::view::scene::{
    Bounds, Fill, Ink, Layer, Line as Stroked, Measure, Point, Polyline, Rect, RectBatch, Scene, SceneItem,
    Stroke, SymbolMark, SymbolShape, TextAlign, TextLabel, TextSize,
};

/// At both sides, in pixels.
pub(super) const PAD: f64 = 24.0;
/// Height of the chart itself, in pixels.
pub(super) const HEIGHT: f64 = 340.0;

/// The curve of a quantity, and what is to be seen in a sentence; `None` if there is nothing to draw.
pub(super) fn curve(
    swept: &Swept,
    quantity: usize,
    width: f64,
    measure: Measure<'_>,
) -> Option<(Scene, String)> {
    let frame = PlotFrame::page(width - 2.0 * PAD, HEIGHT, measure);
    let drawn = line(swept, quantity, &frame)?;
    let mut items = Vec::new();
    chart(&mut items, &drawn);
    Some((framed(items, width, HEIGHT), drawn.about))
}

/// A drawing of this height, with margins on both sides that make it this wide.
pub(super) fn framed(items: Vec<SceneItem>, width: f64, height: f64) -> Scene {
    let by = Point { x: PAD, y: 0.0 };
    let items = items.into_iter().map(|item| moved(item, by)).collect();
    let layers = vec![Layer { clip: Bounds::new(0.0, 0.0, width, height), items }];
    Scene { width, height, content_height: height, layers, hits: HitRegions::default() }
}

fn chart(items: &mut Vec<SceneItem>, drawn: &LineChart) {
    let (left, right) = (drawn.area.x, drawn.area.right());
    if let Some(missed) = drawn.target.as_ref().and_then(|target| target.missed) {
        items.push(SceneItem::Rect(Rect {
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
        label(items, at, &tick.label, Ink::Soft, TextSize::Small, TextAlign::End);
    }
    for tick in &drawn.x {
        let at = Point { x: tick.at, y: drawn.x_line };
        label(items, at, &tick.label, Ink::Soft, TextSize::Small, TextAlign::Middle);
    }
    // Beside the numbers of the axis, which would be in its way.
    let beside = |at: Point| Point { x: left, ..at };
    let title = match drawn.is_log {
        true => format!("{} (logarithmic)", drawn.title.text),
        false => drawn.title.text.clone(),
    };
    label(items, beside(drawn.title.at), &title, Ink::Soft, TextSize::Small, TextAlign::Start);
    label(items, drawn.x_title.at, &drawn.x_title.text, Ink::Soft, TextSize::Small, TextAlign::Start);
    for stretch in &drawn.stretches {
        // The band runs along the upper ends and back along the lower ones.
        let half = stretch.band.len() / 2;
        for (upper, lower) in stretch.band[..half].iter().zip(stretch.band[half..].iter().rev()) {
            let line =
                Stroked { from: *upper, to: *lower, ink: Ink::Level, stroke: Stroke::Solid, width: 1.0 };
            items.push(SceneItem::Line(line));
        }
        let points = stretch.curve.clone();
        items.push(SceneItem::Polyline(Polyline {
            points,
            ink: Ink::Text,
            stroke: Stroke::Solid,
            width: 1.6,
        }));
    }
    if let Some((target, y)) = drawn.target.as_ref().and_then(|target| Some((target, target.at?))) {
        items.push(across(left, right, y, Ink::Danger, Stroke::Dashed));
        let at = Point { x: right - 4.0, y: y - 8.0 };
        label(items, at, &target.label, Ink::Text, TextSize::Small, TextAlign::End);
    }
    for note in &drawn.notes {
        label(items, note.at, &note.text, Ink::Soft, TextSize::Small, TextAlign::Start);
    }
    if let Some(hangs) = &drawn.hangs {
        label(items, beside(hangs.title.at), &hangs.title.text, Ink::Soft, TextSize::Small, TextAlign::Start);
        let bars = hangs.bars.iter().map(|hang| hang.bar).collect();
        items.push(SceneItem::Bars(RectBatch { bars, ink: Ink::Danger, fill: Fill::Solid }));
        let base = hangs.area.bottom();
        items.push(across(left, right, base, Ink::Rule, Stroke::Solid));
    }
    for spot in &drawn.spots {
        let (shape, ink) = match spot.standing.is_failed() {
            true => (SymbolShape::Cross, Ink::Danger),
            false => (SymbolShape::Dot, Ink::Text),
        };
        items.push(SceneItem::Mark(SymbolMark { at: spot.at, size: 8.0, shape, ink }));
    }
}

fn across(left: f64, right: f64, y: f64, ink: Ink, stroke: Stroke) -> SceneItem {
    SceneItem::Line(Stroked {
        from: Point { x: left, y },
        to: Point { x: right, y },
        ink,
        stroke,
        width: 1.0,
    })
}

pub(super) fn label(
    items: &mut Vec<SceneItem>,
    at: Point,
    text: &str,
    ink: Ink,
    face: TextSize,
    align: TextAlign,
) {
    items.push(SceneItem::Label(TextLabel { at, text: text.to_owned(), ink, face, align, plate: None }));
}
