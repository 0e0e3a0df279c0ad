//! Races: accesses to one cell by two tasks, at least one of them a write, that nothing orders.
//!
//! Invariant: the order is that of the program and of what synchronises: a submission before the child's
//! start, a child's end before the end of the wait for it (or of the `shutdown` that drained it, or of the
//! call, if it ran in its submitter), a release before the next acquisition of the same lock or semaphore, what
//! `ChannelClocks` says of channels, a notification before the end of a wait on that condition, a count before the end of
//! a wait for that latch, and what was done before a barrier by those who come to it before what is done behind it.
//! That one worker happened to run both tasks, or the green thread did, orders nothing: with another
//! timing the order would be another. A task's write stands for its earlier reads of the cell.
//!
//! Only tasks that access cells have a component in the clocks; runs with more than [`MAX_ACCESSORS`] of
//! them are not examined.

use super::names::Key;
use super::observed::written_cell;
use super::state::State;
use super::state::task::Phase;
use crate::model::id::{CellId, ExecutorId, Pc, ResourceId, SharedId, TaskId};
use crate::model::program::{Claim, Instruction};
use crate::model::shared::SharedKind;
use crate::model::time::Time;
use crate::trace::Trace;
use crate::trace::event::{Event, EventId, Seat, WakeReason};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

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

/// What a channel orders: a send before the receive of its message, a receive before the send that takes the place it
/// made (the k-th before the one that is `capacity` later; "The Go Memory Model"), a close before whoever finds it.
#[derive(Default)]
struct ChannelClocks {
    /// Of the senders of messages that nobody has received, the oldest first.
    messages: VecDeque<Clock>,
    /// Of receivers whose place nobody has taken yet, the first first.
    received: VecDeque<Clock>,
    /// How many messages were sent.
    sent: u64,
    closed: Clock,
}

/// Of those who gave a semaphore or lock back.
#[derive(Default)]
struct ResourceClocks {
    any: Clock,
    /// Of those of them that were not readers.
    written: Clock,
}

