//! A second reading of traces, for the property tests: follows every task, worker, permit and place of a
//! cap through the events, and panics at the first that breaks a rule of the language.
//!
//! Deliberately its own: it shares no code with `analysis`, which is held against it.

mod checks;
mod shared;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use threadbare::analysis::names::{Key, Names, Origin};
use threadbare::model::executor::ExecutorKind;
use threadbare::model::id::{ExecutorId, Pc, ResourceId, SharedId, TaskId, WorkerId};
use threadbare::model::program::{Claim, Instruction};
use threadbare::model::scenario::Scenario;
use threadbare::trace::Trace;
use threadbare::trace::event::{Event, Seat, SubmissionOutcome};

/// Where a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Named by a `Passed`: its entry into the next executor follows.
    Passing,
    Held,
    Blocked,
    Queued,
    /// Handed back by a shutdown.
    Drained,
    Taken,
    Running,
    Over(&'static str),
}

#[derive(Clone, Debug)]
struct Task {
    stage: Stage,
    first: ExecutorId,
    at: ExecutorId,
    cancelled: bool,
    worker: Option<(ExecutorId, WorkerId)>,
    pc: Pc,
    /// In a `run` step, on the CPU.
    on_cpu: bool,
    /// In a `wait` or `result`.
    waits: bool,
    last_step: usize,
}

pub struct Ledger<'a> {
    trace: &'a Trace,
    scenario: &'a Scenario,
    names: Names,
    tasks: Vec<Task>,
    applied: u32,
    /// Live workers, each with the tasks on it from below.
    workers: BTreeMap<(ExecutorId, WorkerId), Vec<TaskId>>,
    /// Who holds how much.
    permits: BTreeMap<(ResourceId, Key), Vec<(TaskId, Claim)>>,
    /// For each wrapper, the tasks it handed over that are not done.
    handed_over: Vec<BTreeSet<TaskId>>,
    shut: BTreeSet<ExecutorId>,
    /// For each channel, who sent what lies in it.
    messages: Vec<VecDeque<TaskId>>,
    /// Who waits at a channel, condition, latch or barrier, or in line at a fair semaphore or lock, in order.
    lines: BTreeMap<shared::Place, VecDeque<TaskId>>,
    /// Barriers that were broken.
    broken: BTreeSet<SharedId>,
}

