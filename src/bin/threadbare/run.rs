//! `threadbare run`: runs every variant of every file that is asked for and says how it went.

use crate::args::RunArgs;
use crate::clock;
use crate::command::replays;
use crate::command_error::CommandError;
use crate::console;
use crate::exit::Exit;
use crate::input::Input;
use crate::json;
use crate::junit::{self, Suite};
use crate::progress::patiently;
use crate::report::{self, Layout};
use crate::run_junit;
use crate::source::{one_standard_input, shown};
use std::time::{Duration, Instant};
use threadbare::analysis::cancellation::ShouldContinue;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::verdict::{DesignVerdict, MadeRuns};
use threadbare::study::design_check::DesignCheck;
use threadbare::study::schedule::Schedule;
use threadbare::trace::Trace;

/// `threadbare run`. All files are read before the first one runs, so that bad input shows at once; it does not keep the
/// others from running.
pub fn run(args: &RunArgs) -> Result<Exit, CommandError> {
    one_standard_input(&args.files)?;
    let is_changed =
        args.all_variants || !args.variant.is_empty() || args.which.is_changed() || args.schedule.is_some();
    let wanted = (!args.all_variants).then_some(args.variant.as_slice());
    let mut worst = Exit::Expected;
    let mut inputs = Vec::new();
    for file in &args.files {
        match Input::read(file).and_then(|input| input.accept(shown(file), is_changed).map(|()| input)) {
            Ok(input) => inputs.push((file, input)),
            Err(trouble) => worst = print_error(&trouble),
        }
    }
    let variants =
        |(file, input)| Input::variants(input, wanted).into_iter().map(move |name| (file, input, name));
    let runs: Vec<(&String, &Input, String)> =
        inputs.iter().flat_map(|(file, input)| variants((*file, input))).collect();
    if args.save.is_some() && runs.len().max(args.files.len()) > 1 {
        let what = format!("--save takes a single run, but there are {}", runs.len().max(args.files.len()));
        return Err(CommandError::with_hint(what, "Name one FILE, with at most one --variant."));
    }
    let mut is_first = true;
    let mut suites = Vec::new();
    for (file, input, variant) in &runs {
        // Reading the files counts for the first.
        let begun = if is_first { clock::begun() } else { Instant::now() };
        match run_one(args, file, input, variant, begun) {
            Ok((exit, text, suite)) => {
                suites.extend(suite);
                let gap = if is_first || args.json { "" } else { "\n\n" };
                console::print(&format!("{gap}{text}"))?;
                worst = worst.max(exit);
                is_first = false;
            }
            Err(trouble) => worst = print_error(&trouble),
        }
    }
    if let Some(path) = &args.junit {
        junit::write(path, &suites)?;
    }
    Ok(worst)
}

fn print_error(trouble: &CommandError) -> Exit {
    console::print_error(&trouble.render());
    Exit::BadInput
}

/// How a run went, what is to be printed of it, and its test cases if they are asked for.
fn run_one(
    args: &RunArgs,
    file: &str,
    input: &Input,
    variant: &str,
    begun: Instant,
) -> Result<(Exit, String, Option<Suite>), CommandError> {
    let has = |extra: Duration| args.time.is_none_or(|time| begun.elapsed() < time.saturating_add(extra));
    let may_go_on = || has(Duration::ZERO);
    let bound: Option<ShouldContinue<'_>> = args.time.is_some().then_some(&may_go_on);
    let mut run = input.run_within(variant, &args.which, args.schedule.as_ref(), bound)?;
    if let Some(path) = &args.save {
        run.save(path)?;
    }
    let (pass, may_read) = (run.pass.take(), || has(clock::READING));
    let read = patiently("reading the trace", || match pass {
        Some(pass) => Digest::followed_while(&run.trace, pass, &may_read),
        None => Digest::new_while(&run.trace, &may_read),
    });
    let Some(digest) = read else { return Ok((Exit::Unexpected, unread(args, file, &run.trace), None)) };
    let exit = if digest.verdict.as_expected { Exit::Expected } else { Exit::Unexpected };
    let mut text = patiently("drawing", || {
        let runs = MadeRuns::one(!digest.findings.deadlocks.is_empty());
        let design = DesignCheck::beside_runs(&run.trace.scenario, runs, &may_read);
        show(args, file, &digest, &design)
    });
    if exit == Exit::Unexpected && !args.json && matches!(input, Input::Document(_)) {
        let schedule = args.schedule.clone().unwrap_or_else(Schedule::plain);
        let line = replays(file, &run.trace.scenario, &args.which, &schedule);
        text.push_str(&format!("\nReplay it: {line}\n"));
    }
    let suite = args.junit.is_some().then(|| run_junit::suite(shown(file), &digest));
    Ok((exit, text, suite))
}

/// What is said of a run that there was no time to read.
fn unread(args: &RunArgs, file: &str, trace: &Trace) -> String {
    if args.json {
        return json::unread(file, trace);
    }
    let width = args.width.map_or_else(console::width, usize::from);
    report::unread(shown(file), trace, width)
}

fn show(args: &RunArgs, file: &str, digest: &Digest<'_>, design: &DesignVerdict) -> String {
    if args.json {
        return json::run(file, digest.json_with(design.clone()));
    }
    let width = args.width.map_or_else(console::width, usize::from);
    report::report(shown(file), digest, design, Layout { width, timeline: args.timeline, beats: args.beats })
}
