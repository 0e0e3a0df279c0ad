//! Watches a run that is still going on for its first deadlock (`stop = "deadlock"`).
//!
//! Invariant: looks at the wait-for graph only after as many events as there are tasks alive, so that
//! watching costs a constant number of steps an event; the event itself is then found by bisection.

use super::state::State;
use super::wait_for::reach::Reach;
use super::wait_for::{Assumptions, WaitFor};
use crate::model::scenario::Scenario;
use crate::trace::event::EventId;
use crate::trace::record::Record;
use std::sync::Arc;

/// Looks for the first deadlock of a growing trace.
pub struct DeadlockWatch {
    reach: Reach,
    /// The latest state known to be free of deadlock.
    clean: State,
    state: State,
}

impl DeadlockWatch {
    /// Before the first event.
    pub fn new(scenario: &Arc<Scenario>) -> DeadlockWatch {
        let state = State::new(scenario);
        DeadlockWatch { reach: Reach::new(scenario), clean: state.clone(), state }
    }

    /// Looks on: `records` are all events so far (those of earlier calls first, unchanged). The event that
    /// completed the first deadlock, once there is one. Unless `now` is set, a look may be put off to a
    /// later call; at the end of a run it should be set.
    pub fn look(&mut self, records: &[Record], now: bool) -> Option<EventId> {
        self.state.advance(records, u32::MAX);
        let passed = self.state.applied() - self.clean.applied();
        if passed == 0 || !now && passed < self.state.size().max(64) {
            return None;
        }
        if !self.is_stuck(&self.state) {
            self.clean = self.state.clone();
            return None;
        }
        let (mut low, mut high) = (self.clean.applied(), self.state.applied());
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            let mut state = self.clean.clone();
            state.advance(records, middle);
            if self.is_stuck(&state) {
                high = middle;
            } else {
                low = middle;
                self.clean = state;
            }
        }
        Some(EventId(high - 1))
    }

    fn is_stuck(&self, state: &State) -> bool {
        WaitFor::new(state, &self.reach, &Assumptions::default()).stuck_tasks(state).next().is_some()
    }
}
