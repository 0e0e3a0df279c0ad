//! What is noticed on the way through a trace: the first time and the worst time of things.
//!
//! Invariant: constant time an event, and nothing at all for most of them.

use super::beat::BeatKind;
use crate::analysis::state::State;
use crate::model::id::{ArrivalId, ExecutorId, ResourceId, TaskId};
use crate::model::program::Instruction;
use crate::model::scenario::Scenario;
use crate::model::time::Time;
use crate::trace::event::{Event, EventId, Seat, SubmissionOutcome, WakeReason};

/// A moment that may become a beat.
#[derive(Clone, Copy, Debug)]
pub(super) struct BeatCandidate {
    pub(super) kind: BeatKind,
    pub(super) event: EventId,
    pub(super) at: Time,
    /// Until when it remains so, if it does not end at once.
    pub(super) until: Option<Time>,
    pub(super) task: Option<TaskId>,
    pub(super) executor: Option<ExecutorId>,
    pub(super) resource: Option<ResourceId>,
    /// A length or a count that goes with it.
    pub(super) count: u32,
}

/// The event that the scan is at.
#[derive(Clone, Copy)]
struct CurrentEvent {
    id: EventId,
    at: Time,
}

impl BeatCandidate {
    fn new(kind: BeatKind, now: CurrentEvent, task: Option<TaskId>) -> BeatCandidate {
        BeatCandidate {
            kind,
            event: now.id,
            at: now.at,
            until: None,
            task,
            executor: None,
            resource: None,
            count: 0,
        }
    }
}

/// What the scan has noticed of one executor.
#[derive(Clone, Copy, Default)]
struct ExecutorNotes {
    is_seen: [bool; 5],
    peak: u32,
    peak_at: Option<(EventId, Time)>,
    /// Where its [`BeatKind::Full`] stands while it lasts.
    full: Option<usize>,
}

/// The kinds of beats that each executor has once.
#[derive(Clone, Copy)]
enum OncePerExecutor {
    Queued,
    Full,
    Held,
    NoRoom,
    ShutDown,
}

impl OncePerExecutor {
    fn kind(self) -> BeatKind {
        match self {
            OncePerExecutor::Queued => BeatKind::Queued,
            OncePerExecutor::Full => BeatKind::Full,
            OncePerExecutor::Held => BeatKind::Held,
            OncePerExecutor::NoRoom => BeatKind::NoRoom,
            OncePerExecutor::ShutDown => BeatKind::ShutDown,
        }
    }
}

/// Goes through a trace.
pub(crate) struct Scan {
    pub(super) moments: Vec<BeatCandidate>,
    /// The tasks of the first instant at which any arrive.
    pub(super) first_arrivals: Vec<TaskId>,
    first_arrival: Option<Time>,
    places: Vec<ExecutorNotes>,
    /// Which resources somebody has waited for, and which somebody has taken.
    resources: Vec<[bool; 2]>,
    /// Which kinds have been noticed: a bit for each.
    seen: u64,
    open: usize,
}

impl Scan {
    /// Before the first event.
    pub(crate) fn new(scenario: &Scenario) -> Scan {
        Scan {
            moments: Vec::new(),
            first_arrivals: Vec::new(),
            first_arrival: None,
            places: vec![ExecutorNotes::default(); scenario.executors.len()],
            resources: vec![[false; 2]; scenario.resources.len()],
            seen: 0,
            open: 0,
        }
    }

