//! `threadbare size`: the smallest value that meets what the scenario expects, or the smallest values of several
//! parameters together.

use super::RunProgressBar;
use super::args::SizeArgs;
use super::explained::SizeExplanation;
use super::words::{self, NONE};
use crate::command_error::CommandError;
use crate::console;
use crate::exit::Exit;
use crate::table::{Align::Left, Align::Right, Table};
use crate::text::{TITLE, wrap};
use serde_json::{Map, Value, json};
use threadbare::model::expectation::{Metric, TaskTime};
use threadbare::model::id::ExecutorId;
use threadbare::model::scenario::Scenario;
use threadbare::study::bottleneck;
use threadbare::study::laws::{ErlangCPrediction, MmcQueue, PoolOperationalLaws};
use threadbare::study::parts::counted_json;
use threadbare::study::size::{SizingAttempt, SizingQuestion, smallest};
use threadbare::study::sizes;
use threadbare::study::sweep::read_metrics;
use threadbare::view::words::list;

/// More rows than this are too long a table.
const MAX_ROWS: usize = 20;

/// The result of sizing one parameter or several.
struct SizeResult {
    paths: Vec<String>,
    answer: Option<Vec<u32>>,
    /// For each parameter the least and the greatest value there was to try.
    bounds: Vec<(u32, u32)>,
    tried: Vec<(Vec<u32>, SizingAttempt)>,
    was_scanned: bool,
    is_uneven: bool,
    /// Less than `--max` was tried, for a parameter allows no more.
    is_narrowed: bool,
    /// Only what comes after the warm-up is measured.
    is_steady: bool,
    /// Which figures there are none of in a run without a steady part.
    of_time: Vec<bool>,
}

/// `threadbare size`
pub fn size(args: &SizeArgs) -> Result<Exit, CommandError> {
    if args.min > args.max {
        return Err(CommandError::new(format!("--min {} is more than --max {}", args.min, args.max)));
    }
    let variant = super::variant(args.variant.as_ref());
    let document = super::document(&args.file, &[variant])?;
    let overrides = super::overrides(&args.which);
    // The names are the same at every size.
    let scenario =
        document.scenario(variant, &overrides).map_err(|problems| crate::input::rendered(&problems))?;
    let (names, metrics) = read_metrics(&scenario, &[])?;
    let (names, metrics) = with_costs(&scenario, names, metrics);
    let may_go_on = || args.effort.has_time();
    let question = SizingQuestion {
        document: &document,
        variant,
        overrides: &overrides,
        least: args.min,
        most: args.max,
        metrics: &metrics,
        effort: args.effort.of(),
        may_go_on: &may_go_on,
    };
    let found = search(&question, &args.paths)?;
    let may_read = || args.effort.has_time_to_read();
    let explained = found.explained(&SizingQuestion { may_go_on: &may_read, ..question })?;
    let text = if args.json {
        let whole = json_of(&found, &explained, &names);
        serde_json::to_string_pretty(&whole).expect("names and numbers always are JSON") + "\n"
    } else {
        report(&found, &explained, &names, &metrics)
    };
    console::print(&text)?;
    Ok(if found.answer.is_some() { Exit::Expected } else { Exit::Unexpected })
}

fn search(question: &SizingQuestion<'_>, paths: &[String]) -> Result<SizeResult, CommandError> {
    let bar = RunProgressBar::new(u64::from(question.most), "tried at most");
    let found = match paths {
        [path] => {
            let sizing = smallest(question, path, &mut |value| show_progress(&bar, &[value]))?;
            SizeResult {
                is_narrowed: sizing.most < question.most,
                is_steady: question.effort.steady,
                of_time: of_time(question.metrics),
                paths: paths.to_vec(),
                answer: sizing.answer.map(|value| vec![value]),
                bounds: vec![(sizing.least, sizing.most)],
                tried: sizing.tried.into_iter().map(|(value, tried)| (vec![value], tried)).collect(),
                was_scanned: sizing.was_scanned,
                is_uneven: sizing.is_uneven,
            }
        }
        _ => {
            let sizes = sizes::smallest(question, paths, &mut |values| show_progress(&bar, values))?;
            SizeResult {
                is_narrowed: sizes.bounds.iter().any(|(_, most)| *most < question.most),
                is_steady: question.effort.steady,
                of_time: of_time(question.metrics),
                paths: paths.to_vec(),
                answer: sizes.answer,
                bounds: sizes.bounds,
                tried: sizes.tried.into_iter().collect(),
                was_scanned: false,
                is_uneven: sizes.is_uneven,
            }
        }
    };
    Ok(found)
}

