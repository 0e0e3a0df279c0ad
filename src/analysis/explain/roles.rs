//! Large deadlocks in roles: who holds what and waits for what, by type of task rather than by name.
//!
//! "All 8 `fanout` workers are held: 5 by `price`, each waiting for its `audit`, queued behind them; 3 by `stock`, each
//! waiting for semaphore `db`. All 10 permits of `db` are held by `checkout`, each waiting for its `price` and `stock`."
//! Invariant: every task of the knot is counted in some sentence, or in the number of those that are left out. The names
//! are in the pieces of the text, for whoever wants to unfold them.

use super::{Explainer, MAX_GROUPS, Situation};
use crate::analysis::names::Key;
use crate::analysis::prose::{Segment, count_word, grouped, plural};
use crate::analysis::state::task::Phase;
use crate::model::id::{ExecutorId, ResourceId, TaskId, TaskTypeId};
use std::collections::BTreeSet;

/// Tasks of one type in one situation.
struct Role {
    kind: TaskTypeId,
    situation: Option<Situation>,
    tasks: Vec<TaskId>,
}

/// The capacity that the tasks of a role hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum HeldCapacity {
    Workers(ExecutorId),
    Permits(ResourceId),
}

impl Explainer<'_> {
    /// Tells the knot in roles.
    pub(super) fn roles(&mut self) {
        let mut told: BTreeSet<TaskId> = BTreeSet::new();
        let mut sentences = 0;
        let pools: BTreeSet<ExecutorId> = self.knot.pools.iter().copied().collect();
        for pool in pools {
            if self.held_pool(pool, &mut told, sentences == 0) {
                sentences += 1;
            }
        }
        for (resource, key) in self.knot.resources.clone() {
            if sentences < MAX_GROUPS && self.held_resource(resource, &key, &mut told, sentences == 0) {
                sentences += 1;
            }
        }
        let rest: Vec<TaskId> = self.knot.tasks.iter().copied().filter(|id| !told.contains(id)).collect();
        self.holders.clear();
        for role in self.roles_of(&rest) {
            let Some(situation) = role.situation else { continue };
            if sentences >= MAX_GROUPS {
                break;
            }
            self.prose.words(if sentences == 0 { "" } else { ". " });
            self.situation(&situation, &role.tasks, sentences > 0);
            told.extend(&role.tasks);
            sentences += 1;
        }
        let left: Vec<TaskId> = rest.into_iter().filter(|id| !told.contains(id)).collect();
        if !left.is_empty() {
            let text = format!("{} more {}", count_word(left.len()), plural(left.len(), "task"));
            self.prose.words(", and ").tasks_as(&left, text);
            self.prose.words(if left.len() == 1 { " waits with them" } else { " wait with them" });
        }
        self.stacks();
        self.prose.words(".");
    }

    /// These tasks by type and situation, in order of their first tasks.
    fn roles_of(&self, tasks: &[TaskId]) -> Vec<Role> {
        let mut roles: Vec<Role> = Vec::new();
        for id in tasks {
            let Some(task) = self.state.task(*id) else { continue };
            let situation = self.situation_of(*id, task);
            // Those in one queue are told together, each type by its number.
            let is_queued = matches!(situation, Some(Situation::Queued(_)));
            let is_alike = |role: &&mut Role| is_queued || role.kind == task.kind;
            match roles.iter_mut().filter(is_alike).find(|role| role.situation == situation) {
                Some(role) => role.tasks.push(*id),
                None => roles.push(Role { kind: task.kind, situation, tasks: vec![*id] }),
            }
        }
        roles
    }

    /// Who holds the workers of a pool; whether there was anything to say.
    fn held_pool(&mut self, pool: ExecutorId, told: &mut BTreeSet<TaskId>, is_first: bool) -> bool {
        let holders = self.holders_of(pool);
        if holders.is_empty() {
            return false;
        }
        self.prose.words(if is_first { "" } else { ". " });
        let (all, the_only) = if is_first { ("all", "the only") } else { ("All", "The only") };
        self.prose.words(match holders.len() {
            1 => format!("{the_only} worker of "),
            count => format!("{all} {} workers of ", grouped(count as u64)),
        });
        self.executor(pool);
        self.prose.words(if holders.len() == 1 { " is held" } else { " are held" });
        self.holders.clone_from(&holders);
        self.by_roles(&holders, HeldCapacity::Workers(pool), told);
        true
    }

    /// Who holds the permits of a semaphore, or a lock; whether there was anything to say.
    fn held_resource(
        &mut self,
        resource: ResourceId,
        key: &Key,
        told: &mut BTreeSet<TaskId>,
        is_first: bool,
    ) -> bool {
        let Some(held) = self.state.resource(resource, key) else { return false };
        let mut holders = held.holding_tasks();
        let permits = held.taken.max(1);
        holders.sort_unstable();
        let is_over = |id: &TaskId| self.state.task(*id).is_none_or(|task| task.phase.is_ended());
        let (gone, here): (Vec<TaskId>, Vec<TaskId>) = holders.into_iter().partition(is_over);
        if here.is_empty() && gone.is_empty() {
            return false;
        }
        self.prose.words(if is_first { "" } else { ". " });
        let described = &self.state.scenario().resources[resource.index()];
        let (is_lock, name) = (described.is_lock(), described.name.clone());
        let key = key.as_deref().map_or(String::new(), |key| format!("[{key}]"));
        let text = format!("`{name}{key}`");
        self.prose.words(match (is_lock, permits) {
            (true, _) if is_first => "lock ".to_owned(),
            (true, _) => "Lock ".to_owned(),
            (false, 1) if is_first => "the one permit of ".to_owned(),
            (false, 1) => "The one permit of ".to_owned(),
            (false, count) if is_first => format!("all {} permits of ", grouped(count as u64)),
            (false, count) => format!("All {} permits of ", grouped(count as u64)),
        });
        self.prose.segments.push(Segment::Resource { resource, text });
        self.prose.words(if permits == 1 { " is held" } else { " are held" });
        if !here.is_empty() {
            self.by_roles(&here, HeldCapacity::Permits(resource), told);
        }
        if !gone.is_empty() {
            self.prose.words(if here.is_empty() { " by " } else { ", and by " });
            self.role_name(&gone);
            self.prose.words(", which ended without releasing it");
        }
        true
    }

    /// ` by `price`, each waiting for its `audit``, or ordered by role: `: 5 by `price`, …; 3 by `stock`, …`.
    fn by_roles(&mut self, tasks: &[TaskId], held: HeldCapacity, told: &mut BTreeSet<TaskId>) {
        let roles = self.roles_of(tasks);
        let is_single = roles.len() == 1;
        for (at, role) in roles.iter().take(MAX_GROUPS).enumerate() {
            match (is_single, at) {
                (true, _) => self.prose.words(" by "),
                (false, 0) => self.prose.words(": "),
                (false, _) => self.prose.words("; "),
            };
            if role.tasks.len() == 1 {
                self.prose.words(if is_single { "" } else { "one by " });
                self.subject(&role.tasks);
            } else {
                let count = grouped(role.tasks.len() as u64);
                self.prose.words(if is_single { String::new() } else { format!("{count} by ") });
                self.type_name(&role.tasks, role.kind);
            }
            let is_new = role.tasks.iter().any(|task| !told.contains(task));
            told.extend(&role.tasks);
            if is_new {
                self.doing(role, held, told);
            }
        }
        let more: usize = roles.iter().skip(MAX_GROUPS).map(|role| role.tasks.len()).sum();
        if more > 0 {
            let left: Vec<TaskId> =
                roles.iter().skip(MAX_GROUPS).flat_map(|role| &role.tasks).copied().collect();
            told.extend(&left);
            self.prose.words("; ").tasks_as(&left, format!("{} by others", grouped(more as u64)));
        }
    }

    /// What holders of one role wait for: `, each waiting for its `audit`, queued behind them`.
    fn doing(&mut self, role: &Role, held: HeldCapacity, told: &mut BTreeSet<TaskId>) {
        let is_one = role.tasks.len() == 1;
        if role.tasks.iter().all(|task| self.knot.never.contains(task)) {
            self.prose.words(if is_one { ", which never ends" } else { ", which never end" });
            return;
        }
        self.prose.words(if is_one { ", which waits for " } else { ", each waiting for " });
        match &role.situation {
            Some(Situation::Children(kind, pc)) => {
                let names = self.awaited_words(*kind, *pc, true);
                self.lost_child(&role.tasks, &names);
                self.where_children_are(role, held, told);
            }
            Some(Situation::Resource(resource, _)) if held == HeldCapacity::Permits(*resource) => {
                self.prose.words("another");
            }
            Some(Situation::Resource(resource, key)) => {
                self.awaited_resource_words(*resource, key.as_deref())
            }
            Some(Situation::Drain(executor)) => {
                self.prose.words("what ");
                self.executor(*executor).words(" holds");
            }
            Some(Situation::Submitting(executor)) => {
                self.prose.words("room in ");
                self.executor(*executor);
                // The children that find no room are told of with those who submit them.
                let children = role.tasks.iter().filter_map(|id| match self.state.task(*id)?.phase {
                    Phase::Submitting(child) => Some(child),
                    _ => None,
                });
                told.extend(children);
            }
            Some(Situation::Signal(signal)) => {
                let what = self.told(*signal);
                self.prose.words(what);
            }
            Some(Situation::Covered) => {
                self.prose.words("the task that runs on top of it");
            }
            Some(
                Situation::Returning(_)
                | Situation::Queued(_)
                | Situation::Capped(..)
                | Situation::OnBus(_)
                | Situation::Delayed(_)
                | Situation::Drained(_)
                | Situation::NoRoom(_),
            ) => {
                self.prose.words("a worker");
            }
            Some(Situation::NoThread(executor)) => self.no_thread(*executor),
            None => {
                self.prose.words("what never comes");
            }
        }
    }

    /// Where the children that a role waits for stand, if all of them stand alike in a queue.
    fn where_children_are(&mut self, role: &Role, held: HeldCapacity, told: &mut BTreeSet<TaskId>) {
        let mut children = Vec::new();
        for id in &role.tasks {
            let Some(task) = self.state.task(*id) else { continue };
            children.extend(self.awaited_children(task));
        }
        children.retain(|id| self.knot.tasks.binary_search(id).is_ok());
        let places: BTreeSet<Option<ExecutorId>> = children
            .iter()
            .map(|id| {
                let task = self.state.task(*id)?;
                (task.phase == Phase::Queued).then_some(task.executor)
            })
            .collect();
        let mut places = places.into_iter();
        if let (Some(Some(executor)), None) = (places.next(), places.next()) {
            if held == HeldCapacity::Workers(executor) {
                self.prose.words(", queued behind them");
            } else {
                self.prose.words(", queued on ");
                self.executor(executor);
            }
            told.extend(children);
        }
    }

    /// `` `price` ``, or the name of a single task.
    fn type_name(&mut self, tasks: &[TaskId], kind: TaskTypeId) {
        if tasks.len() == 1 {
            return self.subject(tasks);
        }
        let text = format!("`{}`", self.state.scenario().tasks[kind.index()].name);
        self.prose.tasks_as(tasks, text);
    }

    /// `5 `leak` tasks`, by type; a few single ones by name.
    fn role_name(&mut self, tasks: &[TaskId]) {
        let kinds: BTreeSet<TaskTypeId> = tasks.iter().map(|id| self.names.kind(*id)).collect();
        match (tasks.len(), kinds.len()) {
            (1, _) | (_, 2..) => self.prose.tasks(tasks, self.names),
            (count, _) => {
                let text = format!("{} `{}` tasks", grouped(count as u64), self.names.kind_name(tasks[0]));
                self.prose.tasks_as(tasks, text)
            }
        };
    }
}
