//! Names of tasks that submit themselves: short however long the line of descent is, and each its own.

use crate::runs::trace_of;
use std::collections::BTreeSet;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::names::Names;
use threadbare::model::id::TaskId;

/// A run of `chain.toml` had 182 MB of JSON: each name spelt out its whole descent.
#[test]
fn a_task_that_submits_itself_has_a_short_name_in_every_generation() {
    let trace = trace_of(
        r#"
        until = "1h"
        [executors.service]
        kind = "threads"
        workers = 1
        [executors.timer]
        kind = "delay"
        into = "service"
        [tasks.tick]
        steps = ["run 1ms", "submit tick to timer after 1s"]
        [[arrivals]]
        task = "tick"
        to = "service"
        at = "0s"
        "#,
    );
    let names = Names::of(&trace);
    let told: Vec<String> = [0, 1, 2, 3, 4, 10, 20, 21, 753].map(|number| names.name(TaskId(number))).into();
    insta::assert_snapshot!(told.join("\n"), @r"
    tick#0
    tick#0/tick#0
    tick#0/tick#0/tick#0
    tick#0/…/tick (4th)
    tick#0/…/tick (5th)
    tick#0/…/tick (11th)
    tick#0/…/tick (21st)
    tick#0/…/tick (22nd)
    tick#0/…/tick (754th)
    ");
    assert!(Digest::new(&trace).json().to_string().len() < 2_000_000);
}

#[test]
fn names_stay_apart_in_a_tree_of_tasks_and_children_stand_behind_a_short_name() {
    let trace = trace_of(
        r#"
        [executors.p]
        kind = "green"
        workers = 1000
        [executors.leaves]
        kind = "threads"
        workers = 4
        [limits]
        max_tasks = 200
        [tasks.split]
        steps = ["submit split as left", "submit split as right", "submit leaf to leaves as leaf", "io 1s"]
        [tasks.leaf]
        steps = ["run 1ms"]
        [[arrivals]]
        task = "split"
        to = "p"
        count = 2
        "#,
    );
    let names = Names::of(&trace);
    let all: Vec<String> = names.tasks().map(|task| names.name(task)).collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:#?}");
    assert!(all.iter().any(|name| name.starts_with("split#0/…/") && name.ends_with("th)")), "{all:#?}");
    assert!(all.iter().all(|name| name.chars().count() < 40), "{all:#?}");
}
