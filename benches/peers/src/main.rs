//! The four workloads of `benches/` in other simulators, beside Threadbare, as ratios of CPU time.
//!
//! Runs of the simulators alternate, so that whatever else a machine does falls on all of them, and the fastest run of
//! each counts. All of them are run without a trace: they are asked for how many tasks ended, and when the last did.

mod desque_models;
mod odem_models;
mod threadbare_models;
mod workload;

use std::time::{Duration, Instant};
use workload::{Finished, Workload};

/// How often each simulator runs each workload.
const RUNS: usize = 5;

/// A simulator: its name and how it runs a workload.
type Simulator = (&'static str, fn(Workload, u64) -> Finished);

const SIMULATORS: [Simulator; 3] =
    [("threadbare", threadbare_models::run), ("desque", desque_models::run), ("odem-rs", odem_models::run)];

fn main() {
    let tasks = std::env::args().nth(1).map_or(1_000_000, |text| text.parse().expect("a number of tasks"));
    println!(
        "{:<10} {:<12} {:>10} {:>12} {:>10}",
        "workload", "simulator", "seconds", "M events/s", "times ours"
    );
    for workload in Workload::ALL {
        let mut fastest = [Duration::MAX; SIMULATORS.len()];
        for _ in 0..RUNS {
            for ((name, run), fastest) in SIMULATORS.iter().zip(&mut fastest) {
                let begun = Instant::now();
                let finished = run(workload, tasks);
                *fastest = begun.elapsed().min(*fastest);
                workload.check(tasks, &finished, name);
            }
        }
        let events = workload.scheduled_events(tasks) as f64;
        for ((name, _), took) in SIMULATORS.iter().zip(fastest) {
            let seconds = took.as_secs_f64();
            let ratio = seconds / fastest[0].as_secs_f64();
            println!(
                "{:<10} {name:<12} {seconds:>10.3} {:>12.1} {ratio:>10.2}",
                workload.name(),
                events / seconds / 1e6
            );
        }
    }
}
