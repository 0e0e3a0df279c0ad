//! What a remedy is in a person's own code: a line for each change, in the words of the scenario's runtime.
//!
//! Invariant: made from what differs between two scenarios alone, so every remedy has its lines, however it was found.
//! What the runtime cannot do has none.

use super::dialect;
use crate::model::executor::{Executor, Kind, OnWait};
use crate::model::program::{Instruction, Program};
use crate::model::scenario::{Resource, Scenario};
use crate::model::time::Duration;

/// The lines of code that make `after` of `before`.
pub(super) fn lines(before: &Scenario, after: &Scenario) -> Vec<String> {
    let mut found = Vec::new();
    for executor in &after.executors {
        let old = before.executors.iter().find(|old| old.name == executor.name);
        found.extend(executor_line(after, old, executor));
    }
    for resource in &after.resources {
        let old = before.resources.iter().find(|old| old.name == resource.name);
        found.extend(resource_line(after, old, resource));
    }
    for task in &after.tasks {
        let old = before.tasks.iter().find(|old| old.name == task.name);
        let old = old.map(|old| &old.program);
        found.extend(timeout_lines(after, old, &task.program));
        found.extend(old.and_then(|old| order_line(after, old, &task.program)));
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|line| seen.insert(line.clone()));
    found
}

fn executor_line(s: &Scenario, old: Option<&Executor>, new: &Executor) -> Option<String> {
    if let Kind::Cap { caps, .. } = &new.kind {
        let is_same = old.is_some_and(|old| old.kind == new.kind);
        let cap = caps.first().filter(|_| !is_same)?;
        return Some(format!("{} around each {}", dialect::semaphore(s.runtime, cap.limit), cap.name));
    }
    if let Some(old) = old {
        if old.on_wait != new.on_wait {
            return match new.on_wait {
                OnWait::HelpChild | OnWait::HelpAny | OnWait::Join => {
                    dialect::help(s.runtime, new.workers().unwrap_or(1))
                }
                OnWait::Release => dialect::release(s.runtime).map(str::to_owned),
                OnWait::Hold | OnWait::Compensate => None,
            };
        }
        if old.kind == new.kind && old.queue == new.queue && old.on_full == new.on_full {
            return None;
        }
    }
    dialect::pool(s.runtime, new).map(|code| format!("{code} for {}", new.name))
}

fn resource_line(s: &Scenario, old: Option<&Resource>, new: &Resource) -> Option<String> {
    let is_same = old.is_some_and(|old| old.permits == new.permits && old.pins == new.pins);
    match (is_same, new.is_lock()) {
        (true, _) => None,
        (false, true) => Some(format!("{} for {}", dialect::lock(s.runtime), new.name)),
        (false, false) => Some(format!("{} for {}", dialect::semaphore(s.runtime, new.permits), new.name)),
    }
}

/// How long a wait lasts at most, and whether it is for a lock or permit.
fn timeout(program: &Program, instruction: &Instruction) -> Option<(Duration, bool)> {
    let (draw, acquires) = match instruction {
        Instruction::Wait { timeout, .. }
        | Instruction::Result { timeout, .. }
        | Instruction::AwaitExecutor { timeout, .. } => ((*timeout)?, false),
        Instruction::Acquire { timeout, .. } => ((*timeout)?, true),
        _ => return None,
    };
    program.draws[draw.index()].distribution.fixed().map(|length| (length, acquires))
}

fn timeout_lines(s: &Scenario, old: Option<&Program>, new: &Program) -> Vec<String> {
    let timeouts = |program: &Program| -> Vec<(Duration, bool)> {
        program.code.iter().filter_map(|instruction| timeout(program, instruction)).collect()
    };
    let known = old.map_or_else(Vec::new, timeouts);
    let fresh = timeouts(new).into_iter().filter(|timeout| !known.contains(timeout));
    fresh
        .map(|(length, acquires)| match acquires {
            true => dialect::timed_acquire(s.runtime, length),
            false => dialect::timed_wait(s.runtime, length),
        })
        .collect()
}

/// The same locks in another order.
fn order_line(s: &Scenario, old: &Program, new: &Program) -> Option<String> {
    let locks = |program: &Program| -> Vec<usize> {
        let taken = program.code.iter().filter_map(|instruction| match instruction {
            Instruction::Acquire { resource, .. } => Some(resource.index()),
            _ => None,
        });
        taken.collect()
    };
    let (before, after) = (locks(old), locks(new));
    let sorted = |list: &[usize]| {
        let mut list = list.to_vec();
        list.sort_unstable();
        list
    };
    let is_reordered = before != after && sorted(&before) == sorted(&after);
    let names: Vec<&str> = after.iter().map(|number| s.resources[*number].name.as_str()).collect();
    is_reordered.then(|| format!("take {}, in this order everywhere", names.join(", ")))
}
