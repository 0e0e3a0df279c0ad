//! What a run comes to, and so what a prediction should have been.
//!
//! Invariant: the right answer is a function of the scenario: change a number in it, and it changes.

use super::answer::AnswerResult;
use super::{AnswerChoice, Lesson, LessonScene, OutcomeCondition, PredictionQuestion};
use crate::analysis::digest::Digest;
use crate::analysis::expect::{ExpectationResult, MetricValue};
use crate::analysis::names::Names;
use crate::language;
use crate::model::scenario::Scenario;
use crate::model::time::Time;
use crate::study::allowance::Allowance;
use crate::study::cancellation::without_bound;
use crate::study::look::{LookGoal, look};
use crate::study::run;
use crate::study::schedule::TimingAssumption;
use crate::trace::Trace;
use crate::trace::event::Event;
use std::sync::Arc;

/// More states than this are not explored to judge one answer.
pub const MAX_STATES: usize = 200_000;

/// How far a number may be off, as a share of what is right: what rounding to three digits loses.
const TOLERANCE: f64 = 0.005;

/// The question as it is put: what can be chosen, if it is a choice.
pub fn options(lesson: &Lesson, scene: &LessonScene, prediction: &PredictionQuestion) -> Vec<String> {
    match prediction {
        PredictionQuestion::Choice(choices) => choices.iter().map(|choice| choice.text.clone()).collect(),
        PredictionQuestion::Number(_) => Vec::new(),
        PredictionQuestion::NextTask(moment) => waiting_tasks(lesson, scene, moment),
    }
}

/// The right answer in words.
pub fn right_answer(lesson: &Lesson, scene: &LessonScene, prediction: &PredictionQuestion) -> String {
    match prediction {
        PredictionQuestion::Choice(choices) => right_choices(lesson, scene, choices)
            .first()
            .map_or_else(|| "none of them".to_owned(), |&number| choices[number].text.clone()),
        PredictionQuestion::Number(metric) => {
            measure(lesson, scene, metric).map_or_else(|| "nothing".to_owned(), |result| result.actual)
        }
        PredictionQuestion::NextTask(moment) => next_tasks(lesson, scene, moment)
            .into_iter()
            .next()
            .unwrap_or_else(|| "none: nothing starts any more".to_owned()),
    }
}

/// The numbers of the choices whose conditions hold. A well-made question has exactly one.
pub fn right_choices(lesson: &Lesson, scene: &LessonScene, choices: &[AnswerChoice]) -> Vec<usize> {
    (0..choices.len()).filter(|&number| holds(lesson, scene, &choices[number].when)).collect()
}

/// Judges the choice of this number, from 0.
pub fn judge_choice(
    lesson: &Lesson,
    scene: &LessonScene,
    choices: &[AnswerChoice],
    chosen: usize,
) -> AnswerResult {
    let right = right_choices(lesson, scene, choices);
    if right.contains(&chosen) {
        return AnswerResult::right("Right.");
    }
    let own = choices.get(chosen).map(|choice| choice.reply.as_str()).filter(|reply| !reply.is_empty());
    AnswerResult::wrong(own.unwrap_or("Not this one. Play the run and look again."))
}

/// Judges a number, a duration or `true` and `false`, as typed.
pub fn judge_number(lesson: &Lesson, scene: &LessonScene, metric: &str, typed: &str) -> AnswerResult {
    let Some(result) = measure(lesson, scene, metric) else {
        return AnswerResult::wrong("This run has nothing to measure there.");
    };
    let is_right = match &result.value {
        Some(MetricValue::Truth(truth)) => typed.trim() == truth.to_string(),
        Some(MetricValue::Number(right)) => {
            number(typed).is_some_and(|given| (given - right).abs() <= TOLERANCE * right.abs())
        }
        Some(MetricValue::Values(values)) => values.iter().all(|value| value == typed.trim()),
        None => false,
    };
    if is_right {
        AnswerResult::right(format!("Right: {}.", result.actual))
    } else {
        AnswerResult::wrong(format!("It comes to {}.", result.actual))
    }
}

