//! What the engine asks of an executor at every turn, worked out once.

use crate::model::executor::{Cancelled, Executor, ExecutorKind, HandOver, OnWait, Spawn};
use crate::model::id::ExecutorId;
use crate::model::scenario::Scenario;
use crate::model::time::Duration;

/// What the hot paths ask of an executor, in a few words. It stands in the executor's state, which they have in hand anyway.
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
    /// What a wrapper leads to.
    pub into: Option<ExecutorId>,
    /// How long a `delay` holds every task that has no time of its own, where that is fixed.
    pub holds_for: Option<Duration>,
    /// What it finally leads to runs on the shared green thread.
    pub leads_to_green: bool,
    /// What becomes of an entry that is cancelled.
    pub cancelled: Cancelled,
    /// What a worker does while its task waits.
    pub on_wait: OnWait,
    /// That is to help.
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
            ExecutorKind::Threads { spawn, .. } => matches!(spawn, Spawn::OnDemand | Spawn::Injected { .. }),
            ExecutorKind::Green { .. } => true,
            ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. }
            | ExecutorKind::Inline
            | ExecutorKind::Delay { .. }
            | ExecutorKind::Cap { .. }
            | ExecutorKind::Bus { .. } => false,
        };
        let resizes = matches!(
            executor.kind,
            ExecutorKind::Threads { spawn: Spawn::PerSubmit, .. }
                | ExecutorKind::Dynamic { .. }
                | ExecutorKind::Scheduled { .. }
        );
        Traits {
            most: most_on_demand(executor),
            bound: executor.queue.unwrap_or(u32::MAX),
            on_demand,
            resizes,
            fork_join: matches!(executor.kind, ExecutorKind::ForkJoin { .. }),
            scheduled: matches!(executor.kind, ExecutorKind::Scheduled { .. }),
            claims: matches!(executor.kind, ExecutorKind::Threads { claim_ahead: 1.., .. }),
            injects: matches!(executor.kind, ExecutorKind::Threads { spawn: Spawn::Injected { .. }, .. }),
            elastic: matches!(executor.kind, ExecutorKind::Elastic { .. }),
            departs: may_depart(executor),
            into: executor.wraps(),
            holds_for: match &executor.kind {
                ExecutorKind::Delay { delay, .. } => delay.fixed(),
                ExecutorKind::Threads { .. }
                | ExecutorKind::Green { .. }
                | ExecutorKind::Dynamic { .. }
                | ExecutorKind::Elastic { .. }
                | ExecutorKind::ForkJoin { .. }
                | ExecutorKind::Scheduled { .. }
                | ExecutorKind::Inline
                | ExecutorKind::Cap { .. }
                | ExecutorKind::Bus { .. } => None,
            },
            leads_to_green: false,
            cancelled: executor.cancelled,
            on_wait: executor.on_wait,
            helps: matches!(executor.on_wait, OnWait::HelpChild | OnWait::HelpAny),
            compensates: executor.on_wait == OnWait::Compensate,
            native: executor.is_native(),
            green: matches!(executor.kind, ExecutorKind::Green { .. }),
            has_upstream,
            has_turns: false,
            plain: is_plain(executor, has_upstream),
        }
    }
}

/// Whether what is decided of an executor may take the short way (see [`Traits::plain`]).
fn is_plain(executor: &Executor, has_upstream: bool) -> bool {
    match executor.kind {
        ExecutorKind::Threads { spawn, keep_alive, claim_ahead, .. } => {
            matches!(spawn, Spawn::OnDemand | Spawn::Eager)
                && keep_alive.is_none()
                && claim_ahead == 0
                && executor.on_wait == OnWait::Hold
                && !has_upstream
        }
        ExecutorKind::Delay { .. } => true,
        ExecutorKind::Green { .. }
        | ExecutorKind::Dynamic { .. }
        | ExecutorKind::Elastic { .. }
        | ExecutorKind::ForkJoin { .. }
        | ExecutorKind::Scheduled { .. }
        | ExecutorKind::Inline
        | ExecutorKind::Cap { .. }
        | ExecutorKind::Bus { .. } => false,
    }
}

/// Most workers that are added without waiting; 0 for what is no pool.
fn most_on_demand(executor: &Executor) -> u32 {
    match executor.kind {
        // The others are injected.
        ExecutorKind::Threads { spawn: Spawn::Injected { min_workers, .. }, .. } => min_workers,
        ExecutorKind::Green { workers, .. } => workers.unwrap_or(u32::MAX),
        ExecutorKind::Threads { .. }
        | ExecutorKind::Dynamic { .. }
        | ExecutorKind::Elastic { .. }
        | ExecutorKind::ForkJoin { .. }
        | ExecutorKind::Scheduled { .. }
        | ExecutorKind::Inline
        | ExecutorKind::Delay { .. }
        | ExecutorKind::Cap { .. }
        | ExecutorKind::Bus { .. } => executor.workers().unwrap_or(0),
    }
}

/// Whether idle workers of an executor may leave.
fn may_depart(executor: &Executor) -> bool {
    match executor.kind {
        ExecutorKind::Threads { keep_alive, .. } => keep_alive.is_some(),
        ExecutorKind::Elastic { .. } | ExecutorKind::Scheduled { .. } => true,
        ExecutorKind::Green { .. }
        | ExecutorKind::Dynamic { .. }
        | ExecutorKind::ForkJoin { .. }
        | ExecutorKind::Inline
        | ExecutorKind::Delay { .. }
        | ExecutorKind::Cap { .. }
        | ExecutorKind::Bus { .. } => false,
    }
}

/// What is asked of each executor, with what leads into it.
pub(super) fn of_all(scenario: &Scenario) -> Vec<Traits> {
    let executors = &scenario.executors;
    let of = |(id, executor): (ExecutorId, &Executor)| Traits {
        leads_to_green: executors[scenario.pool_of(id).index()].shares_green_thread(),
        ..Traits::of(executor, executors.iter().any(|from| watches(from, id)))
    };
    let mut traits: Vec<Traits> = (0u16..).map(ExecutorId).zip(executors).map(of).collect();
    for executor in executors {
        if let ExecutorKind::Cap { into, hand_over: HandOver::Turn, .. } = executor.kind {
            traits[into.index()].has_turns = true;
        }
    }
    traits
}

/// Whether `from` hands over to `executor` when there is room.
fn watches(from: &Executor, executor: ExecutorId) -> bool {
    match from.kind {
        ExecutorKind::Cap { into, .. } | ExecutorKind::Bus { into, .. } => into == executor,
        ExecutorKind::Delay { .. }
        | ExecutorKind::Threads { .. }
        | ExecutorKind::Green { .. }
        | ExecutorKind::Dynamic { .. }
        | ExecutorKind::Elastic { .. }
        | ExecutorKind::ForkJoin { .. }
        | ExecutorKind::Scheduled { .. }
        | ExecutorKind::Inline => false,
    }
}
