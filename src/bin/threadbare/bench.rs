//! `threadbare bench`: how fast scenarios simulate on this machine, with the full trace and without.
//!
//! The four standard workloads are those of `benches/`. Each run is timed as a whole, allocation
//! included; the fastest of several counts, because everything else that a machine does only adds.
//!
//! A trace tells more than other simulators call an event. So that rates can be compared, the standard
//! workloads also say how many events they are when only what has to be scheduled counts: an arrival and an
//! end a task on M/M/8, an end a task queued at once, four a parent, 2.1 a delayed task.

use crate::args::{BenchArgs, Which};
use crate::console;
use crate::input;
use crate::source::Source;
use crate::table::{Align::Left, Align::Right, Table};
use crate::trouble::Trouble;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Arc;
use std::time::{Duration, Instant};
use threadbare::analysis::prose::grouped;
use threadbare::language::{BASE, Document};
use threadbare::model::scenario::Scenario;
use threadbare::study::run::{run, run_untraced};

macro_rules! workload {
    ($name:literal, $scheduled:literal) => {
        ($name, include_str!(concat!("../../../benches/workloads/", $name, ".toml")), $scheduled)
    };
}

/// The standard workloads, each with its number of scheduled events.
const WORKLOADS: [(&str, &str, u64); 4] = [
    workload!("mm8", 2_000_000),
    workload!("parents", 800_000),
    workload!("delayed", 2_100_000),
    workload!("burst", 1_000_000),
];

/// What is to be measured.
struct Workload {
    name: String,
    scenario: Arc<Scenario>,
    /// Events that have to be scheduled; only known of the standard workloads.
    scheduled: Option<u64>,
}

/// What was measured of one scenario.
struct Measured {
    name: String,
    events: u64,
    scheduled: Option<u64>,
    untraced: Duration,
    traced: Duration,
}

/// `threadbare bench`
pub fn bench(args: &BenchArgs) -> Result<(), Trouble> {
    let workloads = workloads(args)?;
    let bar = bar(workloads.len() as u64 * u64::from(args.runs));
    let mut rows = Vec::new();
    for workload in workloads {
        bar.set_message(workload.name.clone());
        rows.push(measure(workload, args.runs, &bar));
    }
    bar.finish_and_clear();
    console::print(&table(&rows).render(console::width()))
}

fn workloads(args: &BenchArgs) -> Result<Vec<Workload>, Trouble> {
    let sources: Vec<(Source, Option<u64>)> = if args.files.is_empty() {
        let standard = |(name, text, scheduled): (&str, &str, u64)| {
            (Source { name: name.to_owned(), bytes: text.into() }, Some(scheduled))
        };
        WORKLOADS.map(standard).to_vec()
    } else {
        args.files.iter().map(|file| Ok((Source::read(file)?, None))).collect::<Result<_, Trouble>>()?
    };
    let base = |(source, scheduled): (Source, Option<u64>)| {
        let document: Document = input::document(&source)?;
        let scenario = Arc::new(input::scenario(&document, BASE, &Which::default())?);
        Ok(Workload { name: source.name, scenario, scheduled })
    };
    sources.into_iter().map(base).collect()
}

fn measure(workload: Workload, runs: u32, bar: &ProgressBar) -> Measured {
    let Workload { name, scenario, scheduled } = workload;
    let (mut untraced, mut traced, mut events) = (Duration::MAX, Duration::MAX, 0);
    for _ in 0..runs {
        let begun = Instant::now();
        (_, events) = run_untraced(Arc::clone(&scenario));
        untraced = untraced.min(begun.elapsed());
        let begun = Instant::now();
        let trace = run(Arc::clone(&scenario));
        traced = traced.min(begun.elapsed());
        drop(trace);
        bar.inc(1);
    }
    Measured { name, events, scheduled, untraced, traced }
}

fn table(rows: &[Measured]) -> Table {
    let mut table = Table::new(&[
        ("scenario", Left),
        ("events", Right),
        ("without trace", Right),
        ("M/s", Right),
        ("with trace", Right),
        ("M/s", Right),
    ]);
    let milliseconds = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
    let rate = |count: u64, time: Duration| format!("{:.1}", count as f64 / time.as_secs_f64() / 1e6);
    for row in rows {
        table.row(vec![
            row.name.clone(),
            grouped(row.events),
            milliseconds(row.untraced),
            rate(row.events, row.untraced),
            milliseconds(row.traced),
            rate(row.events, row.traced),
        ]);
        if let Some(count) = row.scheduled {
            let none = String::new;
            let (untraced, traced) = (rate(count, row.untraced), rate(count, row.traced));
            table.row(vec!["· scheduled".to_owned(), grouped(count), none(), untraced, none(), traced]);
        }
    }
    table
}

fn bar(steps: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} runs, {eta} left  {msg}");
    bar.with_style(style.expect("a sound template"))
}
