//! Messages to the person, and how far a long run has come.

use super::icons;
use crate::page::{SendAction, focus};
use crate::store::{Action, State};
use std::rc::Rc;
use threadbare::analysis::prose::grouped;
use yew::{Callback, Html, Properties, classes, function_component, html, use_effect_with, use_node_ref};

/// The message, if there is one.
pub fn bar(state: &State, send: &SendAction) -> Html {
    let Some(notice) = &state.notice else {
        let applied = state.applied.clone().map(|told| html! { <Applied {told} send={send.clone()} /> });
        return applied.unwrap_or_default();
    };
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
#[derive(Properties, PartialEq)]
pub struct AppliedChangeNoticeProps {
    told: Rc<str>,
    send: SendAction,
}

/// Says it, and takes the focus: what was pressed goes with what it has mended.
#[function_component]
pub fn Applied(props: &AppliedChangeNoticeProps) -> Html {
    let bar = use_node_ref();
    {
        let bar = bar.clone();
        use_effect_with(Rc::clone(&props.told), move |_| focus::give(&bar));
    }
    let act = |action: Action| {
        let send = props.send.clone();
        Callback::from(move |_| send.emit(action.clone()))
    };
    html! {
        <div ref={bar} class="notice" role="status" tabindex="-1">
            <span>{ &*props.told }</span>
            <button onclick={act(Action::Undo)}>{ "Undo" }</button>
            <button class="square" aria-label="Close the message" onclick={act(Action::Notice(None))}>{ icons::close() }</button>
        </div>
    }
}

/// How far a run has come that takes longer than a person likes to wait.
pub fn progress(state: &State, send: &SendAction) -> Html {
    if state.is_cancelled {
        return html! {
            <div class="progress" role="status">{ "The run was cancelled. What is shown is the run before it." }</div>
        };
    }
    let Some(progress) = state.long_progress() else {
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
