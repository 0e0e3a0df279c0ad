//! Semaphores and locks: who gets a released permit.

use crate::support::{lines_with, lives, run};

#[test]
fn a_releaser_that_asks_again_goes_first() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 2 }
        locks.l = {}
        tasks.a.steps = ["lock l", "run 1s", "unlock l", "lock l", "run 1s", "unlock l"]
        arrivals = [{ task = "a", to = "p", count = 2 }]"#,
        "0 a#0 starts
         0 a#1 starts
         2 a#0 ends
         4 a#1 ends
         4 completed",
    );
}

#[test]
fn fair_hands_it_to_the_longest_waiter() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 2 }
        locks.l = { fair = true }
        tasks.a.steps = ["lock l", "run 1s", "unlock l", "lock l", "run 1s", "unlock l"]
        arrivals = [{ task = "a", to = "p", count = 2 }]"#,
        "0 a#0 starts
         0 a#1 starts
         3 a#0 ends
         4 a#1 ends
         4 completed",
    );
}

#[test]
fn who_is_woken_and_finds_nothing_waits_again_last() {
    // At 1 s b is woken, but a has taken the lock again; c asked before b waits again.
    lines_with(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        locks.l = {}
        tasks.a.steps = ["lock l", "run 1s", "unlock l", "lock l", "run 1s", "unlock l"]
        tasks.b.steps = ["lock l", "note b", "unlock l"]
        tasks.c.steps = ["lock l", "note c", "unlock l"]
        arrivals = [{ task = "a", to = "p" }, { task = "b", to = "p" }, { task = "c", to = "p" }]"#,
        &["note"],
        "2 c#0 note c
         2 b#0 note b",
    );
}

#[test]
fn permits_are_taken_one_by_one() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        semaphores.s = { permits = 2 }
        tasks.a.steps = ["with s", "run 1s", "end"]
        arrivals = [{ task = "a", to = "p", count = 3 }]"#,
        "0 a#0 starts
         0 a#1 starts
         0 a#2 starts
         1 a#0 ends
         1 a#1 ends
         2 a#2 ends
         2 completed",
    );
}

#[test]
fn locks_are_not_re_entrant() {
    let run = run(r#"
        executors.p = { kind = "threads", workers = 1 }
        locks.l = {}
        tasks.a.steps = ["lock l", "lock l"]
        arrivals = [{ task = "a", to = "p" }]"#);
    assert_eq!(run.outcome(), "0 stuck");
}

#[test]
fn a_timeout_goes_on_without_the_permit() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 2 }
        locks.l = {}
        tasks.a.steps = ["lock l", "run 3s", "unlock l"]
        tasks.b.steps = ["lock l timeout 1s", "on-timeout", "note without", "end", "unlock l"]
        arrivals = [{ task = "a", to = "p" }, { task = "b", to = "p" }]"#,
        "0 a#0 starts
         0 b#0 starts
         1 b#0 note without
         1 b#0 fails NotHolder
         3 a#0 ends
         3 completed",
    );
}

#[test]
fn a_permit_at_the_instant_of_the_timeout_is_in_time() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 2 }
        locks.l = {}
        tasks.a.steps = ["lock l", "run 1s", "unlock l"]
        tasks.b.steps = ["lock l timeout 1s", "on-timeout", "note too late", "end"]
        arrivals = [{ task = "a", to = "p" }, { task = "b", to = "p" }]"#,
        "0 a#0 starts
         0 b#0 starts
         1 a#0 ends
         1 b#0 ends
         1 completed",
    );
}

#[test]
fn a_waiter_that_timed_out_is_not_woken() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 3 }
        locks.l = { fair = true }
        tasks.a.steps = ["lock l", "run 2s", "unlock l"]
        tasks.b.steps = ["lock l timeout 1s", "run 5s"]
        tasks.c.steps = ["lock l", "note mine"]
        arrivals = [{ task = "a", to = "p" }, { task = "b", to = "p" }, { task = "c", to = "p" }]"#,
        "0 a#0 starts
         0 b#0 starts
         0 c#0 starts
         2 a#0 ends
         2 c#0 note mine
         2 c#0 ends
         6 b#0 ends
         6 completed",
    );
}

#[test]
fn keyed_semaphores_count_each_key() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        semaphores.s = { permits = 1, per = "key" }
        tasks.a.steps = ["with s", "run 1s", "end"]
        arrivals = [{ task = "a", to = "p", key = "one", count = 2 }, { task = "a", to = "p", key = "two" }]"#,
        "0 a#0 starts
         0 a#1 starts
         0 a#2 starts
         1 a#0 ends
         1 a#2 ends
         2 a#1 ends
         2 completed",
    );
}
