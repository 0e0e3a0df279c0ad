//! What the wait-for graph says of carriers: the threads that green tasks run on, and who keeps one.
//!
//! Invariant: a carrier that is not kept comes free by itself.

use super::build::{Builder, Needs, live, never};
use super::graph::Mode;
use super::model::Node;
use crate::analysis::state::task::{Phase, Task};
use crate::model::id::{ExecutorId, TaskId};
use crate::model::program::{Instruction, IoMode};

impl Builder<'_> {
    /// The carriers that a task runs on, or will run on, if they are what it needs to go on.
    pub(super) fn carriers_of(&self, task: &Task) -> Option<Node> {
        let executor = self.state.carried_by(task)?;
        let has_own = self.state.scenario().executors[executor.index()].carriers().is_some();
        Some(if has_own { Node::Carriers(executor) } else { Node::GreenThread })
    }

    /// Free at some time, as long as not all carriers are kept by tasks that never go on.
    pub(super) fn carriers(&self, of: Option<ExecutorId>) -> Needs {
        if self.assumptions.quiescent {
            return never();
        }
        let node = of.map_or(Node::GreenThread, Node::Carriers);
        let own = of.and_then(|executor| self.state.scenario().executors[executor.index()].carriers());
        let (threads, spare) = own.map_or((1, 0), |own| (own.threads as usize, own.spare as usize));
        let is_keeper = |(id, task): &(TaskId, &Task)| {
            self.keeps_carrier(*id, task) && self.carriers_of(task).as_ref() == Some(&node)
        };
        let keepers: Vec<(TaskId, &Task)> = self.state.tasks().filter(is_keeper).collect();
        let replaced = keepers.iter().filter(|(_, task)| self.is_replaced(task)).count().min(spare);
        if keepers.len() < threads + replaced {
            return live();
        }
        (Mode::Any, keepers.into_iter().map(|(id, _)| Node::Task(id)).collect())
    }

    /// Whether a task has a carrier to itself now.
    fn keeps_carrier(&self, id: TaskId, task: &Task) -> bool {
        match task.phase {
            // Preempted on a machine's core, it still has its carrier.
            Phase::Ready => task.above.is_none() && self.is_resident(id, task),
            _ => self.state.keeps_carrier(task),
        }
    }

    /// Whether a spare carrier may stand in for the one that a task has.
    fn is_replaced(&self, task: &Task) -> bool {
        let Some(instruction) = self.state.instruction(task) else { return false };
        match task.phase {
            Phase::Io => matches!(instruction, Instruction::Io(_, IoMode::Managed)),
            Phase::Waiting => self.state.scenario().is_wait_on_monitor(instruction),
            Phase::Running
            | Phase::Ready
            | Phase::Submitting(_)
            | Phase::Held
            | Phase::Passing
            | Phase::Blocked
            | Phase::Queued
            | Phase::Drained
            | Phase::Taken
            | Phase::Returning
            | Phase::Ended(_) => false,
        }
    }
}
