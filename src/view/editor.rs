//! What an editor paints of a text: the lines near those in sight, in colour, with what is wrong marked.
//!
//! Invariant: the pieces of some lines cover them without gap or overlap, and end where a sign ends. However long the
//! text is, no more than [`WINDOW`] lines are painted at once.

use super::highlight::{self, SyntaxTokenKind};
use std::ops::Range;

/// Lines that are painted at once: more than a tall screen shows at half its size.
pub const WINDOW: usize = 480;
/// Lines the window moves at a time.
const STEP: usize = 120;
/// A line of more columns is left in one colour, and with it the whole text: painting it would take as long as the line.
const MAX_COLUMNS: usize = 4096;
/// How wide a tab is, in columns; the style sheet says the same.
const TAB: usize = 2;

/// A text in lines and parts.
#[derive(Debug, PartialEq)]
pub struct SourceLineLayout {
    /// Where each line begins.
    starts: Vec<usize>,
    /// Of the longest line.
    columns: usize,
    length: usize,
    parts: Vec<(Range<usize>, SyntaxTokenKind)>,
}

/// What is wrong at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemMark {
    /// Where, in bytes; of nothing it is the sign there.
    pub at: Range<usize>,
    /// An error, not a warning.
    pub is_error: bool,
}

/// A stretch of the same colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColouredTextSpan {
    /// Where, in bytes.
    pub at: Range<usize>,
    /// What it is.
    pub part: SyntaxTokenKind,
    /// Whether something is wrong with it; true for an error.
    pub wrong: Option<bool>,
}

