//! What comes next when the agenda is empty: arrivals first, then timers, then timeouts.

use super::Sim;
use super::calendar::{Due, Entry};
use super::task::{Flag, Phase};
use crate::model::id::ArrivalId;
use crate::model::time::Time;
use crate::trace::event::EventId;
use crate::trace::recorder::Recorder;
use crate::trace::{Outcome, OutcomeKind};

/// The three kinds of thing that are due, in their order at one instant.
enum Next {
    Arrival(ArrivalId),
    Timer,
    Timeout,
}

impl<R: Recorder> Sim<'_, R> {
    /// Lets the next due thing happen; the outcome if there is none, or none before the horizon.
    #[inline(always)]
    pub(super) fn next_due(&mut self) -> Option<Outcome> {
        let mut next: Option<(Time, Next)> = None;
        if let Some((at, entry)) = self.st.sources.first() {
            next = Some((at, Next::Arrival(entry)));
        }
        if let Some(timer) = self.st.calendar.next_at()
            && next.as_ref().is_none_or(|(at, _)| timer < *at)
        {
            next = Some((timer, Next::Timer));
        }
        if let Some(timeout) = self.st.timeouts.next_at()
            && next.as_ref().is_none_or(|(at, _)| timeout < *at)
            && let Some(timeout) = self.next_timeout()
            && next.as_ref().is_none_or(|(at, _)| timeout < *at)
        {
            next = Some((timeout, Next::Timeout));
        }
        let Some((at, next)) = next else { return Some(self.quiescent()) };
        if at > self.plan.until {
            return self.at_horizon(&next);
        }
        match next {
            Next::Arrival(entry) => {
                self.go_to(at);
                self.arrive(entry);
            }
            Next::Timer => self.timer(),
            Next::Timeout => self.timeout(),
        }
        None
    }

    /// The next thing lies beyond the horizon. A stale timer is nothing, so it is dropped first.
    fn at_horizon(&mut self, next: &Next) -> Option<Outcome> {
        if matches!(next, Next::Timer) {
            let entry = self.st.calendar.peek().expect("a timer is due");
            if self.is_stale(&entry) {
                self.st.calendar.pop();
                return None;
            }
        }
        let at = self.s.until.expect("there is a horizon");
        Some(Outcome { kind: OutcomeKind::Until, at })
    }

    /// Nothing can happen any more.
    fn quiescent(&self) -> Outcome {
        let stuck = self.st.unfinished > self.st.resident;
        self.outcome(if stuck { OutcomeKind::Stuck } else { OutcomeKind::Completed })
    }

    #[inline]
    fn go_to(&mut self, at: Time) {
        if at > self.st.now {
            self.st.now = at;
            self.st.at_instant = 0;
        }
        self.st.cause = EventId::NONE;
    }

    #[inline(always)]
    fn is_stale(&mut self, entry: &Entry) -> bool {
        match entry.due {
            Due::Task(slot, wake) | Due::Preempt(slot, wake) => self.st.tasks[slot].wake != wake,
            Due::Scheduler(wrapper) => !self.is_scheduler_timer(wrapper, entry.at, entry.ticket),
        }
    }

    #[inline(always)]
    fn timer(&mut self) {
        let entry = self.st.calendar.pop().expect("a timer is due");
        if self.is_stale(&entry) {
            return;
        }
        self.go_to(entry.at);
        match entry.due {
            Due::Task(slot, _) => {
                self.st.cause = self.st.tasks[slot].cause;
                self.timer_of(slot);
            }
            Due::Scheduler(wrapper) => self.delay_is_over(wrapper),
            Due::Preempt(slot, _) => self.preempt(slot),
        }
    }

    /// A task's own timer: its step is over, or its new thread has started.
    #[inline(always)]
    fn timer_of(&mut self, slot: super::task::Slot) {
        let task = &mut self.st.tasks[slot];
        match task.phase {
            Phase::Timed if task.flags.has(Flag::OnCpu) => {
                // It was on the CPU all the time, and stays there.
                task.flags.clear(Flag::OnCpu);
                task.phase = Phase::Ready;
                self.run_thread(slot);
            }
            Phase::Timed => {
                task.phase = Phase::Ready;
                self.ready(slot);
            }
            // Its new thread has started.
            Phase::Taken => self.ready(slot),
            phase @ (Phase::Held
            | Phase::Queued
            | Phase::Unadmitted
            | Phase::Resident
            | Phase::Waiting
            | Phase::Acquiring
            | Phase::Woken
            | Phase::Submitting
            | Phase::Calling
            | Phase::Ready
            | Phase::Ended) => unreachable!("no timer belongs to {phase:?}"),
        }
    }

    /// When the first timeout that still means something is due.
    fn next_timeout(&mut self) -> Option<Time> {
        while let Some(entry) = self.st.timeouts.peek() {
            if !self.is_stale(&entry) {
                return Some(entry.at);
            }
            self.st.timeouts.pop();
        }
        None
    }

    fn timeout(&mut self) {
        let entry = self.st.timeouts.pop().expect("a timeout is due");
        self.go_to(entry.at);
        let Due::Task(slot, _) = entry.due else { unreachable!("only tasks time out") };
        self.st.cause = self.st.tasks[slot].cause;
        self.timed_out(slot);
    }
}
