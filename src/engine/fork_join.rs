//! `fork-join`: a deque for each worker, and thieves (OpenJDK 17, `java/util/concurrent/ForkJoinPool.java`: `signalWork`,
//! `topLevelExec`, `tryCompensate`, `helpJoin`; rayon-core 1.13, `registry.rs`: `find_work`, `wait_until_cold`).
//!
//! What one of its workers submits goes on top of that worker's deque, everything else into the queue from outside. A
//! worker takes from its own deque; then from where it took last, as the JDK's does; then from outside and from the others,
//! or the other way round. Divergence: the JDK scans the other workers in random order, here the lowest comes first, unless other
//! orders are explored.

use super::deques::End;
use super::place::Place;
use super::pool::Pool;
use super::sim::Sim;
use super::task::{Flag, Phase, Slot};
use super::wait::JoinStep;
use super::work::Entry;
use crate::model::executor::{ExecutorKind, OnWait};
use crate::model::id::{ExecutorId, WorkerId};
use crate::trace::event::Failure;
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// Decides about a submission to a `fork-join` pool: it lets in an idle worker, or starts one, if too few run.
    pub(super) fn place_in_fork_join(&self, slot: Slot, executor: ExecutorId, pool: &Pool) -> Place {
        let most = self.st.executors[executor.index()].traits.most;
        let is_idle = pool.queue.len() == 0 && pool.deques.len() == 0;
        if running(pool) < most && is_idle {
            if let Some(worker) = pool.next_idle() {
                return Place::Worker(worker);
            }
            if pool.live() < most {
                return Place::NewWorker;
            }
        }
        self.helper_for(slot, executor).map_or(Place::Queue, Place::Helper)
    }

    /// Puts a submission on top of its submitter's deque, if that is a worker of the pool; whether it was.
    pub(super) fn push_on_deque(&mut self, slot: Slot, executor: ExecutorId) -> bool {
        let (parent, id) = self.st.tasks[slot].parent;
        if parent == Slot::NONE || !self.st.tasks.is(parent, id) {
            return false;
        }
        // What came through a wrapper comes from outside.
        if self.st.tasks[slot].first != executor || self.pool_home(parent) != Some(executor) {
            return false;
        }
        let (worker, entry) = (self.st.tasks[parent].worker, (slot, self.st.tasks[slot].id));
        self.st.pool_mut(executor).deques.push(worker, entry);
        true
    }

    /// What a worker takes next.
    pub(super) fn next_in_fork_join(&mut self, home: ExecutorId, worker: WorkerId) -> Option<Entry> {
        let ExecutorKind::ForkJoin { is_fifo, .. } = self.s.executors[home.index()].kind else { return None };
        let own = if is_fifo { End::Oldest } else { End::Newest };
        let found = self.pop_deque(home, worker, own);
        let found = found.or_else(|| match self.st.executors[home.index()].traits.on_wait {
            OnWait::HelpAny => self.steal(home, worker).or_else(|| self.take_outside(home, worker)),
            OnWait::Hold | OnWait::HelpChild | OnWait::Compensate | OnWait::Release | OnWait::Join => {
                let source = self.st.pool(home).deques.source_of(worker);
                let again = source.and_then(|victim| self.pop_deque(home, victim, End::Oldest));
                again.or_else(|| self.take_outside(home, worker)).or_else(|| self.steal(home, worker))
            }
        });
        found.map(|slot| Entry { slot, from_queue: true })
    }

    fn pop_deque(&mut self, home: ExecutorId, worker: WorkerId, end: End) -> Option<Slot> {
        let super::state::KindState::Pool(pool) = &mut self.st.executors[home.index()].kind else {
            return None;
        };
        let slot = pool.deques.pop(worker, end, &self.st.tasks)?;
        self.st.tasks[slot].flags.clear(Flag::Entered);
        Some(slot)
    }

    fn take_outside(&mut self, home: ExecutorId, worker: WorkerId) -> Option<Slot> {
        let entry = self.next_entry(home)?;
        self.st.pool_mut(home).deques.took_from(worker, None);
        Some(entry.slot)
    }

    /// The oldest of another worker's deque: of the one that was chosen, or the lowest worker first.
    fn steal(&mut self, home: ExecutorId, thief: WorkerId) -> Option<Slot> {
        let chosen = if R::STEPWISE { self.decided_victim() } else { None };
        for victim in chosen.into_iter().chain(self.st.pool(home).deques.workers()) {
            if victim == thief {
                continue;
            }
            if let Some(slot) = self.pop_deque(home, victim, End::Oldest) {
                self.st.pool_mut(home).deques.took_from(thief, Some(victim));
                return Some(slot);
            }
        }
        None
    }

    /// What a worker whose task waits for tasks of its own pool does meanwhile (`on_wait = "join"`).
    pub(super) fn join_step(&mut self, slot: Slot, home: ExecutorId) -> JoinStep {
        let worker = self.st.tasks[slot].worker;
        let awaited: Vec<Slot> =
            self.st.tasks.extra(slot).map(|extra| extra.awaited.clone()).unwrap_or_default();
        let here: Vec<Slot> = awaited.into_iter().filter(|child| self.st.tasks[*child].at == home).collect();
        if here.is_empty() || self.st.tasks[slot].flags.has(Flag::Compensated) {
            return JoinStep::Block;
        }
        // A wait with a timeout helps nobody: the helped task could outlast it.
        if !self.has_timeout(slot) {
            if let Some(child) = here.iter().copied().find(|child| self.is_on_deque(*child, home, worker)) {
                self.st.pool_mut(home).deques.forget_one();
                self.st.tasks[child].flags.clear(Flag::Entered);
                return JoinStep::Run(child);
            }
            if let Some(entry) = here.iter().find_map(|child| self.take_from_thief(*child, home)) {
                return JoinStep::Run(entry);
            }
        }
        JoinStep::Compensate
    }

    fn has_timeout(&self, slot: Slot) -> bool {
        use crate::model::program::Instruction;
        let task = &self.st.tasks[slot];
        match self.s.tasks[task.kind.index()].program.code.get(task.pc.index()) {
            Some(Instruction::Wait { timeout, .. } | Instruction::Result { timeout, .. }) => {
                timeout.is_some()
            }
            _ => false,
        }
    }

    fn is_on_deque(&self, child: Slot, home: ExecutorId, worker: WorkerId) -> bool {
        let task = &self.st.tasks[child];
        task.phase == Phase::Queued && self.st.pool(home).deques.stands_in(worker, (child, task.id))
    }

    /// The oldest that the thief of a task has left, or the thief of what that thief waits for, and so on.
    fn take_from_thief(&mut self, child: Slot, home: ExecutorId) -> Option<Slot> {
        /// Thieves of thieves that are looked at.
        const MAX_DEPTH: usize = 64;
        let mut at = child;
        for _ in 0..MAX_DEPTH {
            let task = &self.st.tasks[at];
            if task.home != home || self.pool_home(at).is_none() || task.phase == Phase::Queued {
                return None;
            }
            if let Some(entry) = self.pop_deque(home, task.worker, End::Oldest) {
                return Some(entry);
            }
            let waits_for = self.st.tasks.extra(at).and_then(|extra| extra.awaited.first().copied());
            at = waits_for?;
        }
        None
    }

    /// A worker is blocked: another takes its place, if too few run. Decided once; the step raises if there are too many
    /// workers.
    pub(super) fn compensate(&mut self, slot: Slot) {
        let Some(home) = self.pool_home(slot) else { return };
        let ExecutorKind::ForkJoin { workers, max_workers, min_runnable, .. } =
            self.s.executors[home.index()].kind
        else {
            return;
        };
        let others = running(self.st.pool(home)).saturating_sub(1);
        self.st.tasks[slot].flags.set(Flag::Compensated);
        self.st.pool_mut(home).compensated += 1;
        let cause = self.st.cause;
        if self.st.pool(home).live() >= workers {
            if let Some(worker) = self.st.pool(home).next_idle() {
                self.put_to_work(home, worker);
                self.st.cause = cause;
                return;
            }
            if others >= min_runnable {
                return;
            }
        }
        if self.st.pool(home).live() < max_workers {
            let worker = self.add_worker(home);
            self.put_to_work(home, worker);
        } else {
            self.raise_blocked(slot, Failure::Rejected);
        }
        self.st.cause = cause;
    }

    /// Whether a `managed` step of the task lets another worker in.
    pub(super) fn is_in_fork_join(&self, slot: Slot) -> bool {
        self.pool_home(slot).is_some_and(|home| self.st.executors[home.index()].traits.fork_join)
    }

    /// A blocked worker goes on at once, however many run.
    #[inline(always)]
    pub(super) fn no_longer_blocked(&mut self, slot: Slot) {
        if self.st.tasks[slot].flags.take(Flag::Compensated)
            && let Some(home) = self.pool_home(slot)
        {
            self.st.pool_mut(home).compensated -= 1;
        }
    }

    /// Whether a worker of a `fork-join` pool that looks for work is one too many: it stays, idle.
    pub(super) fn is_too_many(&self, home: ExecutorId) -> bool {
        let traits = &self.st.executors[home.index()].traits;
        traits.fork_join && running(self.st.pool(home)) > traits.most
    }
}

/// How many workers are neither idle nor blocked and compensated for.
pub(super) fn running(pool: &Pool) -> u32 {
    pool.busy() - pool.compensated.min(pool.busy())
}
