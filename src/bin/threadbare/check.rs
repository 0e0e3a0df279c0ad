//! `threadbare check`: parses and validates documents, every variant, and says what their shape can come to, held
//! against every order where those are few.
//!
//! Invariant: what can hang fails nothing unless `--deny` asks for it: a scenario that hangs may be there to show it.

use crate::args::{CheckArgs, DenyLevel};
use crate::command::explores;
use crate::console;
use crate::exit::Exit;
use crate::input::{self, Input};
use crate::lesson;
use crate::selection::RunSelection;
use crate::source::{Source, one_standard_input};
use crate::text::{BAD, GOOD, wrap};
use crate::trouble::Trouble;
use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::Arc;
use std::time::Instant;
use threadbare::analysis::prose::grouped;
use threadbare::analysis::shape::Hazard;
use threadbare::language::{Overrides, Problems};
use threadbare::model::scenario::Scenario;
use threadbare::study::outlook::{Outlook, Verdict};
use threadbare::study::parallel::in_parallel;
use threadbare::study::patience::MayGoOn;

/// What may be trouble.
const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();

/// A document that is valid, and what the shapes of its variants come to.
struct Checked {
    file: String,
    /// How it was named, and what was set in it.
    typed: (String, RunSelection),
    /// Besides the base.
    variants: usize,
    readings: Vec<Reading>,
}

/// What is said of some variants: each different thing once.
struct Reading {
    variants: Vec<String>,
    said: Said,
}

#[derive(PartialEq)]
enum Said {
    /// A hazard: its heading, what is to be known of it, and whether a timeout ends it.
    Hazard {
        headline: String,
        details: Vec<String>,
        is_stall: bool,
    },
    /// There are too many ways for tasks to come to be.
    Unknown,
    Safe(Ground),
}

/// Why something is safe.
#[derive(Clone, PartialEq)]
enum Ground {
    /// Its shape has no ring.
    Shape,
    /// Every order was looked at. Its shape alone warns of this.
    Orders(Vec<String>),
}

/// `threadbare check`: goes through all files, whatever it finds in the first.
pub fn check(args: &CheckArgs) -> Result<Exit, Trouble> {
    let width = args.width.map_or_else(console::width, usize::from);
    one_standard_input(&args.files)?;
    let mut worst = Exit::Expected;
    for (number, file) in args.files.iter().enumerate() {
        match lesson::checked(file) {
            Ok(Some(line)) => {
                console::print(&line)?;
                continue;
            }
            Ok(None) => {}
            Err(trouble) => {
                console::print_error(&trouble.render());
                worst = Exit::Trouble;
                continue;
            }
        }
        match check_one(file, args) {
            Ok(checked) => {
                let text = if args.json {
                    format!("{}\n", checked.as_json())
                } else {
                    let gap = if number > 0 { "\n" } else { "" };
                    format!("{gap}{}", checked.report(width))
                };
                console::print(&text)?;
                if worst == Exit::Expected && checked.has(args.deny) {
                    worst = Exit::Unexpected;
                }
            }
            Err(trouble) => {
                console::print_error(&trouble.render());
                worst = Exit::Trouble;
            }
        }
    }
    Ok(worst)
}

fn check_one(file: &str, args: &CheckArgs) -> Result<Checked, Trouble> {
    let begun = Instant::now();
    let may_go_on = || begun.elapsed() < args.time;
    let document = input::parse(&Source::read(file)?)?;
    let variants: Vec<String> = document.variants().into_iter().map(|variant| variant.name).collect();
    let is_asked = |name: &String| args.variant.is_empty() || args.variant.contains(name);
    // A variant is read once, and all that is asked for at once.
    let read = in_parallel(&variants, 0, |name| {
        let (scenario, problems) = document.read(name);
        let wanted = args.set.is_empty() && is_asked(name) && !problems.has_errors();
        (problems, wanted.then(|| said_of(scenario, &may_go_on)))
    });
    let (problems, mut said): (Vec<_>, Vec<_>) = read.into_iter().unzip();
    let problems = Problems::of_all(problems).expect("there is the base at least");
    if problems.has_errors() {
        return Err(input::rendered(&problems));
    }
    if !problems.is_empty() {
        console::print_error(&format!("{}\n", problems.render(console::error_colour())));
    }
    for variant in &args.variant {
        Input::know(&document, variant)?;
    }
    if !args.set.is_empty() {
        let overrides = Overrides { seed: None, set: args.set.clone() };
        for (name, said) in variants.iter().zip(&mut said).filter(|(name, _)| is_asked(name)) {
            let scenario =
                document.scenario(name, &overrides).map_err(|problems| input::rendered(&problems))?;
            *said = Some(said_of(scenario, &may_go_on));
        }
    }
    let readings = readings(variants.iter().zip(said));
    Ok(Checked {
        file: document.file_name().to_owned(),
        typed: (file.to_owned(), RunSelection { seed: None, set: args.set.clone() }),
        variants: variants.len().saturating_sub(1),
        readings,
    })
}

/// What the shapes of variants come to, each different thing once: what can hang first, in the order of the document.
fn readings<'a>(variants: impl Iterator<Item = (&'a String, Option<Vec<Said>>)>) -> Vec<Reading> {
    let mut found: Vec<Reading> = Vec::new();
    for (variant, all) in variants {
        for said in all.into_iter().flatten() {
            match found.iter_mut().find(|known| known.said == said) {
                Some(known) => known.variants.push(variant.clone()),
                None => found.push(Reading { variants: vec![variant.clone()], said }),
            }
        }
    }
    found.sort_by_key(|reading| matches!(reading.said, Said::Safe(_)));
    found
}

