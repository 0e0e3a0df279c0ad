//! Builds the wait-for graph: for each thing that can be needed, what it needs itself.
//!
//! Invariant: every rule of `language.md` about who waits for whom stands here once. A node that needs
//! all of nothing is live by itself; one that needs any of nothing never comes true.

use super::graph::{AndOr, Mode};
use super::model::{Assumptions, Node, WaitFor};
use super::reach::Reach;
use crate::analysis::state::State;
use crate::analysis::state::task::{End, Phase, Task, Thread};
use crate::model::executor::{ExecutorKind, OnWait};
use crate::model::id::{DrawId, ExecutorId, TaskId, TaskTypeId};
use crate::model::program::{Instruction, WaitMode};
use std::collections::BTreeMap;

/// What a node needs.
pub(super) type Needs = (Mode, Vec<Node>);

pub(super) fn live() -> Needs {
    (Mode::All, Vec::new())
}

pub(super) fn never() -> Needs {
    (Mode::Any, Vec::new())
}

pub(super) struct Builder<'a> {
    pub(super) state: &'a State,
    pub(super) reach: &'a Reach,
    pub(super) assumptions: &'a Assumptions,
    /// Tasks that occupy a saturated cap.
    occupants: BTreeMap<(ExecutorId, u16), Vec<TaskId>>,
    /// Tasks that have passed a wrapper, or are in an executor, where somebody asks for them.
    pub(super) inside: BTreeMap<ExecutorId, Vec<TaskId>>,
}

impl WaitFor {
    /// Makes the graph at `state`. `reach` is the scenario's.
    pub fn new(state: &State, reach: &Reach, assumptions: &Assumptions) -> WaitFor {
        let mut builder =
            Builder { state, reach, assumptions, occupants: BTreeMap::new(), inside: BTreeMap::new() };
        builder.index_tasks();
        let tasks: Vec<TaskId> = state.tasks().map(|(id, _)| id).collect();
        let mut nodes: Vec<Node> = tasks.iter().map(|id| Node::Task(*id)).collect();
        let mut numbers: BTreeMap<Node, u32> = BTreeMap::new();
        let mut graph = AndOr::default();
        let mut gone = None;
        let mut at = 0;
        while at < nodes.len() {
            let (mode, needs) = builder.needs(&nodes[at]);
            let needs: Vec<u32> = needs
                .into_iter()
                .map(|node| match &node {
                    Node::Task(task) => match tasks.binary_search(task) {
                        Ok(number) => number as u32,
                        // Forgotten, so it ended: whoever holds something of it waits in vain.
                        Err(_) => *gone.get_or_insert_with(|| {
                            nodes.push(node);
                            nodes.len() as u32 - 1
                        }),
                    },
                    _ => *numbers.entry(node).or_insert_with_key(|node| {
                        nodes.push(node.clone());
                        nodes.len() as u32 - 1
                    }),
                })
                .collect();
            graph.push(mode, needs);
            at += 1;
        }
        let live = graph.live(|_| false);
        WaitFor { nodes, graph, live, numbers, tasks }
    }
}

impl<'a> Builder<'a> {
    /// Lists the occupants of saturated caps, and the tasks of executors that somebody drains.
    fn index_tasks(&mut self) {
        let counts = |task: &Task| {
            !task.phase.is_ended()
                && task.phase != Phase::Drained
                && (!task.cancelled || task.phase.is_under_way())
        };
        for (id, task) in self.state.tasks().filter(|(_, task)| counts(task)) {
            if task.cancelled {
                // Its future is done, and its body runs on: only its executor has it still.
                self.inside.entry(task.executor).or_default().push(id);
                continue;
            }
            for wrapper in self.state.passed(task) {
                self.inside.entry(wrapper).or_default().push(id);
                for (cap, _) in self.saturated(wrapper, task.kind) {
                    self.occupants.entry((wrapper, cap)).or_default().push(id);
                }
            }
            self.inside.entry(task.executor).or_default().push(id);
        }
    }

