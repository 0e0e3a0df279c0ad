//! Servers that run jobs: Celery, Jenkins.

use super::preset::Preset;
use super::preset::PresetValue::{Count, Text};

pub(super) const PRESETS: &[Preset] = &[
    Preset {
        name: "celery-worker",
        runtime: "Celery 5",
        source: "the prefork pool: concurrency is the number of cores, worker_prefetch_multiplier 4",
        is_recorded: false,
        keys: &[
            ("kind", Text("threads")),
            ("workers", Count(4)),
            ("spawn", Text("eager")),
            ("claim_ahead", Count(12)),
        ],
    },
    Preset {
        name: "jenkins-executors",
        runtime: "Jenkins 2",
        source: "a node has two executors unless configured",
        is_recorded: false,
        keys: &[("kind", Text("threads")), ("workers", Count(2)), ("spawn", Text("eager"))],
    },
];
