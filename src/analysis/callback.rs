//! When a loop hears that work on a pool is done: a completion is a callback of the loop, late by whatever runs there
//! (libuv, `uv__work_done`).
//!
//! Deliberately absent: the phases of a loop. A task that runs there runs undisturbed up to its next wait or its end; then
//! the loop hears of all that is done.

use super::names::Names;
use super::state::State;
use super::state::task::Phase;
use crate::model::id::TaskId;
use crate::model::time::Time;
use crate::trace::Trace;
use crate::trace::event::Event;

/// The stretches in which tasks ran on the shared green thread, in order of time.
pub struct Callbacks {
    stretches: Vec<(Time, Time)>,
}

impl Callbacks {
    /// Reads a trace.
    pub fn of(trace: &Trace, names: &Names) -> Callbacks {
        let mut state = State::new(&trace.scenario);
        let mut stretches = Vec::new();
        let mut running: Option<(TaskId, Time)> = None;
        for (id, at, event) in trace.events() {
            state.apply(id, at, event);
            let Some(task) = subject(event).filter(|task| task.index() < names.len()) else { continue };
            let runs = state.task(task).is_some_and(|task| {
                let is_green = trace.scenario.executors[task.executor.index()].shares_green_thread();
                is_green && task.phase == Phase::Running && task.above.is_none()
            });
            match running {
                Some((other, since)) if other == task && !runs => {
                    stretches.push((since, at));
                    running = None;
                }
                None if runs => running = Some((task, at)),
                Some(_) | None => {}
            }
        }
        stretches.extend(running.map(|(_, since)| (since, trace.outcome.at)));
        Callbacks { stretches }
    }

    /// When the loop hears of what was done at `ended`.
    pub fn heard(&self, ended: Time) -> Time {
        let next = self.stretches.partition_point(|(_, end)| *end < ended);
        match self.stretches.get(next) {
            Some((since, end)) if *since < ended => *end,
            Some(_) | None => ended,
        }
    }
}

/// The task whose phase an event changes.
fn subject(event: Event) -> Option<TaskId> {
    match event {
        Event::Started { task, .. }
        | Event::Finished { task }
        | Event::Failed { task, .. }
        | Event::Ran { task, .. }
        | Event::Blocked { task, .. }
        | Event::Yielded { task, .. }
        | Event::Ready { task }
        | Event::Dispatched { task }
        | Event::Waiting { task, .. }
        | Event::Resumed { task, .. }
        | Event::Acquired { task, .. }
        | Event::Caught { task, .. }
        | Event::Sent { task, .. }
        | Event::Received { task, .. }
        | Event::FoundClosed { task, .. }
        | Event::Relocks { task, .. } => Some(task),
        Event::Arrived { .. }
        | Event::Submitted { .. }
        | Event::Entered { .. }
        | Event::Cancelled { .. }
        | Event::Skipped { .. }
        | Event::Dropped { .. }
        | Event::Drained { .. }
        | Event::WorkerStarted { .. }
        | Event::WorkerStopped { .. }
        | Event::Passed { .. }
        | Event::LeftWorker { .. }
        | Event::TookWorker { .. }
        | Event::Released { .. }
        | Event::Read { .. }
        | Event::Wrote { .. }
        | Event::Noted { .. }
        | Event::Warned { .. }
        | Event::ShutDown { .. }
        | Event::SourceEnded { .. }
        | Event::Repeated { .. }
        | Event::Claimed { .. }
        | Event::Resized { .. }
        | Event::Interrupted { .. }
        | Event::Swallowed { .. }
        | Event::Closed { .. }
        | Event::Signalled { .. }
        | Event::Counted { .. } => None,
    }
}
