//! Arrivals: when each entry brings its next task.

use super::draw::Stream;
use crate::model::id::ArrivalId;
use crate::model::scenario::{Arrivals, Pattern};
use crate::model::time::Time;

/// Stands for no entry in the list.
const NO_ENTRY: ArrivalId = ArrivalId(u16::MAX);

#[derive(Clone, Debug)]
struct Source {
    stream: Stream,
    /// When the next arrives; `None` after the last.
    next: Option<Time>,
    /// How many have arrived.
    count: u64,
    /// Held back by a blocked submission.
    held_back: bool,
}

/// All entries of arrivals.
#[derive(Clone, Debug)]
pub(super) struct Sources {
    sources: Vec<Source>,
    /// The entry whose next arrival is first; the earlier in the document at the same instant. No entry,
    /// at [`Time::NEVER`], if there is none.
    first: (Time, ArrivalId),
}

impl Sources {
    pub fn new(entries: &[Arrivals], seed: Stream) -> Sources {
        let name = super::draw::hash_name("[[arrivals]]");
        let sources = (0u32..)
            .zip(entries)
            .map(|(i, entry)| {
                let stream = seed.child(name, i);
                Source { stream, next: first_time(&entry.pattern, stream), count: 0, held_back: false }
            })
            .collect();
        let mut all = Sources { sources, first: (Time::NEVER, NO_ENTRY) };
        all.find_first();
        all
    }

    /// The next arrival of all.
    #[inline(always)]
    pub fn first(&self) -> Option<(Time, ArrivalId)> {
        (self.first.1 != NO_ENTRY).then_some(self.first)
    }

    /// The same; [`Time::NEVER`] also if there is none.
    #[inline(always)]
    pub fn first_or_never(&self) -> (Time, ArrivalId) {
        self.first
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> usize {
        self.sources.capacity() * size_of::<Source>()
    }

    /// Every entry's next arrival, in document order; an entry that is held back or has ended has none.
    pub fn each_next(&self) -> impl Iterator<Item = (Time, ArrivalId)> + '_ {
        let next = |source: &Source| source.next.filter(|_| !source.held_back);
        (0u16..).zip(&self.sources).filter_map(move |(i, source)| Some((next(source)?, ArrivalId(i))))
    }

    /// Whether the entry brings nothing more.
    pub fn is_ended(&self, entry: ArrivalId) -> bool {
        self.sources[entry.index()].next.is_none()
    }

    /// How many tasks the entry has brought.
    #[inline]
    pub fn count(&self, entry: ArrivalId) -> u64 {
        self.sources[entry.index()].count
    }

    /// Takes the entry's due arrival; returns whether it was the last.
    #[inline(always)]
    pub fn take(&mut self, entry: ArrivalId, pattern: &Pattern, now: Time) -> bool {
        let source = &mut self.sources[entry.index()];
        source.count += 1;
        let scheduled = source.next.expect("an arrival is due");
        source.next = next_time(pattern, source.stream, source.count, scheduled).map(|at| at.max(now));
        let ended = source.next.is_none();
        self.find_first();
        ended
    }

    /// Whether a blocked submission holds the entry back.
    pub fn is_held_back(&self, entry: ArrivalId) -> bool {
        self.sources[entry.index()].held_back
    }

    /// No more arrivals of this entry until [`Sources::resume`].
    pub fn hold_back(&mut self, entry: ArrivalId) {
        self.sources[entry.index()].held_back = true;
        self.find_first();
    }

    /// The entry goes on; what should have come meanwhile comes now.
    pub fn resume(&mut self, entry: ArrivalId, now: Time) {
        let source = &mut self.sources[entry.index()];
        source.held_back = false;
        source.next = source.next.map(|at| at.max(now));
        self.find_first();
    }

    #[inline]
    fn find_first(&mut self) {
        if let [only] = self.sources.as_slice() {
            self.first = match only.next {
                Some(at) if !only.held_back => (at, ArrivalId(0)),
                Some(_) | None => (Time::NEVER, NO_ENTRY),
            };
            return;
        }
        self.first = (Time::NEVER, NO_ENTRY);
        for (i, source) in (0u16..).zip(&self.sources) {
            if let Some(at) = source.next
                && !source.held_back
                && (at < self.first.0 || self.first.1 == NO_ENTRY)
            {
                self.first = (at, ArrivalId(i));
            }
        }
    }
}

fn first_time(pattern: &Pattern, stream: Stream) -> Option<Time> {
    match pattern {
        Pattern::Batch { at, count } => (*count > 0).then_some(*at),
        Pattern::Stream { at, count, gap, gap_first, until } => {
            if *count == Some(0) {
                return None;
            }
            let at = if *gap_first { *at + stream.at(0, 0).duration(gap, 0) } else { *at };
            until.is_none_or(|until| at <= until).then_some(at).filter(|at| *at < Time::NEVER)
        }
        Pattern::Trace(times) => times.first().copied(),
    }
}

/// When the arrival number `count` (from 0) comes, the one before having been due at `last`.
#[inline(always)]
fn next_time(pattern: &Pattern, stream: Stream, count: u64, last: Time) -> Option<Time> {
    match pattern {
        Pattern::Batch { at, count: all } => (count < *all).then_some(*at),
        Pattern::Stream { count: all, gap, gap_first, until, .. } => {
            if all.is_some_and(|all| count >= all) {
                return None;
            }
            // A `trace(...)` of gaps: the gap before arrival n is its value number n - 1, or n if a gap
            // comes before the first arrival too.
            let turn = if *gap_first { count } else { count - 1 };
            let at = last + stream.at((count >> 32) as u32, count as u32).duration(gap, turn);
            until.is_none_or(|until| at <= until).then_some(at).filter(|at| *at < Time::NEVER)
        }
        Pattern::Trace(times) => times.get(count as usize).copied(),
    }
}
