//! What is listed: the run that is branched off in each view, and the alternatives along it.

use threadbare::study::branch::{Alternative, BranchPoint, BranchPoints, RunOutline};
use threadbare::study::schedule::{Replay, Schedule, View};

/// The run that is branched off, in one view.
pub(super) struct BaseRun {
    pub view: View,
    pub schedule: Schedule,
    pub replay: Replay,
    pub branches: BranchPoints,
    pub upshot: RunOutline,
}

/// A listed alternative.
pub(super) struct ListedAlternative<'a> {
    pub trunk: &'a BaseRun,
    pub point: &'a BranchPoint,
    pub way: &'a Alternative,
    /// Others that come to the same.
    pub alike: usize,
    /// What it comes to, if that was looked at.
    pub upshot: Option<RunOutline>,
}
