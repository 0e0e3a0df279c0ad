//! The presenter's window: notes, time, the answer and the next step. The class sees none of it.

use super::channel::{LessonPosition, PresenterChannel, PresenterMessage};
use crate::page::{memory, now, pool};
use crate::panels::about::markdown;
use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use std::rc::Rc;
use threadbare::gallery::{LessonEntry, find_lesson};
use threadbare::jobs::lesson::{LessonJob, LessonQuestion, Solution};
use threadbare::jobs::{self, unpacked};
use threadbare::study::lesson::{LearnerTask, Lesson, LessonStep, predict};
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;
use yew::{
    Callback, Html, MouseEvent, Properties, function_component, hook, html, use_callback, use_effect_with,
    use_memo, use_mut_ref, use_state,
};

/// Milliseconds between two pictures of the clock.
const TICK_MS: u32 = 1_000;

/// Which lesson is presented, and over which line.
#[derive(Properties, PartialEq)]
pub struct PresenterProps {
    /// The lesson's name.
    pub name: String,
    /// The name of the channel to the window that the class sees.
    pub channel: String,
}

/// The window in full.
#[function_component]
pub fn PresenterPage(props: &PresenterProps) -> Html {
    let lesson = use_memo(props.name.clone(), |name| {
        let entry = find_lesson(name)?;
        Some((entry, Lesson::parse(entry.name, entry.text).ok()?))
    });
    let (shown, turn) = use_line(&props.channel);
    use_theme();
    match lesson.as_ref() {
        Some((entry, lesson)) => {
            html! { <Notes entry={CourseLesson(entry)} lesson={SharedLessonText(Rc::new(lesson.clone()))} shown={(*shown).clone()} {turn} /> }
        }
        None => {
            html! { <main class="starting">{ format!("There is no lesson named {}.", props.name) }</main> }
        }
    }
}

/// The line to the class: where it is, and the way to turn its pages.
#[hook]
fn use_line(name: &str) -> (Rc<LessonPosition>, Callback<isize>) {
    let shown = use_state(|| Rc::new(LessonPosition::default()));
    let channel = use_mut_ref(|| None::<PresenterChannel>);
    {
        let (channel, set) = (Rc::clone(&channel), shown.setter());
        use_effect_with(name.to_owned(), move |name| {
            let hear = move |message| {
                if let PresenterMessage::Shows(position) = message {
                    set.set(Rc::new(position));
                }
            };
            let end = PresenterChannel::open(name, hear);
            if let Some(end) = &end {
                end.say(&PresenterMessage::Hello);
            }
            *channel.borrow_mut() = end;
            move || drop(channel.take())
        });
    }
    let turn = use_callback((), move |by: isize, ()| {
        if let Some(channel) = &*channel.borrow() {
            channel.say(&PresenterMessage::Turn(by));
        }
    });
    {
        let turn = turn.clone();
        use_effect_with((), move |()| {
            let listener = web_sys::window().map(|window| {
                EventListener::new(&window, "keydown", move |event| {
                    let key = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key).unwrap_or_default();
                    match key.as_str() {
                        "PageDown" | "ArrowRight" => turn.emit(1),
                        "PageUp" | "ArrowLeft" => turn.emit(-1),
                        _ => {}
                    }
                })
            });
            move || drop(listener)
        });
    }
    ((*shown).clone(), turn)
}

/// The window has the colours that the person chose.
#[hook]
fn use_theme() {
    use_effect_with((), |()| {
        let root = web_sys::window().and_then(|w| w.document()).and_then(|d| d.document_element());
        if let (Some(root), Some(word)) = (root, memory::theme_word(memory::theme())) {
            // Setting a plain attribute of the root cannot fail.
            let _ = root.set_attribute("data-theme", word);
        }
    });
}

