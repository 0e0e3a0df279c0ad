//! A design review: every variant run, replicated, read and explored, and held against the first.
//!
//! Invariant: what comes out is a function of the document and the [`ReviewRequest`]; nothing is bounded by a clock. What a
//! review takes is bounded by the number of states, of runs, and of numbers that are varied. Deliberately absent: how it
//! is written (`view::report`).

mod assumptions;
mod counterexample;
mod request;
mod sensitivity;
mod sweep;
pub mod thumb;
mod usl;
pub mod versions;

pub use request::{RecordedMeasurements, ReviewDepth, ReviewRequest};

use super::backtest::backtest;
use super::compare::difference;
use super::compare::sides::arrival_metrics;
use super::design_check::DesignCheck;
use super::replicate::{
    MetricEstimate, ReplicationEffort, ReplicationJob, ReplicationResults, RunCallbacks, replicate_watched,
};
use super::run::run;
use super::sweep::read_metrics;
use crate::analysis::digest::Digest;
use crate::analysis::occupancy;
use crate::analysis::prose::{grouped, plural};
use crate::analysis::review::link;
use crate::analysis::review::{
    ChangedLine, Comparison, Configured, DesignLine, Figure, MeasuredMetric, PairedDifference,
    RecordingComparison, Review, ReviewedBeat, ReviewedExpectation, ReviewedVariant, RuleFinding, RunLine,
    SCHEMA, critical_path,
};
use crate::analysis::text_diff;
use crate::analysis::verdict::{DesignKind, MadeRuns};
use crate::language::{Problems, write};
use crate::model::expectation::Metric;
use crate::model::scenario::Scenario;
use crate::study::cancellation::without_bound;
use crate::trace::Trace;
use std::sync::Arc;

/// More variants than this are no review.
pub const MAX_SIDES: usize = 8;
/// Runs of each variant unless asked otherwise.
pub const DEFAULT_RUNS: u32 = 30;

/// What a variant costs, as its metrics.
const COSTS: [&str; 6] =
    ["threads.max", "threads.mean", "memory.max", "memory.mean", "cpu.total", "makespan"];

/// A review together with the runs that it shows.
pub struct ReviewWithRuns {
    /// All that is said.
    pub review: Review,
    /// The first run of each variant.
    pub runs: Vec<Trace>,
    /// For each variant the run that shows how it goes wrong, if that is another than the first.
    pub shown: Vec<Option<Trace>>,
}

