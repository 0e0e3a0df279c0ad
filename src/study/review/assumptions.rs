//! The numbers that a review rests on, with where each comes from, and what is not modelled at all.

use super::request::ReviewRequest;
use crate::analysis::review::Assumption;
use crate::model::scenario::Scenario;
use std::sync::Arc;

/// Most numbers of a document that are listed.
const MAX_NUMBERS: usize = 100;

/// The numbers of a variant, and the defaults that it takes over.
pub(super) fn of(request: &ReviewRequest<'_>, scenario: &Scenario) -> Vec<Assumption> {
    let file = request.document.file_name();
    let is_set = |path: &str| {
        let name = path.strip_prefix("params.").unwrap_or(path);
        request.overrides.set.iter().any(|(set, _)| set == path || set == name)
    };
    let mut found = Vec::new();
    for number in request.document.numbers(&scenario.variant).into_iter().take(MAX_NUMBERS) {
        let place = request.document.place_of_number(&number);
        let source = match place {
            _ if is_set(&number.path) => "set when the report was made".to_owned(),
            Some(place) => format!("{file}, line {}", place.line),
            None => file.to_owned(),
        };
        found.push(Assumption { what: number.label, value: number.value, source });
    }
    let runtime = scenario.runtime.word();
    found.push(Assumption {
        what: "the runtime whose defaults apply where the document says nothing".to_owned(),
        value: runtime.to_owned(),
        source: "docs/reference/language.md, Runtimes".to_owned(),
    });
    for executor in scenario.executors.iter().filter(|executor| executor.workers().is_some()) {
        let is_given =
            request.document.says(&scenario.variant, &format!("executors.{}.memory", executor.name));
        found.push(Assumption {
            what: format!("memory of a worker of {}", executor.name),
            value: crate::analysis::written::figure(
                crate::model::expectation::Unit::Bytes,
                executor.memory as f64,
            ),
            source: if is_given { file.to_owned() } else { format!("the default for {runtime}") },
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
