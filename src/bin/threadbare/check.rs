//! `threadbare check`: parses and validates documents, every variant, says what their shape can come to, and runs
//! nothing.

use crate::Exit;
use crate::args::CheckArgs;
use crate::console;
use crate::input;
use crate::source::Source;
use crate::trouble::Trouble;
use threadbare::analysis::shape::{Hazard, Shape};
use threadbare::language::{Document, Overrides};
use threadbare::model::scenario::Scenario;

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
    let sound = match variants.len() {
        0 => format!("{file}: sound, no variants\n"),
        1 => format!("{file}: sound, 1 variant: {}\n", variants[0]),
        n => format!("{file}: sound, {n} variants: {}\n", variants.join(", ")),
    };
    Ok(sound + &shapes(&document))
}

/// What can hang: each hazard once, with the variants that have it. Advice, not a fault of the document.
fn shapes(document: &Document) -> String {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for variant in document.variants() {
        let Ok(scenario) = document.scenario(&variant.name, &Overrides::default()) else { continue };
        let shape = Shape::read(&scenario);
        for hazard in &shape.hazards {
            let text = told(hazard, &scenario);
            match found.iter_mut().find(|(known, _)| *known == text) {
                Some((_, variants)) => variants.push(variant.name.clone()),
                None => found.push((text, vec![variant.name.clone()])),
            }
        }
        if !shape.known {
            let text = "too many ways for tasks to come to be: what can hang is not known\n".to_owned();
            found.push((text, vec![variant.name.clone()]));
        }
    }
    let lines = found.into_iter().map(|(text, variants)| format!("  {}: {text}", variants.join(", ")));
    lines.collect()
}

fn told(hazard: &Hazard, scenario: &Scenario) -> String {
    let details: Vec<String> =
        hazard.details(scenario).into_iter().map(|line| format!("    {line}\n")).collect();
    format!("{}\n{}", hazard.headline(scenario), details.concat())
}
