//! Documents on which a reduction once lost something, each with what there is to find.

use super::{VIEWS, compare_on, kinds};
use crate::language::Document;
use crate::model::id::{Pc, TaskTypeId};
use crate::study::explore::{ExplorationOptions, FindingKind, InterleavingExplorer};
use crate::study::schedule::TimingAssumption;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Whether exploring these documents finds just what the yardstick does.
fn agrees(text: &str, view: TimingAssumption) -> BTreeSet<FindingKind> {
    let (compared, _) = compare_on(|_| text.to_owned(), 0..1, view, 10_000);
    assert_eq!(compared, 1, "it is small");
    let document = Document::parse("pinned.toml", text).expect("it is sound");
    let scenario = Arc::new(document.scenario("base", &Default::default()).expect("it is sound"));
    let mut explorer =
        InterleavingExplorer::new(&scenario, ExplorationOptions { view, ..ExplorationOptions::default() });
    explorer.advance(1_000_000);
    kinds(explorer.findings())
}

/// What the green thread has of the machine it keeps when it pauses, and does not ask for another core.
#[test]
fn the_green_thread_keeps_its_core_when_others_may_come_first() {
    let text = r#"
executors.g = { kind = "green", workers = 1 }
executors.p = { kind = "threads", workers = 1 }
machine = { cores = 1 }
cells.c = { initial = 0 }
tasks.a.steps = ["read c", "add c 1", "write c 7"]
arrivals = [{ task = "a", to = "g" }, { task = "a", to = "p" }]
"#;
    let found = agrees(text, TimingAssumption::Timed);
    assert!(found.iter().all(|kind| matches!(kind, FindingKind::LostUpdate(..))), "{found:?}");
}

/// A thing of which there is one for each key, used without one: whether it is held, or what it holds, is part of the
/// state.
#[test]
fn what_is_shared_without_a_key_is_looked_at() {
    let text = r#"
executors.p = { kind = "threads", workers = 2 }
cells.c = { initial = 0, per = "key" }
tasks.b.steps = ["write c 7"]
tasks.a.steps = ["submit b", "cancel b", "wait b"]
arrivals = [{ task = "a", to = "p" }]
expect = { "final.c" = 0 }
"#;
    assert_eq!(agrees(text, TimingAssumption::Timed), BTreeSet::from([FindingKind::Final(0)]));
}

/// That a task has started others notice who try to cancel it: another can come between its start and its first step.
#[test]
fn one_that_cancels_can_come_between_a_start_and_the_first_step() {
    let text = r#"
executors.p = { kind = "threads", workers = 2 }
locks.m = {}
tasks.a.steps = ["lock m"]
tasks.b.steps = ["shutdown p nowait cancel", "lock m"]
arrivals = [{ task = "a", to = "p" }, { task = "b", to = "p" }]
"#;
    assert_eq!(agrees(text, TimingAssumption::Timed).len(), 2, "either of them can be left without the lock");
}

/// Two tasks with keys of their own are alike only until another comes that names one of the keys: here it matters whether
/// the first `b` or the second has had its permit when `a` arrives, which shares the first one's key.
#[test]
fn keys_that_are_named_again_are_told_apart() {
    let text = r#"
executors.q = { kind = "threads", workers = 2, queue = 0, on_full = "discard" }
locks.m = {}
semaphores.s = { permits = 1, per = "key" }
tasks.a.steps = ["acquire s", "lock m"]
tasks.b.steps = ["lock m", "acquire s"]
[[arrivals]]
task = "a"
to = "q"
at = "0s"
key = "k-{n}"
[[arrivals]]
task = "b"
to = "q"
at = "0s"
key = "k-{n}"
count = 2
"#;
    let (a, b) = (TaskTypeId(0), TaskTypeId(1));
    let deadlock = |steps: &[(TaskTypeId, u16)]| {
        FindingKind::Deadlock(steps.iter().map(|(kind, pc)| (*kind, Pc(*pc))).collect())
    };
    // The second one ended with the lock.
    let both_for_the_lock = deadlock(&[(a, 1), (b, 0)]);
    let want =
        [deadlock(&[(a, 0)]), deadlock(&[(a, 0), (b, 0)]), deadlock(&[(a, 1), (b, 1)]), deadlock(&[(b, 0)])];
    for view in VIEWS {
        let found = agrees(text, view);
        assert!(found.contains(&both_for_the_lock), "{found:?}");
        assert_eq!(found, want.iter().cloned().chain([both_for_the_lock.clone()]).collect(), "{view:?}");
    }
}

