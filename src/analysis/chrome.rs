//! A trace as Chrome trace events (JSON), which Perfetto and `chrome://tracing` open: a process for each
//! executor, a track for each worker, flows from submit to start and from an end to the wake-up it
//! caused, counters for queues, workers and caps.
//!
//! Invariant: slices on one track nest: a task's slice holds the slices of what it did without running.
//! Times are in microseconds, exact to the nanosecond.

use super::csv::step_text;
use super::lanes::{Activity, LaneKind, Lanes, MarkKind, Span, Steps, WaitReason};
use super::names::Names;
use super::prose::plural;
use crate::model::executor::ExecutorKind;
use crate::model::id::{ExecutorId, TaskId};
use crate::model::time::Time;
use crate::trace::Trace;
use crate::trace::event::{Event, EventId, Seat, WakeReason};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::{self, Write};

/// How many causes back the end that woke a task is looked for.
const CAUSES: usize = 8;

struct Writer<'a> {
    trace: &'a Trace,
    names: &'a Names,
    lanes: &'a Lanes,
    out: String,
    /// Each task's slice: lane, from, to. A task that leaves its worker and comes back has its last one.
    slices: BTreeMap<(TaskId, u32), (Time, Time)>,
    /// The lane of each task that has one.
    lane_of: Vec<Option<u32>>,
}

/// The whole file.
pub fn chrome(trace: &Trace, names: &Names, lanes: &Lanes) -> String {
    let mut writer = Writer {
        trace,
        names,
        lanes,
        out: String::from("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n"),
        slices: BTreeMap::new(),
        lane_of: vec![None; names.len()],
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

/// Nanoseconds, written as microseconds: to the last digit, the way a double is written.
struct Micros(u64);

/// Up to here every number of nanoseconds has digits to spare in a double.
const MAX_EXACT: u64 = 1_000_000_000_000_000;

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / 1_000, self.0 % 1_000);
        if self.0 > MAX_EXACT {
            let number = format!("{whole}.{fraction:03}").parse::<f64>().unwrap_or(f64::MAX);
            return json!(number).fmt(f);
        }
        match fraction {
            0 => write!(f, "{whole}.0"),
            n if n % 100 == 0 => write!(f, "{whole}.{}", n / 100),
            n if n % 10 == 0 => write!(f, "{whole}.{:02}", n / 10),
            n => write!(f, "{whole}.{n:03}"),
        }
    }
}

/// A text in JSON, with its quotation marks.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
        if self.0.bytes().all(is_plain) {
            return write!(f, "\"{}\"", self.0);
        }
        json!(self.0).fmt(f)
    }
}

