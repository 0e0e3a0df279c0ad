//! Arrivals, horizons, outcomes and limits.

use crate::support::{lives, run};

fn times(keys: &str) -> String {
    let toml = r#"
        executors.p = { kind = "threads", workers = 99 }
        tasks.a.steps = []
        arrivals = [{ task = "a", to = "p", KEYS }]"#;
    let run = run(&toml.replace("KEYS", keys));
    let starts = run.lives();
    starts
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(_, rest)| rest.ends_with("starts"))
        .map(|(at, _)| at.to_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn tasks_arrive_when_the_entry_says() {
    for (keys, expected) in [
        ("", "0"),
        (r#"at = "2s", count = 3"#, "2 2 2"),
        (r#"count = 0"#, ""),
        (r#"at = "1s", every = "2s", count = 3"#, "1 3 5"),
        (r#"at = "1s", every = "2s", until = "5s""#, "1 3 5"),
        (r#"at = "1s", every = "2s", until = "4s""#, "1 3"),
        (r#"every = "trace(1s 3s)", count = 5"#, "0 1 4 5 8"),
        (r#"trace = ["0s", "400ms", "400ms"]"#, "0 0.4 0.4"),
    ] {
        assert_eq!(times(format!("priority = 0, {keys}").trim_end_matches(", ")), expected, "{keys}");
    }
}

#[test]
fn a_rate_is_a_poisson_process() {
    let count = times(r#"rate = "100/s", until = "20s""#).split(' ').count();
    assert!((1800..2200).contains(&count), "{count} arrivals of 2000 expected");
    assert_ne!(times(r#"rate = "1/s", count = 1"#), "0", "the first comes one gap later");
    assert_eq!(times(r#"rate = "1/s", count = 9"#), times(r#"rate = "1/s", count = 9"#));
}

#[test]
fn the_outcome_says_how_the_run_ended() {
    for (head, step, expected) in [
        ("", "run 1s", "1 completed"),
        ("", "io forever", "0 completed"),
        ("", "run forever", "0 completed"),
        ("", "lock l", "0 completed"),
        ("until = \"3s\"", "io 9s", "3 until"),
        ("until = \"3s\"", "io 3s", "3 completed"),
        ("until = \"3s\"", "io 1s", "1 completed"),
        ("limits = { max_tasks = 1 }", "submit b", "0 limit"),
        ("limits = { max_at_one_instant = 9 }", "repeat forever", "0 limit"),
        ("limits = { max_events = 3 }", "io 1s", "0 limit"),
    ] {
        let toml = r#"
            HEAD
            executors.p = { kind = "threads", workers = 2 }
            locks.l = {}
            tasks.b.steps = []
            tasks.a.steps = [STEP]
            arrivals = [{ task = "a", to = "p" }]"#;
        let step = if step.starts_with("repeat") {
            format!("{step:?}, \"note on\", \"end\"")
        } else {
            format!("{step:?}")
        };
        let run = run(&toml.replace("HEAD", head).replace("STEP", &step));
        assert_eq!(run.outcome(), expected, "{head} {step}");
    }
}

#[test]
fn a_resident_task_alone_makes_no_run_stuck_but_a_waiter_does() {
    let toml = r#"
        executors.p = { kind = "threads", workers = 9 }
        tasks.resident.steps = ["io forever"]
        tasks.a.steps = ["submit resident", WAIT]
        arrivals = [{ task = "a", to = "p" }]"#;
    let free = run(&toml.replace(", WAIT", ""));
    assert_eq!((free.outcome().as_str(), &free.observed()["stuck"]), ("0 completed", &serde_json::json!([])));
    let stuck = run(&toml.replace("WAIT", "\"wait resident\""));
    assert_eq!(stuck.outcome(), "0 stuck");
    assert_eq!(stuck.observed()["stuck"], serde_json::json!(["a#0", "a#0/resident#0"]));
}

#[test]
fn a_limit_keeps_the_trace_so_far() {
    let run = run(r#"
        limits = { max_tasks = 3 }
        executors.p = { kind = "threads", workers = 9 }
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "p", every = "1s" }]"#);
    assert_eq!(run.outcome(), "3 limit");
    assert_eq!(run.names.len(), 3);
}

#[test]
fn workers_that_start_before_anything_arrives_count_for_the_limit() {
    let run = run(r#"
        limits = { max_events = 5 }
        executors.p = { kind = "threads", workers = 1000000, spawn = "eager" }
        executors.q = { kind = "threads", workers = 1000000, spawn = "eager" }
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "p" }]"#);
    assert_eq!(run.outcome(), "0 limit");
    assert_eq!(run.trace.len(), 5);
}

#[test]
fn stop_at_the_first_deadlock_ends_the_run_there() {
    lives(
        r#"
        stop = "deadlock"
        executors.p = { kind = "threads", workers = 1 }
        executors.q = { kind = "threads", workers = 1 }
        tasks.b.steps = []
        tasks.a.steps = ["run 1s", "submit b", "wait b"]
        tasks.z.steps = ["run 5s"]
        arrivals = [{ task = "a", to = "p" }, { task = "z", to = "q" }]"#,
        "0 a#0 starts
         0 z#0 starts
         1 deadlock",
    );
}
