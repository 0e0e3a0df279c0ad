//! What covers a lesson: its keys, and the other lessons.

use super::keys;
use super::share::ShareLesson;
use super::shared::LessonProps;
use crate::page::SendAction;
use crate::panels::dialogs::Frame;
use crate::panels::learn::Learn;
use crate::store::screen::OpenDialog;
use yew::{Html, Properties, function_component, html};

/// What the dialogs need.
#[derive(Properties, PartialEq)]
pub struct LessonDialogsProps {
    /// The lesson and where its actions go.
    pub lesson: LessonProps,
    /// Whether it has a presenter's window.
    pub is_teacher: bool,
    /// Where actions on the stage go.
    pub send: SendAction,
}

/// The dialog that is open, if one is.
#[function_component]
pub fn Dialogs(props: &LessonDialogsProps) -> Html {
    let state = &props.lesson.state.0;
    match state.stage.dialog {
        Some(OpenDialog::Help) => {
            let row =
                |(key, what): &(&str, &str)| html! { <><dt><kbd>{ *key }</kbd></dt><dd>{ *what }</dd></> };
            html! {
                <Frame title="Keys" send={props.send.clone()}><dl class="keys">{ for keys::HELP.iter().map(row) }</dl></Frame>
            }
        }
        Some(OpenDialog::Learn) => {
            let scenario = state.stage.work.scenario.as_ref();
            let about = scenario.map(|scenario| scenario.about.clone()).unwrap_or_default();
            html! { <Learn title={state.stage.work.title().to_owned()} {about} send={props.send.clone()} /> }
        }
        Some(OpenDialog::Share) => {
            html! { <ShareLesson lesson={props.lesson.clone()} is_teacher={props.is_teacher} /> }
        }
        Some(OpenDialog::Gallery | OpenDialog::New | OpenDialog::Rule(_)) | None => html! {},
    }
}
