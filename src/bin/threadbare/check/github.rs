//! What was checked, as annotations of GitHub Actions: the workflow commands `::error file=…::message`.
//!
//! Source: *Workflow commands for GitHub Actions*. Invariant: whatever a document says, a finding is one line.

use super::checked::{CheckedDocument, Severity};
use threadbare::language::{Problem, Problems, Severity as ProblemSeverity};
use threadbare::model::rule::Rule;

/// The problems of a document.
pub(super) fn problems(file: &str, problems: &Problems) -> String {
    problems.list.iter().map(|problem| self::problem(file, problem)).collect()
}

/// The findings of a valid document, and its warnings; nothing of what it allows.
pub(super) fn checked(checked: &CheckedDocument) -> String {
    let mut text = problems(&checked.file, &checked.warnings);
    for (reading, finding) in checked.findings().filter(|(_, finding)| finding.allowed.is_none()) {
        let level = match finding.severity {
            Severity::Deadlock => "error",
            Severity::Stall => "warning",
            Severity::Unknown => "notice",
        };
        let mut message = finding.sentence(&reading.variants.join(", "));
        for detail in &finding.details {
            message.push('\n');
            message.push_str(detail);
        }
        let see = checked.see(reading, finding);
        message.push_str(&format!("\nSee how: {see}"));
        let at = reading.places.first().map(|at| &at.place);
        let place = at.map(|at| (at.line, at.column, at.end_line, at.end_column));
        text += &annotation(level, &checked.file, place, finding.rule, &message);
    }
    text
}

fn problem(file: &str, problem: &Problem) -> String {
    let level = match problem.severity {
        ProblemSeverity::Error => "error",
        ProblemSeverity::Warning => "warning",
    };
    let message = match &problem.help {
        Some(help) => format!("{}\n{help}", problem.message),
        None => problem.message.clone(),
    };
    // A problem that lies in what was typed has no line.
    let place = (problem.line > 0).then_some((problem.line, problem.column, problem.line, problem.column));
    annotation(level, file, place, Rule::DocumentProblem, &message)
}

fn annotation(
    level: &str,
    file: &str,
    place: Option<(u32, u32, u32, u32)>,
    rule: Rule,
    message: &str,
) -> String {
    let at = place.map_or(String::new(), |(line, column, end_line, end_column)| {
        // Columns mean something within one line only.
        let end = if line == end_line { format!(",endColumn={end_column}") } else { String::new() };
        format!(",line={line},endLine={end_line},col={column}{end}")
    });
    format!(
        "::{level} file={}{at},title={}::{}\n",
        property(file),
        property(&rule.to_string()),
        data(message)
    )
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_in_their_line() {
        let text = annotation("error", "a,b\n::error::x.toml", Some((1, 2, 1, 9)), Rule::SelfWait, "50%\nof");
        let want = "::error file=a%2Cb%0A%3A%3Aerror%3A%3Ax.toml,line=1,endLine=1,col=2,endColumn=9,\
                    title=TB001 self-wait::50%25%0Aof\n";
        assert_eq!(text, want);
    }
}