/// Judges which task starts next.
pub fn judge_next(lesson: &Lesson, scene: &LessonScene, moment: &str, named: &str) -> AnswerResult {
    let right = next_tasks(lesson, scene, moment);
    match right.as_slice() {
        [] if named.trim().is_empty() => AnswerResult::right("Right: nothing starts any more."),
        [] => AnswerResult::wrong("Nothing starts any more."),
        some if some.iter().any(|name| name == named.trim()) => AnswerResult::right("Right."),
        [first, ..] => AnswerResult::wrong(format!("{first} starts next.")),
    }
}

/// A number as a person types it: a plain number, a share, or a duration in seconds such as `1.5 s` or `1 m 09 s`.
fn number(typed: &str) -> Option<f64> {
    let typed = typed.trim().replace(',', "");
    if let Ok(number) = typed.parse::<f64>() {
        return Some(number);
    }
    if let Some(percent) = typed.strip_suffix('%') {
        return percent.trim().parse::<f64>().ok().map(|number| number / 100.0);
    }
    seconds(&typed)
}

/// The sum of durations that stand one after the other, with or without spaces before their units.
fn seconds(text: &str) -> Option<f64> {
    let mut sum = 0.0;
    let mut part = String::new();
    let mut is_unit = false;
    for ch in text.chars().filter(|ch| !ch.is_whitespace()).chain(['0']) {
        let is_digit = ch.is_ascii_digit() || ch == '.';
        if is_digit && is_unit {
            sum += language::parse_duration(&part).ok()?.seconds();
            part.clear();
        }
        is_unit = !is_digit;
        part.push(ch);
    }
    // What is left is the digit that was added to end the last part.
    (part == "0" && !text.trim().is_empty()).then_some(sum)
}

/// Whether all of a goal holds for the run of a scene (and, where asked, over its orders).
pub fn holds(lesson: &Lesson, scene: &LessonScene, goal: &OutcomeCondition) -> bool {
    failures(lesson, scene, goal).is_empty()
}

/// What of a goal does not hold for the run of a scene, a sentence each.
pub fn failures(lesson: &Lesson, scene: &LessonScene, goal: &OutcomeCondition) -> Vec<String> {
    let Some(scenario) = held_against(lesson, scene, goal) else {
        return vec!["The design does not read.".to_owned()];
    };
    let digest = Digest::owning(run::run(Arc::clone(&scenario)));
    let mut failures: Vec<String> = digest
        .expectations
        .iter()
        .filter(|result| !result.holds)
        .map(|result| format!("`{}` fails: {}.", result.text, result.actual))
        .collect();
    if let Some(wanted) = goal.can_deadlock
        && can_deadlock(&scenario) != wanted
    {
        failures.push(if wanted { "No order deadlocks." } else { "Some order deadlocks." }.to_owned());
    }
    failures
}

/// Whether some order of a scenario deadlocks, with these timings or with others, as far as [`MAX_STATES`] states show.
pub fn can_deadlock(scenario: &Arc<Scenario>) -> bool {
    let views = [TimingAssumption::Timed, TimingAssumption::Untimed { timeouts_last: false }];
    let allowance = Allowance::alone(&without_bound);
    views.into_iter().any(|view| look(scenario, view, MAX_STATES, LookGoal::FirstHang, &allowance).hangs)
}

/// The scenario of a scene, of which nothing but the goal is expected; `None` if it does not read.
pub(super) fn held_against(
    lesson: &Lesson,
    scene: &LessonScene,
    goal: &OutcomeCondition,
) -> Option<Arc<Scenario>> {
    let scenario = lesson.design(&scene.variant, &with_goal(&scene.set, goal)).ok()?;
    let mut scenario = Arc::unwrap_or_clone(scenario);
    scenario
        .expectations
        .retain(|expected| goal.expect.iter().any(|(metric, _)| is_about(&expected.text, metric)));
    Some(Arc::new(scenario))
}

