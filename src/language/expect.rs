//! `[expect]`: metrics and what they are held against.
//!
//! `"latency.build.p99" = "< 60s"` and nested tables `latency.build.p99 = "< 60s"` read alike. Units are
//! read by the metric: durations become seconds, memory bytes, shares a number.

use super::metric::{self, Lookup, MetricError, STATISTIC_HELP};
use super::quantity;
use super::reader::Reader;
use super::tree::{Entry, Node, Table, Value as Tree};
use crate::model::expectation::{Bound, Comparison, Expectation, Metric};
use crate::model::value::Value;

/// Reads every expectation, in document order.
pub(super) fn read(reader: &mut Reader<'_>, document: &Node) -> Vec<Expectation> {
    let mut found = Vec::new();
    if let Some(table) = document.get("expect").and_then(Node::table) {
        read_table(reader, table, "", &mut found);
    }
    found
}

/// Nesting is bounded by the tree's own bound.
fn read_table(reader: &mut Reader<'_>, table: &Table, prefix: &str, found: &mut Vec<Expectation>) {
    for (key, entry) in table {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        if let Some(below) = entry.node.table() {
            if below.is_empty() {
                reader.sink.error(entry.key_span.clone(), format!("`{path}` has no expectation"), None);
            }
            read_table(reader, below, &path, found);
        } else if let Some(metric) = metric(reader, &path, entry)
            && let Some((bound, text)) = bound(reader, &metric, &path, &entry.node)
        {
            found.push(Expectation { text: format!("{path} {text}"), metric, bound });
        }
    }
}

fn metric(reader: &mut Reader<'_>, path: &str, entry: &Entry) -> Option<Metric> {
    let at = entry.key_span.clone();
    let names = reader.names;
    let lookup = Lookup {
        task: &|name| names.task(name),
        executor: &|name| names.executor(name),
        cell: &|name| names.cell(name),
    };
    match metric::read(path, &lookup) {
        Ok(metric) => return Some(metric),
        Err(MetricError::Task(name)) => drop(reader.task(name, at)),
        Err(MetricError::Executor(name)) => drop(reader.executor(name, at)),
        Err(MetricError::Cell(name)) => reader.unknown("cell", name, at, names.cells.iter()),
        Err(MetricError::Statistic(word)) => {
            let message = format!("there is no statistic `{}`", word.escape_debug());
            reader.sink.error(at, message, Some(STATISTIC_HELP.to_owned()));
        }
        Err(MetricError::Metric) => {
            let message = format!("there is no metric `{}`", path.escape_debug());
            reader.sink.error(at, message, Some(metric::nearest(path)));
        }
    }
    None
}

/// What a metric counts in.
enum Unit {
    Truth,
    TruthOrCount,
    Count,
    Seconds,
    Bytes,
    Share,
    PerSecond,
    Number,
    Literal,
}

fn unit(metric: &Metric) -> (Unit, &'static str) {
    match metric {
        Metric::Deadlock | Metric::Stuck => (Unit::Truth, "true or false"),
        Metric::Races | Metric::LostUpdates => {
            (Unit::TruthOrCount, "true, false or a count such as \"<= 2\"")
        }
        Metric::Warnings
        | Metric::Rejected
        | Metric::Failed
        | Metric::Writes(_)
        | Metric::QueueMax(_)
        | Metric::WorkersMax(_)
        | Metric::ThreadsMax => (Unit::Count, "a count, such as 0 or \"<= 10\""),
        Metric::Latency(..)
        | Metric::LatencyFinished(..)
        | Metric::Wait(..)
        | Metric::Late(..)
        | Metric::Cpu(..)
        | Metric::CpuTotal
        | Metric::Makespan => (Unit::Seconds, "a comparison with a duration, such as \"< 60s\""),
        Metric::MemoryMax | Metric::MemoryMean => {
            (Unit::Bytes, "a comparison with an amount of memory, such as \"<= 64MiB\"")
        }
        Metric::ThreadsMean => (Unit::Number, "a comparison with a number, such as \"<= 12.5\""),
        Metric::Utilisation(_) => {
            (Unit::Share, "a comparison with a share, such as \"<= 80%\" or \">= 0.5\"")
        }
        Metric::Throughput(_) => (Unit::PerSecond, "a comparison with a rate, such as \">= 5/s\""),
        Metric::Final(_) => (Unit::Literal, "a value, such as 2 or \"RUNNING\" or \"!= SHUTDOWN\""),
    }
}

