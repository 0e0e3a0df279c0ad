//! `threadbare compare`: variants side by side on the same draws.

use super::RunProgressBar;
use super::args::CompareArgs;
use super::sentence::{ComparedMetric, RunEndings, sentence};
use super::words::{self, NONE};
use crate::console;
use crate::exit::Exit;
use crate::table::{Align::Left, Align::Right, Table};
use crate::text::{TITLE, wrap};
use crate::trouble::Trouble;
use serde_json::{Map, Value, json};
use std::time::Instant;
use threadbare::analysis::digest::shape_beside_a_run;
use threadbare::analysis::verdict::{DesignVerdict, MadeRuns};
use threadbare::model::expectation::Metric;
use threadbare::model::scenario::Scenario;
use threadbare::study::compare::{Difference, difference};
use threadbare::study::replicate::{Job, Replications, RunObserver, replicate_watched};
use threadbare::study::statistics::Interval;
use threadbare::study::sweep::read_metrics;

/// What every variant is billed for, as its metric and in words.
const BILL: [(&str, &str); 6] = [
    ("cpu.total", "CPU time of all tasks"),
    ("memory.max", "memory, at most"),
    ("memory.mean", "memory, on average"),
    ("threads.max", "threads, at most"),
    ("threads.mean", "threads, on average"),
    ("makespan", "until all is done"),
];

/// A variant, ready to be compared.
struct ComparedVariant {
    name: String,
    scenario: Scenario,
    metrics: Vec<Metric>,
}

/// `threadbare compare`
pub fn compare(args: &CompareArgs) -> Result<Exit, Trouble> {
    if args.variants.len() < 2 {
        let hint = "Name at least two, such as --variants base,eventlet; `base` is the document itself.";
        return Err(Trouble::with_hint("there is nothing to compare", hint));
    }
    let (sides, metrics, asked) = read_variants(args)?;
    let runs = replicate_variants(args, &sides)?;
    let mut exit = Exit::Expected;
    let mut text = String::new();
    let mut compared = Vec::new();
    for at in 1..sides.len() {
        let mut found = differences(&sides, &runs, at, metrics.len());
        let bill = found.split_off(asked);
        let broken = broken(args, &metrics[..asked], &sides[at], &found);
        if !broken.is_empty() {
            exit = Exit::Unexpected;
        }
        if args.json {
            let mut one = json_of(&sides, at, &metrics[..asked], &found, &broken);
            one["bill"] = named(&metrics[asked..], &bill);
            compared.push(one);
        } else {
            text += &section(&sides, at, &metrics[..asked], &found, &broken, at > 1);
            text +=
                &in_words([ends(&sides, &runs, 0), ends(&sides, &runs, at)], &sides, &metrics, &found, &bill);
        }
    }
    let designs = designs(&sides, &runs);
    if args.json {
        let of = |(side, design): (&ComparedVariant, &DesignVerdict)| (side.name.clone(), json!(design));
        let designs: Map<String, Value> = sides.iter().zip(&designs).map(of).collect();
        let bill = bill_json(&sides, &runs, asked);
        let runs = runs.iter().map(|runs| runs.runs.len()).max();
        let whole = json!({ "runs": runs, "first": sides[0].name, "designs": designs, "compared": compared, "bill": bill });
        text = serde_json::to_string_pretty(&whole).expect("names and numbers always are JSON") + "\n";
    } else {
        text += &bill(&sides, &runs, asked);
        text += &designs_in_words(&sides, &designs);
        let runs = runs.iter().map(|runs| runs.runs.len()).max().unwrap_or(0);
        text += &match runs {
            1 => "\n  One run of each: nothing is drawn\n".to_owned(),
            runs => format!("\n  {runs} runs of each on the same draws; ± is the interval of 95 %\n"),
        };
    }
    console::print(&text)?;
    Ok(exit)
}

