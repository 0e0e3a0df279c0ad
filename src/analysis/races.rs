//! Trouble with shared cells: lost updates.
//!
//! Invariant: a lost update is a write over a value that the writer had not seen, although it had read the
//! cell before (or written it after reading): it decided by an old value. A write by a task that never
//! looked is no lost update, however unwelcome. One key of a keyed cell is one cell. Conflicting accesses
//! that nothing orders are deliberately absent: see [`super::happens_before`].

use super::names::Key;
use super::state::State;
use crate::model::id::{CellId, TaskId};
use crate::model::program::Instruction;
use crate::model::time::Time;
use crate::trace::Trace;
use crate::trace::event::{Event, EventId};

/// One lost update.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LostUpdate {
    /// The write that lost it.
    pub event: EventId,
    /// Instant of the overwriting write.
    pub at: Time,
    /// Cell that was written.
    pub cell: CellId,
    /// Key within the cell.
    pub key: Key,
    /// Task that overwrote the update.
    pub writer: TaskId,
    /// The writer's last look at the cell.
    pub read: EventId,
    /// The write it had not seen.
    pub lost: EventId,
    /// Whose write that was.
    pub loser: TaskId,
}

/// Every lost update, in order.
pub fn lost_updates(trace: &Trace) -> Vec<LostUpdate> {
    if trace.scenario.cells.is_empty() {
        return Vec::new();
    }
    let mut state = State::new(&trace.scenario);
    let mut found = Vec::new();
    for (id, at, event) in trace.events() {
        if let Event::Wrote { task, pc, .. } = event {
            found.extend(lost_update(&state, id, at, task, pc));
        }
        state.apply(id, at, event);
    }
    found
}

/// The update that a write loses, if it does; `state` is the state before it.
pub(super) fn lost_update(
    state: &State,
    event: EventId,
    at: Time,
    writer: TaskId,
    pc: crate::model::id::Pc,
) -> Option<LostUpdate> {
    let task = state.task(writer)?;
    let code = &state.scenario().tasks[task.kind.index()].program.code;
    let cell = match code.get(pc.index())? {
        Instruction::Write(cell, _) | Instruction::Add(cell, _) => *cell,
        _ => return None,
    };
    let key = state.cell_key(cell, task);
    let seen = task.seen.iter().find(|seen| seen.cell == cell)?;
    let now = state.cell(cell, &key)?;
    let loser = now.writer.filter(|_| now.version != seen.version)?;
    Some(LostUpdate { event, at, cell, key, writer, read: seen.event, lost: now.version, loser })
}
