//! What reads as a scenario runs within its limits, the same in slices as at once, and everything can be
//! said about the run: verdict, tables, exports, and who waits for whom at any moment.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::Arc;
use threadbare::analysis::deadlock::Lens;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::knot::knots;
use threadbare::analysis::{chrome, csv, lanes};
use threadbare::language::{Document, Overrides};
use threadbare::model::scenario::Scenario;
use threadbare::study::run::{Session, run};
use threadbare::trace::Trace;

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
        let slice = 1 + bytes.len() as u64 % 97;
        examine(Arc::new(scenario), slice);
    }
});

fn examine(scenario: Arc<Scenario>, slice: u64) {
    let trace = run(Arc::clone(&scenario));
    let mut session = Session::new(Arc::clone(&scenario));
    while session.advance(slice).is_none() {
        session.check_invariants();
    }
    let sliced = session.finish();
    assert_eq!(sliced.outcome, trace.outcome);
    assert_eq!(sliced.fingerprint(), trace.fingerprint(), "a run in slices of {slice}");
    describe(&trace);
    let lens = Lens::new(&trace);
    for part in 0..=4 {
        let state = lens.state(trace.len() as u32 / 4 * part);
        for without_timeouts in [false, true] {
            knots(&state, &lens.wait_for(&state, without_timeouts));
        }
    }
}

fn describe(trace: &Trace) {
    let digest = Digest::new(trace);
    let _ = (digest.json(), digest.observed(), digest.verdict.to_string());
    for warned in digest.warnings().take(20) {
        digest.warning_text(&warned);
    }
    let lanes = lanes::lanes(trace, &digest.lost_updates);
    chrome::chrome(trace, &digest.names, &lanes);
    csv::csv(trace, &digest.names);
}
