//! Submissions: what becomes of a task at the executor that it reaches.
//!
//! First it is decided ([`Sim::place`], which changes nothing), then told (the event carries the fate),
//! then done ([`Sim::settle`]).

use super::agenda::Action;
use super::draw::Stream;
use super::place::Place;
use super::sim::Sim;
use super::state::{KindState, Origin};
use super::task::{Flag, Flags, Future, NO_EXTRA, NO_WORKER, Phase, Slot, Task};
use super::traits::Traits;
use crate::model::executor::{AfterShutdown, ExecutorKind, OnFull};
use crate::model::id::{ArrivalId, ExecutorId, Pc, TaskId, TaskTypeId};
use crate::model::scenario::render_key;
use crate::trace::Limit;
use crate::trace::event::{Event, Seat, SubmissionOutcome, WakeReason, Warning};
use crate::trace::recorder::Recorder;

/// What a new task is made of.
pub(super) struct NewTask {
    pub kind: TaskTypeId,
    pub stream: Stream,
    pub ordinal: u32,
    pub parent: (Slot, TaskId),
    pub to: ExecutorId,
    pub key: u32,
    pub priority: i32,
    pub held: bool,
    pub awaited_by_program: bool,
}

impl<R: Recorder> Sim<'_, R> {
    /// The entry's next task arrives.
    #[inline(always)]
    pub(super) fn arrive(&mut self, entry: ArrivalId) {
        let arrivals = &self.s.arrivals[entry.index()];
        let arrived = &mut self.st.arrivals_of[arrivals.task.index()];
        let ordinal = *arrived;
        *arrived += 1;
        let stream = self.plan.type_streams[arrivals.task.index()].sibling(ordinal);
        let key = match &arrivals.key {
            Some(template) => self.st.keys.number(render_key(template, self.st.sources.count(entry))),
            None => super::keys::NO_KEY,
        };
        let Some(slot) = self.create(NewTask {
            kind: arrivals.task,
            stream,
            ordinal,
            parent: (Slot::NONE, TaskId(u32::MAX)),
            to: arrivals.to,
            key,
            priority: arrivals.priority,
            held: false,
            awaited_by_program: false,
        }) else {
            return;
        };
        let ended = self.st.sources.take(entry, &arrivals.pattern, self.st.now);
        if !ended && self.submit_plainly(slot, arrivals.to, |task, fate| Event::Arrived { task, entry, fate })
        {
            return;
        }
        let place = self.place(slot, arrivals.to, arrivals.on_full);
        let warned = self.is_backlog(arrivals.to, place);
        let task = self.st.tasks[slot].id;
        self.emit(Event::Arrived { task, entry, fate: place.fate() });
        let cause = self.st.cause;
        if ended {
            self.emit(Event::SourceEnded { entry });
            self.st.cause = cause;
        }
        self.warn_of_backlog(warned, task, arrivals.to);
        self.settle(slot, arrivals.to, place, Origin::Entry(entry));
    }

    /// Makes a task record; `None` if there are too many.
    #[inline(always)]
    pub(super) fn create(&mut self, new: NewTask) -> Option<Slot> {
        if self.st.created >= self.plan.most_tasks {
            self.give_up(Limit::Tasks);
            return None;
        }
        let id = TaskId(self.st.created);
        self.st.created += 1;
        self.st.unfinished += 1;
        self.st.executors[new.to.index()].unfinished += 1;
        let mut flags = Flags::default();
        flags.put(Flag::Held, new.held);
        flags.put(Flag::AwaitedByProgram, new.awaited_by_program);
        let slot = self.st.tasks.insert(Task {
            stream: new.stream,
            id,
            wake: 0,
            cause: self.st.cause,
            parent: new.parent,
            below: Slot::NONE,
            worker: NO_WORKER,
            extra: NO_EXTRA,
            key: new.key,
            ordinal: new.ordinal,
            kind: new.kind,
            pc: Pc(0),
            first: new.to,
            at: new.to,
            home: new.to,
            phase: Phase::Held,
            future: Future::Pending,
            seat: Seat::Worker,
            flags,
        });
        if new.priority != 0 {
            self.st.tasks.extra_mut(slot).priority = new.priority;
        }
        Some(slot)
    }

    /// The short way of a submission to a plain pool or to a delay: decides, tells (by the event that `told`
    /// makes) and does at once. Returns false and has done nothing where only the long way will do.
    #[inline(always)]
    pub(super) fn submit_plainly(
        &mut self,
        slot: Slot,
        executor: ExecutorId,
        told: impl FnOnce(TaskId, SubmissionOutcome) -> Event,
    ) -> bool {
        let state = &mut self.st.executors[executor.index()];
        let Traits { plain, bound, most, .. } = state.traits;
        if state.shut || !plain {
            return false;
        }
        if let KindState::Delay(delay) = &state.kind {
            if delay.len() >= bound {
                return false;
            }
            self.emit(told(self.st.tasks[slot].id, SubmissionOutcome::Held));
            self.hold_at_delay(slot, executor);
            return true;
        }
        let KindState::Pool(pool) = &mut state.kind else { return false };
        let task = &mut self.st.tasks[slot];
        let id = task.id;
        if let Some(worker) = pool.lowest_idle() {
            pool.set_busy(worker);
            task.sit_down(executor, worker);
            self.emit(told(id, SubmissionOutcome::Taken));
            self.st.then(Action::Turn(slot));
            return true;
        }
        // One more worker, or no room: that is the long way.
        if pool.live() < most || pool.queue.len() >= bound {
            return false;
        }
        let backlog = pool.queue.len() > 0;
        task.phase = Phase::Queued;
        task.flags.set(Flag::Entered);
        let tasks = &self.st.tasks;
        pool.queue.push((slot, id), || tasks.extra(slot).map_or(0, |extra| extra.priority.into()));
        self.emit(told(id, SubmissionOutcome::Queued));
        self.warn_of_backlog(backlog, id, executor);
        true
    }

    /// Decides what becomes of a submission to `executor`; changes nothing.
    pub(super) fn place(&self, slot: Slot, executor: ExecutorId, on_full: Option<OnFull>) -> Place {
        let state = &self.st.executors[executor.index()];
        let described = &self.s.executors[executor.index()];
        if state.shut {
            return match described.after_shutdown {
                AfterShutdown::Reject => Place::Shut,
                AfterShutdown::Discard => Place::Drop,
            };
        }
        let placed = match &state.kind {
            KindState::Pool(pool) => self.place_in_pool(slot, executor, pool),
            KindState::Inline => Some(Place::Caller),
            KindState::Delay(delay) => {
                described.queue.is_none_or(|bound| delay.len() < bound).then_some(Place::Hold)
            }
            KindState::Cap(cap) => self.place_at_cap(slot, executor, cap),
            KindState::Bus(bus) => self.place_at_bus(slot, executor, bus),
        };
        placed.unwrap_or_else(|| self.refuse(slot, executor, on_full.unwrap_or(described.on_full)))
    }

    /// What a full executor does with one more.
    fn refuse(&self, slot: Slot, executor: ExecutorId, on_full: OnFull) -> Place {
        let (described, state) = (&self.s.executors[executor.index()], &self.st.executors[executor.index()]);
        match on_full {
            OnFull::Reject => Place::Full,
            OnFull::Block => Place::Block,
            OnFull::CallerRuns => Place::Caller,
            OnFull::Discard => Place::Drop,
            OnFull::DiscardOldest => match &state.kind {
                // Java's policy polls the empty hand-over and executes again, without end: a stack overflow.
                _ if described.queue == Some(0) && matches!(described.kind, ExecutorKind::Elastic { .. }) => {
                    Place::Full
                }
                // There is nobody to go in its place.
                _ if self.oldest_entry(slot, executor).is_none() => Place::Drop,
                KindState::Pool(_) | KindState::Inline => Place::InsteadOfOldest,
                KindState::Delay(_) | KindState::Cap(_) | KindState::Bus(_) => Place::HoldInsteadOfOldest,
            },
        }
    }

    /// The entry of `executor` that has waited longest among those that the bound counts with this task.
    fn oldest_entry(&self, slot: Slot, executor: ExecutorId) -> Option<Slot> {
        match &self.st.executors[executor.index()].kind {
            KindState::Pool(pool) => pool.queue.oldest(&self.st.tasks),
            KindState::Delay(delay) => delay.oldest(&self.st.tasks),
            KindState::Cap(cap) => cap.oldest(self.st.tasks[slot].kind, &self.st.tasks),
            KindState::Bus(bus) => bus.held.front().copied(),
            KindState::Inline => None,
        }
    }

    /// Whether Nova would log a warning: a submission to native workers finds the queue non-empty and no
    /// worker idle.
    #[inline]
    pub(super) fn is_backlog(&self, executor: ExecutorId, place: Place) -> bool {
        if !self.st.executors[executor.index()].traits.native {
            return false;
        }
        let finds_no_worker = matches!(
            place,
            Place::Queue | Place::InsteadOfOldest | Place::Block | Place::Caller | Place::Drop | Place::Full
        );
        finds_no_worker && self.st.pool(executor).queue.len() > 0
    }

    #[inline]
    pub(super) fn warn_of_backlog(&mut self, warned: bool, task: TaskId, executor: ExecutorId) {
        if warned {
            let cause = self.st.cause;
            self.emit(Event::Warned { task, executor, warning: Warning::Backlog });
            self.st.cause = cause;
        }
    }

    /// Tells of a child's submission.
    pub(super) fn tell_submitted(&mut self, slot: Slot, parent: Slot, pc: Pc, place: Place) {
        let (task, parent) = (self.st.tasks[slot].id, self.st.tasks[parent].id);
        self.emit(Event::Submitted { task, parent, pc, fate: place.fate() });
    }

    /// Does what was decided.
    pub(super) fn settle(&mut self, slot: Slot, executor: ExecutorId, place: Place, origin: Origin) {
        self.resize_before(executor, place);
        if matches!(place, Place::Worker(_) | Place::NewWorker)
            && self.st.executors[executor.index()].traits.has_turns
        {
            self.takes_turn_later(slot, executor);
        }
        match place {
            Place::Worker(worker) => {
                self.is_due_now(slot, executor);
                self.st.pool_mut(executor).set_busy(worker);
                self.seat(slot, executor, worker, Seat::Worker, Slot::NONE);
                self.ready_to_start(slot, executor, origin);
            }
            Place::NewWorker => self.start_on_new_worker(slot, executor, origin),
            Place::Helper(waiter) => self.help_with(waiter, slot),
            Place::Queue => {
                self.is_due_now(slot, executor);
                self.enqueue(slot, executor);
            }
            Place::InsteadOfOldest => {
                self.drop_oldest(slot, executor);
                self.enqueue(slot, executor);
            }
            Place::HoldInsteadOfOldest => {
                self.drop_oldest(slot, executor);
                self.hold(slot, executor);
                // What was dropped may have been all that kept this one back.
                self.pump_later(executor);
            }
            Place::Hold => self.hold(slot, executor),
            Place::Pass => self.pass(slot, executor),
            Place::Caller => self.run_in_caller(slot, executor, origin),
            Place::Block => {
                self.st.tasks[slot].phase = Phase::Unadmitted;
                self.st.executors[executor.index()].blocked.push_back((slot, origin));
                self.block(origin);
            }
            Place::Drop => self.discard(slot),
            Place::Full | Place::Shut | Place::Guarded | Place::Leaf => self.reject(slot),
        }
    }

    /// Puts a task where `executor` keeps what waits there.
    #[inline(always)]
    pub(super) fn enqueue(&mut self, slot: Slot, executor: ExecutorId) {
        if !matches!(self.st.executors[executor.index()].kind, KindState::Pool(_)) {
            return self.hold(slot, executor);
        }
        let task = &mut self.st.tasks[slot];
        task.phase = Phase::Queued;
        task.flags.set(Flag::Entered);
        let id = task.id;
        let Traits { scheduled, claims, fork_join, injects, .. } = self.st.executors[executor.index()].traits;
        if fork_join && self.push_on_deque(slot, executor) {
            return;
        }
        let KindState::Pool(pool) = &mut self.st.executors[executor.index()].kind else { return };
        let tasks = &self.st.tasks;
        pool.queue.push((slot, id), || match tasks.extra(slot) {
            Some(extra) if scheduled => super::queue::rank_of_deadline(extra.due()),
            Some(extra) => extra.priority.into(),
            None => 0,
        });
        if claims {
            self.claim_ahead(executor);
        }
        if injects {
            self.set_injection(executor);
        }
    }

    fn drop_oldest(&mut self, slot: Slot, executor: ExecutorId) {
        let oldest = self.oldest_entry(slot, executor).expect("it was decided that there is one");
        match &mut self.st.executors[executor.index()].kind {
            KindState::Pool(pool) => {
                pool.queue.forget_one();
                pool.claimed -= u32::from(self.st.tasks[oldest].flags.take(Flag::Claimed));
            }
            KindState::Delay(delay) => delay.forget_one(),
            KindState::Cap(cap) => cap.forget_one(self.st.tasks[oldest].kind),
            KindState::Bus(bus) => {
                bus.held.pop_front();
            }
            KindState::Inline => unreachable!("nothing waits at an inline executor"),
        }
        let cause = self.st.cause;
        self.emit(Event::Dropped { task: self.st.tasks[oldest].id, executor });
        self.st.cause = cause;
        self.discard(oldest);
    }

    /// The submission is refused: the task ends without having started.
    fn reject(&mut self, slot: Slot) {
        let task = &mut self.st.tasks[slot];
        task.phase = Phase::Ended;
        task.future = Future::Rejected;
        self.conclude(slot);
        self.notify(slot);
        self.after_run(slot);
        self.free_if_unneeded(slot);
    }

    /// The submitter waits for room.
    fn block(&mut self, origin: Origin) {
        match origin {
            Origin::Entry(entry) => self.st.sources.hold_back(entry),
            Origin::Parent(parent) => self.st.tasks[parent].phase = Phase::Submitting,
            Origin::Scheduler(wrapper) => self.st.executors[wrapper.index()].scheduler_busy = true,
        }
    }

    /// A blocked submission found room: its submitter goes on.
    pub(super) fn admitted(&mut self, _slot: Slot, origin: Origin) {
        match origin {
            Origin::Entry(entry) => self.st.sources.resume(entry, self.st.now),
            Origin::Parent(parent) => {
                self.emit(Event::Resumed { task: self.st.tasks[parent].id, why: WakeReason::Done });
                let task = &mut self.st.tasks[parent];
                task.phase = Phase::Ready;
                self.ready(parent);
            }
            Origin::Scheduler(wrapper) => self.scheduler_is_free(wrapper),
        }
    }

    /// There is room for one more in the queue of `executor`: blocked submissions go in, the
    /// longest-waiting first; then intakes that watch it look again.
    #[inline(always)]
    pub(super) fn room_at(&mut self, executor: ExecutorId) {
        if !self.st.executors[executor.index()].blocked.is_empty() {
            self.admit_blocked(executor);
        }
        self.poke_upstream(executor);
    }

    fn admit_blocked(&mut self, executor: ExecutorId) {
        while let Some(index) = self.first_with_room(executor) {
            let blocked = &mut self.st.executors[executor.index()].blocked;
            let (slot, origin) = blocked.remove(index).expect("its index was just found");
            let cause = self.st.cause;
            // Its parent may wait with a worker that runs it at once.
            let helper = self.helper_for(slot, executor);
            let fate = match self.st.executors[executor.index()].kind {
                KindState::Pool(_) if helper.is_some() => SubmissionOutcome::Taken,
                KindState::Pool(_) => SubmissionOutcome::Queued,
                KindState::Inline | KindState::Delay(_) | KindState::Cap(_) | KindState::Bus(_) => {
                    SubmissionOutcome::Held
                }
            };
            self.emit(Event::Entered { task: self.st.tasks[slot].id, executor, fate });
            match helper {
                Some(helper) => self.help_with(helper, slot),
                None => self.enqueue(slot, executor),
            }
            self.admitted(slot, origin);
            self.st.cause = cause;
        }
    }

    /// The longest-blocked submission that there is room for: the first, save where each type has its own.
    fn first_with_room(&self, executor: ExecutorId) -> Option<usize> {
        let state = &self.st.executors[executor.index()];
        let looked_at = match state.kind {
            KindState::Cap(_) => state.blocked.len(),
            KindState::Pool(_) | KindState::Inline | KindState::Delay(_) | KindState::Bus(_) => 1,
        };
        let mut blocked = state.blocked.iter().take(looked_at);
        blocked.position(|(slot, _)| self.has_room_for_blocked(*slot, executor))
    }

    fn has_room_for_blocked(&self, slot: Slot, executor: ExecutorId) -> bool {
        let Some(bound) = self.s.executors[executor.index()].queue else { return true };
        match &self.st.executors[executor.index()].kind {
            KindState::Pool(pool) => pool.queue.len() < bound,
            KindState::Delay(delay) => delay.len() < bound,
            KindState::Cap(cap) => cap.len_of(self.st.tasks[slot].kind) < bound,
            KindState::Bus(bus) => (bus.held.len() as u32) < bound,
            KindState::Inline => true,
        }
    }
}
