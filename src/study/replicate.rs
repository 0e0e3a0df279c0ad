//! Replications: one scenario run with many seeds, and what the runs say together.
//!
//! Replication r of two scenarios has the same seed, and so, draws depending on nothing but what is drawn,
//! the same work: common random numbers. Invariant: runs stand in order of their numbers whatever the number
//! of threads. A scenario in which nothing is drawn is run once, and known exactly.
//!
//! How an expectation is judged over many runs: a statistic (latencies, waits, CPU time, utilisation,
//! throughput, makespan) by its mean; everything else (deadlocks, failures, peaks, cells) must hold in every
//! run.

use super::observe::{ObservationRequest, RunObservation, WarmUpEnds, observe_while, seed_of};
use super::parallel::in_parallel;
use super::statistics::{CONFIDENCE, Interval, mean_interval, wilson};
use crate::analysis::expect::{SampleCounts, meets};
use crate::analysis::verdict::MadeRuns;
use crate::model::expectation::Metric;
use crate::model::scenario::Scenario;
use crate::trace::OutcomeKind;
use serde::Serialize;

/// How many runs to make, and with how many threads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReplicationEffort {
    /// Runs; with `within` only the first ones.
    pub runs: u32,
    /// Doubles the runs until the interval of each metric reaches no further than this share of its mean.
    pub within: Option<f64>,
    /// No more runs than this.
    pub most: u32,
    /// Leaves out the warm-up of each run, see [`WarmUpEnds::find`]: what is measured of latencies and waits is the
    /// steady state.
    pub steady: bool,
    /// With `steady`: means of latencies and waits are taken over this number of batches of each run, as if each batch
    /// were a run, so that one long run has an interval; 0 for none. The batches have to be long: some hundred
    /// times as long as what one task leaves behind for the next.
    pub batches: u32,
    /// Threads; 0 is as many as the machine has cores. Makes no difference to the results.
    pub threads: usize,
}

impl Default for ReplicationEffort {
    fn default() -> ReplicationEffort {
        ReplicationEffort { runs: 30, within: None, most: 10_000, steady: false, batches: 0, threads: 0 }
    }
}

/// What some runs of one scenario came to.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplicationResults {
    /// The runs, in order of their numbers.
    pub runs: Vec<RunObservation>,
    /// Nothing is drawn: further runs would be the same.
    pub is_exact: bool,
}

/// One metric over the runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MetricEstimate {
    /// Its mean (of a truth: its share) with the interval of 95 %.
    #[serde(flatten)]
    pub interval: Interval,
    /// Its least value.
    pub least: f64,
    /// Its greatest value.
    pub greatest: f64,
    /// In how many runs there was something to measure.
    pub runs: u32,
}

/// An expectation over the runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExpectationVerdict {
    /// As the document has it.
    pub text: String,
    /// Whether it is met.
    pub holds: bool,
    /// By the mean over the runs, or else by every run.
    pub by_mean: bool,
    /// How many runs alone meet it.
    pub runs: u32,
    /// The interval lies on one side of the bound: more runs would hardly change the verdict.
    pub is_certain: bool,
    /// No run says anything about it: of too few tasks is anything known. It is not met then either.
    pub says_nothing: bool,
    /// Of how many tasks it is, of all runs; `None` for what is no statistic over tasks.
    pub counted: Option<SampleCounts>,
}

impl ExpectationVerdict {
    /// What is expected, and of how many tasks that is known where it is not of all: `latency.a.p99 < 1s (says nothing: 11
    /// of 1 262 finished)`.
    pub fn words(&self) -> String {
        match self.counted {
            Some(counted) if self.says_nothing => {
                format!("{} (says nothing: {} finished)", self.text, counted.words())
            }
            Some(counted) if counted.known < counted.total => {
                format!("{} ({} finished)", self.text, counted.words())
            }
            Some(_) | None => self.text.clone(),
        }
    }
}

/// The counts of several runs together.
fn together(counts: impl Iterator<Item = Option<SampleCounts>>) -> Option<SampleCounts> {
    counts.flatten().reduce(SampleCounts::and)
}

/// Whether a metric is a truth, whose mean is a share.
fn is_truth(metric: &Metric) -> bool {
    matches!(metric, Metric::Deadlock | Metric::Stuck)
}

