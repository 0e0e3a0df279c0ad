//! `shutdown`: what is refused, what is waited for, what is cancelled.

use crate::support::{lives, run};

/// `a` on `q` runs `steps` while `p`, a pool of one, runs `long` until 2 s and has `b` queued.
fn drained(steps: &str) -> String {
    r#"
    executors.p = { kind = "threads", workers = 1 }
    executors.q = { kind = "threads", workers = 1 }
    executors.d = { kind = "delay", into = "p", delay = "5s" }
    tasks.long.steps = ["run 2s"]
    tasks.b.steps = ["run 1s"]
    tasks.a.steps = [STEPS]
    arrivals = [{ task = "long", to = "p" }, { task = "b", to = "p" }, { task = "a", to = "q" }]"#
        .replace("STEPS", steps)
}

#[test]
fn it_waits_until_all_that_the_executor_holds_is_done() {
    lives(
        &drained(r#""shutdown p", "note drained""#),
        "0 long#0 starts
         0 a#0 starts
         2 long#0 ends
         2 b#0 starts
         3 b#0 ends
         3 a#0 note drained
         3 a#0 ends
         3 completed",
    );
}

#[test]
fn nowait_does_not_wait_and_later_submissions_raise() {
    lives(
        &drained(r#""shutdown p nowait", "note at once", "submit b to p""#),
        "0 long#0 starts
         0 a#0 starts
         0 a#0 note at once
         0 a#0/b#0 rejected ShutDown
         0 a#0 fails Rejected
         2 long#0 ends
         2 b#0 starts
         3 b#0 ends
         3 completed",
    );
}

#[test]
fn cancel_first_cancels_what_has_not_started() {
    lives(
        &drained(r#""shutdown p cancel", "note drained""#),
        "0 long#0 starts
         0 a#0 starts
         0 b#0 cancelled
         2 long#0 ends
         2 b#0 skipped
         2 a#0 note drained
         2 a#0 ends
         2 completed",
    );
    let both = run(&drained(r#""shutdown p nowait cancel", "note at once""#)).lives();
    assert!(both.contains("0 b#0 cancelled\n0 a#0 note at once"), "{both}");
}

#[test]
fn a_wrapper_that_is_shut_down_still_hands_over_what_it_holds() {
    lives(
        &drained(r#""submit b to d", "shutdown d", "note drained""#),
        "0 long#0 starts
         0 a#0 starts
         2 long#0 ends
         2 b#0 starts
         3 b#0 ends
         5 a#0/b#0 starts
         6 a#0/b#0 ends
         6 a#0 note drained
         6 a#0 ends
         6 completed",
    );
}

#[test]
fn what_a_wrapper_hands_to_an_executor_that_is_shut_down_is_rejected() {
    lives(
        &drained(r#""submit b to d", "shutdown p", "note drained", "result b""#),
        "0 long#0 starts
         0 a#0 starts
         2 long#0 ends
         2 b#0 starts
         3 b#0 ends
         3 a#0 note drained
         5 a#0/b#0 rejected ShutDown
         5 a#0 fails Rejected
         5 completed",
    );
}

#[test]
fn cancelling_a_wrapper_reaches_what_it_passed_on_and_has_not_started() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1 }
        executors.q = { kind = "threads", workers = 1 }
        executors.c = { kind = "cap", into = "p", caps = { b = 1 } }
        tasks.long.steps = ["run 2s"]
        tasks.b.steps = []
        tasks.a.steps = ["submit b to c as x", "submit b to c as y", "shutdown c cancel", "note drained"]
        arrivals = [{ task = "long", to = "p" }, { task = "a", to = "q" }]"#,
        "0 long#0 starts
         0 a#0 starts
         0 a#0/x cancelled
         0 a#0/y cancelled
         0 a#0 note drained
         0 a#0 ends
         0 a#0/y skipped
         2 long#0 ends
         2 a#0/x skipped
         2 completed",
    );
}

#[test]
fn an_empty_executor_is_drained_at_once_and_arrivals_are_refused() {
    let run = run(r#"
        executors.p = { kind = "threads", workers = 1 }
        executors.q = { kind = "threads", workers = 1 }
        tasks.a.steps = ["shutdown p", "note drained"]
        tasks.b.steps = []
        arrivals = [{ task = "a", to = "q" }, { task = "b", to = "p", at = "1s" }]"#);
    assert_eq!(run.states(), "a#0 finished, b#0 rejected");
    assert_eq!(run.outcome(), "1 completed");
}

#[test]
fn a_task_that_drains_its_own_executor_waits_for_itself() {
    let run = run(r#"
        executors.p = { kind = "threads", workers = 2 }
        tasks.a.steps = ["shutdown p"]
        arrivals = [{ task = "a", to = "p" }]"#);
    assert_eq!(run.outcome(), "0 stuck");
}
