//! The keys of a lesson, in one table: what each does, and what the help says of it.

use super::design;
use crate::store::Action;
use crate::store::lesson::{LessonAction, LessonState};
use threadbare::study::lesson::answer::LearnerAnswer;
use threadbare::study::lesson::{LearnerTask, PredictionQuestion};
use web_sys::KeyboardEvent;

/// The keys as the help shows them.
pub const HELP: &[(&str, &str)] = &[
    ("Space", "continue, once the question is answered"),
    ("1 to 9", "choose an answer, a design or what happens next"),
    ("Page Down and Page Up", "next or previous step"),
    ("Right and Left", "next or previous beat of the run"),
    (". and ,", "one event forward or back"),
    ("Enter", "check every order of a design"),
    ("U", "undo the last choice, where you are the scheduler"),
    ("P", "the presenter's window: notes, time, the next step, answers"),
    ("Tab and arrows", "move to a slider, and change it"),
];

/// What a key means now; none if it means nothing, or belongs to the field that is being typed in.
pub fn action(event: &KeyboardEvent, state: &LessonState, typing: bool) -> Option<LessonAction> {
    if typing || state.stage.dialog.is_some() || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return None;
    }
    let key = event.key();
    let stage = |action: Action| Some(LessonAction::Stage(action));
    match key.as_str() {
        " " if !state.is_open() && state.shown().is_some() => Some(LessonAction::Turn(1)),
        // A page that scrolls under an open question would seem to answer.
        " " => Some(LessonAction::Stage(Action::Notice(None))),
        "PageDown" if state.shown().is_some() => Some(LessonAction::Turn(1)),
        "PageUp" => Some(LessonAction::Turn(-1)),
        "ArrowRight" => stage(Action::Beat(1)),
        "ArrowLeft" => stage(Action::Beat(-1)),
        "." => stage(Action::Step(1)),
        "," => stage(Action::Step(-1)),
        "Enter" if is_proof(state) => Some(LessonAction::Judge),
        "u" | "U" if !state.taken.is_empty() => Some(LessonAction::TakeBack),
        _ => numbered(state, key.parse::<usize>().ok()?.checked_sub(1)?),
    }
}

/// Whether a key is the first digit of a number that is asked for.
pub fn begins_a_number(event: &KeyboardEvent, state: &LessonState) -> bool {
    let is_plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
    let is_digit = event.key().len() == 1 && event.key().chars().all(|ch| ch.is_ascii_digit());
    let asks = state
        .shown()
        .is_some_and(|step| matches!(step.task, LearnerTask::Predict(PredictionQuestion::Number(_))));
    is_plain && is_digit && asks
}

/// What the choice of this number does, from 0.
fn numbered(state: &LessonState, number: usize) -> Option<LessonAction> {
    match &state.shown()?.task {
        LearnerTask::Predict(PredictionQuestion::Choice(choices)) => {
            (number < choices.len()).then_some(LessonAction::Answer(LearnerAnswer::Choice(number + 1)))
        }
        LearnerTask::Predict(PredictionQuestion::NextTask(_)) => {
            let options = state.options.so_far.as_ref()?;
            options.get(number).map(|name| LessonAction::Answer(LearnerAnswer::Task(name.clone())))
        }
        LearnerTask::Schedule(_) => {
            let position = state.position.so_far.as_ref().filter(|_| state.mark.is_none())?;
            position.ways.get(number).map(|(way, _)| LessonAction::Take(*way))
        }
        LearnerTask::Change(_) | LearnerTask::Prove(_) => {
            let (_, design) = design::choices(state).into_iter().nth(number)?;
            Some(LessonAction::Change(design))
        }
        LearnerTask::Say | LearnerTask::Predict(PredictionQuestion::Number(_)) => None,
    }
}

/// Whether a design is to be looked at in every order.
fn is_proof(state: &LessonState) -> bool {
    state.shown().is_some_and(|step| matches!(step.task, LearnerTask::Prove(_))) && !state.is_judging()
}
