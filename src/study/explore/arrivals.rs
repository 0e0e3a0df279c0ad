//! How many arrivals of each entry are explored.

use super::finding::ExplorationOptions;
use crate::model::scenario::Scenario;
use crate::model::time::Time;
use crate::study::schedule::{TimingAssumption, limits, with_arrivals};
use std::sync::Arc;

/// For each entry to how many arrivals it is cut, if it is; and a list of those that are.
pub(super) fn cut_arrivals(
    scenario: &Scenario,
    options: &ExplorationOptions,
) -> (Vec<Option<u64>>, Vec<(usize, u64)>) {
    let most = options.most_arrivals;
    let mut arrivals = Vec::new();
    let mut cut = Vec::new();
    for (i, entry) in scenario.arrivals.iter().enumerate() {
        let horizon = match options.view {
            TimingAssumption::Timed => scenario.until.unwrap_or(Time::NEVER),
            TimingAssumption::Untimed { .. } => Time::NEVER,
        };
        let is_cut = entry.pattern.most_until(horizon).is_none_or(|all| all > most);
        if is_cut {
            cut.push((i, most));
        }
        arrivals.push(is_cut.then_some(most));
    }
    (arrivals, cut)
}

/// A scenario with just the arrivals that are explored, and within the limits of a search.
pub(super) fn limited(scenario: &Scenario, arrivals: &[Option<u64>]) -> Arc<Scenario> {
    let mut limited = with_arrivals(scenario, arrivals);
    limited.limits = limits(limited.limits);
    Arc::new(limited)
}

/// As a schedule has it: a list that limits nothing is no list.
pub(super) fn as_limits(arrivals: &[Option<u64>]) -> Vec<Option<u64>> {
    if arrivals.iter().any(Option::is_some) { arrivals.to_vec() } else { Vec::new() }
}
