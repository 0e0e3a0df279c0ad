//! Presets: the executors of well-known runtimes by name, each with what it expands to and where that comes from.
//!
//! Invariant: a preset only fills in keys that the document leaves open, so a written key always wins. Sizes that a runtime
//! takes from the machine are given for four cores. A preset without a recording says so.

mod dotnet;
pub(super) mod expand;
mod go;
mod java;
mod jobs;
mod node;
mod preset;
mod python;
mod rust;

pub use preset::{Preset, PresetValue};

/// How many there are.
const COUNT: usize = 30;

/// Every preset, by runtime.
pub const PRESETS: [Preset; COUNT] = {
    let tables: [&[Preset]; 7] = [
        python::PRESETS,
        java::PRESETS,
        rust::PRESETS,
        go::PRESETS,
        node::PRESETS,
        dotnet::PRESETS,
        jobs::PRESETS,
    ];
    let mut all = [python::PRESETS[0]; COUNT];
    let (mut table, mut filled) = (0, 0);
    while table < tables.len() {
        let mut at = 0;
        while at < tables[table].len() {
            all[filled] = tables[table][at];
            filled += 1;
            at += 1;
        }
        table += 1;
    }
    assert!(filled == COUNT);
    all
};

/// The names of all presets.
pub(super) const NAMES: &[&str] = &{
    let mut names = [""; COUNT];
    let mut at = 0;
    while at < COUNT {
        names[at] = PRESETS[at].name;
        at += 1;
    }
    names
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{Document, Overrides, write};

    #[test]
    fn every_preset_is_a_sound_executor_that_comes_back() {
        for preset in PRESETS {
            let text = format!("executors.e.preset = \"{}\"\ntasks.t.steps = [\"run 1s\"]\n", preset.name);
            let read = |text: &str| Document::parse("preset", text)?.scenario("base", &Overrides::default());
            let scenario = read(&text).unwrap_or_else(|problems| panic!("{}: {problems}", preset.name));
            let written = write::toml(&scenario);
            let again = read(&written).unwrap_or_else(|problems| panic!("{}: {problems}", preset.name));
            assert_eq!(again, scenario, "{}", preset.name);
        }
    }

    #[test]
    fn a_written_key_wins() {
        let text = "executors.e = { preset = \"java-cached\", keep_alive = \"5s\", workers = 7 }\n\
            executors.f = { preset = \"java-cached\", kind = \"threads\", workers = 2 }\ntasks.t.steps = []\n";
        let document = Document::parse("preset", text).expect("TOML");
        let scenario = document.scenario("base", &Overrides::default()).expect("sound");
        use crate::model::executor::ExecutorKind;
        use crate::model::time::Duration;
        assert_eq!(
            scenario.executors[0].kind,
            ExecutorKind::Elastic {
                core: 0,
                workers: 7,
                keep_alive: Some(Duration::from_secs(5)),
                core_timeout: false
            }
        );
        assert!(matches!(scenario.executors[1].kind, ExecutorKind::Threads { workers: 2, .. }));
    }

    #[test]
    fn a_variant_that_names_a_preset_replaces_the_executor() {
        let text = "executors.e = { kind = \"threads\", workers = 3, spawn = \"eager\" }\ntasks.t.steps = []\n\
            variants.v.executors.e.preset = \"java-virtual\"\n";
        let document = Document::parse("preset", text).expect("TOML");
        let scenario = document.scenario("v", &Overrides::default()).expect("sound");
        assert_eq!(scenario.executors[0].workers(), None, "as many as there are tasks");
    }
}