impl<'a> Ledger<'a> {
    /// The whole trace.
    pub fn of(trace: &'a Trace) -> Ledger<'a> {
        let mut ledger = Ledger::new(trace);
        ledger.advance(trace.len() as u32);
        ledger
    }

    pub fn new(trace: &'a Trace) -> Ledger<'a> {
        Ledger {
            trace,
            scenario: &trace.scenario,
            names: Names::of(trace),
            tasks: Vec::new(),
            applied: 0,
            workers: BTreeMap::new(),
            permits: BTreeMap::new(),
            handed_over: vec![BTreeSet::new(); trace.scenario.executors.len()],
            shut: BTreeSet::new(),
            messages: vec![VecDeque::new(); trace.scenario.shared.len()],
            lines: BTreeMap::new(),
            broken: BTreeSet::new(),
        }
    }

    /// Reads on until `count` events have been read.
    pub fn advance(&mut self, count: u32) {
        let records = &self.trace.records;
        for at in self.applied as usize..count as usize {
            assert!(at == 0 || records[at - 1].at <= records[at].at, "time runs backwards at event {at}");
            assert!(records[at].cause.some().is_none_or(|cause| cause.index() < at), "event {at}: its cause");
            self.apply(at, records[at].event());
            if records.get(at + 1).is_none_or(|next| next.at > records[at].at) {
                self.check_instant(at);
            }
        }
        self.applied = self.applied.max(count);
    }

    fn apply(&mut self, at: usize, event: Event) {
        match event {
            Event::Arrived { task, entry, fate } => {
                let to = self.scenario.arrivals[entry.index()].to;
                self.create(at, task, to, fate);
            }
            Event::Submitted { task, parent, pc, fate } => {
                self.step(at, parent, pc);
                let Origin::Child { submit, .. } = self.names.origin(task) else {
                    panic!("a child's origin")
                };
                let program = &self.scenario.tasks[self.names.kind(parent).index()].program;
                let to = program.submits[submit.index()].to.unwrap_or(self.tasks[parent.index()].first);
                self.create(at, task, to, fate);
            }
            Event::Entered { task, executor, fate } => self.entered(task, executor, fate),
            Event::Repeated { task, series, fate } => {
                let of = &mut self.tasks[series.index()];
                assert!(
                    matches!(of.stage, Stage::Held | Stage::Queued | Stage::Taken),
                    "it waits for its run"
                );
                of.stage = Stage::Held;
                let to = of.at;
                self.create(at, task, to, fate);
            }
            Event::Claimed { task, executor } => {
                let task = &self.tasks[task.index()];
                assert!(task.stage == Stage::Queued && task.at == executor, "only what waits is claimed");
            }
            Event::Resized { task, pc, .. } => self.step(at, task, pc),
            Event::Started { task, executor, worker, seat } => {
                self.started(at, task, (executor, worker), seat)
            }
            Event::Finished { task } => self.ended(at, task, "finished"),
            Event::Failed { task, .. } => {
                self.forget_lines(task);
                self.ended(at, task, "failed");
            }
            Event::Cancelled { task, succeeded, .. } => self.cancelled(task, succeeded),
            Event::Skipped { task, executor } => {
                let task = &mut self.tasks[task.index()];
                assert!(task.cancelled, "only what is cancelled is skipped");
                assert_eq!(task.at, executor, "it is skipped where it is");
                assert!(matches!(task.stage, Stage::Held | Stage::Queued | Stage::Taken | Stage::Blocked));
                task.stage = Stage::Over("cancelled");
            }
            Event::Dropped { task, .. } => {
                let task = &mut self.tasks[task.index()];
                assert!(matches!(task.stage, Stage::Held | Stage::Queued), "only what waits is dropped");
                task.stage = Stage::Over(if task.cancelled { "cancelled" } else { "discarded" });
            }
            Event::Drained { task, executor } => {
                assert!(self.shut.contains(&executor) || !self.shut.is_empty(), "a shutdown hands it back");
                let task = &mut self.tasks[task.index()];
                assert!(
                    matches!(task.stage, Stage::Held | Stage::Queued | Stage::Blocked),
                    "it has not started"
                );
                task.stage = Stage::Drained;
            }
            Event::WorkerStarted { executor, worker } => {
                assert!(
                    self.workers.insert((executor, worker), Vec::new()).is_none(),
                    "a worker starts twice"
                );
            }
            Event::WorkerStopped { executor, worker } => {
                let stack = self.workers.remove(&(executor, worker)).expect("a live worker stops");
                assert_eq!(stack, [], "a worker that stops holds nothing");
            }
            Event::Ran { task, pc } => {
                self.step(at, task, pc);
                self.tasks[task.index()].on_cpu = true;
            }
            Event::Blocked { task, pc }
            | Event::Yielded { task, pc }
            | Event::Passed { task, pc }
            | Event::Read { task, pc, .. }
            | Event::Wrote { task, pc, .. }
            | Event::Noted { task, pc }
            | Event::ShutDown { task, pc, .. } => {
                self.step(at, task, pc);
                match event {
                    Event::ShutDown { executor, .. } => drop(self.shut.insert(executor)),
                    Event::Passed { .. } => self.passed_barrier(task),
                    _ => {}
                }
            }
            Event::Waiting { task, pc } => {
                self.at_step(task, pc);
                let is_wait = matches!(
                    self.instruction(task),
                    Some(Instruction::Wait { .. } | Instruction::Result { .. } | Instruction::JoinScope)
                );
                self.tasks[task.index()].waits = is_wait;
                self.stands_in_line(task);
            }
            Event::Ready { task } => self.own(task).on_cpu = false,
            Event::Dispatched { task } => {
                let runs = matches!(self.instruction(task), Some(Instruction::Run(_)));
                self.own(task).on_cpu = runs;
            }
            Event::Resumed { task, why } => {
                self.leaves_line(task, why);
                let task = self.own(task);
                task.waits = false;
                task.last_step = at;
            }
            Event::LeftWorker { task } => {
                let worker = self.own(task).worker.take().expect("it had a worker");
                assert_eq!(self.workers[&worker], [task], "only a task alone on its worker leaves it");
                self.workers.insert(worker, Vec::new());
            }
            Event::TookWorker { task, worker } => {
                let home = self.tasks[task.index()].at;
                let stack = self.workers.get_mut(&(home, worker)).expect("a live worker");
                assert_eq!(*stack, [], "the worker is free");
                stack.push(task);
                self.own(task).worker = Some((home, worker));
            }
            Event::Acquired { task, pc } => self.acquired(at, task, pc),
            Event::Released { task, resource, claim } => self.released(task, resource, claim),
            Event::Warned { task, .. } => assert!(task.index() < self.tasks.len()),
            Event::SourceEnded { .. } | Event::Interrupted { .. } | Event::Swallowed { .. } => {}
            Event::Caught { task, pc, .. } => self.step(at, task, pc),
            Event::Sent { task, pc } => self.sent(at, task, pc),
            Event::Received { task, pc, sender } => self.received(at, task, pc, sender),
            Event::Closed { task, pc }
            | Event::Signalled { task, pc, .. }
            | Event::Counted { task, pc, .. } => self.step(at, task, pc),
            Event::Relocks { task, why } => {
                self.leaves_line(task, why);
                self.own(task).last_step = at;
            }
            Event::FoundClosed { task, pc } => {
                self.step(at, task, pc);
                self.forget_lines(task);
                let channel = self.channel(task);
                assert!(self.messages[channel.index()].is_empty(), "a closed channel is drained first");
            }
        }
    }

    fn instruction(&self, task: TaskId) -> Option<&'a Instruction> {
        let program = &self.scenario.tasks[self.names.kind(task).index()].program;
        program.code.get(self.tasks[task.index()].pc.index())
    }

    fn own(&mut self, id: TaskId) -> &mut Task {
        let task = &mut self.tasks[id.index()];
        assert_eq!(task.stage, Stage::Running, "{id:?} acts and does not run");
        task
    }

    /// A step forward: that a task waits, or may look again, is none.
    fn step(&mut self, at: usize, id: TaskId, pc: Pc) {
        self.at_step(id, pc);
        self.tasks[id.index()].last_step = at;
    }

    fn at_step(&mut self, id: TaskId, pc: Pc) {
        let task = self.own(id);
        task.pc = pc;
        task.on_cpu = false;
    }

    fn create(&mut self, at: usize, id: TaskId, to: ExecutorId, fate: SubmissionOutcome) {
        assert_eq!(id.index(), self.tasks.len(), "ids count up");
        assert!(
            !self.shut.contains(&to) || fate.is_rejection(),
            "an executor that is shut down takes nothing"
        );
        self.tasks.push(Task {
            stage: Stage::Passing,
            first: to,
            at: to,
            cancelled: false,
            worker: None,
            pc: Pc(0),
            on_cpu: false,
            waits: false,
            last_step: at,
        });
        self.settle(id, to, fate);
    }

    fn entered(&mut self, id: TaskId, executor: ExecutorId, fate: SubmissionOutcome) {
        let task = &self.tasks[id.index()];
        let before = task.at;
        match task.stage {
            Stage::Blocked => assert_eq!(before, executor, "a blocked submission enters where it waited"),
            // A worker that is still starting has taken it.
            Stage::Queued => {
                assert_eq!(
                    (before, fate),
                    (executor, SubmissionOutcome::Taken),
                    "a queued task enters no queue"
                )
            }
            Stage::Held | Stage::Passing => {
                let wraps = self.scenario.executors[before.index()].wraps();
                assert_eq!(wraps.unwrap_or(before), executor, "the way it takes");
                assert!(
                    !task.cancelled || task.stage == Stage::Passing,
                    "what is cancelled is not handed over"
                );
                // What a `scheduled` pool held has come due, and stays there.
                if wraps.is_some() {
                    self.handed_over[before.index()].insert(id);
                    self.check_wrapper(before);
                }
            }
            stage => panic!("{id:?} enters, being {stage:?}"),
        }
        self.tasks[id.index()].at = executor;
        self.settle(id, executor, fate);
    }

    fn settle(&mut self, id: TaskId, _executor: ExecutorId, fate: SubmissionOutcome) {
        self.tasks[id.index()].stage = match fate {
            SubmissionOutcome::Taken | SubmissionOutcome::InCaller => Stage::Taken,
            SubmissionOutcome::Queued => Stage::Queued,
            SubmissionOutcome::Held => Stage::Held,
            SubmissionOutcome::Passed => Stage::Passing,
            SubmissionOutcome::Blocked => Stage::Blocked,
            SubmissionOutcome::Dropped => Stage::Over("discarded"),
            SubmissionOutcome::Full
            | SubmissionOutcome::ShutDown
            | SubmissionOutcome::Guarded
            | SubmissionOutcome::Leaf => Stage::Over("rejected"),
        };
        if fate.is_rejection() {
            self.done(id);
        }
    }

    fn started(&mut self, at: usize, id: TaskId, on: (ExecutorId, WorkerId), seat: Seat) {
        let task = &mut self.tasks[id.index()];
        assert!(!task.cancelled, "{id:?} is cancelled and starts");
        assert!(matches!(task.stage, Stage::Taken | Stage::Queued), "{id:?} starts, being {:?}", task.stage);
        task.stage = Stage::Running;
        task.last_step = at;
        let on = match seat {
            Seat::Worker | Seat::Above => Some(on),
            Seat::Caller => self.names.parent(id).and_then(|parent| self.tasks[parent.index()].worker),
            Seat::Own | Seat::Scheduler => None,
        };
        if let Some(worker) = on {
            let stack = self.workers.get_mut(&worker).expect("a live worker");
            assert_eq!(stack.is_empty(), seat == Seat::Worker, "{id:?} starts as {seat:?} on {stack:?}");
            stack.push(id);
        }
        let runs = self.scenario.tasks[self.names.kind(id).index()].program.code.first();
        let task = &mut self.tasks[id.index()];
        task.worker = on;
        task.on_cpu = matches!(runs, Some(Instruction::Run(_)));
    }

    fn ended(&mut self, at: usize, id: TaskId, word: &'static str) {
        let task = self.own(id);
        task.last_step = at;
        task.stage = Stage::Over(word);
        task.on_cpu = false;
        if let Some(worker) = task.worker {
            let top = self.workers.get_mut(&worker).expect("a live worker").pop();
            assert_eq!(top, Some(id), "only the task on top of a worker ends");
        }
        self.done(id);
    }

    fn cancelled(&mut self, id: TaskId, succeeded: bool) {
        let task = &mut self.tasks[id.index()];
        let open = !task.cancelled && !matches!(task.stage, Stage::Running | Stage::Over(_));
        // A delay's future runs from the hand-over on.
        let passed_delay = self
            .passed(id)
            .any(|e| matches!(self.scenario.executors[e.index()].kind, ExecutorKind::Delay { .. }));
        assert_eq!(succeeded, open && !passed_delay, "a cancel succeeds on what has not started: {id:?}");
        if succeeded {
            self.tasks[id.index()].cancelled = true;
            self.done(id);
        }
    }

    /// The wrappers that a task has passed.
    fn passed(&self, id: TaskId) -> impl Iterator<Item = ExecutorId> {
        let task = &self.tasks[id.index()];
        let (scenario, end) = (self.scenario, task.at);
        let chain = std::iter::successors(Some(task.first), |at| scenario.executors[at.index()].wraps());
        chain.take_while(move |at| *at != end)
    }

    fn done(&mut self, id: TaskId) {
        for wrapper in &mut self.handed_over {
            wrapper.remove(&id);
        }
    }

    fn resource_key(&self, resource: ResourceId, task: TaskId) -> Key {
        self.scenario.resources[resource.index()].per_key.then(|| self.names.key(task)).flatten()
    }

    /// A task's state in the words of the command line.
    pub fn word(&self, task: TaskId) -> &'static str {
        let task = &self.tasks[task.index()];
        match task.stage {
            Stage::Over(word) => word,
            _ if task.cancelled => "cancelled",
            Stage::Running => "running",
            Stage::Passing | Stage::Held | Stage::Blocked | Stage::Queued | Stage::Drained | Stage::Taken => {
                "pending"
            }
        }
    }

