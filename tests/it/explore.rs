//! Exploration as a user sees it: what is found, what replays it, and what every gallery variant comes to.
//!
//! That nothing is missed is tested beside the explorer itself, against a walk without any reduction.

use crate::runs::{scenario, scenarios_of};
use crate::support::scenario_of;
use std::fmt::Write;
use std::sync::Arc;
use threadbare::analysis::explain;
use threadbare::model::scenario::Scenario;
use threadbare::study::cancellation::without_bound;
use threadbare::study::explore::{
    EFFORT, ExplorationOptions, FindingKind, InterleavingExplorer, NonterminationEvidence,
    StateSpaceReduction, not_judged, shorten,
};
use threadbare::study::run;
use threadbare::study::schedule::{PendingEventKind, Schedule, TimingAssumption, replay};
use threadbare::trace::OutcomeKind;

const UNTIMED: TimingAssumption = TimingAssumption::Untimed { timeouts_last: false };

/// Explores to the end, or until there is this number of states.
fn explore(scenario: &Arc<Scenario>, view: TimingAssumption, most_states: usize) -> InterleavingExplorer {
    let mut explorer = InterleavingExplorer::new(
        scenario,
        ExplorationOptions { view, most_states, ..ExplorationOptions::default() },
    );
    while !explorer.advance(10_000) {}
    explorer
}

fn word(kind: &FindingKind) -> &'static str {
    match kind {
        FindingKind::Deadlock(_) => "deadlock",
        FindingKind::Partial(_) => "partial-deadlock",
        FindingKind::LostUpdate(..) => "lost-update",
        FindingKind::Final(_) => "expectation",
        FindingKind::Stall(_) => "stall",
        FindingKind::Endless(_) => "endless",
    }
}

#[test]
fn the_schedule_without_turns_is_the_plain_run() {
    for entry in threadbare::gallery::ENTRIES {
        for (name, scenario) in scenarios_of(entry.name, entry.text) {
            let plain = run::run(Arc::clone(&scenario));
            if plain.len() > 20_000 {
                continue;
            }
            let schedule: Schedule = "timed/".parse().expect("a good schedule");
            let replayed = replay(&scenario, &schedule).expect("it fits").trace;
            assert_eq!(replayed.fingerprint(), plain.fingerprint(), "{name}");
        }
    }
}

/// What each variant of the gallery comes to within 400 states a view.
#[test]
fn every_variant_of_the_gallery_has_its_verdict() {
    let mut lines = String::new();
    for entry in threadbare::gallery::ENTRIES {
        for (name, scenario) in scenarios_of(entry.name, entry.text) {
            write!(lines, "{name}").expect("a string takes any text");
            for (label, view) in [("timed", TimingAssumption::Timed), ("untimed", UNTIMED)] {
                let explorer = explore(&scenario, view, 400);
                let mut words: Vec<&str> =
                    explorer.findings().iter().map(|found| word(&found.kind)).collect();
                words.sort_unstable();
                words.dedup();
                let found = if words.is_empty() { "nothing".to_owned() } else { words.join("+") };
                let whole = if explorer.coverage().exhausted { "" } else { " so far" };
                write!(lines, "  {label}: {found}{whole}").expect("a string takes any text");
                for finding in explorer.findings() {
                    let replayed = replay(&scenario, &finding.schedule);
                    assert!(replayed.is_ok(), "{name}: {} does not replay: {replayed:?}", finding.schedule);
                }
            }
            lines.push('\n');
        }
    }
    insta::assert_snapshot!("explored_gallery", lines);
}

#[test]
fn five_builds_on_six_workers_cannot_hang_and_on_five_they_can() {
    for (variant, hangs) in [("base", true), ("six_workers", false)] {
        let scenario = scenario("nova-build-deadlock", variant);
        let explorer = explore(&scenario, UNTIMED, 100_000);
        assert!(explorer.coverage().exhausted);
        let deadlocks =
            explorer.findings().iter().filter(|found| matches!(found.kind, FindingKind::Deadlock(_)));
        assert_eq!(deadlocks.count() > 0, hangs, "{variant}");
    }
}

