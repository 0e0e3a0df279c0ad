//! The telling moments of a run, in order: what a story of it stops at.
//!
//! A run of a million events has about ten moments worth a sentence: the first task that queues, the pool that fills,
//! the wait that closes a deadlock. Everything that tells a run reads this one list: playing it, stepping through it,
//! captions, marks on a ruler, the terminal, a report, a screen reader.
//!
//! Invariant: a function of the trace; at most [`MAX_BEATS`], in order of their events; a deadlock and the end of the run
//! are always among them, as are the beats that the document names. Deliberately absent: how they are drawn.

mod beat;
mod evidence;
mod scan;
mod words;

pub use beat::{Beat, BeatKind, Subject};
pub(super) use evidence::Evidence;
pub(super) use scan::Scan;

use std::collections::BTreeMap;

/// Most beats of a run: a story with more is not read to its end.
pub const MAX_BEATS: usize = 12;

/// The beat at which a reader should begin: the knot or the worst moment, else the last one.
pub fn most_telling(beats: &[Beat]) -> Option<usize> {
    let is_trouble = |kind: BeatKind| match kind {
        BeatKind::Deadlock
        | BeatKind::Stall
        | BeatKind::LostUpdate
        | BeatKind::Race
        | BeatKind::TargetMissed => true,
        BeatKind::Arrival
        | BeatKind::Start
        | BeatKind::Child
        | BeatKind::Queued
        | BeatKind::Full
        | BeatKind::Waiting
        | BeatKind::LongestQueue
        | BeatKind::Held
        | BeatKind::RunOut
        | BeatKind::Taken
        | BeatKind::NoRoom
        | BeatKind::Refused
        | BeatKind::Discarded
        | BeatKind::Failed
        | BeatKind::Cancelled
        | BeatKind::TimedOut
        | BeatKind::Helped
        | BeatKind::ShutDown
        | BeatKind::StallEnd
        | BeatKind::FirstEnd
        | BeatKind::Halfway
        | BeatKind::End
        | BeatKind::Named => false,
    };
    let worst = beats.iter().enumerate().filter(|(_, beat)| is_trouble(beat.kind));
    let worst = worst.max_by_key(|(at, beat)| (beat.kind.weight(), std::cmp::Reverse(*at)));
    worst.map(|(at, _)| at).or(beats.len().checked_sub(1))
}

/// The beats of a run.
pub(super) fn beats(scan: &Scan, evidence: &Evidence<'_>) -> Vec<Beat> {
    let mut candidates = words::seen(scan, evidence);
    candidates.extend(words::found(evidence));
    candidates.extend(words::named(evidence.lens.trace()));
    choose(candidates)
}

/// The most telling of these, in order; of one kind each further one counts less.
fn choose(mut candidates: Vec<Beat>) -> Vec<Beat> {
    candidates.sort_by_key(|beat| (beat.event, beat.from, beat.kind));
    let mut seen: BTreeMap<BeatKind, u32> = BTreeMap::new();
    let mut ranked: Vec<(u32, Beat)> = Vec::new();
    for beat in candidates {
        let repeats = seen.entry(beat.kind).or_insert(0);
        ranked.push((beat.kind.weight_after(*repeats), beat));
        *repeats += 1;
    }
    // The sort is stable: of two that tell as much the earlier one stays.
    ranked.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    ranked.truncate(MAX_BEATS);
    let mut beats: Vec<Beat> = ranked.into_iter().map(|(_, beat)| beat).collect();
    beats.sort_by_key(|beat| (beat.event, beat.from, beat.kind == BeatKind::End, beat.kind));
    beats
}
