//! The JSON that `--json` prints: each line begins with the file that it is about.

use crate::source::shown;
use serde_json::{Map, Value, json};
use threadbare::trace::Trace;

/// A run as one line of JSON.
pub fn run(file: &str, said: Value) -> String {
    format!("{}\n", of_file(file, said))
}

/// A run that was given up, and that there was no time to read, as one line of JSON.
pub fn unread(file: &str, trace: &Trace) -> String {
    let said = json!({
        "title": trace.scenario.title,
        "variant": trace.scenario.variant,
        "seed": trace.scenario.seed,
        "outcome": trace.outcome.kind.word(),
        "end": trace.outcome.at.seconds(),
        "events": trace.len(),
        "is_unread": true,
    });
    format!("{}\n", of_file(file, said))
}

/// Puts the name of a FILE before the fields of an object.
pub fn of_file(file: &str, said: Value) -> Value {
    let mut named = Map::from_iter([("file".to_owned(), Value::from(shown(file)))]);
    match said {
        Value::Object(said) => named.extend(said),
        said => drop(named.insert("said".to_owned(), said)),
    }
    Value::Object(named)
}
