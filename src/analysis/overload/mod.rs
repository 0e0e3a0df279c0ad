//! Overload: more work arrives than can be done, for as long as it goes on arriving.
//!
//! Offered load against capacity, for every pool, cap, semaphore, server, set of cores and the green thread: what is offered is
//! the steady rate at which tasks come to it times the mean time for which each holds it. Rates are those of the
//! arrivals that have not ended when the run does, and of the children that their tasks submit. Holding times are read
//! from the programs (their `run` and `io` steps); where a program also waits, from the tasks of the run that ended.
//!
//! Invariant: only said of a run that was cut off, in which tasks piled up (or were refused, or held back) in its second
//! half. A burst is no overload: it passes. Deliberately absent: what a repeated submission of one's own type adds up to.

mod demand;
mod server;

use super::deadlock::WaitForIndex;
use super::ending::Ending;
use super::lives::TaskLife;
use super::prose::Prose;
use super::state::State;
use super::written;
use crate::model::expectation::Unit;
use crate::model::id::{ExecutorId, ResourceId, SharedId, TaskTypeId};
use crate::model::program::Instruction;
use crate::model::scenario::{Pattern, Scenario};
use crate::model::time::{SECOND, Time};
use crate::trace::{OutcomeKind, Trace};
use demand::{Demand, demands, visits};
use serde::{Deserialize, Serialize};
use server::served_at_once;

/// Something that gets more work than it can do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overload {
    /// What is overloaded.
    pub place: OverloadedPlace,
    /// Tasks a second that come to it.
    pub arriving: f64,
    /// Tasks a second that it can serve.
    pub served: f64,
    /// Its holding times are measured, since its tasks wait for others: it may be slow only because those are.
    pub is_measured: bool,
}

/// Where work piles up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OverloadedPlace {
    /// The workers of a pool.
    Workers(ExecutorId),
    /// One cap of a `cap` executor.
    Cap(ExecutorId, u16),
    /// The permits of a semaphore, or a lock.
    Permits(ResourceId),
    /// A server that its jobs share.
    Server(SharedId),
    /// The cores of the machine.
    Cores,
    /// The one thread of all green executors.
    GreenThread,
}

impl Overload {
    /// Two sentences: what is overloaded, and by how much.
    pub fn words(&self, scenario: &Scenario) -> Prose {
        let mut prose = Prose::new();
        let resource = |prose: &mut Prose, id: ResourceId| {
            let described = &scenario.resources[id.index()];
            prose.words(if described.is_lock() { "Lock " } else { "Semaphore " });
            let text = format!("`{}`", described.name);
            prose.segments.push(super::prose::Segment::Resource { resource: id, text });
        };
        match self.place {
            OverloadedPlace::Workers(pool) => {
                prose.executor(pool, &scenario.executors[pool.index()].name);
            }
            OverloadedPlace::Cap(wrapper, cap) => {
                let executor = &scenario.executors[wrapper.index()];
                prose.words(format!("The cap on `{}` in ", executor.caps()[usize::from(cap)].name));
                prose.executor(wrapper, &executor.name);
            }
            OverloadedPlace::Permits(id) => resource(&mut prose, id),
            OverloadedPlace::Server(id) => {
                prose.words(format!("Server `{}`", scenario.shared[id.index()].name));
            }
            OverloadedPlace::Cores => {
                prose.words("The machine's cores");
            }
            OverloadedPlace::GreenThread => {
                prose.words("The green thread");
            }
        }
        let is_many = self.place == OverloadedPlace::Cores;
        let rate = |value: f64| written::figure(Unit::Rate, value);
        prose.words(if is_many { " are overloaded: " } else { " is overloaded: " });
        let tasks = if self.arriving == 1.0 { "task" } else { "tasks" };
        prose.words(format!(
            "{} {tasks}/s arrive{}, {} can be served; the queue grows by {}.",
            written::number(self.arriving),
            if self.arriving == 1.0 { "s" } else { "" },
            rate(self.served),
            rate(self.arriving - self.served),
        ));
        prose
    }
}

/// What gets more work than it can do in this run, the worst first.
pub fn overloads(lens: &WaitForIndex<'_>, lives: &[TaskLife]) -> Vec<Overload> {
    let trace = lens.trace();
    match trace.outcome.kind {
        OutcomeKind::Until | OutcomeKind::Limit(_) => {}
        OutcomeKind::Completed | OutcomeKind::Stuck | OutcomeKind::Deadlock => return Vec::new(),
    }
    let rates = arriving_rates(trace, lens.checkpoints().last());
    if rates.iter().flatten().all(|rate| *rate == 0.0) || !piles_up(lens, lives) {
        return Vec::new();
    }
    let offered = Offered { scenario: &trace.scenario, rates, demands: demands(&trace.scenario, lives) };
    let fixed = places(&trace.scenario).into_iter();
    let mut found: Vec<Overload> =
        fixed.filter_map(|(place, capacity)| offered.overload(place, capacity)).collect();
    let servers = served_at_once(&offered, lens.checkpoints().last());
    found.extend(
        servers
            .into_iter()
            .filter_map(|(server, speed)| offered.overload(OverloadedPlace::Server(server), speed)),
    );
    // What is slow only because something else is overloaded is not the cause.
    if found.iter().any(|overload| !overload.is_measured) {
        found.retain(|overload| !overload.is_measured);
    }
    found.sort_by(|a, b| (a.served / a.arriving).total_cmp(&(b.served / b.arriving)));
    found
}