/// Reviews a document. `watch` hears of each run, and can stop it: then there is no review.
///
/// # Errors
/// What is wrong with one of the variants, or with what is set.
pub fn review(
    request: &ReviewRequest<'_>,
    watch: &RunCallbacks<'_>,
) -> Result<Option<ReviewWithRuns>, Problems> {
    let variants = &request.variants[..request.variants.len().min(MAX_SIDES)];
    let read = |name: &String| request.document.scenario(name, request.overrides).map(Arc::new);
    let scenarios: Vec<Arc<Scenario>> = variants.iter().map(read).collect::<Result<_, _>>()?;
    let metrics: Vec<Vec<(String, Metric, bool)>> =
        scenarios.iter().map(|scenario| metrics(&scenarios[0], scenario)).collect();
    let measured: Vec<Vec<Metric>> =
        metrics.iter().map(|all| all.iter().map(|(_, metric, _)| metric.clone()).collect()).collect();
    let jobs: Vec<ReplicationJob<'_>> = scenarios
        .iter()
        .zip(&measured)
        .map(|(scenario, metrics)| ReplicationJob { scenario, metrics })
        .collect();
    let effort = ReplicationEffort { runs: request.runs, ..ReplicationEffort::default() };
    let Some(replications) = replicate_watched(&jobs, &effort, watch) else { return Ok(None) };
    let (mut sides, mut runs, mut shown) = (Vec::new(), Vec::new(), Vec::new());
    for ((scenario, replications), metrics) in scenarios.iter().zip(&replications).zip(&metrics) {
        if (watch.stops)() {
            return Ok(None);
        }
        let trace = run(Arc::clone(scenario));
        let (side, other) = side(request, scenario, &trace, replications, metrics);
        sides.push(side);
        runs.push(trace);
        shown.push(other);
    }
    if sweep::fill(request, &mut sides, watch).is_none() {
        return Ok(None);
    }
    let compare = |at: usize| Comparison {
        first: variants[0].clone(),
        second: variants[at].clone(),
        changes: change_of(&scenarios[0], &scenarios[at]),
        differences: differences([&replications[0], &replications[at]], [&metrics[0], &metrics[at]]),
    };
    let review = Review {
        schema: SCHEMA,
        threadbare: env!("CARGO_PKG_VERSION").to_owned(),
        file: request.document.file_name().to_owned(),
        title: request.document.title().to_owned(),
        about: scenarios[0].about.clone(),
        runs: request.runs,
        is_quick: request.depth == ReviewDepth::Quick,
        comparisons: (1..sides.len()).map(compare).collect(),
        unreviewed: unreviewed(request),
        sides,
        recording: request.recording.map(|recording| {
            let held = backtest(&scenarios[0], recording.measured);
            RecordingComparison::of(recording.name, &variants[0], &held)
        }),
        not_modelled: assumptions::not_modelled(&scenarios, request.recording.is_some()),
        set: request.overrides.set.clone(),
        document: request.document.source().to_owned(),
        link: link_of(request, &variants[0]),
    };
    Ok(Some(ReviewWithRuns { review, runs, shown }))
}

/// The link to the document as it is, if that is what was run.
fn link_of(request: &ReviewRequest<'_>, variant: &str) -> Option<String> {
    let document = request.document;
    let is_changed = !request.overrides.set.is_empty() || request.overrides.seed.is_some();
    let link = || link::fragment(document.file_name(), document.source(), variant);
    (!is_changed).then(link).flatten()
}

/// The variants of the document that nobody asked for.
fn unreviewed(request: &ReviewRequest<'_>) -> Vec<String> {
    let names = request.document.variants().into_iter().map(|variant| variant.name);
    names.filter(|name| !request.variants.contains(name)).collect()
}

/// What is measured of a variant: the latencies and throughput of what arrives, what is lost, and what it costs; each
/// with its name and whether it is a cost. Names are those of the first variant that this one has too.
fn metrics(first: &Scenario, scenario: &Scenario) -> Vec<(String, Metric, bool)> {
    let mut names = arrival_metrics(first);
    names.push("rejected".to_owned());
    names.push("failed".to_owned());
    let costs_from = names.len();
    names.extend(COSTS.map(str::to_owned));
    let read = |(number, name): (usize, String)| {
        let metric = read_metrics(scenario, std::slice::from_ref(&name)).ok()?.1.pop()?;
        Some((name, metric, number >= costs_from))
    };
    names.into_iter().enumerate().filter_map(read).collect()
}

/// All there is to say about a variant, and the run of its counterexample if that is another than the first.
fn side(
    request: &ReviewRequest<'_>,
    scenario: &Arc<Scenario>,
    trace: &Trace,
    replications: &ReplicationResults,
    metrics: &[(String, Metric, bool)],
) -> (ReviewedVariant, Option<Trace>) {
    let digest = Digest::new(trace);
    let (brief, outlook) = brief_of(request, scenario, &digest, replications, metrics);
    let (counterexample, shown) = counterexample::find(request.depth, scenario, &digest, &outlook).unzip();
    let (sensitivity, not_varied) = sensitivity::of(request, scenario, trace.len(), replications);
    let side = ReviewedVariant {
        counterexample,
        sensitivity,
        not_varied,
        slowest: critical_path::slowest(&digest),
        rules_of_thumb: thumb::rules(&digest, &outlook.shape),
        assumptions: assumptions::of(request, scenario),
        ..brief
    };
    (side, shown.flatten())
}

