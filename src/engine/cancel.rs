//! Cancelling: succeeds on what has not started, does nothing to the rest
//! (CPython's `concurrent/futures/_base.py`, `Future.cancel`).
//!
//! The entry stays where it is until a worker (or a wrapper's scheduler) meets and skips it. A `wait` for
//! it ends only then; `result` raises at once.

use super::Sim;
use super::task::{Flag, Future, Phase, Slot, Task};
use crate::model::id::ExecutorId;
use crate::trace::event::Event;
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// Cancels one task on behalf of another.
    pub(super) fn cancel(&mut self, slot: Slot, by: Slot) {
        let task = &mut self.st.tasks[slot];
        let succeeded = is_cancellable(task);
        if succeeded {
            task.future = Future::Cancelled;
        }
        let task = task.id;
        let by = self.st.tasks[by].id;
        self.emit(Event::Cancelled { task, by, succeeded });
        if !succeeded {
            return;
        }
        let cause = self.st.cause;
        self.conclude(slot);
        let (parent, _) = self.st.tasks[slot].parent;
        if self.st.tasks[slot].flags.has(Flag::Awaited) && self.result_mode(parent).is_some() {
            self.tell_waiter(slot);
        }
        self.st.cause = cause;
    }

    /// Cancels all that `executor` holds and that has not started; in order of submission.
    pub(super) fn cancel_all_at(&mut self, executor: ExecutorId, by: Slot) {
        let mut victims: Vec<Slot> = Vec::new();
        for (slot, task) in self.st.tasks.iter() {
            if is_cancellable(task) && self.passes(task.first, task.at, executor) {
                victims.push(slot);
            }
        }
        victims.sort_by_key(|slot| self.st.tasks[*slot].id);
        for slot in victims {
            self.cancel(slot, by);
        }
    }

    /// Whether `executor` is on the way from `first` to `at`.
    fn passes(&self, first: ExecutorId, at: ExecutorId, executor: ExecutorId) -> bool {
        let mut here = first;
        loop {
            if here == executor {
                return true;
            }
            if here == at {
                return false;
            }
            here = self.s.executors[here.index()].wraps().expect("the chain goes on to where the task is");
        }
    }
}

/// What has not started: waiting somewhere, for room too, or taken and yet to start.
pub(super) fn is_cancellable(task: &Task) -> bool {
    task.future == Future::Pending
        && matches!(task.phase, Phase::Held | Phase::Queued | Phase::Unadmitted | Phase::Taken)
}
