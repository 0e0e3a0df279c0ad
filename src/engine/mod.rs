//! The discrete-event core: runs a scenario in virtual time and tells a [`Recorder`] what happens.
//!
//! The order of what happens at one instant is the language's *Order* section, word for word:
//! arrivals first, in document order; then what was scheduled first; timeouts last. A task runs until it
//! has to wait, and nothing comes between; what it causes goes on the agenda and follows in the order
//! caused, before the next event already due at that instant.
//!
//! Deliberately absent: statistics, names, deadlock detection, reading of text. The trace tells all that
//! others need; a run that gets stuck is an outcome, never an error. Panics here are bugs of ours.
//!
//! Rooms: `submit` (what becomes of a submission), `pool` and `work` (workers), one file for each wrapper
//! (`delay`, `cap`, `bus`) and for the kinds of pool (`threads`, `green`, `dynamic`, `elastic`,
//! `scheduled`, `fork_join`, `inline`),
//! `interpret` (steps), `wait`, `cancel`, `resource` and `lines` (semaphores and locks), `shared` (what channels, conditions,
//! latches, barriers and servers have in common, each in a file of its own), `shutdown`, `cpu` (the machine).

mod agenda;
mod barrier;
mod bus;
mod calendar;
mod cancel;
mod cap;
mod cap_state;
mod carriers;
mod channel;
mod claim;
mod condition;
mod coordinate;
mod cores;
mod cpu;
mod crash;
mod delay;
mod deques;
mod draw;
mod dynamic;
mod eager;
mod elastic;
pub mod explore;
mod exploring;
mod fork_join;
mod futures;
mod green;
mod guard;
mod handover;
mod held;
mod inject;
mod inline;
mod instance;
mod interpret;
mod interrupt;
mod invariants;
mod jobs;
mod keys;
mod latch;
mod lines;
mod looks;
mod numbers;
mod place;
mod plan;
mod pool;
mod queue;
mod resource;
mod scheduled;
mod scope;
mod server;
mod shared;
#[cfg(test)]
mod short_ways;
mod shutdown;
mod sim;
mod sources;
mod state;
mod stop;
mod submit;
mod task;
mod tasks;
mod things;
mod threads;
mod timers;
mod traits;
mod wait;
mod work;

use crate::model::scenario::Scenario;
use crate::model::time::Time;
use crate::trace::event::{Event, EventId};
use crate::trace::recorder::Recorder;
use crate::trace::{Limit, Outcome, OutcomeKind};
use agenda::Action;
use plan::Plan;
use sim::Sim;
use state::State;
use std::sync::Arc;
use work::Flow;

/// A run in progress: the scenario, its state, and who is told. Cloning forks the run.
#[derive(Clone)]
pub struct Engine<R> {
    scenario: Arc<Scenario>,
    plan: Arc<Plan>,
    /// Taken out while a stretch runs.
    state: Option<State>,
    recorder: R,
    begun: bool,
}

/// More than this cannot be numbered; one instant may bring some more before the run ends.
const MAX_EVENTS: u64 = u32::MAX as u64 - 1_000_000;

const BETWEEN_STRETCHES: &str = "the state is there between two stretches";

impl<R: Recorder> Engine<R> {
    /// Ready to run from the beginning.
    pub fn new(scenario: Arc<Scenario>, recorder: R) -> Engine<R> {
        let plan = Arc::new(Plan::new(&scenario));
        let state = Some(State::new(&scenario));
        Engine { scenario, plan, state, recorder, begun: false }
    }

    /// Runs on until about `events` more events have happened; the outcome, once there is one.
    /// A run in slices is the same run, event by event, as one at once.
    pub fn advance(&mut self, events: u64) -> Option<Outcome> {
        let goal = self.recorder.count().saturating_add(events);
        self.stretch(goal, |sim| sim.run_on())
    }

    /// Does something with the run in its present state.
    #[inline(always)]
    fn stretch<T>(&mut self, goal: u64, work: impl FnOnce(&mut Sim<'_, R>) -> T) -> T {
        let st = self.state.take().expect(BETWEEN_STRETCHES);
        let mut sim = Sim { s: &self.scenario, plan: &self.plan, st, rec: &mut self.recorder, goal };
        if !self.begun {
            self.begun = true;
            sim.begin();
        }
        let result = work(&mut sim);
        self.state = Some(sim.st);
        result
    }

    /// The present instant.
    pub fn now(&self) -> Time {
        self.state.as_ref().expect(BETWEEN_STRETCHES).now
    }

    /// Tasks created so far.
    pub fn created(&self) -> u32 {
        self.state.as_ref().expect(BETWEEN_STRETCHES).created
    }

    /// Who was told.
    pub fn recorder(&self) -> &R {
        &self.recorder
    }

    /// Who was told, to take from it what has been told so far.
    pub fn recorder_mut(&mut self) -> &mut R {
        &mut self.recorder
    }

    /// Ends the run and gives the recorder back.
    pub fn into_recorder(self) -> R {
        self.recorder
    }

    /// Checks what must hold between two events whatever the scenario.
    ///
    /// # Panics
    /// If it does not: a bug of ours.
    pub fn check_invariants(&self) {
        invariants::check(&self.scenario, self.state.as_ref().expect(BETWEEN_STRETCHES));
    }
}

impl<R: Recorder> Sim<'_, R> {
    /// What is there before anything arrives: eager workers; entries that bring nothing have ended.
    fn begin(&mut self) {
        self.start_eager_workers();
        for entry in 0..self.s.arrivals.len() as u16 {
            let entry = crate::model::id::ArrivalId(entry);
            if self.st.sources.is_ended(entry) {
                self.st.cause = EventId::NONE;
                self.emit(Event::SourceEnded { entry });
            }
        }
    }

    /// Runs until there is an outcome or the goal is reached.
    #[inline(never)]
    fn run_on(&mut self) -> Option<Outcome> {
        let most = self.s.limits.max_events.min(MAX_EVENTS);
        self.goal = self.goal.min(most);
        if self.st.given_up.is_some() {
            self.goal = 0;
        }
        loop {
            if self.rec.count() >= self.goal {
                let limit = if self.rec.count() >= most { Some(Limit::Events) } else { self.st.given_up };
                return limit.map(|limit| self.outcome(OutcomeKind::Limit(limit)));
            }
            let thread = if let Some((todo, cause)) = self.st.agenda.pop() {
                self.st.cause = cause;
                match todo {
                    Action::Turn(slot) => self.turn(slot),
                    Action::Carrier(id) => self.carrier_turn(id),
                    Action::Pump(wrapper) => {
                        self.pump(wrapper);
                        None
                    }
                    Action::Steal(..) => unreachable!("a run in its own order does not put off a steal"),
                }
                .map(|slot| (slot, Flow::Next(slot)))
            } else {
                match self.next_due() {
                    Ok(thread) => thread,
                    Err(outcome) => return Some(outcome),
                }
            };
            if let Some((slot, flow)) = thread {
                self.run_thread(slot, flow);
            }
        }
    }
}
