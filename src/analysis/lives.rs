//! The life of every task of a trace: when it was submitted, started and ended, and where its time went.
//!
//! Invariant: the parts of a life add up to the time from its submission to its end (or to the end of the
//! run). One pass over the trace, one flat entry a task. Statistics over many lives are deliberately
//! absent: see [`super::latency`].

use super::ending::Ending;
use super::names::{Names, Origin};
use super::state::task::End;
use crate::model::executor::ExecutorKind;
use crate::model::id::{ExecutorId, TaskId, TaskTypeId};
use crate::model::program::Instruction;
use crate::model::scenario::Scenario;
use crate::model::time::{Duration, Time};
use crate::trace::Trace;
use crate::trace::event::{Event, Failure, Seat, SubmissionOutcome};
use std::sync::Arc;

/// Where a task's time goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum LifePart {
    /// Held by a delay.
    Delay,
    /// Held back by a cap or a bus.
    Cap,
    /// In a queue, or before a full one, or taken by a worker that is still starting.
    Queue,
    /// On the CPU.
    Cpu,
    /// In an `io` step.
    Io,
    /// Waiting for children, locks, room or a drain; ready without a core; without its worker.
    Waiting,
}

impl LifePart {
    /// Every part, in the order of a life.
    pub const ALL: [LifePart; 6] =
        [LifePart::Delay, LifePart::Cap, LifePart::Queue, LifePart::Cpu, LifePart::Io, LifePart::Waiting];
}

/// One task's life.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct TaskLife {
    /// What it is.
    pub kind: TaskTypeId,
    /// The executor it was first submitted to.
    pub first: ExecutorId,
    /// The executor it came to last: where it ran, if it did.
    pub executor: ExecutorId,
    /// When it was submitted first.
    pub submitted: Time,
    /// How it ended; `None` if it had not at the end of the trace.
    pub end: Option<End>,
    /// When it is to start: at the deadline of the delays that hold it, else at once.
    intended: Time,
    started: Time,
    ended: Time,
    cancelled: Time,
    /// When it was first interrupted.
    interrupted: Time,
    /// When a step first swallowed an interrupt.
    swallowed: Time,
    /// An interrupt was raised in it.
    pub is_interrupted: bool,
    /// What the last `cancel` of it answered.
    pub cancel_returned: Option<bool>,
    /// Nanoseconds in each [`LifePart`].
    parts: [u64; LifePart::ALL.len()],
    part: LifePart,
    since: Time,
    is_fresh: bool,
    in_caller: bool,
    left_worker: bool,
}

fn some(at: Time) -> Option<Time> {
    (at != Time::NEVER).then_some(at)
}

impl TaskLife {
    /// When it started, if it did.
    pub fn started(&self) -> Option<Time> {
        some(self.started)
    }

    /// When it ended, if it did.
    pub fn ended(&self) -> Option<Time> {
        some(self.ended)
    }

    /// When it was cancelled, if it was: its entry may have been met much later.
    pub fn cancelled_at(&self) -> Option<Time> {
        match self.end {
            // The moment of the `cancel` counts, not that of the end which it led to.
            Some(End::Failed(Failure::Cancelled)) => some(self.cancelled.min(self.interrupted)),
            Some(_) | None => some(self.cancelled),
        }
    }

    /// When one of its steps first swallowed an interrupt.
    pub fn swallowed_at(&self) -> Option<Time> {
        some(self.swallowed)
    }

    /// When a cancelled task is gone: one that had started has ended, one that was queued has been met.
    pub fn dropped_at(&self) -> Option<Time> {
        self.ended().filter(|_| self.cancelled_at().is_some())
    }

    /// How long it spent so.
    pub fn spent(&self, part: LifePart) -> Duration {
        Duration(self.parts[part as usize])
    }

    /// From its first submission to its end.
    pub fn latency(&self) -> Option<Duration> {
        self.ended().map(|ended| ended - self.submitted)
    }

    /// When it was to start: at the deadline of the delays that held it, else at its submission.
    pub fn intended(&self) -> Time {
        self.intended
    }

    /// Whether somebody still waits for it to do something: not ended, not cancelled.
    pub fn is_unfinished(&self) -> bool {
        self.end.is_none() && self.cancelled_at().is_none()
    }

