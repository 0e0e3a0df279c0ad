//! The warnings of a run, a line for each executor and kind: see [`crate::analysis::warnings`].

use crate::analysis::digest::Digest;

pub use crate::analysis::warnings::{Group, MAX_SHOWN};

/// All warnings of a run.
pub fn groups(digest: &Digest<'_>) -> Vec<Group> {
    digest.warning_groups()
}
