//! What is left of a delay that holds a task, where its length follows from the scenario.

use super::model::DelayCountdown;
use crate::analysis::names::{Names, Origin};
use crate::analysis::state::task::{Phase, Task};
use crate::model::executor::ExecutorKind;
use crate::model::scenario::Scenario;
use crate::model::time::{Duration, Time};

/// What is left of the delay that holds `task`; `None` if none does, for ever, or for a random time, which only what is
/// to come tells.
pub(super) fn countdown(
    scenario: &Scenario,
    names: &Names,
    task: &Task,
    now: Time,
) -> Option<DelayCountdown> {
    let ExecutorKind::Delay { delay, .. } = &scenario.executors[task.executor.index()].kind else {
        return None;
    };
    if task.phase != Phase::Held || task.cancelled {
        return None;
    }
    // A submission may say `after`, which counts instead of the executor's own delay.
    let own = match task.origin {
        Origin::Child { parent, submit, .. } => {
            let program = &scenario.tasks[names.kind(parent).index()].program;
            let after = program.submits.get(submit.index()).and_then(|submit| submit.after);
            after.and_then(|after| program.draws.get(after.index())).map(|draw| draw.distribution.fixed())
        }
        Origin::Arrival(_) | Origin::Run { .. } => None,
    };
    let whole = own.unwrap_or_else(|| delay.fixed()).filter(|whole| !whole.is_forever())?;
    Some(DelayCountdown { left: Duration(whole.0.saturating_sub(now.since(task.since_at).0)), whole })
}
