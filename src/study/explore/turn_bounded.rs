//! Few turns: every run that leaves the engine's own order at most a given number of times.
//!
//! The bound is on turns as a schedule counts them: points at which another alternative is taken than the engine
//! itself would take. It plays the part of the bound on preemptions in M. Musuvathi and S. Qadeer, "Iterative context
//! bounding for systematic testing of multithreaded programs" (PLDI 2007): trouble seldom needs many, and what
//! was covered can be said in one sentence. No states are remembered, because what the engine would do next
//! depends on more than the state that futures depend on; so runs are run whole, those with fewer turns first,
//! and a finding has the fewest turns that there are.
//!
//! Invariant: runs are taken in the order of their turns and findings taken over in that order, so that the number of
//! threads makes no difference.

use super::arrivals::{cut_arrivals, limited};
use super::blocked::BlockedTaskFinder;
use super::finding::{ExplorationFinding, ExplorationOptions, MAX_FINDINGS};
use super::judged::JudgedExpectations;
use super::walk::{ExploredRun, SchedulePolicy, walk};

use crate::engine::explore::Choice;
use crate::model::scenario::Scenario;
use crate::study::cancellation::{ShouldContinue, without_bound};
use crate::study::parallel::in_parallel;
use crate::study::schedule::ScheduleDeviation;
use std::collections::VecDeque;
use std::sync::Arc;

/// What was covered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TurnBoundedCoverage {
    /// How many runs.
    pub runs: u64,
    /// Their steps together.
    pub steps: u64,
    /// Number of turns up to which every run was made; `None` before the first.
    pub turns: Option<u32>,
    /// No run has more turns: every order was looked at.
    pub exhausted: bool,
    /// Runs that were left because they were longer than allowed.
    pub cut: u64,
    /// Entries of arrivals that were cut: which, and to how many.
    pub cut_arrivals: Vec<(usize, u64)>,
    /// More runs were there to make than may be kept in mind; only those were made.
    pub full: bool,
}

/// Runs that are made before what they found is taken over.
const BATCH: usize = 64;

/// The search in progress.
pub struct TurnBoundedSearch {
    scenario: Arc<Scenario>,
    expected: JudgedExpectations,
    blocked: BlockedTaskFinder,
    options: ExplorationOptions,
    most_turns: u32,
    arrivals: Vec<Option<u64>>,
    threads: usize,
    /// Runs to make, in order.
    open: VecDeque<Vec<ScheduleDeviation>>,
    /// Runs with one more turn than allowed are there.
    is_withheld: bool,
    /// Of the runs with more turns than this some were not kept in mind.
    whole_to: u32,
    covered: TurnBoundedCoverage,
    findings: Vec<ExplorationFinding>,
}

impl TurnBoundedSearch {
    /// Prepares to look at every run of `scenario` with at most `most_turns` turns, on `threads` threads (0: as many as
    /// there are cores). Of `options` the view, the arrivals, the depth, the states and the memory matter; the last two
    /// bound the runs that are kept.
    pub fn new(
        scenario: &Arc<Scenario>,
        options: ExplorationOptions,
        most_turns: u32,
        threads: usize,
    ) -> TurnBoundedSearch {
        let (arrivals, cut_arrivals) = cut_arrivals(scenario, &options);
        let scenario = limited(scenario, &arrivals);
        let is_cut = arrivals.iter().any(Option::is_some);
        let expected = JudgedExpectations::of(&scenario, options.view, is_cut);
        TurnBoundedSearch {
            blocked: BlockedTaskFinder::new(&scenario),
            scenario,
            expected,
            options,
            most_turns,
            arrivals,
            threads,
            open: VecDeque::from([Vec::new()]),
            is_withheld: false,
            whole_to: most_turns,
            covered: TurnBoundedCoverage { cut_arrivals, ..TurnBoundedCoverage::default() },
            findings: Vec::new(),
        }
    }

    /// Makes about `runs` more runs; returns whether the search is over.
    pub fn advance(&mut self, runs: u64) -> bool {
        self.advance_while(runs, &without_bound)
    }

