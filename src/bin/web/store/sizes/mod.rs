//! The study of sizes: a slider swept over many values, what came of it, and which value to take.
//!
//! Invariant: what is shown is what was asked ([`SweepRequest`]), not what the fields say by now. It is of the text with
//! the swept values left open: moving the swept slider, or taking a value from the chart, leaves it true; any other
//! change makes it one of an earlier text, until the text is back. What is done when it is stopped stays.

mod act;
pub mod advice;
pub mod range;

use super::study::PanelStudy;
use super::work::{OpenDocument, tuned};
use advice::SizeAdvice;
use range::ParameterRangeFields;
use std::rc::Rc;
use threadbare::analysis::swept::Swept;
use threadbare::jobs::{Subject, sweep};
use threadbare::language::Tunable;
use threadbare::model::scenario::Scenario;
use threadbare::study::sweep::usual_metrics;

/// Most combinations of values.
const MAX_CELLS: usize = 900;
/// Most runs at a value.
const MAX_RUNS: u32 = 1_000;
/// Runs at a value that are proposed, unless that takes too long.
const RUNS: u64 = 30;
/// Fewer than these say little.
const FEW_RUNS: u64 = 5;
/// Events that take a few seconds.
const EVENTS: u64 = 20_000_000;
/// Columns of a table that can still be read.
const MAX_METRICS: usize = 12;

/// The fields, as they are typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweepForm {
    /// What is swept.
    pub first: ParameterRangeFields,
    /// The other parameter.
    pub second: Option<ParameterRangeFields>,
    /// Runs at each value.
    pub runs: String,
}

/// What was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepRequest {
    /// The variant of the text as it was.
    pub subject: Subject,
    /// Each parameter's path and its values.
    pub axes: Vec<(String, Vec<String>)>,
    /// What each parameter is called.
    pub labels: Vec<String>,
    /// What is measured.
    pub metrics: Vec<String>,
    /// Runs at each value.
    pub runs: u32,
    /// The text with the swept values left open.
    basis: Option<String>,
}

/// The quantity that the plot of a sweep shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlottedQuantity {
    /// A quantity by its name; none: the first that says something.
    pub quantity: Option<String>,
    /// Memory against latency in place of one quantity.
    pub is_trade: bool,
}

/// The study of sizes.
#[derive(Clone, Debug, PartialEq)]
pub struct SizesPanelState {
    /// Fields of the form.
    pub fields: SweepForm,
    /// What is wrong with them, or why it could not be run.
    pub wrong: Option<String>,
    /// What was asked last.
    pub asked: Option<Rc<SweepRequest>>,
    /// What has come of it.
    pub study: PanelStudy<sweep::SweepProgress>,
    /// How long it has taken so far, in milliseconds.
    pub millis: f64,
    /// Whether the text says something else by now.
    pub is_stale: bool,
    /// The quantity that the plot of a sweep shows.
    pub looked: PlottedQuantity,
    /// What limits the recommended size.
    pub limit: Option<Rc<str>>,
    /// The values that the swept parameters had before one was taken from the chart.
    pub before: Option<Vec<(String, String)>>,
}

/// A change of the panel of sizes.
#[derive(Clone, Debug, PartialEq)]
pub enum SizesAction {
    /// Opens it for a slider, and begins.
    Open(String),
    /// Closes the panel.
    Close,
    /// Replaces the fields.
    Type(Box<SweepForm>),
    /// Begins with what the fields say.
    Run,
    /// Sweeps the same slider against this one: a heat map.
    Against(String),
    /// Stops the sweep.
    Stop,
    /// Progress of the sweep of this number, after a time in milliseconds.
    Progress(u32, Rc<sweep::SweepProgress>, f64),
    /// The asking of this number is over; or why it could not be.
    Over(u32, Result<(), String>),
    /// What limits the size that the asking of this number recommends.
    Limit(u32, String),
    /// Looks at something else of it.
    Look(PlottedQuantity),
    /// Takes the values of a cell.
    Take(usize),
    /// Takes the values that there were before.
    Back,
}

