//! Says in one or a few sentences of plain English what hangs, why, and whether a timeout ends it.
//!
//! Invariant: everything said is taken from the state right after the event that completed the knot.
//! Tasks in the same situation are spoken of together. What is left out (the tenth group, say) is counted,
//! never silently dropped.

mod roles;
mod signals;
mod subjects;
mod waits;
mod wrappers;

use super::deadlock::{Deadlock, Findings, Stall, WaitForIndex};
use super::knot::Knot;
use super::names::Names;
use super::prose::{Prose, count_word, grouped, plural};
use super::state::State;
use super::state::task::{Phase, Task};
use super::wait_for::reach::Reach;
use crate::model::executor::ExecutorKind;
use crate::model::id::{ExecutorId, Pc, ResourceId, TaskId, TaskTypeId};
use crate::model::program::Instruction;
use crate::model::signal::Signal;
use crate::trace::event::EventId;
use std::collections::BTreeSet;

/// A knot with more tasks than this is told in roles.
const HANDFUL: usize = 6;
/// Groups of tasks that one explanation speaks of.
const MAX_GROUPS: usize = 6;

/// The situation a task of a knot is in; equal situations are told together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Situation {
    /// Waits for children, at this instruction.
    Children(TaskTypeId, Pc),
    /// Waits for a semaphore or lock (for a key, as text).
    Resource(ResourceId, Option<String>),
    /// Waits until an executor is empty.
    Drain(ExecutorId),
    /// Waits for what another task is to bring through a shared thing.
    Signal(Signal),
    /// Its submission of a child finds no room there.
    Submitting(ExecutorId),
    /// Left its worker to wait, and needs one again.
    Returning(ExecutorId),
    /// Below another task on the same thread.
    Covered,
    /// Waits in a queue.
    Queued(ExecutorId),
    /// Held back by a cap.
    Capped(ExecutorId, String),
    /// Waits in a bus.
    OnBus(ExecutorId),
    /// Held by a wrapper whose scheduler thread is busy.
    Delayed(ExecutorId),
    /// Handed back by the shutdown of an executor.
    Drained(ExecutorId),
    /// An arrival or hand-over that finds no room.
    NoRoom(ExecutorId),
    /// Ready, and the green thread never comes free.
    NoThread(ExecutorId),
}

struct Explainer<'a> {
    state: &'a State,
    names: &'a Names,
    reach: &'a Reach,
    knot: &'a Knot,
    /// The workers' lowest tasks that have been named already.
    holders: Vec<TaskId>,
    /// Speaks of types of tasks rather than of each by its name.
    in_roles: bool,
    prose: Prose,
}

/// Explains a deadlock.
pub fn hang(lens: &WaitForIndex<'_>, names: &Names, hang: &Deadlock) -> Prose {
    let state = lens.state(hang.event.0 + 1);
    let mut prose = describe(&state, names, lens.reach(), &hang.knot, hang.event);
    if !hang.behind.is_empty() {
        let count = hang.behind.len();
        // They need something of the knot; where they stand in a queue is another matter, some may stand first.
        prose
            .words(" ")
            .tasks_as(&hang.behind, format!("{} more {}", grouped(count as u64), plural(count, "task")));
        prose.words(" can never continue either.");
    }
    prose.words(if hang.knot.tasks.len() == 1 {
        " No timeout can end this wait."
    } else {
        " No timeout can break this."
    });
    prose
}

/// Explains a stall.
pub fn stall(lens: &WaitForIndex<'_>, names: &Names, stall: &Stall) -> Prose {
    let state = lens.state(stall.event.0 + 1);
    let mut prose = describe(&state, names, lens.reach(), &stall.knot, stall.event);
    prose.words(" It is a stall, not a deadlock: ");
    match (stall.until, stall.ended_by) {
        (Some(at), Some(event)) => {
            prose.words("the timeout of ").tasks(&[stall.waiter], names).words(" ends it at ");
            prose.time(at, Some(event)).words(format!(", after {}.", at.since(stall.at)));
        }
        (Some(at), None) => {
            prose.words("the timeout of ").tasks(&[stall.waiter], names).words(" will end it at ");
            prose.time(at, None).words(".");
        }
        (None, _) => {
            prose.words("a timeout of ").tasks(&[stall.waiter], names).words(" will end it.");
        }
    }
    prose
}

