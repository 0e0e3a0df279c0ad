//! Everything that is said about one run, put together once: what the command line prints and the page
//! shows.
//!
//! Invariant: a digest is a function of its trace. It holds no text of its own but the verdict.

use super::deadlock::{self, Findings, WaitForIndex};
use super::expect::{self, Evidence, ExpectationResult};
use super::explain;
use super::happens_before::{self, Race};
use super::latency;
use super::lives::{self, TaskLife};
use super::names::Names;
use super::observed::{self, Observed};
use super::occupancy::{self, Occupancy};
use super::prose::{Prose, Segment, count_word, grouped, plural};
use super::races::{self, LostUpdate};
use super::state::State;
use crate::model::id::{ExecutorId, TaskId};
use crate::model::time::Time;
use crate::trace::event::{Event, Warning};
use crate::trace::{Limit, OutcomeKind, Trace};
use serde::{Deserialize, Serialize};

/// What is said about a run.
pub struct Digest<'a> {
    /// The trace, made ready for questions about any event.
    pub lens: WaitForIndex<'a>,
    /// The tasks' names.
    pub names: Names,
    /// The tasks' lives.
    pub lives: Vec<TaskLife>,
    /// A row for each task type.
    pub latency: Vec<latency::Row>,
    /// A row for each executor.
    pub occupancy: Occupancy,
    /// Deadlocks and stalls.
    pub findings: Findings,
    /// Lost updates.
    pub lost_updates: Vec<LostUpdate>,
    /// Races, access by access; `None` if there are too many tasks to examine.
    pub races: Option<Vec<Race>>,
    /// The scenario's expectations, judged.
    pub expectations: Vec<ExpectationResult>,
    /// What happened, in a few sentences.
    pub verdict: Prose,
}

/// What is said about a run beside its tasks' lives: small, so that it can be handed on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunSummary {
    latency: Vec<latency::Row>,
    occupancy: Occupancy,
    findings: Findings,
    lost_updates: Vec<LostUpdate>,
    races: Option<Vec<Race>>,
    expectations: Vec<ExpectationResult>,
    #[serde(with = "as_json")]
    verdict: Prose,
}

/// Prose has tagged pieces, which only a format that describes itself reads back.
mod as_json {
    use super::Prose;
    use serde::de::{Deserialize, Deserializer, Error as _};
    use serde::ser::{Error as _, Serializer};

