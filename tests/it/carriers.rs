//! Green threads on carriers of their own: how many run, who goes next, what keeps a carrier.

use crate::support::{lives, run, scenario_of};
use threadbare::analysis::shape::Shape;

/// State, start and end of a task, in whole seconds.
fn times(toml: &str, task: &str) -> (String, Option<f64>, Option<f64>) {
    let observed = run(toml).observed();
    let task = &observed["tasks"][task];
    let state = task["state"].as_str().expect("a state").to_owned();
    (state, task["started"].as_f64(), task["ended"].as_f64())
}

#[test]
fn as_many_run_at_once_as_there_are_carriers() {
    lives(
        r#"
        executors.g = { kind = "green", threads = 2 }
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "g", count = 3 }]"#,
        "0 a#0 starts
         0 a#1 starts
         1 a#0 ends
         1 a#2 starts
         1 a#1 ends
         2 a#2 ends
         2 completed",
    );
}

#[test]
fn a_blocking_io_keeps_its_carrier_and_a_plain_one_does_not() {
    let document = |how: &str| {
        format!(
            r#"
            executors.g = {{ kind = "green", threads = 1 }}
            tasks.a.steps = ["io 4s{how}", "run 1s"]
            tasks.b.steps = ["run 1s"]
            arrivals = [{{ task = "a", to = "g" }}, {{ task = "b", to = "g", at = "1s" }}]"#
        )
    };
    assert_eq!(times(&document(""), "b#0").1, Some(1.0));
    assert_eq!(times(&document(" blocking"), "b#0").1, Some(4.0 + 1.0));
    assert_eq!(times(&document(" managed"), "b#0").1, Some(1.0));
    assert_eq!(times(&document(" uninterruptible"), "b#0").1, Some(1.0));
}

/// The blocked task goes on on its own carrier: two run for a while, then only one.
#[test]
fn a_spare_carrier_stands_in_for_a_managed_step_as_long_as_there_is_one() {
    let document = |spare: u32| {
        format!(
            r#"
            executors.g = {{ kind = "green", threads = 1, spare = {spare} }}
            tasks.a.steps = ["io 2s managed", "run 2s"]
            tasks.b.steps = ["run 3s"]
            arrivals = [{{ task = "a", to = "g" }}, {{ task = "b", to = "g", at = "1s", count = 2 }}]"#
        )
    };
    assert_eq!(times(&document(1), "a#0").2, Some(4.0));
    assert_eq!(times(&document(1), "b#0"), ("finished".to_owned(), Some(1.0), Some(4.0)));
    assert_eq!(times(&document(1), "b#1").1, Some(4.0));
    assert_eq!(times(&document(0), "b#0").1, Some(4.0));
}

#[test]
fn the_slot_goes_before_the_queue_three_times_in_a_row() {
    let document = r#"
        executors.g = { kind = "green", threads = 1, ready = "lifo-slot" }
        tasks.d.steps = ["note d"]
        tasks.c.steps = ["submit d"]
        tasks.b.steps = ["submit c"]
        tasks.a.steps = ["submit b"]
        tasks.root.steps = ["run 1s", "submit a"]
        tasks.other.steps = ["note other"]
        arrivals = [{ task = "root", to = "g" }, { task = "other", to = "g" }]"#;
    lives(
        document,
        "0 root#0 starts
         1 root#0 ends
         1 root#0/a#0 starts
         1 root#0/a#0 ends
         1 root#0/a#0/b#0 starts
         1 root#0/a#0/b#0 ends
         1 root#0/a#0/b#0/c#0 starts
         1 root#0/a#0/b#0/c#0 ends
         1 other#0 starts
         1 other#0 note other
         1 other#0 ends
         1 root#0/a#0/b#0/c#0/d#0 starts
         1 root#0/a#0/b#0/c#0/d#0 note d
         1 root#0/a#0/b#0/c#0/d#0 ends
         1 completed",
    );
}

