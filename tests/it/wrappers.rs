//! `delay`, `cap` and `bus`: what holds tasks back before an executor has them.

use crate::support::{lines_with, lives, run};

#[test]
fn a_static_delay_is_first_in_first_out() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        executors.d = { kind = "delay", into = "p", delay = "2s" }
        tasks.a.steps = []
        arrivals = [{ task = "a", to = "d", trace = ["0s", "1s", "1s"] }]"#,
        "2 a#0 starts
         2 a#0 ends
         3 a#1 starts
         3 a#1 ends
         3 a#2 starts
         3 a#2 ends
         3 completed",
    );
}

#[test]
fn a_delay_per_submission_is_earliest_deadline_first() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        executors.d = { kind = "delay", into = "p", delay = "2s" }
        tasks.b.steps = []
        tasks.a.steps = ["submit b to d as long after 5s", "submit b to d as static", "submit b to d as short after 1s", "submit b to d as none after 0s"]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0 ends
         0 a#0/none starts
         0 a#0/none ends
         1 a#0/short starts
         1 a#0/short ends
         2 a#0/static starts
         2 a#0/static ends
         5 a#0/long starts
         5 a#0/long ends
         5 completed",
    );
}

#[test]
fn a_cancelled_delay_is_skipped_at_its_deadline() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        executors.d = { kind = "delay", into = "p", delay = "2s" }
        tasks.b.steps = []
        tasks.a.steps = ["submit b to d", "io 1s", "cancel b", "wait b", "note met"]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         1 a#0/b#0 cancelled
         2 a#0/b#0 skipped
         2 a#0 note met
         2 a#0 ends
         2 completed",
    );
}

#[test]
fn a_delays_queue_bounds_what_it_holds() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        executors.d = { kind = "delay", into = "p", delay = "2s", queue = 1 }
        tasks.a.steps = []
        arrivals = [{ task = "a", to = "d", trace = ["0s", "1s", "2s"] }]"#,
        "1 a#1 rejected Full
         2 a#2 rejected Full
         2 a#0 starts
         2 a#0 ends
         2 completed",
    );
}

#[test]
fn a_cap_frees_its_slot_when_the_task_ends() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        executors.c = { kind = "cap", into = "p", caps = { a = 1 } }
        tasks.a.steps = ["run 1s"]
        tasks.free.steps = []
        arrivals = [{ task = "a", to = "c", count = 2 }, { task = "free", to = "c" }]"#,
        "0 a#0 starts
         0 free#0 starts
         0 free#0 ends
         1 a#0 ends
         1 a#1 starts
         2 a#1 ends
         2 completed",
    );
}

#[test]
fn groups_and_single_caps_must_all_have_room() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        executors.c = { kind = "cap", into = "p", caps = { a = 2, "a+b" = 2 } }
        tasks.a.steps = ["run 2s"]
        tasks.b.steps = ["run 1s"]
        tasks.z.steps = []
        arrivals = [
          { task = "b", to = "c" }, { task = "a", to = "c", count = 2 }, { task = "b", to = "c" }, { task = "z", to = "c" },
        ]"#,
        // At 1 s the slot goes to the longest-waiting, not to the type that freed it.
        "0 b#0 starts
         0 a#0 starts
         0 z#0 starts
         0 z#0 ends
         1 b#0 ends
         1 a#1 starts
         2 a#0 ends
         2 b#1 starts
         3 a#1 ends
         3 b#1 ends
         3 completed",
    );
}

#[test]
fn over_cap_tasks_hold_no_worker_and_can_be_cancelled() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1 }
        executors.q = { kind = "threads", workers = 1 }
        executors.c = { kind = "cap", into = "p", caps = { b = 1 } }
        tasks.b.steps = ["run 2s"]
        tasks.z.steps = []
        tasks.a.steps = ["submit b to c as x", "submit b to c as y", "submit b to c as z", "submit z to c as free", "io 1s", "cancel x y", "note cancelled", "wait y", "note met"]
        arrivals = [{ task = "a", to = "q" }]"#,
        "0 a#0 starts
         0 a#0/x starts
         1 a#0/x not cancelled
         1 a#0/y cancelled
         1 a#0 note cancelled
         2 a#0/x ends
         2 a#0/free starts
         2 a#0/free ends
         2 a#0/y skipped
         2 a#0 note met
         2 a#0 ends
         2 a#0/z starts
         4 a#0/z ends
         4 completed",
    );
}

