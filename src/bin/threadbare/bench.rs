//! `threadbare bench`: how fast scenarios simulate on this machine, with the full trace and without.
//!
//! The four standard workloads are those of `benches/`. Each run is timed as a whole, allocation
//! included; the fastest of several counts, because everything else that a machine does only adds.

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
    ($name:literal) => {
        ($name, include_str!(concat!("../../../benches/workloads/", $name, ".toml")))
    };
}

/// The standard workloads.
const WORKLOADS: [(&str, &str); 4] =
    [workload!("mm8"), workload!("parents"), workload!("delayed"), workload!("burst")];

/// What was measured of one scenario.
struct Measured {
    name: String,
    events: u64,
    untraced: Duration,
    traced: Duration,
}

/// `threadbare bench`
pub fn bench(args: &BenchArgs) -> Result<(), Trouble> {
    let scenarios = scenarios(args)?;
    let bar = bar(scenarios.len() as u64 * u64::from(args.runs));
    let mut rows = Vec::new();
    for (name, scenario) in scenarios {
        bar.set_message(name.clone());
        rows.push(measure(name, &scenario, args.runs, &bar));
    }
    bar.finish_and_clear();
    console::print(&table(&rows).render(console::width()))
}

fn scenarios(args: &BenchArgs) -> Result<Vec<(String, Arc<Scenario>)>, Trouble> {
    let sources = if args.files.is_empty() {
        let source = |(name, text): (&str, &str)| Source { name: name.to_owned(), bytes: text.into() };
        WORKLOADS.map(source).to_vec()
    } else {
        args.files.iter().map(|file| Source::read(file)).collect::<Result<_, _>>()?
    };
    let base = |source: Source| {
        let document: Document = input::document(&source)?;
        Ok((source.name, Arc::new(input::scenario(&document, BASE, &Which::default())?)))
    };
    sources.into_iter().map(base).collect()
}

fn measure(name: String, scenario: &Arc<Scenario>, runs: u32, bar: &ProgressBar) -> Measured {
    let (mut untraced, mut traced, mut events) = (Duration::MAX, Duration::MAX, 0);
    for _ in 0..runs {
        let begun = Instant::now();
        (_, events) = run_untraced(Arc::clone(scenario));
        untraced = untraced.min(begun.elapsed());
        let begun = Instant::now();
        let trace = run(Arc::clone(scenario));
        traced = traced.min(begun.elapsed());
        drop(trace);
        bar.inc(1);
    }
    Measured { name, events, untraced, traced }
}

fn table(rows: &[Measured]) -> Table {
    let mut table = Table::new(&[
        ("scenario", Left),
        ("events", Right),
        ("without trace", Right),
        ("M events/s", Right),
        ("with trace", Right),
        ("M events/s", Right),
    ]);
    let milliseconds = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
    for row in rows {
        let rate = |time: Duration| format!("{:.1}", row.events as f64 / time.as_secs_f64() / 1e6);
        table.row(vec![
            row.name.clone(),
            grouped(row.events),
            milliseconds(row.untraced),
            rate(row.untraced),
            milliseconds(row.traced),
            rate(row.traced),
        ]);
    }
    table
}

fn bar(steps: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} runs, {eta} left  {msg}");
    bar.with_style(style.expect("a sound template"))
}
