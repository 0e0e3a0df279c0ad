//! Jobs: what a worker can be asked, and what it tells meanwhile.
//!
//! Invariant: a job knows of no page. It is given an order and a line; what it tells are bytes that its own file
//! writes and reads, so that whoever carries them (`page::pool`) need not know what they mean. It is given up by
//! ending the worker. A new study is a variant of [`Order`], a file beside these, and an arm of [`carry_out`]; one
//! that splits is started as several orders, each a part of it (`pool::width` says into how many).

pub mod advise;
pub mod branch;
pub mod explore;
pub mod import;
pub mod lesson;
pub mod limit;
pub mod report;
pub mod run;
pub mod shape;
pub mod sweep;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::rc::Rc;
use std::sync::Arc;
use threadbare::language::{Document, Overrides};
use threadbare::model::scenario::{Limits, Scenario};

/// Milliseconds between two messages about how far a job is.
const TELL_EVERY: f64 = 100.0;

/// What a worker can be asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Order {
    /// One run, or two side by side.
    Run(run::Order),
    /// Every order of events.
    Explore(Subject),
    /// Many runs at each of many values.
    Sweep(sweep::Order),
    /// What limits a size.
    Limit(limit::Order),
    /// The other orders at a moment.
    Branch(branch::Order),
    /// What can hang by its structure.
    Shape(Subject),
    /// What would fix it.
    Advise(Subject),
    /// A scenario of a recording.
    Import(Rc<import::Recording>),
    /// A design review.
    Report(report::Order),
    /// What a lesson asks.
    Lesson(lesson::Order),
}

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
        Document::parse(&self.name, &self.source).map_err(|_| "The text is no document.".to_owned())
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

/// The line to whoever asked.
pub trait Line {
    /// Sends a message to the page.
    fn tell(&mut self, message: Vec<u8>);
    /// The time in milliseconds, since whenever.
    fn now(&self) -> f64;
}

/// Does what is asked.
///
/// # Errors
/// Why that cannot be, in words for the person.
pub fn carry_out(order: &Order, line: &mut dyn Line) -> Result<(), String> {
    match order {
        Order::Run(order) => run::carry_out(order, line),
        Order::Explore(subject) => explore::carry_out(subject, line),
        Order::Sweep(order) => sweep::carry_out(order, line),
        Order::Limit(order) => limit::carry_out(order, line),
        Order::Branch(order) => branch::carry_out(order, line),
        Order::Shape(subject) => shape::carry_out(subject, line),
        Order::Advise(subject) => advise::carry_out(subject, line),
        Order::Import(recording) => import::carry_out(recording, line),
        Order::Report(order) => report::carry_out(order, line),
        Order::Lesson(order) => lesson::carry_out(order, line),
    }
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
