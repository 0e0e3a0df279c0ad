//! The state of a run at one time: the fold of its trace up to an event.
//!
//! Invariant: everything here follows from the scenario and the events applied so far. Only tasks that
//! somebody may still ask about are kept: an ended task is forgotten once its submitter has ended or has
//! submitted another child under its name, so a run of a million short tasks stays small. What needs the
//! whole history (when a task started, its statistics) is deliberately absent: see [`super::lives`].
//! Events that make no sense are skipped: a loaded trace must not be able to cause a panic.

mod apply;
mod counts;
mod memory;
pub mod place;
mod resources;
mod shared;
pub mod task;
mod threads;

use super::names::{Key, Origin};
use super::paged::Paged;
use crate::model::id::{CellId, ExecutorId, Pc, ResourceId, SharedId, TaskId};
use crate::model::program::{Claim, Instruction, IoMode, WaitMode};
use crate::model::scenario::{Pinning, Scenario};
use crate::model::shared::SharedKind;
use crate::model::signal::Signal;
use crate::model::time::Time;
use crate::trace::Trace;
use crate::trace::event::EventId;
use crate::trace::record::Record;
use place::{Cell, ExecutorState, Resource, Shared, Source};
use std::collections::BTreeMap;
use std::sync::Arc;
use task::{Phase, Task, Thread};

/// Everything at one time.
#[derive(Clone)]
pub struct State {
    scenario: Arc<Scenario>,
    tasks: Paged<Task>,
    created: u32,
    /// How many tasks are not forgotten.
    kept: u32,
    /// How many tasks have neither ended nor been cancelled.
    unfinished: u32,
    executors: Vec<ExecutorState>,
    resources: BTreeMap<(ResourceId, Key), Resource>,
    /// How many permits and locks are held.
    holdings: u32,
    shared: Vec<Shared>,
    cells: BTreeMap<(CellId, Key), Cell>,
    sources: Vec<Source>,
    /// How many events have been applied.
    applied: u32,
    at: Time,
}

impl State {
    /// Before the first event.
    pub fn new(scenario: &Arc<Scenario>) -> State {
        State {
            tasks: Paged::default(),
            created: 0,
            kept: 0,
            unfinished: 0,
            executors: scenario.executors.iter().map(ExecutorState::new).collect(),
            resources: BTreeMap::new(),
            holdings: 0,
            shared: scenario.shared.iter().map(Shared::at_start).collect(),
            cells: BTreeMap::new(),
            sources: vec![Source::default(); scenario.arrivals.len()],
            applied: 0,
            at: Time::ZERO,
            scenario: Arc::clone(scenario),
        }
    }

