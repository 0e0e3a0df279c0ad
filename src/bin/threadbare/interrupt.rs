//! Ctrl-C where there is something to keep: the first asks the command to end with what it has, the second ends it
//! at once.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// What a shell reports of a command that Ctrl-C ended.
pub const CODE: u8 = 130;

static ASKED: AtomicBool = AtomicBool::new(false);

/// From now on the command looks at [`asked`]. Where the system lets nobody listen, Ctrl-C ends it as ever.
pub fn listen() {
    let _ = ctrlc::set_handler(|| {
        if ASKED.swap(true, Relaxed) {
            process::exit(CODE.into());
        }
    });
}

/// Whether the command is to end with what it has.
pub fn asked() -> bool {
    ASKED.load(Relaxed)
}
