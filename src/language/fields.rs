//! The values of a checked table by their keys. A value that is missing, or that is of the wrong shape and was
//! reported, is `None`.

use super::keys::MAX_PER_KIND;
use super::tree::{Entry, Node, Table};
use crate::model::value::Value;

/// A whole number, as 32 bits.
pub(super) fn count(table: &Table, key: &str) -> Option<u32> {
    table.get(key)?.node.integer().and_then(|n| u32::try_from(n).ok())
}

/// True or false.
pub(super) fn truth(table: &Table, key: &str) -> Option<bool> {
    table.get(key)?.node.truth()
}

/// A text that is one of a few words.
pub(super) fn word<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    table.get(key)?.node.text()
}

/// A whole number, or a word that is read as a step would read it.
pub(super) fn literal(node: &Node) -> Option<Value> {
    node.integer().map(Value::Number).or_else(|| node.text().map(Value::parse))
}

/// The entries of a section, as many as can be numbered.
pub(super) fn section<'n>(document: &'n Node, name: &str) -> impl Iterator<Item = (&'n String, &'n Entry)> {
    document.get(name).and_then(Node::table).into_iter().flatten().take(MAX_PER_KIND)
}
