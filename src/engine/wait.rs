//! Waiting for children: `wait`, `result`, their timeouts, and what the worker does meanwhile (`on_wait`).

use super::calendar::{self, Due};
use super::futures::result_of;
use super::sim::Sim;
use super::task::{Flag, Future, Phase, Slot};
use super::work::{Entry, Flow};
use crate::model::executor::OnWait;
use crate::model::id::{DrawId, ExecutorId, NameId, Pc, WorkerId};
use crate::model::program::{Instruction, Program, WaitMode};
use crate::trace::event::{Event, Failure, Seat, WakeReason};
use crate::trace::recorder::Recorder;

/// What a worker of a `fork-join` pool does when its task has to wait.
pub(super) enum JoinStep {
    /// Runs this above the waiting task.
    Run(Slot),
    /// Is blocked, and another worker may take its place.
    Compensate,
    /// Is blocked, and nobody takes its place.
    Block,
}

impl<R: Recorder> Sim<'_, R> {
    /// `wait`: what the thread does if there is something to wait for.
    pub(super) fn wait(
        &mut self,
        slot: Slot,
        program: &Program,
        pc: Pc,
        names: &[NameId],
        mode: WaitMode,
        timeout: Option<DrawId>,
    ) -> Option<Flow> {
        if let ([name], WaitMode::All | WaitMode::Any) = (names, mode) {
            return self.wait_for_one(slot, program, pc, *name, timeout);
        }
        self.st.tasks[slot].flags.clear(Flag::TimedOut);
        let mut awaited = std::mem::take(&mut self.st.tasks.extra_mut(slot).awaited);
        let extra = self.st.tasks.extra(slot).expect("just made");
        match mode {
            WaitMode::Every => awaited.extend_from_slice(&extra.children),
            WaitMode::All | WaitMode::Any => {
                let latest = |name: &NameId| extra.names.get(name.index()).and_then(|(slot, _)| slot.some());
                awaited.extend(names.iter().filter_map(latest));
            }
        }
        self.st.tasks.extra_mut(slot).awaited = Vec::new();
        self.wait_for_children(slot, program, pc, awaited, mode, timeout)
    }

    /// Waits for these children; `None` if that is over already.
    pub(super) fn wait_for_children(
        &mut self,
        slot: Slot,
        program: &Program,
        pc: Pc,
        mut awaited: Vec<Slot>,
        mode: WaitMode,
        timeout: Option<DrawId>,
    ) -> Option<Flow> {
        let submitted = awaited.len();
        awaited.retain(|child| !self.st.tasks[*child].flags.has(Flag::Notified));
        let satisfied = match mode {
            WaitMode::All | WaitMode::Every => awaited.is_empty(),
            WaitMode::Any => awaited.len() < submitted || submitted == 0,
        };
        if satisfied {
            awaited.clear();
            self.st.tasks.extra_mut(slot).awaited = awaited;
            self.emit(Event::Passed { task: self.st.tasks[slot].id, pc });
            return None;
        }
        let mut remaining = 0;
        for child in &awaited {
            // A name may stand twice in one step.
            remaining += u32::from(!self.st.tasks[*child].flags.set_was(Flag::Awaited));
        }
        let extra = self.st.tasks.extra_mut(slot);
        extra.awaited = awaited;
        extra.remaining = if mode == WaitMode::Any { 1 } else { remaining };
        Some(self.begin_wait(slot, program, pc, timeout))
    }

    /// `wait NAME`: all of one and any one of it are the same.
    fn wait_for_one(
        &mut self,
        slot: Slot,
        program: &Program,
        pc: Pc,
        name: NameId,
        timeout: Option<DrawId>,
    ) -> Option<Flow> {
        self.st.tasks[slot].flags.clear(Flag::TimedOut);
        let extra = self.st.tasks.extra_mut(slot);
        if let Some((child, _)) = extra.names.get(name.index())
            && let Some(child) = child.some()
            && !self.st.tasks[child].flags.has(Flag::Notified)
        {
            self.st.tasks[child].flags.set(Flag::Awaited);
            let extra = self.st.tasks.extra_mut(slot);
            extra.awaited.push(child);
            extra.remaining = 1;
            return Some(self.begin_wait(slot, program, pc, timeout));
        }
        self.emit(Event::Passed { task: self.st.tasks[slot].id, pc });
        None
    }

    /// `result`: raises at once, goes on at once, or waits.
    pub(super) fn wait_for_result(
        &mut self,
        slot: Slot,
        program: &Program,
        pc: Pc,
        names: &[NameId],
        mode: WaitMode,
        timeout: Option<DrawId>,
    ) -> Result<Option<Flow>, Failure> {
        self.st.tasks[slot].flags.clear(Flag::TimedOut);
        let mut awaited = std::mem::take(&mut self.st.tasks.extra_mut(slot).awaited);
        let decided = self.decide_result(slot, names, mode, &mut awaited);
        if let Some(result) = decided {
            awaited.clear();
            self.st.tasks.extra_mut(slot).awaited = awaited;
            self.emit(Event::Passed { task: self.st.tasks[slot].id, pc });
            return result.map(|()| None);
        }
        let mut remaining = 0;
        for child in &awaited {
            // A name may stand twice in one step.
            remaining += u32::from(!self.st.tasks[*child].flags.set_was(Flag::Awaited));
        }
        let extra = self.st.tasks.extra_mut(slot);
        extra.awaited = awaited;
        extra.remaining = remaining;
        Ok(Some(self.begin_wait(slot, program, pc, timeout)))
    }

    /// What `result` comes to at once, if it does; otherwise lists the children that are not done.
    fn decide_result(
        &self,
        slot: Slot,
        names: &[NameId],
        mode: WaitMode,
        open: &mut Vec<Slot>,
    ) -> Option<Result<(), Failure>> {
        let extra = self.st.tasks.extra(slot)?;
        let mut failed = None;
        for name in names {
            let Some(child) = extra.names.get(name.index()).and_then(|(child, _)| child.some()) else {
                continue;
            };
            match (self.st.tasks[child].future, mode) {
                (Future::Pending | Future::Running | Future::Discarded, _) => open.push(child),
                (done, WaitMode::All | WaitMode::Every) => {
                    if let Err(failure) = result_of(done) {
                        return Some(Err(failure));
                    }
                }
                (done, WaitMode::Any) => match result_of(done) {
                    Ok(()) => return Some(Ok(())),
                    Err(failure) => failed = Some(failure),
                },
            }
        }
        open.is_empty().then(|| failed.map_or(Ok(()), Err))
    }

    /// The task waits from now on.
    #[inline(always)]
    pub(super) fn begin_wait(
        &mut self,
        slot: Slot,
        program: &Program,
        pc: Pc,
        timeout: Option<DrawId>,
    ) -> Flow {
        if program.code[pc.index()].is_interruptible()
            && let Some(flow) = self.meets_interrupt(slot)
        {
            return flow;
        }
        self.emit(Event::Waiting { task: self.st.tasks[slot].id, pc });
        self.arm_timeout(slot, program, pc, timeout);
        self.st.tasks[slot].phase = Phase::Waiting;
        let Some(home) = self.pool_home(slot) else { return Flow::Idle };
        match self.st.executors[home.index()].traits.on_wait {
            OnWait::Hold => Flow::Idle,
            OnWait::HelpChild | OnWait::HelpAny | OnWait::Join => self.help_or_hold(slot),
            OnWait::Compensate => {
                self.st.tasks[slot].flags.set(Flag::Compensated);
                self.st.pool_mut(home).compensated += 1;
                self.start_spare(home);
                // What an intake holds may start a spare worker as well.
                self.poke_upstream(home);
                Flow::Idle
            }
            OnWait::Release => self.leave_worker(slot, home),
        }
    }

    /// Sets the timer of a timeout.
    #[inline(always)]
    pub(super) fn arm_timeout(&mut self, slot: Slot, program: &Program, pc: Pc, timeout: Option<DrawId>) {
        let Some(timeout) = timeout else { return };
        let length = self.draw(slot, program, pc, timeout);
        if length.is_forever() {
            return;
        }
        let ticket = self.st.ticket();
        let (at, cause) = (self.st.now + length, self.st.cause);
        let task = &mut self.st.tasks[slot];
        task.cause = cause;
        let due = Due::Task(slot, task.wake);
        self.st.timeouts.push(calendar::Entry { at, ticket, due });
    }

    /// A timeout has come.
    pub(super) fn timed_out(&mut self, slot: Slot) {
        self.stop_waiting(slot, WakeReason::TimedOut, Failure::Timeout);
    }

    /// What the task waits for is there, or will not be waited for any longer.
    #[inline(always)]
    pub(super) fn wake_waiter(&mut self, slot: Slot, why: WakeReason, failure: Failure) {
        let extra = self.st.tasks.extra_mut(slot);
        extra.verdict = Some((why, failure));
        extra.remaining = 0;
        self.st.tasks.await_none(slot);
        let task = &mut self.st.tasks[slot];
        task.wake = task.wake.wrapping_add(1);
        // What runs above it runs to its end first.
        if !task.flags.has(Flag::Covered) {
            let cause = self.st.cause;
            self.resume(slot, why);
            if self.st.tasks[slot].phase == Phase::Ready && !self.st.tasks[slot].flags.has(Flag::LeftWorker) {
                self.ready(slot);
            }
            self.st.cause = cause;
        }
    }

    /// The wait is over: undoes what `on_wait` did. A task without a worker gets one if one is to be had.
    #[inline(always)]
    fn resume(&mut self, slot: Slot, why: WakeReason) {
        let task = &mut self.st.tasks[slot];
        task.phase = Phase::Ready;
        let task = task.id;
        self.emit(Event::Resumed { task, why });
        let Some(home) = self.pool_home(slot) else { return };
        match self.st.executors[home.index()].traits.on_wait {
            OnWait::Hold | OnWait::HelpChild => {}
            OnWait::Join => self.no_longer_blocked(slot),
            OnWait::HelpAny => {
                let worker = self.st.tasks[slot].worker;
                self.st.pool_mut(home).helpers.remove(&worker);
            }
            OnWait::Compensate => {
                if self.st.tasks[slot].flags.take(Flag::Compensated) {
                    self.st.pool_mut(home).compensated -= 1;
                    self.drop_surplus_idle(home);
                }
            }
            OnWait::Release => {
                if self.st.tasks[slot].flags.has(Flag::LeftWorker) {
                    self.come_back(slot, home);
                }
            }
        }
    }

    /// The end of a wait as the task itself sees it, at its turn.
    #[inline(always)]
    pub(super) fn end_of_wait(&mut self, slot: Slot) -> Result<(), Failure> {
        if self.st.tasks[slot].extra == super::task::NO_EXTRA {
            return Ok(());
        }
        match self.st.tasks.extra_mut(slot).verdict.take() {
            None => Ok(()),
            Some((why, failure)) => self.take_verdict(slot, why, failure),
        }
    }

    #[inline]
    fn take_verdict(&mut self, slot: Slot, why: WakeReason, failure: Failure) -> Result<(), Failure> {
        let task = &mut self.st.tasks[slot];
        match why {
            WakeReason::Done => task.flags.clear(Flag::TimedOut),
            WakeReason::Raises => return Err(failure),
            WakeReason::TimedOut => {
                let code = &self.s.tasks[task.kind.index()].program.code;
                let handled = matches!(code.get(task.pc.index() + 1), Some(Instruction::UnlessTimedOut(_)));
                if self.s.raises_on_timeout(&code[task.pc.index()]) && !handled {
                    return Err(failure);
                }
                task.flags.set(Flag::TimedOut);
            }
        }
        task.pc = Pc(task.pc.0 + 1);
        Ok(())
    }

    /// A waiting task's worker looks for work to do above it.
    pub(super) fn help_or_hold(&mut self, slot: Slot) -> Flow {
        let home = self.st.tasks[slot].home;
        loop {
            if let Some((why, _)) = self.st.tasks.extra(slot).and_then(|extra| extra.verdict) {
                self.st.tasks[slot].flags.clear(Flag::Covered);
                self.resume(slot, why);
                return Flow::Next(slot);
            }
            let Some(Entry { slot: entry, from_queue }) = self.take_to_help(slot, home) else {
                self.st.tasks[slot].flags.clear(Flag::Covered);
                // Another worker that starts now may have what ends this very wait.
                if self.st.tasks.extra(slot).is_some_and(|extra| extra.verdict.is_some()) {
                    continue;
                }
                if self.st.executors[home.index()].traits.on_wait == OnWait::HelpAny {
                    let worker = self.st.tasks[slot].worker;
                    self.st.pool_mut(home).helpers.insert(worker, slot);
                }
                // An intake may have something for a worker that would help.
                self.poke_upstream(home);
                return Flow::Rests(slot);
            };
            // Until it is known what comes of the entry, a wake-up must not touch this thread.
            self.cover(slot);
            if from_queue {
                self.room_at(home);
            }
            if self.st.tasks[entry].future == Future::Cancelled {
                self.skip(entry);
                self.free_if_unneeded(entry);
                continue;
            }
            let worker = self.st.tasks[slot].worker;
            self.seat(entry, home, worker, Seat::Above, slot);
            return Flow::Next(entry);
        }
    }

    /// Something runs above the task from now on: it helps nobody else meanwhile.
    pub(super) fn cover(&mut self, slot: Slot) {
        let task = &mut self.st.tasks[slot];
        task.flags.set(Flag::Covered);
        let (phase, home, worker) = (task.phase, task.home, task.worker);
        if phase == Phase::Waiting
            && let super::state::KindState::Pool(pool) = &mut self.st.executors[home.index()].kind
        {
            pool.helpers.remove(&worker);
        }
    }

    /// Takes what the waiting task may help with: an entry off the queue, or a submission that waits to be handed over.
    fn take_to_help(&mut self, slot: Slot, home: ExecutorId) -> Option<Entry> {
        match self.st.executors[home.index()].traits.on_wait {
            OnWait::HelpChild => {
                let awaited = &self.st.tasks.extra(slot)?.awaited;
                let is_there = |child: &&Slot| {
                    let task = &self.st.tasks[**child];
                    task.at == home && (task.phase == Phase::Queued || self.is_handed_over(**child, home))
                };
                let child = awaited.iter().find(is_there).copied()?;
                if self.st.tasks[child].phase == Phase::Unadmitted {
                    return self.take_blocked(child, home);
                }
                self.st.pool_mut(home).queue.forget_one();
                self.st.tasks[child].flags.clear(Flag::Entered);
                self.take_claimed(child, home);
                Some(Entry { slot: child, from_queue: true })
            }
            OnWait::HelpAny if self.st.executors[home.index()].traits.fork_join => {
                let worker = self.st.tasks[slot].worker;
                if R::STEPWISE && self.defers_steal(home, worker) {
                    return None;
                }
                self.next_in_fork_join(home, worker)
            }
            OnWait::HelpAny => self.next_entry(home),
            OnWait::Join => match self.join_step(slot, home) {
                JoinStep::Run(entry) => Some(Entry { slot: entry, from_queue: true }),
                JoinStep::Compensate => {
                    // A wake-up that comes of it must not touch this thread before it is known.
                    self.cover(slot);
                    self.compensate(slot);
                    None
                }
                JoinStep::Block => None,
            },
            OnWait::Hold | OnWait::Compensate | OnWait::Release => None,
        }
    }

    /// Whether a submission waits for a worker of a pool without a queue to take it from its submitter's hands.
    fn is_handed_over(&self, slot: Slot, home: ExecutorId) -> bool {
        self.s.executors[home.index()].queue == Some(0) && self.st.tasks[slot].phase == Phase::Unadmitted
    }

    /// A waiting worker that may help with a task that would otherwise queue: under `help-child` its parent's, under
    /// `help-any` the lowest.
    pub(super) fn helper_for(&self, slot: Slot, executor: ExecutorId) -> Option<Slot> {
        match self.st.executors[executor.index()].traits.on_wait {
            OnWait::HelpChild => {
                let tasks = &self.st.tasks;
                let (parent, id) = tasks[slot].parent;
                let is_free = |waiter: &super::task::Task| {
                    waiter.phase == Phase::Waiting && !waiter.flags.has(Flag::Covered)
                };
                (tasks[slot].flags.has(Flag::Awaited)
                    && tasks.is(parent, id)
                    && is_free(&tasks[parent])
                    && self.pool_home(parent) == Some(executor))
                .then_some(parent)
            }
            OnWait::HelpAny => self.st.pool(executor).helpers.first_key_value().map(|(_, helper)| *helper),
            OnWait::Hold | OnWait::Compensate | OnWait::Release | OnWait::Join => None,
        }
    }

    /// A waiting worker runs a task above its own, at its next turn.
    pub(super) fn help_with(&mut self, waiter: Slot, slot: Slot) {
        let (home, worker) = (self.st.tasks[waiter].home, self.st.tasks[waiter].worker);
        self.seat(slot, home, worker, Seat::Above, waiter);
        // A carrier that the waiter keeps runs what is above it.
        if self.st.tasks[waiter].flags.take(Flag::KeepsCarrier) {
            self.st.tasks[slot].flags.set(Flag::KeepsCarrier);
        }
        self.ready(slot);
    }

    /// `on_wait = "release"`: the task leaves its worker, which goes on with other work. A task above
    /// another on the same worker cannot.
    fn leave_worker(&mut self, slot: Slot, home: ExecutorId) -> Flow {
        if self.st.tasks[slot].seat != Seat::Worker || self.is_pinned(slot) {
            return Flow::Idle;
        }
        let task = &mut self.st.tasks[slot];
        task.flags.set(Flag::LeftWorker);
        let (id, worker) = (task.id, task.worker);
        self.emit(Event::LeftWorker { task: id });
        self.next_for_worker(home, worker)
    }

    /// A task that left its worker wants one again.
    fn come_back(&mut self, slot: Slot, home: ExecutorId) {
        let worker = match self.st.pool(home).next_idle() {
            Some(worker) => Some(worker),
            None if self.may_add_worker(home) => Some(self.add_worker(home)),
            None => None,
        };
        match worker {
            Some(worker) => {
                self.st.pool_mut(home).set_busy(worker);
                self.take_worker_back(slot, worker);
            }
            None => self.st.pool_mut(home).returning.push_back(slot),
        }
    }

    /// The task has a worker again.
    pub(super) fn take_worker_back(&mut self, slot: Slot, worker: WorkerId) {
        let task = &mut self.st.tasks[slot];
        task.flags.clear(Flag::LeftWorker);
        task.worker = worker;
        let id = task.id;
        self.emit(Event::TookWorker { task: id, worker });
    }
}
