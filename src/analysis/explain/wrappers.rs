//! What keeps a wrapper from handing a task over: its scheduler thread, or the slots of a cap.

use super::Explainer;
use crate::analysis::state::task::Task;
use crate::model::executor::ExecutorKind;
use crate::model::id::{ExecutorId, TaskId, TaskTypeId};

impl Explainer<'_> {
    /// Whether the scheduler thread of a wrapper runs a task or waits for room.
    pub(super) fn is_busy(&self, wrapper: ExecutorId) -> bool {
        let place = self.state.executor(wrapper);
        place.scheduler_top.is_some() || place.scheduler_blocked.is_some()
    }

    /// Whether a cap that counts this type has no slot left.
    pub(super) fn is_saturated(&self, wrapper: ExecutorId, kind: TaskTypeId) -> bool {
        let ExecutorKind::Cap { caps, .. } = &self.state.scenario().executors[wrapper.index()].kind else {
            return false;
        };
        let used = &self.state.executor(wrapper).cap_use;
        caps.iter().zip(used).any(|(cap, used)| cap.types.contains(&kind) && *used >= cap.limit)
    }

    /// What keeps the scheduler thread of a wrapper from handing over.
    pub(super) fn scheduler(&mut self, wrapper: ExecutorId) {
        let (names, place) = (self.names, self.state.executor(wrapper));
        let runs = self.state.stack(place.scheduler_top).last().map(|(id, _)| id);
        if let Some(task) = runs {
            self.prose.words(", whose scheduler thread runs ").tasks(&[task], names);
        } else if let Some(task) = place.scheduler_blocked {
            self.prose.words(", whose scheduler thread waits for room for ").tasks(&[task], names);
        } else {
            self.prose.words(", which cannot hand over");
        }
    }

    /// Who has the slots of a cap.
    pub(super) fn occupants(&mut self, wrapper: ExecutorId) {
        let passed = |task: &Task| self.state.passed(task).any(|at| at == wrapper);
        let tasks: Vec<TaskId> =
            self.knot.tasks.iter().copied().filter(|id| self.state.task(*id).is_some_and(passed)).collect();
        if !tasks.is_empty() {
            let have = if tasks.len() == 1 { " has" } else { " have" };
            self.prose.words(", which ").tasks(&tasks, self.names).words(have.to_owned());
        }
    }
}
