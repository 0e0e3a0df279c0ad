//! A run of a scenario held against the recording of a real run: how far its figures are from what was measured, in
//! which direction, and where most of the difference comes from.
//!
//! Invariant: an error is the simulated figure less the measured one, as a share of [`Comparison::scale`]; a positive error
//! says that the scenario is slower, or busier, than the real system was. What was not measured is not compared.

use super::observe::observe;
use crate::analysis::latency::nearest_rank;
use crate::import::measured::{Measured, MeasuredTask};
use crate::model::expectation::{Metric, Statistic};
use crate::model::id::{ExecutorId, TaskTypeId};
use crate::model::scenario::Scenario;
use crate::model::time::Duration;
use crate::trace::Outcome;

/// How far figures may be apart and still be called the same, as a share: what a summed-up series loses.
pub const DEFAULT_TOLERANCE: f64 = 0.02;

/// Percentiles of a latency that are compared, beside its mean.
const PERCENTILES: [f64; 3] = [50.0, 90.0, 99.0];

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quantity {
    /// When the last task ended, in seconds.
    Makespan,
    /// Finished tasks a second.
    Throughput,
    /// From submission to end, in seconds.
    Latency(Statistic),
    /// The mean time from submission to start, in seconds: how long tasks stood in a queue.
    Wait,
    /// The mean share of a pool's workers that were at work.
    Utilisation,
}

impl Quantity {
    /// The word for it in tables and JSON.
    pub fn word(self) -> String {
        match self {
            Quantity::Makespan => "makespan".to_owned(),
            Quantity::Throughput => "throughput".to_owned(),
            Quantity::Latency(Statistic::Mean) => "mean latency".to_owned(),
            Quantity::Latency(Statistic::Max) => "longest latency".to_owned(),
            Quantity::Latency(Statistic::Percentile(share)) => format!("p{share} latency"),
            Quantity::Wait => "mean wait".to_owned(),
            Quantity::Utilisation => "utilisation".to_owned(),
        }
    }
}

/// One figure of the run beside the measured one.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The task type or the pool; none for the whole run.
    pub subject: Option<String>,
    /// What was measured.
    pub quantity: Quantity,
    /// In the real run.
    pub measured: f64,
    /// In the simulated run; `None` if it has no such figure.
    pub simulated: Option<f64>,
    /// What an error is a share of: the measured figure itself; of a wait the mean latency, as most of a wait that is next to
    /// nothing is what a thread takes to wake up; of a utilisation all workers.
    pub scale: f64,
}

impl Comparison {
    /// The error as a share of [`Comparison::scale`]; infinite if nothing of it was simulated.
    pub fn error(&self) -> f64 {
        let Some(simulated) = self.simulated else { return f64::INFINITY };
        if simulated == self.measured { 0.0 } else { (simulated - self.measured) / self.scale }
    }

    /// Whether the two are no further apart than `tolerance`, as a share.
    pub fn is_within(&self, tolerance: f64) -> bool {
        self.error().abs() <= tolerance
    }
}

/// Where most of the difference comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorSource {
    /// The task type.
    pub task: String,
    /// How many were measured.
    pub count: usize,
    /// How much longer each took in the simulated run on average, in seconds.
    pub mean_difference: f64,
    /// Of that, before it started; `None` where submissions were not recorded.
    pub wait_difference: Option<f64>,
}

/// A run held against a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Backtest {
    /// How the run ended.
    pub outcome: Outcome,
    /// Every figure that was measured.
    pub comparisons: Vec<Comparison>,
    /// The task type with the largest difference over all its tasks, if any differs.
    pub largest: Option<ErrorSource>,
    /// Task types of the recording that the scenario does not have.
    pub missing: Vec<String>,
}

impl Backtest {
    /// The figures that are further apart than `tolerance`, as a share, the furthest first.
    pub fn beyond(&self, tolerance: f64) -> Vec<&Comparison> {
        let mut beyond: Vec<&Comparison> =
            self.comparisons.iter().filter(|one| !one.is_within(tolerance)).collect();
        beyond.sort_by(|a, b| b.error().abs().total_cmp(&a.error().abs()));
        beyond
    }

    /// The largest error of all, as a share.
    pub fn worst(&self) -> Option<f64> {
        self.comparisons.iter().map(|one| one.error().abs()).max_by(f64::total_cmp)
    }
}

