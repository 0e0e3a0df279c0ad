//! Cancelling: succeeds on what has not started, does nothing to the rest
//! (CPython's `concurrent/futures/_base.py`, `Future.cancel`).
//!
//! The entry stays where it is until a worker (or a wrapper's scheduler) meets and skips it. A `wait` for
//! it ends only then; `result` raises at once. Elsewhere waits end at once as well (`cancelled = "notified"`: Java,
//! asyncio), or the entry leaves the queue (`"removed"`: libuv's `uv_cancel`).

use super::sim::Sim;
use super::state::KindState;
use super::task::{Flag, Future, Phase, Slot, Task};
use crate::model::executor::Cancelled;
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
        if self.st.tasks[slot].phase == Phase::Drained {
            // It has left its executor already.
            self.st.unfinished -= 1;
            self.notify(slot);
            self.st.cause = cause;
            return;
        }
        self.conclude(slot);
        let task = &self.st.tasks[slot];
        let (at, parent, is_awaited) = (task.at, task.parent.0, task.flags.has(Flag::Awaited));
        match self.st.executors[at.index()].traits.cancelled {
            Cancelled::Kept => {
                if is_awaited && self.result_mode(parent).is_some() {
                    self.tell_waiter(slot);
                }
            }
            Cancelled::Notified => self.notify(slot),
            Cancelled::Removed => self.take_out_cancelled(slot),
        }
        self.st.cause = cause;
    }

    /// A cancelled entry leaves the place where it waits; one that a worker has taken is skipped by that.
    fn take_out_cancelled(&mut self, slot: Slot) {
        let (phase, at) = (self.st.tasks[slot].phase, self.st.tasks[slot].at);
        match phase {
            // A series whose run is under way stands nowhere.
            Phase::Held if !self.st.tasks[slot].flags.has(Flag::Entered) => {}
            Phase::Queued | Phase::Held => self.forget_entry(slot, at),
            Phase::Unadmitted => {
                let blocked = &mut self.st.executors[at.index()].blocked;
                let index = blocked.iter().position(|(other, _)| *other == slot);
                let (_, origin) = index.and_then(|index| blocked.remove(index)).expect("it waits for room");
                self.admitted(slot, origin);
            }
            Phase::Taken => return self.notify(slot),
            Phase::Timed
            | Phase::Resident
            | Phase::Waiting
            | Phase::Acquiring
            | Phase::Woken
            | Phase::Parked
            | Phase::Served
            | Phase::Submitting
            | Phase::Calling
            | Phase::Ready
            | Phase::Drained
            | Phase::Ended => unreachable!("a task that is {phase:?} has no entry"),
        }
        self.skip(slot);
        self.room_at(at);
        self.dismiss_idle(at);
        self.free_if_unneeded(slot);
    }

    /// Counts an entry less where one waits; what is left of it there is passed over.
    pub(super) fn forget_entry(&mut self, slot: Slot, at: ExecutorId) {
        let task = &self.st.tasks[slot];
        let (kind, id, waits) = (task.kind, task.id, task.phase == Phase::Held);
        match &mut self.st.executors[at.index()].kind {
            KindState::Pool(pool) if waits => pool.delayed.forget_one(),
            KindState::Pool(pool) if pool.deques.has(slot, id) => pool.deques.forget_one(),
            KindState::Pool(pool) => pool.queue.forget_one(),
            KindState::Delay(delay) => delay.forget_one(),
            KindState::Cap(cap) => cap.forget_one(kind),
            KindState::Bus(bus) => bus.held.retain(|other| *other != slot),
            KindState::Inline => unreachable!("nothing waits at an inline executor"),
        }
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
    pub(super) fn passes(&self, first: ExecutorId, at: ExecutorId, executor: ExecutorId) -> bool {
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
        && matches!(
            task.phase,
            Phase::Held | Phase::Queued | Phase::Unadmitted | Phase::Taken | Phase::Drained
        )
}
