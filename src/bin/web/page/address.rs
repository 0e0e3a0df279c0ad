//! The address bar: reads the fragment that a link carries, and writes the one that is shared.

use crate::store::link::{self, ShareLinkPayload};

/// What the page was opened with; none without a fragment.
pub fn carried() -> Option<Result<ShareLinkPayload, String>> {
    let hash = web_sys::window()?.location().hash().ok()?;
    (hash.len() > 1).then(|| link::read(&hash))
}

/// The page's own address, without anything that is asked of it.
pub fn page() -> String {
    let href = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    href.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// The page's own address with this fragment.
pub fn with(fragment: &str) -> String {
    let href = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    let page = href.split('#').next().unwrap_or_default();
    format!("{page}#{fragment}")
}

/// Shows an address without loading it; nothing happens if the browser will not.
pub fn show(address: &str) {
    let history = web_sys::window().and_then(|window| window.history().ok());
    let null = wasm_bindgen::JsValue::NULL;
    let _ = history.map(|history| history.replace_state_with_url(&null, "", Some(address)));
}

/// Goes on to an address without loading it: Back leads to the one before.
pub fn push(address: &str) {
    let history = web_sys::window().and_then(|window| window.history().ok());
    let null = wasm_bindgen::JsValue::NULL;
    let _ = history.map(|history| history.push_state_with_url(&null, "", Some(address)));
}