/// What a variant comes to, without what it takes more runs or orders to know.
fn brief(
    request: &ReviewRequest<'_>,
    scenario: &Arc<Scenario>,
    trace: &Trace,
    replications: &ReplicationResults,
    metrics: &[(String, Metric, bool)],
) -> ReviewedVariant {
    brief_of(request, scenario, &Digest::new(trace), replications, metrics).0
}

fn brief_of(
    request: &ReviewRequest<'_>,
    scenario: &Arc<Scenario>,
    digest: &Digest<'_>,
    replications: &ReplicationResults,
    metrics: &[(String, Metric, bool)],
) -> (ReviewedVariant, DesignCheck) {
    let outlook = match request.depth {
        ReviewDepth::Full => DesignCheck::read(scenario),
        ReviewDepth::Quick => DesignCheck::of_shape(scenario, &without_bound),
    };
    let variants = request.document.variants();
    let title = variants.iter().find(|variant| variant.name == scenario.variant);
    let trace = digest.trace();
    let side = ReviewedVariant {
        variant: scenario.variant.clone(),
        title: title.map(|variant| variant.title.clone()).unwrap_or_default(),
        seed: scenario.seed,
        fingerprint: trace.fingerprint().to_string(),
        events: trace.len(),
        run: run_line(digest),
        design: design_line(request.depth, digest, &outlook),
        runs: replications.runs.len() as u32,
        is_exact: replications.is_exact,
        given_up: replications.given_up(),
        expectations: judged(scenario, digest, replications),
        figures: measured(replications, metrics),
        configured: Configured {
            threads: occupancy::configured_threads(scenario),
            memory: occupancy::configured_memory(scenario),
        },
        beats: digest.beats.iter().map(told).collect(),
        findings: outlook.shape.hazards.iter().map(|hazard| finding(hazard, scenario)).collect(),
        counterexample: None,
        slowest: Vec::new(),
        sensitivity: Vec::new(),
        sweep: None,
        not_varied: Vec::new(),
        rules_of_thumb: Vec::new(),
        assumptions: Vec::new(),
    };
    (side, outlook)
}

fn run_line(digest: &Digest<'_>) -> RunLine {
    let verdict = &digest.verdict;
    RunLine {
        kind: verdict.kind,
        tone: verdict.tone(),
        as_expected: verdict.as_expected,
        headline: verdict.headline(),
        text: verdict.to_string(),
    }
}

fn design_line(depth: ReviewDepth, digest: &Digest<'_>, outlook: &DesignCheck) -> DesignLine {
    let orders = outlook.orders;
    let runs = MadeRuns::one(!digest.findings.deadlocks.is_empty());
    let verdict = outlook.design(&digest.trace().scenario, runs);
    let states = orders.states;
    let counted = format!("{} {}", grouped(states as u64), plural(states, "state"));
    let explored = match (orders.states, orders.is_complete) {
        (0, _) if verdict.kind == DesignKind::CannotDeadlock => {
            "The shape alone shows that no order deadlocks; only the order of the runs was explored."
                .to_owned()
        }
        (0, _) if depth == ReviewDepth::Quick => "Only the order of the runs was explored.".to_owned(),
        (0, _) => "Only the order of the runs was explored: there are too many arrivals.".to_owned(),
        (_, true) => format!("Explored with other timings: {counted}, every reachable one."),
        (_, false) if verdict.kind == DesignKind::CannotDeadlock => {
            format!(
                "The shape alone shows that no order deadlocks. Also explored: {counted}; there are more."
            )
        }
        (1, false) => "Explored with other timings: the first state alone; there are more.".to_owned(),
        (_, false) => format!("Explored with other timings: the first {counted}; there are more."),
    };
    DesignLine {
        kind: verdict.kind,
        tone: verdict.tone(),
        headline: verdict.word().to_owned(),
        text: verdict.text,
        explored: vec![explored],
    }
}

