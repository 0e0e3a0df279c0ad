//! Whether a lock or a semaphore can be found taken at all, and which steps can raise.

use super::budget::ReadingBudget;
use super::demand::{MANY, Node, Numbers};
use super::program::{is_caught, kept_when_raising};
use super::reading::Reading;
use crate::model::executor::{ExecutorKind, Guard, OnFull, OnWait};
use crate::model::id::{ExecutorId, ResourceId};
use crate::model::program::{Claim, Instruction, Program};
use crate::model::scenario::Scenario;
use crate::model::shared::SharedKind;
use std::collections::{BTreeMap, BTreeSet};

/// For each task type and instruction, whether it can raise.
pub(super) fn raises(s: &Scenario, readings: &[Reading], budget: &ReadingBudget<'_>) -> Vec<Vec<bool>> {
    let mut fails = vec![false; s.tasks.len()];
    let (refusing, homes) = (refusing(s), homes(s));
    let interrupted = s.has_interrupts();
    loop {
        let raises: Vec<Vec<bool>> = s
            .tasks
            .iter()
            .zip(readings)
            .zip(&homes)
            .map(|((task, reading), homes)| {
                let refused = |to: Option<ExecutorId>| match to {
                    Some(to) => refusing[to.index()],
                    None => homes.iter().any(|home| refusing[home.index()]),
                };
                raises_in(
                    s,
                    &task.program,
                    reading,
                    &Surroundings { fails: &fails, refused: &refused, interrupted },
                )
            })
            .collect();
        let now: Vec<bool> = raises.iter().map(|steps| steps.contains(&true)).collect();
        if now == fails || budget.is_over() {
            return raises;
        }
        fails = now;
    }
}

/// For each task type, the executors that its tasks may be submitted to first; a call is at home where its caller is.
fn homes(s: &Scenario) -> Vec<BTreeSet<ExecutorId>> {
    let mut homes = vec![BTreeSet::new(); s.tasks.len()];
    for entry in &s.arrivals {
        homes[entry.task.index()].insert(entry.to);
    }
    loop {
        let before = homes.clone();
        for (kind, task) in s.tasks.iter().enumerate() {
            for submit in &task.program.submits {
                match submit.to {
                    Some(to) => drop(homes[submit.task.index()].insert(to)),
                    None => homes[submit.task.index()].extend(&before[kind]),
                }
            }
        }
        if homes == before {
            return homes;
        }
    }
}

/// What decides whether a step raises, besides the program that it is in.
struct Surroundings<'a> {
    /// For each task type, whether it can fail.
    fails: &'a [bool],
    /// Whether what is submitted there (without a place: to the submitter's own executor) can be refused.
    refused: &'a dyn Fn(Option<ExecutorId>) -> bool,
    /// Some step of some task may interrupt another.
    interrupted: bool,
}

fn raises_in(s: &Scenario, program: &Program, reading: &Reading, around: &Surroundings<'_>) -> Vec<bool> {
    let Surroundings { fails, refused, interrupted } = *around;
    let raises = |(at, instruction): (usize, &Instruction)| match instruction {
        _ if is_caught(program, at) => false,
        waits if interrupted && waits.is_interruptible() => true,
        Instruction::Fail(_) | Instruction::Crash => true,
        Instruction::Result { names, timeout, .. } => {
            let handled = matches!(program.code.get(at + 1), Some(Instruction::UnlessTimedOut(_)));
            let cancelled = program.code.iter().any(|other| {
                matches!(other, Instruction::Cancel { names: of, all, .. }
                        if *all || of.iter().any(|name| names.contains(name)))
            });
            let failing = program.submits.iter().any(|submit| {
                let can_fail = fails[submit.task.index()] || (!submit.call && refused(submit.to));
                names.contains(&submit.name) && can_fail
            });
            (timeout.is_some() && !handled) || cancelled || failing
        }
        // A call runs here and now: nobody refuses it, and what it raises its `result` raises.
        Instruction::Submit(id) if program.submits[id.index()].call => false,
        Instruction::Submit(id) => {
            let submit = &program.submits[id.index()];
            let guarded = submit.awaited && s.executors.iter().any(|e| e.leaf || e.guard == Guard::Reject);
            guarded || submit.on_full == Some(OnFull::Reject) || refused(submit.to)
        }
        // A scope raises what was raised in it.
        Instruction::CloseScope => true,
        Instruction::Release { resource, claim } => {
            s.resources[resource.index()].is_owned()
                && !reading.before[at].surely[resource.index()].covers(*claim)
        }
        Instruction::WaitOn { condition, .. } => match s.shared[condition.index()].kind {
            SharedKind::Condition { lock: Some(lock) } => reading.before[at].surely[lock.index()].is_none(),
            SharedKind::Condition { lock: None }
            | SharedKind::Channel { .. }
            | SharedKind::Latch { .. }
            | SharedKind::Barrier { .. }
            | SharedKind::Server(_) => false,
        },
        // A timeout of anybody breaks it for all.
        Instruction::Await { shared, .. }
            if matches!(s.shared[shared.index()].kind, SharedKind::Barrier { .. }) =>
        {
            s.tasks
                .iter()
                .flat_map(|task| &task.program.code)
                .any(|other| other.timeout().is_some() && other.shared() == Some(*shared))
        }
        Instruction::Send { channel, .. } => s
            .tasks
            .iter()
            .flat_map(|task| &task.program.code)
            .any(|other| *other == Instruction::Close(*channel)),
        _ => false,
    };
    program.code.iter().enumerate().map(|step| reading.before[step.0].reached && raises(step)).collect()
}

