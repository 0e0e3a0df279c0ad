//! Holds a run against what its scenario expects.
//!
//! Invariant: a statistic over no tasks fails its expectation, whatever the bound; so does a cell that
//! was expected to be a number and is not.

use super::deadlock::Findings;
use super::latency::{Measure, Reading, Sample};
use super::lives::{LifePart, TaskLife};
use super::occupancy::Occupancy;
use super::prose::grouped;
use super::state::State;
use super::state::task::End;
use super::written;
use crate::model::expectation::{Bound, Comparison, Expectation, Metric, Unit};
use crate::model::id::{CellId, TaskTypeId};
use crate::model::scenario::Scenario;
use crate::model::time::{Duration, SECOND};
use crate::model::value::Value;
use crate::trace::event::Event;
use crate::trace::{OutcomeKind, Trace};
use serde::{Deserialize, Serialize};

/// One expectation and whether it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpectationResult {
    /// As the document has it.
    pub text: String,
    /// Whether the run met it.
    pub holds: bool,
    /// Whether the run says nothing about it: of too few tasks is anything known. It does not hold then either.
    pub says_nothing: bool,
    /// Of how many tasks something is known, and how many there are; `None` for what is no statistic over tasks.
    pub counted: Option<SampleCounts>,
    /// What the run gave, as a person would write it.
    pub actual: String,
    /// The same for a program; `None` if there was nothing to measure.
    pub value: Option<MetricValue>,
}

/// How many tasks a statistic stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleCounts {
    /// Tasks whose value is known.
    pub known: u64,
    /// Tasks that count as longer than any bound.
    pub beyond: u64,
    /// All that it could be taken over: those that were cancelled are left out.
    pub total: u64,
}

impl SampleCounts {
    /// The tasks of `sample`.
    pub fn of(sample: &Sample) -> SampleCounts {
        SampleCounts { known: sample.known(), beyond: sample.beyond, total: sample.total() }
    }

    /// Those of two runs together.
    pub fn and(self, other: SampleCounts) -> SampleCounts {
        SampleCounts {
            known: self.known + other.known,
            beyond: self.beyond + other.beyond,
            total: self.total + other.total,
        }
    }

    /// `11 of 1 262`.
    pub fn words(self) -> String {
        format!("{} of {}", grouped(self.known), grouped(self.total))
    }
}

/// What a run came to by a metric, as one number.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figure {
    /// Seconds, bytes, a count, a share, 1 for true; infinite beyond any bound; `None` if there was nothing to measure, or
    /// what there was is no number.
    pub value: Option<f64>,
    /// Of how many tasks it is; `None` for what is no statistic over tasks.
    pub counted: Option<SampleCounts>,
}

impl Figure {
    /// A figure that is no statistic over tasks.
    pub fn plain(value: impl Into<Option<f64>>) -> Figure {
        Figure { value: value.into(), counted: None }
    }
}

/// What a run gave by a metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum MetricValue {
    /// Whether something is so.
    Truth(bool),
    /// Seconds, bytes, a count, a share of 1.
    Number(f64),
    /// The values that a cell holds, each once.
    Values(Vec<String>),
}

impl MetricValue {
    /// A truth, a number, or a cell's value; a list if it holds several, for its keys.
    pub fn json(&self) -> serde_json::Value {
        let value = |text: &String| match Value::parse(text) {
            Value::Number(number) => number.into(),
            Value::Text(text) => serde_json::Value::from(text),
        };
        match self {
            MetricValue::Truth(is) => (*is).into(),
            // Counts are whole numbers in JSON too.
            MetricValue::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                (*number as i64).into()
            }
            MetricValue::Number(number) => (*number).into(),
            MetricValue::Values(values) => match values.as_slice() {
                [only] => value(only),
                several => several.iter().map(value).collect(),
            },
        }
    }
}

/// What expectations are judged on.
pub struct Evidence<'a> {
    /// Trace of the run.
    pub trace: &'a Trace,
    /// Lives of its tasks.
    pub lives: &'a [TaskLife],
    /// Occupancy of its executors.
    pub occupancy: &'a Occupancy,
    /// Deadlocks and stalls found.
    pub findings: &'a Findings,
    /// Its last state.
    pub end: &'a State,
    /// How many updates were lost.
    pub lost_updates: usize,
    /// How many races there were; `None` if they were not looked for.
    pub races: Option<usize>,
}

