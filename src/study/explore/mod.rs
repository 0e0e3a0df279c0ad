//! Exploration: every order that a scenario allows, looking for deadlocks, lost updates, failed expectations and runs
//! without end.
//!
//! Depth first over the states of the engine. States that are alike are looked at once
//! (`engine::explore::key`); steps that nobody else can notice are not interleaved with others (a partial
//! order reduction: see `engine::explore`). What is found comes as a schedule that replays it.
//!
//! What is too large for that is searched within a bound on turns ([`few`]) or sampled ([`sample`]).
//!
//! Invariant: `exhausted` is said only if every reachable state was looked at. Everything is deterministic, so
//! that two explorations of one scenario with the same options say the same. Deliberately absent: the clock; a
//! caller explores in slices and stops when it likes, keeping what was found.

mod cycles;
mod dice;
pub mod few;
mod finding;
pub(in crate::study) mod past;
pub mod sample;
mod shorten;
#[cfg(test)]
mod soundness;
mod walk;
pub mod words;

pub use finding::{Bound, Coverage, Endless, Finding, Kind, Options, Reduction};
pub use past::not_judged;
pub use shorten::{EFFORT, shorten};

use super::schedule::{Run, Schedule, Turn, View, begin, with_arrivals};
use crate::engine::explore::{Choice, Rules};
use crate::model::scenario::Scenario;
use crate::trace::OutcomeKind;
use past::Expected;
use std::collections::HashMap;
use std::sync::Arc;

/// Most findings of different kinds that are kept.
const MAX_FINDINGS: usize = 32;
/// Steps without a choice that are taken in a row before the state is remembered.
const FORCED: usize = 32;

/// An exploration in progress.
pub struct Explorer {
    scenario: Arc<Scenario>,
    options: Options,
    /// Looks for nothing but this, and stops there.
    only: Option<Kind>,
    arrivals: Vec<Option<u64>>,
    expected: Expected,
    stack: Vec<Frame>,
    /// States by their numbers.
    seen: HashMap<u128, u32>,
    /// The same by numbers that tell like tasks apart: found much sooner, and most states that come again come to the
    /// letter.
    seen_to_the_letter: HashMap<u128, u32>,
    graph: Graph,
    findings: Vec<Finding>,
    coverage: Coverage,
    /// Bytes of the states along the present path.
    path_memory: u64,
    over: bool,
}

/// What one remembered state takes: its key in a table that is three quarters full, how it was reached, and the steps
/// from it (two, on the average, as each is also a step to another).
const STATE_BYTES: u64 = 64;

/// What a state that is known to the letter takes in its table.
const LETTER_BYTES: u64 = 40;

struct Frame {
    /// Taken out with the last alternative.
    run: Option<Run>,
    bytes: u64,
    /// What there is to try: each alternative with its number.
    left: Vec<(u16, Choice)>,
    branching: bool,
    node: u32,
}

impl Frame {
    fn new(mut run: Run, choices: &[Choice], node: u32, rules: Narrowing) -> Frame {
        let several = choices.len() > 1;
        let alone = if several && rules.alone { run.alone(choices) } else { None };
        let twins = if several && alone.is_none() && rules.symmetry {
            run.twins(choices)
        } else {
            vec![None; choices.len()]
        };
        let numbered = (0u16..).zip(choices.iter().copied()).zip(twins);
        let is_taken = |number: u16| alone.is_none_or(|alone| alone == usize::from(number));
        let mut left: Vec<_> = numbered
            .filter(|((number, _), twin)| twin.is_none() && is_taken(*number))
            .map(|(choice, _)| choice)
            .collect();
        // They are taken from the end.
        left.reverse();
        let bytes =
            past::weight(&run) + (size_of::<Frame>() + left.len() * size_of::<(u16, Choice)>()) as u64;
        Frame { run: Some(run), bytes, left, branching: choices.len() > 1, node }
    }
}

/// Which alternatives are left out.
#[derive(Clone, Copy)]
struct Narrowing {
    /// All but one that may be taken alone.
    alone: bool,
    /// Those that come to the same as another.
    symmetry: bool,
}

/// How states hang together.
#[derive(Default)]
struct Graph {
    /// How each state was first reached.
    parents: Vec<Step>,
    /// Steps from state to state, by where they start.
    edges: Vec<(u32, u32)>,
}

#[derive(Clone, Copy)]
struct Step {
    from: u32,
    choice: u16,
    /// Whether there was more than one.
    branching: bool,
    /// How many branching points lie between `from` and here besides (steps without a choice have none).
    depth: u32,
}

impl Explorer {
    /// Ready to look at every order of `scenario`.
    pub fn new(scenario: &Arc<Scenario>, options: Options) -> Explorer {
        let (arrivals, cut_arrivals) = cut_arrivals(scenario, options.most_arrivals);
        Explorer::with(scenario, options, arrivals, Coverage { cut_arrivals, ..Coverage::default() })
    }

