//! `on_full`: what happens to a submission that finds no room, from a task, an arrival, a wrapper.

use crate::support::{lines_with, lives, run};

/// A pool of one with a queue of one, busy until 2 s, and a second submitter.
fn busy(policy: &str, steps: &str) -> String {
    r#"
    executors.p = { kind = "threads", workers = 1, queue = 1, on_full = "POLICY" }
    executors.q = { kind = "threads", workers = 1 }
    tasks.long.steps = ["run 2s"]
    tasks.b.steps = ["run 1s"]
    tasks.a.steps = [STEPS]
    arrivals = [{ task = "long", to = "p" }, { task = "a", to = "q" }]"#
        .replace("POLICY", policy)
        .replace("STEPS", steps)
}

const TWO: &str = r#""submit b to p as x", "submit b to p as y", "note submitted""#;

#[test]
fn reject_raises_in_the_submitter() {
    lives(
        &busy("reject", TWO),
        "0 long#0 starts
         0 a#0 starts
         0 a#0/y rejected Full
         0 a#0 fails Rejected
         2 long#0 ends
         2 a#0/x starts
         3 a#0/x ends
         3 completed",
    );
}

#[test]
fn block_holds_the_submitter_and_its_worker() {
    lives(
        &busy("block", TWO),
        "0 long#0 starts
         0 a#0 starts
         2 long#0 ends
         2 a#0/x starts
         2 a#0 note submitted
         2 a#0 ends
         3 a#0/x ends
         3 a#0/y starts
         4 a#0/y ends
         4 completed",
    );
}

#[test]
fn caller_runs_runs_it_in_the_submitter() {
    lives(
        &busy("caller-runs", TWO),
        "0 long#0 starts
         0 a#0 starts
         0 a#0/y starts
         1 a#0/y ends
         1 a#0 note submitted
         1 a#0 ends
         2 long#0 ends
         2 a#0/x starts
         3 a#0/x ends
         3 completed",
    );
}

#[test]
fn discard_drops_the_new_one_and_discard_oldest_the_oldest() {
    for (policy, dropped, runs) in
        [("discard", "y discarded Dropped", "x"), ("discard-oldest", "x dropped", "y")]
    {
        lives(
            &busy(policy, TWO),
            &format!(
                "0 long#0 starts
                 0 a#0 starts
                 0 a#0/{dropped}
                 0 a#0 note submitted
                 0 a#0 ends
                 2 long#0 ends
                 2 a#0/{runs} starts
                 3 a#0/{runs} ends
                 3 completed"
            ),
        );
    }
}

#[test]
fn a_submit_may_set_its_own() {
    let run =
        run(&busy("reject", r#""submit b to p as x", "submit b to p as y on_full discard", "note went on""#));
    assert!(run.lives().contains("0 a#0/y discarded Dropped\n0 a#0 note went on"));
}

#[test]
fn an_arrival_may_set_its_own() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1, queue = 0, on_full = "block" }
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "p" }, { task = "a", to = "p", on_full = "reject" }]"#,
        "0 a#0 starts
         0 a#1 rejected Full
         1 a#0 ends
         1 completed",
    );
}

#[test]
fn block_holds_back_later_arrivals_of_the_same_entry() {
    lines_with(
        r#"
        executors.p = { kind = "threads", workers = 1, queue = 0, on_full = "block" }
        tasks.a.steps = ["run 3s"]
        tasks.b.steps = []
        arrivals = [
          { task = "a", to = "p", at = "0s", every = "1s", count = 3 },
          { task = "b", to = "p", at = "2s", on_full = "reject" },
        ]"#,
        &["arrives", "rejected", "enters"],
        "0 a#0 arrives Taken
         1 a#1 arrives Blocked
         2 b#0 rejected Full
         3 a#1 enters p Taken
         3 a#2 arrives Blocked
         6 a#2 enters p Taken",
    );
}

#[test]
fn a_caller_runs_arrival_has_a_thread_of_its_own() {
    lines_with(
        r#"
        executors.p = { kind = "threads", workers = 1, queue = 0, on_full = "caller-runs" }
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "p", count = 2 }]"#,
        &["on", "Own"],
        "0 a#0 starts on p.0
         0 a#1 starts Own",
    );
}

#[test]
fn the_longest_blocked_goes_first() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1, queue = 0, on_full = "block" }
        executors.q = { kind = "threads", workers = 9 }
        tasks.long.steps = ["run 2s"]
        tasks.b.steps = ["run 1s"]
        tasks.a.steps = ["submit b to p", "note in"]
        arrivals = [{ task = "long", to = "p" }, { task = "a", to = "q", count = 2 }]"#,
        "0 long#0 starts
         0 a#0 starts
         0 a#1 starts
         2 long#0 ends
         2 a#0/b#0 starts
         2 a#0 note in
         2 a#0 ends
         3 a#0/b#0 ends
         3 a#1/b#0 starts
         3 a#1 note in
         3 a#1 ends
         4 a#1/b#0 ends
         4 completed",
    );
}

#[test]
fn a_wrappers_submission_blocks_in_its_scheduler_thread() {
    // While the scheduler waits for room, nothing else leaves the delay.
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1, queue = 0, on_full = "block" }
        executors.q = { kind = "threads", workers = 1 }
        executors.d = { kind = "delay", into = "p", delay = "1s" }
        tasks.long.steps = ["run 3s"]
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "long", to = "p" }, { task = "a", to = "d", count = 2 }]"#,
        "0 long#0 starts
         3 long#0 ends
         3 a#0 starts
         4 a#0 ends
         4 a#1 starts
         5 a#1 ends
         5 completed",
    );
}

#[test]
fn a_wrappers_caller_runs_in_its_scheduler_thread() {
    lines_with(
        r#"
        executors.p = { kind = "threads", workers = 1, queue = 0, on_full = "caller-runs" }
        executors.d = { kind = "delay", into = "p", delay = "1s" }
        tasks.long.steps = ["run 3s"]
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "long", to = "p" }, { task = "a", to = "d", count = 2 }]"#,
        &["on", "Scheduler", "enters"],
        "0 long#0 starts on p.0
         1 a#0 enters p InCaller
         1 a#0 starts Scheduler
         2 a#1 enters p InCaller
         2 a#1 starts Scheduler",
    );
}

#[test]
fn a_wrappers_rejection_raises_in_nobody() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1, queue = 0 }
        executors.q = { kind = "threads", workers = 1 }
        executors.d = { kind = "delay", into = "p", delay = "1s" }
        tasks.long.steps = ["run 3s"]
        tasks.b.steps = []
        tasks.a.steps = ["submit b to d", "io 2s", "note went on"]
        arrivals = [{ task = "long", to = "p" }, { task = "a", to = "q" }]"#,
        "0 long#0 starts
         0 a#0 starts
         1 a#0/b#0 rejected Full
         2 a#0 note went on
         2 a#0 ends
         3 long#0 ends
         3 completed",
    );
}
