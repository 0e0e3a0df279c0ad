//! One run of one scenario, at once or in slices.
//!
//! Invariant: slices make no difference; the trace is the same, event by event. With `stop = "deadlock"`
//! the trace ends with the event that completes the first deadlock, whatever the engine did beyond it.

use super::cancellation::ShouldContinue;
use crate::analysis::watch::DeadlockWatch;
use crate::engine::Engine;
use crate::model::scenario::Scenario;
use crate::model::time::Time;
use crate::model::value::Value;
use crate::trace::event::{Event, EventId};
use crate::trace::log::Log;
use crate::trace::record::Record;
use crate::trace::recorder::{CountOnly, FullRecord, Recorder};
use crate::trace::{Limit, Outcome, OutcomeKind, Trace};
use std::sync::Arc;

/// Runs `scenario` to its outcome and keeps everything.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use threadbare::language::{BASE, Document, Overrides};
/// use threadbare::study::run::run;
/// use threadbare::trace::OutcomeKind;
///
/// let text = "[executors.pool]\nkind = 'threads'\nworkers = 2\n\
///             [tasks.job]\nsteps = ['run 1s']\n\
///             [[arrivals]]\ntask = 'job'\nto = 'pool'\ncount = 3";
/// let document = Document::parse("jobs.toml", text).expect("valid TOML");
/// let scenario = document.scenario(BASE, &Overrides::default()).expect("a valid scenario");
/// let trace = run(Arc::new(scenario));
/// assert_eq!(trace.outcome.kind, OutcomeKind::Completed);
/// assert_eq!(trace.outcome.at.seconds(), 2.0); // three jobs of a second on two workers
/// ```
pub fn run(scenario: Arc<Scenario>) -> Trace {
    let mut session = RunSession::new(scenario);
    while session.advance(u64::MAX).is_none() {}
    session.finish()
}

/// Events between two looks at the clock.
const EVENTS: u64 = 50_000;

/// The same; `None` if it may not go on for so long.
pub fn run_while(scenario: &Arc<Scenario>, may_go_on: ShouldContinue<'_>) -> Option<Trace> {
    run_within(scenario, &|_| may_go_on())
}

/// The same; `may_go_on` is told how many bytes the run takes so far, with what reading it will take, as estimated.
pub(super) fn run_within(scenario: &Arc<Scenario>, may_go_on: &dyn Fn(u64) -> bool) -> Option<Trace> {
    let mut session = RunSession::new(Arc::clone(scenario));
    while session.advance(EVENTS).is_none() {
        if !may_go_on(session.bytes()) {
            return None;
        }
    }
    Some(session.finish())
}

/// Runs `scenario` to its outcome and keeps nothing; also says how many events there were.
pub fn run_untraced(scenario: Arc<Scenario>) -> (Outcome, u64) {
    let mut engine = Engine::new(scenario, CountOnly::default());
    loop {
        if let Some(outcome) = engine.advance(u64::MAX) {
            return (outcome, engine.recorder().count());
        }
    }
}

/// A run in slices, so that a caller can show progress, answer a cancel, or keep a page alive.
pub struct RunSession {
    scenario: Arc<Scenario>,
    engine: Engine<FullRecord>,
    outcome: Option<Outcome>,
    /// Looks for the deadlock at which the scenario wants to stop.
    watch: Option<DeadlockWatch>,
    /// The event that completed it.
    deadlock: Option<EventId>,
}

/// Bytes that reading a run takes for each of its tasks: its life, its name, its states, and the room to spare in the
/// tables of these. `tests/memory.rs` measures 270 for tasks that arrive and 330 for parents with their children.
const BYTES_PER_TASK: u64 = 320;

/// Bytes of a run of this size and of what reading it takes, as estimated.
pub(super) fn bytes_of(events: u64, tasks: u64) -> u64 {
    events * size_of::<Record>() as u64 + tasks * BYTES_PER_TASK
}

/// How many events pass between two looks for a deadlock. (The watch itself puts a look off while more
/// tasks are alive than events have passed.)
const LOOK_EVERY: u64 = 256;

impl RunSession {
    /// Ready to run from the beginning.
    pub fn new(scenario: Arc<Scenario>) -> RunSession {
        let engine = Engine::new(Arc::clone(&scenario), FullRecord::default());
        let watch = scenario.stop_at_deadlock.then(|| DeadlockWatch::new(&scenario));
        RunSession { scenario, engine, outcome: None, watch, deadlock: None }
    }

    /// Runs on for about `events` events; the outcome, once there is one.
    pub fn advance(&mut self, events: u64) -> Option<Outcome> {
        let goal = self.events().saturating_add(events);
        while self.outcome.is_none() && self.events() < goal {
            let slice = if self.watch.is_some() { LOOK_EVERY } else { u64::MAX };
            self.outcome = self.engine.advance(slice.min(goal - self.events()));
            self.look_for_deadlock();
        }
        self.outcome
    }

    fn look_for_deadlock(&mut self) {
        let Some(watch) = &mut self.watch else { return };
        let records = &self.engine.recorder().records;
        self.deadlock = watch.look(records, self.outcome.is_some());
        if let Some(event) = self.deadlock {
            self.outcome = Some(Outcome { kind: OutcomeKind::Deadlock, at: records[event.index()].at });
        }
    }

    /// Gives the run up where it stands, for want of time.
    pub fn give_up(&mut self) {
        if self.outcome.is_none() {
            self.outcome = Some(Outcome { kind: OutcomeKind::Limit(Limit::Time), at: self.engine.now() });
            self.look_for_deadlock();
        }
    }

    /// The events so far.
    pub fn records(&self) -> &[Record] {
        &self.engine.recorder().records
    }

    /// How many events there were.
    pub fn events(&self) -> u64 {
        self.engine.recorder().count()
    }

    /// Bytes of the events so far and of what reading them takes, as estimated.
    pub fn bytes(&self) -> u64 {
        bytes_of(self.events(), self.engine.created().into())
    }

    /// The present instant.
    pub fn now(&self) -> Time {
        self.engine.now()
    }

    /// Checks what must hold between two slices whatever the scenario.
    ///
    /// # Panics
    /// If it does not: a bug of ours.
    pub fn check_invariants(&self) {
        self.engine.check_invariants();
    }

    /// The trace so far; if the run has not ended, its outcome is that of a horizon here.
    pub fn finish(self) -> Trace {
        let here = Outcome { kind: OutcomeKind::Until, at: self.engine.now() };
        let outcome = self.outcome.unwrap_or(here);
        let FullRecord { mut records, mut values, .. } = self.engine.into_recorder();
        if let Some(event) = self.deadlock {
            end_after(event, &mut records, &mut values);
        }
        Trace { scenario: self.scenario, records, values, outcome }
    }
}

/// Forgets all events after `event`, and the values that only they name.
pub(super) fn end_after(event: EventId, records: &mut Log, values: &mut Vec<Value>) {
    records.truncate(event.index() + 1);
    let written = records.iter().filter_map(|record| match record.event() {
        Event::Wrote { value, .. } => Some(value as usize + 1),
        _ => None,
    });
    values.truncate(written.max().unwrap_or(0));
}
