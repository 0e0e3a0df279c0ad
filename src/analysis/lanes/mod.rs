//! A trace as a picture has it: lanes with spans, depths over time, cell accesses, marks. Derived once.
//!
//! Invariant: everything is in flat vectors; spans are sorted by lane, then by beginning, then by depth in
//! the worker's stack; spans of one task on one lane do not overlap. What lasts no time at all has no span.
//! Pixels, colours and merging what is too small to see are deliberately absent: the view does that.

mod model;
mod paint;

pub use model::{
    Access, Activity, Depths, Entry, Lane, LaneKind, Lanes, Mark, MarkKind, Span, Steps, WaitReason,
};
pub(crate) use paint::LanePainter;
pub use paint::lanes;
