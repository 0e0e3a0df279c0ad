//! The events of a run in plain words, one line each: what a screen reader reads, and what anyone can step
//! through.
//!
//! Invariant: line `i` is event `i` of the trace and is put together on demand, so a list of a million
//! costs what is seen of it. A line says who did what, to whom, where; it explains nothing.

use super::words;
use crate::analysis::digest::Digest;
use crate::analysis::names::{Origin, submit_at};
use crate::model::id::{CellId, ExecutorId, Pc, TaskId};
use crate::model::program::Instruction;
use crate::model::time::Time;
use crate::trace::event::{Event, EventId, Seat, SubmissionOutcome, WakeReason, Warning};
use std::ops::Range;

/// How much an event matters to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventImportance {
    /// Bookkeeping: a worker starts, a source ends.
    Minor,
    /// The ordinary course.
    Plain,
    /// A failure, a rejection, a timeout, a warning.
    Trouble,
    /// The event completed a deadlock or a stall.
    Hang,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventListLine {
    /// Event that the line tells.
    pub event: EventId,
    /// Instant of the event.
    pub at: Time,
    /// What it says, a sentence without a full stop.
    pub text: String,
    /// The task it is about.
    pub task: Option<TaskId>,
    /// How much it matters.
    pub weight: EventImportance,
}

/// How many lines there are.
pub fn count(digest: &Digest<'_>) -> u32 {
    digest.trace().len() as u32
}

/// The lines of a range (cut to those that there are).
pub fn lines(digest: &Digest<'_>, range: Range<u32>) -> Vec<EventListLine> {
    (range.start..range.end.min(count(digest))).map(|at| line(digest, EventId(at))).collect()
}

/// The range of `rows` lines that has the cursor in it, after `count` events: two thirds of them before it.
pub fn around(digest: &Digest<'_>, count_so_far: u32, rows: u32) -> Range<u32> {
    let all = count(digest);
    let first = count_so_far.saturating_sub(rows * 2 / 3).min(all.saturating_sub(rows));
    first..(first + rows).min(all)
}

/// One line.
///
/// # Panics
/// If there is no such event.
pub fn line(digest: &Digest<'_>, id: EventId) -> EventListLine {
    let event = digest.trace().event(id);
    let narrator = EventNarrator { digest };
    let (task, mut text, mut weight) = narrator.describe(event);
    let findings = &digest.findings;
    if findings.deadlocks.iter().any(|hang| hang.event == id) {
        text.push_str(": this completes a deadlock");
        weight = EventImportance::Hang;
    } else if findings.stalls.iter().any(|stall| stall.event == id) {
        text.push_str(": this completes a stall");
        weight = EventImportance::Hang;
    }
    EventListLine { event: id, at: digest.trace().at(id), text, task, weight }
}

struct EventNarrator<'a> {
    digest: &'a Digest<'a>,
}

type EventText = (Option<TaskId>, String, EventImportance);

fn plain(task: TaskId, text: String) -> EventText {
    (Some(task), text, EventImportance::Plain)
}

fn trouble(task: TaskId, text: String) -> EventText {
    (Some(task), text, EventImportance::Trouble)
}

