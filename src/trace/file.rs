//! Saving and loading a trace.
//!
//! A file is: eight bytes of magic, the header's length (`u32`, little-endian), the header (JSON), then
//! blocks of records: the length of the compressed block (`u32`) and the block (LZ4), each of
//! [`BLOCK`] records, the last one of the rest; at the end XXH3 (64 bits, little-endian) of all that. Files of
//! before that checksum are read as well; they begin otherwise.
//!
//! Invariant: loading never panics and never takes more memory than the file's own size and the limits
//! allow, whatever the bytes; what it accepts is a trace that a run could have left. The scenario is
//! deliberately not rebuilt here (the trace floor knows no language): [`SavedTrace::header`] holds the document
//! it was made from, and [`SavedTrace::into_trace`] takes the scenario from the caller and checks against it.

pub use super::load_error::LoadError;

use super::event::EventId;
use super::log::Log;
use super::outcome::{Limit, Outcome, OutcomeKind};
use super::record::{FORMAT_VERSION, Record};
use super::{Trace, check};
use crate::model::scenario::Scenario;
use crate::model::time::Time;
use crate::model::value::Value;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

const MAGIC: &[u8; 8] = b"THRDBAR2";
/// Of files without a checksum.
const MAGIC_UNCHECKED: &[u8; 8] = b"THRDBARE";

/// Whether these bytes begin as a saved trace does.
pub fn is_saved(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC) || bytes.starts_with(MAGIC_UNCHECKED)
}

/// Bytes of the checksum at the end.
const CHECKSUM: usize = 8;

/// Bytes of a record.
const RECORD: usize = 24;
/// Records in a block.
pub const BLOCK: usize = 1 << 16;
/// Longest header, in bytes: the document and the values are in it.
pub const MAX_HEADER: usize = 64 << 20;
/// Most records of a file.
pub const MAX_RECORDS: u64 = 100_000_000;

/// What stands in a file beside the records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The version of the format ([`FORMAT_VERSION`]).
    pub format: u16,
    /// The document's file name, for messages.
    pub file: String,
    /// The document's text.
    pub document: String,
    /// Which variant was run.
    pub variant: String,
    /// Values that were set in place of the document's: path and text.
    pub overrides: Vec<(String, String)>,
    /// The seed, as run.
    pub seed: u64,
    /// How the run ended.
    outcome: String,
    /// When, in nanoseconds.
    at: u64,
    /// How many records there are.
    records: u64,
    /// The values that cells were written.
    values: Vec<Value>,
    /// The trace's fingerprint.
    fingerprint: String,
}

/// Where a trace comes from: what a header says that the trace itself does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The document's file name.
    pub file: String,
    /// The text of the document.
    pub document: String,
    /// Values that were set in place of the document's: path and text.
    pub overrides: Vec<(String, String)>,
}

/// A saved trace that was read and is well-formed in itself.
#[derive(Clone, Debug)]
pub struct SavedTrace {
    /// What stands beside the records.
    pub header: Header,
    records: Log,
    outcome: Outcome,
}

fn outcome_word(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Completed | OutcomeKind::Stuck | OutcomeKind::Until | OutcomeKind::Deadlock => {
            kind.word()
        }
        OutcomeKind::Limit(Limit::Events) => "limit max_events",
        OutcomeKind::Limit(Limit::Tasks) => "limit max_tasks",
        OutcomeKind::Limit(Limit::AtOneInstant) => "limit max_at_one_instant",
        OutcomeKind::Limit(Limit::Time) => "limit time",
    }
}

const OUTCOMES: [OutcomeKind; 8] = [
    OutcomeKind::Completed,
    OutcomeKind::Stuck,
    OutcomeKind::Until,
    OutcomeKind::Deadlock,
    OutcomeKind::Limit(Limit::Events),
    OutcomeKind::Limit(Limit::Tasks),
    OutcomeKind::Limit(Limit::AtOneInstant),
    OutcomeKind::Limit(Limit::Time),
];

