//! What the parts of a scenario's text are, for colour: TOML or JSON, told apart by nothing but its signs.
//!
//! Invariant: the parts cover the text without gap or overlap, whatever the text; a part never spans a line
//! unless it is a text of several lines. It forgives everything: syntax errors are reported by `language`.

use std::ops::Range;

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntaxTokenKind {
    /// Signs, spaces, and what is none of the others.
    Plain,
    /// From `#` to the end of the line.
    Comment,
    /// Text in quotes.
    Text,
    /// A number, `true` or `false`.
    Value,
    /// A name that something is given to.
    Key,
    /// The line that begins a table.
    Table,
}

/// The parts of a text, in order.
pub fn parts(source: &str) -> Vec<(Range<usize>, SyntaxTokenKind)> {
    let mut parts: Vec<(Range<usize>, SyntaxTokenKind)> = Vec::new();
    let (mut at, mut is_first) = (0, true);
    while at < source.len() {
        let (end, part) = next(source, at, is_first);
        is_first = match source[at..end].rfind('\n') {
            Some(_) => part == SyntaxTokenKind::Plain,
            None => is_first && source[at..end].trim().is_empty(),
        };
        match parts.last_mut() {
            Some((range, last)) if *last == part && part == SyntaxTokenKind::Plain => range.end = end,
            _ => parts.push((at..end, part)),
        }
        at = end;
    }
    parts
}

/// The part at a place, and where it ends. `is_first`: nothing but spaces is before it on its line.
fn next(source: &str, at: usize, is_first: bool) -> (usize, SyntaxTokenKind) {
    let rest = &source[at..];
    let line = rest.find('\n').map_or(source.len(), |end| at + end);
    for quotes in ["\"\"\"", "'''"] {
        if let Some(inside) = rest.strip_prefix(quotes) {
            let end = inside.find(quotes).map_or(source.len(), |end| at + end + 2 * quotes.len());
            return (end, SyntaxTokenKind::Text);
        }
    }
    match rest.chars().next() {
        Some('#') => (line, SyntaxTokenKind::Comment),
        Some(quote @ ('"' | '\'')) => {
            let end = at + quoted(&source[at..line], quote);
            (end, if is_given(&source[end..line]) { SyntaxTokenKind::Key } else { SyntaxTokenKind::Text })
        }
        Some('[') if is_first && is_table(&source[at..line]) => {
            let end = source[at..line].find('#').map_or(line, |end| at + end);
            (at + source[at..end].trim_end().len(), SyntaxTokenKind::Table)
        }
        Some(sign) if is_word(sign) => {
            let end = rest.find(|sign| !is_word(sign)).map_or(source.len(), |end| at + end);
            let word = &source[at..end];
            let is_number = word.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit());
            let part = match word {
                _ if is_given(&source[end..line]) => SyntaxTokenKind::Key,
                "true" | "false" => SyntaxTokenKind::Value,
                _ if is_number => SyntaxTokenKind::Value,
                _ => SyntaxTokenKind::Plain,
            };
            (end, part)
        }
        Some(sign) => (at + sign.len_utf8(), SyntaxTokenKind::Plain),
        None => (source.len(), SyntaxTokenKind::Plain),
    }
}

/// How long a quoted text is, its quotes included; to the end of the line if it is not closed.
fn quoted(line: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, sign) in line.char_indices().skip(1) {
        if is_escaped {
            is_escaped = false;
        } else if sign == '\\' && quote == '"' {
            is_escaped = true;
        } else if sign == quote {
            return at + sign.len_utf8();
        }
    }
    line.len()
}

fn is_word(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '_' | '-' | '+' | '.')
}

/// Whether what follows a name gives it a value.
fn is_given(rest: &str) -> bool {
    rest.trim_start().starts_with(['=', ':'])
}

/// `[name]`, not the beginning of a list.
fn is_table(line: &str) -> bool {
    let inside = line.trim_start_matches('[');
    let name = inside.split(']').next().unwrap_or_default();
    let is_name = |sign: char| is_word(sign) || matches!(sign, '"' | ' ' | '\'');
    inside.contains(']') && !name.trim().is_empty() && name.chars().all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(source: &str) -> Vec<(&str, SyntaxTokenKind)> {
        parts(source).into_iter().map(|(range, part)| (&source[range], part)).collect()
    }

    #[test]
    fn a_document_in_its_parts() {
        let source =
            "title = \"a # b\" # c\n[tasks.t]\nsteps = [\n  \"run \\\"1s\", 'x'\n]\nn = -1.5\non = true\n";
        assert_eq!(
            told(source),
            [
                ("title", SyntaxTokenKind::Key),
                (" = ", SyntaxTokenKind::Plain),
                ("\"a # b\"", SyntaxTokenKind::Text),
                (" ", SyntaxTokenKind::Plain),
                ("# c", SyntaxTokenKind::Comment),
                ("\n", SyntaxTokenKind::Plain),
                ("[tasks.t]", SyntaxTokenKind::Table),
                ("\n", SyntaxTokenKind::Plain),
                ("steps", SyntaxTokenKind::Key),
                (" = [\n  ", SyntaxTokenKind::Plain),
                ("\"run \\\"1s\"", SyntaxTokenKind::Text),
                (", ", SyntaxTokenKind::Plain),
                ("'x'", SyntaxTokenKind::Text),
                ("\n]\n", SyntaxTokenKind::Plain),
                ("n", SyntaxTokenKind::Key),
                (" = ", SyntaxTokenKind::Plain),
                ("-1.5", SyntaxTokenKind::Value),
                ("\n", SyntaxTokenKind::Plain),
                ("on", SyntaxTokenKind::Key),
                (" = ", SyntaxTokenKind::Plain),
                ("true", SyntaxTokenKind::Value),
                ("\n", SyntaxTokenKind::Plain),
            ]
        );
        assert_eq!(told("{\"a\": 1}")[1], ("\"a\"", SyntaxTokenKind::Key));
        assert_eq!(told("a = \"\"\"x\n# y\n\"\"\"\n")[2], ("\"\"\"x\n# y\n\"\"\"", SyntaxTokenKind::Text));
        assert_eq!(told("[[arrivals]]  # of all\n")[0], ("[[arrivals]]", SyntaxTokenKind::Table));
    }

    #[test]
    fn every_byte_is_in_one_part_whatever_the_text() {
        let mut sources: Vec<String> =
            crate::gallery::ENTRIES.iter().map(|entry| entry.text.to_owned()).collect();
        let wild =
            ["\"", "'''", "ü = \"ß", "[", "[[", "a\\", "\"\\", "#", "\r\n[x]\r\n", "=:=", "[é]\n\"\"\"ö"];
        sources.extend(wild.map(str::to_owned));
        for source in sources {
            for cut in (0..source.len().min(400)).filter(|cut| source.is_char_boundary(*cut)) {
                let text = &source[cut..];
                let mut end = 0;
                for (range, _) in parts(text) {
                    assert_eq!(range.start, end);
                    end = range.end;
                }
                assert_eq!(end, text.len());
            }
        }
    }
}
