//! The depth-first search over every order of a scenario, in slices.

mod finish;

use super::arrivals::{as_limits, cut_arrivals, limited};
use super::blocked::BlockedTaskFinder;
use super::cycles;
use super::finding::{
    ExplorationCoverage, ExplorationFinding, ExplorationOptions, FindingKind, MAX_FINDINGS,
    NonterminationEvidence, SearchStopReason, StateSpaceReduction,
};
use super::frame::{PruningOptions, SearchStackFrame, parts};
use super::graph::{StateGraph, StateTransition};
use super::judged::{self, JudgedExpectations};
use super::plain::PlainRun;
use super::shown::shown_at_end;
use super::target::SearchTarget;
use crate::engine::explore::{Choice, Rules};
use crate::model::scenario::Scenario;
use crate::study::cancellation::{ShouldContinue, without_bound};
use crate::study::schedule::{Run, Schedule, ScheduleDeviation, TimingAssumption, begin};
use std::collections::HashMap;
use std::sync::Arc;

/// Most circles of states that are examined for blocked tasks where a search ends before it has looked at every state.
const MAX_TURNING: usize = 16;
/// Steps without a choice that are taken in a row before the state is remembered.
const FORCED: usize = 32;

/// An exploration in progress.
pub struct InterleavingExplorer {
    scenario: Arc<Scenario>,
    options: ExplorationOptions,
    /// Looks for nothing but this, and stops there.
    only: Option<Arc<SearchTarget>>,
    arrivals: Vec<Option<u64>>,
    expected: JudgedExpectations,
    blocked: BlockedTaskFinder,
    /// The run with all arrivals, where some are cut; until it is over.
    plain: Option<PlainRun>,
    stack: Vec<SearchStackFrame>,
    /// States by their numbers.
    seen: HashMap<u128, u32>,
    /// The same by numbers that tell like tasks apart: found much sooner, and most states that come again come to the
    /// letter.
    seen_to_the_letter: HashMap<u128, u32>,
    graph: StateGraph,
    /// States of circles that nothing leads out of, to be examined once every state was looked at.
    circles: Option<std::vec::IntoIter<u32>>,
    findings: Vec<ExplorationFinding>,
    coverage: ExplorationCoverage,
    /// Bytes of the states along the present path.
    path_memory: u64,
    over: bool,
}

/// Bytes of a hash table with room for `capacity` entries: an eighth of its places stays free, and each has a byte of its own.
const fn table_bytes<T>(capacity: usize) -> usize {
    capacity / 7 * 8 * (size_of::<T>() + 1)
}

impl InterleavingExplorer {
    /// Ready to look at every order of `scenario`.
    pub fn new(scenario: &Arc<Scenario>, options: ExplorationOptions) -> InterleavingExplorer {
        let (arrivals, cut_arrivals) = cut_arrivals(scenario, &options);
        let is_cut = options.view == TimingAssumption::Timed && !cut_arrivals.is_empty();
        let coverage = ExplorationCoverage { cut_arrivals, ..ExplorationCoverage::default() };
        let mut explorer = InterleavingExplorer::with(scenario, options, arrivals, coverage);
        explorer.plain = is_cut.then(|| PlainRun::new(scenario));
        explorer
    }

    /// Ready to look for nothing but `target`, in the orders of `scenario` with these arrivals.
    pub(super) fn looking_for(
        target: &Arc<SearchTarget>,
        scenario: &Arc<Scenario>,
        options: &ExplorationOptions,
        arrivals: &[Option<u64>],
    ) -> InterleavingExplorer {
        let mut explorer = InterleavingExplorer::with(
            scenario,
            options.clone(),
            arrivals.to_vec(),
            ExplorationCoverage::default(),
        );
        explorer.only = Some(Arc::clone(target));
        explorer
    }

    fn with(
        scenario: &Arc<Scenario>,
        options: ExplorationOptions,
        arrivals: Vec<Option<u64>>,
        coverage: ExplorationCoverage,
    ) -> InterleavingExplorer {
        let scenario = limited(scenario, &arrivals);
        let expected = JudgedExpectations::of(&scenario, options.view, arrivals.iter().any(Option::is_some));
        let mut explorer = InterleavingExplorer {
            blocked: BlockedTaskFinder::new(&scenario),
            plain: None,
            scenario,
            expected,
            options,
            only: None,
            arrivals,
            stack: Vec::new(),
            seen: HashMap::new(),
            seen_to_the_letter: HashMap::new(),
            graph: StateGraph::default(),
            circles: None,
            findings: Vec::new(),
            coverage,
            path_memory: 0,
            over: false,
        };
        explorer.begin();
        explorer
    }

    /// A run at its beginning.
    fn fresh_run(&self) -> Run {
        let mut run = begin(Arc::clone(&self.scenario), self.options.view, self.expected.keep_events());
        if self.is_without(StateSpaceReduction::PartialOrder) {
            run.explore_by(Rules { every_step: true, ..self.options.view.rules() });
        }
        run
    }

