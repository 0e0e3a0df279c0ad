//! One replication: a run of a scenario with a seed, brought down to some numbers.
//!
//! Invariant: the numbers are those that `analysis` finds in the trace of that run; the trace is only made
//! where they cannot be counted on the way.

use super::parallel::in_parallel;
use super::run;
use super::steady;
use super::tally::Tally;
use crate::analysis::deadlock::{self, WaitForIndex};
use crate::analysis::expect::{self, Evidence};
use crate::analysis::happens_before;
use crate::analysis::lives;
use crate::analysis::names::Names;
use crate::analysis::occupancy;
use crate::analysis::races;
use crate::engine::Engine;
use crate::model::expectation::{Expectation, Metric};
use crate::model::scenario::Scenario;
use crate::trace::{Outcome, OutcomeKind, Trace};
use std::sync::Arc;

/// What one replication came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// The seed: `threadbare run --seed` shows this very run.
    pub seed: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// A number for each metric that was asked for; `None` where there was nothing to measure.
    pub figures: Vec<Option<f64>>,
    /// The same for the metric of each of the scenario's expectations.
    pub expected: Vec<Option<f64>>,
    /// Whether the run alone meets each of the scenario's expectations.
    pub holds: Vec<bool>,
    /// What batches of the run say, where they were asked for.
    pub batches: Batches,
}

/// The means of the batches of one run; empty for what is not measured in batches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batches {
    /// For each metric that was asked for.
    pub figures: Vec<Vec<f64>>,
    /// For each of the scenario's expectations.
    pub expected: Vec<Vec<f64>>,
}

impl Observation {
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
pub struct WarmUp(Vec<Option<usize>>);

impl WarmUp {
    /// Found by MSER-5 in the average of the first twenty runs: what happens by chance in one of them is neither
    /// taken for a warm-up, nor for its end. (In single runs of a queue MSER-5 prefers to begin where the queue
    /// happens to be short, and the mean of what is left is too low.)
    pub fn find(scenario: &Scenario, metrics: &[Metric], threads: usize) -> WarmUp {
        let numbers: Vec<u32> = (0..PILOTS).collect();
        let asked = || metrics.iter().chain(scenario.expectations.iter().map(|e| &e.metric));
        let pilots = in_parallel(&numbers, threads, |number| {
            let seed = seed_of(scenario.seed, *number);
            let (tally, _) = tallied(&Arc::new(Scenario { seed, ..scenario.clone() }), asked());
            tally.series().map(<[u64]>::to_vec).collect::<Vec<_>>()
        });
        let end = |at: usize| {
            let length = pilots.iter().map(|pilot| pilot[at].len()).min().unwrap_or(0);
            let sum = |n: usize| pilots.iter().map(|pilot| pilot[at][n] as f64).sum::<f64>();
            let average: Vec<f64> = (0..length).map(sum).collect();
            steady::warm_up(&average)
        };
        WarmUp((0..pilots.first().map_or(0, Vec::len)).map(end).collect())
    }
}

/// Runs `scenario` with this seed in place of its own. With a warm-up, latencies and waits are those after it;
/// there are none, where runs do not become steady.
pub fn observe(scenario: &Scenario, seed: u64, metrics: &[Metric], warm_up: Option<&WarmUp>) -> Observation {
    observe_in_batches(scenario, seed, metrics, warm_up, 0)
}

/// Runs it and counts.
fn tallied<'m>(scenario: &Arc<Scenario>, asked: impl IntoIterator<Item = &'m Metric>) -> (Tally, Outcome) {
    let mut engine = Engine::new(Arc::clone(scenario), Tally::new(scenario, asked));
    loop {
        if let Some(outcome) = engine.advance(u64::MAX) {
            return (engine.into_recorder(), outcome);
        }
    }
}

