//! One number for a whole run: equal runs have equal fingerprints on every machine and in the browser.

use super::log::Log;
use super::outcome::Outcome;
use super::record::FORMAT_VERSION;
use crate::model::value::Value;
use std::fmt;
use xxhash_rust::xxh3::Xxh3;

/// Records that are hashed together.
const PIECE: usize = 1_024;
/// Bytes of a record.
const RECORD_BYTES: usize = 24;

/// The XXH3 (64 bits) of a trace's records, values and outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub u64);

/// Sixteen hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The fingerprint of the run with these records, values and outcome.
pub fn of(records: &Log, values: &[Value], outcome: &Outcome) -> Fingerprint {
    let mut hash = Xxh3::new();
    hash.update(&FORMAT_VERSION.to_le_bytes());
    // The hash takes long pieces faster than short ones.
    let mut bytes = Vec::with_capacity(PIECE * RECORD_BYTES);
    for records in records.chunks(PIECE) {
        bytes.clear();
        records.iter().for_each(|record| bytes.extend_from_slice(&record.to_bytes()));
        hash.update(&bytes);
    }
    for value in values {
        let text = value.to_string();
        hash.update(&(text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hash.update(outcome.kind.word().as_bytes());
    hash.update(&outcome.at.0.to_le_bytes());
    Fingerprint(hash.digest())
}
