//! `threadbare sweep`: replications at each of many values; and `merge`, which joins the parts of one.

use super::RunProgressBar;
use super::args::{Effort, MergeArgs, SweepArgs};
use super::chart;
use super::parquet::Target;
use super::words::{self, NONE};
use crate::command_error::CommandError;
use crate::console;
use crate::exit::Exit;
use crate::input;
use crate::interrupt;
use crate::selection::RunSelection;
use crate::source::{MAX_PART, Source, read_at_most, write_file};
use crate::table::{Align::Left, Align::Right, Table};
use crate::text::wrap;
use std::collections::BTreeSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Seek, Write};
use std::path::Path;
use threadbare::analysis::pareto::choice;
use threadbare::analysis::prose::counted;
use threadbare::analysis::swept::{CellVerdict, Swept};
use threadbare::analysis::verdict::DesignKind;
use threadbare::language::{Document, Overrides};
use threadbare::study::axis::SweepAxis;
use threadbare::study::parts;
use threadbare::study::replicate::{MetricEstimate, RunCallbacks};
use threadbare::study::sweep::{SweepCell, SweepPlan, read_metrics};
use threadbare::view::picture::DEFAULT_WIDTH;
use threadbare::view::plot;
use threadbare::view::scene::approximate_width;
use threadbare::view::svg::svg;
use threadbare::view::theme::ColourTheme;

/// Fewer points than this are no curve.
const MIN_POINTS: usize = 3;
/// Missing cells that are named.
const MAX_LISTED: usize = 10;
/// Columns of a bar.
const BAR: usize = 16;

/// `threadbare sweep`
pub fn sweep(args: &SweepArgs) -> Result<Exit, CommandError> {
    refuse_more_than_two(&args.param)?;
    let variant = super::variant(args.variant.as_ref());
    let document = super::document(&args.file, &[variant])?;
    let overrides = super::overrides(&args.which);
    let effort = args.effort.of();
    let metrics = wanted(args, &document, variant, &overrides)?;
    let sweep = SweepPlan::new(&document, variant, &overrides, args.param.clone(), &metrics, effort)?;
    let (shard, shards) = args.shard.unwrap_or((0, 1));
    let cells: Vec<usize> = (shard..sweep.cells()).step_by(shards).collect();
    let target = args.parquet.as_deref().map(Target::open).transpose()?;
    interrupt::listen();
    let (rows, exit) = match &args.resume {
        Some(path) => resume(&sweep, &args.effort, path, cells)?,
        None => print_cells(args, &sweep, &cells)?,
    };
    target.map_or(Ok(()), |target| target.write(&rows))?;
    Ok(exit)
}

/// Runs these cells and prints them in the form that is asked for; answers with them as CSV.
fn print_cells(args: &SweepArgs, sweep: &SweepPlan, cells: &[usize]) -> Result<(String, Exit), CommandError> {
    let header = sweep.csv_header();
    let mut rows = header.clone();
    let mut done = Vec::new();
    let is_csv = args.csv || (args.shard.is_some() && !args.json);
    if is_csv {
        console::print(&header)?;
    }
    let run = each(sweep, &args.effort, cells, |cell| {
        let row = sweep.csv_row(cell);
        rows += &row;
        if is_csv || args.json {
            let line = if is_csv { row } else { sweep.json_row(cell) };
            let mut out = io::stdout().lock();
            return out.write_all(line.as_bytes()).and_then(|()| out.flush());
        }
        done.push(cell.clone());
        Ok(())
    });
    let exit = *run.as_ref().unwrap_or(&Exit::Expected);
    console::finish(run.map(drop))?;
    if !done.is_empty() {
        if let Some(path) = &args.svg {
            write_picture(args, sweep, &done, path)?;
        }
        console::print(&shown(args, sweep, &done))?;
    }
    Ok((rows, exit))
}

