//! CPython, Eventlet, futurist, gevent, trio.

use super::preset::Preset;
use super::preset::PresetValue::{Count, Text};

pub(super) const PRESETS: &[Preset] = &[
    Preset {
        name: "cpython-threads",
        runtime: "CPython 3.11",
        source: "concurrent/futures/thread.py: max_workers is min(32, cores + 4)",
        is_recorded: true,
        keys: &[
            ("kind", Text("threads")),
            ("workers", Count(8)),
            ("spawn", Text("on-demand")),
            ("cancelled", Text("kept")),
            ("memory", Text("cpython-thread")),
        ],
    },
    Preset {
        name: "cpython-processes",
        runtime: "CPython 3.11",
        source: "concurrent/futures/process.py: a call queue of max_workers + 1",
        is_recorded: true,
        keys: &[
            ("kind", Text("threads")),
            ("workers", Count(4)),
            ("claim_ahead", Count(5)),
            ("on_crash", Text("break")),
            ("cancelled", Text("kept")),
        ],
    },
    Preset {
        name: "asyncio-loop",
        runtime: "CPython 3.11 asyncio",
        source: "asyncio/base_events.py: one loop, one thread",
        is_recorded: true,
        keys: &[("kind", Text("green")), ("threads", Count(1)), ("cancelled", Text("notified"))],
    },
    Preset {
        name: "asyncio-to-thread",
        runtime: "CPython 3.11 asyncio",
        source: "asyncio/base_events.py: the default executor, min(32, cores + 4) threads",
        is_recorded: true,
        keys: &[
            ("kind", Text("threads")),
            ("workers", Count(8)),
            ("cancelled", Text("notified")),
            ("memory", Text("cpython-thread")),
        ],
    },
    Preset {
        name: "gevent-pool",
        runtime: "gevent 26.9",
        source: "gevent/pool.py: spawn blocks while the pool is full",
        is_recorded: true,
        keys: &[
            ("kind", Text("green")),
            ("workers", Count(100)),
            ("queue", Count(0)),
            ("on_full", Text("block")),
            ("memory", Text("greenlet")),
        ],
    },
    Preset {
        name: "trio-threads",
        runtime: "trio 0.35",
        source: "trio/_threads.py: the default limiter has 40 tokens",
        is_recorded: true,
        keys: &[
            ("kind", Text("threads")),
            ("workers", Count(40)),
            ("cancelled", Text("notified")),
            ("memory", Text("cpython-thread")),
        ],
    },
    Preset {
        name: "eventlet-pool",
        runtime: "Eventlet 0.41",
        source: "eventlet/greenpool.py: GreenPool(size=1000)",
        is_recorded: true,
        keys: &[("kind", Text("green")), ("workers", Count(1000)), ("memory", Text("greenlet"))],
    },
    Preset {
        name: "futurist-dynamic",
        runtime: "futurist 3.0",
        source: "futurist/_futures.py: DynamicThreadPoolExecutor",
        is_recorded: true,
        keys: &[
            ("kind", Text("dynamic")),
            ("workers", Count(8)),
            ("min_workers", Count(1)),
            ("memory", Text("cpython-thread")),
        ],
    },
];
