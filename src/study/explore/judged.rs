//! The expectations that exploring judges, and the numbers of states, which include what these depend on.
//!
//! Invariant: states are merged only if the expectations that are judged depend on nothing else. What is judged:
//! cells at the end, counts and greatest numbers in both views; latencies and whatever else is a matter of time in the
//! timed view only, since durations say nothing in the other. Deliberately absent: CPU time, which only a trace
//! tells ([`not_judged`] lists what a view cannot judge), and deadlocks, races and lost updates, which are findings of
//! their own.

use super::past::Past;
use crate::analysis::expect::holds_for_values;
use crate::engine::Engine;
use crate::model::expectation::{Bound, Comparison, Expectation, Metric};
use crate::model::id::CellId;
use crate::model::scenario::Scenario;
use crate::model::value::Value;
use crate::study::recorders::{RunRecorder, SearchRecorder};
use crate::study::schedule::{Run, TimingAssumption};
use crate::trace::{Outcome, OutcomeKind};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_128;

/// Events of the plain run that says what a scenario with fewer arrivals can be expected to meet.
const MAX_PLAIN: u64 = 200_000;

/// When an expectation can be judged by exploring.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ExpectationJudgeability {
    /// In both views, by what the engine holds at the end.
    AtEnd,
    /// In both views, by what the run remembers.
    Always,
    /// In the timed view, by what the run remembers.
    Timed,
    /// It is a finding of another sort.
    Elsewhere,
    /// It never happens.
    Never,
}

fn judged(metric: &Metric) -> ExpectationJudgeability {
    match metric {
        Metric::Final(_) => ExpectationJudgeability::AtEnd,
        Metric::Warnings
        | Metric::Rejected
        | Metric::Failed
        | Metric::Writes(_)
        | Metric::QueueMax(_)
        | Metric::WorkersMax(_)
        | Metric::MemoryMax
        | Metric::ThreadsMax => ExpectationJudgeability::Always,
        Metric::Latency(..)
        | Metric::LatencyFinished(..)
        | Metric::Wait(..)
        | Metric::Utilisation(_)
        | Metric::MemoryMean
        | Metric::ThreadsMean
        | Metric::Makespan
        | Metric::Throughput(_) => ExpectationJudgeability::Timed,
        Metric::Deadlock | Metric::Stuck | Metric::Races | Metric::LostUpdates => {
            ExpectationJudgeability::Elsewhere
        }
        Metric::Cpu(..) | Metric::CpuTotal | Metric::Late(..) => ExpectationJudgeability::Never,
    }
}

/// The expectations, by number, that this view says nothing about.
pub fn not_judged(scenario: &Scenario, view: TimingAssumption) -> Vec<usize> {
    let is_open = |expected: &Expectation| match judged(&expected.metric) {
        ExpectationJudgeability::Never => true,
        ExpectationJudgeability::Timed => view != TimingAssumption::Timed,
        ExpectationJudgeability::AtEnd
        | ExpectationJudgeability::Always
        | ExpectationJudgeability::Elsewhere => false,
    };
    let numbered = scenario.expectations.iter().enumerate();
    numbered.filter(|(_, expected)| is_open(expected)).map(|(number, _)| number).collect()
}

/// The expectations of a scenario that exploring it in one view judges.
pub(super) struct JudgedExpectations {
    scenario: Arc<Scenario>,
    /// About cells at the end.
    finals: Vec<usize>,
    /// About what the run remembers.
    asked: Arc<[usize]>,
}

impl JudgedExpectations {
    /// Of a scenario. With fewer arrivals than the document has (`is_cut`) only those that the plain run meets: the
    /// others were about the whole load.
    pub fn of(scenario: &Arc<Scenario>, view: TimingAssumption, is_cut: bool) -> JudgedExpectations {
        let mut expected = JudgedExpectations::all(scenario, view);
        if is_cut && !(expected.finals.is_empty() && expected.asked.is_empty()) {
            // Times too are those of the plain run.
            let all = JudgedExpectations::all(scenario, TimingAssumption::Timed);
            let mut plain = Engine::new(Arc::clone(scenario), all.keep());
            let failing = plain
                .advance(MAX_PLAIN)
                .map(|outcome| all.failing(plain.recorder(), |cell| plain.finals(cell), outcome));
            let meets = |number: &usize| failing.as_ref().is_some_and(|failing| !failing.contains(number));
            expected.finals.retain(meets);
            expected.asked = expected.asked.iter().copied().filter(meets).collect();
        }
        expected
    }

