//! Every number of a document that a result can rest on: params, sizes, rates, times, chances and repetitions.
//!
//! Invariant: a number is told once. What a param stands for is told as the param, and the values of `[cells]`, which are
//! what tasks compute with, are none.

use super::distribution;
use super::place;
use super::quantity::{duration_text, finite, plain_number, rate};
use super::tree::{Node, Value};
use super::tunable::Tunable;
use crate::model::time::Duration;
use std::ops::Range;

/// Sections whose values are numbers of this sort, each a table of tables.
const SECTIONS: [&str; 6] = ["executors", "semaphores", "channels", "latches", "barriers", "servers"];
/// Keys whose numbers rank or describe and measure nothing.
const NO_MEASURE: [&str; 2] = ["priority", "memory"];
/// Words of a step that are followed by a duration.
const BEFORE_LENGTHS: [&str; 3] = ["after", "every", "timeout"];
/// Verbs that are followed by a number: a probability, or how often.
const COUNTING_VERBS: [&str; 3] = ["repeat", "maybe", "retry"];

/// One number of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentNumber {
    /// Where it stands: a path for [`super::Overrides::set`].
    pub path: String,
    /// What it is, in a few words.
    pub label: String,
    /// The number as the document has it.
    pub value: String,
    /// Where it stands in the text, in bytes; `None` for a param.
    pub(super) span: Option<Range<usize>>,
    /// The value at the path before and after the number: a step is more than its number.
    around: (String, String),
    /// The number cannot be more than one.
    is_share: bool,
}

impl DocumentNumber {
    /// The number times `share`, and the value at its path that says so; `None` if that would be the same number, or if it
    /// is nothing that has a multiple. A whole number changes by at least one, and becomes none below zero.
    ///
    /// # Examples
    /// ```
    /// use threadbare::language::Document;
    ///
    /// let text = "[tasks.build]\nsteps = [\"io 2s\", \"repeat 3\", \"yield\", \"end\"]\n";
    /// let document = Document::parse("mine.toml", text).expect("valid TOML");
    /// let numbers = document.numbers("base");
    /// assert_eq!(numbers[0].times(1.25), Some(("2.5s".to_owned(), "io 2.5s".to_owned())));
    /// assert_eq!(numbers[1].times(0.75), Some(("2".to_owned(), "repeat 2".to_owned())));
    /// ```
    pub fn times(&self, share: f64) -> Option<(String, String)> {
        let multiple = match plain_number(&self.value) {
            Some(value) => {
                let is_whole = value.fract() == 0.0 && !self.value.contains('.');
                let by = (value * (share - 1.0)).abs();
                let by = if is_whole { libm::ceil(by).max(1.0) } else { by };
                let other = if share < 1.0 { value - by } else { value + by };
                let other = if self.is_share { other.min(1.0) } else { other };
                digits(Some(other).filter(|other| *other >= 0.0 && *other != value)?)
            }
            None if rate(&self.value).is_ok() => {
                let (number, unit) = self.value.split_once('/')?;
                format!("{}/{}", digits(plain_number(number.trim())? * share), unit.trim())
            }
            None => Some(with_lengths_times(&self.value, share)).filter(|other| *other != self.value)?,
        };
        let (before, after) = &self.around;
        let whole = format!("{before}{multiple}{after}");
        Some((multiple, whole))
    }
}

/// A number without what binary fractions add at its far end.
fn digits(number: f64) -> String {
    let scale = libm::pow(10.0, 12.0 - libm::ceil(libm::log10(number.abs().max(f64::MIN_POSITIVE))));
    let rounded = libm::round(number * scale) / scale;
    if rounded.is_finite() { rounded } else { number }.to_string()
}

