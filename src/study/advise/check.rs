//! What a scenario can come to, and what a run of it costs: the same questions for the document and for each remedy.

use super::super::explore::{Explorer, Kind, Options};
use super::super::run;
use super::super::schedule::View;
use crate::analysis::digest::Digest;
use crate::analysis::shape::Shape;
use crate::model::id::{Pc, TaskTypeId};
use crate::model::scenario::Scenario;
use crate::model::time::{Duration, Time};
use crate::trace::OutcomeKind;
use std::sync::Arc;

/// More bytes of states than this are not kept: a page has no more to spare.
const MAX_MEMORY: u64 = 256 << 20;

/// What was found in one view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
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
    /// How many states were looked at.
    pub states: usize,
}

/// What one run costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// It hangs, or is given up.
    pub hangs: bool,
    /// When it ends.
    pub end: Time,
    /// Most native threads of all pools, each pool at its peak.
    pub threads: u64,
    /// Most memory of workers at once, in bytes.
    pub memory: u64,
    /// The 99th percentile of the latency of what arrives, over all of it that finished.
    pub p99: Option<Duration>,
    /// Tasks that failed, were refused or were dropped.
    pub failed: u64,
}

/// What is known of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// Under the drawn durations.
    pub timed: Seen,
    /// Under any durations.
    pub untimed: Seen,
    /// Its shape has no ring: it cannot hang, whatever is simultaneous.
    pub shape_is_clear: bool,
    /// Its plain run.
    pub cost: Cost,
}

impl Assessment {
    /// Looks at a scenario, at so many states in each view at most.
    pub fn of(scenario: &Arc<Scenario>, most_states: usize) -> Assessment {
        Assessment {
            timed: look(scenario, View::Timed, most_states),
            untimed: look(scenario, View::Untimed { timeouts_last: false }, most_states),
            shape_is_clear: !Shape::read(scenario).can_hang(),
            cost: cost(scenario),
        }
    }

    /// Something hangs in some order that was looked at.
    pub fn hangs(&self) -> bool {
        self.timed.hangs || self.untimed.hangs || self.cost.hangs
    }

    /// It is shown that nothing hangs: every order was looked at, or the shape allows none.
    pub fn is_proven(&self) -> bool {
        !self.hangs() && (self.shape_is_clear || self.untimed.exhausted)
    }

    /// An update is lost in some order.
    pub fn loses(&self) -> bool {
        [&self.timed, &self.untimed].iter().any(|seen| !seen.lost.is_empty())
    }
}

/// Explores one view.
pub(super) fn look(scenario: &Arc<Scenario>, view: View, most_states: usize) -> Seen {
    look_in_slices(scenario, view, most_states, &mut || {})
}

/// Steps of a slice: some milliseconds.
const SLICE: u64 = 500;

/// The same; after each slice `between` may look after other things.
pub(in crate::study) fn look_in_slices(
    scenario: &Arc<Scenario>,
    view: View,
    most_states: usize,
    between: &mut dyn FnMut(),
) -> Seen {
    let bounds = Options { view, most_states, most_memory: MAX_MEMORY, ..Options::default() };
    let mut explorer = Explorer::new(scenario, bounds);
    while !explorer.advance(SLICE) {
        between();
    }
    let coverage = explorer.coverage();
    let mut seen = Seen {
        exhausted: coverage.exhausted && coverage.cut_arrivals.is_empty(),
        states: coverage.states,
        ..Seen::default()
    };
    for finding in explorer.findings() {
        match &finding.kind {
            Kind::Deadlock(_) | Kind::Partial(_) => seen.hangs = true,
            Kind::Stall(_) => seen.stalls = true,
            Kind::LostUpdate(task, pc) => seen.lost.push((*task, *pc)),
            Kind::Final(number) => seen.finals.push(*number),
            Kind::Endless(_) => {}
        }
    }
    seen
}

fn cost(scenario: &Arc<Scenario>) -> Cost {
    let trace = run::run(Arc::clone(scenario));
    let digest = Digest::new(&trace);
    let native = digest.occupancy.executors.iter().zip(&scenario.executors).filter(|(_, e)| e.is_native());
    let arrives =
        |task: &str| scenario.arrivals.iter().any(|entry| scenario.tasks[entry.task.index()].name == task);
    let p99 = digest.latency.iter().filter(|row| arrives(&row.task)).filter_map(|row| Some(row.latency?.p99));
    let failed =
        digest.latency.iter().map(|row| row.counts.failed + row.counts.refused + row.counts.discarded);
    let given_up = match trace.outcome.kind {
        OutcomeKind::Stuck | OutcomeKind::Deadlock | OutcomeKind::Limit(_) => true,
        OutcomeKind::Completed | OutcomeKind::Until => false,
    };
    Cost {
        hangs: given_up || !digest.findings.hangs.is_empty(),
        end: trace.outcome.at,
        threads: native.map(|(row, _)| u64::from(row.peak_workers)).sum(),
        memory: digest.occupancy.peak_memory,
        p99: p99
            .fold(None, |most: Option<f64>, p99| Some(most.map_or(p99, |most| most.max(p99))))
            .map(Duration::from_seconds_f64),
        failed: failed.sum(),
    }
}
