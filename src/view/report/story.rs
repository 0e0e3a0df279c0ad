//! A counterexample as a table with a column for each task, and as a sequence diagram of Mermaid.
//!
//! Invariant: a name in a diagram cannot end its line: every character that Mermaid could take for its own is written as
//! its number.

use crate::analysis::digest::Digest;
use crate::analysis::review::{Counterexample, CounterexampleStep};
use crate::model::id::TaskId;
use crate::trace::event::{Event, EventId};
use crate::view::eventlist::{self, Weight};
use std::fmt::Write;

/// Most columns of the table.
const MAX_TASKS: usize = 6;
/// Most tasks of one type among them.
const MAX_OF_TYPE: usize = 3;
/// Most rows of the table.
const MAX_MOMENTS: usize = 40;

/// Fills in who takes part and what they did, from the run that shows it.
pub(super) fn fill(found: &mut Counterexample, digest: &Digest<'_>) {
    let (tasks, more_tasks) = taking_part(digest);
    let last = digest.findings.hangs.first().map_or(digest.trace().len() as u32, |hang| hang.event.0 + 1);
    let mut moments = Vec::new();
    for id in 0..last {
        let line = eventlist::line(digest, EventId(id));
        if line.weight == Weight::Minor {
            continue;
        }
        let column = |task: TaskId| tasks.iter().position(|known| *known == task);
        let event = digest.trace().records[id as usize].event();
        let (task, other) = match event {
            Event::Submitted { task, .. } => match digest.names.parent(task) {
                Some(parent) => (Some(parent), Some(task)),
                None => (Some(task), None),
            },
            _ => (line.task, None),
        };
        if let Some(at) = task.and_then(column) {
            let other = other.and_then(column);
            moments.push(CounterexampleStep { when: line.at.to_string(), task: at, other, text: line.text });
        }
    }
    if moments.len() > MAX_MOMENTS {
        found.left_out = moments.len() - MAX_MOMENTS;
        moments.drain(MAX_MOMENTS / 2..MAX_MOMENTS / 2 + found.left_out);
    }
    found.tasks = tasks.iter().map(|task| digest.names.name(*task)).collect();
    found.more_tasks = more_tasks;
    found.moments = moments;
}

/// What the tasks of a run did, for a diagram of it.
pub(super) fn of_run(digest: &Digest<'_>) -> Counterexample {
    let mut found = Counterexample {
        what: digest.verdict.headline(),
        text: digest.verdict.to_string(),
        with_these_timings: true,
        schedule: String::new(),
        tasks: Vec::new(),
        more_tasks: 0,
        moments: Vec::new(),
        left_out: 0,
    };
    fill(&mut found, digest);
    found
}

/// The tasks that are stuck, or that lost an update: a few of each type, and how many more there are.
fn taking_part(digest: &Digest<'_>) -> (Vec<TaskId>, usize) {
    let mut all: Vec<TaskId> = match digest.findings.hangs.first() {
        Some(hang) => hang.knot.tasks.clone(),
        None => digest.lost_updates.iter().take(1).flat_map(|lost| [lost.loser, lost.writer]).collect(),
    };
    if all.is_empty() {
        all = digest.names.tasks().collect();
    }
    let mut of_type = vec![0; digest.trace().scenario.tasks.len()];
    let (mut tasks, count) = (Vec::new(), all.len());
    for task in all {
        let of_type = &mut of_type[digest.lives[task.index()].kind.index()];
        if *of_type < MAX_OF_TYPE && tasks.len() < MAX_TASKS {
            *of_type += 1;
            tasks.push(task);
        }
    }
    let more = count - tasks.len();
    (tasks, more)
}

/// The counterexample as a `sequenceDiagram`.
pub(super) fn mermaid(found: &Counterexample) -> String {
    let mut text = "sequenceDiagram\n".to_owned();
    for (number, task) in found.tasks.iter().enumerate() {
        let _ = writeln!(text, "    participant t{number} as {}", entities(task));
    }
    for moment in &found.moments {
        let said = entities(&format!("{} {}", moment.when, moment.text));
        let _ = match moment.other {
            Some(other) => writeln!(text, "    t{}->>t{other}: {said}", moment.task),
            None => writeln!(text, "    Note over t{}: {said}", moment.task),
        };
    }
    text
}

/// Words in which Mermaid finds nothing of its own.
fn entities(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for ch in words.chars() {
        match ch {
            ch if ch.is_alphanumeric() || " ._-/,".contains(ch) => out.push(ch),
            ch if ch.is_control() => out.push(' '),
            ch => drop(write!(out, "#{};", u32::from(ch))),
        }
    }
    // A bare `end` closes a block there.
    if out.trim().eq_ignore_ascii_case("end") { format!("#8203;{out}") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_a_diagram() {
        assert_eq!(entities("a#0; end\n    t1->>t0: x"), "a#35;0#59; end     t1-#62;#62;t0#58; x");
        assert_eq!(entities("end"), "#8203;end");
    }
}
