//! What was checked, as JUnit's XML: a suite for each file, a test case for each thing that is said of variants.

use super::checked::{CheckedDocument, Conclusion, FileOutcome, Finding};
use crate::junit::{Case, CaseOutcome, Suite, render};

/// The report of all files.
pub(super) fn report(all: &[FileOutcome]) -> String {
    let suites: Vec<Suite> = all.iter().filter_map(suite).collect();
    render(&suites)
}

fn suite(outcome: &FileOutcome) -> Option<Suite> {
    let error = |file: &str, text: String| {
        let message = "the document has errors".to_owned();
        let outcome = CaseOutcome::Error { message, text };
        let case = Case { name: "document".to_owned(), outcome, said: String::new() };
        Some(Suite { name: file.to_owned(), cases: vec![case] })
    };
    match outcome {
        FileOutcome::Lesson(_) => None,
        FileOutcome::Unreadable(trouble) => {
            let text = anstream::adapter::strip_str(&trouble.render()).to_string();
            error("check", text)
        }
        FileOutcome::Problems(file, problems) => error(file, problems.render(false)),
        FileOutcome::CheckedDocument(checked) => {
            let cases = checked.readings.iter().map(|reading| {
                let names = reading.variants.join(", ");
                match &reading.said {
                    Conclusion::Safe(_) => Case::passed(format!("{names}: cannot deadlock")),
                    Conclusion::NothingArrives(design) => Case::passed(format!("{names}: {}", design.word())),
                    Conclusion::Finding(finding) => case(checked, &names, finding),
                }
            });
            Some(Suite { name: checked.file.clone(), cases: cases.collect() })
        }
    }
}

/// A finding fails if `--deny` says so; otherwise it is only told.
fn case(checked: &CheckedDocument, names: &str, finding: &Finding) -> Case {
    let text = finding.details.join("\n");
    let message = finding.sentence(names);
    let name = format!("{names}: {}", finding.rule);
    if checked.denies(finding) {
        let outcome = CaseOutcome::Failure { kind: finding.rule.code().to_owned(), message, text };
        return Case { name, outcome, said: String::new() };
    }
    let allowed = finding.allowed.as_ref().map_or(String::new(), |reason| format!("\nAllowed: {reason}"));
    Case { name, outcome: CaseOutcome::Passed, said: format!("{message}\n{text}{allowed}") }
}