/// The bound and how it reads behind the metric: `< 60s`, `= false`.
fn bound(reader: &mut Reader<'_>, metric: &Metric, path: &str, node: &Node) -> Option<(Bound, String)> {
    let (unit, wanted) = unit(metric);
    let text = if node.text().is_some() {
        reader.text_of(node)?
    } else {
        return plain(reader, unit, wanted, path, node);
    };
    let (comparison, rest) = split_comparison(&text.text);
    let sign = sign(comparison);
    let start = text.text.len() - rest.len();
    let read = match unit {
        Unit::Truth => Err(None),
        Unit::TruthOrCount | Unit::Count => rest.parse::<u32>().map(f64::from).map_err(|_| None),
        Unit::Seconds => quantity::finite(rest).map(|length| length.seconds()).map_err(Some),
        Unit::Bytes => quantity::memory(rest).map(|bytes| bytes as f64).map_err(Some),
        Unit::Share => quantity::share(rest).map_err(Some),
        Unit::PerSecond => match quantity::plain_number(rest) {
            Some(number) => Ok(number),
            None => quantity::rate(rest).map_err(Some),
        },
        Unit::Number => quantity::plain_number(rest).ok_or(None),
        Unit::Literal => {
            return literal(comparison, rest).map(|bound| (bound, format!("{sign} {rest}"))).or_else(|| {
                reader.sink.error(node.span.clone(), format!("`{path}` must be {wanted}"), None);
                None
            });
        }
    };
    match read {
        Ok(number) => Some((Bound::Number(comparison, number), format!("{sign} {rest}"))),
        Err(Some(mistake)) => {
            reader.mistake(&text, mistake.shifted(start));
            None
        }
        Err(None) => {
            reader.sink.error(node.span.clone(), format!("`{path}` must be {wanted}"), None);
            None
        }
    }
}

/// A value that is not text.
fn plain(
    reader: &mut Reader<'_>,
    unit: Unit,
    wanted: &str,
    path: &str,
    node: &Node,
) -> Option<(Bound, String)> {
    let bound = match (&node.value, unit) {
        (Tree::Truth(truth), Unit::Truth | Unit::TruthOrCount) => Some(Bound::Truth(*truth)),
        (Tree::Integer(n), Unit::Literal) => Some(Bound::Is(Value::Number(*n))),
        (Tree::Integer(n), Unit::Count | Unit::TruthOrCount | Unit::Bytes) if *n >= 0 => {
            Some(Bound::Number(Comparison::Equal, *n as f64))
        }
        (Tree::Integer(_) | Tree::Float(_), Unit::Share | Unit::PerSecond | Unit::Number) => {
            node.number().map(|number| Bound::Number(Comparison::Equal, number))
        }
        (
            Tree::Truth(_)
            | Tree::Integer(_)
            | Tree::Float(_)
            | Tree::Text(_)
            | Tree::List(_)
            | Tree::Table(_)
            | Tree::Other(_),
            _,
        ) => None,
    };
    match bound {
        Some(bound) => Some((bound, format!("= {}", node.plain().unwrap_or_default()))),
        None => {
            if !matches!(node.value, Tree::Other(super::params::UNKNOWN_PARAM)) {
                reader.sink.error(node.span.clone(), format!("`{path}` must be {wanted}"), None);
            }
            None
        }
    }
}

fn literal(comparison: Comparison, rest: &str) -> Option<Bound> {
    let value = Value::parse(rest);
    match (comparison, &value) {
        (Comparison::Equal, _) => Some(Bound::Is(value)),
        (Comparison::NotEqual, _) => Some(Bound::IsNot(value)),
        (_, Value::Number(number)) => Some(Bound::Number(comparison, *number as f64)),
        (_, Value::Text(_)) => None,
    }
}

/// The comparison that a text begins with (`=` if with none) and what follows it.
fn split_comparison(text: &str) -> (Comparison, &str) {
    const SIGNS: [(&str, Comparison); 7] = [
        ("<=", Comparison::AtMost),
        (">=", Comparison::AtLeast),
        ("!=", Comparison::NotEqual),
        ("==", Comparison::Equal),
        ("<", Comparison::Less),
        (">", Comparison::Greater),
        ("=", Comparison::Equal),
    ];
    let text = text.trim_end();
    for (sign, comparison) in SIGNS {
        if let Some(rest) = text.strip_prefix(sign) {
            return (comparison, rest.trim_start());
        }
    }
    (Comparison::Equal, text)
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::Equal => "=",
        Comparison::NotEqual => "!=",
        Comparison::AtLeast => ">=",
        Comparison::Greater => ">",
    }
}
