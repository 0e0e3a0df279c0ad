//! What executors count: tasks that wrappers have handed over, and live workers.
//!
//! Invariant: a task counts at each wrapper that it passed until it is done (finished, failed, rejected or
//! cancelled, whether or not its entry has been met); one that was dropped counts for ever.

use super::State;
use crate::model::executor::{ExecutorKind, HandOver};
use crate::model::id::{ExecutorId, TaskId, TaskTypeId, WorkerId};

impl State {
    /// Counts a task that a wrapper has handed over, or that has ended since.
    pub(super) fn count_hand_over(&mut self, wrapper: ExecutorId, kind: TaskTypeId, more: bool) {
        let step = |count: &mut u32| *count = if more { *count + 1 } else { count.saturating_sub(1) };
        let place = &mut self.executors[wrapper.index()];
        step(&mut place.handed_over);
        if let ExecutorKind::Cap { caps, .. } = &self.scenario.executors[wrapper.index()].kind {
            for (cap, count) in caps.iter().zip(&mut place.cap_use) {
                if cap.types.contains(&kind) {
                    step(count);
                }
            }
        }
    }

    /// A task that is done counts no longer at the wrappers that it passed.
    pub(super) fn give_place_back(&mut self, id: TaskId) {
        let Some(task) = self.tasks.get(id.0).filter(|task| task.first != task.executor) else { return };
        let (kind, has_started) = (task.kind, task.phase.is_under_way());
        let passed: Vec<ExecutorId> = self.passed(task).collect();
        for wrapper in passed {
            // With turns it counts from its start.
            if has_started || !self.has_turns(wrapper) {
                self.count_hand_over(wrapper, kind, false);
            }
        }
    }

    /// Whether the tasks of a cap take their slots when they start.
    pub(super) fn has_turns(&self, wrapper: ExecutorId) -> bool {
        matches!(
            self.scenario.executors[wrapper.index()].kind,
            ExecutorKind::Cap { hand_over: HandOver::Turn, .. }
        )
    }

    /// A task that has come through caps with turns counts there from now on.
    pub(super) fn count_turns(&mut self, id: TaskId) {
        let Some(task) = self.tasks.get(id.0).filter(|task| task.first != task.executor) else { return };
        let kind = task.kind;
        let passed: Vec<ExecutorId> = self.passed(task).filter(|wrapper| self.has_turns(*wrapper)).collect();
        for wrapper in passed {
            self.count_hand_over(wrapper, kind, true);
        }
    }

    pub(super) fn worker_started(&mut self, executor: ExecutorId, worker: WorkerId) {
        let place = &mut self.executors[executor.index()];
        if place.workers.get(worker.0).is_none() {
            place.alive += 1;
            place.workers.insert(worker.0, Default::default());
        }
    }

    pub(super) fn worker_stopped(&mut self, executor: ExecutorId, worker: WorkerId) {
        let place = &mut self.executors[executor.index()];
        if let Some(gone) = place.workers.get(worker.0) {
            place.busy -= u32::from(gone.top.is_some());
            place.alive -= 1;
            place.workers.remove(worker.0);
        }
    }
}
