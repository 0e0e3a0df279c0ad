//! `threadbare explore`: looks at every order that a scenario allows, in both views, and says what it found, how
//! to replay it, and what it covered.

use crate::Exit;
use crate::args::{ExploreArgs, Views};
use crate::command::replays;
use crate::console;
use crate::input::{self, Input};
use crate::progress::Spinner;
use crate::report::{TITLE, wrap};
use crate::story;
use crate::trouble::Trouble;
use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};
use threadbare::analysis::digest::Digest;
use threadbare::analysis::prose::{grouped, plural};
use threadbare::model::expectation::{Bound, Metric};
use threadbare::model::scenario::Scenario;
use threadbare::study::explore::words;
use threadbare::study::explore::{Coverage, EFFORT, Explorer, Finding, Kind, Options, shorten};
use threadbare::study::schedule::{Replay, View, replay};

const BAD: Style = AnsiColor::Red.on_default().bold();
const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();

/// Steps between two looks at the clock.
const SLICE: u64 = 2_000;
/// Findings that are told in full for each view.
const MOST_TOLD: usize = 4;

/// What one view came to.
struct Explored {
    view: View,
    coverage: Coverage,
    told: Vec<Told>,
    /// Findings beyond those.
    more: usize,
    seconds: f64,
}

/// A finding, and the run that shows it.
struct Told {
    finding: Finding,
    replay: Replay,
}

/// `threadbare explore`
pub fn explore(args: &ExploreArgs) -> Result<Exit, Trouble> {
    let input = Input::read(&args.file)?;
    let Input::Document(document) = &input else {
        let what = format!("{} is a saved run: there is only the one order that it had", args.file);
        return Err(Trouble::with_hint(what, "Explore the scenario that it was made from."));
    };
    let wanted = (!args.all_variants).then_some(args.variant.as_slice());
    let variants = input.variants(wanted);
    let mut worst = Exit::Expected;
    for (number, variant) in variants.iter().enumerate() {
        Input::know(document, variant)?;
        let scenario = Arc::new(input::scenario(document, variant, &args.which)?);
        let explored = look(args, &scenario);
        worst = worst.max(judge(args, &scenario, &explored));
        let text = if args.json {
            let json = as_json(&scenario, &explored);
            let pretty = variants.len() == 1;
            let text =
                if pretty { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) };
            text.expect("names and numbers always are JSON") + "\n"
        } else {
            let gap = if number > 0 { "\n\n" } else { "" };
            format!("{gap}{}", report(args, &scenario, &explored))
        };
        console::print(&text)?;
    }
    Ok(worst)
}

/// Explores in each view that is asked for.
fn look(args: &ExploreArgs, scenario: &Arc<Scenario>) -> Vec<Explored> {
    let untimed = View::Untimed { timeouts_last: args.timeouts_last };
    let views = match args.view {
        Views::Both => vec![View::Timed, untimed],
        Views::Timed => vec![View::Timed],
        Views::Untimed => vec![untimed],
    };
    let mut explored: Vec<Explored> = Vec::new();
    for view in views {
        let known: Vec<Kind> =
            explored.iter().flat_map(|e| &e.told).map(|told| told.finding.kind.clone()).collect();
        explored.push(look_in(args, scenario, view, &known));
    }
    explored
}

fn look_in(args: &ExploreArgs, scenario: &Arc<Scenario>, view: View, known: &[Kind]) -> Explored {
    let options = Options {
        view,
        most_arrivals: args.arrivals,
        most_states: usize::try_from(args.states).unwrap_or(usize::MAX),
        ..Options::default()
    };
    let begun = Instant::now();
    let patience = Duration::try_from_secs_f64(args.time).unwrap_or(Duration::MAX);
    let mut spinner = Spinner::new("exploring");
    let mut explorer = Explorer::new(scenario, options.clone());
    while !explorer.advance(SLICE) && begun.elapsed() < patience {
        let (states, found) = (explorer.coverage().states as u64, explorer.findings().len());
        spinner.say(|| format!("{} states, {found} {}", grouped(states), plural(found, "finding")));
    }
    let seconds = begun.elapsed().as_secs_f64();
    let new: Vec<&Finding> = explorer.findings().iter().filter(|f| !known.contains(&f.kind)).collect();
    let mut told = Vec::new();
    for finding in new.iter().take(MOST_TOLD) {
        spinner.say(|| "shortening what was found".to_owned());
        let finding = shorten(scenario, &options, finding, EFFORT);
        if let Ok(replay) = replay(scenario, &finding.schedule) {
            told.push(Told { finding, replay });
        }
    }
    Explored {
        view,
        coverage: explorer.coverage().clone(),
        more: new.len().saturating_sub(MOST_TOLD),
        told,
        seconds,
    }
}

