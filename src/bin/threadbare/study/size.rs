//! `threadbare size`: the smallest value that meets what the scenario expects.

use super::args::SizeArgs;
use super::words::{self, NONE};
use crate::Exit;
use crate::console;
use crate::report::{TITLE, wrap};
use crate::table::{Align::Left, Align::Right, Table};
use crate::trouble::Trouble;
use indicatif::ProgressBar;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use threadbare::analysis::digest::Digest;
use threadbare::model::expectation::Metric;
use threadbare::model::id::ExecutorId;
use threadbare::model::scenario::Scenario;
use threadbare::study::bottleneck::{Holder, bottleneck};
use threadbare::study::run::run;
use threadbare::study::size::{Question, Sizing, Tried, smallest};
use threadbare::study::sweep::read_metrics;

/// `threadbare size`
pub fn size(args: &SizeArgs) -> Result<Exit, Trouble> {
    if args.min > args.max {
        return Err(Trouble::new(format!("--min {} is more than --max {}", args.min, args.max)));
    }
    let variant = super::variant(args.variant.as_ref());
    let document = super::document(&args.file, &[variant])?;
    let overrides = super::overrides(&args.which);
    // The names are the same at every size.
    let scenario =
        document.scenario(variant, &overrides).map_err(|problems| crate::input::rendered(&problems))?;
    let (names, metrics) = read_metrics(&scenario, &[])?;
    let (names, metrics) = with_costs(&scenario, names, metrics);
    let question = Question {
        document: &document,
        variant,
        overrides: &overrides,
        path: &args.path,
        least: args.min,
        most: args.max,
        metrics: &metrics,
        effort: args.effort.of(),
    };
    let bar = super::bar(u64::from(args.max), "tried at most");
    let sizing = smallest(&question, &mut |value| tell(&bar, value))?;
    bar.finish_and_clear();
    let text = if args.json {
        let whole = json_of(args, &sizing, &names);
        serde_json::to_string_pretty(&whole).expect("names and numbers always are JSON") + "\n"
    } else {
        report(args, &sizing, &names, &metrics)
    };
    console::print(&text)?;
    Ok(if sizing.answer.is_some() { Exit::Expected } else { Exit::Unexpected })
}

fn tell(bar: &ProgressBar, value: u32) {
    bar.set_message(format!("trying {value}"));
    bar.inc(1);
}

/// What is expected, what it costs, and how full every pool is.
fn with_costs(
    scenario: &Scenario,
    mut names: Vec<String>,
    mut metrics: Vec<Metric>,
) -> (Vec<String>, Vec<Metric>) {
    let mut add = |name: String, metric: Metric| {
        if !names.contains(&name) {
            names.push(name);
            metrics.push(metric);
        }
    };
    for (at, executor) in scenario.executors.iter().enumerate() {
        if executor.workers().is_some() {
            let id = ExecutorId(at as u16);
            add(format!("utilisation.{}", executor.name), Metric::Utilisation(id));
        }
    }
    add("memory.max".to_owned(), Metric::MemoryMax);
    (names, metrics)
}

fn report(args: &SizeArgs, sizing: &Sizing, names: &[String], metrics: &[Metric]) -> String {
    let width = console::width();
    let (path, min, max) = (&args.path, sizing.least, sizing.most);
    let headline = match sizing.answer {
        Some(value) => format!("{path} = {value} is the smallest that meets what is expected"),
        None => format!("No {path} from {min} to {max} meets what is expected"),
    };
    let mut text = format!("{TITLE}{headline}{TITLE:#}\n");
    let mut sentences = format!("{} values tried, {} runs.", sizing.tried.len(), sizing.runs());
    if let Some(answer) = sizing.answer {
        if let Some(below) = answer.checked_sub(1).and_then(|below| sizing.at(below)) {
            sentences += &format!(" {}", why_not(path, below));
        }
        sentences += &limit(sizing, answer);
        if sizing.is_uneven {
            sentences += " More is not always better here: some larger values fail.";
        }
        if sizing.at(answer).is_some_and(|tried| tried.verdicts.iter().any(|v| !v.is_certain)) {
            sentences += " An interval reaches over its bound: more --runs could change the answer.";
        }
    } else if let Some(last) = sizing.at(max) {
        sentences += &format!(" {}", why_not(path, last));
    }
    for line in wrap(&sentences, width.min(100)) {
        text += &format!("{line}\n");
    }
    let whole = table(sizing, path, names, metrics, false);
    let fits = whole.natural_width() <= width;
    let table = if fits { whole } else { table(sizing, path, names, metrics, true) };
    text + "\n" + &table.render(width)
}

