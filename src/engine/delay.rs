//! `delay`: a scheduler of its own holds each task for a while and then submits it into another executor
//! (Nova's `StaticallyDelayingCancellableTaskExecutorWrapper`, `nova/thread_pool_factory.py`).
//!
//! With one fixed delay the tasks leave in the order they came, so a line is enough; a drawn delay or
//! `submit … after D` leaves earliest deadline first.

use super::Sim;
use super::calendar::{Due, Entry};
use super::state::{ExecutorState, KindState};
use super::task::{Flag, Future, Slot, Tasks};
use crate::model::executor::Kind;
use crate::model::id::{ExecutorId, TaskId};
use crate::model::time::{Duration, Time};
use crate::trace::event::SubmissionOutcome;
use crate::trace::recorder::Recorder;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// A held task: when it is due, then which came first.
pub(super) type Held = (Time, u64, Slot, TaskId);

/// The deadline of what may leave at once, in the untimed view.
pub(super) const RELEASED: Time = Time::ZERO;

/// What a delay holds.
#[derive(Clone, Debug, Default)]
pub(super) struct DelayState {
    /// Tasks held for the executor's own fixed delay: due in this order.
    pub(super) line: VecDeque<Held>,
    /// Tasks with a delay of their own.
    pub(super) others: BinaryHeap<Reverse<Held>>,
    len: u32,
    /// For which deadline (and ticket) the scheduler's timer is set.
    pub(super) timer: Option<(Time, u64)>,
}

impl DelayState {
    /// How many it holds, cancelled ones included.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Notes that one was dropped.
    pub fn forget_one(&mut self) {
        self.len -= 1;
    }

    /// The one that is due first.
    #[inline]
    fn head(&self) -> Option<Held> {
        let first = self.line.front().copied();
        match (first, self.others.peek()) {
            (first, None) => first,
            (Some(a), Some(Reverse(b))) => Some(a.min(*b)),
            (None, Some(Reverse(b))) => Some(*b),
        }
    }

    #[inline]
    fn pop_head(&mut self) {
        match (self.line.front(), self.others.peek()) {
            (_, None) => drop(self.line.pop_front()),
            (Some(a), Some(Reverse(b))) if a < b => drop(self.line.pop_front()),
            (_, Some(_)) => drop(self.others.pop()),
        }
    }

    /// Takes entries that were dropped for later ones off the head.
    #[inline]
    fn drop_forgotten(&mut self, tasks: &Tasks) {
        while let Some((_, _, slot, id)) = self.head()
            && !is_held(tasks, slot, id)
        {
            self.pop_head();
        }
    }

    /// For which deadline and ticket a timer is to be set: the head's, unless one for it or for something
    /// earlier is set. (If the head was due before now, the scheduler will come to it once it is free, or the green thread.)
    #[inline]
    fn next_timer(&mut self, now: Time) -> Option<(Time, u64)> {
        let (due, ticket, _, _) = self.head()?;
        if due == Time::NEVER || due < now || self.timer.is_some_and(|timer| timer <= (due, ticket)) {
            return None;
        }
        self.timer = Some((due, ticket));
        self.timer
    }

    /// Takes a task's entry out. Entries of tasks that were dropped may still stand here, and their slots may be others'
    /// by now: only the id tells whose an entry is.
    fn take_out(&mut self, id: TaskId) -> Option<Held> {
        if let Some(index) = self.line.iter().position(|held| held.3 == id) {
            return self.line.remove(index);
        }
        let held = self.others.iter().map(|Reverse(held)| *held).find(|held| held.3 == id)?;
        self.others.retain(|Reverse(other)| other.3 != id);
        Some(held)
    }

    /// The one that has been held longest.
    pub fn oldest(&self, tasks: &Tasks) -> Option<Slot> {
        let others = self.others.iter().map(|Reverse(held)| held);
        let held = self.line.iter().chain(others).filter(|(_, _, slot, id)| is_held(tasks, *slot, *id));
        held.min_by_key(|(_, ticket, _, _)| *ticket).map(|held| held.2)
    }
}

pub(super) fn is_held(tasks: &Tasks, slot: Slot, id: TaskId) -> bool {
    tasks.is(slot, id) && tasks[slot].flags.has(Flag::Entered)
}

#[inline]
fn delay_of(executors: &mut [ExecutorState], wrapper: ExecutorId) -> &mut DelayState {
    match &mut executors[wrapper.index()].kind {
        KindState::Delay(delay) => delay,
        KindState::Pool(pool) => &mut pool.delayed,
        KindState::Inline | KindState::Cap(_) | KindState::Bus(_) => unreachable!("only a delay delays"),
    }
}

impl<R: Recorder> Sim<'_, R> {
    /// Holds a task until its delay is over.
    pub(super) fn hold_for_delay(&mut self, slot: Slot, wrapper: ExecutorId) {
        let extra = self.st.tasks.extra(slot);
        let own = extra.and_then(|extra| extra.after);
        let keeps = extra.is_some_and(|extra| extra.series.is_some());
        let Kind::Delay { delay, .. } = &self.s.executors[wrapper.index()].kind else {
            let due = self.st.now + own.unwrap_or(Duration::ZERO);
            self.st.tasks.extra_mut(slot).due = due;
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
            self.st.tasks.extra_mut(slot).due = due;
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
        if self.is_scheduler_timer(wrapper, entry.at, entry.ticket) {
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

    /// In the untimed view: this task's delay is over, whatever the others'.
    pub(super) fn release_held(&mut self, wrapper: ExecutorId, slot: Slot) {
        let state = delay_of(&mut self.st.executors, wrapper);
        let Some(held) = state.take_out(self.st.tasks[slot].id) else { return };
        state.others.push(Reverse((RELEASED, held.1, held.2, held.3)));
        // One that was released before, while the scheduler was busy, may have been dropped since.
        state.drop_forgotten(&self.st.tasks);
        self.delay_is_over(wrapper);
    }

    /// The head's delay is over. On native threads each timer hands over one task, so that those due at one
    /// instant keep their place among everything else of that instant.
    #[inline(always)]
    pub(super) fn delay_is_over(&mut self, wrapper: ExecutorId) {
        delay_of(&mut self.st.executors, wrapper).timer = None;
        if self.plan.leads_to_green[wrapper.index()] {
            return self.green_scheduler(wrapper);
        }
        if !self.st.executors[wrapper.index()].scheduler_busy {
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
        let state = delay_of(&mut self.st.executors, wrapper);
        let (_, _, slot, _) = state.head().expect("something is due");
        state.pop_head();
        state.len -= 1;
        let task = &mut self.st.tasks[slot];
        self.st.cause = task.cause;
        task.flags.clear(Flag::Entered);
        if self.s.executors[wrapper.index()].wraps().is_none() {
            return self.comes_due(slot, wrapper);
        }
        if self.st.tasks[slot].future == Future::Cancelled {
            self.skip(slot);
            self.free_if_unneeded(slot);
        } else if self.st.tasks.extra(slot).is_some_and(|extra| extra.series.is_some()) {
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
