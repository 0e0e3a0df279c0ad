//! Text to model to text to model is the identity, for every document there is and for random ones.

use proptest::prelude::*;
use threadbare::language::{Document, Overrides, write};
use threadbare::model::scenario::Scenario;

/// Every scenario file of the project: the recorded cases and the gallery.
pub fn every_file() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for folder in ["tests/conformance", "www/scenarios"] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                files.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(files.len() > 23);
    files
}

fn read(name: &str, source: &str, variant: &str) -> Scenario {
    let document = Document::parse(name, source).unwrap_or_else(|problems| panic!("{source}\n{problems}"));
    let read = document.scenario(variant, &Overrides::default());
    read.unwrap_or_else(|problems| panic!("{source}\n{problems}"))
}

fn comes_back(mut scenario: Scenario) {
    scenario.variant = "base".to_owned();
    let toml = write::toml(&scenario);
    assert_eq!(read("written.toml", &toml, "base"), scenario, "{toml}");
    assert_eq!(read("written.json", &write::json(&scenario), "base"), scenario);
}

#[test]
fn every_file_comes_back_in_every_variant() {
    for (name, source) in every_file() {
        let document = Document::parse(&name, &source).unwrap();
        for variant in document.variants() {
            comes_back(read(&name, &source, &variant.name));
            let toml = write::document_as_toml(&document);
            let json = write::document_as_json(&document);
            let as_is = read(&name, &source, &variant.name);
            assert_eq!(read("written.toml", &toml, &variant.name), as_is);
            assert_eq!(read("written.json", &json, &variant.name), as_is);
        }
    }
}

/// A duration with a unit, exact to the nanosecond.
fn duration() -> impl Strategy<Value = String> {
    (1u64..5_000, prop::sample::select(vec!["ns", "us", "ms", "s", "m"]))
        .prop_map(|(n, unit)| format!("{n}{unit}"))
}

fn distribution() -> impl Strategy<Value = String> {
    prop_oneof![
        duration(),
        Just("forever".to_owned()),
        duration().prop_map(|mean| format!("exp({mean})")),
        (1u64..500, 0u64..500).prop_map(|(low, more)| format!("uniform({low}ms, {}ms)", low + more)),
        (duration(), duration()).prop_map(|(mean, deviation)| format!("normal({mean}, {deviation})")),
        (1u64..500_000, 1u64..500_000)
            .prop_map(|(m, more)| format!("lognormal(median {m}us, p99 {}us)", m + more)),
        (1u32..9, duration()).prop_map(|(stages, mean)| format!("erlang({stages}, {mean})")),
        (duration(), 1u32..500)
            .prop_map(|(scale, shape)| format!("pareto({scale}, {})", f64::from(shape) / 100.0)),
        (duration(), duration(), 1u32..99).prop_map(|(a, b, p)| format!("choice({a}: 0.{p:02}, {b}: {p})")),
        prop::collection::vec(duration(), 1..4).prop_map(|values| format!("trace({})", values.join(" "))),
    ]
}

fn step() -> impl Strategy<Value = String> {
    prop_oneof![
        distribution().prop_map(|d| format!("\"run {d}\"")),
        distribution().prop_map(|d| format!("\"io {d}\"")),
        (distribution(), -9i32..9).prop_map(|(d, n)| format!("\"submit b to late as x after {d} priority {n}\"")),
        Just("\"submit b\"".to_owned()),
        Just("\"submit b as x\", \"wait any x b timeout 5s\", \"on-timeout\", \"cancel x b\", \"end\", \"submit b\"".to_owned()),
        (1u32..9, duration()).prop_map(|(n, d)| format!("\"repeat {n}\", \"lock l timeout {d}\", \"end\"")),
        (0u32..100).prop_map(|p| format!("\"maybe 0.{p:02}\", \"add c {p}\", \"else\", \"with s\", \"fail x y\", \"end\", \"end\"")),
        "[a-z $\"é()]{0,9}".prop_map(|text| format!("{}", serde_json::Value::from(format!("note x{text}")))),
    ]
}

fn arrivals() -> impl Strategy<Value = String> {
    prop_oneof![
        (0u32..9).prop_map(|n| format!("count = {n}, at = \"{n}s\"")),
        (distribution(), 0u32..9).prop_filter_map("not forever", |(d, n)| {
            (d != "forever").then(|| format!("every = \"{d}\", count = {n}, key = \"vm-{{n}}\""))
        }),
        (1u32..1_000_000).prop_map(|r| format!("rate = \"{}/s\", until = \"7m\"", f64::from(r) / 1_000.0)),
        (1u32..1_000).prop_map(|r| format!("rate = \"{r}/m\", priority = -{r}, on_full = \"block\"")),
        Just("trace = [\"0s\", \"0.4s\", \"9s\"]".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_random_scenario_comes_back(
        seed in any::<u64>(),
        steps in prop::collection::vec(step(), 0..12),
        arrivals in prop::collection::vec(arrivals(), 0..4),
        held in distribution(),
        memory in 1u64..1 << 40,
        queue in 0u32..100,
    ) {
        let entries: Vec<String> = arrivals.iter().map(|a| format!("{{ task = \"a\", to = \"late\", {a} }}")).collect();
        let source = format!(
            "seed = \"{seed}\"\nlocks.l.per = \"key\"\nsemaphores.s = {{ permits = 3, fair = true }}\n\
             cells.c.initial = -4\nmachine.gil = true\nlimits.max_tasks = {memory}\n\
             executors.pool = {{ kind = \"dynamic\", workers = 9, queue = {queue}, memory = {memory} }}\n\
             executors.late = {{ kind = \"delay\", delay = \"{held}\", into = \"capped\" }}\n\
             executors.capped = {{ kind = \"cap\", caps = {{ a = 3, \"a+b\" = 4 }}, into = \"pool\" }}\n\
             tasks.a.steps = [{}]\ntasks.b.steps = []\narrivals = [{}]\n\
             [expect]\n\"latency.a.p99\" = \"< 60s\"\nfinal.c = -4\nutilisation.pool = \"<= 80%\"\n",
            steps.join(", "), entries.join(", "),
        );
        let source = source.replace(&format!("max_tasks = {memory}"), &format!("max_tasks = {}", memory % 1_000_000 + 1));
        comes_back(read("random.toml", &source, "base"));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[a-z0-9=\\[\\]{}\".\\\\\n$é ,:()-]{0,200}") {
        if let Ok(document) = Document::parse("noise", &text) {
            let problems = document.check();
            prop_assert!(!problems.render(true).contains('\0'));
        }
    }

    #[test]
    fn no_edit_makes_the_reader_panic(at in 0usize..2_000, removed in 0usize..30, put in "[a-z0-9=\"$ ()-]{0,9}") {
        let mut text = include_str!("../../www/scenarios/nova-caps.toml").to_owned();
        let floor = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        let (from, to) = (floor(at), floor(at + removed));
        text.replace_range(from..to, &put);
        match Document::parse("noise", &text) {
            Ok(document) => prop_assert!(document.check().list.iter().all(|p| p.line > 0 && p.at.end <= text.len())),
            Err(problems) => prop_assert!(problems.has_errors() && !problems.to_string().is_empty()),
        }
    }
}
