//! What happened in a run: a flat, append-only log of 24-byte events, from which everything else
//! (state at a time, lanes, waits and their holders, latencies, deadlocks) is derived.
//!
//! Invariant: events are in the order in which they happened; `at` never decreases; an event's `cause`
//! is an earlier event. Derived data is deliberately absent: no spans, no statistics, no names of
//! instances. `analysis` derives them, once.

pub mod event;

mod check;
pub mod file;
pub mod fingerprint;
pub mod log;
mod pages;
pub mod record;
pub mod recorder;

use crate::model::scenario::Scenario;
use crate::model::time::Time;
use crate::model::value::Value;
use event::{Event, EventId};
use log::Log;
use std::sync::Arc;

/// A recorded run.
#[derive(Clone, Debug)]
pub struct Trace {
    /// What was run.
    pub scenario: Arc<Scenario>,
    /// What happened, in order.
    pub records: Log,
    /// The values that cells were written, for [`Event::Wrote`].
    pub values: Vec<Value>,
    /// How the run ended.
    pub outcome: Outcome,
}

/// How a run ended, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Outcome {
    /// How the run ended.
    pub kind: OutcomeKind,
    /// The instant of the last event, or the horizon.
    pub at: Time,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Limit {
    /// `max_events`
    Events,
    /// `max_tasks`
    Tasks,
    /// `max_at_one_instant`
    AtOneInstant,
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

impl Trace {
    /// How many events there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The event at this place.
    ///
    /// # Panics
    /// If there are not so many.
    pub fn event(&self, id: EventId) -> Event {
        self.records[id.index()].event()
    }

    /// When the event at this place happened.
    pub fn at(&self, id: EventId) -> Time {
        self.records[id.index()].at
    }

    /// All events in order, each with its instant.
    pub fn events(&self) -> impl ExactSizeIterator<Item = (EventId, Time, Event)> + '_ {
        self.records.iter().enumerate().map(|(i, r)| (EventId(i as u32), r.at, r.event()))
    }

    /// How many events happened up to and including instant `at`.
    pub fn count_until(&self, at: Time) -> usize {
        self.records.partition_point(|r| r.at <= at)
    }

    /// The trace's fingerprint: equal for equal runs on every machine.
    pub fn fingerprint(&self) -> fingerprint::Fingerprint {
        fingerprint::of(self)
    }
}
