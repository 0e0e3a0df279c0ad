//! One step: what it says or asks, and what can be answered.

use super::design::DesignPanel;
use super::feedback::Feedback;
use super::finish::Finish;
use super::game::Game;
use super::head;
use super::predict::Predict;
use super::shared::{LessonProps, SharedLesson};
use crate::page::focus;
use crate::panels::about::markdown;
use threadbare::study::lesson::LearnerTask;
use yew::{Html, Properties, function_component, html, use_effect_with, use_mut_ref, use_node_ref};

/// Which lesson is shown.
#[derive(Properties, PartialEq)]
pub struct LessonQuestionProps {
    /// The lesson as it is now.
    pub state: SharedLesson,
}

/// What the step says or asks. It takes the focus when another step is shown, so that it is read aloud.
#[function_component]
pub fn Question(props: &LessonQuestionProps) -> Html {
    let state = &props.state.0;
    let place = use_node_ref();
    let is_first = use_mut_ref(|| true);
    {
        let place = place.clone();
        use_effect_with(state.step, move |_| {
            if !is_first.replace(false) {
                focus::give(&place);
                scroll_to_top();
            }
        });
    }
    let Some(step) = state.shown() else {
        return html! { <section class="lesson-text" ref={place} tabindex="-1"><h2>{ "The end" }</h2></section> };
    };
    let kind = head::kind(&step.task);
    html! {
        <section class="lesson-text" id="lesson-text" ref={place} tabindex="-1" aria-label={format!("Step {}", state.step + 1)}>
            <h2 class="lesson-kind">{ kind }</h2>
            <div class="lesson-words">{ markdown(&step.text) }</div>
        </section>
    }
}

/// Another step is read from its top.
fn scroll_to_top() {
    if let Some(window) = web_sys::window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
        let main =
            window.document().and_then(|document| document.query_selector("main.lesson").ok().flatten());
        if let Some(main) = main {
            main.set_scroll_top(0);
        }
    }
}

/// What can be answered, and what the answer came to.
#[function_component]
pub fn Answers(props: &LessonProps) -> Html {
    let state = &props.state.0;
    let answers = match state.shown().map(|step| &step.task) {
        Some(LearnerTask::Predict(prediction)) => html! {
            <Predict key={state.step} state={props.state.clone()} prediction={prediction.clone()} send={props.send.clone()} />
        },
        Some(LearnerTask::Schedule(puzzle)) => {
            html! { <Game lesson={props.clone()} puzzle={puzzle.clone()} /> }
        }
        Some(LearnerTask::Change(exercise) | LearnerTask::Prove(exercise)) => html! {
            <DesignPanel key={state.step} lesson={props.clone()} exercise={exercise.clone()} />
        },
        Some(LearnerTask::Say) => html! {},
        None => html! { <Finish state={props.state.clone()} send={props.send.clone()} /> },
    };
    html! {
        <section class="lesson-answers" aria-label="Your answer">
            { answers }
            <Feedback state={props.state.clone()} />
        </section>
    }
}
