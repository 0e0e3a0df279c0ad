//! One task at the cursor: its program with the step it is at, the state of its future, where its time went
//! so far, its parent and children.
//!
//! Invariant: an inspector is made once for a task, in one pass over the trace, and keeps only that task's
//! own events; a view of it at a cursor costs as much as the task has steps. Times add up to the age of the
//! task at the cursor.

use super::chart::RunChart;
use super::words;
use crate::analysis::digest::Digest;
use crate::analysis::lives::LifePart;
use crate::analysis::state::task::End;
use crate::model::executor::ExecutorKind;
use crate::model::id::{ExecutorId, Pc, TaskId};
use crate::model::program::Instruction;
use crate::model::time::{Duration, Time};
use crate::trace::event::{Event, EventId, SubmissionOutcome};

/// Whether a step is behind, here, or ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepProgress {
    /// It has been done at least once.
    Done,
    /// The task is at it.
    Current,
    /// It has not been reached.
    Ahead,
}

/// One step of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InspectedStep {
    /// Its text, as the document has it.
    pub text: String,
    /// How many blocks it stands in.
    pub depth: u8,
    /// Where the task is with it.
    pub progress: StepProgress,
    /// How often it has begun, where the trace tells; a step in a loop may have begun many times.
    pub times: u32,
}

/// What a part of a task's life is called.
pub fn part_words(part: LifePart) -> &'static str {
    match part {
        LifePart::Delay => "held by a delay",
        LifePart::Cap => "held by a cap or bus",
        LifePart::Queue => "queued",
        LifePart::Cpu => "on the CPU",
        LifePart::Io => "in I/O",
        LifePart::Waiting => "waiting",
    }
}

/// A task at a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InspectedTask {
    /// Task that is inspected.
    pub task: TaskId,
    /// Name of the task.
    pub name: String,
    /// Its key, if it has one.
    pub key: Option<String>,
    /// What it is doing: `waits for net`, `not submitted yet`.
    pub doing: String,
    /// The state of its future: `pending`, `running`, `finished` …
    pub future: &'static str,
    /// Steps of its program.
    pub steps: Vec<InspectedStep>,
    /// Where its time went so far; parts of no length are left out.
    pub spent: Vec<(LifePart, Duration)>,
    /// When it was submitted.
    pub submitted: Time,
    /// When it started, if it had by then.
    pub started: Option<Time>,
    /// When it ended, if it had by then.
    pub ended: Option<Time>,
    /// Task that submitted it.
    pub parent: Option<TaskId>,
    /// Its children that had been submitted by then, each with its name and what it is doing.
    pub children: Vec<(TaskId, String, String)>,
}

/// A task's own events.
#[derive(Clone, Debug)]
pub struct TaskInspector {
    task: TaskId,
    own: Vec<(EventId, Time, Event)>,
}

/// How many children a view lists.
const MAX_CHILDREN: usize = 50;

impl TaskInspector {
    /// Gathers the events of a task; `None` if there is no such task.
    pub fn new(digest: &Digest<'_>, task: TaskId) -> Option<TaskInspector> {
        let life = digest.lives.get(task.index())?;
        let trace = digest.trace();
        let first = trace.records.partition_point(|record| record.at < life.submitted);
        let last = life.ended().map_or(trace.len(), |end| trace.count_until(end));
        let own = (first..last.max(first)).filter_map(|at| {
            let id = EventId(at as u32);
            let event = trace.event(id);
            concerns(event, task).then(|| (id, trace.at(id), event))
        });
        Some(TaskInspector { task, own: own.collect() })
    }

    /// Returns the task that is inspected.
    pub fn task(&self) -> TaskId {
        self.task
    }

    /// The task's own events: when it did what.
    pub fn events(&self) -> impl Iterator<Item = (EventId, Time)> + '_ {
        self.own.iter().map(|(id, at, _)| (*id, *at))
    }

    /// The task after the first `count` events, at instant `now`.
    pub fn at(&self, digest: &Digest<'_>, chart: &RunChart, count: u32, now: Time) -> InspectedTask {
        let names = &digest.names;
        let life = &digest.lives[self.task.index()];
        let so_far = &self.own[..self.own.partition_point(|(id, _, _)| id.0 < count)];
        let mut course = TaskProgressTracker::new(digest, self.task);
        so_far.iter().for_each(|(_, at, event)| course.apply(*at, *event));
        let state = digest.lens.state(count);
        let doing = |id: TaskId| match (state.task(id), digest.lives[id.index()].end) {
            (Some(task), _) => words::doing(digest, &state, task),
            (None, Some(end)) if state.created() > id.0 => words::ended(end),
            (None, _) => "not submitted yet".to_owned(),
        };
        let past = |at: Option<Time>| at.filter(|_| course.is_created).filter(|at| *at <= now);
        let children = chart.children(self.task).iter().filter(|child| child.0 < state.created());
        InspectedTask {
            task: self.task,
            name: names.name(self.task),
            key: names.key(self.task).map(|key| key.to_string()),
            doing: doing(self.task),
            future: course.future(),
            steps: course.steps(),
            spent: course.spent(now),
            submitted: life.submitted,
            started: past(life.started()).filter(|_| course.has_started),
            ended: past(life.ended()).filter(|_| course.end.is_some()),
            parent: names.parent(self.task),
            children: children.take(MAX_CHILDREN).map(|id| (*id, names.name(*id), doing(*id))).collect(),
        }
    }
}

