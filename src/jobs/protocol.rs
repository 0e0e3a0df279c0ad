//! What every job is given, and how what is said becomes bytes.

use crate::language::{Document, Overrides};
use crate::model::scenario::{Limits, Scenario};
use crate::study::run::run_untraced;
use crate::trace::OutcomeKind;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::sync::Arc;

/// Milliseconds between two messages about how far a job is.
pub const SEND_EVERY: f64 = 100.0;

/// One variant of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The document's name.
    pub name: String,
    /// Text of the document.
    pub source: String,
    /// Name of the variant.
    pub variant: String,
    /// Paths and values that are run in place of the text's.
    pub set: Vec<(String, String)>,
}

impl Subject {
    /// The document.
    ///
    /// # Errors
    /// That there is none: the page has checked it, so this is a bug of ours.
    pub fn document(&self) -> Result<Document, String> {
        Document::parse(&self.name, &self.source).map_err(|_| "The text is not a document.".to_owned())
    }

    /// The variant's scenario.
    ///
    /// # Errors
    /// As [`Subject::document`].
    pub fn scenario(&self) -> Result<Arc<Scenario>, String> {
        let overrides = Overrides { seed: None, set: self.set.clone() };
        let scenario = self.document()?.scenario(&self.variant, &overrides);
        let mut scenario = scenario.map_err(|_| format!("The variant {} has errors.", self.variant))?;
        scenario.limits = scenario.limits.with_defaults(Limits::IN_A_PAGE);
        Ok(Arc::new(scenario))
    }
}

/// Sends messages from within many runs, on whichever thread they are made.
pub type MessageSender = Box<dyn Fn(Vec<u8>) + Send + Sync>;

/// The line to whoever asked.
pub trait JobHost {
    /// Sends a message to the page.
    fn send(&mut self, message: Vec<u8>);
    /// A line of its own for what is told while runs are made; by default nobody hears of that.
    fn sender(&self) -> MessageSender {
        Box::new(drop)
    }
    /// The time in milliseconds, since whenever.
    fn now(&self) -> f64;
}

/// Whether a run reaches what a page can hold before it reaches its own limits.
pub(super) fn is_too_long(mut scenario: Scenario) -> bool {
    scenario.limits = scenario.limits.with_defaults(Limits::IN_A_PAGE);
    matches!(run_untraced(Arc::new(scenario)).0.kind, OutcomeKind::Limit(_))
}

/// A message, or an order, as bytes.
pub fn packed<T: Serialize>(what: &T) -> Vec<u8> {
    // Writing our own plain data to memory cannot fail; an empty message would be noticed where it arrives.
    postcard::to_allocvec(what).unwrap_or_default()
}

/// What the bytes say; `None` if they are none of ours.
pub fn unpacked<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}
