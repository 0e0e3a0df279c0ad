//! What is asked of an exploration, and what it says: how far to look, what can be found, what was looked at.

use crate::engine::explore::Lost;
use crate::model::id::{Pc, TaskTypeId};
use crate::study::schedule::{Schedule, TimingAssumption};
use crate::trace::Limit;

/// How far to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplorationOptions {
    /// Orders that were looked at.
    pub view: TimingAssumption,
    /// Most arrivals of each entry; an entry that brings more is cut, and the coverage says so.
    pub most_arrivals: u64,
    /// Most different states.
    pub most_states: usize,
    /// Most steps on one path.
    pub most_depth: usize,
    /// Most bytes for the states that are remembered and those along the present path, as estimated.
    pub most_memory: u64,
    /// Leaves out one of the reductions, to measure what it saves. Schedules that are found without the partial order
    /// reduction replay nowhere.
    pub without: Option<StateSpaceReduction>,
}

/// What makes a search smaller and loses nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateSpaceReduction {
    /// Steps that nobody else can notice are not interleaved.
    PartialOrder,
    /// States in which like tasks have changed places are one, and of like alternatives one is taken.
    Symmetry,
    /// A state that was looked at is not looked at again.
    Hashing,
}

/// What a search was cut short by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchStopReason {
    /// The maximum number of states was reached.
    States,
    /// The maximum amount of memory was reached.
    Memory,
    /// Another search had found trouble, and this one was left.
    AlreadyFound,
}

/// Most findings of different kinds that are kept.
pub(super) const MAX_FINDINGS: usize = 32;
/// Bytes that the states of a search may take, unless it is told otherwise.
pub const DEFAULT_MEMORY: u64 = 192 << 20;

impl Default for ExplorationOptions {
    fn default() -> ExplorationOptions {
        ExplorationOptions {
            view: TimingAssumption::Untimed { timeouts_last: false },
            most_arrivals: 64,
            most_states: 1_000_000,
            most_depth: 20_000,
            most_memory: DEFAULT_MEMORY,
            without: None,
        }
    }
}

/// The kinds of findings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// Nothing can happen any more, and tasks are unfinished: they stand at these steps.
    Deadlock(Vec<(TaskTypeId, Pc)>),
    /// These tasks can never continue, although others can, for ever.
    Partial(Vec<(TaskTypeId, Pc)>),
    /// A write over a value that its writer had not seen.
    LostUpdate(TaskTypeId, Pc),
    /// The expectation of this number fails: a cell ends wrong, a task takes too long, too many are rejected.
    Final(usize),
    /// Only a timeout can let anything happen; tasks stand at these steps.
    Stall(Vec<(TaskTypeId, Pc)>),
    /// A run does not end, or creates tasks without end.
    Endless(NonterminationEvidence),
}

/// How a run shows that it does not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NonterminationEvidence {
    /// It reaches a limit of the scenario.
    Limit(Limit),
    /// All that can follow are states that come round again, for ever, and none of them is an end.
    Circle,
}

impl FindingKind {
    pub(super) fn of_lost(lost: Lost) -> FindingKind {
        FindingKind::LostUpdate(lost.kind, lost.pc)
    }

    /// Whether two findings are of the same sort, whatever the steps.
    pub fn is_like(&self, other: &FindingKind) -> bool {
        match (self, other) {
            (FindingKind::LostUpdate(a, b), FindingKind::LostUpdate(c, d)) => (a, b) == (c, d),
            (FindingKind::Endless(a), FindingKind::Endless(b)) => a == b,
            (FindingKind::Final(a), FindingKind::Final(b)) => a == b,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

/// Something found, and the way there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplorationFinding {
    /// What was found.
    pub kind: FindingKind,
    /// Schedule that leads there.
    pub schedule: Schedule,
    /// How many steps that way has.
    pub steps: usize,
}

/// What was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExplorationCoverage {
    /// Number of different states.
    pub states: usize,
    /// Steps taken from one to another.
    pub transitions: u64,
    /// States in which nothing can happen any more.
    pub ends: usize,
    /// The longest path.
    pub depth: usize,
    /// Every reachable state was looked at (with the arrivals that are looked at).
    pub exhausted: bool,
    /// A path was longer than allowed, and was cut.
    pub cut_paths: bool,
    /// A run reached a limit of the scenario, and what comes after it was not looked at.
    pub cut_runs: bool,
    /// What ended the search before every state was looked at.
    pub stopped_by: Option<SearchStopReason>,
    /// Most bytes that states took at a time, as estimated.
    pub memory: u64,
    /// Entries of arrivals that were cut: which, and to how many.
    pub cut_arrivals: Vec<(usize, u64)>,
    /// Some runs never end: their states come round again.
    pub endless: bool,
}
