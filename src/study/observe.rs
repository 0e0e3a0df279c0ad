//! One replication: a run of a scenario with a seed, brought down to some numbers.
//!
//! Invariant: the numbers are those that `analysis` finds in the trace of that run; the trace is only made
//! where they cannot be counted on the way.

use super::cancellation::{ShouldContinue, without_bound};
use super::parallel::{in_parallel, width};
use super::recorders::SearchRecorder;
use super::run;
use super::steady;
use super::tally::RunTally;
use crate::analysis::deadlock::{self, WaitForIndex};
use crate::analysis::digest::shape_beside_a_run;
use crate::analysis::expect::{self, Evidence, Figure, SampleCounts};
use crate::analysis::happens_before;
use crate::analysis::pass::Pass;
use crate::analysis::state::State;
use crate::analysis::wait_for::reach::Reach;
use crate::analysis::wait_for::{Assumptions, WaitFor};
use crate::engine::Engine;
use crate::model::expectation::{Expectation, Metric};
use crate::model::scenario::Scenario;
use crate::trace::{Outcome, OutcomeKind, Trace};
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

/// What one replication came to.
#[derive(Clone, Debug, PartialEq)]
pub struct RunObservation {
    /// The seed: `threadbare run --seed` shows this very run.
    pub seed: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// Tasks are blocked for ever in it; not known, and false, of a run that was given up at a limit.
    pub deadlocks: bool,
    /// A number for each metric that was asked for; `None` where there was nothing to measure.
    pub figures: Vec<Option<f64>>,
    /// Of how many tasks each of them is.
    pub counted: Vec<Option<SampleCounts>>,
    /// The same for the metric of each of the scenario's expectations.
    pub expected: Vec<Option<f64>>,
    /// Of how many tasks each of those is.
    pub expected_counted: Vec<Option<SampleCounts>>,
    /// Whether the run alone meets each of the scenario's expectations.
    pub holds: Vec<bool>,
    /// What batches of the run say, where they were asked for.
    pub batches: BatchMeans,
}

/// The means of the batches of one run; empty for what is not measured in batches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BatchMeans {
    /// For each metric that was asked for.
    pub figures: Vec<Vec<f64>>,
    /// For each of the scenario's expectations.
    pub expected: Vec<Vec<f64>>,
}

impl RunObservation {
    /// Whether the run was given up at a limit: it says nothing about what would have come.
    pub fn is_given_up(&self) -> bool {
        matches!(self.outcome.kind, OutcomeKind::Limit(_))
    }
}

/// The seed of the `number`-th replication: the scenario's own for the first, so that it is the run that
/// everybody knows; for the others the outputs of SplitMix64 seeded with it (Steele, Lea & Flood, "Fast
/// splittable pseudorandom number generators", OOPSLA 2014).
pub fn seed_of(seed: u64, number: u32) -> u64 {
    if number == 0 {
        return seed;
    }
    let mut x = seed.wrapping_add(u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Runs that the end of the warm-up is looked for in.
const PILOTS: u32 = 20;

/// Where the warm-up of a scenario's runs ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarmUpEnds(Vec<Option<usize>>);

impl WarmUpEnds {
    /// Found by MSER-5 in the average of the first twenty runs: what happens by chance in one of them is neither
    /// taken for a warm-up, nor for its end. (In single runs of a queue MSER-5 prefers to begin where the queue
    /// happens to be short, and the mean of what is left is too low.)
    pub fn find(scenario: &Scenario, metrics: &[Metric], threads: usize) -> WarmUpEnds {
        WarmUpEnds::find_while(scenario, metrics, threads, &without_bound).expect("nothing ends it")
    }

    /// The same; `None` if it may not go on for so long.
    pub(super) fn find_while(
        scenario: &Scenario,
        metrics: &[Metric],
        threads: usize,
        may_go_on: ShouldContinue<'_>,
    ) -> Option<WarmUpEnds> {
        let numbers: Vec<u32> = (0..PILOTS).collect();
        let asked = || metrics.iter().chain(scenario.expectations.iter().map(|e| &e.metric));
        let pilots = in_parallel(&numbers, threads, |number| {
            let seed = seed_of(scenario.seed, *number);
            let (tally, _) = tallied(&Arc::new(Scenario { seed, ..scenario.clone() }), asked(), may_go_on)?;
            Some(tally.series().map(<[u64]>::to_vec).collect::<Vec<_>>())
        });
        let pilots: Vec<Vec<Vec<u64>>> = pilots.into_iter().collect::<Option<_>>()?;
        let end = |at: usize| {
            let length = pilots.iter().map(|pilot| pilot[at].len()).min().unwrap_or(0);
            let sum = |n: usize| pilots.iter().map(|pilot| pilot[at][n] as f64).sum::<f64>();
            let average: Vec<f64> = (0..length).map(sum).collect();
            steady::warm_up(&average)
        };
        Some(WarmUpEnds((0..pilots.first().map_or(0, Vec::len)).map(end).collect()))
    }
}

/// Runs `scenario` with this seed in place of its own. With a warm-up, latencies and waits are those after it;
/// there are none, where runs do not become steady.
pub fn observe(
    scenario: &Scenario,
    seed: u64,
    metrics: &[Metric],
    warm_up: Option<&WarmUpEnds>,
) -> RunObservation {
    let asked = ObservationRequest { metrics, warm_up, batches: 0, may_go_on: &without_bound };
    observe_while(scenario, seed, &asked).expect("nothing ends it")
}

/// A request for what to measure in one replication.
#[derive(Clone, Copy)]
pub(super) struct ObservationRequest<'a> {
    /// What is measured.
    pub metrics: &'a [Metric],
    /// What is left out of latencies and waits.
    pub warm_up: Option<&'a WarmUpEnds>,
    /// Where a metric is a mean of latencies or waits: over this number of batches too; 0 for none.
    pub batches: u32,
    /// Asked while it runs.
    pub may_go_on: ShouldContinue<'a>,
}

/// Events between two looks at the clock.
const EVENTS: u64 = 100_000;

/// Runs it and counts; `None` if it may not go on for so long.
fn tallied<'m>(
    scenario: &Arc<Scenario>,
    asked: impl IntoIterator<Item = &'m Metric>,
    may_go_on: ShouldContinue<'_>,
) -> Option<(RunTally, Outcome)> {
    let mut engine = Engine::new(Arc::clone(scenario), RunTally::new(scenario, asked));
    loop {
        if let Some(outcome) = engine.advance(EVENTS) {
            return Some((engine.into_recorder(), outcome));
        }
        if !may_go_on() {
            return None;
        }
    }
}