/// Reads the variants to compare and the names of the metrics: those that were asked for, whose number is returned, and
/// then those of the bill.
fn read_variants(args: &CompareArgs) -> Result<(Vec<ComparedVariant>, Vec<String>, usize), Trouble> {
    let names: Vec<&str> = args.variants.iter().map(String::as_str).collect();
    let document = super::document(&args.file, &names)?;
    let overrides = super::overrides(&args.which);
    let mut metrics = args.metric.clone();
    let mut asked = 0;
    let mut sides = Vec::new();
    for name in &names {
        let scenario =
            document.scenario(name, &overrides).map_err(|problems| crate::input::rendered(&problems))?;
        if sides.is_empty() {
            metrics = read_metrics(&scenario, &metrics)?.0;
            for condition in &args.fail_if {
                if !metrics.contains(&condition.metric) {
                    metrics.push(condition.metric.clone());
                }
            }
            asked = metrics.len();
            metrics.extend(BILL.map(|(name, _)| name.to_owned()));
        }
        let read = read_metrics(&scenario, &metrics)?.1;
        sides.push(ComparedVariant { name: (*name).to_owned(), scenario, metrics: read });
    }
    Ok((sides, metrics, asked))
}

/// Makes the runs of every variant, on the same draws.
fn replicate_variants(args: &CompareArgs, sides: &[ComparedVariant]) -> Result<Vec<Replications>, Trouble> {
    let effort = args.effort.of();
    let is_random = |side: &&ComparedVariant| side.scenario.is_random();
    let random = sides.iter().filter(is_random).count() as u64;
    let steps = random * u64::from(effort.runs) + sides.len() as u64 - random;
    let bar = RunProgressBar::new(steps, if effort.within.is_some() { "runs at least" } else { "runs" });
    let jobs: Vec<Job<'_>> =
        sides.iter().map(|side| Job { scenario: &side.scenario, metrics: &side.metrics }).collect();
    let begun = Instant::now();
    let stops = || !args.effort.has_time(begun);
    let watch = RunObserver { on_run: &|| bar.step(), stops: &stops };
    replicate_watched(&jobs, &effort, &watch).ok_or_else(|| {
        let hint = "Allow more with --time, or make fewer --runs.";
        Trouble::with_hint("the time ended before all runs were made", hint)
    })
}

/// What each variant costs, side by side.
fn bill(sides: &[ComparedVariant], runs: &[Replications], from: usize) -> String {
    let mut columns = vec![("", Left)];
    columns.extend(sides.iter().map(|side| (side.name.as_str(), Right)));
    let mut table = Table::new(&columns);
    for (at, (_, what)) in BILL.iter().enumerate() {
        let mut row = vec![(*what).to_owned()];
        row.extend(sides.iter().zip(runs).map(|(side, runs)| {
            let metric = &side.metrics[from + at];
            words::estimate(metric, runs.estimate(from + at, metric), runs.counted(from + at))
        }));
        table.row(row);
    }
    format!("\n{TITLE}The bill{TITLE:#}\n{}", table.render(console::width()))
}

/// The same by variant and metric.
fn bill_json(sides: &[ComparedVariant], runs: &[Replications], from: usize) -> Value {
    let of = |(side, runs): (&ComparedVariant, &Replications)| {
        let figures = BILL.iter().enumerate().map(|(at, (name, _))| {
            ((*name).to_owned(), json!(runs.estimate(from + at, &side.metrics[from + at])))
        });
        (side.name.clone(), Value::Object(figures.collect()))
    };
    Value::Object(sides.iter().zip(runs).map(of).collect())
}

fn differences(sides: &[ComparedVariant], runs: &[Replications], at: usize, count: usize) -> Vec<Difference> {
    let one = |number: usize| {
        let metrics = [&sides[0].metrics[number], &sides[at].metrics[number]];
        difference(&runs[0], &runs[at], number, metrics)
    };
    (0..count).map(one).collect()
}

/// The conditions that are met, as they were typed.
fn broken(args: &CompareArgs, names: &[String], side: &ComparedVariant, found: &[Difference]) -> Vec<String> {
    let is_met = |condition: &&threadbare::study::compare::FailIf| {
        let at = names.iter().position(|name| *name == condition.metric).expect("it is measured");
        condition.happened(&side.metrics[at], &found[at])
    };
    let text = |condition: &threadbare::study::compare::FailIf| {
        format!("{} worse by {}", condition.metric, words::percent(condition.by))
    };
    args.fail_if.iter().filter(is_met).map(text).collect()
}

