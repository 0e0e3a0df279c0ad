//! `threadbare run`: runs every variant of every file that is asked for and says how it went.

use crate::Exit;
use crate::args::{RunArgs, Which};
use crate::command::replays;
use crate::console;
use crate::input::Input;
use crate::progress::patiently;
use crate::report::{self, Layout};
use crate::trouble::Trouble;
use threadbare::analysis::digest::Digest;
use threadbare::study::schedule::Schedule;
use threadbare::trace::OutcomeKind;

/// `threadbare run`. All files are read before the first one runs, so that bad input shows at once.
pub fn run(args: &RunArgs) -> Result<Exit, Trouble> {
    let inputs = args.files.iter().map(|file| Input::read(file)).collect::<Result<Vec<Input>, Trouble>>()?;
    let is_changed =
        args.all_variants || !args.variant.is_empty() || is_changed(&args.which) || args.schedule.is_some();
    let wanted = (!args.all_variants).then_some(args.variant.as_slice());
    let mut runs = Vec::new();
    for (file, input) in args.files.iter().zip(&inputs) {
        input.accept(file, is_changed)?;
        runs.extend(input.variants(wanted).into_iter().map(|variant| (file, input, variant)));
    }
    if args.save.is_some() && runs.len() > 1 {
        let what = format!("--save takes one run, and there are {} here", runs.len());
        return Err(Trouble::with_hint(what, "Name one FILE, with at most one --variant."));
    }
    let mut worst = Exit::Expected;
    for (number, (file, input, variant)) in runs.iter().enumerate() {
        let run = input.run(variant, &args.which, args.schedule.as_ref())?;
        if let Some(path) = &args.save {
            run.save(path)?;
        }
        let digest = patiently("reading the trace", || Digest::new(&run.trace));
        let exit = judge(&digest);
        worst = worst.max(exit);
        if number > 0 && !args.json {
            console::print("\n\n")?;
        }
        let text = patiently("drawing", || show(args, file, &digest, runs.len() > 1));
        console::print(&text)?;
        if exit == Exit::Unexpected && !args.json && matches!(**input, Input::Document(_)) {
            let schedule = args.schedule.clone().unwrap_or_else(Schedule::plain);
            let line = replays(file, &run.trace.scenario, &args.which, &schedule);
            console::print(&format!("\nReplay it: {line}\n"))?;
        }
    }
    Ok(worst)
}

/// Whether the arguments change the document.
pub fn is_changed(which: &Which) -> bool {
    which.seed.is_some() || !which.set.is_empty()
}

fn show(args: &RunArgs, file: &str, digest: &Digest<'_>, several: bool) -> String {
    if args.json {
        return json(digest, !several);
    }
    let width = args.width.map_or_else(console::width, usize::from);
    report::report(file, digest, Layout { width, timeline: args.timeline })
}

/// A run as JSON, on one line unless it is to be read by a person.
pub fn json(digest: &Digest<'_>, pretty: bool) -> String {
    let json = digest.json();
    let text = if pretty { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) };
    text.expect("names and numbers always are JSON") + "\n"
}

/// Whether a run went as expected; without expectations, whether it ended well. A run that was given up
/// at a limit says nothing about what would have come.
fn judge(digest: &Digest<'_>) -> Exit {
    let ended_well = match digest.trace().outcome.kind {
        OutcomeKind::Completed | OutcomeKind::Until => digest.findings.hangs.is_empty(),
        OutcomeKind::Stuck | OutcomeKind::Deadlock => false,
        OutcomeKind::Limit(_) => return Exit::Unexpected,
    };
    let as_expected = if digest.expectations.is_empty() { ended_well } else { digest.holds() };
    if as_expected { Exit::Expected } else { Exit::Unexpected }
}