    fn needs(&self, node: &Node) -> Needs {
        match node {
            Node::Task(id) => match self.state.task(*id) {
                Some(task) => self.task(*id, task),
                None => never(),
            },
            Node::Wait(id) => self.state.task(*id).map_or_else(never, |task| self.base(*id, task)),
            Node::Children(id) => self.open_children(*id),
            Node::Worker(pool) => self.worker(*pool),
            Node::Growth(pool) => self.growth(*pool),
            Node::Resource(resource, key, claim) => self.resource(*resource, key, *claim),
            Node::Cap(wrapper, cap) => {
                let occupants = self.occupants.get(&(*wrapper, *cap));
                (Mode::Any, occupants.into_iter().flatten().map(|id| Node::Task(*id)).collect())
            }
            Node::Room(executor, kind) => self.room(*executor, *kind),
            Node::Accept(executor, message) => self.accept(*executor, *message),
            Node::Scheduler(wrapper) => self.scheduler(*wrapper),
            Node::Head(bus) => self.head(*bus),
            Node::Prefetch(bus) => (Mode::Any, self.passed_through(*bus)),
            Node::Shutdown(executor) => self.shutdown(*executor),
            Node::GreenThread => self.carriers(None),
            Node::Carriers(executor) => self.carriers(Some(*executor)),
            Node::Signal(signal) => self.signal(*signal),
        }
    }

    /// What moves by itself: everything that is between two events, unless nothing is due any more.
    pub(super) fn moves(&self) -> Needs {
        if self.assumptions.quiescent { never() } else { live() }
    }

    fn task(&self, id: TaskId, task: &Task) -> Needs {
        match task.above.filter(|_| task.phase.is_under_way()) {
            Some(above) => (Mode::All, vec![Node::Wait(id), Node::Task(above)]),
            None => match self.interrupters(id, task) {
                others if others.is_empty() => self.base(id, task),
                others => (Mode::Any, std::iter::once(Node::Wait(id)).chain(others).collect()),
            },
        }
    }

    /// What a task needs, apart from the task above it.
    fn base(&self, id: TaskId, task: &Task) -> Needs {
        match task.phase {
            // A wrapper's scheduler runs it, and that is a green thread there.
            Phase::Passing if task.first != task.executor && self.shares_green_thread(task.executor) => {
                (Mode::All, vec![Node::GreenThread])
            }
            Phase::Passing => self.moves(),
            Phase::Held => self.held(id, task),
            Phase::Blocked => {
                let mut needs = vec![Node::Room(task.executor, self.capped(task))];
                needs.extend(self.rescues(task));
                // Without a queue its parent's worker may take it out of its submitter's hands.
                if self.state.scenario().executors[task.executor.index()].queue == Some(0) {
                    match self.helped(id, task) {
                        Some(help) => needs.extend(help),
                        None => return live(),
                    }
                }
                (Mode::Any, needs)
            }
            Phase::Queued => self.queued(id, task),
            // Nobody will ever run it: it waits for nothing but itself.
            Phase::Drained => (Mode::Any, vec![Node::Task(id)]),
            Phase::Ready | Phase::Running if self.state.awaited_resource(task).is_some() => {
                self.looks_again(task)
            }
            // Preempted in a `run` that lasts for ever.
            Phase::Ready if self.is_resident(id, task) => never(),
            Phase::Taken | Phase::Ready => self.on_thread(task),
            Phase::Running if task.above.is_some() => live(),
            Phase::Running | Phase::Io => {
                let resident = self.is_resident(id, task) || self.assumptions.quiescent;
                if resident { never() } else { live() }
            }
            Phase::Waiting => self.waiting(task),
            Phase::Submitting(child) => match self.state.task(child) {
                Some(below) if below.phase == Phase::Blocked => (Mode::All, vec![Node::Task(child)]),
                _ => self.moves(),
            },
            Phase::Returning => (Mode::All, vec![Node::Worker(task.executor)]),
            Phase::Ended(End::Discarded) => never(),
            Phase::Ended(End::Finished | End::Failed(_) | End::Cancelled | End::Rejected(_)) => live(),
        }
    }

    /// Whether a task is in a step that lasts for ever.
    pub(super) fn is_resident(&self, id: TaskId, task: &Task) -> bool {
        let forever = match self.state.instruction(task) {
            Some(Instruction::Run(draw)) => {
                matches!(task.phase, Phase::Running | Phase::Ready) && self.is_forever(task, *draw)
            }
            Some(Instruction::Io(draw, _) | Instruction::Use { work: draw, .. }) => {
                task.phase == Phase::Io && self.is_forever(task, *draw)
            }
            _ => false,
        };
        forever || self.assumptions.never.contains(&(id, task.since))
    }

