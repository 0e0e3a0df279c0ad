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
use crate::model::expectation::Metric;
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

/// Runs `scenario` with this seed in place of its own.
pub fn observe(scenario: &Scenario, seed: u64, metrics: &[Metric]) -> Observation {
    let scenario = Arc::new(Scenario { seed, ..scenario.clone() });
    counted(&scenario, metrics).unwrap_or_else(|| traced(&scenario, metrics))
}

/// Without a trace; `None` if only the trace can tell.
fn counted(scenario: &Arc<Scenario>, metrics: &[Metric]) -> Option<Observation> {
    let expectations = &scenario.expectations;
    let asked = || metrics.iter().chain(expectations.iter().map(|expectation| &expectation.metric));
    let needs_trace = |metric: &Metric| match metric {
        Metric::Races | Metric::LostUpdates | Metric::Final(_) | Metric::Writes(_) | Metric::Cpu(..) => true,
        Metric::Deadlock
        | Metric::Stuck
        | Metric::Warnings
        | Metric::Rejected
        | Metric::Failed
        | Metric::Latency(..)
        | Metric::Wait(..)
        | Metric::QueueMax(_)
        | Metric::Utilisation(_)
        | Metric::WorkersMax(_)
        | Metric::MemoryMax
        | Metric::Makespan
        | Metric::Throughput(_) => false,
    };
    if asked().any(needs_trace) {
        return None;
    }
    let mut engine = Engine::new(Arc::clone(scenario), Tally::new(scenario, asked()));
    let outcome = loop {
        if let Some(outcome) = engine.advance(u64::MAX) {
            break outcome;
        }
    };
    let mut tally = engine.into_recorder();
    if scenario.stop_at_deadlock && !tally.hangs_nowhere(outcome.kind) {
        return None;
    }
    let figures = metrics.iter().map(|metric| tally.figure(metric, outcome)).collect::<Option<Vec<_>>>()?;
    let expected = expectations
        .iter()
        .map(|expectation| tally.figure(&expectation.metric, outcome))
        .collect::<Option<Vec<_>>>()?;
    let holds = expectations.iter().zip(&expected);
    let holds = holds.map(|(e, figure)| figure.is_some_and(|figure| expect::meets(figure, &e.bound)));
    let holds = holds.collect();
    Some(Observation { seed: scenario.seed, outcome, figures, expected, holds })
}

/// With the whole trace.
fn traced(scenario: &Arc<Scenario>, metrics: &[Metric]) -> Observation {
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
    let asks_for_races = metrics
        .iter()
        .chain(scenario.expectations.iter().map(|e| &e.metric))
        .any(|metric| matches!(metric, Metric::Races));
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
