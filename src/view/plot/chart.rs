//! What a sweep came to as one picture: the curve over one parameter, the heat map over two.

use super::heat_scene::map;
use super::scene::curve;
use crate::analysis::prose::counted;
use crate::analysis::swept::Swept;
use crate::view::scene::{Measure, Scene};

/// The chart of a quantity with a heading, a sentence below it, and where it comes from; `None` if there is nothing to
/// draw.
pub fn chart(
    swept: &Swept,
    quantity: usize,
    title: &str,
    foot: &str,
    width: f64,
    measure: Measure<'_>,
) -> Option<Scene> {
    match swept.axes.len() {
        1 => curve(swept, quantity, title, foot, width, measure),
        2 => map(swept, quantity, title, foot, width, measure),
        _ => None,
    }
}

/// How many runs the chart rests on, and what its signs mean: `30 runs a value · a cross fails what is expected`.
pub fn legend(swept: &Swept) -> String {
    let runs = swept.cells.iter().map(|cell| cell.runs).max().unwrap_or(0);
    let (place, signs) = match swept.axes.len() {
        2 => ("cell", "a cross deadlocks · the outline holds what meets every expectation"),
        _ => ("value", "a cross fails what is expected"),
    };
    format!("{} a {place} · {signs}", counted(runs as usize, "run"))
}
