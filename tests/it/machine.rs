//! The machine: cores, the global interpreter lock, preemption.

use crate::support::{lines_with, lives, run};

#[test]
fn without_a_machine_cpu_is_never_contended() {
    let toml = r#"
        executors.p = { kind = "threads", workers = 9 }
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "p", count = 9 }]"#;
    assert_eq!(run(toml).outcome(), "1 completed");
}

#[test]
fn cores_serve_the_ready_threads_first_in_first_out() {
    lives(
        r#"
        machine = { cores = 1, switch_interval = "10s" }
        executors.p = { kind = "threads", workers = 9 }
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "p", count = 3 }]"#,
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
fn a_running_thread_is_preempted_after_the_interval_and_goes_to_the_tail() {
    lines_with(
        r#"
        machine = { cores = 1, switch_interval = "1s" }
        executors.p = { kind = "threads", workers = 9 }
        tasks.a.steps = ["run 2500ms"]
        arrivals = [{ task = "a", to = "p", count = 3 }]"#,
        &["starts", "ready", "dispatched", "ends"],
        "0 p.0 worker starts
         0 a#0 starts on p.0
         0 p.1 worker starts
         0 entry 0 ends
         0 p.2 worker starts
         1 a#0 ready
         1 a#1 starts on p.1
         2 a#1 ready
         2 a#2 starts on p.2
         3 a#2 ready
         3 a#0 dispatched
         4 a#0 ready
         4 a#1 dispatched
         5 a#1 ready
         5 a#2 dispatched
         6 a#2 ready
         6 a#0 dispatched
         6.5 a#0 ends
         6.5 a#1 dispatched
         7 a#1 ends
         7 a#2 dispatched
         7.5 a#2 ends",
    );
}

#[test]
fn nobody_is_preempted_while_nobody_waits() {
    lines_with(
        r#"
        machine = { cores = 2, switch_interval = "1s" }
        executors.p = { kind = "threads", workers = 9 }
        tasks.a.steps = ["run 9s"]
        arrivals = [{ task = "a", to = "p", count = 2 }]"#,
        &["ready"],
        "",
    );
}

#[test]
fn run_for_ever_gives_its_core_up_too() {
    let run = run(r#"
        until = "10s"
        machine = { cores = 1, switch_interval = "1s" }
        executors.p = { kind = "threads", workers = 9 }
        tasks.spin.steps = ["run forever"]
        tasks.a.steps = ["run 2s"]
        arrivals = [{ task = "spin", to = "p" }, { task = "a", to = "p" }]"#);
    assert_eq!(run.states(), "a#0 finished, spin#0 running");
    // 1 s of one, 1 s of the other; the last second of `a` lasts no longer than its interval.
    assert!(run.lives().contains("4 a#0 ends"), "{}", run.lives());
}

#[test]
fn the_gil_is_one_lock_whatever_the_cores() {
    let toml = |machine: &str| {
        r#"
        MACHINE
        executors.p = { kind = "threads", workers = 9 }
        tasks.a.steps = ["run 1s", "io 1s"]
        arrivals = [{ task = "a", to = "p", count = 2 }]"#
            .replace("MACHINE", machine)
    };
    assert_eq!(run(&toml("machine = { gil = true, switch_interval = \"9s\" }")).outcome(), "3 completed");
    assert_eq!(run(&toml("machine = { cores = 4 }")).outcome(), "2 completed");
}

#[test]
fn io_leaves_the_core_to_others() {
    lives(
        r#"
        machine = { cores = 1, switch_interval = "9s" }
        executors.p = { kind = "threads", workers = 9 }
        tasks.a.steps = ["io 2s", "run 1s"]
        tasks.b.steps = ["run 3s"]
        arrivals = [{ task = "a", to = "p" }, { task = "b", to = "p" }]"#,
        "0 a#0 starts
         0 b#0 starts
         3 b#0 ends
         4 a#0 ends
         4 completed",
    );
}

#[test]
fn the_green_thread_is_one_thread_among_the_others() {
    lives(
        r#"
        machine = { cores = 1, switch_interval = "9s" }
        executors.g = { kind = "green", workers = 9 }
        executors.p = { kind = "threads", workers = 9 }
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "p" }, { task = "a", to = "g", count = 2 }, { task = "a", to = "p" }]"#,
        // The green thread keeps its core from one of its tasks to the next.
        "0 a#0 starts
         1 a#0 ends
         1 a#1 starts
         2 a#1 ends
         2 a#2 starts
         3 a#2 ends
         3 a#3 starts
         4 a#3 ends
         4 completed",
    );
}

#[test]
fn cpu_time_is_accounted_per_task() {
    let run = run(r#"
        machine = { cores = 1, switch_interval = "1s" }
        executors.p = { kind = "threads", workers = 9 }
        tasks.a.steps = ["run 2500ms", "io 1s"]
        arrivals = [{ task = "a", to = "p", count = 2 }]"#);
    let digest = threadbare::analysis::digest::Digest::new(&run.trace);
    for life in &digest.lives {
        assert_eq!(life.spent(threadbare::analysis::lives::LifePart::Cpu).seconds(), 2.5);
    }
}
