//! Makes a counterexample short: fewest arrivals first, then fewest departures from the engine's own way.
//!
//! Invariant: what comes back replays to a finding of the same kind and the same cause as what went in
//! ([`super::target`]).

use super::explorer::InterleavingExplorer;
use super::finding::{ExplorationFinding, ExplorationOptions, FindingKind, NonterminationEvidence};
use super::graph::{StateGraph, StateTransition};
use super::judged;
use super::shown::shown_by;
use super::target::SearchTarget;
use crate::model::scenario::Scenario;
use crate::study::cancellation::ShouldContinue;
use crate::study::schedule::begin;
use std::cell::Cell;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// Enough effort for most findings: a second or less.
pub const EFFORT: u64 = 20_000;

/// Times the effort of one attempt that all of them together may take: what comes back then depends on the scenario
/// alone, and not on how busy the machine is.
const MAX_ATTEMPTS: u64 = 10;

/// The shortest way found to something like `finding` in `scenario` (with all its arrivals), explored with
/// `options`. An attempt with fewer arrivals takes at most `effort` steps, the search for the straightest way at
/// most as many states, and all of it at most ten times as many. It ends with what it has once it may not go on.
pub fn shorten(
    scenario: &Arc<Scenario>,
    options: &ExplorationOptions,
    finding: &ExplorationFinding,
    effort: u64,
    may_go_on: ShouldContinue<'_>,
) -> ExplorationFinding {
    if matches!(finding.kind, FindingKind::Final(_)) && finding.schedule.turns.is_empty() {
        // It fails anyway, and is about the whole load.
        return finding.clone();
    }
    let left = Cell::new(effort.saturating_mul(MAX_ATTEMPTS));
    let target = Arc::new(SearchTarget::new(scenario, &finding.kind));
    let search = ScheduleShortener { scenario, options, target, effort, left, may_go_on };
    let mut best = finding.clone();
    let mut arrivals = finding.schedule.arrivals.clone();
    arrivals.resize(scenario.arrivals.len(), None);
    search.drop_entries(&mut arrivals, &mut best);
    search.drop_arrivals(&mut arrivals, &mut best);
    if !search.may_go_on() {
        return best;
    }
    // Only a complete exploration tells these; no single state does.
    let is_of_all = matches!(
        finding.kind,
        FindingKind::Partial(_) | FindingKind::Endless(NonterminationEvidence::Circle)
    );
    let straight = if is_of_all { None } else { search.straighten(&arrivals) };
    // The way that was found first may take steps much sooner than they are due.
    let again = || (best == *finding).then(|| search.attempt(&arrivals));
    straight.or_else(|| again().flatten()).unwrap_or(best)
}

fn arrivals_of(scenario: &Scenario, entry: usize) -> u64 {
    scenario.arrivals[entry].pattern.most().unwrap_or(u64::MAX)
}

/// What is looked for, and how.
struct ScheduleShortener<'a> {
    scenario: &'a Arc<Scenario>,
    options: &'a ExplorationOptions,
    target: Arc<SearchTarget>,
    /// Steps of one attempt.
    effort: u64,
    /// Steps that are left for all that are still to come.
    left: Cell<u64>,
    may_go_on: ShouldContinue<'a>,
}

impl ScheduleShortener<'_> {
    fn may_go_on(&self) -> bool {
        self.left.get() > 0 && (self.may_go_on)()
    }

    /// Leaves out whole entries: halves of all, quarters, and so on, as in A. Zeller and R. Hildebrandt, "Simplifying and
    /// isolating failure-inducing input" (IEEE TSE 28, 2002).
    fn drop_entries(&self, arrivals: &mut Vec<Option<u64>>, best: &mut ExplorationFinding) {
        let mut size = arrivals.len() / 2;
        while size > 1 {
            for first in (0..arrivals.len()).step_by(size) {
                let mut fewer = arrivals.clone();
                let end = fewer.len().min(first + size);
                fewer[first..end].fill(Some(0));
                if !self.may_go_on() {
                    return;
                }
                if let Some(found) = self.attempt(&fewer) {
                    (*best, *arrivals) = (found, fewer);
                }
            }
            size /= 2;
        }
    }

    /// Leaves out arrivals of each entry: the smallest number that still shows it; more arrivals seldom hide what fewer
    /// show.
    fn drop_arrivals(&self, arrivals: &mut Vec<Option<u64>>, best: &mut ExplorationFinding) {
        for entry in 0..arrivals.len() {
            let now = arrivals[entry].unwrap_or_else(|| arrivals_of(self.scenario, entry));
            let (mut low, mut high) = (0, now);
            while low < high && self.may_go_on() {
                let middle = low + (high - low) / 2;
                let mut fewer = arrivals.clone();
                fewer[entry] = Some(middle);
                match self.attempt(&fewer) {
                    Some(found) => {
                        (*best, high) = (found, middle);
                        *arrivals = fewer;
                    }
                    None => low = middle + 1,
                }
            }
        }
    }

    /// An explorer that looks for nothing else.
    fn explorer(&self, arrivals: &[Option<u64>]) -> InterleavingExplorer {
        InterleavingExplorer::looking_for(&self.target, self.scenario, self.options, arrivals)
    }

    /// Explores a little with these arrivals.
    fn attempt(&self, arrivals: &[Option<u64>]) -> Option<ExplorationFinding> {
        let mut explorer = self.explorer(arrivals);
        explorer.advance_while(self.effort.min(self.left.get()), self.may_go_on);
        self.left.set(self.left.get().saturating_sub(explorer.coverage().transitions));
        explorer.cut_short();
        explorer.findings().first().cloned()
    }

    /// The way with the fewest departures from the engine's own: a breadth-first search in which the engine's own
    /// way costs nothing.
    fn straighten(&self, arrivals: &[Option<u64>]) -> Option<ExplorationFinding> {
        let explorer = self.explorer(arrivals);
        let run = begin(Arc::clone(explorer.scenario()), self.options.view, explorer.expected().keep());
        let mut memory = judged::weight(&run);
        let mut graph = StateGraph::default();
        let mut seen = HashSet::new();
        let mut open =
            VecDeque::from([(run, StateTransition { from: 0, choice: 0, branching: false, depth: 0 })]);
        while let Some((mut run, step)) = open.pop_front() {
            memory -= judged::weight(&run).min(memory);
            let lost = run.take_lost().map(FindingKind::of_lost);
            if !seen.insert(judged::key(&mut run)) && lost.is_none() {
                continue;
            }
            let node = graph.parents.len() as u32;
            graph.parents.push(step);
            let choices = run.choices();
            let mut shown =
                shown_by(&mut run, &choices, self.options.view, explorer.expected(), &mut |_| None);
            shown.extend(lost);
            if let Some(kind) = shown.into_iter().find(|kind| self.target.is_met_by(self.scenario, kind)) {
                let path = graph.path(node);
                let schedule = explorer.schedule(&path);
                return Some(ExplorationFinding { kind, schedule, steps: path.len() });
            }
            let is_enough = graph.parents.len() as u64 >= self.effort || memory > self.options.most_memory;
            if is_enough || !self.may_go_on() {
                return None;
            }
            // Backwards, so that among equals the first alternative comes first.
            for (index, choice) in choices.iter().enumerate().rev() {
                let mut next = run.clone();
                next.take(choice);
                memory += judged::weight(&next);
                let step = StateTransition {
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
}