/// Which expectations a value fails, and in how many runs.
fn why_not(path: &str, tried: &Tried) -> String {
    let runs = tried.replications.runs.len();
    let failed = tried.verdicts.iter().filter(|verdict| !verdict.holds);
    let said: Vec<String> = failed
        .map(|verdict| match (verdict.by_mean, runs) {
            (true, _) | (_, 1) => verdict.text.clone(),
            (false, _) => format!("{} (in {} of {runs} runs)", verdict.text, runs - verdict.runs as usize),
        })
        .collect();
    format!("With {path} = {} this does not hold: {}.", tried.value, said.join(", "))
}

/// What tasks wait for most with the answer.
fn limit(sizing: &Sizing, answer: u32) -> String {
    let Some(tried) = sizing.at(answer) else { return String::new() };
    let trace = run(Arc::new(tried.scenario.clone()));
    let Some(found) = bottleneck(&Digest::new(&trace)) else {
        return " With it tasks wait for next to nothing.".to_owned();
    };
    let holder = match found.holder {
        Holder::Cap { executor, cap } => format!("the cap {cap} of {executor}"),
        Holder::Wrapper { executor } => format!("{executor}, which holds them back"),
        Holder::Workers { executor } => format!("the workers of {executor}"),
        Holder::Others => "children, locks or room".to_owned(),
    };
    let share = (found.share * 100.0).round();
    format!(" With it tasks wait most for {holder}: {share} % of all their time.")
}

fn table(sizing: &Sizing, path: &str, names: &[String], metrics: &[Metric], is_narrow: bool) -> Table {
    let path = words::name(path, is_narrow);
    let names: Vec<String> = names.iter().map(|name| words::name(name, is_narrow)).collect();
    let mut columns = vec![(path.as_str(), Right), ("as expected", Left)];
    columns.extend(names.iter().map(|name| (name.as_str(), Right)));
    let mut table = Table::new(&columns);
    for tried in &sizing.tried {
        let holds = if tried.holds() { "yes" } else { "no" };
        let mark = if sizing.answer == Some(tried.value) { "yes  ←" } else { holds };
        let mut row = vec![tried.value.to_string(), mark.to_owned()];
        let figures = metrics.iter().enumerate();
        row.extend(figures.map(|(at, metric)| {
            let estimate = tried.replications.estimate(at, metric);
            words::estimate(metric, estimate)
        }));
        table.row(row);
    }
    table.without_empty(&["memory.max"], NONE)
}

fn json_of(args: &SizeArgs, sizing: &Sizing, names: &[String]) -> Value {
    let tried = sizing.tried.iter().map(|tried| {
        let (_, metrics) = read_metrics(&tried.scenario, names).expect("the names are known");
        let figures = names.iter().zip(&metrics).enumerate();
        let figures: Map<String, Value> = figures
            .map(|(at, (name, metric))| (name.clone(), json!(tried.replications.estimate(at, metric))))
            .collect();
        json!({
            "value": tried.value,
            "holds": tried.holds(),
            "runs": tried.replications.runs.len(),
            "metrics": figures,
            "expectations": tried.verdicts,
        })
    });
    json!({
        "for": args.path,
        "answer": sizing.answer,
        "runs": sizing.runs(),
        "scanned": sizing.was_scanned,
        "uneven": sizing.is_uneven,
        "tried": tried.collect::<Vec<_>>(),
    })
}
