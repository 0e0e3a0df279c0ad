//! What is waited for: children, permits, locks.

use super::Explainer;
use crate::analysis::names::Key;
use crate::analysis::prose::{Segment, grouped};
use crate::analysis::state::place::Resource;
use crate::analysis::state::task::{Phase, Task};
use crate::model::id::{ExecutorId, NameId, Pc, ResourceId, TaskId, TaskTypeId};
use crate::model::program::{Claim, Instruction, WaitMode};
use crate::model::runtime::Runtime;

impl Explainer<'_> {
    pub(super) fn children(&mut self, tasks: &[TaskId], kind: TaskTypeId, pc: Pc, start: bool) {
        let all = self.holders.len() > 1 && self.are_the_holders(tasks);
        let only = self.holders.len() == 1 && self.are_the_holders(tasks);
        let mine = if all || tasks.len() == 1 { "its" } else { "their" };
        if all {
            self.prose.words(if start { "Each waits for " } else { "each waits for " });
        } else if only && start {
            self.prose.words("It waits for ");
        } else {
            self.subject(tasks);
            self.prose.words(if tasks.len() == 1 { " waits for " } else { " each wait for " });
        }
        let names = self.awaited_words(kind, pc, mine == "its");
        self.lost_child(tasks, &names);
    }

    /// What the wait at `pc` waits for: `its `net``, `all of their children`. Returns the names of the children.
    pub(super) fn awaited_words(&mut self, kind: TaskTypeId, pc: Pc, is_one: bool) -> Vec<NameId> {
        let mine = if is_one { "its" } else { "their" };
        let program = &self.state.scenario().tasks[kind.index()].program;
        let (names, mode): (Vec<NameId>, WaitMode) = match &program.code[pc.index()] {
            Instruction::Wait { names, mode, .. } | Instruction::Result { names, mode, .. } => {
                (names.to_vec(), *mode)
            }
            Instruction::JoinScope => (Vec::new(), WaitMode::Every),
            _ => (Vec::new(), WaitMode::All),
        };
        let texts: Vec<String> =
            names.iter().map(|name| format!("`{}`", program.names[name.index()].text)).collect();
        match (mode, texts.as_slice()) {
            (WaitMode::Every, _) => self.prose.words(format!("all of {mine} children")),
            (WaitMode::Any, [_, _, ..]) => self.prose.words(format!("any of {mine} {}", texts.join(", "))),
            _ => self.prose.words(format!("{mine} {}", texts.join(" and "))),
        };
        names
    }

    /// The children that a waiting task names.
    pub(super) fn awaited_children(&self, task: &Task) -> Vec<TaskId> {
        self.state.awaited_children(task, task.pc)
    }

    /// What is peculiar about the child that a single task waits for.
    pub(super) fn lost_child(&mut self, tasks: &[TaskId], names: &[NameId]) {
        let [task] = tasks else { return };
        let [name] = names else { return };
        let Some(child) = self.state.task(*task).and_then(|task| task.child(*name)) else { return };
        let Some(below) = self.state.task(child) else { return };
        if below.cancelled {
            let executor = below.executor;
            self.prose.words(", which is cancelled, but its entry stays on ");
            self.executor(executor).words(" until a worker comes to skip it");
        } else if below.phase.is_ended() {
            self.prose.words(", which was dropped for lack of room and will never be done");
        } else if self.knot.never.contains(&child) {
            self.prose.words(", which never ends");
        }
    }

    /// The thread that green tasks of an executor run on.
    pub(super) fn no_thread(&mut self, executor: ExecutorId) {
        match self.state.scenario().executors[executor.index()].carriers() {
            None => drop(self.prose.words("the green thread")),
            Some(_) => {
                let word = carrier_word(self.state.scenario().runtime);
                self.prose.words(format!("a {word} of "));
                self.executor(executor);
            }
        }
    }

    /// Why a task waits for what nobody holds.
    fn nobody_holds(&mut self, resource: ResourceId, key: &Key) {
        let waiting = self.state.resource(resource, key).into_iter().flat_map(|held| held.waiting.values());
        let is_woken = |id: &&TaskId| self.state.task(**id).is_some_and(|task| task.phase == Phase::Ready);
        let woken: Vec<TaskId> = waiting.filter(is_woken).copied().collect();
        if woken.is_empty() {
            self.prose.words(", which has not as many permits as that");
        } else {
            let names = self.names;
            self.prose.words(", which is free, but ").tasks(&woken, names).words(if woken.len() == 1 {
                " was woken to take it first"
            } else {
                " were woken to take it first"
            });
        }
    }

    pub(super) fn resource(&mut self, tasks: &[TaskId], resource: ResourceId, key: Option<&str>) {
        let described = &self.state.scenario().resources[resource.index()];
        let state_key = key.map(|key| key.into());
        let held = self.state.resource(resource, &state_key);
        let mut holders: Vec<TaskId> = held.map_or_else(Vec::new, |held| held.holding_tasks());
        holders.sort_unstable();
        if tasks.len() > 1 && tasks == holders {
            self.prose.words("each of ");
            self.subject(tasks);
            let permits = grouped(described.permits.into());
            let singly =
                held.is_some_and(|held| held.holders.iter().all(|holder| holder.claim == Claim::ONE));
            let (holds, wants) = match (described.is_lock(), singly) {
                (true, _) => (format!(" reads under {} ", described.word()), " and waits to write"),
                (false, true) => {
                    (format!(" holds one of the {permits} permits of "), " and waits for another")
                }
                (false, false) => {
                    (format!(" holds some of the {permits} permits of "), " and waits for more")
                }
            };
            self.prose.words(holds);
            self.resource_name(resource, key);
            self.prose.words(wants);
            return;
        }
        self.subject(tasks);
        self.prose.words(if tasks.len() == 1 { " waits for " } else { " wait for " });
        self.awaited_resource_words(resource, key);
        // In roles, who holds it is told already.
        if held.is_none() || self.in_roles && self.knot.resources.contains(&(resource, state_key.clone())) {
            return;
        }
        if let Some(writer) = held.and_then(|held| self.writer_before(tasks, held)) {
            self.prose.words(" behind ").tasks(&[writer], self.names);
        }
        if tasks == holders {
            self.prose.words(", which it holds itself");
            return;
        }
        let (here, gone): (Vec<TaskId>, Vec<TaskId>) = holders
            .iter()
            .partition(|holder| self.state.task(**holder).is_some_and(|task| !task.phase.is_ended()));
        if holders.is_empty() {
            return self.nobody_holds(resource, &state_key);
        }
        let permits = if described.is_lock() { "is held by " } else { "is taken by " };
        self.prose.words(format!(", which {permits}")).tasks(&here, self.names);
        if !gone.is_empty() {
            self.prose.words(if here.is_empty() { "" } else { " and by " }).tasks(&gone, self.names);
            self.prose.words(", which ended without releasing it");
        }
    }

    /// Who waits to write before this one reader, which only other readers would not keep out.
    fn writer_before(&self, tasks: &[TaskId], held: &Resource) -> Option<TaskId> {
        let claim = |id: &TaskId| Some(self.state.awaited_claim(self.state.task(*id)?)?.1);
        let [reader] = tasks else { return None };
        if held.is_written() || claim(reader) != Some(Claim::Read) {
            return None;
        }
        let mut before = held.waiting.values().take_while(|id| *id != reader);
        before.find(|id| claim(id) == Some(Claim::Write)).copied()
    }

    /// `lock `a``, `semaphore `db[vm-1]``.
    pub(super) fn awaited_resource_words(&mut self, resource: ResourceId, key: Option<&str>) {
        let word = self.state.scenario().resources[resource.index()].word();
        self.prose.words(format!("{word} "));
        self.resource_name(resource, key);
    }

    pub(super) fn resource_name(&mut self, resource: ResourceId, key: Option<&str>) {
        let name = &self.state.scenario().resources[resource.index()].name;
        let key = key.map_or(String::new(), |key| format!("[{key}]"));
        self.prose.segments.push(Segment::Resource { resource, text: format!("`{name}{key}`") });
    }
}

/// What a runtime calls the threads that run its green tasks.
fn carrier_word(runtime: Runtime) -> &'static str {
    match runtime {
        Runtime::Tokio => "worker thread",
        Runtime::Go => "processor",
        Runtime::Asyncio | Runtime::Trio | Runtime::Gevent | Runtime::Eventlet | Runtime::Node => "thread",
        Runtime::Kotlin => "dispatcher thread",
        Runtime::Cpython
        | Runtime::Java17
        | Runtime::Java21
        | Runtime::Java25
        | Runtime::Rayon
        | Runtime::Dotnet => "carrier",
    }
}
