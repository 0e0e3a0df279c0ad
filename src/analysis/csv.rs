//! A trace as a table of events (RFC 4180): `event,time_ns,time_s,kind,task,executor,worker,other,cause`.
//!
//! Invariant: one line an event, in order, with the same columns; what an event has none of is empty.

use super::names::Names;
use crate::model::id::{ExecutorId, Pc, TaskId, TaskTypeId};
use crate::model::scenario::Scenario;
use crate::trace::Trace;
use crate::trace::event::{Event, Failure, Seat, SubmissionOutcome, WakeReason, Warning};
use std::fmt::Write;

/// The header line: names of the columns.
pub const HEADER: &str = "event,time_ns,time_s,kind,task,executor,worker,other,cause";

struct Row {
    kind: &'static str,
    task: Option<TaskId>,
    executor: Option<ExecutorId>,
    worker: Option<u32>,
    other: String,
}

/// The whole table.
pub fn csv(trace: &Trace, names: &Names) -> String {
    let mut text = String::with_capacity(trace.records.len() * 64);
    text.push_str(HEADER);
    text.push_str("\r\n");
    for (id, at, event) in trace.events() {
        let row = row(trace, names, event);
        let _ = write!(text, "{},{},{},{},", id.0, at.0, seconds(at.0), row.kind);
        text.push_str(&row.task.map_or(String::new(), |task| quoted(&name(names, task))));
        text.push(',');
        if let Some(executor) = row.executor {
            text.push_str(&quoted(&trace.scenario.executors[executor.index()].name));
        }
        text.push(',');
        text.push_str(&row.worker.map_or(String::new(), |worker| worker.to_string()));
        text.push(',');
        text.push_str(&quoted(&row.other));
        text.push(',');
        let cause = trace.records[id.index()].cause.some();
        text.push_str(&cause.map_or(String::new(), |cause| cause.0.to_string()));
        text.push_str("\r\n");
    }
    text
}

/// Nanoseconds as seconds, exactly.
fn seconds(nanos: u64) -> String {
    format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000)
}

/// A field, in quotes if it needs them.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

fn name(names: &Names, task: TaskId) -> String {
    if task.index() < names.len() { names.name(task) } else { String::new() }
}

/// A word for an event, the same in every export.
pub fn kind_word(event: Event) -> &'static str {
    match event {
        Event::Arrived { .. } => "arrived",
        Event::Submitted { .. } => "submitted",
        Event::Entered { .. } => "entered",
        Event::Started { .. } => "started",
        Event::Finished { .. } => "finished",
        Event::Failed { .. } => "failed",
        Event::Cancelled { .. } => "cancelled",
        Event::Skipped { .. } => "skipped",
        Event::Dropped { .. } => "dropped",
        Event::Drained { .. } => "drained",
        Event::WorkerStarted { .. } => "worker-started",
        Event::WorkerStopped { .. } => "worker-stopped",
        Event::Ran { .. } => "run",
        Event::Blocked { .. } => "io",
        Event::Yielded { .. } => "yielded",
        Event::Ready { .. } => "ready",
        Event::Dispatched { .. } => "dispatched",
        Event::Waiting { .. } => "waiting",
        Event::Passed { .. } => "passed",
        Event::Resumed { .. } => "resumed",
        Event::LeftWorker { .. } => "left-worker",
        Event::TookWorker { .. } => "took-worker",
        Event::Acquired { .. } => "acquired",
        Event::Released { .. } => "released",
        Event::Read { .. } => "read",
        Event::Wrote { .. } => "wrote",
        Event::Noted { .. } => "noted",
        Event::Warned { .. } => "warned",
        Event::ShutDown { .. } => "shut-down",
        Event::SourceEnded { .. } => "source-ended",
        Event::Interrupted { .. } => "interrupted",
        Event::Swallowed { .. } => "swallowed",
        Event::Caught { .. } => "caught",
        Event::Repeated { .. } => "repeated",
        Event::Claimed { .. } => "claimed",
        Event::Resized { .. } => "resized",
        Event::Sent { .. } => "sent",
        Event::Received { .. } => "received",
        Event::Closed { .. } => "closed",
        Event::FoundClosed { .. } => "found-closed",
        Event::Signalled { .. } => "signalled",
        Event::Relocks { .. } => "relocks",
        Event::Counted { .. } => "counted",
    }
}

