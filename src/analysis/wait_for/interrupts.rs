//! What the wait-for graph says of interrupts: who may take a task out of the wait that it is in.

use super::build::{Builder, Needs};
use super::graph::Mode;
use super::model::Node;
use crate::analysis::state::task::{Phase, Task};
use crate::model::id::TaskId;
use crate::model::program::Instruction;

impl Builder<'_> {
    /// Who may take a task out of the wait that it is in: its parent, which may interrupt it, or whoever may fail in the
    /// same scope.
    pub(super) fn interrupters(&self, id: TaskId, task: &Task) -> Vec<Node> {
        let waits = matches!(task.phase, Phase::Waiting | Phase::Io)
            && self.state.instruction(task).is_some_and(Instruction::is_interruptible);
        if !waits || !self.reach.interrupts() {
            return Vec::new();
        }
        let mut found = self.stoppers(task);
        found.extend(self.scope_interrupters(task));
        found.extend(self.failing_children(id, task));
        found
    }

    /// The children that interrupt the body of their scope when they fail.
    fn failing_children(&self, id: TaskId, task: &Task) -> Option<Node> {
        let code = &self.state.scenario().tasks[task.kind.index()].program.code;
        let has_scopes = code.iter().any(|step| matches!(step, Instruction::OpenScope { fail_fast: true }));
        (has_scopes && task.all_children.iter().any(|child| self.is_open(*child)))
            .then_some(Node::Children(id))
    }

    /// Any child of a task that is not done. All who may be interrupted by one of many need this one node, not each of
    /// them.
    pub(super) fn open_children(&self, parent: TaskId) -> Needs {
        let children = self.state.task(parent).map_or(&[][..], |parent| &parent.all_children);
        let open = children.iter().filter(|child| self.is_open(**child));
        (Mode::Any, open.copied().map(Node::Task).collect())
    }

    /// Whether a task is not done: what is done needs nothing any more, and interrupts nobody.
    fn is_open(&self, task: TaskId) -> bool {
        self.state.task(task).is_some_and(|task| !task.phase.is_ended() && !task.cancelled)
    }

    /// Whoever may shut down, at once, an executor that holds a task.
    fn stoppers(&self, task: &Task) -> Vec<Node> {
        let holds = self.state.passed(task).chain([task.executor]);
        holds.filter(|executor| self.reach.is_ever_stopped(*executor)).map(Node::Shutdown).collect()
    }

    /// The parent of a task, which may interrupt it, and whoever may fail in the same scope.
    fn scope_interrupters(&self, task: &Task) -> Vec<Node> {
        let Some(parent) = task.origin.parent() else { return Vec::new() };
        let Some(by) = self.state.task(parent).filter(|by| by.phase.is_under_way()) else {
            return Vec::new();
        };
        let program = &self.state.scenario().tasks[by.kind.index()].program;
        if !program.code.iter().any(Instruction::interrupts) {
            return Vec::new();
        }
        vec![Node::Task(parent), Node::Children(parent)]
    }
}
