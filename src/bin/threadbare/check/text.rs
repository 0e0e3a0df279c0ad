//! What was checked, for a person at a terminal.

use super::checked::{CheckedDocument, Conclusion, ConclusionGroup, Finding, SafetyReason, Severity};
use crate::text::{BAD, GOOD, wrap};
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

/// What may be trouble.
const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();

pub(super) fn report(checked: &CheckedDocument, width: usize) -> String {
    let with = match checked.variants {
        0 => String::new(),
        1 => ", with 1 variant".to_owned(),
        n => format!(", with {n} variants"),
    };
    let mut text = format!("{} is valid{with}\n", checked.file);
    for reading in &checked.readings {
        match &reading.said {
            Conclusion::Finding(finding) => write_finding(&mut text, width, checked, reading, finding),
            Conclusion::Safe(ground) => {
                let names = reading.variants.join(", ");
                let who = if checked.variants == 0 { "It" } else { names.as_str() };
                put(&mut text, width, &format!("  {GOOD}✓{GOOD:#} "), "    ", &sentences(ground, who));
            }
            Conclusion::NothingArrives(design) => {
                let line = match checked.variants {
                    0 => design.line(),
                    _ => format!("{}: {}. {}", reading.variants.join(", "), design.word(), design.text),
                };
                put(&mut text, width, &format!("  {DOUBTFUL}?{DOUBTFUL:#} "), "    ", &line);
            }
        }
    }
    for allowed in &checked.unused {
        let line = format!("{} is allowed, and was not found", allowed.rule);
        put(&mut text, width, "  · ", "    ", &line);
    }
    text
}

fn write_finding(
    text: &mut String,
    width: usize,
    checked: &CheckedDocument,
    reading: &ConclusionGroup,
    finding: &Finding,
) {
    let (style, sign) = match (&finding.allowed, finding.severity) {
        (Some(_), _) => (Style::new(), "·"),
        (None, Severity::Deadlock) => (BAD, "✗"),
        (None, Severity::Stall) => (DOUBTFUL, "!"),
        (None, Severity::Unknown) => (DOUBTFUL, "?"),
    };
    let line = finding.sentence(&reading.variants.join(", "));
    put(text, width, &format!("  {style}{sign}{style:#} "), "    ", &line);
    for detail in &finding.details {
        put(text, width, "      ", "      ", detail);
    }
    if let Some(reason) = &finding.allowed {
        let why = if reason.is_empty() { "without a reason" } else { reason };
        put(text, width, "      ", "      ", &format!("Allowed: {why}"));
    }
    let at = reading
        .places
        .first()
        .map_or(String::new(), |at| format!(", at {}:{}:{}", checked.file, at.place.line, at.place.column));
    put(text, width, "      ", "      ", &format!("{}{at}", finding.rule));
    if !finding.details.is_empty() {
        let see = checked.see(reading, finding);
        let _ = writeln!(text, "      See how: {see}");
    }
}

fn sentences(ground: &SafetyReason, who: &str) -> String {
    match ground {
        SafetyReason::Shape => format!("{who} cannot deadlock in any order."),
        SafetyReason::Orders(warned) => format!(
            "{who} cannot deadlock in any order. Every order was explored. By its shape alone it {}.",
            warned.join("; it ")
        ),
    }
}

/// A paragraph whose lines after the first are indented like it.
fn put(text: &mut String, width: usize, first: &str, rest: &str, line: &str) {
    for (number, part) in wrap(line, width.saturating_sub(rest.len())).into_iter().enumerate() {
        let indent = if number == 0 { first } else { rest };
        let _ = writeln!(text, "{indent}{part}");
    }
}
