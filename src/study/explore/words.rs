//! A finding in words: what it is, how the run shows it, and what took longer than drawn.

use super::finding::{ExplorationCoverage, FindingKind, NonterminationEvidence, SearchStopReason};
use super::judged::not_judged;
use super::sample::{SamplingCoverage, SamplingMethod};
use super::turn_bounded::TurnBoundedCoverage;
use crate::analysis::digest::Digest;
use crate::analysis::names::Names;
use crate::analysis::prose::{grouped, plural};
use crate::analysis::written::bytes_text;
use crate::model::id::{Pc, TaskTypeId};
use crate::model::scenario::Scenario;
use crate::study::schedule::{OvertakenEvent, PendingEvent, PendingEventKind, TimingAssumption};

/// Late items that are told.
const MAX_LATE_ITEMS: usize = 3;
/// Tasks of a run without end that are told.
const MAX_OPEN: usize = 3;

/// What was found, as a heading.
pub fn kind_words(kind: &FindingKind) -> &'static str {
    match kind {
        FindingKind::Deadlock(_) => "Deadlock",
        FindingKind::Partial(_) => "Deadlock of some tasks while others go on",
        FindingKind::LostUpdate(..) => "Lost update",
        FindingKind::Final(_) => "Failed expectation",
        FindingKind::Stall(_) => "Stall until a timeout",
        FindingKind::Endless(_) => "A run without end",
    }
}

/// What was found, for programs.
pub fn kind_word(kind: &FindingKind) -> &'static str {
    match kind {
        FindingKind::Deadlock(_) => "deadlock",
        FindingKind::Partial(_) => "partial-deadlock",
        FindingKind::LostUpdate(..) => "lost-update",
        FindingKind::Final(_) => "expectation",
        FindingKind::Stall(_) => "stall",
        FindingKind::Endless(_) => "endless",
    }
}

/// The finding as the run shows it.
pub fn explain(digest: &Digest<'_>, kind: &FindingKind) -> String {
    match kind {
        FindingKind::LostUpdate(..) => lost_update(digest).unwrap_or_else(|| digest.verdict.to_string()),
        FindingKind::Final(number) => digest.expectations.get(*number).map_or_else(String::new, |judged| {
            format!("Expected `{}`; in this run it is {}.", judged.text, judged.actual)
        }),
        FindingKind::Endless(NonterminationEvidence::Circle) => goes_round(digest),
        FindingKind::Deadlock(_)
        | FindingKind::Partial(_)
        | FindingKind::Stall(_)
        | FindingKind::Endless(NonterminationEvidence::Limit(_)) => digest.verdict.to_string(),
    }
}

