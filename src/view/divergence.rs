//! Where two runs of different designs part: the first event that is told otherwise.
//!
//! Numbers of tasks and places mean nothing across two documents, so events are held against each other by what is said
//! of them (`view::eventlist`) and when. For two runs of one scenario `analysis::difference` knows it exactly.

use super::eventlist::line;
use crate::analysis::digest::Digest;
use crate::trace::event::EventId;

/// Events that are held against each other at most.
pub const MAX_EVENTS: usize = 50_000;

/// How two runs part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunDivergence {
    /// They are the same, event by event.
    Never,
    /// At this event, where one of them may be over.
    At(EventId),
    /// Not within [`MAX_EVENTS`].
    Unknown,
}

/// Where two runs part.
pub fn parting(first: &Digest<'_>, second: &Digest<'_>) -> RunDivergence {
    let (here, there) = (first.trace().len(), second.trace().len());
    let told = |digest: &Digest<'_>, event: EventId| {
        let line = line(digest, event);
        (line.at, line.text)
    };
    let common = here.min(there).min(MAX_EVENTS) as u32;
    let parted = (0..common).map(EventId).find(|event| told(first, *event) != told(second, *event));
    match parted {
        Some(event) => RunDivergence::At(event),
        None if common as usize == MAX_EVENTS => RunDivergence::Unknown,
        None if here == there => RunDivergence::Never,
        None => RunDivergence::At(EventId(common)),
    }
}
