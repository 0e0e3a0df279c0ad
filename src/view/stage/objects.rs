//! Locks and semaphores on the stage. A new kind of shared thing is another function here that yields objects.

use super::model::Object;
use super::plan::Plan;
use crate::analysis::digest::Digest;
use crate::analysis::names::Key;
use crate::analysis::state::State;
use crate::analysis::state::place::Resource;
use crate::model::id::ResourceId;

/// Maximum number of objects with keys that are drawn; those that most wait for come first.
const MAX_KEYED: usize = 4;

/// Everything shared, at `state`: without keys always, with keys while somebody holds it.
pub(super) fn objects(plan: &Plan, digest: &Digest<'_>, state: &State) -> Vec<Object> {
    let mut objects: Vec<Object> =
        plan.resources.iter().map(|resource| object(plan, digest, state, *resource, &None)).collect();
    if plan.has_keyed {
        let scenario = &digest.trace().scenario;
        let keyed = state.resources().filter(|(id, ..)| scenario.resources[id.index()].per_key);
        let mut keyed: Vec<Object> =
            keyed.map(|(resource, key, _)| object(plan, digest, state, resource, key)).collect();
        keyed.sort_by_key(|object| std::cmp::Reverse((object.trouble, object.waiting)));
        keyed.truncate(MAX_KEYED);
        objects.extend(keyed);
    }
    objects
}

fn object(plan: &Plan, digest: &Digest<'_>, state: &State, resource: ResourceId, key: &Key) -> Object {
    let named = &digest.trace().scenario.resources[resource.index()];
    let held = state.resource(resource, key);
    let holders = held.map_or_else(Vec::new, Resource::holding_tasks);
    let waiting = held.map_or(0, |held| held.waiting.len() as u32);
    let mut note = match (named.is_lock(), holders.len()) {
        (true, 0) => format!("{} · free", named.word()),
        (true, _) => format!("{} · held", named.word()),
        (false, _) => {
            let taken = held.map_or(0, |held| held.taken.max(0));
            format!("semaphore · {taken} of {} held", named.permits)
        }
    };
    if waiting > 0 {
        note.push_str(&format!(" · {waiting} waiting"));
    }
    Object {
        resource,
        key: key.clone(),
        name: key.as_ref().map_or_else(|| named.name.clone(), |key| format!("{}[{key}]", named.name)),
        note,
        holders,
        permits: if named.is_lock() { 1 } else { named.permits },
        waiting,
        trouble: plan.resource_trouble(resource, key, state.applied()),
    }
}
