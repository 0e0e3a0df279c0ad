//! What a scenario can come to, and what a run of it costs: the same questions for the document and for each remedy.

use super::super::allowance::Allowance;
use super::super::look::{ExplorationSummary, LookGoal, look};
use super::super::parallel::in_parallel;
use super::super::run::run_within;
use super::super::schedule::TimingAssumption;
use crate::analysis::digest::Digest;
use crate::analysis::shape::Shape;
use crate::analysis::verdict::{Coverage, DesignVerdict, MadeRuns, ShapeReading};
use crate::model::scenario::Scenario;
use crate::model::time::{Duration, Time};
use crate::study::cancellation::ShouldContinue;
use crate::trace::{OutcomeKind, Trace};
use std::sync::Arc;

/// States of a scenario that cannot deadlock by its shape: they are looked at for what is expected alone.
const MAX_PLAIN_STATES: usize = 2_000;

/// What one run costs.
#[derive(Clone, Debug, PartialEq)]
pub struct RunCost {
    /// Some tasks can never continue.
    pub hangs: bool,
    /// It is given up at a limit, at this time.
    pub given_up: Option<Time>,
    /// The expectations that it misses, by number.
    pub missed: Vec<usize>,
    /// When it ends.
    pub end: Time,
    /// Most operating-system threads at once.
    pub threads: u64,
    /// Most memory of workers at once, in bytes.
    pub memory: u64,
    /// The 99th percentile of the latency of what arrives, over all of it that finished.
    pub p99: Option<Duration>,
    /// Tasks that failed, were refused or were dropped.
    pub failed: u64,
}

/// What is known of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioAssessment {
    /// What was seen with these timings.
    pub timed: ExplorationSummary,
    /// What was seen with other timings.
    pub untimed: ExplorationSummary,
    /// Its shape has no ring: it cannot hang, whatever is simultaneous.
    pub shape_is_clear: bool,
    /// Its plain run.
    pub cost: RunCost,
}

impl ScenarioAssessment {
    /// Looks at `scenario`, at most `most_states` states in each view, until something hangs: of a change that does not
    /// help no more is asked. `None` if it is not allowed to take so much.
    pub(super) fn of(
        scenario: &Arc<Scenario>,
        most_states: usize,
        allowance: &Allowance<'_>,
    ) -> Option<ScenarioAssessment> {
        let cost = run_cost(scenario, allowance)?;
        if cost.hangs {
            let nothing = ExplorationSummary::default;
            return Some(ScenarioAssessment {
                timed: nothing(),
                untimed: nothing(),
                shape_is_clear: false,
                cost,
            });
        }
        let seen = ScenarioAssessment::explored(scenario, most_states, LookGoal::FirstHang, allowance, cost);
        allowance.may_go_on().then_some(seen)
    }

    /// Explores all of `scenario` until it may not go on: then with all that was seen so far.
    pub(super) fn until_cut(
        scenario: &Arc<Scenario>,
        most_states: usize,
        allowance: &Allowance<'_>,
    ) -> ScenarioAssessment {
        match run_cost(scenario, allowance) {
            Some(cost) => {
                ScenarioAssessment::explored(scenario, most_states, LookGoal::Everything, allowance, cost)
            }
            None => ScenarioAssessment::unknown(scenario, &|| allowance.may_go_on()),
        }
    }

    fn explored(
        scenario: &Arc<Scenario>,
        most_states: usize,
        goal: LookGoal,
        allowance: &Allowance<'_>,
        cost: RunCost,
    ) -> ScenarioAssessment {
        let dangers = Shape::dangers(scenario, &|| allowance.may_go_on());
        let shape_is_clear = !dangers.can_hang;
        // Without a ring, and without cells to lose updates of, other timings have nothing to show.
        let is_plain = shape_is_clear && scenario.cells.is_empty();
        let (timed, untimed) = if is_plain {
            let timed =
                look(scenario, TimingAssumption::Timed, most_states.min(MAX_PLAIN_STATES), goal, allowance);
            (timed, ExplorationSummary { stalls: dangers.can_stand_still, ..ExplorationSummary::default() })
        } else {
            let views = [TimingAssumption::Timed, TimingAssumption::Untimed { timeouts_last: false }];
            let mut seen = in_parallel(&views, 0, |view| look(scenario, *view, most_states, goal, allowance))
                .into_iter();
            let mut next = || seen.next().unwrap_or_default();
            (next(), next())
        };
        ScenarioAssessment { timed, untimed, shape_is_clear, cost }
    }