    /// Takes the next event; `state` is the state after it.
    pub(crate) fn see(&mut self, id: EventId, at: Time, event: Event, state: &State) {
        let now = CurrentEvent { id, at };
        match event {
            Event::Arrived { task, entry, fate } => self.arrived(now, task, entry, fate, state),
            Event::Submitted { task, fate, .. } => {
                self.once(BeatKind::Child, now, task, None);
                let to = state.task(task).map(|task| task.executor);
                self.placed(now, task, to, fate, state);
            }
            Event::Entered { task, executor, fate } => self.placed(now, task, Some(executor), fate, state),
            Event::Started { task, executor, seat, .. } => self.started(now, task, executor, seat, state),
            Event::Finished { task } | Event::Skipped { task, .. } => self.ended(now, task, state),
            Event::Failed { task, .. } => {
                self.once(BeatKind::Failed, now, task, None);
                self.ended(now, task, state);
            }
            Event::Cancelled { task, succeeded: true, .. } => {
                self.once(BeatKind::Cancelled, now, task, None);
            }
            Event::Dropped { task, executor } | Event::Drained { task, executor } => {
                self.once(BeatKind::Discarded, now, task, Some(executor));
            }
            Event::Waiting { task, .. } => self.waits(now, task, state),
            Event::Acquired { task, .. } => self.acquired(now, task, state),
            Event::Resumed { task, why: WakeReason::TimedOut } => {
                self.once(BeatKind::TimedOut, now, task, None);
            }
            Event::ShutDown { task, executor, .. } => {
                self.once_at(OncePerExecutor::ShutDown, executor, now, task, 0);
            }
            Event::Cancelled { succeeded: false, .. }
            | Event::Resumed { why: WakeReason::Done | WakeReason::Raises, .. }
            | Event::WorkerStarted { .. }
            | Event::WorkerStopped { .. }
            | Event::Ran { .. }
            | Event::Blocked { .. }
            | Event::Yielded { .. }
            | Event::Ready { .. }
            | Event::Dispatched { .. }
            | Event::Passed { .. }
            | Event::LeftWorker { .. }
            | Event::TookWorker { .. }
            | Event::Released { .. }
            | Event::Read { .. }
            | Event::Wrote { .. }
            | Event::Noted { .. }
            | Event::Sent { .. }
            | Event::Received { .. }
            | Event::Closed { .. }
            | Event::FoundClosed { .. }
            | Event::Signalled { .. }
            | Event::Relocks { .. }
            | Event::Counted { .. }
            | Event::Warned { .. }
            | Event::SourceEnded { .. }
            | Event::Interrupted { .. }
            | Event::Swallowed { .. }
            | Event::Caught { .. }
            | Event::Repeated { .. }
            | Event::Claimed { .. }
            | Event::Resized { .. } => {}
        }
    }

    fn arrived(
        &mut self,
        now: CurrentEvent,
        task: TaskId,
        entry: ArrivalId,
        fate: SubmissionOutcome,
        state: &State,
    ) {
        let to = state.scenario().arrivals[entry.index()].to;
        self.once(BeatKind::Arrival, now, task, Some(to));
        if *self.first_arrival.get_or_insert(now.at) == now.at {
            self.first_arrivals.push(task);
        }
        self.placed(now, task, Some(to), fate, state);
    }

    /// A submission has come out so.
    fn placed(
        &mut self,
        now: CurrentEvent,
        task: TaskId,
        to: Option<ExecutorId>,
        fate: SubmissionOutcome,
        state: &State,
    ) {
        match fate {
            SubmissionOutcome::Queued | SubmissionOutcome::Held => {
                let Some(to) = to else { return };
                let waiting = state.executor(to).waiting;
                let is_held = fate == SubmissionOutcome::Held;
                let once = if is_held { OncePerExecutor::Held } else { OncePerExecutor::Queued };
                self.once_at(once, to, now, task, waiting);
                let place = &mut self.places[to.index()];
                if waiting > place.peak {
                    (place.peak, place.peak_at) = (waiting, Some((now.id, now.at)));
                }
            }
            SubmissionOutcome::Blocked => {
                let Some(to) = to else { return };
                self.once_at(OncePerExecutor::NoRoom, to, now, task, state.executor(to).waiting);
            }
            SubmissionOutcome::Full
            | SubmissionOutcome::ShutDown
            | SubmissionOutcome::Guarded
            | SubmissionOutcome::Leaf => self.once(BeatKind::Refused, now, task, to),
            SubmissionOutcome::Dropped => self.once(BeatKind::Discarded, now, task, to),
            SubmissionOutcome::Taken | SubmissionOutcome::Passed | SubmissionOutcome::InCaller => {}
        }
    }

