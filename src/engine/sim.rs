//! One stretch of a run: what every file of the engine works on.

use super::plan::Plan;
use super::state::State;
use crate::model::scenario::Scenario;
use crate::trace::event::Event;
use crate::trace::recorder::Recorder;
use crate::trace::{Limit, Outcome, OutcomeKind};

/// One stretch of a run: the shared parts beside the changing ones, so that each can be borrowed alone.
pub(super) struct Sim<'a, R> {
    pub(super) s: &'a Scenario,
    pub(super) plan: &'a Plan,
    pub(super) st: State,
    pub(super) rec: &'a mut R,
    /// The stretch ends at this many events; at once, if the run is given up.
    pub(super) goal: u64,
}

impl<R: Recorder> Sim<'_, R> {
    /// Records `event` as a consequence of the one before, and makes it the cause of what follows.
    #[inline(always)]
    pub(super) fn emit(&mut self, event: Event) {
        self.st.cause = self.rec.record(self.st.now, self.st.cause, event);
    }

    /// A limit is reached: the stretch ends after what happens now.
    #[cold]
    pub(super) fn give_up(&mut self, limit: Limit) {
        self.st.given_up = Some(limit);
        self.goal = 0;
    }

    pub(super) fn outcome(&self, kind: OutcomeKind) -> Outcome {
        Outcome { kind, at: self.st.now }
    }
}
