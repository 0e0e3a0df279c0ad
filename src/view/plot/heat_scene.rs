//! A heat map over two parameters as a scene, for a picture that leaves the terminal.
//!
//! Invariant: everything stands where [`super::heat`] says; what deadlocks is a cross, what was not
//! measured is hatched, and what meets every expectation is outlined: nothing is told by colour alone.

use super::heat::{HeatMap, HeatMapCell, HeatMapLegendStep, heat};
use super::scene::{HEIGHT, PAD, framed, label};
use super::{PlotFrame, PlotTitle};
use crate::analysis::swept::Swept;
use crate::view::scene::{
    Bounds, Fill, Ink, Line, Measure, Point, Rect, Scene, SceneItem, Stroke, SymbolMark, SymbolShape,
    TextAlign, TextSize,
};

/// The map of a quantity with the key of its steps, and what is to be seen in a sentence; `None` if there is nothing to
/// draw.
pub(super) fn map(
    swept: &Swept,
    quantity: usize,
    width: f64,
    measure: Measure<'_>,
) -> Option<(Scene, String)> {
    let frame = PlotFrame::page(width - 2.0 * PAD, HEIGHT, measure);
    let drawn = heat(swept, quantity, &frame)?;
    let mut items = Vec::new();
    axes(&mut items, &drawn, &frame);
    for square in &drawn.squares {
        put(&mut items, square);
    }
    for (from, to) in &drawn.outline {
        let (ink, stroke) = (Ink::Text, Stroke::Solid);
        items.push(SceneItem::Line(Line { from: *from, to: *to, ink, stroke, width: 2.5 }));
    }
    let height = key(&mut items, &drawn.classes, &frame);
    Some((framed(items, width, height), drawn.about))
}

fn axes(items: &mut Vec<SceneItem>, drawn: &HeatMap, frame: &PlotFrame<'_>) {
    for tick in &drawn.x {
        let at = Point { x: tick.at, y: drawn.x_line };
        label(items, at, &tick.label, Ink::Soft, TextSize::Small, TextAlign::Middle);
    }
    for tick in &drawn.y {
        let at = Point { x: drawn.area.x - frame.gap, y: tick.at };
        label(items, at, &tick.label, Ink::Soft, TextSize::Small, TextAlign::End);
    }
    for PlotTitle { at, text } in [&drawn.title, &drawn.x_title, &drawn.y_title] {
        label(items, *at, text, Ink::Soft, TextSize::Small, TextAlign::Start);
    }
}

fn put(items: &mut Vec<SceneItem>, square: &HeatMapCell) {
    let at = square.at;
    let middle = Point { x: at.x + at.width / 2.0, y: at.y + at.height / 2.0 };
    let (ink, fill) = match square.step {
        Some(step) => (Ink::Step(step as u8), Fill::Solid),
        None => (Ink::Muted, Fill::Hatched),
    };
    items.push(SceneItem::Rect(Rect { at, ink, fill, edge: None, radius: 0.0 }));
    if square.hung > 0.0 {
        items.push(SceneItem::Mark(SymbolMark {
            at: middle,
            size: 10.0,
            shape: SymbolShape::Cross,
            ink: Ink::Danger,
        }));
    } else if let (Some(text), Some(step)) = (&square.label, square.step) {
        label(items, middle, text, Ink::OnStep(step as u8), TextSize::Small, TextAlign::Middle);
    }
}

/// What the steps stand for, in rows below the map; the height of everything.
fn key(items: &mut Vec<SceneItem>, classes: &[HeatMapLegendStep], frame: &PlotFrame<'_>) -> f64 {
    let (mut x, mut y) = (0.0, frame.height + frame.line);
    for class in classes {
        let wide = frame.line + frame.gap + frame.label(&class.label) + 2.0 * frame.gap;
        if x > 0.0 && x + wide > frame.width {
            (x, y) = (0.0, y + frame.line * 1.25);
        }
        let at = Bounds::new(x, y - frame.line / 2.0 + 2.0, frame.line, frame.line - 4.0);
        items.push(SceneItem::Rect(Rect {
            at,
            ink: Ink::Step(class.step as u8),
            fill: Fill::Solid,
            edge: None,
            radius: 0.0,
        }));
        let at = Point { x: x + frame.line + frame.gap, y };
        label(items, at, &class.label, Ink::Text, TextSize::Small, TextAlign::Start);
        x += wide;
    }
    y + frame.line
}
