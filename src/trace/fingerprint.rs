//! One number for a whole run: equal runs have equal fingerprints on every machine and in the browser.

use super::Trace;
use super::record::FORMAT_VERSION;
use std::fmt;
use xxhash_rust::xxh3::Xxh3;

/// The XXH3 (64 bits) of a trace's records, values and outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub u64);

/// Sixteen hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The fingerprint of `trace`.
pub fn of(trace: &Trace) -> Fingerprint {
    let mut hash = Xxh3::new();
    hash.update(&FORMAT_VERSION.to_le_bytes());
    for record in &trace.records {
        hash.update(&record.to_bytes());
    }
    for value in &trace.values {
        let text = value.to_string();
        hash.update(&(text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hash.update(trace.outcome.kind.word().as_bytes());
    hash.update(&trace.outcome.at.0.to_le_bytes());
    Fingerprint(hash.digest())
}