/// Whether an expectation of it is judged by the mean.
fn is_by_mean(metric: &Metric) -> bool {
    match metric {
        Metric::Latency(..)
        | Metric::LatencyFinished(..)
        | Metric::Wait(..)
        | Metric::Late(..)
        | Metric::Cpu(..)
        | Metric::CpuTotal
        | Metric::MemoryMean
        | Metric::ThreadsMean
        | Metric::Utilisation(_)
        | Metric::Makespan
        | Metric::Throughput(_) => true,
        Metric::Deadlock
        | Metric::Stuck
        | Metric::Races
        | Metric::LostUpdates
        | Metric::Warnings
        | Metric::Rejected
        | Metric::Failed
        | Metric::Final(_)
        | Metric::Writes(_)
        | Metric::QueueMax(_)
        | Metric::WorkersMax(_)
        | Metric::MemoryMax
        | Metric::ThreadsMax => false,
    }
}

impl ReplicationResults {
    /// What the runs say about values of theirs, one a run; `None` if none has any.
    fn estimate_of(&self, metric: &Metric, values: &[f64], runs: usize) -> Option<MetricEstimate> {
        let interval = if self.is_exact {
            Interval::exact(*values.first()?)
        } else if is_truth(metric) {
            let hits = values.iter().filter(|value| **value > 0.0).count();
            wilson(hits as u64, values.len() as u64, CONFIDENCE)?
        } else {
            mean_interval(values, CONFIDENCE)?
        };
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Some(MetricEstimate { interval, least, greatest, runs: runs as u32 })
    }

    /// The values of all batches, run by run; empty if a run has none.
    fn in_batches(&self, of: impl Fn(&RunObservation) -> Option<&Vec<f64>>) -> Vec<f64> {
        let each = self.runs.iter().map(|run| of(run).filter(|means| !means.is_empty()));
        let all: Option<Vec<&Vec<f64>>> = each.collect();
        all.unwrap_or_default().into_iter().flatten().copied().collect()
    }

    /// The `number`-th of the metrics that were asked for; `None` if no run had anything to measure.
    pub fn estimate(&self, number: usize, metric: &Metric) -> Option<MetricEstimate> {
        let values: Vec<f64> = self.runs.iter().filter_map(|run| run.figures[number]).collect();
        let batches = self.in_batches(|run| run.batches.figures.get(number));
        let of = if batches.is_empty() { &values } else { &batches };
        self.estimate_of(metric, of, values.len())
    }

    /// The metric of the `number`-th expectation over the runs; `None` if no run had anything to measure.
    pub fn expected(&self, number: usize, metric: &Metric) -> Option<MetricEstimate> {
        let values: Vec<f64> = self.runs.iter().filter_map(|run| run.expected[number]).collect();
        let batches = self.in_batches(|run| run.batches.expected.get(number));
        let of = if batches.is_empty() { &values } else { &batches };
        self.estimate_of(metric, of, values.len())
    }

    /// How many runs ended so.
    pub fn ended(&self, how: impl Fn(OutcomeKind) -> bool) -> u32 {
        self.runs.iter().filter(|run| how(run.outcome.kind)).count() as u32
    }

    /// The runs, and in how many of them tasks are blocked for ever.
    pub fn made(&self) -> MadeRuns {
        let deadlocks = self.runs.iter().filter(|run| run.deadlocks).count();
        MadeRuns { count: self.runs.len(), deadlocks }
    }

    /// In what share of the runs tasks are blocked for ever, with Wilson's interval.
    pub fn hung(&self) -> Interval {
        let MadeRuns { count, deadlocks } = self.made();
        match wilson(deadlocks as u64, count as u64, CONFIDENCE) {
            Some(interval) if !self.is_exact => interval,
            Some(_) | None => Interval::exact(deadlocks.min(1) as f64),
        }
    }

    /// Of how many tasks, of all runs, the `number`-th of the metrics is; `None` for what is no statistic over tasks.
    pub fn counted(&self, number: usize) -> Option<SampleCounts> {
        together(self.runs.iter().map(|run| run.counted[number]))
    }

    /// How many runs were given up at a limit; with any, no expectation is met.
    pub fn given_up(&self) -> u32 {
        self.ended(|kind| matches!(kind, OutcomeKind::Limit(_)))
    }

    /// The scenario's expectations, judged over all runs.
    pub fn verdicts(&self, scenario: &Scenario) -> Vec<ExpectationVerdict> {
        let given_up = self.given_up() > 0;
        let judge = |(number, expectation): (usize, &crate::model::expectation::Expectation)| {
            let alone = self.runs.iter().filter(|run| run.holds[number]).count();
            let values: Vec<f64> = self.runs.iter().filter_map(|run| run.expected[number]).collect();
            let counted = together(self.runs.iter().map(|run| run.expected_counted[number]));
            let by_mean = is_by_mean(&expectation.metric);
            let complete = values.len() == self.runs.len();
            let estimate = self.expected(number, &expectation.metric).map(|estimate| estimate.interval);
            let (holds, is_certain) = match estimate {
                Some(interval) if by_mean && complete => {
                    let [mean, low, high] =
                        [interval.mean, interval.low, interval.high].map(|x| meets(x, &expectation.bound));
                    (mean, low == high && low == mean)
                }
                Some(_) | None => (alone == self.runs.len(), true),
            };
            ExpectationVerdict {
                text: expectation.text.clone(),
                holds: holds && !given_up,
                by_mean,
                runs: alone as u32,
                is_certain,
                says_nothing: counted.is_some() && values.is_empty(),
                counted,
            }
        };
        scenario.expectations.iter().enumerate().map(judge).collect()
    }

