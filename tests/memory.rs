//! How much memory a run without a trace takes: what is alive at once decides, not what has passed. And how much the
//! reading of a trace takes: no more than is estimated while the run is made.
//!
//! An allocator counts, so the figures are exact and the same on every machine of 64 bits. Its high-water mark is the
//! whole process's and never falls; therefore this is a binary of its own, with one test.

use cap::Cap;
use std::alloc::System;
use std::sync::Arc;
use threadbare::analysis::digest::Digest;
use threadbare::language::{BASE, Document, Overrides};
use threadbare::model::scenario::Scenario;
use threadbare::study::run::{RunSession, run_untraced};
use threadbare::trace::OutcomeKind;
use threadbare::trace::record::Record;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// A document, with these values set.
fn scenario_of(document: &str, set: &[(&str, &str)]) -> Arc<Scenario> {
    let set = set.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect();
    let document = Document::parse("document", document).expect("it reads");
    Arc::new(document.scenario(BASE, &Overrides { set, ..Overrides::default() }).expect("it is sound"))
}

/// How many bytes are in use at most during this work, beside those that were before.
fn most_during<T>(work: impl FnOnce() -> T) -> (T, usize) {
    // Lifts what is in use to the mark, so that all that comes on top raises it.
    let ballast: Vec<u8> = Vec::with_capacity(ALLOCATOR.max_allocated() - ALLOCATOR.allocated());
    let before = ALLOCATOR.max_allocated();
    let result = work();
    drop(ballast);
    (result, ALLOCATOR.max_allocated() - before)
}

/// How many bytes the run of a document has in use at most, with this parameter at this value.
fn most_in_use(document: &str, parameter: &str, value: usize) -> usize {
    let scenario = scenario_of(document, &[(parameter, &value.to_string())]);
    let ((outcome, _), most) = most_during(|| run_untraced(scenario));
    assert_eq!(outcome.kind, OutcomeKind::Completed);
    most
}

#[test]
fn memory_is_for_what_is_alive_and_for_what_was_estimated() {
    tasks_that_have_passed_take_none();
    tasks_that_are_alive_take_this_much();
    reading_a_run_takes_what_was_estimated();
}

/// Studies make several runs at once where there is room for them, which they learn from the estimate.
fn reading_a_run_takes_what_was_estimated() {
    let ticker = include_str!("field/WRONG_hang_explore_min_hang.toml");
    let forever = ("tasks.tick.steps", "['repeat forever', 'io 1s', 'end']");
    for (name, document, set) in [
        ("arrivals", include_str!("../benches/workloads/mm8.toml"), &[("tasks", "100000")][..]),
        ("parents", include_str!("../benches/workloads/parents.toml"), &[("parents", "50000")]),
        ("tasks that submit each other", ticker, &[("limits.max_tasks", "100000")]),
        ("one long task", ticker, &[forever, ("limits.max_events", "1000000")]),
    ] {
        let mut session = RunSession::new(scenario_of(document, set));
        while session.advance(u64::MAX).is_none() {}
        let records = session.events() as usize * size_of::<Record>();
        let estimated = session.bytes() as usize - records;
        let trace = session.finish();
        let (digest, taken) = most_during(|| Digest::new(&trace));
        println!("bytes to read {name}: estimated {estimated}, taken {taken}");
        // Whatever the run, the states that are kept along the way and the findings take something.
        assert!(taken < estimated + (1 << 21), "{name}: {taken} bytes, estimated {estimated}");
        assert!(taken > estimated / 2, "{name}: {taken} bytes, estimated {estimated}");
        drop(digest);
    }
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
