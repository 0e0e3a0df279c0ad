//! The simulator against recordings of real executors: CPython, futurist, Eventlet, Nova's own wrapper.
//!
//! `tests/conformance/` holds each scenario and what was observed when it was acted out. Every fact is
//! compared: the outcome, every task's state and times (the recordings are in whole seconds), worker
//! threads at the end, cells and writes.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use threadbare::analysis::digest::Digest;
use threadbare::language::{Document, Overrides};
use threadbare::study::run::run;

/// How many recordings there are: none may get lost.
const CASES: usize = 23;

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let entries = std::fs::read_dir(folder).expect("the folder of recordings");
    let paths = entries.map(|entry| entry.expect("a readable entry").path());
    let mut cases: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    cases.sort();
    cases
}

fn simulated(case: &Path) -> Value {
    let text = std::fs::read_to_string(case).expect("the scenario");
    let name = case.file_name().expect("a name").to_string_lossy();
    let document =
        Document::parse(&name, &text).unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    let scenario = document
        .scenario("base", &Overrides::default())
        .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    let trace = run(Arc::new(scenario));
    serde_json::to_value(Digest::new(&trace).observed()).expect("facts are JSON")
}

/// The differences between a recording and a simulation, and how many facts were compared.
#[derive(Default)]
struct Comparison {
    facts: usize,
    differences: Vec<String>,
}

impl Comparison {
    fn fact(&mut self, what: &str, real: &Value, simulated: &Value) {
        self.facts += 1;
        if real != simulated {
            self.differences.push(format!("  {what}: real {real}, simulated {simulated}"));
        }
    }

    fn run(&mut self, real: &Value, simulated: &Value) {
        self.fact("outcome", &real["outcome"], &simulated["outcome"]);
        self.fact("stuck", &real["stuck"], &simulated["stuck"]);
        self.fact("task instances", &sorted_names(&real["tasks"]), &sorted_names(&simulated["tasks"]));
        for (name, task) in entries(&real["tasks"]) {
            let other = &simulated["tasks"][name];
            self.fact(&format!("{name} state"), &task["state"], &other["state"]);
            for when in ["submitted", "started", "ended", "cancelled_at"] {
                // A recording lacks what it could not see; what it says must hold.
                if let Some(seconds) = task.get(when) {
                    self.fact(&format!("{name} {when}"), seconds, &whole_seconds(&other[when]));
                }
            }
        }
        for (pool, threads) in entries(&real["threads_at_end"]) {
            let other = &simulated["threads_at_end"][pool];
            self.fact(&format!("threads at the end in {pool}"), threads, other);
        }
        for (cell, value) in entries(&real["cells"]) {
            self.fact(&format!("cell {cell}"), &as_text(value), &as_text(&simulated["cells"][cell]));
            let writes = |side: &Value| -> Value {
                let list = side["writes"][cell].as_array().cloned().unwrap_or_default();
                list.iter()
                    .map(|w| Value::from(vec![w[0].clone(), whole_seconds(&w[1]), as_text(&w[2])]))
                    .collect()
            };
            self.fact(&format!("writes to {cell}"), &writes(real), &writes(simulated));
        }
    }
}

fn entries(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().expect("an object").iter()
}

fn sorted_names(tasks: &Value) -> Value {
    let mut names: Vec<&String> = entries(tasks).map(|(name, _)| name).collect();
    names.sort();
    names.into_iter().cloned().collect()
}

fn whole_seconds(seconds: &Value) -> Value {
    seconds.as_f64().map_or(Value::Null, |s| Value::from(s.round_ties_even() as i64))
}

fn as_text(value: &Value) -> Value {
    Value::from(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

#[test]
fn every_recorded_run_is_reproduced() {
    let cases = cases();
    assert_eq!(cases.len(), CASES);
    let mut differences = String::new();
    let mut facts = 0;
    for case in &cases {
        let recording = case.with_extension("observed.json");
        let text = std::fs::read_to_string(&recording).expect("the recording beside its scenario");
        let real: Value = serde_json::from_str(&text).expect("JSON");
        let mut comparison = Comparison::default();
        comparison.run(&real, &simulated(case));
        facts += comparison.facts;
        if !comparison.differences.is_empty() {
            let name = case.file_stem().expect("a name").to_string_lossy();
            differences += &format!("{name}\n{}\n", comparison.differences.join("\n"));
        }
    }
    assert!(differences.is_empty(), "\n{differences}");
    assert!(facts > 300, "only {facts} facts were compared");
}

#[test]
fn a_difference_is_noticed() {
    let real = serde_json::json!({
        "outcome": "completed", "stuck": [], "threads_at_end": { "default": 1 },
        "tasks": { "a#0": { "state": "finished", "started": 1 } },
        "cells": { "c": 1 }, "writes": { "c": [["a#0", 1, 1]] },
    });
    let agrees = serde_json::json!({
        "outcome": "completed", "stuck": [], "threads_at_end": { "default": 1 },
        "tasks": { "a#0": { "state": "finished", "started": 1.4, "ended": 2.0 } },
        "cells": { "c": "1" }, "writes": { "c": [["a#0", 0.9, 1]] },
    });
    let mut same = Comparison::default();
    same.run(&real, &agrees);
    assert_eq!(same.differences, Vec::<String>::new());
    for (pointer, value) in [
        ("/outcome", serde_json::json!("stuck")),
        ("/stuck", serde_json::json!(["a#0"])),
        ("/tasks/a#0/state", serde_json::json!("failed")),
        ("/tasks/a#0/started", serde_json::json!(2.0)),
        ("/tasks/b#0", serde_json::json!({})),
        ("/threads_at_end/default", serde_json::json!(2)),
        ("/cells/c", serde_json::json!(2)),
        ("/writes/c/0/1", serde_json::json!(3.0)),
    ] {
        let mut other = agrees.clone();
        match other.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => other["tasks"]["b#0"] = value,
        }
        let mut comparison = Comparison::default();
        comparison.run(&real, &other);
        assert_eq!(comparison.differences.len(), 1, "{pointer}: {:?}", comparison.differences);
    }
}
