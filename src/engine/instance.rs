//! Each semaphore and lock (for each key): what is free of it, and who stands in line.
//!
//! Bookkeeping only: who may take it stands in `resource`, who comes next in `lines`.

use super::task::{HeldInstance, Phase, Slot};
use super::tasks::Tasks;
use crate::model::id::{ResourceId, TaskId};
use crate::model::program::Claim;
use crate::model::scenario::Resource;
use crate::trace::event::Failure;
use std::collections::VecDeque;

/// A task in line at a semaphore or lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiter {
    pub slot: Slot,
    pub id: TaskId,
    /// The task's `wake` while it waits.
    pub wake: u32,
    pub claim: Claim,
}

impl Waiter {
    /// Whether it still stands for a task that waits there.
    pub fn is_in_line(&self, tasks: &Tasks) -> bool {
        let task = &tasks[self.slot];
        task.id == self.id && task.wake == self.wake && matches!(task.phase, Phase::Acquiring | Phase::Woken)
    }
}

/// One semaphore or lock (for one key).
#[derive(Clone, Debug)]
pub(super) struct Instance {
    /// What it is one of.
    pub resource: ResourceId,
    /// Permits that nobody holds; of a read-write lock, how many more readers it could have.
    pub free: u32,
    /// Who writes, of a read-write lock.
    pub writer: Option<TaskId>,
    /// Who waits, the longest first.
    pub(super) waiters: VecDeque<Waiter>,
    /// How many of them may wait no longer.
    gone: usize,
    /// With `once`: a waiter was woken and found nothing, so what is released is handed over until nobody waits.
    pub starving: bool,
}

impl Instance {
    pub fn new(id: ResourceId, resource: &Resource) -> Instance {
        Instance {
            resource: id,
            free: resource.permits,
            writer: None,
            waiters: VecDeque::new(),
            gone: 0,
            starving: false,
        }
    }

    /// Whether there is that much of it for this task.
    pub(super) fn has(&self, claim: Claim, task: TaskId, permits: u32) -> bool {
        match claim {
            Claim::Permits(count) => self.free >= count,
            // A writer may read as well, and go on as a reader.
            Claim::Read => self.writer.is_none_or(|writer| writer == task) && self.free > 0,
            Claim::Write => self.writer.is_none() && self.free == permits,
        }
    }

    /// One of those in line waits no longer. It stays until it is met, or until half of all are such: so that a crowd of
    /// timeouts costs no look at all the others each.
    pub(super) fn one_is_gone(&mut self, tasks: &Tasks) {
        self.gone += 1;
        if self.gone * 2 > self.waiters.len() {
            self.waiters.retain(|waiter| waiter.is_in_line(tasks));
            self.gone = 0;
        }
    }

    /// A task takes it.
    pub fn take(&mut self, claim: Claim, task: TaskId) {
        match claim {
            Claim::Permits(count) => self.free -= count,
            Claim::Read => self.free -= 1,
            Claim::Write => self.writer = Some(task),
        }
    }

    /// It is given back.
    pub fn give(&mut self, claim: Claim) {
        match claim {
            // Of a semaphore without owners there may come to be more than there were.
            Claim::Permits(count) => self.free = self.free.saturating_add(count),
            Claim::Read => self.free += 1,
            Claim::Write => self.writer = None,
        }
    }
}

/// Takes what is given back off a task's list.
pub(super) fn let_go(held: &mut Vec<HeldInstance>, instance: u32, claim: Claim) -> Result<(), Failure> {
    let Claim::Permits(mut left) = claim else {
        let wanted = HeldInstance { instance, claim };
        let index = held.iter().rposition(|held| *held == wanted).ok_or(Failure::NotHolder)?;
        held.remove(index);
        return Ok(());
    };
    let count =
        |held: &HeldInstance| if held.instance == instance { u64::from(held.claim.permits()) } else { 0 };
    if held.iter().map(count).sum::<u64>() < u64::from(left) {
        return Err(Failure::NotHolder);
    }
    while left > 0 {
        let index = held.iter().rposition(|held| held.instance == instance).ok_or(Failure::NotHolder)?;
        let last = held[index].claim.permits();
        if last <= left {
            left -= last;
            held.remove(index);
        } else {
            held[index].claim = Claim::Permits(last - left);
            left = 0;
        }
    }
    Ok(())
}
