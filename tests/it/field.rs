//! Small inputs from public incidents (`tests/field/`), each with what every command must say of it.
//!
//! A deadlock that a run shows, exploring finds; a remedy that is offered does what it says.

use crate::cli::threadbare;
use crate::support::scenario_of;
use std::sync::Arc;
use threadbare::analysis::digest::Digest;
use threadbare::language::{Document, Overrides};
use threadbare::model::scenario::Scenario;
use threadbare::study::advise::{RemedyCheckEffort, RemedySearch, VariantAdvice};
use threadbare::study::cancellation::without_bound;
use threadbare::study::explore::{ExplorationOptions, FindingKind, InterleavingExplorer, show};
use threadbare::study::run;
use threadbare::study::schedule::TimingAssumption;
use threadbare::trace::OutcomeKind;

fn text(name: &str) -> String {
    let path = format!("{}/tests/field/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn scenario(name: &str) -> Arc<Scenario> {
    scenario_of(&text(name), "base")
}

fn explored(scenario: &Arc<Scenario>, view: TimingAssumption) -> InterleavingExplorer {
    let mut explorer = InterleavingExplorer::new(
        scenario,
        ExplorationOptions { view, most_states: 20_000, ..ExplorationOptions::default() },
    );
    while !explorer.advance(10_000) {}
    explorer
}

fn is_deadlock(kind: &FindingKind) -> bool {
    matches!(kind, FindingKind::Deadlock(_) | FindingKind::Partial(_))
}

#[test]
fn a_deadlock_beside_tasks_that_go_on_is_found_with_these_timings() {
    for (name, at) in [
        ("WRONG_heartbeat_pool", "1.1 s"),
        ("WRONG_u5_until", "6 s"),
        ("WRONG_tick", "6 s"),
        ("WRONG_tick_ev", "6 s"),
        ("u6_resident_ok", "6 s"),
    ] {
        let scenario = scenario(name);
        let trace = run::run(Arc::clone(&scenario));
        assert_eq!(Digest::new(&trace).findings.deadlocks.len(), 1, "{name}");
        let explorer = explored(&scenario, TimingAssumption::Timed);
        assert!(explorer.coverage().exhausted, "{name}");
        let found = explorer.findings().iter().find(|found| is_deadlock(&found.kind));
        let found = found.unwrap_or_else(|| panic!("{name}: {:?}", explorer.findings()));
        let shown = show(&scenario, found).expect("it fits");
        let hangs = Digest::new(&shown.trace).findings.deadlocks;
        assert_eq!(hangs[0].at.to_string(), at, "{name}");
        let last = shown.trace.len() as u32 - 1;
        assert!(
            hangs[0].event.0 == last || !matches!(found.kind, FindingKind::Partial(_)),
            "{name} ends there"
        );
    }
}

/// A task that submits itself goes on for ever beside the deadlock.
#[test]
fn telling_a_finding_ends_with_it() {
    let scenario = scenario("WRONG_hang_explore_min_hang");
    for view in [TimingAssumption::Timed, TimingAssumption::Untimed { timeouts_last: false }] {
        let mut explorer = InterleavingExplorer::new(
            &scenario,
            ExplorationOptions { view, most_states: 2_000, ..ExplorationOptions::default() },
        );
        while !explorer.advance(1_000) {}
        let found = explorer.findings().iter().find(|found| is_deadlock(&found.kind));
        let found = found.unwrap_or_else(|| panic!("{view:?}: {:?}", explorer.findings()));
        let shown = show(&scenario, found).expect("it fits");
        assert_eq!(shown.trace.outcome.kind, OutcomeKind::Deadlock, "{view:?}");
        assert!(shown.trace.len() < 200, "{view:?}: {} events", shown.trace.len());
    }
}

#[test]
fn every_bound_ends_a_search_and_nothing_is_sampled_from_no_run() {
    for bound in [["--memory", "8MiB"], ["--time", "1"]] {
        let ran = threadbare(&["explore", "tests/field/explore_3000_entries.toml", bound[0], bound[1]]);
        assert!(ran.code < 2, "{}", ran.err);
        assert!(!ran.out.contains("NaN") && !ran.out.contains(" 0 runs"), "{}", ran.out);
    }
}

fn advice(name: &str) -> VariantAdvice {
    let document = Document::parse("test.toml", &text(name)).expect("it is sound");
    let effort = RemedyCheckEffort { most_states: 2_000 };
    let advisor = RemedySearch::new(&document, "base", &Overrides::default(), effort, &without_bound);
    advisor.expect("it is sound").finish()
}

/// Whether the plain run of a text meets everything and blocks nobody.
fn runs_clean(text: &str) -> bool {
    let trace = run::run(scenario_of(text, "base"));
    let digest = Digest::new(&trace);
    digest.holds()
        && digest.findings.deadlocks.is_empty()
        && !matches!(trace.outcome.kind, OutcomeKind::Limit(_))
}

#[test]
fn whatever_is_expected_and_missed_has_a_remedy_that_meets_it() {
    for (name, title) in [
        ("s_getaddrinfo", "A pool of its own for getaddrinfo"),
        ("u_timeout_keeps_thread", "workers for readers"),
        ("z_timers_cancel", "The queue of timer holds 50"),
        // The remedy that grpc-java, Hystrix and smarthome merged.
        ("z_timers_cancel", "A cancelled task leaves timer at once"),
        ("o_rows", "4 permits of db"),
        ("d_sensors", "5 workers for slots"),
        ("d_sensors_lock", "At most 3 sensor tasks in slots at a time"),
        ("q2_permit_leak", "limit is given back whatever happens"),
        ("i_tokio_cores", "5 workers for pool"),
        ("n_shutdown", "No task waits for a shutdown"),
        ("advise_endless", "A horizon"),
    ] {
        let advice = advice(name);
        let titles: Vec<&str> = advice.remedies.iter().map(|remedy| remedy.title.as_str()).collect();
        let refused: Vec<_> = advice.refused.iter().collect();
        let offered = advice.remedies.iter().find(|remedy| remedy.title.contains(title));
        let offered = offered.unwrap_or_else(|| panic!("{name}: {titles:?}, refused {refused:?}"));
        assert!(runs_clean(&offered.text), "{name}: {title}");
    }
}

#[test]
fn what_reaches_a_limit_is_not_called_a_deadlock() {
    let advice = advice("advise_endless");
    assert!(!advice.known.hangs() && advice.known.cost.given_up.is_some(), "{:?}", advice.known);
}

#[test]
fn a_fix_that_leaves_a_ring_is_not_called_gone() {
    use threadbare::study::advise::RemedyEffect;
    for remedy in advice("advise_gone_but_hangs").remedies {
        let is_proven = remedy.known.is_proven();
        assert!(remedy.effect != RemedyEffect::Gone || is_proven, "{}: {:?}", remedy.title, remedy.known);
    }
}

/// The wait of a delayed task counts its delay: no size makes it shorter, and none is offered.
#[test]
fn a_wait_that_is_a_delay_has_no_size() {
    let advice = advice("f_timers_and_jobs");
    assert!(advice.is_needed() && advice.remedies.is_empty(), "{:?}", advice.remedies);
}

/// CPython's pools cannot help while they wait: such a remedy comes last, and says so.
#[test]
fn what_the_runtime_cannot_do_comes_last() {
    let nova = threadbare::gallery::find("nova-build-deadlock").expect("it is in the gallery");
    let document = Document::parse("test.toml", nova.text).expect("it is sound");
    let effort = RemedyCheckEffort { most_states: 2_000 };
    let advisor = RemedySearch::new(&document, "base", &Overrides::default(), effort, &without_bound);
    let advice = advisor.expect("it is sound").finish();
    let first_foreign =
        advice.remedies.iter().position(|remedy| remedy.is_foreign).expect("helping is tried");
    assert!(first_foreign > 0 && advice.remedies[first_foreign..].iter().all(|remedy| remedy.is_foreign));
    assert!(advice.remedies[first_foreign].leaves.contains("cpython cannot do this"));
}

/// What the run of each small input comes to: every task is counted as what became of it, one leaked permit is one
/// deadlock, and percentiles are of all who came.
#[test]
fn what_became_of_every_task_is_said() {
    let mut told = String::new();
    for name in [
        "a_nested_async",
        "blocked_arrival",
        "cap_reject_does_not_raise",
        "doneword",
        "dupl",
        "import_zero_length",
        "io0",
        "sem2",
        "semrel",
        "surv",
        "time_saturates",
        "x_shared_cf",
    ] {
        let trace = run::run(scenario(name));
        let digest = Digest::new(&trace);
        let missed = digest.expectations.iter().filter(|judged| !judged.holds).count();
        let (said, deadlocks) = (digest.verdict.to_string(), digest.findings.deadlocks.len());
        told += &format!("{name}: {deadlocks} deadlocks, {missed} missed. {said}\n");
    }
    insta::assert_snapshot!(told);
    let infinite =
        Document::parse("test.toml", &text("choice_weights_infinite")).expect("it is TOML").check();
    assert!(infinite.to_string().contains("the sum of the weights is too large"), "{infinite}");
}

/// Runs that a limit of the scenario ends say nothing of what would come: not every order was covered.
#[test]
fn orders_that_a_limit_ends_prove_nothing() {
    use threadbare::analysis::verdict::{DesignKind, MadeRuns};
    use threadbare::study::design_check::DesignCheck;
    let limited = scenario_of(&format!("limits.max_events = 5\n{}", text("doneword")), "base");
    for view in [TimingAssumption::Timed, TimingAssumption::Untimed { timeouts_last: false }] {
        let coverage = explored(&limited, view).coverage().clone();
        assert!(coverage.cut_runs && !coverage.exhausted, "{view:?}: {coverage:?}");
    }
    let design = DesignCheck::read(&limited).design(&limited, MadeRuns::default());
    assert_eq!(design.kind, DesignKind::NotKnown, "{}", design.text);
}
