//! One look at the orders of a scenario, within bounds: whether any deadlocks, stalls, loses an update or fails what is
//! expected.

use super::allowance::Allowance;
use super::explore::{ExplorationOptions, FindingKind, InterleavingExplorer, SearchStopReason};
use super::schedule::TimingAssumption;
use crate::model::id::{Pc, TaskTypeId};
use crate::model::scenario::Scenario;
use std::sync::Arc;

/// The findings of exploring one view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExplorationSummary {
    /// Tasks can hang for ever.
    pub hangs: bool,
    /// Only a timeout lets things go on.
    pub stalls: bool,
    /// Lost updates: who writes, and where.
    pub lost: Vec<(TaskTypeId, Pc)>,
    /// Cells that can end wrong: numbers of expectations.
    pub finals: Vec<usize>,
    /// Every reachable state was looked at, with all arrivals.
    pub exhausted: bool,
    /// How many states were explored.
    pub states: usize,
}

/// How much of what can be found is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LookGoal {
    /// All of it.
    Everything,
    /// Nothing more once something hangs.
    FirstHang,
}

/// Steps of a slice: some milliseconds.
const SLICE: u64 = 500;

/// Explores one view.
pub(super) fn look(
    scenario: &Arc<Scenario>,
    view: TimingAssumption,
    most_states: usize,
    goal: LookGoal,
    allowance: &Allowance<'_>,
) -> ExplorationSummary {
    look_in_slices(scenario, view, most_states, goal, allowance, &mut || {})
}

/// The same; after each slice `between` may look after other things.
pub(super) fn look_in_slices(
    scenario: &Arc<Scenario>,
    view: TimingAssumption,
    most_states: usize,
    goal: LookGoal,
    allowance: &Allowance<'_>,
    between: &mut dyn FnMut(),
) -> ExplorationSummary {
    let may_go_on = || allowance.may_go_on();
    let bounds = ExplorationOptions {
        view,
        most_states,
        most_memory: allowance.search_memory(),
        ..ExplorationOptions::default()
    };
    let mut explorer = InterleavingExplorer::new(scenario, bounds);
    let has_enough = |explorer: &InterleavingExplorer| {
        goal == LookGoal::FirstHang && explorer.findings().iter().any(|finding| is_hang(&finding.kind))
    };
    while !explorer.advance_while(SLICE, &may_go_on) && may_go_on() && !has_enough(&explorer) {
        between();
    }
    explorer.cut_short();
    let coverage = explorer.coverage();
    if coverage.stopped_by == Some(SearchStopReason::Memory) {
        allowance.search_is_full();
    }
    let mut seen = ExplorationSummary {
        exhausted: coverage.exhausted && coverage.cut_arrivals.is_empty(),
        states: coverage.states,
        ..ExplorationSummary::default()
    };
    for finding in explorer.findings() {
        seen.hangs |= is_hang(&finding.kind);
        match &finding.kind {
            FindingKind::Deadlock(_) | FindingKind::Partial(_) => {}
            FindingKind::Stall(_) => seen.stalls = true,
            FindingKind::LostUpdate(task, pc) => seen.lost.push((*task, *pc)),
            FindingKind::Final(number) => seen.finals.push(*number),
            FindingKind::Endless(_) => {}
        }
    }
    seen
}

fn is_hang(kind: &FindingKind) -> bool {
    matches!(kind, FindingKind::Deadlock(_) | FindingKind::Partial(_))
}
