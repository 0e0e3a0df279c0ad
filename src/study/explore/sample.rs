//! Sampling: some of the orders of a scenario that is too large to look at all of them.
//!
//! *Random* takes any of the alternatives at each point. *PCT* (S. Burckhardt, P. Kothari, M. Musuvathi,
//! S. Nagarakatte, "A randomized scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010) gives whoever
//! can act a priority of its own at random, always lets the highest go on, and at `d - 1` points chosen at
//! random puts whoever is about to go on below all others. A run with `n` actors and `k` points finds any
//! trouble that `d` orderings of two steps suffice for (its *depth*) with a probability of at least `1/(n k^(d-1))`.
//!
//! An actor is what the engine takes one after another: a task, a task's timeouts, an entry of arrivals, a wrapper, the
//! green thread. `n` and `k` are measured beforehand, on random runs. Where one actor has several ways (a
//! `maybe`), a fair die decides, and the guarantee is about the runs in which it falls right.
//!
//! Invariant: run number `i` depends on the scenario, the seed and `i` alone, and findings are taken over in the order
//! of runs; so the number of threads makes no difference. A sample never says that nothing is there.

use super::arrivals::{cut_arrivals, limited};
use super::blocked::BlockedTaskFinder;
use super::finding::{ExplorationFinding, ExplorationOptions, MAX_FINDINGS};
use super::judged::JudgedExpectations;
use super::rng::Rng;
use super::walk::{ExploredRun, SchedulePolicy, walk};

use crate::engine::explore::{Choice, ChoiceKind};
use crate::model::scenario::Scenario;
use crate::study::cancellation::{ShouldContinue, without_bound};
use crate::study::parallel::in_parallel;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How orders are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SamplingMethod {
    /// Any of the alternatives, each as likely.
    Random,
    /// By priorities that change `depth - 1` times.
    Pct {
        /// The depth of trouble that the guarantee is about; 1 at least.
        depth: u32,
    },
}

/// The extent of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamplingCoverage {
    /// How the orders are drawn.
    pub method: SamplingMethod,
    /// With which seed.
    pub seed: u64,
    /// How many runs, those that measured among them.
    pub runs: u64,
    /// How many of them were random ones that measured `actors` and `points`; none if the method is random.
    pub measured_on: u64,
    /// Most actors of a run that was measured: `n`.
    pub actors: u32,
    /// Most points with a choice of a run that was measured: `k`.
    pub points: u32,
    /// All runs that measured came to their end.
    pub is_measured: bool,
    /// Runs with more actors or points than that, which the guarantee is not about.
    pub beyond: u64,
    /// Runs that were left because they were longer than allowed.
    pub cut: u64,
    /// Entries of arrivals that were cut: which, and to how many.
    pub cut_arrivals: Vec<(usize, u64)>,
}

impl SamplingCoverage {
    /// The least probability with which one run finds trouble of the depth of the method; `None` if random, or if runs
    /// are longer than allowed, so that nobody knows how long.
    pub fn guarantee(&self) -> Option<f64> {
        let SamplingMethod::Pct { depth } = self.method else { return None };
        if !self.is_measured {
            return None;
        }
        let (n, k) = (f64::from(self.actors.max(1)), f64::from(self.points.max(1)));
        Some((1..depth).fold(1.0 / n, |p, _| p / k))
    }

    /// The least probability with which at least one of all runs does: those beyond the measure do not count. `None` if
    /// none is left.
    pub fn guarantee_of_all(&self) -> Option<f64> {
        let p = self.guarantee()?;
        let counted = self.runs.saturating_sub(self.measured_on + self.beyond);
        if counted == 0 {
            return None;
        }
        Some(-libm::expm1(counted as f64 * libm::log1p(-p)))
    }
}

/// Random runs that measure how many actors and points there are.
const MEASURING: u64 = 32;
/// Runs that are made before what they found is taken over.
const BATCH: u64 = 64;

