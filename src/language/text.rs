//! Text of the document with the place of every byte, so that a caret can stand under one word of a
//! step even after escapes were read and params replaced.

use super::problem::Span;
use std::ops::Range;

/// A piece of text. Every byte of it knows which bytes of the document it came from.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub text: String,
    /// For each byte of `text`: the bytes of the document that it stands for.
    places: Vec<(u32, u32)>,
    whole: Span,
}

/// Something wrong with a part of a text; the range is in bytes of that text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TextError {
    pub at: Range<usize>,
    pub message: String,
    pub help: Option<String>,
}

impl TextError {
    pub fn new(at: Range<usize>, message: impl Into<String>) -> TextError {
        TextError { at, message: message.into(), help: None }
    }

    pub fn help(mut self, help: impl Into<String>) -> TextError {
        self.help = Some(help.into());
        self
    }

    /// The same mistake in a text that holds this one from `offset` on.
    pub fn shifted(mut self, offset: usize) -> TextError {
        self.at = self.at.start + offset..self.at.end + offset;
        self
    }
}

impl Text {
    /// The text of a value that stands at `span` of `source`. If it is not what stands there (it came
    /// from a param or an override), every byte of it stands for the whole value.
    pub fn new(source: &str, span: &Span, decoded: &str) -> Text {
        let raw = source.get(span.clone()).unwrap_or("");
        let places = decode_places(raw, span.start, decoded)
            .unwrap_or_else(|| vec![(span.start as u32, span.end as u32); decoded.len()]);
        Text { text: decoded.to_owned(), places, whole: span.clone() }
    }

    /// Where a part of the text stands in the document.
    pub fn span(&self, at: &Range<usize>) -> Span {
        match (self.places.get(at.start), self.places.get(at.end.wrapping_sub(1))) {
            (Some(first), Some(last)) if at.end > at.start => first.0 as usize..last.1 as usize,
            (Some(first), _) => first.0 as usize..first.1 as usize,
            (None, _) => self.places.last().map_or(self.whole.clone(), |p| p.0 as usize..p.1 as usize),
        }
    }

    /// Puts `lookup(name)` in the place of each `$name` that is a whole word or argument. `lookup` sees
    /// the place of what it replaces, and leaves it standing by answering nothing.
    pub fn substitute(&self, mut lookup: impl FnMut(&str, Span) -> Option<String>) -> Text {
        let mut out = Text { text: String::new(), places: Vec::new(), whole: self.whole.clone() };
        let mut copied = 0;
        for (start, _) in self.text.match_indices('$') {
            let before = self.text[..start].chars().next_back();
            if start < copied || !before.is_none_or(is_separator) {
                continue;
            }
            let rest = &self.text[start + 1..];
            let length = rest.find(|c| !is_name_char(c)).unwrap_or(rest.len());
            if length == 0 || !rest[length..].chars().next().is_none_or(is_separator) {
                continue;
            }
            let at = start..start + 1 + length;
            let span = self.span(&at);
            if let Some(value) = lookup(&rest[..length], span.clone()) {
                out.copy(self, copied..start);
                out.places.extend(std::iter::repeat_n((span.start as u32, span.end as u32), value.len()));
                out.text.push_str(&value);
                copied = at.end;
            }
        }
        out.copy(self, copied..self.text.len());
        out
    }

    fn copy(&mut self, from: &Text, range: Range<usize>) {
        self.text.push_str(&from.text[range.clone()]);
        self.places.extend_from_slice(&from.places[range]);
    }
}

/// Letters, digits, `_` and `-`: what names are made of.
pub(super) fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | ',' | ':')
}

/// Walks the raw text of a string (quotes and escapes of TOML or JSON) beside what it reads as.
fn decode_places(raw: &str, start: usize, decoded: &str) -> Option<Vec<(u32, u32)>> {
    let quote = ["\"\"\"", "'''", "\"", "'"]
        .into_iter()
        .find(|quote| raw.len() >= 2 * quote.len() && raw.starts_with(quote) && raw.ends_with(quote))?;
    let mut inner = &raw[quote.len()..raw.len() - quote.len()];
    let mut offset = start + quote.len();
    if quote.len() == 3 {
        let trimmed = inner.strip_prefix("\r\n").or_else(|| inner.strip_prefix('\n')).unwrap_or(inner);
        offset += inner.len() - trimmed.len();
        inner = trimmed;
    }
    let escapes = quote.starts_with('"');
    let mut places = Vec::with_capacity(decoded.len());
    let mut at = 0;
    for c in decoded.chars() {
        let mut length = raw_length(&inner[at..], c, escapes)?;
        if length.skip > 0 {
            at += length.skip;
            length = raw_length(&inner[at..], c, escapes)?;
        }
        let place = ((offset + at) as u32, (offset + at + length.take) as u32);
        places.extend(std::iter::repeat_n(place, c.len_utf8()));
        at += length.take;
    }
    Some(places)
}

/// How much raw text stands for one character: after skipping a line continuation, if there is one.
struct RawLength {
    skip: usize,
    take: usize,
}

fn raw_length(raw: &str, c: char, escapes: bool) -> Option<RawLength> {
    let first = raw.chars().next()?;
    if !escapes || first != '\\' {
        let take = if c == '\n' && raw.starts_with("\r\n") { 2 } else { first.len_utf8() };
        return (first == c || take == 2).then_some(RawLength { skip: 0, take });
    }
    let digits = |n: usize| raw.get(..2 + n).map(|_| RawLength { skip: 0, take: 2 + n });
    match raw.chars().nth(1)? {
        'x' => digits(2),
        // JSON writes characters beyond U+FFFF as two escapes.
        'u' if c.len_utf16() == 2 => digits(10),
        'u' => digits(4),
        'U' => digits(8),
        space if space.is_whitespace() => {
            let rest = raw[1..].trim_start();
            Some(RawLength { skip: raw.len() - rest.len(), take: 0 })
        }
        escaped => Some(RawLength { skip: 0, take: 1 + escaped.len_utf8() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(source: &str, decoded: &str) -> Text {
        Text::new(source, &(0..source.len()), decoded)
    }

    #[test]
    fn every_word_knows_its_place() {
        let text = text_of(r#""run 1s""#, "run 1s");
        assert_eq!(text.span(&(4..6)), 5..7);
        let text = text_of(r#""note \"é\" x""#, "note \"é\" x");
        let at = text.text.find('x').unwrap();
        assert_eq!(text.span(&(at..at + 1)), 13..14);
        let text = text_of("\"\"\"\nrun \\\n   1s\"\"\"", "run 1s");
        assert_eq!(text.span(&(4..6)), 13..15);
    }

    #[test]
    fn a_param_stands_where_its_name_stood() {
        let text = text_of(r#""uniform($a, 3s)""#, "uniform($a, 3s)");
        let replaced = text.substitute(|name, _| (name == "a").then(|| "100ms".to_owned()));
        assert_eq!(replaced.text, "uniform(100ms, 3s)");
        assert_eq!(replaced.span(&(8..13)), 9..11);
        assert_eq!(replaced.span(&(15..17)), 13..15);
        let cost = text_of(r#""note US$a""#, "note US$a");
        assert_eq!(cost.substitute(|_, _| Some("1".to_owned())).text, "note US$a");
    }
}
