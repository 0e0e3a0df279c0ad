//! The command line of Threadbare.
//!
//! It reads arguments, calls the library, lays out what comes back, and says by its exit code how things
//! went. It computes nothing itself: what a table shows, `analysis` has counted.

mod advise;
mod args;
mod backtest;
mod bench;
mod branch;
mod check;
mod clock;
mod command;
mod command_error;
mod console;
mod exit;
mod explain;
mod explore;
mod export;
mod gallery;
mod grade;
mod import;
mod input;
mod interrupt;
mod json;
mod junit;
mod lesson;
mod open;
mod presets;
mod progress;
mod recording;
mod report;
mod run;
mod run_junit;
mod selection;
mod shell;
mod simulate;
mod source;
mod stop;
mod story;
mod study;
mod table;
mod tables;
mod text;
mod timeline;
mod watch;

use args::{Arguments, Command};
use clap::{CommandFactory, FromArgMatches};
use command_error::CommandError;
use console::ColorWhen;
use exit::Exit;
use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    clock::begun();
    let arguments = arguments();
    console::set_colour(arguments.color);
    match dispatch(&arguments.command) {
        Ok(code) => code.into(),
        Err(trouble) => {
            console::print_error(&trouble.render());
            Exit::BadInput.into()
        }
    }
}

/// What was typed. Help and errors of usage come before it is read: they keep to `--color` all the same.
fn arguments() -> Arguments {
    let typed: Vec<OsString> = std::env::args_os().collect();
    let mut command = Arguments::command();
    if let Some(when) = ColorWhen::of(&typed) {
        command = command.color(when.into());
    }
    let matches = command.get_matches_from(typed);
    Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

fn dispatch(command: &Command) -> Result<Exit, CommandError> {
    match command {
        Command::Run(args) if args.watch => return watch::watch(&args.files),
        Command::Run(args) => return run::run(args),
        Command::Check(args) if args.watch => return watch::watch(&args.files),
        Command::Check(args) => return check::check(args),
        Command::Explain(args) => explain::explain(args)?,
        Command::Explore(args) => return explore::explore(args),
        Command::Branch(args) => return branch::branch(args),
        Command::Advise(args) => return advise::advise(args),
        Command::Sweep(args) => return study::sweep::sweep(args),
        Command::Merge(args) => study::sweep::merge(args)?,
        Command::Compare(args) => return study::compare::compare(args),
        Command::Size(args) => return study::size::size(args),
        Command::Diff(args) => return study::diff::diff(args),
        Command::Report(args) => return study::review::report(args),
        Command::Export(args) => export::export(args)?,
        Command::Import(args) => import::import(args)?,
        Command::Backtest(args) => return backtest::run(args),
        Command::Open(args) => open::open(args)?,
        Command::Gallery(args) => gallery::gallery(args)?,
        Command::Lesson(args) => lesson::lesson(args)?,
        Command::Grade(args) => return grade::grade(args),
        Command::Bench(args) => bench::bench(args)?,
        Command::Presets(args) => presets::presets(args)?,
        Command::Schema => shell::schema()?,
        Command::Completions(args) => shell::completions(args)?,
        Command::Man => shell::man()?,
    }
    Ok(Exit::Expected)
}
