//! What the tasks of each type, and those they submit, may still do to others: shut an executor down,
//! submit into a pool, or bring what somebody waits for at a shared thing.
//!
//! Invariant: says "may" whenever a program could, whatever its data and durations. Where a task has come to in its
//! program is looked at only for shared things: what lies behind it, outside every loop that it is in, it does not do
//! again.

use crate::model::executor::ExecutorKind;
use crate::model::id::{ExecutorId, Pc, TaskTypeId};
use crate::model::program::{Instruction, Program, ShutdownMode};
use crate::model::scenario::Scenario;
use crate::model::signal::Signal;
use std::collections::BTreeMap;

/// For each task type, what it and its descendants may do.
#[derive(Clone, Debug)]
pub struct Reach {
    shutdowns: Vec<Vec<bool>>,
    pools: Vec<Vec<bool>>,
    stops: Vec<bool>,
    interrupts: bool,
    /// For each signal that some task waits for: the last instruction of each type by which it, or a child submitted
    /// there, may bring it.
    signals: BTreeMap<Signal, BTreeMap<TaskTypeId, Pc>>,
    /// For each task type and instruction, where a task that is there may be again at the earliest.
    again_from: Vec<Vec<Pc>>,
}

impl Reach {
    /// Reads all programs of a scenario.
    pub fn new(scenario: &Scenario) -> Reach {
        let (types, executors) = (scenario.tasks.len(), scenario.executors.len());
        let mut shutdowns = vec![vec![false; executors]; types];
        let mut pools = vec![vec![false; executors]; types];
        let mut stops = vec![false; executors];
        for (kind, task) in scenario.tasks.iter().enumerate() {
            for instruction in &task.program.code {
                if let Instruction::Shutdown { executor, mode, .. } = instruction {
                    shutdowns[kind][executor.index()] = true;
                    stops[executor.index()] |= *mode == ShutdownMode::Now;
                }
            }
            for submit in &task.program.submits {
                match submit.to {
                    Some(to) => pools[kind][scenario.pool_of(to).index()] = true,
                    // Its own executor, which differs from instance to instance: any.
                    None => pools[kind].fill(true),
                }
            }
        }
        // A green task that was woken for a free lock may never get a thread to take it on.
        let has_green =
            scenario.executors.iter().any(|executor| matches!(executor.kind, ExecutorKind::Green { .. }));
        let has_signals = !scenario.shared.is_empty()
            || scenario.resources.iter().any(|resource| has_green || !resource.is_owned());
        let (signals, again_from) = match has_signals {
            false => (BTreeMap::new(), Vec::new()),
            true => {
                let again = scenario.tasks.iter().map(|task| again_from(&task.program));
                (signals(scenario), again.collect())
            }
        };
        let interrupts = scenario.has_interrupts();
        let mut reach = Reach { shutdowns, pools, stops, interrupts, signals, again_from };
        let order = children_first(scenario);
        while reach.spread(scenario, &order) {}
        reach
    }

    /// One round of taking over from children, in this order of task types; whether anything changed.
    fn spread(&mut self, scenario: &Scenario, order: &[usize]) -> bool {
        let mut changed = false;
        for kind in order {
            for submit in &scenario.tasks[*kind].program.submits {
                for table in [&mut self.shutdowns, &mut self.pools] {
                    let Ok([own, child]) = table.get_disjoint_mut([*kind, submit.task.index()]) else {
                        continue;
                    };
                    for (own, reached) in own.iter_mut().zip(child.iter()) {
                        changed |= *reached && !*own;
                        *own |= *reached;
                    }
                }
            }
        }
        changed
    }

    /// Whether anything at all may interrupt a task.
    pub fn interrupts(&self) -> bool {
        self.interrupts
    }

    /// Whether a task of this type, or a descendant, may shut `executor` down.
    pub fn shuts_down(&self, kind: TaskTypeId, executor: ExecutorId) -> bool {
        self.shutdowns[kind.index()][executor.index()]
    }

    /// Whether anything at all may shut `executor` down.
    pub fn is_ever_shut_down(&self, executor: ExecutorId) -> bool {
        self.shutdowns.iter().any(|of| of[executor.index()])
    }

