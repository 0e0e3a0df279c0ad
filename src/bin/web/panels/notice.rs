//! Messages to the person, and how far a long run has come.

use super::icons;
use crate::page::Send;
use crate::store::{Action, State};
use threadbare::analysis::prose::grouped;
use yew::{Callback, Html, classes, html};

/// After so many milliseconds a run shows how far it has come, and can be cancelled.
const PATIENCE: f64 = 1000.0;

/// The message, if there is one.
pub fn bar(state: &State, send: &Send) -> Html {
    let Some(notice) = &state.notice else { return applied(state, send) };
    let send = send.clone();
    let close = Callback::from(move |_| send.emit(Action::Notice(None)));
    html! {
        <div class={classes!("notice", notice.is_trouble.then_some("is-trouble"))} role="alert">
            <span>{ &notice.text }</span>
            <button class="square" aria-label="Close the message" onclick={close}>{ icons::close() }</button>
        </div>
    }
}

/// What was applied to the text, and the way back.
fn applied(state: &State, send: &Send) -> Html {
    let Some(applied) = state.applied.last().filter(|applied| applied.is_shown) else { return html! {} };
    let act = |action: Action| {
        let send = send.clone();
        Callback::from(move |_| send.emit(action.clone()))
    };
    html! {
        <div class="notice" role="status">
            <span>{ &applied.told }</span>
            <button onclick={act(Action::Undo)}>{ "Undo" }</button>
            <button class="square" aria-label="Close the message" onclick={act(Action::Notice(None))}>{ icons::close() }</button>
        </div>
    }
}

/// How far a run has come that takes longer than a person likes to wait.
pub fn progress(state: &State, send: &Send) -> Html {
    if state.is_cancelled {
        return html! {
            <div class="progress" role="status">{ "The run was cancelled. What is shown is the run before it." }</div>
        };
    }
    let Some(progress) = state.progress.filter(|progress| progress.millis >= PATIENCE) else {
        return html! {};
    };
    let send = send.clone();
    let cancel = Callback::from(move |_| send.emit(Action::Cancel));
    let until = state.work.scenario.as_ref().and_then(|scenario| scenario.until);
    let doing = if progress.is_read { "Reading the run" } else { "Simulating" };
    let bar = until.filter(|_| !progress.is_read).map(|until| {
        let share = progress.now.seconds() / until.seconds();
        html! { <progress max="1" value={share.to_string()} aria-label="Share of the virtual time" /> }
    });
    html! {
        <div class="progress" role="status">
            <span>{ format!("{doing}: {} events, {} of virtual time", grouped(progress.events), progress.now) }</span>
            { bar.unwrap_or_default() }
            <button onclick={cancel}>{ "Cancel" }</button>
        </div>
    }
}
