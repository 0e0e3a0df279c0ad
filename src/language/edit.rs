//! Changes of single values in a document's text: comments, order and layout stay.
//!
//! TOML is changed with `toml_edit`, JSON at the place of the value. A path is what
//! [`super::Overrides::set`] takes, also into `variants.NAME.…`. Whether the new value makes sense is not
//! judged here: the changed text is checked as any other.

use super::problem::{Problems, Sink};
use super::tree::{Node, Value, value_from_text};
use super::{Document, path};
use std::sync::Arc;

/// Changes one value in a document's text: `edit::set(text, "default.workers", "6")`.
///
/// # Errors
/// The text has syntax errors, or the path leads nowhere.
pub fn set(source: &str, path: &str, value: &str) -> Result<String, Problems> {
    let document = Document::parse("scenario", source)?;
    let mut sink = Sink::new(source);
    let at = sink.override_span(0);
    let keys = match path::resolve(&document.root, path) {
        Ok(keys) => keys,
        Err(wrong) => {
            sink.error(at, wrong.message, wrong.help);
            return Err(close(sink, source, path, value));
        }
    };
    let new = value_from_text(value, &at);
    let edited = if super::is_json(source) {
        set_json(source, &document.root, &keys, &new)
    } else {
        set_toml(source, &keys, &new)
    };
    edited.ok_or_else(|| {
        sink.error(
            at,
            format!("`{path}` cannot be changed in place"),
            Some("change it in the text".to_owned()),
        );
        close(sink, source, path, value)
    })
}

/// Changes several values, one after the other.
///
/// # Errors
/// As [`set`]; the text is then as it was.
pub fn apply(source: &str, changes: &[(String, String)]) -> Result<String, Problems> {
    let mut text = source.to_owned();
    for (path, value) in changes {
        text = set(&text, path, value)?;
    }
    Ok(text)
}

/// The plain value at a path, or the plain values of the list there, as written. The path is the whole way through
/// the document: `executors.default.workers`, `variants.NAME.tasks.build.steps`.
pub fn get(source: &str, path: &str) -> Option<Vec<String>> {
    let document = Document::parse("scenario", source).ok()?;
    let node = find(&document, path)?;
    match node.list() {
        Some(list) => list.iter().map(Node::plain).collect(),
        None => node.plain().map(|word| vec![word]),
    }
}

/// The value at a path as TOML on one line; the path as for [`get`].
pub fn raw(source: &str, path: &str) -> Option<String> {
    let document = Document::parse("scenario", source).ok()?;
    find(&document, path).and_then(toml_value).map(|value| value.to_string())
}

/// The whole way through the document that a short path means: `default.workers` is `executors.default.workers`.
pub fn full_path(source: &str, path: &str) -> Option<String> {
    let document = Document::parse("scenario", source).ok()?;
    path::resolve(&document.root, path).ok().map(|keys| keys.join("."))
}

fn find<'a>(document: &'a Document, path: &str) -> Option<&'a Node> {
    path.split('.').try_fold(&*document.root, |node, key| path::step(node, key))
}

fn close(sink: Sink, source: &str, path: &str, value: &str) -> Problems {
    sink.close("scenario", &Arc::from(source), None, &[(path.to_owned(), value.to_owned())])
}

fn set_toml(source: &str, keys: &[String], new: &Node) -> Option<String> {
    let mut document: toml_edit::DocumentMut = source.parse().ok()?;
    let (last, way) = keys.split_last()?;
    let mut item = document.as_item_mut();
    for key in way {
        item = child_of(item, key)?;
    }
    let value = toml_value(new)?;
    if let Some(old) = value_in(item, last) {
        let decor = old.decor().clone();
        *old = value;
        *old.decor_mut() = decor;
    } else {
        item.as_table_like_mut()?.insert(last, toml_edit::Item::Value(value));
    }
    Some(document.to_string())
}

fn child_of<'a>(item: &'a mut toml_edit::Item, key: &str) -> Option<&'a mut toml_edit::Item> {
    if item.is_array_of_tables() || item.is_array() {
        return item.get_mut(key.parse::<usize>().ok()?);
    }
    item.as_table_like_mut()?.get_mut(key)
}

/// The plain value or list at a key, or at a number of a list.
fn value_in<'a>(item: &'a mut toml_edit::Item, key: &str) -> Option<&'a mut toml_edit::Value> {
    if item.is_array() {
        return item.as_array_mut()?.get_mut(key.parse::<usize>().ok()?);
    }
    child_of(item, key)?.as_value_mut()
}

fn toml_value(node: &Node) -> Option<toml_edit::Value> {
    Some(match &node.value {
        Value::Text(text) => text.as_str().into(),
        Value::Integer(integer) => (*integer).into(),
        Value::Float(float) => (*float).into(),
        Value::Truth(truth) => (*truth).into(),
        Value::List(list) => list.iter().map(toml_value).collect::<Option<toml_edit::Array>>()?.into(),
        Value::Table(table) => {
            let mut inline = toml_edit::InlineTable::new();
            for (key, entry) in table {
                inline.insert(key, toml_value(&entry.node)?);
            }
            inline.into()
        }
        Value::Other(_) => return None,
    })
}

fn set_json(source: &str, root: &Node, keys: &[String], new: &Node) -> Option<String> {
    let text = super::write::json_value(new).to_string();
    let (last, way) = keys.split_last()?;
    let mut node = root;
    for key in way {
        node = path::step(node, key)?;
    }
    if let Some(old) = path::step(node, last) {
        return Some(format!("{}{text}{}", &source[..old.span.start], &source[old.span.end..]));
    }
    let key = serde_json::Value::from(last.as_str());
    // Behind the last entry, laid out as that one; or alone between the braces.
    let (at, inserted) = match node.table()?.last() {
        Some((_, entry)) => {
            let before = &source[..entry.key_span.start];
            let gap = &before[before.trim_end().len()..];
            (entry.node.span.end, format!(",{gap}{key}: {text}"))
        }
        None => (node.span.start + 1, format!("{key}: {text}")),
    };
    Some(format!("{}{inserted}{}", &source[..at], &source[at..]))
}
