//! A finding in words: what it is, which durations were outrun, and how it came about, event by event.

use threadbare::analysis::digest::Digest;
use threadbare::model::id::{Pc, TaskId};
use threadbare::study::explore::Kind;
use threadbare::study::schedule::{Due, DueKind, Outrun};
use threadbare::trace::event::EventId;
use threadbare::view::eventlist::{self, Weight};

/// Lines of a story that are told; of a longer one the middle is left out.
const MOST_LINES: usize = 40;
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

/// The run as a numbered story: what happened, without bookkeeping.
pub fn lines(digest: &Digest<'_>) -> Vec<String> {
    let all: Vec<eventlist::Line> = (0..digest.trace().len() as u32)
        .map(|id| eventlist::line(digest, EventId(id)))
        .filter(|line| line.weight != Weight::Minor)
        .collect();
    let widest = all.iter().map(|line| line.at.to_string().chars().count()).max().unwrap_or(0);
    let number = all.len().to_string().len();
    let left_out = all.len().saturating_sub(MOST_LINES);
    let mut lines = Vec::new();
    for (i, line) in all.iter().enumerate() {
        let first_left_out = MOST_LINES / 2;
        if left_out > 0 && i == first_left_out {
            lines.push(format!("{:>number$}  … {left_out} more", ""));
        }
        if left_out == 0 || i < first_left_out || i >= first_left_out + left_out {
            let at = line.at.to_string();
            lines.push(format!("{:>number$}. {at:>widest$}  {}", i + 1, line.text));
        }
    }
    lines
}
