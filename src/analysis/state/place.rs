//! Executors, resources, cells and arrival entries at one time.
//!
//! Invariant: an executor's list runs from `head` through the tasks' links, in order of entry, which is
//! not the order of service when its `order` says otherwise. Who occupies a cap is deliberately absent:
//! it is found from the tasks, only the counts are kept.

use crate::analysis::paged::Paged;
use crate::model;
use crate::model::executor::{Executor, ExecutorKind};
use crate::model::id::TaskId;
use crate::model::program::Claim;
use crate::model::shared::SharedKind;
use crate::trace::event::EventId;
use std::collections::{BTreeMap, VecDeque};

/// A live worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worker {
    /// The task on top of its stack; `None` if it is idle (or about to start what it has taken).
    pub top: Option<TaskId>,
    /// The event that put it there, or took away what was above it; `None` before there was anything.
    pub since: Option<EventId>,
}

/// State of one executor.
#[derive(Clone, Default)]
pub struct ExecutorState {
    /// Its live workers.
    pub workers: Paged<Worker>,
    /// How many of them there are.
    pub alive: u32,
    /// How many of them hold a task.
    pub busy: u32,
    /// Tasks that a worker has taken and not yet started.
    pub starting: u32,
    /// First waiting (or, in a wrapper, held) entry.
    pub head: Option<TaskId>,
    /// Last task in the queue.
    pub tail: Option<TaskId>,
    /// How many entries wait, cancelled ones included.
    pub waiting: u32,
    /// For each cap of a `cap`: how many slots are taken.
    pub cap_use: Vec<u32>,
    /// Tasks handed over by a wrapper and unfinished.
    pub handed_over: u32,
    /// Submissions that wait for room here, in order.
    pub blocked: VecDeque<TaskId>,
    /// The task whose hand-over the wrapper's scheduler waits for.
    pub scheduler_blocked: Option<TaskId>,
    /// The task that the wrapper's scheduler runs (the top of its stack).
    pub scheduler_top: Option<TaskId>,
    /// It refuses submissions.
    pub shut_down: bool,
    /// The event at which a cancelled entry was last met here.
    pub met: Option<EventId>,
}

impl ExecutorState {
    /// An executor before anything has happened.
    pub(super) fn new(executor: &Executor) -> ExecutorState {
        let cap_use = match &executor.kind {
            ExecutorKind::Cap { caps, .. } => vec![0; caps.len()],
            ExecutorKind::Threads { .. }
            | ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. }
            | ExecutorKind::Inline
            | ExecutorKind::Delay { .. }
            | ExecutorKind::Bus { .. } => Vec::new(),
        };
        ExecutorState { cap_use, ..ExecutorState::default() }
    }
}

/// A task that holds something of a semaphore or lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The task that holds it.
    pub task: TaskId,
    /// How much it holds.
    pub claim: Claim,
}

/// A semaphore or lock, for one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// Who holds something, in order of acquisition; those that ended without releasing included. A semaphore that
    /// anybody may release has no holders.
    pub holders: VecDeque<Holder>,
    /// Who waits, by the events at which they came: the longest first.
    pub waiting: BTreeMap<EventId, TaskId>,
    /// How many permits are taken, readers included; of a semaphore that anybody may release it may be below zero.
    pub taken: i64,
}

impl Resource {
    /// Whether it is as at the start.
    pub(super) fn is_untouched(&self) -> bool {
        self.holders.is_empty() && self.waiting.is_empty() && self.taken == 0
    }

    /// Whether there is not as much of it as that, of this number of permits.
    pub fn is_taken(&self, claim: Claim, permits: u32) -> bool {
        match claim {
            Claim::Permits(count) => self.taken + i64::from(count) > i64::from(permits),
            Claim::Read => self.is_written(),
            Claim::Write => self.is_written() || self.taken > 0,
        }
    }

    /// Whether somebody writes.
    pub fn is_written(&self) -> bool {
        self.holders.iter().any(|holder| holder.claim == Claim::Write)
    }

    /// Who holds something, each once.
    pub fn holding_tasks(&self) -> Vec<TaskId> {
        let mut tasks: Vec<TaskId> = Vec::new();
        for holder in &self.holders {
            if !tasks.contains(&holder.task) {
                tasks.push(holder.task);
            }
        }
        tasks
    }
}

/// A channel, condition, latch, barrier or server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// Who sent the messages of a channel that nobody has received, the oldest first.
    pub messages: VecDeque<TaskId>,
    /// Who waits there, the longest first.
    pub waiting: VecDeque<TaskId>,
    /// The channel was closed.
    pub closed: bool,
    /// How often the latch is still to be counted down.
    pub left: u32,
    /// How many notifications of the condition woke nobody.
    pub lost: u32,
}

impl Shared {
    /// A shared thing before the first event.
    pub(super) fn at_start(shared: &model::shared::Shared) -> Shared {
        let left = match shared.kind {
            SharedKind::Latch { count } => count,
            SharedKind::Channel { .. }
            | SharedKind::Condition { .. }
            | SharedKind::Barrier { .. }
            | SharedKind::Server(_) => 0,
        };
        Shared { left, ..Shared::default() }
    }
}

/// A cell, for one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// An index into the trace's values; `None` is the initial value.
    pub value: Option<u32>,
    /// The write that put it there; [`EventId::NONE`] for the initial value.
    pub version: EventId,
    /// Who wrote it.
    pub writer: Option<TaskId>,
}

/// An entry of `[[arrivals]]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// It will bring nothing more.
    pub ended: bool,
    /// How many tasks it brought.
    pub count: u64,
    /// The task whose submission waits for room, holding back the later ones.
    pub held_back: Option<TaskId>,
}
