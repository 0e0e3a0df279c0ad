//! A document of blocks in a terminal.

use crate::console;
use crate::table::{Align, Table};
use crate::text::{BAD, GOOD, TITLE, wrap};
use anstyle::{AnsiColor, Style};
use threadbare::analysis::prose::NO_BREAK;
use threadbare::analysis::verdict::Tone;
use threadbare::view::report::{Block, Document, InlineSpan, Line};

/// What may be trouble.
const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();

/// The document as text, as wide as the terminal at most.
pub fn text(document: &Document) -> String {
    let width = console::width();
    let mut out = format!("{}\n", line(&document.byline));
    for section in &document.sections {
        out += &format!("\n{TITLE}{}{TITLE:#}\n", section.title);
        section.blocks.iter().for_each(|block| put(&mut out, block, width));
    }
    out
}

fn put(out: &mut String, block: &Block, width: usize) {
    let mut say = |words: &str, indent: &str| {
        for part in wrap(words, width.saturating_sub(indent.len())) {
            *out += &format!("{indent}{part}\n");
        }
    };
    match block {
        Block::Heading(_, title) => say(title, ""),
        Block::Paragraph(words) => say(&line(words), "  "),
        Block::Card { title, lines, .. } => {
            say(title, "  ");
            lines.iter().for_each(|words| say(&line(words), "    "));
        }
        Block::List(items) => items.iter().for_each(|item| say(&line(item), "  ")),
        Block::Table { head, rows } => {
            let align = |is_number: bool| if is_number { Align::Right } else { Align::Left };
            let columns: Vec<(&str, Align)> =
                head.iter().map(|column| (column.name.as_str(), align(column.is_number))).collect();
            let mut table = Table::new(&columns);
            for row in rows {
                table.row(row.iter().map(cell).collect());
            }
            *out += &table.render(width);
        }
        Block::Code { text, .. } => text.lines().for_each(|text| *out += &format!("    {text}\n")),
        // Where there are no pictures and nothing folds, what is beside the matter is left out.
        Block::Picture(_) | Block::Details { .. } => {}
    }
}

/// A line with its marks in colour.
fn line(words: &Line) -> String {
    let span = |span: &InlineSpan| match span {
        InlineSpan::Text(words) | InlineSpan::Strong(words) => words.clone(),
        InlineSpan::Code(words) => format!("`{words}`"),
        InlineSpan::Mark(tone, words) => {
            let (style, sign) = sign(*tone);
            format!("{style}{sign}{style:#} {words}")
        }
    };
    words.iter().map(span).collect()
}

/// A line in a table, whose columns would count colours as characters; a mark stays with its word.
fn cell(words: &Line) -> String {
    let span = |span: &InlineSpan| match span {
        InlineSpan::Text(words) | InlineSpan::Strong(words) | InlineSpan::Code(words) => words.clone(),
        InlineSpan::Mark(tone, words) => format!("{}{NO_BREAK}{words}", sign(*tone).1),
    };
    words.iter().map(span).collect()
}

fn sign(tone: Tone) -> (Style, &'static str) {
    match tone {
        Tone::Good => (GOOD, "✓"),
        Tone::Warning => (DOUBTFUL, "!"),
        Tone::Bad => (BAD, "✗"),
    }
}
