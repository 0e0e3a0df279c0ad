//! A trace as Chrome trace events (JSON), which Perfetto and `chrome://tracing` open: a process for each
//! executor, a track for each worker, flows from submit to start and from an end to the wake-up it
//! caused, counters for queues, workers and caps.
//!
//! Invariant: slices on one track nest: a task's slice holds the slices of what it did without running.
//! Times are in microseconds, exact to the nanosecond.

use super::csv::step_text;
use super::lanes::{Activity, LaneKind, Lanes, MarkKind, Span, Steps, WaitReason};
use super::names::Names;
use crate::model::executor::Kind;
use crate::model::id::{ExecutorId, TaskId};
use crate::model::time::Time;
use crate::trace::Trace;
use crate::trace::event::{Event, EventId, Seat, WakeReason};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How many causes back the end that woke a task is looked for.
const CAUSES: usize = 8;

struct Writer<'a> {
    trace: &'a Trace,
    names: &'a Names,
    lanes: &'a Lanes,
    out: String,
    /// Each task's slice: lane, from, to. A task that leaves its worker and comes back has its last one.
    slices: BTreeMap<(TaskId, u32), (Time, Time)>,
    lane_of: BTreeMap<TaskId, u32>,
}

/// The whole file.
pub fn chrome(trace: &Trace, names: &Names, lanes: &Lanes) -> String {
    let mut writer = Writer {
        trace,
        names,
        lanes,
        out: String::from("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n"),
        slices: BTreeMap::new(),
        lane_of: BTreeMap::new(),
    };
    writer.tracks();
    writer.slices();
    writer.flows();
    writer.counters();
    writer.marks();
    let mut out = writer.out;
    if out.ends_with(",\n") {
        out.truncate(out.len() - 2);
    }
    out.push_str("\n]}\n");
    out
}

/// Nanoseconds as microseconds.
fn micros(nanos: u64) -> Value {
    // Kept as text until it is a number, so that no digit is lost on the way.
    let text = format!("{}.{:03}", nanos / 1_000, nanos % 1_000);
    text.parse::<f64>().map_or(Value::Null, |number| json!(number))
}

