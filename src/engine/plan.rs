//! What can be worked out from the scenario once, before a run.

use super::carriers::SHARED;
use super::draw::{Stream, hash_name};
use crate::model::executor::{Executor, ExecutorKind, Guard};
use crate::model::handler::HandlerKind;
use crate::model::id::ExecutorId;
use crate::model::program::{Instruction, ShutdownMode};
use crate::model::scenario::Scenario;
use crate::model::time::Time;

/// Lookups that the hot paths need.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The stream of the first arrival of each task type.
    pub type_streams: Vec<Stream>,
    /// For each task type, the hash of each child's name.
    pub child_names: Vec<Vec<u64>>,
    /// For each executor, the pool (or `inline`) that finally runs what it is given.
    pub pool_of: Vec<ExecutorId>,
    /// For each executor, the intakes that may be waiting for its room: the caps and buses that lead into
    /// it, also through each other, the nearest first.
    pub upstream: Vec<Vec<ExecutorId>>,
    /// For each executor, the group of carriers that its green tasks run on.
    pub carriers_of: Vec<u16>,
    /// Some executor has a guard or is a leaf.
    pub has_guards: bool,
    /// Not everything runs on the one green thread.
    pub has_native: bool,
    /// Some duration is drawn, so that the future depends on random streams.
    pub has_draws: bool,
    /// Some lock pins green tasks to their carriers.
    pub has_pins: bool,
    /// Some task may cancel another.
    pub has_cancels: bool,
    /// Some task may be interrupted.
    pub has_interrupts: bool,
    /// Some program has a scope.
    pub has_scopes: bool,
    /// Some submission numbers its keys, so that the future depends on how many there were.
    pub counts_keys: bool,
    /// Most tasks in a run.
    pub most_tasks: u32,
    /// Nothing happens after this instant.
    pub until: Time,
    /// The last instant at which anything happens: at the very end of time nothing does.
    pub last: Time,
}

impl Plan {
    /// Whose carriers a group has; `None` for the shared one.
    pub fn executor_of(&self, group: u16) -> Option<ExecutorId> {
        let owner = |of: &u16| *of == group && group != SHARED;
        self.carriers_of.iter().position(owner).map(|at| ExecutorId(at as u16))
    }

    pub fn new(scenario: &Scenario) -> Plan {
        let executors = &scenario.executors;
        let seed = Stream::of_seed(scenario.seed);
        let upstream = intakes(executors);
        let ids = (0..executors.len() as u16).map(ExecutorId);
        let pool_of: Vec<ExecutorId> = ids.map(|id| scenario.pool_of(id)).collect();
        Plan {
            upstream,
            type_streams: scenario.tasks.iter().map(|task| seed.family(hash_name(&task.name))).collect(),
            child_names: scenario
                .tasks
                .iter()
                .map(|task| task.program.names.iter().map(|name| hash_name(&name.text)).collect())
                .collect(),
            carriers_of: carriers_of(executors),
            has_native: executors
                .iter()
                .any(|e| e.is_native() || e.kind == ExecutorKind::Inline || e.carriers().is_some()),
            has_draws: has_draws(scenario),
            has_pins: scenario.resources.iter().any(|resource| resource.pins.is_some()),
            has_cancels: scenario.tasks.iter().any(|task| task.program.code.iter().any(cancels)),
            has_interrupts: scenario.has_interrupts(),
            has_scopes: scenario
                .tasks
                .iter()
                .any(|task| task.program.handlers.iter().any(|handler| handler.kind == HandlerKind::Scope)),
            counts_keys: counts_keys(scenario),
            has_guards: executors.iter().any(|e| e.guard != Guard::Allow || e.leaf),
            most_tasks: scenario.limits.max_tasks.min(u64::from(u32::MAX) - 1) as u32,
            until: scenario.until.unwrap_or(Time::NEVER),
            last: scenario.until.unwrap_or(Time::NEVER).min(Time(Time::NEVER.0 - 1)),
            pool_of,
        }
    }
}

/// The groups of carriers, numbered as [`GreenThreads`] has them.
///
/// [`GreenThreads`]: super::carriers::GreenThreads
fn carriers_of(executors: &[Executor]) -> Vec<u16> {
    let mut groups = SHARED;
    let group = |executor: &Executor| {
        groups += u16::from(executor.carriers().is_some());
        if executor.carriers().is_some() { groups } else { SHARED }
    };
    executors.iter().map(group).collect()
}

/// For each executor, the caps and buses whose hand-over hangs on room there, the nearest first. A delay
/// hands over when its time has come, whatever room there is, so nothing in front of it looks through it.
fn intakes(executors: &[Executor]) -> Vec<Vec<ExecutorId>> {
    let mut straight: Vec<Vec<ExecutorId>> = vec![Vec::new(); executors.len()];
    for (id, from) in (0..executors.len() as u16).map(ExecutorId).zip(executors) {
        match from.kind {
            ExecutorKind::Cap { into, .. } | ExecutorKind::Bus { into, .. } => {
                straight[into.index()].push(id)
            }
            ExecutorKind::Delay { .. }
            | ExecutorKind::Threads { .. }
            | ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. }
            | ExecutorKind::Inline => {}
        }
    }
    let through = |first: &Vec<ExecutorId>| {
        let mut found = first.clone();
        let mut at = 0;
        while at < found.len() {
            found.extend_from_slice(&straight[found[at].index()]);
            at += 1;
        }
        found
    };
    straight.iter().map(through).collect()
}

/// Whether any duration of a program or of a delay, or any `maybe`, is drawn.
fn has_draws(scenario: &Scenario) -> bool {
    let maybe = |code: &Instruction| matches!(code, Instruction::Maybe { .. });
    let in_programs = scenario.tasks.iter().any(|task| {
        let program = &task.program;
        program.draws.iter().any(|draw| draw.distribution.fixed().is_none()) || program.code.iter().any(maybe)
    });
    let in_delays = scenario.executors.iter().any(|executor| match &executor.kind {
        ExecutorKind::Delay { delay, .. } => delay.fixed().is_none(),
        ExecutorKind::Threads { .. }
        | ExecutorKind::Green { .. }
        | ExecutorKind::Dynamic { .. }
        | ExecutorKind::Elastic { .. }
        | ExecutorKind::ForkJoin { .. }
        | ExecutorKind::Scheduled { .. }
        | ExecutorKind::Inline
        | ExecutorKind::Cap { .. }
        | ExecutorKind::Bus { .. } => false,
    });
    in_programs || in_delays
}

fn cancels(instruction: &Instruction) -> bool {
    matches!(
        instruction,
        Instruction::Cancel { .. }
            | Instruction::Shutdown { mode: ShutdownMode::Cancel | ShutdownMode::Now, .. }
            | Instruction::OpenScope { fail_fast: true }
    )
}

fn counts_keys(scenario: &Scenario) -> bool {
    let counts = |key: &Option<String>| key.as_ref().is_some_and(|key| key.contains("{n}"));
    scenario.tasks.iter().any(|task| task.program.submits.iter().any(|submit| counts(&submit.key)))
        || scenario.arrivals.iter().any(|entry| counts(&entry.key))
}
