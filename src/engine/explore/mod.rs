//! Other orders: what may happen next at a moment, and taking it. For exploration, for replaying a schedule,
//! and for branching off a run.
//!
//! Two views. In the *timed* one, what is simultaneous with these timings may come in any order. In the
//! *untimed* one durations say nothing: whatever is under way may end next. A timer that comes late moves the
//! clock to its own deadline or leaves it where it is, so that an untimed run is a run in which some
//! durations were longer than drawn.
//!
//! Invariants: choice 0 is what the engine itself would do, so a run that always takes it is the plain run,
//! event by event. In the untimed view nothing depends on the clock. Deliberately absent: which orders are
//! looked at, and what is remembered of them (`study::explore`).

mod alone;
mod choice;
mod due;
mod key;
mod steals;
mod steps;
mod twins;
mod walk;

use super::Engine;
use super::agenda::Action;
use super::calendar::{Due, Entry};
use super::carriers::CarrierId;
pub use super::exploring::Rules;
use super::keys::Owner;
pub use super::looks::Lost;
use super::sim::Sim;
use super::task::{Future, Phase, Slot, Task};
use super::work::Flow;
use crate::model::executor::ReadyOrder;
use crate::model::id::{CellId, Pc, TaskTypeId};
use crate::model::time::Time;
use crate::model::value::Value;
use crate::trace::Outcome;
use crate::trace::recorder::Recorder;
use choice::PendingAction;
use due::TIMEOUTS;

pub use choice::{Choice, ChoiceKind, Stage};

impl<R: Recorder> Engine<R> {
    /// Sets the rules; before anything has happened.
    pub fn explore_by(&mut self, rules: Rules) {
        let state = self.state.as_mut().expect(super::BETWEEN_STRETCHES);
        state.exploring.rules = rules;
        if rules.untimed {
            // Who has a core is a matter of durations.
            state.cpu = None;
        }
    }

    /// What may happen next; nothing once the run has ended. The first is what the engine itself would do.
    pub fn choices(&mut self) -> Vec<Choice> {
        self.stretch(0, |sim| sim.choices())
    }

    /// For each of the present [`Engine::choices`], the first earlier one that comes to the same.
    pub fn twins(&mut self, choices: &[Choice]) -> Vec<Option<usize>> {
        self.stretch(0, |sim| twins::of(sim.s, sim.plan, &sim.st, &|task| sim.rec.remembered(task), choices))
    }

    /// Of the present [`Engine::choices`], one that may be taken alone, if there is one: whatever the others come to,
    /// they come to after it as well.
    pub fn alone(&mut self, choices: &[Choice]) -> Option<usize> {
        self.stretch(0, |sim| sim.alone(choices))
    }

    /// Lets one of the present [`Engine::choices`] happen.
    pub fn take(&mut self, choice: &Choice) {
        self.stretch(0, |sim| sim.take(choice));
    }

    /// How the run ended, when there are no choices.
    pub fn ended(&mut self) -> Outcome {
        self.stretch(0, |sim| sim.ended())
    }

    /// A number for the present state: equal for states with the same futures, which may differ in what led
    /// to them, in the names of like tasks and in the numbers of workers.
    pub fn key(&mut self) -> u128 {
        self.stretch(0, |sim| key::of(sim.s, sim.plan, &sim.st, &|task| sim.rec.remembered(task), true))
    }

    /// About how many bytes the present state takes: tasks, what is due, executors. An estimate, for bounds.
    pub fn weight(&self) -> u64 {
        let state = self.state.as_ref().expect(super::BETWEEN_STRETCHES);
        // A task has a record, a place in some queue, and mostly lists of its own.
        let tasks = state.tasks.iter().count() * (size_of::<Task>() + 128);
        let due = (state.calendar.iter().count() + state.timeouts.iter().count()) * 2 * size_of::<Entry>();
        let executors = state.executors.len() * (size_of::<super::state::ExecutorState>() + 128);
        let shared = state.resources.len() * size_of::<super::instance::Instance>()
            + state.cells.len() * size_of::<Value>()
            + state.arrivals_of.len() * size_of::<u32>();
        let agenda = state.agenda.iter().count() * 2 * size_of::<(Action, crate::trace::event::EventId)>();
        let all = tasks + due + executors + shared + agenda + state.sources.bytes();
        (size_of::<super::state::State>() + all) as u64
    }

    /// The same as [`Engine::key`], but like tasks are told apart: the yardstick for the symmetry.
    pub fn key_without_symmetry(&mut self) -> u128 {
        self.stretch(0, |sim| key::of(sim.s, sim.plan, &sim.st, &|task| sim.rec.remembered(task), false))
    }

