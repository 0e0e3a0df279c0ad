//! Three short hints on the first visit, one at a time.

use crate::page::Send;
use crate::store::Action;
use yew::{Callback, Html, Properties, function_component, html};

const HINTS: [&str; 3] = [
    "Each row is a worker, each block a task on it. Hatched means waiting: the worker is held and does nothing.",
    "Move a slider under Tune, or take another variant: the run is made anew at once.",
    "The ruler sets the time, the wheel zooms, a block tells its story. Press ? for all keys.",
];

/// What the hints show.
#[derive(Properties, PartialEq)]
pub struct HintsProps {
    /// How many are still to be shown.
    pub left: u8,
    /// Where actions go.
    pub send: Send,
}

/// The hint that is due.
#[function_component]
pub fn Hints(props: &HintsProps) -> Html {
    let Some(text) = HINTS.len().checked_sub(props.left as usize).and_then(|at| HINTS.get(at)) else {
        return html! {};
    };
    let act = |action: Action| {
        let send = props.send.clone();
        Callback::from(move |_| send.emit(action.clone()))
    };
    let next = if props.left > 1 { "Next" } else { "Done" };
    html! {
        <aside class="hint" aria-label="Hint">
            <p>{ *text }</p>
            <button onclick={act(Action::NextHint)}>{ next }</button>
            <button class="quiet" onclick={act(Action::NoHints)}>{ "No hints" }</button>
        </aside>
    }
}
