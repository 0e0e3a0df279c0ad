//! What a program does about failures and about its children: `try`, `retry`, `scope`, `call`, `result` of several,
//! interrupts and detached bodies.

use crate::support::{lives, run};
use serde_json::Value;
use threadbare::analysis::digest::Digest;

fn task(toml: &str, name: &str) -> Value {
    run(toml).observed()["tasks"][name].clone()
}

/// How many deadlocks a run shows.
fn hangs(toml: &str) -> usize {
    Digest::new(&run(toml).trace).findings.deadlocks.len()
}

#[test]
fn a_try_goes_on_at_its_on_failure_and_releases_what_a_with_inside_holds() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 2 }
        locks.m = {}
        tasks.a.steps = ["try", "with m", "run 1s", "fail boom", "end", "on-failure", "note caught", "end", "lock m"]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         1 a#0 note caught
         1 a#0 ends
         1 completed",
    );
}

#[test]
fn a_retry_does_the_block_again_after_its_pause_and_raises_the_last_failure() {
    let document = r#"
        executors.p = { kind = "threads", workers = 1 }
        tasks.a.steps = ["retry 2 every 3s", "note go", "run 1s", "fail boom", "end"]
        arrivals = [{ task = "a", to = "p" }]"#;
    lives(
        document,
        "0 a#0 starts
         0 a#0 note go
         4 a#0 note go
         8 a#0 note go
         9 a#0 fails Fail
         9 completed",
    );
}

#[test]
fn a_retry_that_succeeds_is_over() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1 }
        cells.c = { initial = 0 }
        tasks.child.steps = ["fail boom"]
        tasks.fine.steps = ["run 1s"]
        tasks.a.steps = ["retry 5", "call fine as f", "result f", "end", "note done"]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0/f starts
         1 a#0/f ends
         1 a#0 note done
         1 a#0 ends
         1 completed",
    );
}

#[test]
fn a_scope_waits_for_all_that_it_submitted_and_raises_the_first_failure() {
    let document = |how: &str| {
        format!(
            r#"
            executors.p = {{ kind = "threads", workers = 4 }}
            tasks.bad.steps = ["io 1s", "fail boom"]
            tasks.slow.steps = ["io 5s"]
            tasks.a.steps = ["scope{how}", "submit bad", "submit slow", "io 3s", "note body", "end", "note after"]
            arrivals = [{{ task = "a", to = "p" }}]"#
        )
    };
    lives(
        &document(""),
        "0 a#0 starts
         0 a#0/bad#0 starts
         0 a#0/slow#0 starts
         1 a#0/bad#0 fails Fail
         3 a#0 note body
         5 a#0/slow#0 ends
         5 a#0 fails Child
         5 completed",
    );
    // The first failure interrupts the sibling and the body.
    let fast = document(" fail-fast");
    assert_eq!(task(&fast, "a#0")["ended"], 1.0);
    assert_eq!(task(&fast, "a#0")["state"], "failed");
    assert_eq!(task(&fast, "a#0/slow#0")["state"], "cancelled");
    assert_eq!(task(&fast, "a#0/slow#0")["ended"], 1.0);
}

/// A scope holds the futures of all that it submitted, also of those whose name means another child by now.
#[test]
fn a_scope_waits_for_its_own_children_only_whatever_takes_the_place_of_those_that_ended() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 4 }
        tasks.a.steps = ["scope", "repeat 2", "submit b", "io 2s", "end", "end", "note after"]
        tasks.b.steps = ["io 1s"]
        tasks.c.steps = ["io 10s"]
        arrivals = [{ task = "a", to = "p" }, { task = "c", to = "p", at = "2500ms" }]"#,
        "0 a#0 starts
         0 a#0/b#0 starts
         1 a#0/b#0 ends
         2 a#0/b#1 starts
         2.5 c#0 starts
         3 a#0/b#1 ends
         4 a#0 note after
         4 a#0 ends
         12.5 c#0 ends
         12.5 completed",
    );
    // The name means the second child when the first is still under way.
    lives(
        r#"
        executors.p = { kind = "threads", workers = 4 }
        tasks.a.steps = ["scope", "submit b", "submit b", "end", "note after"]
        tasks.b.steps = ["io trace(3s, 1s)"]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0/b#0 starts
         0 a#0/b#1 starts
         1 a#0/b#1 ends
         3 a#0/b#0 ends
         3 a#0 note after
         3 a#0 ends
         3 completed",
    );
}

