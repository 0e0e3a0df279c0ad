//! The content of a report as a whole: sections of blocks, and the pictures that they show.

use super::block::{Block, Line};

/// The content of a report.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The heading of all.
    pub title: String,
    /// What made it.
    pub version: String,
    /// A line under the heading.
    pub byline: Line,
    /// The sections, in order.
    pub sections: Vec<Section>,
    /// The pictures that blocks refer to by number.
    pub pictures: Vec<Picture>,
}

/// A section of a report.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Heading of the section.
    pub title: String,
    /// What it holds.
    pub blocks: Vec<Block>,
}

/// A picture of a report.
#[derive(Clone, Debug)]
pub struct Picture {
    /// A name for a file, without an ending: `base-stage`.
    pub name: String,
    /// What it shows, for who cannot see it.
    pub title: String,
    /// What is written under it.
    pub caption: Line,
    /// The picture for a page that has the colours.
    pub inline: String,
    /// The picture as a file of its own.
    pub file: String,
}
