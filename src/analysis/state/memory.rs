//! The parts of the fold that concern lists and cells.
//!
//! Invariant: a list's links and its executor's `head`, `tail` and `waiting` always agree.

use super::State;
use super::apply::CurrentEvent;
use super::place::Cell;
use super::task::LastAccess;
use crate::model::id::{CellId, ExecutorId, Pc, TaskId};
use crate::model::program::Instruction;
use crate::trace::event::EventId;

impl State {
    /// Appends a task to an executor's list.
    pub(super) fn enlist(&mut self, id: TaskId, executor: ExecutorId) {
        let place = &mut self.executors[executor.index()];
        let last = place.tail.replace(id);
        place.waiting += 1;
        match last {
            None => place.head = Some(id),
            Some(last) => {
                if let Some(last) = self.tasks.get_mut(last.0) {
                    last.next = Some(id);
                }
            }
        }
        if let Some(task) = self.tasks.get_mut(id.0) {
            (task.listed, task.previous, task.next) = (Some(executor), last, None);
        }
    }

    /// Takes a task out of the list it is in.
    pub(super) fn delist(&mut self, id: TaskId) {
        let Some(task) = self.tasks.get_mut(id.0) else { return };
        let Some(executor) = task.listed.take() else { return };
        let (previous, next) = (task.previous.take(), task.next.take());
        let place = &mut self.executors[executor.index()];
        place.waiting -= 1;
        match previous.and_then(|id| self.tasks.get_mut(id.0)) {
            Some(task) => task.next = next,
            None => place.head = next,
        }
        match next.and_then(|id| self.tasks.get_mut(id.0)) {
            Some(task) => task.previous = previous,
            None => place.tail = previous,
        }
    }

    pub(super) fn read(&mut self, now: CurrentEvent, id: TaskId, pc: Pc, cell: CellId) {
        self.touch(now, id, pc);
        let Some(task) = self.tasks.get(id.0) else { return };
        let key = self.cell_key(cell, task);
        let version = self.cell(cell, &key).map_or(EventId::NONE, |cell| cell.version);
        self.see(id, LastAccess { cell, version, event: now.id });
    }

    pub(super) fn wrote(&mut self, now: CurrentEvent, id: TaskId, pc: Pc, value: u32) {
        self.touch(now, id, pc);
        let Some(task) = self.tasks.get(id.0) else { return };
        let cell = match self.instruction(task) {
            Some(Instruction::Write(cell, _) | Instruction::Add(cell, _)) => *cell,
            _ => return,
        };
        let key = self.cell_key(cell, task);
        let written = Cell { value: Some(value), version: now.id, writer: Some(id) };
        self.cells.insert((cell, key), written);
        if self.tasks.get(id.0).is_some_and(|task| task.seen.iter().any(|seen| seen.cell == cell)) {
            self.see(id, LastAccess { cell, version: now.id, event: now.id });
        }
    }

    fn see(&mut self, id: TaskId, sight: LastAccess) {
        let Some(task) = self.tasks.get_mut(id.0) else { return };
        match task.seen.iter_mut().find(|seen| seen.cell == sight.cell) {
            Some(seen) => *seen = sight,
            None => task.seen.push(sight),
        }
    }
}
