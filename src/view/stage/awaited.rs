//! What one task waits for, in words and as tokens and objects to draw lines to.

use super::super::ruler::out_of;
use super::super::words::{self, list};
use super::model::DelayCountdown;
use super::timers::countdown;
use crate::analysis::digest::Digest;
use crate::analysis::names::Key;
use crate::analysis::state::State;
use crate::analysis::state::task::{Phase, Task, Thread};
use crate::model::executor::ExecutorKind;
use crate::model::id::{ExecutorId, ResourceId, SharedId, TaskId, TaskTypeId};
use crate::model::program::Instruction;
use crate::model::signal::Signal;
use crate::model::time::{Duration, Time};

/// What a task waits for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TaskWaitTargets {
    /// Other tasks that have not ended.
    pub tasks: Vec<TaskId>,
    /// A lock or semaphore.
    pub resource: Option<(ResourceId, Key)>,
    /// Room in an executor, or its end.
    pub executor: Option<ExecutorId>,
    /// What another task is to bring through a shared thing.
    pub signal: Option<Signal>,
    /// The server that works for it.
    pub server: Option<SharedId>,
    /// Carriers of a green executor, all of them taken.
    pub carriers: Option<ExecutorId>,
}

impl TaskWaitTargets {
    /// What `task` waits for at `state`.
    pub fn of(state: &State, task: &Task) -> TaskWaitTargets {
        if let Some(above) = task.above {
            return TaskWaitTargets { tasks: vec![above], ..TaskWaitTargets::default() };
        }
        match task.phase {
            Phase::Submitting(child) => {
                let to = state.task(child).map_or(task.executor, |child| child.executor);
                TaskWaitTargets { executor: Some(to), ..TaskWaitTargets::default() }
            }
            Phase::Waiting => TaskWaitTargets::at_instruction(state, task),
            Phase::Io => TaskWaitTargets { server: state.used_server(task), ..TaskWaitTargets::default() },
            Phase::Ready => {
                TaskWaitTargets { carriers: green_home(state, task), ..TaskWaitTargets::default() }
            }
            Phase::Held
            | Phase::Passing
            | Phase::Blocked
            | Phase::Queued
            | Phase::Drained
            | Phase::Taken
            | Phase::Running
            | Phase::Returning
            | Phase::Ended(_) => TaskWaitTargets::default(),
        }
    }

    fn at_instruction(state: &State, task: &Task) -> TaskWaitTargets {
        if let Some(signal) = state.awaited_signal(task) {
            return TaskWaitTargets { signal: Some(signal), ..TaskWaitTargets::default() };
        }
        if let Some(resource) = state.awaited_resource(task) {
            let resource = Some((resource, state.resource_key(resource, task)));
            return TaskWaitTargets { resource, ..TaskWaitTargets::default() };
        }
        let Some(instruction) = state.instruction(task) else { return TaskWaitTargets::default() };
        let children: Vec<TaskId> = match instruction {
            Instruction::Wait { .. } | Instruction::Result { .. } | Instruction::JoinScope => {
                state.awaited_children(task, task.pc)
            }
            Instruction::Shutdown { executor, .. } | Instruction::AwaitExecutor { executor, .. } => {
                return TaskWaitTargets { executor: Some(*executor), ..TaskWaitTargets::default() };
            }
            Instruction::Run(_)
            | Instruction::Io(..)
            | Instruction::Yield
            | Instruction::Submit(_)
            | Instruction::Cancel { .. }
            | Instruction::Retry { .. }
            | Instruction::OpenScope { .. }
            | Instruction::CloseScope
            | Instruction::Acquire { .. }
            | Instruction::Release { .. }
            | Instruction::Send { .. }
            | Instruction::Receive { .. }
            | Instruction::Close(_)
            | Instruction::WaitOn { .. }
            | Instruction::Notify { .. }
            | Instruction::Await { .. }
            | Instruction::CountDown { .. }
            | Instruction::Reset(_)
            | Instruction::Use { .. }
            | Instruction::UnlessClosed(_)
            | Instruction::Read(_)
            | Instruction::Write(..)
            | Instruction::Add(..)
            | Instruction::Fail(_)
            | Instruction::Note(_)
            | Instruction::Repeat { .. }
            | Instruction::Again { .. }
            | Instruction::Maybe { .. }
            | Instruction::Jump(_)
            | Instruction::Resize { .. }
            | Instruction::Crash
            | Instruction::UnlessTimedOut(_) => Vec::new(),
        };
        let is_open = |id: &TaskId| state.task(*id).is_some_and(|child| !child.phase.is_ended());
        TaskWaitTargets {
            tasks: children.into_iter().filter(is_open).collect(),
            ..TaskWaitTargets::default()
        }
    }

