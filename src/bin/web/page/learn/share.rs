//! The lesson for others: the student's link with its code, the frame for another page, and the worksheet.

use super::qr;
use super::shared::LessonProps;
use crate::page::route::{self, Route};
use crate::panels::dialogs::Frame;
use crate::store::lesson::LessonAction;
use crate::store::{Action, UserNotice};
use threadbare::gallery::worksheet::Answers;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::{Callback, Html, MouseEvent, Properties, function_component, html, use_callback};

/// What the dialog needs.
#[derive(Properties, PartialEq)]
pub struct ShareLessonProps {
    /// The lesson and where actions go.
    pub lesson: LessonProps,
    /// Whether answers may be printed.
    pub is_teacher: bool,
}

/// The dialog in full.
#[function_component]
pub fn ShareLesson(props: &ShareLessonProps) -> Html {
    let name = props.lesson.state.0.lesson.name.clone();
    let link = Route::Lesson { name: name.clone(), is_teacher: false }.address();
    let to_stage = use_callback(props.lesson.send.clone(), |action: Action, send| {
        send.emit(LessonAction::Stage(action));
    });
    let frame = route::frame(&format!("?embed&lesson={name}"));
    let print = |answers: Answers| {
        let send = props.lesson.send.clone();
        Callback::from(move |_: MouseEvent| send.emit(LessonAction::Print(answers)))
    };
    let copy = {
        let (props, link) = (props.lesson.clone(), link.clone());
        Callback::from(move |_: MouseEvent| copy(link.clone(), "The link is copied.", props.clone()))
    };
    html! {
        <Frame title="For the class" send={to_stage}>
            <div class="for-class">
                { qr::code(&link) }
                <div class="for-class-words">
                    <p class="lead">{ "This link opens the student's version: the same lesson, without the presenter's window." }</p>
                    <input class="link" type="text" readonly=true value={link} aria-label="Link for students" />
                    <p class="row"><button class="primary" onclick={copy}>{ "Copy link" }</button></p>
                </div>
            </div>
            <h3>{ "Worksheet" }</h3>
            <p class="row">
                <button onclick={print(Answers::Hidden)}>{ "Print the worksheet" }</button>
                if props.is_teacher { <button onclick={print(Answers::OnTheLastPage)}>{ "Print it with answers" }</button> }
            </p>
            <h3>{ "In a page of your own" }</h3>
            <input class="link" type="text" readonly=true value={frame} aria-label="Frame for another page" />
        </Frame>
    }
}

/// Copies a text, and says so.
pub fn copy(text: String, done: &'static str, props: LessonProps) {
    let Some(clipboard) = web_sys::window().map(|window| window.navigator().clipboard()) else { return };
    spawn_local(async move {
        let is_done = JsFuture::from(clipboard.write_text(&text)).await.is_ok();
        let text = if is_done {
            done
        } else {
            "The browser does not allow copying. Select the text and copy it yourself."
        };
        let notice = UserNotice { text: text.to_owned(), is_trouble: !is_done };
        props.send.emit(LessonAction::Stage(Action::Dialog(None)));
        props.send.emit(LessonAction::Stage(Action::Notice(Some(notice))));
    });
}
