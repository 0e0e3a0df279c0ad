//! What touches the browser: the root of the page, the clock of its pictures, runs in slices, keys, files,
//! storage and the address bar.

pub mod address;
pub mod app;
pub mod effects;
pub mod files;
pub mod frame;
pub mod keys;
pub mod memory;
pub mod runner;

use crate::store::{Action, State};
use std::rc::Rc;
use yew::Reducible;

/// The store as Yew holds it.
#[derive(Clone)]
pub struct Store(pub Rc<State>);

impl Reducible for Store {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut state = (*self.0).clone();
        state.apply(action);
        Rc::new(Store(Rc::new(state)))
    }
}

/// Milliseconds since the page began; 0 where there is no clock.
pub fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now())
}

/// Whether a media query holds.
pub fn media(query: &str) -> bool {
    let list = web_sys::window().and_then(|window| window.match_media(query).ok().flatten());
    list.is_some_and(|list| list.matches())
}

/// Carries an action to the store. Two are equal if they lead to the same one.
pub type Send = yew::Callback<Action>;
