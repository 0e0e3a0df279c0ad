//! What happens because the state changed: each effect is a hook of the root.

use super::pool::{self, JobEvent, JobHandle};
use super::runner::{RunDispatcher, RunRequest};
use super::{SendAction, address, files, frame, keys, memory, route, worker};
use crate::store::study::{PanelStudy, StudyAction};
use crate::store::{Action, State, UserNotice, link};
use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
use serde::de::DeserializeOwned;
use std::rc::Rc;
use std::sync::Arc;
use threadbare::jobs::{self, JobRequest, Subject, branch, compare, report};
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Element, KeyboardEvent};
use yew::{hook, use_effect, use_effect_with, use_mut_ref};

/// How long the page waits for quiet before it writes the last work down, in milliseconds.
const QUIET: u32 = 500;

/// How long the cursor or a slider rests before what belongs to its place is looked for, in milliseconds.
const PAUSE: u32 = 150;

/// With more memory than this, in bytes, the page begins anew when another document is opened.
const MAX_MEMORY: f64 = 400e6;
/// How long a frame is taken to last before there were two of them, in milliseconds.
const FRAME_MS: f64 = 16.0;

/// The media query that holds while the system asks for dark colours.
pub const DARK: &str = "(prefers-color-scheme: dark)";
/// What asks whether the screen is so large that a desk's sizes would leave most of it blank; as in `layout.css`.
pub const LARGE: &str = "(width >= 2800px) and (height >= 1500px)";

/// Runs what the store wants.
#[hook]
pub fn use_runs(state: &Rc<State>, send: &SendAction) {
    let runner = use_mut_ref(|| Rc::new(RunDispatcher::default()));
    let (held, send) = (Rc::clone(state), send.clone());
    use_effect_with((state.wanted, state.is_cancelled), move |(wanted, is_cancelled)| {
        let runner = Rc::clone(&runner.borrow());
        let (work, with) = (&held.work, held.with.as_ref());
        let scenario = work.scenario.clone().filter(|_| !is_cancelled && !work.is_broken());
        let Some(scenario) = scenario else { return runner.stop() };
        let side =
            |scenario, variant: &str, way| RunRequest { subject: work.subject(variant), scenario, way };
        let mut sides = vec![side(scenario, &work.variant, held.schedule.clone())];
        if let Some((scenario, with)) = with.and_then(|with| Some((work.scenario_of(with)?, with))) {
            sides.push(side(scenario, with, None));
        } else if let (Some(way), Some(scenario)) = (&held.beside, &work.scenario) {
            sides.push(side(Arc::clone(scenario), &work.variant, way.clone()));
        }
        runner.start(*wanted, sides, send);
    });
}

/// Has a study carried out while the store wants it. `order` says what is asked, `action` takes the steps.
#[hook]
pub fn use_study<T: DeserializeOwned + 'static>(
    study: &PanelStudy<T>,
    order: impl FnOnce() -> JobRequest + 'static,
    action: fn(StudyAction<T>) -> Action,
    send: &SendAction,
) {
    let job = use_mut_ref(|| None::<JobHandle>);
    let send = send.clone();
    use_effect_with((study.number, study.is_going()), move |(number, is_going)| {
        let number = *number;
        let hear = move |event| {
            if let Some((change, failure)) = study_change(number, event) {
                send.emit(action(change));
                if let Some(text) = failure {
                    send.emit(Action::Notice(Some(UserNotice { text, is_trouble: true })));
                }
            }
        };
        let new = is_going.then(|| pool::start(&order(), hear));
        let old = job.replace(new);
        drop(old);
    });
}

/// Returns what an event of its job changes in the study of this number, and why it failed if it did; `None` if the
/// event says nothing.
pub fn study_change<T: DeserializeOwned>(
    number: u32,
    event: JobEvent,
) -> Option<(StudyAction<T>, Option<String>)> {
    let failed = |why| (StudyAction::Over(number, false), Some(why));
    Some(match event {
        JobEvent::Progress(bytes) => (StudyAction::Progress(number, Rc::new(jobs::unpacked(&bytes)?)), None),
        JobEvent::Done => (StudyAction::Over(number, true), None),
        JobEvent::Refused(why) => failed(why),
        JobEvent::Lost(why) => failed(why.to_owned()),
    })
}

