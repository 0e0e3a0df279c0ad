//! Where two runs part.
//!
//! Invariant: up to that place both are the same run, event by event, so that one set of names, lanes and ids does
//! for both. Deliberately absent: which of the later events correspond; after the first difference ids may
//! mean other tasks.

use crate::trace::Trace;
use crate::trace::event::{Event, EventId};
use crate::trace::record::Record;

/// The first place at which two runs differ: in what happens, when, or which value is written. One of them may
/// end there. `None` if they are the same, event by event. What caused an event is not compared: it follows
/// from what happened.
pub fn first_difference(a: &Trace, b: &Trace) -> Option<EventId> {
    let common = a.records.iter().zip(&b.records).take_while(|(left, right)| is_same(a, left, b, right));
    let place = common.count();
    let is_end_of_both = place == a.len() && place == b.len();
    (!is_end_of_both).then_some(EventId(place as u32))
}

fn is_same(a: &Trace, left: &Record, b: &Trace, right: &Record) -> bool {
    if left.at != right.at {
        return false;
    }
    match (left.event(), right.event()) {
        (
            Event::Wrote { task: one, pc: here, value: left },
            Event::Wrote { task: other, pc: there, value: right },
        ) => (one, here) == (other, there) && a.values.get(left as usize) == b.values.get(right as usize),
        (left, right) => left == right,
    }
}
