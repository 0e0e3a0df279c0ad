//! The time that the command has taken, from its start: what `--time` bounds. Reading the files counts.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// What telling what was found may take beyond the time that was given: reading a run that was given up, or a shape.
pub const READING: Duration = Duration::from_millis(700);

static BEGUN: OnceLock<Instant> = OnceLock::new();

/// When the command was started; the first call says so.
pub fn begun() -> Instant {
    *BEGUN.get_or_init(Instant::now)
}

/// How long the command has been at work.
pub fn elapsed() -> Duration {
    begun().elapsed()
}
