//! What the future of a run depends on in its executors: queues, deques, workers, what is held.

use super::{Node, Sink, Walk};
use crate::engine::calendar::{Due, Entry};
use crate::engine::held::{DelayState, HeldEntry, is_held};
use crate::engine::pool::Pool;
use crate::engine::state::{KindState, Origin};
use crate::engine::task::{NO_WORKER, Phase, Slot, Task};
use crate::model::executor::{ExecutorKind, OnWait};
use crate::model::id::ExecutorId;
use crate::model::time::{Duration, Time};
use std::cmp::Reverse;

impl Walk<'_> {
    /// What belongs to an executor.
    pub(super) fn executor(&self, id: ExecutorId, sink: &mut impl Sink) {
        let state = &self.st.executors[id.index()];
        sink.value(
            u64::from(state.shut) | u64::from(state.scheduler_busy) << 1 | u64::from(state.pumping) << 2,
        );
        sink.value(u64::from(state.unfinished));
        self.line(state.shutdown_waiters.iter().copied(), sink);
        let is_waiting = |(slot, wake): &&(Slot, u32)| self.st.tasks[*slot].wake == *wake;
        let mut ends = state.termination_waiters.iter().filter(is_waiting).map(|waiter| waiter.0).peekable();
        // Here and below: what a document does not use leaves the numbers of its states as they are.
        if ends.peek().is_some() {
            self.line(ends, sink);
        }
        for (slot, origin) in &state.blocked {
            sink.node(Some(Node::Task(*slot)));
            match *origin {
                Origin::Entry(entry) => sink.value(1 | u64::from(entry.0) << 8),
                Origin::Parent(parent) => sink.node(Some(Node::Task(parent))),
                Origin::Scheduler(wrapper) => sink.value(2 | u64::from(wrapper.0) << 8),
            }
        }
        sink.node(None);
        let tasks = &self.st.tasks;
        match &state.kind {
            KindState::Inline => {}
            KindState::Pool(pool) => {
                let live = if self.idles_like_new(id) { 0 } else { pool.live() };
                sink.value(u64::from(live) << 32 | u64::from(pool.busy()));
                sink.value(pool.compensated.into());
                let traits = &self.st.executors[id.index()].traits;
                if traits.elastic || traits.scheduled {
                    sink.value(pool.core.into());
                }
                self.idle(id, pool, sink);
                self.line(pool.queue.standing(tasks), sink);
                if traits.scheduled {
                    self.delayed(&pool.delayed, sink);
                }
                if traits.fork_join {
                    self.deques(id, pool, sink);
                }
                self.line(pool.returning.iter().copied(), sink);
                if self.st.executors[id.index()].traits.on_wait == OnWait::HelpAny {
                    self.line(self.waiting_by_worker(id), sink);
                }
            }
            KindState::Cap(cap) => {
                cap.used.iter().for_each(|used| sink.value((*used).into()));
                cap.queued.iter().for_each(|queued| sink.value((*queued).into()));
                // Across the lines the tickets decide.
                let lines = cap.lines.values().flat_map(|line| &line.entries);
                let mut held: Vec<_> = lines.filter(|e| is_held(tasks, e.1, e.2)).collect();
                held.sort_by_key(|entry| entry.0);
                self.line(held.into_iter().map(|entry| entry.1), sink);
            }
            KindState::Bus(bus) => {
                sink.value(bus.taken.into());
                self.line(bus.held.iter().copied(), sink);
            }
            KindState::Delay(delay) => self.delayed(delay, sink),
        }
    }

    /// The deques of a pool, each with what runs on its worker: who steals from whom depends on the workers' numbers.
    fn deques(&self, id: ExecutorId, pool: &Pool, sink: &mut impl Sink) {
        let tasks = &self.st.tasks;
        for worker in pool.deques.workers() {
            let is_there = |(_, task): &(Slot, &Task)| {
                task.home == id
                    && task.worker == worker
                    && !matches!(task.phase, Phase::Ended | Phase::Queued)
            };
            self.line(tasks.iter().filter(is_there).map(|(slot, _)| slot), sink);
            self.line(pool.deques.entries(worker, tasks), sink);
            sink.value(pool.deques.source_of(worker).map_or(0, |victim| u64::from(victim.0) + 1));
        }
        sink.value(u64::MAX - 2);
    }

    /// What waits for its time.
    fn delayed(&self, delay: &DelayState, sink: &mut impl Sink) {
        let tasks = &self.st.tasks;
        let live = |held: &&HeldEntry| is_held(tasks, held.2, held.3);
        let fixed = |held: &HeldEntry| (self.instant(held.0), held.2);
        for (due, slot) in delay.line.iter().filter(live).map(fixed) {
            sink.value(due);
            sink.node(Some(Node::Task(slot)));
        }
        sink.node(None);
        let mut others: Vec<_> = delay.others.iter().map(|Reverse(held)| held).filter(live).collect();
        others.sort_unstable();
        for held in others {
            if !self.untimed || held.0 == Time::ZERO {
                // In order of their deadlines; released ones leave in the order of their release.
                sink.value(held.0.0);
                sink.node(Some(Node::Task(held.2)));
            } else {
                sink.member(0, Some(Node::Task(held.2)));
            }
        }
        sink.end_set();
    }

    /// The idle workers of a pool that may lose them: who is next, and when each one leaves.
    fn idle(&self, id: ExecutorId, pool: &Pool, sink: &mut impl Sink) {
        if !self.st.executors[id.index()].traits.departs {
            return;
        }
        for worker in pool.resting() {
            let leaves = |entry: &Entry| match entry.due {
                Due::Departure(home, other, rests) => {
                    home == id && other == worker && pool.still_rests(worker, rests)
                }
                Due::Task(..) | Due::Preempt(..) | Due::Scheduler(_) | Due::Injection(_) => false,
            };
            let timer = self.st.calendar.iter().find(leaves);
            sink.value(timer.map_or(u64::MAX, |entry| self.instant(entry.at)));
        }
        sink.value(u64::MAX - 1);
    }

    /// Whether an idle worker and one that may yet be added do the same for whoever comes next.
    fn idles_like_new(&self, executor: ExecutorId) -> bool {
        let traits = &self.st.executors[executor.index()].traits;
        let starts_at_once = match self.s.executors[executor.index()].kind {
            ExecutorKind::Threads { start_cost, .. } => start_cost == Duration::ZERO,
            ExecutorKind::Green { .. } => true,
            ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. }
            | ExecutorKind::Inline
            | ExecutorKind::Delay { .. }
            | ExecutorKind::Cap { .. }
            | ExecutorKind::Bus { .. } => false,
        };
        traits.on_demand && !traits.departs && !traits.compensates && (starts_at_once || self.untimed)
    }

    /// The waiting tasks of a pool whose workers help: who helps next depends on the workers' numbers. On one worker the
    /// lower ones come first.
    fn waiting_by_worker(&self, pool: ExecutorId) -> Vec<Slot> {
        let tasks = &self.st.tasks;
        let is_waiting = |(_, task): &(Slot, &Task)| {
            task.phase == Phase::Waiting && task.home == pool && task.worker != NO_WORKER
        };
        let below = |slot: Slot| tasks[slot].below.some();
        let mut waiting: Vec<Slot> = tasks.iter().filter(is_waiting).map(|(slot, _)| slot).collect();
        waiting.sort_by_cached_key(|slot| {
            (tasks[*slot].worker, std::iter::successors(below(*slot), |slot| below(*slot)).count())
        });
        waiting
    }
}