    fn begin(&mut self) {
        let mut run = self.fresh_run();
        let choices = run.choices();
        let key = self.key(&mut run);
        self.seen.insert(key, 0);
        self.graph.parents.push(StateTransition { from: 0, choice: 0, branching: false, depth: 0 });
        if choices.is_empty() {
            self.at_end(&mut run, 0);
        }
        self.push_new(run, &choices, 0);
    }

    fn is_without(&self, reduction: StateSpaceReduction) -> bool {
        self.options.without == Some(reduction)
    }

    /// A number for the present state.
    fn key(&self, run: &mut Run) -> u128 {
        match self.options.without {
            Some(StateSpaceReduction::Symmetry) => judged::key_without_symmetry(run),
            // Every state is another.
            Some(StateSpaceReduction::Hashing) => self.graph.parents.len() as u128,
            Some(StateSpaceReduction::PartialOrder) | None => judged::key(run),
        }
    }

    /// The number of the present state: `next`, if it is a new one.
    fn number(&mut self, run: &mut Run, next: u32) -> u32 {
        if matches!(self.options.without, Some(StateSpaceReduction::Symmetry | StateSpaceReduction::Hashing))
        {
            let key = self.key(run);
            return *self.seen.entry(key).or_insert(next);
        }
        let to_the_letter = judged::key_without_symmetry(run);
        if let Some(known) = self.seen_to_the_letter.get(&to_the_letter) {
            return *known;
        }
        let key = self.key(run);
        let number = *self.seen.entry(key).or_insert(next);
        self.seen_to_the_letter.insert(to_the_letter, number);
        number
    }

    fn push_new(&mut self, run: Run, choices: &[Choice], node: u32) {
        let rules = PruningOptions {
            // The way to what is looked for alone is told: it keeps to the engine's own order where it can.
            alone: self.only.is_none() && !self.is_without(StateSpaceReduction::PartialOrder),
            symmetry: !self.is_without(StateSpaceReduction::Symmetry),
        };
        self.push(SearchStackFrame::new(run, choices, node, rules));
    }

    fn push(&mut self, frame: SearchStackFrame) {
        self.path_memory += frame.bytes;
        let memory = self.memory();
        self.coverage.memory = self.coverage.memory.max(memory);
        self.stack.push(frame);
        if self.graph.parents.len() >= self.options.most_states {
            self.stop(SearchStopReason::States);
        } else if memory > self.options.most_memory {
            self.stop(SearchStopReason::Memory);
        }
    }

    /// About how many bytes the search takes at present.
    fn memory(&self) -> u64 {
        let known = table_bytes::<(u128, u32)>(self.seen.capacity())
            + table_bytes::<(u128, u32)>(self.seen_to_the_letter.capacity());
        let steps = self.graph.parents.capacity() * size_of::<StateTransition>()
            + self.graph.edges.capacity() * size_of::<(u32, u32)>();
        self.path_memory + (known + steps) as u64 + self.blocked.bytes()
    }

    fn stop(&mut self, bound: SearchStopReason) {
        self.coverage.stopped_by = Some(bound);
        self.cut_short();
    }

    /// Ends the search where it stands, and looks whether tasks can never continue there: no end of a path may be near.
    pub fn cut_short(&mut self) {
        if std::mem::replace(&mut self.over, true) {
            return;
        }
        self.coverage.states = self.graph.parents.len();
        if self.only.as_ref().is_some_and(|only| !matches!(only.example(), FindingKind::Partial(_))) {
            return;
        }
        if let Some(node) = self.stack.last().map(|frame| frame.node)
            && let Some(kind) = self.blocked.after_path(parts(&self.stack), &[])
        {
            self.found(kind, node);
        }
        let turning = cycles::turning(self.graph.parents.len(), &self.graph.edges);
        for node in turning.into_iter().take(MAX_TURNING) {
            let path = self.graph.path(node);
            if let Some(kind) = self.blocked_after(&path)
                && self.wants(&kind)
            {
                self.keep(kind, &path);
            }
        }
    }

    /// Takes about `steps` more steps; whether the exploration is over.
    pub fn advance(&mut self, steps: u64) -> bool {
        self.advance_while(steps, &without_bound)
    }

    /// The same while it may go on.
    pub fn advance_while(&mut self, steps: u64, may_go_on: ShouldContinue<'_>) -> bool {
        let mut taken = 0u64;
        while !self.over && taken < steps && may_go_on() {
            taken += match self.plain {
                Some(_) => self.follow_plain_run(),
                None => self.step(),
            };
        }
        self.coverage.states = self.graph.parents.len();
        self.over
    }

    /// What has been found so far: the first of each kind.
    pub fn findings(&self) -> &[ExplorationFinding] {
        &self.findings
    }

    /// What has been looked at so far.
    pub fn coverage(&self) -> &ExplorationCoverage {
        &self.coverage
    }

    /// The expectations that it judges.
    pub(super) fn expected(&self) -> &JudgedExpectations {
        &self.expected
    }

