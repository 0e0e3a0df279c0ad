//! Exploration: every order that a scenario allows, looking for deadlocks, lost updates, failed expectations and runs
//! without end.
//!
//! Depth first over the states of the engine. States that are alike are looked at once
//! (`engine::explore::key`); steps that nobody else can notice are not interleaved with others (a partial
//! order reduction: see `engine::explore`). What is found comes as a schedule that replays it.
//!
//! What is too large for that is searched within a bound on turns ([`turn_bounded`]) or sampled ([`sample`]).
//!
//! Invariant: `exhausted` is said only if every reachable state was looked at. Everything is deterministic, so
//! that two explorations of one scenario with the same options say the same. Deliberately absent: the clock; a
//! caller explores in slices and stops when it likes, keeping what was found.

mod arrivals;
mod blocked;
mod cycles;
mod explorer;
mod finding;
mod frame;
mod graph;
mod judged;
pub(in crate::study) mod past;
mod plain;
mod rng;
pub mod sample;
mod shorten;
mod show;
mod shown;
#[cfg(test)]
mod soundness;
mod target;
pub mod turn_bounded;
mod walk;
pub mod words;

pub use explorer::InterleavingExplorer;
pub use finding::{
    DEFAULT_MEMORY, ExplorationCoverage, ExplorationFinding, ExplorationOptions, FindingKind,
    NonterminationEvidence, SearchStopReason, StateSpaceReduction,
};
pub use judged::not_judged;
pub use shorten::{EFFORT, shorten};
pub use show::show;
