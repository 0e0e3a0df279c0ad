//! How events change channels, conditions, latches and barriers: who waits there, and what there is.

use super::State;
use super::apply::CurrentEvent;
use super::place::Shared;
use super::task::{Phase, Task};
use crate::model::id::{Pc, SharedId, TaskId};

impl State {
    /// The shared thing at which a task waits.
    fn waits_at(&self, task: &Task) -> Option<SharedId> {
        let waits = task.phase == Phase::Waiting && !task.acquiring;
        self.instruction(task).filter(|_| waits)?.shared()
    }

    /// A task begins to wait: at a shared thing, it is the last there.
    pub(super) fn joins_line(&mut self, id: TaskId) {
        let shared = self.tasks.get(id.0).and_then(|task| self.waits_at(task));
        if let Some(shared) = shared {
            self.shared[shared.index()].waiting.push_back(id);
        }
    }

    /// A task waits no longer.
    pub(super) fn leaves_line(&mut self, id: TaskId) {
        let Some(shared) = self.tasks.get(id.0).and_then(|task| self.waits_at(task)) else { return };
        let waiting = &mut self.shared[shared.index()].waiting;
        if let Some(place) = waiting.iter().position(|waiter| *waiter == id) {
            waiting.remove(place);
        }
    }

    /// What a task waits for at its instruction, or found there, is its own: it goes on.
    pub(super) fn goes_on(&mut self, now: CurrentEvent, id: TaskId, pc: Pc) {
        self.stop_waiting(id);
        self.touch(now, id, pc);
        if let Some(task) = self.tasks.get_mut(id.0)
            && task.phase == Phase::Waiting
        {
            task.phase = Phase::Running;
            (task.since, task.since_at) = (now.id, now.at);
        }
    }

    /// The shared thing that a task's instruction names.
    fn shared_at(&mut self, id: TaskId, pc: Pc) -> Option<&mut Shared> {
        let task = self.tasks.get(id.0)?;
        let program = &self.scenario.tasks.get(task.kind.index())?.program;
        self.shared.get_mut(program.code.get(pc.index())?.shared()?.index())
    }

    pub(super) fn sent(&mut self, now: CurrentEvent, id: TaskId, pc: Pc) {
        self.goes_on(now, id, pc);
        if let Some(channel) = self.shared_at(id, pc) {
            channel.messages.push_back(id);
        }
    }

    pub(super) fn received(&mut self, now: CurrentEvent, id: TaskId, pc: Pc) {
        self.goes_on(now, id, pc);
        if let Some(channel) = self.shared_at(id, pc) {
            channel.messages.pop_front();
        }
    }

    pub(super) fn closed(&mut self, now: CurrentEvent, id: TaskId, pc: Pc) {
        self.touch(now, id, pc);
        if let Some(channel) = self.shared_at(id, pc) {
            channel.closed = true;
        }
    }

    pub(super) fn counted(&mut self, now: CurrentEvent, id: TaskId, pc: Pc, left: u32) {
        self.touch(now, id, pc);
        if let Some(latch) = self.shared_at(id, pc) {
            latch.left = left;
        }
    }

    pub(super) fn signalled(&mut self, now: CurrentEvent, id: TaskId, pc: Pc, count: u32) {
        self.touch(now, id, pc);
        if let Some(condition) = self.shared_at(id, pc) {
            condition.lost += u32::from(count == 0);
        }
    }

    /// A task waits on its condition no longer: it waits for the condition's lock.
    pub(super) fn relocks(&mut self, now: CurrentEvent, id: TaskId) {
        self.leaves_line(id);
        let Some(task) = self.tasks.get_mut(id.0).filter(|task| task.phase == Phase::Waiting) else { return };
        task.acquiring = true;
        (task.since, task.since_at) = (now.id, now.at);
        let Some(task) = self.tasks.get(id.0) else { return };
        let Some(resource) = self.awaited_resource(task) else { return };
        self.asks_for(now, id, resource);
    }
}
