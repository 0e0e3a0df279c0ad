//! Scenarios and documents back to text.
//!
//! A written scenario reads back as the same scenario (its `variant` aside: what is written is a document
//! of its own, so it reads back as `base`). Comments, params and variants of the document that it came
//! from are not in it; [`super::edit`] is for keeping those.

mod shared;

use super::Document;
use super::distribution::distribution_text;
use super::executors::default_memory;
use super::pools::DEFAULT_SPARE;
use super::quantity::duration_text;
use super::tree::{Node, Value as Tree};
use crate::model::distribution::Distribution;
use crate::model::executor::{
    AfterShutdown, Cancelled, Carriers, Executor, ExecutorKind, GreenStart, Guard, HandOver, OnCrash, OnFull,
    OnWait, Order, ReadyOrder, Spawn,
};
use crate::model::rule::Allowed;
use crate::model::runtime::Runtime;
use crate::model::scenario::{Arrivals, Limits, Machine, Pattern, Scenario};
use crate::model::time::{Duration, SECOND, Time};
use crate::model::value::Value;
use serde_json::{Map, Value as Json, json};
use shared::{per_key, resource, section_of, section_of_shared, shared_json};

/// A scenario as a TOML document.
pub fn toml(scenario: &Scenario) -> String {
    as_toml(&scenario_json(scenario))
}

/// A scenario as a JSON document.
pub fn json(scenario: &Scenario) -> String {
    format!("{:#}", scenario_json(scenario))
}

/// A document with its params and variants as TOML; comments are lost.
pub fn document_as_toml(document: &Document) -> String {
    as_toml(&json_value(&document.root))
}

/// A document with its params and variants as JSON; comments are lost.
pub fn document_as_json(document: &Document) -> String {
    format!("{:#}", json_value(&document.root))
}

fn as_toml(value: &Json) -> String {
    // Only `null` and numbers beyond 64 bits could fail, and neither is ever put in.
    toml::to_string(value).expect("a document has only what TOML can say")
}

/// A tree of values as JSON; what no scenario has (a date) as its description.
pub(super) fn json_value(node: &Node) -> Json {
    match &node.value {
        Tree::Text(text) => Json::from(text.as_str()),
        Tree::Integer(integer) => Json::from(*integer),
        Tree::Float(float) => Json::from(*float),
        Tree::Truth(truth) => Json::from(*truth),
        Tree::List(list) => list.iter().map(json_value).collect(),
        Tree::Table(table) => {
            let entries = table.iter().map(|(key, entry)| (key.clone(), json_value(&entry.node)));
            Json::Object(entries.collect())
        }
        Tree::Other(what) => Json::from(*what),
    }
}

fn scenario_json(scenario: &Scenario) -> Json {
    let mut document = Map::new();
    let mut put = |key: &str, value: Json| {
        let is_empty =
            value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty);
        if !is_empty && value != "" {
            document.insert(key.to_owned(), value);
        }
    };
    put("title", Json::from(scenario.title.as_str()));
    put("about", Json::from(scenario.about.as_str()));
    if scenario.runtime != Runtime::default() {
        put("runtime", scenario.runtime.word().into());
    }
    put("seed", i64::try_from(scenario.seed).map_or_else(|_| scenario.seed.to_string().into(), Json::from));
    if let Some(until) = scenario.until {
        put("until", instant(until));
    }
    if scenario.stop_at_deadlock {
        put("stop", json!("deadlock"));
    }
    put("executors", named(scenario.executors.iter().map(|e| (&e.name, executor(scenario, e)))));
    put(
        "tasks",
        named(scenario.tasks.iter().map(|task| {
            let steps: Vec<&str> = task.program.steps.iter().map(|step| step.text.as_str()).collect();
            (&task.name, json!({ "steps": steps }))
        })),
    );
    put("arrivals", scenario.arrivals.iter().map(|entry| arrivals(scenario, entry)).collect());
    let resources = |section: &str| {
        let of_section = scenario.resources.iter().filter(|r| section_of(r) == section);
        named(of_section.map(|r| (&r.name, resource(r, scenario.runtime))))
    };
    for section in ["semaphores", "locks", "rwlocks"] {
        put(section, resources(section));
    }
    for section in ["channels", "conditions", "latches", "barriers", "servers"] {
        let of_section = scenario.shared.iter().filter(|shared| section_of_shared(shared) == section);
        put(section, named(of_section.map(|shared| (&shared.name, shared_json(scenario, shared)))));
    }
    put(
        "cells",
        named(scenario.cells.iter().map(|cell| {
            let initial = match &cell.initial {
                Value::Number(number) => Json::from(*number),
                Value::Text(text) => Json::from(text.as_str()),
            };
            let mut entry = Map::from_iter([("initial".to_owned(), initial)]);
            per_key(&mut entry, cell.per_key);
            (&cell.name, Json::Object(entry))
        })),
    );
    if let Some(machine) = &scenario.machine {
        put("machine", machine_json(machine));
    }
    put("limits", limits(&scenario.limits));
    put("expect", scenario.expectations.iter().map(|e| expectation(&e.text)).collect::<Map<_, _>>().into());
    put("allow", scenario.allowed.iter().map(allowed).collect());
    put("beats", scenario.beats.iter().map(|b| json!({ "at": instant(b.at), "say": b.say })).collect());
    Json::Object(document)
}

