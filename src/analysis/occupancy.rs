//! How full executors were: workers, queues, memory, CPU, over the whole run.
//!
//! Invariant: time-weighted from the beginning of the run to its end. A worker is busy from the moment it
//! takes a task (while it starts, too) until it is free, waiting included. Utilisation is busy worker time
//! over `workers` (the most it may have) times the run's length. Memory: a worker's for each worker, and
//! a wrapper's scheduler counts as one thread with its memory, from beginning to end.

use super::lives::{LifePart, TaskLife};
use super::state::State;
use crate::model::executor::Executor;
use crate::model::id::ExecutorId;
use crate::model::scenario::Scenario;
use crate::model::time::{SECOND, Time};
use crate::trace::Trace;
use crate::trace::event::Event;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Occupancy of one executor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Name of the executor.
    pub executor: String,
    /// Its kind, as in a document.
    pub kind: String,
    /// Most workers it may have; `None` where it has none.
    pub workers: Option<u32>,
    /// Most workers it had.
    pub peak_workers: u32,
    /// Most workers that held a task at once.
    pub peak_busy: u32,
    /// Mean number of workers that held a task.
    pub mean_busy: f64,
    /// Mean share of `workers` that held a task; `None` where it has no workers.
    pub utilisation: Option<f64>,
    /// Most entries that waited in its queue (or were held, by a wrapper), cancelled ones included.
    pub peak_queue: u32,
    /// Mean number of those.
    pub mean_queue: f64,
    /// Operating-system threads at the end: native workers, a wrapper's scheduler, none of green ones'
    /// own (they share one).
    pub threads_at_end: u32,
    /// Most memory of its workers (or scheduler), in bytes.
    pub peak_memory: u64,
    /// CPU time of the tasks that came to it last, in seconds.
    pub cpu: f64,
    /// For each cap: its name, its limit, and the most slots taken.
    pub caps: Vec<CapRow>,
}

/// One cap of a `cap` executor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapRow {
    /// As in the document: `build`, `build+snapshot`.
    pub cap: String,
    /// Maximum number of slots.
    pub limit: u32,
    /// Most slots taken at once.
    pub peak: u32,
}

/// All executors, and the whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Occupancy {
    /// In document order.
    pub executors: Vec<Row>,
    /// Most memory of all workers and schedulers together, in bytes.
    pub peak_memory: u64,
    /// Operating-system threads at the end; the one thread of all green executors included.
    pub threads_at_end: u32,
    /// Mean memory over the run, in bytes.
    pub mean_memory: f64,
    /// Most operating-system threads at once.
    pub peak_threads: u32,
    /// Mean number of those over the run.
    pub mean_threads: f64,
    /// Mean number of tasks that were neither over nor cancelled.
    pub mean_tasks: f64,
}

#[derive(Clone, Default)]
struct Tally {
    alive: u32,
    busy: u32,
    queue: u32,
    peak_alive: u32,
    peak_busy: u32,
    peak_queue: u32,
    busy_time: u128,
    queue_time: u128,
    caps: Vec<u32>,
}

/// Measures a trace.
pub fn occupancy(trace: &Trace, lives: &[TaskLife]) -> Occupancy {
    let mut state = State::new(&trace.scenario);
    let mut meter = Meter::new(&trace.scenario, &state);
    for (id, at, event) in trace.events() {
        meter.pass(at, &state);
        state.apply(id, at, event);
        meter.look(event, &state);
    }
    meter.finish(trace.outcome.at, &state, lives)
}

/// Measures a trace that is still being read.
pub(super) struct Meter {
    scenario: Arc<Scenario>,
    tallies: Vec<Tally>,
    bill: ResourceMeter,
    last: Time,
    task_time: u128,
}

impl Meter {
    /// Before the first event.
    pub(super) fn new(scenario: &Arc<Scenario>, state: &State) -> Meter {
        let tallies = vec![Tally::default(); scenario.executors.len()];
        let mut bill = ResourceMeter::default();
        bill.look(scenario, state);
        Meter { scenario: Arc::clone(scenario), tallies, bill, last: Time::ZERO, task_time: 0 }
    }

