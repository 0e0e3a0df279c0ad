//! `threadbare presets`: the executors of well-known runtimes, what each expands to, and where that comes from.

use crate::args::PresetsArgs;
use crate::command_error::CommandError;
use crate::console;
use crate::table::{Align::Left, Table};
use crate::text::wrap;
use serde_json::{Map, Value, json};
use threadbare::language::presets::{PRESETS, Preset, PresetValue};

/// `threadbare presets`
pub fn presets(args: &PresetsArgs) -> Result<(), CommandError> {
    if args.json {
        let all: Vec<Value> = PRESETS.iter().map(in_json).collect();
        return console::print(&format!("{}\n", Value::from(all)));
    }
    let mut table =
        Table::new(&[("preset", Left), ("expands to", Left), ("runtime", Left), ("source", Left)]);
    for preset in &PRESETS {
        let keys = preset.keys.iter().map(|(key, value)| format!("{key} = {value}"));
        table.row(vec![
            preset.name.to_owned(),
            keys.collect::<Vec<_>>().join(", "),
            preset.runtime.to_owned(),
            preset.provenance(),
        ]);
    }
    let hint = "Use one with `executors.NAME = { preset = \"java-cached\" }`; keys that you write take precedence. \
        Sizes that a runtime takes from the machine are given for four cores.";
    let width = console::width();
    console::print(&format!("{}\n{}\n", table.render(width), wrap(hint, width).join("\n")))
}

fn in_json(preset: &Preset) -> Value {
    let keys: Map<String, Value> = preset
        .keys
        .iter()
        .map(|(key, value)| {
            let value = match value {
                PresetValue::Text(text) => Value::from(*text),
                PresetValue::Count(count) => Value::from(*count),
                PresetValue::Truth(truth) => Value::from(*truth),
            };
            ((*key).to_owned(), value)
        })
        .collect();
    json!({
        "name": preset.name,
        "runtime": preset.runtime,
        "source": preset.source,
        "recorded": preset.is_recorded,
        "expands_to": keys,
    })
}
