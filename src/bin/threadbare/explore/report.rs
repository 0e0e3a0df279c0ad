//! What exploring came to, for a person and for programs.

use super::args::ExploreArgs;
use super::found::{ShownFinding, ViewReport};
use super::search::{SearchCoverage, ViewResult};
use crate::command::replays;
use crate::console;
use crate::json::of_file;
use crate::source::shown;
use crate::story;
use crate::text::{TITLE, wrap};
use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};
use std::fmt::Write;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::verdict::DesignVerdict;
use threadbare::model::scenario::Scenario;
use threadbare::study::explore::sample::{SamplingCoverage, SamplingMethod};
use threadbare::study::explore::{FindingKind, words};
use threadbare::study::schedule::TimingAssumption;

const BAD: Style = AnsiColor::Red.on_default().bold();
const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();

/// What the report is about.
pub fn heading(args: &ExploreArgs, scenario: &Scenario) -> String {
    let width = width(args);
    let mut text = String::new();
    let title = if scenario.title.is_empty() { shown(&args.file) } else { &scenario.title };
    for line in wrap(title, width) {
        let _ = writeln!(text, "{TITLE}{line}{TITLE:#}");
    }
    let _ = writeln!(text, "variant {}, seed {}\n", scenario.variant, scenario.seed);
    text
}

fn width(args: &ExploreArgs) -> usize {
    args.width.map_or_else(console::width, usize::from).min(100)
}

/// What a view came to; its findings are numbered from `number` on.
pub fn view(
    args: &ExploreArgs,
    scenario: &Scenario,
    report: &ViewReport,
    number: usize,
    is_last: bool,
) -> String {
    let width = width(args);
    let mut text = String::new();
    summary(&mut text, scenario, report, width);
    for (number, shown) in (number..).zip(&report.shown) {
        finding(&mut text, args, scenario, shown, number, width);
    }
    let more = report.new.len() - report.shown.len();
    if more > 0 {
        let _ = writeln!(text, "\n{more} more at other steps {}.", words::under(report.result.view));
    }
    if !is_last && !report.new.is_empty() {
        text.push('\n');
    }
    text
}

/// A paragraph on what a view came to, and what was looked at.
fn summary(text: &mut String, scenario: &Scenario, report: &ViewReport, width: usize) {
    let result = &report.result;
    let worst = report.new.iter().map(|finding| gravity(&finding.kind)).max();
    let is_new = report.new.len() == result.findings.len();
    let (word, style) = match (worst, result.is_whole()) {
        (Some(2), _) if result.view == TimingAssumption::Timed => ("Found", BAD),
        (Some(2), _) => ("Possible", BAD),
        (Some(_), _) => ("Stall", DOUBTFUL),
        (None, true) if is_new => ("Nothing found", GOOD),
        (None, true) => ("Nothing else found", DOUBTFUL),
        (None, false) if !is_new => ("Nothing else found so far", DOUBTFUL),
        (None, false) => ("Nothing found so far", DOUBTFUL),
    };
    let line = format!("{word} {}. {}", words::under(result.view), what_was_explored(scenario, result));
    for (i, part) in wrap(&line, width).iter().enumerate() {
        match part.strip_prefix(word).filter(|_| i == 0) {
            Some(rest) => {
                let _ = writeln!(text, "{style}{word}{style:#}{rest}");
            }
            None => {
                let _ = writeln!(text, "{part}");
            }
        }
    }
}

fn what_was_explored(scenario: &Scenario, result: &ViewResult) -> String {
    let mut sentences = Vec::new();
    match &result.covered {
        SearchCoverage::Orders(coverage) => {
            sentences.push(format!("{}.", words::covered(coverage)));
            if coverage.endless {
                sentences.push("Some runs go on for ever.".to_owned());
            }
        }
        SearchCoverage::Few(covered) => sentences.push(format!("{}.", words::few(covered))),
        SearchCoverage::Sample => {}
    }
    if let Some(sampled) = &result.sampled {
        let besides = if matches!(result.covered, SearchCoverage::Sample) { "" } else { "Besides, " };
        if sampled.runs > 0 {
            sentences.push(format!("{besides}{}", words::sampled(sampled)));
        } else {
            sentences.push("The time was too short to sample a run.".to_owned());
        }
    }
    for (entry, most) in result.cut_arrivals() {
        let task = &scenario.tasks[scenario.arrivals[*entry].task.index()].name;
        let beyond = if result.view == TimingAssumption::Timed { " beyond the plain run" } else { "" };
        let arrivals = if *most == 1 { "arrival of" } else { "arrivals of" };
        let were = if *most == 1 { "was" } else { "were" };
        sentences.push(format!("Only {most} {arrivals} {task} {were} explored{beyond} (--arrivals)."));
    }
    sentences.extend(words::left_open(scenario, result.view));
    // Less is not worth a word, and differs from run to run.
    if result.seconds >= 1.0 {
        sentences.push(format!("It took {:.1} s.", result.seconds));
    }
    sentences.join(" ")
}

fn gravity(kind: &FindingKind) -> u8 {
    match kind {
        FindingKind::Stall(_) => 1,
        FindingKind::Deadlock(_)
        | FindingKind::Partial(_)
        | FindingKind::LostUpdate(..)
        | FindingKind::Final(_)
        | FindingKind::Endless(_) => 2,
    }
}

