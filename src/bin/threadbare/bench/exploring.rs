//! `threadbare bench --explore`: how fast a scenario is explored, and what each reduction saves.
//!
//! The untimed view is explored with all reductions, then without each of them. A search without one may be hopeless:
//! it is cut at `--states` states, and the table says "more than". The fastest of several runs counts.

use crate::args::BenchArgs;
use crate::command_error::CommandError;
use crate::console;
use crate::input;
use crate::selection::RunSelection;
use crate::source::Source;
use crate::table::{Align::Left, Align::Right, Table};
use std::sync::Arc;
use std::time::{Duration, Instant};
use threadbare::analysis::prose::grouped;
use threadbare::language::BASE;
use threadbare::model::scenario::Scenario;
use threadbare::study::explore::{
    ExplorationCoverage, ExplorationOptions, InterleavingExplorer, StateSpaceReduction,
};

/// What is explored if nothing is named: builds on one worker more, which is one too many to hang.
const SIZES: [(u32, u32); 2] = [(5, 6), (10, 11)];

/// The searches, each with its name.
const SEARCHES: [(&str, Option<StateSpaceReduction>); 4] = [
    ("all reductions", None),
    ("no partial order", Some(StateSpaceReduction::PartialOrder)),
    ("no symmetry", Some(StateSpaceReduction::Symmetry)),
    ("no state hashing", Some(StateSpaceReduction::Hashing)),
];

/// `threadbare bench --explore`
pub fn bench(args: &BenchArgs) -> Result<(), CommandError> {
    let mut table = Table::new(&[
        ("scenario", Left),
        ("search", Left),
        ("states", Right),
        ("steps", Right),
        ("time", Right),
        ("states/s", Right),
        ("states, times", Right),
    ]);
    for (name, scenario) in scenarios(args)? {
        let mut whole = None;
        for (search, without) in SEARCHES {
            let most_states = if without.is_none() { usize::MAX } else { args.states as usize };
            let measured = measure(&scenario, without, most_states, args.runs);
            let base = *whole.get_or_insert(measured.coverage.states);
            let shown = if without.is_none() { name.as_str() } else { "" };
            table.row(row(shown, search, &measured, base));
        }
    }
    console::print(&table.render(console::width()))
}

fn scenarios(args: &BenchArgs) -> Result<Vec<(String, Arc<Scenario>)>, CommandError> {
    let read = |file: &str, which: &RunSelection| -> Result<Arc<Scenario>, CommandError> {
        let document = input::document(&Source::read(file)?)?;
        Ok(Arc::new(input::scenario(&document, BASE, which)?))
    };
    if !args.files.is_empty() {
        let named = |file: &String| Ok((file.clone(), read(file, &RunSelection::default())?));
        return args.files.iter().map(named).collect();
    }
    let sized = |(builds, workers): (u32, u32)| {
        let set = vec![("builds".to_owned(), builds.to_string()), ("pool".to_owned(), workers.to_string())];
        let scenario = read("nova-build-deadlock", &RunSelection { seed: None, set })?;
        Ok((format!("{builds} builds, {workers} workers"), scenario))
    };
    SIZES.into_iter().map(sized).collect()
}

struct Measured {
    coverage: ExplorationCoverage,
    time: Duration,
}

fn measure(
    scenario: &Arc<Scenario>,
    without: Option<StateSpaceReduction>,
    most_states: usize,
    runs: u32,
) -> Measured {
    let once = || {
        let begun = Instant::now();
        let options = ExplorationOptions { without, most_states, ..ExplorationOptions::default() };
        let mut explorer = InterleavingExplorer::new(scenario, options);
        while !explorer.advance(u64::MAX) {}
        Measured { coverage: explorer.coverage().clone(), time: begun.elapsed() }
    };
    let runs = (0..runs).map(|_| once());
    runs.min_by_key(|measured| measured.time).expect("there is one run at least")
}

fn row(scenario: &str, search: &str, measured: &Measured, base: usize) -> Vec<String> {
    let Measured { coverage, time } = measured;
    let seconds = time.as_secs_f64();
    let more = if coverage.exhausted { "" } else { "> " };
    let times = coverage.states as f64 / base as f64;
    vec![
        scenario.to_owned(),
        search.to_owned(),
        format!("{more}{}", grouped(coverage.states as u64)),
        format!("{more}{}", grouped(coverage.transitions)),
        format!("{more}{:.1} ms", seconds * 1e3),
        grouped((coverage.states as f64 / seconds) as u64),
        format!("{more}{times:.1}"),
    ]
}
