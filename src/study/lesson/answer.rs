//! What a learner answers, and the mark it gets.

use super::super::schedule::Schedule;
use crate::language::BASE;
use serde::{Deserialize, Serialize};

/// What a learner answered to one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum LearnerAnswer {
    /// The number of a statement, from 1.
    Choice(usize),
    /// A number, a duration, `true` or `false`, as typed.
    Number(String),
    /// The name of a task.
    Task(String),
    /// A schedule as text.
    Schedule(String),
    /// A changed design.
    Design(LearnerDesign),
}

/// A design: a variant, with values set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearnerDesign {
    /// The variant; `base` is the document itself.
    #[serde(default = "base")]
    pub variant: String,
    /// Paths and values as text, in the order of their paths.
    #[serde(default)]
    pub set: Vec<(String, String)>,
}

fn base() -> String {
    BASE.to_owned()
}

impl LearnerDesign {
    /// A design of the document itself with values set.
    pub fn setting(mut set: Vec<(String, String)>) -> LearnerDesign {
        set.sort();
        LearnerDesign { variant: base(), set }
    }

    /// Whether it is of no variant.
    pub fn is_base(&self) -> bool {
        self.variant == BASE
    }

    /// What it is, in a few words: `pool = 6`.
    pub fn words(&self) -> String {
        let variant = (!self.is_base()).then(|| format!("variant `{}`", self.variant));
        let set = self.set.iter().map(|(path, value)| format!("{path} = {value}"));
        let words: Vec<String> = variant.into_iter().chain(set).collect();
        if words.is_empty() { "the document as it is".to_owned() } else { words.join(", ") }
    }
}

/// What an answer came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerResult {
    /// Whether the step is passed.
    pub passed: bool,
    /// From 0 to 3: for a proof, works once, in every order, and for no less; for anything else 3 or 0.
    pub stars: u8,
    /// What is said, whole sentences.
    pub reply: String,
    /// An order in which the learner's design fails.
    pub counterexample: Option<Schedule>,
}

impl AnswerResult {
    /// A step that is passed.
    pub fn right(reply: impl Into<String>) -> AnswerResult {
        AnswerResult { passed: true, stars: 3, reply: reply.into(), counterexample: None }
    }

    /// A step that is not.
    pub fn wrong(reply: impl Into<String>) -> AnswerResult {
        AnswerResult { passed: false, stars: 0, reply: reply.into(), counterexample: None }
    }
}
