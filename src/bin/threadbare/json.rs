//! The JSON that `--json` prints: each line begins with the file that it is about.

use crate::source::shown;
use serde_json::{Map, Value};
use threadbare::analysis::digest::Digest;

/// A run as one line of JSON.
pub fn run(file: &str, digest: &Digest<'_>) -> String {
    format!("{}\n", of_file(file, digest.json()))
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
