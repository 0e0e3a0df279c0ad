//! `threadbare diff`: what changed from one version of a scenario to another.

use super::plain;
use crate::command_error::CommandError;
use crate::console;
use crate::exit::Exit;
use crate::input;
use crate::selection::RunSelection;
use clap::{Args, ValueEnum, ValueHint};
use threadbare::language::Document;
use threadbare::study::review::versions::versions;
use threadbare::study::review::{DEFAULT_RUNS, ReviewDepth, ReviewRequest};
use threadbare::view::report::versions::{document, is_broken, markdown_text};

/// `threadbare diff`
#[derive(Args, Debug)]
pub struct DiffArgs {
    /// Scenario before the change
    #[arg(value_name = "OLD", value_hint = ValueHint::FilePath)]
    pub old: String,

    /// Scenario after the change
    #[arg(value_name = "NEW", value_hint = ValueHint::FilePath)]
    pub new: String,

    /// Compare this variant only; may be given more than once
    #[arg(long, value_name = "NAME")]
    pub variant: Vec<String>,

    #[command(flatten)]
    pub which: RunSelection,

    /// Number of runs of each variant; a scenario without random draws runs once
    #[arg(long, value_name = "N", default_value_t = DEFAULT_RUNS, value_parser = clap::value_parser!(u32).range(2..=10_000))]
    pub runs: u32,

    /// Exit with 1 if a variant no longer meets its expectations, or can now deadlock
    #[arg(long)]
    pub deny_worse: bool,

    /// Format to print
    #[arg(long, short, value_enum, default_value_t = DiffFormat::Text, help_heading = "Output")]
    pub format: DiffFormat,
}

/// A format that a difference can be printed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For a terminal
    Text,
    /// For the comment of a pull request
    Md,
}

/// `threadbare diff`
pub fn diff(args: &DiffArgs) -> Result<Exit, CommandError> {
    crate::source::one_standard_input(&[args.old.clone(), args.new.clone()])?;
    let [old, new] = [super::document(&args.old, &[])?, super::document(&args.new, &[])?];
    let [of_old, of_new] = [&old, &new].map(|document| wanted(document, &args.variant));
    if let Some(name) = args.variant.iter().find(|name| !of_old.contains(name) && !of_new.contains(name)) {
        return Err(CommandError::new(format!("neither version has a variant `{name}`")));
    }
    let overrides = super::overrides(&args.which);
    let request = |document, variants| ReviewRequest {
        document,
        variants,
        overrides: &overrides,
        runs: args.runs,
        depth: ReviewDepth::Full,
        recording: None,
    };
    let pairs = versions(&request(&old, &of_old), &request(&new, &of_new))
        .map_err(|problems| input::rendered(&problems))?;
    let document = document(&args.old, &args.new, &pairs);
    console::print(&match args.format {
        DiffFormat::Text => plain::text(&document),
        DiffFormat::Md => markdown_text(&document),
    })?;
    let is_worse = args.deny_worse && pairs.iter().any(is_broken);
    Ok(if is_worse { Exit::Unexpected } else { Exit::Expected })
}

fn wanted(document: &Document, asked: &[String]) -> Vec<String> {
    let all = document.variants().into_iter().map(|variant| variant.name);
    all.filter(|name| asked.is_empty() || asked.contains(name)).collect()
}

/// Examples and exit codes.
pub const DIFF_AFTER: &str = "\
Examples:
  threadbare diff before.toml after.toml
  git show main:pools.toml > before.toml && threadbare diff before.toml pools.toml --format md
  threadbare diff before.toml after.toml --deny-worse

Run by run, both versions do the same work. A difference that may be chance is not reported as one.

Exit codes: 0 compared; 1 with --deny-worse, if a variant no longer meets its expectations or can now deadlock; 2 bad input or usage.";
