//! .NET.

use super::preset::Preset;
use super::preset::PresetValue::{Count, Text};

pub(super) const PRESETS: &[Preset] = &[Preset {
    name: "dotnet-pool",
    runtime: ".NET 8",
    source: "PortableThreadPool: the minimum is the number of cores, then about two threads a second",
    is_recorded: false,
    keys: &[
        ("kind", Text("threads")),
        ("workers", Count(32767)),
        ("spawn", Text("injected")),
        ("min_workers", Count(4)),
        ("inject_every", Text("500ms")),
    ],
}];
