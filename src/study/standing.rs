//! What tasks that have started stand still for: a permit, a lock, a core, the green thread, children.
//!
//! Invariant: read from the trace alone; a task stands for one thing at a time, so that no nanosecond counts
//! twice. Deliberately absent: what tasks wait for before they start (see [`crate::analysis::lives`]), and the
//! time in which a submitter stands before a full queue, which is that of the entry it submits.

use super::constraint::LimitingResource;
use crate::analysis::lives::TaskLife;
use crate::model::id::{Pc, TaskId};
use crate::model::program::Instruction;
use crate::model::time::Time;
use crate::trace::Trace;
use crate::trace::event::Event;
use std::collections::BTreeMap;

/// The standstill of one task: what it waits for, and since when.
#[derive(Clone, Default)]
struct CurrentWait {
    stands: Option<(LimitingResource, Time)>,
    has_left_worker: bool,
}

/// Nanoseconds that all tasks together stood for each, from their starts to their ends.
pub(super) fn standing(trace: &Trace, lives: &[TaskLife]) -> BTreeMap<LimitingResource, u128> {
    let mut tally = WaitTimeTally {
        trace,
        lives,
        tasks: vec![CurrentWait::default(); lives.len()],
        sums: BTreeMap::new(),
    };
    for (_, at, event) in trace.events() {
        tally.apply(at, event);
    }
    let end = trace.outcome.at;
    for task in 0..lives.len() {
        tally.turn(end, TaskId(task as u32), None);
    }
    tally.sums
}

struct WaitTimeTally<'a> {
    trace: &'a Trace,
    lives: &'a [TaskLife],
    tasks: Vec<CurrentWait>,
    sums: BTreeMap<LimitingResource, u128>,
}

impl WaitTimeTally<'_> {
    fn note_worker(&mut self, task: TaskId, has_left: bool) {
        if let Some(stand) = self.tasks.get_mut(task.index()) {
            stand.has_left_worker = has_left;
        }
    }

    fn apply(&mut self, at: Time, event: Event) {
        match event {
            Event::Waiting { task, pc } => {
                let holder = self.asked_for(task, pc);
                self.turn(at, task, holder);
            }
            Event::Ready { task } => {
                let scenario = &self.trace.scenario;
                let is_green = self
                    .lives
                    .get(task.index())
                    .is_some_and(|l| scenario.executors[l.executor.index()].is_green());
                let missing = if is_green { LimitingResource::GreenThread } else { LimitingResource::Cores };
                self.turn(at, task, Some(missing));
            }
            Event::LeftWorker { task } => self.note_worker(task, true),
            // What left its worker needs one again before it goes on.
            Event::Resumed { task, .. }
                if self.tasks.get(task.index()).is_some_and(|t| t.has_left_worker) =>
            {
                let executor = self.lives[task.index()].executor;
                let executor = self.trace.scenario.executors[executor.index()].name.clone();
                self.turn(at, task, Some(LimitingResource::Workers { executor }));
            }
            Event::TookWorker { task, .. } => {
                self.note_worker(task, false);
                self.turn(at, task, None);
            }
            Event::Resumed { task, .. }
            | Event::Acquired { task, .. }
            | Event::Sent { task, .. }
            | Event::Received { task, .. }
            | Event::FoundClosed { task, .. }
            | Event::Dispatched { task }
            | Event::Caught { task, .. }
            | Event::Finished { task }
            | Event::Failed { task, .. } => self.turn(at, task, None),
            Event::Arrived { .. }
            | Event::Submitted { .. }
            | Event::Entered { .. }
            | Event::Started { .. }
            | Event::Skipped { .. }
            | Event::Dropped { .. }
            | Event::Drained { .. }
            | Event::Cancelled { .. }
            | Event::WorkerStarted { .. }
            | Event::WorkerStopped { .. }
            | Event::Ran { .. }
            | Event::Blocked { .. }
            | Event::Yielded { .. }
            | Event::Passed { .. }
            | Event::Released { .. }
            | Event::Read { .. }
            | Event::Wrote { .. }
            | Event::Noted { .. }
            | Event::Warned { .. }
            | Event::ShutDown { .. }
            | Event::Closed { .. }
            | Event::Signalled { .. }
            | Event::Relocks { .. }
            | Event::Counted { .. }
            | Event::Interrupted { .. }
            | Event::Swallowed { .. }
            | Event::Repeated { .. }
            | Event::Claimed { .. }
            | Event::Resized { .. }
            | Event::SourceEnded { .. } => {}
        }
    }

    /// What the instruction at which a task waits asks for; nothing with a name if it drains an executor.
    fn asked_for(&self, task: TaskId, pc: Pc) -> Option<LimitingResource> {
        let scenario = &self.trace.scenario;
        let program = &scenario.tasks[self.lives.get(task.index())?.kind.index()].program;
        match program.code.get(pc.index())? {
            Instruction::Acquire { resource, .. } => {
                let resource = scenario.resources.get(resource.index())?;
                let name = resource.name.clone();
                Some(match resource.is_lock() {
                    true => LimitingResource::Lock { lock: name },
                    false => LimitingResource::Semaphore { semaphore: name },
                })
            }
            Instruction::Wait { .. } | Instruction::Result { .. } | Instruction::JoinScope => {
                Some(LimitingResource::Children)
            }
            _ => None,
        }
    }

    /// Counts what the task stood for until now; from now on it stands for this.
    fn turn(&mut self, at: Time, task: TaskId, next: Option<LimitingResource>) {
        let Some(stand) = self.tasks.get_mut(task.index()) else { return };
        let before = std::mem::replace(&mut stand.stands, next.map(|holder| (holder, at)));
        if let Some((holder, since)) = before {
            *self.sums.entry(holder).or_default() += u128::from(at.since(since).0);
        }
    }
}
