//! Threads at work: whose turn it is, what a worker does when its task ends, and who runs above whom.

use super::agenda::Action;
use super::carriers::Waker;
use super::sim::Sim;
use super::state::KindState;
use super::task::{Flag, Future, NO_EXTRA, NO_WORKER, Phase, Slot};
use crate::model::id::{ExecutorId, Pc, WorkerId};
use crate::trace::event::{Event, Failure, Seat, SubmissionOutcome};
use crate::trace::recorder::Recorder;

/// What a thread does after a stretch of a task's steps.
pub(super) enum Flow {
    /// Goes on with this task in the same turn.
    Next(Slot),
    /// The same; the task was just seated, and is to be started.
    Start(Slot),
    /// Goes on with the instruction that the task has come to.
    GoOn,
    /// Is on the CPU until a timer.
    OnCpu,
    /// Nothing, for now.
    Idle,
    /// Nothing, for now: what ran above this task has ended, and it waits.
    Rests(Slot),
}

impl<R: Recorder> Sim<'_, R> {
    /// The task can go on as soon as its thread may.
    #[inline]
    pub(super) fn ready(&mut self, slot: Slot) {
        if self.st.tasks[slot].flags.has(Flag::Green) {
            self.green_ready(slot);
        } else {
            self.st.then(Action::Turn(slot));
        }
    }

    /// The task lets all that is ready go first.
    pub(super) fn yields(&mut self, slot: Slot) {
        if !self.st.tasks[slot].flags.has(Flag::Green) {
            return self.st.then(Action::Turn(slot));
        }
        if self.is_pinned(slot) {
            // It goes on there, and nobody else meanwhile.
            self.st.tasks[slot].flags.set(Flag::KeepsCarrier);
            return self.st.then(Action::Turn(slot));
        }
        self.green_yields(slot);
    }

    /// A thread goes on with its task, if it has (or needs no) core. The green thread, which paused so that others can
    /// come first, has kept its own.
    #[inline(always)]
    pub(super) fn turn(&mut self, slot: Slot) -> Option<Slot> {
        (self.st.cpu.is_none() || self.may_go_on(slot)).then_some(slot)
    }

    /// Whether the thread has a core, on a machine; if not, it queues for one.
    fn may_go_on(&mut self, slot: Slot) -> bool {
        if self.st.tasks[slot].flags.has(Flag::Green) {
            self.kept_carrier_has_core(slot)
        } else {
            self.has_core(slot)
        }
    }

    /// Lets the thread of a task run, doing `flow` first, until it has nothing to do at this instant.
    #[inline(always)]
    pub(super) fn run_thread(&mut self, slot: Slot, mut flow: Flow) {
        let mut top = slot;
        let task = &mut self.st.tasks[slot];
        let on_core = task.flags.take(Flag::OnCore);
        let green = task.flags.has(Flag::Green);
        let carrier = if green { Some(self.step_on_carrier(slot)) } else { None };
        loop {
            // In the order in which one mostly follows from the other, so that most turns come round but once.
            if let Flow::Next(next) = flow {
                if on_core {
                    self.keep_core(top, next);
                }
                top = next;
                flow = self.take_up(next);
            }
            if let Flow::GoOn = flow {
                flow = self.interpret(top);
            }
            if let Flow::Start(next) = flow {
                if on_core {
                    self.keep_core(top, next);
                }
                top = next;
                flow = self.start_and_run(next);
            }
            match flow {
                Flow::OnCpu => {
                    if on_core {
                        self.st.tasks[top].flags.set(Flag::OnCore);
                    }
                    if let Some(id) = carrier {
                        self.stay_on_carrier(id, top);
                    }
                    return;
                }
                Flow::Rests(slot) => {
                    top = slot;
                    flow = Flow::Idle;
                }
                Flow::Idle => match carrier.and_then(|_| self.eager_submitter(top)) {
                    Some(below) => flow = Flow::Next(below),
                    None => break,
                },
                Flow::Next(_) | Flow::GoOn | Flow::Start(_) => {}
            }
        }
        if let Some(id) = carrier {
            self.st.green.waker = Waker::Outside;
            self.leave_carrier(id, top);
        } else if on_core {
            self.release_core();
        }
    }

    /// The thread turns to a task.
    #[inline(always)]
    fn take_up(&mut self, slot: Slot) -> Flow {
        let task = &self.st.tasks[slot];
        match task.phase {
            Phase::Taken if task.future == Future::Cancelled => {
                self.skip(slot);
                let flow = self.after_leaving(slot);
                self.free_if_unneeded(slot);
                flow
            }
            Phase::Taken => Flow::Start(slot),
            Phase::Ready => match self.end_of_wait(slot) {
                Ok(()) => Flow::GoOn,
                Err(failure) => self.raise(slot, failure),
            },
            Phase::Woken => self.acquire_again(slot),
            phase @ (Phase::Held
            | Phase::Queued
            | Phase::Unadmitted
            | Phase::Drained
            | Phase::Timed
            | Phase::Resident
            | Phase::Waiting
            | Phase::Acquiring
            | Phase::Parked
            | Phase::Served
            | Phase::Submitting
            | Phase::Calling
            | Phase::Ended) => unreachable!("a task that is {phase:?} has no turn"),
        }
    }

    /// The task begins with its first instruction.
    pub(super) fn start(&mut self, slot: Slot) {
        if R::STEPWISE {
            self.starts_in_view();
        }
        let task = &mut self.st.tasks[slot];
        task.phase = Phase::Ready;
        task.future = Future::Running;
        task.pc = Pc(0);
        let event =
            Event::Started { task: task.id, executor: task.home, worker: task.worker, seat: task.seat };
        self.emit(event);
    }

    /// The task comes to its end; says what its thread does next.
    #[inline(always)]
    pub(super) fn finish(&mut self, slot: Slot) -> Flow {
        if R::STEPWISE {
            self.st.exploring.ended(slot);
        }
        if self.st.tasks[slot].future == Future::Cancelled {
            return self.end_detached(slot, None);
        }
        let task = &mut self.st.tasks[slot];
        task.phase = Phase::Ended;
        task.future = Future::Finished;
        let id = task.id;
        let (home, worker, has_extra) = (task.home, task.worker, task.extra != NO_EXTRA);
        let is_wanted = task.flags.has_any([Flag::Held, Flag::Awaited, Flag::Entered]);
        let executor = &mut self.st.executors[home.index()];
        // It came straight to a plain pool whose end nobody waits for, and is no run of a series: the short way.
        let plain = task.first == home
            && task.at == home
            && task.seat == Seat::Worker
            && !task.flags.has(Flag::Recurring)
            && executor.traits.plain
            && executor.shutdown_waiters.is_empty()
            && executor.termination_waiters.is_empty();
        executor.unfinished -= u32::from(plain);
        self.emit(Event::Finished { task: id });
        if !plain {
            return self.end(slot);
        }
        self.st.unfinished -= 1;
        if is_wanted {
            self.notify(slot);
        }
        if has_extra {
            self.drop_children(slot);
            self.st.tasks.drop_extra(slot);
        }
        if is_wanted {
            let flow = self.next_in_plain_pool(home, worker);
            self.free_if_unneeded(slot);
            return flow;
        }
        self.st.tasks.free(slot);
        self.next_in_plain_pool(home, worker)
    }

    /// The task ends by what it raises.
    #[cold]
    pub(super) fn fail(&mut self, slot: Slot, failure: Failure) -> Flow {
        if R::STEPWISE {
            self.st.exploring.ended(slot);
        }
        if self.st.tasks[slot].future == Future::Cancelled {
            return self.end_detached(slot, Some(failure));
        }
        let task = &mut self.st.tasks[slot];
        task.phase = Phase::Ended;
        task.future = if failure == Failure::Cancelled { Future::Cancelled } else { Future::Failed };
        let task = task.id;
        self.emit(Event::Failed { task, failure });
        if self.plan.has_scopes && failure != Failure::Cancelled {
            let cause = self.st.cause;
            self.tell_scope(slot);
            self.st.cause = cause;
        }
        self.end(slot)
    }

    /// The body ends of a task whose future was cancelled while it ran: nobody is told.
    #[cold]
    fn end_detached(&mut self, slot: Slot, failure: Option<Failure>) -> Flow {
        let task = &mut self.st.tasks[slot];
        task.phase = Phase::Ended;
        let task = task.id;
        self.emit(match failure {
            Some(failure) => Event::Failed { task, failure },
            None => Event::Finished { task },
        });
        self.leave_executors(slot, false);
        self.leave_thread(slot)
    }

    /// The task has ended, and that is told.
    fn end(&mut self, slot: Slot) -> Flow {
        self.conclude(slot);
        self.notify(slot);
        self.leave_thread(slot)
    }

    /// The task has ended, and everybody knows: what its thread does next.
    #[inline]
    fn leave_thread(&mut self, slot: Slot) -> Flow {
        let task = &self.st.tasks[slot];
        let (has_extra, below, seat) = (task.extra != NO_EXTRA, task.below, task.seat);
        let (home, worker) = (task.home, task.worker);
        self.after_run(slot);
        if has_extra {
            self.drop_children(slot);
            self.st.tasks.drop_extra(slot);
        }
        let flow = if seat == Seat::Worker && below == Slot::NONE {
            self.next_for_worker(home, worker)
        } else {
            self.after_leaving(slot)
        };
        self.free_if_unneeded(slot);
        flow
    }

    /// What the thread of a task that ended, or was skipped, does next.
    fn after_leaving(&mut self, slot: Slot) -> Flow {
        let task = &self.st.tasks[slot];
        let (home, worker, seat) = (task.home, task.worker, task.seat);
        if let Some(below) = task.below.some() {
            if self.st.tasks[slot].flags.take(Flag::Eager) {
                self.vacate_eagerly(home, worker, below);
            }
            return self.uncover(below);
        }
        match seat {
            Seat::Worker => self.next_for_worker(home, worker),
            Seat::Own => Flow::Idle,
            Seat::Scheduler => {
                self.scheduler_is_free(home);
                Flow::Idle
            }
            Seat::Above | Seat::Caller => unreachable!("somebody is below"),
        }
    }

    /// Nothing runs above `below` any more.
    fn uncover(&mut self, below: Slot) -> Flow {
        let task = &mut self.st.tasks[below];
        task.flags.clear(Flag::Covered);
        match task.phase {
            Phase::Calling => {
                task.phase = Phase::Ready;
                Flow::Next(below)
            }
            Phase::Waiting => self.help_or_hold(below),
            phase => unreachable!("nothing runs above a task that is {phase:?}"),
        }
    }

    /// Gives a free worker its next task: one that returns from a wait, then the head of the queue, then
    /// a submission that waits for room.
    #[inline(always)]
    pub(super) fn next_for_worker(&mut self, home: ExecutorId, worker: WorkerId) -> Flow {
        if self.st.executors[home.index()].traits.plain {
            return self.next_in_plain_pool(home, worker);
        }
        self.next_for_thread(home, worker, false)
    }

    /// The same in a plain pool, where nobody returns, stands in or watches: the head of the queue is all there is.
    #[inline(always)]
    fn next_in_plain_pool(&mut self, home: ExecutorId, worker: WorkerId) -> Flow {
        let executor = &mut self.st.executors[home.index()];
        let KindState::Pool(pool) = &mut executor.kind else { unreachable!("a worker belongs to a pool") };
        if executor.blocked.is_empty() {
            let Some(slot) = pool.queue.pop(&self.st.tasks) else {
                pool.set_idle(worker);
                return Flow::Idle;
            };
            let task = &mut self.st.tasks[slot];
            if task.future != Future::Cancelled {
                task.sit_down(home, worker);
                return Flow::Start(slot);
            }
            task.flags.clear(Flag::Entered);
            self.skip(slot);
            self.free_if_unneeded(slot);
        }
        self.next_for_thread(home, worker, false)
    }

    /// The same for a worker that is new: it may start the entry it takes only later, so that is told.
    pub(super) fn next_for_thread(&mut self, home: ExecutorId, worker: WorkerId, new: bool) -> Flow {
        loop {
            // A cancelled entry that was met may have woken a waiter, so both questions come up again.
            if self.is_surplus(home) {
                self.st.pool_mut(home).drop_worker(worker);
                self.emit(Event::WorkerStopped { executor: home, worker });
                return Flow::Idle;
            }
            if let Some(slot) = self.st.pool_mut(home).returning.pop_front() {
                self.take_worker_back(slot, worker);
                return Flow::Next(slot);
            }
            let is_fork_join = self.st.executors[home.index()].traits.fork_join;
            let next = match is_fork_join {
                true if self.is_too_many(home) => None,
                true if R::STEPWISE && !new && self.defers_steal(home, worker) => None,
                true => self.next_in_fork_join(home, worker),
                false => self.next_entry(home),
            };
            let Entry { slot, from_queue } = match next {
                Some(entry) => entry,
                None => {
                    self.rest(home, worker);
                    self.poke_upstream(home);
                    return Flow::Idle;
                }
            };
            if from_queue {
                self.room_at(home);
                if self.st.tasks[slot].future == Future::Cancelled {
                    self.skip(slot);
                    self.free_if_unneeded(slot);
                    continue;
                }
                if new {
                    let task = self.st.tasks[slot].id;
                    self.emit(Event::Entered { task, executor: home, fate: SubmissionOutcome::Taken });
                }
            }
            let Some(slot) = self.what_runs(slot) else {
                self.rest(home, worker);
                return Flow::Idle;
            };
            self.seat(slot, home, worker, Seat::Worker, Slot::NONE);
            return Flow::Next(slot);
        }
    }

    /// The next entry of the queue, or the longest-blocked submission if nothing is queued.
    #[inline(always)]
    pub(super) fn next_entry(&mut self, home: ExecutorId) -> Option<Entry> {
        if self.st.executors[home.index()].traits.has_turns {
            return self.next_at_turn(home);
        }
        let executor = &mut self.st.executors[home.index()];
        let KindState::Pool(pool) = &mut executor.kind else { unreachable!("a worker belongs to a pool") };
        if let Some(slot) = pool.queue.pop(&self.st.tasks) {
            self.st.tasks[slot].flags.clear(Flag::Entered);
            if self.st.executors[home.index()].traits.claims {
                self.take_claimed(slot, home);
            }
            return Some(Entry { slot, from_queue: true });
        }
        let (slot, _) = *executor.blocked.front()?;
        self.take_blocked(slot, home)
    }

    /// The next entry whose turn may come: one of a full group goes to the tail.
    fn next_at_turn(&mut self, home: ExecutorId) -> Option<Entry> {
        for _ in 0..self.st.pool(home).queue.len() {
            let KindState::Pool(pool) = &mut self.st.executors[home.index()].kind else { return None };
            let slot = pool.queue.pop(&self.st.tasks)?;
            if self.has_room_at_turn(slot, home) {
                self.st.tasks[slot].flags.clear(Flag::Entered);
                self.takes_turn(slot, home);
                return Some(Entry { slot, from_queue: true });
            }
            let id = self.st.tasks[slot].id;
            self.st.pool_mut(home).queue.push((slot, id), || 0);
        }
        None
    }

    /// Takes a submission that waits for room: its submitter goes on.
    pub(super) fn take_blocked(&mut self, slot: Slot, home: ExecutorId) -> Option<Entry> {
        let blocked = &mut self.st.executors[home.index()].blocked;
        let index = blocked.iter().position(|(other, _)| *other == slot)?;
        let (slot, origin) = blocked.remove(index)?;
        let cause = self.st.cause;
        self.emit(Event::Entered {
            task: self.st.tasks[slot].id,
            executor: home,
            fate: SubmissionOutcome::Taken,
        });
        self.admitted(slot, origin);
        self.st.cause = cause;
        Some(Entry { slot, from_queue: false })
    }

    /// Puts a task on a thread; it starts at its turn.
    #[inline(always)]
    pub(super) fn seat(&mut self, slot: Slot, home: ExecutorId, worker: WorkerId, seat: Seat, below: Slot) {
        let green = match (seat, below.some()) {
            (Seat::Worker, _) => self.st.executors[home.index()].traits.green,
            (Seat::Own, _) => false,
            (Seat::Scheduler, _) => self.st.executors[home.index()].traits.leads_to_green,
            (Seat::Above | Seat::Caller, Some(below)) => self.st.tasks[below].flags.has(Flag::Green),
            (Seat::Above | Seat::Caller, None) => unreachable!("somebody is below"),
        };
        if let Some(below) = below.some() {
            self.cover(below);
        }
        let task = &mut self.st.tasks[slot];
        task.phase = Phase::Taken;
        task.home = home;
        task.worker = worker;
        task.seat = seat;
        task.below = below;
        task.flags.put(Flag::Green, green);
    }

    /// The pool that the task's thread is a worker of.
    pub(super) fn pool_home(&self, slot: Slot) -> Option<ExecutorId> {
        let task = &self.st.tasks[slot];
        (task.worker != NO_WORKER).then_some(task.home)
    }

    /// A cancelled entry is met: it leaves, and a wait for it ends.
    pub(super) fn skip(&mut self, slot: Slot) {
        if R::STEPWISE {
            // Who waits for it can notice.
            self.st.exploring.stepped = true;
        }
        let task = &mut self.st.tasks[slot];
        task.flags.clear(Flag::Entered);
        task.phase = Phase::Ended;
        let event = Event::Skipped { task: task.id, executor: task.at };
        let cause = self.st.cause;
        self.emit(event);
        self.notify(slot);
        self.st.cause = cause;
    }
}

/// An entry that a worker takes.
pub(super) struct Entry {
    pub slot: Slot,
    /// Otherwise it comes out of its submitter's hands.
    pub from_queue: bool,
}
