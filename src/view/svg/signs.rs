//! The small signs: one form for each meaning.

use super::number::number;
use crate::view::scene::{Mark, Shape};

/// One sign. `ground` is the colour behind it, for what is hollow.
pub fn sign(mark: &Mark, colour: &str, ground: &str) -> String {
    let (x, y, r) = (mark.at.x, mark.at.y, mark.size / 2.0);
    let polygon = |list: &[(f64, f64)]| {
        let one = |(dx, dy): &(f64, f64)| format!("{},{}", number(x + dx * r), number(y + dy * r));
        let points = list.iter().map(one).collect::<Vec<_>>().join(" ");
        format!("<polygon points=\"{points}\" fill=\"{colour}\"/>")
    };
    let circle = |radius: f64, fill: &str, rest: &str| {
        format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{fill}\"{rest}/>",
            number(x),
            number(y),
            number(radius)
        )
    };
    match mark.shape {
        Shape::Ring => {
            circle((r - 0.75).max(0.5), ground, &format!(" stroke=\"{colour}\" stroke-width=\"1.5\""))
        }
        Shape::Dot => circle(r, colour, ""),
        Shape::Cross => format!(
            "<path d=\"M{0} {1}L{2} {3}M{0} {3}L{2} {1}\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            number(x - r),
            number(y - r),
            number(x + r),
            number(y + r)
        ),
        Shape::Bolt => {
            polygon(&[(0.3, -1.0), (-0.6, 0.15), (-0.05, 0.15), (-0.3, 1.0), (0.6, -0.15), (0.05, -0.15)])
        }
        Shape::Flag => polygon(&[(-0.15, -1.0), (1.2, -0.5), (0.15, 0.0), (0.15, 1.0), (-0.15, 1.0)]),
        Shape::Pointer => polygon(&[(-1.0, -1.0), (1.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)]),
        Shape::Open => polygon(&[(-0.8, -0.45), (0.8, -0.45), (0.0, 0.6)]),
        Shape::Folded => polygon(&[(-0.45, -0.8), (0.6, 0.0), (-0.45, 0.8)]),
        Shape::Warning => {
            let bar = |top: f64, height: f64| {
                let (left, top) = (number(x - 0.75), number(top));
                format!(
                    "<rect x=\"{left}\" y=\"{top}\" width=\"1.5\" height=\"{}\" fill=\"{ground}\"/>",
                    number(height)
                )
            };
            polygon(&[(0.0, -1.0), (1.05, 0.9), (-1.05, 0.9)])
                + &bar(y - r * 0.35, r * 0.7)
                + &bar(y + r * 0.5, 1.5)
        }
    }
}
