//! What touches the browser: the root of the page, the clock of its pictures, runs here and in a worker, keys,
//! files, storage and the address bar.

pub mod address;
pub mod app;
mod beside;
pub mod clipboard;
mod details;
pub mod effects;
pub mod files;
pub mod focus;
pub mod follow;
pub mod frame;
pub mod keys;
pub mod learn;
pub mod memory;
pub mod pool;
pub mod root;
pub mod route;
pub mod roving;
pub mod runner;
pub mod search;
pub mod sizes;
pub mod worker;
pub mod world_state;

use crate::store::{Action, State};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::Reducible;

/// The store as Yew holds it.
#[derive(Clone)]
pub struct PageStore(pub Rc<State>);

impl Reducible for PageStore {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut state = (*self.0).clone();
        state.apply(action);
        Rc::new(PageStore(Rc::new(state)))
    }
}

/// Milliseconds since the page began, or since 1970 where there is no page.
pub fn now() -> f64 {
    let clock = web_sys::window().and_then(|window| window.performance());
    clock.map_or_else(js_sys::Date::now, |clock| clock.now())
}

/// How much larger than on a desk things can be drawn in the window there is.
pub fn wall() -> f64 {
    let size = |of: fn(&web_sys::Window) -> Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>| {
        web_sys::window().and_then(|window| of(&window).ok()).and_then(|size| size.as_f64())
    };
    let (width, height) = (size(web_sys::Window::inner_width), size(web_sys::Window::inner_height));
    (width.unwrap_or(0.0) / 960.0).min(height.unwrap_or(0.0) / 600.0).clamp(1.0, 4.0)
}

/// Tells the browser's own record of times how long something took, for whoever measures the page.
pub fn note_time(name: &str, millis: f64) {
    let Some(clock) = web_sys::window().and_then(|window| window.performance()) else { return };
    let end = clock.now();
    let options = js_sys::Object::new();
    let set = |key: &str, value: f64| js_sys::Reflect::set(&options, &key.into(), &value.into());
    // What cannot be noted is not missed. (web-sys has this call among its unstable ones only.)
    let noted = set("start", (end - millis).max(0.0)).and(set("end", end)).and_then(|_| {
        let measure = js_sys::Reflect::get(&clock, &"measure".into())?;
        measure.dyn_into::<js_sys::Function>()?.call2(&clock, &name.into(), &options)
    });
    drop(noted);
}

/// Whether a media query holds.
pub fn media(query: &str) -> bool {
    let list = web_sys::window().and_then(|window| window.match_media(query).ok().flatten());
    list.is_some_and(|list| list.matches())
}

/// Carries an action to the store. Two are equal if they lead to the same one.
pub type SendAction = yew::Callback<Action>;
