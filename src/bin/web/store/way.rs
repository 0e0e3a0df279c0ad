//! A run in progress: the plain one, or one that goes a way of its own.

use std::sync::Arc;
use threadbare::model::scenario::Scenario;
use threadbare::model::time::Time;
use threadbare::study::run::Session;
use threadbare::study::schedule::{Replaying, Schedule};
use threadbare::trace::Trace;

/// A run in slices.
pub enum Going {
    /// As the engine itself would have it.
    Plain(Box<Session>),
    /// As a schedule says.
    Way(Box<Replaying>),
}

impl Going {
    /// Ready to run from the beginning.
    ///
    /// # Errors
    /// Why the schedule does not fit.
    pub fn new(scenario: &Arc<Scenario>, schedule: Option<&Schedule>) -> Result<Going, String> {
        match schedule {
            None => Ok(Going::Plain(Box::new(Session::new(Arc::clone(scenario))))),
            Some(schedule) => match Replaying::new(scenario, schedule) {
                Ok(replaying) => Ok(Going::Way(Box::new(replaying))),
                Err(misfit) => Err(misfit.to_string()),
            },
        }
    }

    /// Runs on for about so many events; whether it is over.
    pub fn advance(&mut self, events: u64) -> bool {
        match self {
            Going::Plain(session) => session.advance(events).is_some(),
            // A step costs many times what an event does.
            Going::Way(replaying) => replaying.advance(events / 16 + 1),
        }
    }

    /// How many events there were.
    pub fn events(&self) -> u64 {
        match self {
            Going::Plain(session) => session.events(),
            Going::Way(replaying) => replaying.events(),
        }
    }

    /// The present instant.
    pub fn now(&self) -> Time {
        match self {
            Going::Plain(session) => session.now(),
            Going::Way(replaying) => replaying.now(),
        }
    }

    /// What happened.
    ///
    /// # Errors
    /// Why the schedule did not fit.
    pub fn finish(self) -> Result<Trace, String> {
        match self {
            Going::Plain(session) => Ok(session.finish()),
            Going::Way(replaying) => {
                replaying.finish().map(|replay| replay.trace).map_err(|misfit| misfit.to_string())
            }
        }
    }
}
