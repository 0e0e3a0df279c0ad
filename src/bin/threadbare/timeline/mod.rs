//! The timeline in the terminal: what every worker did, within the terminal's width.
//!
//! Two halves: `from_trace` turns what `analysis` derives from a trace into a [`picture::TimelinePicture`];
//! `draw` turns a picture into lines, a pure function that is tested without a trace. Here the two meet.

pub mod draw;
pub mod from_trace;
pub mod palette;
pub mod picture;
pub mod row;
pub mod ruler;

use draw::CanvasSize;
use threadbare::analysis::digest::Digest;

/// Lanes of one executor that are drawn before the rest is folded into one line.
const LANES: usize = 12;

/// The timeline of a run, at most `width` columns wide.
pub fn render(digest: &Digest<'_>, width: usize) -> String {
    let picture = from_trace::picture(digest, width);
    let rows = draw::draw(&picture, CanvasSize { width, lanes: LANES });
    rows.iter().map(|row| row.coloured() + "\n").collect()
}

#[cfg(test)]
mod tests;
