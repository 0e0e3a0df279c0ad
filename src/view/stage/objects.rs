//! Locks, semaphores, channels and all else that tasks share on the stage.

use super::model::{SharedObjectId, StageObject};
use super::staged_run::StagedRun;
use super::tokens::StageTokens;
use crate::analysis::digest::Digest;
use crate::analysis::names::Key;
use crate::analysis::prose::{grouped, plural};
use crate::analysis::state::State;
use crate::analysis::state::place::Resource;
use crate::model::id::{ResourceId, SharedId, TaskId};
use crate::model::shared::{SPEED_BITS, Server, SharedKind};

/// Maximum number of objects with keys that are drawn; those that most wait for come first.
const MAX_KEYED: usize = 4;

/// Everything shared, at `state`: without keys always, with keys while somebody holds it.
pub(super) fn objects(
    plan: &StagedRun,
    digest: &Digest<'_>,
    state: &State,
    found: &StageTokens,
) -> Vec<StageObject> {
    let mut objects: Vec<StageObject> =
        plan.resources.iter().map(|resource| object(plan, digest, state, *resource, &None)).collect();
    if plan.has_keyed {
        let scenario = &digest.trace().scenario;
        let keyed = state.resources().filter(|(id, ..)| scenario.resources[id.index()].per_key);
        let mut keyed: Vec<StageObject> =
            keyed.map(|(resource, key, _)| object(plan, digest, state, resource, key)).collect();
        keyed.sort_by_key(|object| std::cmp::Reverse((object.trouble, object.waiting)));
        keyed.truncate(MAX_KEYED);
        objects.extend(keyed);
    }
    let count = digest.trace().scenario.shared.len();
    let used = served(state, found, count);
    objects.extend((0..count).map(|at| shared(plan, digest, state, SharedId(at as u16), &used[at])));
    objects
}

/// For whom each server works; nobody at what is none.
fn served(state: &State, found: &StageTokens, count: usize) -> Vec<Vec<TaskId>> {
    let mut served = vec![Vec::new(); count];
    for token in &found.tokens {
        if let Some(server) = state.task(token.task).and_then(|task| state.used_server(task)) {
            served[server.index()].push(token.task);
        }
    }
    served
}

/// A channel, condition, latch, barrier or server.
fn shared(
    plan: &StagedRun,
    digest: &Digest<'_>,
    state: &State,
    id: SharedId,
    served: &[TaskId],
) -> StageObject {
    let named = &digest.trace().scenario.shared[id.index()];
    let here = state.shared(id);
    let waiting = here.waiting.len() as u32;
    let (said, inside, permits): (String, Vec<TaskId>, u32) = match named.kind {
        SharedKind::Channel { capacity } => {
            let messages = here.messages.len() as u32;
            let of = capacity.map_or(String::new(), |capacity| format!(" of {}", count(capacity)));
            let said =
                if here.closed { "closed".to_owned() } else { format!("{}{of} in it", count(messages)) };
            (said, here.messages.iter().copied().collect(), capacity.unwrap_or(messages))
        }
        SharedKind::Condition { .. } if here.lost > 0 => {
            (format!("{} woke nobody", plural_of(here.lost, "notification")), Vec::new(), 0)
        }
        SharedKind::Condition { .. } => (String::new(), Vec::new(), 0),
        SharedKind::Latch { .. } if here.left == 0 => ("open".to_owned(), Vec::new(), 0),
        SharedKind::Latch { count } => (format!("{} of {count} to come", here.left), Vec::new(), 0),
        SharedKind::Barrier { parties } => {
            (format!("{waiting} of {parties} there"), here.waiting.iter().copied().collect(), parties)
        }
        SharedKind::Server(server) => (speed(server, served.len() as u32), served.to_vec(), server.capacity),
    };
    let mut parts = vec![named.word().to_owned()];
    parts.extend(Some(said).filter(|said| !said.is_empty()));
    match named.kind {
        SharedKind::Barrier { .. } | SharedKind::Server(_) => {}
        SharedKind::Channel { .. } | SharedKind::Condition { .. } | SharedKind::Latch { .. } => {
            parts.extend((waiting > 0).then(|| format!("{} waiting", count(waiting))));
        }
    }
    StageObject {
        thing: SharedObjectId::Shared(id),
        name: named.name.clone(),
        note: parts.join(" · "),
        holders: Vec::new(),
        taken: inside.len() as u32,
        inside,
        permits,
        waiting,
        trouble: plan.shared_trouble(id, state.applied()),
    }
}

/// For how many a server works, and how fast: `40 at work, each at 80 %`.
fn speed(server: Server, jobs: u32) -> String {
    if jobs == 0 {
        return format!("full speed up to {}", count(server.capacity));
    }
    let percent = (u128::from(server.speed(jobs)) * 100) >> SPEED_BITS;
    match percent {
        100.. => format!("{} of {} at full speed", count(jobs), count(server.capacity)),
        0 => format!("{} at work, each below 1 %", count(jobs)),
        percent => format!("{} at work, each at {percent} %", count(jobs)),
    }
}

fn plural_of(number: u32, word: &str) -> String {
    format!("{} {}", count(number), plural(number as usize, word))
}

/// A number as it is written, in groups of three digits.
fn count(number: u32) -> String {
    grouped(u64::from(number))
}

fn object(
    plan: &StagedRun,
    digest: &Digest<'_>,
    state: &State,
    resource: ResourceId,
    key: &Key,
) -> StageObject {
    let named = &digest.trace().scenario.resources[resource.index()];
    let held = state.resource(resource, key);
    let holders = held.map_or_else(Vec::new, Resource::holding_tasks);
    let waiting = held.map_or(0, |held| held.waiting.len() as u32);
    let mut note = match (named.is_lock(), holders.len()) {
        (true, 0) => format!("{} · free", named.word()),
        (true, _) => format!("{} · held", named.word()),
        // What anybody may release is handed out, not held.
        (false, _) if !named.is_owned() => {
            let taken = held.map_or(0, |held| held.taken);
            format!("semaphore · {} free", i64::from(named.permits) - taken)
        }
        (false, _) => {
            let taken = held.map_or(0, |held| held.taken.max(0));
            format!("semaphore · {} of {} held", grouped(taken.unsigned_abs()), count(named.permits))
        }
    };
    if waiting > 0 {
        note.push_str(&format!(" · {} waiting", count(waiting)));
    }
    StageObject {
        thing: SharedObjectId::Resource(resource, key.clone()),
        name: key.as_ref().map_or_else(|| named.name.clone(), |key| format!("{}[{key}]", named.name)),
        note,
        taken: held
            .map_or(0, |held| u32::try_from(held.taken.max(0)).unwrap_or(u32::MAX))
            .max(holders.len() as u32),
        holders,
        inside: Vec::new(),
        permits: if named.is_lock() { 1 } else { named.permits },
        waiting,
        trouble: plan.resource_trouble(resource, key, state.applied()),
    }
}
