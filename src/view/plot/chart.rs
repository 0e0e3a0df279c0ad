//! What a sweep came to as one picture: the curve over one parameter, the heat map over two.

use super::heat_scene::map;
use super::scene::curve;
use crate::analysis::prose::counted;
use crate::analysis::swept::{Cell, Swept};
use crate::view::caption::{PictureCaption, captioned};
use crate::view::legend::{PictureKind, PictureLegend, signs};
use crate::view::scene::{Measure, Scene};

/// The chart of a quantity with a heading, what is to be seen, a legend, the verdict, how many runs it rests on, and
/// where it comes from; `None` if there is nothing to draw.
pub fn chart(
    swept: &Swept,
    quantity: usize,
    title: &str,
    origin: &str,
    width: f64,
    measure: Measure<'_>,
) -> Option<Scene> {
    let (kind, drawn) = match swept.axes.len() {
        1 => (PictureKind::Curve, curve(swept, quantity, width, measure)),
        2 => (PictureKind::Map, map(swept, quantity, width, measure)),
        _ => return None,
    };
    let (scene, sentence) = drawn?;
    let legend = PictureLegend { tasks: Vec::new(), signs: signs(kind, &scene) };
    let foot = vec![verdict(swept), effort(swept), origin.to_owned()];
    let caption = PictureCaption { title: title.to_owned(), sentence, foot };
    Some(captioned(scene, &caption, &legend, measure))
}

/// Where everything expected is met, and where runs deadlock:
/// `all that is expected is met at pool = 6 to 10, runs deadlock at pool = 1 to 5`.
pub fn verdict(swept: &Swept) -> String {
    let met = |cell: &Cell| cell.standing.is_met();
    let hung = |cell: &Cell| cell.hung.mean > 0.0;
    let expects = swept.cells.iter().any(|cell| met(cell) || cell.standing.is_failed());
    let mut said = Vec::new();
    if expects {
        said.push(format!("all that is expected is met {}", places(swept, met)));
    }
    if swept.cells.iter().any(hung) {
        said.push(format!("runs deadlock {}", places(swept, hung)));
    }
    if said.is_empty() { "nothing is expected, and no run deadlocks".to_owned() } else { said.join(", ") }
}

/// At which values something holds, those that follow each other as a range: `at pool = 1 to 5, 8`.
fn places(swept: &Swept, holds: impl Fn(&Cell) -> bool) -> String {
    let count = swept.cells.iter().filter(|cell| holds(cell)).count();
    let all = swept.cells.len();
    match (count, swept.axes.as_slice()) {
        (0, _) => "nowhere".to_owned(),
        (count, _) if count == all => "everywhere".to_owned(),
        (_, [axis]) => {
            let mut cells: Vec<&Cell> = swept.cells.iter().collect();
            cells.sort_by_key(|cell| cell.cell);
            let stretches = cells.chunk_by(|a, b| holds(a) == holds(b)).filter(|stretch| holds(stretch[0]));
            let words = |stretch: &[&Cell]| match stretch {
                [first, .., last] => format!("{} to {}", swept.value(first, 0), swept.value(last, 0)),
                _ => swept.value(stretch[0], 0).to_owned(),
            };
            format!("at {} = {}", axis.name, stretches.map(words).collect::<Vec<_>>().join(", "))
        }
        (count, _) => format!("in {count} of {all} cells"),
    }
}

/// How many runs a chart rests on: `30 runs a value`.
pub fn effort(swept: &Swept) -> String {
    let runs = swept.cells.iter().map(|cell| cell.runs).max().unwrap_or(0);
    let place = if swept.axes.len() == 2 { "cell" } else { "value" };
    format!("{} a {place}", counted(runs as usize, "run"))
}
