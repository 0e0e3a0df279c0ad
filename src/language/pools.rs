//! What the keys of an executor say about its kind: how many workers there are, when they come and go, how they serve.

use super::fields::{count, truth, word};
use super::reader::Reader;
use super::tree::{Entry, Table};
use crate::model::distribution::Distribution;
use crate::model::executor::{
    Cap, Carriers, ExecutorKind, GreenStart, HandOver, OnCrash, OnWait, Order, ReadyOrder, Spawn,
};
use crate::model::id::{ExecutorId, TaskTypeId};
use crate::model::time::Duration;

/// Spare carriers of a green executor unless the scenario says otherwise: the JDK's `maxPoolSize`.
pub(super) const DEFAULT_SPARE: u32 = 256;
/// Spare workers that a `fork-join` pool may have beyond its parallelism, as in the JDK.
const DEFAULT_SPARES: u32 = 256;
/// Time between two workers that are injected.
const DEFAULT_INJECT_EVERY: Duration = Duration(500_000_000);

/// The kind that a table describes.
pub(super) fn kind(reader: &mut Reader<'_>, table: &Table) -> ExecutorKind {
    let workers = count(table, "workers").unwrap_or(1);
    match word(table, "kind") {
        Some("green") => ExecutorKind::Green {
            workers: count(table, "workers"),
            carriers: carriers(reader, table),
            start: match word(table, "start") {
                Some("eager") => GreenStart::Eager,
                Some(_) | None => GreenStart::Queued,
            },
        },
        Some("dynamic") => dynamic(reader, table, workers),
        Some("elastic") => elastic(reader, table, workers),
        Some("fork-join") => fork_join(reader, table, workers),
        Some("scheduled") => {
            let delayed_after_shutdown = truth(table, "delayed_after_shutdown").unwrap_or(true);
            ExecutorKind::Scheduled { workers, delayed_after_shutdown }
        }
        Some("inline") => ExecutorKind::Inline,
        Some("delay") => {
            let delay = table.get("delay").and_then(|entry| reader.distribution(&entry.node));
            let delay = delay.unwrap_or(Distribution::Fixed(Duration::ZERO));
            ExecutorKind::Delay { delay, into: into(reader, table) }
        }
        Some("cap") => ExecutorKind::Cap {
            caps: caps(reader, table),
            into: into(reader, table),
            hand_over: match word(table, "hand_over") {
                Some("turn") => HandOver::Turn,
                Some(_) | None => HandOver::Room,
            },
        },
        Some("bus") => ExecutorKind::Bus { prefetch: count(table, "prefetch"), into: into(reader, table) },
        Some("threads") | Some(_) | None => threads(reader, table, workers),
    }
}

/// The executor that a wrapper leads into.
fn into(reader: &mut Reader<'_>, table: &Table) -> ExecutorId {
    let found = table.get("into").and_then(|entry| {
        let name = entry.node.text()?;
        reader.executor(name, entry.node.span.clone())
    });
    found.unwrap_or(ExecutorId(0))
}

fn caps(reader: &mut Reader<'_>, table: &Table) -> Vec<Cap> {
    let entries = table.get("caps").and_then(|entry| entry.node.table()).into_iter().flatten();
    let mut caps = Vec::new();
    for (name, entry) in entries {
        let types = cap_types(reader, name, entry);
        let limit = entry.node.integer().and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        caps.push(Cap { name: name.clone(), types, limit });
    }
    caps
}

/// The task types of a cap: `build`, or a group `build+snapshot`.
fn cap_types(reader: &mut Reader<'_>, name: &str, entry: &Entry) -> Vec<TaskTypeId> {
    let mut types = Vec::new();
    for word in name.split('+') {
        let word = word.trim();
        if let Some(task) = reader.task(word, entry.key_span.clone()) {
            if types.contains(&task) {
                let message = format!("the group `{name}` names `{word}` twice");
                reader.sink.error(entry.key_span.clone(), message, None);
            } else {
                types.push(task);
            }
        }
    }
    types
}

