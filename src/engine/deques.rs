//! The deques of a `fork-join` pool, as bookkeeping: who pushes, takes and steals is in `fork_join`.

use super::queue::Waiting;
use super::task::{Flag, Slot};
use super::tasks::Tasks;
use crate::model::id::{TaskId, WorkerId};
use std::collections::VecDeque;

/// The deques of a `fork-join` pool.
#[derive(Clone, Debug, Default)]
pub(super) struct Deques {
    /// By worker; an entry whose task was taken from the middle is passed over.
    of: Vec<VecDeque<Waiting>>,
    /// From whose deque each worker took last, as long as that is not empty.
    source: Vec<Option<WorkerId>>,
    len: u32,
}

/// Which end of a deque.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Newest,
    Oldest,
}

fn waits(tasks: &Tasks, (slot, id): Waiting) -> bool {
    tasks.is(slot, id) && tasks[slot].flags.has(Flag::Entered)
}

impl Deques {
    /// How many entries wait in all of them.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// The entries of one worker's deque, the oldest first.
    pub fn entries<'a>(&'a self, worker: WorkerId, tasks: &'a Tasks) -> impl Iterator<Item = Slot> + 'a {
        let deque = self.of.get(worker.index()).into_iter().flatten();
        deque.copied().filter(|entry| waits(tasks, *entry)).map(|entry| entry.0)
    }

    /// How many deques there are.
    pub fn workers(&self) -> impl Iterator<Item = WorkerId> + use<> {
        (0..self.of.len() as u32).map(WorkerId)
    }

    /// From whose deque a worker took last.
    pub fn source_of(&self, worker: WorkerId) -> Option<WorkerId> {
        self.source.get(worker.index()).copied().flatten()
    }

    /// Adds an entry on top of a worker's deque.
    pub fn push(&mut self, worker: WorkerId, entry: Waiting) {
        if self.of.len() <= worker.index() {
            self.of.resize(worker.index() + 1, VecDeque::new());
            self.source.resize(worker.index() + 1, None);
        }
        self.of[worker.index()].push_back(entry);
        self.len += 1;
    }

    /// Takes the entry at one end of a worker's deque.
    pub fn pop(&mut self, worker: WorkerId, end: End, tasks: &Tasks) -> Option<Slot> {
        let deque = self.of.get_mut(worker.index())?;
        loop {
            let entry = match end {
                End::Newest => deque.pop_back()?,
                End::Oldest => deque.pop_front()?,
            };
            if waits(tasks, entry) {
                self.len -= 1;
                return Some(entry.0);
            }
        }
    }

    /// Notes from whose deque a worker took; `None` is what came from outside.
    pub fn took_from(&mut self, thief: WorkerId, victim: Option<WorkerId>) {
        if self.source.len() <= thief.index() {
            self.of.resize(thief.index() + 1, VecDeque::new());
            self.source.resize(thief.index() + 1, None);
        }
        self.source[thief.index()] = victim;
    }

    /// Notes that an entry left from the middle.
    pub fn forget_one(&mut self) {
        self.len -= 1;
    }

    /// Whether an entry stands in some deque.
    pub fn has(&self, slot: Slot, id: TaskId) -> bool {
        self.of.iter().any(|deque| deque.contains(&(slot, id)))
    }

    /// Whether an entry stands in the deque of a worker.
    pub fn stands_in(&self, worker: WorkerId, entry: Waiting) -> bool {
        self.of.get(worker.index()).is_some_and(|deque| deque.contains(&entry))
    }

    /// Forgets every entry and every source.
    pub fn clear(&mut self) {
        *self = Deques::default();
    }
}
