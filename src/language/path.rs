//! Paths such as `default.workers` or `executors.default.workers`: from what a person types to the
//! keys that lead through the document.

use super::keys::DOCUMENT;
use super::names::suggest;
use super::tree::{Entry, Node, Value};

/// Sections whose names may begin a path, in the order in which they are tried.
const SECTIONS: [&str; 5] = ["executors", "semaphores", "cells", "locks", "tasks"];

/// The table whose keys may have dots, and which a path may begin.
const EXPECT: &str = "expect";

/// Tables that a path makes where the document has none: they hold nothing but plain values.
pub(super) const MADE_ON_DEMAND: [&str; 3] = [EXPECT, "limits", "machine"];

/// Why a path leads nowhere.
#[derive(Debug)]
pub(super) struct NoSuchPath {
    pub message: String,
    pub help: Option<String>,
}

/// The keys that a path means in this document. All but the last lead to something that is there, or is
/// made on demand.
pub(super) fn resolve(document: &Node, path: &str) -> Result<Vec<String>, NoSuchPath> {
    let words: Vec<&str> = path.split('.').collect();
    let first = words[0];
    let params = document.get("params").and_then(Node::table);
    if words.len() == 1 && params.is_some_and(|params| params.contains_key(first)) {
        return Ok(vec!["params".into(), first.into(), "value".into()]);
    }
    let mut keys: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    if !DOCUMENT.iter().any(|key| key.name == first) {
        let holds = |section: &&&str| document.get(section).is_some_and(|node| node.get(first).is_some());
        match SECTIONS.iter().find(holds) {
            Some(section) => keys.insert(0, (*section).to_owned()),
            None => return Err(no_such_start(document, first)),
        }
    }
    if keys.len() == 2 && keys[0] == "params" {
        keys.push("value".into());
    }
    if keys.len() == 2 && MADE_ON_DEMAND.contains(&first) && document.get(first).is_none() {
        return Ok(keys);
    }
    let found = walk(document, &keys);
    if first == EXPECT && words.len() > 1 && found.is_err() {
        // A metric has dots of its own: `"wait.job.mean" = "< 1s"` is one key.
        return Ok(vec![EXPECT.to_owned(), words[1..].join(".")]);
    }
    found.map(|()| keys)
}

fn walk(document: &Node, keys: &[String]) -> Result<(), NoSuchPath> {
    let mut node = document;
    for (n, key) in keys.iter().enumerate() {
        let is_last = n + 1 == keys.len();
        match step(node, key) {
            Some(next) => node = next,
            // A new key of a table that is there: the reader judges it.
            None if is_last && node.table().is_some() && !key.is_empty() => {}
            None => {
                let known: Vec<&str> =
                    node.table().map_or_else(Vec::new, |table| table.keys().map(String::as_str).collect());
                let so_far =
                    if n == 0 { "the document".to_owned() } else { format!("`{}`", keys[..n].join(".")) };
                let help = suggest(key, known.iter().copied());
                return Err(NoSuchPath { message: format!("{so_far} has no `{key}`"), help });
            }
        }
    }
    Ok(())
}

/// The value behind a key of a table, or behind a number of a list.
pub(super) fn step<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    match &node.value {
        Value::Table(table) => table.get(key).map(|entry| &entry.node),
        Value::List(list) => key.parse::<usize>().ok().and_then(|n| list.get(n)),
        Value::Text(_) | Value::Integer(_) | Value::Float(_) | Value::Truth(_) | Value::Other(_) => None,
    }
}

fn no_such_start(document: &Node, first: &str) -> NoSuchPath {
    let mut known: Vec<&str> = Vec::new();
    for section in ["params"].iter().chain(&SECTIONS) {
        known.extend(
            document
                .get(section)
                .and_then(Node::table)
                .into_iter()
                .flat_map(|t| t.keys().map(String::as_str)),
        );
    }
    if known.is_empty() {
        known.extend(DOCUMENT.iter().map(|key| key.name));
    }
    let help = suggest(first, known.iter().copied());
    NoSuchPath { message: format!("there is no param, executor, semaphore or cell `{first}`"), help }
}

/// Puts a value at resolved keys.
pub(super) fn set(document: &mut Node, keys: &[String], value: Node) {
    if let [first, _] = keys
        && MADE_ON_DEMAND.contains(&first.as_str())
        && document.get(first).is_none()
    {
        let span = value.span.clone();
        let empty = Node { value: Value::Table(Default::default()), span: span.clone() };
        if let Value::Table(table) = &mut document.value {
            table.insert(first.clone(), Entry { key_span: span, node: empty });
        }
    }
    let mut node = document;
    for (n, key) in keys.iter().enumerate() {
        let is_last = n + 1 == keys.len();
        node = match &mut node.value {
            Value::Table(table) if is_last => {
                let key_span = table.get(key).map_or(value.span.clone(), |entry| entry.key_span.clone());
                table.insert(key.clone(), Entry { key_span, node: value });
                return;
            }
            Value::Table(table) => match table.get_mut(key) {
                Some(entry) => &mut entry.node,
                None => return,
            },
            Value::List(list) => match key.parse::<usize>().ok().and_then(|n| list.get_mut(n)) {
                Some(item) => item,
                None => return,
            },
            Value::Text(_) | Value::Integer(_) | Value::Float(_) | Value::Truth(_) | Value::Other(_) => {
                return;
            }
        };
    }
    *node = value;
}
