//! Designs: what a learner has changed, run once or explored in every order, and what it costs.
//!
//! Three stars: it works once, it works in every order, and nothing that is allowed works for less.

use super::answer::{AnswerResult, LearnerDesign};
use super::{DesignExercise, Lesson, LessonScene, OutcomeCondition, predict};
use crate::analysis::digest::Digest;
use crate::analysis::shape::Shape;
use crate::language::BASE;
use crate::model::expectation::Metric;
use crate::model::scenario::Scenario;
use crate::study::cancellation::without_bound;
use crate::study::explore::{ExplorationFinding, ExplorationOptions, FindingKind, InterleavingExplorer};
use crate::study::run;
use crate::study::schedule::TimingAssumption;
use std::sync::Arc;

/// Designs that are compared for their cost, at most.
const MAX_CANDIDATES: usize = 200;
/// Bytes of states that one design may take to explore.
const MAX_MEMORY: u64 = 128 << 20;

/// What a design costs: most threads at once, then most bytes of memory.
pub type Cost = (u32, u64);

/// Judges a design by one run.
pub fn judge_change(
    lesson: &Lesson,
    scene: &LessonScene,
    exercise: &DesignExercise,
    design: &LearnerDesign,
) -> AnswerResult {
    if let Some(refused) = refusal(exercise, design) {
        return refused;
    }
    let failures = predict::failures(lesson, &shown(scene, design), &exercise.goal);
    match failures.first() {
        None => AnswerResult::right("It meets the goal."),
        Some(first) => AnswerResult::wrong(misconception(lesson, scene, exercise, design).unwrap_or(first)),
    }
}

/// Judges a design by every order.
pub fn judge_proof(
    lesson: &Lesson,
    scene: &LessonScene,
    exercise: &DesignExercise,
    design: &LearnerDesign,
) -> AnswerResult {
    let once = judge_change(lesson, scene, exercise, design);
    if !once.passed {
        return once;
    }
    let Some(scenario) = predict::held_against(lesson, &shown(scene, design), &exercise.goal) else {
        return AnswerResult::wrong("The design does not read.");
    };
    match every_order(&scenario) {
        AllOrdersResult::Fails(finding) => {
            let text = "It works in the run shown, and not in every order.";
            let reply = misconception(lesson, scene, exercise, design).unwrap_or(text);
            AnswerResult {
                passed: false,
                stars: 1,
                reply: reply.to_owned(),
                counterexample: Some(finding.schedule),
            }
        }
        AllOrdersResult::Unknown => AnswerResult {
            passed: false,
            stars: 1,
            reply: "It works in the run shown; there are too many orders to explore all of them.".to_owned(),
            counterexample: None,
        },
        AllOrdersResult::Holds => match cheaper(lesson, scene, exercise, &scenario) {
            None => AnswerResult {
                passed: true,
                stars: 3,
                ..AnswerResult::right("It works in every order, and nothing allowed costs less.")
            },
            Some(other) => {
                let reply = format!("It works in every order. It is possible for less: {}.", other.words());
                AnswerResult { passed: true, stars: 2, ..AnswerResult::right(reply) }
            }
        },
    }
}

/// What a design is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoalScope {
    /// The run shown.
    OneRun,
    /// Every order of events.
    EveryOrder,
}

/// The cheapest design that meets the goal, if one was found.
pub fn cheapest(
    lesson: &Lesson,
    scene: &LessonScene,
    exercise: &DesignExercise,
    demand: GoalScope,
) -> Option<LearnerDesign> {
    let mut designs = candidates(lesson, scene, exercise);
    designs.sort_by_key(|(cost, _)| *cost);
    let meets = |design: &LearnerDesign| works(lesson, scene, exercise, design, demand);
    designs.into_iter().map(|(_, design)| design).find(meets)
}

/// What a scenario comes to over all its orders.
enum AllOrdersResult {
    Holds,
    Fails(ExplorationFinding),
    Unknown,
}