    fn started(&mut self, now: CurrentEvent, task: TaskId, executor: ExecutorId, seat: Seat, state: &State) {
        self.once(BeatKind::Start, now, task, Some(executor));
        if seat == Seat::Above {
            self.once(BeatKind::Helped, now, task, Some(executor));
        }
        let Some(workers) = state.scenario().executors[executor.index()].workers() else { return };
        if state.executor(executor).busy >= workers
            && !self.places[executor.index()].is_seen[OncePerExecutor::Full as usize]
        {
            self.places[executor.index()].full = Some(self.moments.len());
            self.open += 1;
            self.once_at(OncePerExecutor::Full, executor, now, task, workers);
        }
    }

    fn ended(&mut self, now: CurrentEvent, task: TaskId, state: &State) {
        self.once(BeatKind::FirstEnd, now, task, None);
        if self.open == 0 {
            return;
        }
        for (number, place) in self.places.iter_mut().enumerate() {
            let Some(moment) = place.full else { continue };
            let executor = ExecutorId(number as u16);
            let workers = state.scenario().executors[number].workers().unwrap_or(0);
            // At one instant the next task follows the one that ended.
            if state.executor(executor).busy + state.executor(executor).waiting < workers {
                self.moments[moment].until = Some(now.at);
                place.full = None;
                self.open -= 1;
            }
        }
    }

    fn waits(&mut self, now: CurrentEvent, task: TaskId, state: &State) {
        let Some(known) = state.task(task) else { return };
        if let Some(resource) = state.awaited_resource(known) {
            if !std::mem::replace(&mut self.resources[resource.index()][0], true) {
                let moment = BeatCandidate::new(BeatKind::RunOut, now, Some(task));
                self.moments.push(BeatCandidate { resource: Some(resource), ..moment });
            }
        } else if matches!(
            state.instruction(known),
            Some(Instruction::Wait { .. } | Instruction::Result { .. } | Instruction::JoinScope)
        ) {
            self.once(BeatKind::Waiting, now, task, None);
        }
    }

    fn acquired(&mut self, now: CurrentEvent, task: TaskId, state: &State) {
        let Some(known) = state.task(task) else { return };
        let Some(Instruction::Acquire { resource, .. }) = state.instruction(known) else { return };
        if !std::mem::replace(&mut self.resources[resource.index()][1], true) {
            let moment = BeatCandidate::new(BeatKind::Taken, now, Some(task));
            self.moments.push(BeatCandidate { resource: Some(*resource), ..moment });
        }
    }

    /// Notices something the first time that it happens anywhere.
    fn once(&mut self, kind: BeatKind, now: CurrentEvent, task: TaskId, executor: Option<ExecutorId>) {
        let bit = 1_u64 << kind as u32;
        if self.seen & bit == 0 {
            self.seen |= bit;
            self.moments.push(BeatCandidate { executor, ..BeatCandidate::new(kind, now, Some(task)) });
        }
    }

    /// Notices something the first time that it happens at this executor.
    fn once_at(
        &mut self,
        once: OncePerExecutor,
        executor: ExecutorId,
        now: CurrentEvent,
        task: TaskId,
        count: u32,
    ) {
        let seen = &mut self.places[executor.index()].is_seen[once as usize];
        if !std::mem::replace(seen, true) {
            let moment = BeatCandidate::new(once.kind(), now, Some(task));
            self.moments.push(BeatCandidate { count, executor: Some(executor), ..moment });
        }
    }

    /// The longest queue of each executor that ever held more than one.
    pub(super) fn peaks(&self) -> impl Iterator<Item = BeatCandidate> + '_ {
        self.places.iter().enumerate().filter(|(_, place)| place.peak > 1).filter_map(|(number, place)| {
            let (event, at) = place.peak_at?;
            let executor = Some(ExecutorId(number as u16));
            let moment = BeatCandidate::new(BeatKind::LongestQueue, CurrentEvent { id: event, at }, None);
            Some(BeatCandidate { count: place.peak, executor, ..moment })
        })
    }
}
