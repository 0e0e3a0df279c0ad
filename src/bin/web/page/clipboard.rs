//! The clipboard, and what is said when the browser keeps it closed.

use super::SendAction;
use crate::store::{Action, UserNotice};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Copies a text, and says that it did.
pub fn copy(text: String, done: &'static str, send: SendAction) {
    let Some(clipboard) = web_sys::window().map(|window| window.navigator().clipboard()) else { return };
    spawn_local(async move {
        let is_copied = JsFuture::from(clipboard.write_text(&text)).await.is_ok();
        let text = if is_copied { done } else { "The browser does not allow copying." };
        send.emit(Action::Notice(Some(UserNotice { text: text.to_owned(), is_trouble: !is_copied })));
    });
}
