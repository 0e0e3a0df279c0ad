//! `[executors]`: kinds, policies, caps, and wrappers that must lead to an executor that runs.

use super::fields::{count, section, word};
use super::reader::Reader;
use super::tree::{Node, Table};
use super::{costs, pools};
use crate::model::executor::{
    AfterShutdown, Cancelled, Executor, ExecutorKind, Guard, HandOver, OnFull, OnWait, Order,
};
use crate::model::id::ExecutorId;
use crate::model::runtime::Runtime;

/// Memory of one worker of this kind by default: native threads and the scheduler threads of wrappers
/// alike; an `inline` executor has a thread only for arrivals.
pub(super) fn default_memory(kind: &ExecutorKind, runtime: Runtime) -> u64 {
    match kind {
        ExecutorKind::Green { .. } => runtime.green_worker_memory(),
        ExecutorKind::Threads { .. }
        | ExecutorKind::Dynamic { .. }
        | ExecutorKind::Elastic { .. }
        | ExecutorKind::ForkJoin { .. }
        | ExecutorKind::Scheduled { .. }
        | ExecutorKind::Inline
        | ExecutorKind::Delay { .. }
        | ExecutorKind::Cap { .. }
        | ExecutorKind::Bus { .. } => runtime.native_worker_memory(),
    }
}

/// Reads every executor, in document order.
pub(super) fn read(reader: &mut Reader<'_>, document: &Node, runtime: Runtime) -> Vec<Executor> {
    let mut executors = Vec::new();
    for (name, entry) in section(document, "executors") {
        let empty = Table::new();
        let table = entry.node.table().unwrap_or(&empty);
        executors.push(executor(reader, name, table, runtime));
    }
    wrappers_lead_somewhere(reader, document, &executors);
    turns_lead_to_threads(reader, document, &executors);
    executors
}

fn executor(reader: &mut Reader<'_>, name: &str, table: &Table, runtime: Runtime) -> Executor {
    let kind = pools::kind(reader, table);
    let memory = table.get("memory").and_then(|entry| memory(reader, &entry.node));
    Executor {
        name: name.to_owned(),
        queue: count(table, "queue"),
        on_full: word(table, "on_full").and_then(on_full).unwrap_or(OnFull::Reject),
        order: pools::order_of(table),
        on_wait: pools::on_wait_of(reader, table),
        guard: word(table, "guard").and_then(guard).unwrap_or(Guard::Allow),
        leaf: table.get("leaf").and_then(|entry| entry.node.truth()).unwrap_or(false),
        memory: memory.unwrap_or_else(|| default_memory(&kind, runtime)),
        cancelled: word(table, "cancelled").and_then(cancelled).unwrap_or_else(|| runtime.cancelled()),
        after_shutdown: word(table, "after_shutdown").and_then(after_shutdown).unwrap_or_default(),
        kind,
    }
}

/// Turns are those of a plain first-in-first-out queue: no other has a place for a group.
fn turns_lead_to_threads(reader: &mut Reader<'_>, document: &Node, executors: &[Executor]) {
    for (executor, (_, entry)) in executors.iter().zip(section(document, "executors")) {
        let ExecutorKind::Cap { into, hand_over: HandOver::Turn, .. } = executor.kind else { continue };
        let fits = executors.get(into.index()).is_some_and(|pool| {
            matches!(pool.kind, ExecutorKind::Threads { .. })
                && pool.order == Order::Fifo
                && pool.on_wait == OnWait::Hold
                && pool.queue.is_none()
        });
        let Some(at) = entry.node.get("hand_over").filter(|_| !fits) else { continue };
        let message =
            "`hand_over = \"turn\"` must lead into an executor of kind threads with an unbounded fifo queue";
        let help = "with any other executor, use `hand_over = \"room\"`, the default".to_owned();
        reader.sink.error(at.span.clone(), message, Some(help));
    }
}

/// Every chain of wrappers ends in an executor that runs tasks.
fn wrappers_lead_somewhere(reader: &mut Reader<'_>, document: &Node, executors: &[Executor]) {
    // 0: not seen, 1: on the present path, 2: leads somewhere or was reported.
    let mut seen = vec![0u8; executors.len()];
    for start in 0..executors.len() {
        let mut path = Vec::new();
        let mut at = start;
        while seen[at] == 0 {
            seen[at] = 1;
            path.push(at);
            match executors[at].wraps() {
                Some(next) if next.index() < executors.len() => at = next.index(),
                Some(_) | None => break,
            }
        }
        let is_cycle = seen[at] == 1 && executors[at].wraps().is_some();
        if let Some(begin) = path.iter().position(|n| *n == at).filter(|_| is_cycle) {
            report_cycle(reader, document, executors, &path[begin..]);
        }
        path.iter().for_each(|n| seen[*n] = 2);
        if !is_cycle && has_long_chain(executors, start) {
            return report_chain(reader, document, executors, start);
        }
    }
}