/// Explains the first of each, and counts the rest.
pub fn findings(lens: &WaitForIndex<'_>, names: &Names, findings: &Findings) -> Option<Prose> {
    let mut prose = match (findings.deadlocks.first(), findings.stalls.first()) {
        (Some(first), _) => hang(lens, names, first),
        (None, Some(first)) => stall(lens, names, first),
        (None, None) => return None,
    };
    let more_deadlocks = (findings.deadlocks.len() + findings.more_deadlocks).saturating_sub(1);
    let told_stalls = usize::from(findings.deadlocks.is_empty());
    let more_stalls = findings.stalls.len().saturating_sub(told_stalls);
    if more_deadlocks > 0 {
        let deadlocks = plural(more_deadlocks, "deadlock");
        prose.words(format!(
            " There {} {} more {deadlocks}.",
            is_are(more_deadlocks),
            count_word(more_deadlocks)
        ));
    }
    if more_stalls > 0 {
        let stalls = plural(more_stalls, "stall");
        let more = if told_stalls == 1 { "more " } else { "" };
        prose.words(format!(" There {} {} {more}{stalls}.", is_are(more_stalls), count_word(more_stalls)));
    }
    Some(prose)
}

fn is_are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// Says what holds whom in a knot, as of the state right after `event`, without the time.
pub fn knot(lens: &WaitForIndex<'_>, names: &Names, knot: &Knot, event: EventId) -> Prose {
    let state = lens.state(event.0 + 1);
    describe_from(&state, names, lens.reach(), knot, Prose::new())
}

/// What holds whom, as of the state right after `event`.
fn describe(state: &State, names: &Names, reach: &Reach, knot: &Knot, event: EventId) -> Prose {
    let mut prose = Prose::new();
    prose.words("At ").time(state.at(), Some(event)).words(" ");
    describe_from(state, names, reach, knot, prose)
}

/// The same, after what `prose` says already.
fn describe_from(state: &State, names: &Names, reach: &Reach, knot: &Knot, prose: Prose) -> Prose {
    let in_roles = knot.tasks.len() > HANDFUL;
    let mut explainer = Explainer { state, names, reach, knot, holders: Vec::new(), in_roles, prose };
    if in_roles {
        explainer.roles();
        return explainer.prose;
    }
    let said = explainer.pools();
    let groups = explainer.groups();
    for (at, (situation, tasks)) in groups.iter().take(MAX_GROUPS).enumerate() {
        if at > 0 || said {
            let joined = at > 0 && is_entry(situation) && !is_entry(&groups[at - 1].0);
            explainer.prose.words(if joined { ", and " } else { ". " });
        }
        let start = (at > 0 || said) && !(at > 0 && is_entry(situation) && !is_entry(&groups[at - 1].0));
        explainer.situation(situation, tasks, start);
    }
    let rest: Vec<TaskId> = groups.iter().skip(MAX_GROUPS).flat_map(|(_, tasks)| tasks).copied().collect();
    if !rest.is_empty() {
        explainer
            .prose
            .words(", and ")
            .tasks_as(&rest, format!("{} more tasks", grouped(rest.len() as u64)))
            .words(" wait with them");
    }
    explainer.stacks();
    explainer.prose.words(".");
    explainer.prose
}

/// Whether it is the situation of something that has not started.
fn is_entry(situation: &Situation) -> bool {
    match situation {
        Situation::Queued(_)
        | Situation::Capped(..)
        | Situation::OnBus(_)
        | Situation::Delayed(_)
        | Situation::Drained(_)
        | Situation::NoRoom(_) => true,
        Situation::Children(..)
        | Situation::Resource(..)
        | Situation::Drain(_)
        | Situation::Signal(_)
        | Situation::Submitting(_)
        | Situation::Returning(_)
        | Situation::Covered
        | Situation::NoThread(_) => false,
    }
}