fn allowed(allowed: &Allowed) -> Json {
    match allowed.reason.as_str() {
        "" => allowed.rule.code().into(),
        reason => format!("{}: {reason}", allowed.rule.code()).into(),
    }
}

fn named<'a>(entries: impl Iterator<Item = (&'a String, Json)>) -> Json {
    Json::Object(entries.map(|(name, value)| (name.clone(), value)).collect())
}

fn length(duration: Duration) -> Json {
    Json::from(duration_text(duration))
}

fn instant(time: Time) -> Json {
    length(Duration(time.0))
}

fn executor(scenario: &Scenario, executor: &Executor) -> Json {
    let mut entry = Map::new();
    entry.insert("kind".to_owned(), executor.kind_word().into());
    let name = |id: crate::model::id::ExecutorId| Json::from(scenario.executors[id.index()].name.as_str());
    let mut put = |key: &str, value: Json| drop(entry.insert(key.to_owned(), value));
    match &executor.kind {
        ExecutorKind::Threads { .. }
        | ExecutorKind::Elastic { .. }
        | ExecutorKind::ForkJoin { .. }
        | ExecutorKind::Scheduled { .. } => {
            native_pool(&executor.kind, &mut put);
        }
        ExecutorKind::Green { workers, carriers, start } => {
            if let Some(workers) = workers {
                put("workers", (*workers).into());
            }
            if let Some(Carriers { threads, spare, ready }) = carriers {
                put("threads", (*threads).into());
                if *spare != DEFAULT_SPARE {
                    put("spare", (*spare).into());
                }
                if *ready != ReadyOrder::Fifo {
                    put("ready", ready_word(*ready).into());
                }
            }
            if *start == GreenStart::Eager {
                put("start", "eager".into());
            }
        }
        ExecutorKind::Dynamic { workers, min_workers, grow, shrink, start_cost } => {
            put("workers", (*workers).into());
            put("min_workers", (*min_workers).into());
            put("grow", (*grow).into());
            put("shrink", (*shrink).into());
            put("start_cost", length(*start_cost));
        }
        ExecutorKind::Inline => {}
        ExecutorKind::Delay { delay, into } => {
            put("delay", distribution_text(delay).into());
            put("into", name(*into));
        }
        ExecutorKind::Cap { caps, into, hand_over } => {
            if *hand_over == HandOver::Turn {
                put("hand_over", "turn".into());
            }
            put(
                "caps",
                caps.iter().map(|cap| (cap.name.clone(), cap.limit.into())).collect::<Map<_, _>>().into(),
            );
            put("into", name(*into));
        }
        ExecutorKind::Bus { prefetch, into } => {
            if let Some(prefetch) = prefetch {
                put("prefetch", (*prefetch).into());
            }
            put("into", name(*into));
        }
    }
    policies(executor, scenario.runtime, &mut entry);
    Json::Object(entry)
}

