//! What happens first at one instant: the *Order* section of the language, clause by clause.

use crate::support::{lines_with, lives};

#[test]
fn arrivals_come_first_in_document_order() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        tasks.long.steps = ["run 1s"]
        tasks.x.steps = []
        tasks.y.steps = []
        arrivals = [
          { task = "long", to = "p" },
          { task = "y", to = "p", at = "1s" },
          { task = "x", to = "p", at = "1s", count = 2 },
        ]"#,
        "0 long#0 starts
         1 y#0 starts
         1 y#0 ends
         1 x#0 starts
         1 x#0 ends
         1 x#1 starts
         1 x#1 ends
         1 long#0 ends
         1 completed",
    );
}

#[test]
fn then_what_was_scheduled_first() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        tasks.two.steps = ["run 2s"]
        tasks.one.steps = ["io 1s"]
        arrivals = [
          { task = "one", to = "p", at = "1s" },
          { task = "two", to = "p" },
        ]"#,
        "0 two#0 starts
         1 one#0 starts
         2 two#0 ends
         2 one#0 ends
         2 completed",
    );
}

#[test]
fn a_completion_beats_its_timeout() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 2 }
        tasks.a.steps = ["submit b", "wait b timeout 1s", "on-timeout", "note too late", "end", "note done"]
        tasks.b.steps = ["io 1s"]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0/b#0 starts
         1 a#0/b#0 ends
         1 a#0 note done
         1 a#0 ends
         1 completed",
    );
}

#[test]
fn timeouts_come_after_everything_else_that_is_due_and_caused() {
    // The timeout of `a` is set before the timer of `c`, and is due with it.
    lives(
        r#"
        executors.p = { kind = "threads", workers = 4 }
        tasks.a.steps = ["submit b", "wait b timeout 2s", "note timed out"]
        tasks.b.steps = ["io forever"]
        tasks.c.steps = ["io 1s", "submit d"]
        tasks.d.steps = ["note caused"]
        arrivals = [{ task = "a", to = "p" }, { task = "c", to = "p", at = "1s" }]"#,
        "0 a#0 starts
         0 a#0/b#0 starts
         1 c#0 starts
         2 c#0 ends
         2 c#0/d#0 starts
         2 c#0/d#0 note caused
         2 c#0/d#0 ends
         2 a#0 note timed out
         2 a#0 ends
         2 completed",
    );
}

#[test]
fn timeouts_at_one_instant_come_in_the_order_set() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 5 }
        tasks.a.steps = ["submit b", "wait b timeout 2s"]
        tasks.c.steps = ["submit b", "wait b timeout 1s"]
        tasks.b.steps = ["io forever"]
        arrivals = [{ task = "c", to = "p", at = "1s" }, { task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0/b#0 starts
         1 c#0 starts
         1 c#0/b#0 starts
         2 a#0 ends
         2 c#0 ends
         2 completed",
    );
}

#[test]
fn nothing_comes_between_the_steps_of_a_task() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 3 }
        cells.c = { initial = 0 }
        locks.l = {}
        tasks.a.steps = ["submit b as x", "note one", "read c", "add c 1", "lock l", "submit b as y", "unlock l", "run 0s", "note two"]
        tasks.b.steps = ["note child"]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0 note one
         0 a#0 note two
         0 a#0 ends
         0 a#0/x starts
         0 a#0/x note child
         0 a#0/x ends
         0 a#0/y starts
         0 a#0/y note child
         0 a#0/y ends
         0 completed",
    );
}

#[test]
fn what_is_caused_follows_before_what_is_already_due() {
    // At 1 s `a` and then `z` go on; the children of `a` come before `z`.
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        tasks.a.steps = ["io 1s", "submit b as x", "submit b as y"]
        tasks.b.steps = []
        tasks.z.steps = ["io 1s"]
        arrivals = [{ task = "a", to = "p" }, { task = "z", to = "p" }]"#,
        "0 a#0 starts
         0 z#0 starts
         1 a#0 ends
         1 a#0/x starts
         1 a#0/x ends
         1 a#0/y starts
         1 a#0/y ends
         1 z#0 ends
         1 completed",
    );
}

#[test]
fn a_worker_runs_the_head_of_its_queue_before_those_whom_the_ended_task_woke() {
    lives(
        r#"
        executors.one = { kind = "threads", workers = 1 }
        executors.p = { kind = "threads", workers = 1 }
        tasks.a.steps = ["submit b to one", "wait b", "note woken"]
        tasks.b.steps = ["run 1s"]
        tasks.next.steps = ["note head"]
        arrivals = [{ task = "a", to = "p" }, { task = "next", to = "one" }]"#,
        "0 a#0 starts
         0 a#0/b#0 starts
         1 a#0/b#0 ends
         1 next#0 starts
         1 next#0 note head
         1 next#0 ends
         1 a#0 note woken
         1 a#0 ends
         1 completed",
    );
}

#[test]
fn woken_waiters_go_on_in_the_order_woken() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        semaphores.s = { permits = 2, fair = true }
        tasks.a.steps = ["acquire s", "acquire s", "run 1s", "release s", "release s", "note released"]
        tasks.b.steps = ["acquire s"]
        arrivals = [{ task = "a", to = "p" }, { task = "b", to = "p", count = 2 }]"#,
        "0 a#0 starts
         0 b#0 starts
         0 b#1 starts
         1 a#0 note released
         1 a#0 ends
         1 b#0 ends
         1 b#1 ends
         1 completed",
    );
}

#[test]
fn the_idle_worker_with_the_lowest_number_goes_first() {
    lines_with(
        r#"
        executors.p = { kind = "threads", workers = 3 }
        tasks.a.steps = ["run 3s"]
        tasks.b.steps = ["run 1s"]
        arrivals = [
          { task = "a", to = "p" },
          { task = "b", to = "p", count = 2 },
          { task = "b", to = "p", at = "2s", count = 2 },
        ]"#,
        &["starts"],
        "0 p.0 worker starts
         0 a#0 starts on p.0
         0 p.1 worker starts
         0 b#0 starts on p.1
         0 p.2 worker starts
         0 b#1 starts on p.2
         2 b#2 starts on p.1
         2 b#3 starts on p.2",
    );
}

#[test]
fn yield_lets_what_is_ready_go_first() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 3 }
        tasks.a.steps = ["submit b", "yield", "note after"]
        tasks.b.steps = ["note between"]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0/b#0 starts
         0 a#0/b#0 note between
         0 a#0/b#0 ends
         0 a#0 note after
         0 a#0 ends
         0 completed",
    );
}