/// Runs these cells, in their order, under a bar, until one cannot be taken, or Ctrl-C or the time ends it.
fn each(
    sweep: &SweepPlan,
    effort: &Effort,
    cells: &[usize],
    mut take: impl FnMut(&SweepCell) -> io::Result<()>,
) -> io::Result<Exit> {
    let stops = || interrupt::asked() || !effort.has_time();
    let is_least = sweep.effort().within.is_some();
    let bar = RunProgressBar::new(sweep.runs(cells), if is_least { "runs at least" } else { "runs" });
    let (mut done, mut result) = (0, Ok(()));
    let tell = |done: usize| bar.say(format!("{done} of {} cells", cells.len()));
    tell(done);
    let watch = RunCallbacks { on_run: &|| bar.step(), stops: &stops };
    sweep.run_watched(cells, &watch, |cell| {
        done += 1;
        tell(done);
        result = bar.aside(|| take(cell));
        result.is_ok() && !stops()
    });
    drop(bar);
    result?;
    if done == cells.len() {
        return Ok(Exit::Expected);
    }
    console::print_error(&format!("stopped: {done} of {} cells are done\n", cells.len()));
    Ok(Exit::Interrupted)
}

/// The metrics that are asked for, those of the front among them.
fn wanted(
    args: &SweepArgs,
    document: &Document,
    variant: &str,
    overrides: &Overrides,
) -> Result<Vec<String>, CommandError> {
    if args.pareto.is_empty() {
        return Ok(args.metric.clone());
    }
    let mut overrides = overrides.clone();
    let first = args.param.iter().filter_map(|axis| Some((axis.path.clone(), axis.values.first()?.clone())));
    overrides.set.extend(first);
    let scenario = document.scenario(variant, &overrides).map_err(|problems| input::rendered(&problems))?;
    let (mut metrics, _) = read_metrics(&scenario, &args.metric)?;
    metrics.extend(args.pareto.iter().filter(|name| !metrics.contains(name)).cloned().collect::<Vec<_>>());
    Ok(metrics)
}

/// The table and a chart: of one parameter a curve, of two a heat map if it is asked for, of two metrics
/// against each other their front.
fn shown(args: &SweepArgs, sweep: &SweepPlan, cells: &[SweepCell]) -> String {
    let width = console::width();
    let swept = sweep.swept(cells);
    if !args.pareto.is_empty() {
        return front(args, sweep, &swept, cells, width);
    }
    let varies = sweep.charted(cells);
    let map = varies.filter(|_| args.chart).and_then(|quantity| chart::map(&swept, quantity, width));
    if let Some(map) = map {
        return map;
    }
    let mut text = table(sweep, cells, width);
    let is_curve = sweep.axes.len() == 1 && cells.len() >= MIN_POINTS;
    let curve = varies.filter(|_| is_curve).and_then(|quantity| chart::curve(&swept, quantity, width));
    if let Some(curve) = curve {
        text += &format!("\n{curve}");
    }
    text
}

/// The curve or the heat map that the terminal shows, as a picture with what it is of.
fn write_picture(
    args: &SweepArgs,
    sweep: &SweepPlan,
    cells: &[SweepCell],
    path: &Path,
) -> Result<(), CommandError> {
    let swept = sweep.swept(cells);
    let quantity = sweep.charted(cells);
    let variant = super::variant(args.variant.as_ref());
    let title = format!("{} · {variant}", args.file);
    let origin = format!("sweep {:016x}", sweep.id);
    let measure = &approximate_width;
    let draw = |at| plot::chart::chart(&swept, at, &title, &origin, DEFAULT_WIDTH, measure);
    let scene = quantity.and_then(draw);
    let Some(scene) = scene else {
        let hint = "A picture needs one or two --param, and a metric that varies.";
        return Err(CommandError::with_hint("there is nothing to draw", hint));
    };
    write_file(path, svg(&scene, &ColourTheme::light(), &title, measure).as_bytes())
}

/// A whole sweep, and what is charted of it.
pub struct WholeSweep {
    /// What it came to.
    pub swept: Swept,
    /// The quantity that is charted; `None` if all are the same everywhere.
    pub quantity: Option<usize>,
    /// The identity of the sweep.
    pub id: u64,
}

