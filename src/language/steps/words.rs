//! A step as words: what stands in brackets stays with its word, so that `uniform(1s, 3s)` is one.

use crate::language::problem::Span;
use crate::language::text::{Text, TextError};
use std::ops::Range;

/// One word of a step, in bytes of the step's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub text: String,
    pub at: Range<usize>,
}

/// The words of a step, read from left to right.
pub(super) struct Words<'a> {
    text: &'a Text,
    words: Vec<Word>,
    next: usize,
}

impl<'a> Words<'a> {
    /// Splits a step; a bracket that is not closed is a mistake.
    pub fn of(text: &'a Text) -> Result<Words<'a>, TextError> {
        let mut words = Vec::new();
        let mut start = None;
        let mut open: Option<usize> = None;
        let mut depth = 0usize;
        for (at, c) in text.text.char_indices() {
            if c.is_whitespace() && depth == 0 {
                if let Some(start) = start.take() {
                    words.push(word(&text.text, start..at));
                }
                continue;
            }
            start = start.or(Some(at));
            match c {
                '(' => {
                    open = open.filter(|_| depth > 0).or(Some(at));
                    depth += 1;
                }
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        if let Some(start) = start {
            words.push(word(&text.text, start..text.text.len()));
        }
        match open.filter(|_| depth > 0) {
            Some(at) => Err(TextError::new(at..at + 1, "this bracket is not closed")),
            None => Ok(Words { text, words, next: 0 }),
        }
    }

    /// The words of a step whose text is prose: brackets mean nothing.
    pub fn of_prose(text: &'a Text) -> Words<'a> {
        let start = text.text.len() - text.text.trim_start().len();
        let end = text.text[start..].find(char::is_whitespace).map_or(text.text.len(), |end| start + end);
        Words { text, words: vec![word(&text.text, start..end)], next: 0 }
    }

    pub fn next(&mut self) -> Option<Word> {
        let word = self.words.get(self.next).cloned();
        self.next += usize::from(word.is_some());
        word
    }

    pub fn peek(&self) -> Option<&Word> {
        self.words.get(self.next)
    }

    /// Takes the next word if it is this one.
    pub fn take(&mut self, text: &str) -> Option<Word> {
        if self.peek().is_some_and(|word| word.text == text) { self.next() } else { None }
    }

    /// The next word, or a mistake behind the last one.
    pub fn expect(&mut self, what: &str, form: &str) -> Result<Word, TextError> {
        let last = self.words.get(self.next.wrapping_sub(1)).map_or(0..0, |word| word.at.clone());
        self.next().ok_or_else(|| {
            let message = format!("`{}` needs {what}", self.words.first().map_or("", |word| &word.text));
            TextError::new(last, message).help(format!("it is written: {form}"))
        })
    }

    /// Nothing may follow.
    pub fn finish(&mut self, form: &str) -> Result<(), TextError> {
        match self.next() {
            None => Ok(()),
            Some(word) => {
                let message = format!("`{}` is not expected here", word.text.escape_debug());
                Err(TextError::new(word.at, message).help(format!("it is written: {form}")))
            }
        }
    }

    /// Where the whole step stands.
    pub fn all(&self) -> Range<usize> {
        let first = self.words.first().map_or(0, |word| word.at.start);
        first..self.words.last().map_or(first, |word| word.at.end)
    }

    /// Everything behind the words taken so far, trimmed.
    pub fn rest(&self) -> &str {
        let from = self.words.get(self.next.wrapping_sub(1)).map_or(0, |word| word.at.end);
        self.text.text[from..].trim()
    }

    /// Where a word stands in the document.
    pub fn span(&self, word: &Word) -> Span {
        self.text.span(&word.at)
    }
}

fn word(text: &str, at: Range<usize>) -> Word {
    Word { text: text[at.clone()].to_owned(), at }
}
