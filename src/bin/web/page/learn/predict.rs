//! A prediction: a choice, a number, or the task that starts next.

use super::shared::{LessonProps, SendLesson, SharedLesson};
use crate::page::focus;
use crate::store::lesson::LessonAction;
use threadbare::study::lesson::answer::LearnerAnswer;
use threadbare::study::lesson::{AnswerChoice, PredictionQuestion};
use web_sys::HtmlInputElement;
use yew::{
    Callback, Html, MouseEvent, Properties, SubmitEvent, classes, function_component, html, use_node_ref,
};

/// What is asked.
#[derive(Properties, PartialEq)]
pub struct PredictionQuestionProps {
    /// The lesson as it is now.
    pub state: SharedLesson,
    /// What is to be predicted.
    pub prediction: PredictionQuestion,
    /// Where actions go.
    pub send: SendLesson,
}

/// The ways to answer it.
#[function_component]
pub fn Predict(props: &PredictionQuestionProps) -> Html {
    match &props.prediction {
        PredictionQuestion::Choice(choices) => {
            let answer = |(number, choice): (usize, &AnswerChoice)| {
                (choice.text.clone(), LearnerAnswer::Choice(number + 1))
            };
            options(props, choices.iter().enumerate().map(answer).collect())
        }
        PredictionQuestion::Number(_) => {
            html! { <NumberField state={props.state.clone()} send={props.send.clone()} /> }
        }
        PredictionQuestion::NextTask(_) => match &props.state.0.options.so_far {
            Some(names) => {
                let answer = |name: &String| (name.clone(), LearnerAnswer::Task(name.clone()));
                html! {
                    <>
                        <p class="soft">{ "Click the task on the stage, or choose its name." }</p>
                        { options(props, names.iter().map(answer).collect()) }
                    </>
                }
            }
            None => html! { <p class="soft">{ "One moment…" }</p> },
        },
    }
}

/// Statements to choose from, each with its number.
fn options(props: &PredictionQuestionProps, options: Vec<(String, LearnerAnswer)>) -> Html {
    let state = &props.state.0;
    let chosen = state.given.as_ref().filter(|_| state.mark.is_some() || state.is_judging());
    let item = |(number, (text, answer)): (usize, (String, LearnerAnswer))| {
        let is_chosen = chosen == Some(&answer);
        // While it is judged, what is known is of the answer before.
        let is_known = is_chosen && !state.is_judging();
        let passed = state.mark.as_ref().filter(|_| is_known).map(|mark| mark.passed);
        let class = match passed {
            Some(true) => Some("is-right"),
            Some(false) => Some("is-wrong"),
            None => None,
        };
        let send = props.send.clone();
        let press = Callback::from(move |_: MouseEvent| send.emit(LessonAction::Answer(answer.clone())));
        html! {
            <li><button class={classes!("option", class)} aria-pressed={is_chosen.to_string()} onclick={press}>
                <kbd aria-hidden="true">{ number + 1 }</kbd><span>{ text }</span>
            </button></li>
        }
    };
    html! { <ol class="options" aria-label="Choices">{ for options.into_iter().enumerate().map(item) }</ol> }
}

/// A number or a duration, typed.
#[function_component]
fn NumberField(props: &LessonProps) -> Html {
    let field = use_node_ref();
    let submit = {
        let (field, send) = (field.clone(), props.send.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let typed = field.cast::<HtmlInputElement>().map(|field| field.value()).unwrap_or_default();
            if !typed.trim().is_empty() {
                send.emit(LessonAction::Answer(LearnerAnswer::Number(typed.trim().to_owned())));
                // The reply is read, and the keys go on from there.
                focus::give_to("lesson-reply");
            }
        })
    };
    let given = match &props.state.0.given {
        Some(LearnerAnswer::Number(text)) => text.clone(),
        Some(
            LearnerAnswer::Choice(_)
            | LearnerAnswer::Task(_)
            | LearnerAnswer::Schedule(_)
            | LearnerAnswer::Design(_),
        )
        | None => String::new(),
    };
    html! {
        <form class="row number" onsubmit={submit}>
            <input ref={field} id="lesson-number" type="text" autocomplete="off" spellcheck="false" aria-label="Your number"
                placeholder="A number, or a time such as 6 s" value={given} />
            <button class="primary" type="submit">{ "Answer" }</button>
        </form>
    }
}
