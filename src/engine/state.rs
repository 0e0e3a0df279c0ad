//! Everything that changes in a run, in one value that can be cloned: exploration and branching fork it.

use super::agenda::{Action, Agenda};
use super::calendar::{Calendar, Due, Entry};
use super::cap_state::CapState;
use super::carriers::GreenThreads;
use super::cores::Cpu;
use super::exploring::Exploring;
use super::held::{BusState, DelayState};
use super::instance::Instance;
use super::keys::Keys;
use super::pool::Pool;
use super::sources::Sources;
use super::task::Slot;
use super::tasks::Tasks;
use super::things::SharedState;
use super::traits::Traits;
use crate::model::executor::ExecutorKind;
use crate::model::id::{ArrivalId, ExecutorId};
use crate::model::scenario::Scenario;
use crate::model::time::Time;
use crate::model::value::Value;
use crate::trace::Limit;
use crate::trace::event::EventId;
use std::collections::VecDeque;

/// Who submitted, and therefore who waits when there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// An entry of arrivals.
    Entry(ArrivalId),
    /// A task's `submit`.
    Parent(Slot),
    /// A wrapper's scheduler.
    Scheduler(ExecutorId),
}

/// The state of an executor.
#[derive(Clone, Debug)]
pub(super) struct ExecutorState {
    /// What the hot paths ask of it; never changes.
    pub traits: Traits,
    /// Whether submissions are refused.
    pub shut: bool,
    /// Tasks submitted to it (or through it) that are not done.
    pub unfinished: u32,
    /// Tasks that wait for it to be empty.
    pub shutdown_waiters: Vec<Slot>,
    /// Tasks that await its end, each with its `wake` when it began to.
    pub termination_waiters: Vec<(Slot, u32)>,
    /// Submissions that wait for room, the longest-waiting first.
    pub blocked: VecDeque<(Slot, Origin)>,
    /// A wrapper's scheduler is blocked in a submission, or runs a task.
    pub scheduler_busy: bool,
    /// A `Action::Pump` is on the agenda.
    pub pumping: bool,
    pub kind: KindState,
}

/// What only one kind has. The kind is a byte of its own, so that asking for it is one comparison.
#[derive(Clone, Debug)]
#[repr(u8)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every executor is a pool, and each of its events reads it"
)]
pub(super) enum KindState {
    Pool(Pool),
    Inline,
    Delay(DelayState),
    Cap(CapState),
    Bus(BusState),
}

/// The state of a run.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub now: Time,
    /// The event that the next one follows from.
    pub cause: EventId,
    pub tasks: Tasks,
    /// Timers of tasks and cores, save timeouts.
    pub calendar: Calendar,
    /// Timers of the delays' schedulers, in one order with those of tasks and cores.
    pub schedulers: Calendar,
    /// Timeouts of waits: last at their instant.
    pub timeouts: Calendar,
    pub tickets: u64,
    /// What was caused at this instant and has not happened yet.
    pub agenda: Agenda,
    pub executors: Vec<ExecutorState>,
    pub sources: Sources,
    pub green: GreenThreads,
    pub cpu: Option<Cpu>,
    pub keys: Keys,
    /// Instances of semaphores and locks: one for each resource without keys, more as keys turn up.
    pub resources: Vec<Instance>,
    /// Channels, conditions, latches, barriers and servers.
    pub shared: Vec<SharedState>,
    /// Instances of cells, likewise.
    pub cells: Vec<Value>,
    /// How many arrivals there were of each task type.
    pub arrivals_of: Vec<u32>,
    /// Tasks created so far.
    pub created: u32,
    /// Of those, not done (discarded ones are).
    pub unfinished: u32,
    /// Of those, in a step that lasts for ever.
    pub resident: u32,
    /// Instructions executed at this instant.
    pub at_instant: u64,
    /// A limit was reached.
    pub given_up: Option<Limit>,
    /// Only where other orders are explored.
    pub exploring: Exploring,
}

