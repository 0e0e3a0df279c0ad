//! `threadbare import`: a recording of a real run as a scenario, and what was inferred in it.

use crate::backtest;
use crate::command_error::CommandError;
use crate::console;
use crate::recording::{RecordingArgs, read_recording};
use crate::source;
use crate::text::{TITLE, wrap};
use clap::{Args, ValueHint};
use std::fmt::Write;
use std::path::PathBuf;
use threadbare::import::{Imported, Provenance};

/// Columns of what is said on standard error.
const WIDTH: usize = 100;

/// `threadbare import`
#[derive(Args, Debug)]
pub struct ImportArgs {
    #[command(flatten)]
    pub recording: RecordingArgs,

    /// File to write the scenario to; defaults to standard output
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
}

/// `threadbare import`
pub fn import(args: &ImportArgs) -> Result<(), CommandError> {
    let (name, imported) = read_recording(&args.recording)?;
    if !imported.warnings.is_empty() {
        console::print_error(&format!("{}\n\n", imported.warnings.render(console::error_colour())));
    }
    console::print_error(&summary(&name, &imported));
    match &args.output {
        Some(path) => source::write_file(path, imported.text.as_bytes())?,
        None => console::print(&imported.text)?,
    }
    console::print_error(&format!("\n{}", backtest::short(&name, &imported.text, &imported.measured)?));
    Ok(())
}

/// What was inferred, a paragraph each, the surest first.
fn summary(name: &str, imported: &Imported) -> String {
    let mut out = format!("{TITLE}{name}{TITLE:#}, read as {}\n", imported.format.words());
    if let Some(verdict) = &imported.verdict {
        wrap(verdict, WIDTH).iter().for_each(|line| out += &format!("{line}\n"));
    }
    let hows =
        [Provenance::Read, Provenance::Inferred, Provenance::Lost, Provenance::Assumed, Provenance::Unknown];
    let widest = hows.map(|how| how.word().len()).into_iter().max().unwrap_or(0);
    let mut last = None;
    for inference in &imported.inferences {
        let word = if last == Some(inference.how) { "" } else { inference.how.word() };
        last = Some(inference.how);
        for (i, line) in wrap(&inference.text, WIDTH - widest - 6).iter().enumerate() {
            let (word, mark) = if i == 0 { (word, "-") } else { ("", " ") };
            let _ = writeln!(out, "  {word:<widest$}  {mark} {line}");
        }
    }
    out
}

pub const IMPORT_AFTER: &str = "\
Examples:
  threadbare import tasks.csv -o real.toml && threadbare run real.toml
  threadbare import trace.json | threadbare run - --timeline
  threadbare import requests.csv --start received_at --duration took --type route --unit ms
  journalctl -u devstack@n-cpu -o short-iso-precise | threadbare import - --format nova-log

The scenario goes to standard output; a summary of what was read, inferred, lost, assumed and not known goes to \
standard error. Values that the recording does not contain are marked with # ? in the scenario.

Exit codes: 0 written; 2 the recording cannot be read (the message names the lines), or bad usage.";
