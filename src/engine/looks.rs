//! Who looked at which cell and has not seen its latest value: lost updates as they happen.
//!
//! The rule is that of `analysis::races`: a write over a value that the writer had not seen, although it had
//! read the cell before. Kept here too, because states are merged only if they agree in it.

use super::task::Slot;
use crate::model::id::{Pc, TaskTypeId};

/// A write over a value that its writer had not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lost {
    /// The writer's type.
    pub kind: TaskTypeId,
    /// The instruction that wrote.
    pub pc: Pc,
}

/// A task's last read of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CellRead {
    pub slot: Slot,
    /// Instance of the cell.
    pub cell: u32,
    /// Another task has written since.
    pub stale: bool,
}

/// Every look of a live task.
#[derive(Clone, Debug, Default)]
pub(super) struct CellReads {
    pub(super) looks: Vec<CellRead>,
    /// The latest lost update.
    pub(super) lost: Option<Lost>,
}

impl CellReads {
    /// The task reads the cell.
    pub fn read(&mut self, slot: Slot, cell: u32) {
        match self.looks.iter_mut().find(|look| look.slot == slot && look.cell == cell) {
            Some(look) => look.stale = false,
            None => self.looks.push(CellRead { slot, cell, stale: false }),
        }
    }

    /// The task writes the cell, at this place of its program.
    pub fn wrote(&mut self, slot: Slot, cell: u32, kind: TaskTypeId, pc: Pc) {
        for look in self.looks.iter_mut().filter(|look| look.cell == cell) {
            if look.slot != slot {
                look.stale = true;
            } else if std::mem::take(&mut look.stale) {
                self.lost = Some(Lost { kind, pc });
            }
        }
    }

    /// The task has ended.
    pub fn forget(&mut self, slot: Slot) {
        self.looks.retain(|look| look.slot != slot);
    }
}