    /// What became of it, as every count has it.
    pub fn ending(&self) -> Ending {
        match self.end {
            Some(End::Finished) => Ending::Finished,
            Some(End::Failed(_)) => Ending::Failed,
            Some(End::Cancelled) => Ending::Cancelled,
            Some(End::Rejected(_)) => Ending::Refused,
            Some(End::Discarded) => Ending::Discarded,
            None if self.cancelled_at().is_some() => Ending::Cancelled,
            None => Ending::Unfinished,
        }
    }

    /// The word for its state, as `run --json` has it: `pending` until the task starts.
    pub fn state_word(&self) -> &'static str {
        match self.end {
            _ if self.cancelled_at().is_some() => "cancelled",
            Some(end) => end.word(),
            None if self.started().is_some() => "running",
            None => "pending",
        }
    }

    fn turn(&mut self, at: Time, part: LifePart) {
        self.parts[self.part as usize] += at.since(self.since).0;
        self.since = at;
        self.part = part;
    }
}

/// The lives of all tasks, by task.
pub fn lives(trace: &Trace, names: &Names) -> Vec<TaskLife> {
    let mut narrator = LifeNarrator::new(&trace.scenario);
    for (_, at, event) in trace.events() {
        narrator.apply(at, event, names);
    }
    narrator.finish(trace.outcome.at)
}

/// The lives of the tasks of a trace that is still being read.
pub(super) struct LifeNarrator {
    scenario: Arc<Scenario>,
    lives: Vec<TaskLife>,
}

impl LifeNarrator {
    /// Before the first event.
    pub(super) fn new(scenario: &Arc<Scenario>) -> LifeNarrator {
        LifeNarrator { scenario: Arc::clone(scenario), lives: Vec::new() }
    }

    /// The lives as they are at the end of the run.
    pub(super) fn finish(mut self, end: Time) -> Vec<TaskLife> {
        for life in self.lives.iter_mut().filter(|life| life.end.is_none()) {
            let part = life.part;
            life.turn(end, part);
        }
        self.lives
    }

    /// Takes the next event; `names` know every task that it speaks of.
    pub(super) fn apply(&mut self, at: Time, event: Event, names: &Names) {
        match event {
            Event::Arrived { task, entry, fate } => {
                let to = self.scenario.arrivals[entry.index()].to;
                self.create(at, task, to, fate, names);
            }
            Event::Submitted { task, parent, fate, .. } => self.submitted(at, task, parent, fate, names),
            Event::Entered { task, executor, fate } => self.entered(at, task, executor, fate, names),
            Event::Repeated { task, series, fate } => self.repeated(at, task, series, fate, names),
            Event::Started { task, seat, .. } => self.started(at, task, seat, names),
            Event::Finished { task } => self.ended(at, task, End::Finished, names),
            Event::Failed { task, failure } => {
                self.raised(task, failure);
                self.ended(at, task, End::Failed(failure), names);
            }
            Event::Skipped { task, .. } => self.ended(at, task, End::Cancelled, names),
            Event::Dropped { task, .. } => self.dropped(at, task, names),
            Event::Cancelled { task, succeeded, .. } => self.cancelled(at, task, succeeded),
            Event::Ran { task, .. } | Event::Yielded { task, .. } => self.turn(at, task, LifePart::Cpu),
            Event::Blocked { task, .. } => self.turn(at, task, LifePart::Io),
            Event::Ready { task } => self.ready(at, task),
            Event::Dispatched { task } => {
                let fresh =
                    self.lives.get_mut(task.index()).is_some_and(|life| std::mem::take(&mut life.is_fresh));
                self.turn(at, task, if fresh { LifePart::Io } else { LifePart::Cpu });
            }
            Event::Waiting { task, .. } => self.turn(at, task, LifePart::Waiting),
            Event::Resumed { task, .. } => {
                let left = self.lives.get(task.index()).is_some_and(|life| life.left_worker);
                self.turn(at, task, if left { LifePart::Waiting } else { LifePart::Cpu });
            }
            Event::LeftWorker { task } => {
                if let Some(life) = self.lives.get_mut(task.index()) {
                    life.left_worker = true;
                }
            }
            Event::TookWorker { task, .. } => {
                self.turn(at, task, LifePart::Cpu);
                if let Some(life) = self.lives.get_mut(task.index()) {
                    life.left_worker = false;
                }
            }
            Event::WorkerStarted { .. }
            | Event::WorkerStopped { .. }
            | Event::Passed { .. }
            | Event::Acquired { .. }
            | Event::Released { .. }
            | Event::Read { .. }
            | Event::Wrote { .. }
            | Event::Noted { .. }
            | Event::Warned { .. }
            | Event::ShutDown { .. }
            | Event::Claimed { .. }
            | Event::Drained { .. }
            | Event::Resized { .. }
            | Event::Sent { .. }
            | Event::Received { .. }
            | Event::Closed { .. }
            | Event::FoundClosed { .. }
            | Event::Signalled { .. }
            | Event::Relocks { .. }
            | Event::Counted { .. }
            | Event::SourceEnded { .. } => {}
            Event::Interrupted { .. } | Event::Swallowed { .. } | Event::Caught { .. } => {
                self.interrupted(at, event);
            }
        }
    }