/// Asks for something once it has been wanted for a while, and neither run nor cursor has changed meanwhile.
#[hook]
fn use_quiet(wanted: (bool, u32, u32), millis: u32, ask: fn() -> Action, send: &SendAction) {
    let timer = use_mut_ref(|| None::<Timeout>);
    let send = send.clone();
    use_effect_with(wanted, move |(is_wanted, ..)| {
        let new = is_wanted.then(|| Timeout::new(millis, move || send.emit(ask())));
        *timer.borrow_mut() = new;
    });
}

/// Looks at every order of the shown variant, and for what would fix it, while that is wanted.
#[hook]
pub fn use_studies(state: &Rc<State>, send: &SendAction) {
    let held = Rc::clone(state);
    let subject = move || held.work.subject(&held.work.variant);
    use_study(&state.orders, move || JobRequest::Explore(subject()), Action::Explore, send);
    let held = Rc::clone(state);
    let subject = move || held.work.subject(&held.work.variant);
    use_study(&state.advice, move || JobRequest::Advise(subject()), Action::Advise, send);
    let held = Rc::clone(state);
    let order = move || {
        let Subject { name, source, variant, set } = held.work.subject(&held.work.variant);
        JobRequest::Report(report::ReportJob { name, source, variant, set })
    };
    use_study(&state.report, order, Action::Report, send);
    let held = Rc::clone(state);
    let order = move || {
        let Subject { name, source, variant: first, set } = held.work.subject(&held.work.variant);
        let second = held.with.clone().unwrap_or_default();
        JobRequest::Compare(compare::CompareJob { name, source, first, second, set })
    };
    use_study(&state.comparison, order, Action::CompareRuns, send);
    use_quiet(
        (state.wants_comparison(), state.wanted, 0),
        QUIET,
        || Action::CompareRuns(StudyAction::Ask),
        send,
    );
    let recording = state.recording.clone();
    use_study(&state.import, move || JobRequest::Import(recording.unwrap_or_default()), Action::Import, send);
    let held = Rc::clone(state);
    let order = move || {
        let schedule = held.schedule.as_ref().map(ToString::to_string);
        let event = held.replay.count.saturating_sub(1);
        JobRequest::Branch(branch::BranchJob {
            subject: held.work.subject(&held.work.variant),
            schedule,
            event,
        })
    };
    use_study(&state.branches, order, Action::Branches, send);
    use_quiet(
        (state.wants_branches(), state.wanted, state.replay.count),
        PAUSE,
        || Action::Branches(StudyAction::Renew),
        send,
    );
    let held = Rc::clone(state);
    let subject = move || held.work.subject(&held.work.variant);
    use_study(&state.shape, move || JobRequest::Shape(subject()), Action::Shape, send);
    use_quiet((state.wants_shape(), state.wanted, 0), PAUSE, || Action::Shape(StudyAction::Renew), send);
    // Not while a slider moves: each of its places would begin a search.
    use_quiet((state.wants_advice(), state.wanted, 0), QUIET, || Action::Advise(StudyAction::Ask), send);
}

/// Lets time pass while it plays.
#[hook]
pub fn use_play(state: &Rc<State>, send: &SendAction) {
    let last = use_mut_ref(|| None::<f64>);
    let (playing, send) = (state.replay.playing, send.clone());
    use_effect(move || {
        if playing {
            frame::once("play", move |time| {
                let before = last.replace(Some(time)).unwrap_or(time);
                send.emit(Action::Tick(time - before));
            });
        } else {
            last.replace(None);
        }
    });
}

/// Lets the shown stretch of time glide.
#[hook]
pub fn use_glide(state: &Rc<State>, send: &SendAction) {
    let last = use_mut_ref(|| None::<f64>);
    let (is_gliding, send) = (state.glide.is_some(), send.clone());
    use_effect(move || {
        if is_gliding {
            frame::once("glide", move |time| {
                let before = last.replace(Some(time)).unwrap_or(time - FRAME_MS);
                send.emit(Action::ViewportAnimation(time - before));
            });
        } else {
            last.replace(None);
        }
    });
}

