//! The run that shows a finding, and not much beyond it.
//!
//! Invariant: no replay is longer than the way to the finding and [`MAX_BEYOND`] steps, whatever the scenario would do
//! if it went on.

use super::finding::{ExplorationFinding, FindingKind, NonterminationEvidence};
use crate::analysis::watch::DeadlockWatch;
use crate::model::scenario::Scenario;
use crate::study::run;
use crate::study::schedule::{ReplayInProgress, ReplayedRun, Schedule, ScheduleError, limits};
use std::sync::Arc;

/// Most steps that are told beyond a finding: enough for small runs to come to their end.
const MAX_BEYOND: u64 = 2_000;
/// Steps of a run without end that are told of: others than its beginning say nothing new.
const MAX_ENDLESS: u64 = 200;
/// Steps between two looks for a deadlock.
const LOOK_EVERY: u64 = 256;

/// Replays a finding. A run in which some tasks can never continue ends with the event that completes their deadlock.
///
/// # Errors
/// If the schedule does not fit the scenario.
pub fn show(scenario: &Scenario, finding: &ExplorationFinding) -> Result<ReplayedRun, ScheduleError> {
    if finding.schedule == Schedule::plain() {
        return Ok(plain(scenario, &finding.kind));
    }
    let mut replaying = ReplayInProgress::new(scenario, &finding.schedule)?;
    let way = finding.steps as u64;
    match finding.kind {
        FindingKind::Partial(_) => {
            let mut watch = DeadlockWatch::new(replaying.scenario());
            let mut left = way.saturating_add(MAX_BEYOND);
            while left > 0 {
                let steps = left.min(LOOK_EVERY);
                let is_over = replaying.advance(steps);
                left = if is_over { 0 } else { left - steps };
                if let Some(event) = watch.look(replaying.records(), left == 0) {
                    return replaying.finish_at_deadlock(event);
                }
            }
        }
        FindingKind::Endless(NonterminationEvidence::Circle) => {
            replaying.advance(MAX_ENDLESS);
        }
        FindingKind::Deadlock(_)
        | FindingKind::LostUpdate(..)
        | FindingKind::Final(_)
        | FindingKind::Stall(_)
        | FindingKind::Endless(NonterminationEvidence::Limit(_)) => {
            replaying.advance(way.saturating_add(MAX_BEYOND));
        }
    }
    replaying.finish_here()
}

/// The plain run, which needs no choices.
fn plain(scenario: &Scenario, kind: &FindingKind) -> ReplayedRun {
    let mut scenario = scenario.clone();
    scenario.limits = limits(scenario.limits);
    let is_circle = matches!(kind, FindingKind::Endless(NonterminationEvidence::Circle));
    if is_circle {
        scenario.limits.max_events = scenario.limits.max_events.min(MAX_ENDLESS);
    }
    let is_partial = matches!(kind, FindingKind::Partial(_));
    scenario.stop_at_deadlock |= is_partial;
    let trace = run::run(Arc::new(scenario));
    ReplayedRun { trace, late: Vec::new(), is_whole: !is_partial && !is_circle }
}
