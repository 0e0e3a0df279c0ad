//! A recorder that counts instead of keeping: what one replication needs, at a fraction of a trace's cost.
//!
//! Invariant: every figure is, to the last bit, the one that `analysis` finds in the trace of the same run
//! (`tests/it/study.rs` holds the two against each other). Values that percentiles are taken of are kept
//! exactly, eight bytes a finished task and only where somebody asks for them.
//!
//! What needs the trace (races, cells, CPU time, who waits for whom) is deliberately absent:
//! [`RunTally::figure`] has no answer, and [`super::observe`] runs again with the trace.

mod past;
mod statistics;

use super::bill::ResourceUsage;
use super::run::bytes_of;
use crate::analysis::expect::Figure;
use crate::model::executor::Executor;
use crate::model::expectation::{Metric, TaskTime};
use crate::model::id::{ArrivalId, ExecutorId, Pc, TaskId, TaskTypeId};
use crate::model::program::Instruction;
use crate::model::scenario::Scenario;
use crate::model::time::Time;
use crate::model::value::Value;
use crate::trace::event::{Event, EventId, Seat, SubmissionOutcome};
use crate::trace::recorder::Recorder;
use crate::trace::{Outcome, OutcomeKind};
use std::sync::Arc;

/// Where a task is, as far as executors' figures depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TalliedTaskState {
    /// Between two places, or with a thread that no pool counts.
    Elsewhere,
    /// Taken by a worker that has not started it.
    Taken,
    /// In a queue, or held by a wrapper.
    Waiting,
    /// Before a full queue.
    Blocked,
    /// At the bottom of a worker's stack.
    Seated,
    /// Over, in whatever way.
    Ended,
}

#[derive(Clone)]
struct TalliedTask {
    submitted: Time,
    started: Time,
    kind: TaskTypeId,
    first: ExecutorId,
    executor: ExecutorId,
    spot: TalliedTaskState,
    is_waiting: bool,
    is_cancelled: bool,
}

/// Figures of one executor.
#[derive(Clone, Copy, Default)]
struct ExecutorTally {
    memory: u64,
    is_native: bool,
    alive: u32,
    busy: u32,
    starting: u32,
    waiting: u32,
    peak_alive: u32,
    peak_waiting: u32,
    busy_time: u128,
    since: Time,
}

impl ExecutorTally {
    /// Counts the time that has passed as it was; before anything changes.
    #[inline]
    fn pass(&mut self, now: Time) {
        let busy = (self.busy + self.starting).min(self.alive);
        self.busy_time += u128::from(busy) * u128::from(now.since(self.since).0);
        self.since = now;
    }
}

/// One task type.
#[derive(Clone, Default)]
struct TaskTypeTally {
    finished: u64,
    /// Failed, refused or dropped: longer than any bound.
    lost: u64,
    keeps_latency: bool,
    keeps_wait: bool,
    latency: Vec<u64>,
    wait: Vec<u64>,
}

/// Counts a run.
#[derive(Clone)]
pub struct RunTally {
    scenario: Arc<Scenario>,
    count: u64,
    now: Time,
    tasks: Vec<TalliedTask>,
    places: Vec<ExecutorTally>,
    kinds: Vec<TaskTypeTally>,
    failed: u64,
    rejected: u64,
    warnings: u64,
    /// When the last task ended.
    last_end: Option<Time>,
    bill: ResourceUsage,
    /// Tasks in a wait, or before a full queue.
    blocked: u64,
}

