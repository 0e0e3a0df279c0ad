//! An exploration as JUnit's test cases: one for each expectation that exploring can judge, with the story in what fails.

use super::args::ExploreArgs;
use super::found::{ShownFinding, ViewReport, fails, is_unexpected};
use crate::command::replays;
use crate::junit::{Case, CaseOutcome, Suite};
use crate::source::shown;
use crate::story;
use threadbare::analysis::digest::Digest;
use threadbare::language::BASE;
use threadbare::model::expectation::Metric;
use threadbare::model::scenario::Scenario;
use threadbare::study::explore::{FindingKind, not_judged, words};

/// Categories of findings that an expectation may be about, and that are not expected if none is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FindingCategory {
    Deadlock,
    LostUpdate,
    Endless,
}

/// The test cases of one variant.
pub(super) fn suite(args: &ExploreArgs, scenario: &Scenario, reports: &[ViewReport]) -> Suite {
    let file = shown(&args.file);
    let name =
        if scenario.variant == BASE { file.to_owned() } else { format!("{file} ({})", scenario.variant) };
    let failing = || {
        let counted = reports.iter().filter(|report| fails(args, report.result.view));
        counted.flat_map(|report| &report.shown).filter(|shown| is_unexpected(scenario, &shown.finding))
    };
    let mut cases = Vec::new();
    let mut told = Vec::new();
    for (number, expected) in scenario.expectations.iter().enumerate() {
        let sort = sort_of_metric(&expected.metric);
        told.extend(sort);
        let is_it = |kind: &FindingKind| match kind {
            FindingKind::Final(failing) => *failing == number,
            FindingKind::Deadlock(_)
            | FindingKind::Partial(_)
            | FindingKind::LostUpdate(..)
            | FindingKind::Stall(_)
            | FindingKind::Endless(_) => sort.is_some() && sort_of_kind(kind) == sort,
        };
        let found = failing().find(|shown| is_it(&shown.finding.kind));
        let is_open = |report: &ViewReport| not_judged(scenario, report.result.view).contains(&number);
        let mut counted = reports.iter().filter(|report| fails(args, report.result.view));
        if found.is_none() && counted.all(is_open) {
            let outcome = CaseOutcome::Skipped("exploring does not judge it".to_owned());
            cases.push(Case { name: expected.text.clone(), outcome, said: String::new() });
        } else {
            cases.push(case(args, scenario, expected.text.clone(), found));
        }
    }
    for (sort, name) in [
        (FindingCategory::Deadlock, "no deadlock in any order"),
        (FindingCategory::LostUpdate, "no lost update in any order"),
        (FindingCategory::Endless, "every order ends"),
    ] {
        let found = failing().find(|shown| sort_of_kind(&shown.finding.kind) == Some(sort));
        if !told.contains(&sort) && (found.is_some() || sort == FindingCategory::Deadlock) {
            cases.push(case(args, scenario, name.to_owned(), found));
        }
    }
    Suite { name, cases }
}

fn case(args: &ExploreArgs, scenario: &Scenario, name: String, found: Option<&ShownFinding>) -> Case {
    let Some(found) = found else { return Case::passed(name) };
    let digest = Digest::new(&found.replay.trace);
    let message = words::explain(&digest, &found.finding.kind);
    let replay = replays(&args.file, scenario, &args.which, &found.finding.schedule);
    let text = format!("{}\n\nReplay it: {replay}\n", story::lines(&digest).join("\n"));
    let kind = words::kind_word(&found.finding.kind).to_owned();
    Case { name, outcome: CaseOutcome::Failure { kind, message, text }, said: String::new() }
}

/// The sort of finding that an expectation is about, if it is one of its own.
fn sort_of_metric(metric: &Metric) -> Option<FindingCategory> {
    if matches!(metric, Metric::Deadlock | Metric::Stuck) {
        Some(FindingCategory::Deadlock)
    } else if matches!(metric, Metric::LostUpdates | Metric::Races) {
        Some(FindingCategory::LostUpdate)
    } else {
        None
    }
}

fn sort_of_kind(kind: &FindingKind) -> Option<FindingCategory> {
    match kind {
        FindingKind::Deadlock(_) | FindingKind::Partial(_) => Some(FindingCategory::Deadlock),
        FindingKind::LostUpdate(..) => Some(FindingCategory::LostUpdate),
        FindingKind::Endless(_) => Some(FindingCategory::Endless),
        FindingKind::Final(_) | FindingKind::Stall(_) => None,
    }
}
