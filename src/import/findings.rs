//! Where the readers put what is wrong with a recording.
//!
//! Invariant: at most [`MAX_LISTED`] errors and as many warnings are kept; the rest is counted.

use crate::language::{Finding, Problems, Severity};
use std::ops::Range;

/// Problems beyond this many are counted: a recording that is wrong in one way is so in every line.
const MAX_LISTED: usize = 20;

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
    Finding { severity, at, message, help: (!help.is_empty()).then_some(help) }
}
