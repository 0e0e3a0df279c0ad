//! Everything that is said about one run, put together once: what the command line prints and the page
//! shows.
//!
//! Invariant: a digest is a function of its trace. It holds no text of its own but the verdict.

use super::beats::{self, Beat};
use super::cancellation::{ShouldContinue, without_bound};
use super::deadlock::{self, Findings, WaitForIndex};
use super::expect::{self, Evidence, ExpectationResult};
use super::explain;
use super::happens_before::{self, Race};
use super::lanes::Lanes;
use super::latency;
use super::lives::TaskLife;
use super::names::Names;
use super::observed::{self, Observed};
use super::occupancy::{self, Occupancy};
use super::overload::{self, Overload};
use super::pass::{Pass, PassResults};
use super::races::LostUpdate;
use super::shape::Shape;
use super::state::State;
use super::tally::Tally;
use super::verdict::{self, Coverage, DesignVerdict, MadeRuns, RunVerdict, ShapeReading};
use super::warnings;
use crate::model::id::{ExecutorId, TaskId};
use crate::model::scenario::Scenario;
use crate::model::time::Time;
use crate::trace::Trace;
use crate::trace::event::{Event, Warning};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The shape of a scenario with more entries of arrivals than this is not read beside its run: it takes too long.
const MAX_ENTRIES: usize = 64;

/// What is said about a run.
pub struct Digest<'a> {
    /// The trace, made ready for questions about any event.
    pub lens: WaitForIndex<'a>,
    /// The tasks' names.
    pub names: Names,
    /// The tasks' lives.
    pub lives: Vec<TaskLife>,
    /// What became of the tasks.
    pub tally: Tally,
    /// A row for each task type.
    pub latency: Vec<latency::Row>,
    /// A row for each executor.
    pub occupancy: Occupancy,
    /// Deadlocks and stalls.
    pub findings: Findings,
    /// Lost updates, in order of the overwriting write.
    pub lost_updates: Vec<LostUpdate>,
    /// Races, access by access; `None` if there are too many tasks to examine.
    pub races: Option<Vec<Race>>,
    /// The scenario's expectations, judged.
    pub expectations: Vec<ExpectationResult>,
    /// Its telling moments, in order.
    pub beats: Vec<Beat>,
    /// What gets more work than it can do.
    pub overloads: Vec<Overload>,
    /// What became of the run.
    pub verdict: RunVerdict,
}

/// What is said about a run beside its tasks' lives: small, so that it can be handed on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunSummary {
    tally: Tally,
    latency: Vec<latency::Row>,
    occupancy: Occupancy,
    findings: Findings,
    lost_updates: Vec<LostUpdate>,
    races: Option<Vec<Race>>,
    expectations: Vec<ExpectationResult>,
    beats: Vec<Beat>,
    overloads: Vec<Overload>,
    verdict: RunVerdict,
}

/// What going through the trace once tells; `None` if it may not go on for so long.
fn learn(trace: &Trace, begun: Option<Pass>, may_go_on: ShouldContinue<'_>) -> Option<PassResults> {
    let spacing = WaitForIndex::spacing(trace.records.len());
    let mut pass = begun.unwrap_or_else(|| Pass::new(&trace.scenario, spacing));
    pass.read_while(&trace.records, may_go_on).then(|| pass.finish(trace.outcome.at))
}

/// A warning of the run and its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunWarning {
    /// Instant of the warning.
    pub at: Time,
    /// About which task's submission.
    pub task: TaskId,
    /// To which executor.
    pub executor: ExecutorId,
    /// What the warning is about.
    pub warning: Warning,
}

impl<'a> Digest<'a> {
    /// Says everything about `trace`.
    pub fn new(trace: &'a Trace) -> Digest<'a> {
        let made = Digest::of(Cow::Borrowed(trace), None, &without_bound);
        made.expect("nothing ends it").0
    }

    /// The same; `None` if it may not go on for so long.
    pub fn new_while(trace: &'a Trace, may_go_on: ShouldContinue<'_>) -> Option<Digest<'a>> {
        Some(Digest::of(Cow::Borrowed(trace), None, may_go_on)?.0)
    }

