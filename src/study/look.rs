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

/// Steps of a slice: some milliseconds.
const SLICE: u64 = 500;

/// Explores one view.
pub(super) fn look(
    scenario: &Arc<Scenario>,
    view: TimingAssumption,
    most_states: usize,
    allowance: &Allowance<'_>,
) -> ExplorationSummary {
    look_in_slices(scenario, view, most_states, allowance, &mut || {})
}

/// The same; after each slice `between` may look after other things.
pub(super) fn look_in_slices(
    scenario: &Arc<Scenario>,
    view: TimingAssumption,
    most_states: usize,
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
    while !explorer.advance_while(SLICE, &may_go_on) && may_go_on() {
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
        match &finding.kind {
            FindingKind::Deadlock(_) | FindingKind::Partial(_) => seen.hangs = true,
            FindingKind::Stall(_) => seen.stalls = true,
            FindingKind::LostUpdate(task, pc) => seen.lost.push((*task, *pc)),
            FindingKind::Final(number) => seen.finals.push(*number),
            FindingKind::Endless(_) => {}
        }
    }
    seen
}
