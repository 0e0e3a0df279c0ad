//! The places where tasks can stand still, with what they hold and need there.

use super::budget::ReadingBudget;
use super::demand::{
    HoldPoint, LimitedResource, Node, Numbers, Stage, WorkerLending, is_shut, lends_worker, runs_in_caller,
    way,
};
use super::handover::is_taken_over;
use super::holding::Holding;
use super::nodes::{ancestors, policy};
use super::program::kept_when_raising;
use super::reading::Reading;
use super::supply::Supply;
use crate::model::executor::{ExecutorKind, OnCrash, OnFull, OnWait};
use crate::model::id::{DrawId, ExecutorId, Pc, ResourceId, SubmitId};
use crate::model::program::{Instruction, Program, WaitMode};
use crate::model::scenario::{Scenario, TaskType};
use std::collections::BTreeSet;

/// What all stands are made from.
pub(super) struct HoldPointInputs<'a> {
    pub s: &'a Scenario,
    pub readings: &'a [Reading],
    pub nodes: &'a [Node],
    /// What comes through channels and latches in every order.
    pub supply: &'a Supply,
    /// For each resource, whether only who has it gives it back.
    pub acts_owned: &'a [bool],
    pub numbers: &'a Numbers,
    /// Whether each resource can be asked for while all its permits are held.
    pub contended: &'a [bool],
    /// For each task type, the instructions that can raise.
    pub raises: &'a [Vec<bool>],
    pub budget: &'a ReadingBudget<'a>,
}

