//! The two lines of the verdict: this run, told in roles where many tasks are part of it, and this design.

use crate::runs::trace_of;
use crate::verdicts::{builds, two_locks};
use threadbare::analysis::digest::Digest;
use threadbare::analysis::knot::KnotKind;
use threadbare::analysis::verdict::{Coverage, RunKind};
use threadbare::trace::Trace;

/// Reported as four deadlocks: each waiter for the one permit that ended with its holder.
#[test]
fn a_leaked_permit_is_one_deadlock_however_many_wait_for_it() {
    let leak = |waiters: u32| {
        trace_of(&format!(
            r#"
            [executors.p]
            kind = "threads"
            workers = 30
            [semaphores.s]
            permits = 1
            [tasks.leak]
            steps = ["acquire s", "fail boom"]
            [tasks.use]
            steps = ["with s", "run 1s", "end"]
            [[arrivals]]
            task = "leak"
            to = "p"
            at = "0s"
            [[arrivals]]
            task = "use"
            to = "p"
            at = "1s"
            count = {waiters}
            "#
        ))
    };
    let trace = leak(4);
    let digest = Digest::new(&trace);
    assert_eq!((digest.findings.deadlocks.len(), digest.findings.more_deadlocks), (1, 0));
    assert_eq!(digest.findings.deadlocks[0].knot.kind, KnotKind::Never);
    insta::assert_snapshot!(digest.verdict, @"At 1 s use#0 waits for semaphore `s`, which is taken by leak#0, which ended without releasing it. 3 more tasks can never continue either. No timeout can end this wait. None of the 5 tasks finished: 1 failed, 4 did not end.");
    let trace = leak(20);
    let digest = Digest::new(&trace);
    assert_eq!(digest.findings.deadlocks.len(), 1);
    insta::assert_snapshot!(digest.verdict, @"At 1 s use#0 waits for semaphore `s`, which is taken by leak#0, which ended without releasing it. 19 more tasks can never continue either. No timeout can end this wait. None of the 21 tasks finished: 1 failed, 20 did not end.");
}

/// Eight workers of a fan-out pool, five held for a child behind them, three for a connection that the callers hold.
#[test]
fn a_large_deadlock_is_told_in_roles() {
    let trace = trace_of(
        r#"
        [executors.web]
        kind = "threads"
        workers = 32
        [executors.fanout]
        kind = "threads"
        workers = 8
        [semaphores.db]
        permits = 10
        [tasks.checkout]
        steps = ["with db", "run 10ms", "submit price to fanout as price", "submit stock to fanout as stock", "wait price stock", "end"]
        [tasks.price]
        steps = ["run 10ms", "submit audit as audit", "wait audit"]
        [tasks.audit]
        steps = ["run 10ms"]
        [tasks.stock]
        steps = ["with db", "run 10ms", "end"]
        [[arrivals]]
        task = "checkout"
        to = "web"
        at = "0s"
        count = 10
        "#,
    );
    let digest = Digest::new(&trace);
    insta::assert_snapshot!(digest.verdict, @"At 20 ms all 8 workers of `fanout` are held: 4 by `price`, each waiting for its `audit`, queued behind them; 4 by `stock`, each waiting for semaphore `db`. All 10 permits of `db` are held by `checkout`, each waiting for its `price` and `stock`. The six `price` tasks and the six `stock` tasks are queued on `fanout`. No timeout can break this. None of the 34 tasks ended.");
}

#[test]
fn who_helps_lies_above_whom_it_keeps_from_going_on() {
    let trace = trace_of(
        r#"
        [executors.p]
        kind = "threads"
        workers = 1
        on_wait = "help-any"
        [locks.L]
        [tasks.outer]
        steps = ["run 10ms", "lock L", "submit inner as inner", "wait inner", "unlock L"]
        [tasks.inner]
        steps = ["run 1s"]
        [[arrivals]]
        task = "outer"
        to = "p"
        at = "0s"
        count = 2
        "#,
    );
    let digest = Digest::new(&trace);
    insta::assert_snapshot!(digest.verdict, @"At 20 ms the only worker of `p` is held by outer#0. It waits for its `inner`. outer#1 waits for lock `L`, which is held by outer#0, and outer#0/inner is queued behind it on `p`. outer#1 runs above outer#0 on worker 0 of `p`, so outer#0 cannot go on before it ends. No timeout can break this. None of the 3 tasks ended.");
}

#[test]
fn a_shutdown_says_whom_it_waits_for() {
    let trace = trace_of(
        r#"
        [executors.p]
        kind = "threads"
        workers = 1
        [executors.q]
        kind = "threads"
        workers = 1
        [locks.L]
        [tasks.stop]
        steps = ["lock L", "run 1s", "shutdown p"]
        [tasks.job]
        steps = ["run 500ms", "lock L"]
        [[arrivals]]
        task = "stop"
        to = "q"
        at = "0s"
        [[arrivals]]
        task = "job"
        to = "p"
        at = "0s"
        "#,
    );
    let digest = Digest::new(&trace);
    insta::assert_snapshot!(digest.verdict, @"At 1 s stop#0 waits until `p` is empty, which still holds job#0. job#0 waits for lock `L`, which is held by stop#0. No timeout can break this. None of the 2 tasks ended.");
}

