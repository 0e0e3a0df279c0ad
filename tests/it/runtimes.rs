//! The simulator against recordings of the runtimes that people use: Java, Tokio, rayon, Go, Node, asyncio, gevent, trio
//! and CPython's process pools.
//!
//! `tests/conformance/runtimes/` holds each scenario and what was observed when it was acted out. Every fact of a
//! recording is compared: times in whole seconds (within half a second where the case says `fine`), levels a quarter of
//! a second after each sample. Never compared: what differed from run to run (`varies`), `remarks`, `recorded_with`.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use threadbare::analysis::digest::Digest;
use threadbare::language::{Document, Overrides};
use threadbare::study::run::run;

/// Cases that do not agree yet. A case that agrees must leave the list.
const PENDING: &[&str] = &[];

/// Divergences whose documents cannot be read yet.
const PENDING_DIVERGENCES: &[&str] = &[];

/// How many recordings there are, divergences apart: none may get lost.
const CASES: usize = 108;

/// Facts of a task that a recording may have besides its state and its times.
const FACTS: [&str; 4] = ["worker", "cancel_returned", "interrupted", "raised"];
/// Facts of a task that are moments.
const MOMENTS: [&str; 3] = ["swallowed", "dropped", "callback"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/runtimes")
}

/// The scenarios below `folder`, those among `divergences` apart.
fn cases_below(folder: &Path) -> Vec<PathBuf> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of recordings") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() && !path.ends_with("divergences") {
            cases.extend(cases_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            cases.push(path);
        }
    }
    cases.sort();
    cases
}

/// `java/shutdown_now`.
fn name_of(case: &Path) -> String {
    let runtime = case.parent().and_then(Path::file_name).expect("a folder of its runtime");
    let stem = case.file_stem().expect("a name");
    format!("{}/{}", runtime.to_string_lossy(), stem.to_string_lossy())
}

fn simulated(case: &Path) -> Result<Value, String> {
    let text = std::fs::read_to_string(case).expect("the scenario");
    let document = Document::parse(&name_of(case), &text).map_err(|problems| problems.render(false))?;
    let scenario =
        document.scenario("base", &Overrides::default()).map_err(|problems| problems.render(false))?;
    let trace = run(Arc::new(scenario));
    Ok(serde_json::to_value(Digest::new(&trace).observed()).expect("facts are JSON"))
}

fn recorded(case: &Path) -> Value {
    let text = std::fs::read_to_string(case.with_extension("observed.json")).expect("the recording");
    serde_json::from_str(&text).expect("JSON")
}

/// The differences between a recording and a simulation, and how many facts were compared.
#[derive(Default)]
struct Comparison {
    /// Times are compared within half a second, not as whole seconds.
    fine: bool,
    facts: usize,
    differences: Vec<String>,
}

impl Comparison {
    fn of(case: &Path) -> Comparison {
        let text = std::fs::read_to_string(case).expect("the scenario");
        let table: toml::Table = text.parse().expect("TOML");
        let fine = table["real"].get("fine").and_then(toml::Value::as_bool).unwrap_or(false);
        let mut comparison = Comparison { fine, ..Comparison::default() };
        match simulated(case) {
            Ok(simulated) => comparison.run(&recorded(case), &simulated),
            Err(problems) => comparison.differences.push(problems),
        }
        comparison
    }

    fn fact(&mut self, what: &str, real: &Value, simulated: &Value) {
        self.facts += 1;
        if real != simulated {
            self.differences.push(format!("  {what}: real {real}, simulated {simulated}"));
        }
    }

    fn moment(&mut self, what: &str, real: &Value, simulated: &Value) {
        if !self.fine {
            return self.fact(what, real, &whole_seconds(simulated));
        }
        let seconds = |value: &Value| value.as_f64().unwrap_or(f64::INFINITY);
        self.facts += 1;
        if (seconds(real) - seconds(simulated)).abs() > 0.5 {
            self.differences.push(format!("  {what}: real {real}, simulated {simulated}"));
        }
    }

    fn run(&mut self, real: &Value, simulated: &Value) {
        for what in ["outcome", "stuck"] {
            if let Some(fact) = real.get(what) {
                self.fact(what, fact, &simulated[what]);
            }
        }
        self.fact("task instances", &sorted_names(&real["tasks"]), &sorted_names(&simulated["tasks"]));
        for (name, task) in entries(&real["tasks"]) {
            self.task(name, task, &simulated["tasks"][name]);
        }
        for (pool, threads) in entries(&real["threads_at_end"]) {
            let other = &simulated["threads_at_end"][pool];
            self.fact(&format!("threads at the end in {pool}"), threads, other);
        }
        for (cell, value) in entries(&real["cells"]) {
            self.fact(&format!("cell {cell}"), &as_text(value), &as_text(&simulated["cells"][cell]));
        }
        for (cell, writes) in entries(&real["writes"]) {
            let written = |list: &Value| -> Value {
                let list = list.as_array().cloned().unwrap_or_default();
                list.iter()
                    .map(|w| Value::from(vec![w[0].clone(), whole_seconds(&w[1]), as_text(&w[2])]))
                    .collect()
            };
            self.fact(&format!("writes to {cell}"), &written(writes), &written(&simulated["writes"][cell]));
        }
        self.told(real, simulated);
        self.levels(real, simulated);
    }