    /// The latest lost update, if there was one since the last question.
    pub fn take_lost(&mut self) -> Option<Lost> {
        self.state.as_mut().expect(super::BETWEEN_STRETCHES).exploring.looks.lost.take()
    }

    /// What the instances of a cell hold: one, or one for each key that turned up.
    pub fn finals(&self, cell: CellId) -> Vec<Value> {
        let state = self.state.as_ref().expect(super::BETWEEN_STRETCHES);
        if !self.scenario.cells[cell.index()].per_key {
            return vec![state.cells[cell.index()].clone()];
        }
        let of_cell = state.keys.instances.iter().filter(|((owner, _), _)| *owner == Owner::Cell(cell.0));
        of_cell.map(|(_, instance)| state.cells[*instance as usize].clone()).collect()
    }

    /// The steps at which unfinished tasks are that are not in a step which lasts for ever: each once, in order.
    pub fn standing(&self) -> Vec<(TaskTypeId, Pc)> {
        let state = self.state.as_ref().expect(super::BETWEEN_STRETCHES);
        let open = |task: &Task| {
            matches!(task.future, Future::Pending | Future::Running) && task.phase != Phase::Resident
        };
        let mut steps: Vec<_> =
            state.tasks.iter().filter(|(_, task)| open(task)).map(|(_, task)| (task.kind, task.pc)).collect();
        steps.sort_unstable();
        steps.dedup();
        steps
    }
}

