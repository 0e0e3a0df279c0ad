//! `on_wait`: what a worker does while its task waits for children.

use crate::support::{lines_with, lives, run};

/// A parent on a pool of `workers` that submits x and y to its own pool and waits for them.
fn family(on_wait: &str, workers: u32) -> String {
    r#"
    executors.p = { kind = "threads", workers = N, on_wait = "ON_WAIT" }
    tasks.b.steps = ["run 1s"]
    tasks.a.steps = ["submit b as x", "submit b as y", "wait y x", "note done"]
    tasks.z.steps = ["note z"]
    arrivals = [{ task = "a", to = "p" }, { task = "z", to = "p" }]"#
        .replace("workers = N", &format!("workers = {workers}"))
        .replace("ON_WAIT", on_wait)
}

#[test]
fn hold_does_nothing() {
    assert_eq!(run(&family("hold", 1)).outcome(), "0 stuck");
}

#[test]
fn help_child_runs_the_awaited_ones_first_named_first() {
    lives(
        &family("help-child", 1),
        "0 a#0 starts
         0 a#0/y starts
         1 a#0/y ends
         1 a#0/x starts
         2 a#0/x ends
         2 a#0 note done
         2 a#0 ends
         2 z#0 starts
         2 z#0 note z
         2 z#0 ends
         2 completed",
    );
}

#[test]
fn help_any_runs_whatever_is_queued() {
    // The arrival of `z` comes after the first stretch of `a`, whose worker then helps it in its turn.
    lives(
        &family("help-any", 1),
        "0 a#0 starts
         0 a#0/x starts
         1 a#0/x ends
         1 a#0/y starts
         2 a#0/y ends
         2 a#0 note done
         2 a#0 ends
         2 z#0 starts
         2 z#0 note z
         2 z#0 ends
         2 completed",
    );
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1, on_wait = "help-any" }
        executors.q = { kind = "threads", workers = 1 }
        tasks.b.steps = ["run 2s"]
        tasks.a.steps = ["submit b to q", "wait b", "note done"]
        tasks.z.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "p" }, { task = "z", to = "p", at = "1s", count = 3 }]"#,
        // Helped to its end: the waiter is done at 2 s, but what runs above it comes first.
        "0 a#0 starts
         0 a#0/b#0 starts
         1 z#0 starts
         2 a#0/b#0 ends
         2 z#0 ends
         2 a#0 note done
         2 a#0 ends
         2 z#1 starts
         3 z#1 ends
         3 z#2 starts
         4 z#2 ends
         4 completed",
    );
}

#[test]
fn help_child_leaves_strangers_alone() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1, on_wait = "help-child" }
        executors.q = { kind = "threads", workers = 1 }
        tasks.b.steps = ["run 2s"]
        tasks.a.steps = ["submit b to q", "wait b"]
        tasks.z.steps = []
        arrivals = [{ task = "a", to = "p" }, { task = "z", to = "p" }]"#,
        "0 a#0 starts
         0 a#0/b#0 starts
         2 a#0/b#0 ends
         2 a#0 ends
         2 z#0 starts
         2 z#0 ends
         2 completed",
    );
}

#[test]
fn a_timeout_cannot_cut_short_what_runs_above() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1, on_wait = "help-child" }
        tasks.b.steps = ["run 3s"]
        tasks.a.steps = ["submit b as x", "submit b as y", "wait x y timeout 1s", "on-timeout", "note timed out", "end"]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0/x starts
         3 a#0/x ends
         3 a#0 note timed out
         3 a#0 ends
         3 a#0/y starts
         6 a#0/y ends
         6 completed",
    );
}

#[test]
fn compensate_starts_a_spare_worker_when_work_is_queued() {
    lines_with(
        r#"
        executors.p = { kind = "threads", workers = 1, on_wait = "compensate" }
        tasks.b.steps = ["run 1s", "note b"]
        tasks.a.steps = ["submit b", "wait b", "run 2s"]
        tasks.z.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "p" }, { task = "z", to = "p" }]"#,
        &["worker", "starts", "ends"],
        // The waiter goes on at once, and the spare leaves before it would take z.
        "0 entry 0 ends
         0 p.0 worker starts
         0 a#0 starts on p.0
         0 p.1 worker starts
         0 a#0/b#0 starts on p.1
         0 entry 1 ends
         1 a#0/b#0 ends
         1 p.1 worker stops
         3 a#0 ends
         3 z#0 starts on p.0
         4 z#0 ends",
    );
}

#[test]
fn compensate_starts_none_while_nothing_is_queued() {
    lines_with(
        r#"
        executors.p = { kind = "threads", workers = 2, on_wait = "compensate" }
        tasks.b.steps = ["run 1s"]
        tasks.a.steps = ["submit b", "wait b"]
        arrivals = [{ task = "a", to = "p" }]"#,
        &["worker"],
        "0 p.0 worker starts
         0 p.1 worker starts",
    );
}

