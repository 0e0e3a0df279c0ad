//! Green threads: one OS thread for all green executors, and when it switches.

use crate::support::{lines_with, lives, run};

#[test]
fn run_is_never_interrupted() {
    lives(
        r#"
        executors.g = { kind = "green", workers = 10 }
        tasks.a.steps = ["run 1s", "run 1s"]
        arrivals = [{ task = "a", to = "g", count = 2 }]"#,
        "0 a#0 starts
         2 a#0 ends
         2 a#1 starts
         4 a#1 ends
         4 completed",
    );
}

#[test]
fn io_and_yield_always_switch() {
    lives(
        r#"
        executors.g = { kind = "green", workers = 10 }
        tasks.long.steps = ["run 1s"]
        tasks.a.steps = ["note one", "yield", "note two", "io 0s", "note three"]
        arrivals = [{ task = "long", to = "g" }, { task = "a", to = "g", count = 2 }]"#,
        "0 long#0 starts
         1 long#0 ends
         1 a#0 starts
         1 a#0 note one
         1 a#1 starts
         1 a#1 note one
         1 a#0 note two
         1 a#1 note two
         1 a#0 note three
         1 a#0 ends
         1 a#1 note three
         1 a#1 ends
         1 completed",
    );
}

#[test]
fn a_step_that_need_not_wait_does_not_switch() {
    lives(
        r#"
        executors.g = { kind = "green", workers = 10 }
        cells.c = { initial = 0 }
        locks.l = {}
        tasks.b.steps = ["note child"]
        tasks.a.steps = ["lock l", "read c", "submit b", "add c 1", "unlock l", "run 0s", "note end"]
        arrivals = [{ task = "a", to = "g" }]"#,
        "0 a#0 starts
         0 a#0 note end
         0 a#0 ends
         0 a#0/b#0 starts
         0 a#0/b#0 note child
         0 a#0/b#0 ends
         0 completed",
    );
}

#[test]
fn ready_tasks_run_in_the_order_they_became_ready() {
    lives(
        r#"
        executors.g = { kind = "green", workers = 10 }
        tasks.long.steps = ["run 5s"]
        tasks.one.steps = ["io 1s", "note one"]
        tasks.two.steps = ["io 2s", "note two"]
        arrivals = [{ task = "two", to = "g" }, { task = "one", to = "g" }, { task = "long", to = "g" }]"#,
        "0 two#0 starts
         0 one#0 starts
         0 long#0 starts
         5 long#0 ends
         5 one#0 note one
         5 one#0 ends
         5 two#0 note two
         5 two#0 ends
         5 completed",
    );
}

#[test]
fn all_green_executors_share_the_thread_and_natives_do_not() {
    lives(
        r#"
        executors.g = { kind = "green", workers = 10 }
        executors.h = { kind = "green", workers = 10 }
        executors.p = { kind = "threads", workers = 10 }
        tasks.a.steps = ["run 2s"]
        arrivals = [{ task = "a", to = "g" }, { task = "a", to = "h" }, { task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#2 starts
         2 a#0 ends
         2 a#1 starts
         2 a#2 ends
         4 a#1 ends
         4 completed",
    );
}

#[test]
fn past_workers_submissions_queue() {
    lives(
        r#"
        executors.g = { kind = "green", workers = 1 }
        tasks.a.steps = ["io 1s"]
        arrivals = [{ task = "a", to = "g", count = 2 }]"#,
        "0 a#0 starts
         1 a#0 ends
         1 a#1 starts
         2 a#1 ends
         2 completed",
    );
}

#[test]
fn a_delay_into_a_green_executor_acts_only_when_the_green_thread_is_free() {
    // The cancel comes 2 s after the deadline and still succeeds.
    lives(
        r#"
        executors.g = { kind = "green", workers = 10 }
        executors.d = { kind = "delay", into = "g", delay = "1s" }
        tasks.b.steps = []
        tasks.a.steps = ["submit b to d", "run 3s", "cancel b", "wait b", "note met"]
        arrivals = [{ task = "a", to = "g" }]"#,
        "0 a#0 starts
         3 a#0/b#0 cancelled
         3 a#0/b#0 skipped
         3 a#0 note met
         3 a#0 ends
         3 completed",
    );
}

#[test]
fn into_a_native_executor_the_delay_acts_at_its_deadline() {
    lives(
        r#"
        executors.g = { kind = "green", workers = 10 }
        executors.p = { kind = "threads", workers = 1 }
        executors.d = { kind = "delay", into = "p", delay = "1s" }
        tasks.b.steps = ["io 1s"]
        tasks.a.steps = ["submit b to d", "run 3s", "cancel b"]
        arrivals = [{ task = "a", to = "g" }]"#,
        "0 a#0 starts
         1 a#0/b#0 starts
         2 a#0/b#0 ends
         3 a#0/b#0 not cancelled
         3 a#0 ends
         3 completed",
    );
}

#[test]
fn locks_between_green_tasks_are_handed_over() {
    let order = |fair: &str| {
        let toml = r#"
            executors.g = { kind = "green", workers = 10 }
            locks.l = { FAIR }
            tasks.a.steps = ["lock l", "io 1s", "unlock l", "lock l", "note again", "unlock l"]
            tasks.b.steps = ["io 500ms", "lock l", "note mine", "unlock l"]
            arrivals = [{ task = "a", to = "g" }, { task = "b", to = "g" }]"#;
        let lives = run(&toml.replace("FAIR", fair)).lives();
        lives.find("mine").expect("b") < lives.find("again").expect("a")
    };
    assert!(order(""), "fair by default");
    assert!(!order("fair = false"));
}

#[test]
fn a_green_task_that_blocks_leaves_the_thread_to_others() {
    lines_with(
        r#"
        executors.g = { kind = "green", workers = 10 }
        executors.p = { kind = "threads", workers = 1 }
        tasks.b.steps = ["run 1s"]
        tasks.a.steps = ["submit b to p", "result b", "note done"]
        tasks.z.steps = ["run 500ms"]
        arrivals = [{ task = "a", to = "g" }, { task = "z", to = "g" }]"#,
        &["note", "ends"],
        "0 entry 0 ends
         0 entry 1 ends
         0.5 z#0 ends
         1 a#0/b#0 ends
         1 a#0 note done
         1 a#0 ends",
    );
}