/// What comes to a scenario, while arrivals go on.
struct Offered<'a> {
    scenario: &'a Scenario,
    /// Tasks a second of each type that come to each executor, the first of a chain.
    rates: Vec<Vec<f64>>,
    /// What a task of each type needs.
    demands: Vec<Demand>,
}

impl Offered<'_> {
    /// Each type of tasks that comes to an executor: which, where, how many a second, what each needs.
    fn streams(&self) -> impl Iterator<Item = (TaskTypeId, ExecutorId, f64, &Demand)> {
        let of_kind = |(kind, demand): (usize, _)| {
            let rates = self.rates[kind].iter().enumerate().filter(|(_, rate)| **rate > 0.0);
            rates.map(move |(first, rate)| (TaskTypeId(kind as u16), ExecutorId(first as u16), *rate, demand))
        };
        self.demands.iter().enumerate().flat_map(of_kind)
    }

    /// The overload of a place that holds `capacity` tasks at once, if more come to it.
    fn overload(&self, place: OverloadedPlace, capacity: f64) -> Option<Overload> {
        let (mut arriving, mut offered, mut is_measured) = (0.0, 0.0, false);
        for (kind, first, rate, demand) in self.streams() {
            if let Some((held, measured)) = demand.of(place, kind, first, self.scenario) {
                (arriving, offered) = (arriving + rate, offered + rate * held);
                is_measured |= measured;
            }
        }
        let is_too_much = offered > capacity * (1.0 + 1e-9) && offered.is_finite();
        let served = arriving * capacity / offered;
        is_too_much.then_some(Overload { place, arriving, served, is_measured })
    }
}

/// Whether in the second half of the run tasks came to be more than those that were finished.
fn piles_up(lens: &WaitForIndex<'_>, lives: &[TaskLife]) -> bool {
    let trace = lens.trace();
    let middle = Time(trace.outcome.at.0 / 2);
    let before = trace.records.partition_point(|record| record.at <= middle) as u32;
    let (then, now) = (lens.state(before), lens.checkpoints().last());
    let is_lost = |life: &&TaskLife| {
        life.submitted > middle && matches!(life.ending(), Ending::Refused | Ending::Discarded)
    };
    let is_held_back = now.sources().iter().any(|source| source.held_back.is_some());
    now.unfinished() > then.unfinished() || is_held_back || lives.iter().any(|life| is_lost(&life))
}

/// Tasks a second of each type that come to each executor (the first of a chain), while arrivals go on.
fn arriving_rates(trace: &Trace, end: &State) -> Vec<Vec<f64>> {
    let scenario = &trace.scenario;
    let executors = scenario.executors.len();
    let mut rates = vec![vec![0.0; executors]; scenario.tasks.len()];
    let mut fresh = rates.clone();
    for (entry, source) in scenario.arrivals.iter().zip(end.sources()) {
        if let (Pattern::Stream { gap, .. }, false) = (&entry.pattern, source.ended) {
            let rate = SECOND as f64 / gap.mean();
            if rate.is_finite() {
                fresh[entry.task.index()][entry.to.index()] += rate;
            }
        }
    }
    // Each round adds the children of those that the round before has added.
    for _ in 0..scenario.tasks.len() {
        let mut next = vec![vec![0.0; executors]; scenario.tasks.len()];
        for (kind, of_kind) in fresh.iter().enumerate() {
            for (first, rate) in of_kind.iter().enumerate().filter(|(_, rate)| **rate > 0.0) {
                rates[kind][first] += rate;
                let program = &scenario.tasks[kind].program;
                for (pc, weight) in visits(program).iter().enumerate() {
                    if let (Instruction::Submit(id), true) = (&program.code[pc], weight.is_finite()) {
                        let submit = &program.submits[id.index()];
                        let to = submit.to.map_or(first, ExecutorId::index);
                        next[submit.task.index()][to] += rate * weight;
                    }
                }
            }
        }
        fresh = next;
    }
    rates
}

/// Everything that can be overloaded, and how many tasks it holds at once.
fn places(scenario: &Scenario) -> Vec<(OverloadedPlace, f64)> {
    let mut places = Vec::new();
    for (number, executor) in scenario.executors.iter().enumerate() {
        let id = ExecutorId(number as u16);
        if let Some(workers) = executor.workers() {
            places.push((OverloadedPlace::Workers(id), f64::from(workers)));
        }
        for (at, cap) in executor.caps().iter().enumerate() {
            places.push((OverloadedPlace::Cap(id, at as u16), f64::from(cap.limit)));
        }
    }
    for (number, resource) in scenario.resources.iter().enumerate().filter(|(_, it)| !it.per_key) {
        places.push((OverloadedPlace::Permits(ResourceId(number as u16)), f64::from(resource.permits)));
    }
    if let Some(machine) = &scenario.machine {
        places.push((OverloadedPlace::Cores, f64::from(machine.cores)));
    }
    if scenario.executors.iter().any(crate::model::executor::Executor::is_green) {
        places.push((OverloadedPlace::GreenThread, 1.0));
    }
    places
}