/// Runs every cell of a sweep, for a picture of it.
pub fn whole(
    document: &Document,
    variant: &str,
    which: &RunSelection,
    params: &[SweepAxis],
    metrics: &[String],
    runs: u32,
) -> Result<WholeSweep, CommandError> {
    refuse_more_than_two(params)?;
    let effort = Effort::runs(runs);
    let sweep =
        SweepPlan::new(document, variant, &super::overrides(which), params.to_vec(), metrics, effort.of())?;
    let all: Vec<usize> = (0..sweep.cells()).collect();
    let mut cells = Vec::new();
    interrupt::listen();
    let run = each(&sweep, &effort, &all, |cell| {
        cells.push(cell.clone());
        Ok(())
    });
    if !matches!(run, Ok(Exit::Expected)) {
        return Err(CommandError::new("the sweep was stopped, so there is no picture of it"));
    }
    Ok(WholeSweep { swept: sweep.swept(&cells), quantity: sweep.charted(&cells), id: sweep.id })
}

fn refuse_more_than_two(params: &[SweepAxis]) -> Result<(), CommandError> {
    if params.len() <= 2 {
        return Ok(());
    }
    let hint = "Fix the others with --set, or sweep them one after another.";
    Err(CommandError::with_hint("at most two parameters can be swept at once", hint))
}

/// The front of two metrics: a chart of all cells, and a table of those that nothing beats.
fn front(args: &SweepArgs, sweep: &SweepPlan, swept: &Swept, cells: &[SweepCell], width: usize) -> String {
    let at = |name: &String| sweep.metrics.iter().position(|other| other == name).unwrap_or(0);
    let quantities = [at(&args.pareto[0]), at(&args.pareto[1])];
    let choice = choice(swept, quantities);
    let Some(drawn) = chart::front(swept, quantities, width) else {
        return "No cell has both figures: no run had anything to measure.\n".to_owned();
    };
    let kept: Vec<SweepCell> =
        choice.front.points.iter().map(|at| cells[choice.cells[*at]].clone()).collect();
    let knee = choice.front.knee.map(|at| swept.place(&swept.cells[choice.cells[at]]));
    let told = match knee {
        Some(place) => {
            format!("The knee of the front is at {place}: beyond it, paying more brings less and less.")
        }
        None => "The front has no knee: it has too few points, or bends the other way.".to_owned(),
    };
    let told: String = wrap(&told, width.min(100)).iter().map(|line| format!("{line}\n")).collect();
    format!("{drawn}\n{told}\n{}", table(sweep, &kept, width))
}

/// A CSV that one process at a time goes on with: it is locked as long as it is open.
struct ResumedFile<'a> {
    path: &'a Path,
    file: File,
}

