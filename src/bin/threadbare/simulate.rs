//! Running a scenario in slices, with a progress bar if it takes long.

use crate::progress::Progress;
use std::sync::Arc;
use threadbare::analysis::cancellation::ShouldContinue;
use threadbare::analysis::deadlock::WaitForIndex;
use threadbare::analysis::pass::Pass;
use threadbare::model::scenario::Scenario;
use threadbare::study::run::RunSession;
use threadbare::trace::Trace;

/// Events between two looks at the clock: some milliseconds' worth.
const SLICE: u64 = 100_000;

/// Runs `scenario` to its outcome.
pub fn simulate(scenario: Scenario) -> Trace {
    let mut progress = Progress::new("simulating", scenario.until);
    let mut session = RunSession::new(Arc::new(scenario));
    while session.advance(SLICE).is_none() {
        progress.at(session.now(), session.events());
    }
    session.finish()
}

/// Runs `scenario` for as long as it may go on, and reads along: the time is for both. There is no reading of a run
/// that may have gone on beyond its end (`stop = "deadlock"`).
pub fn simulate_while(scenario: Scenario, may_go_on: ShouldContinue<'_>) -> (Trace, Option<Pass>) {
    let mut progress = Progress::new("simulating", scenario.until);
    let scenario = Arc::new(scenario);
    let most = usize::try_from(scenario.limits.max_events).unwrap_or(usize::MAX);
    let mut pass = (!scenario.stop_at_deadlock).then(|| Pass::new(&scenario, WaitForIndex::spacing(most)));
    let mut session = RunSession::new(scenario);
    while session.advance(SLICE).is_none() {
        if let Some(pass) = &mut pass {
            pass.read(session.records());
        }
        if !may_go_on() {
            session.give_up();
            break;
        }
        progress.at(session.now(), session.events());
    }
    (session.finish(), pass)
}
