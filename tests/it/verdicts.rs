//! What is said about runs: deadlocks and stalls with the event that completes them, in words; and that
//! nothing is said where nothing hangs.

use crate::runs::{digest_of, trace_of};
use threadbare::analysis::deadlock::first_deadlock;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::knot::KnotKind;
use threadbare::analysis::watch::DeadlockWatch;
use threadbare::gallery;
use threadbare::model::id::TaskId;
use threadbare::model::time::{SECOND, Time};
use threadbare::trace::event::{Event, EventId};
use threadbare::trace::{Outcome, OutcomeKind, Trace};

/// Five builds on a pool of `workers`, each waiting for a child on the same pool.
pub fn builds(workers: u32, wait: &str) -> Trace {
    trace_of(&format!(
        r#"
        [executors.default]
        kind = "threads"
        workers = {workers}
        [tasks.build]
        steps = ["run 1s", "submit network to default as net", "run 2s", "{wait}", "run 1s"]
        [tasks.network]
        steps = ["io 3s"]
        [[arrivals]]
        task = "build"
        to = "default"
        at = "0s"
        count = 5
        "#
    ))
}

pub fn two_locks(second: &str) -> Trace {
    trace_of(&format!(
        r#"
        [executors.pool]
        kind = "threads"
        workers = 3
        [locks.A]
        [locks.B]
        [tasks.left]
        steps = ["lock A", "run 1s", "lock B", "unlock B", "unlock A"]
        [tasks.right]
        steps = [{second}]
        [tasks.other]
        steps = ["run 10s"]
        [[arrivals]]
        task = "left"
        to = "pool"
        at = "0s"
        [[arrivals]]
        task = "right"
        to = "pool"
        at = "0s"
        [[arrivals]]
        task = "other"
        to = "pool"
        at = "0s"
        "#
    ))
}

#[test]
fn the_build_deadlock_is_told_in_words_and_dated_at_three_seconds() {
    let trace = builds(5, "wait net");
    let digest = Digest::new(&trace);
    let [hang] = digest.findings.deadlocks.as_slice() else { panic!("{:?}", digest.findings) };
    assert_eq!(hang.at, Time(3 * SECOND));
    assert_eq!(hang.knot.tasks.len(), 10);
    assert_eq!(hang.knot.kind, KnotKind::Cycle);
    assert_eq!(
        digest.verdict.to_string(),
        "At 3 s all 5 workers of `default` are held by `build`, each waiting for its `net`, queued behind them. \
         No timeout can break this. None of the 10 tasks ended."
    );
}

#[test]
fn one_worker_more_and_nothing_hangs() {
    let trace = builds(6, "wait net");
    let digest = Digest::new(&trace);
    assert!(digest.findings.deadlocks.is_empty() && digest.findings.stalls.is_empty());
    assert_eq!(digest.verdict.to_string(), "All 10 tasks finished by 12 s.");
}

#[test]
fn a_timeout_makes_the_deadlock_a_stall() {
    let trace = builds(5, "wait net timeout 300s");
    let digest = Digest::new(&trace);
    assert!(digest.findings.deadlocks.is_empty());
    let [stall] = digest.findings.stalls.as_slice() else { panic!("{:?}", digest.findings) };
    assert_eq!((stall.at, stall.until), (Time(3 * SECOND), Some(Time(303 * SECOND))));
    let verdict = digest.verdict.to_string();
    assert!(
        verdict.contains("a stall, not a deadlock: the timeout of build#0 ends it at 5 m 03 s"),
        "{verdict}"
    );
}

