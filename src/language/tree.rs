//! A document as a tree of values, each with its place in the text; TOML and JSON become the same tree.
//!
//! Invariant: entries of a table stand in document order; nesting is at most [`MAX_NESTED`] deep, so
//! walking the tree may recurse. The tree knows nothing of scenarios.

use super::problem::{Sink, Span};
use indexmap::IndexMap;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// Deepest nesting of tables and lists.
pub(super) const MAX_NESTED: usize = 64;

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub span: Span,
    pub value: Value,
}

/// Tables, lists and plain values.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Truth(bool),
    List(Vec<Node>),
    Table(Table),
    /// What no scenario has: a date, `null`, a number out of range. Its description.
    Other(&'static str),
}

/// Keys to values, in document order.
pub(super) type Table = IndexMap<String, Entry>;

/// The value of a key.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub key_span: Span,
    pub node: Node,
}

impl Node {
    pub fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            Value::Text(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Truth(_)
            | Value::List(_)
            | Value::Other(_) => None,
        }
    }

    pub fn table_mut(&mut self) -> Option<&mut Table> {
        if let Value::Table(table) = &mut self.value { Some(table) } else { None }
    }

    pub fn list(&self) -> Option<&[Node]> {
        if let Value::List(list) = &self.value { Some(list) } else { None }
    }

    pub fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    pub fn truth(&self) -> Option<bool> {
        if let Value::Truth(truth) = self.value { Some(truth) } else { None }
    }

    pub fn integer(&self) -> Option<i64> {
        if let Value::Integer(integer) = self.value { Some(integer) } else { None }
    }

    /// A whole or a broken number.
    pub fn number(&self) -> Option<f64> {
        match self.value {
            Value::Integer(integer) => Some(integer as f64),
            Value::Float(float) => Some(float),
            Value::Text(_) | Value::Truth(_) | Value::List(_) | Value::Table(_) | Value::Other(_) => None,
        }
    }

    /// The value of a key, if this is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.table()?.get(key).map(|entry| &entry.node)
    }

    /// A plain value as text; `None` for tables, lists and what no scenario has.
    pub fn plain(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) => Some(text.clone()),
            Value::Integer(integer) => Some(integer.to_string()),
            Value::Float(float) => Some(float.to_string()),
            Value::Truth(truth) => Some(truth.to_string()),
            Value::List(_) | Value::Table(_) | Value::Other(_) => None,
        }
    }

    /// What it is, for a message: "text", "a list".
    pub fn what(&self) -> &'static str {
        match &self.value {
            Value::Text(_) => "text",
            Value::Integer(_) => "a whole number",
            Value::Float(_) => "a number",
            Value::Truth(_) => "true or false",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
            Value::Other(what) => what,
        }
    }
}

/// Reads TOML; the syntax errors go to the sink, and then there is no tree. After a text that is not closed nothing is where
/// it seems to be, so what follows it is not reported.
pub(super) fn parse_toml(source: &str, sink: &mut Sink) -> Option<Node> {
    let (table, mut errors) = DeTable::parse_recoverable(source);
    if !errors.is_empty() {
        let place = |error: &toml::de::Error| error.span().map_or(0, |at| at.start);
        errors.sort_by_key(place);
        for error in errors {
            let at = error.span().unwrap_or(0..0);
            let (message, is_open) =
                syntax_error(error.message(), source.get(at.clone()).unwrap_or_default());
            sink.error(at, message, None);
            if is_open {
                break;
            }
        }
        return None;
    }
    from_table(table.into_inner(), 0..source.len(), 0, sink)
}

