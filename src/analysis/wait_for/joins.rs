//! What the wait-for graph says of workers that join: they look for something to run, or let another worker take their
//! place, once, when a wait begins and after each task that they ran meanwhile.
//!
//! Invariant: between the event that brought such a worker to its wait and the next one it may still do so.

use super::build::Builder;
use crate::analysis::state::task::{Phase, Task, Thread};
use crate::model::executor::Kind;
use crate::model::id::{ExecutorId, TaskId, WorkerId};
use crate::model::program::{Instruction, IoMode};
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
        let Kind::ForkJoin { workers, min_runnable, .. } = *self.kind(pool) else { return false };
        let place = self.state.executor(pool);
        let runs = |top: Option<TaskId>| {
            top.and_then(|top| self.state.task(top)).is_some_and(|task| !self.joins(pool, task))
        };
        let others = place.workers.iter().filter(|(number, worker)| *number != blocked.0 && runs(worker.top));
        place.alive < workers || (others.count() as u32) < min_runnable
    }
}
