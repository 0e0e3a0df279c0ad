//! A report as one page of HTML: no script, nothing from elsewhere, light and dark, and made to be printed.
//!
//! Invariant: every text goes through [`escape`]; the only markup from elsewhere is that of our own pictures, which
//! escape their words themselves. A policy in the page refuses whatever a fault here would let in.

use super::block::{Block, InlineSpan, Line, TableColumn};
use super::document::{Document, Picture};
use crate::analysis::verdict::Tone;
use crate::view::markup::{escape, escape_lines};
use crate::view::svg::variables;
use crate::view::theme::ColourTheme;
use std::fmt::Write;

const STYLE: &str = include_str!("report.css");

/// Nothing is fetched and nothing is run.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// The whole page as text.
pub(super) fn page(document: &Document) -> String {
    let title = escape(&document.title);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"threadbare {}\">\n\
         <title>{title}</title>\n<style>\n:root{{{}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}\n{STYLE}</style>\n\
         </head>\n<body>\n<main>\n<header>\n<h1>{title}</h1>\n<p class=\"byline\">{}</p>\n</header>\n",
        escape(&document.version),
        variables(&ColourTheme::light()),
        variables(&ColourTheme::dark()),
        line(&document.byline),
    );
    if document.sections.len() > 1 {
        out.push_str("<nav aria-label=\"Contents\"><ul>\n");
        for (number, section) in document.sections.iter().enumerate() {
            let _ = writeln!(out, "<li><a href=\"#s{number}\">{}</a></li>", escape(&section.title));
        }
        out.push_str("</ul></nav>\n");
    }
    for (number, section) in document.sections.iter().enumerate() {
        let title = escape(&section.title);
        let _ = writeln!(out, "<section id=\"s{number}\">\n<h2>{title}</h2>");
        blocks(&mut out, &section.blocks, &document.pictures);
        out.push_str("</section>\n");
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn blocks(out: &mut String, blocks: &[Block], pictures: &[Picture]) {
    for block in blocks {
        put(out, block, pictures);
    }
}

fn put(out: &mut String, block: &Block, pictures: &[Picture]) {
    match block {
        Block::Heading(level, title) => {
            let level = (*level).clamp(2, 6);
            let _ = writeln!(out, "<h{level}>{}</h{level}>", escape(title));
        }
        Block::Paragraph(words) => drop(writeln!(out, "<p>{}</p>", line(words))),
        Block::Card { tone, title, lines } => {
            let _ = writeln!(out, "<div class=\"card {}\">\n<h3>{}</h3>", class(*tone), escape(title));
            for words in lines {
                let _ = writeln!(out, "<p>{}</p>", line(words));
            }
            out.push_str("</div>\n");
        }
        Block::List(items) => {
            out.push_str("<ul>\n");
            for item in items {
                let _ = writeln!(out, "<li>{}</li>", line(item));
            }
            out.push_str("</ul>\n");
        }
        Block::Table { head, rows } => table(out, head, rows),
        Block::Picture(number) => {
            if let Some(picture) = pictures.get(*number) {
                let caption = line(&picture.caption);
                let svg = picture.inline.trim_end();
                let _ = writeln!(
                    out,
                    "<figure>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{}\">{svg}</div>\n<figcaption>{caption}</figcaption>\n</figure>",
                    escape(&picture.title)
                );
            }
        }
        Block::Code { language, text } => {
            let _ = writeln!(
                out,
                "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{language}\"><pre><code>{}</code></pre></div>",
                escape_lines(text.trim_end())
            );
        }
        Block::Details { summary, blocks: inner } => {
            let _ = writeln!(out, "<details>\n<summary>{}</summary>", escape(summary));
            blocks(out, inner, pictures);
            out.push_str("</details>\n");
        }
    }
}

fn table(out: &mut String, head: &[TableColumn], rows: &[Vec<Line>]) {
    out.push_str(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"table\"><table>\n<thead><tr>",
    );
    for column in head {
        let class = if column.is_number { " class=\"n\"" } else { "" };
        let _ = write!(out, "<th scope=\"col\"{class}>{}</th>", escape(&column.name));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for (cell, column) in row.iter().zip(head) {
            let class = if column.is_number { " class=\"n\"" } else { "" };
            let _ = write!(out, "<td{class}>{}</td>", line(cell));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table></div>\n");
}

fn line(words: &Line) -> String {
    let span = |span: &InlineSpan| match span {
        InlineSpan::Text(words) => escape(words),
        InlineSpan::Code(words) => format!("<code>{}</code>", escape(words)),
        InlineSpan::Strong(words) => format!("<strong>{}</strong>", escape(words)),
        InlineSpan::Mark(tone, words) => {
            let sign = sign(*tone);
            format!(
                "<span class=\"mark {}\"><span aria-hidden=\"true\">{sign}</span> {}</span>",
                class(*tone),
                escape(words)
            )
        }
    };
    words.iter().map(span).collect()
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Warning => "warning",
        Tone::Bad => "bad",
    }
}

fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "✓",
        Tone::Warning => "!",
        Tone::Bad => "✗",
    }
}