impl Explainer<'_> {
    fn name_of(&self, executor: ExecutorId) -> &str {
        &self.state.scenario().executors[executor.index()].name
    }

    /// Who holds the workers of the pools; whether there was anything to say.
    fn pools(&mut self) -> bool {
        let pools: BTreeSet<ExecutorId> = self.knot.pools.iter().copied().collect();
        let mut said = false;
        for pool in pools {
            let holders = self.holders_of(pool);
            if holders.is_empty() {
                continue;
            }
            let name = self.name_of(pool).to_owned();
            self.prose.words(match (said, holders.len()) {
                (false, 1) => "the only worker of ".to_owned(),
                (false, count) => format!("the {count} workers of "),
                (true, 1) => " and the only worker of ".to_owned(),
                (true, count) => format!(" and the {count} workers of "),
            });
            self.prose.executor(pool, &name).words(if holders.len() == 1 {
                " is held by "
            } else {
                " are held by "
            });
            let (gone, here): (Vec<TaskId>, Vec<TaskId>) =
                holders.iter().copied().partition(|task| self.knot.never.contains(task));
            self.prose.tasks(&here, self.names);
            if !gone.is_empty() {
                self.prose.words(if here.is_empty() { "" } else { " and by " }).tasks(&gone, self.names);
                self.prose.words(if gone.len() == 1 { ", which never ends" } else { ", which never end" });
            }
            self.holders.extend(holders);
            said = true;
        }
        said
    }

    /// The lowest tasks of the workers of a pool, in order of creation.
    fn holders_of(&self, pool: ExecutorId) -> Vec<TaskId> {
        let tops = self.state.executor(pool).workers.iter().filter_map(|(_, worker)| worker.top);
        let mut holders: Vec<TaskId> =
            tops.filter_map(|top| self.state.stack(Some(top)).last().map(|(id, _)| id)).collect();
        holders.sort_unstable();
        holders
    }

    /// The knot's tasks by situation: those under way first, then those that wait to start.
    fn groups(&self) -> Vec<(Situation, Vec<TaskId>)> {
        let mut groups: Vec<(Situation, Vec<TaskId>)> = Vec::new();
        for id in &self.knot.tasks {
            let Some(task) = self.state.task(*id) else { continue };
            let Some(situation) = self.situation_of(*id, task) else { continue };
            match groups.iter_mut().find(|(known, _)| *known == situation) {
                Some((_, tasks)) => tasks.push(*id),
                None => groups.push((situation, vec![*id])),
            }
        }
        groups.sort_by_key(|(situation, tasks)| (is_entry(situation), tasks[0]));
        groups
    }

    fn situation_of(&self, id: TaskId, task: &Task) -> Option<Situation> {
        let at = task.executor;
        let known_as = |this: &Self| this.names.short(id).to_owned();
        // One that was woken has but to look, on a thread.
        if let Some(resource) = self.state.awaited_resource(task).filter(|_| task.phase != Phase::Ready)
            && self.state.scenario().resources[resource.index()].is_owned()
        {
            let key = self.state.resource_key(resource, task);
            return Some(Situation::Resource(resource, key.map(|key| key.to_string())));
        }
        Some(match task.phase {
            Phase::Queued => Situation::Queued(at),
            Phase::Held => match self.state.scenario().executors[at.index()].kind {
                ExecutorKind::Bus { .. } => Situation::OnBus(at),
                ExecutorKind::Delay { .. } | ExecutorKind::Scheduled { .. } => Situation::Delayed(at),
                ExecutorKind::Cap { .. } if self.is_busy(at) || !self.is_saturated(at, task.kind) => {
                    Situation::Delayed(at)
                }
                ExecutorKind::Cap { .. }
                | ExecutorKind::Threads { .. }
                | ExecutorKind::Green { .. }
                | ExecutorKind::Dynamic { .. }
                | ExecutorKind::Elastic { .. }
                | ExecutorKind::ForkJoin { .. }
                | ExecutorKind::Inline => Situation::Capped(at, known_as(self)),
            },
            Phase::Blocked => match task.origin.parent() {
                // Told of its submitter.
                Some(parent) if self.knot.tasks.binary_search(&parent).is_ok() => return None,
                _ => Situation::NoRoom(at),
            },
            Phase::Submitting(child) => Situation::Submitting(self.state.task(child)?.executor),
            Phase::Returning => Situation::Returning(at),
            Phase::Taken | Phase::Ready => Situation::NoThread(at),
            Phase::Waiting => match (self.state.instruction(task)?, self.state.awaited_signal(task)) {
                (Instruction::Shutdown { executor, .. } | Instruction::AwaitExecutor { executor, .. }, _) => {
                    Situation::Drain(*executor)
                }
                (_, Some(signal)) => Situation::Signal(signal),
                (_, None) => Situation::Children(task.kind, task.pc),
            },
            Phase::Running | Phase::Io => Situation::Covered,
            Phase::Drained => Situation::Drained(at),
            Phase::Passing | Phase::Ended(_) => return None,
        })
    }

    fn situation(&mut self, situation: &Situation, tasks: &[TaskId], start: bool) {
        let one = tasks.len() == 1;
        let s = if one { "s" } else { "" };
        match situation {
            Situation::Children(kind, pc) => self.children(tasks, *kind, *pc, start),
            Situation::Resource(resource, key) => self.resource(tasks, *resource, key.as_deref()),
            Situation::Signal(signal) => self.signal(tasks, *signal),
            Situation::Drain(executor) => self.draining(tasks, *executor),
            Situation::Submitting(executor) => self.submitting(tasks, *executor, start),
            Situation::Returning(executor) => {
                self.subject(tasks);
                self.prose.words(format!(" could go on but need{s} a worker of "));
                self.executor(*executor);
            }
            Situation::Covered => {
                self.subject(tasks);
                self.prose.words(" cannot go on before the task that runs on top of it");
            }
            Situation::Queued(executor) => {
                self.by_name(tasks, start);
                self.prose.words(if one { " is queued" } else { " are queued" });
                if !self.holders.is_empty() {
                    self.prose.words(if self.holders.len() == 1 { " behind it" } else { " behind them" });
                }
                self.prose.words(" on ");
                self.executor(*executor);
            }
            Situation::Capped(executor, name) => {
                self.counted(tasks, name, start);
                self.prose.words(format!(" wait{s} for a slot of "));
                self.executor(*executor);
                self.occupants(*executor);
            }
            Situation::OnBus(executor) => self.on_bus(tasks, *executor, start),
            Situation::Delayed(executor) => {
                self.subject(tasks);
                self.prose.words(if one { " is held by " } else { " are held by " });
                self.executor(*executor);
                self.scheduler(*executor);
            }
            Situation::Drained(executor) => {
                self.subject(tasks);
                self.prose.words(if one { " was handed back when " } else { " were handed back when " });
                self.executor(*executor).words(" was shut down, and nobody will run ");
                self.prose.words(if one { "it" } else { "them" });
            }
            Situation::NoRoom(executor) => {
                self.subject(tasks);
                self.prose.words(format!(" find{s} no room in "));
                self.executor(*executor);
            }
            Situation::NoThread(executor) => {
                self.subject(tasks);
                self.prose.words(format!(" wait{s} for "));
                self.no_thread(*executor);
                self.prose.words(", which never comes free");
            }
        }
    }

    /// Tasks that wait until an executor is empty.
    fn draining(&mut self, tasks: &[TaskId], executor: ExecutorId) {
        let s = if tasks.len() == 1 { "s" } else { "" };
        self.subject(tasks);
        self.prose.words(format!(" wait{s} until "));
        self.executor(executor).words(" is empty");
        let inside = self.inside(executor);
        if !inside.is_empty() {
            self.prose.words(", which still holds ");
            self.subject_of_any(&inside);
        }
    }

    /// Tasks that wait for room for what they submit.
    fn submitting(&mut self, tasks: &[TaskId], executor: ExecutorId, start: bool) {
        let one = tasks.len() == 1;
        if self.are_the_holders(tasks) && !one {
            self.prose.words(if start { "Each waits for room in " } else { "each waits for room in " });
        } else {
            self.subject(tasks);
            self.prose.words(if one { " waits for room in " } else { " each wait for room in " });
        }
        let (name, waiting) = (self.name_of(executor).to_owned(), self.state.executor(executor).waiting);
        self.prose.executor(executor, &name);
        self.prose.words(match waiting {
            0 => " for a child it submits, and no worker is free to take it".to_owned(),
            1 => " for a child it submits, and the one place in the queue is taken".to_owned(),
            n => format!(" for a child it submits, and the {n} places in the queue are taken"),
        });
    }

    /// The message at the head of a bus, and those behind it.
    fn on_bus(&mut self, tasks: &[TaskId], executor: ExecutorId, start: bool) {
        self.prose.words(if start { "The head of " } else { "the head of " });
        let names = self.names;
        self.executor(executor).words(", ").tasks(&tasks[..1], names);
        self.prose.words(", cannot be taken");
        if tasks.len() > 1 {
            let behind = tasks.len() - 1;
            self.prose.words(format!(", and {behind} more {} behind it", plural(behind, "message")));
        }
    }
}
