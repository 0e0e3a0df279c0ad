//! What tasks can wait for, as far as it limits how much they get done.

use serde::Serialize;

/// What tasks waited for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "holder", rename_all = "kebab-case")]
pub enum LimitingResource {
    /// A cap of a `cap` executor.
    Cap {
        /// Name of the executor.
        executor: String,
        /// As in the document: `build`, `build+snapshot`.
        cap: String,
    },
    /// A wrapper that held them back without any cap of its own being full.
    Wrapper {
        /// Name of the executor.
        executor: String,
    },
    /// The workers of a pool.
    Workers {
        /// Name of the pool.
        executor: String,
    },
    /// A semaphore's permits.
    Semaphore {
        /// Name of the semaphore.
        semaphore: String,
    },
    /// A lock that tasks wait for.
    Lock {
        /// Name of the lock.
        lock: String,
    },
    /// A core of the machine.
    Cores,
    /// The one thread that all green executors share.
    GreenThread,
    /// Children, which themselves wait for next to nothing.
    Children,
}
