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
mod load_error;
pub mod log;
mod outcome;
mod pages;
pub mod record;
pub mod recorder;
mod subject;

pub use outcome::{Limit, Outcome, OutcomeKind};

use crate::model::scenario::Scenario;
use crate::model::time::Time;
use crate::model::value::Value;
use event::{Event, EventId};
use log::Log;
use record::Record;
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
    /// If the trace has no event `id`.
    pub fn event(&self, id: EventId) -> Event {
        self.records[id.index()].event()
    }

    /// When the event at this place happened.
    pub fn at(&self, id: EventId) -> Time {
        self.records[id.index()].at
    }

    /// When the last event came, apart from idle workers that leave.
    pub fn quiet_since(&self) -> Time {
        let mut latest = self.records.iter().rev();
        let last = latest.find(|record| !matches!(record.event(), Event::WorkerStopped { .. }));
        last.map_or(self.outcome.at, |record| record.at)
    }

    /// All events in order, each with its instant.
    ///
    /// # Examples
    /// ```
    /// # use std::sync::Arc;
    /// # use threadbare::language::{BASE, Document, Overrides};
    /// # use threadbare::study::run::run;
    /// # let text = threadbare::gallery::find("nova-build-deadlock").expect("built in").text;
    /// # let document = Document::parse("builds.toml", text).expect("valid TOML");
    /// # let scenario = document.scenario(BASE, &Overrides::default()).expect("a valid scenario");
    /// # let trace = run(Arc::new(scenario));
    /// use threadbare::trace::event::Event;
    ///
    /// let builds = trace.events().filter(|(_, _, event)| matches!(event, Event::Arrived { .. }));
    /// assert_eq!(builds.count(), 5);
    /// ```
    pub fn events(&self) -> impl ExactSizeIterator<Item = (EventId, Time, Event)> + '_ {
        self.records.iter().enumerate().map(|(i, r)| (EventId(i as u32), r.at, r.event()))
    }

    /// The warnings, in order.
    pub(crate) fn warnings(&self) -> impl Iterator<Item = (EventId, Time, Event)> + '_ {
        self.events_that(Record::is_warning)
    }

    /// The waits that end by their timeouts, in order.
    pub(crate) fn timeouts(&self) -> impl Iterator<Item = (EventId, Time, Event)> + '_ {
        self.events_that(Record::is_timeout)
    }

    /// The starts and ends of workers, in order.
    pub(crate) fn worker_changes(&self) -> impl Iterator<Item = (EventId, Time, Event)> + '_ {
        self.events_that(Record::is_worker_change)
    }

    /// Unpacks only these: most of a trace is something else.
    fn events_that(&self, is: fn(&Record) -> bool) -> impl Iterator<Item = (EventId, Time, Event)> + '_ {
        let numbered = self.records.iter().enumerate().filter(move |(_, record)| is(record));
        numbered.map(|(i, record)| (EventId(i as u32), record.at, record.event()))
    }

    /// How many events happened up to and including instant `at`.
    pub fn count_until(&self, at: Time) -> usize {
        self.records.partition_point(|r| r.at <= at)
    }

    /// The trace's fingerprint: equal for equal runs on every machine.
    pub fn fingerprint(&self) -> fingerprint::Fingerprint {
        fingerprint::of(&self.records, &self.values, &self.outcome)
    }
}