#[test]
fn release_frees_the_worker_and_the_resumed_takes_one_before_the_queued() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1, on_wait = "release" }
        tasks.b.steps = ["run 1s"]
        tasks.a.steps = ["submit b", "wait b", "note back"]
        tasks.z.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "p" }, { task = "z", to = "p", count = 2 }]"#,
        "0 a#0 starts
         0 a#0/b#0 starts
         1 a#0/b#0 ends
         1 a#0 note back
         1 a#0 ends
         1 z#0 starts
         2 z#0 ends
         2 z#1 starts
         3 z#1 ends
         3 completed",
    );
}

#[test]
fn a_surplus_worker_leaves_only_after_its_task() {
    // The spare has z when the waiter goes on: three threads until z ends.
    lines_with(
        r#"
        executors.p = { kind = "threads", workers = 1, on_wait = "compensate" }
        executors.q = { kind = "threads", workers = 1 }
        tasks.b.steps = ["run 1s"]
        tasks.a.steps = ["submit b to q", "wait b", "run 3s"]
        tasks.z.steps = ["run 2s"]
        arrivals = [{ task = "a", to = "p" }, { task = "z", to = "p", count = 2 }]"#,
        &["stops", "starts", "ends"],
        "0 entry 0 ends
         0 p.0 worker starts
         0 a#0 starts on p.0
         0 q.0 worker starts
         0 a#0/b#0 starts on q.0
         0 p.1 worker starts
         0 z#0 starts on p.1
         0 entry 1 ends
         1 a#0/b#0 ends
         2 z#0 ends
         2 p.1 worker stops
         4 a#0 ends
         4 z#1 starts on p.0
         6 z#1 ends",
    );
}

#[test]
fn a_released_worker_that_only_met_a_cancelled_child_takes_its_task_back() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1, on_wait = "release" }
        tasks.b.steps = []
        tasks.a.steps = ["submit b", "cancel b", "wait b", "note back"]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0/b#0 cancelled
         0 a#0/b#0 skipped
         0 a#0 note back
         0 a#0 ends
         0 completed",
    );
}

#[test]
fn result_counts_as_waiting_and_acquire_does_not() {
    let toml = |step: &str| {
        r#"
        executors.p = { kind = "threads", workers = 1, on_wait = "help-any" }
        semaphores.s = { permits = 1 }
        tasks.b.steps = ["release s"]
        tasks.a.steps = ["acquire s", "submit b", "STEP"]
        arrivals = [{ task = "a", to = "p" }]"#
            .replace("STEP", step)
    };
    assert_eq!(run(&toml("result b")).states(), "a#0 failed, a#0/b#0 failed");
    assert_eq!(run(&toml("acquire s")).outcome(), "0 stuck");
}

#[test]
fn only_what_is_queued_on_the_workers_own_executor_is_helped() {
    assert_eq!(
        run(r#"
        executors.p = { kind = "threads", workers = 1, on_wait = "help-any" }
        executors.q = { kind = "threads", workers = 1 }
        tasks.b.steps = ["io forever"]
        tasks.c.steps = []
        tasks.a.steps = ["submit b to q", "submit c to q", "wait c"]
        arrivals = [{ task = "a", to = "p" }]"#)
        .outcome(),
        "0 stuck"
    );
}

/// `x`'s parent waits before the delay hands it over to a pool without a queue; `long` keeps the worker until then.
#[test]
fn what_is_handed_over_is_taken_by_a_worker_that_comes_to_wait() {
    for on_wait in ["help-child", "help-any"] {
        lives(
            &r#"
            executors.p = { kind = "threads", workers = 1, queue = 0, on_full = "block", on_wait = "ON_WAIT" }
            executors.d = { kind = "delay", into = "p", delay = "1s" }
            tasks.x.steps = ["run 1s"]
            tasks.a.steps = ["submit x to d", "run 2s", "wait x"]
            arrivals = [{ task = "a", to = "p" }]"#
                .replace("ON_WAIT", on_wait),
            "0 a#0 starts
             2 a#0/x#0 starts
             3 a#0/x#0 ends
             3 a#0 ends
             3 completed",
        );
    }
}

/// The queue is full when the delay hands `x` over; there is room for it when `b#1` starts, and its parent helps at once.
#[test]
fn a_child_that_is_let_into_the_queue_is_helped_at_once() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 2, queue = 1, on_full = "block", on_wait = "help-child" }
        executors.d = { kind = "delay", into = "p", delay = "1s" }
        tasks.x.steps = ["run 1s"]
        tasks.a.steps = ["submit x to d", "run 1500ms", "wait x"]
        tasks.b.steps = ["run 2s"]
        arrivals = [{ task = "a", to = "p" }, { task = "b", to = "p", count = 2 }]"#,
        "0 a#0 starts
         0 b#0 starts
         2 b#0 ends
         2 b#1 starts
         2 a#0/x#0 starts
         3 a#0/x#0 ends
         3 a#0 ends
         4 b#1 ends
         4 completed",
    );
}