    fn is_forever(&self, task: &Task, draw: DrawId) -> bool {
        let program = &self.state.scenario().tasks[task.kind.index()].program;
        program.draws[draw.index()].distribution.fixed().is_some_and(|length| length.is_forever())
    }

    fn capped(&self, task: &Task) -> Option<TaskTypeId> {
        let is_cap = matches!(self.kind(task.executor), ExecutorKind::Cap { .. });
        is_cap.then_some(task.kind)
    }

    pub(super) fn kind(&self, executor: ExecutorId) -> &'a ExecutorKind {
        &self.state.scenario().executors[executor.index()].kind
    }

    pub(super) fn shares_green_thread(&self, executor: ExecutorId) -> bool {
        self.state.scenario().executors[executor.index()].shares_green_thread()
    }

    fn on_thread(&self, task: &Task) -> Needs {
        if let Some(carriers) = self.carriers_of(task) {
            (Mode::All, vec![carriers])
        } else if self.assumptions.quiescent {
            never()
        } else {
            live()
        }
    }

    /// The node that says somebody may still shut `executor` down, if any program could.
    pub(super) fn rescue(&self, executor: ExecutorId) -> Option<Node> {
        self.reach.is_ever_shut_down(executor).then_some(Node::Shutdown(executor))
    }

    /// The same for a task that waits: shutting down a wrapper that it has passed may cancel it as well.
    pub(super) fn rescues(&self, task: &Task) -> Vec<Node> {
        let passed = self.state.passed(task).chain([task.executor]);
        passed.filter_map(|executor| self.rescue(executor)).collect()
    }

    fn queued(&self, id: TaskId, task: &Task) -> Needs {
        let mut needs = vec![Node::Worker(task.executor)];
        needs.extend(self.rescues(task));
        match self.helped(id, task) {
            Some(help) => needs.extend(help),
            None => return live(),
        }
        (Mode::Any, needs)
    }

    /// What must come for the worker of its parent to run a task under `help-child`; `None` if nothing must. (A parent that
    /// waits for anything else, such as a message or its other children, does not run this one meanwhile.)
    fn helped(&self, id: TaskId, task: &Task) -> Option<Vec<Node>> {
        let on_wait = self.state.scenario().executors[task.executor.index()].on_wait;
        let helps = matches!(on_wait, OnWait::HelpChild | OnWait::Join);
        let parent = task.origin.parent().and_then(|parent| self.state.task(parent));
        let there = |by: &&Task| {
            let pool = matches!(by.thread, Some(Thread::Worker(pool, _)) if pool == task.executor);
            pool && by.phase.is_under_way()
        };
        let Some(by) = parent.filter(there).filter(|_| helps) else { return Some(Vec::new()) };
        let mut needs = Vec::new();
        let waits_for_it = by.phase == Phase::Waiting && self.awaits(by, id);
        match by.above.filter(|_| by.phase == Phase::Waiting) {
            // Its parent's worker runs it, once what runs there now has ended. (One that joins runs others as well.)
            Some(above) if waits_for_it || on_wait == OnWait::Join => needs.push(Node::Task(above)),
            // One that joins looked for it when it began to wait.
            None if waits_for_it && on_wait == OnWait::HelpChild && !self.assumptions.quiescent => {
                return None;
            }
            Some(_) | None => {}
        }
        // Its parent may still come to wait for it.
        needs.extend(task.origin.parent().map(Node::Task));
        Some(needs)
    }

    /// Woken, it has not looked yet whether it can have what it asks for: it needs that, and its thread. (A releaser that
    /// is not fair may have taken it again. Then the wake-up is in vain, and no deadlock ends by it.)
    fn looks_again(&self, task: &Task) -> Needs {
        let waiting = if self.may_have_it_now(task) { live() } else { self.waiting(task) };
        let (mode, mut needs) = match waiting {
            never @ (Mode::Any, _) => return never,
            all => all,
        };
        let (_, thread) = match self.on_thread(task) {
            never @ (Mode::Any, _) => return never,
            all => all,
        };
        needs.extend(thread);
        (mode, needs)
    }

    /// Whether a timeout may yet end what the task waits for. (That of a condition ends nothing once the task takes the lock
    /// again.)
    pub(super) fn may_time_out(&self, task: &Task) -> bool {
        let instruction = self.state.instruction(task);
        let relocks = task.acquiring && matches!(instruction, Some(Instruction::WaitOn { .. }));
        let timeout = instruction.and_then(Instruction::timeout).filter(|_| !relocks);
        timeout.is_some_and(|draw| !self.assumptions.without_timeouts && !self.is_forever(task, draw))
            && !self.assumptions.quiescent
    }

    fn waiting(&self, task: &Task) -> Needs {
        if self.may_time_out(task) {
            return live();
        }
        match self.state.instruction(task) {
            Some(Instruction::Wait { mode, .. }) => {
                let children = self.awaited(task).into_iter().map(Node::Task).collect();
                (if *mode == WaitMode::Any { Mode::Any } else { Mode::All }, children)
            }
            Some(Instruction::Result { .. }) => self.result(task),
            Some(Instruction::JoinScope) => {
                (Mode::All, self.awaited(task).into_iter().map(Node::Task).collect())
            }
            Some(Instruction::AwaitExecutor { executor, .. }) => {
                let inside = self.inside.get(executor).into_iter().flatten().map(|id| Node::Task(*id));
                let open = !self.state.executor(*executor).shut_down;
                (Mode::All, inside.chain(open.then_some(Node::Shutdown(*executor))).collect())
            }
            Some(Instruction::Shutdown { executor, .. }) => {
                let inside = self.inside.get(executor).into_iter().flatten();
                (Mode::All, inside.map(|id| Node::Task(*id)).collect())
            }
            _ => match (self.state.awaited_claim(task), self.state.awaited_signal(task)) {
                (Some((resource, claim)), signal) => self.acquiring(task, resource, claim, signal),
                (None, Some(signal)) => (Mode::All, vec![Node::Signal(signal)]),
                (None, None) => self.moves(),
            },
        }
    }

    /// A `result` goes on when one of its children is done: all that is asked for may be there then, and any may fail.
    fn result(&self, task: &Task) -> Needs {
        let children = self.awaited(task);
        let is_open = |child: &&TaskId| {
            self.state.task(**child).is_some_and(|child| {
                !child.cancelled && !matches!(child.phase, Phase::Ended(end) if end != End::Discarded)
            })
        };
        let is_any =
            matches!(self.state.instruction(task), Some(Instruction::Result { mode: WaitMode::Any, .. }));
        let open: Vec<Node> = children.iter().filter(is_open).map(|child| Node::Task(*child)).collect();
        let cancelled = |child: &TaskId| self.state.task(*child).is_some_and(|child| child.cancelled);
        if open.is_empty() || (!is_any && children.iter().any(cancelled)) {
            return self.moves();
        }
        (if open.len() == 1 { Mode::All } else { Mode::Any }, open)
    }

    /// The children that a task waits for, done ones included.
    pub(super) fn awaited(&self, task: &Task) -> Vec<TaskId> {
        self.state.awaited_children(task, task.pc)
    }

    /// A worker becomes free when the lowest task of its stack ends.
    fn worker(&self, pool: ExecutorId) -> Needs {
        let place = self.state.executor(pool);
        let executor = &self.state.scenario().executors[pool.index()];
        let room = executor.workers().is_some_and(|most| place.alive < most);
        let mut needs = Vec::new();
        if !self.assumptions.quiescent {
            match executor.kind {
                ExecutorKind::Dynamic { .. } if room => needs.push(Node::Growth(pool)),
                // Beyond its core it grows only when its queue is full.
                ExecutorKind::Elastic { core, .. }
                    if room && (executor.queue.is_some() || place.alive < core.max(1)) =>
                {
                    needs.push(Node::Growth(pool));
                }
                ExecutorKind::Threads { .. } | ExecutorKind::Green { .. } if room => return live(),
                ExecutorKind::ForkJoin { .. } | ExecutorKind::Scheduled { .. } if room => {
                    needs.push(Node::Growth(pool))
                }
                ExecutorKind::Threads { .. }
                | ExecutorKind::Green { .. }
                | ExecutorKind::Dynamic { .. }
                | ExecutorKind::Elastic { .. }
                | ExecutorKind::ForkJoin { .. }
                | ExecutorKind::Scheduled { .. }
                | ExecutorKind::Inline
                | ExecutorKind::Delay { .. }
                | ExecutorKind::Cap { .. }
                | ExecutorKind::Bus { .. } => {}
            }
        }
        let gives_way = !self.assumptions.quiescent && self.has_room_to_give_way(pool);
        for (_, worker) in place.workers.iter() {
            let Some(top) = worker.top else { return self.moves() };
            if gives_way && self.gives_way(top, executor.on_wait) {
                return live();
            }
            if matches!(executor.kind, ExecutorKind::ForkJoin { .. }) && self.is_about_to_join(pool, top) {
                return self.moves();
            }
            for (id, task) in self.state.stack(Some(top)) {
                // What runs above a waiting task may go on, and then others are helped or stood in for.
                let helps = matches!(executor.on_wait, OnWait::HelpAny | OnWait::Join)
                    && task.phase == Phase::Waiting;
                needs.extend(task.above.filter(|_| helps).map(Node::Task));
                if task.below.is_none() {
                    needs.push(Node::Task(id));
                }
            }
        }
        (Mode::Any, needs)
    }

    /// Whether a worker of `pool` whose task waits makes room for others. A spare worker starts only as
    /// long as there are fewer workers than the pool may have beside those that wait.
    fn has_room_to_give_way(&self, pool: ExecutorId) -> bool {
        let executor = &self.state.scenario().executors[pool.index()];
        if executor.on_wait != OnWait::Compensate {
            return true;
        }
        let place = self.state.executor(pool);
        let tops = place.workers.iter().filter_map(|(_, worker)| worker.top);
        let waiters = tops.filter(|top| self.gives_way(*top, OnWait::Compensate)).count();
        executor.workers().is_some_and(|most| (place.alive as usize) < most as usize + waiters)
    }

    /// Whether the worker of a task that waits for children can do something else meanwhile.
    fn gives_way(&self, top: TaskId, on_wait: OnWait) -> bool {
        match on_wait {
            OnWait::Hold | OnWait::HelpChild | OnWait::Join => false,
            OnWait::HelpAny | OnWait::Compensate | OnWait::Release => {
                let Some(task) = self.state.task(top) else { return false };
                // A task above another cannot leave the worker to others.
                let stays = on_wait == OnWait::Release && task.below.is_some();
                !stays
                    && !self.state.is_pinned(task)
                    && task.phase == Phase::Waiting
                    && matches!(
                        self.state.instruction(task),
                        Some(Instruction::Wait { .. } | Instruction::Result { .. } | Instruction::JoinScope)
                    )
            }
        }
    }

    fn growth(&self, pool: ExecutorId) -> Needs {
        let scenario = self.state.scenario();
        let mut needs = Vec::new();
        for (source, arrivals) in self.state.sources().iter().zip(&scenario.arrivals) {
            let comes = scenario.pool_of(arrivals.to) == pool || self.reach.submits_into(arrivals.task, pool);
            match source.held_back {
                _ if source.ended || !comes => {}
                Some(first) => needs.push(Node::Task(first)),
                None => return self.moves(),
            }
        }
        for (id, task) in self.state.tasks().filter(|(_, task)| !task.phase.is_ended()) {
            let on_its_way = task.executor != pool && scenario.pool_of(task.executor) == pool;
            if on_its_way || self.reach.submits_into(task.kind, pool) {
                needs.push(Node::Task(id));
            }
        }
        (Mode::Any, needs)
    }

    fn shutdown(&self, executor: ExecutorId) -> Needs {
        let scenario = self.state.scenario();
        let mut needs = Vec::new();
        for (source, arrivals) in self.state.sources().iter().zip(&scenario.arrivals) {
            match source.held_back {
                _ if source.ended || !self.reach.shuts_down(arrivals.task, executor) => {}
                Some(first) => needs.push(Node::Task(first)),
                None => return self.moves(),
            }
        }
        let tasks = self.state.tasks().filter(|(_, task)| !task.phase.is_ended() && !task.cancelled);
        needs.extend(
            tasks
                .filter(|(_, task)| self.reach.shuts_down(task.kind, executor))
                .map(|(id, _)| Node::Task(id)),
        );
        (Mode::Any, needs)
    }
}