impl RunTally {
    /// Ready to count a run of `scenario`, keeping the values that these metrics are taken of.
    pub fn new<'m>(scenario: &Arc<Scenario>, metrics: impl IntoIterator<Item = &'m Metric>) -> RunTally {
        let mut kinds = vec![TaskTypeTally::default(); scenario.tasks.len()];
        for (kind, time) in metrics.into_iter().filter_map(Metric::task_time) {
            match time {
                TaskTime::Latency => kinds[kind.index()].keeps_latency = true,
                TaskTime::Wait => kinds[kind.index()].keeps_wait = true,
                TaskTime::Late | TaskTime::Cpu => {}
            }
        }
        let place = |executor: &Executor| ExecutorTally {
            memory: executor.memory,
            is_native: executor.is_native(),
            ..ExecutorTally::default()
        };
        RunTally {
            scenario: Arc::clone(scenario),
            count: 0,
            now: Time::ZERO,
            tasks: Vec::new(),
            places: scenario.executors.iter().map(place).collect(),
            kinds,
            failed: 0,
            rejected: 0,
            warnings: 0,
            last_end: None,
            bill: ResourceUsage::new(scenario),
            blocked: 0,
        }
    }

    /// Bytes of the trace of the same run and of what reading it takes, as estimated.
    pub(in crate::study) fn bytes_traced(&self) -> u64 {
        bytes_of(self.count, self.tasks.len() as u64)
    }

    /// A task's type.
    pub(in crate::study) fn kind(&self, id: TaskId) -> Option<TaskTypeId> {
        self.tasks.get(id.index()).map(|task| task.kind)
    }

    /// The latencies and the waits that are kept, in nanoseconds, in the order in which tasks ended: two series a
    /// task type. Call it before any figure is taken.
    pub fn series(&self) -> impl Iterator<Item = &[u64]> {
        self.kinds.iter().flat_map(|kind| [kind.latency.as_slice(), kind.wait.as_slice()])
    }

    /// Leaves out this number of values at the beginning of each of [`RunTally::series`]; all of them, where `None`. Call it
    /// once, before any figure is taken.
    pub fn cut(&mut self, warm_ups: &[Option<usize>]) {
        let series = self.kinds.iter_mut().flat_map(|kind| [&mut kind.latency, &mut kind.wait]);
        for (values, warm_up) in series.zip(warm_ups) {
            let end = warm_up.map_or(values.len(), |warm_up| warm_up.min(values.len()));
            values.drain(..end);
        }
    }

    /// What the run came to by this metric; `None` if only the trace can tell.
    pub fn figure(&mut self, metric: &Metric, outcome: Outcome) -> Option<Figure> {
        let end = outcome.at.max(self.now);
        let figure = match metric {
            Metric::Stuck => Some(f64::from(u8::from(outcome.kind == OutcomeKind::Stuck))),
            Metric::Warnings => Some(self.warnings as f64),
            Metric::Rejected => Some(self.rejected as f64),
            Metric::Failed => Some(self.failed as f64),
            Metric::Latency(kind, over) | Metric::Wait(kind, over) => {
                return Some(self.statistic(metric, *kind, *over, outcome));
            }
            Metric::LatencyFinished(kind, over) => {
                return Some(self.kinds[kind.index()].finished_latency(*over));
            }
            Metric::QueueMax(executor) => Some(f64::from(self.places[executor.index()].peak_waiting)),
            Metric::WorkersMax(executor) => Some(f64::from(self.places[executor.index()].peak_alive)),
            Metric::Utilisation(executor) => self.utilisation(*executor, end),
            Metric::MemoryMax => Some(self.bill.peak_memory as f64),
            Metric::MemoryMean => Some(self.bill.means(end).0),
            Metric::ThreadsMax => Some(f64::from(self.bill.peak_threads)),
            Metric::ThreadsMean => Some(self.bill.means(end).1),
            Metric::Makespan => self.last_end.map(Time::seconds),
            Metric::Throughput(kind) => {
                let (finished, seconds) = (self.kinds[kind.index()].finished, outcome.at.seconds());
                (finished > 0 && seconds > 0.0).then(|| finished as f64 / seconds)
            }
            Metric::Deadlock if self.hangs_nowhere(outcome.kind) => Some(0.0),
            Metric::Deadlock
            | Metric::Races
            | Metric::LostUpdates
            | Metric::Final(_)
            | Metric::Writes(_)
            | Metric::Late(..)
            | Metric::Cpu(..)
            | Metric::CpuTotal => return None,
        };
        Some(Figure::plain(figure))
    }

    /// Whether it is plain that no task can be blocked for ever: all have ended, or at the horizon none
    /// waits for anything and none stays for ever.
    pub fn hangs_nowhere(&self, outcome: OutcomeKind) -> bool {
        match outcome {
            OutcomeKind::Completed => true,
            OutcomeKind::Until => self.waits_for_nothing(),
            OutcomeKind::Stuck | OutcomeKind::Deadlock | OutcomeKind::Limit(_) => false,
        }
    }

    /// Whether at the end no task waits for anything and none stays for ever.
    pub fn waits_for_nothing(&self) -> bool {
        self.blocked == 0 && !stays_for_ever(&self.scenario)
    }

    fn utilisation(&mut self, executor: ExecutorId, end: Time) -> Option<f64> {
        let workers = self.scenario.executors[executor.index()].workers()?;
        let place = &mut self.places[executor.index()];
        place.pass(end);
        let mean = if end.0 == 0 { 0.0 } else { place.busy_time as f64 / end.0 as f64 };
        Some(if workers == 0 { 0.0 } else { mean / f64::from(workers) })
    }

    fn create(&mut self, at: Time, id: TaskId, kind: TaskTypeId, to: ExecutorId, fate: SubmissionOutcome) {
        debug_assert_eq!(id.index(), self.tasks.len(), "tasks are numbered in order of creation");
        self.tasks.push(TalliedTask {
            submitted: at,
            started: Time::NEVER,
            kind,
            first: to,
            executor: to,
            spot: TalliedTaskState::Elsewhere,
            is_waiting: false,
            is_cancelled: false,
        });
        self.settle(at, id, to, fate);
    }

    fn arrived(&mut self, at: Time, id: TaskId, entry: ArrivalId, fate: SubmissionOutcome) {
        let arrivals = &self.scenario.arrivals[entry.index()];
        let (kind, to) = (arrivals.task, arrivals.to);
        self.create(at, id, kind, to, fate);
    }

    fn submitted(&mut self, at: Time, id: TaskId, parent: TaskId, pc: Pc, fate: SubmissionOutcome) {
        let by = &self.tasks[parent.index()];
        let program = &self.scenario.tasks[by.kind.index()].program;
        let Instruction::Submit(submit) = program.code[pc.index()] else { return };
        let step = &program.submits[submit.index()];
        let (kind, to) = (step.task, step.to.unwrap_or(by.first));
        self.create(at, id, kind, to, fate);
    }

    /// A run of a series begins: the series itself stands nowhere meanwhile.
    fn repeated(&mut self, at: Time, id: TaskId, series: TaskId, fate: SubmissionOutcome) {
        self.leave(at, series);
        let (kind, to) = (self.tasks[series.index()].kind, self.tasks[series.index()].executor);
        self.create(at, id, kind, to, fate);
    }

    fn entered(&mut self, at: Time, id: TaskId, executor: ExecutorId, fate: SubmissionOutcome) {
        self.leave(at, id);
        self.tasks[id.index()].executor = executor;
        self.settle(at, id, executor, fate);
    }

    fn settle(&mut self, at: Time, id: TaskId, executor: ExecutorId, fate: SubmissionOutcome) {
        let place = &mut self.places[executor.index()];
        let spot = match fate {
            SubmissionOutcome::Taken => {
                place.pass(at);
                place.starting += 1;
                TalliedTaskState::Taken
            }
            SubmissionOutcome::Queued | SubmissionOutcome::Held => {
                place.waiting += 1;
                place.peak_waiting = place.peak_waiting.max(place.waiting);
                TalliedTaskState::Waiting
            }
            SubmissionOutcome::Blocked => {
                self.blocked += 1;
                TalliedTaskState::Blocked
            }
            SubmissionOutcome::Passed | SubmissionOutcome::InCaller => TalliedTaskState::Elsewhere,
            SubmissionOutcome::Full
            | SubmissionOutcome::ShutDown
            | SubmissionOutcome::Guarded
            | SubmissionOutcome::Leaf => {
                self.rejected += 1;
                return self.lost(at, id);
            }
            SubmissionOutcome::Dropped => return self.lost(at, id),
        };
        self.tasks[id.index()].spot = spot;
    }

    /// Takes a task from where it is.
    fn leave(&mut self, at: Time, id: TaskId) {
        let task = &mut self.tasks[id.index()];
        let place = &mut self.places[task.executor.index()];
        match std::mem::replace(&mut task.spot, TalliedTaskState::Elsewhere) {
            TalliedTaskState::Taken => {
                place.pass(at);
                place.starting -= 1;
            }
            TalliedTaskState::Waiting => place.waiting -= 1,
            TalliedTaskState::Blocked => self.blocked -= 1,
            TalliedTaskState::Seated => {
                place.pass(at);
                place.busy -= 1;
            }
            TalliedTaskState::Elsewhere | TalliedTaskState::Ended => {}
        }
    }

    fn sit(&mut self, at: Time, id: TaskId) {
        let task = &mut self.tasks[id.index()];
        task.spot = TalliedTaskState::Seated;
        let place = &mut self.places[task.executor.index()];
        place.pass(at);
        place.busy += 1;
    }

    fn started(&mut self, at: Time, id: TaskId, seat: Seat) {
        self.leave(at, id);
        self.tasks[id.index()].started = at;
        match seat {
            Seat::Worker => self.sit(at, id),
            Seat::Above | Seat::Caller | Seat::Own | Seat::Scheduler => {}
        }
    }

    fn ended(&mut self, at: Time, id: TaskId) {
        self.leave(at, id);
        self.goes_on(id);
        self.tasks[id.index()].spot = TalliedTaskState::Ended;
        self.last_end = Some(at);
    }

    fn failed(&mut self, at: Time, id: TaskId) {
        self.ended(at, id);
        self.kinds[self.tasks[id.index()].kind.index()].lost += 1;
    }

    /// A task was refused or dropped; a cancelled entry that is dropped is cancelled none the less.
    fn lost(&mut self, at: Time, id: TaskId) {
        self.ended(at, id);
        let task = &self.tasks[id.index()];
        self.kinds[task.kind.index()].lost += u64::from(!task.is_cancelled);
    }

    fn finished(&mut self, at: Time, id: TaskId) {
        self.ended(at, id);
        let task = &self.tasks[id.index()];
        let kind = &mut self.kinds[task.kind.index()];
        kind.finished += 1;
        if kind.keeps_latency {
            kind.latency.push(at.since(task.submitted).0);
        }
        if kind.keeps_wait {
            kind.wait.push(task.started.since(task.submitted).0);
        }
    }

    fn waits(&mut self, id: TaskId) {
        let task = &mut self.tasks[id.index()];
        if !std::mem::replace(&mut task.is_waiting, true) {
            self.blocked += 1;
        }
    }

    fn goes_on(&mut self, id: TaskId) {
        let task = &mut self.tasks[id.index()];
        if std::mem::replace(&mut task.is_waiting, false) {
            self.blocked -= 1;
        }
    }

    fn worker_started(&mut self, at: Time, executor: ExecutorId) {
        let place = &mut self.places[executor.index()];
        place.pass(at);
        place.alive += 1;
        place.peak_alive = place.peak_alive.max(place.alive);
        self.bill.starts(at, place.memory, place.is_native);
    }

    fn worker_stopped(&mut self, at: Time, executor: ExecutorId) {
        let place = &mut self.places[executor.index()];
        place.pass(at);
        place.alive -= 1;
        self.bill.stops(at, place.memory, place.is_native);
    }
}

