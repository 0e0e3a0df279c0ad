//! Pictures of many runs: a sweep, a comparison.

use super::args::{ExportArgs, Format};
use crate::command_error::CommandError;
use crate::input::Input;
use crate::study;
use threadbare::analysis::digest::Digest;
use threadbare::jobs::compare::Compared;
use threadbare::language::{BASE, Document};
use threadbare::view::chart::RunChart;
use threadbare::view::comparison::{ComparedRun, ComparisonTable, ComparisonTableRow, comparison};
use threadbare::view::mermaid;
use threadbare::view::plot::chart::{chart, effort, verdict};
use threadbare::view::scene::{Scene, approximate_width};

/// A picture, or the text of a diagram.
pub enum Drawn {
    /// What is painted, and what a screen reader says of it.
    Scene(Scene, String),
    /// The text of a diagram of Mermaid.
    Mermaid(String),
}

/// The document that many runs are made of; a saved run is one, and stays one.
fn document<'a>(args: &ExportArgs, input: &'a Input) -> Result<&'a Document, CommandError> {
    match input {
        Input::Document(document) => Ok(document),
        Input::Run(_) => Err(CommandError::with_hint(
            format!("{} is a saved run; this picture is of many runs", args.file),
            "Name the scenario.",
        )),
    }
}

fn title(document: &Document, variants: &str) -> String {
    let title =
        document.scenario(BASE, &threadbare::language::Overrides::default()).map(|found| found.title.clone());
    let title =
        title.ok().filter(|title| !title.is_empty()).unwrap_or_else(|| document.file_name().to_owned());
    format!("{title} · {variants}")
}

/// The curve over one parameter, or the heat map over two.
pub fn sweep(args: &ExportArgs, input: &Input) -> Result<Drawn, CommandError> {
    let document = document(args, input)?;
    if args.param.is_empty() {
        let hint = "Name it and its values with --param, such as --param pool=1..10.";
        return Err(CommandError::with_hint("a sweep needs a parameter", hint));
    }
    let variant = args.variant.as_deref().unwrap_or(BASE);
    Input::know(document, variant)?;
    let made = study::sweep::whole(document, variant, &args.which, &args.param, &args.metric, args.runs)?;
    let title = title(document, variant);
    let (swept, quantity) = (made.swept, made.quantity);
    let measure = &approximate_width;
    let nothing = || {
        let hint = "A picture needs one --param or two, and a metric that is not the same everywhere.";
        CommandError::with_hint("there is nothing to draw", hint)
    };
    let quantity = quantity.ok_or_else(nothing)?;
    if args.format == Format::Mermaid {
        if swept.axes.len() > 1 {
            let hint = "Sweep one --param, or ask for --format svg or png.";
            return Err(CommandError::with_hint("Mermaid has no diagram for a heat map", hint));
        }
        let parts = [title, verdict(&swept), effort(&swept), format!("sweep {:016x}", made.id)];
        return mermaid::curve(&swept, quantity, &parts.join(" · ")).map(Drawn::Mermaid).ok_or_else(nothing);
    }
    let origin = format!("sweep {:016x}", made.id);
    let scene = chart(&swept, quantity, &title, &origin, f64::from(args.width), measure);
    scene.map(|scene| Drawn::Scene(scene, title)).ok_or_else(nothing)
}

/// Two variants: their runs under each other, and what many runs come to.
pub fn compare(args: &ExportArgs, input: &Input) -> Result<Drawn, CommandError> {
    let document = document(args, input)?;
    let [first, second] = args.variants.as_slice() else {
        let hint =
            "Name two with --variants, such as --variants base,eventlet; `base` is the document itself.";
        return Err(CommandError::with_hint("a comparison is of two variants", hint));
    };
    if args.format == Format::Mermaid {
        let hint = "Ask for --format svg or png; `compare --json` has the figures, and the page copies them as Markdown.";
        return Err(CommandError::with_hint("Mermaid has no diagram for a comparison", hint));
    }
    let made = study::compare::whole(document, [first, second], &args.which, &args.metric, args.runs)?;
    let runs = [input.run(first, &args.which, None)?, input.run(second, &args.which, None)?];
    let digests = [Digest::new(&runs[0].trace), Digest::new(&runs[1].trace)];
    let charts = [RunChart::new(&digests[0]), RunChart::new(&digests[1])];
    let sides = [0, 1].map(|at| ComparedRun { digest: &digests[at], chart: &charts[at] });
    let figures = figures(&made);
    let scene = comparison(sides, &figures, f64::from(args.width), &approximate_width);
    Ok(Drawn::Scene(scene, title(document, &format!("{first} and {second}"))))
}

fn figures(made: &Compared) -> ComparisonTable {
    let row = |row: &threadbare::jobs::compare::Row| ComparisonTableRow {
        metric: row.metric.clone(),
        cells: [0, 1, 2].map(|at| row.cells[at].clone()),
        worth: row.worth().unwrap_or_default(),
    };
    ComparisonTable {
        sentence: made.sentence.clone(),
        runs: made.runs.clone(),
        rows: made.rows.iter().map(row).collect(),
    }
}
