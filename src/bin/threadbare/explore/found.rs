//! What exploring found, as data, and what of it the scenario does not expect.

use super::args::ExploreArgs;
use super::search::ViewResult;
use crate::exit::Exit;
use threadbare::model::expectation::{Bound, Metric};
use threadbare::model::scenario::Scenario;
use threadbare::study::explore::{ExplorationFinding, FindingKind};
use threadbare::study::schedule::{ReplayedRun, TimingAssumption};

/// What one view came to.
pub struct ViewReport {
    pub result: ViewResult,
    /// The findings that no earlier view has; the first few are shown.
    pub new: Vec<ExplorationFinding>,
    pub shown: Vec<ShownFinding>,
}

/// A finding, and the run that shows it.
pub struct ShownFinding {
    pub finding: ExplorationFinding,
    pub replay: ReplayedRun,
}

/// Whether anything was found that the scenario does not expect. What only other timings lead to fails nothing,
/// unless it is asked for.
pub fn judge(args: &ExploreArgs, scenario: &Scenario, reports: &[ViewReport]) -> Exit {
    let mut counted = reports.iter().filter(|report| fails(args, report.result.view));
    let is_bad = |report: &ViewReport| report.new.iter().any(|finding| is_unexpected(scenario, finding));
    if counted.any(is_bad) { Exit::Unexpected } else { Exit::Expected }
}

/// Whether what is found in a view can fail the exploration.
pub fn fails(args: &ExploreArgs, view: TimingAssumption) -> bool {
    view == TimingAssumption::Timed || args.strict
}

/// Whether a finding is one that the scenario does not expect.
pub fn is_unexpected(scenario: &Scenario, finding: &ExplorationFinding) -> bool {
    match finding.kind {
        FindingKind::Deadlock(_) | FindingKind::Partial(_) => {
            !expects(scenario, |m| matches!(m, Metric::Deadlock | Metric::Stuck))
        }
        FindingKind::LostUpdate(..) => {
            !expects(scenario, |m| matches!(m, Metric::LostUpdates | Metric::Races))
        }
        FindingKind::Endless(_) | FindingKind::Final(_) => true,
        FindingKind::Stall(_) => false,
    }
}

/// Whether the scenario expects that there is such a thing.
fn expects(scenario: &Scenario, is: impl Fn(&Metric) -> bool) -> bool {
    let wants = |bound: &Bound| matches!(bound, Bound::Truth(true));
    scenario.expectations.iter().any(|expected| is(&expected.metric) && wants(&expected.bound))
}
