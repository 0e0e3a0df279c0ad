//! `delay`: a scheduler of its own holds each task for a while and then submits it into another executor
//! (Nova's `StaticallyDelayingCancellableTaskExecutorWrapper`, `nova/thread_pool_factory.py`).
//!
//! With one fixed delay the tasks leave in the order they came, so a line is enough; a drawn delay or
//! `submit … after D` leaves earliest deadline first.

use super::Sim;
use super::calendar::{Due, Entry};
use super::task::{Flag, Future, Slot, Tasks};
use crate::model::executor::Kind;
use crate::model::id::{ExecutorId, TaskId};
use crate::model::time::Time;
use crate::trace::recorder::Recorder;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// A held task: when it is due, then which came first.
type Held = (Time, u64, Slot, TaskId);

/// What a delay holds.
#[derive(Clone, Debug, Default)]
pub(super) struct DelayState {
    /// Tasks held for the executor's own fixed delay: due in this order.
    line: VecDeque<Held>,
    /// Tasks with a delay of their own.
    others: BinaryHeap<Reverse<Held>>,
    len: u32,
    /// For which deadline (and ticket) the scheduler's timer is set.
    timer: Option<(Time, u64)>,
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

    fn head(&self) -> Option<Held> {
        match (self.line.front(), self.others.peek()) {
            (Some(a), Some(Reverse(b))) => Some(*a.min(b)),
            (Some(a), None) => Some(*a),
            (None, Some(Reverse(b))) => Some(*b),
            (None, None) => None,
        }
    }

    fn pop_head(&mut self) {
        match (self.line.front(), self.others.peek()) {
            (Some(a), Some(Reverse(b))) if a < b => drop(self.line.pop_front()),
            (Some(_), None) => drop(self.line.pop_front()),
            (_, Some(_)) => drop(self.others.pop()),
            (None, None) => {}
        }
    }

    /// The one that has been held longest.
    pub fn oldest(&self, tasks: &Tasks) -> Option<Slot> {
        let others = self.others.iter().map(|Reverse(held)| held);
        let held = self.line.iter().chain(others).filter(|(_, _, slot, id)| is_held(tasks, *slot, *id));
        held.min_by_key(|(_, ticket, _, _)| *ticket).map(|held| held.2)
    }
}

fn is_held(tasks: &Tasks, slot: Slot, id: TaskId) -> bool {
    tasks.is(slot, id) && tasks[slot].flags.has(Flag::Entered)
}

impl<R: Recorder> Sim<'_, R> {
    /// Holds a task until its delay is over.
    pub(super) fn hold_for_delay(&mut self, slot: Slot, wrapper: ExecutorId) {
        let Kind::Delay { delay, .. } = &self.s.executors[wrapper.index()].kind else {
            unreachable!("only a delay delays")
        };
        let task = &self.st.tasks[slot];
        let (id, stream, ordinal) = (task.id, task.stream, task.ordinal);
        let own = self.st.tasks.extra(slot).and_then(|extra| extra.after);
        let fixed = delay.fixed().filter(|_| own.is_none());
        // Sites of a program's steps are small; this one is the executor's.
        let site = u32::MAX - u32::from(wrapper.0);
        let length = own.unwrap_or_else(|| stream.at(site, 0).duration(delay, ordinal.into()));
        let due = self.st.now + length;
        let ticket = self.st.ticket();
        let state = self.delay(wrapper);
        state.len += 1;
        if fixed.is_some() {
            state.line.push_back((due, ticket, slot, id));
        } else {
            state.others.push(Reverse((due, ticket, slot, id)));
        }
        self.set_scheduler_timer(wrapper);
    }

    fn delay(&mut self, wrapper: ExecutorId) -> &mut DelayState {
        match &mut self.st.executors[wrapper.index()].kind {
            super::state::KindState::Delay(delay) => delay,
            super::state::KindState::Pool(_)
            | super::state::KindState::Inline
            | super::state::KindState::Cap(_)
            | super::state::KindState::Bus(_) => unreachable!("only a delay delays"),
        }
    }

    /// Sets the timer for the head, unless a timer for it or for something earlier is set.
    fn set_scheduler_timer(&mut self, wrapper: ExecutorId) {
        let state = self.delay(wrapper);
        let Some((due, ticket, _, _)) = state.head() else { return };
        if due == Time::NEVER || state.timer.is_some_and(|timer| timer <= (due, ticket)) {
            return;
        }
        state.timer = Some((due, ticket));
        self.st.calendar.push(Entry { at: due, ticket, due: Due::Scheduler(wrapper) });
    }

    /// Whether the scheduler's timer with this deadline and ticket still means something. A timer is void
    /// when an earlier deadline overtook it, or when its task was dropped; then the next one is set.
    pub(super) fn is_scheduler_timer(&mut self, wrapper: ExecutorId, at: Time, ticket: u64) -> bool {
        self.drop_forgotten(wrapper);
        let state = self.delay(wrapper);
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

    /// Takes entries that were dropped for later ones off the head.
    fn drop_forgotten(&mut self, wrapper: ExecutorId) {
        while let Some((_, _, slot, id)) = self.delay(wrapper).head()
            && !is_held(&self.st.tasks, slot, id)
        {
            self.delay(wrapper).pop_head();
        }
    }

    /// The head's delay is over. On native threads each timer hands over one task, so that those due at one
    /// instant keep their place among everything else of that instant.
    pub(super) fn delay_is_over(&mut self, wrapper: ExecutorId) {
        self.delay(wrapper).timer = None;
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
            self.drop_forgotten(wrapper);
            if self.st.executors[wrapper.index()].scheduler_busy {
                return;
            }
            let now = self.st.now;
            if self.delay(wrapper).head().is_none_or(|(due, ..)| due > now) {
                break;
            }
            self.hand_over_head(wrapper);
        }
        self.set_scheduler_timer(wrapper);
    }

    fn hand_over_head(&mut self, wrapper: ExecutorId) {
        let state = self.delay(wrapper);
        let (_, _, slot, _) = state.head().expect("something is due");
        state.pop_head();
        state.len -= 1;
        self.st.cause = self.st.tasks[slot].cause;
        self.st.tasks[slot].flags.clear(Flag::Entered);
        if self.st.tasks[slot].future == Future::Cancelled {
            self.skip(slot);
            self.free_if_unneeded(slot);
        } else {
            self.st.tasks[slot].future = Future::Running;
            self.hand_over(slot, wrapper);
        }
        self.room_at(wrapper);
    }
}