fn every_order(scenario: &Arc<Scenario>) -> AllOrdersResult {
    // A shape without a ring cannot deadlock in any order, however many there are; without cells nothing else depends on the order.
    let only_deadlock = scenario.expectations.iter().all(|expected| expected.metric == Metric::Deadlock);
    if scenario.cells.is_empty() && only_deadlock && !Shape::dangers(scenario, &without_bound).can_hang {
        return AllOrdersResult::Holds;
    }
    let mut complete = true;
    for view in [TimingAssumption::Timed, TimingAssumption::Untimed { timeouts_last: false }] {
        let bounds = ExplorationOptions {
            view,
            most_states: predict::MAX_STATES,
            most_memory: MAX_MEMORY,
            ..ExplorationOptions::default()
        };
        let mut explorer = InterleavingExplorer::new(scenario, bounds);
        while !explorer.advance(10_000) {
            if explorer.findings().iter().any(|finding| is_fault(scenario, finding)) {
                break;
            }
        }
        if let Some(finding) = explorer.findings().iter().find(|finding| is_fault(scenario, finding)) {
            return AllOrdersResult::Fails(finding.clone());
        }
        complete &= explorer.coverage().exhausted && explorer.coverage().cut_arrivals.is_empty();
    }
    if complete || !Shape::dangers(scenario, &without_bound).can_hang {
        AllOrdersResult::Holds
    } else {
        AllOrdersResult::Unknown
    }
}

/// Whether a finding is against what is expected. A lost update is one only where the goal speaks of them.
fn is_fault(scenario: &Scenario, finding: &ExplorationFinding) -> bool {
    match finding.kind {
        FindingKind::Deadlock(_)
        | FindingKind::Partial(_)
        | FindingKind::Final(_)
        | FindingKind::Endless(_) => true,
        FindingKind::LostUpdate(..) => {
            scenario.expectations.iter().any(|expected| expected.metric == Metric::LostUpdates)
        }
        FindingKind::Stall(_) => false,
    }
}

fn works(
    lesson: &Lesson,
    scene: &LessonScene,
    exercise: &DesignExercise,
    design: &LearnerDesign,
    demand: GoalScope,
) -> bool {
    let shown = shown(scene, design);
    predict::failures(lesson, &shown, &exercise.goal).is_empty()
        && match demand {
            GoalScope::OneRun => true,
            GoalScope::EveryOrder => predict::held_against(lesson, &shown, &exercise.goal)
                .is_some_and(|scenario| matches!(every_order(&scenario), AllOrdersResult::Holds)),
        }
}

/// A design that works in every order and costs less than this scenario.
fn cheaper(
    lesson: &Lesson,
    scene: &LessonScene,
    exercise: &DesignExercise,
    scenario: &Arc<Scenario>,
) -> Option<LearnerDesign> {
    let own = cost(scenario);
    let mut designs = candidates(lesson, scene, exercise);
    designs.retain(|(cost, _)| *cost < own);
    designs.sort_by_key(|(cost, _)| *cost);
    let meets = |design: &LearnerDesign| works(lesson, scene, exercise, design, GoalScope::EveryOrder);
    designs.into_iter().map(|(_, design)| design).find(meets)
}

fn cost(scenario: &Arc<Scenario>) -> Cost {
    let digest = Digest::owning(run::run(Arc::clone(scenario)));
    (digest.occupancy.peak_threads, digest.occupancy.peak_memory)
}

/// Every design that may be made of the allowed variants and whole-numbered params, with what it costs.
fn candidates(lesson: &Lesson, scene: &LessonScene, exercise: &DesignExercise) -> Vec<(Cost, LearnerDesign)> {
    let mut list = Vec::new();
    // The base design is the variant that the scene shows.
    for variant in std::iter::once(BASE.to_owned()).chain(exercise.variants.iter().cloned()) {
        let own = if variant == BASE { &scene.variant } else { &variant };
        let mut sets: Vec<Vec<(String, String)>> = vec![Vec::new()];
        for (name, values) in ranges(lesson, own, exercise) {
            let with = |set: &Vec<(String, String)>, value: &String| {
                let mut set = set.clone();
                set.push((name.clone(), value.clone()));
                set
            };
            sets = sets.iter().flat_map(|set| values.iter().map(move |value| with(set, value))).collect();
            if sets.len() > MAX_CANDIDATES {
                sets.truncate(MAX_CANDIDATES);
            }
        }
        for set in sets {
            let design = LearnerDesign { variant: variant.clone(), set };
            if let Ok(scenario) = lesson.scenario(&shown(scene, &design)) {
                list.push((cost(&scenario), design));
            }
        }
    }
    list.truncate(MAX_CANDIDATES);
    list
}

