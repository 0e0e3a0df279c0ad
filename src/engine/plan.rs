//! What can be worked out from the scenario once, before a run.

use super::draw::hash_name;
use crate::model::executor::{Guard, Kind};
use crate::model::id::ExecutorId;
use crate::model::scenario::Scenario;

/// Lookups that the hot paths need.
#[derive(Clone, Debug)]
pub(super) struct Plan {
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
        let pool_of: Vec<ExecutorId> = ids().map(|id| scenario.pool_of(id)).collect();
        Plan {
            type_names: scenario.tasks.iter().map(|task| hash_name(&task.name)).collect(),
            child_names: scenario
                .tasks
                .iter()
                .map(|task| task.program.names.iter().map(|name| hash_name(&name.text)).collect())
                .collect(),
            upstream: ids()
                .map(|id| ids().filter(|up| executors[up.index()].wraps() == Some(id)).collect())
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
