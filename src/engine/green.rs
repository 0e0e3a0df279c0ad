//! Green threads: the one OS thread that all green executors share, and who is ready to run on it.
//!
//! Ready tasks run in the order in which they became ready. A task keeps the thread through `run` and
//! through every step that need not wait (Eventlet's hub, `eventlet/hubs/hub.py`: only a switch to the
//! hub lets another greenlet run).

use super::Sim;
use super::state::Action;
use super::task::{Phase, Slot};
use crate::model::id::ExecutorId;
use crate::model::time::Time;
use crate::trace::event::Event;
use crate::trace::recorder::Recorder;
use std::collections::VecDeque;

/// What is ready to run on the green thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A task. `told`: its being ready was recorded.
    Task { slot: Slot, told: bool },
    /// The scheduler of a delay that leads to a green executor: a green thread too.
    Scheduler(ExecutorId),
}

/// The one OS thread.
#[derive(Clone, Debug, Default)]
pub(super) struct GreenThread {
    pub ready: VecDeque<Item>,
    /// It runs a task's steps, or is in one's `run`.
    pub busy: bool,
    /// A `Action::Green` is on the agenda, or the thread waits for a core.
    pub scheduled: bool,
    /// It has a core of the machine.
    pub on_core: bool,
    /// Since when.
    pub core_since: Time,
}

impl<R: Recorder> Sim<'_, R> {
    /// The task will run when the green thread comes to it.
    pub(super) fn green_ready(&mut self, slot: Slot) {
        let waits = self.st.green.busy || !self.st.green.ready.is_empty();
        // A task that was just taken and has not started is plainly not running.
        let told = waits && self.st.tasks[slot].phase != Phase::Taken;
        let cause = self.st.cause;
        if told {
            self.emit(Event::Ready { task: self.st.tasks[slot].id });
        }
        self.st.tasks[slot].cause = self.st.cause;
        self.st.green.ready.push_back(Item::Task { slot, told });
        self.wake_green();
        self.st.cause = cause;
    }

    /// The delay's scheduler will act when the green thread comes to it.
    pub(super) fn green_scheduler(&mut self, wrapper: ExecutorId) {
        if !self.st.green.ready.contains(&Item::Scheduler(wrapper)) {
            self.st.green.ready.push_back(Item::Scheduler(wrapper));
            self.wake_green();
        }
    }

    fn wake_green(&mut self) {
        let green = &mut self.st.green;
        if !green.busy && !green.scheduled && !green.ready.is_empty() {
            green.scheduled = true;
            self.st.then(Action::Green);
        }
    }

    /// The green thread takes what has been ready longest: the task that goes on, if it is one.
    pub(super) fn green_turn(&mut self) -> Option<Slot> {
        if self.st.cpu.is_some() && !self.green_has_core() {
            return None;
        }
        self.st.green.scheduled = false;
        match self.st.green.ready.pop_front() {
            None => self.green_is_free(),
            Some(Item::Scheduler(wrapper)) => {
                self.hand_over_due(wrapper);
                self.green_is_free();
            }
            Some(Item::Task { slot, told }) => {
                self.st.green.busy = true;
                self.st.cause = self.st.tasks[slot].cause;
                if told {
                    self.emit(Event::Dispatched { task: self.st.tasks[slot].id });
                }
                return Some(slot);
            }
        }
        None
    }

    /// The green thread has no task in hand.
    pub(super) fn green_is_free(&mut self) {
        self.st.green.busy = false;
        if self.st.green.ready.is_empty() {
            if std::mem::take(&mut self.st.green.on_core) {
                self.release_core();
            }
        } else {
            self.wake_green();
        }
    }
}