    /// What was run.
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }

    /// The instant of the last event applied.
    pub fn at(&self) -> Time {
        self.at
    }

    /// How many events have been applied.
    pub fn applied(&self) -> u32 {
        self.applied
    }

    /// How many tasks have been created.
    pub fn created(&self) -> u32 {
        self.created
    }

    /// How many tasks have neither ended nor been cancelled.
    pub fn unfinished(&self) -> u32 {
        self.unfinished
    }

    /// A measure of what it costs to look at everything here: the tasks kept, and the pages they are on.
    pub fn size(&self) -> u32 {
        self.kept + self.created / 32
    }

    /// A task; `None` if it is not created yet, or ended and forgotten.
    pub fn task(&self, task: TaskId) -> Option<&Task> {
        self.tasks.get(task.0)
    }

    /// Every task that is not forgotten, in order of creation.
    pub fn tasks(&self) -> impl Iterator<Item = (TaskId, &Task)> {
        self.tasks.iter().map(|(id, task)| (TaskId(id), task))
    }

    /// Returns the state of an executor.
    pub fn executor(&self, executor: ExecutorId) -> &ExecutorState {
        &self.executors[executor.index()]
    }

    /// The entries that wait in (or are held by) an executor, in order of entry, cancelled ones included.
    pub fn entries(&self, executor: ExecutorId) -> impl Iterator<Item = (TaskId, &Task)> {
        let mut at = self.executors[executor.index()].head;
        std::iter::from_fn(move || {
            let id = at?;
            let task = self.task(id)?;
            at = task.next;
            Some((id, task))
        })
    }

    /// The tasks on one thread, from `top` down.
    pub fn stack(&self, top: Option<TaskId>) -> impl Iterator<Item = (TaskId, &Task)> {
        let mut at = top;
        std::iter::from_fn(move || {
            let id = at?;
            let task = self.task(id)?;
            at = task.below;
            Some((id, task))
        })
    }

    /// The key by which `task` sees a resource.
    pub fn resource_key(&self, resource: ResourceId, task: &Task) -> Key {
        if self.scenario.resources[resource.index()].per_key { task.key.clone() } else { None }
    }

    /// The key by which `task` sees a cell.
    pub fn cell_key(&self, cell: CellId, task: &Task) -> Key {
        if self.scenario.cells[cell.index()].per_key { task.key.clone() } else { None }
    }

    /// A semaphore or lock; `None` if nobody holds it or waits for it.
    pub fn resource(&self, resource: ResourceId, key: &Key) -> Option<&Resource> {
        self.resources.get(&(resource, key.clone()))
    }

    /// Every semaphore and lock that somebody holds or waits for.
    pub fn resources(&self) -> impl Iterator<Item = (ResourceId, &Key, &Resource)> {
        self.resources.iter().map(|((id, key), resource)| (*id, key, resource))
    }

    /// A channel, condition, latch, barrier or server.
    pub fn shared(&self, shared: SharedId) -> &Shared {
        &self.shared[shared.index()]
    }

    /// A cell; `None` if it has its initial value.
    pub fn cell(&self, cell: CellId, key: &Key) -> Option<&Cell> {
        self.cells.get(&(cell, key.clone()))
    }

    /// Every cell that has been written.
    pub fn cells(&self) -> impl Iterator<Item = (CellId, &Key, &Cell)> {
        self.cells.iter().map(|((id, key), cell)| (*id, key, cell))
    }

    /// The arrival entries, in document order.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The instruction a task is at (the next one is elsewhere: a task between two steps is still at the
    /// one before).
    pub fn instruction(&self, task: &Task) -> Option<&Instruction> {
        self.scenario.tasks.get(task.kind.index())?.program.code.get(task.pc.index())
    }

    /// The wrappers a task has passed, outermost first.
    pub fn passed(&self, task: &Task) -> impl Iterator<Item = ExecutorId> + use<'_> {
        let end = task.executor;
        let mut at = Some(task.first);
        std::iter::from_fn(move || {
            let executor = at.filter(|at| *at != end)?;
            at = self.scenario.executors[executor.index()].wraps();
            Some(executor)
        })
    }

    /// The semaphore or lock that a task asks for: it waits for it, or was woken and has not looked yet.
    pub fn awaited_resource(&self, task: &Task) -> Option<ResourceId> {
        Some(self.awaited_claim(task)?.0)
    }

    /// The same, and how much of it.
    pub fn awaited_claim(&self, task: &Task) -> Option<(ResourceId, Claim)> {
        if !task.acquiring {
            return None;
        }
        self.claim_at(self.instruction(task)?)
    }

    /// What an instruction may have its task acquire: by itself, or as the lock of its condition.
    pub(super) fn claim_at(&self, instruction: &Instruction) -> Option<(ResourceId, Claim)> {
        match instruction {
            Instruction::Acquire { resource, claim, .. } => Some((*resource, *claim)),
            Instruction::WaitOn { condition, .. } => match self.scenario.shared[condition.index()].kind {
                SharedKind::Condition { lock } => Some((lock?, Claim::ONE)),
                SharedKind::Channel { .. }
                | SharedKind::Latch { .. }
                | SharedKind::Barrier { .. }
                | SharedKind::Server(_) => None,
            },
            _ => None,
        }
    }

    /// What a waiting task needs others to bring, if it needs that.
    pub fn awaited_signal(&self, task: &Task) -> Option<Signal> {
        let waits = task.phase == Phase::Waiting || task.acquiring;
        let instruction = self.instruction(task).filter(|_| waits)?;
        // Notified, it needs no more than the lock.
        let relocks = task.acquiring && matches!(instruction, Instruction::WaitOn { .. });
        instruction.awaited_signal(&self.scenario).filter(|_| !relocks)
    }

    /// The children that a task waits for at an instruction, done ones included.
    pub fn awaited_children(&self, task: &Task, pc: Pc) -> Vec<TaskId> {
        let program = &self.scenario.tasks[task.kind.index()].program;
        match program.code.get(pc.index()) {
            Some(Instruction::Wait { mode: WaitMode::Every, .. }) => task.all_children.clone(),
            Some(Instruction::Wait { names, .. } | Instruction::Result { names, .. }) => {
                names.iter().filter_map(|name| task.child(*name)).collect()
            }
            Some(Instruction::JoinScope) => {
                let scope = program.handlers.iter().find(|handler| handler.target == pc);
                let inside = |child: &TaskId| {
                    scope.is_some_and(|scope| match self.task(*child).map(|child| child.origin) {
                        Some(Origin::Child { pc, .. }) => scope.from <= pc && pc < scope.to,
                        Some(Origin::Arrival(_) | Origin::Run { .. }) | None => false,
                    })
                };
                task.all_children.iter().copied().filter(inside).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The green executor whose carriers, or whose green thread, a task runs on or will run on. Whoever runs a refused
    /// task itself does so on its own thread, wherever the task was bound for.
    pub fn carried_by(&self, task: &Task) -> Option<ExecutorId> {
        let (executor, is_carried) = match task.thread {
            Some(Thread::Own(_)) => return None,
            Some(Thread::Scheduler(wrapper)) => {
                let pool = self.scenario.pool_of(wrapper);
                (pool, self.scenario.executors[pool.index()].shares_green_thread())
            }
            Some(Thread::Worker(executor, _)) => {
                (executor, self.scenario.executors[executor.index()].is_green())
            }
            None => (task.executor, self.scenario.executors[task.executor.index()].is_green()),
        };
        is_carried.then_some(executor)
    }

    /// Whether what a task holds or asks for pins it to the carrier that it runs on.
    pub fn is_pinned(&self, task: &Task) -> bool {
        let pins = |resource: &ResourceId| self.scenario.resources[resource.index()].pins;
        let held = task.holds.iter().any(|resource| pins(resource) == Some(Pinning::Held));
        let asks = matches!(self.instruction(task), Some(Instruction::Acquire { .. }));
        let waits_on_monitor =
            self.instruction(task).is_some_and(|instruction| self.scenario.is_wait_on_monitor(instruction));
        held || waits_on_monitor
            || (asks && self.awaited_resource(task).is_some_and(|resource| pins(&resource).is_some()))
    }

    /// Whether a task on a green executor keeps a carrier, or the green thread, to itself. Who is ready and was preempted
    /// on a machine's core keeps its carrier too, but that does not follow from the state.
    pub fn keeps_carrier(&self, task: &Task) -> bool {
        if self.carried_by(task).is_none() {
            return false;
        }
        match task.phase {
            // One that was woken and has not looked yet has no carrier.
            Phase::Running => task.above.is_none() && !task.acquiring,
            Phase::Io => {
                let blocks = matches!(
                    self.instruction(task),
                    Some(Instruction::Io(_, IoMode::Blocking | IoMode::Managed))
                );
                task.above.is_none() && (blocks || self.is_pinned(task))
            }
            Phase::Waiting | Phase::Submitting(_) => task.above.is_none() && self.is_pinned(task),
            Phase::Ready
            | Phase::Held
            | Phase::Passing
            | Phase::Blocked
            | Phase::Queued
            | Phase::Drained
            | Phase::Taken
            | Phase::Returning
            | Phase::Ended(_) => false,
        }
    }

    /// The server that works for a task now.
    pub fn used_server(&self, task: &Task) -> Option<SharedId> {
        match self.instruction(task) {
            Some(Instruction::Use { server, .. }) if task.phase == Phase::Io => Some(*server),
            Some(_) | None => None,
        }
    }

    /// A measure of what a copy of this state costs, in rough machine words of its unshared parts.
    fn weight(&self) -> usize {
        self.cells.len() + self.resources.len() + self.holdings as usize / 2 + self.created as usize / 32
    }
}

/// The state after event `last` (and all before it).
pub fn state_at(trace: &Trace, last: EventId) -> State {
    let mut state = State::new(&trace.scenario);
    state.advance(&trace.records, last.0.saturating_add(1));
    state
}

impl State {
    /// Applies `records` (a trace's, from its first) until `count` have been applied or there are no more.
    pub fn advance(&mut self, records: &[Record], count: u32) {
        let end = records.len().min(count as usize);
        for (at, record) in records.iter().enumerate().take(end).skip(self.applied as usize) {
            self.apply(EventId(at as u32), record.at, record.event());
        }
    }
}

impl State {
    /// Applies `records`, the next ones of a trace.
    pub fn follow(&mut self, records: &[Record]) {
        for record in records {
            self.apply(EventId(self.applied), record.at, record.event());
        }
    }

    /// About how many bytes it takes, if it shares nothing with others.
    pub fn bytes(&self) -> u64 {
        let places =
            self.executors.len() * size_of::<ExecutorState>() + self.sources.len() * size_of::<Source>();
        self.tasks.bytes() + (places + self.weight() * size_of::<u64>()) as u64
    }
}

/// Most bytes that states kept along a trace may take beyond the last of them, about.
const MAX_KEPT: u64 = 256 << 20;

/// States kept along a trace, so that any other is near.
#[derive(Clone)]
pub struct Checkpoints {
    states: Vec<State>,
}

/// Checkpoints in the making, so that a long trace can be folded a part at a time.
pub struct CheckpointBuilder {
    state: State,
    states: Vec<State>,
    /// For each, how many bytes keeping it costs: itself, and what it no longer shares with the next one.
    costs: Vec<u64>,
    /// What pages had been copied when the last one was kept.
    copied: u64,
    kept: u32,
    every: u32,
    most: u64,
}

impl CheckpointBuilder {
    /// Keeps a state about every `every` events; less often where a state is large, or where all kept would take too much
    /// memory: where hundred thousands of tasks go on in no order, each state shares little with the next.
    pub fn new(scenario: &Arc<Scenario>, every: u32) -> CheckpointBuilder {
        let state = State::new(scenario);
        let (states, costs) = (vec![state.clone()], vec![0]);
        CheckpointBuilder { states, costs, state, copied: 0, kept: 0, every: every.max(1), most: MAX_KEPT }
    }

    /// The same, with another bound of memory, in bytes.
    pub fn within(self, most: u64) -> CheckpointBuilder {
        CheckpointBuilder { most, ..self }
    }

    /// Applies up to `most` further events of the trace; whether there are more.
    pub fn advance(&mut self, trace: &Trace, most: u32) -> bool {
        let records = trace.records.iter().enumerate().skip(self.state.applied as usize);
        for (id, record) in records.take(most as usize) {
            self.apply(EventId(id as u32), record.at, record.event());
        }
        (self.state.applied as usize) < trace.records.len()
    }

    /// Applies the next event.
    pub(super) fn apply(&mut self, id: EventId, at: Time, event: crate::trace::event::Event) {
        self.state.apply(id, at, event);
        let since = self.state.applied - self.kept;
        if since >= self.every && since as usize >= self.state.weight() / 8 {
            self.keep();
        }
    }

    /// The state after the events applied so far.
    pub fn state(&self) -> &State {
        &self.state
    }

    fn keep(&mut self) {
        self.kept = self.state.applied;
        let copied = self.state.tasks.copied_bytes();
        if let Some(last) = self.costs.last_mut() {
            *last += copied - self.copied;
        }
        self.copied = copied;
        self.states.push(self.state.clone());
        self.costs.push(self.state.tasks.clone_bytes());
        while self.costs.iter().sum::<u64>() > self.most && self.states.len() > 2 {
            self.thin();
        }
    }

    /// Every second state goes, but for the first and the last, and from here on half as many are kept. Pages that a state
    /// shared with one that goes are its own now.
    fn thin(&mut self) {
        let last = self.states.len() - 1;
        let whole = self.state.tasks.bytes();
        let mut costs: Vec<u64> = Vec::new();
        for (at, cost) in self.costs.iter().enumerate() {
            match costs.last_mut() {
                Some(before) if at % 2 == 1 && at != last => *before = (*before + cost).min(whole),
                Some(_) | None => costs.push(*cost),
            }
        }
        self.costs = costs;
        let mut at = 0..;
        self.states.retain(|_| at.next().is_some_and(|at: usize| at.is_multiple_of(2) || at == last));
        self.every = self.every.saturating_mul(2);
    }

    /// What is kept, the present state as the last.
    pub fn finish(mut self) -> Checkpoints {
        self.states.push(self.state);
        Checkpoints { states: self.states }
    }
}

impl Checkpoints {
    /// Keeps a state about every `every` events; less often where a state is large.
    pub fn new(trace: &Trace, every: u32) -> Checkpoints {
        let mut folding = CheckpointBuilder::new(&trace.scenario, every);
        folding.advance(trace, u32::MAX);
        folding.finish()
    }

    /// After how many events a state is kept, each time.
    pub fn places(&self) -> impl Iterator<Item = u32> {
        self.states.iter().map(|state| state.applied)
    }

    /// The state after the first `count` events.
    pub fn after(&self, trace: &Trace, count: u32) -> State {
        let near = self.states.partition_point(|state| state.applied <= count).max(1) - 1;
        let mut state = self.states[near].clone();
        state.advance(&trace.records, count);
        state
    }

    /// The state after the last event.
    pub fn last(&self) -> &State {
        &self.states[self.states.len() - 1]
    }
}
