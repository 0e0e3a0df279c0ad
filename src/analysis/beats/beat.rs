//! A telling moment: what it is about, when it is, and one sentence.

use crate::analysis::prose::{Prose, Segment, as_json};
use crate::model::id::{CellId, ExecutorId, ResourceId, TaskId};
use crate::model::time::Time;
use crate::trace::Trace;
use crate::trace::event::EventId;
use serde::{Deserialize, Serialize};

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
    /// A task is dropped for lack of room.
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
    /// Some tasks can never continue.
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
    pub(super) fn weight_after(self, repeats: u32) -> u32 {
        match (self, repeats) {
            (BeatKind::Named, _) | (_, 0) => self.weight(),
            (_, _) => self.weight().min(100).saturating_sub(repeats.saturating_mul(REPEAT_COST)),
        }
    }

    /// How telling the first beat of this kind is.
    pub(super) fn weight(self) -> u32 {
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
    /// A task that it names.
    Task(TaskId),
    /// An executor that it names.
    Executor(ExecutorId),
    /// A semaphore or lock.
    Resource(ResourceId),
    /// A cell that it names.
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
    /// What is to be seen, in one sentence.
    #[serde(with = "as_json")]
    pub sentence: Prose,
}

impl Beat {
    pub(super) fn new(kind: BeatKind, event: EventId, (from, to): (Time, Time), sentence: Prose) -> Beat {
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

/// The last event up to an instant; `None` if there is none.
pub(super) fn last_event_at(trace: &Trace, at: Time) -> Option<EventId> {
    let after = trace.records.partition_point(|record| record.at <= at);
    Some(EventId(u32::try_from(after.checked_sub(1)?).ok()?))
}