/// A lesson of the course. Two are equal if they have one name.
#[derive(Clone, Copy)]
struct CourseLesson(&'static LessonEntry);

impl PartialEq for CourseLesson {
    fn eq(&self, other: &CourseLesson) -> bool {
        self.0.name == other.0.name
    }
}

/// A lesson that was read. Two are equal if they have one name.
#[derive(Clone)]
struct SharedLessonText(Rc<Lesson>);

impl PartialEq for SharedLessonText {
    fn eq(&self, other: &SharedLessonText) -> bool {
        self.0.name == other.0.name
    }
}

#[derive(Properties, PartialEq)]
struct SpeakerNotesProps {
    entry: CourseLesson,
    lesson: SharedLessonText,
    shown: LessonPosition,
    turn: Callback<isize>,
}

#[function_component]
fn Notes(props: &SpeakerNotesProps) -> Html {
    let lesson = &props.lesson.0;
    let step = lesson.steps.get(props.shown.step);
    let clock = use_clock(props.shown.step);
    let answer = use_answer(props.entry, props.shown.step, step.is_some_and(LessonStep::is_question));
    let turn = |by: isize| {
        let turn = props.turn.clone();
        Callback::from(move |_: MouseEvent| turn.emit(by))
    };
    let count = lesson.steps.len();
    html! {
        <div class="page presenter">
            <header class="bar">
                <h1 class="brand">{ &lesson.title }</h1>
                <p class="clock" role="timer">{ format!("{} of {} min", clock.0, lesson.minutes) }</p>
                <p class="soft">{ format!("this step {}", clock.1) }</p>
            </header>
            <main class="notes">
                <section aria-label="What the class sees">
                    <h2>{ place(props.shown.step, count) }</h2>
                    { step.map(|step| markdown(&step.text)).unwrap_or_default() }
                    if let Some(reply) = &props.shown.reply { <p class="reply">{ "They were told: " }{ reply }</p> }
                </section>
                if let Some(step) = step.filter(|step| !step.notes.is_empty()) {
                    <section><h3>{ "Notes" }</h3><p class="note">{ &step.notes }</p></section>
                }
                if step.is_some_and(LessonStep::is_question) {
                    <section><h3>{ "Answer" }</h3><p class="note">{ answer_words(lesson, step, answer.as_ref()) }</p></section>
                }
                if let Some(next) = lesson.steps.get(props.shown.step + 1) {
                    <section class="next"><h3>{ "Next" }</h3>{ markdown(&next.text) }</section>
                }
            </main>
            <footer class="transport lesson-turn">
                <button onclick={turn(-1)} disabled={props.shown.step == 0}>{ "Back" }</button>
                <button class="primary" onclick={turn(1)} disabled={props.shown.step >= count}>{ "Next" }</button>
            </footer>
        </div>
    }
}

fn place(step: usize, count: usize) -> String {
    if step < count { format!("Step {} of {count}", step + 1) } else { "The end".to_owned() }
}

/// The answer as a person says it: of a choice its number and text.
fn answer_words(lesson: &Lesson, step: Option<&LessonStep>, solved: Option<&Solution>) -> String {
    let Some(solved) = solved else { return "Computing…".to_owned() };
    let Some(LearnerTask::Predict(prediction)) = step.map(|step| &step.task) else {
        return solved.words.clone();
    };
    let scene = step.map(|step| step.scene.clone()).unwrap_or_default();
    let options = predict::options(lesson, &scene, prediction);
    match options.iter().position(|option| *option == solved.words) {
        Some(number) => format!("{}: {}", number + 1, solved.words),
        None => solved.words.clone(),
    }
}

/// The time since the window was opened and since the step came, in minutes and seconds.
#[hook]
fn use_clock(step: usize) -> (String, String) {
    let begun = use_mut_ref(now);
    let turned = use_mut_ref(|| (step, now()));
    let tick = use_state(|| 0_u32);
    {
        let set = tick.setter();
        use_effect_with((), move |()| {
            let count = every_second(set);
            move || drop(count)
        });
    }
    if turned.borrow().0 != step {
        turned.replace((step, now()));
    }
    let since = |begun: f64| {
        let seconds = ((now() - begun) / 1000.0) as u64;
        format!("{}:{:02}", seconds / 60, seconds % 60)
    };
    (since(*begun.borrow()), since(turned.borrow().1))
}

/// Draws the clock anew every second.
fn every_second(set: yew::UseStateSetter<u32>) -> Interval {
    let mut count = 0;
    Interval::new(TICK_MS, move || {
        count += 1;
        set.set(count);
    })
}

/// The answer to the step, once a worker has computed it.
#[hook]
fn use_answer(entry: CourseLesson, step: usize, is_question: bool) -> Option<Solution> {
    let solved = use_state(|| None::<(usize, Solution)>);
    let job = use_mut_ref(|| None::<pool::JobHandle>);
    let set = solved.setter();
    use_effect_with((step, is_question), move |(step, is_question)| {
        let step = *step;
        let new = is_question.then(|| {
            let order = LessonJob {
                name: entry.0.name.to_owned(),
                text: entry.0.text.to_owned(),
                ask: LessonQuestion::Solve(step),
            };
            pool::start(&jobs::JobRequest::Lesson(order), move |heard| {
                if let pool::JobEvent::Progress(bytes) = heard
                    && let Some(told) = unpacked(&bytes)
                {
                    set.set(Some((step, told)));
                }
            })
        });
        let old = job.replace(new);
        drop(old);
    });
    solved.as_ref().filter(|(of, _)| *of == step).map(|(_, solved)| solved.clone())
}
