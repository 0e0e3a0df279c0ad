//! A run in progress: the plain one, or one that goes a way of its own.

use std::sync::Arc;
use threadbare::model::scenario::Scenario;
use threadbare::model::time::Time;
use threadbare::study::run::Session;
use threadbare::study::schedule::{Replaying, Schedule};
use threadbare::trace::Trace;

/// A run in slices.
pub enum RunSlice {
    /// As the engine itself would have it.
    Plain(Box<Session>),
    /// As a schedule says.
    Way(Box<Replaying>),
}

impl RunSlice {
    /// Ready to run from the beginning.
    ///
    /// # Errors
    /// Why the schedule does not fit.
    pub fn new(scenario: &Arc<Scenario>, schedule: Option<&Schedule>) -> Result<RunSlice, String> {
        match schedule {
            None => Ok(RunSlice::Plain(Box::new(Session::new(Arc::clone(scenario))))),
            Some(schedule) => match Replaying::new(scenario, schedule) {
                Ok(replaying) => Ok(RunSlice::Way(Box::new(replaying))),
                Err(misfit) => Err(misfit.to_string()),
            },
        }
    }

    /// Runs on for about a number of events; returns whether it is over.
    pub fn advance(&mut self, events: u64) -> bool {
        match self {
            RunSlice::Plain(session) => session.advance(events).is_some(),
            // A step costs many times what an event does.
            RunSlice::Way(replaying) => replaying.advance(events / 16 + 1),
        }
    }

    /// How many events there were.
    pub fn events(&self) -> u64 {
        match self {
            RunSlice::Plain(session) => session.events(),
            RunSlice::Way(replaying) => replaying.events(),
        }
    }

    /// The present instant.
    pub fn now(&self) -> Time {
        match self {
            RunSlice::Plain(session) => session.now(),
            RunSlice::Way(replaying) => replaying.now(),
        }
    }

    /// What happened.
    ///
    /// # Errors
    /// Why the schedule did not fit.
    pub fn finish(self) -> Result<Trace, String> {
        match self {
            RunSlice::Plain(session) => Ok(session.finish()),
            RunSlice::Way(replaying) => {
                replaying.finish().map(|replay| replay.trace).map_err(|misfit| misfit.to_string())
            }
        }
    }
}
