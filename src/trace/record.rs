//! An event in 24 bytes, as it is kept, saved and fingerprinted.

use super::event::{Event, EventId, Failure, Seat, SubmissionOutcome, WakeReason, Warning};
use crate::model::id::{ArrivalId, CellId, ExecutorId, Pc, ResourceId, TaskId, WorkerId};
use crate::model::program::Claim;
use crate::model::time::Time;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Changes whenever the meaning of a record changes; saved traces and fingerprints carry it.
pub const FORMAT_VERSION: u16 = 1;

/// One event with its instant and its cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Record {
    /// When it happened.
    pub at: Time,
    /// The event without which it would not have happened now; [`EventId::NONE`] if none.
    pub cause: EventId,
    task: u32,
    other: u32,
    place: u16,
    /// A [`Kind`], as a plain byte: then any 24 bytes are a record, which [`super::pages`] needs.
    kind: u8,
    flag: u8,
}

const _: () = assert!(size_of::<Record>() == 24, "a record is 24 bytes");

/// Defines [`Kind`] and its numbering together, so that neither can lack a member.
macro_rules! kinds {
    ($($name:ident),* $(,)?) => {
        /// What kind of event a record holds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        enum Kind { $($name),* }

        const KINDS: &[Kind] = &[$(Kind::$name),*];
    };
}

kinds! {
    Arrived, Submitted, Entered, Started, Finished, Failed, Cancelled, Skipped, Dropped,
    WorkerStarted, WorkerStopped,
    Ran, Blocked, Yielded, Ready, Dispatched,
    Waiting, Passed, Resumed, LeftWorker, TookWorker,
    Acquired, Released, Read, Wrote, Noted, Warned, ShutDown, SourceEnded,
    Interrupted, Swallowed, Caught,
    Repeated, Claimed, Resized,
    Sent, Received, Closed, FoundClosed,
    Signalled, Relocks, Counted,
    Drained,
}

const FATES: [SubmissionOutcome; 11] = [
    SubmissionOutcome::Taken,
    SubmissionOutcome::Queued,
    SubmissionOutcome::Held,
    SubmissionOutcome::Passed,
    SubmissionOutcome::Blocked,
    SubmissionOutcome::InCaller,
    SubmissionOutcome::Full,
    SubmissionOutcome::ShutDown,
    SubmissionOutcome::Guarded,
    SubmissionOutcome::Leaf,
    SubmissionOutcome::Dropped,
];
const SEATS: [Seat; 5] = [Seat::Worker, Seat::Above, Seat::Caller, Seat::Own, Seat::Scheduler];
const WHYS: [WakeReason; 3] = [WakeReason::Done, WakeReason::TimedOut, WakeReason::Raises];
const FAILURES: [Failure; 13] = [
    Failure::Fail,
    Failure::Child,
    Failure::ChildCancelled,
    Failure::Timeout,
    Failure::Rejected,
    Failure::NotHolder,
    Failure::Add,
    Failure::Interrupted,
    Failure::Cancelled,
    Failure::Crashed,
    Failure::Broken,
    Failure::Closed,
    Failure::BrokenBarrier,
];
/// How many kinds of claims there are.
const CLAIMS: usize = 3;
const WARNINGS: [Warning; 3] = [Warning::Backlog, Warning::Guard, Warning::Leaf];