/// Tokio on one worker: what was spawned there goes before what came from outside earlier (recorded as
/// `injected_after_local`), and those who yield come back in reverse (`yield_now_is_deferred`).
#[test]
fn local_work_goes_before_the_outside_and_those_who_yield_come_back_in_reverse() {
    let outside = r#"
        executors.rt = { kind = "green", threads = 1, ready = "local-first" }
        tasks.root.steps = ["run 2s", "submit leaf as a", "submit leaf as b", "io 1s"]
        tasks.leaf.steps = ["run 2s"]
        tasks.outside.steps = ["run 2s"]
        arrivals = [{ task = "root", to = "rt" }, { task = "outside", to = "rt", at = "1s" }]"#;
    assert_eq!(times(outside, "outside#0").1, Some(6.0));
    let yields = r#"
        executors.rt = { kind = "green", threads = 1, ready = "local-first" }
        tasks.root.steps = ["submit leaf as a", "submit leaf as b", "run 1s", "yield", "run 1s", "wait a b"]
        tasks.leaf.steps = ["run 1s", "yield", "run 1s"]
        arrivals = [{ task = "root", to = "rt" }]"#;
    let (first, second) = (times(yields, "root#0/a").2, times(yields, "root#0/b").2);
    // The slot has `b` start first; `a`, which yields last, comes back first.
    assert_eq!((first, second), (Some(4.0), Some(5.0)));
}

/// JDK 21: a thread that waits inside `synchronized` keeps its carrier, and so does whoever asks for the monitor.
#[test]
fn a_monitor_pins_whoever_has_it_or_asks_for_it() {
    let document = |pins: &str| {
        format!(
            r#"
            executors.g = {{ kind = "green", threads = 1 }}
            locks.m = {{ {pins} }}
            tasks.a.steps = ["with m", "io 4s", "end"]
            tasks.b.steps = ["run 1s"]
            arrivals = [{{ task = "a", to = "g" }}, {{ task = "b", to = "g", at = "1s" }}]"#
        )
    };
    assert_eq!(times(&document("pins = \"held\""), "b#0").1, Some(4.0));
    assert_eq!(times(&document("pins = \"waiting\""), "b#0").1, Some(1.0));
    assert_eq!(times(&document(""), "b#0").1, Some(1.0));
}

/// The lock is free in time, but whoever has it needs the carrier on which another waits for the lock.
#[test]
fn a_pinned_waiter_and_a_holder_without_a_carrier_deadlock_and_the_shape_says_so() {
    let document = r#"
        executors.g = { kind = "green", threads = 1 }
        locks.m = { pins = "waiting", fair = false }
        tasks.a.steps = ["lock m", "io 2s", "unlock m"]
        tasks.b.steps = ["lock m", "unlock m"]
        arrivals = [{ task = "a", to = "g" }, { task = "b", to = "g", at = "1s" }]"#;
    let observed = run(document).observed();
    assert_eq!(observed["outcome"], "stuck");
    assert_eq!(observed["stuck"], serde_json::json!(["a#0", "b#0"]));
    assert!(Shape::read(&scenario_of(document, "base")).can_hang());
    let two = document.replace("threads = 1", "threads = 2");
    assert_eq!(run(&two).observed()["outcome"], "completed");
}

#[test]
fn an_eager_child_runs_inside_its_submitter_up_to_its_first_wait() {
    lives(
        r#"
        executors.loop = { kind = "green", start = "eager" }
        tasks.child.steps = ["note before", "io 1s", "note after"]
        tasks.main.steps = ["submit child", "note main", "wait child"]
        arrivals = [{ task = "main", to = "loop" }]"#,
        "0 main#0 starts
         0 main#0/child#0 starts
         0 main#0/child#0 note before
         0 main#0 note main
         1 main#0/child#0 note after
         1 main#0/child#0 ends
         1 main#0 ends
         1 completed",
    );
}
