//! One run made ready to be drawn: derived once from its digest, then every frame, minimap and thumbnail is
//! cut from it.
//!
//! Invariant: a chart is a function of its digest, in flat vectors. Groups are executors in document order;
//! a group's rows lie next to each other in [`RunChart::lanes`]. Pixels, windows and what is chosen or folded
//! are deliberately absent: see [`super::timeline`].

mod build;
pub mod lane;
mod model;
mod octave;
pub mod piece;
pub mod steps;
mod stuck;

pub use lane::{ChartLane, LaneSubject};
pub use model::{
    CapUsage, CellAccess, CellAccessTrack, ExecutorLanes, MAX_KEYS, MAX_PLACES, PiecePosition, RunChart,
    SubmissionMark, SubmissionMarkKind,
};
pub use piece::{ActivitySpan, LaneSegment, MergedActivity, StuckSeverity, TaskActivity};
pub use steps::CountOverTime;
pub use stuck::StuckPeriod;
