//! What is selected and pointed at, where two runs stand side by side: the same task in both.
//!
//! Invariant: a task that only one of them has is selected in that one alone.

use super::{Action, DetailTab, State};
use threadbare::model::id::TaskId;

impl State {
    /// Selects a task, or points at it, in one of the runs and with it in the other.
    pub(super) fn attend(&mut self, action: &Action) {
        match action {
            Action::Select(task) => {
                (self.task, self.task_beside) = (*task, self.counterpart_beside(*task));
                self.open_story(*task);
            }
            Action::SelectBeside(task) => {
                (self.task, self.task_beside) = (self.counterpart_here(*task), *task);
                self.open_story(*task);
            }
            Action::Point(task) => {
                (self.pointed, self.pointed_beside) = (*task, self.counterpart_beside(*task));
            }
            Action::PointBeside(task) => {
                (self.pointed, self.pointed_beside) = (self.counterpart_here(*task), *task);
            }
            _ => {}
        }
    }

    /// The same task in the run beside, if there are both.
    pub(super) fn counterpart_beside(&self, task: Option<TaskId>) -> Option<TaskId> {
        let (run, other) = self.run.as_ref().zip(self.other.as_ref())?;
        other.digest.names.counterpart(&run.digest.names, task?)
    }

    /// The same task as one of the run beside in the shown run.
    fn counterpart_here(&self, task: Option<TaskId>) -> Option<TaskId> {
        let (run, other) = self.run.as_ref().zip(self.other.as_ref())?;
        run.digest.names.counterpart(&other.digest.names, task?)
    }

    /// Opens what tells the story of a selected task.
    fn open_story(&mut self, task: Option<TaskId>) {
        if task.is_some() && self.tab != DetailTab::Events {
            self.tab = DetailTab::Why;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::run::{AnalyzedRun, SharedRun};
    use super::super::tests::fresh;
    use super::*;
    use threadbare::language::BASE;
    use threadbare::study;

    #[test]
    fn what_is_selected_in_one_of_two_runs_is_selected_in_the_other() {
        let mut state = fresh();
        let run = |id, text: &str| {
            let document = threadbare::language::Document::parse("two.toml", text).expect("a document");
            let scenario = document.scenario(BASE, &threadbare::language::Overrides::default());
            SharedRun::new(AnalyzedRun::new(id, study::run::run(scenario.expect("a scenario").into())))
        };
        // The second has an arrival more before those that both have: their numbers differ.
        let text = "[executors.p]\nkind = \"threads\"\nworkers = 1\n[tasks.a]\nsteps = [\"run 1s\"]\n[tasks.b]\nsteps = [\"run 1s\"]\n\
            [[arrivals]]\ntask = \"a\"\nto = \"p\"\ncount = 2\n";
        let more = format!("{text}[[arrivals]]\ntask = \"b\"\nto = \"p\"\n");
        let more = more.replacen(
            "[[arrivals]]\ntask = \"a\"",
            "[[arrivals]]\ntask = \"b\"\nto = \"p\"\n[[arrivals]]\ntask = \"a\"",
            1,
        );
        let (here, there) = (run(state.wanted, text), run(state.wanted, &more));
        state.apply(Action::Ran(here, Some(there)));
        state.apply(Action::Select(Some(TaskId(1))));
        assert_eq!((state.task, state.task_beside), (Some(TaskId(1)), Some(TaskId(2))));
        state.apply(Action::SelectBeside(Some(TaskId(1))));
        assert_eq!((state.task, state.task_beside), (Some(TaskId(0)), Some(TaskId(1))));
        // Nobody here is the second `b`.
        state.apply(Action::SelectBeside(Some(TaskId(3))));
        assert_eq!((state.task, state.task_beside), (None, Some(TaskId(3))));
        state.apply(Action::Select(None));
        assert_eq!((state.task, state.task_beside), (None, None));
    }
}