impl Writer<'_> {
    fn put(&mut self, event: &Value) {
        self.out.push_str(&event.to_string());
        self.out.push_str(",\n");
    }

    /// One of many: written as it is, the keys in the order of [`Value`]'s.
    fn write(&mut self, event: fmt::Arguments<'_>) {
        self.out.write_fmt(event).expect("a string takes any text");
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
                let labels = format!("{workers} {}", plural(workers as usize, "worker"));
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
            self.lane_of[span.task.index()] = Some(span.lane);
        }
        self.instantaneous();
        let submitted = self.submissions();
        let ended = self.ended();
        let (names, slices) = (self.names, std::mem::take(&mut self.slices));
        for ((task, lane), (from, to)) in &slices {
            let kind = Quoted(names.kind_name(*task));
            let number = task.0;
            let unfinished = if ended[task.index()] { "" } else { ",\"unfinished\":true" };
            let args = match submitted[task.index()] {
                Some(at) => {
                    let at = Micros(at.0);
                    format!("{{\"submitted\":{at},\"task\":{number},\"type\":{kind}{unfinished}}}")
                }
                None => format!("{{\"task\":{number},\"type\":{kind}{unfinished}}}"),
            };
            self.slice(*lane, *from, *to, &names.name(*task), "task", &args);
        }
        self.slices = slices;
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
            if self.lane_of[task.index()].is_some() {
                continue;
            }
            if let Some(lane) = numbers.get(&(executor, LaneKind::Worker(worker))) {
                self.slices.insert((task, *lane), (at, at));
                self.lane_of[task.index()] = Some(*lane);
            }
        }
    }

    /// When each task came to be: what it does until its slice begins is queueing.
    fn submissions(&self) -> Vec<Option<Time>> {
        let mut came = vec![None; self.names.len()];
        for (_, at, event) in self.trace.events() {
            if let Event::Arrived { task, .. } | Event::Submitted { task, .. } = event {
                came[task.index()] = Some(at);
            }
        }
        came
    }

    /// Whether each task came to an end.
    fn ended(&self) -> Vec<bool> {
        let mut ended = vec![false; self.names.len()];
        for (.., event) in self.trace.events() {
            if let Event::Finished { task } | Event::Failed { task, .. } = event {
                ended[task.index()] = true;
            }
        }
        ended
    }

    fn told(&self, span: &Span) -> Option<(String, String)> {
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
        Some((name, format!("{{\"event\":{}}}", span.event.0)))
    }

    fn slice(&mut self, lane: u32, from: Time, to: Time, name: &str, category: &str, args: &str) {
        let pid = self.pid(self.lanes.lanes[lane as usize].executor);
        let (begin, length, name) = (Micros(from.0), Micros(to.since(from).0), Quoted(name));
        self.write(format_args!(
            "{{\"args\":{args},\"cat\":\"{category}\",\"dur\":{length},\"name\":{name},\"ph\":\"X\",\"pid\":{pid},\
             \"tid\":{lane},\"ts\":{begin}}}"
        ));
    }

    /// From a submit to the start it led to; from an end to the wake-ups it caused.
    fn flows(&mut self) {
        let trace = self.trace;
        let mut submitted: Vec<Option<(TaskId, Time)>> = vec![None; self.names.len()];
        for (id, at, event) in trace.events() {
            match event {
                Event::Submitted { task, parent, .. } => {
                    submitted[task.index()] = Some((parent, at));
                }
                Event::Started { task, .. } => {
                    if let Some((parent, when)) = submitted[task.index()].take() {
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
            let Some(lane) = self.lane_of[task.index()] else { return };
            let Some(&(begin, end)) = self.slices.get(&(task, lane)) else { return };
            // Inside its slice, which does not contain its own end.
            let at = at.0.clamp(begin.0, end.0.saturating_sub(1).max(begin.0));
            let pid = self.pid(self.lanes.lanes[lane as usize].executor);
            let (at, bind) = (Micros(at), if phase == "f" { "\"bp\":\"e\"," } else { "" });
            self.write(format_args!(
                "{{{bind}\"cat\":\"flow\",\"id\":{id},\"name\":\"{name}\",\"ph\":\"{phase}\",\"pid\":{pid},\"tid\":{lane},\
                 \"ts\":{at}}}"
            ));
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
            if let ExecutorKind::Cap { caps, .. } = &executor.kind {
                for (cap, steps) in caps.iter().zip(&depths.caps) {
                    self.counter(pid, &format!("cap {}", cap.name), steps);
                }
            }
        }
    }

    fn counter(&mut self, pid: u32, name: &str, steps: &Steps) {
        let name = Quoted(name);
        for (at, value) in steps {
            let at = Micros(at.0);
            self.write(format_args!(
                "{{\"args\":{{\"value\":{value}}},\"name\":{name},\"ph\":\"C\",\"pid\":{pid},\"ts\":{at}}}"
            ));
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
            let (at, name) = (Micros(mark.at.0), Quoted(&name));
            self.write(format_args!(
                "{{\"cat\":\"{what}\",\"name\":{name},\"ph\":\"i\",\"pid\":{pid},\"s\":\"p\",\"tid\":0,\"ts\":{at}}}"
            ));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_names_are_written_as_json_has_them() {
        for nanos in [0, 1, 10, 100, 999, 1_000, 1_010, 1_500_000_001, MAX_EXACT, MAX_EXACT + 1, u64::MAX] {
            let number: f64 = format!("{}.{:03}", nanos / 1_000, nanos % 1_000).parse().expect("a number");
            assert_eq!(Micros(nanos).to_string(), json!(number).to_string());
        }
        for name in ["a", "a\"b", "a\\b", "tab\t", "Ärger", "\u{7f}"] {
            assert_eq!(Quoted(name).to_string(), json!(name).to_string());
        }
    }
}
