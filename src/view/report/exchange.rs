//! Between whom an event happens: what a sequence diagram draws as an arrow.
//!
//! Invariant: one end is always the task whose line the event is; the other is a task, or a thing by its name.

use crate::analysis::digest::Digest;
use crate::analysis::names::submit_at;
use crate::model::id::{ExecutorId, Pc, TaskId};
use crate::model::program::Instruction;
use crate::trace::event::{Event, EventId, Seat};

/// The other end of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct EventCounterpart {
    /// A task that it is about.
    pub other: Option<TaskId>,
    /// An executor, a semaphore, a lock or another shared thing that it goes to or comes from.
    pub thing: Option<String>,
    /// It comes from there to the task.
    pub is_received: bool,
}

/// Between whom an event happens, and the task whose line it is; no task for what only workers do.
pub(super) fn exchange(
    digest: &Digest<'_>,
    id: EventId,
    task: Option<TaskId>,
) -> (Option<TaskId>, EventCounterpart) {
    let reader = CounterpartReader { digest };
    let event = digest.trace().records[id.index()].event();
    let found = match event {
        Event::Arrived { entry, .. } => {
            to(reader.executor(digest.trace().scenario.arrivals[entry.index()].to))
        }
        Event::Submitted { task: child, parent, pc, .. } => {
            let thing = reader.target(parent, pc).map(|executor| reader.executor(executor));
            return (Some(parent), EventCounterpart { other: Some(child), thing, is_received: false });
        }
        Event::Started { executor, seat: Seat::Worker | Seat::Above | Seat::Scheduler, .. } => {
            from(reader.executor(executor))
        }
        Event::Entered { executor, .. }
        | Event::ShutDown { executor, .. }
        | Event::Resized { executor, .. } => to(reader.executor(executor)),
        Event::Skipped { executor, .. }
        | Event::Dropped { executor, .. }
        | Event::Drained { executor, .. }
        | Event::Claimed { executor, .. }
        | Event::Warned { executor, .. } => from(reader.executor(executor)),
        Event::Finished { task } | Event::Failed { task, .. } => {
            EventCounterpart { other: digest.names.parent(task), ..EventCounterpart::default() }
        }
        Event::Cancelled { task, by, .. } | Event::Interrupted { task, by } => {
            return (Some(by), with(task));
        }
        Event::Waiting { task, pc } | Event::Passed { task, pc } => reader.awaited(id, task, pc),
        Event::Acquired { task, pc } => reader.thing(task, pc).map(to).unwrap_or_default(),
        Event::Released { resource, .. } => {
            to(digest.trace().scenario.resources[resource.index()].name.clone())
        }
        Event::Sent { task, pc }
        | Event::Closed { task, pc }
        | Event::Signalled { task, pc, .. }
        | Event::Counted { task, pc, .. } => reader.thing(task, pc).map(to).unwrap_or_default(),
        Event::Received { task, pc, .. } | Event::FoundClosed { task, pc } => {
            reader.thing(task, pc).map(from).unwrap_or_default()
        }
        Event::Read { cell, .. } => from(digest.trace().scenario.cells[cell.index()].name.clone()),
        Event::Wrote { task, pc, .. } => reader.thing(task, pc).map(to).unwrap_or_default(),
        Event::Repeated { series, .. } => {
            EventCounterpart { other: Some(series), thing: None, is_received: true }
        }
        Event::Started { .. }
        | Event::WorkerStarted { .. }
        | Event::WorkerStopped { .. }
        | Event::SourceEnded { .. }
        | Event::Ran { .. }
        | Event::Blocked { .. }
        | Event::Yielded { .. }
        | Event::Ready { .. }
        | Event::Dispatched { .. }
        | Event::Resumed { .. }
        | Event::LeftWorker { .. }
        | Event::TookWorker { .. }
        | Event::Noted { .. }
        | Event::Relocks { .. }
        | Event::Swallowed { .. }
        | Event::Caught { .. } => EventCounterpart::default(),
    };
    (task, found)
}

fn to(thing: String) -> EventCounterpart {
    EventCounterpart { thing: Some(thing), ..EventCounterpart::default() }
}

fn from(thing: String) -> EventCounterpart {
    EventCounterpart { is_received: true, ..to(thing) }
}

fn with(other: TaskId) -> EventCounterpart {
    EventCounterpart { other: Some(other), ..EventCounterpart::default() }
}

struct CounterpartReader<'a> {
    digest: &'a Digest<'a>,
}

impl CounterpartReader<'_> {
    fn executor(&self, executor: ExecutorId) -> String {
        self.digest.trace().scenario.executors[executor.index()].name.clone()
    }

    fn instruction(&self, task: TaskId, pc: Pc) -> Option<&Instruction> {
        let kind = self.digest.names.kind(task);
        self.digest.trace().scenario.tasks[kind.index()].program.code.get(pc.index())
    }

    /// Where a `submit` goes.
    fn target(&self, parent: TaskId, pc: Pc) -> Option<ExecutorId> {
        let scenario = &self.digest.trace().scenario;
        let kind = self.digest.names.kind(parent);
        let submit = submit_at(scenario, kind, pc)?;
        let to = scenario.tasks[kind.index()].program.submits[submit.index()].to;
        Some(to.unwrap_or(self.digest.lives[parent.index()].first))
    }

    /// What the step of an instruction is about, by its name.
    fn thing(&self, task: TaskId, pc: Pc) -> Option<String> {
        let scenario = &self.digest.trace().scenario;
        let instruction = self.instruction(task, pc)?;
        match instruction {
            Instruction::Acquire { resource, .. } | Instruction::Release { resource, .. } => {
                Some(scenario.resources[resource.index()].name.clone())
            }
            Instruction::Write(cell, _) | Instruction::Add(cell, _) | Instruction::Read(cell) => {
                Some(scenario.cells[cell.index()].name.clone())
            }
            Instruction::Shutdown { executor, .. } | Instruction::AwaitExecutor { executor, .. } => {
                Some(self.executor(*executor))
            }
            _ => instruction.shared().map(|shared| scenario.shared[shared.index()].name.clone()),
        }
    }

    /// What a task waits for: a thing, or the first of its children.
    fn awaited(&self, id: EventId, task: TaskId, pc: Pc) -> EventCounterpart {
        if let Some(thing) = self.thing(task, pc) {
            return to(thing);
        }
        let state = self.digest.lens.state(id.0 + 1);
        let children = state.task(task).map(|waiting| state.awaited_children(waiting, pc));
        EventCounterpart {
            other: children.and_then(|all| all.first().copied()),
            ..EventCounterpart::default()
        }
    }
}
