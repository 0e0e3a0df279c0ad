//! Pools of other runtimes, where the recordings do not reach: what elastic, scheduled and claiming pools do.

use crate::support::{lines_with, lives};

#[test]
fn an_elastic_pool_grows_past_its_queue_and_shrinks_to_its_core() {
    lines_with(
        r#"
executors.pool = { kind = "elastic", core = 1, workers = 2, queue = 1, keep_alive = "3s" }
tasks.job.steps = ["run 2s"]
arrivals = [{ task = "job", to = "pool", at = "0s", count = 4 }]
"#,
        &["starts", "stops", "rejected"],
        "
0 pool.0 worker starts
0 job#0 starts on pool.0
0 pool.1 worker starts
0 job#2 starts on pool.1
0 job#3 rejected Full
2 job#1 starts on pool.0
5 pool.1 worker stops
",
    );
}

#[test]
fn a_resize_starts_as_many_workers_as_there_is_work_for() {
    lives(
        r#"
executors.pool = { kind = "elastic", core = 1, workers = 4 }
executors.outer = { kind = "threads", workers = 1 }
tasks.main.steps = ["run 1s", "resize pool 3", "run 1s"]
tasks.job.steps = ["run 4s"]
arrivals = [{ task = "job", to = "pool", at = "0s", count = 3 }, { task = "main", to = "outer", at = "0s" }]
"#,
        "
0 job#0 starts
0 main#0 starts
1 job#1 starts
1 job#2 starts
2 main#0 ends
4 job#0 ends
5 job#1 ends
5 job#2 ends
5 completed
",
    );
}

#[test]
fn a_series_on_a_delay_hands_over_one_run_at_a_time() {
    lives(
        r#"
executors.pool = { kind = "threads", workers = 2 }
executors.later = { kind = "delay", into = "pool" }
tasks.main.steps = ["submit beat to later as b after 1s every 2s fixed-delay", "run 8s", "cancel b", "wait b"]
tasks.beat.steps = ["run 1s"]
arrivals = [{ task = "main", to = "pool", at = "0s" }]
"#,
        "
0 main#0 starts
1 main#0/b@0 starts
2 main#0/b@0 ends
4 main#0/b@1 starts
5 main#0/b@1 ends
7 main#0/b@2 starts
8 main#0/b cancelled
8 main#0/b@2 ends
8 main#0/b skipped
8 main#0 ends
8 completed
",
    );
}

#[test]
fn a_crash_fails_its_task_and_a_new_worker_takes_the_place() {
    lives(
        r#"
executors.pool = { kind = "threads", workers = 1 }
tasks.bad.steps = ["run 1s", "crash"]
tasks.job.steps = ["run 1s"]
arrivals = [{ task = "bad", to = "pool", at = "0s" }, { task = "job", to = "pool", at = "0s" }]
"#,
        "
0 bad#0 starts
1 bad#0 fails Crashed
1 job#0 starts
2 job#0 ends
2 completed
",
    );
}

#[test]
fn an_injecting_pool_adds_one_worker_each_interval_while_something_is_queued() {
    lines_with(
        r#"
executors.pool = { kind = "threads", workers = 3, spawn = "injected", min_workers = 1 }
tasks.job.steps = ["run 4s"]
arrivals = [{ task = "job", to = "pool", at = "0s", count = 3 }]
"#,
        &["starts"],
        "
0 pool.0 worker starts
0 job#0 starts on pool.0
0.5 pool.1 worker starts
0.5 job#1 starts on pool.1
1 pool.2 worker starts
1 job#2 starts on pool.2
",
    );
}

#[test]
fn a_join_runs_what_its_own_deque_has_and_a_thief_takes_the_oldest() {
    lives(
        r#"
executors.pool = { kind = "fork-join", workers = 1 }
tasks.root.steps = ["submit leaf as a", "submit leaf as b", "submit leaf as c", "result b"]
tasks.leaf.steps = ["run 1s"]
arrivals = [{ task = "root", to = "pool", at = "0s" }]
"#,
        "
0 root#0 starts
0 root#0/b starts
1 root#0/b ends
1 root#0 ends
1 root#0/c starts
2 root#0/c ends
2 root#0/a starts
3 root#0/a ends
3 completed
",
    );
}