#[test]
fn what_only_other_durations_lead_to_says_which() {
    let scenario = scenario("lock-order", "lucky_timing");
    assert!(explore(&scenario, TimingAssumption::Timed, 10_000).findings().is_empty());
    let options = ExplorationOptions { view: UNTIMED, ..ExplorationOptions::default() };
    let explorer = explore(&scenario, UNTIMED, 10_000);
    let [finding] = explorer.findings() else { panic!("{:?}", explorer.findings()) };
    let finding = shorten(&scenario, &options, finding, EFFORT, &without_bound);
    assert_eq!(finding.schedule.turns.len(), 1, "{}", finding.schedule);
    let replayed = replay(&scenario, &finding.schedule).expect("it fits");
    assert_eq!(replayed.trace.outcome.kind, OutcomeKind::Stuck);
    let [late] = replayed.late.as_slice() else { panic!("{:?}", replayed.late) };
    assert!(matches!(late.slow.what, PendingEventKind::Arrival(_)) && late.slow.at < late.fast.at);
}

#[test]
fn a_cancel_that_comes_too_late_shows_in_the_final_value() {
    let scenario = scenario("nova-hard-reboot", "base");
    assert!(explore(&scenario, TimingAssumption::Timed, 10_000).findings().is_empty());
    let explorer = explore(&scenario, UNTIMED, 10_000);
    assert!(
        explorer.findings().iter().any(|found| matches!(found.kind, FindingKind::Final(_))),
        "the delay can be late"
    );
}

#[test]
fn both_orders_of_simultaneous_writes_are_looked_at() {
    let scenario = scenario_of(
        r#"
[executors.default]
kind = "threads"
workers = 2
[cells.c]
initial = 0
[tasks.adds]
steps = ["read c", "add c 1"]
[[arrivals]]
task = "adds"
to = "default"
at = "0s"
count = 2
"#,
        "base",
    );
    let plain = run::run(Arc::clone(&scenario));
    assert!(threadbare::analysis::races::lost_updates(&plain).is_empty(), "the plain run loses nothing");
    let explorer = explore(&scenario, TimingAssumption::Timed, 10_000);
    let [finding] = explorer.findings() else { panic!("{:?}", explorer.findings()) };
    assert!(matches!(finding.kind, FindingKind::LostUpdate(..)));
    let replayed = replay(&scenario, &finding.schedule).expect("it fits").trace;
    assert_eq!(threadbare::analysis::races::lost_updates(&replayed).len(), 1);
}

/// A clock ticks for ever beside two tasks that wait for each other's lock: nothing ever stands still.
#[test]
fn a_deadlock_of_some_is_found_beside_what_never_ends() {
    let scenario = scenario_of(
        r#"
[executors.default]
kind = "threads"
workers = 3
[locks.a]
[locks.b]
[tasks.clock]
steps = ["repeat forever", "io 1s", "end"]
[tasks.ab]
steps = ["lock a", "run 1s", "lock b", "unlock b", "unlock a"]
[tasks.ba]
steps = ["lock b", "run 1s", "lock a", "unlock a", "unlock b"]
[[arrivals]]
task = "clock"
to = "default"
at = "0s"
[[arrivals]]
task = "ab"
to = "default"
at = "0s"
[[arrivals]]
task = "ba"
to = "default"
at = "0s"
"#,
        "base",
    );
    let explorer = explore(&scenario, UNTIMED, 10_000);
    assert!(explorer.coverage().exhausted && explorer.coverage().endless);
    // Where the locks are got one after the other, the clock goes on alone.
    let [partial, endless] = explorer.findings() else { panic!("{:?}", explorer.findings()) };
    assert!(matches!(&partial.kind, FindingKind::Partial(steps) if steps.len() == 2), "{partial:?}");
    assert_eq!(endless.kind, FindingKind::Endless(NonterminationEvidence::Circle));
}

