//! What a scenario expects of its runs: `[expect]`.

use super::id::{CellId, ExecutorId, TaskTypeId};
use super::value::Value;

/// One line of `[expect]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// The line as the document has it: `latency.build.p99 < 60s`, `deadlock = false`.
    pub text: String,
    /// What is measured.
    pub metric: Metric,
    /// What it is held against.
    pub bound: Bound,
}

/// What can be expected of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Metric {
    /// Whether some task is blocked for ever.
    Deadlock,
    /// Whether the outcome is `stuck`.
    Stuck,
    /// How many pairs of tasks have conflicting accesses to a cell that nothing orders (as a truth: whether any).
    Races,
    /// How many writes went over one that the writer, who had read the cell, had not seen (as a truth: whether any).
    LostUpdates,
    /// How many warnings were recorded.
    Warnings,
    /// How many tasks were rejected.
    Rejected,
    /// How many tasks failed.
    Failed,
    /// A cell's value at the end, for every key.
    Final(CellId),
    /// How often a cell was written, over all keys.
    Writes(CellId),
    /// From submission to end of the tasks of a type, in seconds; one that failed or was refused took longer than any bound.
    Latency(TaskTypeId, Statistic),
    /// The same of those alone that finished.
    LatencyFinished(TaskTypeId, Statistic),
    /// From submission to start of the tasks of a type, in seconds; one that failed or was refused waited longer than any
    /// bound.
    Wait(TaskTypeId, Statistic),
    /// From the intended start to the start of the tasks of a type, in seconds: what a delay holds is to start at its
    /// deadline, everything else at once.
    Late(TaskTypeId, Statistic),
    /// CPU time of the finished tasks of a type, in seconds.
    Cpu(TaskTypeId, Statistic),
    /// Most entries that waited in an executor's queue.
    QueueMax(ExecutorId),
    /// Mean share of an executor's (most) workers that held a task.
    Utilisation(ExecutorId),
    /// Most workers an executor had.
    WorkersMax(ExecutorId),
    /// Most memory of all workers together, in bytes.
    MemoryMax,
    /// Mean memory of all workers together over the run, in bytes.
    MemoryMean,
    /// Most operating-system threads at once: native workers, schedulers of wrappers, the one of all green ones.
    ThreadsMax,
    /// Mean number of operating-system threads over the run.
    ThreadsMean,
    /// CPU time of all tasks together, in seconds.
    CpuTotal,
    /// When the last task ended, in seconds.
    Makespan,
    /// Finished tasks of a type a second, up to the end of the run.
    Throughput(TaskTypeId),
}

/// The time of a task's life that a metric is a statistic of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskTime {
    /// From submission to end.
    Latency,
    /// From submission to start.
    Wait,
    /// From the intended start to the start.
    Late,
    /// On the CPU.
    Cpu,
}

/// A statistic over tasks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistic {
    /// The arithmetic mean.
    Mean,
    /// Greatest of the values.
    Max,
    /// The percentile by nearest rank; 99.9 for `p999`.
    Percentile(f64),
}

/// What a metric is held against.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    /// It is true, or false.
    Truth(bool),
    /// It compares so with this number (seconds, bytes, or a count).
    Number(Comparison, f64),
    /// It is this value.
    Is(Value),
    /// It is not this value.
    IsNot(Value),
}

/// A comparison with a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `>=`
    AtLeast,
    /// `>`
    Greater,
}

impl Comparison {
    /// Whether `value` compares so with `bound`. Numbers that differ by less than a billionth of their size are equal.
    pub fn holds(self, value: f64, bound: f64) -> bool {
        let equal = (value - bound).abs() <= 1e-9 * value.abs().max(bound.abs());
        match self {
            Comparison::Less => value < bound && !equal,
            Comparison::AtMost => value <= bound || equal,
            Comparison::Equal => equal,
            Comparison::NotEqual => !equal,
            Comparison::AtLeast => value >= bound || equal,
            Comparison::Greater => value > bound && !equal,
        }
    }
}

/// What a metric is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Unit {
    /// Measured in seconds.
    Seconds,
    /// Measured in bytes.
    Bytes,
    /// A share: 1 is all of it. A truth is one as well, over many runs.
    Share,
    /// Measured in events a second.
    Rate,
    /// A plain number.
    Count,
}

/// Which way of a metric is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Better {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
    /// Neither direction is better by itself.
    Neither,
}

impl Metric {
    /// The task type and the time of its tasks that it is a statistic of; `None` if it is about something else.
    pub fn task_time(&self) -> Option<(TaskTypeId, TaskTime)> {
        match self {
            Metric::Latency(kind, _) | Metric::LatencyFinished(kind, _) => Some((*kind, TaskTime::Latency)),
            Metric::Wait(kind, _) => Some((*kind, TaskTime::Wait)),
            Metric::Late(kind, _) => Some((*kind, TaskTime::Late)),
            Metric::Cpu(kind, _) => Some((*kind, TaskTime::Cpu)),
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
            | Metric::Utilisation(_)
            | Metric::WorkersMax(_)
            | Metric::MemoryMax
            | Metric::MemoryMean
            | Metric::ThreadsMax
            | Metric::ThreadsMean
            | Metric::CpuTotal
            | Metric::Makespan
            | Metric::Throughput(_) => None,
        }
    }

    /// What it is counted in.
    pub fn unit(&self) -> Unit {
        match self {
            Metric::Latency(..)
            | Metric::LatencyFinished(..)
            | Metric::Wait(..)
            | Metric::Late(..)
            | Metric::Cpu(..)
            | Metric::CpuTotal
            | Metric::Makespan => Unit::Seconds,
            Metric::MemoryMax | Metric::MemoryMean => Unit::Bytes,
            Metric::Deadlock | Metric::Stuck | Metric::Utilisation(_) => Unit::Share,
            Metric::Throughput(_) => Unit::Rate,
            Metric::Races
            | Metric::LostUpdates
            | Metric::Warnings
            | Metric::Rejected
            | Metric::Failed
            | Metric::Final(_)
            | Metric::Writes(_)
            | Metric::QueueMax(_)
            | Metric::WorkersMax(_)
            | Metric::ThreadsMax
            | Metric::ThreadsMean => Unit::Count,
        }
    }

    /// Which way of it is better.
    pub fn better(&self) -> Better {
        match self {
            Metric::Throughput(_) => Better::Higher,
            Metric::Utilisation(_) | Metric::Final(_) | Metric::Writes(_) => Better::Neither,
            Metric::Deadlock
            | Metric::Stuck
            | Metric::Races
            | Metric::LostUpdates
            | Metric::Warnings
            | Metric::Rejected
            | Metric::Failed
            | Metric::Latency(..)
            | Metric::LatencyFinished(..)
            | Metric::Wait(..)
            | Metric::Late(..)
            | Metric::Cpu(..)
            | Metric::QueueMax(_)
            | Metric::WorkersMax(_)
            | Metric::MemoryMax
            | Metric::MemoryMean
            | Metric::ThreadsMax
            | Metric::ThreadsMean
            | Metric::CpuTotal
            | Metric::Makespan => Better::Lower,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_forgive_rounding_only() {
        assert!(Comparison::Equal.holds(0.1 + 0.2, 0.3));
        assert!(!Comparison::Greater.holds(0.1 + 0.2, 0.3));
        assert!(Comparison::AtMost.holds(2.0, 2.0));
        assert!(!Comparison::AtMost.holds(2.001, 2.0));
        assert!(Comparison::Equal.holds(0.0, 0.0));
    }
}
