//! What exploring came to, for a person and for programs.

use super::args::ExploreArgs;
use super::look::{Covered, Looked};
use super::{Explored, Told};
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
use threadbare::model::scenario::Scenario;
use threadbare::study::explore::sample::{Method, Sampled};
use threadbare::study::explore::{Endless, Kind, words};
use threadbare::study::schedule::View;

const BAD: Style = AnsiColor::Red.on_default().bold();
const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();

/// The whole report.
pub fn report(args: &ExploreArgs, scenario: &Scenario, explored: &[Explored]) -> String {
    let width = args.width.map_or_else(console::width, usize::from).min(100);
    let mut text = String::new();
    let title = if scenario.title.is_empty() { shown(&args.file) } else { &scenario.title };
    for line in wrap(title, width) {
        let _ = writeln!(text, "{TITLE}{line}{TITLE:#}");
    }
    let _ = writeln!(text, "variant {}, seed {}\n", scenario.variant, scenario.seed);
    for part in explored {
        summary(&mut text, scenario, part, width);
    }
    let mut number = 0;
    for part in explored {
        for told in &part.told {
            number += 1;
            finding(&mut text, args, scenario, told, number, width);
        }
        let more = part.new.len() - part.told.len();
        if more > 0 {
            let _ = writeln!(text, "\n{more} more of other steps {}.", words::under(part.looked.view));
        }
    }
    text
}

