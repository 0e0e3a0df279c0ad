//! A question to a worker, and what has come of it so far.
//!
//! Invariant: an answer is taken only by the asking that it answers; what was found when it is stopped stays. A
//! study belongs to the text and the variant that it was asked of: the store lets it go when these change.

use std::rc::Rc;

/// One question. `T` is all that has been told of it: each message says the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelStudy<T> {
    /// Which asking it is, of all of the page's; 0: it was never asked.
    pub number: u32,
    /// How far it is.
    pub stage: StudyStatus,
    /// What is known so far.
    pub so_far: Option<Rc<T>>,
}

/// How far a study is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StudyStatus {
    /// Nobody has asked.
    #[default]
    Unasked,
    /// A worker is at it.
    Going,
    /// The person has stopped it, or it broke off.
    Stopped,
    /// All is known.
    Done,
}

/// A change of a study.
#[derive(Clone, Debug, PartialEq)]
pub enum StudyAction<T> {
    /// It is asked (again).
    Ask,
    /// The same, and what was known stays until more is: it is of another moment, and not wrong.
    Renew,
    /// It goes no further.
    Stop,
    /// The asking of this number has come to this.
    Progress(u32, Rc<T>),
    /// The asking of this number is over; whether all is known.
    Over(u32, bool),
}

impl<T> Default for PanelStudy<T> {
    fn default() -> PanelStudy<T> {
        PanelStudy { number: 0, stage: StudyStatus::Unasked, so_far: None }
    }
}

impl<T> PanelStudy<T> {
    /// Whether a worker is at it.
    pub fn is_going(&self) -> bool {
        self.stage == StudyStatus::Going
    }

    /// Takes a step. `last` is the number of the page's last asking.
    pub fn apply(&mut self, step: StudyAction<T>, last: &mut u32) {
        match step {
            StudyAction::Ask => {
                *last += 1;
                *self = PanelStudy { number: *last, stage: StudyStatus::Going, so_far: None };
            }
            StudyAction::Renew => {
                *last += 1;
                (self.number, self.stage) = (*last, StudyStatus::Going);
            }
            StudyAction::Stop if self.is_going() => self.stage = StudyStatus::Stopped,
            StudyAction::Progress(number, told) if number == self.number && self.is_going() => {
                self.so_far = Some(told);
            }
            StudyAction::Over(number, is_whole) if number == self.number && self.is_going() => {
                self.stage = if is_whole { StudyStatus::Done } else { StudyStatus::Stopped };
            }
            // Too late.
            StudyAction::Stop | StudyAction::Progress(..) | StudyAction::Over(..) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_when_it_is_stopped_stays_and_a_late_answer_is_dropped() {
        let (mut study, mut last) = (PanelStudy::default(), 4);
        study.apply(StudyAction::Ask, &mut last);
        assert_eq!((study.number, last), (5, 5));
        study.apply(StudyAction::Progress(4, Rc::new("of another asking")), &mut last);
        assert_eq!(study.so_far, None);
        study.apply(StudyAction::Progress(5, Rc::new("something")), &mut last);
        study.apply(StudyAction::Stop, &mut last);
        study.apply(StudyAction::Progress(5, Rc::new("more")), &mut last);
        study.apply(StudyAction::Over(5, true), &mut last);
        assert_eq!((study.stage, study.so_far.as_deref()), (StudyStatus::Stopped, Some(&"something")));
        study.apply(StudyAction::Ask, &mut last);
        assert_eq!((study.number, study.so_far.is_none()), (6, true));
    }
}