/// The same as [`observe`]; `None` if it may not go on for so long.
pub(super) fn observe_while(
    scenario: &Scenario,
    seed: u64,
    asked: &ObservationRequest<'_>,
) -> Option<RunObservation> {
    let ObservationRequest { metrics, warm_up, batches, may_go_on } = *asked;
    let scenario = Arc::new(Scenario { seed, ..scenario.clone() });
    let expectations = &scenario.expectations;
    let all: Vec<&Metric> = metrics.iter().chain(expectations.iter().map(|e| &e.metric)).collect();
    let (mut tally, outcome) = tallied(&scenario, all.iter().copied(), may_go_on)?;
    if scenario.stop_at_deadlock && !tally.hangs_nowhere(outcome.kind) {
        // The run that is asked for ends at the deadlock, which only the trace shows.
        let bytes = tally.bytes_traced();
        drop(tally);
        return traced_beside_others(&scenario, bytes, metrics, may_go_on);
    }
    if let Some(WarmUpEnds(ends)) = warm_up {
        tally.cut(ends);
    }
    let mut in_batches = BatchMeans::default();
    if batches > 0 {
        let means = all.iter().map(|metric| tally.batch_means(metric, batches as usize));
        in_batches.figures = means.collect();
        in_batches.expected = in_batches.figures.split_off(metrics.len());
    }
    let deadlocks = deadlocks(&tally, &scenario, outcome.kind, may_go_on);
    let counted: Vec<Option<Figure>> = all.iter().map(|metric| tally.figure(metric, outcome)).collect();
    let whole: Option<Vec<Figure>> = counted.iter().copied().collect();
    if let (Some(deadlocks), Some(figures)) = (deadlocks, whole) {
        let found = observation(&scenario, outcome, metrics.len(), figures, deadlocks);
        return Some(RunObservation { batches: in_batches, ..found });
    }
    let bytes = tally.bytes_traced();
    drop(tally);
    let again = traced_beside_others(&scenario, bytes, metrics, may_go_on)?;
    let mut found = RunObservation { batches: in_batches, ..again };
    let (figures, expected) = counted.split_at(metrics.len());
    for (at, counted) in figures.iter().enumerate() {
        if let Some(figure) = counted {
            (found.figures[at], found.counted[at]) = (figure.value, figure.counted);
        }
    }
    for (number, counted) in expected.iter().enumerate() {
        if let Some(figure) = counted {
            (found.expected[number], found.expected_counted[number]) = (figure.value, figure.counted);
            found.holds[number] = meets(figure.value, &scenario.expectations[number]);
        }
    }
    Some(found)
}

/// Whether tasks are blocked for ever in a run that ended so; `None` if only the trace can tell.
fn deadlocks(
    tally: &RunTally,
    scenario: &Arc<Scenario>,
    outcome: OutcomeKind,
    may_go_on: ShouldContinue<'_>,
) -> Option<bool> {
    match outcome {
        _ if tally.hangs_nowhere(outcome) => Some(false),
        OutcomeKind::Stuck | OutcomeKind::Deadlock => Some(true),
        OutcomeKind::Limit(_) if tally.waits_for_nothing() => Some(false),
        _ if !shape_beside_a_run(scenario, may_go_on).can_hang() => Some(false),
        // Its trace may be as large as a limit allows.
        OutcomeKind::Limit(_) => is_anyone_blocked_at_the_end(scenario, may_go_on),
        OutcomeKind::Completed | OutcomeKind::Until => None,
    }
}

