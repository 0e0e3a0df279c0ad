//! Puts the stage together: tokens from the state, roles from tokens, then rooms, objects and waits.

use super::awaited::{TaskWaitTargets, note};
use super::model::{
    ExecutorRoomZone, SharedObjectId, StageObject, StageSnapshot, TaskGroup, TaskToken, TokenWait,
    TokenWaitTarget,
};
use super::objects::objects;
use super::rooms::rooms;
use super::staged_run::StagedRun;
use super::timers::countdown;
use super::tokens::{StageTokens, tasks};
use crate::analysis::digest::Digest;
use crate::analysis::state::State;
use crate::analysis::state::task::{Phase, Task};
use crate::model::id::{ExecutorId, ResourceId, TaskId, TaskTypeId};
use crate::model::signal::Signal;
use crate::model::time::Time;
use crate::view::chart::{StuckSeverity, TaskActivity};
use std::collections::BTreeMap;

/// Maximum number of tasks of one role that are asked what they wait for.
const MAX_NOTED: usize = 64;

/// What tasks of one role have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct TaskGroupKey {
    zone: ExecutorRoomZone,
    /// The worst trouble comes first.
    trouble: std::cmp::Reverse<StuckSeverity>,
    kind: TaskTypeId,
    act: u8,
    awaited: Vec<TaskTypeId>,
    resource: Option<ResourceId>,
    executor: Option<ExecutorId>,
    holds: Vec<ResourceId>,
    is_below: bool,
    is_on_deque: bool,
    /// Since when a wrapper holds it: what is left of a delay differs.
    held_since: Option<Time>,
}

impl StageSnapshot {
    /// Who is where at `state` (of the plan's run), at the instant `now`.
    pub fn new(plan: &StagedRun, digest: &Digest<'_>, state: &State, now: Time) -> StageSnapshot {
        collect(plan, digest, state, now)
    }
}

fn collect(plan: &StagedRun, digest: &Digest<'_>, state: &State, now: Time) -> StageSnapshot {
    let mut found = tasks(plan, state);
    found.tokens.retain(|token| state.task(token.task).is_some());
    let count = state.applied();
    let mut roles: BTreeMap<TaskGroupKey, TaskGroup> = BTreeMap::new();
    let mut awaited: Vec<TaskWaitTargets> = Vec::with_capacity(found.tokens.len());
    for (at, token) in found.tokens.iter().enumerate() {
        let Some(task) = state.task(token.task) else { continue };
        let waits = TaskWaitTargets::of(state, task);
        let key = role_key(plan, digest, count, token, task, &waits);
        let act = act(task);
        let role = roles.entry(key).or_insert_with_key(|key| TaskGroup {
            zone: key.zone,
            kind: key.kind,
            act,
            trouble: key.trouble.0,
            note: String::new(),
            tokens: Vec::new(),
        });
        role.tokens.push(at as u32);
        awaited.push(waits);
    }
    let mut roles: Vec<TaskGroup> = roles.into_values().collect();
    for role in &mut roles {
        role.note = role_note(digest, state, &found, role, &awaited, now);
    }
    let tokens = numbered(digest, state, &found, &roles, now);
    let objects = objects(plan, digest, state, &found);
    let waits = waits(state, &tokens, &roles, &awaited, &objects);
    let rooms = rooms(plan, digest, state, &found);
    StageSnapshot { at: now, rooms, tokens, roles, objects, waits, is_stuck: plan.is_stuck(count) }
}

fn role_key(
    plan: &StagedRun,
    digest: &Digest<'_>,
    count: u32,
    token: &super::tokens::PlacedTask,
    task: &Task,
    waits: &TaskWaitTargets,
) -> TaskGroupKey {
    let act = act(task);
    let trouble = match plan.trouble(token.task, count) {
        // What a run ends behind may still be at work now.
        StuckSeverity::Behind if matches!(act, TaskActivity::Running | TaskActivity::Io) => {
            StuckSeverity::None
        }
        trouble => trouble,
    };
    TaskGroupKey {
        zone: token.zone,
        trouble: std::cmp::Reverse(trouble),
        kind: task.kind,
        act: act as u8,
        // In a pile what each lacks still is all one.
        awaited: if plan.is_piled(token.zone) { Vec::new() } else { waits.kinds(digest) },
        resource: waits.resource.as_ref().map(|(resource, _)| *resource),
        executor: waits.executor,
        holds: task.holds.clone(),
        is_below: task.above.is_some(),
        is_on_deque: token.deque.is_some(),
        held_since: (task.phase == Phase::Held).then_some(task.since_at),
    }
}

