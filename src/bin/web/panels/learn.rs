//! The lessons with how far each is; below them how to read the page, and what the shown scenario teaches.

use super::about::About;
use super::dialogs::Frame;
use crate::page::learn::feedback::stars;
use crate::page::route::{Navigate, Route};
use crate::page::{SendAction, memory};
use crate::store::lesson::LessonProgress;
use std::rc::Rc;
use threadbare::gallery::LESSONS;
use threadbare::study::lesson::read::LessonOutline;
use yew::{Callback, Html, MouseEvent, Properties, function_component, html, use_context, use_memo};

/// What the dialog shows.
#[derive(Properties, PartialEq)]
pub struct LessonListDialogProps {
    /// The shown document's title.
    pub title: String,
    /// What it says about itself, Markdown.
    pub about: String,
    /// Where actions go.
    pub send: SendAction,
}

/// The dialog in full.
#[function_component]
pub fn Learn(props: &LessonListDialogProps) -> Html {
    html! {
        <Frame title="Learn" wide={true} send={props.send.clone()}>
            <Lessons />
            <details class="how-to-read">
                <summary>{ "How to read the stage" }</summary>
                { how_to_read() }
            </details>
            <details class="how-to-read">
                <summary>{ "What this scenario teaches" }</summary>
                <About title={props.title.clone()} text={props.about.clone()} />
            </details>
        </Frame>
    }
}

/// One lesson in the list.
struct LessonListing {
    name: &'static str,
    outline: LessonOutline,
    standing: LessonProgress,
}

/// The lessons of the course.
#[function_component]
fn Lessons() -> Html {
    let navigate = use_context::<Navigate>();
    let listed = use_memo((), |()| {
        let read = |entry: &threadbare::gallery::LessonEntry| {
            let outline = LessonOutline::parse(entry.text)?;
            let standing = memory::lesson(entry.name).unwrap_or_default().standing(&outline);
            Some(Rc::new(LessonListing { name: entry.name, outline, standing }))
        };
        LESSONS.iter().filter_map(read).collect::<Vec<_>>()
    });
    let item = |(number, lesson): (usize, &Rc<LessonListing>)| {
        let (navigate, name) = (navigate.clone(), lesson.name);
        let press = Callback::from(move |_: MouseEvent| {
            if let Some(navigate) = &navigate {
                navigate.emit(Route::Lesson { name: name.to_owned(), is_teacher: true });
            }
        });
        html! {
            <li><button class="card lesson-card" data-name={name} onclick={press}>
                <strong>{ format!("{}. {}", number + 1, lesson.outline.title) }</strong>
                <ul class="goals">{ for lesson.outline.goals.iter().map(|goal| html! { <li>{ goal }</li> }) }</ul>
                <small>{ format!("{} minutes · ", lesson.outline.minutes) }{ standing(lesson.standing) }</small>
            </button></li>
        }
    };
    html! {
        <section class="shelf" aria-labelledby="lessons-title">
            <h3 id="lessons-title">{ "Lessons" }</h3>
            <p class="soft">{ "Ten minutes each. You predict, schedule and change designs; every answer is computed, and luck does not pass." }</p>
            <ol class="cards lessons">{ for listed.iter().enumerate().map(item) }</ol>
        </section>
    }
}

/// How far a lesson is, in words.
fn standing(standing: LessonProgress) -> Html {
    if standing.is_done() {
        return html! { <>{ "passed " }{ stars(standing.stars) }</> };
    }
    if !standing.is_begun {
        return html! { <>{ format!("{} questions", standing.questions) }</> };
    }
    html! { <>{ format!("{} of {} questions passed · go on", standing.passed, standing.questions) }</> }
}

/// What the signs on the stage mean.
fn how_to_read() -> Html {
    html! {
        <>
            <p>{ "Each executor is a room: a queue, and a seat for each worker. Each task is a token in the colour of its type." }</p>
            <ul class="legend">
                <li><i class="swatch solid"></i>{ "running on the CPU" }</li>
                <li><i class="swatch half"></i>{ "in I/O: off the CPU, the worker is held" }</li>
                <li><i class="swatch hatch"></i>{ "waiting: the worker is held and does nothing" }</li>
                <li><i class="swatch outline"></i>{ "queued" }</li>
                <li><i class="swatch dots"></i>{ "held back by a delay, a cap or a bus" }</li>
                <li><i class="swatch danger"></i>{ "part of a deadlock: nobody in the red ring can ever go on" }</li>
                <li><i class="swatch stall"></i>{ "a stall that a timeout will end" }</li>
            </ul>
            <p>{ "Play tells the run from beat to beat. The arrow keys go to the next beat and back, H hides what comes after the cursor, and ? lists all keys." }</p>
        </>
    }
}
