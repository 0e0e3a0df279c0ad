//! A scenario in the making, and its text: TOML with comments that say where each figure comes from.
//!
//! Invariant: what is written reads without errors and is no longer than a document may be; series that are too long for
//! that are summed up further.

use super::inference::{Inference, Provenance};
use super::order::sort_by_key;
use super::series::{self, ImportLoss};
use crate::language;
use std::fmt::Write;

/// Values of one series that are written one by one.
const EXACT: usize = 1_000;
/// With fewer than this there is no point in writing them one by one.
const MIN_EXACT: usize = 16;
/// Values of all series together that are written one by one.
const EXACT_IN_ALL: usize = 50_000;
/// Columns of a comment.
const WIDTH: usize = 110;

/// A scenario in the making.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// The recording's name.
    pub source: String,
    /// The title, without the recording's name.
    pub title: String,
    /// What the run was, in Markdown, line by line.
    pub about: Vec<String>,
    pub executors: Vec<Executor>,
    /// Locks, and what is said of each.
    pub locks: Vec<(String, String)>,
    /// Semaphores: name, permits, and what is said of each.
    pub semaphores: Vec<(String, u64, String)>,
    pub tasks: Vec<Task>,
    pub arrivals: Vec<Arrivals>,
    /// What was measured, as expectations that are not yet held against the run.
    pub expected: Vec<(String, String)>,
}

/// One executor of the scenario.
#[derive(Debug)]
pub(super) struct Executor {
    pub name: String,
    pub kind: &'static str,
    pub workers: u64,
    /// More lines of its table.
    pub extra: Vec<String>,
    pub comments: Vec<String>,
}

/// One task type.
#[derive(Debug)]
pub(super) struct Task {
    pub name: String,
    pub steps: Vec<Step>,
    pub comments: Vec<String>,
    /// Whether value number n of a step belongs to instance number n.
    pub is_paired: bool,
}

/// One step of a task.
#[derive(Debug)]
pub(super) enum Step {
    /// `run` or `io`, with the time it took each instance.
    Spend { verb: &'static str, values: Vec<u64>, comment: String },
    /// A distribution that is written as it is.
    Written { text: String, comment: String },
    /// `submit TASK to EX as NAME`.
    Submit { task: String, to: String, name: Option<String> },
    /// `wait NAME…`.
    Wait { names: Vec<String>, comment: String },
}

/// Arrivals of one task type at one executor.
#[derive(Debug)]
pub(super) struct Arrivals {
    pub task: String,
    pub to: String,
    pub times: Vec<u64>,
    pub comments: Vec<String>,
}

/// The details that the written scenario leaves out.
#[derive(Default)]
struct ImportGaps {
    orders: Vec<String>,
    details: Vec<String>,
    arrivals: Vec<String>,
}

impl Draft {
    /// The document, short enough to be one, with what is known how in its `about`; `None` if even the shortest is too
    /// long. What is lost in writing is added to the inferences, and they are sorted.
    pub fn write(&self, inferences: &mut Vec<Inference>) -> Option<String> {
        let series = self.arrivals.len() + self.tasks.iter().map(|task| task.steps.len()).sum::<usize>();
        let mut exact = (EXACT_IN_ALL / series.max(1)).clamp(MIN_EXACT, EXACT);
        loop {
            let mut lost = ImportGaps::default();
            let body = self.body(exact, &mut lost);
            let mut told = inferences.clone();
            lost.note_inferences(exact, &mut told);
            sort_by_key(&mut told, |inference| inference.how);
            let text = self.head(&told) + &body;
            if text.len() <= language::MAX_BYTES {
                *inferences = told;
                return Some(text);
            }
            if exact <= MIN_EXACT {
                return None;
            }
            exact = (exact / 2).max(MIN_EXACT);
        }
    }

    /// The title, and what is known how: it stays with the document.
    fn head(&self, inferences: &[Inference]) -> String {
        let mut out = String::new();
        let title = format!("{}, from {}", self.title, self.source);
        let _ = writeln!(out, "title = {}", quoted(&title));
        let mut about = self.about.clone();
        about.push(String::new());
        about.extend(inferences.iter().map(|Inference { how, text }| {
            let end = if text.ends_with('?') { "" } else { "." };
            format!("- *{}*: {text}{end}", how.word())
        }));
        let _ = writeln!(out, "about = \"\"\"\n{}\"\"\"\n", multiline(&about));
        out
    }

