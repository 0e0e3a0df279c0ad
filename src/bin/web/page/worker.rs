//! The app as a worker: long runs off the page's thread, answered in parcels.
//!
//! Invariant: one job at a time; the page ends the worker if it no longer wants the answer. A message to the page
//! is an array: a word, then what belongs to it. What the page shows is none of its affair.

use crate::store::run::Run;
use crate::store::way::Going;
use crate::store::{Progress, parcel};
use js_sys::{Array, Uint8Array};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use threadbare::language::{Document, Overrides};
use threadbare::model::time::Time;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Milliseconds between two messages about how far it is.
const TELL_EVERY: f64 = 100.0;
/// Events between two looks at the clock.
const LOOK_EVERY: u64 = 65_536;

/// The worker listens.
pub const READY: &str = "ready";
/// How far it is: a number of events, an instant in nanoseconds, and whether the run is over and being read.
pub const PROGRESS: &str = "progress";
/// A parcel, of the shown run (0) or the other one (1).
pub const PARCEL: &str = "parcel";
/// The schedule does not fit: why.
pub const MISFIT: &str = "misfit";
/// All parcels are sent; how long the runs and the reading of them took, in milliseconds.
pub const DONE: &str = "done";

/// What a worker is asked to run. The page has checked that it can be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// Which request of the store it answers.
    pub id: u32,
    /// The document's name.
    pub name: String,
    /// Its text.
    pub source: String,
    /// The shown variant, and the one it is compared with.
    pub variants: Vec<String>,
    /// The way that the shown run goes.
    pub schedule: Option<String>,
}

/// If this is a worker: listens to the page from now on. Whether it is one.
pub fn begin() -> bool {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return false };
    let listen = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
        let order = event.data().as_string().and_then(|text| serde_json::from_str(&text).ok());
        if let Some(order) = order {
            carry_out(&order);
        }
    });
    scope.set_onmessage(Some(listen.as_ref().unchecked_ref()));
    // It lives as long as the worker.
    listen.forget();
    post(&[READY.into()], None);
    true
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

fn carry_out(order: &Order) {
    let Ok(document) = Document::parse(&order.name, &order.source) else { return };
    let (mut before, mut simulating, mut reading) = (0, 0.0, 0.0);
    for (side, variant) in order.variants.iter().enumerate() {
        let Ok(scenario) = document.scenario(variant, &Overrides::default()) else { return };
        let begun = js_sys::Date::now();
        let schedule = order.schedule.as_ref().filter(|_| side == 0).and_then(|text| text.parse().ok());
        let mut session = match Going::new(&Arc::new(scenario), schedule.as_ref()) {
            Ok(going) => going,
            Err(misfit) => return post(&[MISFIT.into(), misfit.into()], None),
        };
        let mut told = begun;
        while !session.advance(LOOK_EVERY) {
            let now = js_sys::Date::now();
            if now - told >= TELL_EVERY {
                told = now;
                tell(before + session.events(), session.now(), false);
            }
        }
        before += session.events();
        tell(before, session.now(), true);
        let ran = js_sys::Date::now();
        let trace = match session.finish() {
            Ok(trace) => trace,
            Err(misfit) => return post(&[MISFIT.into(), misfit.into()], None),
        };
        let run = Run::new(order.id, trace);
        parcel::pack(run, |bytes| {
            let parcel = Uint8Array::from(bytes.as_slice());
            let message = [PARCEL.into(), (side as u32).into(), parcel.clone().into()];
            post(&message, Some(&parcel.buffer()));
        });
        simulating += ran - begun;
        reading += js_sys::Date::now() - ran;
    }
    post(&[DONE.into(), simulating.into(), reading.into()], None);
}

fn tell(events: u64, now: Time, is_read: bool) {
    post(&[PROGRESS.into(), (events as f64).into(), (now.0 as f64).into(), is_read.into()], None);
}

/// What a message about progress says.
pub fn progress(message: &Array, millis: f64) -> Progress {
    let number = |at: u32| message.get(at).as_f64().unwrap_or(0.0);
    Progress {
        events: number(1) as u64,
        now: Time(number(2) as u64),
        millis,
        is_read: message.get(3).is_truthy(),
    }
}
