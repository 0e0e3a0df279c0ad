//! Remedies that need no ring in the shape: sizes, permits, queues, pools of one's own, caps and rewritten steps, each
//! tried against everything that the scenario expects.
//!
//! A lever with numbers is searched for the smallest that will do, by doubling and bisection over plain runs. Invariant:
//! what comes back has met every expectation in one run; whether it holds in other orders is judged by the caller.

use super::super::allowance::Allowance;
use super::check::{RunCost, run_cost};
use super::dialect::removes_cancelled;
use super::patch::quoted;
use super::proposal::{ProposalDraft, RemediedDefect, RemedyEffect, RemedyProposal, RemedyProposer, largest};
use super::rewrite::{released_before_wait, with_block, with_target, without_waiting_for_shutdown};
use crate::analysis::prose::plural;
use crate::model::executor::Cancelled;
use crate::model::expectation::{Bound, Metric};
use crate::model::id::{ExecutorId, ResourceId, TaskTypeId};
use crate::model::program::{Instruction, Program};
use crate::model::scenario::{Arrivals, ResourceKind};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A task's steps as a remedy would have them, of the steps and the program; `None` if it leaves them as they are.
type Rewriting<'a> = dyn Fn(&[String], &Program) -> Option<Vec<String>> + 'a;

/// The largest number that is tried.
const MAX_LEVEL: u64 = 1_024;
/// Entries of arrivals that are changed one by one.
const MAX_REDIRECTED: usize = 64;
/// Levers of which pairs are tried.
const MAX_IN_PAIRS: usize = 5;

/// Something that can be turned up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AdjustableSetting {
    Workers(ExecutorId),
    Permits(ResourceId),
    Queue(ExecutorId),
}

/// One remedy to look for.
#[derive(Clone, Debug)]
pub(super) enum CandidateRemedy {
    /// The smallest number of one lever.
    Single(AdjustableNumber),
    /// The smallest numbers of two levers.
    Pair(AdjustableNumber, AdjustableNumber),
    /// A change that has no number.
    Change(Box<RemedyProposal>),
    /// The largest limit of a cap on a task's arrivals.
    Cap(TaskTypeId, ExecutorId),
    /// A shorter delay.
    Delay(ExecutorId),
    /// A longer timeout of a task's step.
    Timeout(TaskTypeId, usize),
}

/// A lever, with what it stands at.
#[derive(Clone, Copy, Debug)]
pub(super) struct AdjustableNumber {
    lever: AdjustableSetting,
    now: u64,
}

/// All there is to try for a variant, the simplest first.
pub(super) fn attempts(proposer: &mut RemedyProposer<'_>) -> Vec<CandidateRemedy> {
    let levers = levers(proposer);
    let mut all: Vec<CandidateRemedy> = levers.iter().copied().map(CandidateRemedy::Single).collect();
    proposer.own_pools_for_sharers();
    proposer.rewritten_steps();
    proposer.bounded_queues();
    all.extend(proposer.take_found().into_iter().map(|proposal| CandidateRemedy::Change(Box::new(proposal))));
    all.extend(proposer.times());
    all.extend(capped(proposer));
    let first = &levers[..levers.len().min(MAX_IN_PAIRS)];
    for (at, one) in first.iter().enumerate() {
        all.extend(first[at + 1..].iter().map(|other| CandidateRemedy::Pair(*one, *other)));
    }
    all
}

fn levers(proposer: &RemedyProposer<'_>) -> Vec<AdjustableNumber> {
    let s = proposer.scenario();
    let mut all = Vec::new();
    for (id, executor) in (0u16..).map(ExecutorId).zip(&s.executors) {
        if let Some(workers) = executor.workers() {
            all.push(AdjustableNumber { lever: AdjustableSetting::Workers(id), now: workers.into() });
        }
        if let Some(queue) = executor.queue {
            all.push(AdjustableNumber { lever: AdjustableSetting::Queue(id), now: queue.into() });
        }
    }
    for (id, resource) in (0u16..).map(ResourceId).zip(&s.resources) {
        if matches!(resource.kind, ResourceKind::Semaphore { .. }) {
            all.push(AdjustableNumber {
                lever: AdjustableSetting::Permits(id),
                now: resource.permits.into(),
            });
        }
    }
    all
}

/// Types that arrive at a pool with more workers than one.
fn capped(proposer: &RemedyProposer<'_>) -> Vec<CandidateRemedy> {
    let s = proposer.scenario();
    let of: BTreeSet<(TaskTypeId, ExecutorId)> = s
        .arrivals
        .iter()
        .filter(|entry| s.executors[entry.to.index()].workers().is_some_and(|workers| workers > 1))
        .map(|entry| (entry.task, entry.to))
        .collect();
    of.into_iter().map(|(task, to)| CandidateRemedy::Cap(task, to)).collect()
}

