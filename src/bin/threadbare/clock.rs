//! The time that the command has taken, from its start: what `--time` bounds. Reading the files counts.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

static BEGUN: OnceLock<Instant> = OnceLock::new();

/// When the command was started; the first call says so.
pub fn begun() -> Instant {
    *BEGUN.get_or_init(Instant::now)
}

/// How long the command has been at work.
pub fn elapsed() -> Duration {
    begun().elapsed()
}
