//! What is listed: the run that is branched off in each view, and the alternatives along it.

use threadbare::study::branch::{BranchAlternative, BranchPoint, BranchPoints, RunOutcomeSummary};
use threadbare::study::schedule::{ReplayedRun, Schedule, TimingAssumption};

/// The run that is branched off, in one view.
pub(super) struct BaseRun {
    pub view: TimingAssumption,
    pub schedule: Schedule,
    pub replay: ReplayedRun,
    pub branches: BranchPoints,
    pub upshot: RunOutcomeSummary,
}

/// A listed alternative.
pub(super) struct ListedAlternative<'a> {
    pub trunk: &'a BaseRun,
    pub point: &'a BranchPoint,
    pub way: &'a BranchAlternative,
    /// Others that come to the same.
    pub alike: usize,
    /// What it comes to, if that was looked at.
    pub upshot: Option<RunOutcomeSummary>,
}