    fn cancelled(&mut self, at: Time, task: TaskId, succeeded: bool) {
        if let Some(life) = self.lives.get_mut(task.index()) {
            life.cancel_returned = Some(succeeded);
            if succeeded && life.end.is_none() {
                life.cancelled = life.cancelled.min(at);
            }
        }
    }

    /// An interrupt on its way, and what is caught.
    fn interrupted(&mut self, at: Time, event: Event) {
        match event {
            Event::Interrupted { task, .. } => {
                if let Some(life) = self.lives.get_mut(task.index()).filter(|life| life.end.is_none()) {
                    life.interrupted = life.interrupted.min(at);
                    life.cancel_returned = Some(true);
                }
            }
            Event::Swallowed { task } => {
                if let Some(life) = self.lives.get_mut(task.index()) {
                    life.swallowed = life.swallowed.min(at);
                }
            }
            Event::Caught { task, failure, .. } => {
                self.turn(at, task, LifePart::Cpu);
                self.raised(task, failure);
            }
            _ => {}
        }
    }

    /// What the task raised may be the interrupt that it was sent.
    fn raised(&mut self, task: TaskId, failure: Failure) {
        if let Some(life) = self.lives.get_mut(task.index()) {
            life.is_interrupted |= matches!(failure, Failure::Interrupted | Failure::Cancelled);
        }
    }

    fn entered(
        &mut self,
        at: Time,
        task: TaskId,
        executor: ExecutorId,
        fate: SubmissionOutcome,
        names: &Names,
    ) {
        if let Some(life) = self.lives.get_mut(task.index()) {
            life.executor = executor;
            // A delay of a drawn length has come to its end.
            if life.part == LifePart::Delay && life.intended == Time::NEVER {
                life.intended = at;
            }
        }
        self.settle(at, task, executor, fate, names);
    }

    /// A cancelled entry that is dropped is cancelled none the less.
    fn dropped(&mut self, at: Time, task: TaskId, names: &Names) {
        let cancelled = self.lives.get(task.index()).is_some_and(|l| l.cancelled_at().is_some());
        self.ended(at, task, if cancelled { End::Cancelled } else { End::Discarded }, names);
    }

    fn create(&mut self, at: Time, task: TaskId, to: ExecutorId, fate: SubmissionOutcome, names: &Names) {
        if task.index() != self.lives.len() || task.index() >= names.len() {
            return;
        }
        self.lives.push(TaskLife {
            kind: names.kind(task),
            first: to,
            executor: to,
            submitted: at,
            end: None,
            intended: at,
            started: Time::NEVER,
            ended: Time::NEVER,
            cancelled: Time::NEVER,
            interrupted: Time::NEVER,
            swallowed: Time::NEVER,
            is_interrupted: false,
            cancel_returned: None,
            parts: [0; LifePart::ALL.len()],
            part: LifePart::Queue,
            since: at,
            is_fresh: false,
            in_caller: false,
            left_worker: false,
        });
        self.settle(at, task, to, fate, names);
    }

    fn submitted(&mut self, at: Time, task: TaskId, parent: TaskId, fate: SubmissionOutcome, names: &Names) {
        if task.index() >= names.len() {
            return;
        }
        let Origin::Child { submit, .. } = names.origin(task) else { return };
        let Some(by) = self.lives.get_mut(parent.index()) else { return };
        if fate == SubmissionOutcome::Blocked {
            by.turn(at, LifePart::Waiting);
        }
        let program = &self.scenario.tasks[by.kind.index()].program;
        let to = program.submits[submit.index()].to.unwrap_or(by.first);
        self.create(at, task, to, fate, names);
    }

    /// A run of a series begins where the series is.
    fn repeated(&mut self, at: Time, task: TaskId, series: TaskId, fate: SubmissionOutcome, names: &Names) {
        if let Some(to) = self.lives.get(series.index()).map(|life| life.executor) {
            self.create(at, task, to, fate, names);
        }
    }

