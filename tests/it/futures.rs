//! What becomes of futures: one state each, and when a cancel counts for whom.

use crate::support::{lives, run};

#[test]
fn a_cancelled_entry_stays_until_a_worker_skips_it() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1 }
        executors.q = { kind = "threads", workers = 1 }
        tasks.long.steps = ["run 2s"]
        tasks.b.steps = []
        tasks.a.steps = ["submit b to p", "cancel b", "note cancelled", "wait b", "note met"]
        arrivals = [{ task = "long", to = "p" }, { task = "a", to = "q" }]"#,
        "0 long#0 starts
         0 a#0 starts
         0 a#0/b#0 cancelled
         0 a#0 note cancelled
         2 long#0 ends
         2 a#0/b#0 skipped
         2 a#0 note met
         2 a#0 ends
         2 completed",
    );
}

#[test]
fn a_task_that_cancels_its_child_on_its_own_pool_of_one_and_waits_hangs() {
    let run = run(r#"
        executors.p = { kind = "threads", workers = 1 }
        tasks.b.steps = []
        tasks.a.steps = ["submit b", "cancel b", "wait b"]
        arrivals = [{ task = "a", to = "p" }]"#);
    assert_eq!(run.outcome(), "0 stuck");
    assert_eq!(run.states(), "a#0 running, a#0/b#0 cancelled");
}

#[test]
fn cancelled_entries_count_in_the_queue() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1, queue = 1 }
        executors.q = { kind = "threads", workers = 1 }
        tasks.long.steps = ["run 2s"]
        tasks.b.steps = []
        tasks.a.steps = ["submit b to p", "cancel b", "submit b to p as second"]
        arrivals = [{ task = "long", to = "p" }, { task = "a", to = "q" }]"#,
        "0 long#0 starts
         0 a#0 starts
         0 a#0/b#0 cancelled
         0 a#0/second rejected Full
         0 a#0 fails Rejected
         2 long#0 ends
         2 a#0/b#0 skipped
         2 completed",
    );
}

#[test]
fn a_taken_task_can_be_cancelled_until_it_starts() {
    // The worker has the child, but its submitter has not given way yet.
    lives(
        r#"
        executors.p = { kind = "threads", workers = 2 }
        tasks.b.steps = []
        tasks.a.steps = ["submit b", "cancel b", "wait b", "note met"]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0/b#0 cancelled
         0 a#0/b#0 skipped
         0 a#0 note met
         0 a#0 ends
         0 completed",
    );
}

#[test]
fn after_its_delay_a_task_runs_for_its_future_though_it_is_queued() {
    let run = run(r#"
        executors.p = { kind = "threads", workers = 1 }
        executors.q = { kind = "threads", workers = 1 }
        executors.d = { kind = "delay", into = "p", delay = "1s" }
        tasks.long.steps = ["run 5s"]
        tasks.b.steps = []
        tasks.a.steps = ["submit b to d as x", "submit b to d after 3s as y", "io 2s", "cancel x y", "wait x y"]
        arrivals = [{ task = "long", to = "p" }, { task = "a", to = "q" }]"#);
    let expected = "0 long#0 starts
        0 a#0 starts
        2 a#0/x not cancelled
        2 a#0/y cancelled
        3 a#0/y skipped
        5 long#0 ends
        5 a#0/x starts
        5 a#0/x ends
        5 a#0 ends
        5 completed";
    crate::support::same(&run.lives(), expected, "a delay");
}

#[test]
fn what_the_wrapped_executor_rejects_after_the_delay_is_rejected() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1, queue = 0 }
        executors.q = { kind = "threads", workers = 1 }
        executors.d = { kind = "delay", into = "p", delay = "1s" }
        tasks.long.steps = ["run 5s"]
        tasks.b.steps = []
        tasks.a.steps = ["submit b to d", "result b"]
        arrivals = [{ task = "long", to = "p" }, { task = "a", to = "q" }]"#,
        "0 long#0 starts
         0 a#0 starts
         1 a#0/b#0 rejected Full
         1 a#0 fails Rejected
         5 long#0 ends
         5 completed",
    );
}

#[test]
fn what_waits_for_room_behind_a_wrapper_can_be_cancelled() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1, queue = 0, on_full = "block" }
        executors.q = { kind = "threads", workers = 1 }
        executors.c = { kind = "cap", into = "p", caps = { b = 9 } }
        tasks.long.steps = ["run 2s"]
        tasks.b.steps = []
        tasks.a.steps = ["submit b to c", "cancel b", "wait b", "note met"]
        arrivals = [{ task = "long", to = "p" }, { task = "a", to = "q" }]"#,
        "0 long#0 starts
         0 a#0 starts
         0 a#0/b#0 cancelled
         2 long#0 ends
         2 a#0/b#0 skipped
         2 a#0 note met
         2 a#0 ends
         2 completed",
    );
}

#[test]
fn a_discarded_future_stays_pending_for_ever() {
    let run = run(r#"
        executors.p = { kind = "threads", workers = 1, queue = 0, on_full = "discard" }
        executors.q = { kind = "threads", workers = 1 }
        tasks.long.steps = ["run 1s"]
        tasks.b.steps = []
        tasks.a.steps = ["submit b to p", "wait b timeout 3s", "note gave up", "result b"]
        arrivals = [{ task = "long", to = "p" }, { task = "a", to = "q" }]"#);
    assert_eq!(run.outcome(), "3 stuck");
    assert_eq!(run.states(), "a#0 running, a#0/b#0 discarded, long#0 finished");
    assert_eq!(run.observed()["stuck"], serde_json::json!(["a#0"]));
}
