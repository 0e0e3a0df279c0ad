//! Steps that `use` a server: its jobs, in `jobs`, share it.

use super::calendar::Due;
use super::jobs::Jobs;
use super::sim::Sim;
use super::task::{Phase, Slot};
use super::things::SharedState;
use super::work::Flow;
use crate::model::id::{DrawId, Pc, SharedId};
use crate::model::program::Program;
use crate::model::shared::SPEED_BITS;
use crate::trace::event::Event;
use crate::trace::recorder::Recorder;

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
