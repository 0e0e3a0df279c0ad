//! Executors, resources, cells and arrival entries at one time.
//!
//! Invariant: an executor's list runs from `head` through the tasks' links, in order of entry, which is
//! not the order of service when its `order` says otherwise. Who occupies a cap is deliberately absent:
//! it is found from the tasks, only the counts are kept.

use crate::analysis::paged::Paged;
use crate::model::id::TaskId;
use crate::trace::event::EventId;
use std::collections::VecDeque;

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
pub struct Place {
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

/// A semaphore or lock, for one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// Who holds a permit (once for each), in order of acquisition; those that ended without releasing included.
    pub holders: VecDeque<TaskId>,
    /// How many wait.
    pub waiting: u32,
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

/// A place of a task in a list, looked for from both ends: of many thousand holders it is nearly always one of the first or
/// of the last that lets go.
pub(super) fn place_of(list: &VecDeque<TaskId>, task: TaskId) -> Option<usize> {
    let last = list.len().checked_sub(1)?;
    (0..=last / 2).flat_map(|at| [last - at, at]).find(|at| list[*at] == task)
}
