//! One truth everywhere: what run, explore, check, advise and size say of one scenario never contradicts itself.
//!
//! Every gallery variant, every design, every input from the field, and generated documents with tickers, horizons and
//! arrivals without end: some of them here, thousands in the long test.

use crate::documents::{contended, pieces, render};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use std::sync::Arc;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::verdict::{DesignKind, MadeRuns};
use threadbare::language::{BASE, Document, Overrides};
use threadbare::model::expectation::Metric;
use threadbare::model::scenario::Scenario;
use threadbare::study::advise::{RemedyCheckEffort, RemedyEffect, RemedySearch};
use threadbare::study::cancellation::without_bound;
use threadbare::study::design_check::DesignCheck;
use threadbare::study::explore::sample::{SamplingMethod, ScheduleSampler};
use threadbare::study::explore::{ExplorationOptions, FindingKind, InterleavingExplorer, not_judged};
use threadbare::study::replicate;
use threadbare::study::run::RunSession;
use threadbare::study::schedule::TimingAssumption;
use threadbare::study::size::{SizingQuestion, smallest};
use threadbare::trace::OutcomeKind;

const UNTIMED: TimingAssumption = TimingAssumption::Untimed { timeouts_last: false };
/// Longer runs are left to other tests.
const MAX_EVENTS: u64 = 30_000;

/// How much is asked of each document.
#[derive(Clone, Copy)]
struct Thoroughness {
    states: usize,
    /// Runs in random orders, where every order was explored and is clean.
    samples: u64,
    advises: bool,
}

/// What a run says.
struct Ran {
    deadlocks: bool,
    is_given_up: bool,
    /// The expectations that it misses.
    missed: Vec<usize>,
}

impl Ran {
    /// `None` if it is too long for here.
    fn of(scenario: &Arc<Scenario>) -> Option<Ran> {
        let mut session = RunSession::new(Arc::clone(scenario));
        session.advance(MAX_EVENTS)?;
        let trace = session.finish();
        let digest = Digest::new(&trace);
        let is_stuck = matches!(trace.outcome.kind, OutcomeKind::Stuck | OutcomeKind::Deadlock);
        let judged = digest.expectations.iter().enumerate();
        Some(Ran {
            deadlocks: is_stuck || !digest.findings.deadlocks.is_empty(),
            is_given_up: matches!(trace.outcome.kind, OutcomeKind::Limit(_)),
            missed: judged.filter(|(_, judged)| !judged.holds).map(|(number, _)| number).collect(),
        })
    }
}

fn explored(scenario: &Arc<Scenario>, view: TimingAssumption, most_states: usize) -> InterleavingExplorer {
    let mut explorer = InterleavingExplorer::new(
        scenario,
        ExplorationOptions { view, most_states, ..ExplorationOptions::default() },
    );
    while !explorer.advance(2_000) {}
    explorer
}

fn is_deadlock(kind: &FindingKind) -> bool {
    matches!(kind, FindingKind::Deadlock(_) | FindingKind::Partial(_))
}

fn deadlocks(explorer: &InterleavingExplorer) -> bool {
    explorer.findings().iter().any(|found| is_deadlock(&found.kind))
}

/// Everything that was explored, with all arrivals.
fn is_whole(explorer: &InterleavingExplorer) -> bool {
    explorer.coverage().exhausted && explorer.coverage().cut_arrivals.is_empty()
}

/// What contradicts itself in a variant of a document.
fn contradictions(document: &Document, variant: &str, how: Thoroughness) -> Vec<String> {
    let Ok(scenario) = document.scenario(variant, &Overrides::default()).map(Arc::new) else {
        return Vec::new();
    };
    let Some(ran) = Ran::of(&scenario) else { return Vec::new() };
    let timed = explored(&scenario, TimingAssumption::Timed, how.states);
    let untimed = explored(&scenario, UNTIMED, how.states);
    let mut found = Vec::new();
    let mut say = |is_so: bool, what: &str| {
        if is_so {
            found.push(format!("{variant}: {what}"));
        }
    };
    say(ran.deadlocks && !deadlocks(&timed), "a run deadlocks, and exploring these timings finds none");
    say(
        ran.deadlocks && untimed.coverage().exhausted && is_whole(&untimed) && !deadlocks(&untimed),
        "a run deadlocks, and no order does",
    );
    for number in unseen(&scenario, &ran, &timed) {
        let text = &scenario.expectations[number].text;
        say(true, &format!("a run misses `{text}`, and exploring these timings does not"));
    }
    for (explorer, view) in [(&timed, TimingAssumption::Timed), (&untimed, UNTIMED)] {
        let is_clean = is_whole(explorer) && !deadlocks(explorer);
        say(
            is_clean && some_order_deadlocks(&scenario, view, how.samples),
            "a clean exploration, and a run deadlocks",
        );
    }
    let outlook = DesignCheck::read(&scenario);
    let is_silent = outlook.design(&scenario, MadeRuns::default()).kind == DesignKind::CannotDeadlock;
    say(
        is_silent && (ran.deadlocks || deadlocks(&timed) || deadlocks(&untimed)),
        "check says that it cannot deadlock, and an order does",
    );
    if how.advises {
        found.extend(
            advice(document, variant, &ran, how).into_iter().map(|what| format!("{variant}: {what}")),
        );
    }
    found
}

