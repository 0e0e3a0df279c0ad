//! How a run ended.

use crate::model::time::Time;
use serde::{Deserialize, Serialize};

/// How a run ended, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// How the run ended.
    pub kind: OutcomeKind,
    /// The instant of the last event, or the horizon.
    pub at: Time,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutcomeKind {
    /// Every task has ended; tasks in `io forever` are resident and do not count.
    Completed,
    /// Nothing can happen any more, and something is unfinished.
    Stuck,
    /// The horizon was reached.
    Until,
    /// Stopped at the first deadlock, as the scenario asked.
    Deadlock,
    /// A limit was reached.
    Limit(Limit),
}

/// A limit that ends a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Limit {
    /// `max_events`
    Events,
    /// `max_tasks`
    Tasks,
    /// `max_at_one_instant`
    AtOneInstant,
    /// The wall-clock time that whoever asked for the run gave it: where it ends differs from machine to machine.
    Time,
}

impl OutcomeKind {
    /// The word in JSON output and tables.
    pub fn word(self) -> &'static str {
        match self {
            OutcomeKind::Completed => "completed",
            OutcomeKind::Stuck => "stuck",
            OutcomeKind::Until => "until",
            OutcomeKind::Deadlock => "deadlock",
            OutcomeKind::Limit(_) => "limit",
        }
    }
}