/// Sampling in progress.
pub struct ScheduleSampler {
    scenario: Arc<Scenario>,
    expected: JudgedExpectations,
    blocked: BlockedTaskFinder,
    options: ExplorationOptions,
    arrivals: Vec<Option<u64>>,
    threads: usize,
    sampled: SamplingCoverage,
    /// The first of each kind, with the number of runs that showed the kind.
    found: Vec<(ExplorationFinding, u64)>,
}

impl ScheduleSampler {
    /// Prepares to sample the orders of `scenario`, on `threads` threads (0: as many as there are cores). Of `options` the
    /// view, the arrivals and the depth matter.
    pub fn new(
        scenario: &Arc<Scenario>,
        options: ExplorationOptions,
        method: SamplingMethod,
        seed: u64,
        threads: usize,
    ) -> ScheduleSampler {
        let (arrivals, cut_arrivals) = cut_arrivals(scenario, &options);
        let scenario = limited(scenario, &arrivals);
        let is_cut = arrivals.iter().any(Option::is_some);
        let expected = JudgedExpectations::of(&scenario, options.view, is_cut);
        let sampled = SamplingCoverage {
            method,
            seed,
            runs: 0,
            measured_on: 0,
            actors: 0,
            points: 0,
            is_measured: true,
            beyond: 0,
            cut: 0,
            cut_arrivals,
        };
        let blocked = BlockedTaskFinder::new(&scenario);
        ScheduleSampler {
            scenario,
            expected,
            blocked,
            options,
            arrivals,
            threads,
            sampled,
            found: Vec::new(),
        }
    }

    /// Makes `runs` more runs.
    pub fn advance(&mut self, runs: u64) {
        self.advance_while(runs, &without_bound);
    }

    /// The same while it may go on. A run that may not come to its end does not count.
    pub fn advance_while(&mut self, runs: u64, may_go_on: ShouldContinue<'_>) {
        let goal = self.sampled.runs.saturating_add(runs);
        while self.sampled.runs < goal {
            let is_measuring = self.sampled.method != SamplingMethod::Random && self.sampled.runs < MEASURING;
            let most = if is_measuring { MEASURING - self.sampled.runs } else { BATCH };
            let batch: Vec<u64> =
                (self.sampled.runs..goal.min(self.sampled.runs.saturating_add(most))).collect();
            let walked = in_parallel(&batch, self.threads, |run| self.one(*run, is_measuring, may_go_on));
            for one in walked {
                let Some((actors, walked)) = one else { return };
                self.take_over(is_measuring, actors, walked);
            }
        }
    }

    /// The first finding of each kind so far, with the number of runs that showed one of its kind.
    pub fn counted(&self) -> &[(ExplorationFinding, u64)] {
        &self.found
    }

    /// What was sampled so far.
    pub fn sampled(&self) -> &SamplingCoverage {
        &self.sampled
    }

    /// The run of this number, and how many actors it had.
    fn one(&self, run: u64, is_measuring: bool, may_go_on: ShouldContinue<'_>) -> Option<(u32, ExploredRun)> {
        let mut rng = Rng::of_run(self.sampled.seed, run);
        let depth = match self.sampled.method {
            SamplingMethod::Pct { depth } if !is_measuring => Some(depth),
            SamplingMethod::Pct { .. } | SamplingMethod::Random => None,
        };
        let points = u64::from(self.sampled.points.max(1));
        let changes = (1..depth.unwrap_or(1)).map(|i| (1 + rng.below(points) as u32, u64::from(i))).collect();
        let mut guide =
            RandomSchedulePolicy { rng, actors: BTreeMap::new(), is_random: depth.is_none(), changes };
        let most_steps = self.options.most_depth;
        let walked = walk(
            &self.scenario,
            (&self.expected, &self.blocked),
            self.options.view,
            &self.arrivals,
            most_steps,
            &mut guide,
            may_go_on,
        )?;
        Some((guide.actors.len() as u32, walked))
    }

