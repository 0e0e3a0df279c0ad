//! What can be worked out from the scenario once, before a run.

use super::draw::{Stream, hash_name};
use super::green::SHARED;
use crate::model::executor::{Executor, Guard, HandOver, Kind, OnWait, Spawn};
use crate::model::handler::HandlerKind;
use crate::model::id::ExecutorId;
use crate::model::program::{Instruction, ShutdownMode};
use crate::model::scenario::Scenario;
use crate::model::time::Time;

/// What the hot paths ask of an executor, in a few words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traits {
    /// Most workers; 0 for what is no pool.
    pub most: u32,
    /// Most entries that may wait; `u32::MAX` is unbounded.
    pub bound: u32,
    /// Adds a worker when none is idle, until there are enough.
    pub on_demand: bool,
    /// Changes its number of workers before it looks at a submission.
    pub resizes: bool,
    /// Decides about submissions as Java's `ThreadPoolExecutor` does.
    pub elastic: bool,
    /// Has a deque for each worker.
    pub fork_join: bool,
    /// Its queue is in the order of deadlines.
    pub scheduled: bool,
    /// Claims entries before workers take them.
    pub claims: bool,
    /// Adds workers from time to time while something is queued.
    pub injects: bool,
    /// Idle workers may leave.
    pub departs: bool,
    /// What a worker does while its task waits is more than nothing.
    pub helps: bool,
    pub compensates: bool,
    pub native: bool,
    pub green: bool,
    /// Some intake waits for its room.
    pub has_upstream: bool,
    /// Some cap hands its tasks over at their turn.
    pub has_turns: bool,
    /// What is decided of it takes a short way; the long way would decide the same (`short_ways` runs both).
    /// So it is with a delay, and with a pool of native workers and a queue and nothing else: its workers
    /// are added on demand or are all there, hold on to their tasks while these wait, and nobody watches for
    /// room.
    pub plain: bool,
}

impl Traits {
    fn of(executor: &Executor, has_upstream: bool) -> Traits {
        let on_demand = match executor.kind {
            Kind::Threads { spawn, .. } => matches!(spawn, Spawn::OnDemand | Spawn::Injected { .. }),
            Kind::Green { .. } => true,
            Kind::Dynamic { .. }
            | Kind::Elastic { .. }
            | Kind::ForkJoin { .. }
            | Kind::Scheduled { .. }
            | Kind::Inline
            | Kind::Delay { .. }
            | Kind::Cap { .. }
            | Kind::Bus { .. } => false,
        };
        let resizes = matches!(
            executor.kind,
            Kind::Threads { spawn: Spawn::PerSubmit, .. } | Kind::Dynamic { .. } | Kind::Scheduled { .. }
        );
        Traits {
            most: most_on_demand(executor),
            bound: executor.queue.unwrap_or(u32::MAX),
            on_demand,
            resizes,
            fork_join: matches!(executor.kind, Kind::ForkJoin { .. }),
            scheduled: matches!(executor.kind, Kind::Scheduled { .. }),
            claims: matches!(executor.kind, Kind::Threads { claim_ahead: 1.., .. }),
            injects: matches!(executor.kind, Kind::Threads { spawn: Spawn::Injected { .. }, .. }),
            elastic: matches!(executor.kind, Kind::Elastic { .. }),
            departs: may_depart(executor),
            helps: matches!(executor.on_wait, OnWait::HelpChild | OnWait::HelpAny),
            compensates: executor.on_wait == OnWait::Compensate,
            native: executor.is_native(),
            green: matches!(executor.kind, Kind::Green { .. }),
            has_upstream,
            has_turns: false,
            plain: match executor.kind {
                Kind::Threads { spawn, keep_alive, claim_ahead, .. } => {
                    matches!(spawn, Spawn::OnDemand | Spawn::Eager)
                        && keep_alive.is_none()
                        && claim_ahead == 0
                        && executor.on_wait == OnWait::Hold
                        && !has_upstream
                }
                Kind::Delay { .. } => true,
                Kind::Green { .. }
                | Kind::Dynamic { .. }
                | Kind::Elastic { .. }
                | Kind::ForkJoin { .. }
                | Kind::Scheduled { .. }
                | Kind::Inline
                | Kind::Cap { .. }
                | Kind::Bus { .. } => false,
            },
        }
    }
}

