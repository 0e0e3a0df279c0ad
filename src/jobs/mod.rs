//! The studies that the page has a worker carry out: what can be asked, and what is answered meanwhile.
//!
//! Invariant: a job knows of no page. It is given an order and a line; its answers are bytes that its own file
//! writes and reads, so that whoever carries them need not know what they mean. It is given up by ending the worker.
//! The page's program only names the orders and reads the answers; [`carry_out`] is in the worker's program
//! (`bin/studies`), which a browser fetches after the first picture. A new study is a variant of [`Order`], a file
//! beside these, and an arm of [`carry_out`]; one that splits is started as several orders, each a part of it.

pub mod advise;
pub mod branch;
pub mod explore;
pub mod import;
pub mod lesson;
pub mod limit;
mod protocol;
pub mod report;
pub mod shape;
pub mod sweep;

pub use protocol::{Line, Subject, TELL_EVERY, packed, unpacked};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// What a worker can be asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Order {
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

/// Does what is asked.
///
/// # Errors
/// Why that cannot be, in words for the person.
pub fn carry_out(order: &Order, line: &mut dyn Line) -> Result<(), String> {
    match order {
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