/// A word for what became of a submission.
pub fn fate_word(fate: SubmissionOutcome) -> &'static str {
    match fate {
        SubmissionOutcome::Taken => "taken",
        SubmissionOutcome::Queued => "queued",
        SubmissionOutcome::Held => "held",
        SubmissionOutcome::Passed => "passed",
        SubmissionOutcome::Blocked => "blocked",
        SubmissionOutcome::InCaller => "in-caller",
        SubmissionOutcome::Full => "rejected-full",
        SubmissionOutcome::ShutDown => "rejected-shut-down",
        SubmissionOutcome::Guarded => "rejected-by-guard",
        SubmissionOutcome::Leaf => "rejected-leaf",
        SubmissionOutcome::Dropped => "dropped",
    }
}

fn row(trace: &Trace, names: &Names, event: Event) -> Row {
    let (task, executor, worker) = columns(trace, event);
    Row { kind: kind_word(event), task, executor, worker, other: other(trace, names, event) }
}

/// The task, the executor and the worker of an event.
fn columns(trace: &Trace, event: Event) -> (Option<TaskId>, Option<ExecutorId>, Option<u32>) {
    match event {
        Event::Arrived { task, entry, .. } => {
            (Some(task), Some(trace.scenario.arrivals[entry.index()].to), None)
        }
        Event::Started { task, executor, worker, seat } => {
            let has_worker = matches!(seat, Seat::Worker | Seat::Above);
            (Some(task), Some(executor), has_worker.then_some(worker.0))
        }
        Event::Entered { task, executor, .. }
        | Event::Skipped { task, executor }
        | Event::Dropped { task, executor }
        | Event::Drained { task, executor }
        | Event::Warned { task, executor, .. }
        | Event::ShutDown { task, executor, .. }
        | Event::Claimed { task, executor }
        | Event::Resized { task, executor, .. } => (Some(task), Some(executor), None),
        Event::WorkerStarted { executor, worker } | Event::WorkerStopped { executor, worker } => {
            (None, Some(executor), Some(worker.0))
        }
        Event::TookWorker { task, worker } => (Some(task), None, Some(worker.0)),
        Event::Submitted { task, .. }
        | Event::Failed { task, .. }
        | Event::Caught { task, .. }
        | Event::Interrupted { task, .. }
        | Event::Cancelled { task, .. }
        | Event::Finished { task }
        | Event::Swallowed { task }
        | Event::Ready { task }
        | Event::Dispatched { task }
        | Event::LeftWorker { task }
        | Event::Ran { task, .. }
        | Event::Blocked { task, .. }
        | Event::Yielded { task, .. }
        | Event::Waiting { task, .. }
        | Event::Passed { task, .. }
        | Event::Acquired { task, .. }
        | Event::Noted { task, .. }
        | Event::Sent { task, .. }
        | Event::Closed { task, .. }
        | Event::FoundClosed { task, .. }
        | Event::Read { task, .. }
        | Event::Received { task, .. }
        | Event::Signalled { task, .. }
        | Event::Counted { task, .. }
        | Event::Resumed { task, .. }
        | Event::Relocks { task, .. }
        | Event::Released { task, .. }
        | Event::Wrote { task, .. }
        | Event::Repeated { task, .. } => (Some(task), None, None),
        Event::SourceEnded { .. } => (None, None, None),
    }
}