/// The values that each allowed param of a variant may take: those that are listed, or its whole numbers.
fn ranges(lesson: &Lesson, variant: &str, exercise: &DesignExercise) -> Vec<(String, Vec<String>)> {
    let whole = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<u64>().ok());
    let params = lesson.document.params(variant);
    let allowed = params.iter().filter(|param| exercise.allows(&param.name));
    allowed
        .filter_map(|param| {
            let values = match exercise.options_of(&param.name) {
                Some(listed) => listed.to_vec(),
                None => (whole(&param.min)?..=whole(&param.max)?).map(|value| value.to_string()).collect(),
            };
            Some((param.name.clone(), values))
        })
        .collect()
}

/// The scene with a learner's design in it.
pub fn shown(scene: &LessonScene, design: &LearnerDesign) -> LessonScene {
    let mut set = scene.set.clone();
    set.retain(|(path, _)| design.set.iter().all(|(other, _)| other != path));
    set.extend(design.set.iter().cloned());
    let variant = if design.is_base() { scene.variant.clone() } else { design.variant.clone() };
    LessonScene { variant, set, ..scene.clone() }
}

/// Refuses what the step does not allow.
fn refusal(exercise: &DesignExercise, design: &LearnerDesign) -> Option<AnswerResult> {
    if !exercise.allows_variant(&design.variant) {
        return Some(AnswerResult::wrong(format!(
            "The variant `{}` is not among the choices.",
            design.variant
        )));
    }
    design.set.iter().find_map(|(path, value)| {
        if !exercise.allows(path) {
            return Some(AnswerResult::wrong(format!("`{path}` may not be changed here.")));
        }
        let listed = exercise.options_of(path)?;
        let text = format!("`{path}` may be {}.", listed.join(", "));
        (!listed.contains(value)).then(|| AnswerResult::wrong(text))
    })
}

/// What is said to a wrong design that is worth a reply of its own: one that sets a value to what it is anyway is the same.
fn misconception<'a>(
    lesson: &Lesson,
    scene: &LessonScene,
    exercise: &'a DesignExercise,
    design: &LearnerDesign,
) -> Option<&'a str> {
    let values = |variant: &str, set: &[(String, String)]| -> Vec<Option<String>> {
        exercise.allow.iter().map(|path| value_of(lesson, scene, variant, set, path)).collect()
    };
    let given = values(&design.variant, &design.set);
    let is_it = |one: &&super::DesignMisconception| {
        one.variant == design.variant && values(&one.variant, &one.set) == given
    };
    exercise.misconceptions.iter().find(is_it).map(|one| one.reply.as_str())
}

/// The value that a path has in a design, if the design, the scene or a param of the document says it.
pub fn value_of(
    lesson: &Lesson,
    scene: &LessonScene,
    variant: &str,
    set: &[(String, String)],
    path: &str,
) -> Option<String> {
    let of = |set: &[(String, String)]| {
        set.iter().rev().find(|(other, _)| other == path).map(|(_, value)| value.clone())
    };
    let variant = if variant == BASE { &scene.variant } else { variant };
    let of_param = || {
        let params = lesson.document.params(variant);
        params.into_iter().find(|param| param.name == path).map(|param| param.value)
    };
    of(set).or_else(|| of(&scene.set)).or_else(of_param)
}

/// The goal in words, a line for each condition.
pub fn goal_lines(goal: &OutcomeCondition) -> Vec<String> {
    let mut lines: Vec<String> =
        goal.expect.iter().map(|(metric, bound)| format!("{metric} {}", relation(bound))).collect();
    if let Some(can) = goal.can_deadlock {
        lines.push(if can { "some order deadlocks" } else { "no order deadlocks" }.to_owned());
    }
    lines
}

fn relation(bound: &str) -> String {
    if bound.starts_with(['<', '>', '=', '!']) { bound.to_owned() } else { format!("= {bound}") }
}