/// What a metric came to.
enum Actual {
    Truth(bool),
    /// A count, which as a truth says whether there are any.
    Count(u64),
    Seconds(f64),
    Bytes(u64),
    MeanBytes(f64),
    Number(f64),
    Values(Vec<Value>),
    /// A statistic over tasks, and what it stands for.
    Statistic(Reading, SampleCounts),
    /// A statistic over nothing.
    Nothing,
    /// Not looked for, for want of time.
    Unexamined,
}

/// Whether values that a cell holds at the end are as expected; a number is compared as one.
pub fn holds_for_values(bound: &Bound, values: &[Value]) -> bool {
    values.iter().all(|value| match (bound, value) {
        (Bound::Is(want), _) => same(value, want),
        (Bound::IsNot(want), _) => !same(value, want),
        (Bound::Number(how, want), Value::Number(number)) => how.holds(*number as f64, *want),
        (Bound::Number(..), Value::Text(_)) => false,
        (Bound::Truth(want), _) => same(value, &Value::Text(want.to_string())),
    })
}

/// Judges every expectation of the scenario, in order.
pub fn judge(evidence: &Evidence<'_>) -> Vec<ExpectationResult> {
    evidence.trace.scenario.expectations.iter().map(|expectation| judge_one(evidence, expectation)).collect()
}

fn judge_one(evidence: &Evidence<'_>, expectation: &Expectation) -> ExpectationResult {
    let actual = measure(evidence, expectation.metric.clone());
    let holds = match (&actual, &expectation.bound) {
        (Actual::Truth(is), Bound::Truth(want)) => is == want,
        (Actual::Count(count), Bound::Truth(want)) => (*count > 0) == *want,
        (Actual::Truth(is), Bound::Number(how, want)) => how.holds(f64::from(u8::from(*is)), *want),
        (Actual::Count(count), Bound::Number(how, want)) => how.holds(*count as f64, *want),
        (Actual::Bytes(count), Bound::Number(how, want)) => how.holds(*count as f64, *want),
        (Actual::Seconds(is) | Actual::Number(is) | Actual::MeanBytes(is), Bound::Number(how, want)) => {
            how.holds(*is, *want)
        }
        (Actual::Statistic(reading, _), Bound::Number(how, want)) => {
            reading.number().is_some_and(|is| how.holds(is, *want))
        }
        (Actual::Values(values), bound) => holds_for_values(bound, values),
        (
            Actual::Seconds(_) | Actual::Number(_) | Actual::Bytes(_) | Actual::MeanBytes(_),
            Bound::Truth(_),
        )
        | (
            Actual::Truth(_)
            | Actual::Count(_)
            | Actual::Seconds(_)
            | Actual::Number(_)
            | Actual::Bytes(_)
            | Actual::MeanBytes(_),
            Bound::Is(_) | Bound::IsNot(_),
        )
        | (Actual::Nothing | Actual::Unexamined | Actual::Statistic(..), _) => false,
    };
    ExpectationResult {
        text: expectation.text.clone(),
        holds,
        says_nothing: matches!(actual, Actual::Nothing | Actual::Statistic(Reading::SaysNothing, _)),
        counted: match actual {
            Actual::Statistic(_, counted) => Some(counted),
            _ => None,
        },
        actual: actual.text(&expectation.bound, expectation.metric.unit()),
        value: actual.given(),
    }
}

/// What a run came to by a metric.
pub fn figure(evidence: &Evidence<'_>, metric: &Metric) -> Figure {
    match measure(evidence, metric.clone()) {
        Actual::Truth(is) => Figure::plain(f64::from(u8::from(is))),
        Actual::Count(count) | Actual::Bytes(count) => Figure::plain(count as f64),
        Actual::Seconds(number) | Actual::Number(number) | Actual::MeanBytes(number) => Figure::plain(number),
        Actual::Values(values) => match values.as_slice() {
            [Value::Number(number)] => Figure::plain(*number as f64),
            _ => Figure::default(),
        },
        Actual::Statistic(reading, counted) => Figure { value: reading.number(), counted: Some(counted) },
        Actual::Nothing | Actual::Unexamined => Figure::default(),
    }
}

impl Reading {
    /// As a number; what is beyond any bound is infinite.
    pub fn number(self) -> Option<f64> {
        match self {
            Reading::Value(seconds) => Some(seconds),
            Reading::Beyond => Some(f64::INFINITY),
            Reading::SaysNothing => None,
        }
    }
}

