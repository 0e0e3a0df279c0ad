//! The words for what can be measured of a run: `latency.build.p99`, `queue.default.max`.
//!
//! One grammar for the keys of `[expect]` and for what is typed after `--metric`. What a metric is held
//! against is read in `expect`.

use super::names::suggest;
use crate::model::expectation::{Metric, Statistic};
use crate::model::id::{CellId, ExecutorId, TaskTypeId};
use crate::model::scenario::Scenario;

/// Every metric and how it is written; for the schema and for help.
pub const METRICS: [&str; 24] = [
    "deadlock",
    "stuck",
    "races",
    "lost_updates",
    "warnings",
    "rejected",
    "failed",
    "final.CELL",
    "writes.CELL",
    "latency.TASK.p99",
    "latency.TASK.finished.p99",
    "wait.TASK.p99",
    "late.TASK.p99",
    "cpu.TASK.p99",
    "queue.EXECUTOR.max",
    "utilisation.EXECUTOR",
    "workers.EXECUTOR.max",
    "cpu.total",
    "memory.max",
    "memory.mean",
    "threads.max",
    "threads.mean",
    "makespan",
    "throughput.TASK",
];

pub(super) const STATISTIC_HELP: &str = "statistics are mean, p50, p90, p95, p99, p999 and max";

/// Where the names in a metric are looked up.
pub(super) struct Lookup<'a> {
    pub task: &'a dyn Fn(&str) -> Option<TaskTypeId>,
    pub executor: &'a dyn Fn(&str) -> Option<ExecutorId>,
    pub cell: &'a dyn Fn(&str) -> Option<CellId>,
}

/// The word of a metric that is wrong.
pub(super) enum MetricError<'a> {
    Metric,
    Statistic(&'a str),
    Task(&'a str),
    Executor(&'a str),
    Cell(&'a str),
}

/// Reads the words of a metric.
pub(super) fn read<'a>(path: &'a str, lookup: &Lookup<'_>) -> Result<Metric, MetricError<'a>> {
    let task = |name| (lookup.task)(name).ok_or(MetricError::Task(name));
    let executor = |name| (lookup.executor)(name).ok_or(MetricError::Executor(name));
    let cell = |name| (lookup.cell)(name).ok_or(MetricError::Cell(name));
    let words: Vec<&str> = path.split('.').collect();
    Ok(match words.as_slice() {
        ["deadlock"] => Metric::Deadlock,
        ["stuck"] => Metric::Stuck,
        ["races"] => Metric::Races,
        ["lost_updates"] => Metric::LostUpdates,
        ["warnings"] => Metric::Warnings,
        ["rejected"] => Metric::Rejected,
        ["failed"] => Metric::Failed,
        ["makespan"] => Metric::Makespan,
        ["memory", "max"] => Metric::MemoryMax,
        ["memory", "mean"] => Metric::MemoryMean,
        ["threads", "max"] => Metric::ThreadsMax,
        ["threads", "mean"] => Metric::ThreadsMean,
        ["cpu", "total"] => Metric::CpuTotal,
        ["final", name] => Metric::Final(cell(name)?),
        ["writes", name] => Metric::Writes(cell(name)?),
        ["latency", name, which] => Metric::Latency(task(name)?, statistic(which)?),
        ["latency", name, "finished", which] => Metric::LatencyFinished(task(name)?, statistic(which)?),
        ["late", name, which] => Metric::Late(task(name)?, statistic(which)?),
        ["wait", name, which] => Metric::Wait(task(name)?, statistic(which)?),
        ["cpu", name, which] => Metric::Cpu(task(name)?, statistic(which)?),
        ["throughput", name] => Metric::Throughput(task(name)?),
        ["queue", name, "max"] => Metric::QueueMax(executor(name)?),
        ["workers", name, "max"] => Metric::WorkersMax(executor(name)?),
        ["utilisation", name] => Metric::Utilisation(executor(name)?),
        _ => return Err(MetricError::Metric),
    })
}

/// Reads a metric of a scenario.
///
/// # Errors
/// What is wrong with it, and what would be right, as two sentences without their full stops.
pub fn parse(path: &str, scenario: &Scenario) -> Result<Metric, (String, String)> {
    let tasks = || scenario.tasks.iter().map(|task| task.name.as_str());
    let executors = || scenario.executors.iter().map(|executor| executor.name.as_str());
    let cells = || scenario.cells.iter().map(|cell| cell.name.as_str());
    fn place<'a>(mut names: impl Iterator<Item = &'a str>, name: &str) -> Option<u16> {
        names.position(|known| known == name).and_then(|at| u16::try_from(at).ok())
    }
    let lookup = Lookup {
        task: &|name| place(tasks(), name).map(TaskTypeId),
        executor: &|name| place(executors(), name).map(ExecutorId),
        cell: &|name| place(cells(), name).map(CellId),
    };
    let unknown = |what: &str, name: &str, help: Option<String>| {
        (format!("`{path}`: there is no {what} `{}`", name.escape_debug()), help.unwrap_or_default())
    };
    read(path, &lookup).map_err(|wrong| match wrong {
        MetricError::Metric => (format!("there is no metric `{}`", path.escape_debug()), nearest(path)),
        MetricError::Statistic(word) => unknown("statistic", word, Some(STATISTIC_HELP.to_owned())),
        MetricError::Task(name) => unknown("task", name, suggest(name, tasks())),
        MetricError::Executor(name) => unknown("executor", name, suggest(name, executors())),
        MetricError::Cell(name) => unknown("cell", name, suggest(name, cells())),
    })
}

fn statistic(word: &str) -> Result<Statistic, MetricError<'_>> {
    match word {
        "mean" => Ok(Statistic::Mean),
        "max" => Ok(Statistic::Max),
        _ => {
            let found = word.strip_prefix('p').and_then(percentile).map(Statistic::Percentile);
            found.ok_or(MetricError::Statistic(word))
        }
    }
}

/// `99` is the 99th, `999` the 99.9th.
fn percentile(digits: &str) -> Option<f64> {
    if !digits.bytes().all(|b| b.is_ascii_digit()) || digits.is_empty() || digits.len() > 6 {
        return None;
    }
    let number: u32 = digits.parse().ok()?;
    match digits.len() {
        1 | 2 if number > 0 => Some(f64::from(number)),
        // Only above the 90th does a further digit mean a tenth: p100 would be read in two ways.
        3.. if digits.starts_with('9') => {
            let power = 10f64.powi(digits.len() as i32 - 2);
            Some(f64::from(number) / power)
        }
        _ => None,
    }
}

/// What to say of a metric that is none: how the one that begins so is written, or the nearest word.
pub(super) fn nearest(path: &str) -> String {
    let start = path.split('.').next().unwrap_or(path);
    let form = METRICS.iter().find(|metric| metric.split('.').next() == Some(start));
    match form {
        Some(form) => format!("it is written `{form}`"),
        None => {
            let starts = METRICS.iter().filter_map(|metric| metric.split('.').next());
            suggest(start, starts).unwrap_or_default()
        }
    }
}
