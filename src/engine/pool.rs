//! The workers of a pool (`threads`, `green`, `dynamic`) and who is idle, as bookkeeping: what a kind
//! does on a submission is in its own file, what a worker does next is in `work`.

use super::deques::Deques;
use super::held::DelayState;
use super::numbers::Numbers;
use super::queue::Queue;
use super::task::Slot;
use crate::model::executor::{Executor, ExecutorKind, Order};
use crate::model::id::WorkerId;
use crate::model::runtime::Runtime;
use std::collections::{BTreeMap, VecDeque};

/// Which idle worker is given work first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdleOrder {
    /// The one with the lowest number.
    Lowest,
    /// The one that has been idle longest.
    Longest,
    /// The one that became idle last: they stand in a stack (Java's `SynchronousQueue`).
    Shortest,
}

/// The workers and the queue of one pool.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    /// For each number that a worker has had, whether a worker has it.
    is_there: Vec<bool>,
    idle: Numbers,
    live: u32,
    idle_order: IdleOrder,
    /// Idle workers, the longest idle first; kept where it counts.
    line: VecDeque<WorkerId>,
    /// For each worker, how often it has become idle: what was to happen to an earlier rest is void.
    rests: Vec<u32>,
    /// Workers that an `elastic` pool starts at once, and that a `scheduled` one starts by submissions.
    pub core: u32,
    /// What its own workers submitted; only of a `fork-join` pool.
    pub deques: Deques,
    /// Entries that are not yet due; only of a `scheduled` pool.
    pub delayed: DelayState,
    /// The timer of the next injection is set.
    pub injecting: bool,
    /// Waiting entries whose futures are running already.
    pub claimed: u32,
    /// The waiting entries of the pool.
    pub queue: Queue,
    /// Tasks that gave up their worker to wait (`on_wait = "release"`) and want one again.
    pub returning: VecDeque<Slot>,
    /// How many waiting tasks let a spare worker start (`on_wait = "compensate"`).
    pub compensated: u32,
    /// Waiting tasks above which nothing runs, by their worker: under `help-any` one of them takes what is submitted.
    pub helpers: BTreeMap<WorkerId, Slot>,
}

impl Pool {
    pub fn new(executor: &Executor, runtime: Runtime) -> Pool {
        Pool {
            idle_order: idle_order(executor),
            line: VecDeque::new(),
            rests: Vec::new(),
            core: core(executor),
            is_there: Vec::new(),
            idle: Numbers::default(),
            live: 0,
            deques: Deques::default(),
            delayed: DelayState::default(),
            injecting: false,
            claimed: 0,
            // Deadlines are ranks.
            queue: match executor.kind {
                ExecutorKind::Scheduled { .. } => Queue::new(Order::Priority),
                ExecutorKind::Threads { .. }
                | ExecutorKind::Green { .. }
                | ExecutorKind::Dynamic { .. }
                | ExecutorKind::Elastic { .. }
                | ExecutorKind::ForkJoin { .. }
                | ExecutorKind::Inline
                | ExecutorKind::Delay { .. }
                | ExecutorKind::Cap { .. }
                | ExecutorKind::Bus { .. } => match executor.order {
                    Order::Priority if runtime.is_java() => Queue::of_java(),
                    order => Queue::new(order),
                },
            },
            returning: VecDeque::new(),
            compensated: 0,
            helpers: BTreeMap::new(),
        }
    }

    /// How many workers there are.
    #[inline]
    pub fn live(&self) -> u32 {
        self.live
    }

    #[inline]
    pub fn busy(&self) -> u32 {
        self.live - self.idle.len()
    }

    /// The idle worker that is given work next.
    #[inline]
    pub fn next_idle(&self) -> Option<WorkerId> {
        match self.idle_order {
            IdleOrder::Lowest => self.lowest_idle(),
            IdleOrder::Longest => self.line.front().copied(),
            IdleOrder::Shortest => self.line.back().copied(),
        }
    }

