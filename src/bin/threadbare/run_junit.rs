//! A run as JUnit's test cases: one for each expectation, with the story of the run in what fails.

use crate::junit::{Case, CaseOutcome, Suite};
use crate::story;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::expect::ExpectationResult;
use threadbare::language::BASE;

/// The test cases of one run.
pub fn suite(file: &str, digest: &Digest<'_>) -> Suite {
    let variant = &digest.trace().scenario.variant;
    let name = if variant == BASE { file.to_owned() } else { format!("{file} ({variant})") };
    let mut cases: Vec<Case> = digest.expectations.iter().map(|judged| expected(digest, judged)).collect();
    // Without an expectation that says so, a run that deadlocks is still not as expected.
    if cases.is_empty() || (digest.holds() && !digest.verdict.as_expected) {
        let outcome = match digest.verdict.as_expected {
            true => CaseOutcome::Passed,
            false => CaseOutcome::Failure {
                kind: "run".to_owned(),
                message: digest.verdict.headline(),
                text: story(digest),
            },
        };
        cases.push(Case { name: "the run is as expected".to_owned(), outcome, said: String::new() });
    }
    Suite { name, cases }
}

fn expected(digest: &Digest<'_>, judged: &ExpectationResult) -> Case {
    if judged.holds {
        return Case::passed(judged.text.clone());
    }
    let was = match judged.says_nothing {
        true => format!("the run says nothing about it: {}", judged.actual),
        false => format!("it was {}", judged.actual),
    };
    let outcome = CaseOutcome::Failure { kind: "expectation".to_owned(), message: was, text: story(digest) };
    Case { name: judged.text.clone(), outcome, said: String::new() }
}

/// The verdict and how the run came to it.
fn story(digest: &Digest<'_>) -> String {
    format!("{}\n\n{}\n", digest.verdict, story::lines(digest).join("\n"))
}