#[test]
fn a_partial_deadlock_is_found_although_the_rest_runs_on() {
    let trace = two_locks(r#""lock B", "run 1s", "lock A", "unlock A", "unlock B""#);
    let digest = Digest::new(&trace);
    let [hang] = digest.findings.deadlocks.as_slice() else { panic!("{:?}", digest.findings) };
    assert_eq!(hang.at, Time(SECOND));
    assert_eq!(trace.outcome.at, Time(10 * SECOND));
    assert_eq!(hang.knot.tasks.len(), 2);
    let verdict = digest.verdict.to_string();
    assert!(verdict.starts_with(
        "At 1 s left#0 waits for lock `B`, which is held by right#0. right#0 waits for lock `A`, which is \
         held by left#0. No timeout can break this."
    ), "{verdict}");
}

#[test]
fn a_lock_whose_holder_ended_is_told_as_lost() {
    let trace = two_locks(r#""lock B", "fail oops""#);
    let digest = Digest::new(&trace);
    let [hang] = digest.findings.deadlocks.as_slice() else { panic!("{:?}", digest.findings) };
    assert_eq!(hang.knot.kind, KnotKind::Never);
    let verdict = digest.verdict.to_string();
    assert!(verdict.contains("held by right#0, which ended without releasing it"), "{verdict}");
}

/// When the first deadlock formed, in the whole run and in one that stops there: the same instant.
#[track_caller]
fn hangs_at(toml: &str, at: u64) {
    let first = |trace: &Trace| first_deadlock(trace).map(|event| trace.at(event));
    assert_eq!(first(&trace_of(toml)), Some(Time(at * SECOND)), "{toml}");
    let stopped = trace_of(&format!("stop = \"deadlock\"\n{toml}"));
    assert_eq!(
        (stopped.outcome.kind, stopped.outcome.at),
        (OutcomeKind::Deadlock, Time(at * SECOND)),
        "{toml}"
    );
}

#[test]
fn who_waits_for_what_never_comes_hangs_at_once_although_it_also_waits_for_a_later_knot() {
    hangs_at(
        r#"
        executors.p = { kind = "threads", workers = 1 }
        executors.q = { kind = "threads", workers = 1 }
        executors.full = { kind = "threads", workers = 1, queue = 0, on_full = "discard" }
        tasks.z.steps = ["run 1s"]
        tasks.late.steps = ["run 5s", "submit z to q as own", "wait own"]
        tasks.t.steps = ["submit z to full as lost", "submit late to q as late", "wait lost late"]
        arrivals = [{ task = "z", to = "full" }, { task = "t", to = "p" }]"#,
        0,
    );
}

#[test]
fn a_spare_worker_that_never_ends_makes_no_more_room() {
    hangs_at(
        r#"
        executors.p = { kind = "threads", workers = 1, on_wait = "compensate" }
        executors.q = { kind = "threads", workers = 1 }
        tasks.for-ever.steps = ["run forever"]
        tasks.c.steps = []
        tasks.a.steps = ["submit for-ever as r", "submit c as c", "wait c"]
        tasks.z.steps = ["run 9s"]
        arrivals = [{ task = "a", to = "p" }, { task = "z", to = "q" }]"#,
        0,
    );
}

#[test]
fn a_green_thread_that_is_kept_for_ever_stays_so_while_another_has_the_core() {
    hangs_at(
        r#"
        limits = { max_events = 60 }
        machine = { cores = 1, gil = false, switch_interval = "1s" }
        executors.g = { kind = "green", workers = 2 }
        executors.p = { kind = "threads", workers = 2 }
        tasks.a.steps = ["run forever"]
        tasks.b.steps = []
        arrivals = [
          { task = "a", to = "g" },
          { task = "a", to = "p", count = 2 },
          { task = "b", to = "g", at = "3s" },
        ]"#,
        3,
    );
}

#[test]
fn who_waits_for_a_cancelled_task_that_no_worker_will_meet_hangs() {
    let trace = trace_of(
        r#"
        executors.p = { kind = "threads", workers = 1 }
        executors.q = { kind = "threads", workers = 1 }
        tasks.for-ever.steps = ["run forever"]
        tasks.a.steps = ["submit for-ever to p as x", "cancel x", "wait x"]
        arrivals = [{ task = "for-ever", to = "p" }, { task = "a", to = "q" }]"#,
    );
    let digest = Digest::new(&trace);
    let [hang] = digest.findings.deadlocks.as_slice() else { panic!("{:?}", digest.findings) };
    assert_eq!(hang.knot.tasks, [TaskId(1)]);
    assert!(digest.verdict.to_string().contains("a#0 waits for its `x`"), "{}", digest.verdict);
}

#[test]
fn what_a_scheduler_would_run_on_a_green_thread_that_is_kept_for_ever_hangs() {
    hangs_at(
        r#"
        executors.g = { kind = "green", workers = 1, queue = 0, on_full = "caller-runs" }
        executors.c = { kind = "cap", into = "g", caps = { a = 1 } }
        executors.p = { kind = "threads", workers = 1 }
        tasks.a.steps = ["run forever"]
        tasks.z.steps = ["run 9s"]
        arrivals = [{ task = "a", to = "g" }, { task = "a", to = "c", at = "1s" }, { task = "z", to = "p" }]"#,
        1,
    );
}

#[test]
fn all_who_need_a_worker_that_never_ends_hang_from_when_the_first_of_them_does() {
    hangs_at(
        r#"
        executors.p = { kind = "threads", workers = 1, queue = 0, on_full = "block" }
        executors.bus = { kind = "bus", into = "p" }
        tasks.a.steps = ["run forever"]
        arrivals = [{ task = "a", to = "p", every = "1s", count = 2 }, { task = "a", to = "bus" }]"#,
        0,
    );
}

#[test]
fn a_queued_child_that_its_parent_will_come_to_help_does_not_hang() {
    // Below the parent on their only worker is one that never goes on.
    let trace = trace_of(
        r#"
        executors.p = { kind = "threads", workers = 1, on_wait = "help-child" }
        executors.full = { kind = "threads", workers = 1, queue = 0, on_full = "discard" }
        tasks.z.steps = ["run 1s"]
        tasks.c.steps = ["submit z", "run 1s", "wait z"]
        tasks.a.steps = ["submit z to full as lost", "submit c as c", "wait lost c"]
        arrivals = [{ task = "z", to = "full" }, { task = "a", to = "p" }]"#,
    );
    for count in 1..=trace.len() {
        let mut part = trace.clone();
        part.records.truncate(count);
        part.outcome = Outcome { kind: OutcomeKind::Until, at: part.records[count - 1].at };
        let stuck = Digest::new(&part).blocked();
        assert!(stuck.iter().all(|task| *task == TaskId(1)), "after {count} events: {stuck:?}");
    }
}

/// Under `help-child` the worker of a parent that waits for something else than this child does not run it.
#[test]
fn a_queued_child_that_its_waiting_parent_does_not_wait_for_hangs() {
    hangs_at(
        r#"
        executors.p = { kind = "threads", workers = 1, on_wait = "help-child" }
        executors.q = { kind = "threads", workers = 1 }
        channels.x = { capacity = 0 }
        tasks.c.steps = ["send x timeout 0s"]
        tasks.b.steps = ["run 1s", "submit c", "receive x"]
        tasks.z.steps = ["run 9s"]
        arrivals = [{ task = "b", to = "p" }, { task = "z", to = "q" }]"#,
        1,
    );
    // It waits for another child, which runs elsewhere.
    hangs_at(
        r#"
        executors.p = { kind = "threads", workers = 1, on_wait = "help-child" }
        executors.q = { kind = "threads", workers = 2 }
        channels.x = { capacity = 0 }
        tasks.c.steps = ["send x"]
        tasks.d.steps = ["run 1s", "receive x"]
        tasks.b.steps = ["submit c", "submit d to q", "wait d"]
        tasks.z.steps = ["run 9s"]
        arrivals = [{ task = "b", to = "p" }, { task = "z", to = "q" }]"#,
        1,
    );
    // As a random document had it: the other worker is kept for ever, and the run is stuck.
    let random = |stop: &str| {
        trace_of(&format!(
            r#"
            {stop}
            executors.e0 = {{ kind = "threads", on_wait = "help-child", workers = 2 }}
            channels.X0 = {{ capacity = 0 }}
            tasks.a.steps = ["maybe 0.5", "run forever", "end", "submit b"]
            tasks.b.steps = ["submit c", "receive X0"]
            tasks.c.steps = ["send X0 timeout 0s"]
            arrivals = [{{ task = "a", to = "e0", every = "0s", count = 2 }}]"#
        ))
    };
    let (whole, stopped) = (random(""), random("stop = \"deadlock\""));
    assert_eq!((whole.outcome.kind, stopped.outcome.kind), (OutcomeKind::Stuck, OutcomeKind::Deadlock));
    let last = stopped.len() - 1;
    assert_eq!(first_deadlock(&whole), Some(EventId(last as u32)));
    assert!(matches!(stopped.event(EventId(last as u32)), Event::Waiting { task: TaskId(2), .. }));
}

#[test]
fn who_shuts_a_wrapper_down_may_cancel_what_has_passed_it() {
    let trace = trace_of(
        r#"
        executors.p = { kind = "threads", workers = 1 }
        executors.c = { kind = "cap", into = "p", caps = { a = 9 } }
        executors.q = { kind = "threads", workers = 1 }
        tasks.b.steps = []
        tasks.a.steps = ["submit b to c", "result b"]
        tasks.boss.steps = ["run 5s", "shutdown c nowait cancel"]
        arrivals = [{ task = "a", to = "c" }, { task = "boss", to = "q" }]"#,
    );
    assert_eq!((trace.outcome.kind, first_deadlock(&trace)), (OutcomeKind::Completed, None));
    for count in 1..=trace.len() {
        let mut part = trace.clone();
        part.records.truncate(count);
        part.outcome = Outcome { kind: OutcomeKind::Until, at: part.records[count - 1].at };
        assert_eq!(first_deadlock(&part), None, "after {count} events");
    }
}

#[test]
fn a_message_that_its_waiting_parent_runs_itself_never_hangs() {
    let trace = trace_of(
        r#"
        executors.p = { kind = "threads", workers = 1, queue = 0, on_wait = "help-child" }
        executors.c = { kind = "cap", caps = { b = 1 }, into = "p" }
        executors.bus = { kind = "bus", into = "c" }
        tasks.b.steps = ["run 1s"]
        tasks.a.steps = ["submit b to bus as x", "wait x"]
        arrivals = [{ task = "a", to = "p" }]"#,
    );
    assert_eq!(trace.outcome.kind, OutcomeKind::Completed);
    for count in 1..=trace.len() {
        let mut part = trace.clone();
        part.records.truncate(count);
        part.outcome = Outcome { kind: OutcomeKind::Until, at: part.records[count - 1].at };
        assert_eq!(first_deadlock(&part), None, "after {count} events");
    }
}

/// Over all scenarios and variants that are built in: a run that comes to its end has no deadlock, one
/// that is stuck has; and whoever watches it while it runs finds the same event.
#[test]
fn the_gallery_hangs_exactly_where_it_is_stuck() {
    let mut runs = 0;
    let mut stuck = 0;
    for entry in gallery::ENTRIES {
        for (name, trace) in crate::runs::variants_of(entry.name, entry.text) {
            let digest = Digest::new(&trace);
            let found = digest.findings.deadlocks.first().map(|hang| hang.event);
            match trace.outcome.kind {
                OutcomeKind::Completed => assert_eq!(found, None, "{name}"),
                OutcomeKind::Stuck => {
                    assert!(found.is_some(), "{name}");
                    let told = digest.blocked().len() as u32;
                    let resident =
                        digest.findings.deadlocks.iter().flat_map(|hang| &hang.knot.never).count() as u32;
                    assert!(told + resident >= digest.end().unfinished(), "{name}: some are not explained");
                    stuck += 1;
                }
                OutcomeKind::Until | OutcomeKind::Deadlock | OutcomeKind::Limit(_) => {}
            }
            let mut watch = DeadlockWatch::new(&trace.scenario);
            let seen = (1..=trace.len()).find_map(|n| watch.look(&trace.records[..n], true));
            assert_eq!(seen, first_deadlock(&trace), "{name}");
            runs += 1;
        }
    }
    assert!(runs > 40 && stuck > 5, "{runs} runs, {stuck} stuck");
}

#[test]
fn an_expectation_over_no_tasks_fails() {
    let digest = digest_of(
        r#"
        [executors.pool]
        kind = "threads"
        workers = 1
        [tasks.job]
        steps = ["fail oops"]
        [[arrivals]]
        task = "job"
        to = "pool"
        at = "0s"
        [expect]
        failed = 1
        deadlock = false
        "latency.job.p99" = "< 1s"
        "#,
    );
    let holds: Vec<bool> = digest.iter().map(|judged| judged.holds).collect();
    assert_eq!(holds, [true, true, false], "{digest:?}");
}

/// Two increments of one cell, as two tasks; `steps` are those of each.
fn increments(steps: &str) -> Trace {
    trace_of(&format!(
        r#"
        [executors.pool]
        kind = "threads"
        workers = 2
        [locks.L]
        [cells.c]
        initial = 0
        [tasks.job]
        steps = [{steps}]
        [[arrivals]]
        task = "job"
        to = "pool"
        at = "0s"
        count = 2
        "#
    ))
}

#[test]
fn unordered_accesses_race_and_a_lock_orders_them() {
    let race = increments(r#""read c", "run 1s", "add c 1""#);
    let digest = Digest::new(&race);
    assert_eq!(digest.lost_updates.len(), 1);
    // The second read with the first write, and the two writes (the first one stands for its task's read): one pair of tasks.
    assert_eq!(digest.races.as_ref().map(Vec::len), Some(2));
    assert_eq!(digest.json()["races"], 1);
    assert_eq!(
        digest.verdict.to_string(),
        "All 2 tasks finished by 1 s. 1 update of `c` was lost (job#1 overwrote job#0)."
    );
    let locked = increments(r#""lock L", "read c", "run 1s", "add c 1", "unlock L""#);
    let digest = Digest::new(&locked);
    assert_eq!((digest.lost_updates.len(), digest.races.map(|races| races.len())), (0, Some(0)));
}

#[test]
fn a_parent_that_waited_for_its_child_does_not_race_with_it() {
    let text = |wait: &str| {
        format!(
            r#"
            [executors.pool]
            kind = "threads"
            workers = 2
            [cells.c]
            initial = 0
            [tasks.parent]
            steps = ["submit child as k", {wait} "write c 2"]
            [tasks.child]
            steps = ["run 1s", "write c 1"]
            [[arrivals]]
            task = "parent"
            to = "pool"
            at = "0s"
            "#
        )
    };
    let races = |trace: &Trace| Digest::new(trace).races.map(|races| races.len());
    assert_eq!(races(&trace_of(&text(r#""wait k","#))), Some(0));
    assert_eq!(races(&trace_of(&text(r#""run 5s","#))), Some(1));
}