impl Record {
    /// Packs an event. Inlined wherever an event is recorded, so that the kind is known there and this is
    /// no more than the stores.
    #[inline(always)]
    pub fn new(at: Time, cause: EventId, event: Event) -> Record {
        let pack = |kind: Kind, task: u32, other: u32, place: u16, flag: u8| Record {
            at,
            cause,
            task,
            other,
            place,
            kind: kind as u8,
            flag,
        };
        use Event as E;
        match event {
            E::Arrived { task, entry, fate } => pack(Kind::Arrived, task.0, 0, entry.0, fate as u8),
            E::Submitted { task, parent, pc, fate } => {
                pack(Kind::Submitted, task.0, parent.0, pc.0, fate as u8)
            }
            E::Entered { task, executor, fate } => pack(Kind::Entered, task.0, 0, executor.0, fate as u8),
            E::Started { task, executor, worker, seat } => {
                pack(Kind::Started, task.0, worker.0, executor.0, seat as u8)
            }
            E::Finished { task } => pack(Kind::Finished, task.0, 0, 0, 0),
            E::Failed { task, failure } => pack(Kind::Failed, task.0, 0, 0, failure as u8),
            E::Cancelled { task, by, succeeded } => pack(Kind::Cancelled, task.0, by.0, 0, succeeded as u8),
            E::Skipped { task, executor } => pack(Kind::Skipped, task.0, 0, executor.0, 0),
            E::Dropped { task, executor } => pack(Kind::Dropped, task.0, 0, executor.0, 0),
            E::Drained { task, executor } => pack(Kind::Drained, task.0, 0, executor.0, 0),
            E::WorkerStarted { executor, worker } => pack(Kind::WorkerStarted, 0, worker.0, executor.0, 0),
            E::WorkerStopped { executor, worker } => pack(Kind::WorkerStopped, 0, worker.0, executor.0, 0),
            E::Ran { task, pc } => pack(Kind::Ran, task.0, 0, pc.0, 0),
            E::Blocked { task, pc } => pack(Kind::Blocked, task.0, 0, pc.0, 0),
            E::Yielded { task, pc } => pack(Kind::Yielded, task.0, 0, pc.0, 0),
            E::Ready { task } => pack(Kind::Ready, task.0, 0, 0, 0),
            E::Dispatched { task } => pack(Kind::Dispatched, task.0, 0, 0, 0),
            E::Waiting { task, pc } => pack(Kind::Waiting, task.0, 0, pc.0, 0),
            E::Passed { task, pc } => pack(Kind::Passed, task.0, 0, pc.0, 0),
            E::Resumed { task, why } => pack(Kind::Resumed, task.0, 0, 0, why as u8),
            E::LeftWorker { task } => pack(Kind::LeftWorker, task.0, 0, 0, 0),
            E::TookWorker { task, worker } => pack(Kind::TookWorker, task.0, worker.0, 0, 0),
            E::Acquired { task, pc } => pack(Kind::Acquired, task.0, 0, pc.0, 0),
            E::Released { task, resource, claim } => {
                let (more, flag) = match claim {
                    Claim::Permits(count) => (count.saturating_sub(1), 0),
                    Claim::Read => (0, 1),
                    Claim::Write => (0, 2),
                };
                pack(Kind::Released, task.0, more, resource.0, flag)
            }
            E::Read { task, pc, cell } => pack(Kind::Read, task.0, cell.0.into(), pc.0, 0),
            E::Wrote { task, pc, value } => pack(Kind::Wrote, task.0, value, pc.0, 0),
            E::Noted { task, pc } => pack(Kind::Noted, task.0, 0, pc.0, 0),
            E::Warned { task, executor, warning } => pack(Kind::Warned, task.0, 0, executor.0, warning as u8),
            E::ShutDown { task, pc, executor } => pack(Kind::ShutDown, task.0, executor.0.into(), pc.0, 0),
            E::Repeated { task, series, fate } => pack(Kind::Repeated, task.0, series.0, 0, fate as u8),
            E::Claimed { task, executor } => pack(Kind::Claimed, task.0, 0, executor.0, 0),
            E::Resized { task, pc, executor } => pack(Kind::Resized, task.0, executor.0.into(), pc.0, 0),
            E::SourceEnded { entry } => pack(Kind::SourceEnded, 0, 0, entry.0, 0),
            E::Interrupted { task, by } => pack(Kind::Interrupted, task.0, by.0, 0, 0),
            E::Swallowed { task } => pack(Kind::Swallowed, task.0, 0, 0, 0),
            E::Caught { task, pc, failure } => pack(Kind::Caught, task.0, 0, pc.0, failure as u8),
            E::Sent { task, pc } => pack(Kind::Sent, task.0, 0, pc.0, 0),
            E::Received { task, pc, sender } => pack(Kind::Received, task.0, sender.0, pc.0, 0),
            E::Closed { task, pc } => pack(Kind::Closed, task.0, 0, pc.0, 0),
            E::FoundClosed { task, pc } => pack(Kind::FoundClosed, task.0, 0, pc.0, 0),
            E::Signalled { task, pc, count } => pack(Kind::Signalled, task.0, count, pc.0, 0),
            E::Relocks { task, why } => pack(Kind::Relocks, task.0, 0, 0, why as u8),
            E::Counted { task, pc, left } => pack(Kind::Counted, task.0, left, pc.0, 0),
        }
    }

    /// Whether its event is a warning.
    #[inline]
    pub(crate) fn is_warning(&self) -> bool {
        self.kind == Kind::Warned as u8
    }

    /// Whether its event is a wait that ends by its timeout.
    #[inline]
    pub(crate) fn is_timeout(&self) -> bool {
        self.kind == Kind::Resumed as u8 && self.flag == WakeReason::TimedOut as u8
    }

    /// Whether its event is the start or the end of a worker.
    #[inline]
    pub(crate) fn is_worker_change(&self) -> bool {
        self.kind == Kind::WorkerStarted as u8 || self.kind == Kind::WorkerStopped as u8
    }

