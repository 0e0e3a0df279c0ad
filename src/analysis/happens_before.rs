//! Races: accesses to one cell by two tasks, at least one of them a write, that nothing orders.
//!
//! Invariant: the order is that of the program and of what synchronises: a submission before the child's
//! start, a child's end before the end of the wait for it (or of the `shutdown` that drained it, or of the
//! call, if it ran in its submitter), a release before the next acquisition of the same lock or semaphore.
//! That one worker happened to run both tasks, or the green thread did, orders nothing: with another
//! timing the order would be another. A task's write stands for its earlier reads of the cell.
//!
//! Only tasks that access cells have a component in the clocks; runs with more than [`MAX_ACCESSORS`] of
//! them are not examined.

use super::names::Key;
use super::observed::written_cell;
use super::state::State;
use super::state::task::Phase;
use crate::model::id::{CellId, ExecutorId, ResourceId, TaskId};
use crate::model::program::Instruction;
use crate::model::time::Time;
use crate::trace::Trace;
use crate::trace::event::{Event, EventId, Seat};
use std::collections::{BTreeMap, BTreeSet};

/// Tasks that access cells, above which a run is not examined.
pub const MAX_ACCESSORS: usize = 5_000;
/// Races that are listed; a run may have quadratically many.
pub const MAX_RACES: usize = 10_000;

/// Two accesses that nothing orders.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Race {
    /// Cell that is accessed.
    pub cell: CellId,
    /// Key within the cell.
    pub key: Key,
    /// The access that came first in this run, and its task.
    pub first: (EventId, TaskId),
    /// The other one.
    pub second: (EventId, TaskId),
    /// When the second one was.
    pub at: Time,
}

/// How many pairs of tasks race, each once for a cell however often they collide in it. It is the count of those that were
/// listed: past [`MAX_RACES`] there are more.
pub fn pairs(races: &[Race]) -> usize {
    let pair = |race: &Race| {
        let (a, b) = (race.first.1, race.second.1);
        (race.cell, race.key.clone(), a.min(b), a.max(b))
    };
    races.iter().map(pair).collect::<BTreeSet<_>>().len()
}

/// For each task, the number of its accesses that are known to have happened.
type Clock = BTreeMap<TaskId, u32>;

fn join(into: &mut Clock, from: &Clock) {
    for (task, count) in from {
        let known = into.entry(*task).or_insert(0);
        *known = (*known).max(*count);
    }
}

#[derive(Clone, Copy)]
struct Access {
    task: TaskId,
    /// The how-manieth access of its task it is, from 1.
    count: u32,
    event: EventId,
    is_write: bool,
}

#[derive(Default)]
struct Clocks {
    tasks: BTreeMap<TaskId, Clock>,
    /// Of ended tasks that their submitters may still wait for.
    ended: BTreeMap<TaskId, Clock>,
    resources: BTreeMap<(ResourceId, Key), Clock>,
    drained: BTreeMap<ExecutorId, Clock>,
    in_caller: BTreeSet<TaskId>,
    cells: BTreeMap<(CellId, Key), Vec<Access>>,
    races: Vec<Race>,
}

/// Every race of a run, in order of the second access; `None` if there are too many tasks to examine.
pub fn races(trace: &Trace) -> Option<Vec<Race>> {
    if trace.scenario.cells.is_empty() {
        return Some(Vec::new());
    }
    let mut accessors = BTreeSet::new();
    for (_, _, event) in trace.events() {
        if let Event::Read { task, .. } | Event::Wrote { task, .. } = event {
            accessors.insert(task);
            if accessors.len() > MAX_ACCESSORS {
                return None;
            }
        }
    }
    let mut state = State::new(&trace.scenario);
    let mut clocks = Clocks::default();
    for (id, at, event) in trace.events() {
        clocks.before(&state, id, at, event);
        state.apply(id, at, event);
        if clocks.races.len() >= MAX_RACES {
            break;
        }
    }
    Some(clocks.races)
}

