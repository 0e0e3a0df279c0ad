//! Names: which words are free, which name is nearest to a mistyped one, and names to numbers.

use super::fields::{literal, section};
use super::keys::MAX_PER_KIND;
use super::text::is_name_char;
use super::tree::{Node, Table};
use crate::model::id::{CellId, ExecutorId, ResourceId, SharedId, TaskTypeId};
use crate::model::value::Value;
use std::collections::BTreeMap;

/// The words of the step language; no executor, task, semaphore, lock, cell or child may be called so. Newer verbs are
/// not among them: they stand first in a step, where no name does, and documents from before may use them.
pub(super) const RESERVED: [&str; 36] = [
    "run",
    "io",
    "submit",
    "wait",
    "result",
    "cancel",
    "acquire",
    "release",
    "lock",
    "unlock",
    "read",
    "write",
    "add",
    "fail",
    "yield",
    "note",
    "repeat",
    "maybe",
    "else",
    "with",
    "on-timeout",
    "end",
    "shutdown",
    "to",
    "as",
    "after",
    "on_full",
    "timeout",
    "any",
    "all",
    "nowait",
    "key",
    "priority",
    "forever",
    "interrupt",
    "detach",
];

/// Why a word cannot be a name, if it cannot.
pub(super) fn wrong_name(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("a name cannot be empty".to_owned());
    }
    if let Some(bad) = name.chars().find(|c| !is_name_char(*c)) {
        return Some(format!(
            "`{}` is not allowed in a name: names are the letters a–z and A–Z, digits, `_` and `-`",
            bad.escape_debug()
        ));
    }
    RESERVED.contains(&name).then(|| format!("`{name}` is a word of the step language and cannot be a name"))
}

/// Whether a scenario may call something so.
pub fn is_name(word: &str) -> bool {
    wrong_name(word).is_none()
}

