//! Looking at the orders of one variant in one view, for as long and as far as the arguments allow.

use super::args::{Search, Views};
use crate::progress::Spinner;
use crate::stop;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use threadbare::analysis::prose::{grouped, plural};
use threadbare::model::scenario::Scenario;
use threadbare::study::explore::few::{FewCovered, SmallSearch};
use threadbare::study::explore::sample::{Method, Sampled, Sampler};
use threadbare::study::explore::{Coverage, Explorer, Finding, Options};
use threadbare::study::schedule::View;

/// Steps between two looks at the clock.
const SLICE: u64 = 2_000;
/// Runs between two looks at the clock.
const RUNS: u64 = 64;
/// The depth of the PCT runs that follow a search which was cut short: two changes of mind find most trouble.
const DEPTH: u32 = 3;
/// Of the time, what a search leaves to those runs.
const LEFT_TO_SAMPLING: u32 = 5;

/// What was looked at in one view, and found.
pub struct Looked {
    /// The view that was explored.
    pub view: View,
    /// What was searched.
    pub covered: Covered,
    /// What was sampled besides, or instead.
    pub sampled: Option<Sampled>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// How long it took.
    pub seconds: f64,
}

/// What was searched.
pub enum Covered {
    /// Every order, or what the bounds left of them.
    Orders(Coverage),
    /// Runs with few turns.
    Few(FewCovered),
    /// Nothing: there was only a sample.
    Sample,
}

impl Looked {
    /// Whether every order was looked at.
    pub fn is_whole(&self) -> bool {
        match &self.covered {
            Covered::Orders(coverage) => coverage.exhausted,
            Covered::Few(covered) => covered.exhausted,
            Covered::Sample => false,
        }
    }

    /// Entries of arrivals that were cut.
    pub fn cut_arrivals(&self) -> &[(usize, u64)] {
        match (&self.covered, &self.sampled) {
            (Covered::Orders(coverage), _) => &coverage.cut_arrivals,
            (Covered::Few(covered), _) => &covered.cut_arrivals,
            (Covered::Sample, Some(sampled)) => &sampled.cut_arrivals,
            (Covered::Sample, None) => &[],
        }
    }
}

/// The views that are asked for.
pub fn views(search: &Search) -> Vec<View> {
    let untimed = View::Untimed { timeouts_last: search.timeouts_last };
    match search.view {
        Views::Both => vec![View::Timed, untimed],
        Views::Timed => vec![View::Timed],
        Views::Untimed => vec![untimed],
    }
}

/// How far to look in a view.
pub fn options(search: &Search, view: View) -> Options {
    let size = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    Options {
        view,
        most_arrivals: search.arrivals,
        most_states: size(search.states),
        most_depth: size(search.depth),
        most_memory: search.memory.unwrap_or(u64::MAX),
        without: None,
    }
}

/// Looks. The seed of a sample is the scenario's.
pub fn look(search: &Search, scenario: &Arc<Scenario>, view: View, spinner: &Mutex<Spinner>) -> Looked {
    let mut looking = Looking { search, scenario, view, begun: Instant::now(), spinner };
    let mut looked = match (search.turns, search.random, search.pct) {
        (Some(turns), _, _) => looking.few(turns),
        (None, Some(runs), _) => looking.sample_only(Method::Random, runs),
        (None, None, Some(depth)) => looking.sample_only(Method::Pct { depth }, search.runs),
        (None, None, None) => looking.orders(),
    };
    looked.seconds = looking.begun.elapsed().as_secs_f64();
    looked
}

struct Looking<'a> {
    search: &'a Search,
    scenario: &'a Arc<Scenario>,
    view: View,
    begun: Instant,
    spinner: &'a Mutex<Spinner>,
}

impl Looking<'_> {
    fn options(&self) -> Options {
        options(self.search, self.view)
    }

    /// Several views are looked at at once on the threads that there are; one thread is one.
    fn threads(&self) -> usize {
        usize::from(self.search.threads == 1)
    }

    fn has_time(&self, patience: Duration) -> bool {
        !stop::is_asked() && self.begun.elapsed() < patience
    }

    fn say(&self, message: impl FnOnce() -> String) {
        if let Ok(mut spinner) = self.spinner.lock() {
            spinner.say(message);
        }
    }

    fn looked(&self, covered: Covered, findings: Vec<Finding>) -> Looked {
        Looked { view: self.view, covered, sampled: None, findings, seconds: 0.0 }
    }

    fn orders(&mut self) -> Looked {
        let will_sample = self.search.runs > 0;
        let left = if will_sample { self.search.time / LEFT_TO_SAMPLING } else { Duration::ZERO };
        let patience = self.search.time - left;
        let mut explorer = Explorer::new(self.scenario, self.options());
        while !explorer.advance(SLICE) && self.has_time(patience) {
            let (states, found) = (explorer.coverage().states as u64, explorer.findings().len());
            self.say(|| format!("{} states, {found} {}", grouped(states), plural(found, "finding")));
        }
        let coverage = explorer.coverage().clone();
        let is_cut = !coverage.exhausted;
        let mut looked = self.looked(Covered::Orders(coverage), explorer.findings().to_vec());
        // What the states took is free before more is made.
        drop(explorer);
        if is_cut && will_sample {
            self.sample(&mut looked, Method::Pct { depth: DEPTH }, self.search.runs);
        }
        looked
    }

    fn few(&mut self, turns: u32) -> Looked {
        let mut few = SmallSearch::new(self.scenario, self.options(), turns, self.threads());
        while !few.advance(RUNS) && self.has_time(self.search.time) {
            let (runs, found) = (few.covered().runs, few.findings().len());
            self.say(|| format!("{} runs, {found} {}", grouped(runs), plural(found, "finding")));
        }
        self.looked(Covered::Few(few.covered().clone()), few.findings().to_vec())
    }

    fn sample_only(&mut self, method: Method, runs: u64) -> Looked {
        let mut looked = self.looked(Covered::Sample, Vec::new());
        self.sample(&mut looked, method, runs);
        looked
    }

    /// Makes so many runs in the time that is left, and adds what they find.
    fn sample(&self, looked: &mut Looked, method: Method, runs: u64) {
        let seed = self.scenario.seed;
        let mut sampler = Sampler::new(self.scenario, self.options(), method, seed, self.threads());
        while sampler.sampled().runs < runs && self.has_time(self.search.time) {
            sampler.advance(RUNS.min(runs - sampler.sampled().runs));
            let (made, found) = (sampler.sampled().runs, sampler.counted().len());
            self.say(|| format!("{} runs, {found} {}", grouped(made), plural(found, "finding")));
        }
        for (finding, _) in sampler.counted() {
            if looked.findings.iter().all(|known| known.kind != finding.kind) {
                looked.findings.push(finding.clone());
            }
        }
        looked.sampled = Some(sampler.sampled().clone());
    }
}