impl Clocks {
    /// Takes an event; `state` is the state before it.
    fn before(&mut self, state: &State, id: EventId, at: Time, event: Event) {
        match event {
            Event::Submitted { task, parent, .. } => {
                let clock = self.tasks.get(&parent).cloned().unwrap_or_default();
                self.tasks.insert(task, clock);
            }
            Event::Started { task, seat: Seat::Caller, .. } => {
                self.in_caller.insert(task);
            }
            Event::Finished { task } | Event::Failed { task, .. } => self.end(state, task),
            Event::Skipped { task, .. } | Event::Dropped { task, .. } => {
                self.tasks.remove(&task);
            }
            Event::Resumed { task, .. } => self.waited(state, task, None),
            Event::Passed { task, pc } => self.waited(state, task, Some(pc)),
            Event::Acquired { task, pc } => {
                let Some((resource, holder)) = state.task(task).and_then(|holder| {
                    match state.scenario().tasks[holder.kind.index()].program.code.get(pc.index())? {
                        Instruction::Acquire { resource, .. } => Some((*resource, holder)),
                        _ => None,
                    }
                }) else {
                    return;
                };
                if let Some(clock) = self.resources.get(&(resource, state.resource_key(resource, holder))) {
                    join(self.tasks.entry(task).or_default(), clock);
                }
            }
            Event::Released { task, resource } => {
                let Some(holder) = state.task(task) else { return };
                let at = (resource, state.resource_key(resource, holder));
                if let Some(clock) = self.tasks.get(&task) {
                    join(self.resources.entry(at).or_default(), clock);
                }
            }
            Event::Read { task, cell, .. } => self.access(state, id, at, task, cell, false),
            Event::Wrote { task, pc, .. } => {
                let kind = state.task(task).map(|task| task.kind);
                if let Some(cell) = kind.and_then(|kind| written_cell(state.scenario(), kind, pc)) {
                    self.access(state, id, at, task, cell, true);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, state: &State, id: TaskId) {
        let clock = self.tasks.remove(&id).unwrap_or_default();
        let Some(task) = state.task(id) else { return };
        for executor in state.passed(task).chain([task.executor]) {
            join(self.drained.entry(executor).or_default(), &clock);
        }
        for child in task.children.iter().map(|child| child.latest).chain(task.all_children.iter().copied()) {
            self.ended.remove(&child);
        }
        let Some(parent) = task.origin.parent() else { return };
        if self.in_caller.remove(&id) {
            join(self.tasks.entry(parent).or_default(), &clock);
        }
        if state.task(parent).is_some_and(|parent| !parent.phase.is_ended()) {
            self.ended.insert(id, clock);
        }
    }

    /// A `wait`, `result` or `shutdown` of `id` is over: at `pc`, or at its present instruction.
    fn waited(&mut self, state: &State, id: TaskId, pc: Option<crate::model::id::Pc>) {
        let Some(task) = state.task(id).filter(|task| pc.is_some() || task.phase == Phase::Waiting) else {
            return;
        };
        let pc = pc.unwrap_or(task.pc);
        let code = &state.scenario().tasks[task.kind.index()].program.code;
        let children: Vec<TaskId> = match code.get(pc.index()) {
            Some(Instruction::Wait { .. } | Instruction::Result { .. } | Instruction::JoinScope) => {
                state.awaited_children(task, pc)
            }
            Some(Instruction::Shutdown { executor, .. }) => {
                if let Some(clock) = self.drained.get(executor) {
                    join(self.tasks.entry(id).or_default(), clock);
                }
                return;
            }
            _ => return,
        };
        for child in children {
            if let Some(clock) = self.ended.get(&child) {
                join(self.tasks.entry(id).or_default(), clock);
            }
        }
    }

    fn access(&mut self, state: &State, event: EventId, at: Time, id: TaskId, cell: CellId, is_write: bool) {
        let Some(task) = state.task(id) else { return };
        let key = state.cell_key(cell, task);
        let clock = self.tasks.entry(id).or_default();
        let before = self.cells.entry((cell, key.clone())).or_default();
        let happened = |access: &Access| clock.get(&access.task).is_some_and(|known| *known >= access.count);
        let conflicts = before
            .iter()
            .filter(|other| other.task != id && (is_write || other.is_write) && !happened(other));
        self.races.extend(conflicts.map(|other| Race {
            cell,
            key: key.clone(),
            first: (other.event, other.task),
            second: (event, id),
            at,
        }));
        // Whoever comes after this write and is ordered with it is ordered with what it follows.
        if is_write {
            before.retain(|other| other.task != id && !happened(other));
        } else {
            before.retain(|other| other.task != id || other.is_write);
        }
        let count = clock.entry(id).or_insert(0);
        *count += 1;
        before.push(Access { task: id, count: *count, event, is_write });
    }
}
