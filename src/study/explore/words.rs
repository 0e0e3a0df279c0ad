//! A finding in words: what it is, how the run shows it, and which durations were outrun.

use super::{Coverage, Kind};
use crate::analysis::digest::Digest;
use crate::analysis::names::Names;
use crate::analysis::prose::grouped;
use crate::model::id::{Pc, TaskTypeId};
use crate::model::scenario::Scenario;
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
    due_words(&digest.trace().scenario, &digest.names, due)
}

/// What is due, as a thing that comes: `the end of build#0's \`run 1s\``.
pub(in crate::study) fn due_words(scenario: &Scenario, names: &Names, due: &Due) -> String {
    match due.what {
        DueKind::Arrival(entry) => {
            format!("an arrival of {}", scenario.tasks[scenario.arrivals[entry.index()].task.index()].name)
        }
        DueKind::Step(task, Pc(0)) => format!("the start of {}'s thread", names.name(task)),
        DueKind::Step(task, pc) => {
            let step = step_text(scenario, names.kind(task), Pc(pc.0 - 1));
            format!("the end of {}'s `{step}`", names.name(task))
        }
        DueKind::Delay(task, wrapper) => {
            let wrapper = &scenario.executors[wrapper.index()].name;
            format!("the end of {}'s delay in {wrapper}", names.name(task))
        }
        DueKind::Timeout(task, pc) => {
            let step = step_text(scenario, names.kind(task), pc);
            format!("the timeout of {}'s `{step}`", names.name(task))
        }
    }
}

/// The step that an instruction belongs to, as it is written; empty at the end of the program.
pub(in crate::study) fn step_text(scenario: &Scenario, kind: TaskTypeId, pc: Pc) -> &str {
    let program = &scenario.tasks[kind.index()].program;
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
