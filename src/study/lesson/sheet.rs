//! A lesson put on paper: predictions as blanks, and the computed answers if they are wanted.

use super::design::goal_lines;
use super::grade::answer_words;
use super::{LearnerTask, Lesson, LessonStep, predict};
use crate::gallery::worksheet::{Answers, Worksheet, WorksheetStep};

/// Fills in a worksheet.
pub fn on_paper(lesson: &Lesson, answers: Answers) -> Worksheet {
    let step = |step: &LessonStep| {
        let options = match &step.task {
            LearnerTask::Predict(prediction) => predict::options(lesson, &step.scene, prediction),
            LearnerTask::Say | LearnerTask::Schedule(_) | LearnerTask::Change(_) | LearnerTask::Prove(_) => {
                Vec::new()
            }
        };
        let goal = match &step.task {
            LearnerTask::Change(exercise) | LearnerTask::Prove(exercise) => goal_lines(&exercise.goal),
            LearnerTask::Say | LearnerTask::Predict(_) | LearnerTask::Schedule(_) => Vec::new(),
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
