//! Where the readers put what is wrong with a recording.
//!
//! Invariant: at most [`MAX_LISTED`] errors and as many warnings are kept; the rest is counted.

use crate::language::{Finding, Problems, Severity};
use std::ops::Range;

/// Problems beyond this many are counted: a recording that is wrong in one way is so in every line.
const MAX_LISTED: usize = 20;

/// Longest message, in bytes: what is read of a recording, and named in it, may be of any length.
const MAX_MESSAGE_BYTES: usize = 400;

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Findings {
    errors: Vec<Finding>,
    warnings: Vec<Finding>,
    unlisted: usize,
}

impl Findings {
    pub fn error(&mut self, at: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        let finding = finding(Severity::Error, at, message.into(), help.into());
        push(&mut self.errors, finding, &mut self.unlisted);
    }

    pub fn warn(&mut self, at: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        let finding = finding(Severity::Warning, at, message.into(), help.into());
        push(&mut self.warnings, finding, &mut self.unlisted);
    }

    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Reading on tells nobody anything more.
    pub fn is_full(&self) -> bool {
        self.errors.len() >= MAX_LISTED
    }

    /// Counts lines and columns.
    pub fn close(self, file_name: &str, source: &str) -> Problems {
        let mut all = self.errors;
        all.extend(self.warnings);
        Problems::excerpted(file_name, source, all, self.unlisted)
    }
}

fn push(list: &mut Vec<Finding>, finding: Finding, unlisted: &mut usize) {
    if list.len() < MAX_LISTED {
        list.push(finding);
    } else {
        *unlisted += 1;
    }
}

fn finding(severity: Severity, at: Range<usize>, message: String, help: String) -> Finding {
    let (message, help) = (shortened(message), shortened(help));
    Finding { severity, at, message, help: (!help.is_empty()).then_some(help) }
}

/// A text of a length that can be read: of a long one the beginning and the end.
fn shortened(text: String) -> String {
    if text.len() <= MAX_MESSAGE_BYTES {
        return text;
    }
    const KEPT: usize = MAX_MESSAGE_BYTES / 2;
    let head = text.floor_char_boundary(KEPT);
    let tail = text.ceil_char_boundary(text.len() - KEPT);
    format!("{} … {}", &text[..head], &text[tail..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_short_whatever_it_quotes() {
        let mut findings = Findings::default();
        findings.error(0..0, format!("`{}` is no time", "é".repeat(1_000)), "write a number");
        let told = findings.close("x", "");
        let message = &told.list[0].message;
        assert!(message.len() <= MAX_MESSAGE_BYTES + 5, "{message}");
        assert!(message.starts_with("`éé") && message.ends_with("éé` is no time"), "{message}");
    }
}