/// Listens to the keys.
#[hook]
pub fn use_keys(state: &Rc<State>, send: &SendAction) {
    let now = use_mut_ref(|| Rc::clone(state));
    now.replace(Rc::clone(state));
    let send = send.clone();
    use_effect_with((), move |()| {
        let listener = on_window("keydown", move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            // A slider, a chart or a list has taken it.
            if event.default_prevented() {
                return;
            }
            let state = Rc::clone(&now.borrow());
            if let Some(action) = keys::action(event, &state, belongs_to_field(event)) {
                event.prevent_default();
                send.emit(action);
            }
        });
        move || drop(listener)
    });
}

/// Whether a key is for the element that has the focus: what is typed into, or pressed with it.
pub fn belongs_to_field(event: &KeyboardEvent) -> bool {
    let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
        return false;
    };
    match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => {
            let key = event.key();
            match element.get_attribute("type").as_deref() {
                Some("range") => {
                    key.starts_with("Arrow") || matches!(key.as_str(), "Home" | "End" | "+" | "-")
                }
                Some("checkbox") => key == " ",
                Some(_) | None => true,
            }
        }
        "BUTTON" | "SUMMARY" => event.key() == " ",
        _ => false,
    }
}

/// Listens to the window, and may keep the browser from what it would do.
pub fn on_window(name: &'static str, react: impl FnMut(&web_sys::Event) + 'static) -> Option<EventListener> {
    let options = EventListenerOptions::enable_prevent_default();
    web_sys::window().map(|window| EventListener::new_with_options(&window, name, options, react))
}

/// Opens files that are dropped on the page.
#[hook]
pub fn use_files(send: &SendAction) {
    let send = send.clone();
    use_effect_with((), move |()| {
        let over = on_window("dragover", |event| event.prevent_default());
        let drop_ = on_window("drop", move |event| {
            event.prevent_default();
            let transfer = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
            if let Some(file) = transfer.and_then(|t| t.files()).and_then(|files| files.get(0)) {
                files::open(file, send.clone());
            }
        });
        move || drop((over, drop_))
    });
}

/// Follows a link that is put into the address bar of the open page.
#[hook]
pub fn use_links(send: &SendAction) {
    let send = send.clone();
    use_effect_with((), move |()| {
        let listener = on_window("hashchange", move |_| match address::carried() {
            Some(Ok(shared)) => send.emit(Action::OpenLink(Box::new(shared))),
            Some(Err(why)) => send.emit(Action::Notice(Some(UserNotice { text: why, is_trouble: true }))),
            None => {}
        });
        move || drop(listener)
    });
}

/// When it has been quiet for a while: looks at the variants that are not shown, writes the work down, and puts its link
/// into the address bar. A document of the person's own is kept among theirs.
#[hook]
pub fn use_memory(state: &Rc<State>, send: &SendAction) {
    let timer = use_mut_ref(|| None::<Timeout>);
    let (held, send, to) = (Rc::clone(state), send.clone(), send.clone());
    let place = |text: &Rc<str>| Rc::as_ptr(text).cast::<u8>();
    let deps = (
        place(&state.work.source),
        place(&state.work.original),
        state.work.variant.clone(),
        state.with.clone(),
        // While it plays, the cursor is on its way.
        (!state.replay.playing).then_some((state.replay.count, state.task)),
    );
    use_effect_with(deps, move |_| {
        *timer.borrow_mut() = Some(Timeout::new(QUIET, move || keep(&held, &send)));
    });
    let latest = use_mut_ref(|| Rc::clone(state));
    latest.replace(Rc::clone(state));
    // Whoever goes over to a lesson comes back to the work as it was.
    use_effect_with((), move |()| move || drop(write_down(&latest.borrow())));
    use_address(state, &to);
    use_effect_with(state.theme, |theme| memory::keep_theme(*theme));
}

