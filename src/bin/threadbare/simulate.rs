//! Running a scenario in slices, with a progress bar if it takes long.

use crate::progress::Progress;
use std::sync::Arc;
use threadbare::model::scenario::Scenario;
use threadbare::study::run::Session;
use threadbare::trace::Trace;

/// Events between two looks at the clock: some milliseconds' worth.
const SLICE: u64 = 100_000;

/// Runs `scenario` to its outcome.
pub fn simulate(scenario: Scenario) -> Trace {
    let mut progress = Progress::new("simulating", scenario.until);
    let mut session = Session::new(Arc::new(scenario));
    while session.advance(SLICE).is_none() {
        progress.at(session.now(), session.events());
    }
    session.finish()
}
