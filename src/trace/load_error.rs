//! What can be wrong with a saved trace.

use super::event::EventId;
use super::record::FORMAT_VERSION;
use std::fmt;

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// It does not begin as one.
    NotATrace,
    /// It ends before all of it is there.
    CutShort,
    /// Of a version that this program does not read.
    Version(u16),
    /// A length in it is above its limit.
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The length it claims.
        claims: u64,
        /// The most that is read.
        limit: u64,
    },
    /// The header is none.
    Header(String),
    /// A block of records cannot be decompressed.
    Block(usize),
    /// An event makes no sense where it stands.
    Event {
        /// The event that is wrong.
        event: EventId,
        /// What is wrong with it.
        why: &'static str,
    },
    /// There is something after the last record.
    Trailing,
    /// It is not what was written.
    Checksum,
    /// Everything fits together, but it is not what was saved, or the scenario is another.
    Fingerprint,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::NotATrace => f.write_str("this is not a saved trace"),
            LoadError::CutShort => f.write_str("the file is cut short"),
            LoadError::Version(version) => write!(
                f,
                "the trace is of format version {version}; this program reads version {FORMAT_VERSION}: \
                 run the scenario again to get a new trace"
            ),
            LoadError::TooLarge { what, claims, limit } => {
                write!(f, "the file claims {claims} {what}; at most {limit} are read")
            }
            LoadError::Header(why) => write!(f, "the header cannot be read: {why}"),
            LoadError::Block(block) => write!(f, "block {block} of the records is damaged"),
            LoadError::Event { event, why } => write!(f, "event {} makes no sense: {why}", event.0),
            LoadError::Checksum => f.write_str("the file is damaged: its checksum does not match"),
            LoadError::Trailing => f.write_str("there is something after the last event"),
            LoadError::Fingerprint => f.write_str(
                "the fingerprint does not match: the file is damaged, or its scenario is not the one that was run",
            ),
        }
    }
}

impl std::error::Error for LoadError {}
