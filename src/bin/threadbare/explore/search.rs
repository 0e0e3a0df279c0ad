//! Searching the orders of one variant in one view, for as long and as far as the arguments allow.

use super::args::{SearchArgs, Views};
use crate::progress::Spinner;
use crate::stop;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use threadbare::analysis::prose::{grouped, plural};
use threadbare::model::scenario::Scenario;
use threadbare::study::explore::sample::{SamplingCoverage, SamplingMethod, ScheduleSampler};
use threadbare::study::explore::turn_bounded::{TurnBoundedCoverage, TurnBoundedSearch};
use threadbare::study::explore::{
    ExplorationCoverage, ExplorationFinding, ExplorationOptions, InterleavingExplorer, SearchStopReason,
};
use threadbare::study::schedule::TimingAssumption;

/// Steps between two messages.
const SLICE: u64 = 2_000;
/// Runs between two messages.
const RUNS: u64 = 64;
/// The depth of the PCT runs that follow a search which was cut short: two changes of mind find most trouble.
const DEPTH: u32 = 3;
/// The share of the time that a search leaves to those runs.
const LEFT_TO_SAMPLING: u32 = 5;
/// States of a later view that are explored although an earlier one has found trouble.
const ENOUGH_STATES: usize = 20_000;

/// What was searched in one view, and found.
pub struct ViewResult {
    /// The view that is searched.
    pub view: TimingAssumption,
    /// How much of the orders was searched.
    pub covered: SearchCoverage,
    /// What was sampled besides, or instead.
    pub sampled: Option<SamplingCoverage>,
    /// What was found.
    pub findings: Vec<ExplorationFinding>,
    /// How long it took.
    pub seconds: f64,
    /// What was known after [`ENOUGH_STATES`], if there were more.
    early: Option<(ExplorationCoverage, Vec<ExplorationFinding>)>,
}

/// How much of the orders was searched.
pub enum SearchCoverage {
    /// Every order, or what the bounds left of them.
    Orders(ExplorationCoverage),
    /// Runs with few turns.
    Few(TurnBoundedCoverage),
    /// Nothing: there was only a sample.
    Sample,
}

impl ViewResult {
    /// Whether every order was explored.
    pub fn is_whole(&self) -> bool {
        match &self.covered {
            SearchCoverage::Orders(coverage) => coverage.exhausted,
            SearchCoverage::Few(covered) => covered.exhausted,
            SearchCoverage::Sample => false,
        }
    }

    /// Whether every order of all that arrives was explored, and nothing else of them was left out.
    pub fn is_complete(&self) -> bool {
        matches!(self.covered, SearchCoverage::Orders(_)) && self.is_whole() && self.cut_arrivals().is_empty()
    }

    /// How many states were explored.
    pub fn states(&self) -> usize {
        match &self.covered {
            SearchCoverage::Orders(coverage) => coverage.states,
            SearchCoverage::Few(_) | SearchCoverage::Sample => 0,
        }
    }

    /// Entries of arrivals that were cut.
    pub fn cut_arrivals(&self) -> &[(usize, u64)] {
        match (&self.covered, &self.sampled) {
            (SearchCoverage::Orders(coverage), _) => &coverage.cut_arrivals,
            (SearchCoverage::Few(covered), _) => &covered.cut_arrivals,
            (SearchCoverage::Sample, Some(sampled)) => &sampled.cut_arrivals,
            (SearchCoverage::Sample, None) => &[],
        }
    }

    /// What is told of it where an earlier view has found trouble: the same however long that one took.
    pub fn after_trouble(mut self) -> ViewResult {
        if let Some((coverage, findings)) = self.early.take() {
            self.covered = SearchCoverage::Orders(coverage);
            self.findings = findings;
            self.sampled = None;
        }
        self
    }
}

/// The views that are asked for.
pub fn views(search: &SearchArgs) -> Vec<TimingAssumption> {
    let untimed = TimingAssumption::Untimed { timeouts_last: search.timeouts_last };
    match search.view {
        Views::Both => vec![TimingAssumption::Timed, untimed],
        Views::Timed => vec![TimingAssumption::Timed],
        Views::Untimed => vec![untimed],
    }
}

/// How far to look in a view: the views share the memory.
pub fn options(search: &SearchArgs, view: TimingAssumption) -> ExplorationOptions {
    let size = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    ExplorationOptions {
        view,
        most_arrivals: search.arrivals,
        most_states: size(search.states),
        most_depth: size(search.depth),
        most_memory: search.memory / views(search).len() as u64,
        without: None,
    }
}

