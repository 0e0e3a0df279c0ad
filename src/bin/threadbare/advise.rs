//! `threadbare advise`: what would fix a scenario that can hang or lose updates, looked at before it is offered.

use crate::Exit;
use crate::args::Which;
use crate::console;
use crate::input::{self, Input};
use crate::progress::Spinner;
use crate::report::{TITLE, wrap};
use crate::source::write_file;
use crate::trouble::Trouble;
use anstyle::Style;
use clap::{Args, ValueHint};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::PathBuf;
use threadbare::analysis::expect::bytes_text;
use threadbare::analysis::prose::grouped;
use threadbare::language::{BASE, Overrides};
use threadbare::study::advise::{Advice, Advisor, Cost, Effect, Effort, Known, Remedy};

/// `threadbare advise`
#[derive(Args, Debug)]
pub struct AdviseArgs {
    /// A scenario (TOML or JSON), the name of a gallery scenario, or - for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: String,

    /// Advise on this variant
    #[arg(long, value_name = "NAME", default_value = BASE, hide_default_value = true)]
    pub variant: String,

    #[command(flatten)]
    pub which: Which,

    /// Write the document with a remedy applied into this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub write: Option<PathBuf>,

    /// Which remedy to write, by its number
    #[arg(long, value_name = "N", requires = "write", default_value_t = 1, hide_default_value = true)]
    pub apply: usize,

    /// Most states that are looked at for each remedy, in each view
    #[arg(long, value_name = "N", default_value_t = 20_000, help_heading = "Search")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub states: u64,

    /// Columns to use, in place of the terminal's width
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=1000))]
    #[arg(help_heading = "Output")]
    pub width: Option<u16>,

    /// Print JSON: every remedy with its changes, what it costs and how it is known
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

/// Examples and exit codes.
pub const ADVISE_AFTER: &str = "\
Examples:
  threadbare advise nova-build-deadlock
  threadbare advise lock-order --variant philosophers
  threadbare advise mine.toml --write fixed.toml --apply 2

Each remedy is applied to the document, run, and explored in both views before it is offered. The best \
come first: what makes it impossible, then what costs the fewest threads, then the least memory.

Exit codes: 0 nothing to fix, or at least one remedy; 1 something to fix and no remedy; 2 bad input or usage.";

/// `threadbare advise`
pub fn advise(args: &AdviseArgs) -> Result<Exit, Trouble> {
    let input = Input::read(&args.file)?;
    let Input::Document(document) = &input else {
        let what = format!("{} is a saved run: there is nothing to change in it", args.file);
        return Err(Trouble::with_hint(what, "Ask for advice on the scenario that it was made from."));
    };
    Input::know(document, &args.variant)?;
    let overrides = Overrides { seed: args.which.seed, set: args.which.set.clone() };
    let effort = Effort { most_states: usize::try_from(args.states).unwrap_or(usize::MAX) };
    let mut spinner = Spinner::new("looking at remedies");
    let mut advisor = Advisor::new(document, &args.variant, &overrides, effort)
        .map_err(|problems| input::rendered(&problems))?;
    let mut done = 0;
    while advisor.step() {
        done += 1;
        spinner.say(|| format!("{done} looked at"));
    }
    let advice = advisor.finish();
    drop(spinner);
    if let Some(path) = &args.write {
        let number = args.apply.checked_sub(1);
        let Some(remedy) = number.and_then(|number| advice.remedies.get(number)) else {
            let what = format!("there is no remedy {}", args.apply);
            return Err(Trouble::with_hint(
                what,
                format!("There are {}; without --write they are listed.", advice.remedies.len()),
            ));
        };
        write_file(path, remedy.text.as_bytes())?;
    }
    if args.json {
        let text =
            serde_json::to_string_pretty(&as_json(&advice)).expect("names and numbers always are JSON");
        console::print(&(text + "\n"))?;
    } else {
        console::print(&report(args, &advice))?;
    }
    Ok(if advice.is_needed() && advice.remedies.is_empty() { Exit::Unexpected } else { Exit::Expected })
}

fn report(args: &AdviseArgs, advice: &Advice) -> String {
    let width = args.width.map_or_else(console::width, usize::from).min(100);
    let s = &advice.scenario;
    let mut text = String::new();
    let mut put = |style: Style, indent: &str, line: &str| {
        for part in wrap(line, width.saturating_sub(indent.len())) {
            let _ = writeln!(text, "{indent}{style}{part}{style:#}");
        }
    };
    let plain = Style::new();
    put(TITLE, "", if s.title.is_empty() { &args.file } else { &s.title });
    put(plain, "", &format!("variant {}, seed {}", s.variant, s.seed));
    put(plain, "", "");
    for line in troubles(advice) {
        put(plain, "", &line);
    }
    for (number, remedy) in advice.remedies.iter().enumerate() {
        put(plain, "", "");
        let effect = match remedy.effect {
            Effect::Gone => "",
            Effect::Stall => " (a stall instead)",
            Effect::Failure => " (failures instead)",
        };
        put(TITLE, "", &format!("{}. {}{effect}", number + 1, remedy.title));
        for change in &remedy.changes {
            put(plain, "     ", change);
        }
        put(plain, "   ", &verified(remedy));
        put(plain, "   ", &costs(&remedy.known.cost, &advice.known.cost));
        put(plain, "   ", &format!("Not solved: {}", remedy.leaves));
    }
    if !advice.refused.is_empty() {
        put(plain, "", "");
        let refused: Vec<String> =
            advice.refused.iter().map(|(title, why)| format!("{title} ({why})")).collect();
        put(plain, "", &format!("Tried, and no remedy: {}.", refused.join("; ")));
    }
    if !advice.remedies.is_empty() && args.write.is_none() {
        put(plain, "", "");
        put(plain, "", "Write the document with one of them: --write FILE --apply NUMBER");
    }
    if let Some(path) = &args.write {
        put(plain, "", "");
        put(plain, "", &format!("Remedy {} is applied in {}.", args.apply, path.display()));
    }
    text
}