/// Who goes on for ever.
fn goes_round(digest: &Digest<'_>) -> String {
    let (scenario, end) = (&digest.trace().scenario, digest.end());
    let open: Vec<String> = end
        .tasks()
        .filter(|(_, task)| !task.phase.is_ended())
        .map(|(id, task)| {
            let program = &scenario.tasks[task.kind.index()].program;
            format!("{} at {}", digest.names.name(id), program.step_words(task.pc))
        })
        .collect();
    let more = match open.len().saturating_sub(MAX_OPEN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let are = if open.len() == 1 { "was" } else { "were" };
    let open = open[..open.len().min(MAX_OPEN)].join(", ");
    format!(
        "Whatever comes next, this run does not end: the same states recur for ever. When the search left it, there {are} {open}{more}."
    )
}

/// The expectations that a view says nothing about, in a sentence.
pub fn left_open(scenario: &Scenario, view: TimingAssumption) -> Option<String> {
    let texts: Vec<String> = not_judged(scenario, view)
        .into_iter()
        .map(|n| format!("`{}`", scenario.expectations[n].text))
        .collect();
    let why = match view {
        TimingAssumption::Timed => "CPU time is not kept here",
        TimingAssumption::Untimed { .. } => "durations are ignored here",
    };
    (!texts.is_empty()).then(|| format!("Not judged, as {why}: {}.", texts.join(", ")))
}

/// The first lost update of a run, in a sentence.
pub fn lost_update(digest: &Digest<'_>) -> Option<String> {
    let lost = digest.lost_updates.first()?;
    let cell = &digest.trace().scenario.cells[lost.cell.index()].name;
    let (writer, loser) = (digest.names.name(lost.writer), digest.names.name(lost.loser));
    let (read, at) = (digest.trace().at(lost.read), lost.at);
    Some(format!(
        "At {at} {writer} writes {cell}, having read it at {read}; {loser} wrote it in between, and that update is lost."
    ))
}

/// What took longer than drawn, a sentence each.
pub fn late(digest: &Digest<'_>, items: &[OvertakenEvent]) -> Vec<String> {
    let mut lines: Vec<String> = items
        .iter()
        .take(MAX_LATE_ITEMS)
        .map(|OvertakenEvent { slow, fast }| {
            format!(
                "Late: {}, due at {}, comes after {}, due at {}.",
                due(digest, slow),
                slow.at,
                due(digest, fast),
                fast.at
            )
        })
        .collect();
    if items.len() > MAX_LATE_ITEMS {
        lines.push(format!("{} more are late.", items.len() - MAX_LATE_ITEMS));
    }
    lines
}

fn due(digest: &Digest<'_>, due: &PendingEvent) -> String {
    due_words(&digest.trace().scenario, &digest.names, due)
}

/// What is due, as a thing that comes: `the end of build#0's \`run 1s\``.
pub(in crate::study) fn due_words(scenario: &Scenario, names: &Names, due: &PendingEvent) -> String {
    match due.what {
        PendingEventKind::Arrival(entry) => {
            format!("an arrival of {}", scenario.tasks[scenario.arrivals[entry.index()].task.index()].name)
        }
        PendingEventKind::Step(task, Pc(0)) => format!("the start of {}'s thread", names.name(task)),
        PendingEventKind::Step(task, pc) => {
            let step = step_text(scenario, names.kind(task), Pc(pc.0 - 1));
            format!("the end of {}'s `{step}`", names.name(task))
        }
        PendingEventKind::Delay(task, wrapper) => {
            let wrapper = &scenario.executors[wrapper.index()].name;
            format!("the end of {}'s delay in {wrapper}", names.name(task))
        }
        PendingEventKind::Timeout(task, pc) => {
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

/// With which timings a view looks.
pub fn under(view: TimingAssumption) -> &'static str {
    match view {
        TimingAssumption::Timed => "with these timings",
        TimingAssumption::Untimed { timeouts_last: false } => "with other timings",
        TimingAssumption::Untimed { timeouts_last: true } => "with other timings, timeouts last",
    }
}

/// How much was looked at.
pub fn covered(coverage: &ExplorationCoverage) -> String {
    let count = |n: u64, word| format!("{} {}", grouped(n), plural(n as usize, word));
    let (states, steps) = (count(coverage.states as u64, "state"), count(coverage.transitions, "step"));
    let how = if coverage.exhausted {
        "every reachable state".to_owned()
    } else {
        format!("not all: {}", cut_short(coverage))
    };
    format!("{states}, {steps}, {how}")
}

fn cut_short(coverage: &ExplorationCoverage) -> String {
    let limit = coverage.cut_runs.then(|| "runs were ended by a limit of the scenario".to_owned());
    let depth = coverage.cut_paths.then(|| "paths were cut off at the maximum depth".to_owned());
    let bound = coverage.stopped_by.map(|bound| match bound {
        SearchStopReason::States => "the search reached the maximum number of states".to_owned(),
        SearchStopReason::Memory => format!("the search reached {} of memory", bytes_text(coverage.memory)),
        SearchStopReason::AlreadyFound => {
            "the search ended early, because something was found already".to_owned()
        }
    });
    let all: Vec<String> = [bound, depth, limit].into_iter().flatten().collect();
    if all.is_empty() { "the search was cut short".to_owned() } else { all.join(", and ") }
}

/// How many runs with few turns were looked at.
pub fn few(covered: &TurnBoundedCoverage) -> String {
    let runs = format!("{} {}", grouped(covered.runs), plural(covered.runs as usize, "run"));
    let mut text = match (covered.exhausted, covered.turns) {
        (true, _) => format!("{runs}, every order"),
        (false, None) => format!("{runs}, not even all without a turn"),
        (false, Some(turns)) => {
            let times = plural(turns as usize, "time");
            format!(
                "{runs}, among them every one that leaves the simulator's own order at most {turns} {times}"
            )
        }
    };
    if covered.cut > 0 {
        text += &format!("; {} of them were cut off at the maximum depth", grouped(covered.cut));
    }
    text
}

/// What was sampled, and what that is worth.
pub fn sampled(sampled: &SamplingCoverage) -> String {
    let runs = format!("{} {}", grouped(sampled.runs), plural(sampled.runs as usize, "run"));
    let mut text = match sampled.method {
        SamplingMethod::Random => {
            format!("{runs} were sampled at random (seed {}), which proves nothing.", sampled.seed)
        }
        SamplingMethod::Pct { depth } => {
            let pct = format!("{runs} were sampled by PCT (seed {}), which proves nothing", sampled.seed);
            match sampled.guarantee_of_all() {
                Some(all) => format!(
                    "{pct}: trouble that {depth} orderings of two steps suffice for is among them with a probability {}.",
                    at_least(all)
                ),
                None => pct + ".",
            }
        }
    };
    if sampled.beyond > 0 {
        let were = if sampled.beyond == 1 { "run was" } else { "runs were" };
        text += &format!(" {} {were} too long for that.", grouped(sampled.beyond));
    }
    if sampled.cut > 0 {
        let were = if sampled.cut == 1 { "run was" } else { "runs were" };
        text += &format!(" {} {were} cut off at the maximum depth.", grouped(sampled.cut));
    }
    text
}

/// A share in percent, to two digits.
fn at_least(probability: f64) -> String {
    match probability * 100.0 {
        small if small < 0.01 => "that may be less than 0.01 %".to_owned(),
        percent if percent < 10.0 => format!("of at least {percent:.2} %"),
        percent if percent < 99.0 => format!("of at least {} %", percent.floor()),
        _ => "of more than 99 %".to_owned(),
    }
}
