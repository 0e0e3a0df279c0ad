//! The pictures of a report: for each variant the stage at its telling moment, the run as a timeline, and the number
//! that matters over a range of values.
//!
//! Invariant: together they stay within [`BUDGET`] bytes. A timeline that does not fit is an overview without words; one
//! that does not fit either is left out.

use super::block::text;
use super::document::Picture;
use crate::analysis::digest::Digest;
use crate::analysis::review::{Review, ReviewedVariant};
use crate::view::chart::RunChart;
use crate::view::picture::{self, DEFAULT_WIDTH};
use crate::view::plot::chart::chart;
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
    Sweep,
    Run,
}

/// Draws them, timelines last: the others say more on less room.
pub(super) fn draw(review: &Review, digests: &[Digest<'_>]) -> Vec<Picture> {
    let mut left = BUDGET;
    let mut pictures = Vec::new();
    for subject in [PictureSubject::Stage, PictureSubject::Sweep, PictureSubject::Run] {
        for (side, digest) in review.sides.iter().zip(digests) {
            let candidates = candidates(subject, review, side, digest);
            let (name, what) = match subject {
                PictureSubject::Stage => ("stage", "Stage"),
                PictureSubject::Sweep => ("sweep", "Sweep"),
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

/// What a picture may be, the best first, each with its caption.
fn candidates(
    subject: PictureSubject,
    review: &Review,
    side: &ReviewedVariant,
    digest: &Digest<'_>,
) -> Vec<(Scene, String)> {
    let (width, measure) = (DEFAULT_WIDTH, &approximate_width);
    match subject {
        PictureSubject::Stage => {
            let count = picture::telling(digest);
            let scene = picture::stage(digest, &RunChart::new(digest), count, width, measure);
            let at = picture::moment(digest, count);
            vec![(scene, format!("Who is where at {at}, and who waits for whom."))]
        }
        PictureSubject::Sweep => {
            let Some(sweep) = &side.sweep else { return Vec::new() };
            let title = [&review.title, &review.file].into_iter().find(|name| !name.trim().is_empty());
            let title = format!("{} · {}", title.map_or("", String::as_str), side.variant);
            let origin = format!("sweep {}", sweep.id);
            let place = sweep.swept.quantities.iter().position(|quantity| quantity.name == sweep.metric);
            let scene = place.and_then(|place| chart(&sweep.swept, place, &title, &origin, width, measure));
            let caption = format!(
                "{} over other values of {}; the document has {}.",
                sweep.metric, sweep.label, sweep.value
            );
            scene.map(|scene| (scene, caption)).into_iter().collect()
        }
        PictureSubject::Run => {
            let chart = RunChart::new(digest);
            vec![
                (
                    picture::timeline(digest, &chart, width, measure),
                    "The run: a row for each worker, time from left to right.".to_owned(),
                ),
                (
                    picture::overview(digest, &chart, width, measure),
                    "The run in short: some of its workers, time from left to right.".to_owned(),
                ),
            ]
        }
    }
}
