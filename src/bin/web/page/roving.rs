//! A group of buttons that is one stop of the Tab key: arrow keys go from member to member.
//!
//! Invariant: exactly one member that is seen can be reached with Tab, whatever was drawn anew meanwhile. Keys that
//! mean nothing to the group go on to the page.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};
use yew::{Callback, NodeRef, hook, use_callback, use_effect};

/// Along which way the members stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrowKeyAxis {
    /// Beside each other: Left and Right.
    Row,
    /// Below each other: Up and Down.
    Column,
    /// In rows: all four.
    Grid,
}

/// What stands for the present state goes first.
const CURRENT: &str = "[aria-current], [aria-current] *";

/// Makes the buttons in an element one stop; gives what listens to its keys.
#[hook]
pub fn use_roving(group: &NodeRef, axis: ArrowKeyAxis) -> Callback<KeyboardEvent> {
    {
        let group = group.clone();
        // After each rendering: members come and go.
        use_effect(move || settle(&group));
    }
    let group = group.clone();
    use_callback((), move |event: KeyboardEvent, ()| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        // Where there is little room some are out of sight.
        let mut members = members(&group);
        members.retain(|member| member.offset_parent().is_some());
        let Some(here) = members.iter().position(|member| member.matches(":focus-visible").unwrap_or(false))
        else {
            return;
        };
        if let Some(next) = next(&members, here, axis, &event.key()) {
            event.prevent_default();
            event.stop_propagation();
            choose(&members, next);
            let _ = members[next].focus();
        }
    })
}

/// The members, in order.
fn members(group: &NodeRef) -> Vec<HtmlElement> {
    let Some(found) = group.cast::<Element>().and_then(|group| group.query_selector_all("button").ok())
    else {
        return Vec::new();
    };
    let member = |at| found.get(at).and_then(|node| node.dyn_into::<HtmlElement>().ok());
    (0..found.length()).filter_map(member).collect()
}

/// Whether a member is seen is not asked here: that makes the browser lay the page out, at each rendering.
fn settle(group: &NodeRef) {
    let members = members(group);
    if members.is_empty() {
        return;
    }
    let focused = members.iter().position(|member| member.matches(":focus").unwrap_or(false));
    let current = || members.iter().position(|member| member.matches(CURRENT).unwrap_or(false));
    let before = || {
        let reached = members.iter().filter(|member| member.tab_index() == 0);
        let is_settled = reached.count() == 1;
        is_settled.then(|| members.iter().position(|member| member.tab_index() == 0)).flatten()
    };
    choose(&members, focused.or_else(current).or_else(before).unwrap_or(0));
}

/// Only this one can be reached with Tab.
fn choose(members: &[HtmlElement], chosen: usize) {
    for (at, member) in members.iter().enumerate() {
        let index = if at == chosen { 0 } else { -1 };
        if member.tab_index() != index || !member.has_attribute("tabindex") {
            member.set_tab_index(index);
        }
    }
}

fn next(members: &[HtmlElement], here: usize, axis: ArrowKeyAxis, key: &str) -> Option<usize> {
    let count = members.len();
    let (on, back) = ((here + 1) % count, (here + count - 1) % count);
    match (axis, key) {
        (ArrowKeyAxis::Row | ArrowKeyAxis::Grid, "ArrowRight") | (ArrowKeyAxis::Column, "ArrowDown") => {
            Some(on)
        }
        (ArrowKeyAxis::Row | ArrowKeyAxis::Grid, "ArrowLeft") | (ArrowKeyAxis::Column, "ArrowUp") => {
            Some(back)
        }
        (ArrowKeyAxis::Grid, "ArrowDown") => Some(beside_in_column(members, here, 1.0)),
        (ArrowKeyAxis::Grid, "ArrowUp") => Some(beside_in_column(members, here, -1.0)),
        (_, "Home") => Some(0),
        (_, "End") => Some(count - 1),
        _ => None,
    }
}

/// The nearest member in the next row, or in the one before (`-1.0`); the same where there is none.
fn beside_in_column(members: &[HtmlElement], here: usize, way: f64) -> usize {
    let places: Vec<_> = members.iter().map(|member| member.get_bounding_client_rect()).collect();
    let from = &places[here];
    let distance = |at: &usize| {
        let down = (places[*at].top() - from.top()) * way;
        // Rows first, then columns.
        (down > from.height() / 2.0).then(|| down * 100.0 + (places[*at].left() - from.left()).abs())
    };
    let reached = (0..members.len()).filter_map(|at| distance(&at).map(|far| (far, at)));
    reached.min_by(|a, b| a.0.total_cmp(&b.0)).map_or(here, |(_, at)| at)
}
