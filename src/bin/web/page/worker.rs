//! A program as a worker: carries out one order after the other, off the page's thread.
//!
//! Invariant: one job at a time; the page ends the worker if it no longer wants the answer. An order comes as
//! bytes; a message to the page is an array: a word, then what belongs to it. This file does not know what a job is
//! about: both of the page's programs listen by it.

use js_sys::{Array, ArrayBuffer, Uint8Array, WebAssembly};
use serde::de::DeserializeOwned;
use threadbare::jobs::{self, JobHost, MessageSender};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// The worker listens: its compiled program, so that the next worker need not compile it again.
pub const READY: &str = "ready";
/// What the job tells: bytes.
pub const TOLD: &str = "told";
/// The job is over: how much memory the worker has taken, in bytes, and why it could not be done, if it could not.
pub const OVER: &str = "over";

/// If this is a worker: listens to the page from now on, and has its orders carried out. Whether it is one.
pub fn begin<JobRequest: DeserializeOwned + 'static>(
    execute: fn(&JobRequest, &mut dyn JobHost) -> Result<(), String>,
) -> bool {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return false };
    let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let order = event.data().dyn_into::<Uint8Array>().ok();
        let Some(order) = order.and_then(|bytes| jobs::unpacked(&bytes.to_vec())) else { return };
        let refused = execute(&order, &mut PagePort).err();
        post(&[OVER.into(), memory_taken().into(), refused.map_or(JsValue::NULL, JsValue::from)], None);
    });
    scope.set_onmessage(Some(listen.as_ref().unchecked_ref()));
    // It lives as long as the worker.
    listen.forget();
    post(&[READY.into(), wasm_bindgen::module()], None);
    true
}

/// Bytes of memory that this program has taken: WebAssembly takes more and gives none back.
pub fn memory_taken() -> f64 {
    let memory = wasm_bindgen::memory().dyn_into::<WebAssembly::Memory>();
    let buffer = memory.and_then(|memory| memory.buffer().dyn_into::<ArrayBuffer>());
    buffer.map_or(0.0, |buffer| f64::from(buffer.byte_length()))
}

struct PagePort;

impl JobHost for PagePort {
    fn send(&mut self, message: Vec<u8>) {
        send(&message);
    }

    fn sender(&self) -> MessageSender {
        Box::new(|message| send(&message))
    }

    fn now(&self) -> f64 {
        js_sys::Date::now()
    }
}

fn send(message: &[u8]) {
    let bytes = Uint8Array::from(message);
    post(&[TOLD.into(), bytes.clone().into()], Some(&bytes.buffer()));
}

fn post(message: &[JsValue], give: Option<&JsValue>) {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return };
    let message: Array = message.iter().collect();
    // A page that no longer listens is no trouble of ours.
    let _ = match give {
        Some(give) => scope.post_message_with_transfer(&message, &Array::of1(give)),
        None => scope.post_message(&message),
    };
}
