//! One replication: a run of a scenario with a seed, brought down to some numbers.
//!
//! Invariant: the numbers are those that `analysis` finds in the trace of that run; the trace is only made
//! where they cannot be counted on the way.

use super::run;
use super::tally::Tally;
use crate::analysis::deadlock::{self, Lens};
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

/// Runs `scenario` with this seed in place of its own. If `steady`, latencies and waits are those after the
/// warm-up that MSER-5 finds in each run; a run that has not become steady has none.
pub fn observe(scenario: &Scenario, seed: u64, metrics: &[Metric], steady: bool) -> Observation {
    let scenario = Arc::new(Scenario { seed, ..scenario.clone() });
    let expectations = &scenario.expectations;
    let asked: Vec<&Metric> = metrics.iter().chain(expectations.iter().map(|e| &e.metric)).collect();
    let mut engine = Engine::new(Arc::clone(&scenario), Tally::new(&scenario, asked.iter().copied()));
    let outcome = loop {
        if let Some(outcome) = engine.advance(u64::MAX) {
            break outcome;
        }
    };
    let mut tally = engine.into_recorder();
    if scenario.stop_at_deadlock && !tally.hangs_nowhere(outcome.kind) {
        // The run that is asked for ends at the deadlock, which only the trace shows.
        return traced(&scenario, metrics);
    }
    if steady {
        tally.cut_warm_up();
    }
    let counted: Vec<Option<Option<f64>>> =
        asked.iter().map(|metric| tally.figure(metric, outcome)).collect();
    if counted.iter().all(Option::is_some) {
        let figures: Vec<Option<f64>> = counted.into_iter().flatten().collect();
        return observation(&scenario, outcome, metrics.len(), figures);
    }
    let mut found = traced(&scenario, metrics);
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
    Observation { seed: scenario.seed, outcome, figures, expected, holds }
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
        }
    };
    let expected = scenario.expectations.iter().map(|e| &e.metric);
    let asks_for_races = metrics.iter().chain(expected).any(|metric| matches!(metric, Metric::Races));
    with_evidence(&trace, asks_for_races, figures)
}

fn with_evidence<T>(trace: &Trace, races: bool, say: impl FnOnce(&Evidence<'_>) -> T) -> T {
    let lens = Lens::new(trace);
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
        races: races.as_ref().map(Vec::len),
    })
}
