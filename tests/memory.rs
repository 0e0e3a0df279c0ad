//! How much memory a run without a trace takes: what is alive at once decides, not what has passed.
//!
//! An allocator counts, so the figures are exact and the same on every machine of 64 bits. Its high-water mark is the
//! whole process's and never falls; therefore this is a binary of its own, with one test.

use cap::Cap;
use std::alloc::System;
use std::sync::Arc;
use threadbare::language::{BASE, Document, Overrides};
use threadbare::study::run::run_untraced;
use threadbare::trace::OutcomeKind;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// How many bytes the run of a document has in use at most, with this parameter at this value.
fn most_in_use(document: &str, parameter: &str, value: usize) -> usize {
    let overrides =
        Overrides { set: vec![(parameter.to_owned(), value.to_string())], ..Overrides::default() };
    let document = Document::parse("document", document).expect("it reads");
    let scenario = Arc::new(document.scenario(BASE, &overrides).expect("it is sound"));
    // Lifts what is in use to the mark, so that all that comes on top raises it.
    let ballast: Vec<u8> = Vec::with_capacity(ALLOCATOR.max_allocated() - ALLOCATOR.allocated());
    let before = ALLOCATOR.max_allocated();
    let (outcome, _) = run_untraced(scenario);
    drop(ballast);
    assert_eq!(outcome.kind, OutcomeKind::Completed);
    ALLOCATOR.max_allocated() - before
}

#[test]
fn without_a_trace_memory_is_for_what_is_alive() {
    tasks_that_have_passed_take_none();
    tasks_that_are_alive_take_this_much();
}

fn tasks_that_have_passed_take_none() {
    for (workload, parameter, few) in [
        (include_str!("../benches/workloads/mm8.toml"), "tasks", 20_000),
        (include_str!("../benches/workloads/parents.toml"), "parents", 5_000),
        (include_str!("../benches/workloads/delayed.toml"), "rounds", 10),
    ] {
        let of_few = most_in_use(workload, parameter, few);
        let of_many = most_in_use(workload, parameter, 10 * few);
        // In ten times as many, a queue may have been longer once.
        let same = of_many < of_few + of_few / 4 + 8 * 1024;
        assert!(same, "{parameter}: {few} take {of_few} bytes, ten times as many {of_many}");
    }
}

/// A power of two, so that no list has room to spare.
const ALIVE: usize = 1 << 16;

/// They wait for a second, all of them at once; one pool has a worker for each, the other has one for all.
const WAITING: &str = r#"
[params.alive]
value = 1
[executors.many]
kind = "green"
workers = "$alive"
[executors.one]
kind = "threads"
workers = 1
[tasks.sleeper]
steps = ["io 1s"]
[tasks.parent]
steps = ["submit child to one as c", "wait c"]
[tasks.child]
steps = ["run 1ms"]
[[arrivals]]
at = "0s"
count = "$alive"
"#;

fn tasks_that_are_alive_take_this_much() {
    let each = |task: &str, to: &str| {
        let document = format!("{WAITING}task = \"{task}\"\nto = \"{to}\"\n");
        most_in_use(&document, "alive", ALIVE) / ALIVE
    };
    let (queued, on_a_timer, parent_and_child) =
        (each("child", "one"), each("sleeper", "many"), each("parent", "many"));
    println!(
        "bytes: queued {queued}, on a timer {on_a_timer}, a waiting parent with its child {parent_and_child}"
    );
    // A record of 64 bytes and a place in the queue.
    assert!((64..100).contains(&queued), "a queued task takes {queued} bytes");
    // A record, and its timer in the tournament.
    assert!((64..128).contains(&on_a_timer), "a task on a timer takes {on_a_timer} bytes");
    // Two records, a place in the queue, and what only a parent needs.
    assert!((128..400).contains(&parent_and_child), "a parent and its child take {parent_and_child} bytes");
}
