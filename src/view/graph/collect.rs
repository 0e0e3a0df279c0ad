//! Which nodes and edges a state has, each with its column and row.
//!
//! A row belongs to a thread: its worker, its task, and what that waits for stand side by side.

use super::model::{
    MAX_ROWS, WaitForEdge, WaitForEdgeKind, WaitForNode, WaitForNodeKind, WaitForPicture, WorkerPoolFrame,
};
use crate::analysis::digest::Digest;
use crate::analysis::knot::knots;
use crate::analysis::names::Key;
use crate::analysis::prose::grouped;
use crate::analysis::state::State;
use crate::analysis::state::place::Resource;
use crate::analysis::state::task::{Phase, Task};
use crate::model::id::{ExecutorId, ResourceId, TaskId};
use crate::model::program::Instruction;
use crate::model::scenario::ResourceKind;
use crate::model::signal::Signal;
use crate::view::chart::StuckSeverity;
use crate::view::palette::hue;
use crate::view::scene::Bounds;
use crate::view::words;
use std::collections::{BTreeMap, BTreeSet};

/// Columns of one level: worker, task, what it waits for.
const LEVEL: u32 = 3;

/// What hangs at a state.
struct StuckEntities {
    tasks: BTreeMap<TaskId, StuckSeverity>,
    pools: BTreeMap<ExecutorId, StuckSeverity>,
    resources: BTreeSet<(ResourceId, Key)>,
    signals: BTreeSet<Signal>,
}

impl StuckEntities {
    fn new(digest: &Digest<'_>, state: &State) -> StuckEntities {
        let mut verdict = StuckEntities {
            tasks: BTreeMap::new(),
            pools: BTreeMap::new(),
            resources: BTreeSet::new(),
            signals: BTreeSet::new(),
        };
        for without_timeouts in [true, false] {
            let graph = digest.lens.wait_for(state, without_timeouts);
            let (inside, behind) = match without_timeouts {
                true => (StuckSeverity::Stalled, None),
                false => (StuckSeverity::Stuck, Some(StuckSeverity::Behind)),
            };
            for task in graph.stuck_tasks(state) {
                verdict.tasks.extend(behind.map(|trouble| (task, trouble)));
            }
            for knot in knots(state, &graph) {
                verdict.tasks.extend(knot.tasks.iter().map(|task| (*task, inside)));
                verdict.pools.extend(knot.pools.iter().map(|pool| (*pool, inside)));
                verdict.resources.extend(knot.resources);
                verdict.signals.extend(knot.signals);
            }
        }
        verdict
    }

    fn of(&self, task: TaskId) -> StuckSeverity {
        self.tasks.get(&task).copied().unwrap_or_default()
    }

    /// The worst trouble of a list of tasks.
    fn worst(&self, tasks: impl Iterator<Item = TaskId>) -> StuckSeverity {
        tasks.map(|task| self.of(task)).max().unwrap_or_default()
    }
}

struct WaitForGraphCollector<'a> {
    digest: &'a Digest<'a>,
    state: &'a State,
    verdict: StuckEntities,
    /// How deep each executor stands: its tasks are awaited by those of the executors before it.
    levels: Vec<u32>,
    nodes: Vec<WaitForNode>,
    numbers: BTreeMap<WaitForNodeKind, u32>,
    taken: BTreeSet<(u32, u32)>,
    edges: Vec<WaitForEdge>,
    row: u32,
}

pub(super) fn collect(digest: &Digest<'_>, state: &State, keep: Option<TaskId>) -> WaitForPicture {
    let mut collector = WaitForGraphCollector {
        digest,
        state,
        verdict: StuckEntities::new(digest, state),
        levels: levels(digest),
        nodes: Vec::new(),
        numbers: BTreeMap::new(),
        taken: BTreeSet::new(),
        edges: Vec::new(),
        row: 0,
    };
    collector.threads(keep);
    collector.waits();
    collector.queues();
    let pools = collector.pools();
    collector.edges.sort_by_key(|edge| (edge.trouble, edge.kind, edge.from, edge.to));
    WaitForPicture { nodes: collector.nodes, edges: collector.edges, pools, ..WaitForPicture::default() }
}

