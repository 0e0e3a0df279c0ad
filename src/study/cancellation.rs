//! Bounds from outside on long work: those that reading a run heeds, for whoever asks a study for more.

pub use crate::analysis::cancellation::{ShouldContinue, without_bound};
