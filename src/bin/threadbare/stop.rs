//! Ctrl-C: ends what is under way at its next look at the clock, so that what was found until then is told.
//!
//! The second one ends the command at once, as if nobody had heeded the first.

use std::sync::atomic::{AtomicBool, Ordering};

/// The exit code of what a signal ended, as shells have it: 128 and the number of SIGINT.
const INTERRUPTED: i32 = 130;

static ASKED: AtomicBool = AtomicBool::new(false);

/// Heeds Ctrl-C from now on. Where that cannot be had, it ends the command as ever.
pub fn heed() {
    let _ = ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED);
        }
    });
}

/// Asks for the end as Ctrl-C does.
pub fn ask() {
    ASKED.store(true, Ordering::Relaxed);
}

/// Whether the end was asked for.
pub fn is_asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