fn section(
    sides: &[ComparedVariant],
    at: usize,
    names: &[String],
    found: &[Difference],
    broken: &[String],
    is_later: bool,
) -> String {
    let (first, second, width) = (&sides[0], &sides[at], console::width());
    let whole = table(first, second, names, found, false);
    let table = if whole.natural_width() <= width { whole } else { table(first, second, names, found, true) };
    let gap = if is_later { "\n" } else { "" };
    let table = table.render(width);
    let mut text = format!("{gap}{TITLE}From {} to {}{TITLE:#}\n{table}", first.name, second.name);
    for condition in broken {
        text += &format!("  the condition of --fail-if is met: {condition}\n");
    }
    text
}

/// How the runs of one side ended.
fn ends<'a>(sides: &'a [ComparedVariant], runs: &[Replications], at: usize) -> RunEndings<'a> {
    let MadeRuns { count, deadlocks } = runs[at].made();
    RunEndings { name: &sides[at].name, runs: count, hung: deadlocks as u32, given_up: runs[at].given_up() }
}

/// What is known of the design of each variant.
fn designs(sides: &[ComparedVariant], runs: &[Replications]) -> Vec<DesignVerdict> {
    let of = |(side, runs): (&ComparedVariant, &Replications)| {
        DesignVerdict::of(&shape_beside_a_run(&side.scenario), None, runs.made())
    };
    sides.iter().zip(runs).map(of).collect()
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

fn in_words(
    ends: [RunEndings<'_>; 2],
    sides: &[ComparedVariant],
    names: &[String],
    found: &[Difference],
    bill: &[Difference],
) -> String {
    let all = names.iter().zip(&sides[0].metrics).zip(found.iter().chain(bill));
    let all: Vec<ComparedMetric<'_>> =
        all.map(|((name, metric), found)| (name.as_str(), metric, found)).collect();
    let (asked, bill) = all.split_at(found.len());
    let said = sentence(ends, asked, bill);
    let lines = wrap(&said, console::width().min(100) - 2);
    lines.iter().fold("\n".to_owned(), |text, line| text + &format!("  {line}\n"))
}

fn table(
    first: &ComparedVariant,
    second: &ComparedVariant,
    names: &[String],
    found: &[Difference],
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
    for (at, (name, found)) in names.iter().zip(found).enumerate() {
        let metric = &first.metrics[at];
        let is_sure = found.difference.is_some_and(|difference| !difference.holds(0.0));
        let share = found.share.filter(|_| is_sure);
        let lost = found.only_first + found.only_second;
        table.row(vec![
            words::name(name, is_narrow),
            words::estimate(metric, found.first, found.counted[0]),
            words::estimate(&second.metrics[at], found.second, found.counted[1]),
            change(found.difference, |x| words::value(metric, x)),
            change(share, signed_percent),
            if lost > 0 { lost.to_string() } else { NONE.to_owned() },
        ]);
    }
    table.without_empty(&["pairs lost"], NONE)
}

/// A difference with its sign.
fn change(interval: Option<Interval>, write: impl Fn(f64) -> String) -> String {
    interval.map_or_else(
        || NONE.to_owned(),
        |interval| {
            let sign = if interval.mean > 0.0 { "+" } else { "" };
            sign.to_owned() + &words::interval(write, &interval)
        },
    )
}

fn signed_percent(share: f64) -> String {
    if share < 0.0 { format!("−{}", words::percent(-share)) } else { words::percent(share) }
}

fn json_of(
    sides: &[ComparedVariant],
    at: usize,
    names: &[String],
    found: &[Difference],
    broken: &[String],
) -> Value {
    json!({ "second": sides[at].name, "metrics": named(names, found), "failed": broken })
}

/// Differences by the names of their metrics.
fn named(names: &[String], found: &[Difference]) -> Value {
    let each = names.iter().zip(found).map(|(name, found)| (name.clone(), json!(found)));
    Value::Object(each.collect::<Map<String, Value>>())
}