impl HoldPointInputs<'_> {
    /// Every stand of every node.
    pub fn stands(&self) -> Vec<HoldPoint> {
        let mut stands = Vec::new();
        for node in 0..self.nodes.len() {
            if self.budget.is_over() {
                return stands;
            }
            let way = way(self.s, self.nodes[node].task, self.nodes[node].to);
            let kept = self.on_the_way(node, &way, &mut stands);
            self.at_steps(node, &kept, &mut stands);
        }
        self.mark_mutual_shutdowns(&mut stands);
        stands
    }

    /// Who shuts down what waits for the end of all that is there. Those who in turn wait for its own end never come
    /// to theirs: the two hold nothing of each other, so no ring of things shows it.
    fn mark_mutual_shutdowns(&self, stands: &mut Vec<HoldPoint>) {
        let is_shutdown = |stand: &HoldPoint| {
            let step = |pc: Pc| self.program(stand.node).code.get(pc.index());
            matches!(
                stand.pc.and_then(step),
                Some(Instruction::Shutdown { .. } | Instruction::AwaitExecutor { .. })
            )
        };
        let waits_for = |stalls: bool| {
            let mut of_node: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); self.nodes.len()];
            for stand in stands.iter().filter(|stand| stalls || !stand.timed) {
                of_node[stand.node].extend(stand.awaits.iter().map(|(node, _)| node));
            }
            of_node
        };
        let (hanging, stalling) = (waits_for(false), waits_for(true));
        let mut until_timeouts = Vec::new();
        for stand in stands.iter_mut().filter(|stand| is_shutdown(stand)) {
            let comes_back = |of_node: &[BTreeSet<usize>]| {
                let mut open: Vec<usize> = stand.awaits.iter().map(|(node, _)| *node).collect();
                let mut seen = BTreeSet::new();
                while let Some(node) = open.pop() {
                    if node == stand.node {
                        return true;
                    }
                    if seen.insert(node) {
                        open.extend(&of_node[node]);
                    }
                }
                false
            };
            if comes_back(&hanging) {
                stand.needs.insert(LimitedResource::Never);
            } else if comes_back(&stalling) {
                // The timeout ends this, not whatever else it waits for.
                let needs = BTreeSet::from([LimitedResource::Never]);
                until_timeouts.push(HoldPoint { needs, timed: true, ..stand.clone() });
            }
        }
        stands.extend(until_timeouts);
    }

    /// What a task needs at one executor on its way. Where it may be handed back nobody may ever run it, and a cap may
    /// let none of its type in.
    fn needs_at(&self, stage: &Stage) -> BTreeSet<LimitedResource> {
        let is_lost = super::nodes::is_ever_stopped(self.s, stage.executor);
        let is_shut = stage.needs.iter().any(|need| is_shut(self.s, *need));
        let never = (is_lost || is_shut).then_some(LimitedResource::Never);
        stage.needs.iter().copied().chain(never).collect()
    }

    /// Whether a task waits for room at a stage of its way whose queue is full.
    fn blocks_when_full(&self, node: usize, way: &[Stage], number: usize) -> bool {
        let on_full = policy(self.s, self.nodes, node, way[number].executor);
        // A bus takes its head only when there is room for it.
        let is_behind_bus = number.checked_sub(1).is_some_and(|before| {
            matches!(self.s.executors[way[before].executor.index()].kind, ExecutorKind::Bus { .. })
        });
        on_full == OnFull::Block || (is_behind_bus && on_full == OnFull::Reject)
    }

    /// Stands before the start; says what is kept from then on.
    fn on_the_way(
        &self,
        node: usize,
        way: &[Stage],
        stands: &mut Vec<HoldPoint>,
    ) -> Vec<(LimitedResource, u64)> {
        let mut kept: Vec<(LimitedResource, u64)> = Vec::new();
        let mut until_next: Vec<(LimitedResource, u64)> = Vec::new();
        // What takes a task to where it runs in the thread that brings it, until it ends.
        let mut in_thread: Vec<(LimitedResource, u64)> = Vec::new();
        for (number, stage) in way.iter().enumerate() {
            let executor = &self.s.executors[stage.executor.index()];
            let mut needs = self.needs_at(stage);
            let mut awaits = Vec::new();
            let is_last = number + 1 == way.len();
            if self.nodes[node].unseated && is_last {
                needs.clear();
            } else if is_last && self.is_helped_for_sure(node) {
                (needs, awaits) = self.before_help(node);
            }
            let blocks = self.blocks_when_full(node, way, number);
            if blocks && self.holds_nothing(stage.executor) {
                needs.insert(LimitedResource::Never);
            }
            if executor.queue.is_some_and(|queue| queue > 0) {
                let mut holds = kept.clone();
                holds.push((LimitedResource::Room(stage.executor), 1));
                let (needs, awaits) = (needs.clone(), awaits.clone());
                stands.push(HoldPoint { node, holds, needs, awaits, ..HoldPoint::default() });
            }
            if number > 0 {
                let holds = kept.iter().chain(&until_next).copied().collect();
                match executor.queue {
                    None => {}
                    Some(0) => {
                        let (needs, awaits) = (needs.clone(), awaits.clone());
                        stands.push(HoldPoint { node, holds, needs, awaits, ..HoldPoint::default() });
                    }
                    Some(_) if blocks => {
                        let needs = BTreeSet::from([LimitedResource::Room(stage.executor)]);
                        stands.push(HoldPoint { node, holds, needs, ..HoldPoint::default() });
                    }
                    Some(_) => {}
                }
            }
            stands.push(HoldPoint { node, holds: kept.clone(), needs, awaits, ..HoldPoint::default() });
            kept.extend(stage.keeps.iter().map(|thing| (*thing, 1)));
            until_next = stage.keeps_until_next.iter().map(|thing| (*thing, 1)).collect();
            if way.get(number + 1).is_some_and(|next| runs_in_caller(self.s, next.executor)) {
                in_thread.extend(&until_next);
            }
        }
        if self.nodes[node].dropped && !kept.is_empty() {
            let needs = BTreeSet::from([LimitedResource::Never]);
            stands.push(HoldPoint {
                node,
                holds: kept.clone(),
                needs,
                meant: true,
                ended: true,
                ..HoldPoint::default()
            });
        }
        if self.nodes[node].unseated {
            kept.extend(in_thread);
        } else {
            kept.push((LimitedResource::Worker(self.s.pool_of(self.nodes[node].to)), 1));
        }
        kept
    }

    /// A delay that may hold nothing back lets nobody in.
    fn holds_nothing(&self, executor: ExecutorId) -> bool {
        let executor = &self.s.executors[executor.index()];
        matches!(executor.kind, ExecutorKind::Delay { .. }) && executor.queue == Some(0)
    }

    /// The parent surely waits for it, and its worker runs it then if no other does.
    fn is_helped_for_sure(&self, node: usize) -> bool {
        let Some((parent, id)) = self.nodes[node].parent else { return false };
        let of_parent = &self.readings[self.nodes[parent].task.index()];
        !of_parent.orphaned[id.index()] && self.helps(parent, node, id)
    }

    /// What its parent may stand at before it comes to the wait in which it would run it.
    fn before_help(&self, node: usize) -> (BTreeSet<LimitedResource>, Vec<(usize, bool)>) {
        let (mut needs, mut awaits) = (BTreeSet::new(), Vec::new());
        let Some((parent, id)) = self.nodes[node].parent else { return (needs, awaits) };
        let (program, reading) = (self.program(parent), &self.readings[self.nodes[parent].task.index()]);
        let name = program.submits[id.index()].name;
        for (at, instruction) in program.code.iter().enumerate() {
            let before = &reading.before[at];
            let helps = match instruction {
                Instruction::Wait { mode: WaitMode::Every, .. } => true,
                Instruction::Wait { names, .. } => before.open.contains(&id) && names.contains(&name),
                Instruction::Result { names, .. } => before.open.contains(&id) && names.contains(&name),
                Instruction::JoinScope => super::program::inside_scope(program, at).contains(&id),
                _ => false,
            };
            if before.reached && before.has_child(id) && !helps {
                for stand in self.at_step(parent, at, &[]).into_iter().filter(|stand| !stand.timed) {
                    needs.extend(stand.needs);
                    awaits.extend(stand.awaits);
                }
            }
        }
        (needs, awaits)
    }

    /// A task of `parent` that waits for its child runs it itself if it is queued.
    pub(super) fn helps(&self, parent: usize, child: usize, id: SubmitId) -> bool {
        let pool = self.s.pool_of(self.nodes[parent].to);
        let program = self.program(parent);
        let name = program.submits[id.index()].name;
        let cancels = |instruction: &Instruction| {
            matches!(instruction, Instruction::Cancel { names, all, .. } if *all || names.contains(&name))
                || matches!(instruction, Instruction::OpenScope { fail_fast: true })
        };
        !self.nodes[parent].unseated
            && self.s.pool_of(self.nodes[child].to) == pool
            // What comes through a wrapper is in nobody's deque.
            && (self.s.executors[pool.index()].on_wait != OnWait::Join || self.nodes[child].to == pool)
            && matches!(lends_worker(self.s, pool), WorkerLending::Child | WorkerLending::Anybody)
            && !program.code.iter().any(cancels)
    }

    pub(super) fn program(&self, node: usize) -> &Program {
        &self.s.tasks[self.nodes[node].task.index()].program
    }

    fn at_steps(&self, node: usize, kept: &[(LimitedResource, u64)], stands: &mut Vec<HoldPoint>) {
        let program = self.program(node);
        let kind = self.nodes[node].task.index();
        let reading = &self.readings[kind];
        stands.extend(self.before_start(node, kept));
        let may_die = self.may_die(node);
        for at in 0..program.code.len() {
            let before = &reading.before[at];
            if !before.reached {
                continue;
            }
            if self.budget.is_over() {
                return;
            }
            stands.extend(self.with_carriers(node, at, kept, self.at_step(node, at, kept)));
            if may_die {
                self.push_kept(node, at, &before.held, stands);
            }
            if self.raises[kind][at] {
                self.push_kept(node, at, &kept_when_raising(program, at, before), stands);
            }
        }
        let end = program.code.len();
        if reading.before[end].reached {
            let mut held = reading.before[end].held.clone();
            if is_taken_over(self.s, self.readings, self.nodes, &self.nodes[node]) {
                for (number, held) in held.iter_mut().enumerate() {
                    let is_free = !self.s.resources[number].is_owned() && self.acts_owned[number];
                    *held = if is_free { Holding::default() } else { *held };
                }
            }
            self.push_kept(node, end.saturating_sub(1), &held, stands);
        }
    }

    /// Whether a worker that another task crashes may take this one with it: where that breaks the pool, or where the
    /// other may run above it.
    fn may_die(&self, node: usize) -> bool {
        let pool = self.s.pool_of(self.nodes[node].to);
        let breaks = matches!(
            self.s.executors[pool.index()].kind,
            ExecutorKind::Threads { on_crash: OnCrash::Break, .. }
        );
        let helps = matches!(lends_worker(self.s, pool), WorkerLending::Child | WorkerLending::Anybody);
        let runs_above = |other: usize| {
            let mut at = other;
            while self.nodes[at].unseated {
                match self.nodes[at].parent {
                    Some((parent, _)) if parent == node => return true,
                    Some((parent, _)) => at = parent,
                    None => return false,
                }
            }
            false
        };
        let is_crash = |task: &TaskType| task.program.code.contains(&Instruction::Crash);
        if !self.s.tasks.iter().any(is_crash) {
            return false;
        }
        let crashes = |other: usize| self.program(other).code.contains(&Instruction::Crash);
        (0..self.nodes.len()).any(|other| {
            let is_near = (breaks || helps) && self.s.pool_of(self.nodes[other].to) == pool;
            crashes(other) && (is_near || runs_above(other))
        })
    }

    /// Where a task can stand at one instruction.
    fn at_step(&self, node: usize, at: usize, kept: &[(LimitedResource, u64)]) -> Vec<HoldPoint> {
        let program = self.program(node);
        let before = &self.readings[self.nodes[node].task.index()].before[at];
        let mut holds = kept.to_vec();
        self.push_resources(&mut holds, &before.held);
        let stand = HoldPoint { node, pc: Some(Pc(at as u16)), holds, ..HoldPoint::default() };
        match &program.code[at] {
            Instruction::Wait { names, mode, timeout } => {
                let all = before.open.iter().chain(before.loose.iter().filter(|_| *mode == WaitMode::Every));
                let wanted = |id: &&SubmitId| {
                    *mode == WaitMode::Every || names.contains(&program.submits[id.index()].name)
                };
                let ids: Vec<SubmitId> = all.filter(wanted).copied().collect();
                let waiting = self.waiting(&stand, &ids, self.is_finite(program, *timeout), before);
                let taking_over = self.taking_over(&waiting, at);
                self.with_return(waiting).into_iter().chain(taking_over).collect()
            }
            Instruction::JoinScope => {
                let inside = super::program::inside_scope(program, at);
                let ids = before.open.iter().chain(&before.loose).filter(|id| inside.contains(id));
                let ids: Vec<SubmitId> = ids.copied().collect();
                self.waiting(&stand, &ids, false, before)
            }
            Instruction::Result { names, timeout, .. } => {
                let wanted = |id: &&SubmitId| names.contains(&program.submits[id.index()].name);
                let ids: Vec<SubmitId> = before.open.iter().filter(wanted).copied().collect();
                let waiting = self.waiting(&stand, &ids, self.is_finite(program, *timeout), before);
                let without = |stand| self.without_cancelled(stand, &before.cancelled);
                let taking_over = self.taking_over(&waiting, at);
                self.with_return(waiting).into_iter().map(without).chain(taking_over).collect()
            }
            Instruction::Acquire { .. }
            | Instruction::WaitOn { .. }
            | Instruction::Await { .. }
            | Instruction::Send { .. }
            | Instruction::Receive { .. } => self.at_shared(stand, program, at, before),
            Instruction::Submit(id) => self.submitting(stand, *id).into_iter().collect(),
            Instruction::Run(draw) | Instruction::Io(draw, _) | Instruction::Use { work: draw, .. }
                if is_forever(program, *draw) =>
            {
                vec![HoldPoint { needs: BTreeSet::from([LimitedResource::Never]), meant: true, ..stand }]
            }
            Instruction::Again { times: None, .. } => {
                vec![HoldPoint { needs: BTreeSet::from([LimitedResource::Never]), meant: true, ..stand }]
            }
            Instruction::Shutdown { executor, wait: true, .. } => vec![self.shutting(stand, *executor)],
            Instruction::AwaitExecutor { executor, timeout } => {
                let timed = self.is_finite(program, *timeout);
                vec![HoldPoint { timed, ..self.awaiting(stand, *executor) }]
            }
            _ => Vec::new(),
        }
    }

    /// What a task that has ended never gives back.
    fn push_kept(&self, node: usize, at: usize, held: &[Holding], stands: &mut Vec<HoldPoint>) {
        let mut holds = Vec::new();
        self.push_resources(&mut holds, held);
        if !holds.is_empty() {
            let needs = BTreeSet::from([LimitedResource::Never]);
            let pc = Some(Pc(at as u16));
            stands.push(HoldPoint {
                node,
                pc,
                holds,
                needs,
                meant: true,
                ended: true,
                ..HoldPoint::default()
            });
        }
    }

    /// Adds what a task holds of semaphores and locks: no more of any than there is.
    pub(super) fn push_resources(&self, holds: &mut Vec<(LimitedResource, u64)>, held: &[Holding]) {
        for (number, holding) in held.iter().enumerate().filter(|(_, holding)| !holding.is_none()) {
            let all = self.s.resources[number].permits.max(1);
            let id = ResourceId(number as u16);
            holds.push((LimitedResource::Resource(id), u64::from(holding.total().min(all))));
        }
    }

    pub(super) fn is_finite(&self, program: &Program, timeout: Option<DrawId>) -> bool {
        timeout.is_some_and(|draw| !is_forever(program, draw))
    }

    /// A submission that may block, or that runs the child in its submitter.
    fn submitting(&self, mut stand: HoldPoint, id: SubmitId) -> Option<HoldPoint> {
        for (_, child) in self.nodes[stand.node].children.iter().filter(|(of, _)| *of == id) {
            let (child, node) = (*child, &self.nodes[*child]);
            let executor = &self.s.executors[node.to.index()];
            let by_caller = policy(self.s, self.nodes, child, node.to) == OnFull::CallerRuns;
            if node.unseated && (executor.wraps().is_none() || (by_caller && executor.queue.is_some())) {
                stand.awaits.push((child, true));
            } else if policy(self.s, self.nodes, child, node.to) == OnFull::Block {
                match executor.queue {
                    None => {}
                    Some(0) if self.holds_nothing(node.to) => {
                        stand.needs.insert(LimitedResource::Never);
                    }
                    Some(0) => stand.needs.extend(way(self.s, node.task, node.to)[0].needs.iter().copied()),
                    Some(_) => drop(stand.needs.insert(LimitedResource::Room(node.to))),
                }
            }
        }
        (!stand.needs.is_empty() || !stand.awaits.is_empty()).then_some(stand)
    }

    /// A wait for the end of an executor: somebody must shut it down first, and then all that it holds must be done.
    fn awaiting(&self, stand: HoldPoint, executor: ExecutorId) -> HoldPoint {
        let shuts = |step: &Instruction| matches!(step, Instruction::Shutdown { executor: of, .. } if *of == executor);
        let own = stand.node;
        let shutting: Vec<usize> =
            (0..self.nodes.len()).filter(|node| self.program(*node).code.iter().any(shuts)).collect();
        let mut stand = self.shutting(stand, executor);
        if shutting.is_empty() {
            stand.needs.insert(LimitedResource::Never);
        }
        // One that shut it down itself, before, needs nobody else for that.
        if !shutting.contains(&own) {
            stand.awaits.extend(shutting.into_iter().map(|node| (node, false)));
        }
        stand
    }

    fn shutting(&self, mut stand: HoldPoint, executor: ExecutorId) -> HoldPoint {
        let passes = |node: usize| {
            way(self.s, self.nodes[node].task, self.nodes[node].to)
                .iter()
                .any(|stage| stage.executor == executor)
        };
        if ancestors(self.nodes, stand.node).into_iter().any(passes) {
            stand.needs.insert(LimitedResource::Never);
        }
        stand.awaits = (0..self.nodes.len()).filter(|node| passes(*node)).map(|node| (node, false)).collect();
        stand
    }
}

pub(super) fn s_pool(s: &Scenario, node: &Node) -> Option<ExecutorId> {
    let pool = s.pool_of(node.to);
    (s.executors[pool.index()].kind != ExecutorKind::Inline).then_some(pool)
}

pub(super) fn is_forever(program: &Program, draw: DrawId) -> bool {
    program.draws[draw.index()].distribution.fixed().is_some_and(|length| length.is_forever())
}
