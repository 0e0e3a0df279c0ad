//! Sweeps: replications of one document at each of many values of one or two parameters.
//!
//! Every cell runs with the same seeds, so that cells see the same work. Invariant: a cell depends on the
//! document, its values and the number of runs alone; not on threads, on shards, or on what ran before.
//! Layout is deliberately absent, but for the CSV, which is also how a sweep is resumed and its parts are
//! joined (see [`super::parts`]).

use super::axis::{SweepAxis, short};
use super::design_check::DesignCheck;
use super::parallel::in_parallel;
use super::replicate::{
    ExpectationVerdict, MetricEstimate, ReplicationEffort, ReplicationJob, ReplicationResults, RunCallbacks,
    replicate_watched,
};
use super::statistics::Interval;
use crate::analysis::expect::SampleCounts;
use crate::analysis::swept::{self, CellVerdict, Swept};
use crate::analysis::verdict::DesignVerdict;
use crate::language::metric;
use crate::language::{Document, Overrides, Problems};
use crate::model::expectation::{Bound, Metric};
use crate::model::scenario::Scenario;
use serde::Serialize;
use std::sync::Arc;
use xxhash_rust::xxh3::Xxh3;

/// Most cells of a sweep.
const MAX_CELLS: usize = 10_000;
/// Runs from which a batch of cells is large enough that all threads have work.
const RUNS_TOGETHER: u32 = 64;

/// Why a sweep or a sizing cannot begin.
#[derive(Debug)]
pub enum SweepError {
    /// The document, or what it becomes with some values, has problems.
    Document(Problems),
    /// What is asked cannot be asked of it: what is wrong, and what would be right.
    Question(String, String),
}

impl From<Problems> for SweepError {
    fn from(problems: Problems) -> SweepError {
        SweepError::Document(problems)
    }
}

/// What is to be swept.
pub struct SweepPlan {
    /// One or two.
    pub axes: Vec<SweepAxis>,
    /// What is measured, in words.
    pub metrics: Vec<String>,
    /// The metrics themselves; the same in every cell.
    pub measured: Vec<Metric>,
    /// Tells this sweep from all others: equal for equal documents, values, metrics and efforts.
    pub id: u64,
    effort: ReplicationEffort,
    scenarios: Vec<Scenario>,
}

/// The result at one combination of values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweepCell {
    /// Which cell: the last axis varies fastest.
    pub cell: usize,
    /// The value of each axis.
    pub values: Vec<String>,
    /// How many runs were made.
    pub runs: u32,
    /// How many of them were given up at a limit.
    pub given_up: u32,
    /// In what share of them tasks are blocked for ever, with Wilson's interval.
    pub hung: Interval,
    /// What is known of the design with these values: by its shape, its orders and these runs. `None` where only the runs
    /// were asked for.
    pub design: Option<DesignVerdict>,
    /// A figure for each metric; `None` if no run had anything to measure.
    pub figures: Vec<Option<MetricEstimate>>,
    /// Of how many tasks each is, of all runs.
    pub counted: Vec<Option<SampleCounts>>,
    /// The scenario's expectations over the runs.
    pub expectations: Vec<ExpectationVerdict>,
}

impl SweepCell {
    /// Whether every expectation is met and no run was given up.
    pub fn holds(&self) -> bool {
        self.given_up == 0 && self.expectations.iter().all(|verdict| verdict.holds)
    }

    /// Whether of what is not met no run says anything.
    fn says_nothing(&self) -> bool {
        self.expectations.iter().filter(|verdict| !verdict.holds).all(|verdict| verdict.says_nothing)
    }

    /// How it stands to what is expected.
    pub fn standing(&self) -> CellVerdict {
        let is_certain = self.expectations.iter().all(|verdict| verdict.is_certain);
        match (self.holds(), is_certain) {
            _ if self.given_up > 0 => CellVerdict::GivenUp,
            _ if self.expectations.is_empty() => CellVerdict::Open,
            (true, true) => CellVerdict::Meets,
            (true, false) => CellVerdict::MayMeet,
            (false, _) if self.says_nothing() => CellVerdict::SaysNothing,
            (false, true) => CellVerdict::Fails,
            (false, false) => CellVerdict::MayFail,
        }
    }
}

/// What is measured unless somebody asks for something else: what the scenario expects; if that is no figure, the
/// latency of everything that arrives as well.
pub fn usual_metrics(scenario: &Scenario) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: String| {
        if !names.contains(&name) {
            names.push(name);
        }
    };
    for expectation in &scenario.expectations {
        add(expectation.text.split(' ').next().unwrap_or_default().to_owned());
    }
    let is_figure = |metric: &Metric| !matches!(metric, Metric::Deadlock | Metric::Stuck);
    if !scenario.expectations.iter().any(|expectation| is_figure(&expectation.metric)) {
        for arrivals in &scenario.arrivals {
            let task = &scenario.tasks[arrivals.task.index()].name;
            add(format!("latency.{task}.mean"));
            add(format!("latency.{task}.p99"));
        }
        add("makespan".to_owned());
    }
    names
}

