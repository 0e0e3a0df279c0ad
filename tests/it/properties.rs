//! What must hold of every run, whatever the document: checked on random ones.
//!
//! `PROPTEST_CASES=20000 cargo test --release --test it properties` looks longer. A failure prints the
//! document; nothing is written to disk.

use crate::documents::{Pieces, contended, pieces, render};
use crate::ledger::Ledger;
use crate::support::{Run, scenario_of};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use threadbare::analysis::deadlock::{self, WaitForIndex};
use threadbare::analysis::digest::Digest;
use threadbare::analysis::state::state_at;
use threadbare::model::id::TaskId;
use threadbare::model::scenario::Scenario;
use threadbare::study::run::{RunSession, run, run_untraced};
use threadbare::trace::event::EventId;
use threadbare::trace::{Outcome, OutcomeKind, Trace};

/// How many documents each property is tried on; `PROPTEST_CASES` says otherwise.
const CASES: u32 = 150;

/// Tries a property on random documents, and prints the smallest that breaks it.
fn holds(property: impl Fn(&Arc<Scenario>, u64)) {
    holds_for(pieces(), property);
}

/// The same on documents of a kind.
fn holds_for(documents: impl Strategy<Value = Pieces>, property: impl Fn(&Arc<Scenario>, u64)) {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(CASES);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 4_000, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let input = (documents, 1..40u64);
    let result = runner.run(&input, |(pieces, slice)| {
        let text = render(&pieces);
        let attempt = AssertUnwindSafe(|| property(&scenario_of(&text, "base"), slice));
        catch_unwind(attempt).map_err(|panic| TestCaseError::fail(message(panic.as_ref())))
    });
    if let Err(error) = result {
        panic!("{}", told(&error));
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or_default()
}

fn told(error: &proptest::test_runner::TestError<(Pieces, u64)>) -> String {
    match error {
        proptest::test_runner::TestError::Fail(why, (pieces, slice)) => {
            let text = render(pieces);
            let log = catch_unwind(|| Run::of(run(scenario_of(&text, "base"))).log()).unwrap_or_default();
            let log: String = log.lines().take(200).map(|line| format!("{line}\n")).collect();
            format!("{why}\nslices of {slice}\n{text}\n{log}")
        }
        proptest::test_runner::TestError::Abort(why) => format!("given up: {why}"),
    }
}

#[test]
fn a_run_in_slices_is_the_run_at_once() {
    holds(|scenario, slice| {
        let whole = run(Arc::clone(scenario));
        let mut session = RunSession::new(Arc::clone(scenario));
        loop {
            let outcome = session.advance(slice);
            session.check_invariants();
            if outcome.is_some() {
                break;
            }
        }
        let sliced = session.finish();
        assert_eq!(sliced.outcome, whole.outcome);
        assert!(sliced.records == whole.records, "the events differ");
        assert_eq!(sliced.fingerprint(), whole.fingerprint());
        let untraced = run_untraced(Arc::clone(scenario));
        assert_eq!(untraced, (whole.outcome, whole.len() as u64), "a run without a trace");
    });
}

#[test]
fn a_trace_keeps_the_rules() {
    holds(|scenario, _| {
        let trace = run(Arc::clone(scenario));
        Ledger::of(&trace).check_end();
        let names = Run::of(trace.clone()).names;
        let distinct: BTreeSet<String> = names.tasks().map(|task| names.name(task)).collect();
        assert_eq!(distinct.len(), names.len(), "two tasks have one name");
    });
}

#[test]
fn the_state_at_a_time_is_the_fold_of_the_trace() {
    holds(|scenario, slice| {
        let trace = run(Arc::clone(scenario));
        let lens = WaitForIndex::new(&trace);
        let mut ledger = Ledger::new(&trace);
        let count = trace.len() as u32;
        for at in (0..count).step_by(slice as usize) {
            ledger.advance(at + 1);
            let state = state_at(&trace, EventId(at));
            ledger.agrees_with(&state);
            let other = lens.state(at + 1);
            let show = |state: &threadbare::analysis::state::State| {
                let tasks: Vec<String> = state.tasks().map(|task| format!("{task:?}")).collect();
                (tasks, state.unfinished(), state.created(), state.at())
            };
            assert_eq!(show(&state), show(&other), "after event {at}");
        }
        let digest = Digest::new(&trace);
        ledger.advance(count);
        for (task, life) in (0..).map(TaskId).zip(&digest.lives) {
            assert_eq!(life.state_word(), ledger.word(task), "{}", digest.names.name(task));
        }
    });
}

/// The trace cut after `count` events, as if its horizon had been there.
fn cut(trace: &Trace, count: usize) -> Trace {
    let mut cut = trace.clone();
    cut.records.truncate(count);
    let at = cut.records.last().map_or(cut.outcome.at, |record| record.at);
    cut.outcome = Outcome { kind: OutcomeKind::Until, at };
    cut
}

fn blocked(findings: &deadlock::Findings, end: &Ledger) -> BTreeSet<TaskId> {
    let of = |hang: &deadlock::Deadlock| [hang.knot.tasks.as_slice(), &hang.behind].concat();
    // A queued task that hung may be dropped for a later one, or be cancelled: it gets no further by that.
    findings.deadlocks.iter().flat_map(of).filter(|task| !end.was_taken_out(*task)).collect()
}

#[test]
fn a_deadlock_never_resolves_itself() {
    holds(never_resolves_itself);
}

#[test]
fn a_deadlock_over_unfair_locks_and_cores_never_resolves_itself() {
    holds_for(contended(), never_resolves_itself);
}

#[test]
fn a_deadlock_is_dated_at_the_first_event_that_completes_it() {
    holds_for(contended(), |scenario, _| {
        is_one_for_ever(scenario);
    });
}

/// At 2 s `b` gives the lock back, takes it again before `a`, which was woken, has a core to look, and waits for what `a`
/// holds. That completes the deadlock, although `a` is ready then, gets a core at 3 s, and only then waits again.
#[test]
fn a_wake_up_in_vain_is_no_way_out_of_a_deadlock() {
    let scenario = scenario_of(
        r#"
machine = { cores = 2, switch_interval = "1s" }
executors.p = { kind = "threads", workers = 4 }
locks.l = { fair = false }
locks.m = { fair = false }
tasks.b.steps = ["lock l", "run 2s", "unlock l", "lock l", "lock m"]
tasks.a.steps = ["lock m", "lock l"]
tasks.busy.steps = ["run 10s"]
arrivals = [
  { task = "b", to = "p", at = "0s" },
  { task = "a", to = "p", at = "500ms" },
  { task = "busy", to = "p", at = "1s" },
  { task = "busy", to = "p", at = "1900ms" },
]
"#,
        "base",
    );
    let hangs = is_one_for_ever(&scenario);
    let [hang] = hangs.as_slice() else { panic!("{hangs:?}") };
    assert_eq!((hang.at.seconds(), hang.knot.tasks.as_slice()), (2.0, &[TaskId(0), TaskId(1)][..]));
}

/// At 3 s `b` has begun to wait and has not yet taken the task it waits for from its own deque: what its only worker will
/// do next is not a deadlock, although everything else is queued behind.
#[test]
fn a_worker_that_is_about_to_join_is_no_deadlock() {
    let scenario = scenario_of(
        r#"
executors.p = { kind = "fork-join", workers = 1 }
tasks.b.steps = ["repeat 3", "run 1s", "submit c as x", "end", "wait x"]
tasks.c.steps = ["run 0s"]
tasks.a.steps = ["run 1s"]
arrivals = [{ task = "b", to = "p", at = "0s" }, { task = "a", to = "p", at = "0s" }]
"#,
        "base",
    );
    never_resolves_itself(&scenario, 1);
}

/// A semaphore that begins with nothing has a permit once somebody releases one: whoever waits for it is about to go on.
#[test]
fn a_permit_that_was_just_released_is_no_deadlock() {
    let scenario = scenario_of(
        r#"
runtime = "java-21"
executors.p = { kind = "threads", workers = 2 }
semaphores.loaded = { permits = 0, owned = false }
tasks.lookup.steps = ["acquire loaded", "run 1s"]
tasks.load.steps = ["run 1s", "release loaded"]
arrivals = [{ task = "lookup", to = "p", at = "0s" }, { task = "load", to = "p", at = "0s" }]
"#,
        "base",
    );
    never_resolves_itself(&scenario, 1);
}

/// Nobody ever comes to shut its executor down: it stays in its step by itself, and waits for nobody.
#[test]
fn a_step_for_ever_that_could_be_interrupted_is_no_deadlock() {
    let trace = run(scenario_of(
        r#"
executors.e = { kind = "threads", workers = 1 }
tasks.stopper.steps = ["shutdown e now"]
tasks.b.steps = ["io forever"]
arrivals = [{ task = "b", to = "e", at = "0s" }]
"#,
        "base",
    ));
    assert_eq!(trace.outcome.kind, OutcomeKind::Completed);
    assert_eq!(deadlock::first_deadlock(&trace), None);
}

/// `a` asks for more permits than there are, at the head of a line that is served in order: nobody behind it comes to
/// its turn, although nobody holds a permit.
#[test]
fn whoever_stands_in_line_behind_an_impossible_request_is_stuck_too() {
    let scenario = scenario_of(
        r#"
executors.p = { kind = "threads", workers = 2 }
semaphores.s = { permits = 1, fair = true }
tasks.a.steps = ["acquire s 2"]
tasks.b.steps = ["acquire s", "release s"]
arrivals = [{ task = "a", to = "p", at = "0s" }, { task = "b", to = "p", at = "1s" }]
"#,
        "base",
    );
    let trace = run(Arc::clone(&scenario));
    assert_eq!(trace.outcome.kind, OutcomeKind::Stuck);
    let hangs = is_one_for_ever(&scenario);
    let [hang] = hangs.as_slice() else { panic!("{hangs:?}") };
    assert_eq!((hang.at.seconds(), hang.knot.tasks.as_slice()), (0.0, &[TaskId(0)][..]));
    assert_eq!(hang.behind, [TaskId(1)]);
}

/// Whoever is in a deadlock is found in one after each later event. The deadlocks.
fn is_one_for_ever(scenario: &Arc<Scenario>) -> Vec<deadlock::Deadlock> {
    let trace = run(Arc::clone(scenario));
    let lens = WaitForIndex::new(&trace);
    let hangs = deadlock::find(&lens).deadlocks;
    for hang in &hangs {
        for count in hang.event.0 + 1..trace.len() as u32 {
            let state = lens.state(count);
            let graph = lens.wait_for(&state, false);
            let stuck: BTreeSet<TaskId> = graph.stuck_tasks(&state).collect();
            for task in &hang.knot.tasks {
                assert!(
                    stuck.contains(task),
                    "{task:?}, hung by {:?}, is not after {count} events",
                    hang.event
                );
            }
        }
    }
    hangs
}

fn never_resolves_itself(scenario: &Arc<Scenario>, slice: u64) {
    let trace = run(Arc::clone(scenario));
    let whole = Ledger::of(&trace);
    for count in (1..=trace.len()).step_by((slice as usize).max(trace.len() / 8)) {
        let part = cut(&trace, count);
        let found = deadlock::find(&WaitForIndex::new(&part));
        for task in blocked(&found, &whole) {
            assert!(whole.is_unfinished(task), "{task:?}, hung after {count} events, goes on:\n{found:?}");
        }
    }
    let found = deadlock::find(&WaitForIndex::new(&trace));
    for task in blocked(&found, &whole) {
        assert!(whole.is_unfinished(task), "{task:?} is said to hang and ends");
    }
    for hang in &found.deadlocks {
        for task in &hang.knot.tasks {
            assert!(whole.last_step(*task) <= hang.event.index(), "{task:?} moves after it hung");
        }
    }
}

#[test]
fn no_deadlock_is_missed() {
    holds(|scenario, _| {
        let trace = run(Arc::clone(scenario));
        let ledger = Ledger::of(&trace);
        let found = deadlock::find(&WaitForIndex::new(&trace));
        assert_eq!(found.more_deadlocks, 0);
        match trace.outcome.kind {
            OutcomeKind::Stuck => {
                assert_eq!(blocked(&found, &ledger), ledger.unfinished_not_resident(), "who is stuck");
            }
            OutcomeKind::Completed => {
                assert_eq!(ledger.unfinished_not_resident(), BTreeSet::new());
                assert_eq!(deadlock::first_deadlock(&trace), None);
            }
            OutcomeKind::Until | OutcomeKind::Deadlock | OutcomeKind::Limit(_) => {}
        }
    });
}

#[test]
fn stopping_at_a_deadlock_cuts_the_run_there() {
    holds(|scenario, _| {
        let whole = run(Arc::clone(scenario));
        let mut stopping = (**scenario).clone();
        stopping.stop_at_deadlock = true;
        let stopped = run(Arc::new(stopping));
        let first = deadlock::first_deadlock(&whole);
        match stopped.outcome.kind {
            OutcomeKind::Deadlock => {
                let count = stopped.len();
                assert!(stopped.records[..] == whole.records[..count], "the events differ");
                let event = EventId(count as u32 - 1);
                if first != Some(event) {
                    // In hindsight there was none: all who hung were dropped or cancelled later.
                    let found = deadlock::find(&WaitForIndex::new(&stopped));
                    assert!(!found.deadlocks.is_empty() && first.is_none_or(|first| first > event));
                    assert_eq!(
                        blocked(&found, &Ledger::of(&whole)),
                        BTreeSet::new(),
                        "the first is {first:?}"
                    );
                }
            }
            kind => {
                assert_eq!(kind, whole.outcome.kind);
                assert_ne!(kind, OutcomeKind::Stuck, "a stuck run has a deadlock");
                assert_eq!(first, None);
            }
        }
    });
}
