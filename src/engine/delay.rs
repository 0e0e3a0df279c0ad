//! `delay`: a scheduler of its own holds each task for a while and then submits it into another executor
//! (Nova's `StaticallyDelayingCancellableTaskExecutorWrapper`, `nova/thread_pool_factory.py`).
//!
//! With one fixed delay the tasks leave in the order they came, so a line is enough; a drawn delay or
//! `submit … after D` leaves earliest deadline first.

use super::calendar::{Due, Entry};
use super::held::{DelayState, RELEASED};
use super::sim::Sim;
use super::state::{ExecutorState, KindState, State};
use super::task::{Flag, Future, NO_EXTRA, Phase, Slot};
use crate::model::executor::ExecutorKind;
use crate::model::id::ExecutorId;
use crate::model::time::{Duration, Time};
use crate::trace::event::SubmissionOutcome;
use crate::trace::recorder::Recorder;
use std::cmp::Reverse;

#[inline]
fn delay_of(executors: &mut [ExecutorState], wrapper: ExecutorId) -> &mut DelayState {
    executors[wrapper.index()].delay()
}

impl ExecutorState {
    /// What it holds until its time.
    #[inline(always)]
    fn delay(&mut self) -> &mut DelayState {
        match &mut self.kind {
            KindState::Delay(delay) => delay,
            KindState::Pool(pool) => &mut pool.delayed,
            KindState::Inline | KindState::Cap(_) | KindState::Bus(_) => unreachable!("only a delay delays"),
        }
    }
}

impl State {
    /// For which deadline and ticket the timer of an executor that holds tasks back is set.
    pub(super) fn scheduler_timer(&self, executor: ExecutorId) -> Option<(Time, u64)> {
        match &self.executors[executor.index()].kind {
            KindState::Delay(delay) => delay.timer,
            KindState::Pool(pool) => pool.delayed.timer,
            KindState::Inline | KindState::Cap(_) | KindState::Bus(_) => None,
        }
    }
}