impl Recorder for RunTally {
    // Inlined where an event is told, so that its kind is known there.
    #[inline(always)]
    fn record(&mut self, at: Time, _cause: EventId, event: Event) -> EventId {
        self.count += 1;
        self.now = at;
        match event {
            Event::Arrived { task, entry, fate } => self.arrived(at, task, entry, fate),
            Event::Submitted { task, parent, pc, fate } => self.submitted(at, task, parent, pc, fate),
            Event::Entered { task, executor, fate } => self.entered(at, task, executor, fate),
            Event::Repeated { task, series, fate } => self.repeated(at, task, series, fate),
            Event::Started { task, seat, .. } => self.started(at, task, seat),
            Event::Finished { task } => self.finished(at, task),
            Event::Failed { task, .. } => {
                self.failed += 1;
                self.failed(at, task);
            }
            Event::Skipped { task, .. } => self.ended(at, task),
            Event::Dropped { task, .. } => self.lost(at, task),
            Event::Drained { task, .. } => self.leave(at, task),
            Event::Cancelled { task, succeeded: true, .. } => {
                self.tasks[task.index()].is_cancelled = true;
            }
            Event::WorkerStarted { executor, .. } => self.worker_started(at, executor),
            Event::WorkerStopped { executor, .. } => self.worker_stopped(at, executor),
            Event::Waiting { task, .. } => self.waits(task),
            Event::Resumed { task, .. }
            | Event::Acquired { task, .. }
            | Event::Sent { task, .. }
            | Event::Received { task, .. }
            | Event::FoundClosed { task, .. } => self.goes_on(task),
            Event::LeftWorker { task } => self.leave(at, task),
            Event::TookWorker { task, .. } => self.sit(at, task),
            Event::Warned { .. } => self.warnings += 1,
            Event::Cancelled { succeeded: false, .. }
            | Event::Ran { .. }
            | Event::Blocked { .. }
            | Event::Yielded { .. }
            | Event::Ready { .. }
            | Event::Dispatched { .. }
            | Event::Passed { .. }
            | Event::Released { .. }
            | Event::Read { .. }
            | Event::Wrote { .. }
            | Event::Noted { .. }
            | Event::ShutDown { .. }
            | Event::Closed { .. }
            | Event::Signalled { .. }
            | Event::Relocks { .. }
            | Event::Counted { .. }
            | Event::SourceEnded { .. }
            | Event::Claimed { .. }
            | Event::Resized { .. }
            | Event::Interrupted { .. }
            | Event::Swallowed { .. } => {}
            // It waits no longer, if it did.
            Event::Caught { task, .. } => self.goes_on(task),
        }
        EventId::NONE
    }

    fn value(&mut self, _value: &Value) -> u32 {
        0
    }

    fn count(&self) -> u64 {
        self.count
    }
}

/// Whether some step never ends: what waits behind it may wait for ever without anybody saying so.
fn stays_for_ever(scenario: &Scenario) -> bool {
    let draws = scenario.tasks.iter().flat_map(|task| &task.program.draws);
    draws.into_iter().any(|draw| draw.distribution.can_be_forever())
}
