//! A lesson on the page: which step is shown, what was answered, and the stage beside it.
//!
//! Invariant: nothing is judged here; a worker answers (`jobs::lesson`). While a question is open, nothing beyond the
//! moment that its step shows is drawn or reached. The person's own document is another state: a lesson never
//! touches it. Of several answers to a step the best is kept.

mod act;
mod cursor;
mod kept;
mod state;

pub use act::LessonAction;
pub use kept::{LessonProgress, SavedLesson};
pub use state::LessonState;

#[cfg(test)]
mod tests;
