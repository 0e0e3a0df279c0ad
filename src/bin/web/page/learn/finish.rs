//! The end of a lesson: what was passed, and the line to hand in.

use super::feedback::stars;
use super::share::copy;
use super::shared::LessonProps;
use crate::page::route::{Navigate, Route};
use crate::store::lesson::LessonAction;
use threadbare::gallery::LESSONS;
use threadbare::study::lesson::grade::LessonHandIn;
use web_sys::HtmlInputElement;
use yew::{Callback, Html, InputEvent, MouseEvent, TargetCast, function_component, html, use_context};

/// The end in full.
#[function_component]
pub fn Finish(props: &LessonProps) -> Html {
    let state = &props.state.0;
    let restart = {
        let send = props.send.clone();
        Callback::from(move |_: MouseEvent| send.emit(LessonAction::Restart))
    };
    let told = match &state.hand_in.so_far {
        Some(hand_in) => result(props, hand_in),
        None => html! { <p class="soft" role="status">{ "Computing the result of every answer…" }</p> },
    };
    html! {
        <>
            { told }
            <p class="row">
                { next_lesson(props) }
                <button onclick={restart}>{ "Start this lesson over" }</button>
            </p>
        </>
    }
}

/// What was passed, and the line.
fn result(props: &LessonProps, hand_in: &LessonHandIn) -> Html {
    let state = &props.state.0;
    let all = state.lesson.question_count();
    let line = LessonHandIn { by: state.by.trim().to_owned(), ..hand_in.clone() }.line();
    let write = {
        let send = props.send.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
                send.emit(LessonAction::By(field.value()));
            }
        })
    };
    let copy_line = {
        let (props, line) = (props.clone(), line.clone());
        Callback::from(move |_: MouseEvent| copy(line.clone(), "The line is copied.", props.clone()))
    };
    html! {
        <>
            <p class="result" role="status"><strong>{ format!("{} of {all} questions passed", hand_in.passed) }</strong>{ stars(hand_in.stars) }</p>
            if hand_in.passed < all { <p class="soft">{ "The numbers above lead back to what is still open." }</p> }
            <h3>{ "What it was for" }</h3>
            <ul class="goals">{ for state.lesson.goals.iter().map(|goal| html! { <li>{ goal }</li> }) }</ul>
            <h3>{ "Hand in" }</h3>
            <p class="soft">{ "Copy this line and give it to your teacher. It holds your answers; whoever grades it computes the result again." }</p>
            <label class="by">{ "Your name" }<input type="text" autocomplete="name" value={state.by.clone()} oninput={write} /></label>
            <input class="link hand-in" type="text" readonly=true value={line} aria-label="Line to hand in" />
            <p class="row"><button class="primary" onclick={copy_line}>{ "Copy the line" }</button></p>
        </>
    }
}

/// The way on to the lesson that comes next in the course.
fn next_lesson(props: &LessonProps) -> Html {
    html! { <NextLesson name={props.state.0.lesson.name.clone()} /> }
}

#[derive(yew::Properties, PartialEq)]
struct NextLessonProps {
    name: String,
}

#[function_component]
fn NextLesson(props: &NextLessonProps) -> Html {
    let navigate = use_context::<Navigate>();
    let here = LESSONS.iter().position(|entry| entry.name == props.name);
    let Some(next) = here.and_then(|here| LESSONS.get(here + 1)) else { return html! {} };
    let press = Callback::from(move |_: MouseEvent| {
        let is_teacher = matches!(Route::here(), Route::Lesson { is_teacher: true, .. });
        if let Some(navigate) = &navigate {
            navigate.emit(Route::Lesson { name: next.name.to_owned(), is_teacher });
        }
    });
    html! { <button onclick={press}>{ "Next lesson" }</button> }
}