/// Runs `scenario` once, and holds it against what was measured.
pub fn backtest(scenario: &Scenario, measured: &Measured) -> Backtest {
    let mut asked = MeasurementPlan::default();
    asked.all(scenario, measured);
    let observed = observe(scenario, scenario.seed, &asked.metrics, None);
    let figure = |at: usize| observed.figures[at];
    let comparisons = asked.figures.into_iter().map(|asked| Comparison {
        subject: asked.subject,
        quantity: asked.quantity,
        measured: asked.measured,
        simulated: figure(asked.metric),
        scale: asked.scale,
    });
    let sources = asked.sources.into_iter().filter_map(|source| {
        let mean_difference = figure(source.latency)? - source.measured;
        let wait_difference = source.measured_wait.and_then(|measured| Some(figure(source.wait)? - measured));
        Some(ErrorSource { task: source.task, count: source.count, mean_difference, wait_difference })
    });
    let weight = |source: &ErrorSource| source.mean_difference.abs() * source.count as f64;
    let largest = sources.max_by(|a, b| weight(a).total_cmp(&weight(b)));
    Backtest {
        outcome: observed.outcome,
        comparisons: comparisons.collect(),
        largest: largest.filter(|source| source.mean_difference != 0.0),
        missing: asked.missing,
    }
}

/// A task type whose latency may be what differs: where its figures are among the metrics.
struct Candidate {
    task: String,
    count: usize,
    latency: usize,
    measured: f64,
    wait: usize,
    measured_wait: Option<f64>,
}

/// A figure that was measured, and the place of its metric among those that are asked for.
struct Figure {
    metric: usize,
    subject: Option<String>,
    quantity: Quantity,
    measured: f64,
    scale: f64,
}

/// The metrics that a backtest needs, and the measurement of each.
#[derive(Default)]
struct MeasurementPlan {
    metrics: Vec<Metric>,
    figures: Vec<Figure>,
    sources: Vec<Candidate>,
    missing: Vec<String>,
}

impl MeasurementPlan {
    fn all(&mut self, scenario: &Scenario, measured: &Measured) {
        let makespan = measured.makespan.map(Duration::seconds);
        if let Some(makespan) = makespan {
            self.ask(Metric::Makespan, None, Quantity::Makespan, makespan);
        }
        for task in measured.tasks.iter().filter(|task| !task.latencies.is_empty()) {
            match scenario.tasks.iter().position(|known| known.name == task.name) {
                Some(number) => self.task(TaskTypeId(number as u16), task, makespan),
                None => self.missing.push(task.name.clone()),
            }
        }
        for pool in &measured.pools {
            let number = scenario.executors.iter().position(|known| known.name == pool.name);
            let all = makespan.map(|makespan| makespan * pool.workers as f64).filter(|all| *all > 0.0);
            if let (Some(number), Some(all)) = (number, all) {
                let metric = Metric::Utilisation(ExecutorId(number as u16));
                let share = pool.busy.seconds() / all;
                self.ask(metric, Some(&pool.name), Quantity::Utilisation, share);
            }
        }
    }

    fn task(&mut self, kind: TaskTypeId, task: &MeasuredTask, makespan: Option<f64>) {
        let count = task.latencies.len();
        let sum: u128 = task.latencies.iter().map(|latency| u128::from(*latency)).sum();
        let mean = Duration((sum / count as u128) as u64).seconds();
        let name = Some(task.name.as_str());
        if let Some(makespan) = makespan.filter(|makespan| *makespan > 0.0) {
            let throughput = count as f64 / makespan;
            self.ask(Metric::Throughput(kind), name, Quantity::Throughput, throughput);
        }
        let latency =
            self.ask(Metric::Latency(kind, Statistic::Mean), name, Quantity::Latency(Statistic::Mean), mean);
        for share in PERCENTILES {
            let statistic = Statistic::Percentile(share);
            let value = nearest_rank(&task.latencies, share).map_or(0.0, |value| Duration(value).seconds());
            self.ask(Metric::Latency(kind, statistic), name, Quantity::Latency(statistic), value);
        }
        let measured_wait = task.mean_wait.map(Duration::seconds);
        let wait = Metric::Wait(kind, Statistic::Mean);
        let wait = match measured_wait {
            Some(measured) => self.ask_on_scale(wait, name, Quantity::Wait, measured, mean),
            None => {
                self.metrics.push(wait);
                self.metrics.len() - 1
            }
        };
        self.sources.push(Candidate {
            task: task.name.clone(),
            count,
            latency,
            measured: mean,
            wait,
            measured_wait,
        });
    }

    /// Asks for a metric, and notes what was measured; returns its place.
    fn ask(&mut self, metric: Metric, subject: Option<&str>, quantity: Quantity, measured: f64) -> usize {
        let scale = if quantity == Quantity::Utilisation { 1.0 } else { measured };
        self.ask_on_scale(metric, subject, quantity, measured, scale)
    }

    fn ask_on_scale(
        &mut self,
        metric: Metric,
        subject: Option<&str>,
        quantity: Quantity,
        measured: f64,
        scale: f64,
    ) -> usize {
        let at = self.metrics.len();
        self.metrics.push(metric);
        self.figures.push(Figure {
            metric: at,
            subject: subject.map(str::to_owned),
            quantity,
            measured,
            scale,
        });
        at
    }
}