    /// Lets the time until `at` pass, in the state that has held since the last event.
    pub(super) fn pass(&mut self, at: Time, state: &State) {
        let nanos = at.since(self.last).0;
        if nanos > 0 {
            pass(&mut self.tallies, nanos);
            self.bill.pass(nanos);
            self.task_time += u128::from(state.unfinished()) * u128::from(nanos);
            self.last = at;
        }
    }

    /// Takes over what an event has changed; `state` is the state after it.
    pub(super) fn look(&mut self, event: Event, state: &State) {
        if !changes_occupancy(event) {
            return;
        }
        let mut changed = false;
        for (at, tally) in self.tallies.iter_mut().enumerate() {
            changed |= look(tally, state, ExecutorId(at as u16));
        }
        if changed {
            self.bill.look(&self.scenario, state);
        }
    }

    /// The figures of a run that ended at `end`; `state` is its last state.
    pub(super) fn finish(mut self, end: Time, state: &State, lives: &[TaskLife]) -> Occupancy {
        let end = end.max(self.last);
        self.pass(end, state);
        let Meter { scenario, tallies, bill, task_time, .. } = self;
        let mut cpu = vec![0_u128; scenario.executors.len()];
        for life in lives {
            cpu[life.executor.index()] += u128::from(life.spent(LifePart::Cpu).0);
        }
        let executors = tallies
            .iter()
            .enumerate()
            .map(|(at, tally)| row(&scenario, ExecutorId(at as u16), tally, end, cpu[at]))
            .collect::<Vec<_>>();
        Occupancy {
            threads_at_end: bill.threads,
            executors,
            peak_memory: bill.peak_memory,
            mean_memory: mean(bill.memory_time, end),
            peak_threads: bill.peak_threads,
            mean_threads: mean(bill.thread_time, end),
            mean_tasks: mean(task_time, end),
        }
    }
}

/// Whether an event can change how full an executor is.
pub(super) fn changes_occupancy(event: Event) -> bool {
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
        | Event::LeftWorker { .. }
        | Event::Repeated { .. }
        | Event::TookWorker { .. } => true,
        Event::Ran { .. }
        | Event::Blocked { .. }
        | Event::Yielded { .. }
        | Event::Ready { .. }
        | Event::Dispatched { .. }
        | Event::Waiting { .. }
        | Event::Passed { .. }
        | Event::Resumed { .. }
        | Event::Acquired { .. }
        | Event::Released { .. }
        | Event::Read { .. }
        | Event::Wrote { .. }
        | Event::Noted { .. }
        | Event::Warned { .. }
        | Event::ShutDown { .. }
        | Event::Sent { .. }
        | Event::Received { .. }
        | Event::Closed { .. }
        | Event::FoundClosed { .. }
        | Event::Signalled { .. }
        | Event::Relocks { .. }
        | Event::Counted { .. }
        | Event::SourceEnded { .. }
        | Event::Interrupted { .. }
        | Event::Swallowed { .. }
        | Event::Caught { .. }
        | Event::Claimed { .. }
        | Event::Resized { .. } => false,
    }
}

/// Lets `nanos` pass.
fn pass(tallies: &mut [Tally], nanos: u64) {
    for tally in tallies {
        tally.busy_time += u128::from(tally.busy) * u128::from(nanos);
        tally.queue_time += u128::from(tally.queue) * u128::from(nanos);
    }
}

/// Takes over an executor's present figures; whether it has gained or lost workers.
fn look(tally: &mut Tally, state: &State, executor: ExecutorId) -> bool {
    let place = state.executor(executor);
    tally.busy = (place.busy + place.starting).min(place.alive);
    tally.queue = place.waiting;
    tally.peak_busy = tally.peak_busy.max(tally.busy);
    tally.peak_queue = tally.peak_queue.max(tally.queue);
    if !place.cap_use.is_empty() {
        tally.caps.resize(place.cap_use.len(), 0);
        for (peak, now) in tally.caps.iter_mut().zip(&place.cap_use) {
            *peak = (*peak).max(*now);
        }
    }
    let changed = place.alive != tally.alive;
    tally.alive = place.alive;
    tally.peak_alive = tally.peak_alive.max(tally.alive);
    changed
}

/// What all executors together cost.
#[derive(Default)]
struct ResourceMeter {
    memory: u64,
    threads: u32,
    peak_memory: u64,
    peak_threads: u32,
    memory_time: u128,
    thread_time: u128,
}