    /// Whether anything at all may shut `executor` down in a way that interrupts what runs there.
    pub fn is_ever_stopped(&self, executor: ExecutorId) -> bool {
        self.stops[executor.index()]
    }

    /// Whether a task of this type, or a descendant, may submit something that ends up in `pool`.
    pub fn submits_into(&self, kind: TaskTypeId, pool: ExecutorId) -> bool {
        self.pools[kind.index()][pool.index()]
    }

    /// Whether a task of this type that has come to `pc`, or a descendant that it has yet to submit, may bring `signal`.
    pub fn brings(&self, kind: TaskTypeId, pc: Pc, signal: Signal) -> bool {
        let last = self.signals.get(&signal).and_then(|types| types.get(&kind));
        let from = self.again_from.get(kind.index()).and_then(|from| from.get(pc.index())).unwrap_or(&pc);
        last.is_some_and(|last| *last >= *from)
    }

    /// Whether a task of this type, or a descendant, may bring `signal`.
    pub fn ever_brings(&self, kind: TaskTypeId, signal: Signal) -> bool {
        self.signals.get(&signal).is_some_and(|types| types.contains_key(&kind))
    }
}

/// Every task type, those that it submits before it: two rounds in this order see all of what does not come around.
fn children_first(scenario: &Scenario) -> Vec<usize> {
    let mut order = Vec::with_capacity(scenario.tasks.len());
    let mut seen = vec![false; scenario.tasks.len()];
    for first in 0..scenario.tasks.len() {
        // A type, and how many of its submissions have been followed.
        let mut path = if std::mem::replace(&mut seen[first], true) { Vec::new() } else { vec![(first, 0)] };
        while let Some((kind, followed)) = path.pop() {
            match scenario.tasks[kind].program.submits.get(followed) {
                None => order.push(kind),
                Some(submit) => {
                    path.push((kind, followed + 1));
                    let child = submit.task.index();
                    if !std::mem::replace(&mut seen[child], true) {
                        path.push((child, 0));
                    }
                }
            }
        }
    }
    order
}

/// Who may bring each signal that is ever waited for, and by which instruction last.
fn signals(scenario: &Scenario) -> BTreeMap<Signal, BTreeMap<TaskTypeId, Pc>> {
    let mut found: BTreeMap<Signal, BTreeMap<TaskTypeId, Pc>> = BTreeMap::new();
    // For each type, who submits it, and by which instruction last.
    let mut submitters: Vec<BTreeMap<TaskTypeId, Pc>> = vec![BTreeMap::new(); scenario.tasks.len()];
    for (kind, task) in (0..).map(TaskTypeId).zip(&scenario.tasks) {
        for (pc, instruction) in (0..).map(Pc).zip(&task.program.code) {
            for signal in instruction.brought_signals().into_iter().flatten() {
                found.entry(signal).or_default().insert(kind, pc);
            }
            if let Instruction::Submit(id) = instruction
                && let Some(submit) = task.program.submits.get(id.index())
            {
                submitters[submit.task.index()].insert(kind, pc);
            }
        }
    }
    for types in found.values_mut() {
        let mut open: Vec<TaskTypeId> = types.keys().copied().collect();
        while let Some(kind) = open.pop() {
            for (parent, pc) in &submitters[kind.index()] {
                let known = types.get(parent).copied();
                if known.is_none() {
                    open.push(*parent);
                }
                types.insert(*parent, known.map_or(*pc, |known| known.max(*pc)));
            }
        }
    }
    found
}

/// For each instruction, the first one of the outermost loop that it is in; itself outside loops.
fn again_from(program: &Program) -> Vec<Pc> {
    let mut from: Vec<Pc> = (0..program.code.len() as u16).map(Pc).collect();
    for (end, instruction) in program.code.iter().enumerate() {
        // A `retry` jumps back.
        let (Instruction::Again { body, .. } | Instruction::Jump(body)) = instruction else { continue };
        for place in from.iter_mut().take(end + 1).skip(body.index()) {
            *place = (*place).min(*body);
        }
    }
    from
}
