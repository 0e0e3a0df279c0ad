//! `threadbare export`: a run in the formats of other tools.

use crate::args::{ExportArgs, Format};
use crate::console;
use crate::input::{Input, Run};
use crate::json;
use crate::progress::patiently;
use crate::source;
use crate::trouble::Trouble;
use std::io::{self, Write};
use threadbare::analysis::digest::Digest;
use threadbare::analysis::names::Names;
use threadbare::analysis::{chrome, csv, lanes, nova_log};

/// `threadbare export`
pub fn export(args: &ExportArgs) -> Result<(), Trouble> {
    let input = Input::read(&args.file)?;
    input.accept(&args.file, args.variant.is_some() || args.which.is_changed())?;
    let wanted: Vec<String> = args.variant.iter().cloned().collect();
    let variants = input.variants(Some(&wanted));
    let run = input.run(&variants[0], &args.which, None)?;
    if args.format == Format::Trace && args.output.is_none() && console::is_terminal() {
        return Err(Trouble::with_hint(
            "a saved trace is binary and does not belong on a terminal",
            "Name a file with --output, or redirect standard output.",
        ));
    }
    let bytes = patiently("writing the trace", || bytes(&args.file, args.format, &run));
    match &args.output {
        Some(path) => source::write_file(path, &bytes),
        // Not through the colour filter: these bytes go out as they are.
        None => console::finish(io::stdout().lock().write_all(&bytes).and_then(|()| io::stdout().flush())),
    }
}

fn bytes(file: &str, format: Format, run: &Run) -> Vec<u8> {
    let digest = || Digest::new(&run.trace);
    match format {
        Format::Chrome => {
            let digest = digest();
            let lanes = lanes::lanes(&run.trace, &digest.lost_updates);
            chrome::chrome(&run.trace, &digest.names, &lanes).into_bytes()
        }
        Format::Csv => csv::csv(&run.trace, &Names::of(&run.trace)).into_bytes(),
        Format::NovaLog => {
            let digest = digest();
            nova_log::nova_log(&run.trace, &digest.names, &digest.lives).into_bytes()
        }
        Format::Json => json::run(file, &digest()).into_bytes(),
        Format::Trace => run.to_bytes(),
    }
}
