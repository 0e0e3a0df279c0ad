//! The verdict, in two lines: what became of *this run*, and what is known of *this design*.
//!
//! Both are made here, once, from findings. Exit codes, JSON, the page, reports and advice only render them, so they
//! cannot contradict each other. Invariant: a run is called done only if nothing in it is blocked for ever, nothing was
//! overloaded and every expectation was met; a design is called safe only if every order was covered.

mod design;
mod tone;

pub use design::{Coverage, DesignKind, DesignVerdict, MadeRuns, ShapeReading};
pub use tone::Tone;

use super::deadlock::{Findings, WaitForIndex};
use super::ending::Ending;
use super::expect::ExpectationResult;
use super::explain;
use super::names::Names;
use super::overload::Overload;
use super::prose::{Prose, Segment, as_json, grouped, plural};
use super::races::LostUpdate;
use super::tally::Tally;
use crate::model::id::TaskId;
use crate::model::time::Time;
use crate::trace::{Limit, OutcomeKind, Trace};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What became of a run, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunKind {
    /// Some tasks can never continue.
    Deadlock,
    /// Nothing can happen any more, and something is unfinished.
    Stuck,
    /// It was given up at a limit: what would have come is not known.
    Limit,
    /// For a while only a timeout could let some tasks go on.
    Stall,
    /// More work arrives than can be done.
    Overloaded,
    /// An expectation was not met.
    MissesTargets,
    /// The horizon came first; nothing is wrong so far.
    RunsOn,
    /// Everything that was to happen has happened.
    Done,
    /// No task arrived.
    Empty,
}

impl RunKind {
    /// One or a few words, in lower case: `deadlock`, `misses its targets`.
    pub fn word(self) -> &'static str {
        match self {
            RunKind::Deadlock => "deadlock",
            RunKind::Stuck => "stuck",
            RunKind::Limit => "reached a limit",
            RunKind::Overloaded => "overloaded",
            RunKind::MissesTargets => "misses its targets",
            RunKind::Stall => "stall",
            RunKind::RunsOn => "runs on",
            RunKind::Done => "done",
            RunKind::Empty => "nothing ran",
        }
    }

    fn tone(self) -> Tone {
        match self {
            RunKind::Deadlock
            | RunKind::Stuck
            | RunKind::Limit
            | RunKind::Overloaded
            | RunKind::MissesTargets => Tone::Bad,
            RunKind::Stall | RunKind::Empty => Tone::Warning,
            RunKind::RunsOn | RunKind::Done => Tone::Good,
        }
    }
}

/// The first line: this run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunVerdict {
    /// What became of it.
    pub kind: RunKind,
    /// When that was: the event that completed the deadlock, the end of the run.
    pub at: Time,
    /// Expectations that were not met.
    pub unmet: usize,
    /// What became of its tasks.
    pub tally: Tally,
    /// Whether it went as expected; without expectations, whether nothing is stuck for ever, overloaded or given up.
    pub as_expected: bool,
    /// What happened, in a few sentences.
    #[serde(with = "as_json")]
    pub text: Prose,
}

impl fmt::Display for RunVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl RunVerdict {
    /// How it should look.
    pub fn tone(&self) -> Tone {
        if self.unmet > 0 { Tone::Bad } else { self.kind.tone() }
    }

    /// A few words for a badge or a tab: `Deadlock at 3 s`, `2 expectations not met`, `Done at 10 s`.
    pub fn headline(&self) -> String {
        let (at, tally) = (self.at, &self.tally);
        match self.kind {
            RunKind::Deadlock => format!("Deadlock at {at}"),
            RunKind::Stuck => format!("Stuck at {at}"),
            RunKind::Limit => format!("Reached a limit at {at}"),
            RunKind::Overloaded => "Overloaded".to_owned(),
            RunKind::MissesTargets if self.unmet == 1 => "One expectation not met".to_owned(),
            RunKind::MissesTargets => format!("{} expectations not met", self.unmet),
            RunKind::Stall => format!("Stall at {at}"),
            RunKind::RunsOn => format!("Runs on at {at}"),
            RunKind::Done if tally.failed + tally.refused + tally.discarded > 0 => {
                format!("{} of {} finished", grouped(tally.finished), grouped(tally.total()))
            }
            RunKind::Done => format!("All done at {at}"),
            RunKind::Empty => "No task arrived".to_owned(),
        }
    }
}

/// What the verdict on a run is made from.
pub(super) struct Evidence<'a> {
    pub(super) lens: &'a WaitForIndex<'a>,
    pub(super) names: &'a Names,
    pub(super) unfinished: &'a [TaskId],
    pub(super) tally: &'a Tally,
    pub(super) findings: &'a Findings,
    pub(super) lost_updates: &'a [LostUpdate],
    pub(super) overloads: &'a [Overload],
    pub(super) expectations: &'a [ExpectationResult],
}

impl RunVerdict {
    /// The verdict on a run.
    pub(super) fn of(evidence: &Evidence<'_>) -> RunVerdict {
        let outcome = evidence.lens.trace().outcome;
        let unmet = evidence.expectations.iter().filter(|judged| !judged.holds).count();
        let kind = kind(evidence, unmet);
        let at = match kind {
            RunKind::Deadlock => evidence.findings.deadlocks.first().map(|hang| hang.at),
            RunKind::Stall => evidence.findings.stalls.first().map(|stall| stall.at),
            RunKind::Stuck
            | RunKind::Limit
            | RunKind::Overloaded
            | RunKind::MissesTargets
            | RunKind::RunsOn
            | RunKind::Done
            | RunKind::Empty => None,
        };
        let is_limit = matches!(outcome.kind, OutcomeKind::Limit(_));
        let ended_well = match kind {
            RunKind::Deadlock | RunKind::Stuck | RunKind::Limit | RunKind::Overloaded => false,
            RunKind::MissesTargets | RunKind::Stall | RunKind::RunsOn | RunKind::Done | RunKind::Empty => {
                true
            }
        };
        let as_expected = !is_limit && if evidence.expectations.is_empty() { ended_well } else { unmet == 0 };
        RunVerdict {
            kind,
            at: at.unwrap_or(outcome.at),
            unmet,
            tally: *evidence.tally,
            as_expected,
            text: text(evidence),
        }
    }
}

