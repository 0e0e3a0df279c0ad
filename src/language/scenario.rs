//! A checked document into a scenario: what the values of each section mean.
//!
//! The shapes of values were checked before (`shape`); here a value of the wrong shape is passed over in
//! silence, since it was reported. What is reported here is what names refer to, and what does not go
//! together.

use super::fields::{count, literal, section, truth};
use super::keys::MAX_PER_KIND;
use super::names::suggest;
use super::reader::Reader;
use super::tree::{Node, Table};
use super::{after, allow, arrivals, executors, expect, steps};
use crate::model::id::ResourceId;
use crate::model::runtime::{Barging, ReadWritePreference, Runtime};
use crate::model::scenario::{
    Cell, Limits, Machine, NamedBeat, Pinning, Resource, ResourceKind, Scenario, TaskType,
};
use crate::model::shared::{BILLION, Server, Shared, SharedKind};
use crate::model::time::{Duration, Time};
use crate::model::value::Value;

/// Reads a merged and checked document. Worth something only if the sink has no errors afterwards.
pub(super) fn read(reader: &mut Reader<'_>, document: &Node, variant: &str) -> Scenario {
    let text = |key| document.get(key).and_then(Node::text).unwrap_or_default().to_owned();
    let runtime = document.get("runtime").and_then(Node::text).and_then(Runtime::from_word);
    let runtime = runtime.unwrap_or_default();
    let executors = executors::read(reader, document, runtime);
    reader.delays = executors::lead_through_delay(&executors);
    reader.keeps_series = executors.iter().map(executors::keeps_series).collect();
    reader.resizable = executors.iter().map(executors::most_when_resized).collect();
    let tasks = section(document, "tasks")
        .enumerate()
        .map(|(number, (name, entry))| TaskType {
            name: name.clone(),
            program: steps::compile(reader, number, entry.node.get("steps")),
        })
        .collect();
    let until = document.get("until").and_then(|node| reader.duration(node));
    let scenario = Scenario {
        title: text("title"),
        about: text("about"),
        variant: variant.to_owned(),
        runtime,
        seed: document.get("seed").and_then(Reader::seed).unwrap_or(1),
        until: until.map(|length| Time::ZERO + length),
        stop_at_deadlock: document.get("stop").is_some(),
        executors,
        tasks,
        arrivals: arrivals::read(reader, document),
        resources: resources(reader, document, runtime),
        shared: shared(reader, document),
        cells: cells(document),
        machine: machine(reader, document),
        expectations: expect::read(reader, document),
        beats: beats(reader, document),
        limits: limits(document),
        allowed: allow::read(reader.sink, document, |word| suggest(word, allow::words())),
    };
    after::check(reader, &scenario);
    scenario
}

/// The sections of what is acquired and released, in the order of their numbers.
const RESOURCES: [(&str, &str); 3] =
    [("semaphores", "a semaphore"), ("locks", "a lock"), ("rwlocks", "a read-write lock")];

fn resources(reader: &mut Reader<'_>, document: &Node, runtime: Runtime) -> Vec<Resource> {
    let mut resources = Vec::new();
    for (number, (kind, what)) in RESOURCES.into_iter().enumerate() {
        for (name, entry) in section(document, kind) {
            let before = RESOURCES.iter().take(number);
            let mut other =
                before.filter(|(kind, _)| document.get(kind).is_some_and(|table| table.get(name).is_some()));
            if let Some((_, other)) = other.next_back() {
                let message = format!("`{name}` is both {other} and {what}");
                let help = "give one of them another name, so that steps can tell them apart".to_owned();
                reader.sink.error(entry.key_span.clone(), message, Some(help));
            }
            let Some(table) = entry.node.table() else { continue };
            resources.push(match kind {
                "semaphores" => semaphore(reader, name, table, runtime),
                "locks" => lock(reader, name, table, runtime),
                _ => read_write_lock(name, table, runtime),
            });
        }
    }
    resources
}

fn semaphore(reader: &mut Reader<'_>, name: &str, table: &Table, runtime: Runtime) -> Resource {
    let (fair, barging) = hand_over(reader, table, runtime.fair_semaphores(), runtime.semaphore_barging());
    Resource {
        name: name.to_owned(),
        kind: ResourceKind::Semaphore { owned: truth(table, "owned").unwrap_or(true) },
        permits: count(table, "permits").unwrap_or(1),
        fair,
        barging,
        per_key: table.contains_key("per"),
        pins: pinning(table),
    }
}

fn lock(reader: &mut Reader<'_>, name: &str, table: &Table, runtime: Runtime) -> Resource {
    let (fair, barging) = hand_over(reader, table, fair_locks(runtime), runtime.lock_barging());
    Resource {
        name: name.to_owned(),
        kind: ResourceKind::Lock {
            reentrant: truth(table, "reentrant").unwrap_or_else(|| runtime.reentrant()),
        },
        permits: 1,
        fair,
        barging,
        per_key: table.contains_key("per"),
        pins: pinning(table),
    }
}

fn read_write_lock(name: &str, table: &Table, runtime: Runtime) -> Resource {
    let prefer = match table.get("prefer").and_then(|entry| entry.node.text()) {
        Some("queue") => ReadWritePreference::Queue,
        Some("readers") => ReadWritePreference::Readers,
        Some("go") => ReadWritePreference::Go,
        _ => runtime.read_write_preference(),
    };
    // What is written of the preference decides alone.
    let barging = runtime.read_write_barging().filter(|_| !table.contains_key("prefer"));
    Resource {
        name: name.to_owned(),
        kind: ResourceKind::ReadWriteLock { prefer, reentrant: runtime.reentrant() },
        permits: u32::MAX,
        fair: Some(barging.is_none()),
        barging: barging.unwrap_or_default(),
        per_key: false,
        pins: None,
    }
}