    /// The types of the tasks, each once, in order.
    pub fn kinds(&self, digest: &Digest<'_>) -> Vec<TaskTypeId> {
        let mut kinds: Vec<TaskTypeId> = self.tasks.iter().map(|task| digest.names.kind(*task)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// What it is, in a few words: `price and stock`, `lock db`, `room in io`; `None` if it is nothing.
    pub fn words(&self, digest: &Digest<'_>) -> Option<String> {
        let scenario = &digest.trace().scenario;
        if let Some((resource, _)) = &self.resource {
            let resource = &scenario.resources[resource.index()];
            return Some(format!("{} {}", resource.word(), resource.name));
        }
        if let Some(signal) = self.signal {
            return Some(words::signal(scenario, signal));
        }
        if let Some(executor) = self.executor {
            return Some(format!("room in {}", scenario.executors[executor.index()].name));
        }
        let names: Vec<&str> =
            self.kinds(digest).iter().map(|kind| scenario.tasks[kind.index()].name.as_str()).collect();
        match names.as_slice() {
            [] => None,
            [first, second, rest @ ..] if rest.len() > 1 => {
                Some(format!("{first}, {second} and {} more", rest.len()))
            }
            names => Some(list(names)),
        }
    }
}

/// The green executor on one of whose workers a task is.
fn green_home(state: &State, task: &Task) -> Option<ExecutorId> {
    let Some(Thread::Worker(executor, _)) = task.thread else { return None };
    state.scenario().executors[executor.index()].is_green().then_some(executor)
}

/// A note about a task: what it holds and waits for, or where it stands; empty if there is nothing to say.
pub(super) fn note(
    digest: &Digest<'_>,
    state: &State,
    task: &Task,
    awaited: &TaskWaitTargets,
    now: Time,
) -> String {
    let scenario = &digest.trace().scenario;
    if task.cancelled && !task.phase.is_ended() {
        return "cancelled".to_owned();
    }
    let mut held: Vec<&str> =
        task.holds.iter().map(|resource| scenario.resources[resource.index()].name.as_str()).collect();
    held.dedup();
    let holds = if held.is_empty() { String::new() } else { format!("holds {}", list(&held)) };
    let doing = match task.phase {
        _ if task.above.is_some() => format!("below {}", awaited.words(digest).unwrap_or_default()),
        Phase::Waiting => {
            let is_drain = matches!(state.instruction(task), Some(Instruction::Shutdown { .. }));
            match awaited.executor.filter(|_| is_drain) {
                Some(executor) => {
                    format!("waits for {} to drain", scenario.executors[executor.index()].name)
                }
                None => match awaited.words(digest) {
                    Some(what) => format!("waits for {what}"),
                    None => "waits".to_owned(),
                },
            }
        }
        Phase::Submitting(_) | Phase::Blocked => {
            let to = awaited.executor.unwrap_or(task.executor);
            format!("waits for room in {}", scenario.executors[to.index()].name)
        }
        Phase::Held => held_back(digest, task, now),
        Phase::Taken => "starting".to_owned(),
        Phase::Ready => ready(state, awaited),
        Phase::Returning => "waits for a worker".to_owned(),
        Phase::Io => match awaited.server {
            Some(server) => format!("uses {}", scenario.shared[server.index()].name),
            None => "in I/O".to_owned(),
        },
        Phase::Running => "runs".to_owned(),
        Phase::Drained => "handed back".to_owned(),
        Phase::Passing | Phase::Queued | Phase::Ended(_) => String::new(),
    };
    match (holds.as_str(), doing.as_str()) {
        ("", doing) => doing.to_owned(),
        (holds, "") => holds.to_owned(),
        (holds, doing) => format!("{holds}, {doing}"),
    }
}

/// What a task that could go on waits for.
fn ready(state: &State, awaited: &TaskWaitTargets) -> String {
    let of = |executor: ExecutorId| words::processor(&state.scenario().executors[executor.index()]);
    format!("ready, waits for {}", awaited.carriers.map_or("a CPU", of))
}

/// What keeps a task in a wrapper; of a delay whose length is known, how long it will.
fn held_back(digest: &Digest<'_>, task: &Task, now: Time) -> String {
    let executor = &digest.trace().scenario.executors[task.executor.index()];
    match &executor.kind {
        ExecutorKind::Delay { .. } => match countdown(&digest.trace().scenario, &digest.names, task, now) {
            // Its scheduler hands on one after the other, and may wait for room for another.
            Some(DelayCountdown { left: Duration::ZERO, .. }) => "due".to_owned(),
            Some(DelayCountdown { left, whole }) => format!("{} left", out_of(left.0, whole.0)),
            None => "delayed".to_owned(),
        },
        ExecutorKind::Cap { .. } => "over its cap".to_owned(),
        ExecutorKind::Bus { .. } => "on the bus".to_owned(),
        ExecutorKind::Scheduled { .. } => "not yet due".to_owned(),
        ExecutorKind::Threads { .. }
        | ExecutorKind::Green { .. }
        | ExecutorKind::Dynamic { .. }
        | ExecutorKind::Elastic { .. }
        | ExecutorKind::ForkJoin { .. }
        | ExecutorKind::Inline => String::new(),
    }
}
