//! Reads a lesson from its file.
//!
//! ```toml
//! title = "A pool is workers, a queue and futures"
//! minutes = 10
//! goals = ["I can say when a task starts."]
//! misconception = "A free worker is found for every task."
//! gallery = "nova-build-deadlock"      # or scenario = """…""", a document of its own
//!
//! [[steps]]
//! say = "Markdown."                    # or predict, schedule, change, prove
//! variant = "six_workers"              # which run is shown: also set = { pool = 6 }, light = ["default"],
//! at = "3s"                            # or start, before anything has happened
//! notes = "For the presenter only."
//!
//! [[steps]]
//! predict = "When does the last task end?"
//! measure = "makespan"                 # a number; or choices = […]; or next_after = "2s"
//!
//! [[steps]]
//! schedule = "Bring about the deadlock."
//! aim = "deadlock"                     # or finish, lost-update
//! view = "untimed"                     # or timed, the default
//! max_choices = 6
//!
//! [[steps]]
//! prove = "Make it safe in every order."   # change: in one run
//! allow = ["pool"]                     # params that may be set to anything
//! options = { full = ["reject", "block"] }  # or to one of these
//! variants = ["own_pool"]
//! goal = { deadlock = false, "latency.build.max" = "< 60s" }
//! misconceptions = [{ set = { pool = 6 }, reply = "Six builds hang again." }]
//! ```
//!
//! Invariant: a lesson that reads has a scenario that reads in every scene, choices of which the conditions are
//! expectations of that scenario, and exercises whose wrong answers are allowed ones.

use super::{
    AnswerChoice, DesignExercise, DesignMisconception, LearnerTask, Lesson, LessonScene, LessonStep,
    OutcomeCondition, PredictionQuestion, PuzzleObjective, START, SchedulingPuzzle, predict,
};
use crate::gallery;
use crate::language::{self, BASE, Document, Finding, Problems, Severity};
use crate::study::schedule::TimingAssumption;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::{Spanned, Value};

