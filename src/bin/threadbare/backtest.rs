//! `threadbare backtest`: a run of a scenario held against the recording of a real run.

use crate::command_error::CommandError;
use crate::console;
use crate::exit::Exit;
use crate::input;
use crate::progress::patiently;
use crate::recording::{RecordingArgs, read_recording};
use crate::source::Source;
use crate::study::args::share;
use crate::study::words::percent;
use crate::table::{Align::Left, Align::Right, Table};
use crate::text::{BAD, GOOD, TITLE, wrap};
use clap::{Args, ValueHint};
use serde_json::json;
use std::fmt::Write;
use threadbare::language::{BASE, Document, Overrides};
use threadbare::model::scenario::Scenario;
use threadbare::study::backtest::{Backtest, Comparison, DEFAULT_TOLERANCE, ErrorSource, Quantity, backtest};

/// Columns of text.
const WIDTH: usize = 100;

/// `threadbare backtest`
#[derive(Args, Debug)]
pub struct BacktestArgs {
    #[command(flatten)]
    pub recording: RecordingArgs,

    /// Scenario to compare with the recording; defaults to the one that `import` makes of it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub scenario: Option<String>,

    /// Variant of the scenario to run
    #[arg(long, value_name = "VARIANT", requires = "scenario")]
    pub variant: Option<String>,

    /// Largest error to accept, as a share of the measured figure
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "10%")]
    pub within: f64,

    /// Print the figures as JSON
    #[arg(long)]
    pub json: bool,
}

/// `threadbare backtest`
pub fn run(args: &BacktestArgs) -> Result<Exit, CommandError> {
    let (name, imported) = read_recording(&args.recording)?;
    let (file, scenario) = match &args.scenario {
        Some(file) => {
            let source = Source::read(file)?;
            let variant = args.variant.as_deref().unwrap_or(BASE);
            (source.name.clone(), scenario(&source.name, source.text()?, variant)?)
        }
        None => ("the imported scenario".to_owned(), scenario(&name, &imported.text, BASE)?),
    };
    let result = patiently("running the scenario", || backtest(&scenario, &imported.measured));
    if result.comparisons.is_empty() {
        let hint = "A recording with starts and ends of tasks is needed.";
        return Err(CommandError::with_hint(format!("{name} has no figure to compare with a run"), hint));
    }
    let text =
        if args.json { json_text(&result, args.within) } else { report(&name, &file, &result, args.within) };
    console::print(&text)?;
    let is_good = result.missing.is_empty() && result.beyond(args.within).is_empty();
    Ok(if is_good { Exit::Expected } else { Exit::Unexpected })
}

fn scenario(name: &str, text: &str, variant: &str) -> Result<Scenario, CommandError> {
    let document = Document::parse(name, text).map_err(|problems| input::rendered(&problems))?;
    document.scenario(variant, &Overrides::default()).map_err(|problems| input::rendered(&problems))
}

/// The short form that ends an import: whether the scenario, as it is written, runs as was measured.
pub fn short(
    name: &str,
    text: &str,
    measured: &threadbare::import::measured::Measured,
) -> Result<String, CommandError> {
    let scenario = scenario(name, text, BASE)?;
    let result = patiently("checking it by a run", || backtest(&scenario, measured));
    let Some(makespan) = result.comparisons.iter().find(|one| one.quantity == Quantity::Makespan) else {
        return Ok(match result.stopped() {
            Some(stopped) => format!("Checked by a run. {stopped}\n"),
            None => "Checked by a run: it ends. The recording has no complete run to compare it with.\n"
                .to_owned(),
        });
    };
    let mut out = format!(
        "Checked by a run: makespan {}, measured {} ({}).\n",
        makespan.simulated_text(),
        makespan.quantity.figure(makespan.measured),
        makespan.error_text()
    );
    let beyond = result.beyond(DEFAULT_TOLERANCE);
    if let Some(stopped) = result.stopped() {
        let _ = writeln!(out, "{BAD}{stopped}{BAD:#}");
    } else if beyond.is_empty() {
        let _ = writeln!(
            out,
            "{GOOD}Every figure is within {} of what was measured.{GOOD:#}",
            percent(DEFAULT_TOLERANCE)
        );
    } else {
        let count = beyond.len();
        let _ = writeln!(
            out,
            "{BAD}The run differs{BAD:#} by more than {} in {count} of {} figures:",
            percent(DEFAULT_TOLERANCE),
            result.comparisons.len()
        );
        const MAX_LISTED: usize = 5;
        for one in beyond.iter().take(MAX_LISTED) {
            let _ = writeln!(out, "  - {}", sentence(one));
        }
        if count > MAX_LISTED {
            let _ = writeln!(out, "  - and {} more: threadbare backtest lists all", count - MAX_LISTED);
        }
        out += &largest(&result);
    }
    Ok(out)
}

