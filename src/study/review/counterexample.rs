//! How a variant goes wrong: its own run, or the shortest order that a bounded exploration found.

use super::request::ReviewDepth;
use crate::analysis::digest::Digest;
use crate::analysis::explain;
use crate::analysis::review::Counterexample;
use crate::model::scenario::Scenario;
use crate::study::cancellation::without_bound;
use crate::study::design_check::DesignCheck;
use crate::study::explore::{
    EFFORT, ExplorationFinding, ExplorationOptions, FindingKind, InterleavingExplorer, shorten, show, words,
};
use crate::study::schedule::{Schedule, TimingAssumption};
use crate::trace::Trace;
use std::sync::Arc;

/// Most states that are explored in each view.
const MAX_STATES: usize = 20_000;
/// Steps of exploring at a time.
const SLICE: u64 = 10_000;

/// A way in which it goes wrong, and the run that shows it if that is another than the plain one. The columns of its
/// table are filled in by whoever writes it.
pub(super) fn find(
    depth: ReviewDepth,
    scenario: &Arc<Scenario>,
    digest: &Digest<'_>,
    outlook: &DesignCheck,
) -> Option<(Counterexample, Option<Trace>)> {
    if let Some(hang) = digest.findings.deadlocks.first() {
        let text = explain::hang(&digest.lens, &digest.names, hang).to_string();
        return Some((counterexample("deadlock", text, true, &Schedule::plain()), None));
    }
    if !digest.lost_updates.is_empty() {
        let text = digest.verdict.to_string();
        return Some((counterexample("lost update", text, true, &Schedule::plain()), None));
    }
    // Where there are too many orders for the outlook, there are too many here.
    if outlook.orders.states == 0 || depth == ReviewDepth::Quick {
        return None;
    }
    let has_cells = !scenario.cells.is_empty();
    if outlook.orders.is_complete && !outlook.orders.deadlocks && !has_cells {
        return None;
    }
    [TimingAssumption::Timed, TimingAssumption::Untimed { timeouts_last: false }]
        .into_iter()
        .find_map(|view| explored(scenario, view))
}

fn explored(scenario: &Arc<Scenario>, view: TimingAssumption) -> Option<(Counterexample, Option<Trace>)> {
    let options = ExplorationOptions { view, most_states: MAX_STATES, ..ExplorationOptions::default() };
    let mut explorer = InterleavingExplorer::new(scenario, options.clone());
    while !explorer.advance(SLICE) {}
    let is_bad = |finding: &&ExplorationFinding| match finding.kind {
        FindingKind::Deadlock(_) | FindingKind::Partial(_) | FindingKind::LostUpdate(..) => true,
        FindingKind::Final(_) | FindingKind::Stall(_) | FindingKind::Endless(_) => false,
    };
    let finding = explorer.findings().iter().find(is_bad)?;
    let finding = shorten(scenario, &options, finding, EFFORT, &without_bound);
    let replay = show(scenario, &finding).ok()?;
    let text = words::explain(&Digest::new(&replay.trace), &finding.kind);
    let what = words::kind_words(&finding.kind).to_lowercase();
    let found = counterexample(&what, text, view == TimingAssumption::Timed, &finding.schedule);
    Some((found, Some(replay.trace)))
}

fn counterexample(what: &str, text: String, timed: bool, schedule: &Schedule) -> Counterexample {
    Counterexample {
        what: what.to_owned(),
        text,
        with_these_timings: timed,
        schedule: schedule.to_string(),
        tasks: Vec::new(),
        more_tasks: 0,
        moments: Vec::new(),
        left_out: 0,
    }
}
