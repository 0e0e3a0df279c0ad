//! What reads as a scenario runs within its limits, and the same in every way that runs it: in slices as at once, by
//! the schedule without turns, and from a file. Everything can be said about the run: verdict, tables, exports, who waits
//! for whom at any moment. What the shape calls safe does not hang.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::Arc;
use threadbare::analysis::deadlock::WaitForIndex;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::knot::knots;
use threadbare::analysis::shape::Shape;
use threadbare::analysis::{chrome, csv, lanes};
use threadbare::language::{Document, Overrides};
use threadbare::model::scenario::Scenario;
use threadbare::study::run::{RunSession, run};
use threadbare::study::schedule::{Schedule, ScheduleDeviation, TimingAssumption, replay};
use threadbare::trace::{OutcomeKind, Trace, file};

/// How many variants of a document are run.
const VARIANTS: usize = 2;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(document) = Document::parse("fuzz.toml", text) else { return };
    for variant in document.variants().iter().take(VARIANTS) {
        let Ok(mut scenario) = document.scenario(&variant.name, &Overrides::default()) else { continue };
        let limits = &mut scenario.limits;
        limits.max_events = limits.max_events.min(2_000);
        limits.max_tasks = limits.max_tasks.min(300);
        limits.max_at_one_instant = limits.max_at_one_instant.min(1_000);
        let scenario = Arc::new(scenario);
        let trace = examine(&scenario, 1 + bytes.len() as u64 % 97);
        comes_back(&trace, &document, &variant.name);
        goes_the_same_way(&trace);
        goes_another_way(&scenario, bytes);
        hangs_only_if_said(&trace);
    }
});

fn examine(scenario: &Arc<Scenario>, slice: u64) -> Trace {
    let trace = run(Arc::clone(scenario));
    let mut session = RunSession::new(Arc::clone(scenario));
    while session.advance(slice).is_none() {
        session.check_invariants();
    }
    let sliced = session.finish();
    assert_eq!(sliced.outcome, trace.outcome);
    assert_eq!(sliced.fingerprint(), trace.fingerprint(), "a run in slices of {slice}");
    describe(&trace);
    let lens = WaitForIndex::new(&trace);
    for part in 0..=4 {
        let state = lens.state(trace.len() as u32 / 4 * part);
        for without_timeouts in [false, true] {
            knots(&state, &lens.wait_for(&state, without_timeouts));
        }
    }
    trace
}

fn describe(trace: &Trace) {
    let digest = Digest::new(trace);
    let _ = (digest.json(), digest.observed(), digest.verdict.to_string());
    let _ = digest.warning_groups();
    let lanes = lanes::lanes(trace, &digest.lost_updates);
    chrome::chrome(trace, &digest.names, &lanes);
    csv::csv(trace, &digest.names);
}

/// Saved and loaded it is the same trace.
fn comes_back(trace: &Trace, document: &Document, variant: &str) {
    let text = document.source().to_owned();
    let source = file::Source { file: "fuzz.toml".to_owned(), document: text, overrides: Vec::new() };
    let saved = file::load(&file::save(trace, &source)).expect("a saved trace loads");
    assert_eq!((saved.header.variant.as_str(), saved.header.seed), (variant, trace.scenario.seed));
    let loaded = saved.into_trace(Arc::clone(&trace.scenario)).expect("the trace fits its scenario");
    assert_eq!(loaded.outcome, trace.outcome);
    assert_eq!(loaded.values, trace.values);
    assert!(loaded.records[..] == trace.records[..], "every record comes back");
}

/// The schedule without turns is the plain run. (It deliberately knows no stop at a deadlock, and a limit may cut it
/// elsewhere.)
fn goes_the_same_way(trace: &Trace) {
    if matches!(trace.outcome.kind, OutcomeKind::Deadlock | OutcomeKind::Limit(_)) {
        return;
    }
    let again = replay(&trace.scenario, &Schedule::plain()).expect("the plain run always fits");
    assert_eq!(again.trace.fingerprint(), trace.fingerprint(), "the plain run by its schedule");
    assert!(again.late.is_empty(), "nothing lasts longer than drawn");
}

/// A schedule with turns leads to the same run twice, or nowhere twice.
fn goes_another_way(scenario: &Arc<Scenario>, bytes: &[u8]) {
    let mut dice = bytes.iter().rev().map(|byte| u16::from(*byte));
    let mut below = |n: u16| dice.next().unwrap_or(0) % n;
    let view = match below(3) {
        0 => TimingAssumption::Timed,
        n => TimingAssumption::Untimed { timeouts_last: n == 1 },
    };
    let mut schedule = Schedule { view, arrivals: Vec::new(), turns: Vec::new() };
    let mut point = 0;
    for _ in 0..below(5) {
        point += 1 + u32::from(below(4));
        schedule.turns.push(ScheduleDeviation { point, choice: 1 + below(2) });
    }
    let there = schedule.to_string().parse::<Schedule>();
    assert_eq!(there.as_ref(), Ok(&schedule), "a schedule comes back from its text");
    match (replay(scenario, &schedule), replay(scenario, &schedule)) {
        (Ok(one), Ok(two)) => {
            assert_eq!(one.trace.fingerprint(), two.trace.fingerprint(), "{schedule}");
            describe(&one.trace);
        }
        (one, two) => assert_eq!(one.err(), two.err(), "{schedule}"),
    }
}

/// What the shape calls safe does not hang.
fn hangs_only_if_said(trace: &Trace) {
    let shape = Shape::read(&trace.scenario);
    for hazard in &shape.hazards {
        let _ = (hazard.headline(&trace.scenario), hazard.details(&trace.scenario));
    }
    let hangs = matches!(trace.outcome.kind, OutcomeKind::Deadlock | OutcomeKind::Stuck);
    assert!(!hangs || shape.can_hang(), "this hangs, and its shape does not say so");
}
