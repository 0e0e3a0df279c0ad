//! `claim_ahead`: entries whose futures are running although no worker has them, so that they cannot be cancelled any more
//! (CPython's `concurrent/futures/process.py`, `_add_call_item_to_queue`; a message queue's prefetch).

use super::sim::Sim;
use super::task::{Flag, Future, Slot};
use crate::model::executor::ExecutorKind;
use crate::model::id::ExecutorId;
use crate::trace::event::Event;
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// Claims entries in the order in which they are served, as many as may be claimed; cancelled ones are passed over.
    pub(super) fn claim_ahead(&mut self, executor: ExecutorId) {
        let ExecutorKind::Threads { claim_ahead, .. } = self.s.executors[executor.index()].kind else {
            return;
        };
        while self.st.pool(executor).claimed < claim_ahead {
            let Some(slot) = self.first_pending(executor) else { return };
            self.st.pool_mut(executor).claimed += 1;
            let task = &mut self.st.tasks[slot];
            task.future = Future::Running;
            task.flags.set(Flag::Claimed);
            let cause = self.st.cause;
            self.emit(Event::Claimed { task: self.st.tasks[slot].id, executor });
            self.st.cause = cause;
        }
    }

    fn first_pending(&self, executor: ExecutorId) -> Option<Slot> {
        let tasks = &self.st.tasks;
        self.st.pool(executor).queue.iter(tasks).find(|slot| tasks[*slot].future == Future::Pending)
    }

    /// A worker takes an entry: the next one is claimed in its place.
    pub(super) fn take_claimed(&mut self, slot: Slot, executor: ExecutorId) {
        if self.st.tasks[slot].flags.take(Flag::Claimed) {
            self.st.pool_mut(executor).claimed -= 1;
            self.claim_ahead(executor);
        }
    }
}