/// The search of one view.
pub struct ViewSearch<'a> {
    pub args: &'a SearchArgs,
    pub scenario: &'a Arc<Scenario>,
    pub view: TimingAssumption,
    /// Threads that each batch of runs is made on; 0: as many as there are cores.
    pub threads: usize,
    pub begun: Instant,
    pub time: Duration,
    /// An earlier view has found trouble.
    pub has_trouble: &'a AtomicBool,
    pub spinner: &'a Mutex<Spinner>,
}

impl ViewSearch<'_> {
    /// Searches. The seed of a sample is the scenario's.
    pub fn search(&self) -> ViewResult {
        let mut result = match (self.args.turns, self.args.random, self.args.pct) {
            (Some(turns), _, _) => self.few(turns),
            (None, Some(runs), _) => self.sample_only(SamplingMethod::Random, runs),
            (None, None, Some(depth)) => self.sample_only(SamplingMethod::Pct { depth }, self.args.runs),
            (None, None, None) => self.orders(),
        };
        result.seconds = self.begun.elapsed().as_secs_f64();
        result
    }

    fn options(&self) -> ExplorationOptions {
        options(self.args, self.view)
    }

    fn has_time(&self, time: Duration) -> bool {
        !stop::is_asked() && self.begun.elapsed() < time
    }

    fn say(&self, message: impl FnOnce() -> String) {
        if let Ok(mut spinner) = self.spinner.lock() {
            spinner.say(message);
        }
    }

    fn result(&self, covered: SearchCoverage, findings: Vec<ExplorationFinding>) -> ViewResult {
        ViewResult { view: self.view, covered, sampled: None, findings, seconds: 0.0, early: None }
    }

    fn orders(&self) -> ViewResult {
        let will_sample = self.args.runs > 0;
        let left = if will_sample { self.time / LEFT_TO_SAMPLING } else { Duration::ZERO };
        let time = self.time - left;
        let may_go_on = || self.has_time(time);
        let mut explorer = InterleavingExplorer::new(self.scenario, self.options());
        let mut early = None;
        while !explorer.advance_while(SLICE, &may_go_on) && may_go_on() {
            let (states, found) = (explorer.coverage().states, explorer.findings().len());
            self.say(|| format!("{} states, {found} {}", grouped(states as u64), plural(found, "finding")));
            if early.is_none() && states >= ENOUGH_STATES {
                let mut coverage = explorer.coverage().clone();
                coverage.stopped_by = Some(SearchStopReason::AlreadyFound);
                early = Some((coverage, explorer.findings().to_vec()));
            }
            if early.is_some() && self.has_trouble.load(Ordering::Relaxed) {
                break;
            }
        }
        explorer.cut_short();
        let mut result =
            self.result(SearchCoverage::Orders(explorer.coverage().clone()), explorer.findings().to_vec());
        result.early = early;
        // What the states took is free before more is made.
        drop(explorer);
        let is_told = !(result.early.is_some() && self.has_trouble.load(Ordering::Relaxed));
        if is_told && !result.is_whole() && will_sample {
            self.sample(&mut result, SamplingMethod::Pct { depth: DEPTH }, self.args.runs);
        }
        result
    }

    fn few(&self, turns: u32) -> ViewResult {
        let mut few = TurnBoundedSearch::new(self.scenario, self.options(), turns, self.threads);
        let may_go_on = || self.has_time(self.time);
        while !few.advance_while(RUNS, &may_go_on) && may_go_on() {
            let (runs, found) = (few.covered().runs, few.findings().len());
            self.say(|| format!("{} runs, {found} {}", grouped(runs), plural(found, "finding")));
        }
        self.result(SearchCoverage::Few(few.covered().clone()), few.findings().to_vec())
    }

    fn sample_only(&self, method: SamplingMethod, runs: u64) -> ViewResult {
        let mut result = self.result(SearchCoverage::Sample, Vec::new());
        self.sample(&mut result, method, runs);
        result
    }

    /// Makes up to this number of runs in the time that is left, and adds what they find.
    fn sample(&self, result: &mut ViewResult, method: SamplingMethod, runs: u64) {
        let seed = self.scenario.seed;
        let mut sampler = ScheduleSampler::new(self.scenario, self.options(), method, seed, self.threads);
        let may_go_on = || self.has_time(self.time);
        while sampler.sampled().runs < runs && may_go_on() {
            sampler.advance_while(RUNS.min(runs - sampler.sampled().runs), &may_go_on);
            let (made, found) = (sampler.sampled().runs, sampler.counted().len());
            self.say(|| format!("{} runs, {found} {}", grouped(made), plural(found, "finding")));
        }
        for (finding, _) in sampler.counted() {
            if result.findings.iter().all(|known| known.kind != finding.kind) {
                result.findings.push(finding.clone());
            }
        }
        result.sampled = Some(sampler.sampled().clone());
    }
}
