//! The ends of futures: what a task's end means to the executors it passed, to its submitter, and to
//! the memory it takes.

use super::sim::Sim;
use super::state::KindState;
use super::task::{Flag, Future, Phase, Slot};
use crate::model::program::{Instruction, WaitMode};
use crate::trace::event::{Failure, WakeReason};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// The task is done (finished, failed, cancelled or rejected): every executor from the one that it was
    /// submitted to up to the one where it is holds one less, and wrappers that it passed have room.
    #[inline(always)]
    pub(super) fn conclude(&mut self, slot: Slot) {
        self.st.unfinished -= 1;
        self.leave_executors(slot, true);
    }

    /// The task was dropped. Nobody is told, so the caps and buses that it passed never have its place
    /// back: exactly what a done-callback that never fires does.
    pub(super) fn discard(&mut self, slot: Slot) {
        let task = &mut self.st.tasks[slot];
        task.flags.clear(Flag::Entered);
        task.phase = Phase::Ended;
        if task.future != Future::Cancelled {
            task.future = Future::Discarded;
            self.st.unfinished -= 1;
            self.leave_executors(slot, false);
        }
        self.free_if_unneeded(slot);
    }

    #[inline(always)]
    pub(super) fn leave_executors(&mut self, slot: Slot, gives_place_back: bool) {
        let task = &self.st.tasks[slot];
        let (mut at, last, kind) = (task.first, task.at, task.kind);
        let (id, waits) = (task.id, task.flags.has(Flag::Entered));
        let executor = &mut self.st.executors[at.index()];
        if at == last && executor.shutdown_waiters.is_empty() && executor.termination_waiters.is_empty() {
            executor.unfinished -= 1;
            return;
        }
        loop {
            let executor = &mut self.st.executors[at.index()];
            executor.unfinished -= 1;
            if executor.unfinished == 0 && !executor.shutdown_waiters.is_empty() {
                for waiter in std::mem::take(&mut executor.shutdown_waiters) {
                    self.wake_waiter(waiter, WakeReason::Done, Failure::Fail);
                }
            }
            self.tell_terminated(at);
            if at == last {
                break;
            }
            if gives_place_back {
                match &mut self.st.executors[at.index()].kind {
                    KindState::Cap(cap) => cap.gives_back(kind, id, waits),
                    KindState::Bus(bus) => bus.taken -= 1,
                    KindState::Pool(_) | KindState::Inline | KindState::Delay(_) => {}
                }
                self.pump_later(at);
                // A cap that keeps nobody waiting may be what a bus in front of it waits for.
                self.poke_upstream(at);
            }
            at = self.s.executors[at.index()].wraps().expect("the chain goes on to where the task is");
        }
    }

    /// A `wait` for the task is over.
    #[inline(always)]
    pub(super) fn notify(&mut self, slot: Slot) {
        let task = &mut self.st.tasks[slot];
        task.flags.set(Flag::Notified);
        if task.flags.has(Flag::Awaited) {
            self.tell_waiter(slot);
        }
    }

    /// The parent waits for one less.
    pub(super) fn tell_waiter(&mut self, slot: Slot) {
        let task = &self.st.tasks[slot];
        let (future, (parent, _)) = (task.future, task.parent);
        // A task that finished makes no difference between `wait` and `result` of one.
        if future == Future::Finished && self.is_last_awaited(parent) {
            return self.wake_waiter(parent, WakeReason::Done, Failure::Fail);
        }
        let decided = match (self.result_mode(parent), result_of_ended(future)) {
            (Some(WaitMode::All | WaitMode::Every), Err(failure)) => Some((WakeReason::Raises, failure)),
            (Some(WaitMode::Any), Ok(())) => Some((WakeReason::Done, Failure::Fail)),
            (Some(WaitMode::Any), Err(failure)) if self.is_last_awaited(parent) => {
                Some((WakeReason::Raises, failure))
            }
            (None, _) if self.is_last_awaited(parent) => Some((WakeReason::Done, Failure::Fail)),
            (_, _) => None,
        };
        match decided {
            Some((why, failure)) => self.wake_waiter(parent, why, failure),
            None => {
                self.st.tasks.extra_mut(parent).remaining -= 1;
                self.st.tasks[slot].flags.clear(Flag::Awaited);
            }
        }
    }

    fn is_last_awaited(&self, parent: Slot) -> bool {
        self.st.tasks.extra(parent).is_some_and(|extra| extra.remaining <= 1)
    }

    /// How many results the waiting task asks for; `None` if it is in no `result`.
    pub(super) fn result_mode(&self, slot: Slot) -> Option<WaitMode> {
        let task = &self.st.tasks[slot];
        match self.s.tasks[task.kind.index()].program.code[task.pc.index()] {
            Instruction::Result { mode, .. } => Some(mode),
            _ => None,
        }
    }

    /// The task has ended: nobody else's future is its concern.
    #[inline]
    pub(super) fn drop_children(&mut self, slot: Slot) {
        if self.st.tasks.extra(slot).is_none() {
            return;
        }
        while let Some(child) = self.st.tasks.extra_mut(slot).forget_child() {
            if child != Slot::NONE {
                self.let_go(child);
            }
        }
    }

    /// The submitter no longer holds this future.
    #[inline(always)]
    pub(super) fn let_go(&mut self, slot: Slot) {
        if self.st.tasks[slot].flags.take(Flag::Held) {
            self.free_if_unneeded(slot);
        }
    }

    /// Frees the slot of a task that has ended, stands nowhere, and whose future nobody holds.
    #[inline(always)]
    pub(super) fn free_if_unneeded(&mut self, slot: Slot) {
        let task = &self.st.tasks[slot];
        if task.phase == Phase::Ended && !task.flags.has(Flag::Held) && !task.flags.has(Flag::Entered) {
            self.st.tasks.remove(slot);
        }
    }
}

/// The same for a task that has ended; one that is skipped was cancelled.
fn result_of_ended(future: Future) -> Result<(), Failure> {
    match future {
        Future::Finished => Ok(()),
        Future::Failed => Err(Failure::Child),
        Future::Cancelled => Err(Failure::ChildCancelled),
        Future::Rejected => Err(Failure::Rejected),
        Future::Pending | Future::Running | Future::Discarded => Ok(()),
    }
}

/// What `result` of a done future does.
pub(super) fn result_of(future: Future) -> Result<(), Failure> {
    match future {
        Future::Finished => Ok(()),
        Future::Failed => Err(Failure::Child),
        Future::Cancelled => Err(Failure::ChildCancelled),
        Future::Rejected => Err(Failure::Rejected),
        Future::Pending | Future::Running | Future::Discarded => unreachable!("{future:?} is not done"),
    }
}
