//! What the tasks of each type, and those they submit, may still do to others: shut an executor down,
//! or submit into a pool.
//!
//! Invariant: says "may" whenever a program could, whatever its data and durations; where it has come to
//! in its program is deliberately not looked at.

use crate::model::id::{ExecutorId, TaskTypeId};
use crate::model::program::Instruction;
use crate::model::scenario::Scenario;

/// For each task type, what it and its descendants may do.
#[derive(Clone, Debug)]
pub struct Reach {
    shutdowns: Vec<Vec<bool>>,
    pools: Vec<Vec<bool>>,
    interrupts: bool,
}

impl Reach {
    /// Reads all programs of a scenario.
    pub fn new(scenario: &Scenario) -> Reach {
        let (types, executors) = (scenario.tasks.len(), scenario.executors.len());
        let mut shutdowns = vec![vec![false; executors]; types];
        let mut pools = vec![vec![false; executors]; types];
        for (kind, task) in scenario.tasks.iter().enumerate() {
            for instruction in &task.program.code {
                if let Instruction::Shutdown { executor, .. } = instruction {
                    shutdowns[kind][executor.index()] = true;
                }
            }
            for submit in &task.program.submits {
                match submit.to {
                    Some(to) => pools[kind][scenario.pool_of(to).index()] = true,
                    // Its own executor, which differs from instance to instance: any.
                    None => pools[kind].fill(true),
                }
            }
        }
        let mut reach = Reach { shutdowns, pools, interrupts: scenario.has_interrupts() };
        while reach.spread(scenario) {}
        reach
    }

    /// One round of taking over from children; whether anything changed.
    fn spread(&mut self, scenario: &Scenario) -> bool {
        let mut changed = false;
        for (kind, task) in scenario.tasks.iter().enumerate() {
            for submit in &task.program.submits {
                for table in [&mut self.shutdowns, &mut self.pools] {
                    let child = table[submit.task.index()].clone();
                    for (own, reached) in table[kind].iter_mut().zip(child) {
                        changed |= reached && !*own;
                        *own |= reached;
                    }
                }
            }
        }
        changed
    }

    /// Whether anything at all may interrupt a task.
    pub fn interrupts(&self) -> bool {
        self.interrupts
    }

    /// Whether a task of this type, or a descendant, may shut `executor` down.
    pub fn shuts_down(&self, kind: TaskTypeId, executor: ExecutorId) -> bool {
        self.shutdowns[kind.index()][executor.index()]
    }

    /// Whether anything at all may shut `executor` down.
    pub fn is_ever_shut_down(&self, executor: ExecutorId) -> bool {
        self.shutdowns.iter().any(|of| of[executor.index()])
    }

    /// Whether a task of this type, or a descendant, may submit something that ends up in `pool`.
    pub fn submits_into(&self, kind: TaskTypeId, pool: ExecutorId) -> bool {
        self.pools[kind.index()][pool.index()]
    }
}