impl State {
    pub(super) fn new(scenario: &Scenario) -> State {
        let seed = super::draw::Stream::of_seed(scenario.seed);
        State {
            now: Time::ZERO,
            cause: EventId::NONE,
            tasks: Tasks::default(),
            calendar: Calendar::default(),
            schedulers: Calendar::default(),
            timeouts: Calendar::default(),
            tickets: 0,
            agenda: Agenda::default(),
            executors: scenario
                .executors
                .iter()
                .zip(super::traits::of_all(scenario))
                .map(|(executor, traits)| ExecutorState::new(executor, scenario.runtime, traits))
                .collect(),
            sources: Sources::new(&scenario.arrivals, seed),
            green: GreenThreads::new(scenario),
            cpu: scenario.machine.map(Cpu::new),
            keys: Keys::default(),
            resources: (0u16..)
                .map(crate::model::id::ResourceId)
                .zip(&scenario.resources)
                .map(|(id, described)| Instance::new(id, described))
                .collect(),
            shared: scenario.shared.iter().map(SharedState::new).collect(),
            cells: scenario.cells.iter().map(|cell| cell.initial.clone()).collect(),
            arrivals_of: vec![0; scenario.tasks.len()],
            created: 0,
            unfinished: 0,
            resident: 0,
            at_instant: 0,
            given_up: None,
            exploring: Exploring::default(),
        }
    }
}

impl ExecutorState {
    pub(super) fn new(
        executor: &crate::model::executor::Executor,
        runtime: crate::model::runtime::Runtime,
        traits: Traits,
    ) -> ExecutorState {
        let kind = match &executor.kind {
            ExecutorKind::Threads { .. }
            | ExecutorKind::Green { .. }
            | ExecutorKind::Dynamic { .. }
            | ExecutorKind::Elastic { .. }
            | ExecutorKind::ForkJoin { .. }
            | ExecutorKind::Scheduled { .. } => KindState::Pool(Pool::new(executor, runtime)),
            ExecutorKind::Inline => KindState::Inline,
            ExecutorKind::Delay { .. } => KindState::Delay(DelayState::default()),
            ExecutorKind::Cap { caps, hand_over, .. } => KindState::Cap(CapState::new(caps, *hand_over)),
            ExecutorKind::Bus { .. } => KindState::Bus(BusState::default()),
        };
        ExecutorState {
            traits,
            shut: false,
            unfinished: 0,
            shutdown_waiters: Vec::new(),
            termination_waiters: Vec::new(),
            blocked: VecDeque::new(),
            scheduler_busy: false,
            pumping: false,
            kind,
        }
    }
}

impl State {
    #[inline]
    pub fn ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }

    /// Schedules `due` for the instant `at`.
    #[inline]
    pub fn schedule(&mut self, at: Time, due: Due) {
        let ticket = self.ticket();
        self.calendar.push(Entry { at, ticket, due });
    }

    /// The calendar that has the next timer.
    pub fn next_timers(&mut self) -> &mut Calendar {
        let State { calendar, schedulers, .. } = self;
        // Both must have looked.
        (_, _) = (calendar.next_at(), schedulers.next_at());
        if schedulers.is_before(calendar) { schedulers } else { calendar }
    }

    /// Every timer, save timeouts; stale ones included, in no particular order.
    pub fn timers(&self) -> impl Iterator<Item = Entry> + '_ {
        self.calendar.iter().chain(self.schedulers.iter())
    }

    /// Takes the timer with this ticket out.
    pub fn take_timer_out(&mut self, ticket: u64) -> Option<Entry> {
        self.calendar.take_out(ticket).or_else(|| self.schedulers.take_out(ticket))
    }

    /// Puts something on the agenda, as a consequence of the latest event.
    #[inline]
    pub fn then(&mut self, todo: Action) {
        self.agenda.push(todo, self.cause);
    }

    /// The pool behind an executor id.
    ///
    /// # Panics
    /// If that executor is no pool.
    #[inline]
    pub fn pool_mut(&mut self, executor: ExecutorId) -> &mut Pool {
        match &mut self.executors[executor.index()].kind {
            KindState::Pool(pool) => pool,
            KindState::Inline | KindState::Delay(_) | KindState::Cap(_) | KindState::Bus(_) => {
                panic!("{executor:?} is no pool")
            }
        }
    }

    #[inline]
    pub fn pool(&self, executor: ExecutorId) -> &Pool {
        match &self.executors[executor.index()].kind {
            KindState::Pool(pool) => pool,
            KindState::Inline | KindState::Delay(_) | KindState::Cap(_) | KindState::Bus(_) => {
                panic!("{executor:?} is no pool")
            }
        }
    }
}