/// Which metrics are of latencies and waits.
fn of_time(metrics: &[Metric]) -> Vec<bool> {
    metrics
        .iter()
        .map(|metric| matches!(metric.task_time(), Some((_, TaskTime::Latency | TaskTime::Wait))))
        .collect()
}

fn show_progress(bar: &RunProgressBar, values: &[u32]) {
    let values: Vec<String> = values.iter().map(u32::to_string).collect();
    bar.say(format!("trying {}", values.join(", ")));
    bar.step();
}

impl SizeResult {
    fn at(&self, values: &[u32]) -> Option<&SizingAttempt> {
        self.tried.iter().find(|(other, _)| other == values).map(|(_, tried)| tried)
    }

    /// Whether no run had a latency or a wait to measure.
    fn measures_nothing(&self, tried: &SizingAttempt) -> bool {
        let mut asked = tried.figures.iter().zip(&self.of_time).filter(|(_, of_time)| **of_time).peekable();
        asked.peek().is_some() && asked.all(|(figure, _)| figure.is_none())
    }

    /// How many runs it took.
    fn runs(&self) -> usize {
        self.tried.iter().map(|(_, tried)| tried.runs as usize).sum()
    }

    /// What a table shows: of one parameter all that was tried, or if that is too much, the answer, its
    /// neighbours, the ends and the powers of two; of several the answer and what is just below it.
    fn shown(&self) -> impl Iterator<Item = &(Vec<u32>, SizingAttempt)> {
        let below: Vec<Vec<u32>> = self.below().into_iter().map(|(values, _)| values).collect();
        let is_long = self.tried.len() > MAX_ROWS;
        let is_shown = move |values: &Vec<u32>| match (values.as_slice(), self.answer.as_deref()) {
            (&[value], answer) => {
                let is_near = answer.is_some_and(|answer| value.abs_diff(answer[0]) <= 1);
                let is_end = [self.bounds[0].0, self.bounds[0].1].contains(&value);
                !is_long || is_near || is_end || value.is_power_of_two()
            }
            (values, Some(answer)) => answer == values || below.iter().any(|other| other == values),
            (_, None) => true,
        };
        self.tried.iter().filter(move |(values, _)| is_shown(values))
    }

    /// The explanation of the answer, or of the greatest values if there is none.
    fn explained(&self, question: &SizingQuestion<'_>) -> Result<SizeExplanation, CommandError> {
        let values = self.answer.clone().unwrap_or_else(|| self.greatest());
        let known = self.at(&values).and_then(|tried| tried.design.clone());
        Ok(SizeExplanation::of(question.scenario(&self.paths, &values)?, known, question.may_go_on))
    }

    /// For each parameter of the answer the values with one less of it, if they were tried.
    fn below(&self) -> Vec<(Vec<u32>, &SizingAttempt)> {
        let answer = self.answer.as_deref().unwrap_or_default();
        let less = |at: usize| {
            let mut values = answer.to_vec();
            values[at] = values[at].checked_sub(1)?;
            let tried = self.at(&values)?;
            Some((values, tried))
        };
        (0..answer.len()).filter_map(less).collect()
    }

    /// The greatest value of each parameter.
    fn greatest(&self) -> Vec<u32> {
        self.bounds.iter().map(|(_, most)| *most).collect()
    }

    /// `default.workers = 6 and long_task.workers = 2`.
    fn said(&self, values: &[u32]) -> String {
        let each = self.paths.iter().zip(values).map(|(path, value)| format!("{path} = {value}"));
        list(&each.collect::<Vec<_>>())
    }

