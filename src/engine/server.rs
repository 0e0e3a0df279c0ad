//! Servers: processor sharing. All jobs are served at one speed, which depends on how many there are.
//!
//! Every job has had the same service since it came, so one number for all (`served`, in units of 2⁻⁶⁰ ns of work at full
//! speed) says how far each is: a job of length D that came at `served` S is done at S + D. It grows by exact
//! multiplication, so nothing is lost however often the speed changes. One timer is set, that of the next job to be done,
//! at the first whole nanosecond at which it is.

use super::Sim;
use super::calendar::Due;
use super::shared::SharedState;
use super::task::{Phase, Slot};
use super::work::Flow;
use crate::model::id::{DrawId, Pc, SharedId};
use crate::model::program::Program;
use crate::model::shared::{SPEED_BITS, Server};
use crate::model::time::{Duration, Time};
use crate::trace::event::Event;
use crate::trace::recorder::Recorder;
use std::collections::BTreeMap;

/// The jobs of one server.
#[derive(Clone, Debug)]
pub(super) struct Jobs {
    server: Server,
    /// By how much service they are done at, then in order of coming.
    jobs: BTreeMap<(u128, u64), Slot>,
    /// What each job that is there from the beginning would have had.
    served: u128,
    /// Until when that was counted.
    since: Time,
    /// What is done and has not gone on yet, in order.
    done: Vec<Slot>,
    /// Whose timer is set.
    timer: Option<Slot>,
}

impl Jobs {
    pub fn new(server: Server) -> Jobs {
        Jobs { server, jobs: BTreeMap::new(), served: 0, since: Time::ZERO, done: Vec::new(), timer: None }
    }

    /// How many jobs there are.
    fn count(&self) -> u32 {
        self.jobs.len() as u32
    }

    /// What each job has had by this instant.
    fn served_until(&self, now: Time) -> u128 {
        if self.jobs.is_empty() {
            return self.served;
        }
        let passed = u128::from(now.since(self.since).0);
        self.served.saturating_add(passed * u128::from(self.server.speed(self.count())))
    }

    /// Counts what each job has had until now, and takes out what is done.
    fn advance(&mut self, now: Time) {
        self.served = self.served_until(now);
        self.since = now;
        while let Some((&(target, ticket), _)) = self.jobs.first_key_value()
            && target <= self.served
        {
            let before = self.server.speed(self.count());
            self.done.extend(self.jobs.remove(&(target, ticket)));
            if !self.jobs.is_empty() {
                // They have gone on at their new speed since then.
                let (over, after) = (self.served - target, self.server.speed(self.count()));
                let scaled = over.checked_mul(after.into()).map(|over| over / u128::from(before));
                self.served = target.saturating_add(scaled.unwrap_or(over));
            }
        }
    }

    /// When the job with the least left to do is done if nothing changes.
    fn next(&self) -> Option<(Slot, Time)> {
        if let Some(done) = self.done.first() {
            return Some((*done, self.since));
        }
        let ((target, _), slot) = self.jobs.first_key_value()?;
        let left = target.saturating_sub(self.served);
        let nanoseconds = left.div_ceil(u128::from(self.server.speed(self.count())));
        let length = Duration(u64::try_from(nanoseconds).unwrap_or(u64::MAX));
        (!length.is_forever()).then(|| (*slot, self.since + length))
    }

    /// The timer has come: takes out what is done, in order.
    fn take_done(&mut self, now: Time) -> Vec<Slot> {
        self.advance(now);
        self.timer = None;
        std::mem::take(&mut self.done)
    }

    /// Each job and what it still needs, for the walk of a state.
    pub fn left(&self, now: Time) -> impl Iterator<Item = (Slot, u128)> + '_ {
        let served = self.served_until(now);
        let left = self.jobs.iter().map(move |((target, _), slot)| (*slot, target.saturating_sub(served)));
        self.done.iter().map(|slot| (*slot, 0)).chain(left)
    }
}

impl<R: Recorder> Sim<'_, R> {
    fn jobs_mut(&mut self, server: SharedId) -> &mut Jobs {
        match self.shared_mut(server) {
            SharedState::Server(jobs) => jobs,
            other => panic!("{other:?} is no server"),
        }
    }

    /// `use`: what the thread does meanwhile.
    pub(super) fn use_server(
        &mut self,
        slot: Slot,
        program: &Program,
        pc: Pc,
        server: SharedId,
        work: DrawId,
    ) -> Flow {
        let length = self.draw(slot, program, pc, work);
        self.emit(Event::Blocked { task: self.st.tasks[slot].id, pc });
        let (cause, now) = (self.st.cause, self.st.now);
        let task = &mut self.st.tasks[slot];
        task.pc = Pc(pc.0 + 1);
        task.cause = cause;
        task.phase = if length.is_forever() { Phase::Resident } else { Phase::Served };
        self.st.resident += u32::from(length.is_forever());
        if R::STEPWISE && self.st.exploring.rules.untimed {
            // Durations say nothing there, so neither does the speed.
            if !length.is_forever() {
                let due = Due::Task(slot, self.st.tasks[slot].wake);
                self.st.tasks[slot].phase = Phase::Timed;
                self.st.schedule(now + length, due);
            }
            return Flow::Idle;
        }
        let ticket = self.st.ticket();
        let jobs = self.jobs_mut(server);
        jobs.advance(now);
        let target = if length.is_forever() {
            u128::MAX
        } else {
            jobs.served.saturating_add(u128::from(length.0) << SPEED_BITS)
        };
        jobs.jobs.insert((target, ticket), slot);
        self.set_server_timer(server);
        Flow::Idle
    }

    /// The timer of a server has come: all jobs that are done by now go on.
    pub(super) fn served(&mut self, slot: Slot) {
        let server = self.server_of(slot).expect("it is in `use`");
        let (cause, now) = (self.st.cause, self.st.now);
        for done in self.jobs_mut(server).take_done(now) {
            let task = &mut self.st.tasks[done];
            task.phase = Phase::Ready;
            self.st.cause = task.cause;
            self.ready(done);
        }
        self.st.cause = cause;
        self.set_server_timer(server);
    }

    /// A task that dies is served no longer.
    pub(super) fn leave_server(&mut self, slot: Slot) {
        let Some(server) = self.server_of(slot) else { return };
        let now = self.st.now;
        let jobs = self.jobs_mut(server);
        jobs.advance(now);
        jobs.jobs.retain(|_, job| *job != slot);
        jobs.done.retain(|job| *job != slot);
        self.set_server_timer(server);
    }

    /// The server that a task is at which is in `use`, behind its step.
    fn server_of(&self, slot: Slot) -> Option<SharedId> {
        let task = &self.st.tasks[slot];
        let program = &self.s.tasks[task.kind.index()].program;
        program.code[task.pc.index().checked_sub(1)?].shared()
    }

    /// Sets the timer anew, after the jobs have changed.
    fn set_server_timer(&mut self, server: SharedId) {
        let jobs = self.jobs_mut(server);
        let (before, next) = (jobs.timer.take(), jobs.next());
        jobs.timer = next.map(|(slot, _)| slot);
        if let Some(before) = before {
            let task = &mut self.st.tasks[before];
            task.wake = task.wake.wrapping_add(1);
        }
        if let Some((slot, at)) = next {
            let due = Due::Task(slot, self.st.tasks[slot].wake);
            self.st.schedule(at, due);
        }
    }
}