/// What else there is to say of an event, in a few words.
fn other(trace: &Trace, names: &Names, event: Event) -> String {
    let step = |task: TaskId, pc: Pc| {
        let kind = if task.index() < names.len() { names.kind(task) } else { return String::new() };
        step_text(&trace.scenario, kind, pc)
    };
    match event {
        Event::Arrived { fate, .. } | Event::Entered { fate, .. } => fate_word(fate).to_owned(),
        Event::Submitted { parent, fate, .. } => format!("{} by {}", fate_word(fate), name(names, parent)),
        Event::Repeated { series, fate, .. } => format!("{} of {}", fate_word(fate), name(names, series)),
        Event::Started { seat, .. } => seat_words(seat).to_owned(),
        Event::Failed { failure, .. } | Event::Caught { failure, .. } => failure_words(failure).to_owned(),
        Event::Interrupted { by, .. } => format!("by {}", name(names, by)),
        Event::Cancelled { by, succeeded: true, .. } => format!("by {}", name(names, by)),
        Event::Cancelled { by, succeeded: false, .. } => format!("too late, by {}", name(names, by)),
        Event::Ran { task, pc }
        | Event::Blocked { task, pc }
        | Event::Yielded { task, pc }
        | Event::Waiting { task, pc }
        | Event::Passed { task, pc }
        | Event::Acquired { task, pc }
        | Event::Noted { task, pc }
        | Event::Sent { task, pc }
        | Event::Closed { task, pc }
        | Event::FoundClosed { task, pc }
        | Event::Resized { task, pc, .. }
        | Event::Read { task, pc, .. } => step(task, pc),
        Event::Received { task, pc, sender } => format!("{} from {}", step(task, pc), name(names, sender)),
        Event::Signalled { task, pc, count } => format!("{}: {count} woken", step(task, pc)),
        Event::Counted { task, pc, left } => format!("{}: {left} left", step(task, pc)),
        Event::Resumed { why, .. } | Event::Relocks { why, .. } => wake_words(why).to_owned(),
        Event::Released { resource, .. } => trace.scenario.resources[resource.index()].name.clone(),
        Event::Wrote { task, pc, value } => {
            let value = trace.values.get(value as usize).map_or(String::new(), ToString::to_string);
            format!("{} -> {value}", step(task, pc))
        }
        Event::Warned { warning, .. } => warning_word(warning).to_owned(),
        Event::SourceEnded { entry } => format!("entry {}", entry.0),
        Event::Skipped { .. }
        | Event::Dropped { .. }
        | Event::Drained { .. }
        | Event::WorkerStarted { .. }
        | Event::WorkerStopped { .. }
        | Event::Finished { .. }
        | Event::Swallowed { .. }
        | Event::Ready { .. }
        | Event::Dispatched { .. }
        | Event::LeftWorker { .. }
        | Event::TookWorker { .. }
        | Event::ShutDown { .. }
        | Event::Claimed { .. } => String::new(),
    }
}

/// Where a task started that has no worker to itself.
fn seat_words(seat: Seat) -> &'static str {
    match seat {
        Seat::Worker => "",
        Seat::Above => "above the waiter",
        Seat::Caller => "in its submitter",
        Seat::Own => "on a thread of its own",
        Seat::Scheduler => "on the scheduler",
    }
}

/// Why a wait ended.
fn wake_words(why: WakeReason) -> &'static str {
    match why {
        WakeReason::Done => "done",
        WakeReason::TimedOut => "timed out",
        WakeReason::Raises => "raises",
    }
}

fn warning_word(warning: Warning) -> &'static str {
    match warning {
        Warning::Backlog => "backlog",
        Warning::Guard => "guard",
        Warning::Leaf => "leaf",
    }
}

/// Why a task raised, in a few words.
fn failure_words(failure: Failure) -> &'static str {
    match failure {
        Failure::Fail => "fail step",
        Failure::Child => "its child failed",
        Failure::ChildCancelled => "its child was cancelled",
        Failure::Timeout => "timeout",
        Failure::Rejected => "a submission was rejected",
        Failure::NotHolder => "released what it does not hold",
        Failure::Add => "added to what it had not read, or to no number",
        Failure::Crashed => "its worker died",
        Failure::Broken => "its pool broke",
        Failure::Interrupted => "interrupted",
        Failure::Cancelled => "cancelled by an interrupt",
        Failure::Closed => "sent to a closed channel",
        Failure::BrokenBarrier => "the barrier is broken",
    }
}

/// The step of the document that an instruction came from.
pub fn step_text(scenario: &Scenario, kind: TaskTypeId, pc: Pc) -> String {
    let program = &scenario.tasks[kind.index()].program;
    let step = program.step_of.get(pc.index()).and_then(|step| program.steps.get(*step as usize));
    step.map_or(String::new(), |step| step.text.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_with_commas_and_quotes_are_quoted() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(seconds(1_500_000_001), "1.500000001");
    }
}
