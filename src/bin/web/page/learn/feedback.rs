//! What an answer came to: said once, aloud too.

use super::shared::SharedLesson;
use crate::panels::prose::coded;
use crate::store::lesson::LessonState;
use threadbare::language::Variant;
use threadbare::study::lesson::LearnerTask;
use yew::{Html, Properties, classes, function_component, html};

/// Which lesson is shown.
#[derive(Properties, PartialEq)]
pub struct AnswerFeedbackProps {
    /// The lesson as it is now.
    pub state: SharedLesson,
}

/// The reply to the present answer.
#[function_component]
pub fn Feedback(props: &AnswerFeedbackProps) -> Html {
    let state = &props.state.0;
    let said = match (&state.mark, state.is_judging()) {
        (_, true) => html! { <p class="soft">{ waiting(state) }</p> },
        (Some(mark), false) => {
            let class = if mark.passed { "is-right" } else { "is-wrong" };
            html! { <div class={classes!("reply", class)}>
                if is_proof(state) { { stars(mark.stars) } }
                <p>{ coded(&titled(state, &mark.reply)) }</p>
                if mark.counterexample.is_some() { <p>{ "The picture shows the order in which it fails." }</p> }
            </div> }
        }
        (None, false) => html! {},
    };
    html! { <div class="feedback" id="lesson-reply" tabindex="-1" role="status">{ said }</div> }
}

/// A reply in which variants are called as the choices call them.
fn titled(state: &LessonState, reply: &str) -> String {
    let variants = state.lesson.document.variants();
    let call = |reply: String, variant: &Variant| {
        reply.replace(&format!("variant `{}`", variant.name), &format!("\u{201c}{}\u{201d}", variant.title))
    };
    variants.iter().fold(reply.to_owned(), call)
}

/// What is done meanwhile.
fn waiting(state: &LessonState) -> &'static str {
    if is_proof(state) { "Exploring every order…" } else { "Checking…" }
}

fn is_proof(state: &LessonState) -> bool {
    state.shown().is_some_and(|step| matches!(step.task, LearnerTask::Prove(_)))
}

/// Stars as a picture, with a word for it.
pub fn stars(count: u8) -> Html {
    let star = |number: u8| if number < count { "★" } else { "☆" };
    html! {
        <span class="stars" role="img" aria-label={format!("{count} of 3 stars")}>{ for (0..3).map(star) }</span>
    }
}
