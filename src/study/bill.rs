//! What a run costs while it goes: memory and operating-system threads, at most and on average over time.
//!
//! Invariant: the same figures as `analysis::occupancy` finds in the trace, to the last bit: sums are whole
//! numbers. A wrapper's scheduler is one thread with its memory from beginning to end, and green executors
//! together have one, and their own carriers.

use crate::model::scenario::Scenario;
use crate::model::time::Time;

/// Memory and threads of all executors together.
#[derive(Clone)]
pub struct ResourceUsage {
    memory: u64,
    threads: u32,
    /// Most memory at once, in bytes.
    pub peak_memory: u64,
    /// Most threads at once.
    pub peak_threads: u32,
    /// Bytes times nanoseconds, until `since`.
    pub memory_time: u128,
    /// Threads times nanoseconds, until `since`.
    pub thread_time: u128,
    /// When anything last changed.
    pub since: Time,
}

impl ResourceUsage {
    /// At the beginning of a run.
    pub fn new(scenario: &Scenario) -> ResourceUsage {
        let schedulers = || scenario.executors.iter().filter(|executor| executor.wraps().is_some());
        let memory = schedulers().map(|executor| executor.memory).fold(0, u64::saturating_add);
        let threads = schedulers().count() as u32 + scenario.green_threads();
        ResourceUsage {
            memory,
            threads,
            peak_memory: memory,
            peak_threads: threads,
            memory_time: 0,
            thread_time: 0,
            since: Time::ZERO,
        }
    }

    /// Counts the time that has passed as it was; before anything changes.
    fn pass(&mut self, now: Time) {
        let nanos = u128::from(now.since(self.since).0);
        self.memory_time += u128::from(self.memory) * nanos;
        self.thread_time += u128::from(self.threads) * nanos;
        self.since = now;
    }

    /// A worker starts.
    pub fn starts(&mut self, now: Time, memory: u64, is_native: bool) {
        self.pass(now);
        self.memory = self.memory.saturating_add(memory);
        self.threads += u32::from(is_native);
        self.peak_memory = self.peak_memory.max(self.memory);
        self.peak_threads = self.peak_threads.max(self.threads);
    }

    /// A worker stops.
    pub fn stops(&mut self, now: Time, memory: u64, is_native: bool) {
        self.pass(now);
        self.memory = self.memory.saturating_sub(memory);
        self.threads -= u32::from(is_native);
    }

    /// Mean memory in bytes and mean threads, from the beginning to `end`.
    pub fn means(&mut self, end: Time) -> (f64, f64) {
        self.pass(end);
        let mean = |sum: u128| if end.0 == 0 { 0.0 } else { sum as f64 / end.0 as f64 };
        (mean(self.memory_time), mean(self.thread_time))
    }
}
