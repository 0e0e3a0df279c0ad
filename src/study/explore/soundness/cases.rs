//! Small documents of the kinds that were judged wrongly once, each with its right value.

use super::shapes::missed;
use super::{compare_one, kinds};
use crate::analysis::shape::Shape;
use crate::language::Document;
use crate::model::id::{Pc, TaskTypeId};
use crate::model::scenario::Scenario;
use crate::study::explore::{ExplorationOptions, FindingKind, InterleavingExplorer};
use crate::study::schedule::TimingAssumption;
use std::sync::Arc;

const UNTIMED: TimingAssumption = TimingAssumption::Untimed { timeouts_last: false };

fn scenario(text: &str) -> Arc<Scenario> {
    let document = Document::parse("case.toml", text).expect("it is a document");
    Arc::new(document.scenario("base", &Default::default()).expect("it is a scenario"))
}

/// What exploring finds, which must be what there is without any reduction.
fn found(text: &str, view: TimingAssumption) -> Vec<FindingKind> {
    let agrees = compare_one(text, view, 30_000).expect("it is small");
    agrees.unwrap_or_else(|difference| panic!("{difference}\n{text}"));
    let mut explorer = InterleavingExplorer::new(
        &scenario(text),
        ExplorationOptions { view, ..ExplorationOptions::default() },
    );
    assert!(explorer.advance(1_000_000), "it is explored to its end");
    kinds(explorer.findings()).into_iter().collect()
}

/// Whether every order was looked at and one deadlocks; the shape must not miss it.
fn can_deadlock(text: &str) -> bool {
    assert_eq!(missed(text), None, "{text}");
    let found = found(text, UNTIMED);
    found.iter().any(|kind| matches!(kind, FindingKind::Deadlock(_) | FindingKind::Partial(_)))
}

/// Whether the shape calls it safe.
fn is_called_safe(text: &str) -> bool {
    !Shape::read(&scenario(text)).can_hang()
}