#[test]
fn a_cancel_behind_the_cap_gives_the_slot_back_at_once() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1 }
        executors.q = { kind = "threads", workers = 1 }
        executors.c = { kind = "cap", into = "p", caps = { b = 1 } }
        tasks.long.steps = ["run 5s"]
        tasks.b.steps = []
        tasks.a.steps = ["submit b to c as x", "submit b to c as y", "cancel x", "io 1s", "cancel y"]
        arrivals = [{ task = "long", to = "p" }, { task = "a", to = "q" }]"#,
        "0 long#0 starts
         0 a#0 starts
         0 a#0/x cancelled
         1 a#0/y cancelled
         1 a#0 ends
         5 long#0 ends
         5 a#0/x skipped
         5 a#0/y skipped
         5 completed",
    );
}

#[test]
fn a_caps_queue_bounds_each_type() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        executors.c = { kind = "cap", into = "p", caps = { a = 1, b = 1 }, queue = 1 }
        tasks.a.steps = ["run 1s"]
        tasks.b.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "c", count = 3 }, { task = "b", to = "c", count = 2 }]"#,
        "0 a#0 starts
         0 a#2 rejected Full
         0 b#0 starts
         1 a#0 ends
         1 a#1 starts
         1 b#0 ends
         1 b#1 starts
         2 a#1 ends
         2 b#1 ends
         2 completed",
    );
}

#[test]
fn discard_oldest_at_a_cap_drops_one_of_the_type_that_is_full() {
    lines_with(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        executors.c = { kind = "cap", into = "p", caps = { a = 1, b = 1 }, queue = 1, on_full = "discard-oldest" }
        tasks.a.steps = ["run 1s"]
        tasks.b.steps = ["run 1s"]
        arrivals = [
          { task = "a", to = "c", count = 2 }, { task = "b", to = "c", count = 3 },
        ]"#,
        &["dropped"],
        "0 b#1 dropped",
    );
}

#[test]
fn a_blocked_type_does_not_hold_back_another_at_a_cap() {
    lines_with(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        executors.c = { kind = "cap", into = "p", caps = { a = 1, b = 1 }, queue = 1, on_full = "block" }
        tasks.a.steps = ["run 9s"]
        tasks.b.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "c", count = 3 }, { task = "b", to = "c", count = 4 }]"#,
        &["Blocked", "enters"],
        "0 a#0 enters p Taken
         0 a#2 arrives Blocked
         0 b#0 enters p Taken
         0 b#2 arrives Blocked
         1 b#1 enters p Taken
         1 b#2 enters c Held
         1 b#3 arrives Blocked
         2 b#2 enters p Taken
         2 b#3 enters c Held
         3 b#3 enters p Taken
         9 a#1 enters p Taken
         9 a#2 enters c Held
         18 a#2 enters p Taken",
    );
}

#[test]
fn a_bus_is_strictly_first_in_first_out() {
    // The capped message at the head blocks the uncapped ones behind it.
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        executors.c = { kind = "cap", into = "p", caps = { a = 1 }, queue = 0 }
        executors.bus = { kind = "bus", into = "c" }
        tasks.a.steps = ["run 2s"]
        tasks.z.steps = []
        arrivals = [{ task = "a", to = "bus", count = 2 }, { task = "z", to = "bus" }]"#,
        "0 a#0 starts
         2 a#0 ends
         2 a#1 starts
         2 z#0 starts
         2 z#0 ends
         4 a#1 ends
         4 completed",
    );
}

#[test]
fn without_a_bound_the_cap_takes_messages_off_the_bus() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        executors.c = { kind = "cap", into = "p", caps = { a = 1 } }
        executors.bus = { kind = "bus", into = "c" }
        tasks.a.steps = ["run 2s"]
        tasks.z.steps = []
        arrivals = [{ task = "a", to = "bus", count = 2 }, { task = "z", to = "bus" }]"#,
        "0 a#0 starts
         0 z#0 starts
         0 z#0 ends
         2 a#0 ends
         2 a#1 starts
         4 a#1 ends
         4 completed",
    );
}

