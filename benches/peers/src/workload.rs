//! What is run: the workloads of `benches/workloads/`, as numbers that every model takes.

use rand::SeedableRng;
use rand_distr::{Distribution, Exp};
use rand_pcg::Pcg64Mcg;

/// One of the four workloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// M/M/8 at 90 % load.
    Mm8,
    /// Parents that each wait for a child on a second pool; there are a fifth as many as tasks.
    Parents,
    /// Tasks that a timer holds for 15 s, of which nine in ten are cancelled after a while.
    Delayed,
    /// Tasks that are all queued at once on 64 workers.
    Burst,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Finished {
    /// How many tasks did their work.
    pub tasks: u64,
    /// When the last did, in seconds of virtual time.
    pub at: f64,
}

/// How many submitters `delayed` has; each makes an equal share of the rounds.
pub const WATCHES: u64 = 1000;

/// The share of delayed tasks that do their work: one in ten is let be, and who cancels after the 15 s is too late.
pub const UPDATED: f64 = 0.1 + 0.9 * 0.082_084_998_623_898_8; // exp(-15 s / 6 s)

impl Workload {
    /// All of them.
    pub const ALL: [Workload; 4] = [Workload::Mm8, Workload::Parents, Workload::Delayed, Workload::Burst];

    /// Its name, as in `benches/workloads/`.
    pub fn name(self) -> &'static str {
        match self {
            Workload::Mm8 => "mm8",
            Workload::Parents => "parents",
            Workload::Delayed => "delayed",
            Workload::Burst => "burst",
        }
    }

    /// How many events any simulator has to schedule for it (`benches/README.md`).
    pub fn scheduled_events(self, tasks: u64) -> u64 {
        match self {
            Workload::Mm8 => 2 * tasks,
            Workload::Parents => 4 * (tasks / 5),
            Workload::Delayed => tasks * 21 / 10,
            Workload::Burst => tasks,
        }
    }

    /// Holds a run to what any right one comes to: so a model that does less is noticed.
    ///
    /// # Panics
    /// If a simulator did not do the work.
    pub fn check(self, tasks: u64, finished: &Finished, simulator: &str) {
        let tasks = tasks as f64;
        // The number of tasks that do work, and the mean of the last end; both with a wide margin for chance.
        let (expected, end) = match self {
            Workload::Mm8 => (tasks, tasks / 7.2),
            Workload::Parents => (tasks / 5.0, tasks / 5.0 / 180.0),
            // The last of a thousand submitters is about 3.2 standard deviations later than most.
            Workload::Delayed => {
                let rounds = tasks / WATCHES as f64;
                (tasks * UPDATED, 6.0 * (rounds + 3.2 * rounds.sqrt()))
            }
            Workload::Burst => (tasks, tasks / 64.0),
        };
        let is_near = |value: f64, wanted: f64| (value / wanted - 1.0).abs() < 0.1;
        let (did, at) = (finished.tasks as f64, finished.at);
        assert!(is_near(did, expected), "{simulator} did {did} tasks of {}, not {expected}", self.name());
        assert!(is_near(at, end), "{simulator} ended {} at {at}, not about {end}", self.name());
    }
}

/// Draws of exponential times.
pub struct Draws(Pcg64Mcg);

impl Draws {
    /// The same sequence at every call.
    pub fn new() -> Draws {
        Draws(Pcg64Mcg::seed_from_u64(1))
    }

    /// A time with this mean, in seconds.
    pub fn exp(&mut self, mean: f64) -> f64 {
        Exp::new(1.0 / mean).expect("a positive mean").sample(&mut self.0)
    }

    /// Whether something happens that does with this chance.
    pub fn chance(&mut self, chance: f64) -> bool {
        rand::RngExt::random_bool(&mut self.0, chance)
    }
}
