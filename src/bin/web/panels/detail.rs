//! The detail area: tabs that answer why, what would fix it, how much, when, and in which words.
//!
//! Invariant: only the open tab is drawn; arrow keys go from tab to tab, which is one stop of the Tab key.

use crate::page::Send;
use crate::store::{Action, Tab};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::{Callback, Html, KeyboardEvent, Properties, function_component, html};

/// What the tabs show.
#[derive(Properties, PartialEq)]
pub struct TabsProps {
    /// Which is open.
    pub open: Tab,
    /// How many remedies there are, for the Fix tab.
    pub fixes: usize,
    /// Where actions go.
    pub send: Send,
}

/// The tabs of the detail area.
#[function_component]
pub fn Tabs(props: &TabsProps) -> Html {
    let keys = {
        let send = props.send.clone();
        let open = props.open;
        Callback::from(move |event: KeyboardEvent| {
            if let Some(next) = next(open, &event.key()) {
                event.prevent_default();
                event.stop_propagation();
                send.emit(Action::Tab(next));
                focus(next);
            }
        })
    };
    let buttons = Tab::ALL.into_iter().map(|tab| {
        let send = props.send.clone();
        let press = Callback::from(move |_| send.emit(Action::Tab(tab)));
        let is_open = tab == props.open;
        let count = (tab == Tab::Fix && props.fixes > 0).then(|| html! { <span class="badge" aria-hidden="true">{ props.fixes }</span> });
        html! {
            <button id={id(tab)} role="tab" aria-selected={is_open.to_string()} aria-controls="detail"
                tabindex={if is_open { "0" } else { "-1" }} onclick={press}>{ tab.label() }{ for count }</button>
        }
    });
    html! { <div class="tabs" role="tablist" aria-label="Details" onkeydown={keys}>{ for buttons }</div> }
}

/// The id of a tab's button.
pub fn id(tab: Tab) -> &'static str {
    match tab {
        Tab::Why => "tab-why",
        Tab::Fix => "tab-fix",
        Tab::Numbers => "tab-numbers",
        Tab::Events => "tab-events",
        Tab::Text => "tab-text",
    }
}

fn next(open: Tab, key: &str) -> Option<Tab> {
    let here = Tab::ALL.iter().position(|tab| *tab == open)?;
    let count = Tab::ALL.len();
    let next = match key {
        "ArrowRight" => (here + 1) % count,
        "ArrowLeft" => (here + count - 1) % count,
        "Home" => 0,
        "End" => count - 1,
        _ => return None,
    };
    Tab::ALL.get(next).copied()
}

fn focus(tab: Tab) {
    let document = web_sys::window().and_then(|window| window.document());
    let button = document.and_then(|document| document.get_element_by_id(id(tab)));
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        let _ = button.focus();
    }
}