fn report(name: &str, file: &str, result: &Backtest, within: f64) -> String {
    let mut out = format!("{TITLE}{name}{TITLE:#}, compared with {file}\n\n");
    if let Some(stopped) = result.stopped() {
        let _ = writeln!(out, "{BAD}{stopped}{BAD:#}\n");
    }
    let columns = [
        ("of", Left),
        ("figure", Left),
        ("measured", Right),
        ("simulated", Right),
        ("error", Right),
        ("", Left),
    ];
    let mut table = Table::new(&columns);
    for one in &result.comparisons {
        let mark = if one.is_within(within) { "" } else { "✗" };
        table.row(vec![
            one.subject.clone().unwrap_or_else(|| "the run".to_owned()),
            one.quantity.word(),
            one.quantity.figure(one.measured),
            one.simulated_text(),
            one.error_text(),
            mark.to_owned(),
        ]);
    }
    out += &table.render(console::width());
    out.push('\n');
    for task in &result.missing {
        let _ = writeln!(out, "{BAD}The scenario has no task `{task}`, which the recording has.{BAD:#}");
    }
    let (beyond, all) = (result.beyond(within).len(), result.comparisons.len());
    if beyond == 0 {
        let worst = result.worst().unwrap_or(0.0);
        let _ = writeln!(
            out,
            "{GOOD}All {all} figures are within {}.{GOOD:#} The largest error is {}.",
            percent(within),
            percent(worst)
        );
    } else {
        let _ =
            writeln!(out, "{BAD}{beyond} of {all} figures are off by more than {}.{BAD:#}", percent(within));
    }
    out += &largest(result);
    out
}

/// The largest source of error, in a sentence or two.
fn largest(result: &Backtest) -> String {
    let Some(text) = result.largest.as_ref().and_then(ErrorSource::sentence) else { return String::new() };
    wrap(&text, WIDTH).iter().map(|line| format!("{line}\n")).collect()
}

/// One figure that differs.
fn sentence(one: &Comparison) -> String {
    let subject = one.subject.as_ref().map_or(String::new(), |subject| format!("`{subject}`: "));
    let measured = one.quantity.figure(one.measured);
    let (what, simulated, error) = (one.quantity.word(), one.simulated_text(), one.error_text());
    format!("{subject}{what} {simulated}, measured {measured} ({error})")
}

fn json_text(result: &Backtest, within: f64) -> String {
    let comparisons: Vec<serde_json::Value> = result
        .comparisons
        .iter()
        .map(|one| {
            json!({
                "of": one.subject, "figure": one.quantity.word(), "measured": one.measured,
                "simulated": one.simulated, "error": Some(one.error()).filter(|error| error.is_finite()),
                "within": one.is_within(within),
            })
        })
        .collect();
    let largest = result.largest.as_ref().map(|source| {
        json!({
            "task": source.task, "count": source.count, "mean_difference": source.mean_difference,
            "wait_difference": source.wait_difference,
        })
    });
    let value = json!({
        "outcome": result.outcome.kind.word(), "within": within, "comparisons": comparisons,
        "missing": result.missing, "largest": largest,
    });
    format!("{value:#}\n")
}

pub const BACKTEST_AFTER: &str = "\
Examples:
  threadbare backtest trace.json
  threadbare backtest requests.csv --scenario mine.toml --within 5%

Task types and pools are compared by name. An error is the simulated figure minus the measured one, as a share of \
the measured one.

Exit codes: 0 every figure is within the bound; 1 some are not; 2 bad input or usage.";
