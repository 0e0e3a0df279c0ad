//! Hand-in and grading: a finished lesson is one line of JSON, and its result is computed again by whoever grades it.
//!
//! Invariant: a grade depends on the lesson and the answers alone; the result that a line claims is only compared.

use super::answer::{AnswerResult, LearnerAnswer};
use super::design::GoalScope;
use super::{LearnerTask, Lesson, LessonScene, LessonStep, PredictionQuestion, design, game, predict};
use crate::language::BASE;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

/// A finished lesson, as it is handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LessonHandIn {
    /// Whose it is, as the learner wrote it; may be empty.
    #[serde(default)]
    pub by: String,
    /// The lesson's name.
    pub lesson: String,
    /// An answer for each step that wants one, in order; `None` where there was none.
    pub answers: Vec<Option<LearnerAnswer>>,
    /// How many were right, as claimed.
    pub passed: usize,
    /// Stars, as claimed.
    pub stars: u8,
    /// Of the lesson and the answers: sixteen hexadecimal digits.
    pub fingerprint: String,
}

/// What a hand-in comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandInGrade {
    /// A mark for each step that wants an answer, in order.
    pub marks: Vec<AnswerResult>,
    /// The claimed result and fingerprint are those that were computed.
    pub is_as_claimed: bool,
}

impl HandInGrade {
    /// How many steps are passed.
    pub fn passed(&self) -> usize {
        self.marks.iter().filter(|mark| mark.passed).count()
    }

    /// The fewest stars of any step, 0 to 3.
    pub fn stars(&self) -> u8 {
        self.marks.iter().map(|mark| mark.stars).min().unwrap_or(0)
    }
}

impl LessonHandIn {
    /// What a learner hands in.
    pub fn new(lesson: &Lesson, by: &str, answers: Vec<Option<LearnerAnswer>>) -> LessonHandIn {
        let marks = marks(lesson, &answers);
        let grade = HandInGrade { marks, is_as_claimed: true };
        LessonHandIn {
            by: by.to_owned(),
            lesson: lesson.name.clone(),
            passed: grade.passed(),
            stars: grade.stars(),
            fingerprint: fingerprint(lesson, &answers),
            answers,
        }
    }

    /// Computes the result again.
    pub fn grade(&self, lesson: &Lesson) -> HandInGrade {
        let marks = marks(lesson, &self.answers);
        let mut grade = HandInGrade { marks, is_as_claimed: false };
        grade.is_as_claimed = grade.passed() == self.passed
            && grade.stars() == self.stars
            && self.fingerprint == fingerprint(lesson, &self.answers);
        grade
    }

    /// As the line that is copied.
    pub fn line(&self) -> String {
        serde_json::to_string(self).expect("texts, numbers and lists")
    }

    /// Reads a line.
    ///
    /// # Errors
    /// Why it is no hand-in.
    pub fn parse(line: &str) -> Result<LessonHandIn, String> {
        serde_json::from_str(line).map_err(|wrong| wrong.to_string())
    }
}

/// Judges one answer to one step.
pub fn judge(lesson: &Lesson, step: &LessonStep, answer: &LearnerAnswer) -> AnswerResult {
    let scene = &step.scene;
    match (&step.task, answer) {
        (LearnerTask::Predict(PredictionQuestion::Choice(choices)), LearnerAnswer::Choice(number)) => {
            predict::judge_choice(lesson, scene, choices, number.wrapping_sub(1))
        }
        (LearnerTask::Predict(PredictionQuestion::Number(metric)), LearnerAnswer::Number(typed)) => {
            predict::judge_number(lesson, scene, metric, typed)
        }
        (LearnerTask::Predict(PredictionQuestion::NextTask(moment)), LearnerAnswer::Task(name)) => {
            predict::judge_next(lesson, scene, moment, name)
        }
        (LearnerTask::Schedule(puzzle), LearnerAnswer::Schedule(text)) => match text.parse() {
            Ok(schedule) => game::judge(lesson, scene, puzzle, &schedule),
            Err(wrong) => AnswerResult::wrong(format!("{wrong}.")),
        },
        (LearnerTask::Change(exercise), LearnerAnswer::Design(given)) => {
            design::judge_change(lesson, scene, exercise, given)
        }
        (LearnerTask::Prove(exercise), LearnerAnswer::Design(given)) => {
            design::judge_proof(lesson, scene, exercise, given)
        }
        (
            LearnerTask::Say
            | LearnerTask::Predict(_)
            | LearnerTask::Schedule(_)
            | LearnerTask::Change(_)
            | LearnerTask::Prove(_),
            _,
        ) => AnswerResult::wrong("This is not an answer to this step."),
    }
}