/// A duration, or what it is drawn from, with every length in it times `share`: that is how each of the distributions
/// is stretched, since their other parameters are weights, stages and the index of a tail.
fn with_lengths_times(text: &str, share: f64) -> String {
    let is_inside = |ch: char| ch.is_alphanumeric() || ch == '.';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|ch| !is_inside(ch)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        match finite(word) {
            Ok(length) => out += &duration_text(Duration::from_seconds_f64(length.seconds() * share)),
            Err(_) => out += word,
        }
        let separator = behind.find(is_inside).unwrap_or(behind.len());
        out += &behind[..separator];
        rest = &behind[separator..];
    }
    out
}

/// The numbers of a merged document: first what can be tuned, then the others in the order of the document.
pub(super) fn list(document: &Node, tunables: Vec<Tunable>) -> Vec<DocumentNumber> {
    let mut found: Vec<DocumentNumber> = Vec::new();
    for tunable in tunables.into_iter().filter(|tunable| tunable.is_used && measures(&tunable.value)) {
        let span = place::of_path(document, &tunable.path);
        let around = (String::new(), String::new());
        let Tunable { path, label, value, .. } = tunable;
        found.push(DocumentNumber { path, label, value, span, around, is_share: false });
    }
    for section in SECTIONS {
        for (name, entry) in document.get(section).and_then(Node::table).into_iter().flatten() {
            push_table(&mut found, &entry.node, &format!("{section}.{name}"), name);
        }
    }
    if let Some(machine) = document.get("machine") {
        push_table(&mut found, machine, "machine", "machine");
    }
    for (number, entry) in document.get("arrivals").and_then(Node::list).into_iter().flatten().enumerate() {
        let task = entry.get("task").and_then(Node::text).unwrap_or("task");
        push_table(&mut found, entry, &format!("arrivals.{number}"), task);
    }
    for (task, entry) in document.get("tasks").and_then(Node::table).into_iter().flatten() {
        let steps = entry.node.get("steps").and_then(Node::list).into_iter().flatten();
        for (number, step) in steps.enumerate() {
            push_step(&mut found, step, &format!("tasks.{task}.steps.{number}"), task);
        }
    }
    found
}

/// The plain values of a table that are numbers and not among those found before.
fn push_table(found: &mut Vec<DocumentNumber>, node: &Node, path: &str, owner: &str) {
    for (key, entry) in node.table().into_iter().flatten() {
        let path = format!("{path}.{key}");
        let is_known = found.iter().any(|number| number.path == path);
        let Some(value) = entry.node.plain().filter(|value| measures(value) && !is_known) else { continue };
        if NO_MEASURE.contains(&key.as_str()) || entry.node.truth().is_some() {
            continue;
        }
        let around = (String::new(), String::new());
        let (label, span) = (format!("{owner}: {key}"), Some(entry.node.span.clone()));
        found.push(DocumentNumber { path, label, value, span, around, is_share: false });
    }
}

/// The numbers in a step.
fn push_step(found: &mut Vec<DocumentNumber>, step: &Node, path: &str, task: &str) {
    let Value::Text(text) = &step.value else { return };
    let words = words(text);
    let Some(verb) = words.first().map(|at| &text[at.clone()]) else { return };
    for (number, at) in words.iter().enumerate().skip(1) {
        let word = &text[at.clone()];
        // Elsewhere a word that looks like a number is a name, or something that is said or computed with.
        let is_number = match verb {
            "run" | "io" => number == 1,
            "use" => number == 2,
            "note" | "fail" | "write" | "add" => false,
            _ if number == 1 => COUNTING_VERBS.contains(&verb) && plain_number(word).is_some(),
            _ => BEFORE_LENGTHS.contains(&&text[words[number - 1].clone()]),
        };
        if !is_number || !measures(word) {
            continue;
        }
        found.push(DocumentNumber {
            path: path.to_owned(),
            label: format!("`{text}` of {task}"),
            value: word.to_owned(),
            span: Some(step.span.clone()),
            around: (text[..at.start].to_owned(), text[at.end..].to_owned()),
            is_share: verb == "maybe",
        });
    }
}

