//! Advice in words: what is wrong, how a remedy is known to be one, what it costs.

use super::{Advice, Cost, Effect, Remedy};
use crate::analysis::expect::bytes_text;
use crate::analysis::prose::grouped;

/// What is wrong with the variant, a sentence each; or that nothing is.
pub fn troubles(advice: &Advice) -> Vec<String> {
    let known = &advice.known;
    if !advice.is_needed() {
        return vec![if known.is_proven() {
            "Nothing to fix: it cannot hang, and no update was lost in the orders looked at.".to_owned()
        } else {
            "Nothing to fix was found; not every order could be looked at.".to_owned()
        }];
    }
    let mut lines = Vec::new();
    for hazard in advice.shape.hazards.iter().filter(|hazard| !hazard.stall) {
        lines.push(format!("It {}.", hazard.headline(&advice.scenario)));
    }
    lines.push(if known.timed.hangs || known.cost.hangs {
        "It does hang under the drawn durations.".to_owned()
    } else if known.untimed.hangs {
        "Under the drawn durations it does not hang; under others it does.".to_owned()
    } else if lines.is_empty() {
        String::new()
    } else {
        "No order that was looked at hangs; not every order could be.".to_owned()
    });
    if known.loses() {
        lines.push("Updates can be lost.".to_owned());
    }
    if advice.remedies.is_empty() {
        lines.push("No remedy was found: it takes a change of what the tasks do.".to_owned());
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// What a remedy turns the trouble into, if it does not just end it: `a stall instead`.
pub fn effect(effect: Effect) -> Option<&'static str> {
    match effect {
        Effect::Gone => None,
        Effect::Stall => Some("a stall instead"),
        Effect::Failure => Some("failures instead"),
    }
}

/// How a remedy is known to be one.
pub fn verified(remedy: &Remedy) -> String {
    let known = &remedy.known;
    let mut line = match (known.untimed.exhausted, known.shape_is_clear) {
        (true, _) => format!(
            "Nothing hangs: every order was looked at ({} states under any durations).",
            grouped(known.untimed.states as u64)
        ),
        (false, true) => format!(
            "Nothing can hang: nobody is left to wait in a ring. Of the orders, {} states were looked at.",
            grouped((known.untimed.states + known.timed.states) as u64)
        ),
        (false, false) => format!(
            "Nothing hangs under the drawn durations, every order looked at; under any durations nothing in {} states, not all.",
            grouped(known.untimed.states as u64)
        ),
    };
    if remedy.is_smallest {
        line += " With one less it hangs.";
    }
    line
}

/// How the plain run ends, which the costs of remedies are compared with.
pub fn plain(before: &Cost) -> String {
    if before.hangs {
        "the plain run hangs".to_owned()
    } else {
        format!("the plain run ends at {}", before.end)
    }
}

/// What a remedy costs in a run, against what is there now: each cost by itself, threads and memory first.
pub fn costs(cost: &Cost, before: &Cost) -> Vec<String> {
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
    let now = if before.hangs { "now it hangs".to_owned() } else { format!("now {}", before.end) };
    let mut costs = vec![threads, memory, format!("the run ends at {} ({now})", cost.end)];
    costs.extend(cost.p99.map(|p99| format!("99 % of arrivals take at most {p99}")));
    if cost.failed > 0 {
        costs.push(format!("{} tasks fail", cost.failed));
    }
    costs
}
