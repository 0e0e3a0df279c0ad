//! The stage: who is where at one instant, and who waits for whom. Executors are rooms with a queue and seats, tasks
//! are tokens in them, locks and semaphores are objects beside them.
//!
//! ```text
//! digest, chart -> StagedRun (once a run)
//! StagedRun + state  -> Stage (tokens, roles, waits) -> Placed (where each stands) -> scene
//!                  Motion (what moved since the last picture) -----------------^
//! ```
//!
//! Invariant: a pure function of the trace and an instant; it says the same as [`analysis::state`](crate::analysis::state).
//! Rooms stand where the whole run needs them, so that nothing but tokens moves while it plays. What can never continue is
//! taken from the digest's findings, not found anew. From [`PILE`] tokens on, those of one role are one pile.
//!
//! Deliberately absent: which task needs which exactly ([`super::graph`] draws that), times to come that only the
//! trace knows.

mod arrange;
mod awaited;
mod collect;
mod dimensions;
mod fit;
mod focus;
mod links;
mod model;
mod motion;
mod objects;
mod paint;
mod place;
mod placed;
mod rooms;
mod rows;
mod staged_run;
mod timers;
mod tokens;
mod ways;
mod words;

pub use fit::fitted;
pub use focus::StageSelection;
pub use model::{
    CarrierThreadRow, DelayCountdown, ExecutorRoom, ExecutorRoomZone, PILE, SharedObjectId, StageObject,
    StageSnapshot, TaskEndCounts, TaskGroup, TaskToken, TokenWait, TokenWaitTarget, WrapperLimitUsage,
};
pub use motion::{MOVE_MS, TokenMotion};
pub use paint::scene;
pub use place::place;
pub use placed::{PlacedRoom, StageFigure, StageFigureKind, StageFrame, StageLayout};
pub use staged_run::StagedRun;
pub use words::words;
