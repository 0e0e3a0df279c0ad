//! What the reference's fine print says of corners, held against the engine: each was said wrongly once, or not at all.

use crate::runs::digest_of;
use crate::support::run;
use threadbare::language::{Document, Overrides};

/// What becomes of the tasks of a document, line by line.
fn lives(text: &str) -> String {
    run(text).lives()
}

#[test]
fn a_blocked_arrival_holds_back_what_is_due_and_shifts_nothing_else() {
    insta::assert_snapshot!(lives(
        r#"
        [executors.p]
        kind = "threads"
        workers = 1
        queue = 0
        on_full = "block"
        [tasks.long]
        steps = ["run 1500ms"]
        [tasks.a]
        steps = ["run 100ms"]
        [[arrivals]]
        task = "long"
        to = "p"
        [[arrivals]]
        task = "a"
        to = "p"
        at = "500ms"
        every = "2s"
        count = 2
        "#
    ), @"
    0 long#0 starts
    1.5 long#0 ends
    1.5 a#0 starts
    1.6 a#0 ends
    2.5 a#1 starts
    2.6 a#1 ends
    2.6 completed
    ");
}

#[test]
fn run_0s_lets_nothing_come_between_and_io_0s_does() {
    let counter = |step: &str| {
        let text = format!(
            r#"
            [executors.p]
            kind = "threads"
            workers = 2
            [cells.z]
            initial = 0
            [tasks.a]
            steps = ["read z", "{step}", "add z 1"]
            [[arrivals]]
            task = "a"
            to = "p"
            count = 2
            [expect]
            "final.z" = 2
            "#
        );
        digest_of(&text)[0].holds
    };
    assert_eq!((counter("run 0s"), counter("io 0s")), (true, false));
}

/// The cap has room, so the submission is over; the full pool behind it refuses the hand-over, and nobody raises.
#[test]
fn a_refused_hand_over_ends_the_task_and_raises_in_nobody() {
    insta::assert_snapshot!(lives(
        r#"
        [executors.p]
        kind = "threads"
        workers = 1
        queue = 0
        [executors.c]
        kind = "cap"
        caps = { b = 5 }
        into = "p"
        [executors.own]
        kind = "threads"
        workers = 1
        [tasks.busy]
        steps = ["run 10s"]
        [tasks.a]
        steps = ["submit b to c", "run 1s", "run 1s"]
        [tasks.b]
        steps = ["run 1s"]
        [[arrivals]]
        task = "busy"
        to = "p"
        [[arrivals]]
        task = "a"
        to = "own"
        at = "1s"
        "#
    ), @"
    0 busy#0 starts
    1 a#0 starts
    1 a#0/b#0 rejected Full
    3 a#0 ends
    10 busy#0 ends
    10 completed
    ");
}

/// `b` is handed over and queued behind `busy`; its cancel at 1 s lets `c` pass, long before a worker skips the entry.
#[test]
fn a_cancel_gives_the_slot_of_a_cap_back_at_once() {
    insta::assert_snapshot!(lives(
        r#"
        [executors.p]
        kind = "threads"
        workers = 1
        [executors.c]
        kind = "cap"
        caps = { x = 1 }
        into = "p"
        [executors.own]
        kind = "threads"
        workers = 1
        [tasks.busy]
        steps = ["run 10s"]
        [tasks.x]
        steps = ["run 1s"]
        [tasks.main]
        steps = ["submit x to c as b", "submit x to c as c", "run 1s", "cancel b", "run 1s"]
        [[arrivals]]
        task = "busy"
        to = "p"
        [[arrivals]]
        task = "main"
        to = "own"
        "#
    ), @"
    0 busy#0 starts
    0 main#0 starts
    1 main#0/b cancelled
    2 main#0 ends
    10 busy#0 ends
    10 main#0/b skipped
    10 main#0/c starts
    11 main#0/c ends
    11 completed
    ");
}

/// At 1 s `first` ends: its worker runs `next`, then the cap hands `second` over, then the waiter goes on.
#[test]
fn an_end_is_followed_by_the_queue_then_by_hand_overs_then_by_those_who_waited() {
    let log = run(
        r#"
        [executors.p]
        kind = "threads"
        workers = 1
        [executors.c]
        kind = "cap"
        caps = { x = 1 }
        into = "p"
        [executors.own]
        kind = "threads"
        workers = 1
        [executors.green]
        kind = "green"
        workers = 2
        [tasks.x]
        steps = ["run 1s"]
        [tasks.next]
        steps = ["run 1s"]
        [tasks.main]
        steps = ["submit x to c as first", "submit x to c as second", "submit next to p as next", "wait first"]
        [tasks.green]
        steps = ["io 1s", "run 1s"]
        [[arrivals]]
        task = "main"
        to = "own"
        [[arrivals]]
        task = "green"
        to = "green"
        "#,
    )
    .log();
    let at_one: String =
        log.lines().filter(|line| line.starts_with("1 ")).map(|line| format!("{line}\n")).collect();
    insta::assert_snapshot!(at_one, @"
    1 main#0/first ends
    1 main#0 resumes Done
    1 main#0/next starts on p.0
    1 main#0/second enters p Queued
    1 main#0 ends
    1 green#0 run 1s
    ");
}

#[test]
fn the_end_of_virtual_time_is_a_horizon() {
    insta::assert_snapshot!(lives(
        r#"
        [executors.p]
        kind = "threads"
        workers = 2
        [tasks.a]
        steps = ["run 1s"]
        [[arrivals]]
        task = "a"
        to = "p"
        at = "18446744073s"
        "#
    ), @"
    18446744073 a#0 starts
    18446744073.709553 until
    ");
}

#[test]
fn weights_that_add_up_to_infinity_are_refused() {
    let text = r#"
        [executors.p]
        kind = "threads"
        workers = 1
        [tasks.a]
        steps = ["run choice(1s: 1e308, 2s: 1e308)"]
        [[arrivals]]
        task = "a"
        to = "p"
        "#;
    let document = Document::parse("test.toml", text).expect("it is TOML");
    let problems = document.scenario("base", &Overrides::default()).expect_err("it is refused");
    assert!(problems.render(false).contains("the sum of the weights is too large"));
}
