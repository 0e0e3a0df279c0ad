//! What may happen because its time has come: arrivals, timers, what delays hold, timeouts.

use super::choice::{Choice, ChoiceKind, PendingAction};
use crate::engine::calendar::{Due, Entry};
use crate::engine::held::{HeldEntry, RELEASED, is_held};
use crate::engine::sim::Sim;
use crate::engine::state::KindState;
use crate::engine::task::Slot;
use crate::model::id::ExecutorId;
use crate::model::time::Time;
use crate::trace::recorder::Recorder;
use std::cmp::Reverse;

const ARRIVALS: u8 = 0;
const TIMERS: u8 = 1;
/// The class of timeouts, which come last at one instant.
pub(super) const TIMEOUTS: u8 = 2;

impl<R: Recorder> Sim<'_, R> {
    /// Everything that is due at some time, with its place in the order of one instant.
    pub(super) fn due_choices(&self) -> Vec<(Time, u8, u64, Choice)> {
        let mut found = Vec::new();
        let choice = |what, at, slot: Option<Slot>, act| {
            let task = slot.map(|slot| &self.st.tasks[slot]);
            Choice { what, due: Some(at), task: task.map(|t| t.id), pc: task.map(|t| t.pc), act }
        };
        for (at, entry) in self.st.sources.each_next() {
            found.push((
                at,
                ARRIVALS,
                u64::from(entry.0),
                choice(ChoiceKind::Arrival(entry), at, None, PendingAction::Arrival(entry)),
            ));
        }
        for Entry { at, ticket, due } in self.st.timers() {
            let (what, slot) = match due {
                Due::Task(slot, wake) if self.st.tasks[slot].wake == wake => (ChoiceKind::Timer, Some(slot)),
                Due::Preempt(slot, wake) if self.st.tasks[slot].wake == wake => {
                    (ChoiceKind::Preempt, Some(slot))
                }
                Due::Scheduler(wrapper) if self.st.scheduler_timer(wrapper) == Some((at, ticket)) => {
                    (ChoiceKind::Delay(wrapper), None)
                }
                Due::Departure(home, worker, rests) if self.is_departing(home, worker, rests) => {
                    (ChoiceKind::Departure(home), None)
                }
                Due::Injection(home) => (ChoiceKind::Injection(home), None),
                Due::Task(..) | Due::Preempt(..) | Due::Scheduler(_) | Due::Departure(..) => continue,
            };
            found.push((at, TIMERS, ticket, choice(what, at, slot, PendingAction::Timer(ticket))));
        }
        if self.st.exploring.rules.untimed {
            for (wrapper, (at, ticket, slot, _)) in self.held() {
                let act = PendingAction::Release(wrapper, slot);
                found.push((at, TIMERS, ticket, choice(ChoiceKind::Delay(wrapper), at, Some(slot), act)));
            }
        }
        for Entry { at, ticket, due } in self.st.timeouts.iter() {
            let Due::Task(slot, wake) = due else { unreachable!("only tasks time out") };
            if self.st.tasks[slot].wake == wake {
                found.push((
                    at,
                    TIMEOUTS,
                    ticket,
                    choice(ChoiceKind::Timeout, at, Some(slot), PendingAction::Timeout(ticket)),
                ));
            }
        }
        found
    }

    /// What delays may let go next: of those held for one fixed delay the first, and all with their own. What was let go, and
    /// waits for the green thread to come to the scheduler, is not let go again.
    fn held(&self) -> Vec<(ExecutorId, HeldEntry)> {
        let mut found = Vec::new();
        for (executor, state) in (0u16..).map(ExecutorId).zip(&self.st.executors) {
            let delay = match &state.kind {
                KindState::Delay(delay) => delay,
                KindState::Pool(pool) => &pool.delayed,
                KindState::Inline | KindState::Cap(_) | KindState::Bus(_) => continue,
            };
            if state.scheduler_busy {
                continue;
            }
            let live = |held: &HeldEntry| is_held(&self.st.tasks, held.2, held.3);
            let is_coming = self.st.green.is_coming_to(executor);
            let waits = |held: &HeldEntry| held.0 != Time::NEVER && !(is_coming && held.0 == RELEASED);
            let first = delay.line.iter().copied().find(live);
            let others = delay.others.iter().map(|Reverse(held)| *held).filter(live);
            found.extend(first.into_iter().chain(others).filter(waits).map(|held| (executor, held)));
        }
        found
    }
}
