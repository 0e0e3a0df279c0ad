//! Work on many items at once, where there are threads.
//!
//! Invariant: answers stand in the order of their items, so that nothing depends on who did what. Without the
//! feature `cli` (in the browser) there are no threads, and items are done one after another.

/// Does `work` for each item on `threads` threads (0: as many as there are cores, or as the present pool has), and
/// returns the results in their order.
#[cfg(feature = "cli")]
pub fn in_parallel<T: Sync, R: Send>(items: &[T], threads: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    use rayon::prelude::*;
    if threads == 1 || items.len() == 1 {
        return items.iter().map(work).collect();
    }
    // Runs differ in length by a lot: one at a time, whoever is free.
    let all = || items.par_iter().with_max_len(1).map(&work).collect();
    if threads == 0 {
        return all();
    }
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(all),
        // The machine refuses to start that number of threads.
        Err(_) => all(),
    }
}

/// How many items [`in_parallel`] does at once by itself.
#[cfg(feature = "cli")]
pub fn width() -> usize {
    rayon::current_num_threads()
}

/// One: there are no threads.
#[cfg(not(feature = "cli"))]
pub fn width() -> usize {
    1
}

/// Does `work` for each item, one after another.
#[cfg(not(feature = "cli"))]
pub fn in_parallel<T, R>(items: &[T], _threads: usize, work: impl Fn(&T) -> R) -> Vec<R> {
    items.iter().map(work).collect()
}
