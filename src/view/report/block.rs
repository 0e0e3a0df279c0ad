//! What a document is made of, before anybody decides whether it is HTML or Markdown.
//!
//! Invariant: text is plain text, whatever it holds; the writers escape it, and nothing else does.

use crate::analysis::verdict::Tone;

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InlineSpan {
    /// Plain words, escaped by the writer.
    Text(String),
    /// A name, a step, a command.
    Code(String),
    /// Words that matter.
    Strong(String),
    /// A mark of how something stands, with its word.
    Mark(Tone, String),
}

/// A line of parts.
pub type Line = Vec<InlineSpan>;

/// A part of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A heading; 2 is a section, 3 a part of it.
    Heading(u8, String),
    /// One paragraph of text.
    Paragraph(Line),
    /// What is said of a variant: how it stands, a heading, and some lines.
    Card {
        /// How it stands.
        tone: Tone,
        /// Its heading, such as the name of a variant.
        title: String,
        /// What is said of it.
        lines: Vec<Line>,
    },
    /// A list without numbers.
    List(Vec<Line>),
    /// A table with a heading.
    Table {
        /// The headings of its columns.
        head: Vec<TableColumn>,
        /// The rows, a cell a column.
        rows: Vec<Vec<Line>>,
    },
    /// The picture of this number.
    Picture(usize),
    /// Text that is kept as it is, in a language.
    Code {
        /// What it is: `toml`, `sh`, `diff`, `mermaid`.
        language: &'static str,
        /// The text itself.
        text: String,
    },
    /// What is folded away until somebody wants it.
    Details {
        /// What it is.
        summary: String,
        /// The folded part.
        blocks: Vec<Block>,
    },
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// Heading of the column.
    pub name: String,
    /// Whether its cells are numbers, which stand at the right.
    pub is_number: bool,
}

impl TableColumn {
    /// A column of words.
    pub fn words(name: impl Into<String>) -> TableColumn {
        TableColumn { name: name.into(), is_number: false }
    }

    /// A column of numbers.
    pub fn number(name: impl Into<String>) -> TableColumn {
        TableColumn { name: name.into(), is_number: true }
    }
}

/// A line of plain words.
pub fn text(words: impl Into<String>) -> Line {
    vec![InlineSpan::Text(words.into())]
}

/// A line that is a name or a command.
pub fn code(words: impl Into<String>) -> Line {
    vec![InlineSpan::Code(words.into())]
}

/// A sentence of ours in which names stand between backquotes: those become code.
pub fn prose(words: &str) -> Line {
    let mut line = Vec::new();
    for (number, part) in words.split('`').enumerate() {
        match (part.is_empty(), number % 2) {
            (true, _) => {}
            (false, 0) => line.push(InlineSpan::Text(part.to_owned())),
            (false, _) => line.push(InlineSpan::Code(part.to_owned())),
        }
    }
    line
}

/// A paragraph of plain words.
pub fn paragraph(words: impl Into<String>) -> Block {
    Block::Paragraph(text(words))
}
