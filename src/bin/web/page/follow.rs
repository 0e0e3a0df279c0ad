//! Reads the file that the page follows, from the command that serves the page (`threadbare open`).
//!
//! Invariant: only an address with `?follow=NAME` asks for anything, and only of whoever served the page.

use super::{SendAction, route};
use crate::store::Action;
use gloo_timers::callback::Interval;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Response;
use yew::{hook, use_effect_with};

/// Time between two looks at the file, in milliseconds.
const POLL_MS: u32 = 500;
/// Looks in a row without an answer after which the command is taken to have ended.
const MAX_FAILURES: u32 = 4;

/// What is known of the file.
#[derive(Default)]
struct WatchedFile {
    text: Option<String>,
    is_asking: bool,
    failures: u32,
}

/// Tells the store what the file has in it, whenever it is saved.
#[hook]
pub fn use_follow(send: &SendAction) {
    let send = send.clone();
    use_effect_with((), move |()| {
        let timer = route::followed().map(|name| {
            let watched = Rc::new(RefCell::new(WatchedFile::default()));
            look(&name, &watched, &send);
            Interval::new(POLL_MS, move || look(&name, &watched, &send))
        });
        move || drop(timer)
    });
}

fn look(name: &str, watched: &Rc<RefCell<WatchedFile>>, send: &SendAction) {
    {
        let mut watched = watched.borrow_mut();
        if watched.is_asking || watched.failures >= MAX_FAILURES {
            return;
        }
        watched.is_asking = true;
    }
    let (name, watched, send) = (name.to_owned(), Rc::clone(watched), send.clone());
    spawn_local(async move {
        let answer = document().await;
        let mut watched = watched.borrow_mut();
        watched.is_asking = false;
        watched.failures = if answer.is_some() { 0 } else { watched.failures + 1 };
        match answer {
            Some(Some(text)) if watched.text.as_ref() != Some(&text) => {
                watched.text = Some(text.clone());
                send.emit(Action::FileSaved { name, text });
            }
            Some(_) => {}
            None if watched.failures == MAX_FAILURES => send.emit(Action::FileLost),
            None => {}
        }
    });
}

/// The document as it is saved now; inside, none while it is being replaced. None if nobody answers. The browser sends the
/// tag of what it has, so that a file that is as it was does not travel again.
async fn document() -> Option<Option<String>> {
    let asked = web_sys::window()?.fetch_with_str("document");
    let response: Response = JsFuture::from(asked).await.ok()?.dyn_into().ok()?;
    if response.status() != 200 {
        return Some(None);
    }
    let text = JsFuture::from(response.text().ok()?).await.ok()?;
    Some(text.as_string())
}