    /// Unpacks the event.
    pub fn event(&self) -> Event {
        let task = TaskId(self.task);
        let worker = WorkerId(self.other);
        let executor = ExecutorId(self.place);
        let pc = Pc(self.place);
        let flag = self.flag as usize;
        match KINDS[self.kind as usize] {
            Kind::Arrived => Event::Arrived { task, entry: ArrivalId(self.place), fate: FATES[flag] },
            Kind::Submitted => Event::Submitted { task, parent: TaskId(self.other), pc, fate: FATES[flag] },
            Kind::Entered => Event::Entered { task, executor, fate: FATES[flag] },
            Kind::Started => Event::Started { task, executor, worker, seat: SEATS[flag] },
            Kind::Finished => Event::Finished { task },
            Kind::Failed => Event::Failed { task, failure: FAILURES[flag] },
            Kind::Cancelled => Event::Cancelled { task, by: TaskId(self.other), succeeded: flag != 0 },
            Kind::Skipped => Event::Skipped { task, executor },
            Kind::Dropped => Event::Dropped { task, executor },
            Kind::Drained => Event::Drained { task, executor },
            Kind::WorkerStarted => Event::WorkerStarted { executor, worker },
            Kind::WorkerStopped => Event::WorkerStopped { executor, worker },
            Kind::Ran => Event::Ran { task, pc },
            Kind::Blocked => Event::Blocked { task, pc },
            Kind::Yielded => Event::Yielded { task, pc },
            Kind::Ready => Event::Ready { task },
            Kind::Dispatched => Event::Dispatched { task },
            Kind::Waiting => Event::Waiting { task, pc },
            Kind::Passed => Event::Passed { task, pc },
            Kind::Resumed => Event::Resumed { task, why: WHYS[flag] },
            Kind::LeftWorker => Event::LeftWorker { task },
            Kind::TookWorker => Event::TookWorker { task, worker },
            Kind::Acquired => Event::Acquired { task, pc },
            Kind::Released => {
                let claim = match flag {
                    0 => Claim::Permits(self.other.saturating_add(1)),
                    1 => Claim::Read,
                    _ => Claim::Write,
                };
                Event::Released { task, resource: ResourceId(self.place), claim }
            }
            Kind::Read => Event::Read { task, pc, cell: CellId(self.other as u16) },
            Kind::Wrote => Event::Wrote { task, pc, value: self.other },
            Kind::Noted => Event::Noted { task, pc },
            Kind::Warned => Event::Warned { task, executor, warning: WARNINGS[flag] },
            Kind::ShutDown => Event::ShutDown { task, pc, executor: ExecutorId(self.other as u16) },
            Kind::SourceEnded => Event::SourceEnded { entry: ArrivalId(self.place) },
            Kind::Interrupted => Event::Interrupted { task, by: TaskId(self.other) },
            Kind::Swallowed => Event::Swallowed { task },
            Kind::Caught => Event::Caught { task, pc, failure: FAILURES[flag] },
            Kind::Repeated => Event::Repeated { task, series: TaskId(self.other), fate: FATES[flag] },
            Kind::Claimed => Event::Claimed { task, executor },
            Kind::Resized => Event::Resized { task, pc, executor: ExecutorId(self.other as u16) },
            Kind::Sent => Event::Sent { task, pc },
            Kind::Received => Event::Received { task, pc, sender: TaskId(self.other) },
            Kind::Closed => Event::Closed { task, pc },
            Kind::FoundClosed => Event::FoundClosed { task, pc },
            Kind::Signalled => Event::Signalled { task, pc, count: self.other },
            Kind::Relocks => Event::Relocks { task, why: WHYS[flag] },
            Kind::Counted => Event::Counted { task, pc, left: self.other },
        }
    }

    /// The 24 bytes that are saved and fingerprinted: little-endian, in this order on every machine.
    pub fn to_bytes(self) -> [u8; 24] {
        let mut bytes = [0; 24];
        bytes[0..8].copy_from_slice(&self.at.0.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.cause.0.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.task.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.other.to_le_bytes());
        bytes[20..22].copy_from_slice(&self.place.to_le_bytes());
        bytes[22] = self.kind;
        bytes[23] = self.flag;
        bytes
    }

