//! Overload: more work arrives than can be done, for as long as it goes on arriving.
//!
//! Offered load against capacity, for every pool, cap, semaphore, set of cores and the green thread: what is offered is
//! the steady rate at which tasks come to it times the mean time for which each holds it. Rates are those of the
//! arrivals that have not ended when the run does, and of the children that their tasks submit. Holding times are read
//! from the programs (their `run` and `io` steps); where a program also waits, from the tasks of the run that ended.
//!
//! Invariant: only said of a run that was cut off, in which tasks piled up (or were refused, or held back) in its second
//! half. A burst is no overload: it passes. Deliberately absent: what a repeated submission of one's own type adds up to.

use super::deadlock::WaitForIndex;
use super::ending::Ending;
use super::lives::TaskLife;
use super::prose::Prose;
use super::state::State;
use super::written;
use crate::model::executor::Kind;
use crate::model::expectation::Unit;
use crate::model::id::{ExecutorId, Pc, ResourceId, TaskTypeId};
use crate::model::program::{Instruction, Program};
use crate::model::scenario::{Pattern, Scenario};
use crate::model::time::{SECOND, Time};
use crate::trace::{OutcomeKind, Trace};
use serde::{Deserialize, Serialize};

/// Tasks of a type that must have ended before a measured time is taken for their mean.
const MIN_SAMPLE: usize = 10;

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
                prose.words(match &scenario.executors[wrapper.index()].kind {
                    Kind::Cap { caps, .. } => format!("The cap on `{}` in ", caps[usize::from(cap)].name),
                    _ => "A cap in ".to_owned(),
                });
                prose.executor(wrapper, &scenario.executors[wrapper.index()].name);
            }
            OverloadedPlace::Permits(id) => resource(&mut prose, id),
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
    let demands = demands(trace, lives);
    let mut found = Vec::new();
    for (place, capacity) in places(&trace.scenario) {
        let (mut arriving, mut offered, mut is_measured) = (0.0, 0.0, false);
        for (kind, demand) in demands.iter().enumerate() {
            for (pool, rate) in rates[kind].iter().enumerate().filter(|(_, rate)| **rate > 0.0) {
                let Some((held, measured)) =
                    demand.of(place, TaskTypeId(kind as u16), ExecutorId(pool as u16), trace)
                else {
                    continue;
                };
                (arriving, offered) = (arriving + rate, offered + rate * held);
                is_measured |= measured;
            }
        }
        if offered > capacity * (1.0 + 1e-9) && offered.is_finite() {
            let served = arriving * capacity / offered;
            found.push(Overload { place, arriving, served, is_measured });
        }
    }
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

/// How often each instruction of a program is carried out on average; infinite in a loop without end.
///
/// Nothing times out and nothing raises in it.
fn visits(program: &Program) -> Vec<f64> {
    let mut weights = vec![0.0; program.code.len() + 1];
    weights[0] = 1.0;
    for (pc, instruction) in program.code.iter().enumerate() {
        let weight = weights[pc];
        match instruction {
            Instruction::Maybe { p, otherwise, .. } => {
                add(&mut weights, pc + 1, weight * p);
                add(&mut weights, otherwise.index(), weight * (1.0 - p));
            }
            Instruction::Jump(to) | Instruction::UnlessTimedOut(to) | Instruction::UnlessClosed(to) => {
                add(&mut weights, to.index(), weight);
            }
            Instruction::Repeat { times: Some(0), end, .. } => add(&mut weights, end.index(), weight),
            Instruction::Repeat { times: Some(times), .. } => {
                add(&mut weights, pc + 1, weight * f64::from(*times));
            }
            Instruction::Again { times: Some(times), .. } => {
                add(&mut weights, pc + 1, weight / f64::from((*times).max(1)));
            }
            Instruction::Repeat { times: None, .. } => add(&mut weights, pc + 1, f64::INFINITY),
            Instruction::Again { times: None, .. } | Instruction::Fail(_) | Instruction::Crash => {}
            Instruction::Run(_)
            | Instruction::Io(..)
            | Instruction::Yield
            | Instruction::Submit(_)
            | Instruction::Wait { .. }
            | Instruction::Result { .. }
            | Instruction::Cancel { .. }
            | Instruction::Retry { .. }
            | Instruction::OpenScope { .. }
            | Instruction::JoinScope
            | Instruction::CloseScope
            | Instruction::Acquire { .. }
            | Instruction::Release { .. }
            | Instruction::Send { .. }
            | Instruction::Receive { .. }
            | Instruction::Close(_)
            | Instruction::WaitOn { .. }
            | Instruction::Notify { .. }
            | Instruction::Await { .. }
            | Instruction::CountDown { .. }
            | Instruction::Reset(_)
            | Instruction::Use { .. }
            | Instruction::Read(_)
            | Instruction::Write(..)
            | Instruction::Add(..)
            | Instruction::Note(_)
            | Instruction::AwaitExecutor { .. }
            | Instruction::Resize { .. }
            | Instruction::Shutdown { .. } => add(&mut weights, pc + 1, weight),
        }
    }
    weights.truncate(program.code.len());
    weights
}