fn judged(
    scenario: &Scenario,
    digest: &Digest<'_>,
    replications: &ReplicationResults,
) -> Vec<ReviewedExpectation> {
    let verdicts = replications.verdicts(scenario);
    let all = scenario.expectations.iter().zip(verdicts).zip(&digest.expectations);
    all.enumerate()
        .map(|(number, ((expectation, verdict), first))| ReviewedExpectation {
            text: verdict.text,
            holds: verdict.holds,
            is_certain: verdict.is_certain,
            by_mean: verdict.by_mean,
            runs: verdict.runs,
            counted: first.counted.map(|counted| (counted.known + counted.beyond, counted.total)),
            measured: replications.expected(number, &expectation.metric).map(|found| figure(&found)),
            first_run: first.actual.clone(),
            unit: expectation.metric.unit(),
            is_truth: matches!(expectation.metric, Metric::Deadlock | Metric::Stuck),
        })
        .collect()
}

fn measured(replications: &ReplicationResults, metrics: &[(String, Metric, bool)]) -> Vec<MeasuredMetric> {
    let one = |(number, (name, metric, is_cost)): (usize, &(String, Metric, bool))| MeasuredMetric {
        metric: name.clone(),
        unit: metric.unit(),
        better: metric.better(),
        is_cost: *is_cost,
        figure: replications.estimate(number, metric).map(|found| figure(&found)),
    };
    metrics.iter().enumerate().map(one).collect()
}

fn figure(found: &MetricEstimate) -> Figure {
    Figure { interval: found.interval, least: found.least, greatest: found.greatest }
}

fn told(beat: &crate::analysis::beats::Beat) -> ReviewedBeat {
    ReviewedBeat { at: beat.from.seconds(), when: beat.from.to_string(), text: beat.sentence.to_string() }
}

fn finding(hazard: &crate::analysis::shape::Hazard, scenario: &Scenario) -> RuleFinding {
    RuleFinding {
        code: hazard.rule().code().to_owned(),
        rule: hazard.rule().name().to_owned(),
        is_stall: hazard.stall,
        headline: hazard.headline(scenario),
        details: hazard.details(scenario),
    }
}

/// The lines that differ, of both scenarios written out whole, each with the table that it stands in.
fn change_of(first: &Scenario, second: &Scenario) -> Vec<ChangedLine> {
    let (old, new) = (flat(&write::toml(first)), flat(&write::toml(second)));
    let changed = text_diff::lines(&old, &new);
    changed.iter().map(|line| ChangedLine { comes: line.comes, text: line.text.to_owned() }).collect()
}

/// A document as it is written, a line for each value: `executors.pool.workers = 6`. Titles are left out.
fn flat(toml: &str) -> String {
    let (mut text, mut table, mut entries) = (String::new(), String::new(), 0);
    for line in toml.lines().filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
            table = format!("{name}[{entries}].");
            entries += 1;
        } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            table = format!("{name}.");
            entries = 0;
        } else if !(table.is_empty() && (line.starts_with("title = ") || line.starts_with("about = "))) {
            text.push_str(&table);
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

fn differences(
    runs: [&ReplicationResults; 2],
    metrics: [&Vec<(String, Metric, bool)>; 2],
) -> Vec<PairedDifference> {
    let one = |(number, (name, metric, _)): (usize, &(String, Metric, bool))| {
        let other = metrics[1].get(number).filter(|(other, ..)| other == name)?;
        let found = difference(runs[0], runs[1], number, [metric, &other.1]);
        Some(PairedDifference {
            metric: name.clone(),
            difference: found.difference,
            share: found.share,
            pairs_lost: found.only_first + found.only_second,
            change: found.change(metric.better()),
        })
    };
    metrics[0].iter().enumerate().filter_map(one).collect()
}
