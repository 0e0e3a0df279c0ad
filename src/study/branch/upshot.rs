//! What a run comes to, in the few facts that a person would compare two runs by.

use crate::analysis::digest::Digest;
use crate::analysis::prose::{count_word, plural};
use crate::model::time::Time;
use crate::trace::OutcomeKind;

/// What a run comes to. Two that are equal may still be different runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOutcomeSummary {
    /// How it ended, and when.
    pub kind: OutcomeKind,
    /// Instant at which the run ends.
    pub end: Time,
    /// When each deadlock was complete.
    pub deadlocks: Vec<Time>,
    /// How many waits only a timeout ended.
    pub stalls: usize,
    /// How many updates were lost.
    pub lost_updates: usize,
    /// The expectations that do not hold: each with what came instead.
    pub failed: Vec<(String, String)>,
}

impl RunOutcomeSummary {
    /// What a run comes to.
    pub fn of(digest: &Digest<'_>) -> RunOutcomeSummary {
        let outcome = digest.trace().outcome;
        let failed = digest.expectations.iter().filter(|judged| !judged.holds);
        RunOutcomeSummary {
            kind: outcome.kind,
            end: outcome.at,
            deadlocks: digest.findings.deadlocks.iter().map(|hang| hang.at).collect(),
            stalls: digest.findings.stalls.len(),
            lost_updates: digest.lost_updates.len(),
            failed: failed.map(|judged| (judged.text.clone(), judged.actual.clone())).collect(),
        }
    }

    /// Whether the difference is one of time only: neither run is in any trouble that the other is not in.
    pub fn is_like(&self, other: &RunOutcomeSummary) -> bool {
        let trouble = |upshot: &RunOutcomeSummary| {
            let failed: Vec<String> = upshot.failed.iter().map(|(text, _)| text.clone()).collect();
            (upshot.kind, upshot.deadlocks.len(), upshot.stalls, upshot.lost_updates, failed)
        };
        trouble(self) == trouble(other)
    }

    /// In a few words: `deadlock at 3 s`, `completed at 5 s, one update lost`.
    pub fn words(&self) -> String {
        let mut parts = vec![match (self.deadlocks.as_slice(), self.kind) {
            (_, OutcomeKind::Limit(_)) => format!("given up at {}", self.end),
            ([first, ..], _) => format!("deadlock at {first}"),
            ([], OutcomeKind::Completed) => format!("completed at {}", self.end),
            ([], OutcomeKind::Until) => format!("ended at its horizon, {}", self.end),
            ([], OutcomeKind::Stuck | OutcomeKind::Deadlock) => format!("stuck at {}", self.end),
        }];
        if self.stalls > 0 {
            parts.push(format!("{} {}", count_word(self.stalls), plural(self.stalls, "stall")));
        }
        if self.lost_updates > 0 {
            let updates = plural(self.lost_updates, "update");
            parts.push(format!("{} {updates} lost", count_word(self.lost_updates)));
        }
        parts.extend(self.failed.iter().map(|(expected, actual)| format!("`{expected}` fails: {actual}")));
        parts.join(", ")
    }
}
