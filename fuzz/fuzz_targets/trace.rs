//! Any bytes are read as a saved trace without a panic and without more memory than they warrant; what is
//! accepted can be analysed, although no engine may have made it.
//!
//! A file's fingerprint would refuse nearly every change, so half of the mutations change the records of
//! a trace that loads and save it again.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use std::sync::Arc;
use threadbare::analysis::deadlock::WaitForIndex;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::knot::knots;
use threadbare::analysis::{chrome, csv, lanes};
use threadbare::language::{Document, Overrides};
use threadbare::trace::record::Record;
use threadbare::trace::{Trace, file};

/// More records than a few thousand are not looked at, so that a look stays short.
const MAX_RECORDS: usize = 3_000;

fuzz_target!(|bytes: &[u8]| {
    let Some((trace, source)) = load(bytes) else { return };
    if trace.len() > MAX_RECORDS {
        return;
    }
    comes_back(&trace, &source);
    let digest = Digest::new(&trace);
    let _ = (digest.json(), digest.observed(), digest.verdict.to_string());
    let _ = digest.warning_groups();
    let lanes = lanes::lanes(&trace, &digest.lost_updates);
    chrome::chrome(&trace, &digest.names, &lanes);
    csv::csv(&trace, &digest.names);
    let lens = WaitForIndex::new(&trace);
    for part in 0..=4 {
        let state = lens.state(trace.len() as u32 / 4 * part);
        for without_timeouts in [false, true] {
            knots(&state, &lens.wait_for(&state, without_timeouts));
        }
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if seed.is_multiple_of(2)
        && let Some(changed) = load(&data[..size]).and_then(|(trace, source)| change(trace, &source, seed))
        && changed.len() <= max_size
    {
        data[..changed.len()].copy_from_slice(&changed);
        return changed.len();
    }
    fuzzer_mutate(data, size, max_size)
});

/// What the command line does with a saved trace.
fn load(bytes: &[u8]) -> Option<(Trace, file::Source)> {
    let saved = file::load(bytes).ok()?;
    let header = saved.header.clone();
    let document = Document::parse(&header.file, &header.document).ok()?;
    let overrides = Overrides { seed: Some(header.seed), set: header.overrides.clone() };
    let scenario = document.scenario(&header.variant, &overrides).ok()?;
    let trace = saved.into_trace(Arc::new(scenario)).ok()?;
    let source = file::Source { file: header.file, document: header.document, overrides: header.overrides };
    Some((trace, source))
}

/// What was loaded is the same when it is saved and loaded once more.
fn comes_back(trace: &Trace, source: &file::Source) {
    let (again, from) = load(&file::save(trace, source)).expect("what was loaded can be saved and loaded");
    assert_eq!(again.fingerprint(), trace.fingerprint());
    assert_eq!((again.outcome, &again.values), (trace.outcome, &trace.values));
    assert!(again.records[..] == trace.records[..], "every record comes back");
    assert_eq!(&from, source);
}

/// The trace with some bytes of its records changed, with a fingerprint to match.
fn change(mut trace: Trace, source: &file::Source, seed: u32) -> Option<Vec<u8>> {
    let mut raw: Vec<u8> = trace.records.iter().flat_map(|record| record.to_bytes()).collect();
    let size = raw.len();
    raw.resize(size + 24 * 4, 0);
    // A window of a few records, so that a change stays small; sometimes all of them.
    let records = size / 24;
    let from = if seed.is_multiple_of(8) || records == 0 { 0 } else { 24 * (seed as usize / 8 % records) };
    let window = if from == 0 { size } else { 48.min(size - from) };
    let room = raw.len() - size + window;
    let mut part = raw[from..from + window].to_vec();
    part.resize(room, 0);
    let changed = fuzzer_mutate(&mut part, window, room);
    let mut all = raw[..from].to_vec();
    all.extend_from_slice(&part[..changed]);
    all.extend_from_slice(&raw[from + window..size]);
    trace.records = all.chunks_exact(24).filter_map(|r| Record::from_bytes(r.try_into().ok()?)).collect();
    Some(file::save(&trace, source))
}