/// The same, and where it is a mean of latencies or waits, the means of a number of batches of the run; 0 for none.
pub fn observe_in_batches(
    scenario: &Scenario,
    seed: u64,
    metrics: &[Metric],
    warm_up: Option<&WarmUp>,
    batches: u32,
) -> Observation {
    let scenario = Arc::new(Scenario { seed, ..scenario.clone() });
    let expectations = &scenario.expectations;
    let asked: Vec<&Metric> = metrics.iter().chain(expectations.iter().map(|e| &e.metric)).collect();
    let (mut tally, outcome) = tallied(&scenario, asked.iter().copied());
    if scenario.stop_at_deadlock && !tally.hangs_nowhere(outcome.kind) {
        // The run that is asked for ends at the deadlock, which only the trace shows.
        return traced(&scenario, metrics);
    }
    if let Some(WarmUp(ends)) = warm_up {
        tally.cut(ends);
    }
    let mut in_batches = Batches::default();
    if batches > 0 {
        let means = asked.iter().map(|metric| tally.batch_means(metric, batches as usize));
        in_batches.figures = means.collect();
        in_batches.expected = in_batches.figures.split_off(metrics.len());
    }
    let counted: Vec<Option<Option<f64>>> =
        asked.iter().map(|metric| tally.figure(metric, outcome)).collect();
    if counted.iter().all(Option::is_some) {
        let figures: Vec<Option<f64>> = counted.into_iter().flatten().collect();
        let found = observation(&scenario, outcome, metrics.len(), figures);
        return Observation { batches: in_batches, ..found };
    }
    let mut found = Observation { batches: in_batches, ..traced(&scenario, metrics) };
    let (figures, expected) = counted.split_at(metrics.len());
    for (figure, counted) in found.figures.iter_mut().zip(figures) {
        *figure = counted.unwrap_or(*figure);
    }
    for (number, counted) in expected.iter().enumerate() {
        if let Some(counted) = counted {
            found.expected[number] = *counted;
            found.holds[number] = meets(*counted, &scenario.expectations[number]);
        }
    }
    found
}

fn meets(figure: Option<f64>, expectation: &Expectation) -> bool {
    figure.is_some_and(|figure| expect::meets(figure, &expectation.bound))
}

/// From the figures of the metrics that were asked for and then those that are expected.
fn observation(
    scenario: &Scenario,
    outcome: Outcome,
    asked: usize,
    mut figures: Vec<Option<f64>>,
) -> Observation {
    let expected = figures.split_off(asked);
    let holds = expected.iter().zip(&scenario.expectations);
    let holds = holds.map(|(figure, expectation)| meets(*figure, expectation)).collect();
    Observation { seed: scenario.seed, outcome, figures, expected, holds, batches: Batches::default() }
}

/// The same from the whole trace, without looking for a warm-up.
pub fn traced(scenario: &Arc<Scenario>, metrics: &[Metric]) -> Observation {
    let trace = run::run(Arc::clone(scenario));
    let figures = |evidence: &Evidence<'_>| -> Observation {
        let figure = |metric: &Metric| expect::figure(evidence, metric);
        Observation {
            seed: scenario.seed,
            outcome: evidence.trace.outcome,
            figures: metrics.iter().map(figure).collect(),
            expected: scenario.expectations.iter().map(|e| figure(&e.metric)).collect(),
            holds: expect::judge(evidence).into_iter().map(|judged| judged.holds).collect(),
            batches: Batches::default(),
        }
    };
    let expected = scenario.expectations.iter().map(|e| &e.metric);
    let asks_for_races = metrics.iter().chain(expected).any(|metric| matches!(metric, Metric::Races));
    with_evidence(&trace, asks_for_races, figures)
}

fn with_evidence<T>(trace: &Trace, races: bool, say: impl FnOnce(&Evidence<'_>) -> T) -> T {
    let lens = WaitForIndex::new(trace);
    let lives = lives::lives(trace, &Names::of(trace));
    let occupancy = occupancy::occupancy(trace, &lives);
    let findings = deadlock::find(&lens);
    let races = if races { happens_before::races(trace) } else { None };
    say(&Evidence {
        trace,
        lives: &lives,
        occupancy: &occupancy,
        findings: &findings,
        end: lens.checkpoints().last(),
        lost_updates: races::lost_updates(trace).len(),
        races: races.as_deref().map(happens_before::pairs),
    })
}
