//! Go.

use super::preset::Preset;
use super::preset::PresetValue::{Count, Text};

pub(super) const PRESETS: &[Preset] = &[Preset {
    name: "go",
    runtime: "Go 1.19",
    source: "runtime/proc.go: GOMAXPROCS is the number of cores; runnext",
    is_recorded: true,
    keys: &[
        ("kind", Text("green")),
        ("threads", Count(4)),
        ("ready", Text("lifo-slot")),
        ("memory", Text("goroutine")),
    ],
}];