/// What a task does, as the timeline draws it.
fn act(task: &Task) -> TaskActivity {
    if task.cancelled && !task.phase.is_ended() {
        return TaskActivity::Cancelled;
    }
    match task.phase {
        Phase::Running if task.above.is_some() => TaskActivity::Waiting,
        Phase::Running => TaskActivity::Running,
        Phase::Io => TaskActivity::Io,
        Phase::Ready => TaskActivity::Ready,
        Phase::Waiting | Phase::Submitting(_) | Phase::Returning => TaskActivity::Waiting,
        Phase::Held | Phase::Passing => TaskActivity::Held,
        Phase::Blocked | Phase::Queued | Phase::Drained | Phase::Taken => TaskActivity::Queued,
        Phase::Ended(_) => TaskActivity::Cancelled,
    }
}

/// What is said of a role: of its first task, waiting for all that any of them waits for.
fn role_note(
    digest: &Digest<'_>,
    state: &State,
    found: &StageTokens,
    role: &TaskGroup,
    awaited: &[TaskWaitTargets],
    now: Time,
) -> String {
    let Some((first, task)) = role
        .tokens
        .first()
        .and_then(|first| Some((*first as usize, state.task(found.tokens.get(*first as usize)?.task)?)))
    else {
        return String::new();
    };
    let mut all = awaited[first].clone();
    for token in role.tokens.iter().skip(1).take(MAX_NOTED) {
        all.tasks.extend(&awaited[*token as usize].tasks);
    }
    note(digest, state, task, &all, now)
}

fn numbered(
    digest: &Digest<'_>,
    state: &State,
    found: &StageTokens,
    roles: &[TaskGroup],
    now: Time,
) -> Vec<TaskToken> {
    let scenario = &digest.trace().scenario;
    let left = |task: TaskId| countdown(scenario, &digest.names, state.task(task)?, now);
    let mut tokens: Vec<TaskToken> = found
        .tokens
        .iter()
        .map(|seated| TaskToken {
            task: seated.task,
            zone: seated.zone,
            seat: seated.seat,
            depth: seated.depth,
            deque: seated.deque,
            countdown: left(seated.task),
            role: 0,
        })
        .collect();
    for (number, role) in roles.iter().enumerate() {
        for token in &role.tokens {
            tokens[*token as usize].role = number as u32;
        }
    }
    tokens
}

fn place_of(objects: &[StageObject], thing: &SharedObjectId) -> Option<TokenWaitTarget> {
    let place = objects.iter().position(|object| object.thing == *thing);
    place.map(|at| TokenWaitTarget::Object(at as u32))
}

fn waits(
    state: &State,
    tokens: &[TaskToken],
    roles: &[TaskGroup],
    awaited: &[TaskWaitTargets],
    objects: &[StageObject],
) -> Vec<TokenWait> {
    let places: BTreeMap<TaskId, u32> =
        tokens.iter().enumerate().map(|(at, token)| (token.task, at as u32)).collect();
    let mut waits = Vec::new();
    for (from, awaited) in awaited.iter().enumerate() {
        let from = from as u32;
        let tasks = awaited.tasks.iter().filter_map(|task| places.get(task));
        waits.extend(tasks.map(|to| TokenWait { from, to: TokenWaitTarget::Token(*to) }));
        if let Some((resource, key)) = &awaited.resource {
            let thing = SharedObjectId::Resource(*resource, key.clone());
            waits.extend(place_of(objects, &thing).map(|to| TokenWait { from, to }));
        }
        if let Some(signal) = awaited.signal {
            let thing = match signal {
                Signal::Permits(resource) => {
                    let key = state.task(tokens[from as usize].task);
                    SharedObjectId::Resource(
                        resource,
                        key.and_then(|task| state.resource_key(resource, task)),
                    )
                }
                Signal::Message(shared)
                | Signal::Room(shared)
                | Signal::Notification(shared)
                | Signal::Opening(shared)
                | Signal::Parties(shared) => SharedObjectId::Shared(shared),
            };
            waits.extend(place_of(objects, &thing).map(|to| TokenWait { from, to }));
        }
        if let Some(server) = awaited.server {
            waits.extend(place_of(objects, &SharedObjectId::Shared(server)).map(|to| TokenWait { from, to }));
        }
        // Whoever is ready goes on by itself, unless what it is ready for is kept for ever.
        let is_in_trouble = roles[tokens[from as usize].role as usize].trouble >= StuckSeverity::Stalled;
        let carriers = awaited.carriers.filter(|_| is_in_trouble);
        waits.extend(carriers.map(|executor| TokenWait { from, to: TokenWaitTarget::Carriers(executor) }));
        waits
            .extend(awaited.executor.map(|executor| TokenWait { from, to: TokenWaitTarget::Room(executor) }));
    }
    waits
}