/// Whether an event belongs to the course of a task.
fn concerns(event: Event, of: TaskId) -> bool {
    match event {
        // A warning is what an executor logs.
        Event::Warned { .. } => false,
        Event::Submitted { task, parent: other, .. }
        | Event::Interrupted { task, by: other }
        | Event::Repeated { task, series: other, .. } => task == of || other == of,
        event => event.task() == Some(of),
    }
}

/// A task's way through its events.
struct TaskProgressTracker<'a> {
    digest: &'a Digest<'a>,
    task: TaskId,
    is_created: bool,
    has_started: bool,
    is_cancelled: bool,
    end: Option<End>,
    pc: Pc,
    part: LifePart,
    since: Time,
    spent: [u64; 6],
    /// How often each step has begun.
    begun: Vec<u32>,
    /// Whether the task has started and none of its steps has an event yet: the first step has begun, and its event
    /// is still to come.
    is_fresh: bool,
}

impl<'a> TaskProgressTracker<'a> {
    fn new(digest: &'a Digest<'a>, task: TaskId) -> TaskProgressTracker<'a> {
        let program = &digest.trace().scenario.tasks[digest.names.kind(task).index()].program;
        TaskProgressTracker {
            digest,
            task,
            is_created: false,
            has_started: false,
            is_cancelled: false,
            end: None,
            pc: Pc(0),
            part: LifePart::Queue,
            since: digest.lives[task.index()].submitted,
            spent: [0; 6],
            begun: vec![0; program.steps.len()],
            is_fresh: false,
        }
    }

    fn program(&self) -> &'a crate::model::program::Program {
        &self.digest.trace().scenario.tasks[self.digest.names.kind(self.task).index()].program
    }

    fn turn(&mut self, at: Time, part: LifePart) {
        self.spent[self.part as usize] += at.since(self.since).0;
        (self.since, self.part) = (at, part);
    }

    fn reach(&mut self, pc: Pc) {
        let was_begun = std::mem::take(&mut self.is_fresh) && self.pc == pc;
        self.pc = pc;
        if was_begun {
            return;
        }
        if let Some(step) = self.program().step_of.get(pc.index()) {
            self.begun[*step as usize] += 1;
        }
    }

    fn created(&mut self, at: Time, fate: SubmissionOutcome) {
        self.is_created = true;
        let to = self.digest.lives[self.task.index()].first;
        self.settle(at, to, fate);
    }

    fn apply(&mut self, at: Time, event: Event) {
        match event {
            Event::Submitted { parent, pc, fate, .. } if parent == self.task => {
                self.reach(pc);
                let blocked = fate == SubmissionOutcome::Blocked || fate == SubmissionOutcome::InCaller;
                self.turn(at, if blocked { LifePart::Waiting } else { LifePart::Cpu });
            }
            Event::Arrived { fate, .. } | Event::Submitted { fate, .. } => self.created(at, fate),
            Event::Entered { executor, fate, .. } => self.settle(at, executor, fate),
            Event::Started { .. } => {
                self.has_started = true;
                self.reach(Pc(0));
                self.is_fresh = true;
                let io = matches!(self.program().code.first(), Some(Instruction::Io(..)));
                self.turn(at, if io { LifePart::Io } else { LifePart::Cpu });
            }
            Event::Finished { .. } => self.ended(at, End::Finished),
            Event::Failed { failure, .. } => self.ended(at, End::Failed(failure)),
            Event::Skipped { .. } => self.ended(at, End::Cancelled),
            Event::Dropped { .. } => self.ended(at, End::Discarded),
            Event::Cancelled { succeeded, .. } => self.is_cancelled |= succeeded,
            Event::Caught { pc, .. } => self.step(at, pc, LifePart::Cpu),
            Event::Ran { pc, .. } | Event::Yielded { pc, .. } => self.step(at, pc, LifePart::Cpu),
            Event::Blocked { pc, .. } => self.step(at, pc, LifePart::Io),
            Event::Waiting { pc, .. } => self.step(at, pc, LifePart::Waiting),
            Event::Passed { pc, .. }
            | Event::Read { pc, .. }
            | Event::Wrote { pc, .. }
            | Event::Noted { pc, .. }
            | Event::Resized { pc, .. }
            | Event::Closed { pc, .. }
            | Event::Signalled { pc, .. }
            | Event::Counted { pc, .. }
            | Event::ShutDown { pc, .. } => self.step(at, pc, LifePart::Cpu),
            // A step that was waited in has begun already.
            Event::Acquired { pc, .. }
            | Event::Sent { pc, .. }
            | Event::Received { pc, .. }
            | Event::FoundClosed { pc, .. }
                if self.pc == pc && self.begun_at(pc) && self.part == LifePart::Waiting =>
            {
                self.turn(at, LifePart::Cpu);
            }
            Event::Acquired { pc, .. }
            | Event::Sent { pc, .. }
            | Event::Received { pc, .. }
            | Event::FoundClosed { pc, .. } => self.step(at, pc, LifePart::Cpu),
            Event::Ready { .. } | Event::LeftWorker { .. } | Event::Relocks { .. } => {
                self.turn(at, LifePart::Waiting)
            }
            Event::Dispatched { .. } => {
                let io = matches!(self.program().code.get(self.pc.index()), Some(Instruction::Io(..)));
                let part = if io && self.since == at { LifePart::Io } else { LifePart::Cpu };
                self.turn(at, part);
            }
            Event::Resumed { .. } | Event::TookWorker { .. } | Event::Released { .. } => {
                self.turn(at, LifePart::Cpu);
            }
            Event::Repeated { task, fate, .. } if task == self.task => self.created(at, fate),
            Event::WorkerStarted { .. }
            | Event::WorkerStopped { .. }
            | Event::Warned { .. }
            | Event::Interrupted { .. }
            | Event::Swallowed { .. }
            | Event::Drained { .. }
            | Event::Repeated { .. }
            | Event::Claimed { .. }
            | Event::SourceEnded { .. } => {}
        }
    }

    fn begun_at(&self, pc: Pc) -> bool {
        self.program().step_of.get(pc.index()).is_some_and(|step| self.begun[*step as usize] > 0)
    }

    fn step(&mut self, at: Time, pc: Pc, part: LifePart) {
        self.reach(pc);
        self.turn(at, part);
    }

    fn settle(&mut self, at: Time, executor: ExecutorId, fate: SubmissionOutcome) {
        let part = match fate {
            _ if fate.is_rejection() => return self.ended(at, End::Rejected(fate)),
            SubmissionOutcome::Dropped => return self.ended(at, End::Discarded),
            SubmissionOutcome::Held | SubmissionOutcome::Passed => {
                match self.digest.trace().scenario.executors[executor.index()].kind {
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
            _ => LifePart::Queue,
        };
        self.turn(at, part);
    }

    fn ended(&mut self, at: Time, end: End) {
        self.turn(at, self.part);
        self.end = Some(end);
    }

    fn future(&self) -> &'static str {
        match self.end {
            Some(end) => end.word(),
            None if !self.is_created => "not there yet",
            None if self.is_cancelled => "cancelled",
            None if self.has_started => "running",
            None => "pending",
        }
    }

    fn spent(&self, now: Time) -> Vec<(LifePart, Duration)> {
        let mut spent = self.spent;
        if self.is_created && self.end.is_none() {
            spent[self.part as usize] += now.since(self.since).0;
        }
        let parts = LifePart::ALL.into_iter().map(|part| (part, Duration(spent[part as usize])));
        parts.filter(|(_, length)| length.0 > 0).collect()
    }

    fn steps(&self) -> Vec<InspectedStep> {
        let program = self.program();
        let here = program.step_of.get(self.pc.index()).map_or(0, |step| *step as usize);
        let underway = self.has_started && self.end.is_none();
        let over = self.end == Some(End::Finished);
        let step = |(at, step): (usize, &crate::model::program::Step)| {
            let progress = match at {
                _ if !self.has_started => StepProgress::Ahead,
                at if underway && at == here => StepProgress::Current,
                at if self.begun[at] > 0 => StepProgress::Done,
                // Steps without events of their own (`release`, `end`) are done once the task is past them.
                at if at < here || over => StepProgress::Done,
                _ => StepProgress::Ahead,
            };
            InspectedStep { text: step.text.clone(), depth: step.depth, progress, times: self.begun[at] }
        };
        program.steps.iter().enumerate().map(step).collect()
    }
}
