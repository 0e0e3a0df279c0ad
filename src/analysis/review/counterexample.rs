//! A way in which a variant goes wrong, step by step.

use serde::Serialize;

/// A way in which it goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counterexample {
    /// What it shows, in a few words.
    pub what: String,
    /// What happened, in a few sentences.
    pub text: String,
    /// With these timings, or only with others.
    pub with_these_timings: bool,
    /// What replays it.
    pub schedule: String,
    /// Which tasks take part; a column each.
    pub tasks: Vec<String>,
    /// How many more take part, like those that are told.
    pub more_tasks: usize,
    /// What they did, in order.
    pub moments: Vec<CounterexampleStep>,
    /// How many moments are left out in the middle.
    pub left_out: usize,
}

/// One moment of a counterexample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CounterexampleStep {
    /// When, as a person writes it.
    pub when: String,
    /// Whose column it stands in.
    pub task: usize,
    /// Another task that it is about, by its column.
    pub other: Option<usize>,
    /// What else it is between: an executor, a semaphore, a lock or another shared thing, by its name.
    pub thing: Option<String>,
    /// It comes from that other end to the task; otherwise it goes there.
    pub is_received: bool,
    /// What happened, without a full stop.
    pub text: String,
}
