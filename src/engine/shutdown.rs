//! `shutdown`: an executor refuses later submissions; the caller may cancel what has not started, and may
//! wait until all that the executor holds is done.

use super::Sim;
use super::task::{Phase, Slot};
use super::work::Flow;
use crate::model::id::{ExecutorId, Pc};
use crate::trace::event::Event;
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// What the thread does if the task has to wait.
    pub(super) fn shutdown(
        &mut self,
        slot: Slot,
        pc: Pc,
        executor: ExecutorId,
        wait: bool,
        cancel: bool,
    ) -> Option<Flow> {
        let task = self.st.tasks[slot].id;
        self.st.executors[executor.index()].shut = true;
        self.emit(Event::ShutDown { task, pc, executor });
        if cancel {
            self.cancel_all_at(executor, slot);
        }
        // Intakes in front of it will have their messages refused now.
        self.poke_upstream(executor);
        if !wait || self.st.executors[executor.index()].unfinished == 0 {
            return None;
        }
        self.st.executors[executor.index()].shutdown_waiters.push(slot);
        self.st.tasks[slot].phase = Phase::Waiting;
        self.st.tasks.extra_mut(slot).remaining = 0;
        self.emit(Event::Waiting { task, pc });
        Some(Flow::Idle)
    }
}