    /// Whether the interval of every metric is narrow enough.
    fn is_within(&self, metrics: &[Metric], share: f64) -> bool {
        let narrow = |(number, metric)| {
            // What can never be measured must not be waited for.
            self.estimate(number, metric).is_none_or(|estimate| estimate.interval.is_within(share))
        };
        metrics.iter().enumerate().all(narrow)
    }
}

/// Runs a scenario many times.
pub fn replicate(scenario: &Scenario, metrics: &[Metric], effort: &ReplicationEffort) -> ReplicationResults {
    let job = ReplicationJob { scenario, metrics };
    replicate_all(&[job], effort).pop().expect("one for each scenario")
}

/// A scenario and what is asked about it.
#[derive(Clone, Copy)]
pub struct ReplicationJob<'a> {
    /// What is run.
    pub scenario: &'a Scenario,
    /// What is measured.
    pub metrics: &'a [Metric],
}

/// Runs several scenarios many times each, side by side, and answers in their order.
pub fn replicate_all(jobs: &[ReplicationJob<'_>], effort: &ReplicationEffort) -> Vec<ReplicationResults> {
    replicate_watched(jobs, effort, &RunCallbacks::default()).expect("nothing stops it")
}

/// Callbacks while runs are made, from whichever thread makes them.
#[derive(Clone, Copy)]
pub struct RunCallbacks<'a> {
    /// Hears of each run when it is done.
    pub on_run: &'a (dyn Fn() + Sync),
    /// Is asked before each run and while it goes on; once it has said true, runs are given up.
    pub stops: &'a (dyn Fn() -> bool + Sync),
}

impl Default for RunCallbacks<'_> {
    /// Reports progress to nobody.
    fn default() -> Self {
        RunCallbacks { on_run: &|| {}, stops: &|| false }
    }
}

/// The same, watched; `None` if it was stopped before all runs were made.
pub fn replicate_watched(
    jobs: &[ReplicationJob<'_>],
    effort: &ReplicationEffort,
    watch: &RunCallbacks<'_>,
) -> Option<Vec<ReplicationResults>> {
    let mut done: Vec<ReplicationResults> = jobs
        .iter()
        .map(|job| ReplicationResults { runs: Vec::new(), is_exact: !job.scenario.is_random() })
        .collect();
    let most = effort.most.max(1);
    let may_go_on = || !(watch.stops)();
    let mut warm_ups: Vec<Option<WarmUpEnds>> = Vec::new();
    for job in jobs {
        let find = || WarmUpEnds::find_while(job.scenario, job.metrics, effort.threads, &may_go_on);
        warm_ups.push(if effort.steady { Some(find()?) } else { None });
    }
    loop {
        let mut wanted = Vec::new();
        for (at, (job, so_far)) in jobs.iter().zip(&done).enumerate() {
            let have = so_far.runs.len() as u32;
            let goal = match effort.within {
                _ if so_far.is_exact => 1,
                _ if have == 0 => effort.runs.clamp(1, most),
                Some(share) if !so_far.is_within(job.metrics, share) => have.saturating_mul(2).min(most),
                Some(_) | None => have,
            };
            wanted.extend((have..goal).map(|number| (at, number)));
        }
        if wanted.is_empty() {
            return Some(done);
        }
        let observed: Vec<Option<RunObservation>> = in_parallel(&wanted, effort.threads, |&(at, number)| {
            if !may_go_on() {
                return None;
            }
            let ReplicationJob { scenario, metrics } = jobs[at];
            let (warm_up, batches) = (warm_ups[at].as_ref(), effort.batches);
            let asked = ObservationRequest { metrics, warm_up, batches, may_go_on: &may_go_on };
            let ran = observe_while(scenario, seed_of(scenario.seed, number), &asked)?;
            (watch.on_run)();
            Some(ran)
        });
        for ((at, _), observation) in wanted.iter().zip(observed) {
            done[*at].runs.push(observation?);
        }
    }
}