    /// Reads what [`Record::to_bytes`] wrote; `None` if the kind or flag is none of ours. Whether the
    /// numbers name anything is for the reader of the whole file to check.
    pub fn from_bytes(bytes: [u8; 24]) -> Option<Record> {
        let word = |from: usize| u32::from_le_bytes(bytes[from..from + 4].try_into().expect("four bytes"));
        let kind = *KINDS.get(bytes[22] as usize)?;
        let flags = match kind {
            Kind::Arrived | Kind::Submitted | Kind::Entered | Kind::Repeated => FATES.len(),
            Kind::Started => SEATS.len(),
            Kind::Resumed | Kind::Relocks => WHYS.len(),
            Kind::Released => CLAIMS,
            Kind::Failed | Kind::Caught => FAILURES.len(),
            Kind::Warned => WARNINGS.len(),
            Kind::Cancelled => 2,
            Kind::Finished
            | Kind::Skipped
            | Kind::Dropped
            | Kind::Drained
            | Kind::WorkerStarted
            | Kind::WorkerStopped
            | Kind::Ran
            | Kind::Blocked
            | Kind::Yielded
            | Kind::Ready
            | Kind::Dispatched
            | Kind::Waiting
            | Kind::Passed
            | Kind::LeftWorker
            | Kind::TookWorker
            | Kind::Acquired
            | Kind::Read
            | Kind::Wrote
            | Kind::Noted
            | Kind::ShutDown
            | Kind::Claimed
            | Kind::Resized
            | Kind::SourceEnded
            | Kind::Interrupted
            | Kind::Swallowed
            | Kind::Sent
            | Kind::Received
            | Kind::Closed
            | Kind::FoundClosed
            | Kind::Signalled
            | Kind::Counted => 1,
        };
        ((bytes[23] as usize) < flags).then(|| Record {
            at: Time(u64::from_le_bytes(bytes[0..8].try_into().expect("eight bytes"))),
            cause: EventId(word(8)),
            task: word(12),
            other: word(16),
            place: u16::from_le_bytes([bytes[20], bytes[21]]),
            kind: bytes[22],
            flag: bytes[23],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_survives_packing_and_saving() {
        let (task, parent, pc) = (TaskId(7), TaskId(3), Pc(65_535));
        let (executor, worker) = (ExecutorId(2), WorkerId(u32::MAX));
        let mut events = vec![
            Event::Finished { task },
            Event::Cancelled { task, by: parent, succeeded: true },
            Event::Cancelled { task, by: parent, succeeded: false },
            Event::Skipped { task, executor },
            Event::Dropped { task, executor },
            Event::Drained { task, executor },
            Event::WorkerStarted { executor, worker },
            Event::WorkerStopped { executor, worker },
            Event::Ran { task, pc },
            Event::Blocked { task, pc },
            Event::Yielded { task, pc },
            Event::Ready { task },
            Event::Dispatched { task },
            Event::Waiting { task, pc },
            Event::Passed { task, pc },
            Event::LeftWorker { task },
            Event::TookWorker { task, worker },
            Event::Acquired { task, pc },
            Event::Released { task, resource: ResourceId(4), claim: Claim::ONE },
            Event::Released { task, resource: ResourceId(4), claim: Claim::Permits(u32::MAX) },
            Event::Released { task, resource: ResourceId(4), claim: Claim::Read },
            Event::Released { task, resource: ResourceId(4), claim: Claim::Write },
            Event::Signalled { task, pc, count: 3 },
            Event::Counted { task, pc, left: 4 },
            Event::Read { task, pc, cell: CellId(5) },
            Event::Wrote { task, pc, value: 9 },
            Event::Noted { task, pc },
            Event::ShutDown { task, pc, executor },
            Event::SourceEnded { entry: ArrivalId(1) },
            Event::Interrupted { task, by: parent },
            Event::Swallowed { task },
            Event::Claimed { task, executor },
            Event::Resized { task, pc, executor },
            Event::Sent { task, pc },
            Event::Received { task, pc, sender: parent },
            Event::Closed { task, pc },
            Event::FoundClosed { task, pc },
        ];
        for fate in FATES {
            events.push(Event::Arrived { task, entry: ArrivalId(6), fate });
            events.push(Event::Submitted { task, parent, pc, fate });
            events.push(Event::Entered { task, executor, fate });
            events.push(Event::Repeated { task, series: parent, fate });
        }
        events.extend(SEATS.map(|seat| Event::Started { task, executor, worker, seat }));
        events.extend(WHYS.map(|why| Event::Resumed { task, why }));
        events.extend(WHYS.map(|why| Event::Relocks { task, why }));
        events.extend(FAILURES.map(|failure| Event::Failed { task, failure }));
        events.extend(FAILURES.map(|failure| Event::Caught { task, pc, failure }));
        events.extend(WARNINGS.map(|warning| Event::Warned { task, executor, warning }));
        for event in events {
            let record = Record::new(Time(1 << 40), EventId(11), event);
            assert_eq!(record.event(), event);
            assert_eq!(Record::from_bytes(record.to_bytes()), Some(record));
        }
        for (i, kind) in KINDS.iter().enumerate() {
            assert_eq!(*kind as usize, i);
        }
    }

    #[test]
    fn unknown_kinds_and_flags_are_refused() {
        let mut bytes = Record::new(Time(0), EventId::NONE, Event::Finished { task: TaskId(0) }).to_bytes();
        bytes[23] = 1;
        assert_eq!(Record::from_bytes(bytes), None);
        bytes[22] = 200;
        assert_eq!(Record::from_bytes(bytes), None);
    }
}