/// Which green tasks keep their carrier for it.
fn pinning(table: &Table) -> Option<Pinning> {
    match table.get("pins").and_then(|entry| entry.node.text()) {
        Some("held") => Some(Pinning::Held),
        Some("waiting") => Some(Pinning::Waiting),
        Some(_) | None => None,
    }
}

/// Where a runtime has a habit of its own, locks between green tasks follow it too.
pub(super) fn fair_locks(runtime: Runtime) -> Option<bool> {
    let usual = runtime.lock_barging() == Barging::default();
    runtime.fair_locks().or((!usual).then_some(false))
}

/// Whether what is released is handed over, and what becomes of a woken waiter otherwise: as written, or by the runtime.
fn hand_over(
    reader: &mut Reader<'_>,
    table: &Table,
    usually_fair: Option<bool>,
    usual: Barging,
) -> (Option<bool>, Barging) {
    let fair = truth(table, "fair");
    let barging = match table.get("barging").and_then(|entry| entry.node.text()) {
        Some("requeue") => Some(Barging::Requeue),
        Some("keep-place") => Some(Barging::KeepPlace),
        Some("once") => Some(Barging::Once),
        _ => None,
    };
    if let Some(entry) = table.get("barging").filter(|_| fair == Some(true)) {
        let message = "`barging` has no effect with `fair = true`";
        reader.sink.error(entry.key_span.clone(), message, Some("remove one of the two".to_owned()));
    }
    let fair = fair.or(if barging.is_some() { Some(false) } else { usually_fair });
    (fair, barging.unwrap_or(usual))
}

/// Everything else that is shared, but for cells, in the order of its numbers.
fn shared(reader: &mut Reader<'_>, document: &Node) -> Vec<Shared> {
    let mut found = Vec::new();
    for section_name in ["channels", "conditions", "latches", "barriers", "servers"] {
        for (name, entry) in section(document, section_name) {
            let Some(table) = entry.node.table() else { continue };
            let kind = match section_name {
                "channels" => SharedKind::Channel { capacity: count(table, "capacity") },
                "conditions" => SharedKind::Condition { lock: condition_lock(reader, table) },
                "latches" => SharedKind::Latch { count: count(table, "count").unwrap_or(0) },
                "barriers" => SharedKind::Barrier { parties: count(table, "parties").unwrap_or(1) },
                _ => SharedKind::Server(Server {
                    capacity: count(table, "capacity").unwrap_or(1),
                    contention: billionths(table, "contention"),
                    coherency: billionths(table, "coherency"),
                }),
            };
            found.push(Shared { name: name.clone(), kind });
        }
    }
    found
}

fn condition_lock(reader: &mut Reader<'_>, table: &Table) -> Option<ResourceId> {
    let node = &table.get("lock")?.node;
    let text = reader.text_of(node)?;
    let found = reader.names.lock(&text.text);
    if found.is_none() {
        let names = reader.names;
        reader.unknown("lock", &text.text, node.span.clone(), names.locks.iter());
    }
    found
}

/// A number of the document in billionths, so that whoever runs it computes with integers.
fn billionths(table: &Table, key: &str) -> u64 {
    let number = table.get(key).and_then(|entry| entry.node.number()).unwrap_or(0.0);
    (number * BILLION as f64).round() as u64
}

fn cells(document: &Node) -> Vec<Cell> {
    section(document, "cells")
        .map(|(name, entry)| Cell {
            name: name.clone(),
            initial: entry.node.get("initial").and_then(literal).unwrap_or(Value::Number(0)),
            per_key: entry.node.get("per").is_some(),
        })
        .collect()
}

fn beats(reader: &mut Reader<'_>, document: &Node) -> Vec<NamedBeat> {
    let entries = document.get("beats").and_then(Node::list).unwrap_or_default();
    let tables = entries.iter().take(MAX_PER_KIND).filter_map(Node::table);
    let read = tables.filter_map(|table| {
        let at = reader.duration(&table.get("at")?.node)?;
        Some(NamedBeat { at: Time::ZERO + at, say: table.get("say")?.node.text()?.to_owned() })
    });
    read.collect()
}

fn machine(reader: &mut Reader<'_>, document: &Node) -> Option<Machine> {
    const SWITCH_INTERVAL: Duration = Duration(5_000_000);
    let section = document.table()?.get("machine")?;
    let table = section.node.table()?;
    let gil = table.get("gil").is_some_and(|entry| entry.node.truth() != Some(false));
    if !gil && !table.contains_key("cores") {
        let message = "`machine` needs `cores`, or `gil = true`";
        reader.sink.error(
            section.key_span.clone(),
            message,
            Some("without [machine], CPU is never contended".to_owned()),
        );
    }
    let interval = table.get("switch_interval");
    let switch_interval = interval.and_then(|entry| reader.duration(&entry.node)).unwrap_or(SWITCH_INTERVAL);
    if let Some(entry) = interval.filter(|_| switch_interval == Duration::ZERO) {
        reader.sink.error(entry.node.span.clone(), "`switch_interval` must be longer than 0 s", None);
    }
    let cores = if gil { 1 } else { count(table, "cores").unwrap_or(1) };
    Some(Machine { cores, gil, switch_interval })
}

fn limits(document: &Node) -> Limits {
    let given = |key| document.get("limits")?.get(key)?.integer().and_then(|n| u64::try_from(n).ok());
    let usual = Limits::default();
    Limits {
        max_events: given("max_events").unwrap_or(usual.max_events),
        max_tasks: given("max_tasks").unwrap_or(usual.max_tasks),
        max_at_one_instant: given("max_at_one_instant").unwrap_or(usual.max_at_one_instant),
    }
}