    pub(super) fn serialize<S: Serializer>(prose: &Prose, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&serde_json::to_string(prose).map_err(S::Error::custom)?)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Prose, D::Error> {
        serde_json::from_str(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// One warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Warned {
    /// When.
    pub at: Time,
    /// About which task's submission.
    pub task: TaskId,
    /// To which executor.
    pub executor: ExecutorId,
    /// What about.
    pub warning: Warning,
}

impl<'a> Digest<'a> {
    /// Says everything about `trace`.
    pub fn new(trace: &'a Trace) -> Digest<'a> {
        Digest::of(WaitForIndex::new(trace))
    }

    /// The same, keeping the trace, so that the whole can be kept.
    pub fn owning(trace: Trace) -> Digest<'static> {
        Digest::of(WaitForIndex::owning(trace))
    }

    fn of(lens: WaitForIndex<'a>) -> Digest<'a> {
        let trace = lens.trace();
        let names = Names::of(trace);
        let lives = lives::lives(trace, &names);
        let occupancy = occupancy::occupancy(trace, &lives);
        let findings = deadlock::find(&lens);
        let lost_updates = races::lost_updates(trace);
        let races = happens_before::races(trace);
        let expectations = expect::judge(&Evidence {
            trace,
            lives: &lives,
            occupancy: &occupancy,
            findings: &findings,
            end: lens.checkpoints().last(),
            lost_updates: lost_updates.len(),
            races: races.as_deref().map(happens_before::pairs),
        });
        let verdict = verdict(&lens, &names, &lives, &findings, &lost_updates);
        Digest {
            latency: latency::table(&trace.scenario, &lives),
            lens,
            names,
            lives,
            occupancy,
            findings,
            lost_updates,
            races,
            expectations,
            verdict,
        }
    }

    /// What is said, to be put together again elsewhere.
    pub fn said(&self) -> RunSummary {
        RunSummary {
            latency: self.latency.clone(),
            occupancy: self.occupancy.clone(),
            findings: self.findings.clone(),
            lost_updates: self.lost_updates.clone(),
            races: self.races.clone(),
            expectations: self.expectations.clone(),
            verdict: self.verdict.clone(),
        }
    }

    /// From parts that were derived elsewhere, all of this trace.
    pub fn assembled(
        lens: WaitForIndex<'a>,
        names: Names,
        lives: Vec<TaskLife>,
        said: RunSummary,
    ) -> Digest<'a> {
        let RunSummary { latency, occupancy, findings, lost_updates, races, expectations, verdict } = said;
        Digest {
            lens,
            names,
            lives,
            latency,
            occupancy,
            findings,
            lost_updates,
            races,
            expectations,
            verdict,
        }
    }

    /// The trace.
    pub fn trace(&self) -> &Trace {
        self.lens.trace()
    }

    /// The state after the last event.
    pub fn end(&self) -> &State {
        self.lens.checkpoints().last()
    }

    /// Whether every expectation holds.
    pub fn holds(&self) -> bool {
        self.expectations.iter().all(|judged| judged.holds)
    }

    /// The tasks known to be blocked for ever, in order of creation.
    pub fn blocked(&self) -> Vec<TaskId> {
        let of = |hang: &'_ deadlock::Hang| [hang.knot.tasks.as_slice(), &hang.behind].concat();
        let mut tasks: Vec<TaskId> = self.findings.hangs.iter().flat_map(of).collect();
        tasks.sort_unstable();
        tasks.dedup();
        tasks
    }

    /// The facts in the shape of the recordings.
    pub fn observed(&self) -> Observed {
        observed::observed(self.trace(), &self.names, &self.lives, self.end(), &self.blocked())
    }

    /// Every warning, in order.
    pub fn warnings(&self) -> impl Iterator<Item = Warned> + '_ {
        self.trace().events().filter_map(|(_, at, event)| match event {
            Event::Warned { task, executor, warning } => Some(Warned { at, task, executor, warning }),
            _ => None,
        })
    }

    /// A warning in words; about a backlog in those in which Nova logs it (`spawn_on` in `nova/thread_pool_factory.py`).
    pub fn warning_text(&self, warned: &Warned) -> String {
        let executor = &self.trace().scenario.executors[warned.executor.index()].name;
        let task = self.names.name(warned.task);
        match warned.warning {
            Warning::Backlog => format!(
                "The {executor} pool does not have free threads so the task {task} will be queued. If this happens \
                 repeatedly then the size of the pool is too small for the load or there are stuck threads filling \
                 the pool."
            ),
            Warning::Guard => {
                format!("{task} is submitted to {executor}, which its waiting ancestors occupy")
            }
            Warning::Leaf => {
                format!("{task} is waited for by a task of a leaf executor, which may submit no such child")
            }
        }
    }

    /// What `run --json` prints.
    pub fn json(&self) -> serde_json::Value {
        let trace = self.trace();
        let hang = |hang: &deadlock::Hang| Found {
            event: hang.event.0,
            at: hang.at.seconds(),
            text: explain::hang(&self.lens, &self.names, hang).to_string(),
            tasks: self.names_of(&hang.knot.tasks),
            until: None,
        };
        let stall = |stall: &deadlock::Stall| Found {
            event: stall.event.0,
            at: stall.at.seconds(),
            text: explain::stall(&self.lens, &self.names, stall).to_string(),
            tasks: self.names_of(&stall.knot.tasks),
            until: stall.until.map(Time::seconds),
        };
        let warnings = self.warnings().map(|warned| Logged {
            at: warned.at.seconds(),
            task: self.names.name(warned.task),
            executor: trace.scenario.executors[warned.executor.index()].name.clone(),
            text: self.warning_text(&warned),
        });
        let report = Report {
            facts: self.observed(),
            title: &trace.scenario.title,
            variant: &trace.scenario.variant,
            seed: trace.scenario.seed,
            fingerprint: trace.fingerprint().to_string(),
            end: trace.outcome.at.seconds(),
            events: trace.records.len(),
            verdict: self.verdict.to_string(),
            deadlocks: self.findings.hangs.iter().map(hang).collect(),
            stalls: self.findings.stalls.iter().map(stall).collect(),
            lost_updates: self.lost_updates.len(),
            races: self.races.as_deref().map(happens_before::pairs),
            expectations: self.expectations.iter().map(Expected::of).collect(),
            warnings: warnings.collect(),
            latency: &self.latency,
            executors: &self.occupancy.executors,
            peak_memory: self.occupancy.peak_memory,
        };
        serde_json::to_value(report).expect("names and numbers always are JSON")
    }

    fn names_of(&self, tasks: &[TaskId]) -> Vec<String> {
        tasks.iter().map(|task| self.names.name(*task)).collect()
    }
}

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    facts: Observed,
    title: &'a str,
    variant: &'a str,
    seed: u64,
    fingerprint: String,
    end: f64,
    events: usize,
    verdict: String,
    deadlocks: Vec<Found>,
    stalls: Vec<Found>,
    lost_updates: usize,
    races: Option<usize>,
    expectations: Vec<Expected<'a>>,
    warnings: Vec<Logged>,
    latency: &'a [latency::Row],
    executors: &'a [occupancy::Row],
    peak_memory: u64,
}

/// One expectation as JSON has it.
#[derive(Serialize)]
struct Expected<'a> {
    text: &'a str,
    holds: bool,
    actual: &'a str,
    value: Option<serde_json::Value>,
}

impl Expected<'_> {
    fn of(judged: &ExpectationResult) -> Expected<'_> {
        Expected {
            text: &judged.text,
            holds: judged.holds,
            actual: &judged.actual,
            value: judged.value.as_ref().map(expect::MetricValue::json),
        }
    }
}