    /// The same of a run that `pass` has followed so far.
    pub fn followed_while(trace: &'a Trace, pass: Pass, may_go_on: ShouldContinue<'_>) -> Option<Digest<'a>> {
        Some(Digest::of(Cow::Borrowed(trace), Some(pass), may_go_on)?.0)
    }

    /// The same as [`Digest::new`], keeping the trace, so that the whole can be kept.
    pub fn owning(trace: Trace) -> Digest<'static> {
        Digest::of(Cow::Owned(trace), None, &without_bound).expect("nothing ends it").0
    }

    /// The same, with the lanes of the trace, for which it is not read again.
    pub fn with_lanes(trace: Trace) -> (Digest<'static>, Lanes) {
        let pass = Pass::painting(&trace.scenario, WaitForIndex::spacing(trace.records.len()));
        let made = Digest::of(Cow::Owned(trace), Some(pass), &without_bound);
        let (digest, lanes) = made.expect("nothing ends it");
        (digest, lanes.expect("the pass draws them"))
    }

    /// The digest, and the lanes if `begun` draws them; `None` if it may not go on for so long.
    fn of(
        trace: Cow<'a, Trace>,
        begun: Option<Pass>,
        may_go_on: ShouldContinue<'_>,
    ) -> Option<(Digest<'a>, Option<Lanes>)> {
        let learned = learn(&trace, begun, may_go_on)?;
        let lens = WaitForIndex::with(trace, learned.checkpoints);
        let (trace, names, lives) = (lens.trace(), learned.names, learned.lives);
        let findings = deadlock::find_while(&lens, may_go_on)?;
        let races = happens_before::races(trace);
        if !may_go_on() {
            return None;
        }
        let expectations = expect::judge(&Evidence {
            trace,
            lives: &lives,
            occupancy: &learned.occupancy,
            findings: &findings,
            end: lens.checkpoints().last(),
            lost_updates: learned.lost_updates.len(),
            races: races.as_deref().map(happens_before::pairs),
        });
        let tally = Tally::of(&lives);
        let overloads = overload::overloads(&lens, &lives);
        if !may_go_on() {
            return None;
        }
        let unfinished: Vec<TaskId> =
            names.tasks().filter(|task| lives[task.index()].is_unfinished()).collect();
        let verdict = RunVerdict::of(&verdict::Evidence {
            lens: &lens,
            names: &names,
            unfinished: &unfinished,
            tally: &tally,
            findings: &findings,
            lost_updates: &learned.lost_updates,
            overloads: &overloads,
            expectations: &expectations,
        });
        let beats = beats::beats(
            &learned.scan,
            &beats::Evidence {
                lens: &lens,
                names: &names,
                lives: &lives,
                tally: &tally,
                findings: &findings,
                lost_updates: &learned.lost_updates,
                races: races.as_deref(),
                expectations: &expectations,
            },
        );
        let digest = Digest {
            tally,
            latency: latency::table(&trace.scenario, &lives),
            lens,
            names,
            lives,
            occupancy: learned.occupancy,
            findings,
            lost_updates: learned.lost_updates,
            races,
            expectations,
            beats,
            overloads,
            verdict,
        };
        Some((digest, learned.lanes))
    }

    /// What is said, to be put together again elsewhere.
    pub fn said(&self) -> RunSummary {
        RunSummary {
            tally: self.tally,
            latency: self.latency.clone(),
            occupancy: self.occupancy.clone(),
            findings: self.findings.clone(),
            lost_updates: self.lost_updates.clone(),
            races: self.races.clone(),
            expectations: self.expectations.clone(),
            beats: self.beats.clone(),
            overloads: self.overloads.clone(),
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
        let RunSummary {
            tally,
            latency,
            occupancy,
            findings,
            lost_updates,
            races,
            expectations,
            beats,
            overloads,
            verdict,
        } = said;
        Digest {
            lens,
            names,
            lives,
            tally,
            latency,
            occupancy,
            findings,
            lost_updates,
            races,
            expectations,
            beats,
            overloads,
            verdict,
        }
    }

    /// Returns the trace that was read.
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

    /// What is known of the design: from its shape, from the orders that were looked at, and from this run.
    pub fn design(&self, coverage: Option<Coverage>) -> DesignVerdict {
        let runs = MadeRuns::one(!self.findings.deadlocks.is_empty());
        let scenario = &self.trace().scenario;
        let shape = ShapeReading::of(&shape_beside_a_run(scenario, &without_bound), scenario);
        DesignVerdict::of(&shape, coverage, runs)
    }

    /// The tasks known to be blocked for ever, in order of creation.
    pub fn blocked(&self) -> Vec<TaskId> {
        let of = |hang: &'_ deadlock::Deadlock| [hang.knot.tasks.as_slice(), &hang.behind].concat();
        let mut tasks: Vec<TaskId> = self.findings.deadlocks.iter().flat_map(of).collect();
        tasks.sort_unstable();
        tasks.dedup();
        tasks
    }

    /// The facts in the shape of the recordings.
    pub fn observed(&self) -> Observed {
        observed::observed(self.trace(), &self.names, &self.lives, self.end(), &self.blocked())
    }

    /// Every warning, in order.
    pub fn warnings(&self) -> impl Iterator<Item = RunWarning> + '_ {
        self.trace().warnings().filter_map(|(_, at, event)| match event {
            Event::Warned { task, executor, warning } => Some(RunWarning { at, task, executor, warning }),
            _ => None,
        })
    }

    /// The warnings by executor and kind.
    pub fn warning_groups(&self) -> Vec<warnings::Group> {
        warnings::groups(self.trace(), &self.names)
    }

    /// What `run --json` prints, where nothing is known of the design but what its shape and this run say.
    pub fn json(&self) -> serde_json::Value {
        self.json_with(self.design(None))
    }

    /// What `run --json` prints, with what is known of the design.
    pub fn json_with(&self, design: DesignVerdict) -> serde_json::Value {
        let trace = self.trace();
        let hang = |hang: &deadlock::Deadlock| StandstillJson {
            event: hang.event.0,
            at: hang.at.seconds(),
            text: explain::hang(&self.lens, &self.names, hang).to_string(),
            tasks: self.names_of(&hang.knot.tasks),
            until: None,
        };
        let stall = |stall: &deadlock::Stall| StandstillJson {
            event: stall.event.0,
            at: stall.at.seconds(),
            text: explain::stall(&self.lens, &self.names, stall).to_string(),
            tasks: self.names_of(&stall.knot.tasks),
            until: stall.until.map(Time::seconds),
        };
        let warnings = self.warning_groups().into_iter().map(|group| WarningJson {
            executor: trace.scenario.executors[group.executor.index()].name.clone(),
            count: group.count,
            first: group.first.first().map_or(0.0, |(at, _)| at.seconds()),
            last: group.last.seconds(),
            tasks: group.first.into_iter().map(|(_, task)| task).collect(),
            text: group.text,
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
            run: VerdictJson {
                kind: self.verdict.kind,
                headline: self.verdict.headline(),
                as_expected: self.verdict.as_expected,
            },
            design,
            overloads: &self.overloads,
            tally: self.tally,
            deadlocks: self.findings.deadlocks.iter().map(hang).collect(),
            stalls: self.findings.stalls.iter().map(stall).collect(),
            lost_updates: self.lost_updates.len(),
            races: self.races.as_deref().map(happens_before::pairs),
            expectations: self.expectations.iter().map(ExpectationJson::of).collect(),
            beats: self.beats.iter().map(BeatJson::of).collect(),
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

/// What the shape of a scenario says, where reading it does not take long.
pub fn shape_beside_a_run(scenario: &Scenario, may_go_on: ShouldContinue<'_>) -> Shape {
    if scenario.arrivals.len() > MAX_ENTRIES {
        return Shape::default();
    }
    Shape::read_while(scenario, may_go_on)
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
    run: VerdictJson,
    design: DesignVerdict,
    overloads: &'a [Overload],
    tally: Tally,
    deadlocks: Vec<StandstillJson>,
    stalls: Vec<StandstillJson>,
    lost_updates: usize,
    races: Option<usize>,
    expectations: Vec<ExpectationJson<'a>>,
    beats: Vec<BeatJson>,
    warnings: Vec<WarningJson>,
    latency: &'a [latency::Row],
    executors: &'a [occupancy::Row],
    peak_memory: u64,
}

/// The first line of the verdict as JSON has it.
#[derive(Serialize)]
struct VerdictJson {
    kind: verdict::RunKind,
    headline: String,
    as_expected: bool,
}

/// One expectation as JSON has it.
#[derive(Serialize)]
struct ExpectationJson<'a> {
    text: &'a str,
    holds: bool,
    says_nothing: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    counted: Option<expect::SampleCounts>,
    actual: &'a str,
    value: Option<serde_json::Value>,
}

impl ExpectationJson<'_> {
    fn of(judged: &ExpectationResult) -> ExpectationJson<'_> {
        ExpectationJson {
            text: &judged.text,
            holds: judged.holds,
            says_nothing: judged.says_nothing,
            counted: judged.counted,
            actual: &judged.actual,
            value: judged.value.as_ref().map(expect::MetricValue::json),
        }
    }
}

/// One beat as JSON has it.
#[derive(Serialize)]
struct BeatJson {
    kind: beats::BeatKind,
    event: u32,
    at: f64,
    until: f64,
    text: String,
}

impl BeatJson {
    fn of(beat: &Beat) -> BeatJson {
        BeatJson {
            kind: beat.kind,
            event: beat.event.0,
            at: beat.from.seconds(),
            until: beat.to.seconds(),
            text: beat.sentence.to_string(),
        }
    }
}

#[derive(Serialize)]
struct StandstillJson {
    event: u32,
    at: f64,
    text: String,
    tasks: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<f64>,
}

#[derive(Serialize)]
struct WarningJson {
    executor: String,
    count: usize,
    first: f64,
    last: f64,
    /// The first few that were warned about.
    tasks: Vec<String>,
    text: String,
}