impl EventNarrator<'_> {
    fn name(&self, task: TaskId) -> String {
        self.digest.names.name(task)
    }

    /// What a task takes its turns on, where it runs.
    fn processor(&self, task: TaskId) -> &'static str {
        let executor = self.digest.lives[task.index()].executor;
        words::processor(&self.digest.trace().scenario.executors[executor.index()])
    }

    fn executor(&self, executor: ExecutorId) -> &str {
        &self.digest.trace().scenario.executors[executor.index()].name
    }

    fn cell(&self, cell: CellId, task: TaskId) -> String {
        let cell = &self.digest.trace().scenario.cells[cell.index()];
        match self.digest.names.key(task).filter(|_| cell.per_key) {
            Some(key) => format!("{}[{key}]", cell.name),
            None => cell.name.clone(),
        }
    }

    fn instruction(&self, task: TaskId, pc: Pc) -> Option<&Instruction> {
        let kind = self.digest.names.kind(task);
        self.digest.trace().scenario.tasks[kind.index()].program.code.get(pc.index())
    }

    /// The text of the step at an instruction: `run 1s`.
    fn step(&self, task: TaskId, pc: Pc) -> &str {
        let kind = self.digest.names.kind(task);
        let program = &self.digest.trace().scenario.tasks[kind.index()].program;
        let step = program.step_of.get(pc.index()).and_then(|step| program.steps.get(*step as usize));
        step.map_or("", |step| step.text.as_str())
    }

    fn describe(&self, event: Event) -> EventText {
        match event {
            Event::Arrived { .. }
            | Event::Submitted { .. }
            | Event::Entered { .. }
            | Event::Started { .. }
            | Event::Finished { .. }
            | Event::Failed { .. }
            | Event::Cancelled { .. }
            | Event::Skipped { .. }
            | Event::Dropped { .. }
            | Event::Drained { .. }
            | Event::WorkerStarted { .. }
            | Event::WorkerStopped { .. }
            | Event::Repeated { .. }
            | Event::Claimed { .. }
            | Event::SourceEnded { .. } => self.describe_lifecycle(event),
            Event::Ran { .. }
            | Event::Blocked { .. }
            | Event::Yielded { .. }
            | Event::Ready { .. }
            | Event::Dispatched { .. }
            | Event::Waiting { .. }
            | Event::Passed { .. }
            | Event::Resumed { .. }
            | Event::Relocks { .. }
            | Event::Interrupted { .. }
            | Event::Swallowed { .. }
            | Event::Caught { .. }
            | Event::LeftWorker { .. }
            | Event::TookWorker { .. }
            | Event::Noted { .. } => self.describe_progress(event),
            Event::Acquired { .. }
            | Event::Released { .. }
            | Event::Read { .. }
            | Event::Wrote { .. }
            | Event::Warned { .. }
            | Event::Resized { .. }
            | Event::ShutDown { .. }
            | Event::Signalled { .. }
            | Event::Counted { .. }
            | Event::Sent { .. }
            | Event::Received { .. }
            | Event::Closed { .. }
            | Event::FoundClosed { .. } => self.describe_use(event),
        }
    }

    /// How a task or a worker comes and goes.
    fn describe_lifecycle(&self, event: Event) -> EventText {
        match event {
            Event::Arrived { task, entry, fate } => {
                let to = self.digest.trace().scenario.arrivals[entry.index()].to;
                self.submitted(task, format!("{} arrives", self.name(task)), to, fate)
            }
            Event::Submitted { task, parent, pc, fate } => {
                let to = self.target(task, parent, pc);
                let text = format!("{} submits {}", self.name(parent), self.name(task));
                self.submitted(task, text, to, fate)
            }
            Event::Entered { task, executor, fate } => {
                self.submitted(task, format!("{} is handed over", self.name(task)), executor, fate)
            }
            Event::Started { task, executor, worker, seat } => {
                let place = self.executor(executor);
                let on = match seat {
                    Seat::Worker => format!("on worker {} of {place}", worker.0),
                    Seat::Above => {
                        format!("on worker {} of {place}, above the task that waits there", worker.0)
                    }
                    Seat::Caller => "inside its submitter".to_owned(),
                    Seat::Own => "on a thread of its own".to_owned(),
                    Seat::Scheduler => format!("on the scheduler thread of {place}"),
                };
                plain(task, format!("{} starts {on}", self.name(task)))
            }
            Event::Finished { task } => plain(task, format!("{} finishes", self.name(task))),
            Event::Failed { task, failure } => {
                trouble(task, format!("{} fails: {}", self.name(task), words::why_failed(failure)))
            }
            Event::Cancelled { task, by, succeeded } => self.cancelled(task, by, succeeded),
            Event::Skipped { task, executor } => {
                let text =
                    format!("{} was cancelled and leaves {}", self.name(task), self.executor(executor));
                plain(task, text)
            }
            Event::Dropped { task, executor } => {
                let text = format!(
                    "{} is dropped from {} for a later one",
                    self.name(task),
                    self.executor(executor)
                );
                trouble(task, text)
            }
            Event::WorkerStarted { executor, worker } => (
                None,
                format!("worker {} of {} starts", worker.0, self.executor(executor)),
                EventImportance::Minor,
            ),
            Event::WorkerStopped { executor, worker } => (
                None,
                format!("worker {} of {} ends", worker.0, self.executor(executor)),
                EventImportance::Minor,
            ),
            Event::SourceEnded { entry } => {
                let kind = self.digest.trace().scenario.arrivals[entry.index()].task;
                let name = &self.digest.trace().scenario.tasks[kind.index()].name;
                (None, format!("no more {name} will arrive"), EventImportance::Minor)
            }
            Event::Repeated { task, series, .. } => self.repeated(task, series),
            Event::Claimed { task, executor } => self.claimed(task, executor),
            Event::Drained { task, executor } => self.drained(task, executor),
            _ => unreachable!("described elsewhere"),
        }
    }

    fn cancelled(&self, task: TaskId, by: TaskId, succeeded: bool) -> EventText {
        let (name, by) = (self.name(task), self.name(by));
        plain(
            task,
            match succeeded {
                true => format!("{by} cancels {name}"),
                false => format!("{by} tries to cancel {name}, which has started or ended"),
            },
        )
    }

    fn repeated(&self, task: TaskId, series: TaskId) -> EventText {
        plain(task, format!("{} begins, a run of {}", self.name(task), self.name(series)))
    }

    fn drained(&self, task: TaskId, executor: ExecutorId) -> EventText {
        let (place, name) = (self.executor(executor), self.name(task));
        trouble(task, format!("{place} hands {name} back: nobody will run it"))
    }

    fn claimed(&self, task: TaskId, executor: ExecutorId) -> EventText {
        let (place, name) = (self.executor(executor), self.name(task));
        plain(task, format!("{place} claims {name}, which can no longer be cancelled"))
    }

    /// How a task goes on in its program: it runs, waits, and is woken.
    fn describe_progress(&self, event: Event) -> EventText {
        match event {
            Event::Ran { task, pc } | Event::Blocked { task, pc } | Event::Yielded { task, pc } => {
                plain(task, format!("{} begins {}", self.name(task), self.step(task, pc)))
            }
            Event::Ready { task } => {
                plain(task, format!("{} is ready and waits for {}", self.name(task), self.processor(task)))
            }
            Event::Dispatched { task } => {
                plain(task, format!("{} has {} again", self.name(task), self.processor(task)))
            }
            Event::Waiting { task, pc } => {
                plain(task, format!("{} waits for {}", self.name(task), self.awaited(task, pc)))
            }
            Event::Passed { task, pc } => {
                plain(task, format!("{} finds {} done already", self.name(task), self.awaited(task, pc)))
            }
            Event::Resumed { task, why: WakeReason::Done } => {
                plain(task, format!("{} goes on", self.name(task)))
            }
            Event::Resumed { task, why: WakeReason::TimedOut } => {
                trouble(task, format!("{} gives up waiting: its timeout has expired", self.name(task)))
            }
            Event::Resumed { task, why: WakeReason::Raises } => {
                trouble(task, format!("{} goes on with an exception", self.name(task)))
            }
            Event::Interrupted { task, by } => {
                trouble(task, format!("{} interrupts {}", self.name(by), self.name(task)))
            }
            Event::Swallowed { task } => {
                plain(task, format!("{} swallows the interrupt and goes on", self.name(task)))
            }
            Event::Caught { task, failure, .. } => {
                plain(task, format!("{} catches a failure: {}", self.name(task), words::why_failed(failure)))
            }
            Event::LeftWorker { task } => {
                plain(task, format!("{} gives its worker back while it waits", self.name(task)))
            }
            Event::TookWorker { task, worker } => {
                plain(task, format!("{} has a worker again: number {}", self.name(task), worker.0))
            }
            Event::Noted { task, pc } => {
                let text = match self.instruction(task, pc) {
                    Some(Instruction::Note(literal)) => {
                        let kind = self.digest.names.kind(task);
                        let program = &self.digest.trace().scenario.tasks[kind.index()].program;
                        program.literals[literal.index()].to_string()
                    }
                    _ => self.step(task, pc).to_owned(),
                };
                plain(task, format!("{}: {text}", self.name(task)))
            }
            Event::Relocks { task, .. } => plain(
                task,
                format!("{} waits on its condition no longer and needs the lock", self.name(task)),
            ),
            _ => unreachable!("described elsewhere"),
        }
    }

    /// What a task does to what it shares with others.
    fn describe_use(&self, event: Event) -> EventText {
        match event {
            Event::Acquired { task, pc } => {
                plain(task, format!("{} takes {}", self.name(task), self.awaited(task, pc)))
            }
            Event::Released { task, resource, .. } => {
                let name = &self.digest.trace().scenario.resources[resource.index()].name;
                plain(task, format!("{} gives {name} back", self.name(task)))
            }
            Event::Read { task, cell, .. } => {
                plain(task, format!("{} reads {}", self.name(task), self.cell(cell, task)))
            }
            Event::Wrote { task, pc, value } => self.wrote(task, pc, value),
            Event::Warned { task, executor, warning } => {
                let (name, place) = (self.name(task), self.executor(executor));
                let text = match warning {
                    Warning::Backlog => format!("{place} seems too small: {name} was queued behind others"),
                    Warning::Guard => format!("{name} goes to {place}, which its waiting ancestors occupy"),
                    Warning::Leaf => format!("{name} is waited for by a task of a leaf executor"),
                };
                trouble(task, text)
            }
            Event::Resized { task, pc, executor } => plain(
                task,
                format!("{} resizes {}: {}", self.name(task), self.executor(executor), self.step(task, pc)),
            ),
            Event::ShutDown { task, executor, .. } => {
                plain(task, format!("{} shuts {} down", self.name(task), self.executor(executor)))
            }
            Event::Signalled { task, pc, count: 0 } => {
                let text = format!(
                    "{} notifies {}: nobody waits, so it is lost",
                    self.name(task),
                    self.shared(task, pc)
                );
                trouble(task, text)
            }
            Event::Signalled { task, pc, count } => plain(
                task,
                format!("{} notifies {}: {count} wake up", self.name(task), self.shared(task, pc)),
            ),
            Event::Counted { task, pc, left } => {
                plain(task, format!("{} sets {} to {left}", self.name(task), self.shared(task, pc)))
            }
            Event::Sent { task, pc } => {
                plain(task, format!("{} sends to {}", self.name(task), self.shared(task, pc)))
            }
            Event::Received { task, pc, sender } => {
                let from = format!("the message of {} from {}", self.name(sender), self.shared(task, pc));
                plain(task, format!("{} receives {from}", self.name(task)))
            }
            Event::Closed { task, pc } => {
                plain(task, format!("{} closes {}", self.name(task), self.shared(task, pc)))
            }
            Event::FoundClosed { task, pc } => {
                plain(task, format!("{} finds {} closed", self.name(task), self.shared(task, pc)))
            }
            _ => unreachable!("described elsewhere"),
        }
    }

    /// The shared thing that an instruction names.
    fn shared(&self, task: TaskId, pc: Pc) -> &str {
        let shared = self.instruction(task, pc).and_then(Instruction::shared);
        shared.map_or("a shared thing", |shared| &self.digest.trace().scenario.shared[shared.index()].name)
    }

    fn wrote(&self, task: TaskId, pc: Pc, value: u32) -> EventText {
        let cell = match self.instruction(task, pc) {
            Some(Instruction::Write(cell, _) | Instruction::Add(cell, _)) => self.cell(*cell, task),
            _ => "a cell".to_owned(),
        };
        let value = self.digest.trace().values.get(value as usize);
        let value = value.map_or_else(String::new, ToString::to_string);
        plain(task, format!("{} writes {value} to {cell}", self.name(task)))
    }

    fn awaited(&self, task: TaskId, pc: Pc) -> String {
        let kind = self.digest.names.kind(task);
        let program = &self.digest.trace().scenario.tasks[kind.index()].program;
        let what = self.instruction(task, pc).and_then(|at| words::awaited(self.digest, program, at));
        what.unwrap_or_else(|| self.step(task, pc).to_owned())
    }

    /// Where a `submit` goes.
    fn target(&self, task: TaskId, parent: TaskId, pc: Pc) -> ExecutorId {
        let own = self.digest.lives[parent.index()].first;
        let kind = self.digest.names.kind(parent);
        let scenario = &self.digest.trace().scenario;
        let submit = match self.digest.names.origin(task) {
            Origin::Child { submit, .. } => Some(submit),
            Origin::Arrival(_) | Origin::Run { .. } => submit_at(scenario, kind, pc),
        };
        submit.and_then(|at| scenario.tasks[kind.index()].program.submits[at.index()].to).unwrap_or(own)
    }

    fn submitted(&self, task: TaskId, what: String, to: ExecutorId, fate: SubmissionOutcome) -> EventText {
        let place = self.executor(to);
        match fate {
            SubmissionOutcome::Taken => plain(task, format!("{what}, a worker of {place} takes it")),
            SubmissionOutcome::Queued => plain(task, format!("{what}, it is queued on {place}")),
            SubmissionOutcome::Held => plain(task, format!("{what}, {place} holds it back")),
            SubmissionOutcome::Passed => plain(task, format!("{what}, {place} passes it on")),
            SubmissionOutcome::Blocked => {
                plain(task, format!("{what} and finds no room in {place}: the submitter waits"))
            }
            SubmissionOutcome::InCaller => plain(task, format!("{what}, the submitter runs it itself")),
            SubmissionOutcome::Full
            | SubmissionOutcome::ShutDown
            | SubmissionOutcome::Guarded
            | SubmissionOutcome::Leaf => {
                trouble(task, format!("{what}, {place} refuses it: {}", words::why_rejected(fate)))
            }
            SubmissionOutcome::Dropped => trouble(task, format!("{what}, {place} drops it for lack of room")),
        }
    }
}
