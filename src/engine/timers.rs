//! What comes next when the agenda is empty: arrivals first, then timers, then timeouts.

use super::calendar::{Due, Entry};
use super::sim::Sim;
use super::task::{Flag, Phase, Slot};
use super::work::Flow;
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
    /// Lets the next due thing happen: returns the thread that goes on by it, if one does. The outcome if
    /// there is nothing, or nothing before the horizon.
    #[inline(always)]
    pub(super) fn next_due(&mut self) -> Result<Option<(Slot, Flow)>, Outcome> {
        let (arrival, entry) = self.st.sources.first_or_never();
        let timer = self.st.calendar.next_at().min(self.st.schedulers.next_at());
        let next = arrival.min(timer);
        // Nearly always; what is due at the very end of time, or is a timeout, takes the long way.
        if next > self.plan.last || next > self.st.timeouts.first_at() {
            return self.next_of_all();
        }
        if arrival <= timer {
            self.go_to(next);
            self.arrive(entry);
            return Ok(None);
        }
        Ok(self.timer())
    }

    #[cold]
    fn next_of_all(&mut self) -> Result<Option<(Slot, Flow)>, Outcome> {
        let mut next: Option<(Time, Next)> = None;
        if let Some((at, entry)) = self.st.sources.first() {
            next = Some((at, Next::Arrival(entry)));
        }
        if let Some(timer) = self.st.next_timers().peek()
            && next.as_ref().is_none_or(|(at, _)| timer.at < *at)
        {
            next = Some((timer.at, Next::Timer));
        }
        if let Some(timeout) = self.next_timeout()
            && next.as_ref().is_none_or(|(at, _)| timeout < *at)
        {
            next = Some((timeout, Next::Timeout));
        }
        let Some((at, next)) = next else { return Err(self.quiescent()) };
        // At the end of virtual time sums saturate: what would come later would all come then.
        if at > self.plan.last {
            return self.at_horizon(&next);
        }
        match next {
            Next::Arrival(entry) => {
                self.go_to(at);
                self.arrive_rarely(entry);
            }
            Next::Timer => return Ok(self.timer()),
            Next::Timeout => self.timeout(),
        }
        Ok(None)
    }

    #[inline(never)]
    fn arrive_rarely(&mut self, entry: ArrivalId) {
        self.arrive(entry);
    }

    /// The next thing lies beyond the horizon. A stale timer is nothing, so it is dropped first.
    fn at_horizon(&mut self, next: &Next) -> Result<Option<(Slot, Flow)>, Outcome> {
        if matches!(next, Next::Timer) {
            let entry = self.st.next_timers().peek().expect("a timer is due");
            if self.is_stale(&entry) {
                self.st.next_timers().pop();
                return Ok(None);
            }
        }
        Err(Outcome { kind: OutcomeKind::Until, at: self.plan.until })
    }

    /// Nothing can happen any more.
    pub(super) fn quiescent(&self) -> Outcome {
        let stuck = self.st.unfinished > self.st.resident;
        self.outcome(if stuck { OutcomeKind::Stuck } else { OutcomeKind::Completed })
    }

    #[inline]
    pub(super) fn go_to(&mut self, at: Time) {
        if at > self.st.now {
            self.st.now = at;
            self.st.at_instant = 0;
        }
        self.st.cause = EventId::NONE;
    }

    pub(super) fn is_stale(&mut self, entry: &Entry) -> bool {
        match entry.due {
            Due::Task(slot, wake) | Due::Preempt(slot, wake) => self.st.tasks[slot].wake != wake,
            Due::Scheduler(wrapper) => !self.is_scheduler_timer(wrapper, entry.at, entry.ticket),
            Due::Departure(home, worker, rests) => !self.is_departing(home, worker, rests),
            Due::Injection(_) => false,
        }
    }

    #[inline(always)]
    fn timer(&mut self) -> Option<(Slot, Flow)> {
        if self.st.schedulers.is_before(&self.st.calendar) {
            let entry = self.st.schedulers.take();
            self.other_timer(entry);
            return None;
        }
        let entry = self.st.calendar.take();
        self.rings(entry)
    }

    /// A timer comes: returns the thread that goes on by it, if one does.
    #[inline(always)]
    pub(super) fn rings(&mut self, entry: Entry) -> Option<(Slot, Flow)> {
        if let Due::Task(slot, wake) = entry.due {
            let task = &mut self.st.tasks[slot];
            if task.wake != wake {
                return None;
            }
            let cause = task.cause;
            let flow = if task.phase != Phase::Timed {
                None
            } else if task.flags.take(Flag::OnCpu) {
                // It was on the CPU all the time, and stays there.
                Some(Flow::GoOn)
            } else if task.flags.has_any([Flag::Green, Flag::Compensated])
                || self.st.cpu.is_some()
                || R::STEPWISE
            {
                None
            } else {
                // A thread that has to wait for nobody goes on: its turn would be all that is on the agenda.
                Some(Flow::Next(slot))
            };
            if flow.is_some() {
                task.phase = Phase::Ready;
            }
            self.go_to(entry.at);
            self.st.cause = cause;
            if let Some(flow) = flow {
                return Some((slot, flow));
            }
            self.timer_of(slot);
            return None;
        }
        self.other_timer(entry);
        None
    }

    #[inline(never)]
    fn other_timer(&mut self, entry: Entry) {
        match entry.due {
            Due::Scheduler(wrapper) => self.scheduler_timer(wrapper, &entry),
            Due::Preempt(slot, wake) => {
                if self.st.tasks[slot].wake == wake {
                    self.go_to(entry.at);
                    self.preempt(slot);
                }
            }
            Due::Departure(home, worker, rests) => {
                if self.is_departing(home, worker, rests) {
                    self.go_to(entry.at);
                    self.depart(home, worker);
                }
            }
            Due::Injection(home) => {
                self.go_to(entry.at);
                self.inject(home);
            }
            Due::Task(..) => unreachable!("a task's timer is no other"),
        }
    }

    /// A task's own timer, not on the CPU: its step is over, or its new thread has started.
    fn timer_of(&mut self, slot: Slot) {
        let task = &mut self.st.tasks[slot];
        match task.phase {
            Phase::Timed => {
                task.phase = Phase::Ready;
                self.no_longer_blocked(slot);
                self.ready(slot);
            }
            // Its new thread has started.
            Phase::Taken => self.ready(slot),
            Phase::Served => self.served(slot),
            phase @ (Phase::Held
            | Phase::Queued
            | Phase::Unadmitted
            | Phase::Drained
            | Phase::Resident
            | Phase::Waiting
            | Phase::Acquiring
            | Phase::Woken
            | Phase::Parked
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
            self.st.timeouts.remove_first();
        }
        None
    }

    fn timeout(&mut self) {
        let entry = self.st.timeouts.remove_first().expect("a timeout is due");
        self.go_to(entry.at);
        let Due::Task(slot, _) = entry.due else { unreachable!("only tasks time out") };
        self.st.cause = self.st.tasks[slot].cause;
        self.timed_out(slot);
    }
}