impl<'a> ResumedFile<'a> {
    /// Opens and locks it; a file that is not there yet is begun.
    fn open(path: &'a Path) -> Result<ResumedFile<'a>, CommandError> {
        let opened = OpenOptions::new().read(true).append(true).create(true).open(path);
        let file =
            opened.map_err(|error| CommandError::new(format!("cannot write {}: {error}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(ResumedFile { path, file }),
            Err(TryLockError::WouldBlock) => {
                let what = format!("another sweep is writing to {}", path.display());
                Err(CommandError::with_hint(
                    what,
                    "Wait until it ends, or give each process a file of its own and merge them.",
                ))
            }
            Err(TryLockError::Error(error)) => {
                Err(CommandError::new(format!("cannot lock {}: {error}", path.display())))
            }
        }
    }

    /// What it holds.
    fn text(&mut self) -> Result<String, CommandError> {
        let path = self.path.display();
        let trouble = |error: io::Error| CommandError::new(format!("cannot read {path}: {error}"));
        self.file.rewind().map_err(trouble)?;
        let bytes = read_at_most(&self.file, MAX_PART).map_err(trouble)?;
        let bytes = bytes.ok_or_else(|| {
            let what =
                format!("{path} is larger than {} MiB, the maximum size of a file to resume", MAX_PART >> 20);
            CommandError::with_hint(what, "Name another file, or split the sweep with --shard.")
        })?;
        String::from_utf8(bytes).map_err(|_| CommandError::new(format!("{path} is not a text file")))
    }

    /// Cuts off a line that was broken off, and writes the header of an empty file.
    fn mend(&mut self, held: &str, header: &str) -> io::Result<()> {
        let whole = held.rfind('\n').map_or(0, |end| end + 1);
        self.file.set_len(whole as u64)?;
        if whole == 0 { self.file.write_all(header.as_bytes()) } else { Ok(()) }
    }
}

/// Goes on with a CSV: runs those of these cells that it does not hold, and answers with all that it holds then.
fn resume(
    sweep: &SweepPlan,
    effort: &Effort,
    path: &Path,
    mut cells: Vec<usize>,
) -> Result<(String, Exit), CommandError> {
    let trouble = |error: io::Error| CommandError::new(format!("cannot write {}: {error}", path.display()));
    let mut resumed = ResumedFile::open(path)?;
    let held = resumed.text()?;
    let refused = |wrong: &str| {
        let hint = "Name another file, or delete it to begin again.";
        CommandError::with_hint(format!("{} does not belong to this sweep: {wrong}", path.display()), hint)
    };
    // A line that was broken off is cut off below: only of what this sweep began to write.
    if !held.contains('\n') && !sweep.csv_header().starts_with(&held) {
        return Err(refused("it is no CSV of a sweep"));
    }
    let done = sweep.done(&held).map_err(|wrong| refused(&wrong.to_string()))?;
    let done: BTreeSet<usize> = done.into_iter().collect();
    cells.retain(|cell| !done.contains(cell));
    resumed.mend(&held, &sweep.csv_header()).map_err(trouble)?;
    let exit = each(sweep, effort, &cells, |cell| resumed.file.write_all(sweep.csv_row(cell).as_bytes()))
        .map_err(trouble)?;
    Ok((resumed.text()?, exit))
}

/// A row a cell, with a bar for the first metric that is not the same everywhere.
fn table(sweep: &SweepPlan, cells: &[SweepCell], width: usize) -> String {
    let varies = sweep.varying(cells).next();
    let with_bar = build(sweep, cells, varies, false);
    let mut text = if with_bar.natural_width() <= width {
        with_bar.render(width)
    } else {
        words::fitting(|is_narrow| build(sweep, cells, None, is_narrow), &sweep.metrics, width)
    };
    let runs = cells.iter().map(|cell| u64::from(cell.runs)).sum::<u64>();
    let given_up = cells.iter().map(|cell| cell.given_up).sum::<u32>();
    text += &format!(
        "\n  {} runs in all; ± is the 95 % confidence interval\n",
        threadbare::analysis::prose::grouped(runs)
    );
    if given_up > 0 {
        let verb = if given_up == 1 { "was" } else { "were" };
        text += &format!("  {} {verb} ended by a limit\n", counted(given_up as usize, "run"));
    }
    let design = wrap(&design(sweep, cells), width.min(100) - 2);
    text.extend(design.iter().map(|line| format!("  {line}\n")));
    text
}

/// What is known of the design, for which values: `This design: can deadlock at pool = 1 to 5; cannot deadlock …`.
fn design(sweep: &SweepPlan, cells: &[SweepCell]) -> String {
    let kinds = [
        DesignKind::CanDeadlock,
        DesignKind::NotKnown,
        DesignKind::CannotDeadlock,
        DesignKind::NothingArrives,
    ];
    let mut said = Vec::new();
    for kind in kinds {
        let of: Vec<&SweepCell> = cells.iter().filter(|cell| kind_of(cell) == Some(kind)).collect();
        let Some(first) = of.first() else { continue };
        let places = match (of.len() == cells.len(), sweep.axes.as_slice()) {
            (true, _) => "at every value".to_owned(),
            (false, [axis]) => format!("at {} = {}", axis.path, values(cells, kind)),
            (false, _) => format!("in {} of {} cells", of.len(), cells.len()),
        };
        said.extend(first.design.iter().map(|design| format!("{} {places}", design.word())));
    }
    format!("This design: {}.", said.join("; "))
}

fn kind_of(cell: &SweepCell) -> Option<DesignKind> {
    cell.design.as_ref().map(|design| design.kind)
}

/// The values at which this much is known, those that follow each other as a range: `1 to 5, 8`.
fn values(cells: &[SweepCell], kind: DesignKind) -> String {
    let runs = cells.chunk_by(|a, b| kind_of(a) == kind_of(b));
    let words = |run: &[SweepCell]| match run {
        [first, .., last] => format!("{} to {}", first.values[0], last.values[0]),
        _ => run[0].values[0].clone(),
    };
    runs.filter(|run| kind_of(&run[0]) == Some(kind)).map(words).collect::<Vec<_>>().join(", ")
}

fn build(sweep: &SweepPlan, cells: &[SweepCell], bar_of: Option<usize>, is_narrow: bool) -> Table {
    let axes: Vec<String> = sweep.axes.iter().map(|axis| words::name(&axis.path, is_narrow)).collect();
    let names: Vec<String> = sweep.metrics.iter().map(|name| words::name(name, is_narrow)).collect();
    let mut columns: Vec<(&str, _)> = axes.iter().map(|axis| (axis.as_str(), Right)).collect();
    columns.push(("as expected", Left));
    for (at, name) in names.iter().enumerate() {
        columns.push((name.as_str(), Right));
        if bar_of == Some(at) {
            columns.push(("", Left));
        }
    }
    let mut table = Table::new(&columns);
    let mean = |cell: &SweepCell, at: usize| {
        cell.figures[at].map_or(0.0, |f: MetricEstimate| f.interval.mean.max(0.0))
    };
    for cell in cells {
        let mut row = cell.values.clone();
        row.push(as_expected(cell));
        for (at, (metric, figure)) in sweep.measured.iter().zip(&cell.figures).enumerate() {
            row.push(words::estimate(metric, *figure, cell.counted[at]));
            if bar_of == Some(at) {
                let greatest = cells.iter().map(|cell| mean(cell, at)).fold(0.0, f64::max);
                row.push(words::bar(if greatest > 0.0 { mean(cell, at) / greatest } else { 0.0 }, BAR));
            }
        }
        table.row(row);
    }
    table.without_empty(&["as expected"], NONE)
}

fn as_expected(cell: &SweepCell) -> String {
    match cell.standing() {
        CellVerdict::Open => NONE,
        CellVerdict::GivenUp => "given up",
        CellVerdict::Meets => "yes",
        CellVerdict::MayMeet => "yes?",
        CellVerdict::MayFail => "no?",
        CellVerdict::Fails => "no",
        CellVerdict::SaysNothing => "says nothing",
    }
    .to_owned()
}

/// `threadbare merge`
pub fn merge(args: &MergeArgs) -> Result<(), CommandError> {
    let part = |file: &String| Ok((file.clone(), Source::part(file)?.text()?.to_owned()));
    let read = args.files.iter().map(part).collect::<Result<Vec<_>, CommandError>>()?;
    let target = args.parquet.as_deref().map(Target::open).transpose()?;
    let joined = parts::merge(&read).map_err(CommandError::new)?;
    if !joined.missing.is_empty() {
        let listed: Vec<String> = joined.missing.iter().take(MAX_LISTED).map(usize::to_string).collect();
        let more = if joined.missing.len() > MAX_LISTED { " …" } else { "" };
        let what = if listed.len() == 1 { "cell" } else { "cells" };
        console::print_error(&format!("warning: no part has {what} {}{more}\n", listed.join(", ")));
    }
    match target {
        Some(target) => target.write(&joined.text),
        None => console::print(&joined.text),
    }
}
