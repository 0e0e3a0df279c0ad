//! `[params]`: tunables, and `"$name"` in the place of a whole value.
//!
//! A param's value is a number, a truth, a duration, a distribution or one word, so that it can stand
//! for one word of a step. Params do not refer to params.
//!
//! Invariant: what is read with its params in place is at most [`MAX_ADDED`] longer than the document.

use super::keys::MAX_BYTES;
use super::names::suggest;
use super::problem::Sink;
use super::tree::{Node, Value, place_all};
use super::{distribution, quantity};
use indexmap::IndexMap;
use std::collections::BTreeSet;

/// The params of one variant: names to plain values.
#[derive(Debug, Default)]
pub(super) struct Params {
    values: IndexMap<String, Node>,
}

/// What params may add to a document, in bytes. A value stands once in the text and is read wherever its name stands:
/// without a bound half a megabyte of measured times, named in the other half, would be a scenario of a hundred gigabytes.
const MAX_ADDED: usize = 16 * MAX_BYTES;

/// Where `$name` is not a param: what defines params, what is merged before them, and prose.
const NOT_IN: [&str; 6] = ["params", "variants", "title", "about", "real", "$schema"];

/// What a param holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// A number, whole or not.
    Number,
    /// A length of time.
    Duration,
    /// A distribution of durations.
    Distribution,
    /// A word, such as an executor's kind.
    Word,
    /// True or false.
    Truth,
}

/// A tunable that the document declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name, without the `$`.
    pub name: String,
    /// Its value, as the document has it.
    pub value: String,
    /// The least value that makes sense.
    pub min: Option<String>,
    /// The greatest value that makes sense.
    pub max: Option<String>,
    /// What it is, in a few words; its name if the document does not say.
    pub label: String,
    /// What it holds.
    pub kind: ParamKind,
}

/// What a plain value is; `None` for tables, lists, dates.
pub(super) fn kind_of(node: &Node) -> Option<ParamKind> {
    match &node.value {
        Value::Integer(_) | Value::Float(_) => Some(ParamKind::Number),
        Value::Truth(_) => Some(ParamKind::Truth),
        Value::Text(text) if quantity::duration(text).is_ok() => Some(ParamKind::Duration),
        Value::Text(text) if text.contains('(') => Some(ParamKind::Distribution),
        Value::Text(_) => Some(ParamKind::Word),
        Value::List(_) | Value::Table(_) | Value::Other(_) => None,
    }
}

impl Params {
    /// Reads the params of a merged document and reports what is wrong with their values.
    pub fn read(document: &Node, sink: &mut Sink) -> Params {
        let mut params = Params::default();
        for (name, entry) in document.get("params").and_then(Node::table).into_iter().flatten() {
            let Some(value) = entry.node.get("value") else { continue };
            check_value(value, name, sink);
            let mut used = value;
            for which in ["min", "max"] {
                let bound = entry.node.get(which).filter(|bound| kind_of(bound).is_some());
                if let Some(bound) = bound
                    && !check_bound(name, value, bound, which, sink)
                {
                    // The places that name the param are not to blame for its kind.
                    used = bound;
                }
            }
            if kind_of(used).is_some() {
                params.values.insert(name.clone(), used.clone());
            }
        }
        params
    }

    /// The value of a param as text.
    pub fn text(&self, name: &str) -> Option<String> {
        self.values.get(name).and_then(Node::plain)
    }

    /// What to say of a param that is not there.
    pub fn unknown(&self, name: &str, sink: &Sink) -> (String, Option<String>) {
        let help = if sink.is_full() {
            None
        } else if self.values.is_empty() {
            Some(format!("the document has no params; add [params.{name}] with a value"))
        } else {
            suggest(name, self.values.keys().map(String::as_str))
        };
        (format!("there is no param `{name}`"), help)
    }

