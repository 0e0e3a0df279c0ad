//! Guards: refuse, or warn of, a child that its parent waits for on an executor that the parent, or an
//! ancestor waiting for it in turn, occupies. Judged from the program, so that it does not depend on luck.

use super::place::Place;
use super::sim::Sim;
use super::task::{Flag, Phase, Slot};
use crate::model::executor::Guard;
use crate::model::id::ExecutorId;
use crate::trace::event::{Event, Warning};
use crate::trace::recorder::Recorder;

/// A rule that a submission breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GuardViolation {
    /// It could wait for itself; so strict is the guard.
    Guard(Guard),
    /// It comes from a leaf; so strict is that one's guard.
    Leaf(Guard),
}

impl<R: Recorder> Sim<'_, R> {
    /// Whether the submission is refused.
    #[inline(always)]
    pub(super) fn guard(&self, parent: Slot, to: ExecutorId, awaited: bool) -> Option<Place> {
        if self.plan.has_guards { self.guarded(parent, to, awaited) } else { None }
    }

    fn guarded(&self, parent: Slot, to: ExecutorId, awaited: bool) -> Option<Place> {
        match self.breach(parent, to, awaited)? {
            GuardViolation::Guard(Guard::Reject) => Some(Place::Guarded),
            // A leaf means what it says; only a guard that is set to warn softens it.
            GuardViolation::Leaf(Guard::Reject | Guard::Allow) => Some(Place::Leaf),
            GuardViolation::Guard(Guard::Allow | Guard::Warn) | GuardViolation::Leaf(Guard::Warn) => None,
        }
    }

    /// Records the warning about a submission that is let through.
    pub(super) fn warn_of_guard(&mut self, parent: Slot, child: Slot, to: ExecutorId, awaited: bool) {
        let warning = match self.breach(parent, to, awaited) {
            Some(GuardViolation::Guard(Guard::Warn)) => Warning::Guard,
            Some(GuardViolation::Leaf(Guard::Warn)) => Warning::Leaf,
            Some(
                GuardViolation::Guard(Guard::Allow | Guard::Reject)
                | GuardViolation::Leaf(Guard::Allow | Guard::Reject),
            )
            | None => return,
        };
        let cause = self.st.cause;
        self.emit(Event::Warned { task: self.st.tasks[child].id, executor: to, warning });
        self.st.cause = cause;
    }

    fn breach(&self, parent: Slot, to: ExecutorId, awaited: bool) -> Option<GuardViolation> {
        if !self.plan.has_guards || !awaited {
            return None;
        }
        let executors = &self.s.executors;
        let task = &self.st.tasks[parent];
        let leaf = [task.home, task.first].into_iter().find(|id| executors[id.index()].leaf);
        if let Some(leaf) = leaf {
            return Some(GuardViolation::Leaf(executors[leaf.index()].guard));
        }
        let pool = self.plan.pool_of[to.index()];
        let strictness = |guard: Guard| match guard {
            Guard::Allow => 0,
            Guard::Warn => 1,
            Guard::Reject => 2,
        };
        let guards = [executors[to.index()].guard, executors[pool.index()].guard];
        let guard = guards.into_iter().max_by_key(|guard| strictness(*guard))?;
        (guard != Guard::Allow && self.is_occupied_by_waiters(parent, pool))
            .then_some(GuardViolation::Guard(guard))
    }

    /// Whether `pool` is occupied by the task or by an ancestor that waits for it, by the program.
    fn is_occupied_by_waiters(&self, task: Slot, pool: ExecutorId) -> bool {
        let mut at = task;
        loop {
            if self.pool_home(at) == Some(pool) {
                return true;
            }
            let (parent, id) = self.st.tasks[at].parent;
            let waits = self.st.tasks[at].flags.has(Flag::AwaitedByProgram);
            if !waits || parent == Slot::NONE || !self.st.tasks.is(parent, id) {
                return false;
            }
            // One that ended without waiting any longer occupies nothing.
            if self.st.tasks[parent].phase == Phase::Ended {
                return false;
            }
            at = parent;
        }
    }
}
