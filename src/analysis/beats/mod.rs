//! The telling moments of a run, in order: what a story of it stops at.
//!
//! A run of a million events has about ten moments worth a sentence: the first task that queues, the pool that fills,
//! the wait that closes a deadlock. Everything that tells a run reads this one list: playing it, stepping through it,
//! captions, marks on a ruler, the terminal, a report, a screen reader.
//!
//! Invariant: a function of the trace; at most [`MAX_BEATS`], in order of their events; a deadlock and the end of the run
//! are always among them, as are the beats that the document names. Deliberately absent: how they are drawn.

mod scan;
mod words;

pub(super) use scan::Scan;

use super::deadlock::{Findings, WaitForIndex};
use super::digest::as_json;
use super::expect::ExpectationResult;
use super::happens_before::Race;
use super::lives::TaskLife;
use super::names::Names;
use super::prose::{Prose, Segment};
use super::races::LostUpdate;
use super::tally::Tally;
use crate::model::id::{CellId, ExecutorId, ResourceId, TaskId};
use crate::model::time::Time;
use crate::trace::Trace;
use crate::trace::event::EventId;
use serde::{Deserialize, Serialize};

/// Most beats of a run: a story with more is not read to its end.
pub const MAX_BEATS: usize = 12;

/// How much less telling each further beat of one kind is.
const REPEAT_COST: u32 = 25;

/// What a beat is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BeatKind {
    /// The first tasks arrive.
    Arrival,
    /// The first task starts.
    Start,
    /// The first task is submitted by another one.
    Child,
    /// A task is the first to queue on an executor.
    Queued,
    /// Every worker of a pool holds a task.
    Full,
    /// A task is the first to wait for others.
    Waiting,
    /// A queue is as long as it gets.
    LongestQueue,
    /// A delay, cap or bus holds a task back for the first time.
    Held,
    /// Somebody has to wait for a permit or a lock for the first time.
    RunOut,
    /// A permit or lock is taken for the first time.
    Taken,
    /// A submission finds no room and waits for it.
    NoRoom,
    /// A submission is refused.
    Refused,
    /// A task is dropped for want of room.
    Discarded,
    /// A task fails.
    Failed,
    /// A task is cancelled.
    Cancelled,
    /// A wait ends by its timeout.
    TimedOut,
    /// A waiting worker runs another task meanwhile.
    Helped,
    /// An executor is shut down.
    ShutDown,
    /// Two accesses to a cell that nothing orders.
    Race,
    /// A write goes over a value that its writer had not seen.
    LostUpdate,
    /// A task exceeds what is expected of it.
    TargetMissed,
    /// Only a timeout can let some tasks go on.
    Stall,
    /// A timeout ends a stall.
    StallEnd,
    /// Some tasks can never go on.
    Deadlock,
    /// The first task ends.
    FirstEnd,
    /// Half of the tasks have ended.
    Halfway,
    /// The run ends.
    End,
    /// A moment that the document names.
    Named,
}

impl BeatKind {
    /// How telling the beat of this kind is that comes after `repeats` others; the most telling are kept.
    fn weight_after(self, repeats: u32) -> u32 {
        match (self, repeats) {
            (BeatKind::Named, _) | (_, 0) => self.weight(),
            (_, _) => self.weight().min(100).saturating_sub(repeats.saturating_mul(REPEAT_COST)),
        }
    }

    /// How telling the first beat of this kind is.
    fn weight(self) -> u32 {
        match self {
            BeatKind::Deadlock => 1000,
            BeatKind::End => 990,
            BeatKind::Named => 980,
            BeatKind::Stall => 95,
            BeatKind::LostUpdate => 92,
            BeatKind::Race => 90,
            BeatKind::StallEnd => 86,
            BeatKind::TargetMissed => 84,
            BeatKind::Arrival => 80,
            BeatKind::Full => 70,
            BeatKind::RunOut => 68,
            BeatKind::Refused => 66,
            BeatKind::NoRoom => 65,
            BeatKind::ShutDown => 64,
            BeatKind::Failed => 62,
            BeatKind::Cancelled => 60,
            BeatKind::Discarded => 58,
            BeatKind::LongestQueue => 56,
            BeatKind::Held => 54,
            BeatKind::TimedOut => 52,
            BeatKind::Helped => 50,
            BeatKind::Queued => 48,
            BeatKind::Waiting => 46,
            BeatKind::Child => 30,
            BeatKind::Taken => 28,
            BeatKind::Start => 26,
            BeatKind::FirstEnd => 20,
            BeatKind::Halfway => 10,
        }
    }
}

/// Something that a beat speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A task.
    Task(TaskId),
    /// An executor.
    Executor(ExecutorId),
    /// A semaphore or lock.
    Resource(ResourceId),
    /// A cell.
    Cell(CellId),
}

/// A telling moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beat {
    /// What it is about.
    pub kind: BeatKind,
    /// The event that brings it: the state right after it shows it.
    pub event: EventId,
    /// When that is.
    pub from: Time,
    /// Until when what it says remains so; `from` for what is over at once.
    pub to: Time,
    /// What it speaks of, in order of mention.
    pub subjects: Vec<Subject>,
    /// One sentence.
    #[serde(with = "as_json")]
    pub sentence: Prose,
}

impl Beat {
    fn new(kind: BeatKind, event: EventId, (from, to): (Time, Time), sentence: Prose) -> Beat {
        let mut subjects = Vec::new();
        for segment in &sentence.segments {
            match segment {
                Segment::Words { .. } | Segment::Time { .. } => {}
                Segment::Tasks { tasks, .. } => subjects.extend(tasks.iter().map(|id| Subject::Task(*id))),
                Segment::Executor { executor, .. } => subjects.push(Subject::Executor(*executor)),
                Segment::Resource { resource, .. } => subjects.push(Subject::Resource(*resource)),
                Segment::Cell { cell, .. } => subjects.push(Subject::Cell(*cell)),
            }
        }
        Beat { kind, event, from, to, subjects, sentence }
    }
}

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

/// What the beats of a run are made from, besides what was seen on the way through its trace.
pub(super) struct Evidence<'a> {
    pub(super) lens: &'a WaitForIndex<'a>,
    pub(super) names: &'a Names,
    pub(super) lives: &'a [TaskLife],
    pub(super) tally: &'a Tally,
    pub(super) findings: &'a Findings,
    pub(super) lost_updates: &'a [LostUpdate],
    pub(super) races: Option<&'a [Race]>,
    pub(super) expectations: &'a [ExpectationResult],
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
    let mut seen: std::collections::BTreeMap<BeatKind, u32> = std::collections::BTreeMap::new();
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

/// The last event up to an instant; `None` if there is none.
fn last_event_at(trace: &Trace, at: Time) -> Option<EventId> {
    let after = trace.records.partition_point(|record| record.at <= at);
    Some(EventId(u32::try_from(after.checked_sub(1)?).ok()?))
}
