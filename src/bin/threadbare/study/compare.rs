//! `threadbare compare`: variants side by side on the same draws.

use super::RunProgressBar;
use super::args::{CompareArgs, Effort};
use super::words::{self, NONE};
use crate::command_error::CommandError;
use crate::console;
use crate::exit::Exit;
use crate::input::{self, Input};
use crate::selection::RunSelection;
use crate::table::{Align::Left, Align::Right, Table};
use crate::text::{TITLE, wrap};
use serde_json::{Map, Value, json};
use threadbare::analysis::verdict::DesignVerdict;
use threadbare::jobs::compare::Compared;
use threadbare::language::Document;
use threadbare::study::compare::sides::{
    BILL, ComparedVariant, ComparisonRow, VariantComparison, review_metrics, runs_in_words,
};
use threadbare::study::compare::{FailCondition, MetricDifference};
use threadbare::study::replicate::{ReplicationResults, RunCallbacks};

/// `threadbare compare`
pub fn compare(args: &CompareArgs) -> Result<Exit, CommandError> {
    if args.variants.len() < 2 {
        let hint = "Name at least two, such as --variants base,eventlet; `base` is the document itself.";
        return Err(CommandError::with_hint("there is nothing to compare", hint));
    }
    let names: Vec<&str> = args.variants.iter().map(String::as_str).collect();
    let document = super::document(&args.file, &names)?;
    let overrides = super::overrides(&args.which);
    let conditions: Vec<String> = args.fail_if.iter().map(|condition| condition.metric.clone()).collect();
    let sides = VariantComparison::read(&document, &names, &overrides, &args.metric, &conditions)?;
    let effort = args.effort.of();
    let bar = RunProgressBar::new(
        sides.least_runs(&effort),
        if effort.within.is_some() { "runs at least" } else { "runs" },
    );
    let stops = || !args.effort.has_time();
    let watch = RunCallbacks { on_run: &|| bar.step(), stops: &stops };
    let Some(runs) = sides.run(&effort, &watch) else {
        let hint = "Allow more --time, or fewer --runs.";
        return Err(CommandError::with_hint("the time was up before all runs were done", hint));
    };
    drop(bar);
    let mut exit = Exit::Expected;
    let mut text = String::new();
    let mut compared = Vec::new();
    for at in 1..sides.all.len() {
        let found = sides.differences(&runs, at);
        let (asked, bill) = found.split_at(sides.asked);
        let broken = broken(args, &sides, at, asked);
        if !broken.is_empty() {
            exit = Exit::Unexpected;
        }
        if args.json {
            let mut one = json_of(&sides, at, asked, &broken);
            one["bill"] = named(&sides.names[sides.asked..], bill);
            compared.push(one);
        } else {
            text += &section(&sides, at, &found, &broken);
            let said = wrap(&sides.sentence(&runs, &found, at), console::width().min(100) - 2);
            text += &said.iter().fold("\n".to_owned(), |text, line| text + &format!("  {line}\n"));
        }
    }
    let designs = sides.designs(&runs, &|| args.effort.has_time_to_read());
    if args.json {
        let of = |(side, design): (&ComparedVariant, &DesignVerdict)| (side.name.clone(), json!(design));
        let designs: Map<String, Value> = sides.all.iter().zip(&designs).map(of).collect();
        let bill = bill_json(&sides, &runs);
        let runs = runs.iter().map(|runs| runs.runs.len()).max();
        let whole = json!({ "runs": runs, "first": sides.all[0].name, "designs": designs, "compared": compared, "bill": bill });
        text = serde_json::to_string_pretty(&whole).expect("names and numbers always are JSON") + "\n";
    } else {
        text += &bill(&sides, &runs);
        text += &designs_in_words(&sides.all, &designs);
        text += &format!("\n  {}\n", runs_in_words(&runs));
    }
    console::print(&text)?;
    Ok(exit)
}

/// Compares two variants in the metrics that are asked for, or else in those of the page, for a picture of it.
pub fn whole(
    document: &Document,
    variants: [&str; 2],
    which: &RunSelection,
    metrics: &[String],
    runs: u32,
) -> Result<Compared, CommandError> {
    let overrides = super::overrides(which);
    let mut scenarios = Vec::new();
    for variant in variants {
        Input::know(document, variant)?;
        scenarios.push(input::scenario(document, variant, which)?);
    }
    let usual = || review_metrics(&scenarios.iter().collect::<Vec<_>>());
    let asked = if metrics.is_empty() { usual() } else { metrics.to_vec() };
    let sides = VariantComparison::read(document, &variants, &overrides, &asked, &[])?;
    let effort = Effort::runs(runs).of();
    let bar = RunProgressBar::new(sides.least_runs(&effort), "runs");
    let watch = RunCallbacks { on_run: &|| bar.step(), ..RunCallbacks::default() };
    let made = sides.run(&effort, &watch).expect("nothing stops it");
    Ok(Compared::new(&sides, &made, 1, String::new()))
}

