//! Pools and `inline`: when workers come and go, what the queue counts, and in which order it is served.

use crate::support::{lines_with, lives, run};

#[test]
fn on_demand_adds_a_worker_only_if_none_is_idle() {
    lines_with(
        r#"
        executors.p = { kind = "threads", workers = 3 }
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "p", trace = ["0s", "2s", "2s", "4s"] }]"#,
        &["worker", "starts"],
        "0 p.0 worker starts
         0 a#0 starts on p.0
         2 a#1 starts on p.0
         2 p.1 worker starts
         2 a#2 starts on p.1
         4 a#3 starts on p.0",
    );
}

#[test]
fn per_submit_adds_a_worker_at_each_submission_until_there_are_enough() {
    lines_with(
        r#"
        executors.p = { kind = "threads", workers = 3, spawn = "per-submit" }
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "p", at = "0s", every = "2s", count = 4 }]"#,
        &["worker", "starts"],
        "0 p.0 worker starts
         0 a#0 starts on p.0
         2 p.1 worker starts
         2 a#1 starts on p.0
         4 p.2 worker starts
         4 a#2 starts on p.0
         6 a#3 starts on p.0",
    );
}

#[test]
fn eager_starts_all_workers_at_once() {
    lines_with(
        r#"
        executors.p = { kind = "threads", workers = 2, spawn = "eager" }
        tasks.a.steps = []
        arrivals = [{ task = "a", to = "p", at = "1s" }]"#,
        &["worker", "starts"],
        "0 p.0 worker starts
         0 p.1 worker starts
         1 a#0 starts on p.0",
    );
}

#[test]
fn a_new_thread_costs_its_start() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 2, start_cost = "500ms" }
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "p", trace = ["0s", "2s"] }]"#,
        "0.5 a#0 starts
         1.5 a#0 ends
         2 a#1 starts
         3 a#1 ends
         3 completed",
    );
}

#[test]
fn dynamic_grows_and_shrinks_by_its_business_before_each_submission() {
    // Futurist: at 0 one is added (fewer than min_workers); at 1 business is 1, at 2 it is 2/2: two more.
    // At 9 all three are idle: one goes at each submission until one is left.
    lines_with(
        r#"
        executors.p = { kind = "dynamic", workers = 3 }
        tasks.a.steps = ["run 5s"]
        tasks.z.steps = []
        arrivals = [
          { task = "a", to = "p", at = "0s", every = "1s", count = 4 },
          { task = "z", to = "p", at = "20s", every = "1s", count = 3 },
        ]"#,
        &["worker", "starts", "Queued"],
        "0 p.0 worker starts
         0 a#0 starts on p.0
         1 p.1 worker starts
         1 a#1 starts on p.1
         2 p.2 worker starts
         2 a#2 starts on p.2
         3 a#3 arrives Queued
         5 a#3 starts on p.0
         20 p.0 worker stops
         20 z#0 starts on p.1
         21 p.1 worker stops
         21 z#1 starts on p.2
         22 z#2 starts on p.2",
    );
}

#[test]
fn dynamic_keeps_its_fewest_workers_and_obeys_grow_and_shrink() {
    let workers = |more: &str| {
        let toml = r#"
            executors.p = { kind = "dynamic", workers = 4, MORE }
            tasks.a.steps = ["run 3s"]
            arrivals = [{ task = "a", to = "p", count = 4 }, { task = "a", to = "p", at = "10s", every = "10s", count = 5 }]"#;
        let run = run(&toml.replace("MORE", more));
        run.observed()["threads_at_end"]["p"].as_u64().expect("a number")
    };
    assert_eq!(workers("min_workers = 1"), 1);
    assert_eq!(workers("min_workers = 2"), 2);
    assert_eq!(workers("min_workers = 1, shrink = 0.0, grow = 0.8"), 1, "b = 0 is at most 0");
    assert_eq!(workers("min_workers = 4"), 4);
    assert_eq!(workers("min_workers = 1, grow = 1000.0"), 1, "never grows");
}

#[test]
fn inline_runs_in_its_submitter() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1 }
        executors.i = { kind = "inline" }
        tasks.b.steps = ["run 1s", "note inside"]
        tasks.a.steps = ["submit b to i", "note after", "result b"]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0/b#0 starts
         1 a#0/b#0 note inside
         1 a#0/b#0 ends
         1 a#0 note after
         1 a#0 ends
         1 completed",
    );
}

#[test]
fn an_inline_arrival_runs_on_a_thread_of_its_own() {
    lines_with(
        r#"
        executors.i = { kind = "inline" }
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "i", count = 2 }]"#,
        &["starts", "ends"],
        "0 a#0 starts Own
         0 entry 0 ends
         0 a#1 starts Own
         1 a#0 ends
         1 a#1 ends",
    );
}

#[test]
fn the_queue_counts_what_waits_not_what_a_worker_takes_at_once() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 2, queue = 1 }
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "p", count = 4 }]"#,
        "0 a#0 starts
         0 a#1 starts
         0 a#3 rejected Full
         1 a#0 ends
         1 a#2 starts
         1 a#1 ends
         2 a#2 ends
         2 completed",
    );
}

#[test]
fn the_queue_is_served_in_its_order() {
    let order = |order: &str| {
        let toml = r#"
            executors.p = { kind = "threads", workers = 1, order = "ORDER" }
            tasks.a.steps = ["run 1s"]
            arrivals = [
              { task = "a", to = "p" },
              { task = "a", to = "p", priority = -1 },
              { task = "a", to = "p", priority = 2, count = 2 },
              { task = "a", to = "p" },
            ]"#;
        let lives = run(&toml.replace("ORDER", order)).lives();
        let starts = lives.lines().filter(|line| line.ends_with("starts"));
        starts.map(|line| line[line.find('#').expect("a name")..][1..2].to_owned()).collect::<String>()
    };
    assert_eq!(order("fifo"), "01234");
    assert_eq!(order("lifo"), "04321");
    assert_eq!(order("priority"), "02341");
}

#[test]
fn a_submissions_priority_counts() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1, order = "priority" }
        tasks.b.steps = []
        tasks.a.steps = ["submit b as low priority -1", "submit b as none", "submit b as high priority 1"]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0 ends
         0 a#0/high starts
         0 a#0/high ends
         0 a#0/none starts
         0 a#0/none ends
         0 a#0/low starts
         0 a#0/low ends
         0 completed",
    );
}

#[test]
fn a_warning_is_recorded_from_the_second_queued_task_on() {
    lines_with(
        r#"
        executors.p = { kind = "threads", workers = 1 }
        executors.g = { kind = "green", workers = 1 }
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "a", to = "p", count = 4 }, { task = "a", to = "g", count = 4 }]"#,
        &["warned"],
        "0 a#2 warned p Backlog
         0 a#3 warned p Backlog",
    );
}