/// For each executor, the longest chain of executors whose tasks submit into the next. It follows from the
/// scenario alone, so columns stay where they are.
fn levels(digest: &Digest<'_>) -> Vec<u32> {
    let scenario = &digest.trace().scenario;
    let count = scenario.executors.len();
    let mut leads: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut homes: Vec<BTreeSet<ExecutorId>> = vec![BTreeSet::new(); scenario.tasks.len()];
    for arrivals in &scenario.arrivals {
        homes[arrivals.task.index()].insert(scenario.pool_of(arrivals.to));
    }
    // Each pass follows submissions one step further; chains are no longer than there are task types.
    for _ in 0..scenario.tasks.len() {
        for (kind, task) in scenario.tasks.iter().enumerate() {
            for home in homes[kind].clone() {
                for submit in &task.program.submits {
                    let to = scenario.pool_of(submit.to.unwrap_or(home));
                    homes[submit.task.index()].insert(to);
                    leads.insert((home.index(), to.index()));
                }
            }
        }
    }
    let mut levels = vec![0_u32; count];
    for _ in 0..count.min(4) {
        for (from, to) in leads.iter().filter(|(from, to)| from != to && !leads.contains(&(*to, *from))) {
            levels[*to] = levels[*to].max((levels[*from] + 1).min(count as u32));
        }
    }
    levels
}

