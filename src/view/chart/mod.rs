//! One run made ready to be drawn: derived once from its digest, then every frame, minimap and thumbnail is
//! cut from it.
//!
//! Invariant: a chart is a function of its digest, in flat vectors. Groups are executors in document order;
//! a group's rows lie next to each other in [`Chart::lanes`]. Pixels, windows and what is chosen or folded
//! are deliberately absent: see [`super::timeline`].

mod build;
pub mod lane;
mod model;
mod octave;
pub mod piece;
pub mod steps;
mod stuck;

pub use lane::{Lane, Seat};
pub use model::{
    Access, CapUse, CellTrack, Chart, Group, MAX_KEYS, MAX_PLACES, Mark, MarkKind, PiecePosition,
};
pub use piece::{LaneSegment, MergedPieces, Piece, StuckLevel, TaskActivity};
pub use steps::Steps;
pub use stuck::StuckPeriod;
