//! What changes step by step in a run: how many workers an executor has, how many hold a task, how many entries wait,
//! what each task's future says; and which worker started each task.
//!
//! Invariant: one entry for each instant at which a level changed, with its value after all that happened then. Workers
//! are numbered in the order in which their executor made them, so a number is never used again.

use super::names::Names;
use super::state::State;
use crate::model::executor::ExecutorKind;
use crate::model::id::{ExecutorId, TaskId, WorkerId};
use crate::model::time::Time;
use crate::trace::Trace;
use crate::trace::event::{Event, Seat, SubmissionOutcome};
use serde::Serialize;
use std::collections::BTreeMap;

/// The values of something over time: seconds and the value from then on.
pub type Steps<T> = Vec<(f64, T)>;

/// How full an executor was over time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Levels {
    /// How many workers it has.
    pub threads: Steps<u32>,
    /// Its workers that hold a task.
    pub active: Steps<u32>,
    /// Entries that no worker has taken, cancelled ones included; those of a `scheduled` pool that are not yet due as well.
    pub queued: Steps<u32>,
}

/// All that changes step by step.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The levels of each executor.
    pub levels: BTreeMap<String, Levels>,
    /// For each task, `EXECUTOR-N`: the worker that started it.
    pub workers: Vec<Option<String>>,
    /// The tasks that started, in that order.
    pub start_order: Vec<TaskId>,
    /// For each task, what its future said.
    pub futures: Vec<Steps<&'static str>>,
}

struct Chronicler<'a> {
    trace: &'a Trace,
    state: State,
    changes: Changes,
    levels: Vec<Levels>,
    /// For each executor and worker, which of the executor's workers that is.
    ordinals: BTreeMap<(ExecutorId, WorkerId), u32>,
    made: Vec<u32>,
}

/// The changes of a run.
pub fn changes(trace: &Trace, names: &Names) -> Changes {
    let executors = trace.scenario.executors.len();
    let changes = Changes {
        workers: vec![None; names.len()],
        futures: vec![Vec::new(); names.len()],
        ..Changes::default()
    };
    let mut chronicler = Chronicler {
        trace,
        state: State::new(&trace.scenario),
        changes,
        levels: vec![Levels::default(); executors],
        ordinals: BTreeMap::new(),
        made: vec![0; executors],
    };
    let mut now = Time::ZERO;
    for (id, at, event) in trace.events() {
        if at != now {
            chronicler.note_levels(now);
            now = at;
        }
        chronicler.state.apply(id, at, event);
        chronicler.tell(at, event);
    }
    chronicler.note_levels(now);
    let named = trace.scenario.executors.iter().zip(chronicler.levels);
    let levels = named.map(|(executor, levels)| (executor.name.clone(), levels)).collect();
    Changes { levels, ..chronicler.changes }
}

impl Chronicler<'_> {
    /// Notes what the levels are after all that happened at an instant.
    fn note_levels(&mut self, at: Time) {
        for (executor, levels) in (0u16..).map(ExecutorId).zip(&mut self.levels) {
            let place = self.state.executor(executor);
            let active = (place.busy + place.starting).min(place.alive);
            note(&mut levels.threads, at, place.alive);
            note(&mut levels.active, at, active);
            note(&mut levels.queued, at, place.waiting);
        }
    }

    fn tell(&mut self, at: Time, event: Event) {
        match event {
            Event::Arrived { task, fate, .. } | Event::Submitted { task, fate, .. } => {
                self.future(task, at, if fate.is_rejection() { "rejected" } else { "pending" });
            }
            Event::Entered { task, executor, fate } => self.entered(task, at, executor, fate),
            Event::Started { task, executor, worker, seat } => {
                self.future(task, at, "running");
                self.changes.start_order.push(task);
                self.seated(task, executor, worker, seat);
            }
            Event::Repeated { task, .. } => self.future(task, at, "pending"),
            Event::Claimed { task, .. } => self.future(task, at, "running"),
            Event::Finished { task } => self.future(task, at, "finished"),
            Event::Failed { task, .. } => self.future(task, at, "failed"),
            Event::Cancelled { task, succeeded: true, .. } => self.cancelled(task, at),
            Event::WorkerStarted { executor, worker } => {
                let made = &mut self.made[executor.index()];
                self.ordinals.insert((executor, worker), *made);
                *made += 1;
            }
            Event::Cancelled { succeeded: false, .. }
            | Event::Skipped { .. }
            | Event::Dropped { .. }
            | Event::Drained { .. }
            | Event::WorkerStopped { .. }
            | Event::Ran { .. }
            | Event::Blocked { .. }
            | Event::Yielded { .. }
            | Event::Ready { .. }
            | Event::Dispatched { .. }
            | Event::Waiting { .. }
            | Event::Passed { .. }
            | Event::Resumed { .. }
            | Event::LeftWorker { .. }
            | Event::TookWorker { .. }
            | Event::Acquired { .. }
            | Event::Released { .. }
            | Event::Read { .. }
            | Event::Wrote { .. }
            | Event::Noted { .. }
            | Event::Warned { .. }
            | Event::ShutDown { .. }
            | Event::Resized { .. }
            | Event::Interrupted { .. }
            | Event::Swallowed { .. }
            | Event::Caught { .. }
            | Event::Sent { .. }
            | Event::Received { .. }
            | Event::Closed { .. }
            | Event::FoundClosed { .. }
            | Event::Signalled { .. }
            | Event::Relocks { .. }
            | Event::Counted { .. }
            | Event::SourceEnded { .. } => {}
        }
    }

    /// A `delay` that lets a task go sets its future to running.
    fn entered(&mut self, task: TaskId, at: Time, executor: ExecutorId, fate: SubmissionOutcome) {
        let into_here =
            |kind: &ExecutorKind| matches!(kind, ExecutorKind::Delay { into, .. } if *into == executor);
        if fate.is_rejection() {
            self.future(task, at, "rejected");
        } else if self.trace.scenario.executors.iter().any(|executor| into_here(&executor.kind))
            && self.state.task(task).is_some_and(|task| {
                let mut passed = self.state.passed(task);
                passed.any(|id| into_here(&self.trace.scenario.executors[id.index()].kind))
            })
        {
            self.future(task, at, "running");
        }
    }

    /// A cancel is a step of a program, and comes after what that program saw at the same instant.
    fn cancelled(&mut self, task: TaskId, at: Time) {
        if let Some(steps) = self.changes.futures.get_mut(task.index()) {
            steps.push((at.seconds().next_up(), "cancelled"));
        }
    }

    fn future(&mut self, task: TaskId, at: Time, says: &'static str) {
        if let Some(steps) = self.changes.futures.get_mut(task.index())
            && steps.last().is_none_or(|(_, before)| *before != says && *before != "cancelled")
        {
            steps.push((at.seconds(), says));
        }
    }

    fn seated(&mut self, task: TaskId, executor: ExecutorId, worker: WorkerId, seat: Seat) {
        let has_worker = match seat {
            Seat::Worker | Seat::Above | Seat::Caller => true,
            Seat::Own | Seat::Scheduler => false,
        };
        let ordinal = self.ordinals.get(&(executor, worker)).filter(|_| has_worker);
        let name = &self.trace.scenario.executors[executor.index()].name;
        if let Some(seat) = self.changes.workers.get_mut(task.index()) {
            *seat = ordinal.map(|ordinal| format!("{name}-{ordinal}"));
        }
    }
}

fn note(steps: &mut Steps<u32>, at: Time, value: u32) {
    if steps.last().map_or(0, |(_, last)| *last) != value || steps.is_empty() {
        steps.push((at.seconds(), value));
    }
}
