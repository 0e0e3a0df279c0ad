//! `threadbare import`: a recording of a real run as a scenario, and what was inferred in it.

use crate::args::{ImportArgs, Recording, TimeUnit};
use crate::console;
use crate::input;
use crate::progress::patiently;
use crate::report::{TITLE, wrap};
use crate::source::{self, Source};
use crate::trouble::Trouble;
use std::fmt::Write;
use threadbare::import::{self, Columns, Format, How, Imported, Options, Unit};

/// Columns of what is said on standard error.
const WIDTH: usize = 100;

/// `threadbare import`
pub fn import(args: &ImportArgs) -> Result<(), Trouble> {
    let source = Source::recording(&args.file, import::MOST_BYTES)?;
    let name = if args.file == "-" { "standard input" } else { &source.name };
    let text = source.text()?;
    let imported = patiently("reading the recording", || import::import(name, text, &options(args)));
    let imported = imported.map_err(|problems| input::rendered(&problems))?;
    if !imported.warnings.is_empty() {
        console::print_error(&format!("{}\n\n", imported.warnings.render(console::error_colour())));
    }
    console::print_error(&told(name, &imported));
    match &args.output {
        Some(path) => source::write_file(path, imported.text.as_bytes()),
        None => console::print(&imported.text),
    }
}

fn options(args: &ImportArgs) -> Options {
    Options {
        format: args.format.map(|format| match format {
            Recording::Csv => Format::Csv,
            Recording::Chrome => Format::Chrome,
            Recording::NovaLog => Format::NovaLog,
        }),
        columns: Columns {
            arrival: args.arrival.clone(),
            start: args.start.clone(),
            duration: args.duration.clone(),
            end: args.end.clone(),
            kind: args.kind.clone(),
        },
        unit: match args.unit {
            TimeUnit::Auto => None,
            TimeUnit::S => Some(Unit::Seconds),
            TimeUnit::Ms => Some(Unit::Millis),
            TimeUnit::Us => Some(Unit::Micros),
            TimeUnit::Ns => Some(Unit::Nanos),
        },
        sort: args.sort,
    }
}

/// What was inferred, a paragraph each, the surest first.
fn told(name: &str, imported: &Imported) -> String {
    let mut out = format!("{TITLE}{name}{TITLE:#}, read as {}\n", imported.format.words());
    let hows = [How::Read, How::Inferred, How::Lost, How::Assumed, How::Unknown];
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