/// What one variant can come to.
fn said_of(scenario: Scenario, may_go_on: MayGoOn<'_>) -> Vec<Said> {
    let scenario = Arc::new(scenario);
    let outlook = Outlook::read_while(&scenario, may_go_on);
    let all = outlook.shape.hazards.iter();
    let mut all: Vec<Said> = all.map(|hazard| hazard_said(hazard, &outlook, &scenario)).collect();
    match outlook.verdict() {
        Verdict::Unknown => all.push(Said::Unknown),
        Verdict::Safe if outlook.withdrawn.is_empty() => all.push(Said::Safe(Ground::Shape)),
        Verdict::Safe => {
            let warned = outlook.withdrawn.iter().map(|hazard| hazard.headline(&scenario)).collect();
            all.push(Said::Safe(Ground::Orders(warned)));
        }
        verdict @ (Verdict::Hang | Verdict::Stall) => {
            let is_stall = verdict == Verdict::Stall;
            if outlook.shape.hazards.iter().all(|hazard| hazard.stall != is_stall) {
                all.insert(0, Said::beyond_shape(is_stall));
            }
        }
    }
    all
}

fn hazard_said(hazard: &Hazard, outlook: &Outlook, scenario: &Scenario) -> Said {
    let mut details = hazard.details(scenario);
    let orders = outlook.orders;
    let is_seen = if hazard.stall { orders.stalls } else { orders.hangs };
    if !is_seen && orders.states > 0 {
        let states = grouped(orders.states as u64);
        details.push(format!("Not seen in the first {states} states of its orders; there are more."));
    }
    Said::Hazard { headline: hazard.headline(scenario), details, is_stall: hazard.stall }
}

impl Said {
    /// An order was found that no ring of the shape explains.
    fn beyond_shape(is_stall: bool) -> Said {
        let can = if is_stall { "can stall until a timeout" } else { "can hang" };
        let headline = format!("{can}, in an order that its shape does not show");
        Said::Hazard { headline, details: vec!["Found by going through its orders.".to_owned()], is_stall }
    }

    fn is_denied(&self, denied: DenyLevel) -> bool {
        match self {
            Said::Hazard { is_stall, .. } => !is_stall || denied == DenyLevel::Stall,
            Said::Unknown => true,
            Said::Safe(_) => false,
        }
    }
}

impl Ground {
    fn sentences(&self, who: &str) -> String {
        match self {
            Ground::Shape => format!("{who} cannot hang."),
            Ground::Orders(warned) => format!(
                "{who} cannot hang: every order was looked at. By its shape alone it {}.",
                warned.join("; it ")
            ),
        }
    }
}

impl Checked {
    fn has(&self, denied: Option<DenyLevel>) -> bool {
        denied.is_some_and(|denied| self.readings.iter().any(|reading| reading.said.is_denied(denied)))
    }

    fn report(&self, width: usize) -> String {
        let with = match self.variants {
            0 => String::new(),
            1 => ", with 1 variant".to_owned(),
            n => format!(", with {n} variants"),
        };
        let mut text = format!("{} is valid{with}\n", self.file);
        for reading in &self.readings {
            let names = reading.variants.join(", ");
            let (style, sign, line, details) = match &reading.said {
                Said::Hazard { headline, details, is_stall } => {
                    let (style, sign) = if *is_stall { (DOUBTFUL, "!") } else { (BAD, "✗") };
                    (style, sign, format!("{names} {headline}."), details.as_slice())
                }
                Said::Unknown => {
                    let why = "there are too many ways for tasks to come to be";
                    (
                        DOUBTFUL,
                        "?",
                        format!("{names}: whether it can hang is not known, {why}."),
                        [].as_slice(),
                    )
                }
                Said::Safe(ground) => {
                    let who = if self.variants == 0 { "It" } else { names.as_str() };
                    (GOOD, "✓", ground.sentences(who), [].as_slice())
                }
            };
            put(&mut text, width, &format!("  {style}{sign}{style:#} "), "    ", &line);
            for detail in details {
                put(&mut text, width, "      ", "      ", detail);
            }
            if !details.is_empty() {
                let see = explores(&self.typed.0, &reading.variants[0], &self.typed.1);
                let _ = writeln!(text, "      See how: {see}");
            }
        }
        text
    }

    fn as_json(&self) -> Value {
        let of = |reading: &Reading| match &reading.said {
            Said::Hazard { headline, details, is_stall } => json!({
                "variants": reading.variants,
                "verdict": if *is_stall { "stall" } else { "hang" },
                "what": headline,
                "details": details,
            }),
            Said::Unknown => json!({ "variants": reading.variants, "verdict": "unknown" }),
            Said::Safe(Ground::Shape) => json!({ "variants": reading.variants, "verdict": "safe" }),
            Said::Safe(Ground::Orders(warned)) => json!({
                "variants": reading.variants,
                "verdict": "safe",
                "what": "every order was looked at",
                "warned_by_shape": warned,
            }),
        };
        json!({ "file": self.file, "shapes": self.readings.iter().map(of).collect::<Vec<_>>() })
    }
}

/// A paragraph whose lines after the first are indented like it.
fn put(text: &mut String, width: usize, first: &str, rest: &str, line: &str) {
    for (number, part) in wrap(line, width.saturating_sub(rest.len())).into_iter().enumerate() {
        let indent = if number == 0 { first } else { rest };
        let _ = writeln!(text, "{indent}{part}");
    }
}