/// The words of a step; a distribution with all that stands in its brackets is one.
fn words(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut begin, mut depth) = (Vec::new(), None, 0_usize);
    for (at, ch) in text.char_indices() {
        match ch {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if ch.is_whitespace() && depth == 0 {
            found.extend(begin.take().map(|begin| begin..at));
        } else if begin.is_none() {
            begin = Some(at);
        }
    }
    found.extend(begin.map(|begin| begin..text.len()));
    found
}

/// Whether a value is a number, a rate, a duration with a length, or what durations are drawn from.
fn measures(value: &str) -> bool {
    let has_length = |length: Duration| length != Duration::ZERO && !length.is_forever();
    plain_number(value).is_some()
        || rate(value).is_ok()
        || distribution::parse(value).is_ok_and(|read| read.fixed().is_none_or(has_length))
}

#[cfg(test)]
mod tests {
    use crate::language::Document;

    #[test]
    fn each_number_is_found_once_with_its_multiples() {
        let text = r#"
params.patience.value = "500ms"
seed = 5
cells.stored.initial = 7
executors.pool = { kind = "threads", workers = 4, keep_alive = "1m", priority = 3 }
servers.database = { capacity = 32, contention = 0.01, coherency = 0.0002 }
tasks.request.steps = ["retry 2 every 50ms", "submit 5s after uniform(1s, 3s)", "result 5s timeout $patience", "end"]
tasks.5s.steps = ["maybe 0.9", "use database exp(8ms)", "end", "note 3s", "io forever"]
arrivals = [{ task = "request", to = "pool", rate = "4/s", count = 10, at = "0s" }]
"#;
        let document = Document::parse("mine.toml", text).expect("it is TOML");
        let line = |number: &super::DocumentNumber| {
            let told = |share| {
                number.times(share).map_or("–".to_owned(), |(shown, set)| format!("{shown} [{set}]"))
            };
            format!("{} {}: {} {} {}", number.path, number.label, number.value, told(0.75), told(1.25))
        };
        let told: Vec<String> = document.numbers("base").iter().map(line).collect();
        insta::assert_snapshot!(told.join("\n"), @"
        params.patience patience: 500ms 375ms [375ms] 625ms [625ms]
        executors.pool.workers pool: workers: 4 3 [3] 5 [5]
        arrivals.0.count request: arrivals: 10 7 [7] 13 [13]
        arrivals.0.rate request: rate: 4/s 3/s [3/s] 5/s [5/s]
        executors.pool.keep_alive pool: keep_alive: 1m 45s [45s] 75s [75s]
        servers.database.capacity database: capacity: 32 24 [24] 40 [40]
        servers.database.contention database: contention: 0.01 0.0075 [0.0075] 0.0125 [0.0125]
        servers.database.coherency database: coherency: 0.0002 0.00015 [0.00015] 0.00025 [0.00025]
        tasks.request.steps.0 `retry 2 every 50ms` of request: 2 1 [retry 1 every 50ms] 3 [retry 3 every 50ms]
        tasks.request.steps.0 `retry 2 every 50ms` of request: 50ms 37.5ms [retry 2 every 37.5ms] 62.5ms [retry 2 every 62.5ms]
        tasks.request.steps.1 `submit 5s after uniform(1s, 3s)` of request: uniform(1s, 3s) uniform(750ms, 2.25s) [submit 5s after uniform(750ms, 2.25s)] uniform(1.25s, 3.75s) [submit 5s after uniform(1.25s, 3.75s)]
        tasks.5s.steps.0 `maybe 0.9` of 5s: 0.9 0.675 [maybe 0.675] 1 [maybe 1]
        tasks.5s.steps.1 `use database exp(8ms)` of 5s: exp(8ms) exp(6ms) [use database exp(6ms)] exp(10ms) [use database exp(10ms)]
        ");
    }
}
