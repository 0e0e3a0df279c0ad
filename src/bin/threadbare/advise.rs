//! `threadbare advise`: what would fix a scenario that can deadlock, lose updates or miss what it expects, run and
//! explored before it is offered.

use crate::clock;
use crate::command_error::CommandError;
use crate::console;
use crate::exit::Exit;
use crate::explore::args::patience;
use crate::input::{self, Input};
use crate::json::of_file;
use crate::progress::Spinner;
use crate::selection::RunSelection;
use crate::source::{exists, shown, write_file};
use crate::stop;
use crate::text::{TITLE, wrap};
use anstyle::Style;
use clap::{Args, ValueHint};
use serde_json::{Value, json};
use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::Duration;
use threadbare::language::{BASE, Overrides};
use threadbare::study::advise::{
    RemedyCheckEffort, RemedyEffect, RemedySearch, RunCost, ScenarioAssessment, VariantAdvice, words,
};

/// `threadbare advise`
#[derive(Args, Debug)]
pub struct AdviseArgs {
    /// A scenario (TOML or JSON), the name of a gallery scenario, or - for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: String,

    /// Variant to advise on
    #[arg(long, value_name = "NAME", default_value = BASE, hide_default_value = true)]
    pub variant: String,

    #[command(flatten)]
    pub which: RunSelection,

    /// Apply a remedy to the document and write it to FILE
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub write: Option<PathBuf>,

    /// Number of the remedy to write
    #[arg(long, value_name = "N", requires = "write", default_value_t = 1)]
    pub apply: usize,

    /// Overwrite an existing file
    #[arg(long, requires = "write")]
    pub force: bool,

    /// Stop looking after this long, keeping what was found: 10s, 5m, or seconds
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = patience, help_heading = "Search")]
    pub time: Duration,

    /// Maximum number of states to explore for each remedy, in each view
    #[arg(long, value_name = "N", default_value_t = 20_000, help_heading = "Search")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub states: u64,

    /// Width of the output in columns; defaults to the terminal's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=1000))]
    #[arg(help_heading = "Output")]
    pub width: Option<u16>,

    /// Print one JSON object
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

/// How long a search takes before what it finds is told on the way.
const MIN_TOLD: Duration = Duration::from_secs(5);

/// Examples and exit codes.
pub const ADVISE_AFTER: &str = "\
Examples:
  threadbare advise nova-build-deadlock
  threadbare advise lock-order --variant philosophers
  threadbare advise mine.toml --write fixed.toml --apply 2

Each remedy is applied to the document, run, and explored in both views before it is offered. Sizes, permits, \
queues, caps and separate pools are tried against everything in [expect]; pairs of them if no single one is enough. \
Remedies that the runtime supports come first, then those that make the problem impossible, then those that need \
the fewest threads, then the least memory.

Exit codes: 0 nothing to fix, or at least one remedy; 1 something to fix and no remedy; 2 bad input or usage.";