#[test]
fn a_schedule_is_a_text_and_back() {
    for text in ["timed/", "untimed/3.1,7.2", "untimed+late/arrivals=2,-/1.1", "untimed/arrivals=0/"] {
        let schedule: Schedule = text.parse().unwrap_or_else(|misfit| panic!("{text}: {misfit}"));
        assert_eq!(schedule.to_string(), text);
    }
    let bad = [
        ("", "`` is not a view"),
        ("sideways/1.1", "`sideways` is not a view"),
        ("timed/1", "`1` is not POINT.CHOICE"),
        ("timed/0.1", "points ascend from 1"),
        ("timed/2.1,1.1", "points ascend from 1"),
        ("timed/1.0", "so does a choice"),
        ("timed/arrivals=x/1.1", "`x` is not a number of arrivals"),
        ("timed/1.1/2.1", "more than a schedule has"),
    ];
    for (text, says) in bad {
        let misfit = text.parse::<Schedule>().expect_err(text).to_string();
        assert!(misfit.contains(says), "{text}: {misfit}");
    }
}

#[test]
fn a_schedule_of_another_document_says_so() {
    let scenario = scenario("nova-build-deadlock", "base");
    for (text, says) in [
        ("timed/1.99", "the alternatives end at"),
        ("timed/5000.1", "beyond them"),
        ("untimed/arrivals=1,1,1,1/", "more entries of arrivals"),
    ] {
        let misfit = replay(&scenario, &text.parse().expect("a good schedule")).expect_err(text).to_string();
        assert!(misfit.contains(says), "{text}: {misfit}");
    }
}

/// The only finding in a view.
fn only(scenario: &Arc<Scenario>, view: TimingAssumption) -> FindingKind {
    let explorer = explore(scenario, view, 10_000);
    assert!(explorer.coverage().exhausted, "{:?}", explorer.coverage());
    let [finding] = explorer.findings() else { panic!("{view:?}: {:?}", explorer.findings()) };
    finding.kind.clone()
}

/// Two tasks come at once to one worker that lets one wait.
const CROWDED: &str = r#"
[executors.p]
kind = "threads"
workers = 1
queue = 1
[cells.c]
initial = 0
[tasks.short]
steps = ["run 1s"]
[tasks.long]
steps = ["run 5s", "write c 1"]
[[arrivals]]
task = "short"
to = "p"
at = "0s"
[[arrivals]]
task = "long"
to = "p"
at = "0s"
[expect]
"#;

#[test]
fn an_expectation_that_fails_only_in_another_order_is_found_and_replays() {
    let held =
        ["\"latency.long.max\" = \"<= 6s\"", "makespan = \"<= 6s\"", "rejected = 0", "\"writes.c\" = 1"];
    for (line, view) in [
        ("\"latency.short.max\" = \"<= 1s\"", TimingAssumption::Timed),
        ("\"wait.short.p99\" = \"< 1s\"", TimingAssumption::Timed),
    ] {
        let text = format!("{CROWDED}{}\n{line}\n", held.join("\n"));
        let scenario = scenario_of(&text, "base");
        assert_eq!(only(&scenario, view), FindingKind::Final(held.len()), "{line}");
        let explorer = explore(&scenario, view, 10_000);
        let found = shorten(
            &scenario,
            &ExplorationOptions { view, ..ExplorationOptions::default() },
            &explorer.findings()[0],
            EFFORT,
            &without_bound,
        );
        // The long one is needed, and so is the short one.
        assert!(found.schedule.arrivals.iter().all(|most| most.is_none_or(|most| most == 1)), "{found:?}");
        let trace = replay(&scenario, &found.schedule).expect("it fits").trace;
        let digest = threadbare::analysis::digest::Digest::new(&trace);
        let holds: Vec<bool> = digest.expectations.iter().map(|judged| judged.holds).collect();
        assert_eq!(holds, [true, true, true, true, false], "{line}");
        // With other timings times say nothing.
        assert!(explore(&scenario, UNTIMED, 10_000).findings().is_empty());
        assert_eq!(not_judged(&scenario, UNTIMED), [0, 1, 4]);
    }
}

