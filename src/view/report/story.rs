//! Who takes part in a counterexample and what they did, for a table with a column for each task and for a diagram.
//!
//! Invariant: a story is short: a few tasks of each type, and a bounded number of moments.

use super::exchange::{EventCounterpart, exchange};
use crate::analysis::digest::Digest;
use crate::analysis::review::{Counterexample, CounterexampleStep};
use crate::model::id::TaskId;
use crate::trace::event::{Event, EventId};
use crate::view::eventlist::{self, EventImportance};

/// Most columns of the table.
const MAX_TASKS: usize = 6;
/// Most tasks of one type among them.
const MAX_OF_TYPE: usize = 3;
/// Most rows of the table.
const MAX_MOMENTS: usize = 40;

/// Fills in who takes part and what they did, from the run that shows it.
pub(super) fn fill(found: &mut Counterexample, digest: &Digest<'_>) {
    let (tasks, more_tasks) = taking_part(digest);
    let last = digest.findings.deadlocks.first().map_or(digest.trace().len() as u32, |hang| hang.event.0 + 1);
    let mut moments = Vec::new();
    for id in 0..last {
        let line = eventlist::line(digest, EventId(id));
        // What an executor logs is no step of anybody.
        let is_log = matches!(digest.trace().records[id as usize].event(), Event::Warned { .. });
        if line.weight == EventImportance::Minor || is_log {
            continue;
        }
        let column = |task: TaskId| tasks.iter().position(|known| *known == task);
        let (task, EventCounterpart { other, thing, is_received }) = exchange(digest, EventId(id), line.task);
        if let Some(at) = task.and_then(column) {
            let other = other.and_then(column);
            let when = line.at.to_string();
            moments.push(CounterexampleStep { when, task: at, other, thing, is_received, text: line.text });
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
    let mut all: Vec<TaskId> = match digest.findings.deadlocks.first() {
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
