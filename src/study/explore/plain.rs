//! The plain run of a scenario of which a search explores fewer arrivals: what running it shows is found as well.
//!
//! Invariant: whatever [`super::super::run`] comes to within [`MAX_EVENTS`], an exploration of the timed view comes to.

use super::blocked::BlockedTaskFinder;
use super::finding::{FindingKind, NonterminationEvidence};
use super::judged::JudgedExpectations;
use crate::analysis::state::State;
use crate::engine::Engine;
use crate::model::scenario::Scenario;
use crate::study::recorders::RunRecorder;
use crate::study::schedule::{TimingAssumption, limits};
use crate::trace::recorder::Recorder;
use crate::trace::{Outcome, OutcomeKind};
use std::sync::Arc;

/// Events between two looks at the clock.
const SLICE: u64 = 16_384;
/// Longer runs are left: they show no more than who is blocked until then.
const MAX_EVENTS: u64 = 1_000_000;

/// The run in progress.
pub(super) struct PlainRun {
    scenario: Arc<Scenario>,
    engine: Engine<RunRecorder>,
    expected: JudgedExpectations,
    blocked: BlockedTaskFinder,
    state: State,
}

impl PlainRun {
    pub fn new(scenario: &Arc<Scenario>) -> PlainRun {
        let expected = JudgedExpectations::of(scenario, TimingAssumption::Timed, false);
        let mut limited = (**scenario).clone();
        limited.limits = limits(limited.limits);
        PlainRun {
            engine: Engine::new(Arc::new(limited), expected.keep_events()),
            blocked: BlockedTaskFinder::new(scenario),
            state: State::new(scenario),
            scenario: Arc::clone(scenario),
            expected,
        }
    }

    /// Runs on a little; what it shows, once it is over.
    pub fn advance(&mut self) -> Option<Vec<FindingKind>> {
        let outcome = self.engine.advance(SLICE);
        let events = self.engine.recorder_mut().take_recent();
        self.state.follow(&events);
        match outcome {
            Some(outcome) => Some(self.shown(outcome)),
            None if self.events() >= MAX_EVENTS => Some(self.blocked.at(&self.state).into_iter().collect()),
            None => None,
        }
    }

    /// How many events there were.
    pub fn events(&self) -> u64 {
        self.engine.recorder().count()
    }

    fn shown(&self, outcome: Outcome) -> Vec<FindingKind> {
        let own = self.scenario.limits;
        let mut shown = match outcome.kind {
            OutcomeKind::Stuck | OutcomeKind::Deadlock => vec![FindingKind::Deadlock(self.engine.standing())],
            OutcomeKind::Limit(limit) if own == limits(own) => {
                vec![FindingKind::Endless(NonterminationEvidence::Limit(limit))]
            }
            OutcomeKind::Limit(_) | OutcomeKind::Completed | OutcomeKind::Until => Vec::new(),
        };
        if matches!(outcome.kind, OutcomeKind::Until | OutcomeKind::Limit(_)) {
            shown.extend(self.blocked.at(&self.state));
        }
        let failing = self.expected.failing(self.engine.recorder(), |cell| self.engine.finals(cell), outcome);
        shown.extend(failing.into_iter().map(FindingKind::Final));
        shown
    }
}