    fn take_over(&mut self, is_measuring: bool, actors: u32, walked: ExploredRun) {
        let (points, sampled) = (walked.points.len() as u32, &mut self.sampled);
        sampled.runs += 1;
        sampled.cut += u64::from(walked.cut);
        if is_measuring || sampled.method == SamplingMethod::Random {
            sampled.measured_on += u64::from(is_measuring);
            sampled.is_measured &= !walked.cut;
            sampled.actors = sampled.actors.max(actors);
            sampled.points = sampled.points.max(points);
        } else {
            let is_beyond = walked.cut || actors > sampled.actors || points > sampled.points;
            sampled.beyond += u64::from(is_beyond);
        }
        for finding in walked.found {
            match self.found.iter().position(|(known, _)| known.kind == finding.kind) {
                Some(known) => self.found[known].1 += 1,
                None if self.found.len() < MAX_FINDINGS => self.found.push((finding, 1)),
                None => {}
            }
        }
    }
}

/// What the engine takes one after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ScheduledEntity {
    Task(u32),
    TimeoutsOf(u32),
    Entry(u16),
    Wrapper(u16),
    Green,
}

fn actor(choice: &Choice) -> ScheduledEntity {
    let task = choice.task.map(|task| task.0);
    match (choice.what, task) {
        (ChoiceKind::Arrival(entry), _) => ScheduledEntity::Entry(entry.0),
        (ChoiceKind::Timeout, Some(task)) => ScheduledEntity::TimeoutsOf(task),
        (
            ChoiceKind::Pump(wrapper)
            | ChoiceKind::Steal(wrapper, _)
            | ChoiceKind::Departure(wrapper)
            | ChoiceKind::Injection(wrapper),
            _,
        )
        | (ChoiceKind::Delay(wrapper), None) => ScheduledEntity::Wrapper(wrapper.0),
        (_, Some(task)) => ScheduledEntity::Task(task),
        (
            ChoiceKind::Turn(_)
            | ChoiceKind::Green(_)
            | ChoiceKind::Maybe(_)
            | ChoiceKind::Notify(_)
            | ChoiceKind::Timer
            | ChoiceKind::Preempt
            | ChoiceKind::Timeout,
            None,
        ) => ScheduledEntity::Green,
    }
}

/// A schedule policy that chooses at random.
struct RandomSchedulePolicy {
    rng: Rng,
    /// Everybody who could act so far, each with a priority; high goes first.
    actors: BTreeMap<ScheduledEntity, u64>,
    /// Priorities do not matter.
    is_random: bool,
    /// At this point, whoever would go on gets this priority: below all that are drawn.
    changes: Vec<(u32, u64)>,
}

impl RandomSchedulePolicy {
    fn highest(&mut self, choices: &[Choice]) -> ScheduledEntity {
        for choice in choices {
            // More than any that a change gives.
            let drawn = self.rng.next() | 1 << 63;
            self.actors.entry(actor(choice)).or_insert(drawn);
        }
        let priority = |choice: &&Choice| (self.actors[&actor(choice)], actor(choice));
        actor(choices.iter().max_by_key(priority).expect("there are choices"))
    }
}

impl SchedulePolicy for RandomSchedulePolicy {
    fn choose(&mut self, point: u32, choices: &[Choice]) -> usize {
        let mut goes_on = self.highest(choices);
        if self.is_random {
            return self.rng.below(choices.len() as u64) as usize;
        }
        for at in 0..self.changes.len() {
            if self.changes[at].0 == point {
                self.actors.insert(goes_on, self.changes[at].1);
                goes_on = self.highest(choices);
            }
        }
        let own: Vec<usize> = (0..choices.len()).filter(|n| actor(&choices[*n]) == goes_on).collect();
        match own.as_slice() {
            [only] => *only,
            several => several[self.rng.below(several.len() as u64) as usize],
        }
    }
}
