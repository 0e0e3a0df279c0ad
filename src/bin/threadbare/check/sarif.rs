//! What was checked, as SARIF 2.1.0: what code hosts and editors show beside the text.
//!
//! Source: *Static Analysis Results Interchange Format (SARIF) Version 2.1.0*, OASIS, 2020. Invariant: a finding that the
//! document allows is there, with a suppression and its reason. Deliberately absent: fixes, graphs, times.

use super::checked::{CheckedDocument, ConclusionGroup, FileOutcome, Finding, Severity};
use serde_json::{Value, json};
use threadbare::analysis::shape::rules;
use threadbare::language::{Problem, Severity as ProblemSeverity, SourceRange};
use threadbare::model::rule::Rule;

/// The log of all files.
pub(super) fn log(all: &[FileOutcome]) -> String {
    let results: Vec<Value> = all.iter().flat_map(results).collect();
    let notices: Vec<Value> = all.iter().filter_map(notice).collect();
    let run = json!({
        "tool": {
            "driver": {
                "name": "threadbare",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": Rule::ALL.map(rule),
            },
        },
        "invocations": [{
            "executionSuccessful": notices.is_empty(),
            "toolExecutionNotifications": notices,
        }],
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    format!("{log:#}\n")
}

fn rule(rule: Rule) -> Value {
    json!({
        "id": rule.code(),
        "name": rule.name(),
        "shortDescription": { "text": rules::summary(rule) },
        "fullDescription": { "text": rules::section(rule, "Why it is bad") },
        "help": { "text": rules::page(rule), "markdown": rules::page(rule) },
        "defaultConfiguration": { "level": if rule == Rule::Undecided { "note" } else { "error" } },
    })
}

fn notice(outcome: &FileOutcome) -> Option<Value> {
    match outcome {
        FileOutcome::Unreadable(trouble) => {
            let text = anstream::adapter::strip_str(&trouble.render()).to_string();
            Some(json!({ "level": "error", "message": { "text": text.trim() } }))
        }
        FileOutcome::Lesson(_) | FileOutcome::CheckedDocument(_) | FileOutcome::Problems(..) => None,
    }
}

fn results(outcome: &FileOutcome) -> Vec<Value> {
    match outcome {
        FileOutcome::Lesson(_) | FileOutcome::Unreadable(_) => Vec::new(),
        FileOutcome::Problems(file, problems) => {
            problems.list.iter().map(|found| problem(file, found)).collect()
        }
        FileOutcome::CheckedDocument(checked) => {
            let warnings = checked.warnings.list.iter().map(|found| problem(&checked.file, found));
            warnings
                .chain(checked.findings().map(|(reading, found)| finding(checked, reading, found)))
                .collect()
        }
    }
}

fn problem(file: &str, problem: &Problem) -> Value {
    let level = match problem.severity {
        ProblemSeverity::Error => "error",
        ProblemSeverity::Warning => "warning",
    };
    let text = match &problem.help {
        Some(help) => format!("{} ({help})", problem.message),
        None => problem.message.clone(),
    };
    let region =
        (problem.line > 0).then(|| json!({ "startLine": problem.line, "startColumn": problem.column }));
    result(Rule::DocumentProblem, level, &text, vec![location(file, region, None)])
}

fn finding(checked: &CheckedDocument, reading: &ConclusionGroup, finding: &Finding) -> Value {
    let level = match finding.severity {
        Severity::Deadlock => "error",
        Severity::Stall => "warning",
        Severity::Unknown => "note",
    };
    let mut text = finding.sentence(&reading.variants.join(", "));
    for detail in &finding.details {
        text.push(' ');
        text.push_str(detail);
    }
    let mut places = reading.places.iter().map(|at| {
        let said = at.step.as_ref().map(|step| format!("{} at `{step}`", at.task));
        location(&checked.file, Some(region(&at.place)), said)
    });
    let first = places.next().unwrap_or_else(|| location(&checked.file, None, None));
    let related: Vec<Value> = places.collect();
    let mut value = result(finding.rule, level, &text, vec![first]);
    if !related.is_empty() {
        value["relatedLocations"] = related.into();
    }
    if let Some(reason) = &finding.allowed {
        value["suppressions"] = json!([{ "kind": "inSource", "justification": reason }]);
    }
    value
}

fn result(rule: Rule, level: &str, text: &str, locations: Vec<Value>) -> Value {
    let index = Rule::ALL.iter().position(|known| *known == rule);
    json!({
        "ruleId": rule.code(),
        "ruleIndex": index,
        "level": level,
        "message": { "text": text },
        "locations": locations,
    })
}

fn location(file: &str, region: Option<Value>, said: Option<String>) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(file) } });
    if let Some(region) = region {
        physical["region"] = region;
    }
    let mut location = json!({ "physicalLocation": physical });
    if let Some(said) = said {
        location["message"] = json!({ "text": said });
    }
    location
}

fn region(place: &SourceRange) -> Value {
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    })
}

/// A path as a relative reference: what a URI does not hold as it is becomes its bytes.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte as char)
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_uri() {
        assert_eq!(uri("scenarios/über a.toml"), "scenarios/%C3%BCber%20a.toml");
    }
}
