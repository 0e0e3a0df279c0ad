//! What the address asks for besides a document: a lesson, its presenter's window, or either without the header.
//!
//! `?lesson=NAME` is the student's version, which tells no answers; `&teach` is the version that has a presenter's
//! window, and `&presenter=ID` is that window. `?embed` leaves the header out, for a frame in another page. A document
//! is in the fragment, as everywhere.

use super::address;
use gloo_events::EventListener;
use wasm_bindgen::JsValue;
use yew::{Callback, hook, use_callback, use_effect_with, use_state};

/// What the window shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// A document under work.
    Document,
    /// A lesson of the course.
    Lesson {
        /// The lesson's name.
        name: String,
        /// Whether the presenter's window can be opened from it.
        is_teacher: bool,
    },
    /// The presenter's window of a lesson.
    Presenter {
        /// The lesson's name.
        name: String,
        /// The name of the channel to the window that the class sees.
        channel: String,
    },
}

/// Goes somewhere else without loading the page again.
pub type Navigate = Callback<Route>;

impl Route {
    /// What the address bar asks for.
    pub fn here() -> Route {
        let Some(name) = parameter("lesson") else { return Route::Document };
        match parameter("presenter") {
            Some(channel) => Route::Presenter { name, channel },
            None => Route::Lesson { name, is_teacher: parameter("teach").is_some() },
        }
    }

    /// The address of it, without a document.
    pub fn address(&self) -> String {
        let page = address::page();
        let embed = if is_embedded() { "embed&" } else { "" };
        match self {
            Route::Document if is_embedded() => format!("{page}?embed"),
            Route::Document => page,
            Route::Lesson { name, is_teacher: true } => format!("{page}?{embed}lesson={name}&teach"),
            Route::Lesson { name, is_teacher: false } => format!("{page}?{embed}lesson={name}"),
            Route::Presenter { name, channel } => format!("{page}?lesson={name}&presenter={channel}"),
        }
    }
}

/// Whether the page is shown without its header.
pub fn is_embedded() -> bool {
    parameter("embed").is_some()
}

/// The name of the file that the page follows, if it was opened by a command that serves one.
pub fn followed() -> Option<String> {
    parameter("follow").filter(|name| !name.is_empty())
}

/// A frame for another page that shows this behind the page's address, without the header.
pub fn frame(rest: &str) -> String {
    format!(
        "<iframe src=\"{}{rest}\" width=\"100%\" height=\"720\" title=\"Threadbare\"></iframe>",
        address::page()
    )
}

/// A parameter of the address; empty if it has no value.
fn parameter(name: &str) -> Option<String> {
    let search = web_sys::window()?.location().search().ok()?;
    let pairs =
        search.trim_start_matches('?').split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let value = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()?;
    Some(js_sys::decode_uri_component(value).map_or_else(|_| value.to_owned(), String::from))
}

/// What the window shows now, and the way to something else. Back and Forward of the browser lead there too.
#[hook]
pub fn use_route() -> (Route, Navigate) {
    let route = use_state(Route::here);
    {
        let set = route.setter();
        use_effect_with((), move |()| {
            let listener = web_sys::window()
                .map(|window| EventListener::new(&window, "popstate", move |_| set.set(Route::here())));
            move || drop(listener)
        });
    }
    let navigate = {
        let set = route.setter();
        use_callback((), move |to: Route, ()| {
            let history = web_sys::window().and_then(|window| window.history().ok());
            // A browser that keeps no history shows it all the same.
            let _ =
                history.map(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&to.address())));
            set.set(to);
        })
    };
    ((*route).clone(), navigate)
}
