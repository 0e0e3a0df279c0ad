//! Files: opened, dropped on the page, and downloaded.
//!
//! Invariant: a file that is too large is refused before it is read.

use super::SendAction;
use crate::store::{Action, UserNotice, recording, work};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, File, HtmlAnchorElement, Url};

/// Reads a file and opens it.
pub fn open(file: File, send: SendAction) {
    let trouble = |text: String| Action::Notice(Some(UserNotice { text, is_trouble: true }));
    let name = file.name();
    let admit = if recording::may_be(&name) { recording::admit } else { work::admit };
    if let Err(why) = admit(&name, file.size() as usize) {
        send.emit(trouble(why));
        return;
    }
    spawn_local(async move {
        let Ok(content) = JsFuture::from(file.array_buffer()).await else {
            return send.emit(trouble(format!("{name} could not be read.")));
        };
        // What is no text is compressed, or a binary trace.
        send.emit(match String::from_utf8(js_sys::Uint8Array::new(&content).to_vec()) {
            Ok(text) => Action::OpenText { name, text: text.trim_start_matches('\u{feff}').to_owned() },
            Err(error) => Action::OpenBytes { name, bytes: error.into_bytes() },
        });
    });
}

/// Offers what an address holds as a download.
pub fn download_url(name: &str, url: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    let link = document.and_then(|document| document.create_element("a").ok());
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) {
        link.set_href(url);
        link.set_download(name);
        link.click();
    }
}

/// Offers bytes as a download.
pub fn download(name: &str, kind: &str, bytes: &[u8]) {
    let Ok(url) = address_of(kind, bytes) else { return };
    download_url(name, &url);
    let _ = Url::revoke_object_url(&url);
}

/// An address of the page's own for some bytes.
fn address_of(kind: &str, bytes: &[u8]) -> Result<String, JsValue> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options)?;
    Url::create_object_url_with_blob(&blob)
}