/// The expectations that a run misses and exploring the timed view judges and does not report.
fn unseen(scenario: &Arc<Scenario>, ran: &Ran, timed: &InterleavingExplorer) -> Vec<usize> {
    let has_other = timed
        .findings()
        .iter()
        .any(|found| is_deadlock(&found.kind) || matches!(found.kind, FindingKind::Endless(_)));
    if has_other || ran.is_given_up || ran.deadlocks {
        return Vec::new();
    }
    let open = not_judged(scenario, TimingAssumption::Timed);
    let is_seen = |number: &usize| {
        let elsewhere = matches!(
            scenario.expectations[*number].metric,
            Metric::Deadlock | Metric::Stuck | Metric::Races | Metric::LostUpdates
        );
        elsewhere
            || open.contains(number)
            || timed.findings().iter().any(|found| found.kind == FindingKind::Final(*number))
    };
    ran.missed.iter().copied().filter(|number| !is_seen(number)).collect()
}

fn some_order_deadlocks(scenario: &Arc<Scenario>, view: TimingAssumption, samples: u64) -> bool {
    let mut sampler = ScheduleSampler::new(
        scenario,
        ExplorationOptions { view, ..ExplorationOptions::default() },
        SamplingMethod::Random,
        7,
        1,
    );
    sampler.advance(samples);
    sampler.counted().iter().any(|(found, _)| is_deadlock(&found.kind))
}

/// What contradicts itself in the advice on a variant.
fn advice(document: &Document, variant: &str, ran: &Ran, how: Thoroughness) -> Vec<String> {
    let effort = RemedyCheckEffort { most_states: how.states / 4 };
    let advisor = RemedySearch::new(document, variant, &Overrides::default(), effort, &without_bound);
    let advice = advisor.expect("it is sound").finish();
    let mut found = Vec::new();
    if !advice.is_needed() && (ran.deadlocks || !ran.missed.is_empty()) {
        found.push("a run fails, and advise has nothing to fix".to_owned());
    }
    for remedy in &advice.remedies {
        let title = &remedy.title;
        let Ok(fixed) = Document::parse("fixed.toml", &remedy.text) else {
            found.push(format!("the document with `{title}` is none"));
            continue;
        };
        let Ok(scenario) = fixed.scenario(variant, &Overrides::default()).map(Arc::new) else {
            found.push(format!("the variant with `{title}` has errors"));
            continue;
        };
        let Some(after) = Ran::of(&scenario) else { continue };
        if after.deadlocks {
            found.push(format!("`{title}` is offered, and with it a run deadlocks"));
        }
        if remedy.known.cost.missed != after.missed {
            found.push(format!("`{title}` misses {:?}, which is not said", after.missed));
        }
        if remedy.effect == RemedyEffect::Gone && deadlocks(&explored(&scenario, UNTIMED, how.states)) {
            found.push(format!("`{title}` is called gone, and another order deadlocks"));
        }
    }
    found
}

/// What contradicts itself in the size of the first pool: the answer is clean, and one less is not known to be.
fn size(document: &Document) -> Vec<String> {
    let Ok(scenario) = document.scenario(BASE, &Overrides::default()) else { return Vec::new() };
    let pool = scenario.executors.iter().find(|executor| executor.workers().is_some());
    let (Some(pool), false) = (pool, scenario.expectations.is_empty()) else { return Vec::new() };
    let path = format!("executors.{}.workers", pool.name);
    let overrides = Overrides::default();
    let effort = replicate::ReplicationEffort { runs: 1, ..replicate::ReplicationEffort::default() };
    let question = SizingQuestion {
        document,
        variant: BASE,
        overrides: &overrides,
        least: 1,
        most: 16,
        metrics: &[],
        effort,
        may_go_on: &without_bound,
    };
    let Ok(sizing) = smallest(&question, &path, &mut |_| ()) else { return Vec::new() };
    let Some(answer) = sizing.answer else { return Vec::new() };
    let mut found = Vec::new();
    let ran =
        |workers: u32| Ran::of(&Arc::new(question.scenario(std::slice::from_ref(&path), &[workers]).ok()?));
    if ran(answer).is_some_and(|ran| !ran.missed.is_empty()) {
        found.push(format!("{path} = {answer} is the size, and with it a run fails"));
    }
    let below = answer.checked_sub(1).filter(|below| *below >= 1);
    let is_fine =
        |below: u32| sizing.at(below).is_some_and(threadbare::study::size::SizingAttempt::is_proven);
    if below.is_some_and(is_fine) && !sizing.is_uneven {
        found.push(format!("{path} = {answer} is the size, and one less is as good"));
    }
    found
}

#[track_caller]
fn assert_none(found: &[(String, Vec<String>)]) {
    let all: Vec<String> =
        found.iter().flat_map(|(name, what)| what.iter().map(move |what| format!("{name} {what}"))).collect();
    assert!(all.is_empty(), "{} contradictions:\n{}", all.len(), all.join("\n"));
}