#[derive(Serialize)]
struct Found {
    event: u32,
    at: f64,
    text: String,
    tasks: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<f64>,
}

#[derive(Serialize)]
struct Logged {
    at: f64,
    task: String,
    executor: String,
    text: String,
}

/// The verdict: what hangs and why, or that nothing does.
fn verdict(
    lens: &WaitForIndex<'_>,
    names: &Names,
    lives: &[TaskLife],
    findings: &Findings,
    lost: &[LostUpdate],
) -> Prose {
    let trace = lens.trace();
    let mut prose = Prose::new();
    if let Some(found) = explain::findings(lens, names, findings) {
        prose = found;
        prose.words(" ");
    }
    let hangs = !findings.hangs.is_empty();
    let open: Vec<TaskId> = names.tasks().filter(|task| lives[task.index()].is_unfinished()).collect();
    let ends_at = trace.outcome.at;
    match trace.outcome.kind {
        OutcomeKind::Completed => completed(&mut prose, names, lives, &open, ends_at),
        OutcomeKind::Stuck | OutcomeKind::Deadlock if hangs => {
            let done = lives.len() - open.len();
            let all = grouped(lives.len() as u64);
            prose.words(match (done, lives.len()) {
                (0, 1) => "The only task was not done.".to_owned(),
                (0, _) => format!("None of the {all} tasks was done."),
                (1, _) => format!("One of the {all} tasks was done."),
                (_, _) => format!("{} of the {all} tasks were done.", grouped(done as u64)),
            });
        }
        OutcomeKind::Stuck | OutcomeKind::Deadlock => {
            prose.words("At ").time(ends_at, None).words(" nothing can happen any more, and ");
            prose
                .tasks(&open, names)
                .words(if open.len() == 1 { " is" } else { " are" })
                .words(" unfinished.");
        }
        OutcomeKind::Until => {
            prose.words("The run was ended at its horizon, ").time(ends_at, None);
            let (count, tasks) = (count_word(open.len()), plural(open.len(), "task"));
            prose.words(format!(", with {count} {tasks} unfinished."));
            if !hangs {
                prose.words(match open.len() {
                    0 => "",
                    1 => " It is not blocked for ever.",
                    _ => " None of them is blocked for ever.",
                });
            }
        }
        OutcomeKind::Limit(limit) => {
            let which = match limit {
                Limit::Events => "`max_events`, the most events of a run",
                Limit::Tasks => "`max_tasks`, the most tasks of a run",
                Limit::AtOneInstant => "`max_at_one_instant`, the most that may happen at one instant",
            };
            prose.words("The run was given up at ").time(ends_at, None);
            prose.words(format!(": it reached {which}. What is said here is about the run so far."));
        }
    }
    lost_updates(&mut prose, trace, names, lost);
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

fn completed(prose: &mut Prose, names: &Names, lives: &[TaskLife], open: &[TaskId], at: Time) {
    let done = lives.len() - open.len();
    let otherwise = otherwise(lives);
    let tasks = format!("{} {}", grouped(done as u64), plural(done, "task"));
    // What failed or was rejected is over, but it is not done.
    let over = if otherwise.is_empty() { "done" } else { "over" };
    match (done, open.is_empty()) {
        (0, true) => {
            prose.words("Nothing ran: no task arrived.");
        }
        (0, false) => {}
        (1, true) => {
            let what = otherwise.first().map_or("was done", |(_, what)| *what);
            prose.words(format!("The only task {what} at ")).time(at, None).words(".");
        }
        (_, all) => {
            let (all, were) = (if all { "All " } else { "" }, if done == 1 { "was" } else { "were" });
            prose.words(format!("{all}{tasks} {were} {over} by ")).time(at, None);
            let told = otherwise.iter().map(|(count, what)| format!("{} {what}", grouped(*count as u64)));
            let told: Vec<String> = told.collect();
            prose.words(if told.is_empty() { ".".to_owned() } else { format!(": {}.", told.join(", ")) });
        }
    }
    if !open.is_empty() {
        prose.words(if done > 0 { " " } else { "" }).tasks(open, names);
        prose.words(if open.len() == 1 {
            " runs for ever, as it should."
        } else {
            " run for ever, as they should."
        });
    }
}

/// What became of the tasks that ended without being done: how many, and in words.
fn otherwise(lives: &[TaskLife]) -> Vec<(usize, &'static str)> {
    use super::state::task::End;
    let count = |want: fn(End) -> bool| lives.iter().filter(|life| life.end.is_some_and(want)).count();
    let parts = [
        (count(|end| matches!(end, End::Failed(_))), "failed", "failed"),
        (count(|end| matches!(end, End::Rejected(_))), "was rejected", "were rejected"),
        (
            lives.iter().filter(|life| life.cancelled_at().is_some()).count(),
            "was cancelled",
            "were cancelled",
        ),
        (count(|end| end == End::Discarded), "was dropped", "were dropped"),
    ];
    let told = parts.into_iter().filter(|(count, _, _)| *count > 0);
    told.map(|(count, one, more)| (count, if count == 1 { one } else { more })).collect()
}
