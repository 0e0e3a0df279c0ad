//! Node.js and libuv.

use super::preset::Preset;
use super::preset::PresetValue::{Count, Text};

pub(super) const PRESETS: &[Preset] = &[
    Preset {
        name: "libuv",
        runtime: "libuv 1.x",
        source: "src/threadpool.c: UV_THREADPOOL_SIZE is 4, all started at the first use",
        is_recorded: true,
        keys: &[
            ("kind", Text("threads")),
            ("workers", Count(4)),
            ("spawn", Text("eager")),
            ("cancelled", Text("removed")),
        ],
    },
    Preset {
        name: "node-loop",
        runtime: "Node.js",
        source: "src/unix/core.c of libuv: one loop, one thread",
        is_recorded: true,
        keys: &[("kind", Text("green")), ("threads", Count(1))],
    },
];
