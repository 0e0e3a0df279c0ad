//! What a remedy is in a person's own code: a line for each change, in the words of the scenario's runtime.
//!
//! Invariant: made from what differs between two scenarios alone, so every remedy has its lines, however it was found.
//! What the runtime cannot do has none.

use super::dialect::{self, TimedWaitTarget};
use crate::model::executor::{Cancelled, Executor, ExecutorKind, Guard, OnWait};
use crate::model::id::ResourceId;
use crate::model::program::{Instruction, Program};
use crate::model::runtime::ReadWritePreference;
use crate::model::scenario::{Resource, ResourceKind, Scenario};
use crate::model::shared::{Shared, SharedKind};
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
    for shared in &after.shared {
        let old = before.shared.iter().find(|old| old.name == shared.name);
        found.extend(shared_line(after, old, shared));
    }
    for task in &after.tasks {
        let old = before.tasks.iter().find(|old| old.name == task.name);
        let old = old.map(|old| &old.program);
        found.extend(timeout_lines(after, old, &task.program));
        found.extend(old.and_then(|old| release_line(after, old, &task.program)));
        found.extend(old.and_then(|old| order_line(after, old, &task.program)));
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|line| seen.insert(line.clone()));
    found
}

fn executor_line(s: &Scenario, old: Option<&Executor>, new: &Executor) -> Option<String> {
    if let ExecutorKind::Cap { caps, .. } = &new.kind {
        let is_same = old.is_some_and(|old| old.kind == new.kind);
        let cap = caps.first().filter(|_| !is_same)?;
        return Some(format!("{} around each {}", dialect::semaphore(s.runtime, cap.limit), cap.name));
    }
    if old.is_some_and(|old| old.cancelled != new.cancelled) && new.cancelled == Cancelled::Removed {
        return Some(dialect::removing_cancelled(s.runtime, &new.name));
    }
    if let ExecutorKind::Delay { delay, .. } = &new.kind {
        let length = delay.fixed().filter(|_| old.is_none_or(|old| old.kind != new.kind))?;
        return Some(format!("a delay of {length} for {}", new.name));
    }
    if let Some(old) = old {
        if old.guard != new.guard && new.guard == Guard::Reject {
            return Some(format!("raise where a task of {0} submits to {0} and waits", new.name));
        }
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
    let becomes = |is: fn(&Resource) -> bool| is(new) && old.is_some_and(|old| !is(old));
    if becomes(Resource::is_reentrant) {
        return dialect::reentrant_lock(s.runtime).map(|code| format!("{code} for {}", new.name));
    }
    if becomes(|resource| {
        matches!(resource.kind, ResourceKind::ReadWriteLock { prefer: ReadWritePreference::Readers, .. })
    }) {
        return dialect::chooses_readers(s.runtime)
            .then(|| format!("a read-write lock that prefers readers for {}", new.name));
    }
    let is_same = old.is_some_and(|old| old.permits == new.permits && old.pins == new.pins);
    match (is_same, new.is_lock()) {
        (true, _) => None,
        (false, true) => Some(format!("{} for {}", dialect::lock(s.runtime), new.name)),
        (false, false) => Some(format!("{} for {}", dialect::semaphore(s.runtime, new.permits), new.name)),
    }
}

fn shared_line(s: &Scenario, old: Option<&Shared>, new: &Shared) -> Option<String> {
    let SharedKind::Channel { capacity } = new.kind else { return None };
    let is_same = old.is_some_and(|old| old.kind == new.kind);
    let code = dialect::channel(s.runtime, capacity).filter(|_| !is_same)?;
    Some(format!("{code} for {}", new.name))
}

/// How long a wait lasts at most, and for what.
fn timeout(program: &Program, instruction: &Instruction) -> Option<(Duration, TimedWaitTarget)> {
    let (draw, awaited) = match instruction {
        Instruction::Wait { timeout, .. }
        | Instruction::Result { timeout, .. }
        | Instruction::AwaitExecutor { timeout, .. } => ((*timeout)?, TimedWaitTarget::Future),
        Instruction::Acquire { timeout, .. } => ((*timeout)?, TimedWaitTarget::Permit),
        Instruction::Send { timeout, .. } => ((*timeout)?, TimedWaitTarget::Room),
        Instruction::Receive { timeout, .. } => ((*timeout)?, TimedWaitTarget::Message),
        Instruction::WaitOn { timeout, .. } | Instruction::Await { timeout, .. } => {
            ((*timeout)?, TimedWaitTarget::Signal)
        }
        _ => return None,
    };
    program.draws[draw.index()].distribution.fixed().map(|length| (length, awaited))
}

fn timeout_lines(s: &Scenario, old: Option<&Program>, new: &Program) -> Vec<String> {
    let timeouts = |program: &Program| -> Vec<(Duration, TimedWaitTarget)> {
        program.code.iter().filter_map(|instruction| timeout(program, instruction)).collect()
    };
    let known = old.map_or_else(Vec::new, timeouts);
    let fresh = timeouts(new).into_iter().filter(|timeout| !known.contains(timeout));
    fresh.map(|(length, awaited)| dialect::timed(s.runtime, awaited, length)).collect()
}

/// What is given back before a wait that it was held over.
fn release_line(s: &Scenario, old: &Program, new: &Program) -> Option<String> {
    // For each thing given back, how many waits come before.
    let releases = |program: &Program| -> Vec<(ResourceId, usize)> {
        let mut waits = 0;
        let mut found = Vec::new();
        for instruction in &program.code {
            match instruction {
                Instruction::Release { resource, .. } => found.push((*resource, waits)),
                Instruction::Wait { .. } | Instruction::Result { .. } => waits += 1,
                _ => {}
            }
        }
        found
    };
    let (before, after) = (releases(old), releases(new));
    let (resource, _) = after.iter().find(|(resource, waits)| {
        before.iter().any(|(other, earlier)| other == resource && earlier > waits)
    })?;
    Some(format!("leave the block that holds {} before the wait", s.resources[resource.index()].name))
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
