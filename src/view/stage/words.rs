//! The stage in words, for screen readers: what each room holds, and who waits for what.

use super::model::{StageSnapshot, TaskGroup};
use crate::analysis::digest::Digest;
use crate::analysis::prose::{grouped, plural};

/// Maximum number of roles that are told one by one.
const MAX_ROLES: usize = 12;

/// A sentence for each room and object, then one for each role.
pub fn words(digest: &Digest<'_>, stage: &StageSnapshot) -> String {
    let scenario = &digest.trace().scenario;
    let mut sentences: Vec<String> = Vec::new();
    for room in &stage.rooms {
        let name = &scenario.executors[room.executor.index()].name;
        sentences.push(format!("{name}: {}.", room.note));
    }
    sentences.extend(stage.objects.iter().map(|object| format!("{}: {}.", object.name, object.note)));
    let told = stage.roles.iter().filter(|role| !role.note.is_empty());
    sentences.extend(told.take(MAX_ROLES).map(|role| sentence(digest, role)));
    if stage.tokens.is_empty() {
        sentences.push("Nobody is there.".to_owned());
    }
    sentences.join(" ")
}

fn sentence(digest: &Digest<'_>, role: &TaskGroup) -> String {
    let scenario = &digest.trace().scenario;
    let (name, room) =
        (&scenario.tasks[role.kind.index()].name, &scenario.executors[role.zone.executor().index()].name);
    let count = role.tokens.len();
    let tasks = plural(count, "task");
    format!("{} {name} {tasks} on {room}: {}.", grouped(count as u64), role.note)
}