/// Whether a task that has lasted `nanos` already has passed the upper bound that the scenario expects of a metric.
pub fn exceeds_bound(scenario: &Scenario, metric: &Metric, nanos: u64) -> bool {
    let bounds = scenario.expectations.iter().filter(|expected| expected.metric == *metric);
    let mut upper = bounds.filter_map(|expected| match expected.bound {
        Bound::Number(how @ (Comparison::Less | Comparison::AtMost), want) => Some((how, want)),
        Bound::Number(..) | Bound::Truth(_) | Bound::Is(_) | Bound::IsNot(_) => None,
    });
    upper.any(|(how, want)| !how.holds(Duration(nanos).seconds(), want))
}

/// Whether such a number meets a bound; a bound that is text it does not meet.
pub fn meets(figure: f64, bound: &Bound) -> bool {
    match bound {
        Bound::Truth(want) => (figure > 0.0) == *want,
        Bound::Number(how, want) => how.holds(figure, *want),
        Bound::Is(_) | Bound::IsNot(_) => false,
    }
}

/// Whether two values are written alike.
fn same(a: &Value, b: &Value) -> bool {
    a == b || a.to_string() == b.to_string()
}

fn measure(evidence: &Evidence<'_>, metric: Metric) -> Actual {
    let trace = evidence.trace;
    let ended = |want: fn(End) -> bool| {
        Actual::Count(evidence.lives.iter().filter(|life| life.end.is_some_and(want)).count() as u64)
    };
    let statistic = |kind: TaskTypeId, what, over| {
        // Where nothing can happen any more, what is unfinished never ends.
        let is_stuck = trace.outcome.kind == OutcomeKind::Stuck;
        let exceeds = |nanos| is_stuck || exceeds_bound(&trace.scenario, &metric, nanos);
        let mut sample = Sample::of(evidence.lives, kind, what, trace.outcome.at, exceeds);
        let reading = sample.statistic(over);
        Actual::Statistic(reading, SampleCounts::of(&sample))
    };
    let of_finished = |kind: TaskTypeId, what, over| {
        let mut sample = Sample::of_finished(evidence.lives, kind, what);
        let reading = sample.statistic(over);
        Actual::Statistic(reading, SampleCounts::of(&sample))
    };
    match metric.clone() {
        Metric::Deadlock => Actual::Truth(!evidence.findings.deadlocks.is_empty()),
        Metric::Stuck => Actual::Truth(trace.outcome.kind == OutcomeKind::Stuck),
        Metric::Races => evidence.races.map_or(Actual::Unexamined, |races| Actual::Count(races as u64)),
        Metric::LostUpdates => Actual::Count(evidence.lost_updates as u64),
        Metric::Warnings => count_events(trace, |event| matches!(event, Event::Warned { .. })),
        Metric::Rejected => ended(|end| matches!(end, End::Rejected(_))),
        Metric::Failed => ended(|end| matches!(end, End::Failed(_))),
        Metric::Final(cell) => Actual::Values(finals(evidence, cell)),
        Metric::Writes(cell) => writes(evidence, cell),
        Metric::Latency(kind, over) => statistic(kind, Measure::Latency, over),
        Metric::LatencyFinished(kind, over) => of_finished(kind, Measure::Latency, over),
        Metric::Wait(kind, over) => statistic(kind, Measure::Wait, over),
        Metric::Late(kind, over) => statistic(kind, Measure::Late, over),
        Metric::Cpu(kind, over) => of_finished(kind, Measure::Cpu, over),
        Metric::QueueMax(executor) => {
            Actual::Count(evidence.occupancy.executors[executor.index()].peak_queue.into())
        }
        Metric::Utilisation(executor) => {
            let row = &evidence.occupancy.executors[executor.index()];
            row.utilisation.map_or(Actual::Nothing, Actual::Number)
        }
        Metric::WorkersMax(executor) => {
            Actual::Count(evidence.occupancy.executors[executor.index()].peak_workers.into())
        }
        Metric::MemoryMax => Actual::Bytes(evidence.occupancy.peak_memory),
        Metric::MemoryMean => Actual::MeanBytes(evidence.occupancy.mean_memory),
        Metric::ThreadsMax => Actual::Count(evidence.occupancy.peak_threads.into()),
        Metric::ThreadsMean => Actual::Number(evidence.occupancy.mean_threads),
        Metric::CpuTotal => {
            let nanos: u128 = evidence.lives.iter().map(|life| u128::from(life.spent(LifePart::Cpu).0)).sum();
            Actual::Seconds(nanos as f64 / SECOND as f64)
        }
        Metric::Makespan => {
            let last = evidence.lives.iter().filter_map(TaskLife::ended).max();
            last.map_or(Actual::Nothing, |at| Actual::Seconds(at.seconds()))
        }
        Metric::Throughput(kind) => throughput(evidence, kind),
    }
}

