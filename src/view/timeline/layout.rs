//! How large the timeline is drawn, how high its rows are, and what is folded.

use crate::model::id::ExecutorId;
use std::collections::BTreeSet;

/// How high the ruler is, in pixels.
pub const RULER: f64 = 28.0;

/// How high rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowDensity {
    /// By how many rows there are.
    #[default]
    Auto,
    /// 24 px, with names.
    Tall,
    /// 12 px, with small names.
    Medium,
    /// 4 px: an overview.
    Low,
}

/// Where everything goes.
#[derive(Clone, Debug, Default)]
pub struct TimelineLayout {
    /// Width of the scene, in pixels.
    pub width: f64,
    /// Height of the scene, in pixels, the ruler included. Zero makes it as high as all of it.
    pub height: f64,
    /// How far the rows are scrolled up under the ruler, in pixels.
    pub scroll: f64,
    /// How high rows are.
    pub density: RowDensity,
    /// Executors of which only the heading is shown.
    pub folded: BTreeSet<ExecutorId>,
    /// Only the heading of the cells is shown.
    pub cells_folded: bool,
}