    fn body(&self, exact: usize, lost: &mut ImportGaps) -> String {
        let mut out = String::new();
        for executor in &self.executors {
            size(&mut out, executor);
        }
        for executor in &self.executors {
            pool(&mut out, executor);
        }
        for (name, told) in &self.locks {
            comment(&mut out, told);
            let _ = writeln!(out, "[locks.{name}]\n");
        }
        for (name, permits, told) in &self.semaphores {
            comment(&mut out, told);
            let _ = writeln!(out, "[semaphores.{name}]\npermits = {permits}\n");
        }
        for task in &self.tasks {
            if out.len() > language::MAX_BYTES {
                return out; // too long already
            }
            steps(&mut out, task, exact, lost);
        }
        for arrivals in &self.arrivals {
            entries(&mut out, arrivals, exact, lost);
        }
        if !self.expected.is_empty() {
            comment(&mut out, "Measured in the recording. Uncomment these lines to compare a run with it:");
            out.push_str("# [expect]\n");
            for (metric, bound) in &self.expected {
                let _ = writeln!(out, "# {} = {}", quoted(metric), quoted(bound));
            }
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }
}

/// A slider for a pool's size.
fn size(out: &mut String, executor: &Executor) {
    let (name, workers) = (param(executor), executor.workers);
    let most = (workers * 4).clamp(8, 1_000_000);
    let label = quoted(&format!("Workers of {}", executor.name));
    let _ = writeln!(out, "[params.{name}]\nvalue = {workers}\nmin = 1\nmax = {most}\nlabel = {label}\n");
}

fn param(executor: &Executor) -> String {
    format!("{}_workers", executor.name)
}

fn pool(out: &mut String, executor: &Executor) {
    executor.comments.iter().for_each(|text| comment(out, text));
    let (name, kind) = (&executor.name, executor.kind);
    let _ = writeln!(out, "[executors.{name}]\nkind = \"{kind}\"\nworkers = \"${}\"", param(executor));
    for line in &executor.extra {
        let _ = writeln!(out, "{line}");
    }
    out.push('\n');
}

fn steps(out: &mut String, task: &Task, exact: usize, lost: &mut ImportGaps) {
    task.comments.iter().for_each(|text| comment(out, text));
    let _ = writeln!(out, "[tasks.{}]\nsteps = [", task.name);
    for step in &task.steps {
        let (text, remark) = match step {
            Step::Spend { verb, values, comment } => {
                let spelled = series::durations(values, task.is_paired, exact);
                lost.note(spelled.loss, &task.name);
                (format!("{verb} {}", spelled.text), comment.as_str())
            }
            Step::Written { text, comment } => (text.clone(), comment.as_str()),
            Step::Submit { task, to, name: None } => (format!("submit {task} to {to}"), ""),
            Step::Submit { task, to, name: Some(name) } => (format!("submit {task} to {to} as {name}"), ""),
            Step::Wait { names, comment } => (format!("wait {}", names.join(" ")), comment.as_str()),
        };
        let remark = if remark.is_empty() { String::new() } else { format!("  # {}", one_line(remark)) };
        let _ = writeln!(out, "  {},{remark}", quoted(&text));
    }
    out.push_str("]\n\n");
}

fn entries(out: &mut String, arrivals: &Arrivals, exact: usize, lost: &mut ImportGaps) {
    let Arrivals { task, to, times, comments } = arrivals;
    comments.iter().for_each(|text| comment(out, text));
    let arrived = series::arrivals(times, exact);
    if arrived.loss == ImportLoss::Detail {
        lost.arrivals.push(task.clone());
    }
    for lines in arrived.entries {
        let _ = writeln!(out, "[[arrivals]]\ntask = \"{task}\"\nto = \"{to}\"\n{}\n", lines.join("\n"));
    }
}

impl ImportGaps {
    fn note(&mut self, loss: ImportLoss, task: &str) {
        let list = match loss {
            ImportLoss::Nothing => return,
            ImportLoss::Order => &mut self.orders,
            ImportLoss::Detail => &mut self.details,
        };
        if list.last().is_none_or(|last| last != task) {
            list.push(task.to_owned());
        }
    }

