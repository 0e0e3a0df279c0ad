//! What happens because a lesson changed: questions go to workers, progress is written down, keys are heard.

use super::super::effects::{belongs_to_field, on_window, study_change};
use super::super::pool::{self, JobHandle};
use super::super::{focus, memory};
use super::keys;
use super::shared::SendLesson;
use crate::store::lesson::{LessonAction, LessonState};
use crate::store::study::{PanelStudy, StudyAction};
use crate::store::{Action, UserNotice};
use gloo_timers::callback::Timeout;
use serde::de::DeserializeOwned;
use std::rc::Rc;
use threadbare::jobs::JobRequest;
use threadbare::jobs::lesson::LessonQuestion;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;
use yew::{Callback, hook, use_effect_with, use_mut_ref};

/// How long a slider rests before its design is judged, in milliseconds.
const PAUSE: u32 = 120;

/// Has the lesson's questions answered while it wants the answers.
#[hook]
pub fn use_workers(state: &Rc<LessonState>, send: &SendLesson) {
    let step = state.step;
    use_question(state, &state.options, LessonQuestion::Options(step), LessonAction::Options, send);
    use_question(
        state,
        &state.position,
        LessonQuestion::Play(step, state.taken.clone()),
        LessonAction::GamePosition,
        send,
    );
    // Only what is asked for is put into words: without an answer nothing is judged.
    let judge = state
        .given
        .clone()
        .map_or(LessonQuestion::Options(step), |answer| LessonQuestion::Judge(step, answer));
    use_question(state, &state.judged, judge, LessonAction::Judgement, send);
    use_question(state, &state.solved, LessonQuestion::Solve(step), LessonAction::Solution, send);
    use_question(state, &state.hand_in, LessonQuestion::HandIn(state.answers()), LessonAction::HandIn, send);
    use_question(state, &state.paper, LessonQuestion::Paper(state.paper_answers), LessonAction::Paper, send);
}

/// Has one question answered, after a pause so that a moving slider asks once.
#[hook]
fn use_question<T: DeserializeOwned + 'static>(
    state: &Rc<LessonState>,
    study: &PanelStudy<T>,
    ask: LessonQuestion,
    action: fn(StudyAction<T>) -> LessonAction,
    send: &SendLesson,
) {
    let job = use_mut_ref(|| None::<JobHandle>);
    let timer = use_mut_ref(|| None::<Timeout>);
    let (state, send) = (Rc::clone(state), send.clone());
    use_effect_with((study.number, study.is_going()), move |(number, is_going)| {
        let number = *number;
        let hear = move |event| {
            if let Some((change, failure)) = study_change(number, event) {
                send.emit(action(change));
                if let Some(text) = failure {
                    let notice = UserNotice { text, is_trouble: true };
                    send.emit(LessonAction::Stage(Action::Notice(Some(notice))));
                }
            }
        };
        let old = job.take();
        drop(old);
        let is_going = *is_going;
        *timer.borrow_mut() = is_going.then(|| {
            let job = Rc::clone(&job);
            Timeout::new(PAUSE, move || {
                *job.borrow_mut() = Some(pool::start(&JobRequest::Lesson(state.order(ask)), hear));
            })
        });
    });
}

/// Writes down how far the lesson is, whenever it gets further.
#[hook]
pub fn use_memory(state: &Rc<LessonState>) {
    let kept = state.kept();
    let name = state.lesson.name.clone();
    use_effect_with(kept, move |kept| memory::keep_lesson(&name, kept));
    use_effect_with(state.stage.theme, |theme| memory::keep_theme(*theme));
}

/// Why there is no presenter's window.
fn students_version() -> UserNotice {
    let text = "This is the student's version. The presenter's window opens from a lesson that was opened with Learn.";
    UserNotice { text: text.to_owned(), is_trouble: false }
}

/// Listens to the keys. `present` opens the presenter's window, where there may be one.
#[hook]
pub fn use_keys(state: &Rc<LessonState>, present: Option<Callback<()>>, send: &SendLesson) {
    let now = use_mut_ref(|| Rc::clone(state));
    now.replace(Rc::clone(state));
    let send = send.clone();
    use_effect_with((), move |()| {
        let listener = on_window("keydown", move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            // A slider or a list has taken it.
            if event.default_prevented() {
                return;
            }
            let state = Rc::clone(&now.borrow());
            let is_typing = belongs_to_field(event);
            if !is_typing && event.key().eq_ignore_ascii_case("p") && !event.ctrl_key() && !event.meta_key() {
                event.prevent_default();
                match &present {
                    Some(present) => present.emit(()),
                    None => send.emit(LessonAction::Stage(Action::Notice(Some(students_version())))),
                }
                return;
            }
            if !is_typing && keys::begins_a_number(event, &state) {
                // The field has the focus before the browser types the digit.
                focus::give_to("lesson-number");
                return;
            }
            if let Some(action) = keys::action(event, &state, is_typing) {
                event.prevent_default();
                send.emit(action);
            }
        });
        move || drop(listener)
    });
}