/// What is wrong with the variant, a sentence each.
fn troubles(advice: &Advice) -> Vec<String> {
    let known = &advice.known;
    if !advice.is_needed() {
        return vec![if known.is_proven() {
            "Nothing to fix: it cannot hang, and no update was lost in the orders looked at.".to_owned()
        } else {
            "Nothing to fix was found; not every order could be looked at.".to_owned()
        }];
    }
    let mut lines = Vec::new();
    for hazard in advice.shape.hazards.iter().filter(|hazard| !hazard.stall) {
        lines.push(format!("It {}.", hazard.headline(&advice.scenario)));
    }
    lines.push(if known.timed.hangs || known.cost.hangs {
        "It does hang under the drawn durations.".to_owned()
    } else if known.untimed.hangs {
        "Under the drawn durations it does not hang; under others it does.".to_owned()
    } else if lines.is_empty() {
        String::new()
    } else {
        "No order that was looked at hangs; not every order could be.".to_owned()
    });
    if known.loses() {
        lines.push("Updates can be lost.".to_owned());
    }
    if advice.remedies.is_empty() {
        lines.push("No remedy was found: it takes a change of what the tasks do.".to_owned());
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// How a remedy is known to be one.
fn verified(remedy: &Remedy) -> String {
    let known = &remedy.known;
    let mut line = match (known.untimed.exhausted, known.shape_is_clear) {
        (true, _) => format!(
            "Nothing hangs: every order was looked at ({} states under any durations).",
            grouped(known.untimed.states as u64)
        ),
        (false, true) => format!(
            "Nothing can hang: nobody is left to wait in a ring. Of the orders, {} states were looked at.",
            grouped((known.untimed.states + known.timed.states) as u64)
        ),
        (false, false) => format!(
            "Nothing hangs under the drawn durations, every order looked at; under any durations nothing in {} states, not all.",
            grouped(known.untimed.states as u64)
        ),
    };
    if remedy.is_smallest {
        line += " With one less it hangs.";
    }
    line
}

/// What a remedy costs in a run, against what is there now.
fn costs(cost: &Cost, before: &Cost) -> String {
    let threads = if cost.threads == before.threads {
        format!("{} threads as now", cost.threads)
    } else {
        format!("{} threads (now {})", cost.threads, before.threads)
    };
    let memory = if cost.memory == before.memory {
        bytes_text(cost.memory)
    } else {
        format!("{} (now {})", bytes_text(cost.memory), bytes_text(before.memory))
    };
    let now = if before.hangs { "now it hangs".to_owned() } else { format!("now {}", before.end) };
    let mut line = format!("Cost: {threads}, {memory}; the run ends at {} ({now})", cost.end);
    if let Some(p99) = cost.p99 {
        let _ = write!(line, ", 99 % of arrivals take at most {p99}");
    }
    if cost.failed > 0 {
        let _ = write!(line, "; {} tasks fail", cost.failed);
    }
    line + "."
}

fn known_json(known: &Known) -> Value {
    let seen = |seen: &threadbare::study::advise::Seen| json!({ "hangs": seen.hangs, "stalls": seen.stalls, "loses": !seen.lost.is_empty(), "states": seen.states, "exhausted": seen.exhausted });
    let cost = &known.cost;
    json!({
        "timed": seen(&known.timed),
        "untimed": seen(&known.untimed),
        "shape_is_clear": known.shape_is_clear,
        "run": {
            "hangs": cost.hangs,
            "end": cost.end.seconds(),
            "threads": cost.threads,
            "memory": cost.memory,
            "p99": cost.p99.map(threadbare::model::time::Duration::seconds),
            "failed": cost.failed,
        },
    })
}

fn as_json(advice: &Advice) -> Value {
    let remedies = advice.remedies.iter().map(|remedy| {
        json!({
            "title": remedy.title,
            "changes": remedy.changes,
            "effect": match remedy.effect { Effect::Gone => "gone", Effect::Stall => "stall", Effect::Failure => "failure" },
            "not_solved": remedy.leaves,
            "one_less_hangs": remedy.is_smallest,
            "proven": remedy.known.is_proven(),
            "known": known_json(&remedy.known),
        })
    });
    let s = &advice.scenario;
    json!({
        "title": s.title,
        "variant": s.variant,
        "seed": s.seed,
        "needed": advice.is_needed(),
        "hazards": advice.shape.hazards.iter().map(|hazard| json!({
            "text": hazard.headline(s),
            "details": hazard.details(s),
            "stall": hazard.stall,
        })).collect::<Vec<_>>(),
        "now": known_json(&advice.known),
        "remedies": remedies.collect::<Vec<_>>(),
        "refused": advice.refused.iter().map(|(title, why)| json!({ "title": title, "why": why })).collect::<Vec<_>>(),
    })
}