/// Whether anything was found that the scenario does not expect. What only other durations lead to fails nothing,
/// unless it is asked for.
fn judge(args: &ExploreArgs, scenario: &Scenario, explored: &[Explored]) -> Exit {
    let counts = |view: View| view == View::Timed || args.strict;
    let kinds =
        || explored.iter().filter(|e| counts(e.view)).flat_map(|e| &e.told).map(|told| &told.finding.kind);
    let unexpected = kinds().any(|kind| match kind {
        Kind::Deadlock(_) | Kind::Partial(_) => {
            !expects(scenario, |m| matches!(m, Metric::Deadlock | Metric::Stuck))
        }
        Kind::LostUpdate(..) => !expects(scenario, |m| matches!(m, Metric::LostUpdates | Metric::Races)),
        Kind::Endless(_) | Kind::Final(_) => true,
        Kind::Stall(_) => false,
    });
    if unexpected { Exit::Unexpected } else { Exit::Expected }
}

/// Whether the scenario expects that there is such a thing.
fn expects(scenario: &Scenario, is: impl Fn(&Metric) -> bool) -> bool {
    let wants = |bound: &Bound| matches!(bound, Bound::Truth(true));
    scenario.expectations.iter().any(|expected| is(&expected.metric) && wants(&expected.bound))
}

fn report(args: &ExploreArgs, scenario: &Scenario, explored: &[Explored]) -> String {
    let width = args.width.map_or_else(console::width, usize::from).min(100);
    let mut text = String::new();
    let title = if scenario.title.is_empty() { &args.file } else { &scenario.title };
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
        if part.more > 0 {
            let _ = writeln!(text, "\n{} more of other steps {}.", part.more, words::under(part.view));
        }
    }
    text
}

/// One line on what a view came to, and what it covered.
fn summary(text: &mut String, scenario: &Scenario, part: &Explored, width: usize) {
    let c = &part.coverage;
    let (word, style) = match (part.told.iter().map(|told| gravity(&told.finding.kind)).max(), c.exhausted) {
        (Some(2), _) if part.view == View::Timed => ("Found", BAD),
        (Some(2), _) => ("Possible", BAD),
        (Some(_), _) => ("Stall", DOUBTFUL),
        (None, true) => ("Nothing found", GOOD),
        (None, false) => ("Nothing found so far", DOUBTFUL),
    };
    let mut line =
        format!("{word} {}. {}, {:.1} s.", words::under(part.view), words::covered(c), part.seconds);
    if c.cut_paths {
        line += " Paths of more than 20 000 steps were cut.";
    }
    for (entry, most) in &c.cut_arrivals {
        let task = &scenario.tasks[scenario.arrivals[*entry].task.index()].name;
        let _ = write!(line, " Only {most} arrivals of {task} were looked at (--arrivals).");
    }
    if c.endless {
        line += " Some runs go on for ever.";
    }
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
    let lines = story::lines(&digest);
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

fn as_json(scenario: &Scenario, explored: &[Explored]) -> Value {
    let views = explored.iter().map(|part| {
        let findings = part.told.iter().map(|told| {
            let digest = Digest::new(&told.replay.trace);
            json!({
                "kind": words::kind_word(&told.finding.kind),
                "text": words::explain(&digest, &told.finding.kind),
                "schedule": told.finding.schedule.to_string(),
                "steps": told.finding.steps,
                "fingerprint": told.replay.trace.fingerprint().to_string(),
                "outrun": words::outrun(&digest, &told.replay.outrun),
                "story": story::lines(&digest),
            })
        });
        let c = &part.coverage;
        let cut: Vec<Value> =
            c.cut_arrivals.iter().map(|(entry, most)| json!({ "entry": entry, "arrivals": most })).collect();
        json!({
            "view": match part.view { View::Timed => "timed", View::Untimed { .. } => "untimed" },
            "findings": findings.collect::<Vec<_>>(),
            "more_findings": part.more,
            "exhausted": c.exhausted,
            "states": c.states,
            "steps": c.transitions,
            "ends": c.ends,
            "depth": c.depth,
            "endless": c.endless,
            "cut_arrivals": cut,
            "seconds": part.seconds,
        })
    });
    json!({ "title": scenario.title, "variant": scenario.variant, "seed": scenario.seed, "views": views.collect::<Vec<_>>() })
}
