//! The workloads in Threadbare: the documents of `benches/workloads/`.

use crate::workload::{Finished, UPDATED, WATCHES, Workload};
use std::sync::Arc;
use threadbare::language::{BASE, Document, Overrides};
use threadbare::study::run::run_untraced;
use threadbare::trace::OutcomeKind;

/// Runs a workload without a trace.
pub fn run(workload: Workload, tasks: u64) -> Finished {
    let (text, parameter, value) = match workload {
        Workload::Mm8 => (include_str!("../../workloads/mm8.toml"), "tasks", tasks),
        Workload::Parents => (include_str!("../../workloads/parents.toml"), "parents", tasks / 5),
        Workload::Delayed => (include_str!("../../workloads/delayed.toml"), "rounds", tasks / WATCHES),
        Workload::Burst => (include_str!("../../workloads/burst.toml"), "tasks", tasks),
    };
    let document = Document::parse(workload.name(), text).expect("a document of the benchmarks");
    let set = vec![
        (parameter.to_owned(), value.to_string()),
        ("limits.max_tasks".to_owned(), (2 * tasks).to_string()),
        ("limits.max_events".to_owned(), (20 * tasks).to_string()),
    ];
    let scenario = document.scenario(BASE, &Overrides { seed: None, set }).expect("a valid scenario");
    let (outcome, _) = run_untraced(Arc::new(scenario));
    assert!(matches!(outcome.kind, OutcomeKind::Completed), "{outcome:?}");
    // Without a trace only the end is known; how many ended, the tests of the engine hold.
    let tasks = match workload {
        Workload::Mm8 | Workload::Burst => tasks,
        Workload::Parents => tasks / 5,
        Workload::Delayed => (tasks as f64 * UPDATED) as u64,
    };
    Finished { tasks, at: outcome.at.seconds() }
}
