//! What tasks share, back to text.

use crate::language::scenario::fair_locks;
use crate::model::id::ResourceId;
use crate::model::runtime::{Barging, ReadWritePreference, Runtime};
use crate::model::scenario::{Pinning, Resource, ResourceKind, Scenario};
use crate::model::shared::{BILLION, Shared, SharedKind};
use serde_json::{Map, Value as Json, json};

/// The section of the document that it stands in.
pub(super) fn section_of(resource: &Resource) -> &'static str {
    match resource.kind {
        ResourceKind::Semaphore { .. } => "semaphores",
        ResourceKind::Lock { .. } => "locks",
        ResourceKind::ReadWriteLock { .. } => "rwlocks",
    }
}

/// A semaphore, lock or read-write lock; what its runtime says anyway is not written.
pub(super) fn resource(resource: &Resource, runtime: Runtime) -> Json {
    let mut entry = Map::new();
    let mut put = |key: &str, value: Json| drop(entry.insert(key.to_owned(), value));
    let (usually_fair, usual) = match resource.kind {
        ResourceKind::Semaphore { owned } => {
            put("permits", resource.permits.into());
            if !owned {
                put("owned", false.into());
            }
            (runtime.fair_semaphores(), runtime.semaphore_barging())
        }
        ResourceKind::Lock { reentrant } => {
            if reentrant != runtime.reentrant() {
                put("reentrant", reentrant.into());
            }
            (fair_locks(runtime), runtime.lock_barging())
        }
        ResourceKind::ReadWriteLock { prefer, .. } => {
            // Where waiters can be overtaken, what is written keeps them in line.
            let is_written = resource.fair == Some(true) && runtime.read_write_barging().is_some();
            if is_written || prefer != runtime.read_write_preference() {
                put("prefer", preference_word(prefer).into());
            }
            (resource.fair, resource.barging)
        }
    };
    if resource.barging != usual {
        put("barging", barging_word(resource.barging).into());
    } else if let Some(fair) = resource.fair
        && resource.fair != usually_fair
    {
        put("fair", fair.into());
    }
    match resource.pins {
        None => {}
        Some(Pinning::Held) => drop(entry.insert("pins".to_owned(), "held".into())),
        Some(Pinning::Waiting) => drop(entry.insert("pins".to_owned(), "waiting".into())),
    }
    per_key(&mut entry, resource.per_key);
    Json::Object(entry)
}

fn preference_word(prefer: ReadWritePreference) -> &'static str {
    match prefer {
        ReadWritePreference::Queue => "queue",
        ReadWritePreference::Readers => "readers",
        ReadWritePreference::Go => "go",
    }
}

fn barging_word(barging: Barging) -> &'static str {
    match barging {
        Barging::Requeue => "requeue",
        Barging::KeepPlace => "keep-place",
        Barging::Once => "once",
    }
}

/// The section of the document that it stands in.
pub(super) fn section_of_shared(shared: &Shared) -> &'static str {
    match shared.kind {
        SharedKind::Channel { .. } => "channels",
        SharedKind::Condition { .. } => "conditions",
        SharedKind::Latch { .. } => "latches",
        SharedKind::Barrier { .. } => "barriers",
        SharedKind::Server(_) => "servers",
    }
}

/// A channel, condition, latch, barrier or server.
pub(super) fn shared_json(scenario: &Scenario, shared: &Shared) -> Json {
    match shared.kind {
        SharedKind::Channel { capacity } => {
            capacity.map_or(json!({}), |capacity| json!({ "capacity": capacity }))
        }
        SharedKind::Condition { lock } => {
            let name = |lock: ResourceId| &scenario.resources[lock.index()].name;
            lock.map_or(json!({}), |lock| json!({ "lock": name(lock) }))
        }
        SharedKind::Latch { count } => json!({ "count": count }),
        SharedKind::Barrier { parties } => json!({ "parties": parties }),
        SharedKind::Server(server) => {
            let mut entry = Map::from_iter([("capacity".to_owned(), server.capacity.into())]);
            for (key, billionths) in [("contention", server.contention), ("coherency", server.coherency)] {
                if billionths > 0 {
                    entry.insert(key.to_owned(), (billionths as f64 / BILLION as f64).into());
                }
            }
            Json::Object(entry)
        }
    }
}

/// Writes that there is one for each key.
pub(super) fn per_key(entry: &mut Map<String, Json>, per_key: bool) {
    if per_key {
        entry.insert("per".to_owned(), json!("key"));
    }
}