impl SizesPanelState {
    /// For a slider of the shown variant; `None` if it cannot be swept. `events` is how long one run is.
    pub fn open(work: &OpenDocument, path: &str, events: u64) -> Option<SizesPanelState> {
        let tunable = work.tunables.iter().find(|tunable| tunable.path == path)?;
        let first = ParameterRangeFields::of(tunable)?;
        let cells = first.values().map_or(1, |values| values.len() as u64);
        let affordable = EVENTS / (events.max(1) * cells);
        let fields = SweepForm { first, second: None, runs: affordable.clamp(FEW_RUNS, RUNS).to_string() };
        Some(SizesPanelState {
            fields,
            wrong: None,
            asked: None,
            study: PanelStudy::default(),
            millis: 0.0,
            is_stale: false,
            looked: PlottedQuantity::default(),
            limit: None,
            before: None,
        })
    }

    /// What the fields ask of the shown variant.
    ///
    /// # Errors
    /// What is wrong with them, as a sentence.
    pub fn ask(&self, work: &OpenDocument) -> Result<SweepRequest, String> {
        let scenario = work.scenario.as_deref().filter(|_| !work.is_broken());
        let scenario = scenario.ok_or("The text has errors. Correct it first.")?;
        let ranges: Vec<&ParameterRangeFields> =
            std::iter::once(&self.fields.first).chain(&self.fields.second).collect();
        let mut axes = Vec::new();
        for range in &ranges {
            let is_idle = |tunable: &Tunable| tunable.path == range.path && !tunable.is_used;
            if work.tunables.iter().any(is_idle) {
                return Err(format!(
                    "The shown variant does not use {}: no value of it changes anything.",
                    range.label
                ));
            }
            axes.push((range.path.clone(), range.values()?));
        }
        if axes.len() == 2 && axes[0].0 == axes[1].0 {
            return Err("The two parameters must be different ones.".to_owned());
        }
        let cells: usize = axes.iter().map(|(_, values)| values.len()).product();
        if cells > MAX_CELLS {
            return Err(format!("{cells} combinations are more than {MAX_CELLS}: use larger steps."));
        }
        let runs = match self.fields.runs.trim().parse::<u32>() {
            _ if !scenario.is_random() => 1,
            Ok(runs) if (1..=MAX_RUNS).contains(&runs) => runs,
            Ok(_) | Err(_) => return Err(format!("Runs at each value: a number from 1 to {MAX_RUNS}.")),
        };
        Ok(SweepRequest {
            subject: work.subject(&work.variant),
            labels: ranges.iter().map(|range| range.label.clone()).collect(),
            metrics: metrics(scenario),
            runs,
            basis: basis(work, &axes),
            axes,
        })
    }

    /// The results, as far as they have come.
    pub fn swept(&self) -> Option<&Swept> {
        self.study.so_far.as_deref().map(|so_far| &so_far.swept)
    }

    /// The text, or the variant, has changed.
    pub fn look_at(&mut self, work: &OpenDocument) {
        self.is_stale = self.asked.as_ref().is_some_and(|asked| {
            let is_same = asked.subject.variant == work.variant
                && asked.basis.is_some()
                && basis(work, &asked.axes) == asked.basis;
            !is_same
        });
    }

    /// The paths and values of a cell of what was asked.
    pub fn values(&self, cell: usize) -> Vec<(String, String)> {
        let Some((asked, swept)) = self.asked.as_ref().zip(self.swept()) else { return Vec::new() };
        let Some(cell) = swept.cells.iter().find(|known| known.cell == cell) else { return Vec::new() };
        let value = |(axis, (path, _)): (usize, &(String, Vec<String>))| {
            (path.clone(), swept.value(cell, axis).to_owned())
        };
        asked.axes.iter().enumerate().map(value).collect()
    }

    /// The cell whose values the text has now.
    pub fn here(&self, work: &OpenDocument) -> Option<usize> {
        let asked = self.asked.as_ref()?;
        let now = |path: &String| present(&work.tunables, path);
        let at = asked.axes.iter().map(|(path, values)| {
            let now = now(path)?;
            values.iter().position(|value| value == now || same(value, now)).map(|at| (at, values.len()))
        });
        at.into_iter().try_fold(0, |cell, at| at.map(|(at, count)| cell * count + at))
    }

