//! `threadbare size`: the smallest value that meets what the scenario expects, or the smallest values of several
//! parameters together.

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
use threadbare::analysis::written;
use threadbare::model::expectation::{Metric, Unit};
use threadbare::model::id::ExecutorId;
use threadbare::model::scenario::Scenario;
use threadbare::study::bottleneck::{self, bottleneck};
use threadbare::study::laws;
use threadbare::study::run::run;
use threadbare::study::size::{Attempt, Question, smallest};
use threadbare::study::sizes;
use threadbare::study::sweep::read_metrics;
use threadbare::view::words::list;

/// What was found, of one parameter or of several.
struct Found {
    paths: Vec<String>,
    answer: Option<Vec<u32>>,
    /// For each parameter the least and the greatest value there was to try.
    bounds: Vec<(u32, u32)>,
    tried: Vec<(Vec<u32>, Attempt)>,
    was_scanned: bool,
    is_uneven: bool,
}

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
        least: args.min,
        most: args.max,
        metrics: &metrics,
        effort: args.effort.of(),
    };
    let found = search(&question, &args.paths)?;
    let text = if args.json {
        let whole = json_of(&found, &names);
        serde_json::to_string_pretty(&whole).expect("names and numbers always are JSON") + "\n"
    } else {
        report(&found, &names, &metrics)
    };
    console::print(&text)?;
    Ok(if found.answer.is_some() { Exit::Expected } else { Exit::Unexpected })
}

fn search(question: &Question<'_>, paths: &[String]) -> Result<Found, Trouble> {
    let bar = super::bar(u64::from(question.most), "tried at most");
    let found = match paths {
        [path] => {
            let sizing = smallest(question, path, &mut |value| tell(&bar, &[value]))?;
            Found {
                paths: paths.to_vec(),
                answer: sizing.answer.map(|value| vec![value]),
                bounds: vec![(sizing.least, sizing.most)],
                tried: sizing.tried.into_iter().map(|(value, tried)| (vec![value], tried)).collect(),
                was_scanned: sizing.was_scanned,
                is_uneven: sizing.is_uneven,
            }
        }
        _ => {
            let sizes = sizes::smallest(question, paths, &mut |values| tell(&bar, values))?;
            Found {
                paths: paths.to_vec(),
                answer: sizes.answer,
                bounds: sizes.bounds,
                tried: sizes.tried.into_iter().collect(),
                was_scanned: false,
                is_uneven: sizes.is_uneven,
            }
        }
    };
    bar.finish_and_clear();
    Ok(found)
}

fn tell(bar: &ProgressBar, values: &[u32]) {
    let values: Vec<String> = values.iter().map(u32::to_string).collect();
    bar.set_message(format!("trying {}", values.join(", ")));
    bar.inc(1);
}

impl Found {
    fn at(&self, values: &[u32]) -> Option<&Attempt> {
        self.tried.iter().find(|(other, _)| other == values).map(|(_, tried)| tried)
    }

    /// For each parameter of the answer the values with one less of it, if they were tried.
    fn below(&self) -> Vec<(Vec<u32>, &Attempt)> {
        let answer = self.answer.as_deref().unwrap_or_default();
        let less = |at: usize| {
            let mut values = answer.to_vec();
            values[at] = values[at].checked_sub(1)?;
            let tried = self.at(&values)?;
            Some((values, tried))
        };
        (0..answer.len()).filter_map(less).collect()
    }

    /// `default.workers = 6 and long_task.workers = 2`.
    fn said(&self, values: &[u32]) -> String {
        let each = self.paths.iter().zip(values).map(|(path, value)| format!("{path} = {value}"));
        list(&each.collect::<Vec<_>>())
    }

    fn headline(&self) -> String {
        let range = |(path, (least, most)): (&String, &(u32, u32))| format!("{path} from {least} to {most}");
        match (&self.answer, self.paths.len()) {
            (Some(values), 1) => format!("{} is the smallest that meets what is expected", self.said(values)),
            (Some(values), _) => format!("{} meet what is expected; less of any does not", self.said(values)),
            (None, _) => {
                let ranges: Vec<String> = self.paths.iter().zip(&self.bounds).map(range).collect();
                format!("No {} meets what is expected", list(&ranges))
            }
        }
    }
}

fn report(found: &Found, names: &[String], metrics: &[Metric]) -> String {
    let width = console::width();
    let mut text = format!("{TITLE}{}{TITLE:#}\n", found.headline());
    let runs: usize = found.tried.iter().map(|(_, tried)| tried.replications.runs.len()).sum();
    let what = if found.paths.len() == 1 { "values" } else { "combinations" };
    let mut sentences = format!("{} {what} tried, {runs} runs.", found.tried.len());
    let mut laws = Vec::new();
    match found.answer.as_deref() {
        Some(answer) => {
            for (values, tried) in found.below() {
                sentences += &format!(" {}", why_not(found, &values, tried));
            }
            if found.is_uneven {
                sentences += " More is not always better here: some larger values fail.";
            }
            if let Some(tried) = found.at(answer) {
                let (limit, flows) = explained(&tried.scenario);
                sentences += &limit;
                laws = flows;
                if tried.verdicts.iter().any(|verdict| !verdict.is_certain) {
                    sentences += " An interval reaches over its bound: more --runs could change the answer.";
                }
            }
        }
        None => {
            let greatest: Vec<u32> = found.bounds.iter().map(|(_, most)| *most).collect();
            if let Some(last) = found.at(&greatest) {
                sentences += &format!(" {}", why_not(found, &greatest, last));
            }
        }
    }
    for line in wrap(&sentences, width.min(100)) {
        text += &format!("{line}\n");
    }
    let whole = table(found, names, metrics, false);
    let fits = whole.natural_width() <= width;
    let table = if fits { whole } else { table(found, names, metrics, true) };
    text += &format!("\n{}", table.render(width));
    if !laws.is_empty() {
        text += &format!("\n{TITLE}Why{TITLE:#}\n");
    }
    for line in laws.iter().flat_map(|law| wrap(law, width.min(100) - 2)) {
        text += &format!("  {line}\n");
    }
    text
}

