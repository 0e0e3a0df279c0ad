//! `threadbare check`: parses and validates documents, every variant, and runs nothing.

use crate::Exit;
use crate::args::CheckArgs;
use crate::console;
use crate::input;
use crate::source::Source;
use crate::trouble::Trouble;

/// `threadbare check`: goes through all files, whatever it finds in the first.
pub fn check(args: &CheckArgs) -> Result<Exit, Trouble> {
    let mut worst = Exit::Expected;
    for file in &args.files {
        match check_one(file) {
            Ok(line) => console::print(&line)?,
            Err(trouble) => {
                console::print_error(&trouble.render());
                worst = Exit::Trouble;
            }
        }
    }
    Ok(worst)
}

fn check_one(file: &str) -> Result<String, Trouble> {
    let document = input::document(&Source::read(file)?)?;
    let problems = document.check();
    if problems.has_errors() {
        return Err(input::rendered(&problems));
    }
    if !problems.is_empty() {
        console::print_error(&format!("{}\n", problems.render(console::error_colour())));
    }
    let variants: Vec<String> = document.variants().into_iter().skip(1).map(|variant| variant.name).collect();
    let file = document.file_name();
    Ok(match variants.len() {
        0 => format!("{file}: sound, no variants\n"),
        1 => format!("{file}: sound, 1 variant: {}\n", variants[0]),
        n => format!("{file}: sound, {n} variants: {}\n", variants.join(", ")),
    })
}
