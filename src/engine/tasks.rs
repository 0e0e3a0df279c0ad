//! Task records: one slot for each task that is alive or whose future somebody still holds.
//!
//! Slots are reused, so memory does not grow with the number of tasks that have passed. A slot's `wake`
//! never goes back, so that a timer for an earlier tenant never wakes a later one; queue entries carry
//! the task's id for the same reason.

use super::task::{Extra, Flag, NO_EXTRA, Slot, Task};
use crate::model::id::TaskId;

/// All task records.
#[derive(Clone, Debug, Default)]
pub(super) struct Tasks {
    slots: Vec<Task>,
    /// The record that was freed last; in its `below` stands the one freed before it, and so on.
    free: Slot,
    extras: Vec<Extra>,
    free_extras: Vec<u32>,
}

impl std::ops::Index<Slot> for Tasks {
    type Output = Task;
    #[inline]
    fn index(&self, slot: Slot) -> &Task {
        &self.slots[slot.0 as usize]
    }
}

impl std::ops::IndexMut<Slot> for Tasks {
    #[inline]
    fn index_mut(&mut self, slot: Slot) -> &mut Task {
        &mut self.slots[slot.0 as usize]
    }
}

impl Tasks {
    /// Places `task`; its `wake` goes on from the slot's last tenant.
    #[inline(always)]
    pub fn insert(&mut self, mut task: Task) -> Slot {
        match self.free.some() {
            Some(slot) => {
                let old = &mut self.slots[slot.0 as usize];
                self.free = old.below;
                task.wake = old.wake.wrapping_add(1);
                *old = task;
                slot
            }
            None => {
                self.slots.push(task);
                Slot(self.slots.len() as u32 - 1)
            }
        }
    }

    /// Frees a slot whose task nobody needs any more.
    #[inline(always)]
    pub fn remove(&mut self, slot: Slot) {
        self.drop_extra(slot);
        self.free(slot);
    }

    /// The same for a task without an extra record.
    #[inline(always)]
    pub fn free(&mut self, slot: Slot) {
        let task = &mut self.slots[slot.0 as usize];
        debug_assert_eq!(task.extra, NO_EXTRA);
        // An id of its own, so that a stale queue entry recognises that the task is gone.
        task.id = TaskId(u32::MAX);
        task.below = self.free;
        self.free = slot;
    }

    /// Gives the extra record back; its task needs it no longer.
    #[inline(always)]
    pub fn drop_extra(&mut self, slot: Slot) {
        if self[slot].extra != NO_EXTRA {
            let extra = std::mem::replace(&mut self[slot].extra, NO_EXTRA);
            self.extras[extra as usize].clear();
            self.free_extras.push(extra);
        }
    }

    /// The task's extra record, made if there is none.
    #[inline(always)]
    pub fn extra_mut(&mut self, slot: Slot) -> &mut Extra {
        let mut index = self[slot].extra;
        if index == NO_EXTRA {
            index = self.new_extra(slot);
        }
        &mut self.extras[index as usize]
    }

    #[inline(never)]
    fn new_extra(&mut self, slot: Slot) -> u32 {
        let index = self.free_extras.pop().unwrap_or_else(|| {
            self.extras.push(Extra::default());
            self.extras.len() as u32 - 1
        });
        self[slot].extra = index;
        index
    }

    /// The task waits for no child any longer.
    #[inline(always)]
    pub fn await_none(&mut self, slot: Slot) {
        let index = self[slot].extra;
        if index != NO_EXTRA {
            let awaited = &mut self.extras[index as usize].awaited;
            while let Some(child) = awaited.pop() {
                self.slots[child.0 as usize].flags.clear(Flag::Awaited);
            }
        }
    }

    /// The task's extra record, if there is one.
    #[inline(always)]
    pub fn extra(&self, slot: Slot) -> Option<&Extra> {
        let index = self[slot].extra;
        (index != NO_EXTRA).then(|| &self.extras[index as usize])
    }

    /// Whether the entry `(slot, id)` still means the task that it meant.
    #[inline]
    pub fn is(&self, slot: Slot, id: TaskId) -> bool {
        self[slot].id == id
    }

    /// All occupied slots, for checks.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &Task)> {
        (0..).map(Slot).zip(&self.slots).filter(|(_, task)| task.id != TaskId(u32::MAX))
    }
}