    /// The idle workers, the longest idle first; only where that order counts.
    pub fn resting(&self) -> impl Iterator<Item = WorkerId> + '_ {
        self.line.iter().copied()
    }

    /// All workers there are.
    pub fn all(&self) -> impl Iterator<Item = WorkerId> + '_ {
        (0..).zip(&self.is_there).filter(|(_, is_there)| **is_there).map(|(number, _)| WorkerId(number))
    }

    /// Nothing waits here any more, and nobody helps.
    pub fn clear(&mut self) {
        self.queue.clear();
        self.deques.clear();
        self.returning.clear();
        self.helpers.clear();
        self.claimed = 0;
        self.compensated = 0;
    }

    /// How often the worker has become idle.
    pub fn rests_of(&self, worker: WorkerId) -> u32 {
        self.rests.get(worker.index()).copied().unwrap_or(0)
    }

    /// Whether the worker has nothing to do.
    pub fn is_idle(&self, worker: WorkerId) -> bool {
        self.idle.has(worker.0)
    }

    /// Whether the worker is idle, and has been since it became so for the `rests`-th time.
    pub fn still_rests(&self, worker: WorkerId, rests: u32) -> bool {
        self.is_idle(worker) && self.rests_of(worker) == rests
    }

    /// The worker's patience begins anew.
    pub fn rest_anew(&mut self, worker: WorkerId) {
        self.rests[worker.index()] = self.rests[worker.index()].wrapping_add(1);
    }

    /// The idle worker with the lowest number.
    #[inline]
    pub fn lowest_idle(&self) -> Option<WorkerId> {
        self.idle.first().map(WorkerId)
    }

    /// The idle worker with the lowest number above this one.
    pub fn idle_after(&self, worker: WorkerId) -> Option<WorkerId> {
        self.idle.after(worker.0).map(WorkerId)
    }

    /// The idle worker with the highest number.
    pub fn highest_idle(&self) -> Option<WorkerId> {
        self.idle.last().map(WorkerId)
    }

    /// The number that the next new worker gets: the lowest unused one.
    pub fn next_worker(&self) -> WorkerId {
        let unused = if self.live as usize == self.is_there.len() {
            None
        } else {
            self.is_there.iter().position(|is_there| !is_there)
        };
        WorkerId(unused.unwrap_or(self.is_there.len()) as u32)
    }

    /// Adds an idle worker.
    pub fn add(&mut self) -> WorkerId {
        let worker = self.next_worker();
        if worker.index() == self.is_there.len() {
            self.is_there.push(false);
            if self.idle_order != IdleOrder::Lowest {
                self.rests.push(0);
            }
        }
        self.live += 1;
        self.is_there[worker.index()] = true;
        self.set_idle(worker);
        worker
    }

    /// Takes a worker out of service.
    pub fn drop_worker(&mut self, worker: WorkerId) {
        if self.is_idle(worker) {
            self.set_busy(worker);
        }
        self.is_there[worker.index()] = false;
        self.live -= 1;
    }

    #[inline(always)]
    pub fn set_busy(&mut self, worker: WorkerId) {
        self.idle.remove(worker.0);
        if self.idle_order != IdleOrder::Lowest {
            self.leave_line(worker);
        }
    }

    #[inline(always)]
    pub fn set_idle(&mut self, worker: WorkerId) {
        debug_assert!(self.is_there[worker.index()]);
        self.idle.insert(worker.0);
        if self.idle_order != IdleOrder::Lowest {
            self.join_line(worker);
        }
    }

    #[inline(never)]
    fn leave_line(&mut self, worker: WorkerId) {
        self.line.retain(|other| *other != worker);
    }

    #[inline(never)]
    fn join_line(&mut self, worker: WorkerId) {
        self.line.push_back(worker);
        self.rest_anew(worker);
    }
}

fn idle_order(executor: &Executor) -> IdleOrder {
    match executor.kind {
        ExecutorKind::Elastic { .. } if executor.queue == Some(0) => IdleOrder::Shortest,
        ExecutorKind::Elastic { .. } | ExecutorKind::Scheduled { .. } | ExecutorKind::ForkJoin { .. } => {
            IdleOrder::Longest
        }
        // What wakes them is a condition variable, which is first in, first out (Tokio's blocking pool).
        ExecutorKind::Threads { keep_alive: Some(_), .. } => IdleOrder::Longest,
        ExecutorKind::Threads { .. }
        | ExecutorKind::Green { .. }
        | ExecutorKind::Dynamic { .. }
        | ExecutorKind::Inline
        | ExecutorKind::Delay { .. }
        | ExecutorKind::Cap { .. }
        | ExecutorKind::Bus { .. } => IdleOrder::Lowest,
    }
}

fn core(executor: &Executor) -> u32 {
    match executor.kind {
        ExecutorKind::Elastic { core, .. } => core,
        ExecutorKind::Scheduled { workers, .. } => workers,
        ExecutorKind::Threads { .. }
        | ExecutorKind::Green { .. }
        | ExecutorKind::Dynamic { .. }
        | ExecutorKind::ForkJoin { .. }
        | ExecutorKind::Inline
        | ExecutorKind::Delay { .. }
        | ExecutorKind::Cap { .. }
        | ExecutorKind::Bus { .. } => 0,
    }
}