    /// Whether the document with its params in place is short enough to be read; if not, it names the param that adds most.
    pub fn fit(&self, document: &Node, sink: &mut Sink) -> bool {
        let length = |value: &Node| value.plain().map_or(0, |text| text.len());
        let lengths: Vec<usize> = self.values.values().map(length).collect();
        let mut added = vec![0usize; lengths.len()];
        let mut note = |name: &str| {
            if let Some(at) = self.values.get_index_of(name) {
                added[at] = added[at].saturating_add(lengths[at]);
            }
        };
        for (_, entry) in
            document.table().into_iter().flatten().filter(|(key, _)| !NOT_IN.contains(&key.as_str()))
        {
            for_each_name(&entry.node, &mut note);
        }
        let all = added.iter().fold(0, |sum: usize, added| sum.saturating_add(*added));
        let most = (0..added.len()).max_by_key(|at| added[*at]).and_then(|at| self.values.get_index(at));
        let Some((name, value)) = most.filter(|_| all > MAX_ADDED) else { return true };
        let message = format!(
            "with its params in place the document is longer than {} MiB, most of it the param `{name}`",
            MAX_ADDED >> 20
        );
        let help = "give the param a shorter value, or name it in fewer places";
        sink.error(value.span.clone(), message, Some(help.to_owned()));
        false
    }

    /// Replaces every value that is a whole `"$name"`, except in params, variants and prose.
    pub fn replace_in(&self, document: &mut Node, sink: &mut Sink) {
        for (key, entry) in document.table_mut().into_iter().flatten() {
            if !NOT_IN.contains(&key.as_str()) {
                self.replace(&mut entry.node, sink);
            }
        }
    }

    fn replace(&self, node: &mut Node, sink: &mut Sink) {
        match &mut node.value {
            Value::Text(text) => {
                let Some(name) = text.strip_prefix('$').filter(|name| is_name(name)) else { return };
                match self.values.get(name) {
                    Some(value) => {
                        let place = node.span.clone();
                        *node = value.clone();
                        place_all(node, &place);
                    }
                    None => {
                        let (message, help) = self.unknown(name, sink);
                        sink.error(node.span.clone(), message, help);
                        node.value = Value::Other(UNKNOWN_PARAM);
                    }
                }
            }
            Value::List(list) => list.iter_mut().for_each(|item| self.replace(item, sink)),
            Value::Table(table) => {
                table.values_mut().for_each(|entry| self.replace(&mut entry.node, sink));
            }
            Value::Integer(_) | Value::Float(_) | Value::Truth(_) | Value::Other(_) => {}
        }
    }
}

/// The params of a merged document that have a plain value, in document order.
pub(super) fn list(root: &Node) -> Vec<Param> {
    let mut list = Vec::new();
    for (name, entry) in root.get("params").and_then(Node::table).into_iter().flatten() {
        let plain = |key: &str| entry.node.get(key).and_then(Node::plain);
        let value = entry.node.get("value");
        if let (Some(kind), Some(text)) = (value.and_then(kind_of), plain("value")) {
            list.push(Param {
                name: name.clone(),
                value: text,
                min: plain("min"),
                max: plain("max"),
                label: plain("label").unwrap_or_else(|| name.clone()),
                kind,
            });
        }
    }
    list
}

/// The names that a merged document refers to, in the place of whole values or of words of steps.
pub(super) fn used_in(document: &Node) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (key, entry) in document.table().into_iter().flatten() {
        if !NOT_IN.contains(&key.as_str()) {
            for_each_name(&entry.node, &mut |name| {
                if !used.contains(name) {
                    used.insert(name.to_owned());
                }
            });
        }
    }
    used
}

/// Warns of every param of the document that neither it nor any of its variants refers to.
pub(super) fn warn_of_unused(document: &Node, sink: &mut Sink) {
    let section = |name: &str| document.get(name).and_then(Node::table).into_iter().flatten();
    let mut used = used_in(document);
    for (_, variant) in section("variants") {
        used.extend(used_in(&variant.node));
    }
    for (name, entry) in section("params").filter(|(name, _)| !used.contains(*name)) {
        let message = format!("nothing uses the param `{name}`");
        let help = format!("write \"${name}\" in the place of a value, or remove the param");
        sink.warn(entry.key_span.clone(), message, Some(help));
    }
}

