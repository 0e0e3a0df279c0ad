//! Advice in words: what is wrong, how a remedy is known to be one, what it costs.

use super::{Remedy, RemedyEffect, RunCost, VariantAdvice};
use crate::analysis::prose::{grouped, plural};
use crate::analysis::written::bytes_text;

/// What is wrong with the variant, a sentence each, or that nothing is; and what came of the search.
pub fn troubles(advice: &VariantAdvice) -> Vec<String> {
    wrong(advice).into_iter().chain(outcome(advice)).collect()
}

/// What is wrong with the variant, a sentence each, or that nothing is: all that is known before remedies are looked for.
pub fn wrong(advice: &VariantAdvice) -> Vec<String> {
    let known = &advice.known;
    if is_unexplored(advice) {
        return vec!["The time was too short to explore the scenario.".to_owned()];
    }
    let design = advice.design();
    if !advice.is_needed() {
        return vec![match known.is_proven() {
            true => format!("Nothing to fix. {} No update was lost in the orders explored.", design.line()),
            false => format!("Nothing to fix was found. {}", design.line()),
        }];
    }
    let mut lines = Vec::new();
    for hazard in advice.shape.hazards.iter().filter(|hazard| !hazard.stall && known.hangs()) {
        lines.push(format!("It {}.", hazard.headline(&advice.scenario)));
    }
    if known.timed.hangs || known.cost.hangs {
        lines.push("It deadlocks with these timings.".to_owned());
    } else if known.untimed.hangs {
        lines.push("With these timings it does not deadlock; with others it does.".to_owned());
    }
    lines.push(design.line());
    if let Some(at) = known.cost.given_up {
        lines.push(format!("The run was stopped at {at}: it reached a limit. Give it a horizon (`until`)."));
    }
    for number in &known.cost.missed {
        let text = &advice.scenario.expectations[*number].text;
        let reason = advice.reasons.iter().find(|(missed, _)| missed == number);
        let reason = reason.map_or(String::new(), |(_, why)| format!(" The slowest: {why}"));
        lines.push(format!("The run misses `{text}`.{reason}"));
    }
    for number in known.timed.finals.iter().filter(|number| !known.cost.missed.contains(number)) {
        let text = &advice.scenario.expectations[*number].text;
        lines.push(format!("In another order with these timings it misses `{text}`."));
    }
    if known.loses() {
        lines.push("Updates can be lost.".to_owned());
    }
    lines
}

/// What came of the search, where that is less than all there is to find.
pub fn outcome(advice: &VariantAdvice) -> Option<String> {
    if !advice.is_needed() || is_unexplored(advice) {
        None
    } else if advice.is_cut_short {
        Some("The search for remedies ran out of time.".to_owned())
    } else if advice.remedies.is_empty() {
        Some("No remedy was found: the tasks themselves have to change.".to_owned())
    } else {
        None
    }
}

/// Whether the time ended before anything was found wrong.
fn is_unexplored(advice: &VariantAdvice) -> bool {
    advice.is_cut_short && advice.remedies.is_empty() && advice.known.is_clean()
}

/// What a remedy turns the trouble into, if it does not just end it: `a stall instead`.
pub fn effect(effect: RemedyEffect) -> Option<&'static str> {
    match effect {
        RemedyEffect::Gone => None,
        RemedyEffect::GoneForNow => Some("with these timings"),
        RemedyEffect::Stall => Some("a stall instead"),
        RemedyEffect::Failure => Some("failures instead"),
    }
}

/// How a remedy is known to be one.
pub fn verified(remedy: &Remedy) -> String {
    let design = remedy.known.plain_design();
    let mut line = format!("With it: {}. {}", design.word(), design.text);
    if remedy.is_smallest {
        line += " With one less it fails.";
    }
    line
}

/// How the plain run ends, which the costs of remedies are compared with.
pub fn plain(before: &RunCost) -> String {
    if before.hangs {
        "the plain run deadlocks".to_owned()
    } else {
        format!("the plain run ends at {}", before.end)
    }
}

/// What a remedy costs in a run, against what is there now: each cost by itself, threads and memory first.
pub fn costs(cost: &RunCost, before: &RunCost) -> Vec<String> {
    let threads = if cost.threads == before.threads {
        format!("{} threads as now", cost.threads)
    } else {
        format!("{} threads (now {})", cost.threads, before.threads)
    };
    let memory = if cost.memory == before.memory {
        bytes_text(cost.memory)
    } else {
        format!("{} (now {})", bytes_text(cost.memory), bytes_text(before.memory))
    };
    let now = if before.hangs { "now it deadlocks".to_owned() } else { format!("now {}", before.end) };
    let mut costs = vec![threads, memory, format!("the run ends at {} ({now})", cost.end)];
    costs.extend(cost.p99.map(|p99| format!("99 % of arrivals take at most {p99}")));
    if cost.failed > 0 {
        let tasks = plural(cost.failed as usize, "task");
        let fail = if cost.failed == 1 { "fails" } else { "fail" };
        costs.push(format!("{} {tasks} {fail}", grouped(cost.failed)));
    }
    costs
}