/// Reads metrics, or the usual ones if there are none.
///
/// # Errors
/// The first that the scenario does not have.
pub fn read_metrics(scenario: &Scenario, names: &[String]) -> Result<(Vec<String>, Vec<Metric>), SweepError> {
    let names = if names.is_empty() { usual_metrics(scenario) } else { names.to_vec() };
    let read = |name: &String| {
        metric::parse(name, scenario).map_err(|(what, help)| SweepError::Question(what, help))
    };
    let metrics = names.iter().map(read).collect::<Result<_, _>>()?;
    Ok((names, metrics))
}

impl SweepPlan {
    /// Reads everything that will be run, so that nothing is run if anything is wrong.
    ///
    /// # Errors
    /// Problems of the document with the first values that do not suit it; a metric it does not have; too
    /// many cells.
    pub fn new(
        document: &Document,
        variant: &str,
        overrides: &Overrides,
        axes: Vec<SweepAxis>,
        metrics: &[String],
        effort: ReplicationEffort,
    ) -> Result<SweepPlan, SweepError> {
        let cells = axes.iter().map(|axis| axis.values.len()).fold(1, usize::saturating_mul);
        if cells > MAX_CELLS {
            let help = "Sweep fewer values, or give a range a step: 10..100..10";
            return Err(SweepError::Question(
                format!("{cells} cells are more than {MAX_CELLS}"),
                help.to_owned(),
            ));
        }
        if let [first, second] = axes.as_slice()
            && short(&first.path) == short(&second.path)
        {
            let help = "Give all its values to one --param: pool=1..5,10,20";
            return Err(SweepError::Question(format!("{} is swept twice", first.path), help.to_owned()));
        }
        let mut sweep = SweepPlan {
            id: 0,
            axes,
            metrics: Vec::new(),
            measured: Vec::new(),
            effort,
            scenarios: Vec::with_capacity(cells),
        };
        for cell in 0..cells {
            let mut overrides = overrides.clone();
            let paths = sweep.axes.iter().map(|axis| axis.path.clone());
            overrides.set.extend(paths.zip(sweep.values(cell)));
            sweep.scenarios.push(document.scenario(variant, &overrides)?);
        }
        (sweep.metrics, sweep.measured) = read_metrics(&sweep.scenarios[0], metrics)?;
        sweep.id = sweep.identity(document, variant, overrides);
        Ok(sweep)
    }

