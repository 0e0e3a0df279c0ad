//! What a cell holds.

use std::fmt;

/// A cell's value: a whole number (which `add` can add to) or a word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A whole number.
    Number(i64),
    /// Anything else, compared as text.
    Text(String),
}

impl Value {
    /// Reads a word as a step writes it: a whole number if it looks like one, else text.
    pub fn parse(word: &str) -> Value {
        word.parse().map_or_else(|_| Value::Text(word.to_owned()), Value::Number)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(n) => n.fmt(f),
            Value::Text(text) => text.fmt(f),
        }
    }
}