#[test]
fn a_count_that_only_other_durations_lead_to_fails_in_the_untimed_view() {
    let text = CROWDED.replacen("at = \"0s\"", "at = \"0s\"\ncount = 2\nevery = \"2s\"", 1);
    let text = text.replacen(
        "task = \"long\"\nto = \"p\"\nat = \"0s\"",
        "task = \"long\"\nto = \"p\"\nat = \"1s\"",
        1,
    );
    let scenario = scenario_of(&format!("{text}rejected = 0\n"), "base");
    assert!(explore(&scenario, TimingAssumption::Timed, 10_000).findings().is_empty());
    assert_eq!(only(&scenario, UNTIMED), FindingKind::Final(0));
}

#[test]
fn an_expectation_about_the_whole_load_is_not_made_to_fail_by_leaving_arrivals_out() {
    let scenario = scenario_of(
        r#"
[executors.p]
kind = "threads"
workers = 2
[cells.c]
initial = 0
[tasks.t]
steps = ["read c", "add c 1"]
[[arrivals]]
task = "t"
to = "p"
at = "0s"
count = 2
[expect]
"final.c" = 2
"#,
        "base",
    );
    let explorer = explore(&scenario, UNTIMED, 10_000);
    let finding = explorer.findings().iter().find(|found| matches!(found.kind, FindingKind::Final(0)));
    let finding = finding.expect("an update can be lost");
    let short = shorten(
        &scenario,
        &ExplorationOptions { view: UNTIMED, ..ExplorationOptions::default() },
        finding,
        EFFORT,
        &without_bound,
    );
    assert!(
        short.schedule.arrivals.iter().all(Option::is_none) && !short.schedule.turns.is_empty(),
        "{short:?}"
    );
    // With one arrival of two looked at, the total is wrong in any order: that says nothing.
    let mut one = InterleavingExplorer::new(
        &scenario,
        ExplorationOptions { view: UNTIMED, most_arrivals: 1, ..ExplorationOptions::default() },
    );
    while !one.advance(10_000) {}
    assert!(one.coverage().exhausted && one.findings().is_empty());
}

#[test]
fn a_loop_that_nothing_ends_is_found() {
    let polls = r#"
[executors.p]
kind = "threads"
workers = 2
[cells.c]
initial = 0
[tasks.a]
steps = ["repeat forever", "read c", "yield", "end"]
[[arrivals]]
task = "a"
to = "p"
at = "0s"
count = 2
"#;
    let resubmits = r#"
[executors.p]
kind = "threads"
workers = 1
[tasks.a]
steps = ["run 1s", "submit b to p"]
[tasks.b]
steps = ["run 1s", "submit a to p"]
[[arrivals]]
task = "a"
to = "p"
at = "0s"
"#;
    for (text, in_no_time) in [(polls, true), (resubmits, false)] {
        let scenario = scenario_of(text, "base");
        assert_eq!(only(&scenario, UNTIMED), FindingKind::Endless(NonterminationEvidence::Circle));
        if in_no_time {
            assert_eq!(
                only(&scenario, TimingAssumption::Timed),
                FindingKind::Endless(NonterminationEvidence::Circle)
            );
        }
        let explorer = explore(&scenario, UNTIMED, 10_000);
        let options = ExplorationOptions { view: UNTIMED, ..ExplorationOptions::default() };
        let found = shorten(&scenario, &options, &explorer.findings()[0], EFFORT, &without_bound);
        // One is enough.
        assert!(found.schedule.arrivals.iter().all(|most| *most != Some(0)), "{found:?}");
        let trace = replay(&scenario, &found.schedule).expect("it fits").trace;
        assert!(matches!(trace.outcome.kind, OutcomeKind::Limit(_)), "{:?}", trace.outcome);
        // What has a horizon is meant to go on.
        let scenario = scenario_of(&format!("until = \"10s\"\n{text}"), "base");
        let explorer = explore(&scenario, UNTIMED, 10_000);
        assert!(explorer.coverage().endless && explorer.findings().is_empty());
    }
}