/// A scope holds the futures of those that failed, also once their name means another: in whatever order they end.
#[test]
fn what_is_submitted_again_in_a_scope_is_looked_at() {
    let text = r#"
executors.p = { kind = "threads", workers = 2, on_wait = "help-child" }
tasks.a.steps = ["scope fail-fast", "retry 1", "submit b to p", "result b", "end", "yield", "end"]
tasks.b.steps = ["fail broken"]
arrivals = [{ task = "a", to = "p", count = 2 }]
"#;
    for view in VIEWS {
        assert_eq!(agrees(text, view), BTreeSet::new(), "{view:?}");
    }
}

/// What a delay has let go waits for the green thread, which is pinned for ever: that is the end, not a run without one.
#[test]
fn what_a_delay_has_let_go_is_not_let_go_again() {
    let text = r#"
executors.p = { kind = "green" }
executors.v = { kind = "delay", delay = "1s", into = "p" }
locks.m = { pins = "waiting" }
tasks.a.steps = ["lock m", "lock m"]
tasks.b.steps = ["run 1s"]
arrivals = [{ task = "a", to = "p" }, { task = "b", to = "v", count = 2 }]
"#;
    let view = TimingAssumption::Untimed { timeouts_last: false };
    let found = agrees(text, view);
    assert!(
        found.iter().all(|kind| matches!(kind, FindingKind::Deadlock(_))) && !found.is_empty(),
        "{found:?}"
    );
}

/// What comes while a carrier has a task in hand stands elsewhere in queues with ranks than what comes before or after: it
/// can come between the carrier's turn and the task's end.
#[test]
fn something_can_come_between_a_carriers_turn_and_the_end_of_its_task() {
    let text = r#"
executors.p = { kind = "green", threads = 1, ready = "local-first", workers = 2, on_wait = "help-any", order = "lifo" }
locks.m = { pins = "waiting", fair = true }
semaphores.s = { permits = 1 }
tasks.a.steps = ["acquire s", "release s", "run 1s", "submit b to p on_full block", "with m", "try", "result b", "on-failure", "yield", "end", "end", "result b timeout 1s", "on-timeout", "end"]
tasks.b.steps = ["retry 1", "scope", "submit d to p", "end", "result d", "end", "submit d to p after 1s", "submit d to p", "submit d to p on_full block"]
tasks.d.steps = ["run exp(1s)", "repeat 2", "yield", "end"]
arrivals = [{ task = "a", to = "p", count = 2, every = "1s" }]
"#;
    let found = agrees(text, TimingAssumption::Untimed { timeouts_last: false });
    assert_eq!(found.len(), 6, "{found:?}");
}

/// Whether a green thread gives its carrier away at a `result` depends on what others did before: another can come between
/// that and the step before it.
#[test]
fn something_can_come_between_a_green_thread_and_its_wait() {
    let text = r#"
executors.p = { kind = "threads", workers = 2 }
executors.q = { kind = "green", threads = 1, workers = 2 }
locks.m = { pins = "waiting" }
tasks.a.steps = ["submit b to p", "result b", "lock m"]
tasks.b.steps = ["submit d to q", "lock m"]
tasks.d.steps = ["lock m"]
arrivals = [{ task = "a", to = "q" }]
"#;
    let found = agrees(text, TimingAssumption::Untimed { timeouts_last: true });
    let never_started = FindingKind::Deadlock(vec![(TaskTypeId(0), Pc(2)), (TaskTypeId(2), Pc(0))]);
    assert!(found.len() == 3 && found.contains(&never_started), "{found:?}");
}