const QUICK: Thoroughness = Thoroughness { states: 600, samples: 20, advises: false };

#[test]
fn the_gallery_does_not_contradict_itself() {
    let mut found = Vec::new();
    for entry in threadbare::gallery::ENTRIES {
        let document = Document::parse(entry.name, entry.text).expect("it is sound");
        for variant in document.variants() {
            found.push((entry.name.to_owned(), contradictions(&document, &variant.name, QUICK)));
        }
    }
    assert_none(&found);
}

#[test]
fn the_designs_do_not_contradict_themselves() {
    let all = include_str!("../designs.txt").split("----\n").skip(1).filter(|text| !text.trim().is_empty());
    let of = |design: &str| {
        let (head, text) = design.trim_start_matches("# ").split_once('\n').expect("a heading");
        let document = Document::parse("design.toml", text).expect("it is sound");
        let mut found = contradictions(&document, BASE, Thoroughness { states: 4_000, ..QUICK });
        found.extend(size(&document));
        (head.to_owned(), found)
    };
    assert_none(&all.map(of).collect::<Vec<_>>());
}

#[test]
fn the_inputs_from_the_field_do_not_contradict_themselves() {
    let folder = format!("{}/tests/field", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("it is there").flatten().map(|e| e.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let mut found = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).expect("it is text");
        // Those with thousands of entries are about bounds.
        let Some(document) = Document::parse("field.toml", &text).ok().filter(|_| text.len() < 10_000) else {
            continue;
        };
        for variant in document.variants() {
            let name = path.display().to_string();
            found.push((name, contradictions(&document, &variant.name, QUICK)));
        }
    }
    assert_none(&found);
}

/// A generated document, with something beside it that never ends, or a horizon.
fn generated(number: u64) -> String {
    let mut seed = [0u8; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(proptest::test_runner::Config::default(), rng);
    let pieces = if number.is_multiple_of(2) {
        pieces().new_tree(&mut runner).map(|tree| tree.current())
    } else {
        contended().new_tree(&mut runner).map(|tree| tree.current())
    };
    let text = render(&pieces.expect("nothing is rejected"));
    let beside = |steps: &str, every: &str| {
        let own = format!(
            "executors.own = {{ kind = \"threads\", workers = 1 }}\ntasks.tick.steps = [{steps}]\narrivals = [\n  \
             {{ task = \"tick\", to = \"own\"{every} }},\n"
        );
        text.replacen("arrivals = [\n", &own, 1)
    };
    let text = match number % 5 {
        0 => beside("\"repeat forever\", \"io 2s\", \"end\"", ""),
        1 => beside("\"io 2s\", \"submit tick\"", ""),
        2 => beside("\"io 1s\"", ", every = \"2s\""),
        3 => beside("\"io 1s\", \"fail again\"", ", every = \"3s\""),
        _ => text,
    };
    let has_horizon = text.contains("\nuntil = ") || number % 5 == 4;
    if has_horizon { text } else { format!("until = \"20s\"\n{text}") }
}

fn of_generated(numbers: std::ops::Range<u64>, how: Thoroughness) -> (usize, Vec<(String, Vec<String>)>) {
    let mut count = 0;
    let mut found = Vec::new();
    for number in numbers {
        let text = generated(number);
        let Ok(document) = Document::parse("generated.toml", &text) else { continue };
        count += 1;
        let how = Thoroughness { advises: how.advises && number % 20 == 0, ..how };
        let what = contradictions(&document, BASE, how);
        if !what.is_empty() {
            // A long test is not waited for.
            println!("document {number}: {}", what.join("; "));
            found.push((format!("document {number}\n{text}\n"), what));
        }
    }
    (count, found)
}

#[test]
fn generated_documents_do_not_contradict_themselves() {
    let (count, found) = of_generated(0..60, QUICK);
    assert!(count >= 50, "{count} are documents");
    assert_none(&found);
}

/// In pieces: `THREADBARE_FROM` is the first number, `THREADBARE_COUNT` how many there are.
#[test]
#[ignore = "long: run it after changing the engine, the wait-for graph, the shape or a search"]
fn thousands_of_generated_documents_do_not_contradict_themselves() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let from = number("THREADBARE_FROM").unwrap_or(10_000);
    let how = Thoroughness { states: 1_000, samples: 200, advises: true };
    let (count, found) = of_generated(from..from + number("THREADBARE_COUNT").unwrap_or(5_200), how);
    println!("{count} documents");
    assert_none(&found);
}

#[test]
#[ignore = "long: every remedy of every variant is applied and explored"]
fn advice_on_the_gallery_and_on_the_field_does_what_it_says() {
    let mut found = Vec::new();
    let how = Thoroughness { states: 4_000, samples: 200, advises: true };
    for entry in threadbare::gallery::ENTRIES {
        let document = Document::parse(entry.name, entry.text).expect("it is sound");
        for variant in document.variants() {
            found.push((entry.name.to_owned(), contradictions(&document, &variant.name, how)));
        }
    }
    assert_none(&found);
}