fn count_events(trace: &Trace, want: fn(Event) -> bool) -> Actual {
    Actual::Count(trace.events().filter(|(_, _, event)| want(*event)).count() as u64)
}

fn throughput(evidence: &Evidence<'_>, kind: TaskTypeId) -> Actual {
    let done = |life: &&TaskLife| life.kind == kind && life.end == Some(End::Finished);
    let finished = evidence.lives.iter().filter(done).count();
    let seconds = evidence.trace.outcome.at.seconds();
    if finished == 0 || seconds == 0.0 { Actual::Nothing } else { Actual::Number(finished as f64 / seconds) }
}

/// The values a cell has at the end, one for each key that was written, otherwise the initial one.
fn finals(evidence: &Evidence<'_>, cell: CellId) -> Vec<Value> {
    let written: Vec<Value> = evidence
        .end
        .cells()
        .filter(|(id, _, _)| *id == cell)
        .filter_map(|(_, _, now)| evidence.trace.values.get(now.value? as usize).cloned())
        .collect();
    if written.is_empty() {
        return vec![evidence.trace.scenario.cells[cell.index()].initial.clone()];
    }
    written
}

fn writes(evidence: &Evidence<'_>, cell: CellId) -> Actual {
    let trace = evidence.trace;
    let is_it = |event: Event| match event {
        Event::Wrote { task, pc, .. } => {
            let kind = evidence.lives.get(task.index()).map(|life| life.kind);
            kind.and_then(|kind| super::observed::written_cell(&trace.scenario, kind, pc)) == Some(cell)
        }
        _ => false,
    };
    Actual::Count(trace.events().filter(|(_, _, event)| is_it(*event)).count() as u64)
}

impl Actual {
    /// As a person would write it, with as many digits as show why it meets the bound or does not.
    fn text(&self, bound: &Bound, unit: Unit) -> String {
        let number = |value: f64| match bound {
            Bound::Number(_, want) => written::figure_beside(unit, value, *want),
            Bound::Truth(_) | Bound::Is(_) | Bound::IsNot(_) => written::figure(unit, value),
        };
        match self {
            Actual::Truth(is) => is.to_string(),
            Actual::Count(count) => grouped(*count),
            Actual::Bytes(bytes) => number(*bytes as f64),
            Actual::Seconds(value) | Actual::Number(value) | Actual::MeanBytes(value) => number(*value),
            Actual::Statistic(reading, counted) => reading_text(*reading, *counted, number),
            Actual::Nothing => "says nothing: no task finished".to_owned(),
            Actual::Unexamined => "not examined: too many tasks access cells".to_owned(),
            Actual::Values(values) => each_once(values).join(", "),
        }
    }

    fn given(&self) -> Option<MetricValue> {
        Some(match self {
            Actual::Truth(is) => MetricValue::Truth(*is),
            Actual::Count(count) | Actual::Bytes(count) => MetricValue::Number(*count as f64),
            Actual::Seconds(value) | Actual::Number(value) | Actual::MeanBytes(value) => {
                MetricValue::Number(*value)
            }
            Actual::Values(values) => MetricValue::Values(each_once(values)),
            Actual::Statistic(Reading::Value(value), _) => MetricValue::Number(*value),
            Actual::Statistic(Reading::Beyond | Reading::SaysNothing, _)
            | Actual::Nothing
            | Actual::Unexamined => return None,
        })
    }
}

/// `2 s`, `2 s, of 45 of 50 tasks`, `unbounded: …`, `says nothing: 11 of 1 262 finished`.
fn reading_text(reading: Reading, counted: SampleCounts, number: impl Fn(f64) -> String) -> String {
    let (known, total) = (grouped(counted.known), grouped(counted.total));
    match reading {
        Reading::Value(value) if counted.known == counted.total => number(value),
        Reading::Value(value) => format!("{}, of {known} of {total} tasks", number(value)),
        Reading::Beyond => {
            let beyond = grouped(counted.beyond);
            format!("unbounded: {beyond} of {total} tasks did not make it")
        }
        Reading::SaysNothing if counted.total == 0 => "says nothing: no task to measure".to_owned(),
        Reading::SaysNothing => format!("says nothing: {known} of {total} finished"),
    }
}

fn each_once(values: &[Value]) -> Vec<String> {
    let mut values: Vec<String> = values.iter().map(ToString::to_string).collect();
    values.sort();
    values.dedup();
    values
}
