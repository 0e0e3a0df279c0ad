//! What a lesson asks of a worker: what may be chosen, what an answer comes to, the right one, the line to hand in.
//!
//! Invariant: nothing is judged here; `study::lesson` does that, as it does for the command line. Each order is one
//! question and is told one answer.

use super::protocol::{JobHost, packed};
use crate::gallery::worksheet::Answers;
use crate::study::lesson::answer::{AnswerResult, LearnerAnswer};
use crate::study::lesson::game::SchedulingGame;
use crate::study::lesson::grade::{self, LessonHandIn};
use crate::study::lesson::sheet::on_paper;
use crate::study::lesson::{LearnerTask, Lesson, LessonStep, SchedulingPuzzle, predict};
use serde::{Deserialize, Serialize};

/// A request for an answer about a lesson.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LessonJob {
    /// The lesson's name.
    pub name: String,
    /// The text of its file.
    pub text: String,
    /// The question that is asked.
    pub ask: LessonQuestion,
}

/// A question. Steps are counted from 0.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum LessonQuestion {
    /// The tasks that may be named at a step: a `Vec<String>`.
    Options(usize),
    /// Where the game at a step is after these ways were taken: a [`GamePosition`].
    Play(usize, Vec<u16>),
    /// What an answer to a step comes to: a [`Judgement`].
    Judge(usize, LearnerAnswer),
    /// The answer that passes a step: a [`Solution`].
    Solve(usize),
    /// What is handed in, of an answer for each question: a [`LessonHandIn`].
    HandIn(Vec<Option<LearnerAnswer>>),
    /// The lesson on paper: a [`Worksheet`](crate::gallery::worksheet::Worksheet).
    Paper(Answers),
}

/// The position of a game.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GamePosition {
    /// When what comes next happens, in words; none once the run is over.
    pub at: Option<String>,
    /// How many events have happened; those after give something away.
    pub events: Option<u32>,
    /// What may come next, with the number to take it by.
    pub ways: Vec<(u16, String)>,
    /// How many choices were made.
    pub choices: usize,
    /// What was wanted has come about, or the choices are used up, or the run is over.
    pub is_over: bool,
    /// The way so far.
    pub schedule: String,
}

/// The verdict on an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Whether the step is passed.
    pub passed: bool,
    /// From 0 to 3.
    pub stars: u8,
    /// What is said, whole sentences.
    pub reply: String,
    /// An order in which the learner's design fails.
    pub counterexample: Option<String>,
}

/// The answer that passes a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Solution {
    /// The answer, if one was found.
    pub answer: Option<LearnerAnswer>,
    /// The same in words.
    pub words: String,
}

pub(super) fn execute(order: &LessonJob, line: &mut dyn JobHost) -> Result<(), String> {
    let lesson = Lesson::parse(&order.name, &order.text)
        .map_err(|_| format!("The lesson {} does not read.", order.name))?;
    let step = |number: usize| {
        lesson.steps.get(number).ok_or_else(|| format!("The lesson has no step {}.", number + 1))
    };
    line.send(match &order.ask {
        LessonQuestion::Options(number) => packed(&options(&lesson, step(*number)?)),
        LessonQuestion::Play(number, taken) => packed(&position(&lesson, step(*number)?, taken)?),
        LessonQuestion::Judge(number, answer) => {
            packed(&Judgement::from(grade::judge(&lesson, step(*number)?, answer)))
        }
        LessonQuestion::Solve(number) => {
            let answer = grade::model_answer(&lesson, step(*number)?);
            packed(&Solution { words: grade::answer_words(&lesson, step(*number)?), answer })
        }
        LessonQuestion::Paper(answers) => packed(&on_paper(&lesson, *answers)),
        LessonQuestion::HandIn(answers) => packed(&LessonHandIn::new(&lesson, "", answers.clone())),
    });
    Ok(())
}

impl From<AnswerResult> for Judgement {
    fn from(mark: AnswerResult) -> Judgement {
        let counterexample = mark.counterexample.map(|schedule| schedule.to_string());
        Judgement { passed: mark.passed, stars: mark.stars, reply: mark.reply, counterexample }
    }
}

fn options(lesson: &Lesson, step: &LessonStep) -> Vec<String> {
    match &step.task {
        LearnerTask::Predict(prediction) => predict::options(lesson, &step.scene, prediction),
        LearnerTask::Say | LearnerTask::Schedule(_) | LearnerTask::Change(_) | LearnerTask::Prove(_) => {
            Vec::new()
        }
    }
}