/// Most wrappers between a submission and the executor that runs it: more than any program has, and few enough for
/// every stack.
const MAX_WRAPPERS: usize = 64;

fn has_long_chain(executors: &[Executor], start: usize) -> bool {
    let mut at = start;
    for _ in 0..=MAX_WRAPPERS {
        match executors[at].wraps() {
            Some(next) if next.index() < executors.len() => at = next.index(),
            Some(_) | None => return false,
        }
    }
    // Those in a circle were reported, or will be.
    let mut on = at;
    let circle = (0..executors.len()).any(|_| match executors[on].wraps() {
        Some(next) if next.index() < executors.len() => {
            on = next.index();
            on == at
        }
        Some(_) | None => false,
    });
    !circle
}

fn report_chain(reader: &mut Reader<'_>, document: &Node, executors: &[Executor], start: usize) {
    let Some(into) = section(document, "executors").nth(start).and_then(|(_, entry)| entry.node.get("into"))
    else {
        return;
    };
    let name = &executors[start].name;
    let message = format!("`{name}` leads through more than {MAX_WRAPPERS} wrappers");
    let help = "remove some of them";
    reader.sink.error(into.span.clone(), message, Some(help.to_owned()));
}

fn report_cycle(reader: &mut Reader<'_>, document: &Node, executors: &[Executor], cycle: &[usize]) {
    let mut names: Vec<String> = cycle.iter().map(|n| format!("`{}`", executors[*n].name)).collect();
    names.push(names[0].clone());
    let last = section(document, "executors").nth(cycle[cycle.len() - 1]);
    let Some(into) = last.and_then(|(_, entry)| entry.node.get("into")) else { return };
    // An `into` that names nothing was reported, and stands for the first executor meanwhile.
    if into.text().is_none_or(|name| reader.names.executor(name).is_none()) {
        return;
    }
    let message = format!("these wrappers form a circle: {}", names.join(" into "));
    let help = "one of them must lead into an executor that runs tasks (threads, green, dynamic, inline)";
    reader.sink.error(into.span.clone(), message, Some(help.to_owned()));
}

/// For each executor, whether what is submitted to it passes one that holds tasks until their time.
pub(super) fn lead_through_delay(executors: &[Executor]) -> Vec<bool> {
    let mut found = vec![false; executors.len()];
    for (start, found) in found.iter_mut().enumerate() {
        let mut at = Some(start);
        // Chains are short; a circle was reported, and is left after as many steps as there are.
        for _ in 0..executors.len().min(64) {
            let Some(executor) = at.and_then(|at| executors.get(at)) else { break };
            *found |= keeps_series(executor);
            at = executor.wraps().map(ExecutorId::index);
        }
    }
    found
}

/// Whether it holds tasks until their time.
pub(super) fn keeps_series(executor: &Executor) -> bool {
    matches!(executor.kind, ExecutorKind::Delay { .. } | ExecutorKind::Scheduled { .. })
}

/// The most workers that a step can give it, if a step can resize it.
pub(super) fn most_when_resized(executor: &Executor) -> Option<u32> {
    match executor.kind {
        ExecutorKind::Elastic { workers, .. } => Some(workers),
        ExecutorKind::Scheduled { .. } => Some(super::keys::MAX_WORKERS as u32),
        ExecutorKind::Threads { .. }
        | ExecutorKind::Green { .. }
        | ExecutorKind::Dynamic { .. }
        | ExecutorKind::ForkJoin { .. }
        | ExecutorKind::Inline
        | ExecutorKind::Delay { .. }
        | ExecutorKind::Cap { .. }
        | ExecutorKind::Bus { .. } => None,
    }
}

fn memory(reader: &Reader<'_>, node: &Node) -> Option<u64> {
    let bytes = node.integer().and_then(|n| u64::try_from(n).ok());
    bytes.or_else(|| costs::memory(&reader.plain_text(node)?).ok())
}

/// The word of a policy for submissions that find no room.
pub(super) fn on_full(word: &str) -> Option<OnFull> {
    match word {
        "reject" => Some(OnFull::Reject),
        "block" => Some(OnFull::Block),
        "caller-runs" => Some(OnFull::CallerRuns),
        "discard" => Some(OnFull::Discard),
        "discard-oldest" => Some(OnFull::DiscardOldest),
        _ => None,
    }
}

fn cancelled(word: &str) -> Option<Cancelled> {
    match word {
        "kept" => Some(Cancelled::Kept),
        "notified" => Some(Cancelled::Notified),
        "removed" => Some(Cancelled::Removed),
        _ => None,
    }
}

fn after_shutdown(word: &str) -> Option<AfterShutdown> {
    match word {
        "reject" => Some(AfterShutdown::Reject),
        "discard" => Some(AfterShutdown::Discard),
        _ => None,
    }
}

fn guard(word: &str) -> Option<Guard> {
    match word {
        "allow" => Some(Guard::Allow),
        "warn" => Some(Guard::Warn),
        "reject" => Some(Guard::Reject),
        _ => None,
    }
}
