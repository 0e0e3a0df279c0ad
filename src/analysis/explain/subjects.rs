//! Who is spoken of: tasks by name, by the name their parents know them under, or by their role.

use super::{Explainer, MAX_GROUPS};
use crate::analysis::prose::{Prose, count_word, grouped, plural};
use crate::analysis::state::task::{Task, Thread};
use crate::model::id::{ExecutorId, TaskId};

impl Explainer<'_> {
    pub(super) fn executor(&mut self, executor: ExecutorId) -> &mut Prose {
        let name = self.name_of(executor).to_owned();
        self.prose.executor(executor, &name)
    }

    pub(super) fn subject(&mut self, tasks: &[TaskId]) {
        if self.in_roles && tasks.len() > 1 {
            let text = format!("{} `{}` tasks", grouped(tasks.len() as u64), self.names.kind_name(tasks[0]));
            self.prose.tasks_as(tasks, text);
        } else {
            self.prose.tasks(tasks, self.names);
        }
    }

    /// Who runs above whom on one worker: whoever helps while it waits goes on only after what it helps.
    pub(super) fn stacks(&mut self) {
        let knot = self.knot;
        let is_in = |id: TaskId| knot.tasks.binary_search(&id).is_ok();
        let pairs: Vec<(TaskId, TaskId)> = knot
            .tasks
            .iter()
            .filter_map(|id| Some((self.state.task(*id)?.above.filter(|above| is_in(*above))?, *id)))
            .collect();
        let Some((above, below)) = pairs.first().copied() else { return };
        self.prose.words(". ").tasks(&[above], self.names).words(" runs above ");
        self.prose.tasks(&[below], self.names);
        if let Some(Thread::Worker(pool, worker)) = self.state.task(above).and_then(|task| task.thread) {
            self.prose.words(format!(" on worker {} of ", worker.0));
            self.executor(pool);
        }
        self.prose.words(", so ").tasks(&[below], self.names).words(" cannot go on before it ends");
        if pairs.len() > 1 {
            let (more, pairs) = (grouped(pairs.len() as u64 - 1), plural(pairs.len() - 1, "pair"));
            self.prose.words(format!(", and {more} more {pairs} likewise"));
        }
    }

    /// `the five `net` tasks`, or the name of a single one.
    pub(super) fn counted(&mut self, tasks: &[TaskId], name: &str, start: bool) {
        if tasks.len() == 1 {
            self.subject(tasks);
        } else {
            let the = if start { "The" } else { "the" };
            self.prose.tasks_as(tasks, format!("{the} {} `{name}` tasks", count_word(tasks.len())));
        }
    }

    /// The tasks of the knot that an executor holds.
    pub(super) fn inside(&self, executor: ExecutorId) -> Vec<TaskId> {
        let is_inside = |task: &Task| {
            task.executor == executor || self.state.passed(task).any(|passed| passed == executor)
        };
        let tasks = self.knot.tasks.iter().chain(&self.knot.never).copied();
        tasks.filter(|id| self.state.task(*id).is_some_and(is_inside)).collect()
    }

    /// Tasks of any types, as a subject.
    pub(super) fn subject_of_any(&mut self, tasks: &[TaskId]) {
        if self.in_roles && tasks.len() > 4 {
            self.prose.tasks_as(tasks, format!("{} tasks", grouped(tasks.len() as u64)));
        } else {
            self.prose.tasks(tasks, self.names);
        }
    }

    pub(super) fn are_the_holders(&self, tasks: &[TaskId]) -> bool {
        tasks == self.holders
    }

    /// `the two `r0` and the two `r1` tasks`: by the names their parents know them under.
    pub(super) fn by_name(&mut self, tasks: &[TaskId], start: bool) {
        let mut groups: Vec<(String, Vec<TaskId>)> = Vec::new();
        for task in tasks {
            let name = self.names.short(*task);
            match groups.iter_mut().find(|(known, _)| known == name) {
                Some((_, group)) => group.push(*task),
                None => groups.push((name.to_owned(), vec![*task])),
            }
        }
        if tasks.len() == 1 || groups.len() > MAX_GROUPS {
            return self.subject(tasks);
        }
        for (at, (name, group)) in groups.iter().enumerate() {
            if at > 0 {
                self.prose.words(if at + 1 == groups.len() { " and " } else { ", " });
            }
            if group.len() == 1 {
                self.subject(group);
            } else {
                self.counted(group, name, start && at == 0);
            }
        }
    }
}
