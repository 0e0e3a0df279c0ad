//! The JSON Schema (2020-12) of a document, made from the same tables of keys that the reader uses.
//!
//! It is a little wider than the reader: it does not know which names a document defines, nor what
//! stands inside a step. What the reader accepts, the schema accepts.

use super::costs::COSTS;
use super::keys::{DOCUMENT, EXECUTOR, KINDS, Key, Shape};
use super::metric::METRICS;
use super::step_forms::STEPS;
use serde_json::{Map, Value, json};

/// A whole `"$name"` may stand for any plain value.
const PARAM_PATTERN: &str = r"^\$[A-Za-z0-9_-]+$";
/// What names are made of.
const NAME_PATTERN: &str = "^[A-Za-z0-9_-]+$";
const MEMORY_PATTERN: &str = r"^[0-9]+(\.[0-9]+)? *(B|KiB|MiB|GiB|TiB|kB|MB|GB|TB)?$";
const DURATION_PATTERN: &str = r"^[0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h)$";
const DISTRIBUTION_PATTERN: &str = r"^(forever|[0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h)|(exp|uniform|normal|lognormal|erlang|pareto|choice|trace)\(.*\))$";

/// The schema of a document.
pub fn json_schema() -> Value {
    let mut schema = record(DOCUMENT, false);
    let head = [
        ("$schema", json!("https://json-schema.org/draft/2020-12/schema")),
        ("title", json!("A Threadbare scenario")),
    ];
    let object = schema.as_object_mut().expect("a record is an object");
    for (key, value) in head {
        object.insert(key.to_owned(), value);
    }
    object.insert("$defs".to_owned(), json!({ "patch": record(DOCUMENT, true) }));
    schema
}

/// A table with these keys. In a patch nothing is required, and anything may be removed.
fn record(keys: &'static [Key], in_patch: bool) -> Value {
    let mut properties = Map::new();
    for key in keys.iter().filter(|key| !(in_patch && key.name == "variants")) {
        let mut value = shape(key.shape, in_patch);
        if let Some(object) = value.as_object_mut() {
            object.insert("description".to_owned(), json!(key.about));
        }
        properties.insert(key.name.to_owned(), if in_patch { or_removed(value) } else { value });
    }
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    let object = schema.as_object_mut().expect("just made");
    if !in_patch {
        let required: Vec<&str> =
            keys.iter().filter(|key| key.required && key.kinds.is_empty()).map(|key| key.name).collect();
        if std::ptr::eq(keys, EXECUTOR) {
            // A preset stands for a kind and its keys.
            object.insert("anyOf".to_owned(), json!([{ "required": required }, { "required": ["preset"] }]));
        } else if !required.is_empty() {
            object.insert("required".to_owned(), json!(required));
        }
        if std::ptr::eq(keys, EXECUTOR) {
            object.insert("allOf".to_owned(), KINDS.iter().map(|kind| keys_of_kind(kind)).collect());
        }
    }
    schema
}

/// What an executor of one kind must have and cannot have.
fn keys_of_kind(kind: &str) -> Value {
    let mut foreign = Map::new();
    let mut required = Vec::new();
    for key in EXECUTOR.iter().filter(|key| !key.kinds.is_empty()) {
        if !key.kinds.contains(&kind) {
            foreign.insert(key.name.to_owned(), json!(false));
        } else if key.is_required_of(kind) {
            required.push(key.name);
        }
    }
    json!({
        "if": { "properties": { "kind": { "const": kind } }, "required": ["kind"] },
        "then": { "properties": foreign, "anyOf": [{ "required": required }, { "required": ["preset"] }] },
    })
}

fn or_removed(value: Value) -> Value {
    json!({ "anyOf": [value, {
        "type": "object",
        "properties": { "remove": { "const": true } },
        "required": ["remove"],
        "additionalProperties": false,
    }] })
}

fn shape(of: Shape, in_patch: bool) -> Value {
    match of {
        Shape::Text => json!({ "type": "string" }),
        Shape::Name(section) => {
            json!({ "type": "string", "pattern": r"^\$?[A-Za-z0-9_-]+$", "$comment": format!("a name from {section}") })
        }
        Shape::Word(words) => or_param(json!({ "enum": words })),
        Shape::Count(low, high) => or_param(json!({ "type": "integer", "minimum": low, "maximum": high })),
        Shape::Signed => or_param(json!({ "type": "integer", "minimum": i32::MIN, "maximum": i32::MAX })),
        Shape::Number(low, high) => or_param(json!({ "type": "number", "minimum": low, "maximum": high })),
        Shape::Truth => or_param(json!({ "type": "boolean" })),
        Shape::Seed => or_param(json!({ "anyOf": [
            { "type": "integer", "minimum": 0 }, { "type": "string", "pattern": "^[0-9]+$" },
        ] })),
        Shape::Duration => or_param(json!({ "type": "string", "pattern": DURATION_PATTERN })),
        Shape::Patience => or_param(
            json!({ "anyOf": [{ "type": "string", "pattern": DURATION_PATTERN }, { "const": "forever" }] }),
        ),
        Shape::Distribution => or_param(json!({ "type": "string", "pattern": DISTRIBUTION_PATTERN })),
        Shape::Memory => or_param(json!({ "anyOf": [
            { "type": "integer", "minimum": 0 },
            { "type": "string", "pattern": MEMORY_PATTERN },
            { "enum": COSTS.map(|cost| cost.word) },
        ] })),
        Shape::Rate => or_param(json!({ "type": "string", "pattern": "^.*/.*$" })),
        Shape::Literal => json!({ "type": ["integer", "string"] }),
        Shape::Plain => json!({ "type": ["integer", "number", "boolean", "string"] }),
        Shape::Steps => json!({ "type": "array", "items": step() }),
        Shape::Instants => json!({ "type": "array", "items": shape(Shape::Duration, in_patch) }),
        Shape::Anything => json!({ "type": "object" }),
        Shape::Expectations => json!({
            "type": "object",
            "$comment": format!("metrics: {}", METRICS.join(", ")),
            "additionalProperties": { "type": ["boolean", "integer", "number", "string", "object"] },
        }),
        Shape::Record(keys) => record(keys, in_patch),
        Shape::Map(of, _, "cap") => map(shape(*of, in_patch), in_patch, r"^[A-Za-z0-9_+ -]+$"),
        Shape::Map(of, ..) => map(shape(*of, in_patch), in_patch, NAME_PATTERN),
        // A list is replaced whole, so what stands in it is whole even in a patch.
        Shape::List(of) => json!({ "type": "array", "items": shape(*of, false) }),
        Shape::Patch => json!({ "$ref": "#/$defs/patch" }),
    }
}

fn map(of: Value, in_patch: bool, names: &str) -> Value {
    let of = if in_patch { or_removed(of) } else { of };
    json!({ "type": "object", "propertyNames": { "pattern": names }, "additionalProperties": of })
}

fn or_param(value: Value) -> Value {
    json!({ "anyOf": [value, { "type": "string", "pattern": PARAM_PATTERN }] })
}

/// A step begins with a verb, or is a param as a whole.
fn step() -> Value {
    let verbs: Vec<&str> = STEPS.iter().map(|(verb, _)| *verb).collect();
    let forms: Vec<&str> = STEPS.iter().map(|(_, form)| *form).collect();
    let pattern = format!(r"^\s*(\$[A-Za-z0-9_-]+|{})(\s|$)", verbs.join("|"));
    json!({ "type": "string", "pattern": pattern, "examples": forms })
}