impl WaitForGraphCollector<'_> {
    fn node(
        &mut self,
        who: WaitForNodeKind,
        column: u32,
        row: u32,
        text: String,
        note: String,
        trouble: StuckSeverity,
    ) -> u32 {
        if let Some(number) = self.numbers.get(&who) {
            return *number;
        }
        let mut slot = (column, row);
        while !self.taken.insert(slot) {
            slot.1 += 1;
        }
        let hue = match who {
            WaitForNodeKind::Task(task) => Some(hue(self.digest.names.kind(task))),
            _ => None,
        };
        let number = self.nodes.len() as u32;
        self.numbers.insert(who.clone(), number);
        self.row = self.row.max(slot.1 + 1);
        self.nodes.push(WaitForNode { who, text, note, hue, trouble, at: Bounds::default(), slot });
        number
    }

    fn task_node(&mut self, id: TaskId, column: u32, row: u32) -> u32 {
        let name = self.digest.names.name(id);
        let doing = self.state.task(id).map(|task| words::doing(self.digest, self.state, task));
        let note = format!("{name}, {}", doing.unwrap_or_else(|| "over".to_owned()));
        let trouble = self.verdict.of(id);
        self.node(WaitForNodeKind::Task(id), column, row, name, note, trouble)
    }

    fn edge(&mut self, from: u32, to: u32, kind: WaitForEdgeKind) {
        let trouble = self.nodes[from as usize].trouble.min(self.nodes[to as usize].trouble);
        if from != to {
            self.edges.push(WaitForEdge { from, to, kind, trouble });
        }
    }

    /// A row for each busy thread; what there is too much of becomes one line.
    fn threads(&mut self, keep: Option<TaskId>) {
        let scenario = &self.digest.trace().scenario;
        let busy: usize = (0..scenario.executors.len())
            .map(|at| self.state.executor(ExecutorId(at as u16)).busy as usize)
            .sum();
        let alive: usize = (0..scenario.executors.len())
            .map(|at| self.state.executor(ExecutorId(at as u16)).alive as usize)
            .sum();
        // An idle worker keeps its row, so that nothing moves when it gets a task.
        let with_idle = alive <= MAX_ROWS;
        let each = if busy <= MAX_ROWS { usize::MAX } else { (MAX_ROWS / self.levels.len()).max(4) };
        for at in 0..scenario.executors.len() {
            let executor = ExecutorId(at as u16);
            let column = self.levels[at] * LEVEL;
            let mut stacks: Vec<(WaitForNodeKind, Vec<TaskId>)> = Vec::new();
            for (worker, held) in self.state.executor(executor).workers.iter() {
                let mut stack: Vec<TaskId> = self.state.stack(held.top).map(|(id, _)| id).collect();
                stack.reverse();
                if with_idle || !stack.is_empty() {
                    stacks
                        .push((WaitForNodeKind::Worker(executor, crate::model::id::WorkerId(worker)), stack));
                }
            }
            let scheduler = self.state.executor(executor).scheduler_top;
            let mut stack: Vec<TaskId> = self.state.stack(scheduler).map(|(id, _)| id).collect();
            stack.reverse();
            if !stack.is_empty() {
                stacks.push((WaitForNodeKind::Scheduler(executor), stack));
            }
            let mut shown: BTreeSet<usize> = (0..stacks.len()).collect();
            if stacks.len() > each {
                let mut order: Vec<usize> = (0..stacks.len()).collect();
                let kept = |at: usize| keep.is_some_and(|task| stacks[at].1.contains(&task));
                let trouble = |at: usize| self.verdict.worst(stacks[at].1.iter().copied());
                order.sort_by_key(|at| (!kept(*at), std::cmp::Reverse(trouble(*at)), *at));
                shown = order.into_iter().take(each).collect();
            }
            let rest: Vec<usize> = (0..stacks.len()).filter(|at| !shown.contains(at)).collect();
            for at in shown {
                let (who, stack) = &stacks[at];
                self.thread(who.clone(), stack, column);
            }
            self.more(executor, column, rest.iter().map(|at| stacks[*at].1.as_slice()).collect());
        }
    }

    fn thread(&mut self, who: WaitForNodeKind, stack: &[TaskId], column: u32) {
        let row = self.row;
        let scenario = &self.digest.trace().scenario;
        let (text, note) = match &who {
            WaitForNodeKind::Worker(executor, worker) => {
                let name = &scenario.executors[executor.index()].name;
                (worker.0.to_string(), format!("worker {} of {name}", worker.0))
            }
            WaitForNodeKind::Scheduler(executor) => {
                let name = &scenario.executors[executor.index()].name;
                ("s".to_owned(), format!("scheduler of {name}"))
            }
            WaitForNodeKind::Task(_)
            | WaitForNodeKind::Resource(..)
            | WaitForNodeKind::Signal(_)
            | WaitForNodeKind::Queue(_)
            | WaitForNodeKind::More(_) => return,
        };
        let trouble = self.verdict.worst(stack.first().copied().into_iter());
        let mut last = self.node(who, column, row, text, note, trouble);
        let mut kind = WaitForEdgeKind::HeldBy;
        for (depth, task) in stack.iter().enumerate() {
            let node = self.task_node(*task, column + 1, row + depth as u32);
            self.edge(last, node, kind);
            (last, kind) = (node, WaitForEdgeKind::Under);
        }
    }

    fn more(&mut self, executor: ExecutorId, column: u32, rest: Vec<&[TaskId]>) {
        if rest.is_empty() {
            return;
        }
        let name = &self.digest.trace().scenario.executors[executor.index()].name;
        let tasks = || rest.iter().flat_map(|stack| stack.iter().copied());
        let trouble = self.verdict.worst(tasks());
        let waiting =
            tasks().filter(|task| self.state.task(*task).is_some_and(|task| task.phase == Phase::Waiting));
        let waiting = waiting.count();
        let text = match waiting {
            0 => format!("{} more", grouped(rest.len() as u64)),
            _ => format!("{} more, {} waiting", grouped(rest.len() as u64), grouped(waiting as u64)),
        };
        let note = format!("{} more workers of {name} hold tasks, {waiting} of which wait", rest.len());
        let row = self.row;
        self.node(WaitForNodeKind::More(executor), column + 1, row, text, note, trouble);
    }

    /// What the tasks in the picture wait for.
    fn waits(&mut self) {
        let loose: Vec<TaskId> = self
            .state
            .tasks()
            .filter(|(_, task)| task.thread.is_none() && task.phase.is_under_way())
            .map(|(id, _)| id)
            .take(MAX_ROWS)
            .collect();
        for id in loose {
            let Some(task) = self.state.task(id) else { continue };
            let column = self.levels[task.executor.index()] * LEVEL + 1;
            let row = self.row;
            self.task_node(id, column, row);
        }
        let mut at = 0;
        while at < self.nodes.len() {
            if let WaitForNodeKind::Task(id) = self.nodes[at].who
                && let Some(task) = self.state.task(id)
            {
                self.wait(at as u32, task);
            }
            at += 1;
        }
    }

    fn wait(&mut self, from: u32, task: &Task) {
        let slot = self.nodes[from as usize].slot;
        match task.phase {
            Phase::Waiting => self.waiting(from, slot, task),
            Phase::Submitting(child) => {
                let to = self.task_node(child, slot.0 + 1, slot.1);
                self.edge(from, to, WaitForEdgeKind::WaitsFor);
            }
            Phase::Queued | Phase::Held | Phase::Blocked | Phase::Returning => {
                let to = self.queue_node(task.executor);
                self.edge(from, to, WaitForEdgeKind::QueuedIn);
            }
            Phase::Passing
            | Phase::Drained
            | Phase::Taken
            | Phase::Running
            | Phase::Io
            | Phase::Ready
            | Phase::Ended(_) => {}
        }
    }

    fn waiting(&mut self, from: u32, slot: (u32, u32), task: &Task) {
        if let Some(signal) = self.state.awaited_signal(task) {
            return self.signal(from, slot, signal);
        }
        if let Some(resource) = self.state.awaited_resource(task) {
            return self.resource(from, slot, resource, self.state.resource_key(resource, task));
        }
        let Some(instruction) = self.state.instruction(task) else { return };
        let children: Vec<TaskId> = match instruction {
            Instruction::Wait { .. } | Instruction::Result { .. } | Instruction::JoinScope => {
                self.state.awaited_children(task, task.pc)
            }
            Instruction::Shutdown { executor, .. } => {
                let to = self.queue_node(*executor);
                return self.edge(from, to, WaitForEdgeKind::WaitsFor);
            }
            _ => return,
        };
        let open = |id: &TaskId| self.state.task(*id).is_some_and(|child| !child.phase.is_ended());
        for child in children.into_iter().filter(open).take(MAX_ROWS) {
            let to = self.task_node(child, slot.0 + 1, slot.1);
            self.edge(from, to, WaitForEdgeKind::WaitsFor);
        }
    }

    fn resource(&mut self, from: u32, slot: (u32, u32), resource: ResourceId, key: Key) {
        let named = &self.digest.trace().scenario.resources[resource.index()];
        let name = match &key {
            Some(key) => format!("{}[{key}]", named.name),
            None => named.name.clone(),
        };
        let held = self.state.resource(resource, &key);
        let (taken, waiters) = held.map_or((0, 0), |held| (held.taken.max(0), held.waiting.len()));
        let (text, note) = match named.kind {
            ResourceKind::Lock { .. } => (name.clone(), format!("lock {name}, {waiters} waiting")),
            ResourceKind::ReadWriteLock { .. } => {
                (name.clone(), format!("read-write lock {name}, {taken} reading, {waiters} waiting"))
            }
            ResourceKind::Semaphore { .. } => (
                format!("{name} {taken}/{}", named.permits),
                format!("semaphore {name}, {taken} of {} permits held, {waiters} waiting", named.permits),
            ),
        };
        let in_knot = self.verdict.resources.contains(&(resource, key.clone()));
        let trouble = if in_knot { self.nodes[from as usize].trouble } else { StuckSeverity::None };
        let who = WaitForNodeKind::Resource(resource, key);
        let is_new = !self.numbers.contains_key(&who);
        let to = self.node(who, slot.0 + 1, slot.1, text, note, trouble);
        self.edge(from, to, WaitForEdgeKind::WaitsFor);
        let holders = held.filter(|_| is_new).into_iter().flat_map(Resource::holding_tasks);
        for holder in holders.take(MAX_ROWS).collect::<Vec<TaskId>>() {
            if let Some(holder) = self.numbers.get(&WaitForNodeKind::Task(holder)).copied() {
                self.edge(to, holder, WaitForEdgeKind::HeldBy);
            }
        }
    }

    /// What another task is to bring: nobody holds it, so no edge leads on.
    fn signal(&mut self, from: u32, slot: (u32, u32), signal: Signal) {
        let scenario = &self.digest.trace().scenario;
        let (text, note) = (signal.name(scenario).to_owned(), words::signal(scenario, signal));
        let in_knot = self.verdict.signals.contains(&signal);
        let trouble = if in_knot { self.nodes[from as usize].trouble } else { StuckSeverity::None };
        let to = self.node(WaitForNodeKind::Signal(signal), slot.0 + 1, slot.1, text, note, trouble);
        self.edge(from, to, WaitForEdgeKind::WaitsFor);
    }

    fn queue_node(&mut self, executor: ExecutorId) -> u32 {
        let named = &self.digest.trace().scenario.executors[executor.index()];
        let waiting = self.state.executor(executor).waiting;
        let (word, need) = match named.wraps() {
            Some(_) => ("held", "held back"),
            None => ("queued", "in the queue"),
        };
        let text = if waiting > 0 { format!("{}: {waiting} {word}", named.name) } else { named.name.clone() };
        let note = format!("{}: {waiting} {need}", named.name);
        let trouble = self.verdict.pools.get(&executor).copied().unwrap_or_default();
        let last = self.levels.iter().max().copied().unwrap_or(0) * LEVEL + LEVEL;
        self.node(WaitForNodeKind::Queue(executor), last, 0, text, note, trouble)
    }

    /// Queues in which something waits, whether or not a task in the picture waits for it.
    fn queues(&mut self) {
        for at in 0..self.levels.len() {
            let executor = ExecutorId(at as u16);
            if self.state.executor(executor).waiting > 0 {
                self.queue_node(executor);
            }
        }
        let scenario = &self.digest.trace().scenario;
        for at in 0..self.levels.len() {
            let executor = ExecutorId(at as u16);
            let Some(from) = self.numbers.get(&WaitForNodeKind::Queue(executor)).copied() else { continue };
            let pool = scenario.executors[at].wraps().unwrap_or(executor);
            let first = self.nodes.iter().position(|node| {
                matches!(node.who, WaitForNodeKind::Worker(of, _) if of == pool)
                    || (pool != executor && node.who == WaitForNodeKind::Queue(pool))
            });
            let place = self.state.executor(pool);
            let is_full = scenario.executors[pool.index()].workers().is_some_and(|most| place.busy >= most);
            if let Some(to) = first.filter(|_| is_full && self.state.executor(executor).waiting > 0) {
                let trouble = self.nodes[from as usize].trouble;
                self.edges.push(WaitForEdge {
                    from,
                    to: to as u32,
                    kind: WaitForEdgeKind::NeedsAny,
                    trouble,
                });
            }
        }
    }

    fn pools(&self) -> Vec<WorkerPoolFrame> {
        let scenario = &self.digest.trace().scenario;
        let of = |node: &WaitForNode| match node.who {
            WaitForNodeKind::Worker(executor, _) => Some(executor),
            _ => None,
        };
        let executors: BTreeSet<ExecutorId> = self.nodes.iter().filter_map(of).collect();
        let pool = |executor: ExecutorId| WorkerPoolFrame {
            executor,
            name: scenario.executors[executor.index()].name.clone(),
            trouble: self.verdict.pools.get(&executor).copied().unwrap_or_default(),
            at: Bounds::default(),
        };
        executors.into_iter().map(pool).collect()
    }
}