/// The known name that was probably meant.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const MAX_LENGTH: usize = 64;
    let length = word.chars().count();
    if length == 0 || length > MAX_LENGTH {
        return None;
    }
    let allowed = 1 + length / 4;
    known
        .into_iter()
        .take(MAX_PER_KIND)
        .filter(|name| name.len().abs_diff(word.len()) <= allowed)
        .map(|name| (strsim::damerau_levenshtein(&word.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= allowed && *distance < name.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// "did you mean `x`?" of the nearest name, or of those that go on where the word ends; or what there is if there are none.
pub(super) fn suggest<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    const MAX_COUNT: usize = 12;
    if let Some(near) = nearest(word, known.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let longer: Vec<String> = (known.clone().into_iter())
        .filter(|name| !word.is_empty() && name.starts_with(word))
        .take(MAX_COUNT)
        .map(|name| format!("`{name}`"))
        .collect();
    if !longer.is_empty() {
        return Some(format!("did you mean {}?", longer.join(" or ")));
    }
    let mut names: Vec<String> =
        known.clone().into_iter().take(MAX_COUNT).map(|name| format!("`{name}`")).collect();
    let more = known.into_iter().count().saturating_sub(MAX_COUNT);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    match names.pop() {
        None => None,
        Some(only) if names.is_empty() => Some(format!("there is {only}")),
        Some(last) => Some(format!("there are {} and {last}", names.join(", "))),
    }
}

/// Every name of a document and its number.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub executors: Numbered,
    pub tasks: Numbered,
    pub semaphores: Numbered,
    pub locks: Numbered,
    pub read_write_locks: Numbered,
    pub channels: Numbered,
    pub conditions: Numbered,
    pub latches: Numbered,
    pub barriers: Numbered,
    pub servers: Numbered,
    pub cells: Numbered,
    /// For each cell, whether it holds a number at the start.
    numeric: Vec<bool>,
    /// For each semaphore, whether only its holders may release it.
    owned: Vec<bool>,
}

/// Names of one kind in document order.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbered {
    list: Vec<String>,
    numbers: BTreeMap<String, u16>,
}

fn holds_number(cell: &Node) -> bool {
    let initial = cell.get("initial").and_then(literal);
    initial.is_none_or(|value| matches!(value, Value::Number(_)))
}

impl Numbered {
    fn of(table: Option<&Table>) -> Numbered {
        let list: Vec<String> =
            table.into_iter().flat_map(|t| t.keys().cloned()).take(MAX_PER_KIND).collect();
        let numbers = list.iter().enumerate().map(|(n, name)| (name.clone(), n as u16)).collect();
        Numbered { list, numbers }
    }

    pub fn get(&self, name: &str) -> Option<u16> {
        self.numbers.get(name).copied()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        self.list.iter().map(String::as_str)
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }
}

impl Names {
    /// The names that a document defines.
    pub fn of(document: &Node) -> Names {
        let of = |section| Numbered::of(document.get(section).and_then(Node::table));
        Names {
            executors: of("executors"),
            tasks: of("tasks"),
            semaphores: of("semaphores"),
            locks: of("locks"),
            read_write_locks: of("rwlocks"),
            channels: of("channels"),
            conditions: of("conditions"),
            latches: of("latches"),
            barriers: of("barriers"),
            servers: of("servers"),
            cells: of("cells"),
            owned: section(document, "semaphores").map(|(_, entry)| is_owned(&entry.node)).collect(),
            numeric: section(document, "cells").map(|(_, entry)| holds_number(&entry.node)).collect(),
        }
    }

    pub fn executor(&self, name: &str) -> Option<ExecutorId> {
        self.executors.get(name).map(ExecutorId)
    }

    pub fn task(&self, name: &str) -> Option<TaskTypeId> {
        self.tasks.get(name).map(TaskTypeId)
    }

    pub fn cell(&self, name: &str) -> Option<CellId> {
        self.cells.get(name).map(CellId)
    }

    /// Whether a cell holds a whole number at the start (or nothing right, which was reported).
    pub fn is_number(&self, cell: CellId) -> bool {
        self.numeric.get(cell.index()).copied().unwrap_or(true)
    }

    pub fn semaphore(&self, name: &str) -> Option<ResourceId> {
        self.semaphores.get(name).map(ResourceId)
    }

    /// Whether only its holders may give it back.
    pub fn is_owned(&self, resource: ResourceId) -> bool {
        self.owned.get(resource.index()).copied().unwrap_or(true)
    }

    pub fn channel(&self, name: &str) -> Option<SharedId> {
        self.channels.get(name).map(SharedId)
    }

    pub fn condition(&self, name: &str) -> Option<SharedId> {
        shared(&[&self.channels], &self.conditions, name)
    }

    pub fn latch(&self, name: &str) -> Option<SharedId> {
        shared(&[&self.channels, &self.conditions], &self.latches, name)
    }

    pub fn barrier(&self, name: &str) -> Option<SharedId> {
        shared(&[&self.channels, &self.conditions, &self.latches], &self.barriers, name)
    }

    pub fn server(&self, name: &str) -> Option<SharedId> {
        let before = [&self.channels, &self.conditions, &self.latches, &self.barriers];
        shared(&before, &self.servers, name)
    }

    /// Read-write locks are numbered after the locks.
    pub fn read_write_lock(&self, name: &str) -> Option<ResourceId> {
        let before = (self.semaphores.len() + self.locks.len()) as u16;
        self.read_write_locks.get(name).map(|number| ResourceId(number + before))
    }

    /// Locks are numbered after the semaphores.
    pub fn lock(&self, name: &str) -> Option<ResourceId> {
        self.locks.get(name).map(|number| ResourceId(number + self.semaphores.len() as u16))
    }
}

/// Whether only its holders may release this semaphore.
fn is_owned(semaphore: &Node) -> bool {
    let owned = semaphore.table().and_then(|table| table.get("owned"));
    owned.and_then(|entry| entry.node.truth()).unwrap_or(true)
}

/// The number of a shared thing: those of one kind are numbered after those of the kinds before.
fn shared(before: &[&Numbered], kind: &Numbered, name: &str) -> Option<SharedId> {
    let before: usize = before.iter().map(|kind| kind.len()).sum();
    kind.get(name).map(|number| SharedId(number + before as u16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_what_was_meant() {
        let known = ["default", "delayed", "long_task"];
        assert_eq!(nearest("defualt", known), Some("default"));
        assert_eq!(nearest("Delayed", known), Some("delayed"));
        assert_eq!(nearest("x", known), None);
        assert_eq!(nearest("", known), None);
    }

    #[test]
    fn names_that_the_word_begins_are_suggested() {
        let known = ["cpython", "java-17", "java-21", "go"];
        assert_eq!(suggest("java", known).as_deref(), Some("did you mean `java-17` or `java-21`?"));
        assert_eq!(suggest("zig", ["go"]).as_deref(), Some("there is `go`"));
        assert_eq!(suggest("", ["go"]).as_deref(), Some("there is `go`"));
    }
}