#[derive(Default)]
struct Clocks {
    tasks: BTreeMap<TaskId, Clock>,
    /// Of ended tasks that their submitters may still wait for.
    ended: BTreeMap<TaskId, Clock>,
    resources: BTreeMap<(ResourceId, Key), ResourceClocks>,
    /// Of those who notified, counted down or came to a barrier.
    given: BTreeMap<SharedId, Clock>,
    drained: BTreeMap<ExecutorId, Clock>,
    channels: BTreeMap<SharedId, ChannelClocks>,
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
            Event::Skipped { task, .. } | Event::Dropped { task, .. } | Event::Drained { task, .. } => {
                self.tasks.remove(&task);
            }
            Event::Waiting { task, pc } => self.comes_to_barrier(state, task, pc),
            Event::Resumed { task, why } => {
                self.takes(state, task, None, why);
                self.waited(state, task, None);
            }
            Event::Passed { task, pc } => {
                self.comes_to_barrier(state, task, pc);
                self.takes(state, task, Some(pc), WakeReason::Done);
                self.waited(state, task, Some(pc));
            }
            Event::Acquired { task, pc } => self.acquired(state, task, pc),
            Event::Released { task, resource, claim } => self.released(state, task, resource, claim),
            Event::Signalled { task, pc, .. } | Event::Counted { task, pc, .. } => {
                self.gives(state, task, pc);
            }
            Event::Relocks { task, why } => {
                self.takes(state, task, None, why);
            }
            Event::Sent { task, pc } => self.sent(state, task, pc),
            Event::Received { task, pc, sender } => self.received(state, task, pc, sender),
            Event::Closed { task, pc } => {
                if let Some(channel) = channel_at(state, task, pc) {
                    let clock = self.tasks.get(&task).cloned().unwrap_or_default();
                    self.channels.entry(channel).or_default().closed = clock;
                }
            }
            Event::FoundClosed { task, pc } => {
                let channel = channel_at(state, task, pc).and_then(|channel| self.channels.get(&channel));
                if let Some(channel) = channel {
                    join(self.tasks.entry(task).or_default(), &channel.closed);
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

    fn acquired(&mut self, state: &State, task: TaskId, pc: Pc) {
        let Some(holder) = state.task(task) else { return };
        let code = &state.scenario().tasks[holder.kind.index()].program.code;
        let claim = code.get(pc.index()).and_then(|instruction| state.claim_at(instruction));
        let Some((resource, claim)) = claim else { return };
        let at = (resource, state.resource_key(resource, holder));
        if let Some(clocks) = self.resources.get(&at) {
            // Readers are not ordered by readers.
            let clock = if claim == Claim::Read { &clocks.written } else { &clocks.any };
            join(self.tasks.entry(task).or_default(), clock);
        }
    }

    fn released(&mut self, state: &State, task: TaskId, resource: ResourceId, claim: Claim) {
        let Some(holder) = state.task(task) else { return };
        let at = (resource, state.resource_key(resource, holder));
        if let Some(clock) = self.tasks.get(&task) {
            let clocks = self.resources.entry(at).or_default();
            join(&mut clocks.any, clock);
            if claim != Claim::Read {
                join(&mut clocks.written, clock);
            }
        }
    }

    /// A notification or a count: whoever is let go by it knows what the task did before.
    fn gives(&mut self, state: &State, task: TaskId, pc: Pc) {
        if let (Some(shared), Some(clock)) = (shared_at(state, task, Some(pc)), self.tasks.get(&task)) {
            join(self.given.entry(shared).or_default(), clock);
        }
    }

    /// A task comes to a barrier: whoever passes it together with it knows what it did before.
    fn comes_to_barrier(&mut self, state: &State, task: TaskId, pc: Pc) {
        let is_barrier = |shared: &SharedId| {
            matches!(state.scenario().shared[shared.index()].kind, SharedKind::Barrier { .. })
        };
        if shared_at(state, task, Some(pc)).as_ref().is_some_and(is_barrier) {
            self.gives(state, task, pc);
        }
    }

    /// A wait on a condition, latch or barrier is over: at `pc`, or at the task's present instruction.
    fn takes(&mut self, state: &State, task: TaskId, pc: Option<Pc>, why: WakeReason) {
        let given = shared_at(state, task, pc).and_then(|shared| self.given.get(&shared));
        if let Some(clock) = given.filter(|_| why == WakeReason::Done) {
            join(self.tasks.entry(task).or_default(), clock);
        }
    }

    fn sent(&mut self, state: &State, task: TaskId, pc: Pc) {
        let Some(channel) = channel_at(state, task, pc) else { return };
        let SharedKind::Channel { capacity } = state.scenario().shared[channel.index()].kind else { return };
        let clocks = self.channels.entry(channel).or_default();
        clocks.sent += 1;
        let makes_room = capacity.is_some_and(|capacity| clocks.sent > u64::from(capacity));
        if makes_room && let Some(clock) = clocks.received.pop_front() {
            join(self.tasks.entry(task).or_default(), &clock);
        }
        clocks.messages.push_back(self.tasks.get(&task).cloned().unwrap_or_default());
    }

    fn received(&mut self, state: &State, task: TaskId, pc: Pc, sender: TaskId) {
        let Some(channel) = channel_at(state, task, pc) else { return };
        let SharedKind::Channel { capacity } = state.scenario().shared[channel.index()].kind else { return };
        let clocks = self.channels.entry(channel).or_default();
        let before = self.tasks.get(&task).cloned().unwrap_or_default();
        if let Some(clock) = clocks.messages.pop_front() {
            join(self.tasks.entry(task).or_default(), &clock);
        }
        match capacity {
            None => {}
            // Both meet: the sender goes on only now.
            Some(0) => join(self.tasks.entry(sender).or_default(), &before),
            Some(_) => clocks.received.push_back(before),
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

/// The channel that an instruction of a task names.
fn channel_at(state: &State, task: TaskId, pc: Pc) -> Option<SharedId> {
    let is_channel = |shared: &SharedId| {
        matches!(state.scenario().shared[shared.index()].kind, SharedKind::Channel { .. })
    };
    shared_at(state, task, Some(pc)).filter(is_channel)
}

/// The shared thing that an instruction of a task names: the one at `pc`, or its present one.
fn shared_at(state: &State, task: TaskId, pc: Option<Pc>) -> Option<SharedId> {
    let task = state.task(task)?;
    let pc = pc.unwrap_or(task.pc);
    state.scenario().tasks.get(task.kind.index())?.program.code.get(pc.index())?.shared()
}