    fn headline(&self) -> String {
        let range = |(path, (least, most)): (&String, &(u32, u32))| format!("{path} from {least} to {most}");
        match (&self.answer, self.paths.len()) {
            (Some(values), 1) => {
                format!("{} is the smallest value that meets the expectations", self.said(values))
            }
            (Some(values), _) => {
                format!("{} meet the expectations, and none of them can be lower", self.said(values))
            }
            (None, _) => {
                let ranges: Vec<String> = self.paths.iter().zip(&self.bounds).map(range).collect();
                format!("No {} meets the expectations", list(&ranges))
            }
        }
    }
}

fn report(found: &SizeResult, explained: &SizeExplanation, names: &[String], metrics: &[Metric]) -> String {
    let width = console::width();
    let mut text = format!("{TITLE}{}{TITLE:#}\n", found.headline());
    let lines = |said: &str, width: usize| wrap(said, width).into_iter().map(|line| format!("{line}\n"));
    text.extend(lines(&summary(found, explained), width.min(100)));
    let listed = [&found.paths[..], names].concat();
    text += &format!("\n{}", words::fitting(|narrow| table(found, names, metrics, narrow), &listed, width));
    let shown = found.shown().count();
    if shown < found.tried.len() && found.paths.len() == 1 {
        text += &format!("\n  {shown} of {} values shown; --json has all\n", found.tried.len());
    }
    if found.answer.is_some() && !explained.is_cut_short {
        text += &format!("\n{TITLE}Why{TITLE:#}\n");
        let laws = explained.laws();
        text.extend(
            laws.iter().flat_map(|law| lines(law, width.min(100) - 2)).map(|line| format!("  {line}")),
        );
    }
    text
}

/// How it was found, what fails just below it, and what limits it next.
fn summary(found: &SizeResult, explained: &SizeExplanation) -> String {
    let what = if found.paths.len() == 1 { "values" } else { "combinations" };
    let mut said = vec![format!("{} {what} tried, {} runs.", found.tried.len(), found.runs())];
    let last = found.answer.is_none().then(|| found.greatest());
    let last = last.and_then(|values| Some((found.at(&values)?, values)));
    let last_is_unsteady = found.is_steady
        && last.as_ref().is_some_and(|(tried, _)| tried.given_up == 0 && found.measures_nothing(tried));
    said.extend(last.map(|(tried, values)| why_not(found, &values, tried)));
    said.extend(found.below().iter().map(|(values, tried)| why_not(found, values, tried)));
    if found.is_uneven {
        said.push("More is not always better here: some larger values fail.".to_owned());
    }
    if last_is_unsteady {
        said.push(
            "No run is long enough to have a steady part: let more arrive, or leave out --steady.".to_owned(),
        );
    }
    if let Some(until) = explained.too_short.filter(|_| found.answer.is_none()) {
        said.push(format!(
            "The horizon, {until}, is shorter than the work: no task finishes before it, whatever the size."
        ));
    }
    said.push(match explained.is_cut_short {
        true => "The time ended before it was known what limits it.".to_owned(),
        false => {
            let values = found.answer.clone().unwrap_or_else(|| found.greatest());
            bottleneck::words(explained.limit.as_ref(), &found.said(&values))
        }
    });
    said.extend(explained.overloads.iter().cloned());
    if found.answer.is_none() && found.is_narrowed {
        said.push("The parameter's own `max` allows no larger value.".to_owned());
    }
    let answer = found.answer.as_deref().and_then(|answer| found.at(answer));
    said.push(explained.design.line());
    if answer.is_some_and(|tried| tried.verdicts.iter().any(|verdict| !verdict.is_certain)) {
        said.push("An interval crosses its bound: more --runs could change the answer.".to_owned());
    }
    said.join(" ")
}

