//! A choice in plain words: what comes next, as a clause that a person could say.

use super::super::explore::words::{due_words, step_text};
use super::super::schedule::PendingEvent;
use crate::analysis::names::Names;
use crate::engine::explore::{Choice, ChoiceKind, Stage};
use crate::model::id::{ExecutorId, Pc, TaskId};
use crate::model::scenario::Scenario;

/// Says what happens, as of the present state of a run.
pub(super) struct ChoiceDescriber<'a> {
    pub scenario: &'a Scenario,
    pub names: &'a Names,
}

impl ChoiceDescriber<'_> {
    /// What happens by a choice.
    pub fn choice(&self, choice: &Choice) -> String {
        let name = choice.task.map(|task| self.names.name(task)).unwrap_or_default();
        match choice.what {
            ChoiceKind::Turn(stage) => self.turn(&name, stage, self.step_at(choice)),
            ChoiceKind::Green(None) => "the green thread takes its next task".to_owned(),
            ChoiceKind::Green(Some(executor)) => {
                format!("a carrier of {} takes its next task", self.called(executor))
            }
            ChoiceKind::Pump(wrapper) => {
                format!("{} looks whether it can hand something over", self.called(wrapper))
            }
            ChoiceKind::Steal(executor, None) => {
                format!("a worker of {} looks for work", self.called(executor))
            }
            ChoiceKind::Steal(executor, Some(victim)) => {
                format!("a worker of {} steals from worker {}", self.called(executor), victim.0)
            }
            ChoiceKind::Maybe(way) => {
                let comes = if way { "comes true" } else { "does not come true" };
                format!("{name}'s `{}` {comes}", self.step_at(choice).unwrap_or_default())
            }
            ChoiceKind::Notify(waiter) => {
                format!(
                    "{name}'s `{}` wakes {}",
                    self.step_at(choice).unwrap_or_default(),
                    self.names.name(waiter)
                )
            }
            ChoiceKind::Arrival(entry) => format!("{} arrives", self.names.next_of(entry)),
            ChoiceKind::Timer => match self.step_before(choice) {
                Some(step) => format!("{name}'s `{step}` is over"),
                None => format!("the thread for {name} has started"),
            },
            ChoiceKind::Delay(wrapper) => match choice.task {
                Some(_) => format!("{} lets {name} go", self.called(wrapper)),
                None => format!("{} lets go what is due", self.called(wrapper)),
            },
            ChoiceKind::Departure(executor) => format!("an idle worker of {} leaves", self.called(executor)),
            ChoiceKind::Injection(executor) => format!("{} adds a worker", self.called(executor)),
            ChoiceKind::Preempt => format!("{name} has had its interval on the CPU"),
            ChoiceKind::Timeout => {
                format!("{name}'s `{}` times out", self.step_at(choice).unwrap_or_default())
            }
        }
    }

    fn turn(&self, name: &str, stage: Stage, step: Option<&str>) -> String {
        match (stage, step) {
            (Stage::Starts, _) => format!("{name} starts"),
            (Stage::GoesOn, Some(step)) => format!("{name} goes on with `{step}`"),
            (Stage::GoesOn, None) => format!("{name} ends"),
            (Stage::WaitIsOver, step) => format!("{name} goes on after `{}`", step.unwrap_or_default()),
            (Stage::LooksAgain, step) => format!("{name} tries `{}` again", step.unwrap_or_default()),
        }
    }

    /// Something that is due, as a thing that comes.
    pub fn due(&self, due: &PendingEvent) -> String {
        due_words(self.scenario, self.names, due)
    }

    fn called(&self, executor: ExecutorId) -> &str {
        &self.scenario.executors[executor.index()].name
    }

    /// The step that the choice's task stands at; `None` at the end of its program.
    fn step_at(&self, choice: &Choice) -> Option<&str> {
        self.step(choice.task?, choice.pc?)
    }

    /// The step that is over when its timer rings; `None` before the first.
    fn step_before(&self, choice: &Choice) -> Option<&str> {
        let pc = choice.pc?.0.checked_sub(1)?;
        self.step(choice.task?, Pc(pc))
    }

    fn step(&self, task: TaskId, pc: Pc) -> Option<&str> {
        Some(step_text(self.scenario, self.names.kind(task), pc)).filter(|text| !text.is_empty())
    }
}
