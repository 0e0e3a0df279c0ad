//! Where the parts of a scenario stand in the text that it was read from.

use super::problem::position;
use super::tree::{Node, Value};
use std::ops::Range;

/// A part of a document's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRange {
    /// The part, in bytes.
    pub at: Range<usize>,
    /// The line where it begins, from 1.
    pub line: u32,
    /// The column where it begins, in characters from 1.
    pub column: u32,
    /// The line where it ends, from 1.
    pub end_line: u32,
    /// The column behind its last character, from 1.
    pub end_column: u32,
}

impl SourceRange {
    /// A part of a text; `None` if it lies beyond its end, as what was set from outside does.
    pub(super) fn of(source: &str, at: Range<usize>) -> Option<SourceRange> {
        if at.end > source.len() {
            return None;
        }
        let ((line, column), (end_line, end_column)) = (position(source, at.start), position(source, at.end));
        Some(SourceRange { at, line, column, end_line, end_column })
    }
}

/// The bytes of a step of a task; of the task's name without a step.
pub(super) fn step(root: &Node, task: &str, step: Option<usize>) -> Option<Range<usize>> {
    let entry = root.get("tasks").and_then(Node::table)?.get(task)?;
    match step {
        Some(step) => Some(entry.node.get("steps").and_then(Node::list)?.get(step)?.span.clone()),
        None => Some(entry.key_span.clone()),
    }
}

/// The bytes of the value at a path of plain keys; `None` if the document says nothing there.
pub(super) fn of_path(document: &Node, path: &str) -> Option<Range<usize>> {
    let mut node = document;
    for key in path.split('.') {
        node = match &node.value {
            Value::List(list) => list.get(key.parse::<usize>().ok()?)?,
            _ => node.get(key)?,
        };
    }
    Some(node.get("value").unwrap_or(node).span.clone())
}
