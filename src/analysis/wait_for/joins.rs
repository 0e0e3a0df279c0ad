//! What the wait-for graph says of workers that join: they look for something to run, or let another worker take their
//! place, once, when a wait begins and after each task that they ran meanwhile.
//!
//! Invariant: between the event that brought such a worker to its wait and the next one it may still do so.

use super::build::Builder;
use crate::analysis::state::task::{Phase, Task, Thread};
use crate::model::executor::ExecutorKind;
use crate::model::id::{ExecutorId, TaskId, WorkerId};
use crate::model::program::{Instruction, IoMode, WaitMode};
use crate::trace::event::EventId;

impl Builder<'_> {
    /// Whether the worker whose topmost task is `top` has just come to a wait for tasks of its own `pool` or to a `managed`
    /// step, and will run one of those tasks, or what a thief of it has left, or be replaced.
    pub(super) fn is_about_to_join(&self, pool: ExecutorId, top: TaskId) -> bool {
        let Some(task) = self.state.task(top).filter(|task| self.joins(pool, task)) else { return false };
        let Some(Thread::Worker(_, worker)) = task.thread else { return false };
        let place = self.state.executor(pool);
        let last = self.state.applied().checked_sub(1).map(EventId);
        let uncovered = place.workers.get(worker.0).and_then(|worker| worker.since);
        let has_just_come = [Some(task.since), uncovered, place.met].contains(&last);
        has_just_come && (self.has_something_to_run(pool, task) || self.is_replaced_at(pool, worker))
    }

    /// Whether a child is among those that `by` waits for. Each of many queued children asks this of their parent, so it does
    /// not look at all of them.
    pub(super) fn awaits(&self, by: &Task, child: TaskId) -> bool {
        let program = &self.state.scenario().tasks[by.kind.index()].program;
        // In order of their submission.
        let is_own = || by.all_children.binary_search(&child).is_ok();
        match program.code.get(by.pc.index()) {
            Some(Instruction::Wait { mode: WaitMode::Every, .. }) => is_own(),
            Some(Instruction::Wait { names, .. } | Instruction::Result { names, .. }) => {
                names.iter().any(|name| by.child(*name) == Some(child))
            }
            Some(Instruction::JoinScope) => {
                let scope = program.handlers.iter().find(|handler| handler.target == by.pc);
                let submitted_at = self.state.task(child).and_then(|child| child.origin.submitted_at());
                let is_inside =
                    scope.zip(submitted_at).is_some_and(|(scope, pc)| scope.from <= pc && pc < scope.to);
                is_inside && is_own()
            }
            _ => false,
        }
    }

    /// Whether a task blocks in a way that its pool knows of: it waits for tasks of the pool, or is in a `managed` step.
    fn joins(&self, pool: ExecutorId, task: &Task) -> bool {
        let is_there = |child: &TaskId| {
            self.state.task(*child).is_some_and(|child| child.executor == pool && !child.phase.is_ended())
        };
        match task.phase {
            Phase::Waiting => self.awaited(task).iter().any(is_there),
            Phase::Io => matches!(self.state.instruction(task), Some(Instruction::Io(_, IoMode::Managed))),
            _ => false,
        }
    }

    /// Whether anything stands in a deque that one who joins may take from. With a timeout it takes nothing.
    fn has_something_to_run(&self, pool: ExecutorId, task: &Task) -> bool {
        let is_patient = match self.state.instruction(task) {
            Some(Instruction::Wait { timeout, .. } | Instruction::Result { timeout, .. }) => {
                timeout.is_none()
            }
            _ => true,
        };
        // Whoever put it there may have ended since.
        let on_a_deque = |task: &Task| task.first == pool && task.origin.parent().is_some();
        let joins = task.phase == Phase::Waiting && is_patient;
        joins && self.state.entries(pool).any(|(_, task)| on_a_deque(task))
    }

    /// Whether another worker takes the place of `blocked`, or its wait raises for want of one.
    fn is_replaced_at(&self, pool: ExecutorId, blocked: WorkerId) -> bool {
        let ExecutorKind::ForkJoin { workers, min_runnable, .. } = *self.kind(pool) else { return false };
        let place = self.state.executor(pool);
        let runs = |top: Option<TaskId>| {
            top.and_then(|top| self.state.task(top)).is_some_and(|task| !self.joins(pool, task))
        };
        let others = place.workers.iter().filter(|(number, worker)| *number != blocked.0 && runs(worker.top));
        place.alive < workers || (others.count() as u32) < min_runnable
    }
}
