//! `crash`: a worker dies with whatever runs on its thread. A pool replaces it, or is broken by it and fails all that it
//! holds (CPython's `concurrent/futures/process.py`, `terminate_broken`).

use super::sim::Sim;
use super::state::Origin;
use super::task::{Flag, Future, NO_WORKER, Phase, Slot};
use super::work::Flow;
use crate::model::executor::{ExecutorKind, OnCrash};
use crate::model::id::ExecutorId;
use crate::trace::event::{Event, Failure, Seat};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// The worker dies: every task on its thread fails, the top one first.
    pub(super) fn crash(&mut self, slot: Slot) -> Flow {
        let (home, worker) = (self.st.tasks[slot].home, self.st.tasks[slot].worker);
        let mut bottom = slot;
        while let Some(below) = self.st.tasks[bottom].below.some() {
            bottom = below;
        }
        let seat = self.st.tasks[bottom].seat;
        let breaks = match self.s.executors[home.index()].kind {
            ExecutorKind::Threads { on_crash, .. } => on_crash == OnCrash::Break && worker != NO_WORKER,
            ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. }
            | ExecutorKind::Inline
            | ExecutorKind::Delay { .. }
            | ExecutorKind::Cap { .. }
            | ExecutorKind::Bus { .. } => false,
        };
        self.kill_thread(slot, Failure::Crashed);
        if worker == NO_WORKER {
            if seat == Seat::Scheduler {
                self.scheduler_is_free(home);
            }
            return Flow::Idle;
        }
        self.st.pool_mut(home).helpers.remove(&worker);
        self.st.pool_mut(home).drop_worker(worker);
        self.emit(Event::WorkerStopped { executor: home, worker });
        if breaks {
            self.break_pool(home);
            return Flow::Idle;
        }
        let fresh = self.add_worker(home);
        self.put_to_work(home, fresh);
        Flow::Idle
    }

    /// Every task on a thread ends, from the top down.
    fn kill_thread(&mut self, top: Slot, failure: Failure) {
        let mut at = Some(top);
        while let Some(slot) = at {
            at = self.st.tasks[slot].below.some();
            self.die(slot, failure);
        }
    }

    /// A task ends wherever it stands.
    fn die(&mut self, slot: Slot, failure: Failure) {
        if R::STEPWISE {
            self.st.exploring.ended(slot);
        }
        let (home, phase) = (self.st.tasks[slot].home, self.st.tasks[slot].phase);
        // Of a body whose future was cancelled while it ran everybody was told then.
        let is_detached = self.st.tasks[slot].future == Future::Cancelled;
        self.st.resident -= u32::from(phase == Phase::Resident && !is_detached);
        self.st.agenda.forget(slot);
        self.forget_thread(slot);
        if phase == Phase::Submitting {
            self.drop_submission(slot);
        }
        for executor in &mut self.st.executors {
            executor.shutdown_waiters.retain(|waiter| *waiter != slot);
        }
        if self.st.tasks[slot].flags.take(Flag::Compensated) {
            let pool = self.st.pool_mut(home);
            pool.compensated = pool.compensated.saturating_sub(1);
        }
        if self.st.tasks[slot].flags.take(Flag::LeftWorker) {
            self.st.pool_mut(home).returning.retain(|other| *other != slot);
        }
        self.st.tasks.await_none(slot);
        self.leave_what_is_shared(slot);
        let task = &mut self.st.tasks[slot];
        task.wake = task.wake.wrapping_add(1);
        task.phase = Phase::Ended;
        task.flags.clear(Flag::Entered);
        task.below = Slot::NONE;
        if !is_detached {
            task.future = Future::Failed;
        }
        let task = task.id;
        self.emit(Event::Failed { task, failure });
        if is_detached {
            self.leave_executors(slot, false);
        } else {
            self.conclude(slot);
            self.notify(slot);
        }
        self.after_run(slot);
        self.drop_children(slot);
        self.st.tasks.drop_extra(slot);
        self.free_if_unneeded(slot);
    }

    /// What a task that dies was about to submit never comes in.
    fn drop_submission(&mut self, slot: Slot) {
        for executor in (0..self.s.executors.len() as u16).map(ExecutorId) {
            let blocked = &mut self.st.executors[executor.index()].blocked;
            let index = blocked.iter().position(|(_, origin)| *origin == Origin::Parent(slot));
            if let Some((child, _)) = index.and_then(|index| blocked.remove(index)) {
                self.emit(Event::Dropped { task: self.st.tasks[child].id, executor });
                self.discard(child);
            }
        }
    }

    /// The pool is broken: all that it holds fails at once, and it takes nothing more.
    fn break_pool(&mut self, home: ExecutorId) {
        self.st.executors[home.index()].shut = true;
        let held = |task: &super::task::Task| match task.phase {
            Phase::Ended | Phase::Drained => false,
            Phase::Held | Phase::Queued | Phase::Unadmitted => task.at == home,
            Phase::Taken
            | Phase::Timed
            | Phase::Resident
            | Phase::Waiting
            | Phase::Acquiring
            | Phase::Woken
            | Phase::Parked
            | Phase::Served
            | Phase::Submitting
            | Phase::Calling
            | Phase::Ready => task.home == home && task.worker != NO_WORKER,
        };
        let tasks = self.st.tasks.iter().filter(|(_, task)| held(task));
        let mut victims: Vec<(crate::model::id::TaskId, Slot)> =
            tasks.map(|(slot, task)| (task.id, slot)).collect();
        victims.sort_unstable();
        for (id, slot) in victims {
            if !self.st.tasks.is(slot, id) || self.st.tasks[slot].phase == Phase::Ended {
                continue;
            }
            let has_started = !matches!(
                self.st.tasks[slot].phase,
                Phase::Held | Phase::Queued | Phase::Unadmitted | Phase::Taken
            );
            if self.st.tasks[slot].future == Future::Cancelled && !has_started {
                // The worker that has taken it does not come to it any more.
                self.st.agenda.forget(slot);
                self.forget_thread(slot);
                let task = &mut self.st.tasks[slot];
                task.wake = task.wake.wrapping_add(1);
                self.skip(slot);
                self.free_if_unneeded(slot);
            } else {
                self.break_task(slot, home);
            }
        }
        let workers: Vec<_> = self.st.pool(home).all().collect();
        for worker in workers {
            self.st.pool_mut(home).drop_worker(worker);
            self.emit(Event::WorkerStopped { executor: home, worker });
        }
        self.st.pool_mut(home).clear();
        self.tell_terminated(home);
        self.poke_upstream(home);
    }

    /// One task of a broken pool: what waits for room lets its submitter go, what runs takes with it what runs above it.
    fn break_task(&mut self, slot: Slot, home: ExecutorId) {
        if self.st.tasks[slot].phase == Phase::Unadmitted {
            let blocked = &mut self.st.executors[home.index()].blocked;
            let index = blocked.iter().position(|(other, _)| *other == slot);
            let (_, origin) = index.and_then(|index| blocked.remove(index)).expect("it waits for room");
            self.admitted(slot, origin);
        }
        self.die(slot, Failure::Broken);
    }
}
