//! The tables of a run's report: how long tasks took and why, and how full executors were.

use crate::table::{Align::Left, Align::Right, Table, firm};
use crate::text::{TITLE, wrap};
use threadbare::analysis::latency::{Figures, Row as TaskRow, Split};
use threadbare::analysis::occupancy::{Occupancy, Row as ExecutorRow};
use threadbare::analysis::prose::grouped;
use threadbare::analysis::written::bytes_text;
use threadbare::analysis::written::seconds;

/// What stands where there is nothing to say.
const NONE: &str = "–";

/// Tasks by type: what became of them, latency, and where it went. In one table if `width` allows,
/// otherwise in two. Types of which there were no tasks are only named.
pub fn tasks(rows: &[TaskRow], width: usize) -> String {
    let (seen, unseen): (Vec<&TaskRow>, Vec<&TaskRow>) = rows.iter().partition(|row| row.counts.total() > 0);
    let mut text = if seen.iter().any(|row| row.latency.is_some()) {
        latencies(&seen, width)
    } else if seen.is_empty() {
        String::new()
    } else {
        counts(&seen, width)
    };
    if !unseen.is_empty() {
        let names: Vec<&str> = unseen.iter().map(|row| row.task.as_str()).collect();
        for line in wrap(&format!("Never submitted: {}", names.join(", ")), width - 2) {
            text += &format!("  {line}\n");
        }
    }
    text
}

/// What became of the tasks, where none finished.
fn counts(rows: &[&TaskRow], width: usize) -> String {
    let mut table = Table::new(&[("task", Left), ("finished", Right), ("ended otherwise", Left)]);
    for row in rows {
        table.row(counts_of(row).to_vec());
    }
    section("Tasks, none of which finished", &table.render(width))
}

fn latencies(rows: &[&TaskRow], width: usize) -> String {
    let name = [("task", Left), ("finished", Right)];
    let others = [("ended otherwise", Left)];
    let latency = [("mean", Right), ("p50", Right), ("p99", Right), ("max", Right)];
    let split = [("delay", Right), ("cap", Right), ("queue", Right), ("running", Right), ("waiting", Right)];
    let mut whole = Table::new(&[&name[..], &others, &latency, &split].concat());
    let mut upper = Table::new(&[&name[..], &latency].concat());
    let mut lower = Table::new(&[&name[..1], &split, &others].concat());
    for row in rows {
        let counts = counts_of(row);
        let latency = figures(row.latency.as_ref());
        let split = parts(row.split.as_ref());
        whole.row([&counts[..], &latency, &split].concat());
        upper.row([&counts[..2], &latency].concat());
        lower.row([&counts[..1], &split, &counts[2..]].concat());
    }
    let idle = ["ended otherwise", "delay", "cap"];
    let whole = whole.without_empty(&idle, NONE);
    if whole.natural_width() <= width {
        let title = "Latency of finished tasks, and where it went on average";
        return section(title, &whole.render(width));
    }
    let lower = lower.without_empty(&idle, NONE).render(width);
    section("Latency of finished tasks", &upper.render(width))
        + "\n"
        + &section("Where it went on average", &lower)
}

fn counts_of(row: &TaskRow) -> [String; 3] {
    let counts = &row.counts;
    let others: Vec<String> = counts.others().iter().map(|part| firm(part)).collect();
    let others = if others.is_empty() { NONE.to_owned() } else { others.join(", ") };
    [row.task.clone(), format!("{}/{}", grouped(counts.finished), grouped(counts.total())), others]
}

fn figures(figures: Option<&Figures>) -> [String; 4] {
    match figures {
        None => std::array::from_fn(|_| NONE.to_owned()),
        Some(f) => [f.mean, f.p50, f.p99, f.max].map(seconds),
    }
}

fn parts(split: Option<&Split>) -> [String; 5] {
    match split {
        None => std::array::from_fn(|_| NONE.to_owned()),
        Some(s) => [s.delay, s.cap, s.queue, s.running, s.waiting].map(part),
    }
}

