//! The small signs at an instant: one form for each meaning.

use std::f64::consts::PI;
use threadbare::view::scene::{SymbolMark, SymbolShape};
use web_sys::CanvasRenderingContext2d;

/// Draws one. `ground` is the colour behind it, for what is hollow.
pub fn draw(context: &CanvasRenderingContext2d, mark: &SymbolMark, colour: &str, ground: &str) {
    let (x, y, r) = (mark.at.x, mark.at.y, mark.size / 2.0);
    context.set_global_alpha(1.0);
    context.set_fill_style_str(colour);
    context.set_stroke_style_str(colour);
    context.set_line_width(1.5);
    context.begin_path();
    match mark.shape {
        SymbolShape::Ring => {
            let _ = context.arc(x, y, (r - 0.75).max(0.5), 0.0, 2.0 * PI);
            context.set_fill_style_str(ground);
            context.fill();
            context.stroke();
        }
        SymbolShape::Dot => {
            let _ = context.arc(x, y, r, 0.0, 2.0 * PI);
            context.fill();
        }
        SymbolShape::Cross => {
            context.set_line_width(2.0);
            outline(context, &[(x - r, y - r), (x + r, y + r)]);
            outline(context, &[(x - r, y + r), (x + r, y - r)]);
            context.stroke();
        }
        SymbolShape::Bolt => {
            let points = [(0.3, -1.0), (-0.6, 0.15), (-0.05, 0.15), (-0.3, 1.0), (0.6, -0.15), (0.05, -0.15)];
            polygon(context, x, y, r, &points);
        }
        SymbolShape::Flag => {
            context.fill_rect(x - 0.75, y - r, 1.5, mark.size);
            polygon(context, x, y, r, &[(0.0, -1.0), (1.2, -0.5), (0.0, 0.0)]);
        }
        SymbolShape::Pointer => {
            polygon(context, x, y, r, &[(-1.0, -1.0), (1.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)])
        }
        SymbolShape::Open => polygon(context, x, y, r, &[(-0.8, -0.45), (0.8, -0.45), (0.0, 0.6)]),
        SymbolShape::Folded => polygon(context, x, y, r, &[(-0.45, -0.8), (0.6, 0.0), (-0.45, 0.8)]),
        SymbolShape::Warning => {
            polygon(context, x, y, r, &[(0.0, -1.0), (1.05, 0.9), (-1.05, 0.9)]);
            context.set_fill_style_str(ground);
            context.fill_rect(x - 0.75, y - r * 0.35, 1.5, r * 0.7);
            context.fill_rect(x - 0.75, y + r * 0.5, 1.5, 1.5);
        }
    }
}

fn outline(context: &CanvasRenderingContext2d, points: &[(f64, f64)]) {
    for (at, (x, y)) in points.iter().enumerate() {
        if at == 0 {
            context.move_to(*x, *y);
        } else {
            context.line_to(*x, *y);
        }
    }
}

/// A filled polygon, its points in radii from the centre.
fn polygon(context: &CanvasRenderingContext2d, x: f64, y: f64, r: f64, points: &[(f64, f64)]) {
    let points: Vec<(f64, f64)> = points.iter().map(|(dx, dy)| (x + dx * r, y + dy * r)).collect();
    context.begin_path();
    outline(context, &points);
    context.close_path();
    context.fill();
}
