//! `threadbare check`: parses and validates documents, every variant, and says what their shape can come to, held
//! against every order where those are few.
//!
//! Invariant: what can hang fails nothing unless `--deny` asks for it: a scenario that hangs may be there to show it.
//! What is printed is a function of what was checked, a file for each format.

mod checked;
mod github;
mod json;
mod junit;
mod sarif;
mod text;

use crate::args::{CheckArgs, CheckFormat};
use crate::command_error::CommandError;
use crate::console;
use crate::exit::Exit;
use crate::input;
use crate::source::one_standard_input;
use checked::FileOutcome;

/// `threadbare check`: goes through all files, whatever it finds in the first.
pub fn check(args: &CheckArgs) -> Result<Exit, CommandError> {
    one_standard_input(&args.files)?;
    let format = args.format();
    let mut worst = Exit::Expected;
    let mut all = Vec::new();
    for file in &args.files {
        let outcome = FileOutcome::of(file, args);
        worst = worst.max(outcome.exit());
        match format {
            CheckFormat::Sarif | CheckFormat::Junit => {
                if let FileOutcome::Unreadable(trouble) = &outcome {
                    console::print_error(&trouble.render());
                }
                all.push(outcome);
            }
            CheckFormat::Text | CheckFormat::Json | CheckFormat::Github => {
                print_outcome(&outcome, args, all.is_empty())?;
                all.push(outcome);
            }
        }
    }
    match format {
        CheckFormat::Sarif => console::print(&sarif::log(&all))?,
        CheckFormat::Junit => console::print(&junit::report(&all))?,
        CheckFormat::Text | CheckFormat::Json | CheckFormat::Github => {}
    }
    Ok(worst)
}

/// Prints it in one of the formats that go file by file.
fn print_outcome(outcome: &FileOutcome, args: &CheckArgs, is_first: bool) -> Result<(), CommandError> {
    let format = args.format();
    match outcome {
        FileOutcome::Lesson(line) => {
            return if format == CheckFormat::Github { Ok(()) } else { console::print(line) };
        }
        FileOutcome::Unreadable(trouble) => console::print_error(&trouble.render()),
        FileOutcome::Problems(file, problems) if format == CheckFormat::Github => {
            return console::print(&github::problems(file, problems));
        }
        FileOutcome::Problems(_, problems) => console::print_error(&input::rendered(problems).render()),
        FileOutcome::CheckedDocument(checked) if format == CheckFormat::Github => {
            return console::print(&github::checked(checked));
        }
        FileOutcome::CheckedDocument(checked) => {
            if !checked.warnings.is_empty() {
                let warnings = checked.warnings.render(console::error_colour());
                console::print_error(&format!("{warnings}\n"));
            }
            if format == CheckFormat::Json {
                return console::print(&format!("{}\n", json::of(checked)));
            }
            let gap = if is_first { "" } else { "\n" };
            let width = args.width.map_or_else(console::width, usize::from);
            return console::print(&format!("{gap}{}", text::report(checked, width)));
        }
    }
    Ok(())
}