/// Carriers of an executor's own: with `threads`, or with a ready order, which only they can have.
fn carriers(reader: &mut Reader<'_>, table: &Table) -> Option<Carriers> {
    let ready = word(table, "ready").and_then(ready_order).unwrap_or(ReadyOrder::Fifo);
    let threads = count(table, "threads").or((ready != ReadyOrder::Fifo).then_some(1));
    if let Some(entry) = table.get("spare").filter(|_| threads.is_none()) {
        let message =
            "`spare` carriers need `threads`: the one thread that green executors share is never replaced";
        reader.sink.error(entry.key_span.clone(), message, Some("add `threads = 1`".to_owned()));
    }
    Some(Carriers { threads: threads?, spare: count(table, "spare").unwrap_or(DEFAULT_SPARE), ready })
}

fn ready_order(word: &str) -> Option<ReadyOrder> {
    match word {
        "fifo" => Some(ReadyOrder::Fifo),
        "lifo-slot" => Some(ReadyOrder::LifoSlot),
        "local-first" => Some(ReadyOrder::LocalFirst),
        _ => None,
    }
}

fn threads(reader: &mut Reader<'_>, table: &Table, workers: u32) -> ExecutorKind {
    let spawn = match word(table, "spawn") {
        Some("per-submit") => Spawn::PerSubmit,
        Some("eager") => Spawn::Eager,
        Some("injected") => Spawn::Injected {
            min_workers: min_workers(reader, table, workers),
            every: duration(reader, table, "inject_every").unwrap_or(DEFAULT_INJECT_EVERY),
        },
        Some(_) | None => Spawn::OnDemand,
    };
    let keep_alive = patience(reader, table, "keep_alive");
    let is_on_demand = matches!(spawn, Spawn::OnDemand | Spawn::Injected { .. });
    if let Some(entry) = table.get("keep_alive").filter(|_| !is_on_demand) {
        let help =
            "workers that leave are replaced only with `spawn = \"on-demand\"` or \"injected\"".to_owned();
        reader.sink.error(
            entry.key_span.clone(),
            "`keep_alive` cannot be combined with this `spawn`",
            Some(help),
        );
    }
    for key in ["min_workers", "inject_every"] {
        if let Some(entry) = table.get(key).filter(|_| !matches!(spawn, Spawn::Injected { .. })) {
            let message = format!("`{key}` needs `spawn = \"injected\"`");
            reader.sink.error(entry.key_span.clone(), message, None);
        }
    }
    if let (Some(entry), Spawn::Injected { every: Duration::ZERO, .. }) = (table.get("inject_every"), spawn) {
        reader.sink.error(entry.node.span.clone(), "`inject_every` must be longer than 0 s", None);
    }
    ExecutorKind::Threads {
        workers,
        spawn,
        start_cost: duration(reader, table, "start_cost").unwrap_or(Duration::ZERO),
        keep_alive,
        claim_ahead: count(table, "claim_ahead").unwrap_or(0),
        on_crash: match word(table, "on_crash") {
            Some("break") => OnCrash::Break,
            Some(_) | None => OnCrash::Replace,
        },
    }
}

fn dynamic(reader: &mut Reader<'_>, table: &Table, workers: u32) -> ExecutorKind {
    let number = |key: &str| table.get(key).and_then(|entry| entry.node.number());
    let min_workers = min_workers(reader, table, workers);
    let (grow, shrink) = (number("grow").unwrap_or(0.8), number("shrink").unwrap_or(0.4));
    if let Some(entry) = table.get("shrink").or_else(|| table.get("grow")).filter(|_| shrink >= grow) {
        let message = format!("`shrink` ({shrink}) must be below `grow` ({grow})");
        reader.sink.error(entry.node.span.clone(), message, None);
    }
    let start_cost = duration(reader, table, "start_cost").unwrap_or(Duration::ZERO);
    ExecutorKind::Dynamic { workers, min_workers, grow, shrink, start_cost }
}