impl<R: Recorder> Sim<'_, R> {
    /// Keeps a task at a `delay`. Mostly it is held as long as all others are.
    #[inline(always)]
    pub(super) fn hold_at_delay(&mut self, slot: Slot, wrapper: ExecutorId) {
        let ticket = self.st.tickets + 1;
        let task = &mut self.st.tasks[slot];
        let executor = &mut self.st.executors[wrapper.index()];
        let Some(length) = executor.traits.holds_for.filter(|_| task.extra == NO_EXTRA) else {
            return self.hold(slot, wrapper);
        };
        task.phase = Phase::Held;
        task.flags.set(Flag::Entered);
        task.cause = self.st.cause;
        self.st.tickets = ticket;
        let state = executor.delay();
        state.len += 1;
        state.line.push_back((self.st.now + length, ticket, slot, task.id));
        // If it stands behind others, the timer that is set remains the next.
        if state.timer.is_none() || state.line.len() == 1 {
            self.set_scheduler_timer(wrapper);
        }
    }

    /// Holds a task until its delay is over.
    pub(super) fn hold_for_delay(&mut self, slot: Slot, wrapper: ExecutorId) {
        let extra = self.st.tasks.extra(slot);
        let own = extra.and_then(|extra| extra.after());
        let keeps = extra.is_some_and(|extra| extra.series().is_some());
        let ExecutorKind::Delay { delay, .. } = &self.s.executors[wrapper.index()].kind else {
            let due = self.st.now + own.unwrap_or(Duration::ZERO);
            self.st.tasks.extra_mut(slot).timing_mut().due = due;
            return self.hold_until(slot, wrapper, due);
        };
        let fixed = if own.is_none() { delay.fixed() } else { None };
        let length = fixed.or(own).unwrap_or_else(|| {
            // Sites of a program's steps are small; this one is the executor's.
            let site = u32::MAX - u32::from(wrapper.0);
            let task = &self.st.tasks[slot];
            task.stream.at(site, 0).duration(delay, task.ordinal.into())
        });
        let due = self.st.now + length;
        if keeps {
            self.st.tasks.extra_mut(slot).timing_mut().due = due;
        }
        let ticket = self.st.ticket();
        let held = (due, ticket, slot, self.st.tasks[slot].id);
        let state = delay_of(&mut self.st.executors, wrapper);
        state.len += 1;
        if fixed.is_some() {
            state.line.push_back(held);
            if state.timer.is_some() && state.line.len() > 1 {
                // It stands behind others, so the timer that is set remains the next.
                return;
            }
        } else {
            state.others.push(Reverse(held));
        }
        self.set_scheduler_timer(wrapper);
    }

    /// Holds a task until a time of its own.
    pub(super) fn hold_until(&mut self, slot: Slot, executor: ExecutorId, due: Time) {
        let held = (due, self.st.ticket(), slot, self.st.tasks[slot].id);
        let state = delay_of(&mut self.st.executors, executor);
        state.len += 1;
        state.others.push(Reverse(held));
        self.set_scheduler_timer(executor);
    }

    /// Sets the timer for the head, unless a timer for it or for something earlier is set.
    #[inline(always)]
    fn set_scheduler_timer(&mut self, wrapper: ExecutorId) {
        if R::STEPWISE && self.st.exploring.rules.untimed {
            // What is held leaves when it is chosen.
            return;
        }
        let now = self.st.now;
        if let Some((at, ticket)) = delay_of(&mut self.st.executors, wrapper).next_timer(now) {
            self.st.schedulers.push(Entry { at, ticket, due: Due::Scheduler(wrapper) });
        }
    }

    /// A timer of the scheduler comes.
    pub(super) fn scheduler_timer(&mut self, wrapper: ExecutorId, entry: &Entry) {
        // Mostly it is that of the one that has been held longest, and still is.
        let state = delay_of(&mut self.st.executors, wrapper);
        if state.is_timer_of_head(entry.at, entry.ticket, &self.st.tasks)
            || self.is_scheduler_timer(wrapper, entry.at, entry.ticket)
        {
            self.go_to(entry.at);
            self.delay_is_over(wrapper);
        }
    }

    /// Whether the scheduler's timer with this deadline and ticket still means something. A timer is void
    /// when an earlier deadline overtook it, or when its task was dropped; then the next one is set.
    #[inline(always)]
    pub(super) fn is_scheduler_timer(&mut self, wrapper: ExecutorId, at: Time, ticket: u64) -> bool {
        let state = delay_of(&mut self.st.executors, wrapper);
        state.drop_forgotten(&self.st.tasks);
        if state.timer != Some((at, ticket)) {
            return false;
        }
        if state.head().is_some_and(|head| (head.0, head.1) == (at, ticket)) {
            return true;
        }
        state.timer = None;
        self.set_scheduler_timer(wrapper);
        false
    }

    /// Sets the timers anew that became void when what they were set for was dropped: one that rings and does nothing is no
    /// step that others could come before.
    pub(super) fn renew_void_timers(&mut self) {
        for executor in (0..self.st.executors.len() as u16).map(ExecutorId) {
            if let Some((at, ticket)) = self.st.scheduler_timer(executor) {
                self.is_scheduler_timer(executor, at, ticket);
            }
        }
    }

    /// In the untimed view: this task's delay is over, whatever the others'.
    pub(super) fn release_held(&mut self, wrapper: ExecutorId, slot: Slot) {
        let ticket = self.st.ticket();
        let state = delay_of(&mut self.st.executors, wrapper);
        let Some((_, _, slot, id)) = state.take_out(self.st.tasks[slot].id) else { return };
        // They leave in the order in which their delays are over.
        state.others.push(Reverse((RELEASED, ticket, slot, id)));
        // One that was released before, while the scheduler was busy, may have been dropped since.
        state.drop_forgotten(&self.st.tasks);
        self.delay_is_over(wrapper);
    }

    /// The head's delay is over. On native threads each timer hands over one task, so that those due at one
    /// instant keep their place among everything else of that instant.
    #[inline(always)]
    pub(super) fn delay_is_over(&mut self, wrapper: ExecutorId) {
        let executor = &mut self.st.executors[wrapper.index()];
        executor.delay().timer = None;
        if executor.traits.leads_to_green {
            return self.green_scheduler(wrapper);
        }
        if !executor.scheduler_busy {
            self.hand_over_head(wrapper);
            self.set_scheduler_timer(wrapper);
        }
    }

    /// The scheduler is free (again), or the green thread has come to it: hands over all that is due.
    pub(super) fn hand_over_due(&mut self, wrapper: ExecutorId) {
        loop {
            let busy = self.st.executors[wrapper.index()].scheduler_busy;
            let state = delay_of(&mut self.st.executors, wrapper);
            state.drop_forgotten(&self.st.tasks);
            if busy {
                return;
            }
            let untimed = R::STEPWISE && self.st.exploring.rules.untimed;
            let now = if untimed { RELEASED } else { self.st.now };
            if state.head().is_none_or(|(due, ..)| due > now) {
                break;
            }
            self.hand_over_head(wrapper);
        }
        self.set_scheduler_timer(wrapper);
    }

    #[inline(always)]
    fn hand_over_head(&mut self, wrapper: ExecutorId) {
        let executor = &mut self.st.executors[wrapper.index()];
        let leads_on = executor.traits.into.is_some();
        let state = executor.delay();
        let (_, _, slot, _) = state.take_head().expect("something is due");
        state.len -= 1;
        let task = &mut self.st.tasks[slot];
        self.st.cause = task.cause;
        task.flags.clear(Flag::Entered);
        let is_cancelled = task.future == Future::Cancelled;
        if !leads_on {
            return self.comes_due(slot, wrapper);
        }
        if is_cancelled {
            self.skip(slot);
            self.free_if_unneeded(slot);
        } else if self.st.tasks.extra(slot).is_some_and(|extra| extra.series().is_some()) {
            if let Some(run) = self.begin_run(slot, SubmissionOutcome::Passed) {
                self.st.tasks[run].future = Future::Running;
                self.hand_over(run, wrapper);
            }
        } else {
            self.st.tasks[slot].future = Future::Running;
            self.hand_over(slot, wrapper);
        }
        self.room_at(wrapper);
    }
}
