//! Whether records that were read from outside could be a run's: in themselves, and of a scenario.
//!
//! Invariant: after [`order`] and [`against`] every number in the records names something, so whoever
//! reads the trace may look it up without asking. Whether the events follow from each other as the engine's
//! rules have it is deliberately not checked.

use super::event::{Event, EventId};
use super::load_error::LoadError;
use super::outcome::Outcome;
use super::record::Record;
use crate::model::id::{ArrivalId, ExecutorId, Pc, TaskId, TaskTypeId, WorkerId};
use crate::model::program::Instruction;
use crate::model::scenario::Scenario;

fn wrong(at: usize, why: &'static str) -> LoadError {
    LoadError::Event { event: EventId(at as u32), why }
}

/// Time never runs backwards, causes come first, the run ends last.
pub(super) fn order(records: &[Record], outcome: Outcome) -> Result<(), LoadError> {
    for (at, pair) in records.windows(2).enumerate() {
        if pair[1].at < pair[0].at {
            return Err(wrong(at + 1, "it is earlier than the one before"));
        }
    }
    for (at, record) in records.iter().enumerate() {
        if record.cause.some().is_some_and(|cause| cause.index() >= at) {
            return Err(wrong(at, "its cause is not an earlier event"));
        }
    }
    match records.last() {
        Some(last) if last.at > outcome.at => {
            Err(wrong(records.len() - 1, "it is later than the end of the run"))
        }
        _ => Ok(()),
    }
}

struct Checker<'a> {
    scenario: &'a Scenario,
    values: usize,
    /// The type of each task so far.
    kinds: Vec<TaskTypeId>,
    /// How many workers each executor has had.
    workers: Vec<u32>,
}

/// Every number names something of `scenario`, or of an earlier event.
pub(super) fn against(records: &[Record], values: usize, scenario: &Scenario) -> Result<(), LoadError> {
    let workers = vec![0; scenario.executors.len()];
    let mut checker = Checker { scenario, values, kinds: Vec::new(), workers };
    for (at, record) in records.iter().enumerate() {
        checker.event(record.event()).map_err(|why| wrong(at, why))?;
    }
    Ok(())
}

type Checked = Result<(), &'static str>;

fn must(holds: bool, why: &'static str) -> Checked {
    if holds { Ok(()) } else { Err(why) }
}

impl Checker<'_> {
    fn event(&mut self, event: Event) -> Checked {
        match event {
            Event::Arrived { task, entry, .. } => {
                self.entry(entry)?;
                let kind = self.scenario.arrivals[entry.index()].task;
                self.create(task, kind)
            }
            Event::Submitted { task, parent, pc, .. } => self.submitted(task, parent, pc),
            Event::Entered { task, executor, .. }
            | Event::Started { task, executor, .. }
            | Event::Skipped { task, executor }
            | Event::Dropped { task, executor }
            | Event::Drained { task, executor }
            | Event::Claimed { task, executor }
            | Event::Warned { task, executor, .. } => {
                self.task(task)?;
                self.executor(executor)
            }
            Event::Finished { task }
            | Event::Failed { task, .. }
            | Event::Ready { task }
            | Event::Dispatched { task }
            | Event::Resumed { task, .. }
            | Event::Relocks { task, .. }
            | Event::LeftWorker { task }
            | Event::TookWorker { task, .. }
            | Event::Swallowed { task } => self.task(task),
            Event::Cancelled { task, by, .. } | Event::Interrupted { task, by } => {
                self.task(task)?;
                self.task(by)
            }
            Event::WorkerStarted { executor, worker } => self.worker_started(executor, worker),
            Event::WorkerStopped { executor, .. } => self.executor(executor),
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
            | Event::Signalled { task, pc, .. }
            | Event::Caught { task, pc, .. }
            | Event::Counted { task, pc, .. } => self.instruction(task, pc).map(|_| ()),
            Event::Received { task, pc, sender } => {
                self.task(sender)?;
                self.instruction(task, pc).map(|_| ())
            }
            Event::Released { task, resource, .. } => {
                self.task(task)?;
                must(resource.index() < self.scenario.resources.len(), "there is no such semaphore or lock")
            }
            Event::Read { task, pc, cell } => self
                .instruction(task, pc)
                .and_then(|_| must(cell.index() < self.scenario.cells.len(), "there is no such cell")),
            Event::Wrote { task, pc, value } => self
                .instruction(task, pc)
                .and_then(|_| must((value as usize) < self.values, "there is no such value")),
            Event::ShutDown { task, pc, executor } | Event::Resized { task, pc, executor } => {
                self.instruction(task, pc)?;
                self.executor(executor)
            }
            Event::SourceEnded { entry } => self.entry(entry),
            Event::Repeated { task, series, .. } => self.repeated(task, series),
        }
    }

    fn repeated(&mut self, task: TaskId, series: TaskId) -> Checked {
        self.task(series)?;
        let kind = self.kinds[series.index()];
        self.create(task, kind)
    }

    fn submitted(&mut self, task: TaskId, parent: TaskId, pc: Pc) -> Checked {
        let Instruction::Submit(submit) = self.instruction(parent, pc)? else {
            return Err("the submitter's instruction is not a submit");
        };
        let program = &self.scenario.tasks[self.kinds[parent.index()].index()].program;
        let kind = program.submits.get(submit.index()).map(|submit| submit.task);
        self.create(task, kind.ok_or("there is no such submit step")?)
    }

    fn create(&mut self, task: TaskId, kind: TaskTypeId) -> Checked {
        must(task.index() == self.kinds.len(), "its task's number is not the next")?;
        self.kinds.push(kind);
        Ok(())
    }

    fn task(&self, task: TaskId) -> Checked {
        must(task.index() < self.kinds.len(), "its task does not exist yet")
    }

    fn executor(&self, executor: ExecutorId) -> Checked {
        must(executor.index() < self.scenario.executors.len(), "there is no such executor")
    }

    fn entry(&self, entry: ArrivalId) -> Checked {
        must(entry.index() < self.scenario.arrivals.len(), "there is no such arrival entry")
    }

    fn instruction(&self, task: TaskId, pc: Pc) -> Result<&Instruction, &'static str> {
        self.task(task)?;
        let program = &self.scenario.tasks[self.kinds[task.index()].index()].program;
        program.code.get(pc.index()).ok_or("its task's program has no such instruction")
    }

    /// Workers take the lowest unused number, so none is above the number of workers there have been.
    fn worker_started(&mut self, executor: ExecutorId, worker: WorkerId) -> Checked {
        self.executor(executor)?;
        let count = &mut self.workers[executor.index()];
        must(worker.0 <= *count, "its worker's number is not the lowest unused one")?;
        *count += 1;
        Ok(())
    }
}