fn kind(evidence: &Evidence<'_>, unmet: usize) -> RunKind {
    let outcome = evidence.lens.trace().outcome.kind;
    if !evidence.findings.deadlocks.is_empty() {
        return RunKind::Deadlock;
    }
    match outcome {
        OutcomeKind::Stuck | OutcomeKind::Deadlock => RunKind::Stuck,
        OutcomeKind::Limit(_) => RunKind::Limit,
        OutcomeKind::Completed | OutcomeKind::Until if !evidence.findings.stalls.is_empty() => RunKind::Stall,
        OutcomeKind::Completed | OutcomeKind::Until if !evidence.overloads.is_empty() => RunKind::Overloaded,
        OutcomeKind::Completed | OutcomeKind::Until if unmet > 0 => RunKind::MissesTargets,
        OutcomeKind::Completed | OutcomeKind::Until if evidence.tally.total() == 0 => RunKind::Empty,
        OutcomeKind::Until => RunKind::RunsOn,
        OutcomeKind::Completed => RunKind::Done,
    }
}

/// What is blocked and why, or that nothing is; then how many tasks ended how.
fn text(evidence: &Evidence<'_>) -> Prose {
    let Evidence { lens, names, unfinished, tally, findings, .. } = *evidence;
    let trace = lens.trace();
    let mut prose = Prose::new();
    if let Some(found) = explain::findings(lens, names, findings) {
        prose = found;
        prose.words(" ");
    }
    for overload in evidence.overloads.iter().take(1) {
        prose.segments.extend(overload.words(&trace.scenario).segments);
        prose.words(" ");
    }
    let is_deadlock = !findings.deadlocks.is_empty();
    let ends_at = trace.outcome.at;
    match trace.outcome.kind {
        OutcomeKind::Completed => completed(&mut prose, names, tally, unfinished, trace.quiet_since()),
        OutcomeKind::Stuck | OutcomeKind::Deadlock if is_deadlock => {
            prose.words(format!("{}.", tally.sentence()));
        }
        OutcomeKind::Stuck | OutcomeKind::Deadlock => {
            prose.words("At ").time(ends_at, None).words(" nothing can happen any more, and ");
            prose.tasks(unfinished, names);
            prose.words(if unfinished.len() == 1 { " is unfinished." } else { " are unfinished." });
        }
        OutcomeKind::Until => {
            match ends_at {
                Time::NEVER => prose.words("The run reached the end of virtual time, after 584 years"),
                _ => prose.words("The run was ended at its horizon, ").time(ends_at, None),
            };
            prose.words(format!(". {}.", tally.sentence()));
            if !is_deadlock && !unfinished.is_empty() {
                prose.words(" Nobody is blocked for ever.");
            }
        }
        OutcomeKind::Limit(limit) => {
            let which = match limit {
                Limit::Events => "`max_events`, the maximum number of events in a run",
                Limit::Tasks => "`max_tasks`, the maximum number of tasks in a run",
                Limit::AtOneInstant => "`max_at_one_instant`, the maximum number of events at one instant",
                Limit::Time => "the end of the time it was given",
            };
            prose.words("The run was stopped at ").time(ends_at, None);
            prose.words(format!(": it reached {which}. The figures are those of the run so far."));
        }
    }
    lost_updates(&mut prose, trace, names, evidence.lost_updates);
    prose
}

/// How many updates of each cell were lost, with the first as an example.
fn lost_updates(prose: &mut Prose, trace: &Trace, names: &Names, lost: &[LostUpdate]) {
    for (number, cell) in trace.scenario.cells.iter().enumerate() {
        let of: Vec<&LostUpdate> = lost.iter().filter(|lost| lost.cell.index() == number).collect();
        let Some(first) = of.first() else { continue };
        let updates = plural(of.len(), "update");
        prose.words(format!(" {} {updates} of ", grouped(of.len() as u64)));
        prose.segments.push(Segment::Cell { cell: first.cell, text: format!("`{}`", cell.name) });
        prose.words(if of.len() == 1 { " was lost (" } else { " were lost (the first: " });
        prose.tasks(&[first.writer], names).words(" overwrote ");
        // One task may overwrite what another wrote last.
        prose.tasks(&[first.loser], names).words(").");
    }
}

fn completed(prose: &mut Prose, names: &Names, tally: &Tally, resident: &[TaskId], at: Time) {
    if tally.total() == 0 {
        prose.words("Nothing ran: no task arrived.");
        return;
    }
    if resident.len() < names.len() {
        prose.words(tally.sentence());
        let is_alike = Ending::ALL.iter().filter(|ending| tally.count(**ending) > 0).count() == 1;
        prose.words(if is_alike { " by " } else { ". The last ended at " }).time(at, None).words(".");
    }
    if !resident.is_empty() {
        prose.words(if resident.len() < names.len() { " " } else { "" }).tasks(resident, names);
        prose.words(match resident.len() {
            1 => " runs for ever, as it should.",
            _ => " run for ever, as they should.",
        });
    }
}
