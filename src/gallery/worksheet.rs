//! A lesson on paper, as plain data: `study::lesson::sheet` fills it in, `view::worksheet` and the page write it.

use serde::{Deserialize, Serialize};

/// What is printed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worksheet {
    /// The title of the lesson.
    pub title: String,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// What a learner can do afterwards.
    pub goals: Vec<String>,
    /// The steps, in order.
    pub steps: Vec<WorksheetStep>,
}

/// One step on paper.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorksheetStep {
    /// What is said or asked, Markdown.
    pub text: String,
    /// Statements to choose from.
    pub options: Vec<String>,
    /// Conditions that a design must meet, a line each.
    pub goal: Vec<String>,
    /// Whether there is a line to write on.
    pub is_question: bool,
    /// The right answer, for the last page.
    pub answer: Option<String>,
}

/// Whether the answers are printed too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answers {
    /// Blanks without answers.
    Hidden,
    /// On a page of their own at the end.
    OnTheLastPage,
}
