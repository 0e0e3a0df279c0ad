//! JUnit's XML: what build servers read test results from.
//!
//! There is no standard; this is the part that Jenkins, GitLab, GitHub's reporters and Maven's Surefire schema agree on.
//! Invariant: the same results are the same bytes, so there are no times in it.

use crate::command_error::CommandError;
use crate::source::write_file;
use std::fmt::Write;
use std::path::Path;
use threadbare::view::markup::{escape, escape_lines};

/// Test cases that belong together.
pub struct Suite {
    /// What was tested.
    pub name: String,
    /// The test cases, in order.
    pub cases: Vec<Case>,
}

/// One test case.
pub struct Case {
    /// What should hold.
    pub name: String,
    /// Whether it does.
    pub outcome: CaseOutcome,
    /// What there is to tell besides; may be empty.
    pub said: String,
}

/// What a test case came to.
pub enum CaseOutcome {
    /// The case holds.
    Passed,
    /// It does not.
    Failure {
        /// A word for it.
        kind: String,
        /// In one line.
        message: String,
        /// The whole story.
        text: String,
    },
    /// It could not be tested.
    Error {
        /// In one line.
        message: String,
        /// The whole story.
        text: String,
    },
    /// It was not tested, for this reason.
    Skipped(String),
}

impl Case {
    /// A case that holds.
    pub fn passed(name: impl Into<String>) -> Case {
        Case { name: name.into(), outcome: CaseOutcome::Passed, said: String::new() }
    }
}

/// Writes the report of some suites to a file.
pub fn write(path: &Path, suites: &[Suite]) -> Result<(), CommandError> {
    write_file(path, render(suites).as_bytes())
}

/// The report of some suites.
pub fn render(suites: &[Suite]) -> String {
    let all = || suites.iter().flat_map(|suite| &suite.cases);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"threadbare\" {}>\n",
        counts(all())
    );
    for suite in suites {
        let name = escape(&suite.name);
        let _ = writeln!(text, "  <testsuite name=\"{name}\" {}>", counts(suite.cases.iter()));
        for case in &suite.cases {
            put(&mut text, &name, case);
        }
        text.push_str("  </testsuite>\n");
    }
    text + "</testsuites>\n"
}

fn counts<'a>(cases: impl Iterator<Item = &'a Case>) -> String {
    let (mut tests, mut failures, mut errors, mut skipped) = (0, 0, 0, 0);
    for case in cases {
        tests += 1;
        match case.outcome {
            CaseOutcome::Passed => {}
            CaseOutcome::Failure { .. } => failures += 1,
            CaseOutcome::Error { .. } => errors += 1,
            CaseOutcome::Skipped(_) => skipped += 1,
        }
    }
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\"")
}

fn put(text: &mut String, class: &str, case: &Case) {
    let _ = write!(text, "    <testcase name=\"{}\" classname=\"{class}\"", escape(&case.name));
    if matches!(case.outcome, CaseOutcome::Passed) && case.said.is_empty() {
        text.push_str("/>\n");
        return;
    }
    text.push_str(">\n");
    match &case.outcome {
        CaseOutcome::Passed => {}
        CaseOutcome::Failure { kind, message, text: story } => {
            let (kind, message, story) = (escape(kind), escape(message), escape_lines(story));
            let _ = writeln!(text, "      <failure type=\"{kind}\" message=\"{message}\">{story}</failure>");
        }
        CaseOutcome::Error { message, text: story } => {
            let (message, story) = (escape(message), escape_lines(story));
            let _ = writeln!(text, "      <error type=\"error\" message=\"{message}\">{story}</error>");
        }
        CaseOutcome::Skipped(why) => {
            let _ = writeln!(text, "      <skipped message=\"{}\"/>", escape(why));
        }
    }
    if !case.said.is_empty() {
        let _ = writeln!(text, "      <system-out>{}</system-out>", escape_lines(&case.said));
    }
    text.push_str("    </testcase>\n");
}
