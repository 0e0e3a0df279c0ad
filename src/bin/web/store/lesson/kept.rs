//! What of a lesson survives a reload, and how far it is.
//!
//! Invariant: whatever was kept fits: a lesson that has changed since loses only the answers that have no step any more.

use serde::{Deserialize, Serialize};
use threadbare::jobs::lesson::Judgement;
use threadbare::study::lesson::Lesson;
use threadbare::study::lesson::answer::LearnerAnswer;
use threadbare::study::lesson::read::LessonOutline;

/// An answer and its verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedAnswer {
    /// The answer that was given.
    pub answer: LearnerAnswer,
    /// What it came to.
    pub mark: Judgement,
}

/// A lesson as the browser keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedLesson {
    /// The step that was shown, from 0.
    pub step: usize,
    /// Whose it is, for the hand-in.
    #[serde(default)]
    pub by: String,
    /// The best answer to each step.
    pub entries: Vec<Option<SavedAnswer>>,
}

/// The progress of a lesson.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LessonProgress {
    /// Whether it was begun.
    pub is_begun: bool,
    /// How many questions are passed.
    pub passed: usize,
    /// How many questions there are.
    pub questions: usize,
    /// The fewest stars of any question, once all are passed.
    pub stars: u8,
}

impl LessonProgress {
    /// Whether every question is passed.
    pub fn is_done(self) -> bool {
        self.questions > 0 && self.passed == self.questions
    }
}

impl SavedLesson {
    /// The same, with a place for each step of the lesson and none besides.
    pub fn fitted(mut self, lesson: &Lesson) -> SavedLesson {
        self.entries.resize(lesson.steps.len(), None);
        for (entry, step) in self.entries.iter_mut().zip(&lesson.steps) {
            if !step.is_question() {
                *entry = None;
            }
        }
        self.step = self.step.min(lesson.steps.len());
        self
    }

    /// How far the lesson of this outline is.
    pub fn standing(&self, outline: &LessonOutline) -> LessonProgress {
        let marks = || self.entries.iter().flatten().map(|entry| &entry.mark);
        let passed = marks().filter(|mark| mark.passed).count().min(outline.questions);
        let is_done = passed == outline.questions;
        let stars = marks().map(|mark| mark.stars).min().filter(|_| is_done).unwrap_or(0);
        LessonProgress {
            is_begun: self.step > 0 || marks().next().is_some(),
            passed,
            questions: outline.questions,
            stars,
        }
    }
}