impl SourceLineLayout {
    /// Of a text.
    pub fn of(source: &str) -> SourceLineLayout {
        let starts: Vec<usize> =
            std::iter::once(0).chain(source.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let columns = source.split('\n').map(columns).max().unwrap_or_default();
        let parts = if columns > MAX_COLUMNS { Vec::new() } else { highlight::parts(source) };
        SourceLineLayout { starts, columns, length: source.len(), parts }
    }

    /// How many lines there are; an empty text has one.
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// How wide the longest line is, at most: what is not ASCII counts as two.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Whether it is painted at all.
    pub fn is_painted(&self) -> bool {
        self.columns <= MAX_COLUMNS
    }

    /// The lines to paint while this one is the first in sight. It stays the same for a while.
    pub fn window(&self, first: usize) -> Range<usize> {
        let start = (first / STEP * STEP).saturating_sub(STEP).min(self.lines());
        start..(start + WINDOW).min(self.lines())
    }

    /// The line that a byte is on, from 0.
    pub fn line_of(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }

    /// The line and the column of a byte, from 0.
    pub fn position(&self, source: &str, byte: usize) -> (usize, usize) {
        let line = self.line_of(byte);
        let start = self.starts.get(line).copied().unwrap_or_default();
        (line, columns(source.get(start..byte).unwrap_or_default()))
    }

    /// The byte of the character at a line and a column; none behind the end of the line.
    pub fn byte_at(&self, source: &str, line: usize, column: usize) -> Option<usize> {
        let start = *self.starts.get(line)?;
        let mut before = 0;
        let text = source.get(start..)?.split('\n').next()?;
        text.char_indices().find_map(|(at, ch)| {
            before += width(ch);
            (column < before).then_some(start + at)
        })
    }

    /// These lines in pieces. Marks that do not fit the text are cut to it.
    pub fn pieces(&self, source: &str, lines: Range<usize>, marks: &[ProblemMark]) -> Vec<ColouredTextSpan> {
        let start_of = |line: usize| self.starts.get(line).copied().unwrap_or(self.length);
        let (from, to) = (start_of(lines.start), start_of(lines.end));
        let mut marks: Vec<ProblemMark> = marks.iter().map(|mark| within(source, mark)).collect();
        marks.sort_by_key(|mark| (mark.at.start, !mark.is_error));
        let mut pieces = Vec::new();
        let first = self.parts.partition_point(|(at, _)| at.end <= from);
        for (at, part) in self.parts[first..].iter().take_while(|(at, _)| at.start < to) {
            let (mut here, end) = (at.start.max(from), at.end.min(to));
            while here < end {
                let under = marks.iter().find(|mark| mark.at.contains(&here));
                let next = match under {
                    Some(mark) => mark.at.end,
                    None => marks.iter().map(|mark| mark.at.start).find(|start| *start > here).unwrap_or(end),
                };
                let next = next.min(end);
                pieces.push(ColouredTextSpan {
                    at: here..next,
                    part: *part,
                    wrong: under.map(|mark| mark.is_error),
                });
                here = next;
            }
        }
        pieces
    }
}

fn columns(line: &str) -> usize {
    line.chars().map(width).sum()
}

/// How many columns a character takes, at most.
fn width(ch: char) -> usize {
    match ch {
        '\t' => TAB,
        ch if ch.is_ascii() => 1,
        _ => 2,
    }
}

/// A mark of at least one sign, within the text, from sign to sign.
fn within(source: &str, mark: &ProblemMark) -> ProblemMark {
    let start = source.floor_char_boundary(mark.at.start);
    let end = source.ceil_char_boundary(mark.at.end.max(start + 1).min(source.len()));
    ProblemMark { at: start..end.max(start), is_error: mark.is_error }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "title = \"ä\"\n[tasks.t]\nsteps = [\"wiat x\"]  # ü\n";

    fn told(marks: &[ProblemMark]) -> Vec<(&'static str, Option<bool>)> {
        let pieces = SourceLineLayout::of(TEXT).pieces(TEXT, 0..9, marks);
        assert_eq!(pieces.iter().map(|piece| &TEXT[piece.at.clone()]).collect::<String>(), TEXT);
        pieces
            .into_iter()
            .map(|piece| (&TEXT[piece.at], piece.wrong))
            .filter(|(_, wrong)| wrong.is_some())
            .collect()
    }

    #[test]
    fn what_is_wrong_is_marked_where_it_is() {
        let at = TEXT.find("wiat").expect("it is there");
        let error = ProblemMark { at: at..at + 4, is_error: true };
        assert_eq!(told(std::slice::from_ref(&error)), [("wiat", Some(true))]);
        let warning = ProblemMark { at: 0..5, is_error: false };
        assert_eq!(told(&[error, warning]), [("title", Some(false)), ("wiat", Some(true))]);
    }

    #[test]
    fn marks_that_lie_on_each_other_reach_over_the_end_or_have_no_length_are_cut() {
        let end = TEXT.len();
        let over = |at: Range<usize>| ProblemMark { at, is_error: true };
        assert_eq!(told(&[over(end - 1..end + 7)]), [("\n", Some(true))]);
        assert_eq!(told(&[over(end + 3..end + 7)]), []);
        assert_eq!(told(&[over(2..2)]), [("t", Some(true))]);
        assert_eq!(told(&[over(10..10)]), [("ä", Some(true))], "the middle of a sign is the sign");
        assert_eq!(told(&[over(0..3), over(1..5)]), [("tit", Some(true)), ("le", Some(true))]);
    }

    #[test]
    fn no_more_than_a_window_of_a_long_text_is_painted() {
        let source = "a = 1\n".repeat(10_000);
        let layout = SourceLineLayout::of(&source);
        assert_eq!((layout.lines(), layout.columns()), (10_001, 5));
        for first in [0, 1, 119, 120, 5_000, 9_999, 10_000, 20_000] {
            let window = layout.window(first);
            assert!(window.len() <= WINDOW);
            let seen = first..(first + 240).min(10_001);
            assert!(
                first > 10_000 || window.start <= seen.start && seen.end <= window.end,
                "{first}: {window:?}"
            );
            let painted = layout.pieces(&source, window.clone(), &[]);
            let bytes: usize = painted.iter().map(|piece| piece.at.len()).sum();
            assert_eq!(bytes, (window.end.min(10_000) - window.start.min(10_000)) * 6);
        }
        assert_eq!((layout.line_of(0), layout.line_of(5), layout.line_of(6)), (0, 0, 1));
    }

    #[test]
    fn a_byte_has_a_line_and_a_column_and_back() {
        let layout = SourceLineLayout::of(TEXT);
        let at = TEXT.find("steps").expect("it is there");
        assert_eq!(layout.position(TEXT, at + 2), (2, 2));
        assert_eq!(layout.byte_at(TEXT, 2, 2), Some(at + 2));
        assert_eq!(layout.byte_at(TEXT, 2, 200), None);
        assert_eq!(layout.byte_at(TEXT, 99, 0), None);
    }

    #[test]
    fn a_line_without_end_is_not_painted() {
        assert!(!SourceLineLayout::of(&"é".repeat(3_000)).is_painted());
        assert_eq!(SourceLineLayout::of("").lines(), 1);
        assert_eq!(SourceLineLayout::of("\tü").columns(), 4);
    }
}
