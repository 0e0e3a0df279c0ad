//! Params, variants and overrides: what they change, and what they leave.

use super::language_compile::{example, scenario_of};
use threadbare::language::{Document, Overrides, ParamKind};
use threadbare::model::executor::{ExecutorKind, Spawn};
use threadbare::model::scenario::Scenario;

const SOURCE: &str = r#"
params.work = { value = "uniform(1s, 3s)" }
params.least = { value = "250ms", min = "0s", max = "1s", label = "least work" }
params.mode.value = "threads"
params.who.value = "b"
executors.pool = { kind = "$mode", workers = 3, spawn = "eager" }
executors.other = { kind = "threads", workers = 1 }
tasks.a.steps = ["run $work", "io uniform($least, 2s)", "submit $who to other", "note costs US$5 and $least"]
tasks.b.steps = ["run 1s"]
arrivals = [{ task = "a", to = "pool" }, { task = "b", to = "pool" }]

[variants.green]
executors.pool = { kind = "green" }
[variants.alone]
executors.other.remove = true
tasks.a.steps = []
arrivals = [{ task = "b", to = "pool" }]
[variants.slow]
title = "Slow"
params.least.value = "900ms"
"#;

fn with(set: &[(&str, &str)]) -> Scenario {
    let set = set.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect();
    let document = Document::parse("test.toml", SOURCE).unwrap();
    document
        .scenario("base", &Overrides { seed: Some(42), set })
        .unwrap_or_else(|problems| panic!("\n{problems}"))
}

fn steps(scenario: &Scenario) -> Vec<&str> {
    scenario.tasks[0].program.steps.iter().map(|step| step.text.as_str()).collect()
}

#[test]
fn a_param_stands_for_a_value_a_word_or_an_argument() {
    let base = scenario_of(SOURCE, "base");
    let expected =
        ["run uniform(1s, 3s)", "io uniform(250ms, 2s)", "submit b to other", "note costs US$5 and 250ms"];
    assert_eq!(steps(&base), expected);
    assert!(matches!(base.executors[0].kind, ExecutorKind::Threads { spawn: Spawn::Eager, .. }));
}

#[test]
fn a_patch_that_changes_the_kind_drops_what_the_new_kind_lacks() {
    let green = scenario_of(SOURCE, "green");
    assert!(matches!(green.executors[0].kind, ExecutorKind::Green { workers: Some(3), .. }));
}

#[test]
fn tables_are_merged_lists_replaced_and_removed_tables_gone() {
    let alone = scenario_of(SOURCE, "alone");
    assert_eq!(alone.executors.len(), 1);
    assert_eq!(alone.arrivals.len(), 1);
    assert_eq!(alone.tasks.len(), 2);
}

#[test]
fn a_variant_may_patch_a_param() {
    assert_eq!(steps(&scenario_of(SOURCE, "slow"))[1], "io uniform(900ms, 2s)");
    let document = Document::parse("test.toml", SOURCE).unwrap();
    let least = |variant| document.params(variant).swap_remove(1);
    assert_eq!((least("base").value, least("slow").value), ("250ms".to_owned(), "900ms".to_owned()));
    assert_eq!(least("base").label, "least work");
    assert_eq!(least("base").kind, ParamKind::Duration);
    assert_eq!(document.params("base").swap_remove(0).kind, ParamKind::Distribution);
}

#[test]
fn overrides_reach_params_and_paths() {
    assert_eq!(with(&[]).seed, 42);
    assert_eq!(with(&[("pool.workers", "6")]).executors[0].workers(), Some(6));
    assert_eq!(with(&[("executors.pool.workers", "6")]).executors[0].workers(), Some(6));
    assert_eq!(steps(&with(&[("least", "1s")]))[1], "io uniform(1s, 2s)");
    assert_eq!(with(&[("arrivals.1.count", "9")]).arrivals.len(), 2);
    assert_eq!(with(&[("other.queue", "2")]).executors[1].queue, Some(2));
}

#[test]
fn an_override_that_is_wrong_says_which_one() {
    let document = Document::parse("test.toml", SOURCE).unwrap();
    let set =
        vec![("pool.workers".to_owned(), "six".to_owned()), ("nool.workers".to_owned(), "1".to_owned())];
    let problems = document.scenario("base", &Overrides { seed: None, set }).unwrap_err();
    let said: Vec<(&str, Option<&str>)> =
        problems.list.iter().map(|p| (p.message.as_str(), p.overriding.as_deref())).collect();
    assert_eq!(
        said,
        [
            (
                "`workers` must be a whole number from 1 to 1000000, not the text `six`",
                Some("pool.workers=six")
            ),
            ("there is no param, executor, semaphore or cell `nool`", Some("nool.workers=1")),
        ]
    );
    assert!(problems.to_string().contains("--set"), "{problems}");
}

#[test]
fn every_number_worth_moving_is_a_tunable() {
    let document = Document::parse("example.toml", &example()).unwrap();
    let paths: Vec<String> = document.tunables("base").into_iter().map(|tunable| tunable.path).collect();
    assert_eq!(paths, ["params.pool", "arrivals.0.count"]);
    let paths: Vec<String> = document.tunables("eventlet").into_iter().map(|tunable| tunable.path).collect();
    assert_eq!(paths, ["params.pool", "executors.default.workers", "arrivals.0.count"]);
}

#[test]
fn a_param_that_a_variant_replaces_everywhere_is_not_used_by_it() {
    let source = std::fs::read_to_string("www/scenarios/nova-build-deadlock.toml").unwrap();
    let document = Document::parse("nova-build-deadlock.toml", &source).unwrap();
    let unused = |variant: &str| {
        let unused = document.tunables(variant).into_iter().filter(|tunable| !tunable.is_used);
        unused.map(|tunable| tunable.path).collect::<Vec<_>>()
    };
    assert!(unused("base").is_empty(), "{:?}", unused("base"));
    assert!(unused("eventlet").contains(&"params.pool".to_owned()), "{:?}", unused("eventlet"));
    // What is not used changes nothing: no value of it makes another scenario.
    let as_is = document.scenario("eventlet", &Overrides::default()).unwrap();
    for path in unused("eventlet") {
        let set = vec![(path.clone(), "3".to_owned())];
        assert!(
            document.scenario("eventlet", &Overrides { seed: None, set }).is_ok_and(|other| other == as_is),
            "{path}"
        );
    }
}

#[test]
fn every_tunable_can_be_set_to_its_own_value() {
    let source = std::fs::read_to_string("www/scenarios/nova-caps.toml").unwrap();
    let document = Document::parse("nova-caps.toml", &source).unwrap();
    for variant in document.variants() {
        let as_is = document.scenario(&variant.name, &Overrides::default()).unwrap();
        for tunable in document.tunables(&variant.name) {
            let set = vec![(tunable.path.clone(), tunable.value.clone())];
            let same = document.scenario(&variant.name, &Overrides { seed: None, set }).unwrap();
            assert_eq!(same, as_is, "{} of {}", tunable.path, variant.name);
        }
    }
}

#[test]
fn json_reads_like_toml() {
    let toml = r#"executors.p = { kind = "delay", delay = "exp(2s)", into = "q" }
executors.q = { kind = "green", workers = 7 }"#;
    let json = r#"{"executors": {"p": {"kind": "delay", "delay": "exp(2s)", "into": "q"}, "q": {"kind": "green", "workers": 7}}}"#;
    assert_eq!(scenario_of(toml, "base"), scenario_of(json, "base"));
}
