//! Remedies to try, by what the shape and the exploration found: each a changed text, not yet looked at.

use super::advice::VariantAdvice;
use super::dialect;
use super::patch::{VariantPatch, quoted};
use super::proposal::{ProposalDraft, RemediedDefect, RemedyEffect, RemedyProposal, RemedyProposer, largest};
use super::rewrite::{locked, with_target, with_timeout};
use crate::analysis::prose::plural;
use crate::analysis::shape::{Hazard, HazardKind, LimitedResource};
use crate::model::executor::{ExecutorKind, Guard, OnFull, OnWait};
use crate::model::id::{ExecutorId, TaskTypeId};
use crate::model::program::{Instruction, Program};
use crate::model::runtime::Runtime;
use crate::model::time::Time;
use crate::study::cancellation::ShouldContinue;
use std::collections::BTreeSet;

/// The timeout that is proposed for a wait without one.
const TIMEOUT: &str = "60s";
/// The largest queue that is tried.
const MAX_QUEUE: u64 = 65_536;
/// Larger pools are not proposed.
const MAX_WORKERS: u64 = 10_000;

/// What to try for a variant, by its shape and by the updates that it loses.
pub(super) fn propose(
    patch: &VariantPatch,
    advice: &VariantAdvice,
    may_go_on: ShouldContinue<'_>,
) -> Vec<RemedyProposal> {
    let mut proposer = RemedyProposer::new(patch, &advice.scenario, &advice.known.cost.missed, may_go_on);
    let hazards = advice.shape.hazards.iter().filter(|hazard| !hazard.stall);
    for hazard in hazards.take_while(|_| may_go_on()) {
        proposer.for_hazard(hazard);
    }
    let lost: BTreeSet<(TaskTypeId, crate::model::id::Pc)> =
        advice.known.timed.lost.iter().chain(&advice.known.untimed.lost).copied().collect();
    proposer.for_lost_updates(&lost);
    proposer.for_limit(advice);
    proposer.take_found()
}