/// `threadbare advise`
pub fn advise(args: &AdviseArgs) -> Result<Exit, CommandError> {
    stop::heed();
    let input = Input::read(&args.file)?;
    let Input::Document(document) = &input else {
        let what = format!("{} is a saved run: there is nothing to change in it", args.file);
        return Err(CommandError::with_hint(what, "Ask for advice on the scenario that it was made from."));
    };
    Input::know(document, &args.variant)?;
    let overrides = Overrides { seed: args.which.seed, set: args.which.set.clone() };
    let effort = RemedyCheckEffort { most_states: usize::try_from(args.states).unwrap_or(usize::MAX) };
    let mut spinner = Spinner::new("looking at remedies");
    let may_go_on = || !stop::is_asked() && clock::elapsed() < args.time;
    let mut advisor = RemedySearch::new(document, &args.variant, &overrides, effort, &may_go_on)
        .map_err(|problems| input::rendered(&problems))?;
    // What is wrong is known before the search for remedies begins, and said then.
    let says_first = !args.json && args.write.is_none();
    if says_first {
        console::print(&wrong(args, advisor.so_far()))?;
    }
    let mut told = FoundRemedies::default();
    while advisor.step(&may_go_on) {
        told.tell(advisor.so_far());
        let (found, left) = (advisor.so_far().remedies.len(), advisor.left());
        spinner.say(|| match advisor.so_far().remedies.first() {
            Some(best) => format!("{found} found, {left} left to try; best: {}", best.title),
            None => format!("none found, {left} left to try"),
        });
    }
    let advice = advisor.so_far();
    drop(spinner);
    let write = args.write.as_ref().filter(|_| advice.is_needed());
    if let Some(path) = write {
        let number = args.apply.checked_sub(1);
        let Some(remedy) = number.and_then(|number| advice.remedies.get(number)) else {
            let what = format!("there is no remedy {}", args.apply);
            return Err(CommandError::with_hint(
                what,
                format!("There are {}; leave out --write to list them.", advice.remedies.len()),
            ));
        };
        if path.exists() && !args.force {
            return Err(exists(path));
        }
        write_file(path, remedy.text.as_bytes())?;
    }
    if args.json {
        console::print(&format!("{}\n", of_file(&args.file, as_json(advice))))?;
    } else {
        let first = if says_first { String::new() } else { wrong(args, advice) };
        console::print(&(first + &report(args, advice)))?;
    }
    Ok(if advice.is_needed() && advice.remedies.is_empty() { Exit::Unexpected } else { Exit::Expected })
}

/// Tells which remedies were found while the search goes on, where no spinner does.
#[derive(Default)]
struct FoundRemedies(Vec<String>);

impl FoundRemedies {
    /// Tells those that were not told yet, once the search has taken a while.
    fn tell(&mut self, advice: &VariantAdvice) {
        if io::stderr().is_terminal() || clock::elapsed() < MIN_TOLD {
            return;
        }
        for remedy in &advice.remedies {
            if !self.0.contains(&remedy.title) {
                console::print_error(&format!("found so far: {}\n", remedy.title));
                self.0.push(remedy.title.clone());
            }
        }
    }
}

/// Puts a line in a style into a text, wrapped, each of its lines indented.
fn put(text: &mut String, args: &AdviseArgs, style: Style, indent: &str, line: &str) {
    let width = args.width.map_or_else(console::width, usize::from).min(100);
    for part in wrap(line, width.saturating_sub(indent.len())) {
        let _ = writeln!(text, "{indent}{style}{part}{style:#}");
    }
}

/// What is advised on, and what is wrong with it.
fn wrong(args: &AdviseArgs, advice: &VariantAdvice) -> String {
    let s = &advice.scenario;
    let mut text = String::new();
    let plain = Style::new();
    put(&mut text, args, TITLE, "", if s.title.is_empty() { shown(&args.file) } else { &s.title });
    put(&mut text, args, plain, "", &format!("variant {}, seed {}", s.variant, s.seed));
    put(&mut text, args, plain, "", "");
    for line in words::wrong(advice) {
        put(&mut text, args, plain, "", &line);
    }
    text
}

