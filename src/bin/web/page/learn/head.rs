//! What stands around a step: the header, the steps as a row, and the way on and back.

use super::super::route::{Navigate, Route};
use super::super::wall;
use super::shared::LessonProps;
use crate::panels::icons;
use crate::store::Action;
use crate::store::lesson::{LessonAction, LessonState};
use crate::store::screen::{OpenDialog, ThemeChoice};
use threadbare::study::lesson::LearnerTask;
use yew::{Callback, Html, MouseEvent, Properties, classes, function_component, html, use_context};

/// What the header needs.
#[derive(Properties, PartialEq)]
pub struct LessonHeaderProps {
    /// The lesson and where actions go.
    pub lesson: LessonProps,
    /// What opens the presenter's window, where there may be one.
    pub present: Option<Callback<()>>,
}

/// The bar at the top.
#[function_component]
pub fn Header(props: &LessonHeaderProps) -> Html {
    let state = &props.lesson.state.0;
    let navigate = use_context::<Navigate>();
    let leave = Callback::from(move |_: MouseEvent| {
        if let Some(navigate) = &navigate {
            navigate.emit(Route::Document);
        }
    });
    let act = |action: Action| {
        let send = props.lesson.send.clone();
        Callback::from(move |_: MouseEvent| send.emit(LessonAction::Stage(action.clone())))
    };
    let (next, theme) = match state.stage.theme {
        ThemeChoice::System => (ThemeChoice::Dark, "Colours: as the system has them"),
        ThemeChoice::Dark => (ThemeChoice::Light, "Colours: dark"),
        ThemeChoice::Light => (ThemeChoice::System, "Colours: light"),
    };
    let projector = state.stage.projector;
    html! {
        <header class="bar">
            <h1 class="brand">{ "Threadbare" }</h1>
            <nav class="tools" aria-label="Page">
                <button class="plain" onclick={act(Action::Dialog(Some(OpenDialog::Learn)))} title="The other lessons">{ "Lessons" }</button>
                if let Some(present) = props.present.clone() {
                    <button class="plain present" onclick={move |_: MouseEvent| present.emit(())} title="Notes, time and answers in a second window (P)">{ "Present" }</button>
                }
                <button class="plain" onclick={act(Action::Dialog(Some(OpenDialog::Share)))} title="The student's link, the worksheet">{ "For the class" }</button>
                <button class="plain" onclick={leave} title="Back to the scenarios">{ "Leave" }</button>
                <button class="square plain" aria-pressed={projector.to_string()} title="Projector: larger type" aria-label="Projector" onclick={act(Action::Projector(wall()))}>{ "A" }<small>{ "A" }</small></button>
                <button class="square plain" title={theme} aria-label={theme} onclick={act(Action::Theme(next))}>{ icons::half_moon() }</button>
                <button class="square plain" title="Keys" aria-label="Keys" onclick={act(Action::Dialog(Some(OpenDialog::Help)))}>{ "?" }</button>
            </nav>
        </header>
    }
}

/// The lesson's title, and its steps in a row.
#[function_component]
pub fn Steps(props: &LessonProps) -> Html {
    let state = &props.state.0;
    let count = state.lesson.steps.len();
    let item = |number: usize| {
        let send = props.send.clone();
        let go = Callback::from(move |_: MouseEvent| send.emit(LessonAction::Go(number)));
        let (class, what) = standing(state, number);
        let current = (number == state.step).then_some("step");
        let label =
            if number == count { "The end".to_owned() } else { format!("Step {}, {what}", number + 1) };
        html! {
            <li><button class={classes!("lesson-step", class)} aria-current={current} aria-label={label.clone()} title={label} onclick={go}>
                { if number == count { "★".to_owned() } else { (number + 1).to_string() } }
            </button></li>
        }
    };
    html! {
        <div class="variants lesson-head">
            <p class="scenario-title">{ &state.lesson.title }</p>
            <ol class="lesson-steps" aria-label="Steps">{ for (0..=count).map(item) }</ol>
        </div>
    }
}

/// How a step stands: its class, and a word for it.
fn standing(state: &LessonState, number: usize) -> (Option<&'static str>, &'static str) {
    let Some(step) = state.lesson.steps.get(number) else { return (None, "") };
    match state.entries.get(number).and_then(Option::as_ref) {
        Some(entry) if entry.mark.passed => (Some("is-passed"), "passed"),
        Some(_) => (Some("is-missed"), "not passed"),
        None => (step.is_question().then_some("is-question"), kind(&step.task)),
    }
}

/// What kind of step it is, as a heading says it.
pub fn kind(task: &LearnerTask) -> &'static str {
    match task {
        LearnerTask::Say => "read",
        LearnerTask::Predict(_) => "predict",
        LearnerTask::Schedule(_) => "be the scheduler",
        LearnerTask::Change(_) => "change the design",
        LearnerTask::Prove(_) => "prove it",
    }
}

/// The way on and back.
#[function_component]
pub fn Turn(props: &LessonProps) -> Html {
    let state = &props.state.0;
    let turn = |by: isize| {
        let send = props.send.clone();
        Callback::from(move |_: MouseEvent| send.emit(LessonAction::Turn(by)))
    };
    let count = state.lesson.steps.len();
    let (label, class, title) = match (state.is_open(), state.step + 1 == count) {
        (true, _) => ("Skip", "quiet", "Continue without an answer (Page Down)"),
        (false, true) => ("Finish", "primary", "To the end of the lesson (Space)"),
        (false, false) => ("Next", "primary", "To the next step (Space)"),
    };
    html! {
        <footer class="transport lesson-turn" aria-label="Steps">
            <button onclick={turn(-1)} disabled={state.step == 0} title="To the previous step (Page Up)">{ "Back" }</button>
            <span class="count">{ if state.step < count { format!("Step {} of {count}", state.step + 1) } else { "The end".to_owned() } }</span>
            if state.step < count { <button class={class} onclick={turn(1)} {title}>{ label }</button> }
        </footer>
    }
}
