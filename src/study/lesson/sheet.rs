//! A lesson put on paper: predictions as blanks, and the computed answers if they are wanted.

use super::design::goal_lines;
use super::grade::answer_words;
use super::{Lesson, Step, StepTask, predict};
use crate::gallery::worksheet::{Answers, Worksheet, WorksheetStep};

/// Fills in a worksheet.
pub fn on_paper(lesson: &Lesson, answers: Answers) -> Worksheet {
    let step = |step: &Step| {
        let options = match &step.task {
            StepTask::Predict(prediction) => predict::options(lesson, &step.scene, prediction),
            StepTask::Say | StepTask::Schedule(_) | StepTask::Change(_) | StepTask::Prove(_) => Vec::new(),
        };
        let goal = match &step.task {
            StepTask::Change(exercise) | StepTask::Prove(exercise) => goal_lines(&exercise.goal),
            StepTask::Say | StepTask::Predict(_) | StepTask::Schedule(_) => Vec::new(),
        };
        WorksheetStep {
            text: step.text.clone(),
            options,
            goal,
            is_question: step.is_question(),
            answer: (answers == Answers::OnTheLastPage && step.is_question())
                .then(|| answer_words(lesson, step)),
        }
    };
    Worksheet {
        title: lesson.title.clone(),
        minutes: lesson.minutes,
        goals: lesson.goals.clone(),
        steps: lesson.steps.iter().map(step).collect(),
    }
}
