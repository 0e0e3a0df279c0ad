//! The line between the window that a class sees and the presenter's: a broadcast channel of a name of its own.
//!
//! Invariant: nothing leaves the browser; what is said is plain data.

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, MessageEvent};

/// What one window says to the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PresenterMessage {
    /// The presenter's window is there, and wants to know where the lesson is.
    Hello,
    /// The class sees this.
    Shows(LessonPosition),
    /// The presenter goes on, or back if negative.
    Turn(isize),
}

/// Where a lesson is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonPosition {
    /// The number of the step, from 0.
    pub step: usize,
    /// What the present answer came to, if one was given.
    pub reply: Option<String>,
}

/// One end of the line. Dropped, it hears nothing more.
pub struct PresenterChannel {
    channel: BroadcastChannel,
    _listen: Closure<dyn FnMut(MessageEvent)>,
}

impl PresenterChannel {
    /// Opens an end; `None` if the browser has no such channels.
    pub fn open(name: &str, receive: impl Fn(PresenterMessage) + 'static) -> Option<PresenterChannel> {
        let channel = BroadcastChannel::new(&format!("threadbare.{name}")).ok()?;
        let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            // Whatever else is said there is not for us.
            if let Ok(message) = serde_json::from_str(&text) {
                receive(message);
            }
        });
        channel.set_onmessage(Some(listen.as_ref().unchecked_ref()));
        Some(PresenterChannel { channel, _listen: listen })
    }

    /// Says something to the other end, if there is one.
    pub fn say(&self, message: &PresenterMessage) {
        if let Ok(text) = serde_json::to_string(message) {
            // An end that is gone hears nothing, which is no trouble of ours.
            let _ = self.channel.post_message(&text.into());
        }
    }
}

impl Drop for PresenterChannel {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}
