//! The lesson on paper: shown to the printer only.

use super::shared::SharedLesson;
use crate::panels::about::markdown;
use threadbare::gallery::worksheet::{Answers, Worksheet, WorksheetStep};
use yew::{Html, Properties, function_component, html, use_effect_with};

/// Which lesson is printed.
#[derive(Properties, PartialEq)]
pub struct PrintedWorksheetProps {
    /// The lesson as it is now.
    pub state: SharedLesson,
}

/// The worksheet, once there is one; then the browser is asked to print.
#[function_component]
pub fn Paper(props: &PrintedWorksheetProps) -> Html {
    let state = &props.state.0;
    let is_ready = state.paper.so_far.is_some() && !state.paper.is_going();
    use_effect_with((state.paper.number, is_ready), |(_, is_ready)| {
        if let Some(window) = web_sys::window().filter(|_| *is_ready) {
            // A browser without a printer says so itself.
            let _ = window.print();
        }
    });
    match &state.paper.so_far {
        Some(sheet) if is_ready => written(sheet, state.paper_answers),
        Some(_) | None => html! {},
    }
}

fn written(sheet: &Worksheet, answers: Answers) -> Html {
    let goal = |goal: &String| html! { <li>{ goal }</li> };
    let answer =
        |step: &WorksheetStep| html! { <li>{ step.answer.clone().unwrap_or_else(|| "–".to_owned()) }</li> };
    html! {
        <section class="paper" aria-label="Worksheet">
            <p class="paper-name">{ "Name" }</p>
            <h2>{ &sheet.title }</h2>
            <p>{ format!("About {} minutes.", sheet.minutes) }</p>
            <ul>{ for sheet.goals.iter().map(goal) }</ul>
            <ol class="paper-steps">{ for sheet.steps.iter().map(step) }</ol>
            if answers == Answers::OnTheLastPage {
                <section class="paper-answers"><h2>{ "Answers" }</h2><ol>{ for sheet.steps.iter().map(answer) }</ol></section>
            }
        </section>
    }
}

fn step(step: &WorksheetStep) -> Html {
    let option = |text: &String| html! { <li>{ "☐ " }{ text }</li> };
    let goal = |text: &String| html! { <p><code>{ text }</code></p> };
    html! {
        <li>
            { markdown(&step.text) }
            if !step.options.is_empty() { <ul>{ for step.options.iter().map(option) }</ul> }
            { for step.goal.iter().map(goal) }
            if step.is_question && step.options.is_empty() { <p class="paper-blank"></p> }
        </li>
    }
}
