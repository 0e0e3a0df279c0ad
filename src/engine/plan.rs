//! What can be worked out from the scenario once, before a run.

use super::draw::hash_name;
use crate::model::executor::{Executor, Guard, Kind, OnWait, Spawn};
use crate::model::id::ExecutorId;
use crate::model::scenario::Scenario;

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
    /// What a worker does while its task waits is more than nothing.
    pub helps: bool,
    pub compensates: bool,
    pub native: bool,
    pub green: bool,
    /// Some wrapper leads straight into it.
    pub has_upstream: bool,
}

impl Traits {
    fn of(executor: &Executor, has_upstream: bool) -> Traits {
        let on_demand = match executor.kind {
            Kind::Threads { spawn, .. } => spawn == Spawn::OnDemand,
            Kind::Green { .. } => true,
            Kind::Dynamic { .. }
            | Kind::Inline
            | Kind::Delay { .. }
            | Kind::Cap { .. }
            | Kind::Bus { .. } => false,
        };
        let resizes =
            matches!(executor.kind, Kind::Threads { spawn: Spawn::PerSubmit, .. } | Kind::Dynamic { .. });
        Traits {
            most: executor.workers().unwrap_or(0),
            bound: executor.queue.unwrap_or(u32::MAX),
            on_demand,
            resizes,
            helps: matches!(executor.on_wait, OnWait::HelpChild | OnWait::HelpAny),
            compensates: executor.on_wait == OnWait::Compensate,
            native: executor.is_native(),
            green: matches!(executor.kind, Kind::Green { .. }),
            has_upstream,
        }
    }
}

/// Lookups that the hot paths need.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// For each executor.
    pub traits: Vec<Traits>,
    /// The hash of each task type's name.
    pub type_names: Vec<u64>,
    /// For each task type, the hash of each child's name.
    pub child_names: Vec<Vec<u64>>,
    /// For each executor, the pool (or `inline`) that finally runs what it is given.
    pub pool_of: Vec<ExecutorId>,
    /// For each executor, the wrappers that lead straight into it and may be waiting for its room.
    pub upstream: Vec<Vec<ExecutorId>>,
    /// For each executor, whether what it leads to runs on the green thread.
    pub leads_to_green: Vec<bool>,
    /// Some executor has a guard or is a leaf.
    pub has_guards: bool,
}

impl Plan {
    pub fn new(scenario: &Scenario) -> Plan {
        let executors = &scenario.executors;
        let ids = || (0..executors.len() as u16).map(ExecutorId);
        let upstream: Vec<Vec<ExecutorId>> =
            ids().map(|id| ids().filter(|up| executors[up.index()].wraps() == Some(id)).collect()).collect();
        let pool_of: Vec<ExecutorId> = ids().map(|id| scenario.pool_of(id)).collect();
        Plan {
            traits: executors.iter().zip(&upstream).map(|(e, up)| Traits::of(e, !up.is_empty())).collect(),
            upstream,
            type_names: scenario.tasks.iter().map(|task| hash_name(&task.name)).collect(),
            child_names: scenario
                .tasks
                .iter()
                .map(|task| task.program.names.iter().map(|name| hash_name(&name.text)).collect())
                .collect(),
            leads_to_green: pool_of
                .iter()
                .map(|pool| matches!(executors[pool.index()].kind, Kind::Green { .. }))
                .collect(),
            has_guards: executors.iter().any(|e| e.guard != Guard::Allow || e.leaf),
            pool_of,
        }
    }
}