fn elastic(reader: &mut Reader<'_>, table: &Table, workers: u32) -> ExecutorKind {
    let core = count(table, "core").unwrap_or(workers);
    at_most_workers(reader, table, "core", core, workers);
    let keep_alive = patience(reader, table, "keep_alive");
    let core_timeout = truth(table, "core_timeout").unwrap_or(false);
    if let Some(entry) = table.get("core_timeout").filter(|_| core_timeout && keep_alive.is_none()) {
        let help = "say how long an idle worker stays, such as `keep_alive = \"60s\"`".to_owned();
        reader.sink.error(entry.key_span.clone(), "`core_timeout` needs `keep_alive`", Some(help));
    }
    ExecutorKind::Elastic { core, workers, keep_alive, core_timeout }
}

fn fork_join(reader: &mut Reader<'_>, table: &Table, workers: u32) -> ExecutorKind {
    let max_workers = count(table, "max_workers").unwrap_or(workers.saturating_add(DEFAULT_SPARES));
    if let Some(entry) = table.get("max_workers").filter(|_| max_workers < workers) {
        let message = format!("`max_workers` is {max_workers}, less than `workers`, which is {workers}");
        reader.sink.error(entry.node.span.clone(), message, None);
    }
    if let Some(entry) = table.get("order").filter(|entry| entry.node.text() == Some("priority")) {
        let help = "a worker takes its newest entry (lifo) or its oldest (fifo)".to_owned();
        reader.sink.error(entry.node.span.clone(), "a deque has no `priority`", Some(help));
    }
    ExecutorKind::ForkJoin {
        workers,
        max_workers,
        min_runnable: count(table, "min_runnable").unwrap_or(1),
        is_fifo: word(table, "order") == Some("fifo"),
    }
}

fn min_workers(reader: &mut Reader<'_>, table: &Table, workers: u32) -> u32 {
    let min_workers = count(table, "min_workers").unwrap_or(1);
    at_most_workers(reader, table, "min_workers", min_workers, workers);
    min_workers
}

fn at_most_workers(reader: &mut Reader<'_>, table: &Table, key: &str, value: u32, workers: u32) {
    if let Some(entry) = table.get(key).filter(|_| value > workers) {
        let message = format!("`{key}` is {value}, more than `workers`, which is {workers}");
        reader.sink.error(entry.node.span.clone(), message, None);
    }
}

/// In which order an executor's queue is served. A `fork-join` pool serves what comes from outside first in, first out.
pub(super) fn order_of(table: &Table) -> Order {
    if word(table, "kind") == Some("fork-join") {
        return Order::Fifo;
    }
    match word(table, "order") {
        Some("lifo") => Order::Lifo,
        Some("priority") => Order::Priority,
        Some(_) | None => Order::Fifo,
    }
}

/// What an executor's workers do while their tasks wait.
pub(super) fn on_wait_of(reader: &mut Reader<'_>, table: &Table) -> OnWait {
    let is_fork_join = word(table, "kind") == Some("fork-join");
    let word = word(table, "on_wait");
    let on_wait = match word {
        Some("hold") => OnWait::Hold,
        Some("help-child") => OnWait::HelpChild,
        Some("help-any") => OnWait::HelpAny,
        Some("compensate") => OnWait::Compensate,
        Some("release") => OnWait::Release,
        Some("join") => OnWait::Join,
        Some(_) | None if is_fork_join => OnWait::Join,
        Some(_) | None => OnWait::Hold,
    };
    let fits = matches!(on_wait, OnWait::HelpAny) || is_fork_join == (on_wait == OnWait::Join);
    if let Some(entry) = table.get("on_wait").filter(|_| !fits) {
        let (message, help) = if is_fork_join {
            ("a fork-join pool's workers `join` or `help-any`", "leave `on_wait` out for `join`")
        } else {
            ("only a fork-join pool's workers `join`", "`help-child` runs the awaited task if it is queued")
        };
        reader.sink.error(entry.node.span.clone(), message, Some(help.to_owned()));
    }
    on_wait
}

fn duration(reader: &Reader<'_>, table: &Table, key: &str) -> Option<Duration> {
    table.get(key).and_then(|entry| reader.duration(&entry.node))
}

/// A duration; `None` is for ever, as is a key that is not there.
fn patience(reader: &Reader<'_>, table: &Table, key: &str) -> Option<Duration> {
    duration(reader, table, key)
}