/// For each executor, whether it, or what it leads to, can refuse a task.
fn refusing(s: &Scenario) -> Vec<bool> {
    let mut own: Vec<bool> = s
        .executors
        .iter()
        .map(|executor| executor.queue.is_some() && executor.on_full == OnFull::Reject)
        .collect();
    for instruction in s.tasks.iter().flat_map(|task| &task.program.code) {
        if let Instruction::Shutdown { executor, .. } = instruction {
            own[executor.index()] = true;
        }
    }
    let into = |at: &ExecutorId| s.executors[at.index()].wraps();
    let chain = |from: usize| std::iter::successors(Some(ExecutorId(from as u16)), into);
    (0..s.executors.len()).map(|from| chain(from).any(|at| own[at.index()])).collect()
}

/// For each resource, whether a task can ask for it while all permits are held.
pub(super) fn contended(
    s: &Scenario,
    readings: &[Reading],
    nodes: &[Node],
    numbers: &Numbers,
    raises: &[Vec<bool>],
    budget: &ReadingBudget<'_>,
) -> Vec<bool> {
    let ids = (0..s.resources.len() as u16).map(ResourceId);
    let mut contended: Vec<bool> = ids.map(|resource| is_involved(s, resource)).collect();
    loop {
        let mut changed = false;
        for number in 0..contended.len() {
            if !contended[number]
                && !budget.is_over()
                && is_contended(s, readings, nodes, numbers, raises, ResourceId(number as u16), &contended)
            {
                contended[number] = true;
                changed = true;
            }
        }
        if !changed {
            return contended;
        }
    }
}

/// Whether a resource is more than a single permit, lock by lock: then nothing is said of how few may ask for it.
fn is_involved(s: &Scenario, resource: ResourceId) -> bool {
    let described = &s.resources[resource.index()];
    let large = |instruction: &Instruction| match instruction {
        Instruction::Acquire { resource: of, claim, .. } => *of == resource && *claim != Claim::ONE,
        Instruction::WaitOn { condition, .. } => {
            let lock = SharedKind::Condition { lock: Some(resource) };
            s.shared[condition.index()].kind == lock
        }
        _ => false,
    };
    !described.is_owned()
        || described.permits == 0
        || s.tasks.iter().flat_map(|task| &task.program.code).any(large)
}

fn is_contended(
    s: &Scenario,
    readings: &[Reading],
    nodes: &[Node],
    numbers: &Numbers,
    raises: &[Vec<bool>],
    resource: ResourceId,
    known: &[bool],
) -> bool {
    let is_reentrant = s.resources[resource.index()].is_reentrant();
    let asks = |node: &&Node| {
        let program = &s.tasks[node.task.index()].program;
        program.code.iter().any(|i| matches!(i, Instruction::Acquire { resource: of, .. } if *of == resource))
    };
    let mut by_pool: BTreeMap<ExecutorId, u64> = BTreeMap::new();
    let mut switches = false;
    let (mut all_green, mut kept) = (true, false);
    for node in nodes.iter().filter(asks) {
        let program = &s.tasks[node.task.index()].program;
        let reading = &readings[node.task.index()];
        let pool = s.pool_of(node.to);
        let executor = &s.executors[pool.index()];
        let sum = by_pool.entry(pool).or_default();
        *sum = sum.saturating_add(node.run);
        if node.unseated || executor.on_wait != OnWait::Hold {
            *sum = MANY;
        }
        all_green &= matches!(executor.kind, ExecutorKind::Green { .. });
        let held =
            |at: usize| reading.before[at].reached && !reading.before[at].held[resource.index()].is_none();
        kept |= held(program.code.len());
        for (at, instruction) in program.code.iter().enumerate().filter(|(at, _)| held(*at)) {
            let raising = raises[node.task.index()][at];
            kept |= (raising
                && !kept_when_raising(program, at, &reading.before[at])[resource.index()].is_none())
                || (!is_reentrant
                    && matches!(instruction, Instruction::Acquire { resource: of, .. } if *of == resource));
            switches |= can_switch(s, node, instruction, known);
        }
    }
    if kept {
        return true;
    }
    let at_once = by_pool.iter().fold(0u64, |total, (pool, sum)| {
        let executor = &s.executors[pool.index()];
        let workers = numbers.workers[pool.index()];
        let bound =
            if executor.on_wait == OnWait::Hold && executor.kind != ExecutorKind::Inline && *sum != MANY {
                (*sum).min(workers)
            } else {
                *sum
            };
        total.saturating_add(bound)
    });
    at_once > u64::from(s.resources[resource.index()].permits) && (!all_green || switches)
}

/// Whether another task of the same thread can come in between while a task does this.
fn can_switch(s: &Scenario, node: &Node, instruction: &Instruction, known: &[bool]) -> bool {
    match instruction {
        Instruction::Io(..)
        | Instruction::Yield
        | Instruction::JoinScope
        | Instruction::Wait { .. }
        | Instruction::Result { .. }
        | Instruction::Send { .. }
        | Instruction::Receive { .. }
        | Instruction::WaitOn { .. }
        | Instruction::Await { .. }
        | Instruction::Use { .. }
        | Instruction::Shutdown { .. } => true,
        Instruction::Acquire { resource: other, .. } => known[other.index()],
        Instruction::Submit(id) => {
            let submit = &s.tasks[node.task.index()].program.submits[id.index()];
            let to = &s.executors[submit.to.unwrap_or(node.to).index()];
            to.kind == ExecutorKind::Inline || to.queue.is_some()
        }
        _ => false,
    }
}