#[test]
fn prefetch_bounds_the_taken_messages_that_are_unfinished() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1 }
        executors.bus = { kind = "bus", into = "p", prefetch = 2 }
        executors.q = { kind = "threads", workers = 1 }
        tasks.a.steps = ["run 2s"]
        tasks.other.steps = ["submit late to p"]
        tasks.late.steps = []
        arrivals = [{ task = "a", to = "bus", count = 3 }, { task = "other", to = "q", at = "1s" }]"#,
        // The third message enters the pool behind `late`: it was on the bus until 2 s.
        "0 a#0 starts
         1 other#0 starts
         1 other#0 ends
         2 a#0 ends
         2 a#1 starts
         4 a#1 ends
         4 other#0/late#0 starts
         4 other#0/late#0 ends
         4 a#2 starts
         6 a#2 ends
         6 completed",
    );
}

#[test]
fn a_message_on_the_bus_can_be_cancelled_and_is_skipped_at_the_head() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1, queue = 0 }
        executors.bus = { kind = "bus", into = "p" }
        executors.q = { kind = "threads", workers = 1 }
        tasks.b.steps = ["run 2s"]
        tasks.a.steps = ["submit b to bus as x", "submit b to bus as y", "submit b to bus as z", "cancel y", "wait y", "note met"]
        arrivals = [{ task = "a", to = "q" }]"#,
        "0 a#0 starts
         0 a#0/y cancelled
         0 a#0/x starts
         2 a#0/x ends
         2 a#0/y skipped
         2 a#0 note met
         2 a#0 ends
         2 a#0/z starts
         4 a#0/z ends
         4 completed",
    );
}

#[test]
fn what_a_bus_dropped_may_have_been_all_that_kept_the_next_back() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        executors.c = { kind = "cap", into = "p", caps = { a = 1 }, queue = 0 }
        executors.bus = { kind = "bus", into = "c", queue = 1, on_full = "discard-oldest" }
        tasks.a.steps = ["run 2s"]
        tasks.z.steps = []
        arrivals = [{ task = "a", to = "bus", count = 2 }, { task = "z", to = "bus", at = "1s" }]"#,
        "0 a#0 starts
         1 a#1 dropped
         1 z#0 starts
         1 z#0 ends
         2 a#0 ends
         2 completed",
    );
}

#[test]
fn a_bus_without_a_queue_takes_the_longest_blocked_itself() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1, queue = 0 }
        executors.bus = { kind = "bus", into = "p", queue = 0, on_full = "block" }
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "bus", count = 3 }]"#,
        "0 a#0 starts
         1 a#0 ends
         1 a#1 starts
         2 a#1 ends
         2 a#2 starts
         3 a#2 ends
         3 completed",
    );
}

#[test]
fn a_bus_leaves_nothing_that_the_executor_would_deal_with() {
    // `caller-runs` is no refusal: the message runs in the scheduler thread of the bus.
    lines_with(
        r#"
        executors.p = { kind = "threads", workers = 1, queue = 0, on_full = "caller-runs" }
        executors.bus = { kind = "bus", into = "p" }
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "bus", count = 3 }]"#,
        &["on", "Scheduler"],
        "0 a#0 starts on p.0
         0 a#1 starts Scheduler
         1 a#2 starts on p.0",
    );
}

#[test]
fn wrappers_chain() {
    let run = run(r#"
        executors.p = { kind = "threads", workers = 9 }
        executors.c = { kind = "cap", into = "p", caps = { a = 1 } }
        executors.d = { kind = "delay", into = "c", delay = "1s" }
        executors.bus = { kind = "bus", into = "d", prefetch = 3 }
        tasks.a.steps = ["run 2s"]
        arrivals = [{ task = "a", to = "bus", count = 3 }]"#);
    let expected = "1 a#0 starts
        3 a#0 ends
        3 a#1 starts
        5 a#1 ends
        5 a#2 starts
        7 a#2 ends
        7 completed";
    crate::support::same(&run.lives(), expected, "bus into delay into cap into pool");
}
