//! A run of a scenario held against the recording of a real run: how far its figures are from what was measured, in
//! which direction, and where most of the difference comes from.

pub use crate::analysis::backtest::{
    Backtest, Comparison, DEFAULT_TOLERANCE, DEFAULT_WITHIN, ErrorSource, Quantity,
};

use super::observe::observe;
use crate::analysis::latency::nearest_rank;
use crate::import::measured::{Measured, MeasuredTask};
use crate::model::expectation::{Metric, Statistic};
use crate::model::id::{ExecutorId, TaskTypeId};
use crate::model::scenario::Scenario;
use crate::model::time::Duration;

/// Percentiles of a latency that are compared, beside its mean.
const PERCENTILES: [f64; 3] = [50.0, 90.0, 99.0];

/// Runs `scenario` once, and holds it against what was measured.
pub fn backtest(scenario: &Scenario, measured: &Measured) -> Backtest {
    let mut asked = BacktestMetrics::default();
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
struct SuspectTaskType {
    task: String,
    count: usize,
    latency: usize,
    measured: f64,
    wait: usize,
    measured_wait: Option<f64>,
}

/// A figure that was measured, and the place of its metric among those that are asked for.
struct MeasuredFigure {
    metric: usize,
    subject: Option<String>,
    quantity: Quantity,
    measured: f64,
    scale: f64,
}

/// The metrics that a backtest needs, and the measurement of each.
#[derive(Default)]
struct BacktestMetrics {
    metrics: Vec<Metric>,
    figures: Vec<MeasuredFigure>,
    sources: Vec<SuspectTaskType>,
    missing: Vec<String>,
}

impl BacktestMetrics {
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
        self.sources.push(SuspectTaskType {
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
        self.figures.push(MeasuredFigure {
            metric: at,
            subject: subject.map(str::to_owned),
            quantity,
            measured,
            scale,
        });
        at
    }
}