    fn with(
        scenario: &Arc<Scenario>,
        options: Options,
        arrivals: Vec<Option<u64>>,
        coverage: Coverage,
    ) -> Explorer {
        let mut limited = with_arrivals(scenario, &arrivals);
        limited.limits = super::schedule::limits(limited.limits);
        let scenario = Arc::new(limited);
        let expected = Expected::of(&scenario, options.view, arrivals.iter().any(Option::is_some));
        let mut explorer = Explorer {
            scenario,
            expected,
            options,
            only: None,
            arrivals,
            stack: Vec::new(),
            seen: HashMap::new(),
            seen_to_the_letter: HashMap::new(),
            graph: Graph::default(),
            findings: Vec::new(),
            coverage,
            path_memory: 0,
            over: false,
        };
        explorer.begin();
        explorer
    }

    fn begin(&mut self) {
        let mut run = begin(Arc::clone(&self.scenario), self.options.view, self.expected.keep());
        if self.is_without(Reduction::PartialOrder) {
            run.explore_by(Rules { every_step: true, ..self.options.view.rules() });
        }
        let choices = run.choices();
        let key = self.key(&mut run);
        self.seen.insert(key, 0);
        self.graph.parents.push(Step { from: 0, choice: 0, branching: false, depth: 0 });
        if choices.is_empty() {
            self.at_end(&mut run, 0);
        }
        self.push_new(run, &choices, 0);
    }

    fn is_without(&self, reduction: Reduction) -> bool {
        self.options.without == Some(reduction)
    }

    /// A number for the present state.
    fn key(&self, run: &mut Run) -> u128 {
        match self.options.without {
            Some(Reduction::Symmetry) => past::key_without_symmetry(run),
            // Every state is another.
            Some(Reduction::Hashing) => self.graph.parents.len() as u128,
            Some(Reduction::PartialOrder) | None => past::key(run),
        }
    }

    /// The number of the present state: `next`, if it is a new one.
    fn number(&mut self, run: &mut Run, next: u32) -> u32 {
        if matches!(self.options.without, Some(Reduction::Symmetry | Reduction::Hashing)) {
            let key = self.key(run);
            return *self.seen.entry(key).or_insert(next);
        }
        let to_the_letter = past::key_without_symmetry(run);
        if let Some(known) = self.seen_to_the_letter.get(&to_the_letter) {
            return *known;
        }
        let key = self.key(run);
        let number = *self.seen.entry(key).or_insert(next);
        self.seen_to_the_letter.insert(to_the_letter, number);
        number
    }

    fn push_new(&mut self, run: Run, choices: &[Choice], node: u32) {
        let rules = Narrowing {
            // The way to what is looked for alone is told: it keeps to the engine's own order where it can.
            alone: self.only.is_none() && !self.is_without(Reduction::PartialOrder),
            symmetry: !self.is_without(Reduction::Symmetry),
        };
        self.push(Frame::new(run, choices, node, rules));
    }

    fn push(&mut self, frame: Frame) {
        self.path_memory += frame.bytes;
        let letters = self.seen_to_the_letter.len() as u64 * LETTER_BYTES;
        let memory = self.path_memory + self.graph.parents.len() as u64 * STATE_BYTES + letters;
        self.coverage.memory = self.coverage.memory.max(memory);
        self.stack.push(frame);
        if self.graph.parents.len() >= self.options.most_states {
            self.stop(Bound::States);
        } else if memory > self.options.most_memory {
            self.stop(Bound::Memory);
        }
    }

    fn stop(&mut self, bound: Bound) {
        self.over = true;
        self.coverage.stopped_by = Some(bound);
    }

    /// Takes about `steps` more steps; whether the exploration is over.
    pub fn advance(&mut self, steps: u64) -> bool {
        let goal = self.coverage.transitions.saturating_add(steps);
        while !self.over && self.coverage.transitions < goal {
            self.step();
        }
        self.coverage.states = self.graph.parents.len();
        self.over
    }

