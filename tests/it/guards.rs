//! Guards: a child that its parent waits for, on an executor that the parent or a waiting ancestor occupies.

use crate::support::{lines_with, run};

/// What becomes of a parent `a` on `p` that takes `steps`; `wrapper` leads to `p`.
fn parent(guard: &str, steps: &str) -> String {
    let run = run(&r#"
        executors.p = { kind = "threads", workers = 9, GUARD }
        executors.q = { kind = "threads", workers = 9 }
        executors.wrapper = { kind = "cap", into = "p", caps = { b = 9 } }
        tasks.b.steps = []
        tasks.middle.steps = ["submit b to p", "result b"]
        tasks.a.steps = [STEPS]
        arrivals = [{ task = "a", to = "p" }]"#
        .replace("GUARD", guard)
        .replace("STEPS", steps));
    run.states()
}

#[test]
fn reject_raises_only_where_the_child_is_awaited_and_the_executor_occupied() {
    let reject = r#"guard = "reject""#;
    let refused = "a#0 failed, a#0/b#0 rejected";
    let fine = "a#0 finished, a#0/b#0 finished";
    for (steps, expected) in [
        (r#""submit b", "wait b""#, refused),
        (r#""submit b", "run 1s", "result b""#, refused),
        (r#""submit b", "wait all""#, refused),
        (r#""submit b to wrapper", "wait b""#, refused),
        (r#""submit b", "wait b timeout 1s""#, refused),
        (r#""submit b""#, fine),
        (r#""submit b to q", "wait b""#, fine),
        (r#""submit b", "cancel b""#, "a#0 finished, a#0/b#0 cancelled"),
    ] {
        assert_eq!(parent(reject, steps), expected, "{steps}");
    }
}

#[test]
fn waiting_ancestors_count_too() {
    let reject = r#"guard = "reject""#;
    assert_eq!(
        parent(reject, r#""submit middle to q", "wait middle""#),
        "a#0 finished, a#0/middle#0 failed, a#0/middle#0/b#0 rejected"
    );
    assert_eq!(
        parent(reject, r#""submit middle to q""#),
        "a#0 finished, a#0/middle#0 finished, a#0/middle#0/b#0 finished",
        "an ancestor that does not wait"
    );
}

#[test]
fn allow_is_the_default_and_warn_records() {
    assert_eq!(parent("queue = 9", r#""submit b", "wait b""#), "a#0 finished, a#0/b#0 finished");
    lines_with(
        r#"
        executors.p = { kind = "threads", workers = 9, guard = "warn" }
        tasks.b.steps = []
        tasks.a.steps = ["submit b", "wait b", "submit b as unawaited"]
        arrivals = [{ task = "a", to = "p" }]"#,
        &["warned"],
        "0 a#0/b#0 warned p Guard",
    );
}

#[test]
fn a_leafs_tasks_submit_nothing_that_they_wait_for() {
    for (steps, expected) in [
        (r#""submit b to q", "wait b""#, "a#0 failed, a#0/b#0 rejected"),
        (r#""submit b to q""#, "a#0 finished, a#0/b#0 finished"),
    ] {
        assert_eq!(parent("leaf = true", steps), expected, "{steps}");
    }
}

#[test]
fn a_guards_refusal_is_judged_from_the_program_not_from_luck() {
    // The wait stands in a branch that is never taken; the program names the child all the same.
    assert_eq!(
        parent(r#"guard = "reject""#, r#""submit b", "maybe 0", "wait b", "end""#),
        "a#0 failed, a#0/b#0 rejected"
    );
}

/// `middle` submits to the pool of `a` once `a` has given up waiting for it and ended, whether or not somebody still
/// holds the future of `a`.
#[test]
fn an_ancestor_that_has_ended_guards_nothing() {
    let toml = |top: &str| {
        r#"
        executors.p = { kind = "threads", workers = 9, guard = "reject" }
        executors.q = { kind = "threads", workers = 9 }
        tasks.b.steps = []
        tasks.middle.steps = ["run 2s", "submit b to p", "wait b"]
        tasks.a.steps = ["submit middle to q", "wait middle timeout 1s"]
        tasks.top.steps = ["submit a to p", "run 9s", "wait a"]
        arrivals = [{ task = "TOP", to = "EX" }]"#
            .replace("TOP", top)
            .replace("EX", if top == "a" { "p" } else { "q" })
    };
    assert_eq!(run(&toml("a")).states(), "a#0 finished, a#0/middle#0 finished, a#0/middle#0/b#0 finished");
    assert_eq!(
        run(&toml("top")).states(),
        "top#0 finished, top#0/a#0 finished, top#0/a#0/middle#0 finished, top#0/a#0/middle#0/b#0 finished"
    );
}