    pub fn is_unfinished(&self, task: TaskId) -> bool {
        matches!(self.word(task), "pending" | "running")
    }

    /// Whether somebody else put an end to it before it started.
    pub fn was_taken_out(&self, task: TaskId) -> bool {
        matches!(self.word(task), "discarded" | "cancelled")
    }

    /// The event of the task's last step forward.
    pub fn last_step(&self, task: TaskId) -> usize {
        self.tasks[task.index()].last_step
    }

    pub fn unfinished_not_resident(&self) -> BTreeSet<TaskId> {
        let all = (0..self.tasks.len() as u32).map(TaskId);
        all.filter(|task| self.is_unfinished(*task) && !self.is_resident(*task)).collect()
    }

    /// Whether it is in a step that lasts for ever.
    fn is_resident(&self, id: TaskId) -> bool {
        let task = &self.tasks[id.index()];
        let program = &self.scenario.tasks[self.names.kind(id).index()].program;
        let Some(Instruction::Run(draw) | Instruction::Io(draw, _) | Instruction::Use { work: draw, .. }) =
            self.instruction(id)
        else {
            return false;
        };
        let forever = program.draws[draw.index()].distribution.fixed().is_some_and(|d| d.is_forever());
        task.stage == Stage::Running && forever
    }
}
