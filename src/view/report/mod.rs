//! A design review as a document: one content model, written as HTML, Markdown and JSON.
//!
//! ```text
//! analysis::review + runs -> content (sections of blocks, pictures) -> html, markdown
//!                    review, completed with what its runs show -----> json
//! ```
//!
//! Invariant: the command line and the page hand in the same and get the same, byte for byte: there is no clock, no
//! font and no locale in it. Whatever a document says is text.

mod answer;
mod block;
mod choice;
mod content;
mod document;
mod doubt;
mod evidence;
mod exchange;
mod figures;
mod html;
mod markdown;
mod pictures;
mod story;
pub mod versions;

pub use block::{Block, InlineSpan, Line, TableColumn};
pub use document::{Document, Picture, Section};

use crate::analysis::digest::Digest;
use crate::analysis::review::Review;
use crate::trace::Trace;
use crate::view::mermaid;

/// The tasks of a run that are stuck, or its first ones, as a `sequenceDiagram` of Mermaid.
pub fn sequence_diagram(digest: &Digest<'_>) -> String {
    mermaid::sequence(&story::of_run(digest))
}

/// A report, ready to be written.
#[derive(Clone, Debug)]
pub struct Report {
    review: Review,
    document: Document,
}

impl Report {
    /// The report of a review. `runs` has the first run of each variant, `shown` the run of its counterexample if that is
    /// another.
    pub fn new(mut review: Review, runs: &[Trace], shown: &[Option<Trace>]) -> Report {
        let digests: Vec<Digest<'_>> = runs.iter().map(Digest::new).collect();
        let others: Vec<Option<Digest<'_>>> =
            shown.iter().map(|trace| trace.as_ref().map(Digest::new)).collect();
        for ((side, digest), other) in review.sides.iter_mut().zip(&digests).zip(&others) {
            if let Some(found) = &mut side.counterexample {
                story::fill(found, other.as_ref().unwrap_or(digest));
            }
        }
        let pictures = pictures::draw(&review, &digests);
        let document = content::document(&review, pictures);
        Report { review, document }
    }

    /// One page of HTML.
    pub fn html(&self) -> String {
        html::page(&self.document)
    }

    /// Markdown. `link` says where a picture is to be found; a picture without a place is left out.
    pub fn markdown(&self, link: &dyn Fn(&Picture) -> Option<String>) -> String {
        markdown::text(&self.document, link)
    }

    /// The facts as JSON.
    pub fn json(&self) -> String {
        let value = serde_json::to_value(&self.review).expect("names and numbers always are JSON");
        format!("{value:#}\n")
    }

    /// The pictures, for whoever writes them to files.
    pub fn pictures(&self) -> &[Picture] {
        &self.document.pictures
    }
}