/// Whether tasks are blocked for ever when a run ends, which takes the memory of its last state alone; `None` if it may not
/// go on for so long.
fn is_anyone_blocked_at_the_end(scenario: &Arc<Scenario>, may_go_on: ShouldContinue<'_>) -> Option<bool> {
    let mut engine = Engine::new(Arc::clone(scenario), SearchRecorder::new(None).with_events());
    let mut state = State::new(scenario);
    loop {
        let outcome = engine.advance(EVENTS);
        state.follow(&engine.recorder_mut().take_recent());
        if outcome.is_some() {
            let reach = Reach::new(scenario);
            let graph = WaitFor::new(&state, &reach, &Assumptions::default());
            return Some(graph.stuck_tasks(&state).next().is_some());
        }
        if !may_go_on() {
            return None;
        }
    }
}

fn meets(figure: Option<f64>, expectation: &Expectation) -> bool {
    figure.is_some_and(|figure| expect::meets(figure, &expectation.bound))
}

/// From the figures of the metrics that were asked for and then those that are expected.
fn observation(
    scenario: &Scenario,
    outcome: Outcome,
    asked: usize,
    mut figures: Vec<Figure>,
    deadlocks: bool,
) -> RunObservation {
    let expected = figures.split_off(asked);
    let holds = expected.iter().zip(&scenario.expectations);
    RunObservation {
        seed: scenario.seed,
        outcome,
        deadlocks,
        holds: holds.map(|(figure, expectation)| meets(figure.value, expectation)).collect(),
        figures: figures.iter().map(|figure| figure.value).collect(),
        counted: figures.iter().map(|figure| figure.counted).collect(),
        expected: expected.iter().map(|figure| figure.value).collect(),
        expected_counted: expected.iter().map(|figure| figure.counted).collect(),
        batches: BatchMeans::default(),
    }
}

/// The same from the whole trace, without looking for a warm-up.
pub fn traced(scenario: &Arc<Scenario>, metrics: &[Metric]) -> RunObservation {
    traced_while(scenario, metrics, &without_bound).expect("nothing ends it")
}

/// The same; `None` if it may not go on for so long.
fn traced_while(
    scenario: &Arc<Scenario>,
    metrics: &[Metric],
    may_go_on: ShouldContinue<'_>,
) -> Option<RunObservation> {
    let trace = run::run_while(scenario, may_go_on)?;
    let say = |evidence: &Evidence<'_>| -> RunObservation {
        let expected = scenario.expectations.iter().map(|expectation| &expectation.metric);
        let figures = metrics.iter().chain(expected).map(|metric| expect::figure(evidence, metric));
        let deadlocks = !evidence.findings.deadlocks.is_empty();
        let found = observation(scenario, trace.outcome, metrics.len(), figures.collect(), deadlocks);
        RunObservation {
            holds: expect::judge(evidence).into_iter().map(|judged| judged.holds).collect(),
            ..found
        }
    };
    let expected = scenario.expectations.iter().map(|e| &e.metric);
    let asks_for_races = metrics.iter().chain(expected).any(|metric| matches!(metric, Metric::Races));
    with_evidence(&trace, asks_for_races, may_go_on, say)
}

/// Bytes of traces that several runs may take at once.
const MAX_AT_ONCE: u64 = 160 << 20;

/// Held by whoever makes a trace that is too large to be made beside others of its size.
static LARGE: Mutex<()> = Mutex::new(());

/// The same while others are observed: of large traces one is held at a time. `bytes` says how large it will be.
fn traced_beside_others(
    scenario: &Arc<Scenario>,
    bytes: u64,
    metrics: &[Metric],
    may_go_on: ShouldContinue<'_>,
) -> Option<RunObservation> {
    let is_large = bytes > MAX_AT_ONCE / width() as u64;
    // What it guards is memory, which a panic elsewhere has given back.
    let _alone = is_large.then(|| LARGE.lock().unwrap_or_else(PoisonError::into_inner));
    traced_while(scenario, metrics, may_go_on)
}

fn with_evidence<T>(
    trace: &Trace,
    races: bool,
    may_go_on: ShouldContinue<'_>,
    say: impl FnOnce(&Evidence<'_>) -> T,
) -> Option<T> {
    let mut pass = Pass::new(&trace.scenario, WaitForIndex::spacing(trace.records.len()));
    if !pass.read_while(&trace.records, may_go_on) {
        return None;
    }
    let learned = pass.finish(trace.outcome.at);
    let lens = WaitForIndex::with(Cow::Borrowed(trace), learned.checkpoints);
    let findings = deadlock::find_while(&lens, may_go_on)?;
    let races = if races { happens_before::races(trace) } else { None };
    Some(say(&Evidence {
        trace,
        lives: &learned.lives,
        occupancy: &learned.occupancy,
        findings: &findings,
        end: lens.checkpoints().last(),
        lost_updates: learned.lost_updates.len(),
        races: races.as_deref().map(happens_before::pairs),
    }))
}