    fn note_inferences(&self, exact: usize, inferences: &mut Vec<Inference>) {
        let mut lose = |names: &[String], what: &str| {
            if !names.is_empty() {
                inferences
                    .push(Inference { how: Provenance::Lost, text: format!("{}: {what}", listed(names)) });
            }
        };
        let details = format!(
            "too many different durations to write each: {} equal parts of their distribution (each by its mean, the \
             maximum kept); which instance took how long is drawn",
            series::parts_for(exact)
        );
        lose(&self.details, &details);
        lose(&self.orders, "which instance took how long is drawn from the measured durations");
        let arrivals = format!(
            "more than {exact} arrivals, written as stretches of time, each with its own count and distribution of gaps; \
             the order of the gaps within a stretch is lost"
        );
        lose(&self.arrivals, &arrivals);
    }
}

/// `1 task`, `3 tasks`, `1 000 tasks`.
pub(super) fn count(number: usize, noun: &str) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    let ending = if number == 1 { "" } else { "s" };
    format!("{text} {noun}{ending}")
}

/// Names in a sentence; of many the first few.
pub(super) fn listed(names: &[String]) -> String {
    const MAX_COUNT: usize = 6;
    let mut shown: Vec<String> = names.iter().take(MAX_COUNT).map(|name| format!("`{name}`")).collect();
    if names.len() > MAX_COUNT {
        shown.push(format!("{} more", names.len() - MAX_COUNT));
    }
    match shown.pop() {
        Some(last) if !shown.is_empty() => format!("{} and {last}", shown.join(", ")),
        last => last.unwrap_or_default(),
    }
}

/// A comment, broken into lines.
fn comment(out: &mut String, text: &str) {
    let mut line = String::from("#");
    for word in one_line(text).split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > WIDTH && line.len() > 1 {
            let _ = writeln!(out, "{line}");
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    let _ = writeln!(out, "{line}");
}

/// What may stand in a comment: TOML wants no control characters there.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The inside of a multi-line basic string.
fn multiline(lines: &[String]) -> String {
    let mut out = String::new();
    for line in lines {
        let line = quoted(line);
        out.push_str(&line[1..line.len() - 1]);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_can_stand_in_a_document() {
        let odd = "a \"quote\" \\ \u{7f} \u{0} \r\n é \"\"\"";
        let draft = Draft {
            source: odd.to_owned(),
            title: odd.to_owned(),
            about: vec![odd.to_owned()],
            executors: vec![Executor {
                name: "pool".to_owned(),
                kind: "threads",
                workers: 2,
                extra: Vec::new(),
                comments: vec![odd.to_owned()],
            }],
            tasks: vec![Task {
                name: "t".to_owned(),
                steps: vec![Step::Spend { verb: "run", values: vec![1, 2], comment: odd.to_owned() }],
                comments: vec![odd.to_owned()],
                is_paired: true,
            }],
            arrivals: Vec::new(),
            locks: vec![("l".to_owned(), odd.to_owned())],
            semaphores: vec![("s".to_owned(), 2, odd.to_owned())],
            expected: vec![(odd.to_owned(), odd.to_owned())],
        };
        let text = draft.write(&mut Vec::new()).expect("short");
        let document = language::Document::parse("draft", &text).unwrap_or_else(|e| panic!("{text}\n{e}"));
        assert!(document.check().is_empty(), "{text}\n{}", document.check());
    }

    #[test]
    fn names_are_listed_in_a_sentence() {
        let names = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>();
        assert_eq!(listed(&names(1)), "`0`");
        assert_eq!(listed(&names(3)), "`0`, `1` and `2`");
        assert_eq!(listed(&names(9)), "`0`, `1`, `2`, `3`, `4`, `5` and 3 more");
    }
}