/// Whoever waits at the end of a scope waits for its children: where they queue behind it, it can never continue.
#[test]
fn a_deadlock_at_the_end_of_a_scope_is_seen_while_others_go_on() {
    let document = |steps: &str| {
        format!(
            r#"
        until = "20s"
        executors.own = {{ kind = "threads", workers = 1 }}
        executors.p = {{ kind = "threads", workers = 1 }}
        tasks.tick.steps = ["repeat forever", "io 2s", "end"]
        tasks.a.steps = [{steps}]
        tasks.b.steps = ["io 1s"]
        arrivals = [{{ task = "a", to = "p" }}, {{ task = "tick", to = "own" }}]"#
        )
    };
    for steps in [
        r#""scope", "submit b", "end""#,
        r#""scope fail-fast", "submit b", "submit b", "end""#,
        r#""scope", "scope", "submit b to own after 1s", "end", "submit b", "end""#,
        r#""scope", "submit b to own", "end", "scope", "submit b", "end""#,
    ] {
        assert!(hangs(&document(steps)) > 0, "{steps}");
    }
    for steps in [r#""scope", "submit b to own", "end""#, r#""scope", "end", "submit b""#] {
        assert_eq!(hangs(&document(steps)), 0, "{steps}");
    }
}

/// A child that fails takes the body of a scope that is `fail-fast` out of its wait: it is no deadlock before.
#[test]
fn a_body_that_a_child_may_interrupt_is_not_blocked_for_ever() {
    let document = |child: &str| {
        format!(
            r#"
        until = "20s"
        executors.p = {{ kind = "threads", workers = 4 }}
        semaphores.s = {{ permits = 1 }}
        tasks.a.steps = ["acquire s", "scope fail-fast", "submit b", "acquire s", "end"]
        tasks.b.steps = [{child}]
        arrivals = [{{ task = "a", to = "p" }}]"#
        )
    };
    assert_eq!(hangs(&document(r#""io 5s", "fail boom""#)), 0);
    assert_eq!(hangs(&document(r#""io 5s""#)), 1);
}

#[test]
fn a_result_of_several_raises_at_the_first_failure_and_any_at_the_first_success() {
    let document = |step: &str| {
        format!(
            r#"
            executors.p = {{ kind = "threads", workers = 4 }}
            tasks.bad.steps = ["io 1s", "fail boom"]
            tasks.fine.steps = ["io 2s"]
            tasks.slow.steps = ["io 5s"]
            tasks.a.steps = ["submit slow", "submit bad", "submit fine", "{step}"]
            arrivals = [{{ task = "a", to = "p" }}]"#
        )
    };
    let ends = |step: &str| {
        let task = task(&document(step), "a#0");
        (task["state"].as_str().expect("a state").to_owned(), task["ended"].as_f64())
    };
    assert_eq!(ends("result slow bad fine"), ("failed".to_owned(), Some(1.0)));
    assert_eq!(ends("result slow fine"), ("finished".to_owned(), Some(5.0)));
    assert_eq!(ends("result any slow bad fine"), ("finished".to_owned(), Some(2.0)));
    assert_eq!(ends("result any bad"), ("failed".to_owned(), Some(1.0)));
}

#[test]
fn a_call_runs_above_its_caller_and_its_name_stands_for_it_afterwards() {
    let document = r#"
        executors.p = { kind = "threads", workers = 1 }
        tasks.child.steps = ["run 2s", "fail boom"]
        tasks.a.steps = ["call child as c", "note called", "result c"]
        arrivals = [{ task = "a", to = "p" }]"#;
    lives(
        document,
        "0 a#0 starts
         0 a#0/c starts
         2 a#0/c fails Fail
         2 a#0 note called
         2 a#0 fails Child
         2 completed",
    );
}

const CANCELS: &str = r#"
    executors.p = { kind = "threads", workers = 4 }
    locks.m = {}
    tasks.sleeper.steps = ["with m", "io 9s", "end"]
    tasks.worker.steps = ["run 4s", "io 9s"]
    tasks.deaf.steps = ["io 6s uninterruptible", "io 1s"]
    tasks.main.steps = [
        "submit sleeper", "submit worker", "submit deaf", "run 2s", "cancel all interrupt", "wait all", "lock m",
    ]
    arrivals = [{ task = "main", to = "p" }]"#;

#[test]
fn an_interrupt_is_raised_at_the_present_or_next_wait_and_swallowed_where_none_can_be() {
    let of = |name: &str| task(CANCELS, name);
    let sleeper = of("main#0/sleeper#0");
    assert_eq!((&sleeper["state"], &sleeper["ended"]), (&"cancelled".into(), &2.0.into()));
    assert_eq!(sleeper["cancelled_at"], 2.0);
    assert_eq!(sleeper["cancel_returned"], true);
    assert_eq!(sleeper["interrupted"], true);
    let worker = of("main#0/worker#0");
    assert_eq!((&worker["state"], &worker["ended"]), (&"cancelled".into(), &4.0.into()));
    assert_eq!(worker["cancelled_at"], 2.0);
    let deaf = of("main#0/deaf#0");
    assert_eq!((&deaf["state"], &deaf["ended"]), (&"finished".into(), &7.0.into()));
    assert_eq!(deaf["swallowed"], 2.0);
    // It waits for those that are not Java's until they have ended, and the `with` has given the lock back.
    assert_eq!(of("main#0")["ended"], 7.0);
}

#[test]
fn a_java_future_is_cancelled_at_once_whatever_its_body_does() {
    let java = format!("runtime = \"java-21\"\n{CANCELS}");
    let of = |name: &str| task(&java, name);
    assert_eq!(of("main#0")["ended"], 2.0);
    for (name, ended) in [("sleeper", 2.0), ("worker", 4.0), ("deaf", 7.0)] {
        let task = of(&format!("main#0/{name}#0"));
        assert_eq!(task["state"], "cancelled", "{name}");
        assert_eq!(task["cancelled_at"], 2.0, "{name}");
        assert_eq!(task["ended"], ended, "{name}");
    }
}

#[test]
fn a_detached_body_runs_on_and_a_shutdown_waits_for_it() {
    let document = r#"
        executors.p = { kind = "threads", workers = 2 }
        executors.q = { kind = "threads", workers = 1 }
        tasks.job.steps = ["run 6s"]
        tasks.main.steps = ["submit job to q", "run 2s", "cancel job detach", "wait job", "note free", "shutdown q"]
        arrivals = [{ task = "main", to = "p" }]"#;
    lives(
        document,
        "0 main#0 starts
         0 main#0/job#0 starts
         2 main#0/job#0 cancelled
         2 main#0 note free
         6 main#0/job#0 ends
         6 main#0 ends
         6 completed",
    );
    assert_eq!(task(document, "main#0/job#0")["state"], "cancelled");
}

#[test]
fn an_interrupt_takes_a_task_out_of_a_wait_for_a_lock_or_for_a_child() {
    let document = r#"
        executors.p = { kind = "threads", workers = 4 }
        locks.m = {}
        tasks.asks.steps = ["lock m"]
        tasks.child.steps = ["io 9s"]
        tasks.waits.steps = ["submit child", "try", "wait child", "on-failure", "note out", "end"]
        tasks.main.steps = ["lock m", "submit asks", "submit waits", "io 1s", "cancel asks waits interrupt", "unlock m"]
        arrivals = [{ task = "main", to = "p" }]"#;
    assert_eq!(task(document, "main#0/asks#0")["state"], "cancelled");
    assert_eq!(task(document, "main#0/asks#0")["ended"], 1.0);
    // What is caught is caught: the task finishes, and what it waited for goes on.
    assert_eq!(task(document, "main#0/waits#0")["state"], "finished");
    assert_eq!(task(document, "main#0/waits#0/child#0")["ended"], 9.0);
}
