//! The pictures of a report: for each variant the stage at its telling moment, and the run as a timeline.
//!
//! Invariant: together they stay within [`BUDGET`] bytes. A timeline that does not fit is an overview without words; one
//! that does not fit either is left out.

use super::block::text;
use super::document::Picture;
use crate::analysis::digest::Digest;
use crate::analysis::review::Review;
use crate::view::chart::RunChart;
use crate::view::picture::{self, DEFAULT_WIDTH};
use crate::view::scene::{Scene, approximate_width};
use crate::view::svg::{inline, svg};
use crate::view::theme::ColourTheme;

/// Most bytes of all pictures in a page.
const BUDGET: usize = 190_000;
/// Most bytes of one picture.
const MAX_PICTURE: usize = 70_000;

/// What a picture is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PictureSubject {
    Stage,
    Run,
}

/// Draws them, the stages first: they say more on less room.
pub(super) fn draw(review: &Review, digests: &[Digest<'_>]) -> Vec<Picture> {
    let mut left = BUDGET;
    let mut pictures = Vec::new();
    for subject in [PictureSubject::Stage, PictureSubject::Run] {
        for (side, digest) in review.sides.iter().zip(digests) {
            let chart = RunChart::new(digest);
            let candidates: Vec<(Scene, String)> = match subject {
                PictureSubject::Stage => {
                    let count = picture::telling(digest);
                    let scene = picture::stage(digest, &chart, count, DEFAULT_WIDTH, &approximate_width);
                    let at = picture::moment(digest, count);
                    vec![(scene, format!("Who is where at {at}, and who waits for whom."))]
                }
                PictureSubject::Run => vec![
                    (
                        picture::timeline(digest, &chart, DEFAULT_WIDTH, &approximate_width),
                        "The run: a row for each worker, time from left to right.".to_owned(),
                    ),
                    (
                        picture::overview(digest, &chart, DEFAULT_WIDTH, &approximate_width),
                        "The run in short: some of its workers, time from left to right.".to_owned(),
                    ),
                ],
            };
            let (name, what) = match subject {
                PictureSubject::Stage => ("stage", "Stage"),
                PictureSubject::Run => ("timeline", "Timeline"),
            };
            let title = format!("{what} of {}", side.variant);
            let prefix = format!("p{}", pictures.len());
            let drawn = candidates.into_iter().map(|(scene, caption)| {
                let drawn = inline(&scene, &prefix, &title, &approximate_width);
                (scene, caption, drawn)
            });
            let fitting = drawn.into_iter().find(|(.., drawn)| drawn.len() <= left.min(MAX_PICTURE));
            let Some((scene, caption, drawn)) = fitting else { continue };
            left -= drawn.len();
            pictures.push(Picture {
                name: format!("{}-{name}", side.variant),
                file: svg(&scene, &ColourTheme::light(), &title, &approximate_width),
                caption: text(format!("{}: {caption}", side.variant)),
                title,
                inline: drawn,
            });
        }
    }
    pictures
}