/// Plays a game again up to where it is.
fn position(lesson: &Lesson, step: &LessonStep, taken: &[u16]) -> Result<GamePosition, String> {
    let LearnerTask::Schedule(puzzle) = &step.task else { return Err("This step is not a game.".to_owned()) };
    let scenario = lesson.scenario(&step.scene).map_err(|_| "Its run does not read.".to_owned())?;
    let mut game = SchedulingGame::new(scenario, puzzle.clone());
    let told = replay(&mut game, puzzle, taken);
    told.map_err(|misfit| misfit.to_string())
}

fn replay(
    game: &mut SchedulingGame,
    puzzle: &SchedulingPuzzle,
    taken: &[u16],
) -> Result<GamePosition, crate::study::schedule::ScheduleError> {
    for way in taken {
        game.next_move()?;
        game.take(*way);
    }
    let next = game.next_move()?;
    let is_won = game.choice_count() > 0 && game.is_won()?;
    Ok(GamePosition {
        at: next.as_ref().map(|next| next.at.to_string()),
        events: next.as_ref().map(|next| next.events),
        is_over: next.is_none() || is_won || game.choice_count() >= puzzle.max_choices,
        ways: next.map(|next| next.ways).unwrap_or_default(),
        choices: game.choice_count(),
        schedule: game.schedule().to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{JobRequest, execute, unpacked};
    use super::*;
    use crate::gallery::find_lesson;
    use serde::de::DeserializeOwned;

    struct LastMessage(Vec<u8>);

    impl JobHost for LastMessage {
        fn send(&mut self, message: Vec<u8>) {
            self.0 = message;
        }

        fn now(&self) -> f64 {
            0.0
        }
    }

    fn asked<T: DeserializeOwned>(name: &str, ask: LessonQuestion) -> T {
        let text = find_lesson(name).expect("a lesson of the course").text.to_owned();
        let mut last = LastMessage(Vec::new());
        let order = JobRequest::Lesson(LessonJob { name: name.to_owned(), text, ask });
        execute(&order, &mut last).expect("a good question");
        unpacked(&last.0).expect("our own message")
    }

    #[test]
    fn what_waits_in_the_queue_can_be_named_and_the_first_is_right() {
        let options: Vec<String> = asked("a-pool", LessonQuestion::Options(2));
        assert_eq!(options, ["report#2", "report#3", "report#4"]);
        let judged: Judgement =
            asked("a-pool", LessonQuestion::Judge(2, LearnerAnswer::Task("report#2".to_owned())));
        assert!(judged.passed, "{judged:?}");
    }

    #[test]
    fn a_game_goes_on_until_its_aim_is_reached() {
        let name = "locks-and-order";
        let start: GamePosition = asked(name, LessonQuestion::Play(3, Vec::new()));
        assert!(start.ways.len() > 1 && start.choices == 0 && !start.is_over, "{start:?}");
        let solved: Solution = asked(name, LessonQuestion::Solve(3));
        let Some(LearnerAnswer::Schedule(text)) = solved.answer else {
            panic!("a schedule: {:?}", solved.words)
        };
        let judged: Judgement = asked(name, LessonQuestion::Judge(3, LearnerAnswer::Schedule(text)));
        assert!(judged.passed, "{judged:?}");
    }

    /// What the page gives to copy is what the command line accepts.
    #[test]
    fn the_line_of_the_page_is_graded_by_the_command_line() {
        let entry = find_lesson("a-pool").expect("a lesson of the course");
        let lesson = Lesson::parse(entry.name, entry.text).expect("it reads");
        let questions = lesson.steps.iter().filter(|step| step.is_question());
        let answers = questions.map(|step| grade::model_answer(&lesson, step)).collect();
        let told: LessonHandIn = asked("a-pool", LessonQuestion::HandIn(answers));
        let line = LessonHandIn { by: "Ada".to_owned(), ..told.clone() }.line();
        let read = LessonHandIn::parse(&line).expect("it is a hand-in");
        let result = read.grade(&lesson);
        assert!(result.is_as_claimed && read.by == "Ada");
        assert_eq!((result.passed(), result.stars()), (lesson.question_count(), 3));
        assert_eq!((told.passed, told.stars), (result.passed(), result.stars()));
    }
}
