//! The web app: one page that shows an executor hang, says why, and lets a person change it.
//!
//! Invariant: `store` knows nothing of a page, `canvas` decides nothing, `panels` only show state and send
//! actions; everything that touches the browser otherwise is in `page`. Nothing is asked of any server.
#![allow(missing_docs, reason = "the macros of Yew write items without any")]

mod canvas;
mod page;
mod panels;
mod store;

fn main() {
    console_error_panic_hook::set_once();
    if page::worker::begin(store::simulation::execute) {
        return;
    }
    let document = web_sys::window().and_then(|window| window.document());
    let Some(place) = document.and_then(|document| document.get_element_by_id("app")) else { return };
    place.set_text_content(None);
    yew::Renderer::<page::root::Root>::with_root(place).render();
}
