//! `threadbare export`: a run in the formats of other tools, and runs as pictures.

pub mod args;
mod many;

use crate::command_error::CommandError;
use crate::console;
use crate::input::{Input, Run};
use crate::json;
use crate::progress::patiently;
use crate::source;
use args::{ExportArgs, Format, PictureSubject};
use many::Drawn;
use std::io::{self, Write};
use threadbare::analysis::digest::Digest;
use threadbare::analysis::names::Names;
use threadbare::analysis::{chrome, csv, lanes, nova_log, races};
use threadbare::model::time::Time;
use threadbare::view::chart::RunChart;
use threadbare::view::raster::png;
use threadbare::view::scene::{Scene, approximate_width};
use threadbare::view::svg::svg;
use threadbare::view::theme::ColourTheme;
use threadbare::view::{graph, mermaid, picture as pictures, report};

/// `threadbare export`
pub fn export(args: &ExportArgs) -> Result<(), CommandError> {
    let input = Input::read(&args.file)?;
    input.accept(&args.file, args.variant.is_some() || args.which.is_changed())?;
    if matches!(args.format, Format::Trace | Format::Png) && args.output.is_none() && console::is_terminal() {
        return Err(CommandError::with_hint(
            "this format is binary and does not belong on a terminal",
            "Name a file with --output, or redirect standard output.",
        ));
    }
    let bytes = match args.picture {
        PictureSubject::Timeline | PictureSubject::Stage | PictureSubject::Graph => {
            let wanted: Vec<String> = args.variant.iter().cloned().collect();
            let variants = input.variants(Some(&wanted));
            let run = input.run(&variants[0], &args.which, None)?;
            patiently("writing the trace", || bytes(args, &run))?
        }
        PictureSubject::Sweep | PictureSubject::Compare => {
            refuse_other_formats(args)?;
            let drawn = match args.picture {
                PictureSubject::Sweep => many::sweep(args, &input)?,
                _ => many::compare(args, &input)?,
            };
            match drawn {
                Drawn::Scene(scene, title) => painted(args, &scene, &title)?,
                Drawn::Mermaid(text) => text.into_bytes(),
            }
        }
    };
    match &args.output {
        Some(path) => source::write_file(path, &bytes),
        // Not through the colour filter: these bytes go out as they are.
        None => console::finish(io::stdout().lock().write_all(&bytes).and_then(|()| io::stdout().flush())),
    }
}

/// Many runs are no trace: they leave as pictures only.
fn refuse_other_formats(args: &ExportArgs) -> Result<(), CommandError> {
    if matches!(args.format, Format::Svg | Format::Png | Format::Mermaid) {
        return Ok(());
    }
    let hint = "Ask for --format svg, png or mermaid. `sweep` and `compare` print the figures, also as JSON.";
    Err(CommandError::with_hint("this format is of one run, and the picture is of many", hint))
}

fn bytes(args: &ExportArgs, run: &Run) -> Result<Vec<u8>, CommandError> {
    let digest = || Digest::new(&run.trace);
    Ok(match args.format {
        Format::Chrome => {
            let lanes = lanes::lanes(&run.trace, &races::lost_updates(&run.trace));
            chrome::chrome(&run.trace, &Names::of(&run.trace), &lanes).into_bytes()
        }
        Format::Csv => csv::csv(&run.trace, &Names::of(&run.trace)).into_bytes(),
        Format::NovaLog => {
            let digest = digest();
            nova_log::nova_log(&run.trace, &digest.names, &digest.lives).into_bytes()
        }
        Format::Json => json::run(&args.file, digest().json()).into_bytes(),
        Format::Trace => run.to_bytes(),
        Format::Svg | Format::Png => {
            let digest = digest();
            painted(args, &picture(args, &digest), &digest.trace().scenario.title)?
        }
        Format::Mermaid => diagram(args, &digest())?.into_bytes(),
    })
}

/// A picture in the format that is asked for; `title` is what a screen reader says.
fn painted(args: &ExportArgs, scene: &Scene, title: &str) -> Result<Vec<u8>, CommandError> {
    let (theme, measure) =
        (if args.dark { ColourTheme::dark() } else { ColourTheme::light() }, &approximate_width);
    if args.format != Format::Png {
        return Ok(svg(scene, &theme, title, measure).into_bytes());
    }
    let png = png(scene, &theme, f64::from(args.scale), measure).map_err(|size| {
        CommandError::with_hint(
            size.to_string(),
            "Ask for a smaller --scale or --width, or for --format svg.",
        )
    })?;
    if !png.missing.is_empty() {
        let missing: String = png.missing.iter().collect();
        console::print_error(&format!(
            "warning: the letters of PNG pictures lack {missing}; they are boxes. --format svg has them\n"
        ));
    }
    Ok(png.bytes)
}

/// The diagram of Mermaid that is asked for.
fn diagram(args: &ExportArgs, digest: &Digest<'_>) -> Result<String, CommandError> {
    match args.picture {
        PictureSubject::Graph => {
            let state = digest.lens.state(count(args, digest));
            let waits = graph::picture(digest, &state, None, &approximate_width);
            Ok(mermaid::titled(&title(digest, Some(state.at())), &mermaid::graph(&waits)))
        }
        PictureSubject::Stage => {
            let hint = "Ask for --picture graph, or for --format svg or png.";
            Err(CommandError::with_hint("Mermaid has no diagram for a stage", hint))
        }
        PictureSubject::Timeline | PictureSubject::Sweep | PictureSubject::Compare => {
            Ok(mermaid::titled(&title(digest, None), &report::sequence_diagram(digest)))
        }
    }
}

/// What stands above a diagram: what it is of, what became of it, and where it comes from.
fn title(digest: &Digest<'_>, at: Option<Time>) -> String {
    let moment = at.map(|at| format!("at {at}"));
    let parts = std::iter::once(pictures::title(digest)).chain(moment).chain(pictures::origin(digest));
    parts.collect::<Vec<_>>().join(" · ")
}

/// How many events have happened at the moment that is asked for, or at the key moment of the run.
fn count(args: &ExportArgs, digest: &Digest<'_>) -> u32 {
    let at = |at: Time| digest.trace().records.partition_point(|record| record.at <= at) as u32;
    args.at.map_or_else(|| pictures::telling(digest), at)
}

/// The picture that is asked for.
fn picture(args: &ExportArgs, digest: &Digest<'_>) -> Scene {
    let chart = RunChart::new(digest);
    let (width, measure) = (f64::from(args.width), &approximate_width);
    match args.picture {
        PictureSubject::Stage => pictures::stage(digest, &chart, count(args, digest), width, measure),
        PictureSubject::Graph => pictures::waits(digest, count(args, digest), width, measure),
        PictureSubject::Timeline | PictureSubject::Sweep | PictureSubject::Compare => {
            pictures::timeline(digest, &chart, width, measure)
        }
    }
}
