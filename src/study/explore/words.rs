//! A finding in words: what it is, how the run shows it, and which durations were outrun.

use super::{Coverage, Kind};
use crate::analysis::digest::Digest;
use crate::analysis::prose::grouped;
use crate::model::id::{Pc, TaskId};
use crate::study::schedule::{Due, DueKind, Outrun, View};

/// Outrun durations that are told.
const MOST_OUTRUN: usize = 3;

/// What was found, as a heading.
pub fn kind_words(kind: &Kind) -> &'static str {
    match kind {
        Kind::Deadlock(_) => "Deadlock",
        Kind::Partial(_) => "Deadlock of some, while others go on",
        Kind::LostUpdate(..) => "Lost update",
        Kind::Final(_) => "A cell ends wrong",
        Kind::Stall(_) => "Stall until a timeout",
        Kind::Endless(_) => "A run without end",
    }
}

/// What was found, for programs.
pub fn kind_word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Deadlock(_) => "deadlock",
        Kind::Partial(_) => "partial-deadlock",
        Kind::LostUpdate(..) => "lost-update",
        Kind::Final(_) => "final",
        Kind::Stall(_) => "stall",
        Kind::Endless(_) => "endless",
    }
}

/// The finding as the run shows it.
pub fn explain(digest: &Digest<'_>, kind: &Kind) -> String {
    match kind {
        Kind::LostUpdate(..) => lost_update(digest),
        Kind::Final(number) => digest.expectations.get(*number).map_or_else(String::new, |judged| {
            format!("Expected `{}`; at the end of this run it is {}.", judged.text, judged.actual)
        }),
        Kind::Deadlock(_) | Kind::Partial(_) | Kind::Stall(_) | Kind::Endless(_) => {
            digest.verdict.to_string()
        }
    }
}

fn lost_update(digest: &Digest<'_>) -> String {
    let Some(lost) = digest.lost_updates.first() else { return digest.verdict.to_string() };
    let cell = &digest.trace().scenario.cells[lost.cell.index()].name;
    let (writer, loser) = (digest.names.name(lost.writer), digest.names.name(lost.loser));
    let (read, at) = (digest.trace().at(lost.read), lost.at);
    format!(
        "At {at} {writer} writes {cell}, having read it at {read}; {loser} wrote it in between, and that update is lost."
    )
}

/// Which durations lasted longer than drawn.
pub fn outrun(digest: &Digest<'_>, outrun: &[Outrun]) -> Vec<String> {
    let mut lines: Vec<String> = outrun
        .iter()
        .take(MOST_OUTRUN)
        .map(|Outrun { slow, fast }| {
            format!(
                "Outrun: {}, due at {}, comes after {}, due at {}.",
                due(digest, slow),
                slow.at,
                due(digest, fast),
                fast.at
            )
        })
        .collect();
    if outrun.len() > MOST_OUTRUN {
        lines.push(format!("Outrun besides: {} more.", outrun.len() - MOST_OUTRUN));
    }
    lines
}

fn due(digest: &Digest<'_>, due: &Due) -> String {
    let scenario = &digest.trace().scenario;
    match due.what {
        DueKind::Arrival(entry) => {
            format!("an arrival of {}", scenario.tasks[scenario.arrivals[entry.index()].task.index()].name)
        }
        DueKind::Step(task, Pc(0)) => format!("the start of {}'s thread", digest.names.name(task)),
        DueKind::Step(task, pc) => {
            format!("the end of {}'s `{}`", digest.names.name(task), step(digest, task, Pc(pc.0 - 1)))
        }
        DueKind::Delay(task, wrapper) => {
            format!(
                "the end of {}'s delay in {}",
                digest.names.name(task),
                scenario.executors[wrapper.index()].name
            )
        }
        DueKind::Timeout(task, pc) => {
            format!("the timeout of {}'s `{}`", digest.names.name(task), step(digest, task, pc))
        }
    }
}

fn step<'a>(digest: &'a Digest<'_>, task: TaskId, pc: Pc) -> &'a str {
    let program = &digest.trace().scenario.tasks[digest.names.kind(task).index()].program;
    let step = program.step_of.get(pc.index()).and_then(|step| program.steps.get(usize::from(*step)));
    step.map_or("", |step| step.text.as_str())
}

/// Under which durations a view looks.
pub fn under(view: View) -> &'static str {
    match view {
        View::Timed => "under the drawn durations",
        View::Untimed { timeouts_last: false } => "under any durations",
        View::Untimed { timeouts_last: true } => "under any durations, timeouts last",
    }
}

/// How much was looked at.
pub fn covered(coverage: &Coverage) -> String {
    let how = if coverage.exhausted { "every reachable state" } else { "not all: the search was cut short" };
    let (states, steps) = (grouped(coverage.states as u64), grouped(coverage.transitions));
    format!("{states} states, {steps} steps, {how}")
}