/// Executors: workers, how busy, queues, threads and memory.
pub fn executors(occupancy: &Occupancy, width: usize) -> String {
    let mut table = Table::new(&[
        ("executor", Left),
        ("kind", Left),
        ("workers", Right),
        ("utilised", Right),
        ("peak busy", Right),
        ("peak queue", Right),
        ("threads", Right),
        ("memory", Right),
    ]);
    for row in &occupancy.executors {
        table.row(executor(row));
    }
    let mut text = section("Executors", &table.without_empty(&["memory"], NONE).render(width));
    let threads = occupancy.threads_at_end;
    let plural = if threads == 1 { "" } else { "s" };
    let mut in_all = format!("In all: {threads} thread{plural} at the end");
    if occupancy.peak_memory > 0 {
        in_all += &format!(", at most {} of memory", bytes_text(occupancy.peak_memory));
    }
    for line in wrap(&in_all, width - 2) {
        text += &format!("  {line}\n");
    }
    text + &caps(occupancy, width)
}

/// The caps of all executors and how far they were used; nothing if there are none.
fn caps(occupancy: &Occupancy, width: usize) -> String {
    let mut table = Table::new(&[("executor", Left), ("cap", Left), ("limit", Right), ("most taken", Right)]);
    for row in &occupancy.executors {
        for cap in &row.caps {
            let (limit, peak) = (cap.limit.to_string(), cap.peak.to_string());
            table.row(vec![row.executor.clone(), cap.cap.clone(), limit, peak]);
        }
    }
    if table.is_empty() { String::new() } else { "\n".to_owned() + &section("Caps", &table.render(width)) }
}

fn executor(row: &ExecutorRow) -> Vec<String> {
    let workers = row.workers.map(|most| format!("{}/{most}", row.peak_workers));
    vec![
        row.executor.clone(),
        row.kind.clone(),
        workers.unwrap_or_else(|| NONE.to_owned()),
        row.utilisation.map_or_else(|| NONE.to_owned(), percent),
        if row.workers.is_some() { row.peak_busy.to_string() } else { NONE.to_owned() },
        grouped(row.peak_queue.into()),
        row.threads_at_end.to_string(),
        if row.peak_memory > 0 { bytes_text(row.peak_memory) } else { NONE.to_owned() },
    ]
}

fn section(title: &str, body: &str) -> String {
    format!("{TITLE}{title}{TITLE:#}\n{body}")
}

/// A part of a latency: nothing is a dash.
fn part(value: f64) -> String {
    if value == 0.0 { NONE.to_owned() } else { seconds(value) }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use threadbare::analysis::tally::Tally;

    #[test]
    fn numbers_read_well() {
        assert_eq!(percent(0.9), "90.0 %");
    }

    fn row(task: &str) -> TaskRow {
        let counts = Tally { finished: 5, cancelled: 1, ..Tally::default() };
        let figures = Figures { mean: 7.0, p50: 7.0, p90: 7.0, p99: 8.0, max: 8.0 };
        let split = Split { queue: 3.0, running: 4.0, ..Split::default() };
        let (latency, wait, split) = (Some(figures), Some(figures), Some(split));
        TaskRow { task: task.to_owned(), counts, latency, wait, split, cpu_total: 0.0 }
    }

    #[test]
    fn a_wide_terminal_gets_one_table_and_a_narrow_one_two() {
        let rows = [row("build"), row("network")];
        let wide = tasks(&rows, 120);
        assert_eq!(wide.lines().count(), 5);
        assert!(wide.contains("5/6  1 cancelled"), "{wide}");
        assert!(!wide.contains("delay") && !wide.contains("cap "), "{wide}");
        let narrow = tasks(&rows, 60);
        assert_eq!(narrow.lines().filter(|line| line.contains("build")).count(), 2);
        assert!(narrow.lines().all(|line| line.chars().count() <= 60), "{narrow}");
    }
}
