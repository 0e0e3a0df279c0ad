//! The workers of a pool (`threads`, `green`, `dynamic`) and who is idle, as bookkeeping: what a kind
//! does on a submission is in its own file, what a worker does next is in `work`.

use super::queue::Queue;
use super::task::Slot;
use crate::model::executor::Order;
use crate::model::id::WorkerId;
use std::collections::{BTreeMap, VecDeque};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Worker {
    Idle,
    Busy,
    Gone,
}

/// The workers and the queue of one pool.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    workers: Vec<Worker>,
    /// One bit a worker; the lowest set bit is the next to be given work.
    idle: Vec<u64>,
    idle_count: u32,
    live: u32,
    /// Waiting entries.
    pub queue: Queue,
    /// Tasks that gave up their worker to wait (`on_wait = "release"`) and want one again.
    pub returning: VecDeque<Slot>,
    /// How many waiting tasks let a spare worker start (`on_wait = "compensate"`).
    pub compensated: u32,
    /// Waiting tasks above which nothing runs, by their worker: under `help-any` one of them takes what is submitted.
    pub helpers: BTreeMap<WorkerId, Slot>,
}

impl Pool {
    pub fn new(order: Order) -> Pool {
        Pool {
            workers: Vec::new(),
            idle: Vec::new(),
            idle_count: 0,
            live: 0,
            queue: Queue::new(order),
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
        self.live - self.idle_count
    }

    /// The idle worker with the lowest number.
    #[inline]
    pub fn lowest_idle(&self) -> Option<WorkerId> {
        if self.idle_count == 0 {
            return None;
        }
        let word = self.idle.iter().position(|&bits| bits != 0)?;
        Some(WorkerId(word as u32 * 64 + self.idle[word].trailing_zeros()))
    }

    /// The idle worker with the lowest number above this one.
    pub fn idle_after(&self, worker: WorkerId) -> Option<WorkerId> {
        let later = (worker.0 + 1..self.workers.len() as u32).map(WorkerId);
        later.into_iter().find(|w| self.workers[w.index()] == Worker::Idle)
    }

    /// The idle worker with the highest number.
    pub fn highest_idle(&self) -> Option<WorkerId> {
        let word = self.idle.iter().rposition(|&bits| bits != 0)?;
        Some(WorkerId(word as u32 * 64 + 63 - self.idle[word].leading_zeros()))
    }

    /// The number that the next new worker gets: the lowest unused one.
    pub fn next_worker(&self) -> WorkerId {
        let unused = if self.live as usize == self.workers.len() {
            None
        } else {
            self.workers.iter().position(|w| *w == Worker::Gone)
        };
        WorkerId(unused.unwrap_or(self.workers.len()) as u32)
    }

    /// Adds an idle worker.
    pub fn add(&mut self) -> WorkerId {
        let worker = self.next_worker();
        if worker.index() == self.workers.len() {
            self.workers.push(Worker::Gone);
            if self.idle.len() * 64 < self.workers.len() {
                self.idle.push(0);
            }
        }
        self.live += 1;
        self.workers[worker.index()] = Worker::Busy;
        self.set_idle(worker);
        worker
    }

    /// Takes a worker out of service.
    pub fn drop_worker(&mut self, worker: WorkerId) {
        if self.workers[worker.index()] == Worker::Idle {
            self.set_busy(worker);
        }
        self.workers[worker.index()] = Worker::Gone;
        self.live -= 1;
    }

    #[inline]
    pub fn set_busy(&mut self, worker: WorkerId) {
        debug_assert_eq!(self.workers[worker.index()], Worker::Idle);
        self.workers[worker.index()] = Worker::Busy;
        self.idle[worker.index() / 64] &= !(1 << (worker.0 % 64));
        self.idle_count -= 1;
    }

    #[inline]
    pub fn set_idle(&mut self, worker: WorkerId) {
        debug_assert_eq!(self.workers[worker.index()], Worker::Busy);
        self.workers[worker.index()] = Worker::Idle;
        self.idle[worker.index() / 64] |= 1 << (worker.0 % 64);
        self.idle_count += 1;
    }
}