    fn all(scenario: &Arc<Scenario>, view: TimingAssumption) -> JudgedExpectations {
        let (mut finals, mut asked) = (Vec::new(), Vec::new());
        for (number, expected) in scenario.expectations.iter().enumerate() {
            match judged(&expected.metric) {
                ExpectationJudgeability::AtEnd => finals.push(number),
                ExpectationJudgeability::Always => asked.push(number),
                ExpectationJudgeability::Timed if view == TimingAssumption::Timed => asked.push(number),
                ExpectationJudgeability::Timed
                | ExpectationJudgeability::Elsewhere
                | ExpectationJudgeability::Never => {}
            }
        }
        JudgedExpectations { scenario: Arc::clone(scenario), finals, asked: asked.into() }
    }

    /// What a run has to keep.
    pub fn keep(&self) -> RunRecorder {
        RunRecorder::Search(SearchRecorder::new(self.past()))
    }

    /// The same, and its events, by which [`super::blocked`] finds who can never continue.
    pub fn keep_events(&self) -> RunRecorder {
        RunRecorder::Search(SearchRecorder::new(self.past()).with_events())
    }

    fn past(&self) -> Option<Box<Past>> {
        (!self.asked.is_empty()).then(|| Box::new(Past::new(&self.scenario, &self.asked)))
    }

    /// The expectations, by number, that do not hold in a run that has ended.
    pub fn failing_in(&self, run: &mut Run) -> Vec<usize> {
        let outcome = run.ended();
        self.failing(&run.recorder().0, |cell| run.finals(cell), outcome)
    }

    /// The same of a run that has kept this, in which cells hold this at the end.
    pub fn failing(
        &self,
        kept: &RunRecorder,
        finals: impl Fn(CellId) -> Vec<Value>,
        outcome: Outcome,
    ) -> Vec<usize> {
        match outcome.kind {
            OutcomeKind::Completed | OutcomeKind::Until => {}
            // Unless it is meant to be there, the deadlock is what is told of such a run.
            OutcomeKind::Stuck | OutcomeKind::Deadlock if self.is_deadlock_expected() => {}
            OutcomeKind::Stuck | OutcomeKind::Deadlock | OutcomeKind::Limit(_) => return Vec::new(),
        }
        let is_wrong = |number: &usize| match &self.scenario.expectations[*number] {
            Expectation { metric: Metric::Final(cell), bound, .. } => {
                !holds_for_values(bound, &finals(*cell))
            }
            _ => false,
        };
        let mut failing: Vec<usize> = self.finals.iter().copied().filter(is_wrong).collect();
        if let Some(past) = kept.past() {
            failing.extend(past.failing(&self.asked, outcome));
        }
        failing.sort_unstable();
        failing
    }

    /// The expectations, by number, that cannot hold any more however a run goes on: a count or a greatest number is
    /// beyond its bound.
    pub fn failing_for_good(&self, run: &Run) -> Vec<usize> {
        let Some(past) = run.recorder().0.past() else { return Vec::new() };
        let here = Outcome { kind: OutcomeKind::Until, at: run.now() };
        let only_grows = |number: &usize| {
            let expected = &self.scenario.expectations[*number];
            judged(&expected.metric) == ExpectationJudgeability::Always && is_ceiling(&expected.bound)
        };
        let growing: Vec<usize> = self.asked.iter().copied().filter(only_grows).collect();
        past.failing(&growing, here)
    }

    fn is_deadlock_expected(&self) -> bool {
        let is = |expected: &Expectation| {
            matches!(expected.metric, Metric::Deadlock | Metric::Stuck)
                && expected.bound == Bound::Truth(true)
        };
        self.scenario.expectations.iter().any(is)
    }
}

/// Whether a number that fails the bound and grows fails it for good.
fn is_ceiling(bound: &Bound) -> bool {
    match bound {
        Bound::Number(Comparison::Less | Comparison::AtMost, _) | Bound::Truth(false) => true,
        Bound::Number(..) | Bound::Truth(true) | Bound::Is(_) | Bound::IsNot(_) => false,
    }
}

/// A number for the state of a run, and what it remembers: see [`Engine::key`].
pub(super) fn key(run: &mut Run) -> u128 {
    let key = run.key();
    with_past(run, key)
}

/// The same, but like tasks are told apart.
pub(super) fn key_without_symmetry(run: &mut Run) -> u128 {
    let key = run.key_without_symmetry();
    with_past(run, key)
}

fn with_past(run: &Run, key: u128) -> u128 {
    let Some(past) = run.recorder().0.past() else { return key };
    let mut bytes = key.to_le_bytes().to_vec();
    past.append_to(&mut bytes);
    xxh3_128(&bytes)
}

/// About how many bytes a run takes.
pub(super) fn weight(run: &Run) -> u64 {
    run.weight() + run.recorder().0.past().map_or(0, |past| past.weight())
}
