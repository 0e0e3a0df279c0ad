//! Which thread a task is on, and which task is on top of each.

use super::State;
use super::apply::CurrentEvent;
use super::place::Worker;
use super::task::{Phase, Thread};
use crate::model::id::{TaskId, WorkerId};
use crate::trace::event::EventId;

impl State {
    /// A shutdown handed a task back: it stands nowhere, and will never start.
    pub(super) fn drained(&mut self, now: CurrentEvent, id: TaskId) {
        self.unsettle(id);
        if let Some(task) = self.tasks.get_mut(id.0).filter(|task| !task.phase.is_ended()) {
            task.phase = Phase::Drained;
            (task.since, task.since_at) = (now.id, now.at);
        }
    }

    /// Puts a task on top of a thread's stack; `None` leaves the thread to nobody.
    pub(super) fn set_top(&mut self, thread: Thread, top: Option<TaskId>) {
        match thread {
            Thread::Worker(executor, worker) => {
                let place = &mut self.executors[executor.index()];
                let Some(worker) = place.workers.get_mut(worker.0) else { return };
                place.busy += u32::from(top.is_some());
                place.busy -= u32::from(worker.top.is_some());
                *worker = Worker { top, since: self.applied.checked_sub(1).map(EventId) };
            }
            Thread::Scheduler(executor) => self.executors[executor.index()].scheduler_top = top,
            Thread::Own(_) => {}
        }
    }

    pub(super) fn leave_thread(&mut self, id: TaskId) {
        let Some(task) = self.tasks.get_mut(id.0) else { return };
        let (thread, below, above) = (task.thread.take(), task.below.take(), task.above.take());
        if let Some(above) = above.and_then(|above| self.tasks.get_mut(above.0)) {
            above.below = below;
        }
        if let Some(below) = below.and_then(|below| self.tasks.get_mut(below.0)) {
            below.above = above;
        }
        if let Some(thread) = thread.filter(|_| above.is_none()) {
            self.set_top(thread, below);
        }
    }

    pub(super) fn left_worker(&mut self, id: TaskId) {
        self.leave_thread(id);
    }

    pub(super) fn took_worker(&mut self, now: CurrentEvent, id: TaskId, worker: WorkerId) {
        let Some(task) = self.tasks.get_mut(id.0).filter(|task| task.thread.is_none()) else { return };
        let thread = Thread::Worker(task.executor, worker);
        task.thread = Some(thread);
        self.set_top(thread, Some(id));
        self.enter(now, id, Phase::Running);
    }
}
