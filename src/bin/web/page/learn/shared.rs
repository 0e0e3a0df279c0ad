//! What the parts of a lesson's page hand to each other.

use crate::store::lesson::{LessonAction, LessonState};
use std::rc::Rc;
use yew::{Callback, Properties};

/// Carries an action to the lesson.
pub type SendLesson = Callback<LessonAction>;

/// A lesson that is shared by what shows it. Two are equal if they are the same one.
#[derive(Clone)]
pub struct SharedLesson(pub Rc<LessonState>);

impl PartialEq for SharedLesson {
    fn eq(&self, other: &SharedLesson) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// What most parts of a lesson's page are given.
#[derive(Properties, Clone, PartialEq)]
pub struct LessonProps {
    /// The lesson as it is now.
    pub state: SharedLesson,
    /// Where actions go.
    pub send: SendLesson,
}