/// Values to set so that a run is also held against a goal.
pub(super) fn with_goal(set: &[(String, String)], goal: &OutcomeCondition) -> Vec<(String, String)> {
    let asked = goal.expect.iter().map(|(metric, bound)| (format!("expect.{metric}"), bound.clone()));
    set.iter().cloned().chain(asked).collect()
}

/// A bound of this metric that says nothing, so that it is measured.
pub(super) fn any_value(metric: &str) -> &'static str {
    match metric.split('.').next().unwrap_or_default() {
        "deadlock" | "stuck" => "false",
        "latency" | "wait" | "cpu" | "makespan" | "late" => ">= 0s",
        "memory" => ">= 0B",
        "utilisation" => ">= 0%",
        "throughput" => ">= 0/s",
        "final" => "!= ",
        _ => ">= 0",
    }
}

/// What a run gives by a metric.
fn measure(lesson: &Lesson, scene: &LessonScene, metric: &str) -> Option<ExpectationResult> {
    let goal = OutcomeCondition {
        expect: vec![(metric.to_owned(), any_value(metric).to_owned())],
        can_deadlock: None,
    };
    let scenario = lesson.design(&scene.variant, &with_goal(&scene.set, &goal)).ok()?;
    let digest = Digest::owning(run::run(scenario));
    digest.expectations.into_iter().find(|result| is_about(&result.text, metric))
}

/// Whether an expectation, as text, is one of this metric.
fn is_about(expectation: &str, metric: &str) -> bool {
    expectation.strip_prefix(metric).is_some_and(|rest| rest.starts_with(' '))
}

/// The run of a scene, and the moment that a duration names.
fn run_until(lesson: &Lesson, scene: &LessonScene, moment: &str) -> Option<(Trace, Time)> {
    let after = language::parse_duration(moment).ok()?;
    let scenario = lesson.scenario(scene).ok()?;
    Some((run::run(scenario), Time(after.0)))
}

/// The tasks that start first after a moment: one, or several at one instant.
fn next_tasks(lesson: &Lesson, scene: &LessonScene, moment: &str) -> Vec<String> {
    let Some((trace, after)) = run_until(lesson, scene, moment) else { return Vec::new() };
    let names = Names::of(&trace);
    let mut first = None;
    let mut next = Vec::new();
    for record in trace.records.iter().filter(|record| record.at > after) {
        let Event::Started { task, .. } = record.event() else { continue };
        if first.is_some_and(|first| record.at > first) {
            break;
        }
        first = Some(record.at);
        next.push(names.name(task));
    }
    next
}

/// The tasks that were submitted up to a moment and have not started by then, in order of submission.
fn waiting_tasks(lesson: &Lesson, scene: &LessonScene, moment: &str) -> Vec<String> {
    let Some((trace, after)) = run_until(lesson, scene, moment) else { return Vec::new() };
    let names = Names::of(&trace);
    let mut waiting = Vec::new();
    for record in trace.records.iter().take_while(|record| record.at <= after) {
        match record.event() {
            Event::Arrived { task, .. } | Event::Submitted { task, .. } => waiting.push(task),
            Event::Started { task, .. } => waiting.retain(|&other| other != task),
            _ => {}
        }
    }
    waiting.into_iter().map(|task| names.name(task)).collect()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (typed, read) in [
            ("6", Some(6.0)),
            ("6 s", Some(6.0)),
            ("1.5s", Some(1.5)),
            ("1 m 09 s", Some(69.0)),
            ("67 %", Some(0.67)),
            ("1,200", Some(1200.0)),
            ("about six", None),
            ("", None),
            ("6 s 4", None),
        ] {
            assert_eq!(number(typed), read, "{typed}");
        }
    }
}