    fn task(&mut self, name: &str, task: &Value, simulated: &Value) {
        if let Some(state) = task.get("state") {
            self.fact(&format!("{name} state"), state, &simulated["state"]);
        }
        for when in ["submitted", "started", "ended", "cancelled_at"].iter().chain(&MOMENTS) {
            // A recording lacks what it could not see; what it says must hold.
            // Only what is written for Node tells when its loop heard of something.
            let is_told = when != &"callback" || simulated.get(when).is_some();
            if let Some(seconds) = task.get(when).filter(|_| is_told) {
                self.moment(&format!("{name} {when}"), seconds, &simulated[when]);
            }
        }
        for fact in FACTS {
            if let Some(value) = task.get(fact) {
                self.fact(&format!("{name} {fact}"), value, &simulated[fact]);
            }
        }
    }

    /// Notes, messages, the order of starts.
    fn told(&mut self, real: &Value, simulated: &Value) {
        if !is_empty(&real["notes"]) {
            self.fact("notes", &by_time(&real["notes"]), &by_time(&simulated["notes"]));
        }
        for (channel, sides) in entries(&real["messages"]) {
            for (side, rows) in entries(sides) {
                let other = &simulated["messages"][channel][side];
                self.fact(&format!("{side} through {channel}"), &by_time(rows), &by_time(other));
            }
        }
        if !is_empty(&real["start_order"]) {
            self.fact("order of starts", &real["start_order"], &simulated["start_order"]);
        }
    }

    /// Levels of executors and states of futures at certain moments.
    fn levels(&mut self, real: &Value, simulated: &Value) {
        for (executor, moments) in entries(&real["samples"]) {
            for (at, values) in entries(moments) {
                let seconds: f64 = at.parse().expect("whole seconds");
                for (level, value) in entries(values) {
                    let changes = &simulated["levels"][executor][level];
                    self.fact(
                        &format!("{executor} {level} at {at} s"),
                        value,
                        &at_moment(changes, seconds + 0.25),
                    );
                }
            }
        }
        for (at, states) in entries(&real["future_states"]) {
            let seconds: f64 = at.parse().expect("whole seconds");
            for (task, state) in entries(states) {
                let found = at_moment(&simulated["tasks"][task]["future"], seconds);
                let is_done = found == "finished" || found == "failed";
                let found = if is_done { Value::from("done") } else { found };
                self.fact(&format!("future of {task} at {at} s"), state, &found);
            }
        }
    }
}

fn is_empty(list: &Value) -> bool {
    list.as_array().is_none_or(Vec::is_empty)
}

/// The value of a list of changes at a moment.
fn at_moment(changes: &Value, at: f64) -> Value {
    let changes = changes.as_array().into_iter().flatten();
    let mut past = changes.filter(|change| change[0].as_f64().is_some_and(|then| then <= at));
    past.next_back().map_or(Value::Null, |change| change[1].clone())
}

/// Rows of `[task, seconds, …]` in whole seconds, by time and then by task.
fn by_time(rows: &Value) -> Value {
    let mut rows = rows.as_array().cloned().unwrap_or_default();
    for row in &mut rows {
        row[1] = whole_seconds(&row[1]);
    }
    rows.sort_by_key(|row| (row[1].as_i64(), row[0].as_str().map(str::to_owned)));
    Value::from(rows)
}

/// The entries of an object; none if it is not there.
fn entries(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
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
    let cases = cases_below(&folder());
    assert_eq!(cases.len(), CASES);
    let pending: BTreeSet<&str> = PENDING.iter().copied().collect();
    let mut wrong = String::new();
    for case in &cases {
        let name = name_of(case);
        let comparison = Comparison::of(case);
        let agrees = comparison.differences.is_empty();
        if pending.contains(name.as_str()) {
            if agrees {
                wrong += &format!("{name} agrees: it leaves the list of pending cases\n");
            }
        } else if !agrees {
            wrong += &format!("{name}\n{}\n", comparison.differences.join("\n"));
        } else {
            assert!(comparison.facts > 3, "{name}: only {} facts were compared", comparison.facts);
        }
    }
    let known: BTreeSet<String> = cases.iter().map(|case| name_of(case)).collect();
    for name in pending.iter().filter(|name| !known.contains(**name)) {
        wrong += &format!("{name} is pending, but there is no such case\n");
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// They are not held to agree, but they are documents like any other.
#[test]
fn every_divergence_runs() {
    let cases = cases_below(&folder().join("divergences"));
    assert_eq!(cases.len(), 5);
    for case in cases {
        let ran = simulated(&case);
        let is_pending = PENDING_DIVERGENCES.contains(&name_of(&case).as_str());
        assert_eq!(ran.is_err(), is_pending, "{}: {ran:?}", name_of(&case));
    }
}

#[test]
fn a_difference_is_noticed() {
    let real = serde_json::json!({
        "outcome": "completed", "stuck": [], "threads_at_end": { "pool": 1 },
        "tasks": { "a#0": { "state": "finished", "started": 1 } },
        "cells": { "c": 1 }, "writes": { "c": [["a#0", 1, 1]] },
    });
    let agrees = serde_json::json!({
        "outcome": "completed", "stuck": [], "threads_at_end": { "pool": 1 },
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
        ("/threads_at_end/pool", serde_json::json!(2)),
        ("/cells/c", serde_json::json!(2)),
        ("/writes/c/0/1", serde_json::json!(3.0)),
    ] {
        let mut other = agrees.clone();
        *other.pointer_mut(pointer).expect("a fact") = value;
        let mut comparison = Comparison::default();
        comparison.run(&real, &other);
        assert_eq!(comparison.differences.len(), 1, "{pointer}: {:?}", comparison.differences);
    }
}
