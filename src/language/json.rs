//! JSON into the tree of values: strict JSON, no comments, with places.

use super::problem::Sink;
use super::tree::{Entry, MAX_NESTED, Node, Table, Value, too_deep};
use jsonc_parser::ast;
use jsonc_parser::{CollectOptions, ParseOptions};

const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Reads JSON; the syntax error, or every key that stands twice, goes to the sink.
pub(super) fn parse_json(source: &str, sink: &mut Sink) -> Option<Node> {
    match jsonc_parser::parse_to_ast(source, &CollectOptions::default(), &STRICT) {
        Ok(result) => from_json(&result.value?, 0, sink),
        Err(error) => {
            let range = error.range();
            let message = error.kind().to_string();
            sink.error(range.start..range.end, lower_first(&message), None);
            None
        }
    }
}

fn lower_first(message: &str) -> String {
    let mut chars = message.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn from_json(value: &ast::Value<'_>, depth: usize, sink: &mut Sink) -> Option<Node> {
    let (range, value) = match value {
        ast::Value::StringLit(text) => (text.range, Value::Text(text.value.clone().into_owned())),
        ast::Value::NumberLit(number) => (number.range, from_number(number.value)),
        ast::Value::BooleanLit(truth) => (truth.range, Value::Truth(truth.value)),
        ast::Value::NullKeyword(null) => (null.range, Value::Other("null")),
        ast::Value::Array(array) => {
            if depth > MAX_NESTED {
                too_deep(array.range.start..array.range.end, sink);
                return None;
            }
            let mut list = Vec::with_capacity(array.elements.len());
            for element in &array.elements {
                list.push(from_json(element, depth + 1, sink)?);
            }
            (array.range, Value::List(list))
        }
        ast::Value::Object(object) => {
            if depth > MAX_NESTED {
                too_deep(object.range.start..object.range.end, sink);
                return None;
            }
            (object.range, Value::Table(from_object(object, depth, sink)?))
        }
    };
    Some(Node { span: range.start..range.end, value })
}

fn from_object(object: &ast::Object<'_>, depth: usize, sink: &mut Sink) -> Option<Table> {
    let mut table = Table::with_capacity(object.properties.len());
    for property in &object.properties {
        let key = property.name.as_str().to_owned();
        let range = match &property.name {
            ast::ObjectPropName::String(text) => text.range,
            ast::ObjectPropName::Word(word) => word.range,
        };
        let key_span = range.start..range.end;
        let node = from_json(&property.value, depth + 1, sink)?;
        if table.contains_key(&key) {
            sink.error(key_span, format!("the key `{key}` appears twice in one table"), None);
        } else {
            table.insert(key, Entry { key_span, node });
        }
    }
    Some(table)
}

fn from_number(digits: &str) -> Value {
    if let Ok(integer) = digits.parse::<i64>() {
        return Value::Integer(integer);
    }
    match digits.parse::<f64>() {
        Ok(float) if float.is_finite() => Value::Float(float),
        Ok(_) | Err(_) => Value::Other("a number out of range"),
    }
}