/// What each variant costs, side by side.
fn bill(sides: &VariantComparison, runs: &[ReplicationResults]) -> String {
    let mut columns = vec![("", Left)];
    columns.extend(sides.all.iter().map(|side| (side.name.as_str(), Right)));
    let mut table = Table::new(&columns);
    for (number, (_, what)) in (sides.asked..).zip(BILL) {
        let mut row = vec![what.to_owned()];
        row.extend(sides.all.iter().zip(runs).map(|(side, runs)| {
            let metric = &side.metrics[number];
            words::estimate(metric, runs.estimate(number, metric), runs.counted(number))
        }));
        table.row(row);
    }
    format!("\n{TITLE}The bill{TITLE:#}\n{}", table.render(console::width()))
}

/// The same by variant and metric.
fn bill_json(sides: &VariantComparison, runs: &[ReplicationResults]) -> Value {
    let of = |(side, runs): (&ComparedVariant, &ReplicationResults)| {
        let figures = (sides.asked..).zip(BILL).map(|(number, (name, _))| {
            (name.to_owned(), json!(runs.estimate(number, &side.metrics[number])))
        });
        (side.name.clone(), Value::Object(figures.collect()))
    };
    Value::Object(sides.all.iter().zip(runs).map(of).collect())
}

/// The conditions that are met, as they were typed.
fn broken(
    args: &CompareArgs,
    sides: &VariantComparison,
    at: usize,
    found: &[MetricDifference],
) -> Vec<String> {
    let is_met = |condition: &&FailCondition| {
        let number = sides.names.iter().position(|name| *name == condition.metric).expect("it is measured");
        condition.happened(&sides.all[at].metrics[number], &found[number])
    };
    let text =
        |condition: &FailCondition| format!("{} worse by {}", condition.metric, words::percent(condition.by));
    args.fail_if.iter().filter(is_met).map(text).collect()
}

fn section(sides: &VariantComparison, at: usize, found: &[MetricDifference], broken: &[String]) -> String {
    let (first, second, width) = (&sides.all[0], &sides.all[at], console::width());
    let rows = sides.rows(found, at, 0..sides.asked);
    let whole = table(first, second, &rows, false);
    let table = if whole.natural_width() <= width { whole } else { table(first, second, &rows, true) };
    let gap = if at > 1 { "\n" } else { "" };
    let table = table.render(width);
    let mut text = format!("{gap}{TITLE}From {} to {}{TITLE:#}\n{table}", first.name, second.name);
    for condition in broken {
        text += &format!("  the condition of --fail-if is met: {condition}\n");
    }
    text
}

fn designs_in_words(sides: &[ComparedVariant], designs: &[DesignVerdict]) -> String {
    let width = console::width().min(100);
    let line = |(side, design): (&ComparedVariant, &DesignVerdict)| {
        wrap(&format!("{}: {}. {}", side.name, design.word(), design.text), width - 2)
    };
    let lines = sides.iter().zip(designs).flat_map(line);
    format!(
        "\n{TITLE}These designs{TITLE:#}\n{}",
        lines.map(|line| format!("  {line}\n")).collect::<String>()
    )
}

fn table(
    first: &ComparedVariant,
    second: &ComparedVariant,
    rows: &[ComparisonRow],
    is_narrow: bool,
) -> Table {
    let mut table = Table::new(&[
        ("metric", Left),
        (first.name.as_str(), Right),
        (second.name.as_str(), Right),
        ("difference", Right),
        ("of the first", Right),
        ("pairs lost", Right),
    ]);
    for row in rows.iter().cloned() {
        let name = words::name(&row.metric, is_narrow);
        table.row(vec![name, row.first, row.second, row.difference, row.share, row.pairs_lost]);
    }
    table.without_empty(&["pairs lost"], NONE)
}

fn json_of(sides: &VariantComparison, at: usize, found: &[MetricDifference], broken: &[String]) -> Value {
    let metrics = named(&sides.names[..sides.asked], found);
    json!({ "second": sides.all[at].name, "metrics": metrics, "failed": broken })
}

/// Differences by the names of their metrics.
fn named(names: &[String], found: &[MetricDifference]) -> Value {
    let each = names.iter().zip(found).map(|(name, found)| (name.clone(), json!(found)));
    Value::Object(each.collect::<Map<String, Value>>())
}
