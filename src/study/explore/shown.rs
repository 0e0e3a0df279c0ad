//! What a state shows by itself, wherever a search or a walk comes upon it.

use super::finding::{FindingKind, NonterminationEvidence};
use super::judged::JudgedExpectations;
use crate::engine::explore::Choice;
use crate::study::schedule::{Run, TimingAssumption};
use crate::trace::OutcomeKind;
use crate::trace::record::Record;

/// What the end of a run shows. `blocked` says who can never continue after the events since they were last taken.
pub(super) fn shown_at_end(
    run: &mut Run,
    expected: &JudgedExpectations,
    blocked: &mut dyn FnMut(&[Record]) -> Option<FindingKind>,
) -> Vec<FindingKind> {
    let kind = run.ended().kind;
    let mut shown = match kind {
        OutcomeKind::Stuck | OutcomeKind::Deadlock => vec![FindingKind::Deadlock(run.standing())],
        OutcomeKind::Limit(limit) => vec![FindingKind::Endless(NonterminationEvidence::Limit(limit))],
        OutcomeKind::Completed | OutcomeKind::Until => Vec::new(),
    };
    if matches!(kind, OutcomeKind::Until | OutcomeKind::Limit(_)) {
        shown.extend(blocked(run.recorder().0.recent()));
    }
    shown.extend(expected.failing_in(run).into_iter().map(FindingKind::Final));
    shown
}

/// What a state shows by itself; `blocked` as in [`shown_at_end`].
pub(super) fn shown_by(
    run: &mut Run,
    choices: &[Choice],
    view: TimingAssumption,
    expected: &JudgedExpectations,
    blocked: &mut dyn FnMut(&[Record]) -> Option<FindingKind>,
) -> Vec<FindingKind> {
    if choices.is_empty() {
        return shown_at_end(run, expected, blocked);
    }
    let stalls = view != TimingAssumption::Timed && choices.iter().all(Choice::is_timeout);
    if stalls { vec![FindingKind::Stall(run.standing())] } else { Vec::new() }
}
