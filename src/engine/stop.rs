//! `shutdown … now`: what runs is interrupted, and what has not started is handed back and never completes
//! (OpenJDK 17, `java/util/concurrent/ThreadPoolExecutor.java`: `shutdownNow`, `drainQueue`).

use super::sim::Sim;
use super::state::KindState;
use super::task::{Flag, Future, Interrupt, Phase, Slot};
use crate::model::id::ExecutorId;
use crate::trace::event::{Event, Failure};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// Stops everything that `executor` holds, in order of submission.
    pub(super) fn stop_all_at(&mut self, executor: ExecutorId, by: Slot) {
        let is_open = |future| matches!(future, Future::Pending | Future::Running);
        let tasks = self.st.tasks.iter().filter(|(_, task)| {
            is_open(task.future) && self.passes(task.first, task.at, executor) && task.phase != Phase::Ended
        });
        let mut here: Vec<Slot> = tasks.map(|(slot, _)| slot).collect();
        here.sort_by_key(|slot| self.st.tasks[*slot].id);
        for slot in here {
            match self.st.tasks[slot].phase {
                // The run of a series that is under way stands for it.
                Phase::Held if !self.st.tasks[slot].flags.has(Flag::Entered) => {}
                Phase::Held | Phase::Queued | Phase::Unadmitted => self.hand_back(slot),
                Phase::Drained | Phase::Ended => {}
                Phase::Taken
                | Phase::Timed
                | Phase::Resident
                | Phase::Waiting
                | Phase::Acquiring
                | Phase::Parked
                | Phase::Served
                | Phase::Woken
                | Phase::Submitting
                | Phase::Calling
                | Phase::Ready => self.stop(slot, by),
            }
        }
    }

    /// A task that has not started leaves its executor, and nobody will ever run it.
    fn hand_back(&mut self, slot: Slot) {
        let (task, at) = (self.st.tasks[slot].id, self.st.tasks[slot].at);
        let cause = self.st.cause;
        if self.st.tasks[slot].phase == Phase::Unadmitted {
            let blocked = &mut self.st.executors[at.index()].blocked;
            let index = blocked.iter().position(|(other, _)| *other == slot);
            let (_, origin) = index.and_then(|index| blocked.remove(index)).expect("it waits for room");
            self.admitted(slot, origin);
        } else {
            self.forget_entry(slot, at);
        }
        if self.st.tasks[slot].flags.take(Flag::Claimed)
            && let KindState::Pool(pool) = &mut self.st.executors[at.index()].kind
        {
            pool.claimed -= 1;
        }
        self.st.tasks[slot].flags.clear(Flag::Entered);
        self.st.tasks[slot].phase = Phase::Drained;
        self.emit(Event::Drained { task, executor: at });
        self.leave_executors(slot, false);
        self.st.cause = cause;
    }

    /// Interrupts a task that a worker has: it raises at its present or next interruptible wait. Whoever shuts down the
    /// executor that it runs on is interrupted itself.
    fn stop(&mut self, slot: Slot, by: Slot) {
        let interrupt = Interrupt { failure: Failure::Interrupted, by_scope: false };
        if slot != by {
            return self.interrupt(slot, by, interrupt);
        }
        let task = self.st.tasks[slot].id;
        self.emit(Event::Interrupted { task, by: task });
        let extra = self.st.tasks.extra_mut(slot);
        extra.interrupt = extra.interrupt.or(Some(interrupt));
    }
}