/// Longest lesson, in bytes.
const MAX_BYTES: usize = 1 << 18;
/// Most steps of a lesson.
const MAX_STEPS: usize = 64;
/// Most choices that a puzzle may give.
const MAX_CHOICES: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLesson {
    title: String,
    minutes: u32,
    goals: Vec<String>,
    misconception: String,
    gallery: Option<Spanned<String>>,
    scenario: Option<Spanned<String>>,
    steps: Vec<Spanned<RawStep>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    say: Option<String>,
    predict: Option<String>,
    schedule: Option<String>,
    change: Option<String>,
    prove: Option<String>,
    #[serde(default)]
    notes: String,
    variant: Option<String>,
    #[serde(default)]
    set: BTreeMap<String, Value>,
    at: Option<String>,
    #[serde(default)]
    light: Vec<String>,
    choices: Option<Vec<RawChoice>>,
    measure: Option<String>,
    next_after: Option<String>,
    aim: Option<RawPuzzleObjective>,
    view: Option<RawTimingAssumption>,
    max_choices: Option<usize>,
    goal: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    options: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    variants: Vec<String>,
    #[serde(default)]
    misconceptions: Vec<RawMisconception>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChoice {
    text: String,
    when: BTreeMap<String, Value>,
    #[serde(default)]
    reply: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMisconception {
    variant: Option<String>,
    #[serde(default)]
    set: BTreeMap<String, Value>,
    reply: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawPuzzleObjective {
    Deadlock,
    Finish,
    LostUpdate,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawTimingAssumption {
    Timed,
    Untimed,
}

/// Whether a text is meant as a lesson: it has steps that say, ask or want something.
pub fn is_lesson(source: &str) -> bool {
    source.lines().any(|line| line.trim() == "[[steps]]")
}

/// What a list of lessons says of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonOutline {
    /// What the lesson is called.
    pub title: String,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// What a learner can do afterwards.
    pub goals: Vec<String>,
    /// The wrong intuition that it corrects.
    pub misconception: String,
    /// How many steps want an answer.
    pub questions: usize,
}

impl LessonOutline {
    /// Reads what stands in the text, without looking at its scenario; `None` if it is no lesson.
    pub fn parse(source: &str) -> Option<LessonOutline> {
        let raw: RawLesson = toml::from_str(source).ok()?;
        let questions = raw.steps.iter().filter(|step| step.as_ref().say.is_none()).count();
        let RawLesson { title, minutes, goals, misconception, .. } = raw;
        Some(LessonOutline { title, minutes, goals, misconception, questions })
    }
}

impl Lesson {
    /// Reads the lesson `name` from the text of its file.
    ///
    /// # Errors
    /// What is wrong with it, each with its place. A scenario of its own that does not read is told as part of the lesson.
    pub fn parse(name: &str, source: &str) -> Result<Lesson, Problems> {
        let fail = |found: Vec<Finding>| Problems::excerpted(name, source, found, 0);
        if source.len() > MAX_BYTES {
            let message = format!("the lesson has {} bytes, more than {MAX_BYTES}", source.len());
            return Err(fail(vec![error(0..0, message)]));
        }
        let raw: RawLesson = toml::from_str(source)
            .map_err(|wrong| fail(vec![error(wrong.span().unwrap_or(0..0), wrong.message().to_owned())]))?;
        let document = document(name, &raw).map_err(|wrong| fail(vec![wrong]))?;
        if raw.steps.is_empty() || raw.steps.len() > MAX_STEPS {
            return Err(fail(vec![error(0..0, format!("a lesson has 1 to {MAX_STEPS} steps"))]));
        }
        let mut found = Vec::new();
        let mut steps = Vec::new();
        for raw in raw.steps {
            let at = raw.span();
            match step(raw.into_inner()) {
                Ok(step) => steps.push((at, step)),
                Err(message) => found.push(error(at, message)),
            }
        }
        let lesson = Lesson {
            name: name.to_owned(),
            title: raw.title,
            minutes: raw.minutes,
            goals: raw.goals,
            misconception: raw.misconception,
            document,
            steps: steps.iter().map(|(_, step)| step.clone()).collect(),
        };
        for (at, step) in steps {
            found.extend(check(&lesson, &step).into_iter().map(|message| error(at.clone(), message)));
        }
        if found.is_empty() { Ok(lesson) } else { Err(fail(found)) }
    }
}

fn error(at: Range<usize>, message: String) -> Finding {
    Finding { severity: Severity::Error, at, message, help: None }
}

/// The scenario of a lesson.
fn document(name: &str, raw: &RawLesson) -> Result<Document, Finding> {
    let (at, text) = match (&raw.gallery, &raw.scenario) {
        (Some(asked), None) => match gallery::find(asked.as_ref()) {
            Some(entry) => (asked.span(), entry.text),
            None => return Err(error(asked.span(), format!("the gallery has no `{}`", asked.as_ref()))),
        },
        (None, Some(text)) => (text.span(), text.as_ref().as_str()),
        (Some(_), Some(_)) | (None, None) => {
            return Err(error(0..0, "a lesson has either `gallery` or `scenario`".to_owned()));
        }
    };
    let read = Document::parse(name, text).and_then(|document| {
        let problems = document.check();
        if problems.has_errors() { Err(problems) } else { Ok(document) }
    });
    read.map_err(|problems| error(at, format!("its scenario does not read: {}", first_message(&problems))))
}

/// The first problem of a list, with its line.
fn first_message(problems: &Problems) -> String {
    match problems.list.first() {
        // A problem in what the lesson itself sets has no line.
        Some(problem) if problem.overriding.is_some() => problem.message.clone(),
        Some(problem) => format!("line {}: {}", problem.line, problem.message),
        None => "no reason was given".to_owned(),
    }
}

fn step(raw: RawStep) -> Result<LessonStep, String> {
    let texts = [&raw.say, &raw.predict, &raw.schedule, &raw.change, &raw.prove];
    let mut given = texts.iter().filter_map(|text| text.as_ref());
    let (Some(text), None) = (given.next().cloned(), given.next()) else {
        return Err("a step has exactly one of `say`, `predict`, `schedule`, `change` and `prove`".to_owned());
    };
    let task = if raw.predict.is_some() {
        LearnerTask::Predict(prediction(&raw)?)
    } else if raw.schedule.is_some() {
        LearnerTask::Schedule(puzzle(&raw)?)
    } else if raw.change.is_some() {
        LearnerTask::Change(exercise(&raw)?)
    } else if raw.prove.is_some() {
        LearnerTask::Prove(exercise(&raw)?)
    } else {
        LearnerTask::Say
    };
    let scene = LessonScene {
        variant: raw.variant.unwrap_or_else(|| BASE.to_owned()),
        set: texts_of(&raw.set),
        at: raw.at,
        light: raw.light,
    };
    Ok(LessonStep { text, notes: raw.notes, scene, task })
}

fn prediction(raw: &RawStep) -> Result<PredictionQuestion, String> {
    match (&raw.choices, &raw.measure, &raw.next_after) {
        (Some(choices), None, None) if choices.len() > 1 => {
            let choice = |choice: &RawChoice| AnswerChoice {
                text: choice.text.clone(),
                when: goal(&choice.when),
                reply: choice.reply.clone(),
            };
            Ok(PredictionQuestion::Choice(choices.iter().map(choice).collect()))
        }
        (None, Some(metric), None) => Ok(PredictionQuestion::Number(metric.clone())),
        (None, None, Some(moment)) => Ok(PredictionQuestion::NextTask(moment.clone())),
        _ => Err("a prediction has one of `choices` (two at least), `measure` and `next_after`".to_owned()),
    }
}

fn puzzle(raw: &RawStep) -> Result<SchedulingPuzzle, String> {
    let max_choices = raw.max_choices.unwrap_or(MAX_CHOICES);
    if !(1..=MAX_CHOICES).contains(&max_choices) {
        return Err(format!("`max_choices` is from 1 to {MAX_CHOICES}"));
    }
    let aim = match raw.aim {
        Some(RawPuzzleObjective::Deadlock) => PuzzleObjective::Deadlock,
        Some(RawPuzzleObjective::Finish) => PuzzleObjective::Finish,
        Some(RawPuzzleObjective::LostUpdate) => PuzzleObjective::LostUpdate,
        None => return Err("a schedule step says its `aim`: deadlock, finish or lost-update".to_owned()),
    };
    let view = match raw.view {
        Some(RawTimingAssumption::Untimed) => TimingAssumption::Untimed { timeouts_last: false },
        Some(RawTimingAssumption::Timed) | None => TimingAssumption::Timed,
    };
    Ok(SchedulingPuzzle { aim, view, max_choices })
}

fn exercise(raw: &RawStep) -> Result<DesignExercise, String> {
    let Some(wanted) = &raw.goal else { return Err("the step says no `goal`".to_owned()) };
    if raw.allow.is_empty() && raw.options.is_empty() && raw.variants.is_empty() {
        return Err("the step allows nothing: give `allow`, `options` or `variants`".to_owned());
    }
    let wrong = |raw: &RawMisconception| DesignMisconception {
        variant: raw.variant.clone().unwrap_or_else(|| BASE.to_owned()),
        set: texts_of(&raw.set),
        reply: raw.reply.clone(),
    };
    Ok(DesignExercise {
        goal: goal(wanted),
        allow: raw.allow.iter().chain(raw.options.keys()).cloned().collect(),
        options: raw.options.clone().into_iter().collect(),
        variants: raw.variants.clone(),
        misconceptions: raw.misconceptions.iter().map(wrong).collect(),
    })
}

fn goal(raw: &BTreeMap<String, Value>) -> OutcomeCondition {
    let mut goal = OutcomeCondition::default();
    for (metric, value) in raw {
        match (metric.as_str(), value) {
            ("can_deadlock", Value::Boolean(truth)) => goal.can_deadlock = Some(*truth),
            _ => goal.expect.push((metric.clone(), text_of(value))),
        }
    }
    goal
}

fn texts_of(set: &BTreeMap<String, Value>) -> Vec<(String, String)> {
    set.iter().map(|(path, value)| (path.clone(), text_of(value))).collect()
}

/// A value as `--set` takes it: text without its quotes.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Datetime(_)
        | Value::Array(_)
        | Value::Table(_) => value.to_string(),
    }
}

/// What of a step does not fit its lesson.
fn check(lesson: &Lesson, step: &LessonStep) -> Vec<String> {
    let mut wrong = Vec::new();
    if let Err(problems) = lesson.scenario(&step.scene) {
        wrong.push(format!("its run does not read: {}", first_message(&problems)));
        return wrong;
    }
    let moment = match &step.task {
        LearnerTask::Predict(PredictionQuestion::NextTask(moment)) => Some(moment),
        LearnerTask::Say
        | LearnerTask::Predict(_)
        | LearnerTask::Schedule(_)
        | LearnerTask::Change(_)
        | LearnerTask::Prove(_) => step.scene.at.as_ref().filter(|at| *at != START),
    };
    if let Some(Err(message)) = moment.map(|moment| language::parse_duration(moment)) {
        wrong.push(message);
    }
    match &step.task {
        LearnerTask::Predict(PredictionQuestion::Choice(choices)) => {
            for choice in choices {
                wrong.extend(unreadable(lesson, &step.scene, &choice.when));
            }
        }
        LearnerTask::Predict(PredictionQuestion::Number(metric)) => {
            let goal = OutcomeCondition {
                expect: vec![(metric.clone(), predict::any_value(metric).to_owned())],
                can_deadlock: None,
            };
            wrong.extend(unreadable(lesson, &step.scene, &goal));
        }
        LearnerTask::Change(exercise) | LearnerTask::Prove(exercise) => {
            wrong.extend(unreadable(lesson, &step.scene, &exercise.goal));
            wrong.extend(exercise.misconceptions.iter().filter_map(|one| {
                let mut paths = one.set.iter().map(|(path, _)| path);
                let allowed =
                    exercise.allows_variant(&one.variant) && paths.all(|path| exercise.allows(path));
                (!allowed).then(|| format!("the misconception \"{}\" is not an allowed answer", one.reply))
            }));
        }
        LearnerTask::Say
        | LearnerTask::Predict(PredictionQuestion::NextTask(_))
        | LearnerTask::Schedule(_) => {}
    }
    wrong
}

/// Why a goal cannot be judged on the run of a scene.
fn unreadable(lesson: &Lesson, scene: &LessonScene, goal: &OutcomeCondition) -> Option<String> {
    let set = predict::with_goal(&scene.set, goal);
    let problems = lesson.design(&scene.variant, &set).err()?;
    Some(first_message(&problems))
}