/// A task that decides for ever is noticed by nobody; others must get their turn all the same.
#[test]
fn a_loop_that_nobody_notices_hides_no_deadlock() {
    let scenario = scenario_of(
        r#"
[executors.p]
kind = "threads"
workers = 3
[locks.a]
[locks.b]
[tasks.spins]
steps = ["repeat forever", "maybe 0.5", "note x", "end", "end"]
[tasks.ab]
steps = ["lock a", "lock b", "unlock b", "unlock a"]
[tasks.ba]
steps = ["lock b", "lock a", "unlock a", "unlock b"]
[[arrivals]]
task = "spins"
to = "p"
at = "0s"
[[arrivals]]
task = "ab"
to = "p"
at = "0s"
[[arrivals]]
task = "ba"
to = "p"
at = "0s"
"#,
        "base",
    );
    let explorer = explore(&scenario, UNTIMED, 10_000);
    assert!(explorer.coverage().exhausted);
    let hangs = |kind: &FindingKind| matches!(kind, FindingKind::Partial(steps) if steps.len() == 2);
    assert!(explorer.findings().iter().any(|found| hangs(&found.kind)), "{:?}", explorer.findings());
}

/// Without a reduction the same is found among more states.
#[test]
fn every_reduction_saves_states() {
    let set = [("builds", "3"), ("pool", "4")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let entry = threadbare::gallery::ENTRIES.iter().find(|entry| entry.name == "nova-build-deadlock");
    let document = threadbare::language::Document::parse("nova.toml", entry.expect("it is there").text);
    let overrides = threadbare::language::Overrides { seed: None, set: set.to_vec() };
    let scenario =
        Arc::new(document.expect("it is sound").scenario("base", &overrides).expect("it is sound"));
    let states = |without| {
        let mut explorer = InterleavingExplorer::new(
            &scenario,
            ExplorationOptions { without, ..ExplorationOptions::default() },
        );
        while !explorer.advance(10_000) {}
        assert!(explorer.coverage().exhausted && explorer.findings().is_empty(), "{without:?}");
        explorer.coverage().states
    };
    let all = states(None);
    for reduction in
        [StateSpaceReduction::PartialOrder, StateSpaceReduction::Symmetry, StateSpaceReduction::Hashing]
    {
        assert!(states(Some(reduction)) > all, "{reduction:?}");
    }
}

/// Airflow's sensors hold every slot, and what opens their latch needs one. Without its arrival too they wait for ever,
/// but for somebody who never was there.
#[test]
fn what_would_bring_what_is_waited_for_is_not_left_out() {
    let late = TimingAssumption::Untimed { timeouts_last: true };
    for (variant, view) in [("reschedule", late), ("base", UNTIMED)] {
        let scenario = scenario("airflow-sensors", variant);
        let options = ExplorationOptions { view, ..ExplorationOptions::default() };
        let explorer = explore(&scenario, view, 10_000);
        let [finding] = explorer.findings() else { panic!("{variant}: {:?}", explorer.findings()) };
        let short = shorten(&scenario, &options, finding, EFFORT, &without_bound);
        assert_ne!(short.schedule.arrivals.get(1), Some(&Some(0)), "{variant}: {}", short.schedule);
        let trace = replay(&scenario, &short.schedule).expect("it fits").trace;
        let digest = threadbare::analysis::digest::Digest::new(&trace);
        let told = explain::findings(&digest.lens, &digest.names, &digest.findings).expect("it hangs");
        let told = told.to_string();
        assert!(told.contains("only load_table#0 could count it down"), "{variant}: {told}");
    }
}
