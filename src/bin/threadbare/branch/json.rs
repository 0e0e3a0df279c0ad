//! The alternatives and what comes of them, for programs.

use super::args::BranchArgs;
use super::listing::{BaseRun, ListedAlternative};
use crate::json::of_file;
use serde_json::{Value, json};
use threadbare::analysis::difference::first_difference;
use threadbare::analysis::digest::Digest;
use threadbare::model::scenario::Scenario;
use threadbare::study::branch::RunOutcomeSummary;
use threadbare::study::schedule::TimingAssumption;

fn upshot_json(upshot: &RunOutcomeSummary) -> Value {
    let failed = upshot.failed.iter().map(|(text, actual)| json!({ "expected": text, "actual": actual }));
    json!({
        "outcome": upshot.kind.word(),
        "end": upshot.end.seconds(),
        "deadlocks": upshot.deadlocks.iter().map(|at| at.seconds()).collect::<Vec<_>>(),
        "stalls": upshot.stalls,
        "lost_updates": upshot.lost_updates,
        "failed_expectations": failed.collect::<Vec<_>>(),
        "text": upshot.words(),
    })
}

fn view_word(view: TimingAssumption) -> &'static str {
    match view {
        TimingAssumption::Timed => "timed",
        TimingAssumption::Untimed { .. } => "untimed",
    }
}

fn alternative_json(each: &ListedAlternative<'_>) -> Value {
    let was = &each.point.ways[each.point.taken];
    json!({
        "view": view_word(each.trunk.view),
        "point": each.point.number,
        "event": each.point.events,
        "at": each.point.at.seconds(),
        "was": was.text,
        "instead": each.way.text,
        "instead_at": each.way.at.seconds(),
        "overtakes": each.way.overtakes,
        "alike": each.alike,
        "schedule": each.way.schedule.to_string(),
        "comes_to": each.upshot.as_ref().map(upshot_json),
    })
}

pub(super) fn as_json(
    args: &BranchArgs,
    scenario: &Scenario,
    trunks: &[BaseRun],
    listed: &[ListedAlternative<'_>],
) -> String {
    let runs = trunks.iter().map(|trunk| {
        json!({
            "view": view_word(trunk.view),
            "schedule": trunk.schedule.to_string(),
            "comes_to": upshot_json(&trunk.upshot),
            "more_points": trunk.branches.more,
        })
    });
    line(
        args,
        json!({
            "title": scenario.title, "variant": scenario.variant, "seed": scenario.seed,
            "runs": runs.collect::<Vec<_>>(),
            "alternatives": listed.iter().map(alternative_json).collect::<Vec<_>>(),
        }),
    )
}

pub(super) fn taken_json(
    args: &BranchArgs,
    scenario: &Scenario,
    taken: &ListedAlternative<'_>,
    was: &Digest<'_>,
    is: &Digest<'_>,
) -> String {
    let run = |digest: &Digest<'_>| {
        json!({
            "comes_to": upshot_json(&RunOutcomeSummary::of(digest)),
            "verdict": digest.verdict.to_string(),
            "fingerprint": digest.trace().fingerprint().to_string(),
        })
    };
    let first = first_difference(was.trace(), is.trace());
    line(
        args,
        json!({
            "title": scenario.title, "variant": scenario.variant, "seed": scenario.seed,
            "alternative": alternative_json(taken),
            "as_it_was": run(was),
            "instead": run(is),
            "first_difference": first.map(|event| event.0),
        }),
    )
}

fn line(args: &BranchArgs, said: Value) -> String {
    format!("{}\n", of_file(&args.file, said))
}
