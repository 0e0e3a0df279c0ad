//! The JSON Schema accepts what the reader accepts, and knows every key.
//!
//! The validator below knows only the words that our schemas and that of SARIF use, and panics at any other.

use super::language_round_trip::every_file;
use regex_lite::Regex;
use serde_json::{Value, json};
use threadbare::language::{Document, edit, schema, write};

/// Why a value does not fit a schema; nothing if it does.
pub fn misfit(root: &Value, schema: &Value, value: &Value, at: &str) -> Option<String> {
    let Some(words) = schema.as_object() else {
        return (schema == &json!(false)).then(|| format!("{at}: not allowed"));
    };
    let fits = |schema: &Value| misfit(root, schema, value, at).is_none();
    for (word, wanted) in words {
        let wrong = match word.as_str() {
            "$schema" | "$id" | "$defs" | "definitions" | "$comment" | "title" | "description"
            | "examples" | "then" => None,
            // What a text means is not looked into.
            "format" => None,
            "$ref" => misfit(root, root.pointer(&wanted.as_str().unwrap()[1..]).unwrap(), value, at),
            "allOf" => wanted.as_array().unwrap().iter().find_map(|s| misfit(root, s, value, at)),
            "oneOf" if wanted.as_array().unwrap().iter().filter(|schema| fits(schema)).count() == 1 => None,
            "anyOf" if wanted.as_array().unwrap().iter().any(fits) => None,
            "if" if fits(wanted) => misfit(root, &words["then"], value, at),
            "if" => None,
            "properties" => {
                fields(value).find_map(|(key, v)| misfit(root, wanted.get(key)?, v, &format!("{at}.{key}")))
            }
            "additionalProperties" => fields(value)
                .filter(|(key, _)| schema["properties"].get(key).is_none())
                .find_map(|(key, v)| misfit(root, wanted, v, &format!("{at}.{key}"))),
            "propertyNames" => fields(value).find_map(|(key, _)| misfit(root, wanted, &json!(key), at)),
            "items" => value.as_array().into_iter().flatten().find_map(|v| misfit(root, wanted, v, at)),
            "required" => {
                let missing = |key: &&Value| value.is_object() && value.get(key.as_str().unwrap()).is_none();
                wanted.as_array().unwrap().iter().find(missing).map(|key| format!("{at}: no {key}"))
            }
            plain => {
                (!fits_plain(plain, wanted, value)).then(|| format!("{at}: {value} is not {word} {wanted}"))
            }
        };
        if wrong.is_some() {
            return wrong;
        }
    }
    None
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn fits_plain(word: &str, wanted: &Value, value: &Value) -> bool {
    let is_type = |name: &Value| match name.as_str().unwrap() {
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("unknown type {other}"),
    };
    match word {
        "anyOf" | "oneOf" => false,
        "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= wanted.as_u64().unwrap()),
        "uniqueItems" => value.as_array().is_none_or(|items| {
            let all_differ = items.iter().enumerate().all(|(at, item)| !items[..at].contains(item));
            wanted == &json!(false) || all_differ
        }),
        "type" => wanted.as_array().map_or_else(|| is_type(wanted), |types| types.iter().any(is_type)),
        "enum" => wanted.as_array().unwrap().contains(value),
        "const" => wanted == value,
        "minimum" => value.as_f64().is_none_or(|n| n >= wanted.as_f64().unwrap()),
        "maximum" => value.as_f64().is_none_or(|n| n <= wanted.as_f64().unwrap()),
        "pattern" => {
            let pattern = Regex::new(wanted.as_str().unwrap()).unwrap();
            value.as_str().is_none_or(|text| pattern.is_match(text))
        }
        other => panic!("this validator does not know {other}"),
    }
}

fn check(document: &Document) -> Option<String> {
    let schema = schema::json_schema();
    let value = serde_json::from_str(&write::document_as_json(document)).unwrap();
    misfit(&schema, &schema, &value, "document")
}

#[test]
fn every_file_fits() {
    for (name, source) in every_file() {
        let document = Document::parse(&name, &source).unwrap();
        assert_eq!(check(&document), None, "{name}");
    }
}

#[test]
fn what_the_reader_refuses_for_its_shape_does_not_fit() {
    let source = include_str!("../../www/scenarios/nova-build-deadlock.toml");
    for (path, value) in [
        ("executors.default.wrokers", "5"),
        ("executors.default.prefetch", "5"),
        ("executors.default.workers", "0"),
        ("executors.default.kind", "thread"),
        ("tasks.build.steps", "[\"rum 1s\"]"),
        ("arrivals.0.at", "soon"),
        ("arrivals.0.task", "3"),
        ("stop", "x"),
        ("seed", "-1"),
    ] {
        let edited = edit::set(source, path, value).unwrap();
        let document = Document::parse("edited", &edited).unwrap();
        assert!(check(&document).is_some(), "the schema accepts {path} = {value}");
        assert!(document.check().has_errors(), "the reader accepts {path} = {value}");
    }
}

#[test]
fn every_key_has_its_meaning_written_down() {
    let schema = schema::json_schema();
    for (key, value) in schema["properties"].as_object().unwrap() {
        assert!(value["description"].as_str().is_some_and(|text| !text.is_empty()), "{key}");
    }
    let executor = &schema["properties"]["executors"]["additionalProperties"];
    assert!(executor["properties"]["on_wait"]["description"].is_string());
}
