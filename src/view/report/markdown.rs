//! A report as Markdown that GitHub and GitLab render alike: headings, tables, fences, pictures as files beside it.
//!
//! Invariant: a text stays text. Every character that Markdown or HTML could take for markup is escaped; a code span has
//! more backquotes around it than in it, and a fence is longer than any in its text.

use super::block::{Block, InlineSpan, Line, TableColumn};
use super::document::{Document, Picture};
use crate::analysis::verdict::Tone;
use std::fmt::Write;

/// The text; `link` is where a picture is to be found, `None` leaves pictures out.
pub(super) fn text(document: &Document, link: &dyn Fn(&Picture) -> Option<String>) -> String {
    let mut out = format!(
        "# {}\n\n{}\n\n",
        escape(&document.title),
        line(&document.byline, MarkdownEscapeContext::Text)
    );
    for section in &document.sections {
        let _ = writeln!(out, "## {}\n", escape(&section.title));
        blocks(&mut out, &section.blocks, &document.pictures, link);
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MarkdownEscapeContext {
    Text,
    /// In a cell of a table, where a bar ends it.
    Cell,
}

fn blocks(
    out: &mut String,
    blocks: &[Block],
    pictures: &[Picture],
    link: &dyn Fn(&Picture) -> Option<String>,
) {
    for block in blocks {
        match block {
            Block::Heading(level, title) => {
                let marks = "#".repeat(usize::from(*level).clamp(2, 6));
                let _ = writeln!(out, "{marks} {}\n", escape(title));
            }
            Block::Paragraph(words) => drop(writeln!(out, "{}\n", line(words, MarkdownEscapeContext::Text))),
            Block::Card { tone, title, lines } => {
                let _ = writeln!(out, "**{} {}**\n", sign(*tone), escape(title));
                for words in lines {
                    let _ = writeln!(out, "{}\n", line(words, MarkdownEscapeContext::Text));
                }
            }
            Block::List(items) => {
                for item in items {
                    let _ = writeln!(out, "- {}", line(item, MarkdownEscapeContext::Text));
                }
                out.push('\n');
            }
            Block::Table { head, rows } => table(out, head, rows),
            Block::Picture(number) => {
                let found = pictures.get(*number).and_then(|picture| Some((picture, link(picture)?)));
                if let Some((picture, link)) = found {
                    let caption = line(&picture.caption, MarkdownEscapeContext::Text);
                    let _ = writeln!(out, "![{}](<{link}>)\n\n{caption}\n", escape(&picture.title));
                }
            }
            Block::Code { language, text } => {
                let fence = "`".repeat(longest_run(text).max(2) + 1);
                let _ = writeln!(out, "{fence}{language}\n{}\n{fence}\n", text.trim_end());
            }
            Block::Details { summary, blocks: inner } => {
                let _ =
                    writeln!(out, "<details>\n<summary>{}</summary>\n", crate::view::markup::escape(summary));
                self::blocks(out, inner, pictures, link);
                out.push_str("</details>\n\n");
            }
        }
    }
}

fn table(out: &mut String, head: &[TableColumn], rows: &[Vec<Line>]) {
    let names: Vec<String> = head.iter().map(|column| escape(&column.name)).collect();
    let rule: Vec<&str> = head.iter().map(|column| if column.is_number { "---:" } else { "---" }).collect();
    let _ = writeln!(out, "| {} |\n| {} |", names.join(" | "), rule.join(" | "));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| line(cell, MarkdownEscapeContext::Cell)).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    out.push('\n');
}

fn line(words: &Line, place: MarkdownEscapeContext) -> String {
    let span = |span: &InlineSpan| match span {
        InlineSpan::Text(words) => escape(words),
        InlineSpan::Code(words) => code(words, place),
        // A space before the closing mark would leave it a pair of stars.
        InlineSpan::Strong(words) => {
            let bold = words.trim_end();
            format!("**{}**{}", escape(bold), &words[bold.len()..])
        }
        InlineSpan::Mark(tone, words) => format!("{} {}", sign(*tone), escape(words)),
    };
    words.iter().map(span).collect()
}

fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "✅",
        Tone::Warning => "⚠️",
        Tone::Bad => "❌",
    }
}

/// A code span. In a table a bar would end the cell even there, so such a text is written as plain words.
fn code(words: &str, place: MarkdownEscapeContext) -> String {
    let words = words.replace(['\n', '\r', '\t'], " ");
    if words.trim().is_empty() || (place == MarkdownEscapeContext::Cell && words.contains('|')) {
        return escape(&words);
    }
    let marks = "`".repeat(longest_run(&words) + 1);
    let pad = if words.starts_with('`') || words.ends_with('`') { " " } else { "" };
    format!("{marks}{pad}{words}{pad}{marks}")
}

/// The longest run of backquotes in a text.
fn longest_run(text: &str) -> usize {
    text.split(|ch| ch != '`').map(str::len).max().unwrap_or(0)
}

/// Plain words: what could be markup is escaped, and an address is no link.
fn escape(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for ch in words.chars() {
        match ch {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '!' | '|' | '~'
            | '$' | '^' | '=' => {
                out.push('\\');
                out.push(ch);
            }
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A mention and an address would become links.
            '@' => out.push_str("&#64;"),
            ':' => out.push(ch),
            ch if ch.is_control() => out.push(' '),
            ch => out.push(ch),
        }
    }
    // What begins a list or a number in the first column.
    if out.starts_with('-') {
        out.insert(0, '\\');
    }
    out.replace("www.", "www&#46;")
}
