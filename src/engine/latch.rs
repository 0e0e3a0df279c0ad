//! Latches: tasks wait until one was counted down to zero. `reset` closes it again.

use super::sim::Sim;
use super::task::{Flag, Slot};
use super::things::{Latch, SharedState};
use super::work::Flow;
use crate::model::id::{DrawId, Pc, SharedId};
use crate::model::program::Program;
use crate::trace::event::{Event, Failure, WakeReason};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    fn latch_mut(&mut self, latch: SharedId) -> &mut Latch {
        match self.shared_mut(latch) {
            SharedState::Latch(latch) => latch,
            other => panic!("{other:?} is no latch"),
        }
    }

    /// `await` of a latch or a barrier: what the thread does if it has to wait.
    pub(super) fn await_shared(
        &mut self,
        slot: Slot,
        program: &Program,
        pc: Pc,
        shared: SharedId,
        timeout: Option<DrawId>,
    ) -> Result<Option<Flow>, Failure> {
        self.st.tasks[slot].flags.clear(Flag::TimedOut);
        let id = self.st.tasks[slot].id;
        match &self.st.shared[shared.index()] {
            SharedState::Latch(latch) if latch.left == 0 => {
                self.emit(Event::Passed { task: id, pc });
                return Ok(None);
            }
            SharedState::Barrier(barrier) if barrier.is_broken => return Err(Failure::BrokenBarrier),
            SharedState::Barrier(barrier) if barrier.lacks_one() => {
                self.pass_barrier(slot, pc, shared);
                return Ok(None);
            }
            SharedState::Latch(_)
            | SharedState::Barrier(_)
            | SharedState::Channel(_)
            | SharedState::Condition(_)
            | SharedState::Server(_) => {}
        }
        if let Some(flow) = self.meets_interrupt(slot) {
            if matches!(self.st.shared[shared.index()], SharedState::Barrier(_)) {
                self.break_barrier(shared);
            }
            return Ok(Some(flow));
        }
        let flow = self.park(slot, program, pc, timeout);
        match self.shared_mut(shared) {
            SharedState::Latch(latch) => latch.line.push(slot, id),
            SharedState::Barrier(barrier) => barrier.line.push(slot, id),
            other => panic!("nobody waits for {other:?}"),
        }
        Ok(Some(flow))
    }

    /// `count-down`
    pub(super) fn count_down(&mut self, slot: Slot, pc: Pc, shared: SharedId, count: u32) {
        let latch = self.latch_mut(shared);
        latch.left = latch.left.saturating_sub(count);
        let left = latch.left;
        self.emit(Event::Counted { task: self.st.tasks[slot].id, pc, left });
        while left == 0
            && let Some(waiter) = self.latch_mut(shared).line.pop()
        {
            self.end_wait(waiter, WakeReason::Done, Failure::Fail);
        }
    }

    /// `reset`
    pub(super) fn reset(&mut self, slot: Slot, pc: Pc, shared: SharedId) {
        let latch = self.latch_mut(shared);
        latch.left = latch.count;
        let left = latch.left;
        self.emit(Event::Counted { task: self.st.tasks[slot].id, pc, left });
    }
}
