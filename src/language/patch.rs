//! Variants and overrides: patches over a document.
//!
//! Tables are merged, everything else is replaced whole, `remove = true` deletes. A patch that changes
//! the `kind` of an executor drops the keys of the old kind that the new one does not have; only keys
//! that the patch itself brings are held against the new kind. One that names a `preset` replaces the executor.

use super::keys::{EXECUTOR, KINDS};
use super::names::suggest;
use super::problem::Sink;
use super::tree::{Entry, Node, Table, Value};

/// Applies the patch of a variant to a document (without its variants).
pub(super) fn apply(document: &mut Node, patch: &Table, sink: &mut Sink) {
    if let Some(inner) = patch.get("variants") {
        sink.error(inner.key_span.clone(), "a variant cannot hold variants", None);
    }
    if let Some(table) = document.table_mut() {
        for (key, entry) in patch.iter().filter(|(key, _)| *key != "variants") {
            merge_entry(table, key, entry, &["", ""], sink);
        }
    }
}

/// `path`: the last two keys that lead to `table`.
fn merge_entry(table: &mut Table, key: &str, patch: &Entry, path: &[&str; 2], sink: &mut Sink) {
    if let Some(remove) = patch.node.get("remove") {
        return remove_entry(table, key, patch, remove, sink);
    }
    match (table.get_mut(key), &patch.node.value) {
        (Some(entry), Value::Table(changes)) if entry.node.table().is_some() => {
            let is_executor = path[1] == "executors" && path[0].is_empty();
            let is_preset = is_executor && changes.contains_key("preset");
            if is_executor && (is_preset || changes.contains_key("kind")) {
                // What the new kind needs and does not get is the patch's doing.
                entry.key_span = patch.key_span.clone();
            }
            if let Some(below) = entry.node.table_mut() {
                if is_preset {
                    // It is another executor altogether.
                    below.clear();
                } else if is_executor {
                    drop_foreign_keys(below, changes);
                }
                for (name, change) in changes {
                    merge_entry(below, name, change, &[path[1], key], sink);
                }
            }
        }
        (None, Value::Table(changes))
            if path[1] == "executors"
                && path[0].is_empty()
                && !changes.contains_key("kind")
                && !changes.contains_key("preset") =>
        {
            // A change of one that is there, under another name, rather than a new one.
            let known = || table.keys().map(String::as_str);
            let help = if sink.is_full() { None } else { suggest(key, known()) };
            let message = format!(
                "there is no executor `{}` to change, and a new one needs `kind`",
                key.escape_debug()
            );
            sink.error(patch.key_span.clone(), message, help);
        }
        (Some(_) | None, Value::Table(changes)) => {
            // New as a whole; but what it would remove was never there.
            let mut fresh = Table::new();
            for (name, change) in changes {
                merge_entry(&mut fresh, name, change, &[path[1], key], sink);
            }
            let node = Node { span: patch.node.span.clone(), value: Value::Table(fresh) };
            table.insert(key.to_owned(), Entry { key_span: patch.key_span.clone(), node });
        }
        (Some(entry), _) => *entry = patch.clone(),
        (None, _) => {
            table.insert(key.to_owned(), patch.clone());
        }
    }
}

fn remove_entry(table: &mut Table, key: &str, patch: &Entry, remove: &Node, sink: &mut Sink) {
    if remove.truth() != Some(true) {
        sink.error(
            remove.span.clone(),
            "`remove` can only be true",
            Some("leave the key out to keep the table".to_owned()),
        );
    } else if patch.node.table().is_some_and(|table| table.len() > 1) {
        let help = "a table is either removed or changed";
        sink.error(
            patch.key_span.clone(),
            format!("`{key}` has other keys besides `remove`"),
            Some(help.to_owned()),
        );
    } else if table.shift_remove(key).is_none() {
        let help = if sink.is_full() { None } else { suggest(key, table.keys().map(String::as_str)) };
        sink.error(patch.key_span.clone(), format!("there is no `{key}` to remove"), help);
    }
}

fn drop_foreign_keys(executor: &mut Table, changes: &Table) {
    let Some(kind) = changes.get("kind").and_then(|entry| entry.node.text()) else { return };
    let old = executor.get("kind").and_then(|entry| entry.node.text());
    if !KINDS.contains(&kind) || old == Some(kind) {
        return;
    }
    executor.retain(|name, _| match EXECUTOR.iter().find(|key| key.name == name) {
        Some(key) => key.kinds.is_empty() || key.kinds.contains(&kind),
        None => true,
    });
}