fn keep(held: &State, send: &SendAction) {
    if !held.work.is_checked {
        send.emit(Action::Check);
    }
    if let Some(name) = write_down(held).filter(|name| held.document.as_ref() != Some(name)) {
        send.emit(Action::Kept(name));
    }
    // A link that could not be read stays, so that it can be mended.
    if !held.replay.playing && held.run.is_some() && address::carried().is_none_or(|carried| carried.is_ok())
    {
        address::show(&address::with(&link::write(&held.shared())));
    }
}

/// Writes the work down; the name under which it is kept among the person's own, if it is. In a frame of another page
/// nothing is kept.
fn write_down(held: &State) -> Option<Rc<str>> {
    if route::is_embedded() {
        return None;
    }
    let mut kept = held.kept();
    if held.work.is_of_gallery() {
        // Nothing of the person's own is lost; the page plays its scenario again.
        (kept.count, kept.at) = (None, None);
    }
    let fragment = link::write(&kept);
    let is_own = !held.work.is_of_gallery() && (!held.is_borrowed || held.work.is_changed());
    let name = is_own.then(|| memory::keep_document(held.document.as_ref(), held.work.title(), &fragment));
    memory::keep_work(&fragment, name.as_deref());
    name
}

/// A scenario whose run took much memory is left: WebAssembly gives none of it back, so the page begins anew with what is
/// opened. What was written before is kept already.
fn give_memory_back(held: &State, send: &SendAction) {
    if worker::memory_taken() <= MAX_MEMORY {
        return;
    }
    keep(held, send);
    let opened = link::ShareLinkPayload { count: None, at: None, ..held.shared() };
    address::show(&address::with(&link::write(&opened)));
    // A browser that will not load the page again keeps the memory.
    let _ = web_sys::window().map(|window| window.location().reload());
}

/// Another document is another step of the browser's history.
#[hook]
fn use_address(state: &Rc<State>, send: &SendAction) {
    let (held, send) = (Rc::clone(state), send.clone());
    let is_first = use_mut_ref(|| true);
    use_effect_with((state.work.name.clone(), Rc::as_ptr(&state.work.original).cast::<u8>()), move |_| {
        if is_first.replace(false) {
            return;
        }
        let shared = held.shared();
        let is_there = address::carried()
            .and_then(Result::ok)
            .is_some_and(|carried| carried.name == shared.name && carried.source == shared.source);
        if !is_there {
            address::push(&address::with(&link::write(&shared)));
        }
        give_memory_back(&held, &send);
    });
}

/// Another scenario is read from the top.
#[hook]
pub fn use_top_of_answers(state: &Rc<State>) {
    use_effect_with(Rc::as_ptr(&state.work.original).cast::<u8>(), |_| {
        let page = web_sys::window().and_then(|window| window.document());
        let answers = page.and_then(|page| page.query_selector(".answers").ok().flatten());
        if let Some(answers) = answers {
            answers.set_scroll_top(0);
        }
    });
}

/// Follows the system from light to dark and back, and the window from a desk to a very large screen.
#[hook]
pub fn use_system_colours(send: &SendAction) {
    let send = send.clone();
    use_effect_with((), move |()| {
        let follow = |query: &str, action: fn(bool) -> Action| {
            let list = web_sys::window().and_then(|window| window.match_media(query).ok().flatten())?;
            let (now, send) = (list.clone(), send.clone());
            Some(EventListener::new(&list, "change", move |_| send.emit(action(now.matches()))))
        };
        let listeners = [follow(DARK, Action::SystemColours), follow(LARGE, Action::LargeScreen)];
        move || drop(listeners)
    });
}

/// Gives the page's root its theme, and its title.
#[hook]
pub fn use_look_of_page(state: &Rc<State>) {
    use_effect_with(state.theme, |theme| {
        let root = web_sys::window().and_then(|w| w.document()).and_then(|d| d.document_element());
        let Some(root) = root else { return };
        // Setting or removing a plain attribute of the root cannot fail.
        let _ = match memory::theme_word(*theme) {
            Some(word) => root.set_attribute("data-theme", word),
            None => root.remove_attribute("data-theme"),
        };
    });
    use_effect_with(state.work.title().to_owned(), |title| {
        if let Some(document) = web_sys::window().and_then(|window| window.document()) {
            document.set_title(&format!("{title} · Threadbare"));
        }
    });
}
