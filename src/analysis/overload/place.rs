//! An overload, and the places that can have one.

use crate::model::id::{ExecutorId, ResourceId, SharedId};
use serde::{Deserialize, Serialize};

/// Something that gets more work than it can do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overload {
    /// What is overloaded.
    pub place: OverloadedPlace,
    /// Tasks a second that come to it.
    pub arriving: f64,
    /// Tasks a second that it can serve.
    pub served: f64,
    /// Its holding times are measured, since its tasks wait for others: it may be slow only because those are.
    pub is_measured: bool,
}

/// Where work piles up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OverloadedPlace {
    /// The workers of a pool.
    Workers(ExecutorId),
    /// One cap of a `cap` executor.
    Cap(ExecutorId, u16),
    /// The permits of a semaphore, or a lock.
    Permits(ResourceId),
    /// A server that its jobs share.
    Server(SharedId),
    /// The cores of the machine.
    Cores,
    /// The one thread of all green executors.
    GreenThread,
}
