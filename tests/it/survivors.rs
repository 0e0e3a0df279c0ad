//! A statistic over survivors does not pass as the truth: what failed or was refused is longer than any bound, what was
//! still under way counts by its age, and of too few tasks a run says nothing.

use crate::runs::{digest_of, scenarios_of};
use threadbare::model::expectation::{Metric, Statistic};
use threadbare::model::id::TaskTypeId;
use threadbare::study::observe::{observe, traced};

/// Fifty clients with a timeout of 1 s before one server that takes 500 ms a call: 48 give up.
fn clients(expect: &str) -> String {
    format!(
        r#"
        [executors.c]
        kind = "threads"
        workers = 50
        [executors.s]
        kind = "threads"
        workers = 1
        [tasks.client]
        steps = ["submit call to s as a", "result a timeout 1s"]
        [tasks.call]
        steps = ["io 500ms"]
        [[arrivals]]
        task = "client"
        to = "c"
        at = "0s"
        every = "100ms"
        count = 50
        [expect]
        {expect}
        "#
    )
}

/// `text: actual (met, missed or says nothing)`, a line each.
fn judged(text: &str) -> String {
    let lines = digest_of(text).into_iter().map(|result| {
        let standing = match (result.holds, result.says_nothing) {
            (true, false) => "met",
            (false, false) => "missed",
            (false, true) => "says nothing",
            (true, true) => unreachable!("what says nothing does not hold"),
        };
        format!("{}: {} ({standing})\n", result.text, result.actual)
    });
    lines.collect()
}

#[test]
fn clients_that_time_out_do_not_meet_a_bound() {
    insta::assert_snapshot!(judged(&clients(
        r#"
        "latency.client.p99" = "< 1s"
        "latency.client.p50" = "< 1s"
        "latency.client.mean" = "< 1s"
        "latency.client.finished.p99" = "< 1s"
        "wait.client.p99" = "< 1s"
        "throughput.client" = ">= 5/s"
        "#
    )), @"
    latency.client.p99 < 1s: unbounded: 48 of 50 tasks did not make it (missed)
    latency.client.p50 < 1s: unbounded: 48 of 50 tasks did not make it (missed)
    latency.client.mean < 1s: says nothing: 2 of 50 finished (says nothing)
    latency.client.finished.p99 < 1s: 900 ms (met)
    wait.client.p99 < 1s: unbounded: 48 of 50 tasks did not make it (missed)
    throughput.client >= 5/s: 0.08/s (missed)
    ");
}

/// One worker, 10 s a task, an arrival a second: after 60 s six have finished.
#[test]
fn what_is_under_way_counts_by_its_age() {
    let text = |bound: &str| {
        format!(
            r#"
            until = "60s"
            [executors.p]
            kind = "threads"
            workers = 1
            [tasks.job]
            steps = ["io 10s"]
            [[arrivals]]
            task = "job"
            to = "p"
            at = "0s"
            every = "1s"
            [expect]
            "latency.job.p50" = "{bound}"
            "wait.job.p50" = "{bound}"
            "#
        )
    };
    insta::assert_snapshot!(judged(&text("< 15s")) + &judged(&text("< 10h")), @"
    latency.job.p50 < 15s: unbounded: 40 of 61 tasks did not make it (missed)
    wait.job.p50 < 15s: unbounded: 39 of 61 tasks did not make it (missed)
    latency.job.p50 < 10h: says nothing: 6 of 61 finished (says nothing)
    wait.job.p50 < 10h: says nothing: 7 of 61 finished (says nothing)
    ");
}

#[test]
fn what_was_cancelled_before_it_started_is_left_out() {
    insta::assert_snapshot!(judged(
        r#"
        [executors.p]
        kind = "threads"
        workers = 1
        [executors.q]
        kind = "threads"
        workers = 1
        [tasks.parent]
        steps = ["submit child to q as a", "submit child to q as b", "cancel b", "wait a"]
        [tasks.child]
        steps = ["run 1s"]
        [[arrivals]]
        task = "parent"
        to = "p"
        [expect]
        "latency.child.max" = "<= 1s"
        "#
    ), @"latency.child.max <= 1s: 1 s (met)");
}

#[test]
fn lateness_is_measured_from_the_deadline_of_a_delay() {
    insta::assert_snapshot!(judged(
        r#"
        [executors.p]
        kind = "threads"
        workers = 1
        [executors.later]
        kind = "delay"
        delay = "5s"
        into = "p"
        [tasks.report]
        steps = ["run 1s"]
        [tasks.long]
        steps = ["run 7s"]
        [[arrivals]]
        task = "report"
        to = "later"
        [[arrivals]]
        task = "long"
        to = "p"
        [expect]
        "late.report.max" = "< 1s"
        "wait.report.max" = "= 7s"
        "late.long.max" = "= 0s"
        "#
    ), @"
    late.report.max < 1s: 2 s (missed)
    wait.report.max = 7s: 7 s (met)
    late.long.max = 0s: 0 s (met)
    ");
}

#[test]
fn a_replication_counts_as_the_trace_does() {
    let kind = TaskTypeId(0);
    let metrics: Vec<Metric> =
        [Statistic::Mean, Statistic::Max, Statistic::Percentile(50.0), Statistic::Percentile(4.0)]
            .into_iter()
            .flat_map(|over| {
                [
                    Metric::Latency(kind, over),
                    Metric::LatencyFinished(kind, over),
                    Metric::Wait(kind, over),
                    Metric::Late(kind, over),
                ]
            })
            .collect();
    for text in [
        clients("\"latency.client.p99\" = \"< 1s\""),
        clients("deadlock = false\n[limits]\nmax_events = 300"),
    ] {
        let (_, scenario) = scenarios_of("clients", &text).remove(0);
        let counted = observe(&scenario, scenario.seed, &metrics, None);
        assert_eq!(counted.figures, traced(&scenario, &metrics).figures);
        assert!(counted.figures.contains(&Some(f64::INFINITY)) || counted.figures.contains(&None));
    }
}
