//! Where the focus goes when the element that had it is gone, or can have it no longer.
//!
//! Invariant: nothing is scrolled, and whoever still has the focus keeps it.

use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement};
use yew::NodeRef;

/// Gives the focus to an element.
pub fn give(to: &NodeRef) {
    let Some(element) = to.cast::<HtmlElement>() else { return };
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    // An element that cannot have it leaves it where it is.
    let _ = element.focus_with_options(&options);
}

/// Gives the focus to the element of this id.
pub fn give_to(id: &str) {
    let page = web_sys::window().and_then(|window| window.document());
    let element = page.and_then(|page| page.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // An element that cannot have it leaves it where it is.
        let _ = element.focus();
    }
}

/// Gives the focus to an element if nobody has it any more.
pub fn catch(to: &NodeRef) {
    if holder().is_none() {
        give(to);
    }
}

/// Gives the focus to an element if what had it inside has been disabled.
pub fn catch_disabled(around: &NodeRef) {
    let is_inside = |holder: Element| {
        holder.matches(":disabled").unwrap_or(false)
            && around.cast::<Element>().is_some_and(|around| around.contains(Some(&holder)))
    };
    if holder().is_some_and(is_inside) {
        give(around);
    }
}

/// What has the focus, other than the page itself.
fn holder() -> Option<Element> {
    let active = web_sys::window()?.document()?.active_element();
    active.filter(|element| element.tag_name() != "BODY")
}