#[test]
fn how_many_idle_workers_there_are_counts_where_threads_are_counted() {
    let threads = |expected: &str| {
        format!(
            "executors = {{ p = {{ kind = \"threads\", workers = 2 }} }}
             tasks = {{ a.steps = [\"yield\"], b.steps = [\"io 2s\"] }}
             arrivals = [{{ task = \"a\", to = \"p\", count = 2 }}, {{ task = \"b\", to = \"p\" }}]
             expect = {{ \"{expected}\" = \"< 2\" }}"
        )
    };
    // Two short tasks need two workers only if they meet.
    for metric in ["threads.mean", "threads.max"] {
        assert_eq!(found(&threads(metric), TimingAssumption::Timed), [FindingKind::Final(0)], "{metric}");
    }
}

#[test]
fn a_delay_whose_task_was_dropped_rings_for_the_next() {
    let text = "executors.p = { kind = \"threads\", workers = 2 }
        executors.w = { kind = \"delay\", delay = \"1s\", into = \"p\", queue = 1, on_full = \"discard-oldest\" }
        tasks = { a.steps = [\"yield\"], b.steps = [\"yield\"] }
        arrivals = [
            { task = \"a\", to = \"w\", count = 2, every = \"1s\", on_full = \"reject\" },
            { task = \"b\", to = \"w\", count = 2 },
        ]
        expect.rejected = 0";
    // At 1 s the second `a` comes before or after what is held leaves.
    assert_eq!(found(text, TimingAssumption::Timed), [FindingKind::Final(0)]);
}

#[test]
fn nothing_comes_into_the_turn_of_the_only_thread() {
    let text = "executors.p = { kind = \"green\", workers = 1 }
        locks = { m = {}, n = {} }
        tasks.a.steps = [\"submit b to p\"]
        tasks.b.steps = [\"maybe 0.5\", \"lock m\", \"end\", \"submit d to p\"]
        tasks.d.steps = [\"lock n\", \"lock m\"]
        arrivals = [{ task = \"a\", to = \"p\", count = 2 }]";
    let deadlocks = found(text, TimingAssumption::Untimed { timeouts_last: true });
    // The second `a` may come before or after each turn, but not between `lock m` and `submit d`.
    let between = |kind: &FindingKind| match kind {
        FindingKind::Deadlock(steps) => steps.contains(&(TaskTypeId(1), Pc(0))),
        _ => false,
    };
    assert!(deadlocks.len() >= 3 && !deadlocks.iter().any(between), "{deadlocks:?}");
}

/// A document of tasks on two workers with a few things to hold.
fn holding(tasks: &str) -> String {
    format!(
        "executors = {{ p = {{ kind = \"threads\", workers = 2 }} }}
         rwlocks.w = {{}}
         locks = {{ l = {{}}, r = {{ reentrant = true }} }}
         semaphores.s = {{ permits = 2 }}
         {tasks}
         arrivals = [{{ task = \"a\", to = \"p\" }}, {{ task = \"b\", to = \"p\" }}]"
    )
}

#[test]
fn what_a_refused_release_leaves_is_kept() {
    for (keeps, wants) in [
        ("\"lock w read\", \"unlock w write\"", "\"lock w write\""),
        ("\"lock w write\", \"unlock w read\"", "\"lock w read\""),
        ("\"acquire s\", \"release s 2\"", "\"acquire s 2\""),
    ] {
        let text = holding(&format!("tasks = {{ a.steps = [{keeps}], b.steps = [{wants}] }}"));
        assert!(can_deadlock(&text), "{text}");
    }
}

#[test]
fn a_writer_that_reads_and_unlocks_writing_still_reads() {
    let downgrade = "\"lock w write\", \"lock w read\", \"unlock w write\"";
    let kept = holding(&format!("tasks = {{ a.steps = [{downgrade}], b.steps = [\"lock w write\"] }}"));
    assert!(can_deadlock(&kept), "{kept}");
    let back = holding(&format!(
        "tasks = {{ a.steps = [{downgrade}, \"unlock w read\"], b.steps = [\"with w write\", \"end\"] }}"
    ));
    assert!(!can_deadlock(&back) && is_called_safe(&back), "{back}");
}

#[test]
fn a_lock_taken_thrice_and_given_back_twice_is_kept() {
    let again = "\"with r\", \"with r\", \"run 1s\", \"end\", \"end\"";
    let kept = holding(&format!(
        "tasks = {{ a.steps = [\"lock r\", {again}], b.steps = [\"lock r\", \"unlock r\"] }}"
    ));
    assert!(can_deadlock(&kept), "{kept}");
    let back = kept.replace("\"end\", \"end\"", "\"end\", \"end\", \"unlock r\"");
    assert!(!can_deadlock(&back) && is_called_safe(&back), "{back}");
}

#[test]
fn a_loop_that_takes_more_each_time_keeps_all() {
    let text = "executors.p = { kind = \"threads\", workers = 2 }
        locks.r = { reentrant = true }
        tasks.a.steps = [\"repeat 3\", \"lock r\", \"end\", \"unlock r\", \"unlock r\"]
        tasks.b.steps = [\"lock r\", \"unlock r\"]
        arrivals = [{ task = \"a\", to = \"p\" }, { task = \"b\", to = \"p\" }]";
    assert!(can_deadlock(text));
}

#[test]
fn a_pinned_task_keeps_the_worker_that_it_would_release() {
    let text = |pins: &str| {
        format!(
            "executors.p = {{ kind = \"threads\", workers = 1, on_wait = \"release\" }}
             locks.m = {{ {pins} }}
             tasks.a.steps = [\"submit b to p\", \"with m\", \"wait b\", \"end\"]
             tasks.b.steps = [\"run 1s\"]
             arrivals = [{{ task = \"a\", to = \"p\" }}]"
        )
    };
    let pinned = text("pins = \"held\"");
    assert!(can_deadlock(&pinned), "{pinned}");
    let free = text("");
    assert!(!can_deadlock(&free) && is_called_safe(&free), "{free}");
}

#[test]
fn a_detached_body_dies_with_its_worker_and_nobody_is_told_twice() {
    let text = |on_crash: &str, child: &str| {
        format!(
            "executors.p = {{ kind = \"threads\", workers = 1 }}
             executors.q = {{ kind = \"threads\", workers = 2, on_crash = \"{on_crash}\" }}
             tasks.a.steps = [\"submit b to q\", \"submit d to q\", \"io 1s\", \"cancel b detach\", \"wait d\"]
             tasks.b.steps = [{child}]
             tasks.d.steps = [\"io 2s\", \"crash\"]
             arrivals = [{{ task = \"a\", to = \"p\" }}]
             expect = {{ failed = \"<= 1\" }}"
        )
    };
    for on_crash in ["replace", "break"] {
        for child in ["\"io 3s\"", "\"io forever\"", "\"io 2s\", \"crash\""] {
            for view in [TimingAssumption::Timed, UNTIMED] {
                let found = found(&text(on_crash, child), view);
                assert!(found.iter().all(|kind| matches!(kind, FindingKind::Final(_))), "{found:?}");
            }
        }
    }
}

#[test]
fn a_thief_may_steal_from_any_worker() {
    // Each of two workers has forked; the third steals from either.
    let text = |on_wait: &str| {
        format!(
            "executors.p = {{ kind = \"fork-join\", workers = 3, on_wait = \"{on_wait}\" }}
             cells.c = {{ initial = 0 }}
             tasks.left.steps = [\"submit one to p\", \"io 5s\"]
             tasks.right.steps = [\"submit two to p\", \"io 5s\"]
             tasks.thief.steps = [\"io 1s\"]
             tasks.one.steps = [\"write c 1\", \"io 9s\"]
             tasks.two.steps = [\"write c 2\", \"io 9s\"]
             arrivals = [
                 {{ task = \"left\", to = \"p\" }},
                 {{ task = \"right\", to = \"p\" }},
                 {{ task = \"thief\", to = \"p\" }},
             ]
             expect = {{ \"final.c\" = 2 }}"
        )
    };
    for on_wait in ["join", "help-any"] {
        // The plain run steals `one` first, and so `two` writes last.
        assert_eq!(found(&text(on_wait), TimingAssumption::Timed), [FindingKind::Final(0)], "{on_wait}");
    }
}

#[test]
fn what_a_delay_lets_go_leaves_in_the_order_in_which_it_was_let_go() {
    let text = "executors.p = { kind = \"green\", workers = 1 }
        executors.w = { kind = \"delay\", delay = \"exp(1s)\", into = \"p\" }
        tasks = { a.steps = [\"yield\"], b.steps = [\"shutdown p\"] }
        arrivals = [{ task = \"a\", to = \"w\" }, { task = \"b\", to = \"w\" }]";
    let (a, b) = ((TaskTypeId(0), Pc(0)), (TaskTypeId(1), Pc(0)));
    // Both may be handed over before the shutdown; `a` then waits for the worker.
    assert_eq!(found(text, UNTIMED), [FindingKind::Deadlock(vec![a, b]), FindingKind::Deadlock(vec![b])]);
}
