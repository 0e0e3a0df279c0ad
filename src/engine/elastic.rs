//! `elastic`: grows beyond its core only when its queue is full, and shrinks when workers have been idle for a while
//! (OpenJDK 17, `java/util/concurrent/ThreadPoolExecutor.java`: `execute`, `getTask`). What becomes of idle workers is
//! the same for `threads` with a `keep_alive`.

use super::calendar::Due;
use super::place::Place;
use super::pool::Pool;
use super::sim::Sim;
use super::task::Slot;
use crate::model::executor::ExecutorKind;
use crate::model::id::{ExecutorId, WorkerId};
use crate::model::time::Duration;
use crate::trace::event::Event;
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// Decides about a submission to an `elastic` pool; `None` if there is no room.
    pub(super) fn place_in_elastic(&self, slot: Slot, executor: ExecutorId, pool: &Pool) -> Option<Place> {
        if pool.live() < pool.core {
            // Whether or not others are idle.
            return Some(Place::NewWorker);
        }
        if let Some(worker) = pool.next_idle() {
            return Some(Place::Worker(worker));
        }
        match self.place_in_queue(slot, executor, pool) {
            // Nobody is there to take it.
            Some(Place::Queue) if pool.live() == 0 => Some(Place::NewWorker),
            Some(place) => Some(place),
            // The new worker takes this very task, past the queue.
            None if pool.live() < self.st.executors[executor.index()].traits.most => Some(Place::NewWorker),
            None => None,
        }
    }

    /// A worker has nothing to do: it waits for work, and leaves if none comes for too long.
    #[inline]
    pub(super) fn rest(&mut self, home: ExecutorId, worker: WorkerId) {
        self.st.pool_mut(home).set_idle(worker);
        if self.st.executors[home.index()].traits.departs {
            self.rest_for_a_while(home, worker);
        }
    }

    fn rest_for_a_while(&mut self, home: ExecutorId, worker: WorkerId) {
        if self.has_closed(home) {
            return self.dismiss_idle(home);
        }
        self.wait_patiently(home, worker);
    }

    /// An idle worker leaves when its patience is over.
    pub(super) fn wait_patiently(&mut self, home: ExecutorId, worker: WorkerId) {
        let Some(patience) = self.patience(home) else { return };
        let rests = self.st.pool(home).rests_of(worker);
        self.st.schedule(self.st.now + patience, Due::Departure(home, worker, rests));
    }

    /// How long an idle worker waits for work, if not for ever.
    fn patience(&self, home: ExecutorId) -> Option<Duration> {
        match self.s.executors[home.index()].kind {
            ExecutorKind::Threads { keep_alive, .. } => keep_alive,
            ExecutorKind::Elastic { keep_alive, .. } => keep_alive.filter(|_| self.may_depart(home)),
            // Without a keep-alive time, those that are too many leave at once.
            ExecutorKind::Scheduled { .. } => Some(Duration::ZERO).filter(|_| self.may_depart(home)),
            ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Inline
            | ExecutorKind::Delay { .. }
            | ExecutorKind::Cap { .. }
            | ExecutorKind::Bus { .. } => None,
        }
    }

    /// Whether there is a worker more than the pool keeps.
    fn may_depart(&self, home: ExecutorId) -> bool {
        let pool = self.st.pool(home);
        match self.s.executors[home.index()].kind {
            ExecutorKind::Elastic { core_timeout, .. } => core_timeout || pool.live() > pool.core,
            ExecutorKind::Scheduled { .. } => pool.live() > pool.core.max(1),
            ExecutorKind::Threads { .. }
            | ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Inline
            | ExecutorKind::Delay { .. }
            | ExecutorKind::Cap { .. }
            | ExecutorKind::Bus { .. } => true,
        }
    }

    /// Whether the timer of a departure still means something.
    pub(super) fn is_departing(&self, home: ExecutorId, worker: WorkerId, rests: u32) -> bool {
        self.st.pool(home).still_rests(worker, rests) && self.may_depart(home)
    }

    /// A worker has been idle for too long.
    pub(super) fn depart(&mut self, home: ExecutorId, worker: WorkerId) {
        self.st.pool_mut(home).drop_worker(worker);
        self.emit(Event::WorkerStopped { executor: home, worker });
    }

    /// Whether a pool whose workers leave once it is shut down has nothing left for them.
    fn has_closed(&self, home: ExecutorId) -> bool {
        let executor = &self.st.executors[home.index()];
        let goes = match self.s.executors[home.index()].kind {
            ExecutorKind::Elastic { .. } | ExecutorKind::Scheduled { .. } => true,
            ExecutorKind::Threads { .. }
            | ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Inline
            | ExecutorKind::Delay { .. }
            | ExecutorKind::Cap { .. }
            | ExecutorKind::Bus { .. } => false,
        };
        let pool = self.st.pool(home);
        let is_empty = executor.blocked.is_empty() && pool.queue.len() == 0 && pool.delayed.len() == 0;
        goes && executor.shut && is_empty
    }

    /// Once a pool is shut down and empty, its idle workers leave.
    pub(super) fn dismiss_idle(&mut self, home: ExecutorId) {
        if !self.st.executors[home.index()].traits.departs || !self.has_closed(home) {
            return;
        }
        let idle: Vec<WorkerId> = self.st.pool(home).resting().collect();
        for worker in idle {
            self.depart(home, worker);
        }
    }
}
