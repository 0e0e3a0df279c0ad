//! Puts what presets stand for in their place.

use super::{PRESETS, Preset, PresetValue};
use crate::language::keys::EXECUTOR;
use crate::language::tree::{Entry, Node, Table, Value};

/// Fills in what the presets of a document's executors stand for. An unknown name is left for the check of words.
pub fn fill_in(document: &mut Node) {
    let executors = document.table_mut().and_then(|table| table.get_mut("executors"));
    let Some(executors) = executors.and_then(|entry| entry.node.table_mut()) else { return };
    for entry in executors.values_mut() {
        let Some(table) = entry.node.table_mut() else { continue };
        let name = table.get("preset").and_then(|entry| entry.node.text());
        if let Some(preset) = PRESETS.iter().find(|preset| Some(preset.name) == name) {
            fill_in_executor(table, preset);
        }
    }
}

fn fill_in_executor(table: &mut Table, preset: &Preset) {
    let Some(named) = table.get("preset") else { return };
    let (key_span, span) = (named.key_span.clone(), named.node.span.clone());
    let kind = table.get("kind").and_then(|entry| entry.node.text()).unwrap_or(preset.kind()).to_owned();
    let workers = table.get("workers").and_then(|entry| entry.node.integer());
    for (key, value) in preset.keys {
        let known = EXECUTOR.iter().find(|known| known.name == *key);
        // Another kind than the preset's has other keys.
        let fits = known.is_some_and(|known| known.kinds.is_empty() || known.kinds.contains(&kind.as_str()));
        if table.contains_key(*key) || !fits {
            continue;
        }
        let value = match value {
            PresetValue::Text(text) => Value::Text((*text).to_owned()),
            // A pool that is written smaller has a smaller core.
            PresetValue::Count(count) if ["core", "min_workers"].contains(key) => {
                Value::Integer(workers.map_or(*count, |workers| workers.min(*count)))
            }
            PresetValue::Count(count) => Value::Integer(*count),
            PresetValue::Truth(truth) => Value::Truth(*truth),
        };
        let node = Node { span: span.clone(), value };
        table.insert((*key).to_owned(), Entry { key_span: key_span.clone(), node });
    }
}