#[test]
fn several_permits_are_each_held_by_one_who_waits_for_another() {
    let trace = trace_of(
        r#"
        [executors.p]
        kind = "threads"
        workers = 30
        [semaphores.conns]
        permits = 30
        [tasks.handler]
        steps = ["with conns", "run 1s", "with conns", "run 1s", "end", "end"]
        [[arrivals]]
        task = "handler"
        to = "p"
        at = "0s"
        count = 30
        "#,
    );
    let digest = Digest::new(&trace);
    insta::assert_snapshot!(digest.verdict, @"At 1 s all 30 permits of `conns` are held by `handler`, each waiting for another. No timeout can break this. None of the 30 tasks ended.");
}

/// Reported as green "Runs on": one worker, ten seconds a task, an arrival a second.
#[test]
fn more_work_than_can_be_done_is_an_overload_and_a_burst_is_not() {
    let load = |every: &str, until: &str| {
        trace_of(&format!(
            r#"
            until = "{until}"
            [executors.p]
            kind = "threads"
            workers = 1
            [tasks.job]
            steps = ["io 10s"]
            [[arrivals]]
            task = "job"
            to = "p"
            {every}
            "#
        ))
    };
    let trace = load(r#"every = "1s""#, "5s");
    let digest = Digest::new(&trace);
    assert_eq!(digest.verdict.kind, RunKind::Overloaded);
    assert!(!digest.verdict.as_expected);
    insta::assert_snapshot!(digest.verdict, @"`p` is overloaded: 1 task/s arrives, 0.1/s can be served; the queue grows by 0.9/s. The run was ended at its horizon, 5 s. None of the 6 tasks ended. Nobody is blocked for ever.");
    for every in [r#"every = "11s""#, r#"count = 50"#, "every = \"1s\"\ncount = 3"] {
        let trace = load(every, "100s");
        assert_ne!(Digest::new(&trace).verdict.kind, RunKind::Overloaded, "{every}");
    }
}

/// With processor sharing a server can do less the more jobs are there: a burst can push it over its top for good, and
/// permits in front of it keep it below.
#[test]
fn a_server_is_overloaded_by_what_it_can_do_with_the_jobs_that_are_there() {
    let load = |server: &str, step: &str, arrivals: &str| {
        let trace = trace_of(&format!(
            r#"
            until = "60s"
            executors.calls = {{ kind = "green" }}
            semaphores.connections = {{ permits = 7, fair = true }}
            servers.db = {{ {server} }}
            tasks.query.steps = [{step}]
            arrivals = [{{ task = "query", to = "calls", {arrivals} }}, {{ task = "query", to = "calls", every = "100ms" }}]
            "#
        ));
        let digest = Digest::new(&trace);
        format!("{:?}: {}", digest.verdict.kind, digest.verdict)
            .split(" The run was")
            .next()
            .map(str::to_owned)
    };
    let collapsing = "capacity = 8, coherency = 0.02";
    let (plain, permitted) = (r#""use db 350ms""#, r#""with connections", "use db 350ms", "end""#);
    let told = [
        load("capacity = 2", r#""use db 500ms""#, "count = 1"),
        load("capacity = 8", plain, "count = 50"),
        load(collapsing, plain, "count = 1"),
        load(collapsing, plain, "count = 50"),
        load(collapsing, permitted, "count = 50"),
    ];
    insta::assert_debug_snapshot!(told, @r#"
    [
        Some(
            "Overloaded: Server `db` is overloaded: 10 tasks/s arrive, 4/s can be served; the queue grows by 6/s.",
        ),
        Some(
            "RunsOn:",
        ),
        Some(
            "RunsOn:",
        ),
        Some(
            "Overloaded: Server `db` is overloaded: 10 tasks/s arrive, 0.2198/s can be served; the queue grows by 9.78/s.",
        ),
        Some(
            "RunsOn:",
        ),
    ]
    "#);
}

#[test]
fn what_is_known_of_a_design_says_how_it_is_known() {
    let design = |trace: &Trace, coverage| {
        let design = Digest::new(trace).design(coverage);
        format!("{}: {}", design.word(), design.text)
    };
    let (deadlocks, safe) = (builds(5, "wait net"), builds(6, "wait net"));
    let complete = Coverage { states: 1_234, is_complete: true, ..Coverage::default() };
    let partial = Coverage { states: 5_000, ..Coverage::default() };
    let found = Coverage { states: 17, deadlocks: true, ..Coverage::default() };
    let told = [
        design(&deadlocks, None),
        design(&safe, None),
        design(&two_locks(r#""lock A", "lock B", "unlock B", "unlock A""#), None),
        design(&two_locks(r#""run 5s", "lock B", "lock A", "unlock A", "unlock B""#), None),
        design(&two_locks(r#""run 5s", "lock B", "lock A", "unlock A", "unlock B""#), Some(partial)),
        design(&two_locks(r#""run 5s", "lock B", "lock A", "unlock A", "unlock B""#), Some(found)),
        design(&two_locks(r#""run 5s", "lock B", "lock A", "unlock A", "unlock B""#), Some(complete)),
    ];
    insta::assert_snapshot!(told.join("\n"), @"
    can deadlock: This run shows it.
    cannot deadlock in any order: It has no circular wait.
    cannot deadlock in any order: It has no circular wait.
    may deadlock, not known: Only this order was run. Its shape warns that it may deadlock once 1 `left` task and 1 `right` task are running: A and B are taken in more than one order.
    may deadlock, not known: 5 000 states were explored and none deadlocks, but there are more. Its shape warns that it may deadlock once 1 `left` task and 1 `right` task are running: A and B are taken in more than one order.
    can deadlock: Exploring 17 states found it.
    cannot deadlock in any order: All 1 234 states were explored.
    ");
}
