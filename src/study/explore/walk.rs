//! One run from beginning to end, led by somebody, and everything that it shows on the way.
//!
//! Invariant: what is found on a run is found again by replaying the turns that it had taken until then.

use super::arrivals::as_limits;
use super::blocked::BlockedTaskFinder;
use super::finding::{ExplorationFinding, FindingKind, MAX_FINDINGS};
use super::judged::JudgedExpectations;
use super::shown::shown_by;
use crate::engine::explore::Choice;
use crate::model::scenario::Scenario;
use crate::study::cancellation::ShouldContinue;
use crate::study::schedule::{Schedule, ScheduleDeviation, TimingAssumption, begin};
use std::sync::Arc;

/// Who says which way a run goes.
pub(super) trait SchedulePolicy {
    /// Which of the choices is taken; there are two at least. Points are counted from 1.
    fn choose(&mut self, point: u32, choices: &[Choice]) -> usize;
}

/// A finished run and its findings.
pub(super) struct ExploredRun {
    /// What it showed: the first of each kind.
    pub found: Vec<ExplorationFinding>,
    /// How many alternatives there were at each point.
    pub points: Vec<u16>,
    /// Steps, those without a choice among them.
    pub steps: u64,
    /// It was longer than allowed, and was left.
    pub cut: bool,
}

/// Runs `scenario`, which has just the arrivals of `arrivals` left, for a limited number of steps. `None` if it may not go on
/// for so long.
pub(super) fn walk(
    scenario: &Arc<Scenario>,
    (expected, blocked): (&JudgedExpectations, &BlockedTaskFinder),
    view: TimingAssumption,
    arrivals: &[Option<u64>],
    most_steps: usize,
    guide: &mut impl SchedulePolicy,
    may_go_on: ShouldContinue<'_>,
) -> Option<ExploredRun> {
    let mut run = begin(Arc::clone(scenario), view, expected.keep_events());
    let mut walked = ExploredRun { found: Vec::new(), points: Vec::new(), steps: 0, cut: false };
    let mut turns: Vec<ScheduleDeviation> = Vec::new();
    while may_go_on() {
        let choices = run.choices();
        let mut shown = shown_by(&mut run, &choices, view, expected, &mut |records| blocked.after(records));
        shown.extend(run.take_lost().map(FindingKind::of_lost));
        walked.cut = walked.steps >= most_steps as u64 && !choices.is_empty();
        if walked.cut {
            shown.extend(blocked.after(run.recorder().0.recent()));
            shown.extend(expected.failing_for_good(&run).into_iter().map(FindingKind::Final));
        }
        for kind in shown {
            if walked.found.len() < MAX_FINDINGS && walked.found.iter().all(|found| found.kind != kind) {
                let schedule = Schedule { view, arrivals: as_limits(arrivals), turns: turns.clone() };
                walked.found.push(ExplorationFinding { kind, schedule, steps: walked.steps as usize });
            }
        }
        let taken = match choices.as_slice() {
            [] => return Some(walked),
            _ if walked.cut => return Some(walked),
            [only] => only,
            several => {
                walked.points.push(u16::try_from(several.len()).unwrap_or(u16::MAX));
                let point = walked.points.len() as u32;
                let choice = guide.choose(point, several).min(several.len() - 1);
                if choice > 0 {
                    turns.push(ScheduleDeviation { point, choice: choice as u16 });
                }
                &several[choice]
            }
        };
        run.take(taken);
        walked.steps += 1;
    }
    None
}
