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
mod offered;
mod place;
mod server;

pub use place::{Overload, OverloadedPlace};

use super::deadlock::WaitForIndex;
use super::ending::Ending;
use super::lives::TaskLife;
use super::prose::Prose;
use super::state::State;
use super::written;
use crate::model::expectation::Unit;
use crate::model::id::{ExecutorId, ResourceId};
use crate::model::program::Instruction;
use crate::model::scenario::{Pattern, Scenario};
use crate::model::time::{SECOND, Time};
use crate::trace::{OutcomeKind, Trace};
use demand::{demands, visits};
use offered::Offered;
use server::served_at_once;

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
