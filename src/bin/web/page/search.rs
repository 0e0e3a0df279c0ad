//! Carries out a search for tasks, a slice at a time, so that a run of a million names stops no frame.
//!
//! Invariant: what is shown belongs to the run and the words that are shown; a search that has been overtaken
//! says nothing more.

use super::frame;
use crate::store::run::SharedRun;
use std::cell::Cell;
use std::rc::Rc;
use threadbare::view::search::{TaskSearch, TaskSearchResult};
use yew::{UseStateSetter, hook, use_effect_with, use_state};

/// Tasks that are marked at most.
pub const MAX_FOUND: usize = 2_000;

/// How much is read in one slice, in bytes of names: about 50 000 of them, some 10 ms.
const SLICE: usize = 800_000;

/// What is found of the words in the run; empty while nothing is searched for.
#[hook]
pub fn use_search(run: Option<&SharedRun>, words: Option<&str>) -> Rc<TaskSearchResult> {
    let found = use_state(Rc::<TaskSearchResult>::default);
    let setter = found.setter();
    let deps = (run.cloned(), words.map(str::to_owned));
    use_effect_with(deps, move |(run, words)| {
        let is_wanted = Rc::new(Cell::new(true));
        match (run, words) {
            (Some(run), Some(words)) => {
                go_on(run.clone(), TaskSearch::new(words, MAX_FOUND), setter, Rc::clone(&is_wanted));
            }
            _ => setter.set(Rc::default()),
        }
        move || is_wanted.set(false)
    });
    Rc::clone(&found)
}

fn go_on(
    run: SharedRun,
    mut search: TaskSearch,
    setter: UseStateSetter<Rc<TaskSearchResult>>,
    is_wanted: Rc<Cell<bool>>,
) {
    if !is_wanted.get() {
        return;
    }
    let is_over = search.go_on(&run.digest, SLICE);
    setter.set(Rc::new(search.found(&run.digest)));
    if !is_over {
        frame::once("search", move |_| go_on(run, search, setter, is_wanted));
    }
}
