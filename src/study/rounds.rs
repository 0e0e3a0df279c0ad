//! A sweep, or a part of it, run by run: each value once, then each once more, so that the whole curve is there
//! early and its intervals narrow.
//!
//! Invariant: a cell that has had all its runs is the one that [`SweepPlan::run`] gives; so parts that different
//! workers ran are one sweep. Whoever stops between two runs keeps what is done. Deliberately absent: threads, and
//! [`super::replicate::ReplicationEffort::within`].

use super::cancellation::without_bound;
use super::observe::{ObservationRequest, WarmUpEnds, observe_while, seed_of};
use super::replicate::ReplicationResults;
use super::sweep::{SweepCell, SweepPlan};

/// Some cells of a sweep under way.
pub struct InterleavedSweep<'a> {
    sweep: &'a SweepPlan,
    cells: Vec<usize>,
    done: Vec<ReplicationResults>,
    warm_ups: Vec<Option<WarmUpEnds>>,
    /// The runs of every cell in which something is drawn.
    runs: u32,
    /// Where the next run is: which round, and which of the cells.
    next: (u32, usize),
}

impl<'a> InterleavedSweep<'a> {
    /// Nothing run yet of these cells.
    pub fn new(sweep: &'a SweepPlan, cells: Vec<usize>) -> InterleavedSweep<'a> {
        let none = |cell: &usize| ReplicationResults {
            runs: Vec::new(),
            is_exact: !sweep.scenario(*cell).is_random(),
        };
        let done = cells.iter().map(none).collect();
        let effort = sweep.effort();
        let warm_up = |cell: &usize| {
            let find = || WarmUpEnds::find(sweep.scenario(*cell), &sweep.measured, effort.threads);
            effort.steady.then(find)
        };
        let warm_ups = cells.iter().map(warm_up).collect();
        InterleavedSweep { sweep, cells, done, warm_ups, runs: sweep.effort().runs.max(1), next: (0, 0) }
    }

    /// How many runs there are in all.
    pub fn runs(&self) -> u64 {
        self.done.iter().map(|cell| if cell.is_exact { 1 } else { u64::from(self.runs) }).sum()
    }

    /// Makes one more run; the cell that it was of, as a place among those given. `None` if all are made.
    pub fn advance(&mut self) -> Option<usize> {
        loop {
            let (round, place) = self.next;
            if round >= self.runs {
                return None;
            }
            if place >= self.cells.len() {
                // A second round is only for what is drawn.
                let is_last = self.done.iter().all(|cell| cell.is_exact);
                self.next = (if is_last { self.runs } else { round + 1 }, 0);
                continue;
            }
            self.next = (round, place + 1);
            if round > 0 && self.done[place].is_exact {
                continue;
            }
            let scenario = self.sweep.scenario(self.cells[place]);
            let seed = seed_of(scenario.seed, round);
            let asked = ObservationRequest {
                metrics: &self.sweep.measured,
                warm_up: self.warm_ups[place].as_ref(),
                batches: self.sweep.effort().batches,
                may_go_on: &without_bound,
            };
            let ran = observe_while(scenario, seed, &asked).expect("nothing ends it");
            self.done[place].runs.push(ran);
            return Some(place);
        }
    }

    /// What a cell, as a place among those given, has come to; of at least one run.
    pub fn cell(&self, place: usize) -> SweepCell {
        self.sweep.cell(self.cells[place], &self.done[place])
    }
}