impl CandidateRemedy {
    /// The change that does, if there is one and finding it takes no more than is allowed.
    pub fn solve(self, proposer: &RemedyProposer<'_>, allowance: &Allowance<'_>) -> Option<RemedyProposal> {
        let meets = |draft: &ProposalDraft| meets(draft, allowance);
        match self {
            CandidateRemedy::Change(proposal) => Some(*proposal),
            CandidateRemedy::Single(one) => {
                let level = smallest(one.now + 1, allowance, &|level| {
                    meets(&proposer.with_levels(&[(one.lever, level)]))
                })?;
                Some(proposer.turned(&[(one, level)]))
            }
            CandidateRemedy::Pair(one, other) => {
                let both = |a: u64, b: u64| proposer.with_levels(&[(one.lever, a), (other.lever, b)]);
                let more = smallest(1, allowance, &|more| meets(&both(one.now + more, other.now + more)))?;
                let (high_one, high_other) = (one.now + more, other.now + more);
                let a = smallest(one.now, allowance, &|level| meets(&both(level, high_other)))?.min(high_one);
                let b = smallest(other.now, allowance, &|level| meets(&both(a, level)))?.min(high_other);
                // One alone is enough, and is tried by itself.
                (a > one.now && b > other.now).then(|| proposer.turned(&[(one, a), (other, b)]))
            }
            CandidateRemedy::Delay(id) => proposer.shorter_delay(id, allowance),
            CandidateRemedy::Timeout(task, step) => proposer.longer_timeout(task, step, allowance),
            CandidateRemedy::Cap(task, to) => {
                let workers = proposer.scenario().executors[to.index()].workers()?;
                let limit = largest(u64::from(workers) - 1, &|limit| {
                    allowance.may_go_on()
                        && proposer.with_cap(task, to, limit).is_some_and(|draft| meets(&draft))
                })?;
                let draft = proposer.with_cap(task, to, limit)?;
                Some(proposer.capped(task, to, limit, draft))
            }
        }
    }
}

/// Whether the plain run of a draft is known to meet everything that is expected.
pub(super) fn meets(draft: &ProposalDraft, allowance: &Allowance<'_>) -> bool {
    let scenario = draft.patch.scenario().filter(|_| draft.whole);
    let cost = scenario.and_then(|scenario| run_cost(&Arc::new(scenario), allowance));
    cost.is_some_and(|cost| cost.is_good())
}

impl RunCost {
    /// Nothing hangs, is given up or is missed.
    pub(super) fn is_good(&self) -> bool {
        !self.hangs && self.given_up.is_none() && self.missed.is_empty()
    }
}

/// The smallest number from `least` on that does, if larger ones do as well.
fn smallest(least: u64, allowance: &Allowance<'_>, does: &dyn Fn(u64) -> bool) -> Option<u64> {
    let (mut fails, mut level) = (None, least);
    loop {
        if level > MAX_LEVEL || !allowance.may_go_on() {
            return None;
        }
        if does(level) {
            break;
        }
        fails = Some(level);
        level = level.max(1).saturating_mul(2);
    }
    let Some(mut fails) = fails else { return Some(level) };
    while level - fails > 1 && allowance.may_go_on() {
        let middle = fails + (level - fails) / 2;
        if does(middle) { level = middle } else { fails = middle }
    }
    Some(level)
}