impl<R: Recorder> Sim<'_, R> {
    fn choices(&mut self) -> Vec<Choice> {
        if self.st.given_up.is_some() || self.rec.count() >= self.s.limits.max_events {
            return Vec::new();
        }
        let mut found = self.agenda_choices();
        let rules = self.st.exploring.rules;
        let unnoticed = || {
            let is_asked = rules.untimed && !rules.every_step;
            found.iter().position(|choice| is_asked && self.is_unnoticed(choice))
        };
        if let Some(alone) = self.in_its_only_turn(&found).or_else(unnoticed) {
            let undecided = |choice: &Choice| choice.act_index() == found[alone].act_index();
            return found.iter().copied().filter(|choice| undecided(choice)).collect();
        }
        let mut due = self.due_choices();
        due.sort_by_key(|(at, class, order, _)| (*at, *class, *order));
        if rules.untimed {
            if rules.timeouts_last && (!found.is_empty() || due.iter().any(|entry| entry.1 != TIMEOUTS)) {
                due.retain(|entry| entry.1 != TIMEOUTS);
            }
        } else {
            let horizon =
                if found.is_empty() { due.first().map_or(self.st.now, |entry| entry.0) } else { self.st.now };
            let until = self.s.until.unwrap_or(Time::NEVER);
            due.retain(|entry| entry.0 <= horizon && entry.0 <= until);
        }
        found.extend(due.into_iter().map(|entry| entry.3));
        found
    }

    fn agenda_choices(&self) -> Vec<Choice> {
        let mut found = Vec::new();
        for (index, (todo, _)) in self.st.agenda.iter().enumerate() {
            let plain = |what, task: Option<&Task>| Choice {
                what,
                due: None,
                task: task.map(|task| task.id),
                pc: task.map(|task| task.pc),
                act: PendingAction::Agenda { index, decision: None },
            };
            match todo {
                // Carriers that take from one queue all take the same.
                Action::Carrier(id) if self.is_like_earlier(id, index) => {}
                Action::Carrier(id) => {
                    found.push(plain(ChoiceKind::Green(self.plan.executor_of(id.group)), None));
                }
                Action::Pump(wrapper) => found.push(plain(ChoiceKind::Pump(wrapper), None)),
                Action::Steal(home, thief) => found.extend(self.steals(index, home, thief)),
                Action::Turn(slot) => {
                    let task = &self.st.tasks[slot];
                    let choice = plain(ChoiceKind::Turn(self.stage(slot)), Some(task));
                    let ways = self.ways(slot);
                    if ways.is_empty() {
                        found.push(choice);
                    }
                    found.extend(ways.into_iter().map(|(what, decision)| Choice {
                        what,
                        act: PendingAction::Agenda { index, decision: Some(decision) },
                        ..choice
                    }));
                }
            }
        }
        found
    }

    /// Whether a carrier before it on the agenda would do the same in its place.
    fn is_like_earlier(&self, id: CarrierId, index: usize) -> bool {
        let order = self.st.green.groups[usize::from(id.group)].order;
        order == ReadyOrder::Fifo
            && self.st.cpu.is_none()
            && self
                .st
                .agenda
                .iter()
                .take(index)
                .any(|(earlier, _)| matches!(earlier, Action::Carrier(earlier) if earlier.group == id.group))
    }

    fn stage(&self, slot: Slot) -> Stage {
        match self.st.tasks[slot].phase {
            Phase::Taken => Stage::Starts,
            Phase::Woken => Stage::LooksAgain,
            _ if self.has_verdict(slot) => Stage::WaitIsOver,
            _ => Stage::GoesOn,
        }
    }

    fn take(&mut self, choice: &Choice) {
        self.st.exploring.stepped = false;
        match choice.act {
            PendingAction::Agenda { index, decision } => {
                let rules = self.st.exploring.rules;
                // What others can notice is a step of its own.
                self.st.exploring.stepped = rules.untimed && !rules.every_step && self.is_unnoticed(choice);
                let (todo, cause) = self.st.agenda.take_out(index).expect("the choice is a present one");
                self.st.cause = cause;
                self.st.exploring.decision = decision;
                self.do_next(todo);
            }
            PendingAction::Arrival(entry) => {
                self.be_late_for(choice);
                self.arrive(entry);
            }
            PendingAction::Release(wrapper, slot) => {
                self.be_late_for(choice);
                self.release_held(wrapper, slot);
            }
            PendingAction::Timer(ticket) => {
                let entry = self.st.take_timer_out(ticket).expect("the choice is a present one");
                // Asking also sets a delay's next timer where this one is void.
                if !self.is_stale(&entry) {
                    self.be_late_for(choice);
                    let thread = self.rings(Entry { at: self.st.now, ..entry });
                    match (thread, entry.due) {
                        (Some((slot, flow)), _) => self.run_thread(slot, flow),
                        (None, Due::Task(slot, _)) => self.go_on_unnoticed(slot),
                        (
                            None,
                            Due::Scheduler(_) | Due::Preempt(..) | Due::Departure(..) | Due::Injection(_),
                        ) => {}
                    }
                }
            }
            PendingAction::Timeout(ticket) => {
                let entry = self.st.timeouts.take_out(ticket).expect("the choice is a present one");
                let Due::Task(slot, _) = entry.due else { unreachable!("only tasks time out") };
                self.be_late_for(choice);
                self.st.cause = self.st.tasks[slot].cause;
                self.timed_out(slot);
            }
        }
        self.st.exploring.decision = None;
        self.renew_void_timers();
    }

    fn do_next(&mut self, todo: Action) {
        match todo {
            Action::Turn(slot) => {
                // It looks again at what it waits for: others can notice.
                self.st.exploring.stepped |= self.st.tasks[slot].phase == Phase::Woken;
                if let Some(slot) = self.turn(slot) {
                    self.run_thread(slot, Flow::Next(slot));
                }
            }
            Action::Carrier(id) => {
                // Where queues have ranks, what comes while it has a task in hand finds another place than before or after.
                let order = self.st.green.groups[usize::from(id.group)].order;
                self.st.exploring.stepped |= order != ReadyOrder::Fifo;
                if let Some(slot) = self.carrier_turn(id) {
                    self.run_thread(slot, Flow::Next(slot));
                }
            }
            Action::Pump(wrapper) => self.pump(wrapper),
            Action::Steal(home, thief) => self.steal_now(home, thief),
        }
    }

    fn be_late_for(&mut self, choice: &Choice) {
        let at = choice.due.expect("it is due at some time");
        self.go_to(at.max(self.st.now));
    }

    /// In the untimed view a native task whose sleep is over, or whose thread has started, goes on at once:
    /// when that was, nobody else can notice.
    fn go_on_unnoticed(&mut self, slot: Slot) {
        let rules = self.st.exploring.rules;
        if !rules.untimed || rules.every_step {
            return;
        }
        if let Some((todo, cause)) = self.st.agenda.take_out_last(Action::Turn(slot)) {
            self.st.cause = cause;
            self.do_next(todo);
        }
    }

    fn ended(&mut self) -> Outcome {
        use crate::trace::{Limit, OutcomeKind};
        if let Some(limit) = self.st.given_up {
            return self.outcome(OutcomeKind::Limit(limit));
        }
        if self.rec.count() >= self.s.limits.max_events {
            return self.outcome(OutcomeKind::Limit(Limit::Events));
        }
        match self.s.until {
            Some(until) if !self.due_choices().is_empty() => Outcome { kind: OutcomeKind::Until, at: until },
            _ => self.quiescent(),
        }
    }
}

impl Choice {
    /// Whether a wait times out by it.
    pub fn is_timeout(&self) -> bool {
        self.what == ChoiceKind::Timeout
    }

    /// Where on the agenda it stands.
    fn act_index(&self) -> Option<usize> {
        match self.act {
            PendingAction::Agenda { index, .. } => Some(index),
            PendingAction::Arrival(_)
            | PendingAction::Timer(_)
            | PendingAction::Release(..)
            | PendingAction::Timeout(_) => None,
        }
    }
}
