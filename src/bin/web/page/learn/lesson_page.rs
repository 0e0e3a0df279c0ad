//! One lesson: opened where it was left, and laid out.

use super::shared::{LessonProps, SendLesson, SharedLesson};
use super::{dialogs, effects, head, paper, present, scene, step};
use crate::page::route::{self, Navigate, Route};
use crate::page::{self, media, memory};
use crate::panels::notice;
use crate::store::lesson::{LessonAction, LessonState};
use crate::store::work::OpenDocument;
use crate::store::{Action, State};
use std::rc::Rc;
use threadbare::gallery::{self, find_lesson};
use yew::{
    Callback, Html, Properties, Reducible, classes, function_component, html, use_callback, use_context,
    use_reducer,
};

/// The lesson as Yew stores it; `None` if no lesson has this name.
struct LessonStore(Option<Rc<LessonState>>);

impl Reducible for LessonStore {
    type Action = LessonAction;

    fn reduce(self: Rc<Self>, action: LessonAction) -> Rc<Self> {
        let next = self.0.as_deref().map(|state| {
            let mut state = state.clone();
            state.apply(action);
            Rc::new(state)
        });
        Rc::new(LessonStore(next))
    }
}

/// Which lesson is shown.
#[derive(Properties, PartialEq)]
pub struct LessonPageProps {
    /// The name it is asked for by.
    pub name: String,
    /// Whether it has a presenter's window.
    pub is_teacher: bool,
}

/// A lesson, or that there is none of this name.
#[function_component]
pub fn LessonPage(props: &LessonPageProps) -> Html {
    let name = props.name.clone();
    let held = use_reducer(move || LessonStore(begin(&name).map(Rc::new)));
    let send: SendLesson = {
        let dispatcher = held.dispatcher();
        use_callback((), move |action: LessonAction, ()| dispatcher.dispatch(action))
    };
    match &held.0 {
        Some(state) => {
            html! { <Shown state={SharedLesson(Rc::clone(state))} is_teacher={props.is_teacher} {send} /> }
        }
        None => html! { <UnknownLesson name={props.name.clone()} /> },
    }
}

/// The lesson where it was left.
fn begin(name: &str) -> Option<LessonState> {
    let mut page = State::new(OpenDocument::gallery(gallery::ENTRIES[0].name));
    page.still = media("(prefers-reduced-motion: reduce)");
    page.theme = memory::theme();
    page.dark_system = media(page::effects::DARK);
    LessonState::open(find_lesson(name)?, memory::lesson(name), &page)
}

#[derive(Properties, PartialEq)]
struct LoadedLessonProps {
    state: SharedLesson,
    is_teacher: bool,
    send: SendLesson,
}

#[function_component]
fn Shown(props: &LoadedLessonProps) -> Html {
    let state = &props.state.0;
    let stage = Rc::new(state.stage.clone());
    let to_stage: page::SendAction = {
        let send = props.send.clone();
        use_callback((), move |action: Action, ()| send.emit(LessonAction::Stage(action)))
    };
    page::effects::use_runs(&stage, &to_stage);
    page::effects::use_play(&stage, &to_stage);
    page::effects::use_system_colours(&to_stage);
    page::effects::use_look_of_page(&stage);
    effects::use_workers(state, &props.send);
    effects::use_memory(state);
    let present = present::use_presenter(state, props.is_teacher, &props.send);
    effects::use_keys(state, present.clone(), &props.send);
    html! {
        <div class={classes!("page", "is-lesson", state.stage.projector.then_some("is-projector"))}>
            if !route::is_embedded() { <head::Header lesson={LessonProps { state: props.state.clone(), send: props.send.clone() }} {present} /> }
            <head::Steps state={props.state.clone()} send={props.send.clone()} />
            { notice::bar(&state.stage, &to_stage) }
            <main class="lesson">
                <step::Question state={props.state.clone()} />
                <scene::SceneView state={props.state.clone()} send={to_stage.clone()} />
                <step::Answers state={props.state.clone()} send={props.send.clone()} />
            </main>
            <head::Turn state={props.state.clone()} send={props.send.clone()} />
            <dialogs::Dialogs lesson={LessonProps { state: props.state.clone(), send: props.send.clone() }} is_teacher={props.is_teacher} send={to_stage} />
            <paper::Paper state={props.state.clone()} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct UnknownLessonProps {
    name: String,
}

#[function_component]
fn UnknownLesson(props: &UnknownLessonProps) -> Html {
    let navigate = use_context::<Navigate>();
    let leave = Callback::from(move |_: yew::MouseEvent| {
        if let Some(navigate) = &navigate {
            navigate.emit(Route::Document);
        }
    });
    html! {
        <main class="starting">
            <h1 class="brand">{ "Threadbare" }</h1>
            <p>{ format!("There is no lesson named {}.", props.name) }</p>
            <p class="row"><button class="primary" onclick={leave}>{ "Open Threadbare" }</button></p>
        </main>
    }
}
