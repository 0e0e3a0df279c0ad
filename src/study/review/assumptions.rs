//! The numbers that a review rests on, with where each comes from, and what is not modelled at all.

use super::request::Request;
use crate::analysis::review::Assumption;
use crate::model::scenario::Scenario;
use std::sync::Arc;

/// Most steps whose durations are listed.
const MAX_STEPS: usize = 60;

/// The numbers of a variant: what can be tuned, the durations of its steps, and the defaults that it takes over.
pub(super) fn of(request: &Request<'_>, scenario: &Scenario) -> Vec<Assumption> {
    let file = request.document.file_name();
    let is_set = |path: &str| {
        let name = path.strip_prefix("params.").unwrap_or(path);
        request.overrides.set.iter().any(|(set, _)| set == path || set == name)
    };
    let mut found = Vec::new();
    for tunable in request.document.tunables(&scenario.variant).into_iter().filter(|tunable| tunable.is_used)
    {
        let given =
            if is_set(&tunable.path) { "set when the report was made".to_owned() } else { file.to_owned() };
        found.push(Assumption { what: tunable.label, value: tunable.value, source: given });
    }
    let steps = scenario.tasks.iter().flat_map(|task| {
        task.program.steps.iter().enumerate().map(move |(number, step)| (task.name.as_str(), number, step))
    });
    let takes_time = |text: &str| {
        ["run ", "io ", "maybe ", "retry "].iter().any(|verb| text.starts_with(verb))
            || text.contains(" timeout ")
    };
    for (task, number, step) in steps.filter(|(.., step)| takes_time(&step.text)).take(MAX_STEPS) {
        let place = request.document.place_of_step(&scenario.variant, task, Some(number));
        let source = place.map_or_else(|| file.to_owned(), |place| format!("{file}, line {}", place.line));
        found.push(Assumption { what: format!("a step of {task}"), value: step.text.clone(), source });
    }
    let runtime = scenario.runtime.word();
    found.push(Assumption {
        what: "the runtime whose habits hold where the document says nothing".to_owned(),
        value: runtime.to_owned(),
        source: "docs/reference/language.md, Runtimes".to_owned(),
    });
    for executor in scenario.executors.iter().filter(|executor| executor.workers().is_some()) {
        found.push(Assumption {
            what: format!("memory of a worker of {}", executor.name),
            value: crate::analysis::written::figure(
                crate::model::expectation::Unit::Bytes,
                executor.memory as f64,
            ),
            source: format!("{file}, or measured for {runtime}"),
        });
    }
    found
}

/// What is not modelled, whatever the variants say, and that there was no recording to hold them against.
pub(super) fn not_modelled(scenarios: &[Arc<Scenario>], has_recording: bool) -> Vec<String> {
    let mut found = vec![
        "What code does between its steps takes no time: a queue, a lock and a switch cost nothing."
            .to_owned(),
        "Garbage collection, page faults and the scheduler of the operating system are left out.".to_owned(),
        "Memory is that of the workers; what the tasks allocate is not counted.".to_owned(),
        "Tasks do what their steps say; faults that no step mentions do not happen.".to_owned(),
    ];
    if scenarios.iter().any(|scenario| scenario.machine.is_none()) {
        found.insert(0, "Cores are never short: the document has no `[machine]`.".to_owned());
    }
    if !has_recording {
        let text = "The figures were not compared with a recording. `threadbare report --recording FILE` does that, where there is one.";
        found.push(text.to_owned());
    }
    found
}