/// A paragraph on what a view came to, and what was looked at.
fn summary(text: &mut String, scenario: &Scenario, part: &Explored, width: usize) {
    let looked = &part.looked;
    let worst = part.new.iter().map(|finding| gravity(&finding.kind)).max();
    let is_new = part.new.len() == looked.findings.len();
    let (word, style) = match (worst, looked.is_whole()) {
        (Some(2), _) if looked.view == View::Timed => ("Found", BAD),
        (Some(2), _) => ("Possible", BAD),
        (Some(_), _) => ("Stall", DOUBTFUL),
        (None, true) if is_new => ("Nothing found", GOOD),
        (None, true) => ("Nothing else found", DOUBTFUL),
        (None, false) if !is_new => ("Nothing else found so far", DOUBTFUL),
        (None, false) => ("Nothing found so far", DOUBTFUL),
    };
    let line = format!("{word} {}. {}", words::under(looked.view), what_was_looked_at(scenario, looked));
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

fn what_was_looked_at(scenario: &Scenario, looked: &Looked) -> String {
    let mut sentences = Vec::new();
    match &looked.covered {
        Covered::Orders(coverage) => {
            sentences.push(format!("{}.", words::covered(coverage)));
            if coverage.endless {
                sentences.push("Some runs go on for ever.".to_owned());
            }
        }
        Covered::Few(covered) => sentences.push(format!("{}.", words::few(covered))),
        Covered::Sample => {}
    }
    if let Some(sampled) = &looked.sampled {
        let besides = if matches!(looked.covered, Covered::Sample) { "" } else { "Besides, " };
        sentences.push(format!("{besides}{}", words::sampled(sampled)));
    }
    for (entry, most) in looked.cut_arrivals() {
        let task = &scenario.tasks[scenario.arrivals[*entry].task.index()].name;
        sentences.push(format!("Only {most} arrivals of {task} were looked at (--arrivals)."));
    }
    sentences.extend(words::left_open(scenario, looked.view));
    // Less is not worth a word, and differs from run to run.
    if looked.seconds >= 1.0 {
        sentences.push(format!("It took {:.1} s.", looked.seconds));
    }
    sentences.join(" ")
}

fn gravity(kind: &Kind) -> u8 {
    match kind {
        Kind::Stall(_) => 1,
        Kind::Deadlock(_) | Kind::Partial(_) | Kind::LostUpdate(..) | Kind::Final(_) | Kind::Endless(_) => 2,
    }
}

fn finding(
    text: &mut String,
    args: &ExploreArgs,
    scenario: &Scenario,
    told: &Told,
    number: usize,
    width: usize,
) {
    let digest = Digest::new(&told.replay.trace);
    let name = words::kind_words(&told.finding.kind);
    let when = match told.finding.schedule.view {
        View::Timed => "under the drawn durations".to_owned(),
        View::Untimed { .. } if told.replay.outrun.is_empty() => "in another order".to_owned(),
        View::Untimed { .. } => "possible if a duration is outrun".to_owned(),
    };
    let _ = writeln!(text, "\n{TITLE}{number}. {name}{TITLE:#}, {when}");
    let mut say = |line: &str, indent: &str| {
        for part in wrap(line, width.saturating_sub(indent.len())) {
            let _ = writeln!(text, "{indent}{part}");
        }
    };
    say(&words::explain(&digest, &told.finding.kind), "   ");
    for line in words::outrun(&digest, &told.replay.outrun) {
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
        replays(&args.file, scenario, &args.which, &told.finding.schedule)
    );
}

/// The report for programs, on one line.
pub fn json_text(file: &str, scenario: &Scenario, explored: &[Explored]) -> String {
    format!("{}\n", of_file(file, as_json(scenario, explored)))
}

fn as_json(scenario: &Scenario, explored: &[Explored]) -> Value {
    let views: Vec<Value> = explored.iter().map(view_json).collect();
    json!({ "title": scenario.title, "variant": scenario.variant, "seed": scenario.seed, "views": views })
}

fn view_json(part: &Explored) -> Value {
    let looked = &part.looked;
    let cut = looked.cut_arrivals().iter();
    let mut json = json!({
        "view": match looked.view { View::Timed => "timed", View::Untimed { .. } => "untimed" },
        "findings": part.told.iter().map(told_json).collect::<Vec<_>>(),
        "more_findings": part.new.len() - part.told.len(),
        "exhausted": looked.is_whole(),
        "cut_arrivals": cut.map(|(entry, most)| json!({ "entry": entry, "arrivals": most })).collect::<Vec<_>>(),
        "seconds": looked.seconds,
        "covered": match &looked.covered {
            Covered::Orders(coverage) => words::covered(coverage),
            Covered::Few(covered) => words::few(covered),
            Covered::Sample => String::new(),
        },
    });
    let more = match &looked.covered {
        Covered::Orders(c) => json!({
            "states": c.states,
            "steps": c.transitions,
            "ends": c.ends,
            "depth": c.depth,
            "endless": c.endless,
            "cut_paths": c.cut_paths,
            "memory": c.memory,
        }),
        Covered::Few(c) => json!({ "turns": c.turns, "runs": c.runs, "steps": c.steps, "cut_runs": c.cut }),
        Covered::Sample => json!({}),
    };
    if let (Value::Object(json), Value::Object(more)) = (&mut json, more) {
        json.extend(more);
        json.extend(looked.sampled.as_ref().map(|sampled| ("sampled".to_owned(), sampled_json(sampled))));
    }
    json
}

fn sampled_json(sampled: &Sampled) -> Value {
    json!({
        "method": match sampled.method { Method::Random => "random", Method::Pct { .. } => "pct" },
        "depth": match sampled.method { Method::Random => None, Method::Pct { depth } => Some(depth) },
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

fn is_circle(told: &Told) -> bool {
    matches!(told.finding.kind, Kind::Endless(Endless::Circle))
}

fn told_json(told: &Told) -> Value {
    let digest = Digest::new(&told.replay.trace);
    json!({
        "kind": words::kind_word(&told.finding.kind),
        "text": words::explain(&digest, &told.finding.kind),
        "schedule": told.finding.schedule.to_string(),
        "steps": told.finding.steps,
        // Of a run without end only the beginning is told.
        "fingerprint": (!is_circle(told)).then(|| told.replay.trace.fingerprint().to_string()),
        "outrun": words::outrun(&digest, &told.replay.outrun),
        "story": story::lines(&digest),
    })
}