fn add(weights: &mut [f64], at: usize, weight: f64) {
    if let Some(known) = weights.get_mut(at) {
        *known += weight;
    }
}

/// What a task of one type needs on average, in seconds.
struct Demand {
    /// On the CPU.
    cpu: f64,
    /// From its start to its end, waits left out.
    work: f64,
    /// From its start to its end as measured, where its program waits and enough of them ended.
    measured: Option<f64>,
    /// Its program waits for something.
    waits: bool,
    /// While holding a permit of each resource, waits left out.
    holding: Vec<f64>,
}

impl Demand {
    /// How long such a task that was submitted to `first` holds this place, and whether that was measured; `None` if it
    /// never comes there, or that is not known.
    fn of(
        &self,
        place: OverloadedPlace,
        kind: TaskTypeId,
        first: ExecutorId,
        trace: &Trace,
    ) -> Option<(f64, bool)> {
        let scenario = &trace.scenario;
        let pool = scenario.pool_of(first);
        let held = match place {
            OverloadedPlace::Workers(id) if id == pool => return Some(self.held()),
            OverloadedPlace::Cap(id, cap) => {
                let mut at = Some(first);
                while at.is_some_and(|at| at != id) {
                    at = at.and_then(|at| scenario.executors[at.index()].wraps());
                }
                let Kind::Cap { caps, .. } = &scenario.executors[at?.index()].kind else { return None };
                return caps[usize::from(cap)].types.contains(&kind).then(|| self.held());
            }
            OverloadedPlace::Permits(id) => self.holding[id.index()],
            OverloadedPlace::Cores if scenario.executors[pool.index()].is_native() => self.cpu,
            OverloadedPlace::GreenThread if scenario.executors[pool.index()].is_green() => self.cpu,
            OverloadedPlace::Workers(_) | OverloadedPlace::Cores | OverloadedPlace::GreenThread => 0.0,
        };
        (held > 0.0).then_some((held, false))
    }

    /// How long it holds a worker, and whether that was measured.
    fn held(&self) -> (f64, bool) {
        match self.measured.filter(|_| self.waits) {
            Some(measured) if measured > self.work => (measured, true),
            _ => (self.work, false),
        }
    }
}

fn demands(trace: &Trace, lives: &[TaskLife]) -> Vec<Demand> {
    let scenario = &trace.scenario;
    let mut spans: Vec<(u128, usize)> = vec![(0, 0); scenario.tasks.len()];
    for life in lives {
        if let (Some(started), Some(ended)) = (life.started(), life.ended()) {
            let span = &mut spans[life.kind.index()];
            *span = (span.0 + u128::from((ended - started).0), span.1 + 1);
        }
    }
    let tasks = scenario.tasks.iter().zip(spans);
    tasks.map(|(task, span)| demand(&task.program, scenario, span)).collect()
}