    /// The same while it may go on. A run that may not come to its end does not count.
    pub fn advance_while(&mut self, runs: u64, may_go_on: ShouldContinue<'_>) -> bool {
        let goal = self.covered.runs.saturating_add(runs);
        while !self.open.is_empty() && self.covered.runs < goal {
            let batch: Vec<Vec<ScheduleDeviation>> = self.open.drain(..self.open.len().min(BATCH)).collect();
            let walked = in_parallel(&batch, self.threads, |turns| self.one(turns, may_go_on));
            let mut left = Vec::new();
            for (turns, walked) in batch.into_iter().zip(walked) {
                match walked {
                    Some(walked) if left.is_empty() => self.take_over(&turns, walked),
                    Some(_) | None => left.push(turns),
                }
            }
            let is_stopped = !left.is_empty();
            left.into_iter().rev().for_each(|turns| self.open.push_front(turns));
            if is_stopped {
                return false;
            }
            // Runs are made in the order of their turns: what is left has at least as many as the next.
            let made = match self.open.front() {
                Some(next) => (next.len() as u32).checked_sub(1),
                None => Some(self.most_turns),
            };
            self.covered.turns = made.map(|turns| turns.min(self.whole_to));
        }
        let over = self.open.is_empty();
        self.covered.exhausted = over && !self.is_withheld && !self.covered.full && self.covered.cut == 0;
        over
    }

    /// The first finding of each kind so far; none has fewer turns.
    pub fn findings(&self) -> &[ExplorationFinding] {
        &self.findings
    }

    /// What was covered so far.
    pub fn covered(&self) -> &TurnBoundedCoverage {
        &self.covered
    }

    fn one(&self, turns: &[ScheduleDeviation], may_go_on: ShouldContinue<'_>) -> Option<ExploredRun> {
        let mut guide = FixedTurnsPolicy { left: turns };
        walk(
            &self.scenario,
            (&self.expected, &self.blocked),
            self.options.view,
            &self.arrivals,
            self.options.most_depth,
            &mut guide,
            may_go_on,
        )
    }

    fn take_over(&mut self, turns: &[ScheduleDeviation], walked: ExploredRun) {
        self.covered.runs += 1;
        self.covered.steps += walked.steps;
        self.covered.cut += u64::from(walked.cut);
        for found in walked.found {
            let is_new = self.findings.iter().all(|known| known.kind != found.kind);
            if is_new && self.findings.len() < MAX_FINDINGS {
                self.findings.push(found);
            }
        }
        let last = turns.last().map_or(0, |turn| turn.point);
        for (point, &alternatives) in (1..).zip(&walked.points).skip(last as usize) {
            if turns.len() as u32 == self.most_turns {
                self.is_withheld |= alternatives > 1;
                return;
            }
            for choice in 1..alternatives {
                if self.is_full(turns.len()) {
                    self.covered.full = true;
                    self.whole_to = self.whole_to.min(turns.len() as u32);
                    return;
                }
                self.open.push_back([turns, &[ScheduleDeviation { point, choice }]].concat());
            }
        }
    }
}

impl TurnBoundedSearch {
    /// Whether no more runs of `turns` turns may be kept.
    fn is_full(&self, turns: usize) -> bool {
        let bytes =
            (size_of::<Vec<ScheduleDeviation>>() + (turns + 1) * size_of::<ScheduleDeviation>()) as u64;
        let kept = self.open.len();
        kept >= self.options.most_states || (kept as u64).saturating_mul(bytes) >= self.options.most_memory
    }
}

/// Leads by turns.
struct FixedTurnsPolicy<'a> {
    left: &'a [ScheduleDeviation],
}

impl SchedulePolicy for FixedTurnsPolicy<'_> {
    fn choose(&mut self, point: u32, _choices: &[Choice]) -> usize {
        match self.left {
            [turn, rest @ ..] if turn.point == point => {
                self.left = rest;
                turn.choice.into()
            }
            _ => 0,
        }
    }
}