/// What the TOML reader found at `text`, as an author of scenarios would say it; whether it is a text that is not closed.
fn syntax_error(message: &str, text: &str) -> (String, bool) {
    let needs_quotes =
        message.starts_with("string values must be quoted") || message.starts_with("invalid boolean");
    let is_boolean = ["true", "false"].contains(&text.to_lowercase().as_str());
    match message {
        "duplicate key" => (format!("the key `{text}` appears twice in one table"), false),
        _ if needs_quotes && is_boolean => (format!("write this as `{}`", text.to_lowercase()), false),
        _ if needs_quotes && !text.is_empty() => {
            (format!("this text needs quotes: \"{}\"", text.escape_debug()), false)
        }
        "invalid basic string, expected `\"`" => {
            ("this string is not closed: a `\"` is missing".to_owned(), true)
        }
        "invalid literal string, expected `'`" => {
            ("this string is not closed: a `'` is missing".to_owned(), true)
        }
        _ => (message.to_owned(), message.contains("multi-line")),
    }
}

fn from_table(table: DeTable<'_>, span: Span, depth: usize, sink: &mut Sink) -> Option<Node> {
    if depth > MAX_NESTED {
        too_deep(span, sink);
        return None;
    }
    let mut entries: Vec<(String, Entry)> = Vec::with_capacity(table.len());
    for (key, value) in table {
        let key_span = key.span();
        let node = from_toml(value, depth + 1, sink)?;
        entries.push((key.into_inner().into_owned(), Entry { key_span, node }));
    }
    entries.sort_by_key(|(_, entry)| entry.key_span.start);
    Some(Node { span, value: Value::Table(entries.into_iter().collect()) })
}

fn from_toml(value: toml::Spanned<DeValue<'_>>, depth: usize, sink: &mut Sink) -> Option<Node> {
    let span = value.span();
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(digits) => match i64::from_str_radix(digits.as_str(), digits.radix()) {
            Ok(integer) => Value::Integer(integer),
            Err(_) => Value::Other("a whole number out of range"),
        },
        DeValue::Float(digits) => match digits.as_str().parse::<f64>() {
            Ok(float) if float.is_finite() => Value::Float(float),
            Ok(_) | Err(_) => Value::Other("a number that is not finite"),
        },
        DeValue::Boolean(truth) => Value::Truth(truth),
        DeValue::Datetime(_) => Value::Other("a date or a time of day"),
        DeValue::Array(items) => {
            if depth > MAX_NESTED {
                too_deep(span, sink);
                return None;
            }
            let mut list = Vec::with_capacity(items.len());
            for item in items {
                list.push(from_toml(item, depth + 1, sink)?);
            }
            Value::List(list)
        }
        DeValue::Table(table) => return from_table(table, span, depth, sink),
    };
    Some(Node { span, value })
}

pub(super) fn too_deep(at: Span, sink: &mut Sink) {
    let message = format!("tables and lists are nested more than {MAX_NESTED} deep");
    sink.error(at, message, Some("no part of a scenario needs more than 6 levels".to_owned()));
}

/// A value as an override or an edit gives it: any TOML value, or else plain text.
pub(super) fn value_from_text(text: &str, at: &Range<usize>) -> Node {
    let (value, errors) = DeValue::parse_recoverable(text);
    let mut sink = Sink::new(text);
    let parsed = if errors.is_empty() { from_toml(value, 0, &mut sink) } else { None };
    match parsed {
        Some(mut node) if !matches!(node.value, Value::Other(_)) => {
            place_all(&mut node, at);
            node
        }
        Some(_) | None => Node { span: at.clone(), value: Value::Text(text.to_owned()) },
    }
}

/// Gives a value and all in it one place.
pub(super) fn place_all(node: &mut Node, at: &Range<usize>) {
    node.span = at.clone();
    match &mut node.value {
        Value::List(list) => list.iter_mut().for_each(|item| place_all(item, at)),
        Value::Table(table) => {
            for entry in table.values_mut() {
                entry.key_span = at.clone();
                place_all(&mut entry.node, at);
            }
        }
        Value::Text(_) | Value::Integer(_) | Value::Float(_) | Value::Truth(_) | Value::Other(_) => {}
    }
}
