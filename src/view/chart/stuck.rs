//! Which stretches of which tasks hang: deadlocks and stalls laid over the rows.
//!
//! Invariant: a stretch is cut where its trouble begins or ends, so that a piece has one meaning from end to
//! end. Only what waits can hang; what a task did before is left as it was.

use super::piece::{ActivitySpan, StuckSeverity, TaskActivity};
use crate::analysis::deadlock::Findings;
use crate::model::id::TaskId;
use crate::model::time::Time;
use crate::trace::event::EventId;
use std::collections::BTreeMap;

/// A deadlock or a stall, from the event that completes it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StuckPeriod {
    /// Instant of the deadlock.
    pub at: Time,
    /// Event that closed it.
    pub event: EventId,
    /// [`StuckSeverity::Stuck`] for a deadlock, [`StuckSeverity::Stalled`] for a stall.
    pub trouble: StuckSeverity,
    /// Tasks that are part of it.
    pub tasks: Vec<TaskId>,
    /// When it ended, if it did.
    pub until: Option<Time>,
}

/// When tasks are in trouble.
#[derive(Default)]
pub struct StuckIntervals {
    of: BTreeMap<TaskId, Vec<(Time, Time, StuckSeverity)>>,
}

impl StuckIntervals {
    /// From what an analysis found.
    pub fn new(findings: &Findings, end: Time) -> StuckIntervals {
        let mut troubles = StuckIntervals::default();
        for hang in &findings.deadlocks {
            troubles.add(&hang.knot.tasks, hang.at, Time::NEVER, StuckSeverity::Stuck);
            troubles.add(&hang.behind, hang.at, Time::NEVER, StuckSeverity::Behind);
        }
        for stall in &findings.stalls {
            troubles.add(&stall.knot.tasks, stall.at, stall.until.unwrap_or(end), StuckSeverity::Stalled);
        }
        troubles
    }

    fn add(&mut self, tasks: &[TaskId], from: Time, to: Time, trouble: StuckSeverity) {
        for task in tasks {
            self.of.entry(*task).or_default().push((from, to, trouble));
        }
    }

    /// Adds a piece to a row, cut where its trouble begins and ends.
    pub fn push(&self, row: &mut Vec<ActivitySpan>, piece: ActivitySpan) {
        let waits = match piece.act {
            TaskActivity::Waiting | TaskActivity::Queued | TaskActivity::Held | TaskActivity::Ready => true,
            TaskActivity::Running | TaskActivity::Io | TaskActivity::Cancelled => false,
        };
        let Some(list) = self.of.get(&piece.task).filter(|_| waits) else {
            row.push(piece);
            return;
        };
        let mut cuts = vec![piece.from, piece.to];
        cuts.extend(list.iter().flat_map(|(from, to, _)| [*from, *to]));
        cuts.retain(|cut| (piece.from..=piece.to).contains(cut));
        cuts.sort_unstable();
        cuts.dedup();
        if cuts.len() < 2 {
            let trouble = self.worst(list, piece.from);
            row.push(ActivitySpan { trouble, ..piece });
            return;
        }
        for pair in cuts.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let is_last = to == piece.to;
            row.push(ActivitySpan {
                from,
                to,
                trouble: self.worst(list, from),
                fails: piece.fails && is_last,
                is_open: piece.is_open && is_last,
                ..piece
            });
        }
    }

    fn worst(&self, list: &[(Time, Time, StuckSeverity)], at: Time) -> StuckSeverity {
        let inside = list.iter().filter(|(from, to, _)| *from <= at && at < *to);
        inside.map(|(_, _, trouble)| *trouble).max().unwrap_or_default()
    }
}

/// Deadlocks and stalls, in order of the events that completed them.
pub fn moments(findings: &Findings) -> Vec<StuckPeriod> {
    let hangs = findings.deadlocks.iter().map(|hang| StuckPeriod {
        at: hang.at,
        event: hang.event,
        trouble: StuckSeverity::Stuck,
        tasks: hang.knot.tasks.clone(),
        until: None,
    });
    let stalls = findings.stalls.iter().map(|stall| StuckPeriod {
        at: stall.at,
        event: stall.event,
        trouble: StuckSeverity::Stalled,
        tasks: stall.knot.tasks.clone(),
        until: stall.until,
    });
    let mut all: Vec<StuckPeriod> = hangs.chain(stalls).collect();
    all.sort_by_key(|moment| moment.event);
    all
}
