//! A run in progress: the plain one, or one that goes a way of its own.

use std::sync::Arc;
use threadbare::model::scenario::Scenario;
use threadbare::model::time::Time;
use threadbare::study::run::RunSession;
use threadbare::study::schedule::{ReplayInProgress, Schedule};
use threadbare::trace::Trace;

/// How far a run in progress has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IncrementalRunProgress {
    /// Events so far.
    pub events: u64,
    /// The present instant.
    pub now: Time,
    /// Since when it runs, in milliseconds.
    pub millis: f64,
    /// Whether it has run, and is being read.
    pub is_read: bool,
}

/// A run that is made in slices, so that its caller can answer meanwhile.
pub enum IncrementalRun {
    /// The plain run.
    Plain(Box<RunSession>),
    /// The run of a schedule.
    Schedule(Box<ReplayInProgress>),
}

impl IncrementalRun {
    /// Ready to run from the beginning.
    ///
    /// # Errors
    /// Why the schedule does not fit.
    pub fn new(scenario: &Arc<Scenario>, schedule: Option<&Schedule>) -> Result<IncrementalRun, String> {
        match schedule {
            None => Ok(IncrementalRun::Plain(Box::new(RunSession::new(Arc::clone(scenario))))),
            Some(schedule) => match ReplayInProgress::new(scenario, schedule) {
                Ok(replaying) => Ok(IncrementalRun::Schedule(Box::new(replaying))),
                Err(misfit) => Err(misfit.to_string()),
            },
        }
    }

    /// Runs on for about a number of events; returns whether it is over.
    pub fn advance(&mut self, events: u64) -> bool {
        match self {
            IncrementalRun::Plain(session) => session.advance(events).is_some(),
            // A step costs many times what an event does.
            IncrementalRun::Schedule(replaying) => replaying.advance(events / 16 + 1),
        }
    }

    /// How many events there were.
    pub fn events(&self) -> u64 {
        match self {
            IncrementalRun::Plain(session) => session.events(),
            IncrementalRun::Schedule(replaying) => replaying.events(),
        }
    }

    /// The present instant.
    pub fn now(&self) -> Time {
        match self {
            IncrementalRun::Plain(session) => session.now(),
            IncrementalRun::Schedule(replaying) => replaying.now(),
        }
    }

    /// What happened.
    ///
    /// # Errors
    /// Why the schedule did not fit.
    pub fn finish(self) -> Result<Trace, String> {
        match self {
            IncrementalRun::Plain(session) => Ok(session.finish()),
            IncrementalRun::Schedule(replaying) => {
                replaying.finish().map(|replay| replay.trace).map_err(|misfit| misfit.to_string())
            }
        }
    }
}
