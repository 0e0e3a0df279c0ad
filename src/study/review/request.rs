//! What a review is asked to be about.

use crate::import::measured::Measured;
use crate::language::{Document, Overrides};

/// What is to be reviewed.
#[derive(Clone, Debug)]
pub struct ReviewRequest<'a> {
    /// The document, which knows the name of its file.
    pub document: &'a Document,
    /// The variants; the others are compared with the first.
    pub variants: &'a [String],
    /// What is set from outside.
    pub overrides: &'a Overrides,
    /// Runs of each variant in which something is drawn.
    pub runs: u32,
    /// How far to look.
    pub depth: ReviewDepth,
    /// A recording of the real system, to hold the first variant against.
    pub recording: Option<RecordedMeasurements<'a>>,
}

/// A recording of the real system.
#[derive(Clone, Copy, Debug)]
pub struct RecordedMeasurements<'a> {
    /// The name of its file.
    pub name: &'a str,
    /// What was measured in it.
    pub measured: &'a Measured,
}

/// How far a review looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewDepth {
    /// Explores orders, and varies every number.
    Full,
    /// Runs and reads; explores nothing and varies nothing.
    Quick,
}