/// The keys of a pool of native workers; what is as usual is not written.
fn native_pool(kind: &ExecutorKind, put: &mut impl FnMut(&str, Json)) {
    match kind {
        ExecutorKind::Threads { workers, spawn, start_cost, keep_alive, claim_ahead, on_crash } => {
            put("workers", (*workers).into());
            put("spawn", spawn_word(*spawn).into());
            put("start_cost", length(*start_cost));
            if let Spawn::Injected { min_workers, every } = spawn {
                put("min_workers", (*min_workers).into());
                put("inject_every", length(*every));
            }
            if let Some(keep_alive) = keep_alive {
                put("keep_alive", length(*keep_alive));
            }
            if *claim_ahead > 0 {
                put("claim_ahead", (*claim_ahead).into());
            }
            match on_crash {
                OnCrash::Replace => {}
                OnCrash::Break => put("on_crash", "break".into()),
            }
        }
        ExecutorKind::Elastic { core, workers, keep_alive, core_timeout } => {
            put("core", (*core).into());
            put("workers", (*workers).into());
            if let Some(keep_alive) = keep_alive {
                put("keep_alive", length(*keep_alive));
            }
            if *core_timeout {
                put("core_timeout", true.into());
            }
        }
        ExecutorKind::ForkJoin { workers, max_workers, min_runnable, is_fifo } => {
            put("workers", (*workers).into());
            put("max_workers", (*max_workers).into());
            put("min_runnable", (*min_runnable).into());
            if *is_fifo {
                put("order", "fifo".into());
            }
        }
        ExecutorKind::Scheduled { workers, delayed_after_shutdown } => {
            put("workers", (*workers).into());
            if !*delayed_after_shutdown {
                put("delayed_after_shutdown", false.into());
            }
        }
        ExecutorKind::Green { .. }
        | ExecutorKind::Dynamic { .. }
        | ExecutorKind::Inline
        | ExecutorKind::Delay { .. }
        | ExecutorKind::Cap { .. }
        | ExecutorKind::Bus { .. } => {}
    }
}

/// What is as usual is not written.
fn policies(executor: &Executor, runtime: Runtime, entry: &mut Map<String, Json>) {
    let mut put = |key: &str, value: Json| drop(entry.insert(key.to_owned(), value));
    if let Some(queue) = executor.queue {
        put("queue", queue.into());
    }
    if executor.on_full != OnFull::Reject {
        put("on_full", on_full_word(executor.on_full).into());
    }
    match executor.order {
        Order::Fifo => {}
        Order::Lifo => put("order", "lifo".into()),
        Order::Priority => put("order", "priority".into()),
    }
    match executor.on_wait {
        OnWait::Hold | OnWait::Join => {}
        OnWait::HelpChild => put("on_wait", "help-child".into()),
        OnWait::HelpAny => put("on_wait", "help-any".into()),
        OnWait::Compensate => put("on_wait", "compensate".into()),
        OnWait::Release => put("on_wait", "release".into()),
    }
    match executor.guard {
        Guard::Allow => {}
        Guard::Warn => put("guard", "warn".into()),
        Guard::Reject => put("guard", "reject".into()),
    }
    if executor.cancelled != runtime.cancelled() {
        put("cancelled", cancelled_word(executor.cancelled).into());
    }
    match executor.after_shutdown {
        AfterShutdown::Reject => {}
        AfterShutdown::Discard => put("after_shutdown", "discard".into()),
    }
    if executor.leaf {
        put("leaf", true.into());
    }
    if executor.memory != default_memory(&executor.kind, runtime) {
        put(
            "memory",
            i64::try_from(executor.memory).map_or_else(|_| executor.memory.to_string().into(), Json::from),
        );
    }
}