/// Every name behind a `$` in the texts of a tree.
fn for_each_name(node: &Node, note: &mut impl FnMut(&str)) {
    match &node.value {
        Value::Text(text) => {
            for part in text.split('$').skip(1) {
                let end = part.find(|c| !super::text::is_name_char(c)).unwrap_or(part.len());
                note(&part[..end]);
            }
        }
        Value::List(list) => list.iter().for_each(|item| for_each_name(item, note)),
        Value::Table(table) => table.values().for_each(|entry| for_each_name(&entry.node, note)),
        Value::Integer(_) | Value::Float(_) | Value::Truth(_) | Value::Other(_) => {}
    }
}

/// What stands in the tree where an unknown param stood; it was reported already.
pub(super) const UNKNOWN_PARAM: &str = "an unknown param";

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(super::text::is_name_char)
}

fn check_value(value: &Node, name: &str, sink: &mut Sink) {
    let Some(text) = value.text() else { return };
    if kind_of(value) == Some(ParamKind::Distribution) {
        if let Err(mistake) = distribution::parse(text) {
            sink.error(value.span.clone(), format!("the param `{name}`: {}", mistake.message), mistake.help);
        }
        return;
    }
    let message = if text.is_empty() || text.contains(char::is_whitespace) {
        format!("the param `{name}` must be one word, not `{}`", text.escape_debug())
    } else if text.contains('$') {
        format!("the param `{name}` cannot refer to a param")
    } else {
        return;
    };
    let help = "a param stands for one whole value: a number, a duration, a distribution, or a word";
    sink.error(value.span.clone(), message, Some(help.to_owned()));
}

/// A bound is of the value's own kind, and the value keeps to it. False if a value that was set is of another kind than
/// the document's.
fn check_bound(name: &str, value: &Node, bound: &Node, which: &str, sink: &mut Sink) -> bool {
    // What a `--set` or a slider gives is to blame, not the bound.
    if sink.is_override(&value.span)
        && let Some(wanted) = size_of(bound).and(kind_of(bound)).filter(|kind| kind_of(value) != Some(*kind))
    {
        let wanted = if wanted == ParamKind::Duration { "duration" } else { "number" };
        let message =
            format!("`{}` is not a {wanted} for `{name}`", value.plain().unwrap_or_default().escape_debug());
        sink.error_once(value.span.clone(), message);
        return false;
    }
    check_size(name, value, bound, which, sink);
    true
}

fn check_size(name: &str, value: &Node, bound: &Node, which: &str, sink: &mut Sink) {
    let Some(size) = size_of(value) else {
        let message = format!(
            "the param `{name}` cannot have a `{which}`: its value is neither a number nor a duration"
        );
        return sink.error(bound.span.clone(), message, None);
    };
    let Some(limit) = size_of(bound).filter(|_| kind_of(bound) == kind_of(value)) else {
        let wanted = if kind_of(value) == Some(ParamKind::Duration) { "a duration" } else { "a number" };
        let message = format!("`{which}` of the param `{name}` must be {wanted}, as its value is");
        return sink.error(bound.span.clone(), message, None);
    };
    let (beyond, word) = if which == "min" { (size < limit, "below") } else { (size > limit, "above") };
    if beyond {
        let (value_text, bound_text) = (value.plain().unwrap_or_default(), bound.plain().unwrap_or_default());
        let message = format!("the param `{name}` is {value_text}, {word} its `{which}` of {bound_text}");
        sink.error(value.span.clone(), message, None);
    }
}

/// Numbers and durations can be compared.
fn size_of(node: &Node) -> Option<f64> {
    match kind_of(node)? {
        ParamKind::Number => node.number(),
        ParamKind::Duration => quantity::duration(node.text()?).ok().map(|duration| duration.0 as f64),
        ParamKind::Distribution | ParamKind::Word | ParamKind::Truth => None,
    }
}