    /// What has been found so far: the first of each kind.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What has been looked at so far.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// The scenario as it is explored: with the arrivals that are looked at.
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }

    fn step(&mut self) {
        let Some(frame) = self.stack.last_mut() else { return self.finish() };
        let Some((number, choice)) = frame.left.pop() else {
            self.path_memory -= frame.bytes;
            self.stack.pop();
            return;
        };
        // The last alternative needs no copy.
        let run = if frame.left.is_empty() { frame.run.take() } else { frame.run.clone() };
        let mut run = run.expect("it is taken with the last alternative");
        let (from, branching) = (frame.node, frame.branching);
        run.take(&choice);
        self.coverage.transitions += 1;
        let depth = self.graph.parents[from as usize].depth;
        let mut step = Step { from, choice: number, branching, depth: depth + 1 };
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
    }

    /// A state is reached.
    fn arrive(&mut self, mut run: Run, choices: Vec<Choice>, step: Step) {
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
        if only_timeouts && self.options.view != View::Timed {
            self.found(Kind::Stall(run.standing()), next);
        }
        if step.depth as usize >= self.options.most_depth {
            self.coverage.cut_paths = true;
            return;
        }
        self.push_new(run, &choices, next);
    }

    fn at_end(&mut self, run: &mut Run, node: u32) {
        self.coverage.ends += 1;
        for kind in shown_at_end(run, &self.expected) {
            self.found(kind, node);
        }
    }

    fn note_lost(&mut self, run: &mut Run, step: Step) {
        let Some(lost) = run.take_lost() else { return };
        let kind = Kind::of_lost(lost);
        if !self.wants(&kind) {
            return;
        }
        let mut turns = self.graph.path(step.from);
        turns.push(step);
        self.keep(kind, &turns);
    }

    fn found(&mut self, kind: Kind, node: u32) {
        if self.wants(&kind) {
            let path = self.graph.path(node);
            self.keep(kind, &path);
        }
    }

    fn wants(&self, kind: &Kind) -> bool {
        self.only.as_ref().is_none_or(|only| only.is_like(kind))
            && self.findings.len() < MAX_FINDINGS
            && self.findings.iter().all(|finding| finding.kind != *kind)
    }

    fn keep(&mut self, kind: Kind, path: &[Step]) {
        let schedule = self.schedule(path);
        let steps = path.last().map_or(0, |last| last.depth as usize);
        self.findings.push(Finding { kind, schedule, steps });
        if self.only.is_some() {
            self.over = true;
        }
    }

    fn schedule(&self, path: &[Step]) -> Schedule {
        let mut turns = Vec::new();
        for (point, step) in (1..).zip(path.iter().filter(|step| step.branching)) {
            if step.choice > 0 {
                turns.push(Turn { point, choice: step.choice });
            }
        }
        Schedule { view: self.options.view, arrivals: as_limits(&self.arrivals), turns }
    }

    /// Every state was looked at.
    fn finish(&mut self) {
        self.over = true;
        self.coverage.exhausted = !self.coverage.cut_paths;
        if !self.coverage.exhausted {
            return;
        }
        for node in cycles::for_ever(self.graph.parents.len(), &self.graph.edges) {
            self.coverage.endless = true;
            let path = self.graph.path(node);
            let schedule = self.schedule(&path);
            let points = path.iter().filter(|step| step.branching).count() as u32;
            let blocked = cycles::blocked_for_ever(&self.scenario, &schedule, points);
            // What has a horizon is meant to go on.
            let endless = || self.scenario.until.is_none().then_some(Kind::Endless(Endless::Circle));
            if let Some(kind) = blocked.or_else(endless)
                && self.wants(&kind)
            {
                self.keep(kind, &path);
            }
        }
    }
}

/// For each entry to how many arrivals it is cut, if it is; and a list of those that are.
fn cut_arrivals(scenario: &Scenario, most: u64) -> (Vec<Option<u64>>, Vec<(usize, u64)>) {
    let mut arrivals = Vec::new();
    let mut cut = Vec::new();
    for (i, entry) in scenario.arrivals.iter().enumerate() {
        let is_cut = entry.pattern.most().is_none_or(|all| all > most);
        if is_cut {
            cut.push((i, most));
        }
        arrivals.push(is_cut.then_some(most));
    }
    (arrivals, cut)
}

/// As a schedule has it: a list that limits nothing is no list.
fn as_limits(arrivals: &[Option<u64>]) -> Vec<Option<u64>> {
    if arrivals.iter().any(Option::is_some) { arrivals.to_vec() } else { Vec::new() }
}

/// What the end of a run shows.
fn shown_at_end(run: &mut Run, expected: &Expected) -> Vec<Kind> {
    match run.ended().kind {
        OutcomeKind::Stuck | OutcomeKind::Deadlock => vec![Kind::Deadlock(run.standing())],
        OutcomeKind::Limit(limit) => vec![Kind::Endless(Endless::Limit(limit))],
        OutcomeKind::Completed | OutcomeKind::Until => {
            expected.failing_in(run).into_iter().map(Kind::Final).collect()
        }
    }
}

impl Graph {
    /// The steps that lead to a state.
    fn path(&self, node: u32) -> Vec<Step> {
        let mut path = Vec::new();
        let mut at = node;
        while at != 0 {
            let step = self.parents[at as usize];
            path.push(step);
            at = step.from;
        }
        path.reverse();
        path
    }
}