/// Most workers that are added without waiting; 0 for what is no pool.
fn most_on_demand(executor: &Executor) -> u32 {
    match executor.kind {
        // The others are injected.
        Kind::Threads { spawn: Spawn::Injected { min_workers, .. }, .. } => min_workers,
        Kind::Green { workers, .. } => workers.unwrap_or(u32::MAX),
        Kind::Threads { .. }
        | Kind::Dynamic { .. }
        | Kind::Elastic { .. }
        | Kind::ForkJoin { .. }
        | Kind::Scheduled { .. }
        | Kind::Inline
        | Kind::Delay { .. }
        | Kind::Cap { .. }
        | Kind::Bus { .. } => executor.workers().unwrap_or(0),
    }
}

/// Whether idle workers of an executor may leave.
fn may_depart(executor: &Executor) -> bool {
    match executor.kind {
        Kind::Threads { keep_alive, .. } => keep_alive.is_some(),
        Kind::Elastic { .. } | Kind::Scheduled { .. } => true,
        Kind::Green { .. }
        | Kind::Dynamic { .. }
        | Kind::ForkJoin { .. }
        | Kind::Inline
        | Kind::Delay { .. }
        | Kind::Cap { .. }
        | Kind::Bus { .. } => false,
    }
}

/// Lookups that the hot paths need.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// For each executor.
    pub traits: Vec<Traits>,
    /// The stream of the first arrival of each task type.
    pub type_streams: Vec<Stream>,
    /// For each task type, the hash of each child's name.
    pub child_names: Vec<Vec<u64>>,
    /// For each executor, the pool (or `inline`) that finally runs what it is given.
    pub pool_of: Vec<ExecutorId>,
    /// For each executor, the intakes that may be waiting for its room: the caps and buses that lead into
    /// it, also through each other, the nearest first.
    pub upstream: Vec<Vec<ExecutorId>>,
    /// For each executor, whether what it leads to runs on the shared green thread.
    pub leads_to_green: Vec<bool>,
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
            traits: traits(executors, &upstream),
            upstream,
            type_streams: scenario.tasks.iter().map(|task| seed.family(hash_name(&task.name))).collect(),
            child_names: scenario
                .tasks
                .iter()
                .map(|task| task.program.names.iter().map(|name| hash_name(&name.text)).collect())
                .collect(),
            leads_to_green: pool_of
                .iter()
                .map(|pool| executors[pool.index()].shares_green_thread())
                .collect(),
            carriers_of: carriers_of(executors),
            has_native: executors
                .iter()
                .any(|e| e.is_native() || e.kind == Kind::Inline || e.carriers().is_some()),
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
            pool_of,
        }
    }
}

/// What is asked of each executor, with what leads into it.
fn traits(executors: &[Executor], upstream: &[Vec<ExecutorId>]) -> Vec<Traits> {
    let mut traits: Vec<Traits> =
        executors.iter().zip(upstream).map(|(executor, up)| Traits::of(executor, !up.is_empty())).collect();
    for executor in executors {
        if let Kind::Cap { into, hand_over: HandOver::Turn, .. } = executor.kind {
            traits[into.index()].has_turns = true;
        }
    }
    traits
}

/// The groups of carriers, numbered as [`GreenThreads`] has them.
///
/// [`GreenThreads`]: super::green::GreenThreads
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
            Kind::Cap { into, .. } | Kind::Bus { into, .. } => straight[into.index()].push(id),
            Kind::Delay { .. }
            | Kind::Threads { .. }
            | Kind::Green { .. }
            | Kind::Dynamic { .. }
            | Kind::Elastic { .. }
            | Kind::ForkJoin { .. }
            | Kind::Scheduled { .. }
            | Kind::Inline => {}
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
        Kind::Delay { delay, .. } => delay.fixed().is_none(),
        Kind::Threads { .. }
        | Kind::Green { .. }
        | Kind::Dynamic { .. }
        | Kind::Elastic { .. }
        | Kind::ForkJoin { .. }
        | Kind::Scheduled { .. }
        | Kind::Inline
        | Kind::Cap { .. }
        | Kind::Bus { .. } => false,
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