/// Which expectations some values fail, and in how many runs.
fn why_not(found: &SizeResult, values: &[u32], tried: &SizingAttempt) -> String {
    let runs = tried.runs;
    if tried.given_up > 0 {
        let all = if tried.given_up == runs {
            "every run".to_owned()
        } else {
            format!("{} of {runs} runs", tried.given_up)
        };
        return format!(
            "With {}, a limit ended {all}, so it cannot be judged: raise the scenario's [limits], or reduce its load.",
            found.said(values)
        );
    }
    if tried.can_deadlock() {
        return format!("With {} another order of events deadlocks.", found.said(values));
    }
    if tried.holds() && !tried.is_proven() {
        return format!("With {} the runs are fine, but another order could deadlock.", found.said(values));
    }
    let failed = tried.verdicts.iter().filter(|verdict| !verdict.holds);
    let said: Vec<String> = failed
        .map(|verdict| match (verdict.by_mean, runs) {
            (true, _) | (_, 1) => verdict.words(),
            (false, _) => format!("{} (in {} of {runs} runs)", verdict.text, runs - verdict.runs),
        })
        .collect();
    format!("With {}, this fails: {}.", found.said(values), said.join(", "))
}

/// Every value that was tried; of several parameters the answer and what is just below it.
fn table(found: &SizeResult, names: &[String], metrics: &[Metric], is_narrow: bool) -> Table {
    let paths: Vec<String> = found.paths.iter().map(|path| words::name(path, is_narrow)).collect();
    let names: Vec<String> = names.iter().map(|name| words::name(name, is_narrow)).collect();
    let mut columns: Vec<(&str, _)> = paths.iter().map(|path| (path.as_str(), Right)).collect();
    columns.push(("as expected", Left));
    columns.extend(names.iter().map(|name| (name.as_str(), Right)));
    let mut table = Table::new(&columns);
    for (values, tried) in found.shown() {
        let holds = if tried.holds() { "yes" } else { "no" };
        let mark = if found.answer.as_ref() == Some(values) { "yes  ←" } else { holds };
        let mut row: Vec<String> = values.iter().map(u32::to_string).collect();
        row.push(mark.to_owned());
        row.extend(
            (0..metrics.len()).map(|at| words::estimate(&metrics[at], tried.figures[at], tried.counted[at])),
        );
        table.row(row);
    }
    table.without_empty(&["memory.max"], NONE)
}

fn json_of(found: &SizeResult, explained: &SizeExplanation, names: &[String]) -> Value {
    let one = |values: &[u32]| match values {
        [only] => json!(only),
        several => json!(several),
    };
    let tried = found.tried.iter().map(|(values, tried)| {
        let figures = names.iter().zip(&tried.figures);
        let figures: Map<String, Value> =
            figures.map(|(name, figure)| (name.clone(), json!(figure))).collect();
        json!({
            "value": one(values),
            "holds": tried.holds(),
            "design": tried.design,
            "runs": tried.runs,
            "metrics": figures,
            "counted": counted_json(names, &tried.counted),
            "expectations": tried.verdicts,
        })
    });
    let name = |executor: ExecutorId| explained.scenario.executors[executor.index()].name.clone();
    let flow = |flow: &PoolOperationalLaws| {
        json!({
            "executor": name(flow.executor), "rate": flow.rate, "holding": flow.holding, "busy": flow.busy,
            "queued": flow.queued, "waiting": flow.waiting,
        })
    };
    let erlang_c = |(pool, found): &(MmcQueue, ErlangCPrediction)| {
        json!({
            "executor": name(pool.executor), "servers": pool.servers, "load": pool.load(),
            "waits": found.waits, "wait": found.wait,
        })
    };
    json!({
        "for": if let [path] = found.paths.as_slice() { json!(path) } else { json!(found.paths) },
        "answer": found.answer.as_deref().map(one),
        "design": explained.design,
        "runs": found.runs(),
        "limit": explained.limit,
        "cut_short": explained.is_cut_short,
        "laws": explained.flows.iter().map(flow).collect::<Vec<_>>(),
        "erlang_c": explained.erlang_c.as_ref().map(erlang_c),
        "rules_of_thumb": explained.rules,
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