fn finding(
    text: &mut String,
    args: &ExploreArgs,
    scenario: &Scenario,
    shown: &ShownFinding,
    number: usize,
    width: usize,
) {
    let digest = Digest::new(&shown.replay.trace);
    let name = words::kind_words(&shown.finding.kind);
    let when = match shown.finding.schedule.view {
        TimingAssumption::Timed => "with these timings",
        TimingAssumption::Untimed { .. } if shown.replay.late.is_empty() => "in another order",
        TimingAssumption::Untimed { .. } => "with other timings",
    };
    let _ = writeln!(text, "\n{TITLE}{number}. {name}{TITLE:#}, {when}");
    let mut say = |line: &str, indent: &str| {
        for part in wrap(line, width.saturating_sub(indent.len())) {
            let _ = writeln!(text, "{indent}{part}");
        }
    };
    say(&words::explain(&digest, &shown.finding.kind), "   ");
    for line in words::late(&digest, &shown.replay.late) {
        say(&line, "   ");
    }
    let lines = story::wrapped(&digest, width.saturating_sub(3));
    let _ = writeln!(text);
    for line in lines {
        let _ = writeln!(text, "   {}", line.trim_end());
    }
    let _ = writeln!(
        text,
        "\n   Replay it: {}",
        replays(&args.file, scenario, &args.which, &shown.finding.schedule)
    );
}

/// The last line: what is known of the design.
pub fn design(args: &ExploreArgs, design: &DesignVerdict) -> String {
    let lines = wrap(&design.line(), width(args));
    lines.iter().fold("\n".to_owned(), |text, line| text + line + "\n")
}

/// The report for programs, on one line.
pub fn json_text(file: &str, scenario: &Scenario, design: &DesignVerdict, reports: &[ViewReport]) -> String {
    let views: Vec<Value> = reports.iter().map(view_json).collect();
    let whole = json!({
        "title": scenario.title,
        "variant": scenario.variant,
        "seed": scenario.seed,
        "design": design,
        "views": views,
    });
    format!("{}\n", of_file(file, whole))
}

fn view_json(report: &ViewReport) -> Value {
    let result = &report.result;
    let cut = result.cut_arrivals().iter();
    let mut json = json!({
        "view": match result.view { TimingAssumption::Timed => "timed", TimingAssumption::Untimed { .. } => "untimed" },
        "findings": report.shown.iter().map(finding_json).collect::<Vec<_>>(),
        "more_findings": report.new.len() - report.shown.len(),
        "exhausted": result.is_whole(),
        "cut_arrivals": cut.map(|(entry, most)| json!({ "entry": entry, "arrivals": most })).collect::<Vec<_>>(),
        "seconds": result.seconds,
        "covered": match &result.covered {
            SearchCoverage::Orders(coverage) => words::covered(coverage),
            SearchCoverage::Few(covered) => words::few(covered),
            SearchCoverage::Sample => String::new(),
        },
    });
    let more = match &result.covered {
        SearchCoverage::Orders(c) => json!({
            "states": c.states,
            "steps": c.transitions,
            "ends": c.ends,
            "depth": c.depth,
            "endless": c.endless,
            "cut_paths": c.cut_paths,
            "cut_runs": c.cut_runs,
            "memory": c.memory,
        }),
        SearchCoverage::Few(c) => {
            json!({ "turns": c.turns, "runs": c.runs, "steps": c.steps, "cut_runs": c.cut })
        }
        SearchCoverage::Sample => json!({}),
    };
    if let (Value::Object(json), Value::Object(more)) = (&mut json, more) {
        json.extend(more);
        json.extend(result.sampled.as_ref().map(|sampled| ("sampled".to_owned(), sampled_json(sampled))));
    }
    json
}

fn sampled_json(sampled: &SamplingCoverage) -> Value {
    json!({
        "method": match sampled.method { SamplingMethod::Random => "random", SamplingMethod::Pct { .. } => "pct" },
        "depth": match sampled.method { SamplingMethod::Random => None, SamplingMethod::Pct { depth } => Some(depth) },
        "seed": sampled.seed,
        "runs": sampled.runs,
        "measured_on": sampled.measured_on,
        "actors": sampled.actors,
        "points": sampled.points,
        "beyond": sampled.beyond,
        "cut_runs": sampled.cut,
        "guarantee": sampled.guarantee(),
        "guarantee_of_all": sampled.guarantee_of_all(),
    })
}

fn finding_json(shown: &ShownFinding) -> Value {
    let digest = Digest::new(&shown.replay.trace);
    json!({
        "kind": words::kind_word(&shown.finding.kind),
        "text": words::explain(&digest, &shown.finding.kind),
        "schedule": shown.finding.schedule.to_string(),
        "steps": shown.finding.steps,
        // Of a run that goes on beyond the finding only the beginning is told.
        "fingerprint": shown.replay.is_whole.then(|| shown.replay.trace.fingerprint().to_string()),
        "late": words::late(&digest, &shown.replay.late),
        "story": story::lines(&digest),
    })
}
