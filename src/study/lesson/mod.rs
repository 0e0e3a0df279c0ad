//! Lessons: a scenario, and steps that a learner goes through: text, predictions, a schedule to find, a design to
//! change and one to prove. A lesson is a TOML file; [`read`] says what it may hold.
//!
//! Invariant: no right answer is stored. What a prediction should have been is measured by running the scenario, a
//! schedule is judged by replaying it, a proof by exploring the learner's design. Deliberately absent: drawing and
//! asking, which the page and the terminal do each in their way.

pub mod answer;
pub mod design;
pub mod game;
pub mod grade;
pub mod predict;
pub mod read;
pub mod sheet;

use super::schedule::TimingAssumption;
use crate::language::{BASE, Document, Overrides, Problems};
use crate::model::scenario::Scenario;
use std::sync::Arc;

/// The moment before anything has happened.
pub const START: &str = "start";

/// One lesson of the course.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// The name it is asked for by, in lower case with hyphens.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// What a learner can do afterwards: sentences that begin with "I can".
    pub goals: Vec<String>,
    /// The wrong intuition that it corrects, one sentence.
    pub misconception: String,
    /// The scenario that its steps run.
    pub document: Document,
    /// The steps, in order.
    pub steps: Vec<LessonStep>,
}

/// One step of a lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct LessonStep {
    /// What is said or asked, Markdown.
    pub text: String,
    /// What the presenter sees besides; empty if there is nothing.
    pub notes: String,
    /// Which run is shown.
    pub scene: LessonScene,
    /// What is wanted of the learner.
    pub task: LearnerTask,
}

/// Which run a step shows, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LessonScene {
    /// The variant; `base` unless the step names one.
    pub variant: String,
    /// Values set in place of the document's: paths and values as text.
    pub set: Vec<(String, String)>,
    /// The moment at which the cursor stands: a duration as text, or [`START`]; the end of the run if there is none.
    pub at: Option<String>,
    /// Names of executors, tasks or shared things that are lit.
    pub light: Vec<String>,
}

/// What is wanted of the learner.
#[derive(Clone, Debug, PartialEq)]
pub enum LearnerTask {
    /// Reading, no answer.
    Say,
    /// To say beforehand what a run will come to.
    Predict(PredictionQuestion),
    /// To be the scheduler.
    Schedule(SchedulingPuzzle),
    /// To change the design so that one run meets a goal.
    Change(DesignExercise),
    /// To change the design so that every order meets a goal.
    Prove(DesignExercise),
}

/// What a prediction is about.
#[derive(Clone, Debug, PartialEq)]
pub enum PredictionQuestion {
    /// One of several statements; that one is right whose condition holds.
    Choice(Vec<AnswerChoice>),
    /// A metric of the run, as `[expect]` names it: `makespan`, `queue.pool.max`.
    Number(String),
    /// The task that starts next after a moment, a duration as text.
    NextTask(String),
}

/// A statement that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerChoice {
    /// What is stated.
    pub text: String,
    /// What must hold for it to be right.
    pub when: OutcomeCondition,
    /// What is said to whoever chooses it and is wrong; empty if there is nothing of its own.
    pub reply: String,
}

/// Conditions that hold together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutcomeCondition {
    /// Expectations as `[expect]` has them: a metric and what it is held against.
    pub expect: Vec<(String, String)>,
    /// Whether some order deadlocks; `None` if it does not matter.
    pub can_deadlock: Option<bool>,
}

/// Be the scheduler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchedulingPuzzle {
    /// What the learner should bring about.
    pub aim: PuzzleObjective,
    /// In which view; the untimed one lets whatever is under way end next.
    pub view: TimingAssumption,
    /// How many choices there may be until then.
    pub max_choices: usize,
}

/// What a schedule should bring about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PuzzleObjective {
    /// Some deadlock at all.
    Deadlock,
    /// An end without one.
    Finish,
    /// A lost update.
    LostUpdate,
}

/// A design to be changed.
#[derive(Clone, Debug, PartialEq)]
pub struct DesignExercise {
    /// What the design must come to.
    pub goal: OutcomeCondition,
    /// Params and paths that may be set.
    pub allow: Vec<String>,
    /// The values that such a path may be given; any value where there are none.
    pub options: Vec<(String, Vec<String>)>,
    /// Variants that may be chosen.
    pub variants: Vec<String>,
    /// Wrong answers that are worth a reply of their own.
    pub misconceptions: Vec<DesignMisconception>,
}

/// A wrong design, and what is said to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesignMisconception {
    /// The variant; `base` if it names none.
    pub variant: String,
    /// What it sets.
    pub set: Vec<(String, String)>,
    /// What is said.
    pub reply: String,
}

impl Lesson {
    /// The scenario that a scene shows.
    ///
    /// # Errors
    /// If the values that are set do not make a scenario.
    pub fn scenario(&self, scene: &LessonScene) -> Result<Arc<Scenario>, Problems> {
        self.design(&scene.variant, &scene.set)
    }

    /// The scenario of a variant with values set.
    ///
    /// # Errors
    /// As [`Lesson::scenario`].
    pub fn design(&self, variant: &str, set: &[(String, String)]) -> Result<Arc<Scenario>, Problems> {
        let overrides = Overrides { seed: None, set: set.to_vec() };
        self.document.scenario(variant, &overrides).map(Arc::new)
    }

    /// How many steps want an answer.
    pub fn question_count(&self) -> usize {
        self.steps.iter().filter(|step| step.is_question()).count()
    }
}

impl LessonStep {
    /// Whether an answer is wanted.
    pub fn is_question(&self) -> bool {
        match self.task {
            LearnerTask::Say => false,
            LearnerTask::Predict(_)
            | LearnerTask::Schedule(_)
            | LearnerTask::Change(_)
            | LearnerTask::Prove(_) => true,
        }
    }

    /// What kind of step it is, one word.
    pub fn kind(&self) -> &'static str {
        match self.task {
            LearnerTask::Say => "say",
            LearnerTask::Predict(_) => "predict",
            LearnerTask::Schedule(_) => "schedule",
            LearnerTask::Change(_) => "change",
            LearnerTask::Prove(_) => "prove",
        }
    }
}

impl DesignExercise {
    /// Whether a learner may set this path.
    pub fn allows(&self, path: &str) -> bool {
        self.allow.iter().any(|allowed| allowed == path)
    }

    /// The values that a path may be given, if they are listed.
    pub fn options_of(&self, path: &str) -> Option<&[String]> {
        self.options.iter().find(|(name, _)| name == path).map(|(_, values)| values.as_slice())
    }

    /// Whether a learner may choose this variant.
    pub fn allows_variant(&self, variant: &str) -> bool {
        variant == BASE || self.variants.iter().any(|allowed| allowed == variant)
    }
}
