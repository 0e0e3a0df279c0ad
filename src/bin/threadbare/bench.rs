//! `threadbare bench`: how fast scenarios simulate on this machine, with the full trace and without.
//!
//! The standard workloads are those of `benches/`, which says what they are and what was measured. Each run is
//! timed as a whole, allocation included; the fastest of several counts, because everything else that a machine
//! does only adds.
//!
//! A trace tells more than other simulators call an event. So that rates can be compared, the standard
//! workloads also say how many events they are when only what has to be scheduled counts: an arrival and an
//! end a task on M/M/8, an end a task queued at once, four a parent, 2.1 a delayed task.

mod exploring;

use crate::args::{BenchArgs, Tracing};
use crate::command_error::CommandError;
use crate::console;
use crate::input;
use crate::selection::RunSelection;
use crate::source::Source;
use crate::table::{Align::Left, Align::Right, Table};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Arc;
use std::time::{Duration, Instant};
use threadbare::analysis::prose::grouped;
use threadbare::language::{BASE, Document};
use threadbare::model::scenario::Scenario;
use threadbare::study::run::{run, run_untraced};

/// Tasks that a workload of `benches/` may have, whatever the limits of a document that names none.
const MAX_TASKS: u64 = 20_000_000;

/// One of the standard workloads of `benches/`.
struct StandardWorkload {
    name: &'static str,
    text: &'static str,
    /// The parameter that says how much there is of it, and its value for a million tasks.
    size: (&'static str, u64),
    /// Events that have to be scheduled for a million tasks.
    scheduled: u64,
}

macro_rules! standard {
    ($name:literal, $parameter:literal = $size:literal, $scheduled:literal) => {
        StandardWorkload {
            name: $name,
            text: include_str!(concat!("../../../benches/workloads/", $name, ".toml")),
            size: ($parameter, $size),
            scheduled: $scheduled,
        }
    };
}

const STANDARD: [StandardWorkload; 8] = [
    standard!("mm8", "tasks" = 1_000_000, 2_000_000),
    standard!("parents", "parents" = 200_000, 800_000),
    standard!("delayed", "rounds" = 1_000, 2_100_000),
    standard!("burst", "tasks" = 1_000_000, 1_000_000),
    standard!("channel", "messages" = 1_000_000, 3_000_000),
    standard!("sharing", "jobs" = 1_000_000, 2_000_000),
    standard!("forkjoin", "loops" = 500_000, 2_000_000),
    standard!("virtual", "threads" = 1_000_000, 4_000_000),
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
    untraced: Option<Duration>,
    traced: Option<Duration>,
}

/// `threadbare bench`
pub fn bench(args: &BenchArgs) -> Result<(), CommandError> {
    if args.explore {
        return exploring::bench(args);
    }
    let workloads = workloads(args)?;
    let bar = bar(workloads.len() as u64 * u64::from(args.runs));
    let mut rows = Vec::new();
    for workload in workloads {
        bar.set_message(workload.name.clone());
        rows.push(measure(workload, args, &bar));
    }
    bar.finish_and_clear();
    console::print(&table(&rows).render(console::width()))
}

fn workloads(args: &BenchArgs) -> Result<Vec<Workload>, CommandError> {
    if args.files.is_empty() {
        return STANDARD.iter().map(|standard| standard.of(args.tasks)).collect();
    }
    let named = |file: &String| match STANDARD.iter().find(|standard| standard.name == file) {
        Some(standard) => standard.of(args.tasks),
        None => Workload::new(&Source::read(file)?, &RunSelection::default(), None),
    };
    args.files.iter().map(named).collect()
}

impl StandardWorkload {
    /// The workload with about this many tasks.
    fn of(&self, tasks: u64) -> Result<Workload, CommandError> {
        let part = |of_a_million: u64| (of_a_million * tasks).div_ceil(1_000_000);
        let (parameter, size) = self.size;
        let which = RunSelection {
            set: vec![
                (parameter.to_owned(), part(size).to_string()),
                ("limits.max_tasks".to_owned(), MAX_TASKS.to_string()),
                ("limits.max_events".to_owned(), (10 * MAX_TASKS).to_string()),
            ],
            ..RunSelection::default()
        };
        let source = Source { name: self.name.to_owned(), bytes: self.text.into() };
        Workload::new(&source, &which, Some(part(self.scheduled)))
    }
}

impl Workload {
    fn new(source: &Source, which: &RunSelection, scheduled: Option<u64>) -> Result<Workload, CommandError> {
        let document: Document = input::document(source)?;
        let scenario = Arc::new(input::scenario(&document, BASE, which)?);
        Ok(Workload { name: source.name.clone(), scenario, scheduled })
    }
}

fn measure(workload: Workload, args: &BenchArgs, bar: &ProgressBar) -> Measured {
    let Workload { name, scenario, scheduled } = workload;
    let (mut untraced, mut traced, mut events) = (None, None, 0);
    for _ in 0..args.runs {
        if args.only != Some(Tracing::Traced) {
            let begun = Instant::now();
            (_, events) = run_untraced(Arc::clone(&scenario));
            keep_least(&mut untraced, begun.elapsed());
        }
        if args.only != Some(Tracing::Untraced) {
            let begun = Instant::now();
            let trace = run(Arc::clone(&scenario));
            keep_least(&mut traced, begun.elapsed());
            events = trace.len() as u64;
        }
        bar.inc(1);
    }
    Measured { name, events, scheduled, untraced, traced }
}

fn keep_least(least: &mut Option<Duration>, time: Duration) {
    *least = Some(least.map_or(time, |least| least.min(time)));
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
    let shown = |time: Option<Duration>, text: &dyn Fn(f64) -> String| {
        time.map(|time| text(time.as_secs_f64())).unwrap_or_default()
    };
    for row in rows {
        let time = |time| shown(time, &|seconds| format!("{:.1} ms", seconds * 1e3));
        let rate = |count: u64, time| shown(time, &|seconds| format!("{:.1}", count as f64 / seconds / 1e6));
        table.row(vec![
            row.name.clone(),
            grouped(row.events),
            time(row.untraced),
            rate(row.events, row.untraced),
            time(row.traced),
            rate(row.events, row.traced),
        ]);
        if let Some(count) = row.scheduled {
            let (untraced, traced) = (rate(count, row.untraced), rate(count, row.traced));
            let none = String::new;
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
