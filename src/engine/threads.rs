//! Pools of workers: what `threads`, `green` and `dynamic` have in common when a task is submitted, and
//! the three ways in which `threads` adds workers.
//!
//! - `on-demand`: only if none is idle (CPython, `concurrent/futures/thread.py`, `_adjust_thread_count`);
//! - `per-submit`: at each submission until there are enough (futurist, `futurist/_futures.py`,
//!   `ThreadPoolExecutor._submit`);
//! - `eager`: all at the start.
//!
//! A `scheduled` pool adds them as `per-submit` does, until it has its core.

use super::calendar::Due;
use super::dynamic::Resize;
use super::place::Place;
use super::pool::Pool;
use super::sim::Sim;
use super::state::Origin;
use super::task::Slot;
use super::work::Flow;
use crate::model::executor::{ExecutorKind, Spawn};
use crate::model::id::{ExecutorId, WorkerId};
use crate::model::time::Duration;
use crate::trace::event::{Event, Seat};
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// All workers of eager executors, before anything arrives.
    pub(super) fn start_eager_workers(&mut self) {
        for executor in (0..self.s.executors.len() as u16).map(ExecutorId) {
            if let ExecutorKind::Threads { workers, spawn: Spawn::Eager, .. } =
                self.s.executors[executor.index()].kind
            {
                for _ in 0..workers {
                    // The run ends at its first look at the limit.
                    if self.rec.count() >= self.s.limits.max_events {
                        return;
                    }
                    self.add_worker(executor);
                }
            }
        }
    }

    fn resize(&self, executor: ExecutorId, pool: &Pool) -> Resize {
        match &self.s.executors[executor.index()].kind {
            ExecutorKind::Threads { workers, spawn: Spawn::PerSubmit, .. } if pool.live() < *workers => {
                Resize::Grow
            }
            ExecutorKind::Scheduled { .. } if pool.live() < pool.core => Resize::Grow,
            ExecutorKind::Dynamic { workers, min_workers, grow, shrink, .. } => {
                super::dynamic::resize(pool, *workers, *min_workers, *grow, *shrink)
            }
            ExecutorKind::Threads { .. }
            | ExecutorKind::Green { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. }
            | ExecutorKind::Inline
            | ExecutorKind::Delay { .. }
            | ExecutorKind::Cap { .. }
            | ExecutorKind::Bus { .. } => Resize::Keep,
        }
    }

    /// Decides about a submission to a pool; `None` if there is no room.
    #[inline(always)]
    pub(super) fn place_in_pool(&self, slot: Slot, executor: ExecutorId, pool: &Pool) -> Option<Place> {
        let traits = &self.st.executors[executor.index()].traits;
        if traits.elastic {
            return self.place_in_elastic(slot, executor, pool);
        }
        if traits.fork_join {
            return Some(self.place_in_fork_join(slot, executor, pool));
        }
        if traits.has_turns && !self.has_room_at_turn(slot, executor) {
            return Some(Place::Queue);
        }
        if !traits.resizes {
            if let Some(worker) = pool.next_idle() {
                return Some(Place::Worker(worker));
            }
            if pool.queue.len() == 0 && self.may_add_worker(executor) {
                return Some(Place::NewWorker);
            }
            return self.place_in_queue(slot, executor, pool);
        }
        if traits.scheduled && self.waits_for_its_time(slot) {
            return Some(Place::Hold);
        }
        let resize = self.resize(executor, pool);
        let idle = pool.next_idle().filter(|worker| resize != Resize::Shrink(*worker));
        let idle = idle.or_else(|| match resize {
            // The lowest idle worker goes; the next one takes the task.
            Resize::Shrink(lowest) => pool.idle_after(lowest),
            Resize::Keep | Resize::Grow => None,
        });
        if let Some(worker) = idle {
            return Some(Place::Worker(worker));
        }
        // A new worker serves those who wait already before it serves this task.
        if pool.queue.len() == 0 && (resize == Resize::Grow || self.may_add_worker(executor)) {
            return Some(Place::NewWorker);
        }
        self.place_in_queue(slot, executor, pool)
    }

    /// No worker is to be had: one that waits may help; otherwise the task queues, if there is room.
    #[inline]
    pub(super) fn place_in_queue(&self, slot: Slot, executor: ExecutorId, pool: &Pool) -> Option<Place> {
        let traits = &self.st.executors[executor.index()].traits;
        if traits.helps
            && let Some(helper) = self.helper_for(slot, executor)
        {
            return Some(Place::Helper(helper));
        }
        (pool.queue.len() < traits.bound).then_some(Place::Queue)
    }

    /// Whether the pool would start a worker now because none is idle. Workers whose waiting task is
    /// compensated for do not count.
    #[inline]
    pub(super) fn may_add_worker(&self, executor: ExecutorId) -> bool {
        let pool = self.st.pool(executor);
        let active = pool.live() - pool.compensated.min(pool.live());
        let traits = &self.st.executors[executor.index()].traits;
        active < traits.most && (traits.on_demand || pool.compensated > 0)
    }

    /// Adds or drops a worker, as the kind does before an accepted submission.
    #[inline(always)]
    pub(super) fn resize_before(&mut self, executor: ExecutorId, place: Place) {
        if !self.st.executors[executor.index()].traits.resizes {
            return;
        }
        let accepted = match place {
            Place::Worker(_) | Place::Queue | Place::InsteadOfOldest | Place::Helper(_) | Place::Hold => true,
            // The worker that is added is the one that takes the task.
            Place::NewWorker
            | Place::HoldInsteadOfOldest
            | Place::Pass
            | Place::Caller
            | Place::Block
            | Place::Drop
            | Place::Full
            | Place::Shut
            | Place::Guarded
            | Place::Leaf => false,
        };
        let super::state::KindState::Pool(pool) = &self.st.executors[executor.index()].kind else { return };
        if !accepted {
            return;
        }
        match self.resize(executor, pool) {
            Resize::Keep => {}
            Resize::Grow => {
                let cause = self.st.cause;
                let worker = self.add_worker(executor);
                if self.st.pool(executor).queue.len() > 0 {
                    self.put_to_work(executor, worker);
                }
                self.st.cause = cause;
            }
            Resize::Shrink(worker) => {
                self.st.pool_mut(executor).drop_worker(worker);
                let cause = self.st.cause;
                self.emit(Event::WorkerStopped { executor, worker });
                self.st.cause = cause;
            }
        }
    }

    /// Adds an idle worker.
    pub(super) fn add_worker(&mut self, executor: ExecutorId) -> WorkerId {
        let worker = self.st.pool_mut(executor).add();
        self.emit(Event::WorkerStarted { executor, worker });
        worker
    }

    /// A new worker takes this task, once its thread has started.
    pub(super) fn start_on_new_worker(&mut self, slot: Slot, executor: ExecutorId, origin: Origin) {
        let worker = self.add_worker(executor);
        self.st.pool_mut(executor).set_busy(worker);
        self.seat(slot, executor, worker, Seat::Worker, Slot::NONE);
        match self.st.executors[executor.index()].traits.green {
            true => self.ready_to_start(slot, executor, origin),
            false => self.ready_on_new_thread(slot, executor),
        }
    }

    /// An idle worker looks for work at this instant.
    pub(super) fn put_to_work(&mut self, executor: ExecutorId, worker: WorkerId) {
        self.st.pool_mut(executor).set_busy(worker);
        if let Flow::Next(slot) = self.next_for_thread(executor, worker, true) {
            self.ready_on_new_thread(slot, executor);
        }
    }

    /// The task's turn comes when its new thread has started.
    fn ready_on_new_thread(&mut self, slot: Slot, executor: ExecutorId) {
        let cost = match self.s.executors[executor.index()].kind {
            ExecutorKind::Threads { start_cost, .. } | ExecutorKind::Dynamic { start_cost, .. } => start_cost,
            ExecutorKind::Green { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. }
            | ExecutorKind::Inline
            | ExecutorKind::Delay { .. }
            | ExecutorKind::Cap { .. }
            | ExecutorKind::Bus { .. } => Duration::ZERO,
        };
        if cost == Duration::ZERO {
            return self.ready(slot);
        }
        let task = &mut self.st.tasks[slot];
        task.cause = self.st.cause;
        let (at, due) = (self.st.now + cost, Due::Task(slot, task.wake));
        self.st.schedule(at, due);
    }

    /// `on_wait = "compensate"`: a spare worker starts if work is queued and too few are active.
    pub(super) fn start_spare(&mut self, home: ExecutorId) {
        if self.st.pool(home).queue.len() == 0 && self.st.executors[home.index()].blocked.is_empty() {
            return;
        }
        if self.st.pool(home).lowest_idle().is_none() && self.may_add_worker(home) {
            let cause = self.st.cause;
            let worker = self.add_worker(home);
            self.put_to_work(home, worker);
            self.st.cause = cause;
        }
    }

    /// Whether the pool has more active workers than it should: a spare one outlived its purpose.
    #[inline]
    pub(super) fn is_surplus(&self, home: ExecutorId) -> bool {
        let traits = &self.st.executors[home.index()].traits;
        let pool = self.st.pool(home);
        traits.compensates && pool.live() - pool.compensated.min(pool.live()) > traits.most
    }

    /// Idle spare workers leave when the task that they stood in for goes on.
    pub(super) fn drop_surplus_idle(&mut self, home: ExecutorId) {
        while self.is_surplus(home)
            && let Some(worker) = self.st.pool(home).highest_idle()
        {
            self.st.pool_mut(home).drop_worker(worker);
            self.emit(Event::WorkerStopped { executor: home, worker });
        }
    }
}