/// Which expectations some values fail, and in how many runs.
fn why_not(found: &Found, values: &[u32], tried: &Attempt) -> String {
    let runs = tried.replications.runs.len();
    let failed = tried.verdicts.iter().filter(|verdict| !verdict.holds);
    let said: Vec<String> = failed
        .map(|verdict| match (verdict.by_mean, runs) {
            (true, _) | (_, 1) => verdict.text.clone(),
            (false, _) => format!("{} (in {} of {runs} runs)", verdict.text, runs - verdict.runs as usize),
        })
        .collect();
    format!("With {} this does not hold: {}.", found.said(values), said.join(", "))
}

/// What tasks wait for most, and the operational laws of each pool, in the first run.
fn explained(scenario: &Scenario) -> (String, Vec<String>) {
    let trace = run(Arc::new(scenario.clone()));
    let digest = Digest::new(&trace);
    (format!(" {}", bottleneck::words(bottleneck(&digest).as_ref())), laws_of(&digest, scenario))
}

/// The utilisation law and Little's law of each pool; Erlang C where a pool is that model.
fn laws_of(digest: &Digest<'_>, scenario: &Scenario) -> Vec<String> {
    let round = |value: f64| written::number((value * 100.0).round() / 100.0);
    let rate = |rate: f64| written::figure(Unit::Rate, rate);
    let mut said: Vec<String> = laws::flows(digest)
        .iter()
        .map(|flow| {
            let executor = &scenario.executors[flow.executor.index()];
            let workers = executor.workers().unwrap_or(0);
            let waiting = if flow.waiting > 0.0 {
                format!(
                    "{} × {} in the queue are {} waiting (Little's law).",
                    rate(flow.rate),
                    written::seconds(flow.queued),
                    round(flow.waiting)
                )
            } else {
                "Nothing stands in its queue.".to_owned()
            };
            format!(
                "{}: {} × {} on a worker keep {} of {workers} busy (utilisation law). {waiting}",
                executor.name,
                rate(flow.rate),
                written::seconds(flow.holding),
                round(flow.busy)
            )
        })
        .collect();
    if let Some(pool) = laws::fits(scenario)
        && let Some(found) = pool.erlang_c()
    {
        let name = &scenario.executors[pool.executor.index()].name;
        said.push(format!(
            "Erlang C: {name} is M/M/{} at a load of {} erlangs; {} of tasks wait, the mean wait of all is {}.",
            pool.servers,
            round(pool.load()),
            words::percent((found.waits * 1000.0).round() / 1000.0),
            written::seconds(found.wait)
        ));
    }
    said
}

/// Every value that was tried; of several parameters the answer and what is just below it.
fn table(found: &Found, names: &[String], metrics: &[Metric], is_narrow: bool) -> Table {
    let paths: Vec<String> = found.paths.iter().map(|path| words::name(path, is_narrow)).collect();
    let names: Vec<String> = names.iter().map(|name| words::name(name, is_narrow)).collect();
    let mut columns: Vec<(&str, _)> = paths.iter().map(|path| (path.as_str(), Right)).collect();
    columns.push(("as expected", Left));
    columns.extend(names.iter().map(|name| (name.as_str(), Right)));
    let mut table = Table::new(&columns);
    let below: Vec<Vec<u32>> = found.below().into_iter().map(|(values, _)| values).collect();
    let is_shown = |values: &Vec<u32>| {
        paths.len() == 1
            || found.answer.as_ref().is_none_or(|answer| answer == values)
            || below.contains(values)
    };
    for (values, tried) in found.tried.iter().filter(|(values, _)| is_shown(values)) {
        let holds = if tried.holds() { "yes" } else { "no" };
        let mark = if found.answer.as_ref() == Some(values) { "yes  ←" } else { holds };
        let mut row: Vec<String> = values.iter().map(u32::to_string).collect();
        row.push(mark.to_owned());
        let figures = metrics.iter().enumerate();
        row.extend(figures.map(|(at, metric)| {
            let estimate = tried.replications.estimate(at, metric);
            words::estimate(metric, estimate)
        }));
        table.row(row);
    }
    table.without_empty(&["memory.max"], NONE)
}

fn json_of(found: &Found, names: &[String]) -> Value {
    let one = |values: &[u32]| match values {
        [only] => json!(only),
        several => json!(several),
    };
    let tried = found.tried.iter().map(|(values, tried)| {
        let (_, metrics) = read_metrics(&tried.scenario, names).expect("the names are known");
        let figures = names.iter().zip(&metrics).enumerate();
        let figures: Map<String, Value> = figures
            .map(|(at, (name, metric))| (name.clone(), json!(tried.replications.estimate(at, metric))))
            .collect();
        json!({
            "value": one(values),
            "holds": tried.holds(),
            "runs": tried.replications.runs.len(),
            "metrics": figures,
            "expectations": tried.verdicts,
        })
    });
    let runs: usize = found.tried.iter().map(|(_, tried)| tried.replications.runs.len()).sum();
    json!({
        "for": if let [path] = found.paths.as_slice() { json!(path) } else { json!(found.paths) },
        "answer": found.answer.as_deref().map(one),
        "runs": runs,
        "scanned": found.was_scanned,
        "uneven": found.is_uneven,
        "tried": tried.collect::<Vec<_>>(),
    })
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
