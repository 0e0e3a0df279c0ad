//! What a person may want to move: every param, and every pool size, cap, permit, delay and rate.

use super::keys::{EXECUTOR, Key, Shape};
use super::params::{Param, ParamKind, kind_of, used_in};
use super::tree::{Node, Table};

/// One thing to tune.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tunable {
    /// Where it stands: a path for [`super::Overrides::set`] and [`super::edit::set`].
    pub path: String,
    /// What it is, in a few words.
    pub label: String,
    /// Its value, as the document has it.
    pub value: String,
    /// What it holds.
    pub kind: ParamKind,
    /// The least value that makes sense.
    pub min: Option<String>,
    /// The greatest value that makes sense.
    pub max: Option<String>,
    /// Whether anything depends on it: a variant can replace all that refers to a param.
    pub is_used: bool,
    /// The words it may be; none if it is no word, or if any will do.
    pub choices: Vec<&'static str>,
}

/// Keys of executors that can be tuned, what a person calls them, and the least that makes sense.
const OF_EXECUTORS: [(&str, &str, &str); 6] = [
    ("workers", "workers", "1"),
    ("min_workers", "fewest workers", "1"),
    ("queue", "queue bound", "0"),
    ("prefetch", "prefetch", "1"),
    ("delay", "delay", "0s"),
    ("start_cost", "start cost", "0s"),
];

/// Keys of arrivals that can be tuned.
const OF_ARRIVALS: [(&str, &str, &str); 3] =
    [("count", "arrivals", "0"), ("every", "time between arrivals", "0s"), ("rate", "rate", "0.1/s")];

/// Everything in a merged document that can be tuned. What a param stands for is left to the param.
pub(super) fn list(document: &Node, params: Vec<Param>) -> Vec<Tunable> {
    let used = used_in(document);
    let mut found: Vec<Tunable> = params
        .into_iter()
        .map(|param| Tunable {
            choices: choices(document, &param.name),
            path: format!("params.{}", param.name),
            is_used: used.contains(param.name.as_str()),
            label: param.label,
            value: param.value,
            kind: param.kind,
            min: param.min,
            max: param.max,
        })
        .collect();
    let section = |name: &str| document.get(name).and_then(Node::table).into_iter().flatten();
    for (name, entry) in section("executors") {
        let path = format!("executors.{name}");
        push_keys(&mut found, entry.node.table(), &path, name, &OF_EXECUTORS);
        keep_in_bounds(&mut found, &entry.node, &path);
        for (cap, limit) in entry.node.get("caps").and_then(Node::table).into_iter().flatten() {
            push(&mut found, &limit.node, format!("{path}.caps.{cap}"), format!("{name}: cap of {cap}"), "0");
        }
    }
    for (name, entry) in section("semaphores") {
        push_keys(
            &mut found,
            entry.node.table(),
            &format!("semaphores.{name}"),
            name,
            &[("permits", "permits", "1")],
        );
    }
    let arrivals = document.get("arrivals").and_then(Node::list).unwrap_or_default();
    for (number, entry) in arrivals.iter().enumerate() {
        let task = entry.get("task").and_then(Node::text).unwrap_or("task");
        push_keys(&mut found, entry.table(), &format!("arrivals.{number}"), task, &OF_ARRIVALS);
    }
    found
}

fn push_keys(
    found: &mut Vec<Tunable>,
    table: Option<&Table>,
    path: &str,
    owner: &str,
    keys: &[(&str, &str, &str)],
) {
    let Some(table) = table else { return };
    for (key, words, least) in keys {
        if let Some(entry) = table.get(*key) {
            push(found, &entry.node, format!("{path}.{key}"), format!("{owner}: {words}"), least);
        }
    }
}

/// Bounds the workers of a pool by its other keys: no fewer than its core, no more than its most.
fn keep_in_bounds(found: &mut [Tunable], executor: &Node, path: &str) {
    let count = |key: &str| {
        let node = executor.get(key)?;
        let named = node.text().and_then(|text| text.strip_prefix('$'));
        let of_param = |name: &str| found.iter().find(|tunable| tunable.path == format!("params.{name}"));
        let value = named.and_then(of_param).and_then(|param| param.value.parse().ok());
        node.integer().or(value)
    };
    let least = [count("core"), count("min_workers")].into_iter().flatten().max();
    let most = count("max_workers");
    let Some(workers) = found.iter_mut().find(|tunable| tunable.path == format!("{path}.workers")) else {
        return;
    };
    workers.min = least.map(|least| least.max(1).to_string()).or(workers.min.take());
    workers.max = most.map(|most| most.to_string()).or(workers.max.take());
}

fn push(found: &mut Vec<Tunable>, node: &Node, path: String, label: String, least: &str) {
    let (Some(kind), Some(value)) = (kind_of(node), node.plain()) else { return };
    if value.starts_with('$') || kind == ParamKind::Distribution {
        return;
    }
    let max = node.integer().map(|n| n.saturating_mul(4).max(20).to_string());
    let (min, choices) = (Some(least.to_owned()), Vec::new());
    found.push(Tunable { path, label, value, kind, min, max, is_used: true, choices });
}

/// The words that a param may be: those that every executor takes whose key it is the whole value of.
fn choices(document: &Node, param: &str) -> Vec<&'static str> {
    let mut common: Option<Vec<&'static str>> = None;
    for (_, executor) in document.get("executors").and_then(Node::table).into_iter().flatten() {
        let Some(table) = executor.node.table() else { continue };
        for key in EXECUTOR {
            let text = table.get(key.name).and_then(|entry| entry.node.text());
            let is_it = text.and_then(|text| text.strip_prefix('$')) == Some(param);
            let Shape::Word(words) = key.shape else { continue };
            if is_it {
                let fits =
                    |word: &&str| key.name != "kind" || table.keys().all(|given| is_of_kind(given, word));
                let words = words.iter().copied().filter(|word| fits(word));
                common = Some(match common {
                    Some(before) => words.filter(|word| before.contains(word)).collect(),
                    None => words.collect(),
                });
            }
        }
    }
    common.unwrap_or_default()
}

/// Whether executors of this kind have the key.
fn is_of_kind(key: &str, kind: &str) -> bool {
    let known = |known: &&Key| known.name == key;
    EXECUTOR.iter().find(known).is_none_or(|known| known.kinds.is_empty() || known.kinds.contains(&kind))
}
