//! A scenario's run in small, made once for each, when the page has time.

use super::drawing::{Drawing, SceneDrawer};
use super::verdict::RunStatus;
use crate::store::run::{AnalyzedRun, SharedRun};
use crate::store::work::OpenDocument;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::collections::BTreeMap;
use threadbare::study::run::RunSession;
use threadbare::view::thumbnail;
use yew::{Html, Properties, function_component, hook, html, use_effect_with, use_memo, use_state};

/// A run that takes more events than this is drawn as far as it came.
const MAX_EVENTS: u64 = 60_000;
/// The height of a picture, in pixels.
const HEIGHT: f64 = 88.0;
/// Milliseconds between two runs, so that the page can answer in between.
const PAUSE: u32 = 16;

thread_local! {
    static MADE: RefCell<BTreeMap<&'static str, SharedRun>> = RefCell::default();
}

/// How a scenario comes out, once its picture is made.
#[hook]
pub fn use_status(name: &'static str) -> Option<RunStatus> {
    let status = use_state(|| status_of(name));
    {
        let status = status.clone();
        use_effect_with((), move |()| {
            // The picture is made after as many pauses; its run is known then.
            let later = move || status.set(status_of(name));
            let wait = status_of(name)
                .is_none()
                .then(|| Timeout::new(PAUSE * (number(name) as u32 + 2) + 400, later));
            move || drop(wait)
        });
    }
    *status
}

fn status_of(name: &str) -> Option<RunStatus> {
    MADE.with_borrow(|made| made.get(name).map(|run| RunStatus::of(&run.digest)))
}

/// Properties of a thumbnail.
#[derive(Properties, PartialEq)]
pub struct ScenarioThumbnailProps {
    /// Its name in the gallery.
    pub name: &'static str,
    /// Whether dark colours are used.
    pub dark: bool,
}

/// The picture; an empty frame until it is made.
#[function_component]
pub fn Thumbnail(props: &ScenarioThumbnailProps) -> Html {
    let name = props.name;
    let run = use_state(|| MADE.with_borrow(|made| made.get(name).cloned()));
    {
        let run = run.clone();
        use_effect_with((), move |()| {
            let wait =
                run.is_none().then(|| Timeout::new(PAUSE * number(name) as u32, move || run.set(make(name))));
            move || drop(wait)
        });
    }
    let draw = use_memo((*run).clone(), |run| {
        let run = run.clone()?;
        Some(SceneDrawer::new(move |width, _| thumbnail::scene(&run.chart, width, HEIGHT)))
    });
    match draw.as_ref() {
        Some(draw) => {
            html! { <Drawing draw={draw.clone()} dark={props.dark} label={format!("The run of {name} in small")} class="thumbnail" /> }
        }
        None => html! { <div class="thumbnail"></div> },
    }
}

fn number(name: &str) -> usize {
    threadbare::gallery::ENTRIES.iter().position(|entry| entry.name == name).unwrap_or(0) + 1
}

fn make(name: &'static str) -> Option<SharedRun> {
    let mut session = RunSession::new(OpenDocument::gallery(name).scenario?);
    session.advance(MAX_EVENTS);
    let run = SharedRun::new(AnalyzedRun::new(0, session.finish()));
    MADE.with_borrow_mut(|made| made.insert(name, run.clone()));
    Some(run)
}
