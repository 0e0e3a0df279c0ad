//! The one sort of finding that a search looks for.
//!
//! Invariant: what is accepted has the same cause as the example. Whoever hangs in it hangs in the example too, and where
//! something that is waited for could still come from a task of the example, it could from one that is there. Without the
//! second, leaving out the arrival of the only task that opens a latch would make a ring of waits a latch that nobody
//! opens.

use super::finding::FindingKind;
use crate::analysis::wait_for::reach::Reach;
use crate::model::id::{Pc, TaskTypeId};
use crate::model::scenario::Scenario;
use crate::model::signal::Signal;
use std::collections::BTreeSet;

/// An example of what is looked for, and what decides whether something else is like it.
pub(super) struct SearchTarget {
    example: FindingKind,
    /// What waiting tasks of the example need, and none of its tasks can bring.
    missing: BTreeSet<Signal>,
    reach: Reach,
}

impl SearchTarget {
    /// Findings like `example`, in `scenario` with some or all of its arrivals.
    pub fn new(scenario: &Scenario, example: &FindingKind) -> SearchTarget {
        let reach = Reach::new(scenario);
        let missing = blocked(example).map(|tasks| missing(scenario, &reach, tasks)).unwrap_or_default();
        SearchTarget { example: example.clone(), missing, reach }
    }

    /// What is looked for.
    pub fn example(&self) -> &FindingKind {
        &self.example
    }

    /// Whether `kind`, found in `scenario`, is what is looked for.
    pub fn is_met_by(&self, scenario: &Scenario, kind: &FindingKind) -> bool {
        let is_same_cause = || match (blocked(&self.example), blocked(kind)) {
            (Some(before), Some(now)) => {
                now.iter().all(|step| before.contains(step))
                    && missing(scenario, &self.reach, now).is_subset(&self.missing)
            }
            (None, _) | (_, None) => true,
        };
        self.example.is_like(kind) && is_same_cause()
    }
}

/// The steps at which tasks stand, if the finding is that they do.
fn blocked(kind: &FindingKind) -> Option<&[(TaskTypeId, Pc)]> {
    match kind {
        FindingKind::Deadlock(steps) | FindingKind::Partial(steps) | FindingKind::Stall(steps) => Some(steps),
        FindingKind::LostUpdate(..) | FindingKind::Final(_) | FindingKind::Endless(_) => None,
    }
}

/// What tasks at these steps wait for that no task at another of them can bring.
fn missing(scenario: &Scenario, reach: &Reach, steps: &[(TaskTypeId, Pc)]) -> BTreeSet<Signal> {
    let awaited = |(kind, pc): (TaskTypeId, Pc)| {
        scenario.tasks[kind.index()].program.code.get(pc.index())?.awaited_signal(scenario)
    };
    let comes = |signal: Signal| {
        steps.iter().any(|&(kind, pc)| awaited((kind, pc)) != Some(signal) && reach.brings(kind, pc, signal))
    };
    steps.iter().filter_map(|step| awaited(*step)).filter(|signal| !comes(*signal)).collect()
}
