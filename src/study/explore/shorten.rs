//! Makes a counterexample short: fewest arrivals first, then fewest departures from the engine's own way.
//!
//! Invariant: what comes back replays to a finding of the same kind as what went in.

use super::past;
use super::walk::shown_by;
use super::{Endless, Explorer, Finding, Graph, Kind, Options, Step};
use crate::model::scenario::Scenario;
use crate::study::schedule::begin;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// Enough effort for most findings: a second or less.
pub const EFFORT: u64 = 20_000;

/// The shortest way found to something like `finding` in `scenario` (with all its arrivals), explored with
/// `options`. An attempt with fewer arrivals takes at most `effort` steps, the search for the straightest way at
/// most as many states.
pub fn shorten(scenario: &Arc<Scenario>, options: &Options, finding: &Finding, effort: u64) -> Finding {
    if matches!(finding.kind, Kind::Final(_)) && finding.schedule.turns.is_empty() {
        // It fails anyway, and is about the whole load.
        return finding.clone();
    }
    let mut best = finding.clone();
    let mut arrivals = finding.schedule.arrivals.clone();
    arrivals.resize(scenario.arrivals.len(), None);
    for entry in 0..scenario.arrivals.len() {
        let now = arrivals[entry].unwrap_or_else(|| arrivals_of(scenario, entry));
        // The smallest number that still shows it; more arrivals seldom hide what fewer show.
        let (mut low, mut high) = (0, now);
        while low < high {
            let middle = low + (high - low) / 2;
            let mut fewer = arrivals.clone();
            fewer[entry] = Some(middle);
            match attempt(scenario, options, &fewer, &finding.kind, effort) {
                Some(found) => {
                    (best, high) = (found, middle);
                    arrivals = fewer;
                }
                None => low = middle + 1,
            }
        }
    }
    // Only a complete exploration tells these; no single state does.
    let is_of_all = matches!(finding.kind, Kind::Partial(_) | Kind::Endless(Endless::Circle));
    let straight = if is_of_all { None } else { straighten(scenario, options, &arrivals, &best, effort) };
    // The way that was found first may take steps much sooner than they are due.
    let again = || (best == *finding).then(|| attempt(scenario, options, &arrivals, &finding.kind, effort));
    straight.or_else(|| again().flatten()).unwrap_or(best)
}

fn arrivals_of(scenario: &Scenario, entry: usize) -> u64 {
    scenario.arrivals[entry].pattern.most().unwrap_or(u64::MAX)
}

/// Explores a little with fewer arrivals.
fn attempt(
    scenario: &Arc<Scenario>,
    options: &Options,
    arrivals: &[Option<u64>],
    kind: &Kind,
    effort: u64,
) -> Option<Finding> {
    let mut explorer =
        Explorer::with(scenario, options.clone(), arrivals.to_vec(), super::Coverage::default());
    explorer.only = Some(kind.clone());
    explorer.advance(effort);
    explorer.findings.into_iter().find(|found| found.kind.is_like(kind))
}

/// The way with the fewest departures from the engine's own: a breadth-first search in which the engine's own
/// way costs nothing.
fn straighten(
    scenario: &Arc<Scenario>,
    options: &Options,
    arrivals: &[Option<u64>],
    finding: &Finding,
    effort: u64,
) -> Option<Finding> {
    let mut explorer =
        Explorer::with(scenario, options.clone(), arrivals.to_vec(), super::Coverage::default());
    explorer.findings.clear();
    explorer.only = Some(finding.kind.clone());
    let run = begin(Arc::clone(&explorer.scenario), options.view, explorer.expected.keep());
    let mut graph = Graph::default();
    let mut seen = HashSet::new();
    let mut open = VecDeque::from([(run, Step { from: 0, choice: 0, branching: false, depth: 0 })]);
    while let Some((mut run, step)) = open.pop_front() {
        let lost = run.take_lost().map(Kind::of_lost);
        if !seen.insert(past::key(&mut run)) && lost.is_none() {
            continue;
        }
        let node = graph.parents.len() as u32;
        graph.parents.push(step);
        let choices = run.choices();
        let mut shown = shown_by(&mut run, &choices, options.view, &explorer.expected);
        shown.extend(lost);
        if let Some(kind) = shown.into_iter().find(|kind| kind.is_like(&finding.kind)) {
            let path = graph.path(node);
            let schedule = explorer.schedule(&path);
            return Some(Finding { kind, schedule, steps: path.len() });
        }
        if graph.parents.len() as u64 >= effort {
            return None;
        }
        // Backwards, so that among equals the first alternative comes first.
        for (index, choice) in choices.iter().enumerate().rev() {
            let mut next = run.clone();
            next.take(choice);
            let step = Step {
                from: node,
                choice: index as u16,
                branching: choices.len() > 1,
                depth: step.depth + 1,
            };
            if index == 0 { open.push_front((next, step)) } else { open.push_back((next, step)) }
        }
    }
    None
}