    /// Which quantity is looked at, by its place; the first that is bounded, else the first, unless chosen.
    pub fn quantity(&self) -> usize {
        let Some(swept) = self.swept() else { return 0 };
        let of = |name: &String| swept.quantities.iter().position(|quantity| quantity.name == *name);
        let bounded = || swept.quantities.iter().position(|quantity| quantity.bound.is_some_and(is_span));
        let latency = || swept.quantities.iter().position(|quantity| quantity.name.starts_with("latency."));
        self.looked.quantity.as_ref().and_then(of).or_else(bounded).or_else(latency).unwrap_or(0)
    }

    /// The results with the quantity that is shown, if they are of the present text.
    pub fn charted(&self) -> Option<(Rc<sweep::SweepProgress>, usize)> {
        let so_far =
            self.study.so_far.as_ref().filter(|so_far| !self.is_stale && !so_far.swept.cells.is_empty())?;
        Some((Rc::clone(so_far), self.quantity()))
    }

    /// The two quantities that are weighed against each other: memory and a latency, best its p99.
    pub fn trade(&self) -> Option<[usize; 2]> {
        let quantities = &self.swept()?.quantities;
        let find = |fits: &dyn Fn(&str) -> bool| quantities.iter().position(|quantity| fits(&quantity.name));
        let memory = find(&|name| name == "memory.max")?;
        let p99 = find(&|name| name.starts_with("latency.") && name.ends_with(".p99"));
        let latency = p99.or_else(|| find(&|name| name.starts_with("latency.")));
        Some([memory, latency.or_else(|| find(&|name| name == "makespan"))?])
    }

    /// Which value to take, as far as is known.
    pub fn advice(&self, here: Option<usize>) -> Option<SizeAdvice> {
        advice::advice(self.swept()?, here, self.trade())
    }

    /// How much is done, and about how many milliseconds are left of what is under way.
    pub fn progress(&self) -> Option<(f64, Option<f64>)> {
        let so_far = self.study.so_far.as_ref().filter(|_| self.study.is_going())?;
        let share = so_far.share();
        let left = (share > 0.02).then(|| self.millis / share * (1.0 - share));
        Some((share, left))
    }
}

/// A bound that is more than a count of nothing: `failed = 0` says little as a curve.
fn is_span(bound: (threadbare::model::expectation::Comparison, f64)) -> bool {
    bound.1 != 0.0
}

/// The value that the text has at a path.
pub fn present<'a>(tunables: &'a [Tunable], path: &str) -> Option<&'a str> {
    tunables.iter().find(|tunable| tunable.path == path).map(|tunable| tunable.value.as_str())
}

/// Whether two values are the same written differently: `1s` and `1000ms`.
fn same(one: &str, other: &str) -> bool {
    let number = super::control::nanos;
    let is_rate = |text: &str| text.trim_end().ends_with("/s");
    is_rate(one) == is_rate(other) && number(one).is_some() && number(one) == number(other)
}

/// The text with the swept values left open: each set to its first one.
fn basis(work: &OpenDocument, axes: &[(String, Vec<String>)]) -> Option<String> {
    axes.iter().try_fold(work.source.to_string(), |text, (path, values)| {
        tuned(&text, &work.variant, path, values.first()?).ok()
    })
}

/// What is measured: what is expected, how long everything takes that arrives, what it costs.
fn metrics(scenario: &Scenario) -> Vec<String> {
    let mut names = Vec::new();
    let mut add = |name: String| {
        if !names.contains(&name) && names.len() < MAX_METRICS {
            names.push(name);
        }
    };
    // Whether anything hangs is measured anyway.
    usual_metrics(scenario)
        .into_iter()
        .filter(|name| name != "deadlock" && name != "stuck")
        .for_each(&mut add);
    for arrivals in &scenario.arrivals {
        add(format!("latency.{}.p99", scenario.tasks[arrivals.task.index()].name));
    }
    ["memory.max", "makespan"].map(str::to_owned).into_iter().for_each(&mut add);
    let pools = scenario.executors.iter().filter(|executor| executor.workers().is_some());
    pools.for_each(|pool| add(format!("utilisation.{}", pool.name)));
    names
}

#[cfg(test)]
mod tests;
