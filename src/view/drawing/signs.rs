//! The small signs: one form for each meaning.

use super::model::{DrawingPrimitive, DrawingShape, FillPaint};
use crate::view::scene::{Bounds, Ink, Point, Stroke, SymbolMark, SymbolShape};

/// One sign. What is hollow shows the surface.
pub fn sign(mark: &SymbolMark) -> Vec<DrawingPrimitive> {
    let (x, y, r) = (mark.at.x, mark.at.y, mark.size / 2.0);
    let filled = |form: DrawingShape, ink: Ink| DrawingPrimitive::Filled {
        form,
        paint: FillPaint::Plain(ink),
        opacity: 1.0,
    };
    let stroked = |form: DrawingShape, width: f64| {
        let (ink, stroke) = (mark.ink, Stroke::Solid);
        DrawingPrimitive::Stroked { form, ink, width, stroke }
    };
    let place = |&(dx, dy): &(f64, f64)| Point { x: x + dx * r, y: y + dy * r };
    let polygon =
        |list: &[(f64, f64)]| filled(DrawingShape::Polygon(list.iter().map(place).collect()), mark.ink);
    match mark.shape {
        SymbolShape::Ring => {
            let circle = DrawingShape::Circle(mark.at, (r - 0.75).max(0.5));
            vec![filled(circle.clone(), Ink::Surface), stroked(circle, 1.5)]
        }
        SymbolShape::Dot => vec![filled(DrawingShape::Circle(mark.at, r), mark.ink)],
        SymbolShape::Cross => {
            let strokes = [[(-1.0, -1.0), (1.0, 1.0)], [(-1.0, 1.0), (1.0, -1.0)]];
            vec![stroked(DrawingShape::Lines(strokes.map(|ends| ends.map(|end| place(&end))).to_vec()), 2.0)]
        }
        SymbolShape::Bolt => vec![polygon(&[
            (0.3, -1.0),
            (-0.6, 0.15),
            (-0.05, 0.15),
            (-0.3, 1.0),
            (0.6, -0.15),
            (0.05, -0.15),
        ])],
        SymbolShape::Flag => {
            vec![polygon(&[(-0.15, -1.0), (1.2, -0.5), (0.15, 0.0), (0.15, 1.0), (-0.15, 1.0)])]
        }
        SymbolShape::Pointer => {
            vec![polygon(&[(-1.0, -1.0), (1.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)])]
        }
        SymbolShape::Open => vec![polygon(&[(-0.8, -0.45), (0.8, -0.45), (0.0, 0.6)])],
        SymbolShape::Folded => vec![polygon(&[(-0.45, -0.8), (0.6, 0.0), (-0.45, 0.8)])],
        SymbolShape::Warning => {
            let bar = |top: f64, height: f64| {
                filled(DrawingShape::Rect(Bounds::new(x - 0.75, top, 1.5, height), 0.0), Ink::Surface)
            };
            vec![
                polygon(&[(0.0, -1.0), (1.05, 0.9), (-1.05, 0.9)]),
                bar(y - r * 0.35, r * 0.7),
                bar(y + r * 0.5, 1.5),
            ]
        }
    }
}