impl RemedyProposer<'_> {
    fn for_hazard(&mut self, hazard: &Hazard) {
        for size in &hazard.sizes {
            if let Some(safe) = size.safe.filter(|safe| *safe <= MAX_WORKERS) {
                self.size(size.pool, safe);
            }
        }
        if hazard.sort == HazardKind::Pinned {
            self.for_pinned(hazard);
        }
        let pools: Vec<ExecutorId> = hazard.sizes.iter().map(|size| size.pool).collect();
        match hazard.sort {
            HazardKind::SelfWait
            | HazardKind::PoolRing
            | HazardKind::HeldOverWait
            | HazardKind::LockOrder
            | HazardKind::Intake
            | HazardKind::Pinned => {
                for pool in &pools {
                    self.on_wait(*pool);
                    self.guard(*pool);
                }
                if hazard.sort == HazardKind::LockOrder && pools.is_empty() {
                    self.lending_pools();
                    self.lock_order(hazard);
                    self.taken_again(hazard);
                }
                self.release_before_wait(hazard);
                self.own_pools(hazard);
                self.cap(hazard);
                self.timeouts(hazard);
            }
            HazardKind::FullQueue => {
                self.queue(hazard);
                self.own_pools(hazard);
                self.cap(hazard);
            }
            HazardKind::Kept | HazardKind::NeverComes => {
                self.capacity(hazard);
                self.release_before_wait(hazard);
                self.timeouts(hazard);
            }
        }
    }

    fn size(&mut self, pool: ExecutorId, safe: u64) {
        let mut draft = self.draft();
        self.set_number(&mut draft, pool, "workers", safe);
        let mut smaller = self.draft();
        self.set_number(&mut smaller, pool, "workers", safe - 1);
        let title = format!("{safe} {} for {}", plural(safe as usize, "worker"), self.name(pool));
        let leaves = "It holds for what arrives here: more at once, or children that wait for children of their own, need more.";
        self.offer(title, leaves, RemedyEffect::Gone, draft);
        if let Some(last) = self.found.last_mut().filter(|_| smaller.whole) {
            last.smaller = Some(smaller.patch.text);
        }
    }

    fn on_wait(&mut self, pool: ExecutorId) {
        let executor = &self.s.executors[pool.index()];
        if executor.kind == ExecutorKind::Inline || executor.wraps().is_some() {
            return;
        }
        let (name, path) = (executor.name.clone(), format!("executors.{}.on_wait", executor.name));
        if executor.on_wait != OnWait::HelpChild {
            let mut draft = self.draft();
            draft.set(&path, "help-child");
            let leaves = "A wait can last as long as the child that its worker runs, whatever the timeout; a child that needs what its parent holds still deadlocks.";
            self.offer(
                format!("A waiting worker of {name} runs the children it waits for"),
                leaves,
                RemedyEffect::Gone,
                draft,
            );
            self.needs_runtime(dialect::can_help(self.s.runtime));
        }
        if executor.on_wait != OnWait::Release {
            let mut draft = self.draft();
            draft.set(&path, "release");
            let leaves = "A task that has waited needs a worker again before it goes on, and more tasks are under way at once.";
            self.offer(
                format!("A waiting task gives its worker of {name} back"),
                leaves,
                RemedyEffect::Gone,
                draft,
            );
            let is_green = matches!(executor.kind, ExecutorKind::Green { .. });
            self.needs_runtime(is_green && can_release(self.s.runtime));
        }
    }

    /// The last proposal needs pools that the runtime may not have: it says so, and comes last.
    pub(super) fn needs_runtime(&mut self, has_it: bool) {
        let runtime = self.s.runtime.word();
        if let Some(last) = self.found.last_mut().filter(|_| !has_it) {
            last.is_foreign = true;
            last.leaves += &format!(" The pools of {runtime} cannot do this: it takes another executor.");
        }
    }

    /// A run that is given up at a limit gets a horizon.
    fn for_limit(&mut self, advice: &VariantAdvice) {
        let Some(at) = advice.known.cost.given_up.filter(|_| self.s.until.is_none()) else { return };
        let mut draft = self.draft();
        // What comes at the instant of the limit is one too many.
        let horizon = Time(at.0.saturating_sub(1));
        draft.set("until", &quoted(&format!("{}ns", horizon.0)));
        let title = format!("A horizon: the run ends at {horizon}");
        self.offer(title, "What comes later is not simulated.", RemedyEffect::Gone, draft);
        self.last_mends(RemediedDefect::Expectation);
    }

    /// Pools whose waiting workers run anything: the ring of one lock comes of that.
    fn lending_pools(&mut self) {
        for number in 0..self.s.executors.len() {
            if self.s.executors[number].on_wait == OnWait::HelpAny {
                self.on_wait(ExecutorId(number as u16));
            }
        }
    }

    fn guard(&mut self, pool: ExecutorId) {
        let executor = &self.s.executors[pool.index()];
        if executor.guard == Guard::Reject {
            return;
        }
        let mut draft = self.draft();
        draft.set(&format!("executors.{}.guard", executor.name), "reject");
        let title = format!("{} refuses a child that its submitter waits for", executor.name);
        self.offer(
            title,
            "Such tasks fail instead, at once and every time: it shows the fault and does not fix it.",
            RemedyEffect::Failure,
            draft,
        );
    }

    fn own_pools(&mut self, hazard: &Hazard) {
        let pools: BTreeSet<ExecutorId> = hazard
            .things
            .iter()
            .filter_map(|thing| match thing {
                LimitedResource::Worker(id) | LimitedResource::Room(id) => Some(self.s.pool_of(*id)),
                _ => None,
            })
            .collect();
        let mut draft = self.draft();
        let mut moved: BTreeSet<(TaskTypeId, ExecutorId)> = BTreeSet::new();
        for task in hazard.places.iter().map(|place| place.task).collect::<BTreeSet<_>>() {
            let program = &self.s.tasks[task.index()].program;
            for (pc, instruction) in program.code.iter().enumerate() {
                let Instruction::Submit(id) = instruction else { continue };
                let submit = &program.submits[id.index()];
                let target = submit.to.map(|to| self.s.pool_of(to)).or_else(|| pools.iter().next().copied());
                let Some(target) = target.filter(|target| pools.contains(target)) else { continue };
                if !submit.awaited && hazard.sort != HazardKind::FullQueue {
                    continue;
                }
                let child = &self.s.tasks[submit.task.index()].name;
                if self.set_target(&mut draft, task, program, pc, &format!("{child}_pool")) {
                    moved.insert((submit.task, target));
                }
            }
        }
        if moved.is_empty() {
            return;
        }
        let mut names: Vec<String> = Vec::new();
        for (child, pool) in &moved {
            let name = &self.s.tasks[child.index()].name;
            if names.contains(name) || self.s.executors.iter().any(|e| e.name == format!("{name}_pool")) {
                continue;
            }
            let workers = self.s.executors[pool.index()].workers().unwrap_or(1);
            let kind = self.s.executors[pool.index()].kind_word();
            draft.set(
                &format!("executors.{name}_pool"),
                &format!("{{ kind = {}, workers = {workers} }}", quoted(kind)),
            );
            names.push(name.clone());
        }
        let title = format!("A pool of its own for {}", names.join(", one for "));
        self.offer(
            title,
            "The new pool has to be sized too; children that wait for tasks of that pool can deadlock it in turn.",
            RemedyEffect::Gone,
            draft,
        );
    }

    fn set_target(
        &self,
        draft: &mut ProposalDraft,
        task: TaskTypeId,
        program: &Program,
        pc: usize,
        to: &str,
    ) -> bool {
        let name = &self.s.tasks[task.index()].name;
        let number = usize::from(program.step_of[pc]);
        let step = draft.patch.steps(name).and_then(|steps| steps.get(number).cloned());
        match step.and_then(|step| with_target(&step, to)) {
            Some(step) => {
                draft.set_step(name, number, &step);
                true
            }
            None => false,
        }
    }

    fn timeouts(&mut self, hazard: &Hazard) {
        let mut draft = self.draft();
        for place in &hazard.places {
            let Some(pc) = place.pc else { continue };
            let task = &self.s.tasks[place.task.index()];
            let number = usize::from(task.program.step_of[pc.index()]);
            let step = draft.patch.steps(&task.name).and_then(|steps| steps.get(number).cloned());
            if let Some(step) = step.and_then(|step| with_timeout(&step, TIMEOUT)) {
                draft.set_step(&task.name, number, &step);
            }
        }
        if !draft.changes.is_empty() {
            let leaves = "It is a stall instead: tasks stand for as long as the timeout, and go on without what they waited for.";
            self.offer(format!("Waits end after {TIMEOUT}"), leaves, RemedyEffect::Stall, draft);
        }
    }

    /// Proposes a cap on how many of the tasks that wait are in the pool at a time.
    fn cap(&mut self, hazard: &Hazard) {
        let waiting: BTreeSet<TaskTypeId> = hazard.places.iter().map(|place| place.task).collect();
        let entries: Vec<usize> = hazard
            .enough
            .iter()
            .map(|(entry, _)| entry.index())
            .filter(|entry| waiting.contains(&self.s.arrivals[*entry].task))
            .collect();
        let Some(first) = entries.first().map(|entry| &self.s.arrivals[*entry]) else { return };
        let (task, to) = (first.task, first.to);
        let entries: Vec<usize> = entries
            .into_iter()
            .filter(|entry| self.s.arrivals[*entry].task == task && self.s.arrivals[*entry].to == to)
            .collect();
        let name = &self.s.tasks[task.index()].name;
        let cap = format!("{name}_cap");
        let pool = self.s.pool_of(to);
        let most = u64::from(self.s.executors[pool.index()].workers().unwrap_or(1)).saturating_sub(1);
        if most == 0 || self.s.executors.iter().any(|executor| executor.name == cap) {
            return;
        }
        let with = |limit: u64| {
            let mut draft = self.draft();
            let value = format!(
                "{{ kind = \"cap\", into = {}, caps = {{ {name} = {limit} }} }}",
                quoted(self.name(to))
            );
            draft.set(&format!("executors.{cap}"), &value);
            for entry in &entries {
                draft.whole &= draft.patch.own_list("arrivals");
                draft.set(&format!("arrivals.{entry}.to"), &quoted(&cap));
            }
            draft
        };
        let Some(limit) = largest(most, &|limit| with(limit).patch.is_clear(self.may_go_on)) else { return };
        let title = format!(
            "At most {limit} {name} {} in {} at a time",
            plural(limit as usize, "task"),
            self.name(to)
        );
        self.offer(
            title,
            "It bounds only what comes through the cap: others that wait on the pool are not counted.",
            RemedyEffect::Gone,
            with(limit),
        );
    }

    fn queue(&mut self, hazard: &Hazard) {
        let rooms: Vec<ExecutorId> = hazard
            .things
            .iter()
            .filter_map(|thing| match thing {
                LimitedResource::Room(id) => Some(*id),
                _ => None,
            })
            .collect();
        for (policy, effect, leaves) in [
            (
                "caller-runs",
                RemedyEffect::Gone,
                "A submitter that finds the queue full is busy with the task itself, and holds whatever it holds meanwhile.",
            ),
            (
                "reject",
                RemedyEffect::Failure,
                "The submitter fails when the queue is full, and what it submitted before is done for nothing.",
            ),
        ] {
            let mut draft = self.draft();
            for room in &rooms {
                draft.set(&format!("executors.{}.on_full", self.name(*room)), policy);
            }
            let names: Vec<&str> = rooms.iter().map(|room| self.name(*room)).collect();
            let what = if policy == "reject" {
                "A submission to a full queue fails"
            } else {
                "Whoever finds the queue full runs the task"
            };
            self.offer(format!("{what}: {}", names.join(", ")), leaves, effect, draft);
        }
        for room in rooms.iter().filter(|room| self.s.executors[room.index()].on_full == OnFull::Block) {
            let with = |queue: u64| {
                let mut draft = self.draft();
                self.set_number(&mut draft, *room, "queue", queue);
                draft
            };
            // From this many places on, no fewer are safe.
            let flipped = |less: u64| with(MAX_QUEUE - less).patch.is_clear(self.may_go_on);
            if let Some(less) =
                largest(MAX_QUEUE - 1, &flipped).filter(|_| with(MAX_QUEUE).patch.is_clear(self.may_go_on))
            {
                let room_for = MAX_QUEUE - less;
                let title = format!("Room for {room_for} in the queue of {}", self.name(*room));
                self.offer(title, "More or longer tasks fill it again.", RemedyEffect::Gone, with(room_for));
            }
        }
    }

    fn for_lost_updates(&mut self, lost: &BTreeSet<(TaskTypeId, crate::model::id::Pc)>) {
        let mut cells = BTreeSet::new();
        for (task, pc) in lost {
            let instruction = self.s.tasks[task.index()].program.code.get(pc.index());
            if let Some(Instruction::Write(cell, _) | Instruction::Add(cell, _)) = instruction {
                cells.insert(*cell);
            }
        }
        if cells.is_empty() {
            return;
        }
        let known = self.found.len();
        let mut draft = self.draft();
        let mut names = Vec::new();
        for cell in cells {
            let cell = &self.s.cells[cell.index()];
            let lock = format!("{}_lock", cell.name);
            if self.s.resources.iter().any(|resource| resource.name == lock) {
                return;
            }
            draft.set(&format!("locks.{lock}"), if cell.per_key { "{ per = \"key\" }" } else { "{}" });
            for task in &self.s.tasks {
                let steps = draft.patch.steps(&task.name);
                if let Some(steps) = steps.and_then(|steps| locked(&steps, &task.program, &cell.name, &lock))
                {
                    draft.set_steps(&task.name, &steps);
                }
            }
            names.push(cell.name.clone());
        }
        let title = format!("A lock around each read and write of {}", names.join(" and of "));
        self.offer(
            title,
            "Whoever comes to touch the cell without the lock loses updates again.",
            RemedyEffect::Gone,
            draft,
        );
        for proposal in &mut self.found[known..] {
            proposal.mends = RemediedDefect::LostUpdate;
        }
    }
}

/// Whether a waiting task of this runtime can give its worker back.
fn can_release(runtime: Runtime) -> bool {
    match runtime {
        Runtime::Java21
        | Runtime::Java25
        | Runtime::Kotlin
        | Runtime::Tokio
        | Runtime::Go
        | Runtime::Asyncio
        | Runtime::Trio
        | Runtime::Dotnet => true,
        Runtime::Cpython
        | Runtime::Eventlet
        | Runtime::Gevent
        | Runtime::Java17
        | Runtime::Rayon
        | Runtime::Node => false,
    }
}
