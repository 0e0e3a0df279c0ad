//! The detail area: tabs that answer why, what would fix it, how much, when, and in which words.
//!
//! Invariant: only the open tab is drawn; arrow keys go from tab to tab, which is one stop of the Tab key.

use crate::page::SendAction;
use crate::store::{Action, DetailTab};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::{Callback, Html, KeyboardEvent, Properties, function_component, html};

/// What the tabs show.
#[derive(Properties, PartialEq)]
pub struct DetailTabsProps {
    /// Which is open.
    pub open: DetailTab,
    /// How many remedies there are, for the Fix tab.
    pub fixes: usize,
    /// Where actions go.
    pub send: SendAction,
}

/// The tabs of the detail area.
#[function_component]
pub fn Tabs(props: &DetailTabsProps) -> Html {
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
    let buttons = DetailTab::ALL.into_iter().map(|tab| {
        let send = props.send.clone();
        let press = Callback::from(move |_| send.emit(Action::Tab(tab)));
        let is_open = tab == props.open;
        let count = (tab == DetailTab::Fix && props.fixes > 0).then(|| html! { <span class="badge" aria-hidden="true">{ props.fixes }</span> });
        html! {
            <button id={id(tab)} role="tab" aria-selected={is_open.to_string()} aria-controls="detail"
                tabindex={if is_open { "0" } else { "-1" }} onclick={press}>{ tab.label() }{ for count }</button>
        }
    });
    html! { <div class="tabs" role="tablist" aria-label="Details" onkeydown={keys}>{ for buttons }</div> }
}

/// The id of a tab's button.
pub fn id(tab: DetailTab) -> &'static str {
    match tab {
        DetailTab::Why => "tab-why",
        DetailTab::Fix => "tab-fix",
        DetailTab::Numbers => "tab-numbers",
        DetailTab::Events => "tab-events",
        DetailTab::Text => "tab-text",
    }
}

fn next(open: DetailTab, key: &str) -> Option<DetailTab> {
    let here = DetailTab::ALL.iter().position(|tab| *tab == open)?;
    let count = DetailTab::ALL.len();
    let next = match key {
        "ArrowRight" => (here + 1) % count,
        "ArrowLeft" => (here + count - 1) % count,
        "Home" => 0,
        "End" => count - 1,
        _ => return None,
    };
    DetailTab::ALL.get(next).copied()
}

fn focus(tab: DetailTab) {
    let document = web_sys::window().and_then(|window| window.document());
    let button = document.and_then(|document| document.get_element_by_id(id(tab)));
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        let _ = button.focus();
    }
}