impl ResourceMeter {
    /// Lets `nanos` pass.
    fn pass(&mut self, nanos: u64) {
        self.memory_time += u128::from(self.memory) * u128::from(nanos);
        self.thread_time += u128::from(self.threads) * u128::from(nanos);
    }

    /// Takes over the present figures.
    fn look(&mut self, scenario: &Scenario, state: &State) {
        self.memory = memory(scenario, state);
        self.peak_memory = self.peak_memory.max(self.memory);
        let green = scenario.green_threads();
        let of = |(at, executor): (usize, &Executor)| {
            own_threads(executor, state.executor(ExecutorId(at as u16)).alive)
        };
        self.threads = green + scenario.executors.iter().enumerate().map(of).sum::<u32>();
        self.peak_threads = self.peak_threads.max(self.threads);
    }
}

/// Operating-system threads of an executor: native workers, a wrapper's scheduler, none of green ones' own.
fn own_threads(executor: &Executor, workers: u32) -> u32 {
    if executor.is_native() || executor.wraps().is_some() { threads(executor, workers) } else { 0 }
}

/// The memory of all workers and schedulers.
fn memory(scenario: &Scenario, state: &State) -> u64 {
    let of = |(at, executor): (usize, &Executor)| {
        let workers = state.executor(ExecutorId(at as u16)).alive;
        executor.memory.saturating_mul(threads(executor, workers).into())
    };
    scenario.executors.iter().enumerate().map(of).fold(0, u64::saturating_add)
}

/// How many times an executor's memory is taken: by its workers, or by a wrapper's scheduler.
fn threads(executor: &Executor, workers: u32) -> u32 {
    if executor.wraps().is_some() { 1 } else { workers }
}

/// Operating-system threads that a scenario's executors may have at once; `None` if one of them has no bound. Spare workers
/// of a `fork-join` pool do not count.
pub fn configured_threads(scenario: &Scenario) -> Option<u64> {
    let of = |executor: &Executor| match executor.is_native() {
        true => executor.workers().map(u64::from),
        false => Some(u64::from(executor.wraps().is_some())),
    };
    let own = scenario.executors.iter().map(of).sum::<Option<u64>>()?;
    Some(own + u64::from(scenario.green_threads()))
}

/// Memory of all workers and schedulers that a scenario's executors may have at once, in bytes; `None` if one of them has
/// no bound.
pub fn configured_memory(scenario: &Scenario) -> Option<u64> {
    let of = |executor: &Executor| match (executor.is_native() || executor.is_green(), executor.wraps()) {
        (true, _) => executor.workers().map(|workers| executor.memory.saturating_mul(workers.into())),
        (false, Some(_)) => Some(executor.memory),
        (false, None) => Some(0),
    };
    scenario.executors.iter().map(of).try_fold(0_u64, |sum, own| Some(sum.saturating_add(own?)))
}

fn mean(sum: u128, end: Time) -> f64 {
    if end.0 == 0 { 0.0 } else { sum as f64 / end.0 as f64 }
}

fn row(scenario: &Scenario, id: ExecutorId, tally: &Tally, end: Time, cpu: u128) -> Row {
    let executor = &scenario.executors[id.index()];
    let mean_busy = mean(tally.busy_time, end);
    let workers = executor.workers();
    let caps = match &executor.kind {
        crate::model::executor::ExecutorKind::Cap { caps, .. } => caps.as_slice(),
        _ => &[],
    };
    Row {
        executor: executor.name.clone(),
        kind: executor.kind_word().to_owned(),
        workers,
        peak_workers: tally.peak_alive,
        peak_busy: tally.peak_busy,
        mean_busy,
        utilisation: workers.map(|most| if most == 0 { 0.0 } else { mean_busy / f64::from(most) }),
        peak_queue: tally.peak_queue,
        mean_queue: mean(tally.queue_time, end),
        threads_at_end: own_threads(executor, tally.alive),
        peak_memory: executor.memory.saturating_mul(threads(executor, tally.peak_alive).into()),
        cpu: cpu as f64 / SECOND as f64,
        caps: caps
            .iter()
            .enumerate()
            .map(|(at, cap)| CapRow {
                cap: cap.name.clone(),
                limit: cap.limit,
                peak: tally.caps.get(at).copied().unwrap_or(0),
            })
            .collect(),
    }
}
