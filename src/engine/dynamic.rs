//! `dynamic`: grows and shrinks on submission, as futurist's `DynamicThreadPoolExecutor` does
//! (`futurist/_futures.py`, `_maybe_adjust`).

use super::pool::Pool;
use crate::model::id::WorkerId;

/// What a pool does to its number of workers before it looks at a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resize {
    /// It keeps the number of workers.
    Keep,
    /// It adds a worker.
    Grow,
    /// Drops this idle one.
    Shrink(WorkerId),
}

/// What the pool does before it looks at a submission.
pub(super) fn resize(pool: &Pool, most: u32, fewest: u32, grow: f64, shrink: f64) -> Resize {
    let n = pool.live();
    if n < fewest.max(1) {
        return if n < most { Resize::Grow } else { Resize::Keep };
    }
    let business = f64::from(pool.busy() + pool.queue.len()) / f64::from(n);
    if business >= grow && n < most {
        return Resize::Grow;
    }
    if business <= shrink && n > fewest {
        return pool.lowest_idle().map_or(Resize::Keep, Resize::Shrink);
    }
    Resize::Keep
}