impl RemedyProposer<'_> {
    fn with_levels(&self, levels: &[(AdjustableSetting, u64)]) -> ProposalDraft {
        let mut draft = self.draft();
        for (lever, level) in levels {
            match lever {
                AdjustableSetting::Workers(id) => self.set_number(&mut draft, *id, "workers", *level),
                AdjustableSetting::Queue(id) => self.set_number(&mut draft, *id, "queue", *level),
                AdjustableSetting::Permits(id) => {
                    let path = format!("semaphores.{}.permits", self.s.resources[id.index()].name);
                    self.set_through_param(&mut draft, &path, *level);
                }
            }
        }
        draft
    }

    /// The remedy that turns levers up to these levels.
    fn turned(&self, levels: &[(AdjustableNumber, u64)]) -> RemedyProposal {
        let words = |(one, level): &(AdjustableNumber, u64)| match one.lever {
            AdjustableSetting::Workers(id) => {
                format!("{level} {} for {}", plural(*level as usize, "worker"), self.name(id))
            }
            AdjustableSetting::Queue(id) => format!("Room for {level} in the queue of {}", self.name(id)),
            AdjustableSetting::Permits(id) => {
                let noun = if *level == 1 { "permit" } else { "permits" };
                format!("{level} {noun} of {}", self.s.resources[id.index()].name)
            }
        };
        let title = levels.iter().map(words).collect::<Vec<_>>().join(" and ");
        let plain: Vec<(AdjustableSetting, u64)> =
            levels.iter().map(|(one, level)| (one.lever, *level)).collect();
        let mut proposal = RemedyProposal::of(
            title,
            "It holds for what arrives here: more at once, or longer tasks, need more.",
            RemedyEffect::Gone,
            self.with_levels(&plain),
        );
        if let [(one, level)] = levels
            && *level > 0
        {
            let smaller = self.with_levels(&[(one.lever, level - 1)]);
            proposal.smaller = smaller.whole.then_some(smaller.patch.text);
        }
        proposal.mends = RemediedDefect::Expectation;
        proposal
    }

    /// A cap in front of the arrivals of a type at an executor.
    fn with_cap(&self, task: TaskTypeId, to: ExecutorId, limit: u64) -> Option<ProposalDraft> {
        let name = &self.s.tasks[task.index()].name;
        let cap = format!("{name}_cap");
        if self.has_executor(&cap) {
            return None;
        }
        let mut draft = self.draft();
        let value =
            format!("{{ kind = \"cap\", into = {}, caps = {{ {name} = {limit} }} }}", quoted(self.name(to)));
        draft.set(&format!("executors.{cap}"), &value);
        self.redirect(&mut draft, task, to, &cap);
        Some(draft)
    }

    fn capped(&self, task: TaskTypeId, to: ExecutorId, limit: u64, draft: ProposalDraft) -> RemedyProposal {
        let name = &self.s.tasks[task.index()].name;
        let tasks = crate::analysis::prose::plural(limit as usize, "task");
        let title = format!("At most {limit} {name} {tasks} in {} at a time", self.name(to));
        let leaves = "Those beyond it wait before the pool, for as long as the others take.";
        let mut proposal = RemedyProposal::of(title, leaves, RemedyEffect::Gone, draft);
        proposal.mends = RemediedDefect::Expectation;
        proposal
    }

    /// Sends the arrivals of a type to another executor.
    fn redirect(&self, draft: &mut ProposalDraft, task: TaskTypeId, from: ExecutorId, to: &str) {
        let is_of = |entry: &&Arrivals| entry.task == task && entry.to == from;
        if self.s.arrivals.iter().filter(is_of).count() > MAX_REDIRECTED {
            draft.whole = false;
            return;
        }
        for (number, entry) in self.s.arrivals.iter().enumerate() {
            if entry.task == task && entry.to == from {
                draft.whole &= draft.patch.own_list("arrivals");
                draft.set(&format!("arrivals.{number}.to"), &quoted(to));
            }
        }
    }

    /// A pool of its own for each type that shares one with others.
    fn own_pools_for_sharers(&mut self) {
        for pool in (0..self.s.executors.len() as u16).map(ExecutorId) {
            if self.s.executors[pool.index()].workers().is_none() {
                continue;
            }
            let sharers = self.types_in(pool);
            if sharers.len() > 1 {
                for task in sharers {
                    self.own_pool(task, pool);
                }
            }
        }
    }

    /// The types that arrive at a pool or are submitted to it by name.
    fn types_in(&self, pool: ExecutorId) -> BTreeSet<TaskTypeId> {
        let arriving = self.s.arrivals.iter().filter(|entry| entry.to == pool).map(|entry| entry.task);
        let programs = self.s.tasks.iter().flat_map(|task| &task.program.submits);
        let submitted = programs.filter(|submit| submit.to == Some(pool)).map(|submit| submit.task);
        arriving.chain(submitted).collect()
    }

    fn own_pool(&mut self, task: TaskTypeId, pool: ExecutorId) {
        let name = self.s.tasks[task.index()].name.clone();
        let own = format!("{name}_pool");
        let executor = &self.s.executors[pool.index()];
        let (Some(workers), false) = (executor.workers(), self.has_executor(&own)) else { return };
        let lost = match (executor.queue, executor.on_full) {
            (Some(bound), _) => {
                format!(" It has no bound on its queue, where {} has {bound}.", executor.name)
            }
            (None, _) => String::new(),
        };
        let kind = quoted(executor.kind_word());
        let mut draft = self.draft();
        draft.set(&format!("executors.{own}"), &format!("{{ kind = {kind}, workers = {workers} }}"));
        self.redirect(&mut draft, task, pool, &own);
        for parent in &self.s.tasks {
            for (pc, instruction) in parent.program.code.iter().enumerate() {
                let Instruction::Submit(id) = instruction else { continue };
                let submit = &parent.program.submits[id.index()];
                if submit.task != task || submit.to != Some(pool) {
                    continue;
                }
                let number = usize::from(parent.program.step_of[pc]);
                let step = draft.patch.steps(&parent.name).and_then(|steps| steps.get(number).cloned());
                match step.and_then(|step| with_target(&step, &own)) {
                    Some(step) => draft.set_step(&parent.name, number, &step),
                    None => draft.whole = false,
                }
            }
        }
        let leaves = format!(
            "The new pool has to be sized too, and tasks no longer start in the order in which they came to one queue.{lost}"
        );
        self.offer(format!("A pool of its own for {name}"), &leaves, RemedyEffect::Gone, draft);
        self.last_mends(RemediedDefect::Expectation);
    }

    /// Steps that give back in time: `with`, an earlier release, a shutdown that does not wait.
    fn rewritten_steps(&mut self) {
        for resource in &self.s.resources {
            let name = &resource.name;
            self.rewrite(
                format!("{name} is given back whatever happens"),
                "Whoever takes it without `with` can still leave with it.",
                &|steps, program| with_block(steps, program, name),
            );
            self.rewrite(
                format!("{name} is given back before a task waits"),
                "What it guards is not held while the task waits: others can come between.",
                &|steps, program| released_before_wait(steps, program, name),
            );
        }
        self.rewrite(
            "No task waits for a shutdown".to_owned(),
            "Tasks that never end keep their workers, and whatever the shutdown was to wait for may not be done.",
            &|steps, _| without_waiting_for_shutdown(steps),
        );
    }

    fn rewrite(&mut self, title: String, leaves: &str, rewritten: &Rewriting<'_>) {
        let mut draft = self.draft();
        for task in &self.s.tasks {
            let steps = draft.patch.steps(&task.name);
            if let Some(steps) = steps.and_then(|steps| rewritten(&steps, &task.program)) {
                draft.set_steps(&task.name, &steps);
            }
        }
        if !draft.changes.is_empty() {
            self.offer(title, leaves, RemedyEffect::Gone, draft);
            self.last_mends(RemediedDefect::Expectation);
        }
    }

    /// What is cancelled takes no place in a queue any longer (`setRemoveOnCancelPolicy` of Java's scheduled pools).
    fn removed_when_cancelled(&mut self, id: ExecutorId) {
        let executor = &self.s.executors[id.index()];
        let cancels = |step: &Instruction| matches!(step, Instruction::Cancel { .. });
        let is_any_cancelled = self.s.tasks.iter().any(|task| task.program.code.iter().any(cancels));
        if executor.cancelled == Cancelled::Removed || !is_any_cancelled {
            return;
        }
        let name = self.name(id).to_owned();
        let mut draft = self.draft();
        draft.set(&format!("executors.{name}.cancelled"), "removed");
        let title = format!("A cancelled task leaves {name} at once");
        let leaves = "Whoever cancels has to find the entry, which takes longer the more there are.";
        self.offer(title, leaves, RemedyEffect::Gone, draft);
        self.last_mends(RemediedDefect::Expectation);
        // A wrapper is the user's own code, whatever the pools of the runtime can do.
        self.needs_runtime(executor.wraps().is_some() || removes_cancelled(self.s.runtime));
    }

    /// Queues that are expected to stay short are made so.
    fn bounded_queues(&mut self) {
        for number in self.missed().to_vec() {
            let expected = &self.s.expectations[number];
            let (Metric::QueueMax(executor), Bound::Number(_, most)) = (&expected.metric, &expected.bound)
            else {
                continue;
            };
            self.removed_when_cancelled(*executor);
            for (policy, what) in [("reject", "refuses"), ("discard-oldest", "drops the oldest for")] {
                let name = self.name(*executor).to_owned();
                let mut draft = self.draft();
                draft.set(&format!("executors.{name}.queue"), &format!("{}", most.max(0.0) as u64));
                draft.set(&format!("executors.{name}.on_full"), policy);
                let title = format!("The queue of {name} holds {most} and {what} what comes beyond");
                let leaves = "What is refused or dropped is not done.";
                self.offer(title, leaves, RemedyEffect::Failure, draft);
                self.last_mends(RemediedDefect::Expectation);
            }
        }
    }
}
