//! From whom a worker of a `fork-join` pool steals: on a real machine it scans the others from a random one on, so where
//! several have something each of them is an alternative.
//!
//! A worker that has come to stealing puts that on the agenda, before all else, and rests until it is chosen: others may
//! come first, and take what it would have taken. Deliberately absent: a worker that is started or let in by compensation,
//! and one that shares the cores of a machine; both take from the lowest.

use super::choice::{Choice, ChoiceKind, PendingAction};
use crate::engine::agenda::Action;
use crate::engine::exploring::Decision;
use crate::engine::sim::Sim;
use crate::engine::state::KindState;
use crate::engine::work::Flow;
use crate::model::executor::OnWait;
use crate::model::id::{ExecutorId, WorkerId};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// Those whom a worker that looks for work now may steal from; none if it finds work elsewhere first.
    pub(super) fn victims(&self, home: ExecutorId, thief: WorkerId) -> Vec<WorkerId> {
        let state = &self.st.executors[home.index()];
        let KindState::Pool(pool) = &state.kind else { return Vec::new() };
        let has_some = |worker| pool.deques.entries(worker, &self.st.tasks).next().is_some();
        let steals_first = self.st.executors[home.index()].traits.on_wait == OnWait::HelpAny;
        let is_elsewhere = !steals_first
            && (pool.deques.source_of(thief).is_some_and(has_some)
                || pool.queue.len() > 0
                || !state.blocked.is_empty());
        if is_elsewhere || has_some(thief) {
            return Vec::new();
        }
        pool.deques.workers().filter(|worker| *worker != thief && has_some(*worker)).collect()
    }

    /// What the steal in this place of the agenda may come to.
    pub(super) fn steals(&self, index: usize, home: ExecutorId, thief: WorkerId) -> Vec<Choice> {
        let choice = |victim: Option<WorkerId>| Choice {
            what: ChoiceKind::Steal(home, victim),
            due: None,
            task: None,
            pc: None,
            act: PendingAction::Agenda { index, decision: victim.map(Decision::Steal) },
        };
        match self.victims(home, thief).as_slice() {
            [] | [_] => vec![choice(None)],
            victims => victims.iter().map(|victim| choice(Some(*victim))).collect(),
        }
    }

    /// Whether a worker that looks for work does so later, because there are several to steal from.
    pub(in crate::engine) fn defers_steal(&mut self, home: ExecutorId, thief: WorkerId) -> bool {
        let is_open =
            !matches!(self.st.exploring.decision, Some(Decision::Steal(_))) && self.st.cpu.is_none();
        let defers = is_open && self.victims(home, thief).len() > 1;
        if defers {
            self.st.agenda.push_first(Action::Steal(home, thief), self.st.cause);
        }
        defers
    }

    /// From whom the steal that comes next is, if that was chosen.
    pub(in crate::engine) fn decided_victim(&mut self) -> Option<WorkerId> {
        match self.st.exploring.decision {
            Some(Decision::Steal(victim)) => {
                self.st.exploring.decision = None;
                Some(victim)
            }
            Some(Decision::Maybe(_) | Decision::Notify(_)) | None => None,
        }
    }

    /// A worker that has come to stealing looks for work, unless it was given some meanwhile.
    pub(in crate::engine) fn steal_now(&mut self, home: ExecutorId, thief: WorkerId) {
        let pool = self.st.pool_mut(home);
        if let Some(helper) = pool.helpers.remove(&thief) {
            let flow = self.help_or_hold(helper);
            self.run_thread(helper, flow);
        } else if pool.is_idle(thief) {
            pool.set_busy(thief);
            if let flow @ Flow::Next(slot) = self.next_for_thread(home, thief, false) {
                self.run_thread(slot, flow);
            }
        }
    }
}
