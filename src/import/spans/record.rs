//! What every reader of spans makes of its recording: slices on threads, and arrows between them.

use std::collections::HashMap;

/// One stretch of work on a thread, in nanoseconds of the trace's own clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slice {
    pub thread: u32,
    pub name: u32,
    pub from: i64,
    pub to: i64,
    /// What Threadbare's own export says about it.
    pub own: Own,
    /// Of that, how long it was on the CPU, where it is known.
    pub cpu: Option<i64>,
}

impl Slice {
    /// Whether it is a task that took no time.
    pub(crate) fn is_instant_task(&self) -> bool {
        self.from == self.to && matches!(self.own, Own::Task { .. })
    }
}

/// What a slice of Threadbare's own export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Own {
    /// Of another tool.
    Foreign,
    /// A task of this type, submitted at this time if that is known; it may not have ended with the trace.
    Task { kind: u32, submitted: Option<i64>, is_unfinished: bool },
    /// A time at which the task did not run.
    State,
}

/// One end of an arrow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flow {
    /// Number of the arrow.
    pub arrow: u32,
    pub thread: u32,
    pub at: i64,
    /// Bound to the slice around it, not to the next one.
    pub encloses: bool,
}

/// A thread, or a track of its own for an async operation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Thread {
    pub process: u32,
    pub name: String,
    /// The category of an async operation, for a track that is no thread.
    pub track: Option<String>,
}

/// A process that was recorded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Process {
    pub id: String,
    pub name: String,
    pub labels: String,
}

/// A lock or a semaphore that tasks took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lock {
    pub name: String,
    /// `None` for a lock.
    pub permits: Option<u64>,
}

/// All that was read.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub slices: Vec<Slice>,
    pub flows: Vec<Flow>,
    pub names: Names,
    pub threads: Vec<Thread>,
    pub processes: Vec<Process>,
    pub locks: Vec<Lock>,
    /// The trace is Threadbare's own: an export, or what a recorder wrote.
    pub is_own: bool,
    /// A recorder wrote it.
    pub is_recorded: bool,
}

impl Record {
    /// What may be in the program and is not in the recording.
    pub fn unseen(&self) -> &'static str {
        if self.locks.is_empty() {
            "locks, caps, delays, timeouts and bounds of queues"
        } else {
            "caps, delays, timeouts and bounds of queues"
        }
    }
}

/// Each text once.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub list: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Names {
    pub fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.list.len() as u32;
        self.list.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    pub fn get(&self, number: u32) -> &str {
        &self.list[number as usize]
    }
}