/// The bytes of a file that holds `trace`.
pub fn save(trace: &Trace, source: &Source) -> Vec<u8> {
    let header = Header {
        format: FORMAT_VERSION,
        file: source.file.clone(),
        document: source.document.clone(),
        variant: trace.scenario.variant.clone(),
        overrides: source.overrides.clone(),
        seed: trace.scenario.seed,
        outcome: outcome_word(trace.outcome.kind).to_owned(),
        at: trace.outcome.at.0,
        records: trace.records.len() as u64,
        values: trace.values.clone(),
        fingerprint: trace.fingerprint().to_string(),
    };
    let header = serde_json::to_vec(&header).expect("names and numbers always are JSON");
    let mut bytes = Vec::with_capacity(header.len() + trace.records.len() * RECORD / 3 + 64);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&(header.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&header);
    let mut raw = Vec::new();
    for block in trace.records.chunks(BLOCK) {
        raw.clear();
        raw.extend(block.iter().flat_map(|record| record.to_bytes()));
        let packed = lz4_flex::block::compress(&raw);
        bytes.extend_from_slice(&(packed.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&packed);
    }
    let checksum = xxh3_64(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes
}

/// Takes `count` bytes off the front.
fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Result<&'a [u8], LoadError> {
    let (front, rest) = bytes.split_at_checked(count).ok_or(LoadError::CutShort)?;
    *bytes = rest;
    Ok(front)
}

fn length(bytes: &mut &[u8]) -> Result<usize, LoadError> {
    let four = take(bytes, 4)?;
    Ok(u32::from_le_bytes(four.try_into().expect("four bytes")) as usize)
}

/// Only the version, which every format has.
#[derive(Deserialize)]
struct Versioned {
    format: u16,
}

/// Reads a file.
///
/// # Errors
/// If the bytes are no trace, or one of another version, or damaged.
pub fn load(bytes: &[u8]) -> Result<SavedTrace, LoadError> {
    if let Some(content) = bytes.strip_prefix(MAGIC_UNCHECKED) {
        return read(content);
    }
    if !bytes.starts_with(MAGIC) {
        return Err(LoadError::NotATrace);
    }
    let Some((checked, checksum)) = bytes.split_last_chunk::<CHECKSUM>() else {
        return Err(LoadError::CutShort);
    };
    let content = checked.strip_prefix(MAGIC).ok_or(LoadError::CutShort)?;
    if xxh3_64(checked) == u64::from_le_bytes(*checksum) {
        return read(content);
    }
    // A file that was cut off is the commonest damage, and deserves its own word.
    match read(content) {
        Err(LoadError::CutShort) => Err(LoadError::CutShort),
        Ok(_) | Err(_) => Err(LoadError::Checksum),
    }
}

/// Reads what stands between the magic and the checksum.
fn read(mut bytes: &[u8]) -> Result<SavedTrace, LoadError> {
    let bytes = &mut bytes;
    let size = length(bytes)?;
    if size > MAX_HEADER {
        let (claims, limit) = (size as u64, MAX_HEADER as u64);
        return Err(LoadError::TooLarge { what: "bytes of header", claims, limit });
    }
    let text = take(bytes, size)?;
    let unreadable = |error: serde_json::Error| LoadError::Header(error.to_string());
    let Versioned { format } = serde_json::from_slice(text).map_err(unreadable)?;
    if format != FORMAT_VERSION {
        return Err(LoadError::Version(format));
    }
    let header: Header = serde_json::from_slice(text).map_err(unreadable)?;
    let kind = OUTCOMES.into_iter().find(|kind| outcome_word(*kind) == header.outcome);
    let kind = kind.ok_or_else(|| LoadError::Header(format!("no outcome is called {:?}", header.outcome)))?;
    if header.records > MAX_RECORDS {
        let (claims, limit) = (header.records, MAX_RECORDS);
        return Err(LoadError::TooLarge { what: "events", claims, limit });
    }
    let records = read_records(bytes, header.records as usize)?;
    if !bytes.is_empty() {
        return Err(LoadError::Trailing);
    }
    let outcome = Outcome { kind, at: Time(header.at) };
    check::order(&records, outcome)?;
    Ok(SavedTrace { header, records, outcome })
}

/// The blocks; memory grows only as they turn out to be there.
fn read_records(bytes: &mut &[u8], count: usize) -> Result<Log, LoadError> {
    let mut records = Log::default();
    let mut raw = vec![0; BLOCK.min(count) * RECORD];
    for block in 0..count.div_ceil(BLOCK) {
        let here = BLOCK.min(count - records.len());
        let size = length(bytes)?;
        let packed = take(bytes, size)?;
        let raw = &mut raw[..here * RECORD];
        let written = lz4_flex::block::decompress_into(packed, raw).map_err(|_| LoadError::Block(block))?;
        if written != raw.len() {
            return Err(LoadError::Block(block));
        }
        for bytes in raw.chunks_exact(RECORD) {
            let event = EventId(records.len() as u32);
            let record = Record::from_bytes(bytes.try_into().expect("a record's bytes"))
                .ok_or(LoadError::Event { event, why: "its kind is unknown" })?;
            records.push(record);
        }
    }
    Ok(records)
}

impl SavedTrace {
    /// The trace, given the scenario that the header's document, variant and overrides make.
    ///
    /// # Errors
    /// If an event names what the scenario does not have, or the trace is not the one that was saved.
    pub fn into_trace(self, scenario: Arc<Scenario>) -> Result<Trace, LoadError> {
        check::against(&self.records, self.header.values.len(), &scenario)?;
        let trace =
            Trace { scenario, records: self.records, values: self.header.values, outcome: self.outcome };
        if trace.fingerprint().to_string() != self.header.fingerprint {
            return Err(LoadError::Fingerprint);
        }
        Ok(trace)
    }
}