/// What came of the search: the remedies, the best first.
fn report(args: &AdviseArgs, advice: &VariantAdvice) -> String {
    let mut text = String::new();
    let mut put = |style: Style, indent: &str, line: &str| put(&mut text, args, style, indent, line);
    let plain = Style::new();
    if let Some(outcome) = words::outcome(advice) {
        put(plain, "", &outcome);
    }
    for (number, remedy) in advice.remedies.iter().enumerate() {
        put(plain, "", "");
        let effect = words::effect(remedy.effect).map_or_else(String::new, |effect| format!(" ({effect})"));
        put(TITLE, "", &format!("{}. {}{effect}", number + 1, remedy.title));
        for change in &remedy.changes {
            put(plain, "     ", change);
        }
        for (number, line) in remedy.in_code.iter().enumerate() {
            let said = if number == 0 { "In your code: " } else { "and " };
            put(plain, "   ", &format!("{said}{line}"));
        }
        put(plain, "   ", &words::verified(remedy));
        put(plain, "   ", &costs(&remedy.known.cost, &advice.known.cost));
        put(plain, "   ", &format!("Not solved: {}", remedy.leaves));
    }
    if !advice.refused.is_empty() {
        put(plain, "", "");
        let refused: Vec<String> =
            advice.refused.iter().map(|(title, why)| format!("{title} ({why})")).collect();
        put(plain, "", &format!("Tried without success: {}.", refused.join("; ")));
    }
    if !advice.remedies.is_empty() && args.write.is_none() {
        put(plain, "", "");
        put(plain, "", "Write the document with one of them: --write FILE --apply NUMBER");
    }
    if let Some(path) = &args.write {
        let what = match advice.is_needed() {
            true => format!("Remedy {} is applied in {}.", args.apply, path.display()),
            false => format!("{} was not written: there is nothing to fix.", path.display()),
        };
        put(plain, "", "");
        put(plain, "", &what);
    }
    text
}

/// What a remedy costs in a run, against what is there now.
fn costs(cost: &RunCost, before: &RunCost) -> String {
    let costs = words::costs(cost, before);
    let [threads, memory, end, more @ ..] = &costs[..] else { return String::new() };
    let more: String = more.iter().map(|cost| format!(", {cost}")).collect();
    format!("Cost: {threads}, {memory}; {end}{more}.")
}

fn known_json(known: &ScenarioAssessment) -> Value {
    let seen = |seen: &threadbare::study::advise::ExplorationSummary| json!({ "hangs": seen.hangs, "stalls": seen.stalls, "loses": !seen.lost.is_empty(), "states": seen.states, "exhausted": seen.exhausted });
    let cost = &known.cost;
    json!({
        "timed": seen(&known.timed),
        "untimed": seen(&known.untimed),
        "shape_is_clear": known.shape_is_clear,
        "run": {
            "hangs": cost.hangs,
            "given_up": cost.given_up.map(threadbare::model::time::Time::seconds),
            "missed": cost.missed,
            "end": cost.end.seconds(),
            "threads": cost.threads,
            "memory": cost.memory,
            "p99": cost.p99.map(threadbare::model::time::Duration::seconds),
            "failed": cost.failed,
        },
    })
}

fn as_json(advice: &VariantAdvice) -> Value {
    let remedies = advice.remedies.iter().map(|remedy| {
        json!({
            "title": remedy.title,
            "changes": remedy.changes,
            "in_code": remedy.in_code,
            "effect": match remedy.effect { RemedyEffect::Gone => "gone", RemedyEffect::GoneForNow => "gone-for-now", RemedyEffect::Stall => "stall", RemedyEffect::Failure => "failure" },
            "not_solved": remedy.leaves,
            "one_less_hangs": remedy.is_smallest,
            "proven": remedy.known.is_proven(),
            "design": remedy.known.plain_design(),
            "known": known_json(&remedy.known),
        })
    });
    let s = &advice.scenario;
    json!({
        "title": s.title,
        "variant": s.variant,
        "seed": s.seed,
        "needed": advice.is_needed(),
        "reasons": advice.reasons.iter().map(|(number, why)| json!({
            "expectation": s.expectations[*number].text,
            "why": why,
        })).collect::<Vec<_>>(),
        "hazards": advice.shape.hazards.iter().map(|hazard| json!({
            "text": hazard.headline(s),
            "details": hazard.details(s),
            "stall": hazard.stall,
        })).collect::<Vec<_>>(),
        "design": advice.design(),
        "now": known_json(&advice.known),
        "remedies": remedies.collect::<Vec<_>>(),
        "refused": advice.refused.iter().map(|(title, why)| json!({ "title": title, "why": why })).collect::<Vec<_>>(),
    })
}
