//! `shutdown`: an executor refuses later submissions; the caller may cancel what has not started, and may
//! wait until all that the executor holds is done.

use super::sim::Sim;
use super::task::{Flag, Phase, Slot};
use super::work::Flow;
use crate::model::id::{DrawId, ExecutorId, Pc};
use crate::model::program::{Program, ShutdownMode};
use crate::trace::event::{Event, Failure, WakeReason};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// What the thread does if the task has to wait.
    pub(super) fn shutdown(
        &mut self,
        slot: Slot,
        pc: Pc,
        executor: ExecutorId,
        wait: bool,
        mode: ShutdownMode,
    ) -> Option<Flow> {
        let task = self.st.tasks[slot].id;
        self.st.executors[executor.index()].shut = true;
        self.emit(Event::ShutDown { task, pc, executor });
        match mode {
            ShutdownMode::Drain => {}
            ShutdownMode::Cancel => self.cancel_all_at(executor, slot),
            ShutdownMode::Now => self.stop_all_at(executor, slot),
        }
        self.end_series_at(executor, slot);
        self.tell_terminated(executor);
        // Intakes in front of it will have their messages refused now.
        self.poke_upstream(executor);
        if self.st.executors[executor.index()].traits.departs {
            self.dismiss_idle(executor);
        }
        if !wait || self.st.executors[executor.index()].unfinished == 0 {
            return None;
        }
        self.st.executors[executor.index()].shutdown_waiters.push(slot);
        self.st.tasks[slot].phase = Phase::Waiting;
        self.st.tasks.extra_mut(slot).remaining = 0;
        self.emit(Event::Waiting { task, pc });
        Some(Flow::Idle)
    }

    /// `await EXECUTOR`: what the thread does if the executor is not shut down, or holds something.
    pub(super) fn await_executor(
        &mut self,
        slot: Slot,
        program: &Program,
        pc: Pc,
        executor: ExecutorId,
        timeout: Option<DrawId>,
    ) -> Option<Flow> {
        self.st.tasks[slot].flags.clear(Flag::TimedOut);
        let state = &mut self.st.executors[executor.index()];
        let task = self.st.tasks[slot].id;
        if state.shut && state.unfinished == 0 {
            self.emit(Event::Passed { task, pc });
            return None;
        }
        state.termination_waiters.push((slot, self.st.tasks[slot].wake));
        self.st.tasks.extra_mut(slot).remaining = 0;
        self.emit(Event::Waiting { task, pc });
        self.arm_timeout(slot, program, pc, timeout);
        self.st.tasks[slot].phase = Phase::Waiting;
        Some(Flow::Idle)
    }

    /// Those who await the end of an executor go on if it has come.
    #[inline(always)]
    pub(super) fn tell_terminated(&mut self, executor: ExecutorId) {
        let state = &self.st.executors[executor.index()];
        if state.shut && state.unfinished == 0 {
            self.end_terminations(executor);
        }
    }

    #[cold]
    fn end_terminations(&mut self, executor: ExecutorId) {
        let state = &mut self.st.executors[executor.index()];
        for (waiter, wake) in std::mem::take(&mut state.termination_waiters) {
            // One that has timed out meanwhile waits for something else by now, if at all.
            if self.st.tasks[waiter].wake == wake {
                self.wake_waiter(waiter, WakeReason::Done, Failure::Fail);
            }
        }
    }
}