    /// The scenario as it is explored: with the arrivals that are looked at.
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }

    /// Goes on with the plain run; how many steps that counts for.
    fn follow_plain_run(&mut self) -> u64 {
        let Some(plain) = &mut self.plain else { return 0 };
        let Some(shown) = plain.advance() else { return 0 };
        let steps = plain.events() as usize;
        self.plain = None;
        for kind in shown {
            if self.wants(&kind) {
                self.findings.push(ExplorationFinding { kind, schedule: Schedule::plain(), steps });
            }
        }
        0
    }

    /// Goes on with the search; how many steps it took.
    fn step(&mut self) -> u64 {
        let Some(frame) = self.stack.last_mut() else { return self.finish() };
        let Some((number, choice)) = frame.left.pop() else {
            self.path_memory -= frame.bytes;
            self.stack.pop();
            self.blocked.forget_beyond(self.stack.len());
            return 0;
        };
        // The last alternative needs no copy.
        let run = if frame.left.is_empty() { frame.run.take() } else { frame.run.clone() };
        let mut run = run.expect("it is taken with the last alternative");
        let (from, branching) = (frame.node, frame.branching);
        run.take(&choice);
        self.coverage.transitions += 1;
        let depth = self.graph.parents[from as usize].depth;
        let mut step = StateTransition { from, choice: number, branching, depth: depth + 1 };
        self.note_lost(&mut run, step);
        let mut choices = run.choices();
        // Where there is only one way, the states between are not worth remembering.
        for _ in 0..FORCED {
            let [only] = choices.as_slice() else { break };
            if only.is_timeout() {
                // A stall is worth remembering.
                break;
            }
            run.take(&only.clone());
            step.depth += 1;
            self.note_lost(&mut run, step);
            choices = run.choices();
        }
        self.arrive(run, choices, step);
        1
    }

    /// A state is reached.
    fn arrive(&mut self, mut run: Run, choices: Vec<Choice>, step: StateTransition) {
        let next = self.graph.parents.len() as u32;
        let known = self.number(&mut run, next);
        if known != next {
            self.graph.edges.push((step.from, known));
            return;
        }
        self.graph.parents.push(step);
        self.graph.edges.push((step.from, next));
        self.coverage.depth = self.coverage.depth.max(step.depth as usize);
        if choices.is_empty() {
            return self.at_end(&mut run, next);
        }
        let only_timeouts = choices.iter().all(Choice::is_timeout);
        if only_timeouts && self.options.view != TimingAssumption::Timed {
            self.found(FindingKind::Stall(run.standing()), next);
        }
        if step.depth as usize >= self.options.most_depth {
            self.coverage.cut_paths = true;
            return self.at_cut(&run, next);
        }
        self.push_new(run, &choices, next);
    }

    fn at_end(&mut self, run: &mut Run, node: u32) {
        self.coverage.ends += 1;
        let (blocked, stack) = (&mut self.blocked, &self.stack);
        let shown = shown_at_end(run, &self.expected, &mut |recent| blocked.after_path(parts(stack), recent));
        for kind in shown {
            let is_limit = matches!(kind, FindingKind::Endless(NonterminationEvidence::Limit(_)));
            self.coverage.cut_runs |= is_limit;
            self.found(kind, node);
        }
    }

    /// A path is left because it is too long.
    fn at_cut(&mut self, run: &Run, node: u32) {
        let recent = run.recorder().0.recent();
        let blocked = self.blocked.after_path(parts(&self.stack), recent);
        let failing = self.expected.failing_for_good(run).into_iter().map(FindingKind::Final);
        for kind in blocked.into_iter().chain(failing) {
            self.found(kind, node);
        }
    }

    fn note_lost(&mut self, run: &mut Run, step: StateTransition) {
        let Some(lost) = run.take_lost() else { return };
        let kind = FindingKind::of_lost(lost);
        if !self.wants(&kind) {
            return;
        }
        let mut turns = self.graph.path(step.from);
        turns.push(step);
        self.keep(kind, &turns);
    }

    fn found(&mut self, kind: FindingKind, node: u32) {
        if self.wants(&kind) {
            let path = self.graph.path(node);
            self.keep(kind, &path);
        }
    }

    fn wants(&self, kind: &FindingKind) -> bool {
        self.only.as_ref().is_none_or(|only| only.is_met_by(&self.scenario, kind))
            && self.findings.len() < MAX_FINDINGS
            && self.findings.iter().all(|finding| finding.kind != *kind)
    }

    fn keep(&mut self, kind: FindingKind, path: &[StateTransition]) {
        let schedule = self.schedule(path);
        let steps = path.last().map_or(0, |last| last.depth as usize);
        self.findings.push(ExplorationFinding { kind, schedule, steps });
        if self.only.is_some() {
            self.over = true;
        }
    }

    /// The schedule of a path.
    pub(super) fn schedule(&self, path: &[StateTransition]) -> Schedule {
        let mut turns = Vec::new();
        for (point, step) in (1..).zip(path.iter().filter(|step| step.branching)) {
            if step.choice > 0 {
                turns.push(ScheduleDeviation { point, choice: step.choice });
            }
        }
        Schedule { view: self.options.view, arrivals: as_limits(&self.arrivals), turns }
    }
}