fn demand(program: &Program, scenario: &Scenario, (sum, count): (u128, usize)) -> Demand {
    let second = SECOND as f64;
    let measured = (count >= MIN_SAMPLE).then(|| sum as f64 / count as f64 / second);
    let holding = vec![0.0; scenario.resources.len()];
    let mut demand = Demand { cpu: 0.0, work: 0.0, measured, waits: false, holding };
    let mut held: Vec<ResourceId> = Vec::new();
    for (pc, weight) in visits(program).into_iter().enumerate() {
        let Some(instruction) = program.code.get(Pc(pc as u16).index()) else { break };
        let mean = |draw: &crate::model::id::DrawId| {
            let mean = program.draws[draw.index()].distribution.mean();
            if weight == 0.0 { 0.0 } else { weight * mean / second }
        };
        let (cpu, off_cpu) = match instruction {
            Instruction::Run(draw) => (mean(draw), 0.0),
            Instruction::Io(draw, _) | Instruction::Use { work: draw, .. } => (0.0, mean(draw)),
            Instruction::Acquire { resource, .. } => {
                held.push(*resource);
                demand.waits = true;
                (0.0, 0.0)
            }
            Instruction::Release { resource, .. } => {
                if let Some(at) = held.iter().rposition(|known| known == resource) {
                    held.remove(at);
                }
                (0.0, 0.0)
            }
            Instruction::Wait { .. }
            | Instruction::Result { .. }
            | Instruction::Send { .. }
            | Instruction::Receive { .. }
            | Instruction::WaitOn { .. }
            | Instruction::Await { .. }
            | Instruction::JoinScope
            | Instruction::AwaitExecutor { .. }
            | Instruction::Shutdown { .. } => {
                demand.waits = true;
                (0.0, 0.0)
            }
            Instruction::Yield
            | Instruction::Submit(_)
            | Instruction::Cancel { .. }
            | Instruction::Retry { .. }
            | Instruction::OpenScope { .. }
            | Instruction::CloseScope
            | Instruction::Read(_)
            | Instruction::Write(..)
            | Instruction::Add(..)
            | Instruction::Fail(_)
            | Instruction::Note(_)
            | Instruction::Repeat { .. }
            | Instruction::Again { .. }
            | Instruction::Maybe { .. }
            | Instruction::Jump(_)
            | Instruction::Resize { .. }
            | Instruction::Crash
            | Instruction::UnlessTimedOut(_)
            | Instruction::UnlessClosed(_)
            | Instruction::Close(_)
            | Instruction::Notify { .. }
            | Instruction::CountDown { .. }
            | Instruction::Reset(_) => (0.0, 0.0),
        };
        demand.cpu += cpu;
        demand.work += cpu + off_cpu;
        for resource in &held {
            demand.holding[resource.index()] += cpu + off_cpu;
        }
    }
    demand
}

/// Everything that can be overloaded, and how many tasks it holds at once.
fn places(scenario: &Scenario) -> Vec<(OverloadedPlace, f64)> {
    let mut places = Vec::new();
    for (number, executor) in scenario.executors.iter().enumerate() {
        let id = ExecutorId(number as u16);
        if let Some(workers) = executor.workers() {
            places.push((OverloadedPlace::Workers(id), f64::from(workers)));
        }
        if let Kind::Cap { caps, .. } = &executor.kind {
            let of = |(at, cap): (usize, &crate::model::executor::Cap)| {
                (OverloadedPlace::Cap(id, at as u16), f64::from(cap.limit))
            };
            places.extend(caps.iter().enumerate().map(of));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::testing;
    use crate::model::distribution::Distribution;
    use crate::model::id::{DrawId, SubmitId};

    #[test]
    fn loops_and_branches_count_by_how_often_they_are_taken() {
        let code = vec![
            Instruction::Repeat { counter: 0, times: Some(3), end: Pc(5) },
            Instruction::Maybe { p: 0.25, site: 0, otherwise: Pc(4) },
            Instruction::Submit(SubmitId(0)),
            Instruction::Run(DrawId(0)),
            Instruction::Again { counter: 0, times: Some(3), body: Pc(1) },
            Instruction::Run(DrawId(0)),
        ];
        let task = testing::task("t", code, &[2], &[(0, "c")]);
        assert_eq!(visits(&task.program), [1.0, 3.0, 0.75, 0.75, 3.0, 1.0]);
        let scenario = testing::scenario(vec![testing::pool("p", 1)], vec![task.clone()], 1);
        assert!((demand(&task.program, &scenario, (0, 0)).work - 3.5).abs() < 1e-12);
    }

    #[test]
    fn a_mean_is_that_of_the_distribution() {
        let fixed = Distribution::Fixed(crate::model::time::Duration::from_secs(2));
        assert!((fixed.mean() - 2e9).abs() < 1e-3);
    }
}