    /// What is known of a scenario that there was no time to look at.
    pub(super) fn unknown(scenario: &Scenario, may_go_on: ShouldContinue<'_>) -> ScenarioAssessment {
        let cost = RunCost {
            hangs: false,
            given_up: None,
            missed: Vec::new(),
            end: Time::ZERO,
            threads: 0,
            memory: 0,
            p99: None,
            failed: 0,
        };
        let shape_is_clear = !Shape::dangers(scenario, may_go_on).can_hang;
        ScenarioAssessment {
            timed: ExplorationSummary::default(),
            untimed: ExplorationSummary::default(),
            shape_is_clear,
            cost,
        }
    }

    /// What is known of the design, with what its shape says.
    pub(super) fn design(&self, shape: &ShapeReading) -> DesignVerdict {
        let (timed, untimed) = (&self.timed, &self.untimed);
        let coverage = Coverage {
            states: if untimed.exhausted { untimed.states } else { timed.states + untimed.states },
            is_complete: untimed.exhausted,
            is_complete_as_timed: timed.exhausted,
            deadlocks: timed.hangs || untimed.hangs,
            stalls: timed.stalls || untimed.stalls,
        };
        DesignVerdict::of(shape, Some(coverage), MadeRuns::one(self.cost.hangs))
    }

    /// What is known of the design by itself: of its shape only whether it has a ring.
    pub fn plain_design(&self) -> DesignVerdict {
        let shape = match self.shape_is_clear {
            true => ShapeReading::Clear { can_stall: self.untimed.stalls },
            false => ShapeReading::Unknown,
        };
        self.design(&shape)
    }

    /// Something hangs in some order that was looked at.
    pub fn hangs(&self) -> bool {
        self.timed.hangs || self.untimed.hangs || self.cost.hangs
    }

    /// It is shown that nothing hangs: every order was looked at, or the shape allows none.
    pub fn is_proven(&self) -> bool {
        !self.hangs() && (self.shape_is_clear || self.untimed.exhausted)
    }

    /// Nothing is wrong with these timings: no order of simultaneous events hangs, loses an update or misses what is
    /// expected, and neither does the plain run.
    pub fn is_clean(&self) -> bool {
        !self.hangs() && !self.loses() && self.cost.is_good() && self.timed.finals.is_empty()
    }

    /// An update is lost in some order.
    pub fn loses(&self) -> bool {
        [&self.timed, &self.untimed].iter().any(|seen| !seen.lost.is_empty())
    }
}

/// What the plain run costs; `None` if it is not allowed to take so much.
pub(super) fn run_cost(scenario: &Arc<Scenario>, allowance: &Allowance<'_>) -> Option<RunCost> {
    let trace = run_within(scenario, &|bytes| allowance.holds(bytes) && allowance.may_go_on())?;
    let digest = Digest::new_while(&trace, &|| allowance.may_go_on())?;
    Some(cost_of(&trace, &digest, scenario))
}

fn cost_of(trace: &Trace, digest: &Digest<'_>, scenario: &Scenario) -> RunCost {
    let arrives =
        |task: &str| scenario.arrivals.iter().any(|entry| scenario.tasks[entry.task.index()].name == task);
    let p99 = digest.latency.iter().filter(|row| arrives(&row.task)).filter_map(|row| Some(row.latency?.p99));
    let failed =
        digest.latency.iter().map(|row| row.counts.failed + row.counts.refused + row.counts.discarded);
    let (is_stuck, given_up) = match trace.outcome.kind {
        OutcomeKind::Stuck | OutcomeKind::Deadlock => (true, None),
        OutcomeKind::Limit(_) => (false, Some(trace.outcome.at)),
        OutcomeKind::Completed | OutcomeKind::Until => (false, None),
    };
    let judged = digest.expectations.iter().enumerate();
    RunCost {
        hangs: is_stuck || !digest.findings.deadlocks.is_empty(),
        given_up,
        missed: judged.filter(|(_, judged)| !judged.holds).map(|(number, _)| number).collect(),
        end: match trace.outcome.kind {
            OutcomeKind::Completed => trace.quiet_since(),
            OutcomeKind::Stuck | OutcomeKind::Deadlock | OutcomeKind::Until | OutcomeKind::Limit(_) => {
                trace.outcome.at
            }
        },
        threads: digest.occupancy.peak_threads.into(),
        memory: digest.occupancy.peak_memory,
        p99: p99
            .fold(None, |most: Option<f64>, p99| Some(most.map_or(p99, |most| most.max(p99))))
            .map(Duration::from_seconds_f64),
        failed: failed.sum(),
    }
}