fn cancelled_word(cancelled: Cancelled) -> &'static str {
    match cancelled {
        Cancelled::Kept => "kept",
        Cancelled::Notified => "notified",
        Cancelled::Removed => "removed",
    }
}

fn ready_word(order: ReadyOrder) -> &'static str {
    match order {
        ReadyOrder::Fifo => "fifo",
        ReadyOrder::LifoSlot => "lifo-slot",
        ReadyOrder::LocalFirst => "local-first",
    }
}

fn spawn_word(spawn: Spawn) -> &'static str {
    match spawn {
        Spawn::OnDemand => "on-demand",
        Spawn::PerSubmit => "per-submit",
        Spawn::Eager => "eager",
        Spawn::Injected { .. } => "injected",
    }
}

fn on_full_word(policy: OnFull) -> &'static str {
    match policy {
        OnFull::Reject => "reject",
        OnFull::Block => "block",
        OnFull::CallerRuns => "caller-runs",
        OnFull::Discard => "discard",
        OnFull::DiscardOldest => "discard-oldest",
    }
}

fn arrivals(scenario: &Scenario, arrivals: &Arrivals) -> Json {
    let mut entry = Map::new();
    let mut put = |key: &str, value: Json| drop(entry.insert(key.to_owned(), value));
    put("task", scenario.tasks[arrivals.task.index()].name.as_str().into());
    put("to", scenario.executors[arrivals.to.index()].name.as_str().into());
    match &arrivals.pattern {
        Pattern::Batch { at, count } => {
            put("at", instant(*at));
            put("count", (*count).into());
        }
        Pattern::Stream { at, count, gap, gap_first, until } => {
            put("at", instant(*at));
            if let Some(count) = count {
                put("count", (*count).into());
            }
            match gap {
                Distribution::Exponential { mean } if *gap_first => put("rate", rate_text(*mean).into()),
                gap => put("every", distribution_text(gap).into()),
            }
            if let Some(until) = until {
                put("until", instant(*until));
            }
        }
        Pattern::Trace(instants) => put("trace", instants.iter().map(|at| instant(*at)).collect()),
    }
    if let Some(key) = &arrivals.key {
        put("key", key.as_str().into());
    }
    if arrivals.priority != 0 {
        put("priority", arrivals.priority.into());
    }
    if let Some(policy) = arrivals.on_full {
        put("on_full", on_full_word(policy).into());
    }
    Json::Object(entry)
}

/// The rate whose mean gap is exactly this: one of the few numbers about its reciprocal.
fn rate_text(mean: f64) -> String {
    let middle = SECOND as f64 / mean;
    let near = [middle, middle.next_up(), middle.next_down(), middle.next_up().next_up()];
    let same = |rate: &f64| Distribution::gaps_of_rate(*rate) == Distribution::Exponential { mean };
    format!("{}/s", near.into_iter().find(same).unwrap_or(middle))
}

fn machine_json(machine: &Machine) -> Json {
    let mut entry = Map::new();
    if machine.gil {
        entry.insert("gil".to_owned(), true.into());
    } else {
        entry.insert("cores".to_owned(), machine.cores.into());
    }
    entry.insert("switch_interval".to_owned(), length(machine.switch_interval));
    Json::Object(entry)
}

fn limits(limits: &Limits) -> Json {
    let usual = Limits::default();
    let mut entry = Map::new();
    for (key, value, usual) in [
        ("max_events", limits.max_events, usual.max_events),
        ("max_tasks", limits.max_tasks, usual.max_tasks),
        ("max_at_one_instant", limits.max_at_one_instant, usual.max_at_one_instant),
    ] {
        if value != usual {
            entry.insert(key.to_owned(), value.into());
        }
    }
    Json::Object(entry)
}

/// `deadlock = false` has a truth as its value; every other line keeps its comparison as text.
fn expectation(line: &str) -> (String, Json) {
    let (metric, bound) = line.split_once(' ').unwrap_or((line, ""));
    let value = match bound {
        "= true" => Json::from(true),
        "= false" => Json::from(false),
        _ => Json::from(bound),
    };
    (metric.to_owned(), value)
}
