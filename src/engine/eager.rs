//! `start = "eager"`: a green child runs inside its submitter, up to its first wait (CPython 3.12,
//! `asyncio.eager_task_factory`).
//!
//! Meanwhile the submitter stands below it on the carrier, ready and not running; the trace says so. When the child
//! waits or ends, the submitter goes on in the same turn.

use super::sim::Sim;
use super::state::Origin;
use super::task::{Flag, Phase, Slot};
use super::work::Flow;
use crate::model::executor::{ExecutorKind, GreenStart};
use crate::model::id::{ExecutorId, WorkerId};
use crate::trace::event::Event;
use crate::trace::recorder::Recorder;

impl<R: Recorder> Sim<'_, R> {
    /// The task has been seated: it starts inside its submitter if it can, else at its turn.
    pub(super) fn ready_to_start(&mut self, slot: Slot, executor: ExecutorId, origin: Origin) {
        match origin {
            Origin::Parent(parent) if self.starts_eagerly(parent, executor) => {
                self.start_eagerly(slot, parent);
            }
            Origin::Parent(_) | Origin::Entry(_) | Origin::Scheduler(_) => self.ready(slot),
        }
    }

    fn starts_eagerly(&self, parent: Slot, executor: ExecutorId) -> bool {
        let ExecutorKind::Green { start: GreenStart::Eager, .. } = self.s.executors[executor.index()].kind
        else {
            return false;
        };
        self.st.tasks[parent].flags.has(Flag::Green)
            && self.carrier_of(parent).group == self.plan.carriers_of[executor.index()]
    }

    fn start_eagerly(&mut self, slot: Slot, parent: Slot) {
        let id = self.carrier_of(parent);
        self.cover(parent);
        self.st.tasks[parent].phase = Phase::Calling;
        let task = &mut self.st.tasks[slot];
        task.below = parent;
        task.flags.set(Flag::Eager);
        self.sit_on_carrier(slot, id);
        self.emit(Event::Ready { task: self.st.tasks[parent].id });
    }

    /// The submitter that goes on because the task, which ran inside it, waits now.
    pub(super) fn eager_submitter(&mut self, slot: Slot) -> Option<Slot> {
        let task = &self.st.tasks[slot];
        if !task.flags.has(Flag::Eager) || task.phase == Phase::Ended || self.keeps_carrier(slot) {
            return None;
        }
        let task = &mut self.st.tasks[slot];
        task.flags.clear(Flag::Eager);
        let below = std::mem::take(&mut task.below);
        self.go_on_below(below);
        Some(below)
    }

    /// A task that ran inside its submitter to its end gives its own worker back; what queued for that comes to its
    /// turn later.
    pub(super) fn vacate_eagerly(&mut self, home: ExecutorId, worker: WorkerId, below: Slot) {
        if let Flow::Next(next) | Flow::Start(next) = self.next_for_worker(home, worker) {
            self.ready(next);
        }
        self.emit(Event::Dispatched { task: self.st.tasks[below].id });
    }

    fn go_on_below(&mut self, below: Slot) {
        let task = &mut self.st.tasks[below];
        task.flags.clear(Flag::Covered);
        task.phase = Phase::Ready;
        let id = task.id;
        self.emit(Event::Dispatched { task: id });
    }
}
