//! The studies that the page has a worker carry out: what can be asked, and what is answered meanwhile.
//!
//! Invariant: a job knows of no page. It is given an order and a line; its answers are bytes that its own file
//! writes and reads, so that whoever carries them need not know what they mean. It is given up by ending the worker.
//! The page's program only names the orders and reads the answers; [`execute`] is in the worker's program
//! (`bin/studies`), which a browser fetches after the first picture. A new study is a variant of [`JobRequest`], a file
//! beside these, and an arm of [`execute`]; one that splits is started as several orders, each a part of it.

pub mod advise;
pub mod branch;
pub mod compare;
pub mod explore;
pub mod import;
pub mod lesson;
pub mod limit;
mod protocol;
pub mod report;
pub mod shape;
pub mod sweep;

pub use protocol::{JobHost, MessageSender, SEND_EVERY, Subject, packed, unpacked};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// A study that a worker can carry out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum JobRequest {
    /// Explore every order of events.
    Explore(Subject),
    /// Run many times at each of many values.
    Sweep(sweep::SweepJob),
    /// Find what limits a size.
    Limit(limit::LimitJob),
    /// List the other orders at a moment.
    Branch(branch::BranchJob),
    /// Find what can deadlock by its structure.
    Shape(Subject),
    /// Search for remedies.
    Advise(Subject),
    /// Make a scenario of a recording.
    Import(Rc<import::Recording>),
    /// Run two variants many times each.
    Compare(compare::CompareJob),
    /// Write a design review.
    Report(report::ReportJob),
    /// Answer a question of a lesson.
    Lesson(lesson::LessonJob),
}

/// Carries out a request; answers go to `line`.
///
/// # Errors
/// Why it cannot be carried out, as a sentence for the person.
pub fn execute(order: &JobRequest, line: &mut dyn JobHost) -> Result<(), String> {
    match order {
        JobRequest::Explore(subject) => explore::execute(subject, line),
        JobRequest::Sweep(order) => sweep::execute(order, line),
        JobRequest::Limit(order) => limit::execute(order, line),
        JobRequest::Branch(order) => branch::execute(order, line),
        JobRequest::Shape(subject) => shape::execute(subject, line),
        JobRequest::Advise(subject) => advise::execute(subject, line),
        JobRequest::Import(recording) => import::execute(recording, line),
        JobRequest::Compare(order) => compare::execute(order, line),
        JobRequest::Report(order) => report::execute(order, line),
        JobRequest::Lesson(order) => lesson::execute(order, line),
    }
}
