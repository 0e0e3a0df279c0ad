//! Rows that are no whole tasks: jobs that have not started or not ended, and what a tool writes beside tasks.

use super::super::draft::count;
use super::super::findings::Findings;
use super::super::inference::{Inference, Provenance};
use super::header::Header;
use super::tools::RowFilter;
use std::ops::Range;

/// Rows that are no whole tasks, counted.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    /// Excluded by what is known of the tool.
    pub filtered: usize,
    pub without_start: usize,
    pub without_end: usize,
    /// Kept, as submitted when they started.
    pub late_arrivals: usize,
    /// The first row without a start or an end.
    pub first: Option<Range<usize>>,
}

/// What tools write where there is nothing.
const NOTHING: [&str; 9] = ["", "-", "null", "none", "nan", "nat", "n/a", "unknown", "\\n"];

/// Whether a field holds nothing.
pub(super) fn is_nothing(text: &str) -> bool {
    NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word))
}

impl LeftOut {
    /// Says what was left out; that it was everything is an error.
    pub fn note_inferences(
        &self,
        is_all: bool,
        header: &Header,
        findings: &mut Findings,
        inferences: &mut Vec<Inference>,
    ) {
        let mut say = |how: Provenance, text: String| inferences.push(Inference { how, text });
        if let (Some((_, filter)), 1..) = (header.filter, self.filtered) {
            let (RowFilter::Only(.., what) | RowFilter::Without(.., what)) = filter;
            say(Provenance::Lost, format!("{} left out: {what}", count(self.filtered, "row")));
        }
        let unfinished = [(self.without_start, "a start"), (self.without_end, "an end")];
        for (number, what) in unfinished.into_iter().filter(|(number, _)| *number > 0) {
            say(Provenance::Lost, format!("{} without {what} left out", count(number, "row")));
        }
        if self.late_arrivals > 0 {
            let rows = count(self.late_arrivals, "row");
            let text = format!("{rows} with a submission after the start, taken to be submitted then");
            say(Provenance::Assumed, text);
        }
        if let (true, Some(first)) = (is_all && !findings.has_errors(), self.first.clone()) {
            let help = "a row for each task that has ended is needed";
            findings.error(first, "no row of this table has both a start and an end", help);
        }
    }
}