/// The answer that passes a step, computed. For a choice, a number, a task and a schedule it is the right one, for a design
/// the cheapest that works; `None` for a step that wants no answer, or if none was found.
pub fn model_answer(lesson: &Lesson, step: &LessonStep) -> Option<LearnerAnswer> {
    let scene: &LessonScene = &step.scene;
    match &step.task {
        LearnerTask::Say => None,
        LearnerTask::Predict(PredictionQuestion::Choice(choices)) => {
            predict::right_choices(lesson, scene, choices)
                .first()
                .map(|number| LearnerAnswer::Choice(number + 1))
        }
        LearnerTask::Predict(prediction @ PredictionQuestion::Number(_)) => {
            Some(LearnerAnswer::Number(predict::right_answer(lesson, scene, prediction)))
        }
        LearnerTask::Predict(prediction @ PredictionQuestion::NextTask(_)) => {
            Some(LearnerAnswer::Task(predict::right_answer(lesson, scene, prediction)))
        }
        LearnerTask::Schedule(puzzle) => game::solution(lesson, scene, puzzle)
            .map(|schedule| LearnerAnswer::Schedule(schedule.to_string())),
        LearnerTask::Change(exercise) => {
            design::cheapest(lesson, scene, exercise, GoalScope::OneRun).map(LearnerAnswer::Design)
        }
        LearnerTask::Prove(exercise) => {
            design::cheapest(lesson, scene, exercise, GoalScope::EveryOrder).map(LearnerAnswer::Design)
        }
    }
}

/// The answer that passes a step, in words; empty for a step that wants none, or if none was found.
pub fn answer_words(lesson: &Lesson, step: &LessonStep) -> String {
    if let LearnerTask::Predict(prediction) = &step.task {
        return predict::right_answer(lesson, &step.scene, prediction);
    }
    match model_answer(lesson, step) {
        Some(LearnerAnswer::Choice(number)) => number.to_string(),
        Some(LearnerAnswer::Number(text) | LearnerAnswer::Task(text) | LearnerAnswer::Schedule(text)) => text,
        Some(LearnerAnswer::Design(design)) => design.words(),
        None => String::new(),
    }
}

fn marks(lesson: &Lesson, answers: &[Option<LearnerAnswer>]) -> Vec<AnswerResult> {
    let questions = lesson.steps.iter().filter(|step| step.is_question());
    let given = answers.iter().map(Some).chain(std::iter::repeat(None));
    questions
        .zip(given)
        .map(|(step, answer)| match answer.and_then(Option::as_ref) {
            Some(answer) => judge(lesson, step, answer),
            None => AnswerResult::wrong("There is no answer."),
        })
        .collect()
}

/// Of the lesson's scenario and steps, and of the answers: another lesson or another answer has another.
fn fingerprint(lesson: &Lesson, answers: &[Option<LearnerAnswer>]) -> String {
    let answers = serde_json::to_string(answers).expect("texts, numbers and lists");
    let steps: String = lesson.steps.iter().map(|step| format!("{step:?}")).collect();
    let text = format!("{}\0{BASE}\0{}\0{steps}\0{answers}", lesson.name, lesson.document.source());
    format!("{:016x}", xxh3_64(text.as_bytes()))
}
