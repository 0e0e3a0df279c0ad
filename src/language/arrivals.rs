//! `[[arrivals]]`: what comes from outside, and when.

use super::executors::on_full;
use super::keys::MAX_PER_KIND;
use super::quantity;
use super::reader::Reader;
use super::tree::{Node, Table};
use crate::model::distribution::Distribution;
use crate::model::id::{ExecutorId, TaskTypeId};
use crate::model::scenario::{Arrivals, Pattern};
use crate::model::time::{Duration, Time};

/// Reads every entry, in document order.
pub(super) fn read(reader: &mut Reader<'_>, document: &Node) -> Vec<Arrivals> {
    let entries = document.get("arrivals").and_then(Node::list).unwrap_or_default();
    let tables = entries.iter().take(MAX_PER_KIND).filter_map(Node::table);
    tables.map(|table| entry(reader, table)).collect()
}

fn entry(reader: &mut Reader<'_>, table: &Table) -> Arrivals {
    let named = |key: &str| {
        let node = &table.get(key)?.node;
        node.text().map(|name| (name.to_owned(), node.span.clone()))
    };
    let task = named("task").and_then(|(name, at)| reader.task(&name, at));
    let to = named("to").and_then(|(name, at)| reader.executor(&name, at));
    let integer = |key: &str| table.get(key).and_then(|entry| entry.node.integer());
    let policy = table.get("on_full").and_then(|entry| entry.node.text()).and_then(on_full);
    Arrivals {
        task: task.unwrap_or(TaskTypeId(0)),
        to: to.unwrap_or(ExecutorId(0)),
        pattern: pattern(reader, table),
        key: table.get("key").and_then(|entry| entry.node.text()).map(str::to_owned),
        priority: integer("priority").and_then(|n| i32::try_from(n).ok()).unwrap_or(0),
        on_full: policy,
    }
}

fn pattern(reader: &mut Reader<'_>, table: &Table) -> Pattern {
    let instant = |reader: &Reader<'_>, key: &str| {
        table.get(key).and_then(|entry| reader.duration(&entry.node)).map(|length| Time::ZERO + length)
    };
    if table.contains_key("trace") {
        return trace(reader, table);
    }
    let at = instant(reader, "at").unwrap_or(Time::ZERO);
    let count = table.get("count").and_then(|entry| entry.node.integer()).and_then(|n| u64::try_from(n).ok());
    let until = instant(reader, "until");
    let Some((gap, gap_first)) = gap(reader, table, count.is_none()) else {
        if let Some(entry) = table.get("until") {
            let help = "without `every` or `rate`, all arrivals come at once, at `at`";
            let message = "`until` has no meaning without `every` or `rate`";
            reader.sink.error(entry.key_span.clone(), message, Some(help.to_owned()));
        }
        return Pattern::Batch { at, count: count.unwrap_or(1) };
    };
    if let Some(entry) = table.get("until").filter(|_| until.is_some_and(|until| until < at)) {
        reader.sink.error(entry.node.span.clone(), "`until` is before `at`: nothing would ever arrive", None);
    }
    Pattern::Stream { at, count, gap, gap_first, until }
}

/// The time between two arrivals, and whether the first comes one gap later.
fn gap(reader: &mut Reader<'_>, table: &Table, endless: bool) -> Option<(Distribution, bool)> {
    if let (Some(_), Some(rate)) = (table.get("every"), table.get("rate")) {
        let message = "`every` and `rate` cannot be combined";
        let help = "rate = \"5/s\" is the same as every = \"exp(200ms)\", beginning one gap later";
        reader.sink.error(rate.key_span.clone(), message, Some(help.to_owned()));
    }
    if let Some(entry) = table.get("every") {
        let gap = reader.distribution(&entry.node);
        let never_moves = |gap: &Distribution| match gap {
            Distribution::Fixed(gap) => *gap == Duration::ZERO,
            Distribution::Uniform { high, .. } => *high == Duration::ZERO,
            Distribution::Normal { mean, deviation } => *mean == 0.0 && *deviation == 0.0,
            Distribution::Choice(choices) => choices.iter().all(|(gap, _)| *gap == Duration::ZERO),
            Distribution::Trace(gaps) => gaps.iter().all(|gap| *gap == Duration::ZERO),
            Distribution::Exponential { .. }
            | Distribution::LogNormal { .. }
            | Distribution::Erlang { .. }
            | Distribution::Pareto { .. } => false,
        };
        if endless && gap.as_ref().is_some_and(never_moves) {
            let message = "arrivals every 0 s without a `count` never end";
            reader.sink.error(entry.node.span.clone(), message, Some("set `count`".to_owned()));
        }
        if gap.as_ref().and_then(Distribution::fixed).is_some_and(Duration::is_forever) {
            reader.sink.error(entry.node.span.clone(), "`every` cannot be forever", None);
        }
        return Some((gap.unwrap_or(Distribution::Fixed(Duration::from_secs(1))), false));
    }
    let node = &table.get("rate")?.node;
    let rate = reader.plain_text(node).and_then(|text| quantity::rate(&text).ok());
    Some((Distribution::gaps_of_rate(rate.unwrap_or(1.0)), true))
}

fn trace(reader: &mut Reader<'_>, table: &Table) -> Pattern {
    for key in ["at", "count", "every", "rate", "until"] {
        if let Some(entry) = table.get(key) {
            let message = format!("`{key}` cannot be combined with `trace`");
            let help = "a trace already says when tasks arrive, and how many";
            reader.sink.error(entry.key_span.clone(), message, Some(help.to_owned()));
        }
    }
    let items = table.get("trace").and_then(|entry| entry.node.list()).unwrap_or_default();
    let mut instants: Vec<Time> = Vec::with_capacity(items.len());
    for item in items {
        let Some(length) = reader.duration(item) else { continue };
        let instant = Time::ZERO + length;
        if instants.last().is_some_and(|last| *last > instant) {
            let message = "the instants of a trace must ascend";
            reader.sink.error(
                item.span.clone(),
                message,
                Some("this one is earlier than the one before it".to_owned()),
            );
        }
        instants.push(instant);
    }
    Pattern::Trace(instants)
}