    fn identity(&self, document: &Document, variant: &str, overrides: &Overrides) -> u64 {
        let mut hash = Xxh3::new();
        let mut add = |text: &str| {
            hash.update(&(text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        };
        add(document.source());
        add(variant);
        for (name, value) in &overrides.set {
            add(name);
            add(value);
        }
        for axis in &self.axes {
            add(&axis.path);
            axis.values.iter().for_each(|value| add(value));
        }
        self.metrics.iter().for_each(|name| add(name));
        let ReplicationEffort { runs, within, most, steady, batches, threads: _ } = self.effort;
        add(&format!("{:?} {runs} {within:?} {most} {steady} {batches}", overrides.seed));
        hash.digest()
    }

    /// What is run at a cell.
    pub(super) fn scenario(&self, cell: usize) -> &Scenario {
        &self.scenarios[cell]
    }

    /// How many runs a cell has.
    pub fn effort(&self) -> &ReplicationEffort {
        &self.effort
    }

    /// How many cells there are.
    pub fn cells(&self) -> usize {
        self.scenarios.len()
    }

    /// For each axis, which of its values a cell has; the last axis varies fastest.
    fn slots(&self, cell: usize) -> Vec<usize> {
        let mut rest = cell;
        let mut slots: Vec<usize> = Vec::with_capacity(self.axes.len());
        for axis in self.axes.iter().rev() {
            slots.push(rest % axis.values.len());
            rest /= axis.values.len();
        }
        slots.reverse();
        slots
    }

    /// The values of a cell.
    pub fn values(&self, cell: usize) -> Vec<String> {
        let slots = self.slots(cell).into_iter();
        slots.zip(&self.axes).map(|(slot, axis)| axis.values[slot].clone()).collect()
    }

    /// How many runs these cells take; with [`ReplicationEffort::within`] the least that it can be.
    pub fn runs(&self, cells: &[usize]) -> u64 {
        let random = cells.iter().filter(|cell| self.scenarios[**cell].is_random()).count() as u64;
        random * u64::from(self.effort.runs) + cells.len() as u64 - random
    }

    /// Runs these cells and hands each on as soon as it and those before it are done. Stops, what is done
    /// being done, when `take` says false.
    pub fn run(&self, cells: &[usize], take: impl FnMut(&SweepCell) -> bool) {
        self.run_watched(cells, &RunCallbacks::default(), take);
    }

    /// The same, watched; cells of which not all runs are made when it is stopped are not handed on.
    pub fn run_watched(
        &self,
        cells: &[usize],
        watch: &RunCallbacks<'_>,
        mut take: impl FnMut(&SweepCell) -> bool,
    ) {
        let together = (RUNS_TOGETHER / self.effort.runs.max(1)).max(1) as usize;
        for group in cells.chunks(together) {
            let job =
                |cell: &usize| ReplicationJob { scenario: &self.scenarios[*cell], metrics: &self.measured };
            let jobs: Vec<ReplicationJob<'_>> = group.iter().map(job).collect();
            let Some(done) = replicate_watched(&jobs, &self.effort, watch) else { return };
            let made: Vec<(usize, ReplicationResults)> = group.iter().copied().zip(done).collect();
            let designs = in_parallel(&made, self.effort.threads, |(cell, replications)| {
                let scenario = Arc::new(self.scenarios[*cell].clone());
                DesignCheck::beside_runs(&scenario, replications.made(), &|| !(watch.stops)())
            });
            for ((cell, replications), design) in made.iter().zip(designs) {
                let found = SweepCell { design: Some(design), ..self.cell(*cell, replications) };
                if !take(&found) {
                    return;
                }
            }
        }
    }

    /// The first metric that is not the same everywhere, one that is more than a truth if there is any: how many runs
    /// hang stands below every curve.
    pub fn charted(&self, cells: &[SweepCell]) -> Option<usize> {
        let is_truth = |at: &usize| matches!(self.measured[*at], Metric::Deadlock | Metric::Stuck);
        let mut varying = self.varying(cells);
        varying.clone().find(|at| !is_truth(at)).or_else(|| varying.next())
    }

    /// The metrics that are not the same everywhere, by their places.
    pub fn varying<'a>(&'a self, cells: &'a [SweepCell]) -> impl Iterator<Item = usize> + Clone + 'a {
        (0..self.metrics.len()).filter(|&at| {
            let mut means =
                cells.iter().filter_map(|cell| cell.figures[at]).map(|figure| figure.interval.mean);
            let first = means.next();
            means.any(|mean| Some(mean) != first)
        })
    }

    /// The cells as plain data, for a chart of them.
    pub fn swept(&self, cells: &[SweepCell]) -> Swept {
        let expected = self.scenarios.first().map_or(&[][..], |scenario| &scenario.expectations);
        let bound = |metric: &Metric| {
            expected.iter().find(|expectation| expectation.metric == *metric).and_then(|e| match e.bound {
                Bound::Number(how, value) => Some((how, value)),
                Bound::Truth(_) | Bound::Is(_) | Bound::IsNot(_) => None,
            })
        };
        let quantity = |(name, metric): (&String, &Metric)| swept::Quantity {
            name: name.clone(),
            unit: metric.unit(),
            better: metric.better(),
            bound: bound(metric),
        };
        let axis = |axis: &SweepAxis| swept::Axis { name: axis.path.clone(), values: axis.values.clone() };
        let cell = |cell: &SweepCell| swept::Cell {
            cell: cell.cell,
            at: self.slots(cell.cell),
            figures: cell.figures.iter().map(|figure| figure.map(|f| f.interval)).collect(),
            standing: cell.standing(),
            hung: cell.hung,
            runs: cell.runs,
        };
        Swept {
            axes: self.axes.iter().map(axis).collect(),
            quantities: self.metrics.iter().zip(&self.measured).map(quantity).collect(),
            cells: cells.iter().map(cell).collect(),
        }
    }

    /// What the runs of a cell came to.
    pub(super) fn cell(&self, cell: usize, replications: &ReplicationResults) -> SweepCell {
        let figure = |(number, metric)| replications.estimate(number, metric);
        SweepCell {
            cell,
            values: self.values(cell),
            runs: replications.runs.len() as u32,
            given_up: replications.given_up(),
            hung: replications.hung(),
            design: None,
            counted: (0..self.measured.len()).map(|at| replications.counted(at)).collect(),
            figures: self.measured.iter().enumerate().map(figure).collect(),
            expectations: replications.verdicts(&self.scenarios[cell]),
        }
    }
}
