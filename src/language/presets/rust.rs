//! Tokio and rayon.

use super::preset::Preset;
use super::preset::PresetValue::{Count, Text};

pub(super) const PRESETS: &[Preset] = &[
    Preset {
        name: "tokio-multi-thread",
        runtime: "Tokio 1.54",
        source: "tokio/src/runtime/builder.rs: as many worker threads as cores",
        is_recorded: true,
        keys: &[
            ("kind", Text("green")),
            ("threads", Count(4)),
            ("ready", Text("local-first")),
            ("memory", Text("tokio-task")),
        ],
    },
    Preset {
        name: "tokio-current-thread",
        runtime: "Tokio 1.54",
        source: "tokio/src/runtime/scheduler/current_thread",
        is_recorded: true,
        keys: &[
            ("kind", Text("green")),
            ("threads", Count(1)),
            ("ready", Text("fifo")),
            ("memory", Text("tokio-task")),
        ],
    },
    Preset {
        name: "tokio-blocking",
        runtime: "Tokio 1.54",
        source: "tokio/src/runtime/builder.rs: max_blocking_threads 512, thread_keep_alive 10 s",
        is_recorded: true,
        keys: &[("kind", Text("threads")), ("workers", Count(512)), ("keep_alive", Text("10s"))],
    },
    Preset {
        name: "rayon",
        runtime: "rayon-core 1.13",
        source: "rayon-core/src/registry.rs: as many threads as cores",
        is_recorded: true,
        keys: &[("kind", Text("fork-join")), ("workers", Count(4)), ("on_wait", Text("help-any"))],
    },
];