    fn settle(
        &mut self,
        at: Time,
        task: TaskId,
        executor: ExecutorId,
        fate: SubmissionOutcome,
        names: &Names,
    ) {
        let part = match fate {
            SubmissionOutcome::Held | SubmissionOutcome::Passed => {
                match self.scenario.executors[executor.index()].kind {
                    ExecutorKind::Delay { .. } | ExecutorKind::Scheduled { .. } => LifePart::Delay,
                    ExecutorKind::Cap { .. } | ExecutorKind::Bus { .. } => LifePart::Cap,
                    ExecutorKind::Threads { .. }
                    | ExecutorKind::Green { .. }
                    | ExecutorKind::Dynamic { .. }
                    | ExecutorKind::Elastic { .. }
                    | ExecutorKind::ForkJoin { .. }
                    | ExecutorKind::Inline => LifePart::Queue,
                }
            }
            SubmissionOutcome::Taken
            | SubmissionOutcome::Queued
            | SubmissionOutcome::Blocked
            | SubmissionOutcome::InCaller => LifePart::Queue,
            SubmissionOutcome::Full
            | SubmissionOutcome::ShutDown
            | SubmissionOutcome::Guarded
            | SubmissionOutcome::Leaf => {
                return self.ended(at, task, End::Rejected(fate), names);
            }
            SubmissionOutcome::Dropped => return self.ended(at, task, End::Discarded, names),
        };
        if part == LifePart::Delay {
            let length = self.delay_of(task, executor, names);
            if let Some(life) = self.lives.get_mut(task.index()) {
                life.intended = length.map_or(Time::NEVER, |length| at + length);
            }
        }
        self.turn(at, task, part);
    }

    fn ready(&mut self, at: Time, task: TaskId) {
        if let Some(life) = self.lives.get_mut(task.index()) {
            life.is_fresh &= life.since == at;
            life.turn(at, LifePart::Waiting);
        }
    }

    /// How long a delay holds a task; `None` if that is drawn.
    fn delay_of(&self, task: TaskId, executor: ExecutorId, names: &Names) -> Option<Duration> {
        let after = match names.origin(task) {
            Origin::Child { parent, submit, .. } => {
                let program = &self.scenario.tasks[names.kind(parent).index()].program;
                let after = program.submits[submit.index()].after;
                after.map(|draw| program.draws[draw.index()].distribution.fixed())
            }
            Origin::Arrival(_) | Origin::Run { .. } => None,
        };
        match (&self.scenario.executors[executor.index()].kind, after) {
            (ExecutorKind::Delay { .. } | ExecutorKind::Scheduled { .. }, Some(after)) => after,
            (ExecutorKind::Delay { delay, .. }, None) => delay.fixed(),
            (
                ExecutorKind::Threads { .. }
                | ExecutorKind::Green { .. }
                | ExecutorKind::Dynamic { .. }
                | ExecutorKind::Elastic { .. }
                | ExecutorKind::ForkJoin { .. }
                | ExecutorKind::Scheduled { .. }
                | ExecutorKind::Inline
                | ExecutorKind::Cap { .. }
                | ExecutorKind::Bus { .. },
                _,
            ) => None,
        }
    }

    fn started(&mut self, at: Time, task: TaskId, seat: Seat, names: &Names) {
        let Some(life) = self.lives.get_mut(task.index()).filter(|life| life.end.is_none()) else { return };
        let first = self.scenario.tasks[life.kind.index()].program.code.first();
        life.is_fresh = matches!(first, Some(Instruction::Io(..)));
        life.in_caller = seat == Seat::Caller;
        life.started = at;
        let part = if life.is_fresh { LifePart::Io } else { LifePart::Cpu };
        life.turn(at, part);
        if seat == Seat::Caller
            && let Some(parent) = names.parent(task)
        {
            self.turn(at, parent, LifePart::Waiting);
        }
    }

    fn ended(&mut self, at: Time, task: TaskId, end: End, names: &Names) {
        let Some(life) = self.lives.get_mut(task.index()).filter(|life| life.end.is_none()) else { return };
        let part = life.part;
        life.turn(at, part);
        life.end = Some(end);
        life.ended = at;
        if life.in_caller
            && let Some(parent) = names.parent(task)
        {
            self.turn(at, parent, LifePart::Cpu);
        }
    }

    fn turn(&mut self, at: Time, task: TaskId, part: LifePart) {
        if let Some(life) = self.lives.get_mut(task.index()).filter(|life| life.end.is_none()) {
            life.turn(at, part);
        }
    }
}
