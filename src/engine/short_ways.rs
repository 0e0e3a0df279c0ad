//! The short ways that most submissions and ends take decide as the long ways do: whole runs on either, event
//! by event. Deliberately absent: what is right; that is for the tests of the language.

use super::Engine;
use crate::language::{BASE, Document, Overrides};
use crate::model::scenario::Scenario;
use crate::trace::Outcome;
use crate::trace::log::Log;
use crate::trace::recorder::FullRecord;
use std::sync::Arc;

fn records(scenario: &Arc<Scenario>, short: bool) -> (Log, Outcome) {
    let mut engine = Engine::new(Arc::clone(scenario), FullRecord::default());
    if !short {
        let state = engine.state.as_mut().expect("nothing runs yet");
        state.executors.iter_mut().for_each(|executor| executor.traits.plain = false);
    }
    // In slices, and checked between them: that makes no difference either.
    loop {
        let outcome = engine.advance(if short { u64::MAX } else { 97 });
        engine.check_invariants();
        if let Some(outcome) = outcome {
            return (engine.into_recorder().records, outcome);
        }
    }
}

fn both_ways(name: &str, text: &str) {
    let document = Document::parse(name, text).unwrap_or_else(|_| panic!("{name} is sound"));
    let variants = document.variants().into_iter().map(|variant| variant.name);
    for variant in variants.chain([BASE.to_owned()]) {
        let scenario = document.scenario(&variant, &Overrides::default());
        let scenario = Arc::new(scenario.unwrap_or_else(|_| panic!("{name} {variant} is sound")));
        let (short, long) = (records(&scenario, true), records(&scenario, false));
        if let Some(i) = short.0.iter().zip(&long.0).position(|(a, b)| a != b) {
            panic!(
                "{name} {variant}, event {i}: {:?}, the long way {:?}",
                short.0[i].event(),
                long.0[i].event()
            );
        }
        assert_eq!((short.0.len(), short.1), (long.0.len(), long.1), "{name} {variant}");
    }
}

#[test]
fn on_the_standard_workloads() {
    for (name, text) in [
        ("mm8", include_str!("../../benches/workloads/mm8.toml")),
        ("parents", include_str!("../../benches/workloads/parents.toml")),
        ("delayed", include_str!("../../benches/workloads/delayed.toml")),
        ("burst", include_str!("../../benches/workloads/burst.toml")),
    ] {
        both_ways(
            name,
            &text.replace("000000", "000").replace("200000", "2000").replace("= 1000\n", "= 100\n"),
        );
    }
}

#[test]
fn on_the_gallery() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/www/scenarios");
    for entry in std::fs::read_dir(folder).expect("the gallery is there") {
        let path = entry.expect("it can be listed").path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            both_ways(&path.to_string_lossy(), &std::fs::read_to_string(&path).expect("it can be read"));
        }
    }
}

#[test]
fn with_every_bound_order_and_cancel_at_once() {
    for more in [
        "queue = 3\non_full = \"block\"",
        "queue = 2\non_full = \"reject\"",
        "queue = 2\non_full = \"caller-runs\"",
        "queue = 1\non_full = \"discard\"",
        "queue = 3\non_full = \"discard-oldest\"",
        "order = \"lifo\"",
        "order = \"priority\"",
        "spawn = \"eager\"\nstart_cost = \"3ms\"",
        "start_cost = \"7ms\"",
        "queue = 0\non_full = \"block\"",
    ] {
        for machine in ["", "[machine]\ncores = 2\nswitch_interval = \"1ms\"\n"] {
            let document = format!(
                r#"seed = 3
{machine}
[executors.pool]
kind = "threads"
workers = 3
{more}
[executors.parents]
kind = "threads"
workers = 4
[executors.later]
kind = "delay"
delay = "20ms"
into = "pool"
queue = 4
on_full = "discard-oldest"
[tasks.job]
steps = ["run exp(10ms)"]
[tasks.parent]
steps = [
  "submit job to pool as a priority 2",
  "submit job to later as b",
  "run exp(5ms)",
  "maybe 0.5", "cancel a b", "end",
  "wait a timeout 30ms",
  "submit job to pool as c",
  "maybe 0.3", "cancel c", "end",
  "wait all",
]
[tasks.last]
steps = ["shutdown pool nowait cancel"]
[[arrivals]]
task = "parent"
to = "parents"
rate = "150/s"
count = 300
[[arrivals]]
task = "job"
to = "pool"
every = "11ms"
count = 200
priority = 1
[[arrivals]]
task = "last"
to = "parents"
at = "1900ms"
"#
            );
            both_ways(more, &document);
        }
    }
}