impl Writer<'_> {
    fn put(&mut self, event: &Value) {
        self.out.push_str(&event.to_string());
        self.out.push_str(",\n");
    }

    fn pid(&self, executor: ExecutorId) -> u32 {
        u32::from(executor.0) + 1
    }

    fn tracks(&mut self) {
        let trace = self.trace;
        for (number, executor) in trace.scenario.executors.iter().enumerate() {
            let pid = number + 1;
            let name = format!("{} ({})", executor.name, executor.kind_word());
            self.put(&json!({"ph": "M", "name": "process_name", "pid": pid, "args": {"name": name}}));
            if let Some(workers) = executor.workers() {
                let labels = format!("{workers} workers");
                self.put(
                    &json!({"ph": "M", "name": "process_labels", "pid": pid, "args": {"labels": labels}}),
                );
            }
            self.put(
                &json!({"ph": "M", "name": "process_sort_index", "pid": pid, "args": {"sort_index": pid}}),
            );
        }
        let lanes = self.lanes;
        for (tid, lane) in lanes.lanes.iter().enumerate() {
            let name = match lane.kind {
                LaneKind::Worker(worker) => format!("worker {}", worker.0),
                LaneKind::Scheduler => "scheduler".to_owned(),
                LaneKind::Own(n) => format!("arrival's own thread {n}"),
            };
            let pid = self.pid(lane.executor);
            let args = json!({"name": name});
            self.put(&json!({"ph": "M", "name": "thread_name", "pid": pid, "tid": tid, "args": args}));
            let args = json!({"sort_index": tid});
            self.put(&json!({"ph": "M", "name": "thread_sort_index", "pid": pid, "tid": tid, "args": args}));
        }
    }

    /// A slice for each stay of a task on a lane, and in it one for each time it did not run.
    fn slices(&mut self) {
        let lanes = self.lanes;
        for span in &lanes.spans {
            let slice = self.slices.entry((span.task, span.lane)).or_insert((span.from, span.to));
            slice.1 = slice.1.max(span.to);
            self.lane_of.insert(span.task, span.lane);
        }
        self.instantaneous();
        let submitted = self.submissions();
        let ended = self.ended();
        for ((task, lane), (from, to)) in self.slices.clone() {
            let kind = self.names.kind_name(task).to_owned();
            let mut args = json!({"type": kind, "task": task.0});
            if !ended.contains(&task) {
                args["unfinished"] = json!(true);
            }
            if let Some(at) = submitted.get(&task) {
                args["submitted"] = micros(at.0);
            }
            self.slice(lane, from, to, &self.names.name(task), "task", &args);
        }
        // What takes no time would lie beside its task where both end.
        for span in lanes.spans.iter().filter(|span| span.from < span.to) {
            if let Some((name, args)) = self.told(span) {
                self.slice(span.lane, span.from, span.to, &name, "state", &args);
            }
        }
    }

    /// Adds a slice without length for each task that a worker was done with at the instant at which it began: the lanes
    /// have no span of it.
    fn instantaneous(&mut self) {
        let lanes = self.lanes.lanes.iter().zip(0..);
        let numbers: BTreeMap<(ExecutorId, LaneKind), u32> =
            lanes.map(|(lane, number)| ((lane.executor, lane.kind), number)).collect();
        for (_, at, event) in self.trace.events() {
            let Event::Started { task, executor, worker, seat: Seat::Worker } = event else { continue };
            if self.lane_of.contains_key(&task) {
                continue;
            }
            if let Some(lane) = numbers.get(&(executor, LaneKind::Worker(worker))) {
                self.slices.insert((task, *lane), (at, at));
                self.lane_of.insert(task, *lane);
            }
        }
    }

    /// When each task came to be: what it does until its slice begins is queueing.
    fn submissions(&self) -> BTreeMap<TaskId, Time> {
        let came = self.trace.events().filter_map(|(_, at, event)| match event {
            Event::Arrived { task, .. } | Event::Submitted { task, .. } => Some((task, at)),
            _ => None,
        });
        came.collect()
    }

    /// The tasks that came to an end.
    fn ended(&self) -> BTreeSet<TaskId> {
        let ends = self.trace.events().filter_map(|(.., event)| match event {
            Event::Finished { task } | Event::Failed { task, .. } => Some(task),
            _ => None,
        });
        ends.collect()
    }

    fn told(&self, span: &Span) -> Option<(String, Value)> {
        let scenario = &self.trace.scenario;
        let name = match span.activity {
            Activity::Running | Activity::Covered => return None,
            Activity::Io => "io".to_owned(),
            Activity::Ready => "ready, waits for a turn".to_owned(),
            Activity::Waiting(WaitReason::Children) => match self.trace.event(span.event) {
                Event::Waiting { task, pc } => step_text(scenario, self.names.kind(task), pc),
                _ => "waits for children".to_owned(),
            },
            Activity::Waiting(WaitReason::Resource(resource)) => {
                format!("waits for {}", scenario.resources[resource.index()].name)
            }
            Activity::Waiting(WaitReason::Drain(executor)) => {
                format!("waits until {} is empty", scenario.executors[executor.index()].name)
            }
            Activity::Waiting(WaitReason::Signal(_)) => match self.trace.event(span.event) {
                Event::Waiting { task, pc } => step_text(scenario, self.names.kind(task), pc),
                _ => "waits".to_owned(),
            },
            Activity::Waiting(WaitReason::Room(executor)) => {
                format!("waits for room in {}", scenario.executors[executor.index()].name)
            }
        };
        Some((name, json!({"event": span.event.0})))
    }

    fn slice(&mut self, lane: u32, from: Time, to: Time, name: &str, category: &str, args: &Value) {
        let pid = self.pid(self.lanes.lanes[lane as usize].executor);
        self.put(&json!({
            "ph": "X", "name": name, "cat": category, "pid": pid, "tid": lane,
            "ts": micros(from.0), "dur": micros(to.since(from).0), "args": args,
        }));
    }

    /// From a submit to the start it led to; from an end to the wake-ups it caused.
    fn flows(&mut self) {
        let trace = self.trace;
        let mut submitted: BTreeMap<TaskId, (TaskId, Time)> = BTreeMap::new();
        for (id, at, event) in trace.events() {
            match event {
                Event::Submitted { task, parent, .. } => {
                    submitted.insert(task, (parent, at));
                }
                Event::Started { task, .. } => {
                    if let Some((parent, when)) = submitted.remove(&task) {
                        self.flow("submit", u64::from(id.0) * 2, (parent, when), (task, at));
                    }
                }
                Event::Resumed { task, why: WakeReason::Done } => {
                    if let Some(waker) = waker(trace, id, task) {
                        self.flow("wake-up", u64::from(id.0) * 2 + 1, (waker, at), (task, at));
                    }
                }
                _ => {}
            }
        }
    }

    fn flow(&mut self, name: &str, id: u64, from: (TaskId, Time), to: (TaskId, Time)) {
        for (phase, (task, at)) in [("s", from), ("f", to)] {
            let Some(&lane) = self.lane_of.get(&task) else { return };
            let Some(&(begin, end)) = self.slices.get(&(task, lane)) else { return };
            // Inside its slice, which does not contain its own end.
            let at = at.0.clamp(begin.0, end.0.saturating_sub(1).max(begin.0));
            let pid = self.pid(self.lanes.lanes[lane as usize].executor);
            let mut event = json!({
                "ph": phase, "name": name, "cat": "flow", "id": id, "pid": pid, "tid": lane, "ts": micros(at),
            });
            if phase == "f" {
                event["bp"] = json!("e");
            }
            self.put(&event);
        }
    }

    fn counters(&mut self) {
        let (trace, lanes) = (self.trace, self.lanes);
        for (number, (executor, depths)) in trace.scenario.executors.iter().zip(&lanes.depths).enumerate() {
            let pid = number as u32 + 1;
            let waiting = if executor.wraps().is_some() { "held" } else { "queue" };
            self.counter(pid, waiting, &depths.waiting);
            self.counter(pid, "workers", &depths.workers);
            self.counter(pid, "busy workers", &depths.busy);
            if let Kind::Cap { caps, .. } = &executor.kind {
                for (cap, steps) in caps.iter().zip(&depths.caps) {
                    self.counter(pid, &format!("cap {}", cap.name), steps);
                }
            }
        }
    }

    fn counter(&mut self, pid: u32, name: &str, steps: &Steps) {
        for (at, value) in steps {
            let args = json!({"value": value});
            self.put(&json!({"ph": "C", "name": name, "pid": pid, "ts": micros(at.0), "args": args}));
        }
    }

    fn marks(&mut self) {
        let lanes = self.lanes;
        for mark in &lanes.marks {
            let what = match mark.kind {
                MarkKind::Rejected => "rejected",
                MarkKind::Failed => "failed",
                MarkKind::Cancelled => "cancelled",
                MarkKind::Dropped => "dropped",
                MarkKind::Warned(_) => "warning",
                MarkKind::Noted(_) => "note",
                MarkKind::Lost(_) => "lost notification",
            };
            let name = match mark.kind {
                MarkKind::Noted(pc) | MarkKind::Lost(pc) => {
                    step_text(&self.trace.scenario, self.names.kind(mark.task), pc)
                }
                _ => format!("{}: {what}", self.names.name(mark.task)),
            };
            let pid = self.pid(mark.executor);
            let ts = micros(mark.at.0);
            self.put(
                &json!({"ph": "i", "s": "p", "name": name, "cat": what, "pid": pid, "tid": 0, "ts": ts}),
            );
        }
    }
}

/// The task whose end, or release, woke `task`.
fn waker(trace: &Trace, resumed: EventId, task: TaskId) -> Option<TaskId> {
    let mut at = trace.records[resumed.index()].cause.some()?;
    for _ in 0..CAUSES {
        match trace.event(at) {
            Event::Finished { task: by }
            | Event::Failed { task: by, .. }
            | Event::Released { task: by, .. }
            | Event::Sent { task: by, .. }
            | Event::Received { task: by, .. }
            | Event::Closed { task: by, .. }
                if by != task =>
            {
                return Some(by);
            }
            _ => at = trace.records[at.index()].cause.some()?,
        }
    }
    None
}
