//! What a design review is about, as plain data: variants side by side, what they come to, and how far that can be
//! trusted. The studies make it, `view::report` writes it as a document.
//!
//! Invariant: a function of the document and of the effort, with no moment of its making in it, so that it can be
//! committed and compared. Text is as it was typed; whoever writes it escapes it.

mod counterexample;
pub mod critical_path;
pub mod link;

pub use counterexample::{Counterexample, CounterexampleStep};

use super::backtest::{self, Backtest, DEFAULT_WITHIN};
use super::interval::Interval;
use super::swept::Swept;
use super::verdict::{DesignKind, RunKind, Tone};
use super::written;
use crate::model::expectation::{Better, Unit};
use serde::Serialize;

/// The version of the layout of [`Review`] as JSON.
pub const SCHEMA: u32 = 1;

/// A design review.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Review {
    /// [`SCHEMA`], for programs that read it.
    pub schema: u32,
    /// The version of Threadbare that made it.
    pub threadbare: String,
    /// The name of the document's file.
    pub file: String,
    /// The title of the document.
    pub title: String,
    /// What the document says about itself, as Markdown.
    pub about: String,
    /// Runs of each variant at most.
    pub runs: u32,
    /// Nothing was explored, and no number varied.
    pub is_quick: bool,
    /// The variants; the others are compared with the first.
    pub sides: Vec<ReviewedVariant>,
    /// The document's other variants, of which the review says nothing.
    pub unreviewed: Vec<String>,
    /// What changes from the first variant to each other.
    pub comparisons: Vec<Comparison>,
    /// The first variant beside a recording of the real system; `None` if there was none.
    pub recording: Option<RecordingComparison>,
    /// What is not modelled, whatever the document says.
    pub not_modelled: Vec<String>,
    /// What was set from outside, as it was typed.
    pub set: Vec<(String, String)>,
    /// The text of the document.
    pub document: String,
    /// What stands after the `#` in the address of the page with this document open; `None` if it is too long for a link,
    /// or something was set from outside.
    pub link: Option<String>,
}

/// One variant of the document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReviewedVariant {
    /// Its name; `base` is the document itself.
    pub variant: String,
    /// What it changes, in one line.
    pub title: String,
    /// The seed of its first run.
    pub seed: u64,
    /// The fingerprint of that run.
    pub fingerprint: String,
    /// Events of that run.
    pub events: usize,
    /// What became of that run.
    pub run: RunLine,
    /// What is known of the design.
    pub design: DesignLine,
    /// How many runs were made.
    pub runs: u32,
    /// Nothing is drawn: further runs would be the same.
    pub is_exact: bool,
    /// Runs that a limit ended.
    pub given_up: u32,
    /// What is expected of it.
    pub expectations: Vec<ReviewedExpectation>,
    /// What it takes and costs.
    pub figures: Vec<MeasuredMetric>,
    /// What its executors may have at once.
    pub configured: Configured,
    /// The telling moments of the first run.
    pub beats: Vec<ReviewedBeat>,
    /// What `check` finds in its shape.
    pub findings: Vec<RuleFinding>,
    /// How it goes wrong, if a way was found.
    pub counterexample: Option<Counterexample>,
    /// The slowest tasks of the first run.
    pub slowest: Vec<SlowTask>,
    /// What changes if a number does.
    pub sensitivity: Vec<Sensitivity>,
    /// One number over a range of values; `None` if there is none that anything measured depends on.
    pub sweep: Option<ReviewedSweep>,
    /// Numbers that were not varied, by what they are.
    pub not_varied: Vec<String>,
    /// What rules of thumb say beside what was simulated.
    pub rules_of_thumb: Vec<RuleOfThumb>,
    /// The numbers it rests on.
    pub assumptions: Vec<Assumption>,
}

/// What the executors of a variant may have at once, whatever a run uses of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Configured {
    /// Operating-system threads; `None` if there is no bound.
    pub threads: Option<u64>,
    /// Memory of all workers and schedulers, in bytes; `None` if there is no bound.
    pub memory: Option<u64>,
}

/// What became of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunLine {
    /// What became of it, in a word.
    pub kind: RunKind,
    /// How it should look.
    pub tone: Tone,
    /// Whether it went as expected.
    pub as_expected: bool,
    /// A few words for a heading.
    pub headline: String,
    /// What happened, in a few sentences.
    pub text: String,
}

/// What is known of a design.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DesignLine {
    /// What is known.
    pub kind: DesignKind,
    /// How it should look.
    pub tone: Tone,
    /// A few words for a heading.
    pub headline: String,
    /// What is known, and what it is worth.
    pub text: String,
    /// What was explored, and up to which bound.
    pub explored: Vec<String>,
}

/// One expectation over the runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReviewedExpectation {
    /// As the document has it.
    pub text: String,
    /// Whether it is met.
    pub holds: bool,
    /// The interval leaves no doubt.
    pub is_certain: bool,
    /// Judged by the mean over the runs; otherwise every run must meet it.
    pub by_mean: bool,
    /// How many runs alone meet it.
    pub runs: u32,
    /// Of how many tasks of the first run something is known, and of how many it could be.
    pub counted: Option<(u64, u64)>,
    /// What was measured; `None` if there was nothing to measure.
    pub measured: Option<Figure>,
    /// What the first run gave, as a person would write it.
    pub first_run: String,
    /// What it is counted in.
    pub unit: Unit,
    /// It is a truth, and a figure is the share of runs.
    pub is_truth: bool,
}

/// A figure over the runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Its mean with the interval of 95 %.
    #[serde(flatten)]
    pub interval: Interval,
    /// The least value of a run.
    pub least: f64,
    /// The greatest value of a run.
    pub greatest: f64,
}

/// A metric and its figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MeasuredMetric {
    /// As it is written: `latency.build.p99`.
    pub metric: String,
    /// What it is counted in.
    pub unit: Unit,
    /// Which way of it is better.
    pub better: Better,
    /// It is part of what the variant costs.
    pub is_cost: bool,
    /// Its figure; `None` if there was nothing to measure.
    pub figure: Option<Figure>,
}

/// A variant beside a recording of the real system.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordingComparison {
    /// The name of the recording's file.
    pub recording: String,
    /// The variant that was run, once.
    pub variant: String,
    /// How far figures may be apart, as a share.
    pub within: f64,
    /// Every figure that was measured.
    pub figures: Vec<RecordedFigure>,
    /// Task types of the recording that the variant does not have.
    pub missing: Vec<String>,
    /// Why the run cannot be compared with the recording as a whole.
    pub stopped: Option<String>,
    /// Where most of the difference comes from, in a sentence or two.
    pub largest: Option<String>,
}

/// A figure of a run beside the measured one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordedFigure {
    /// The task type or the pool; `None` for the whole run.
    pub of: Option<String>,
    /// What was measured: `makespan`, `p90 latency`.
    pub figure: String,
    /// What it is counted in.
    pub unit: Unit,
    /// Its value in the real run.
    pub measured: f64,
    /// Its value in the simulated run; `None` if it has no such figure.
    pub simulated: Option<f64>,
    /// The simulated figure less the measured one, as a share: of a wait, of the mean latency; of a utilisation, of all workers.
    pub error: Option<f64>,
    /// The error as a person writes it.
    pub error_text: String,
    /// Whether it is within the bound.
    pub is_within: bool,
}

impl RecordingComparison {
    /// A backtest of `variant` as part of a review.
    pub fn of(recording: &str, variant: &str, backtest: &Backtest) -> RecordingComparison {
        let within = DEFAULT_WITHIN;
        let figure = |one: &backtest::Comparison| RecordedFigure {
            of: one.subject.clone(),
            figure: one.quantity.word(),
            unit: one.quantity.unit(),
            measured: one.measured,
            simulated: one.simulated,
            error: Some(one.error()).filter(|error| error.is_finite()),
            error_text: one.error_text(),
            is_within: one.is_within(within),
        };
        RecordingComparison {
            recording: recording.to_owned(),
            variant: variant.to_owned(),
            within,
            figures: backtest.comparisons.iter().map(figure).collect(),
            missing: backtest.missing.clone(),
            stopped: backtest.stopped(),
            largest: backtest.largest.as_ref().and_then(backtest::ErrorSource::sentence),
        }
    }

    /// What it comes to, in a sentence.
    pub fn sentence(&self) -> String {
        let (variant, recording, all) = (&self.variant, &self.recording, self.figures.len());
        let within = written::figure(Unit::Share, self.within);
        let beyond = self.figures.iter().filter(|figure| !figure.is_within).count();
        let told = match (beyond, all) {
            (_, 0) => "the recording measures nothing that a run has".to_owned(),
            (0, 1) => format!("the one figure is within {within} of what was measured"),
            (0, all) => format!("all {all} figures are within {within} of what was measured"),
            (1, all) => format!("1 of {all} figures is off by more than {within}"),
            (beyond, all) => format!("{beyond} of {all} figures are off by more than {within}"),
        };
        let stopped = self.stopped.as_ref().map_or(String::new(), |stopped| format!(" {stopped}"));
        format!("`{variant}`, run once, beside `{recording}`: {told}.{stopped}")
    }

    /// Whether the run is as the recording is.
    pub fn is_good(&self) -> bool {
        let is_within = self.figures.iter().all(|figure| figure.is_within);
        is_within && !self.figures.is_empty() && self.missing.is_empty() && self.stopped.is_none()
    }
}

/// What changes from one variant to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The variant that is compared with the other.
    pub first: String,
    /// The variant that the differences are of.
    pub second: String,
    /// The lines of the document that differ.
    pub changes: Vec<ChangedLine>,
    /// Differences over paired runs, in the order of [`ReviewedVariant::figures`].
    pub differences: Vec<PairedDifference>,
}

/// One variant in two versions of a document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VersionPair {
    /// The name of the variant.
    pub variant: String,
    /// What it came to before; `None` if it was not there.
    pub old: Option<ReviewedVariant>,
    /// What it comes to now; `None` if it is gone.
    pub new: Option<ReviewedVariant>,
    /// The lines of the scenario that differ.
    pub changes: Vec<ChangedLine>,
    /// Differences over paired runs.
    pub differences: Vec<PairedDifference>,
}

/// One line that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedLine {
    /// It comes with the second; otherwise it goes.
    pub comes: bool,
    /// What the line says.
    pub text: String,
}

/// A difference over paired runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PairedDifference {
    /// As it is written: `latency.build.p99`.
    pub metric: String,
    /// The second minus the first.
    pub difference: Option<Interval>,
    /// The same as a share of the first.
    pub share: Option<Interval>,
    /// Runs in which only one of the two had anything to measure.
    pub pairs_lost: u32,
    /// Whether it is better or worse beyond doubt.
    pub change: ChangeKind,
}

/// Whether a difference is one for the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// Better beyond doubt.
    Better,
    /// Worse beyond doubt.
    Worse,
    /// Different, and neither better nor worse.
    Different,
    /// The same, or it may be chance.
    Same,
    /// There is nothing to compare.
    Unknown,
}

/// A beat of the first run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReviewedBeat {
    /// When, in seconds.
    pub at: f64,
    /// The same as a person writes it.
    pub when: String,
    /// What is to be seen, in one sentence.
    pub text: String,
}

/// What `check` finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleFinding {
    /// The code of its rule.
    pub code: String,
    /// The name of its rule.
    pub rule: String,
    /// A timeout ends it.
    pub is_stall: bool,
    /// What it can come to.
    pub headline: String,
    /// Where, and which size would be safe.
    pub details: Vec<String>,
}

/// A slow task, and where its time went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SlowTask {
    /// Name of the task.
    pub task: String,
    /// How long it took, in seconds; up to the end of the run if it did not end.
    pub seconds: f64,
    /// It had not ended.
    pub is_unfinished: bool,
    /// Its critical path, the parts in order of time.
    pub path: Vec<PathPart>,
}

/// A part of a critical path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PathPart {
    /// Whose time it is: the task's own, or that of a child it waited for.
    pub task: String,
    /// What it did then: `queued on default`, `running`.
    pub what: String,
    /// How long, in seconds.
    pub seconds: f64,
}

/// What changes if one number does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sensitivity {
    /// Where the number stands.
    pub path: String,
    /// What it is, in a few words.
    pub label: String,
    /// As the document has it.
    pub value: String,
    /// A quarter less and a quarter more.
    pub trials: Vec<Trial>,
}

/// One other value of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trial {
    /// The value that was tried.
    pub value: String,
    /// It is more than the document has, not less.
    pub is_more: bool,
    /// What it does to the expectations and the end, a few words each; empty if nothing.
    pub flips: Vec<String>,
}

/// A number over a range of values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReviewedSweep {
    /// What the number is, in a few words.
    pub label: String,
    /// As the document has it.
    pub value: String,
    /// The metric that is drawn.
    pub metric: String,
    /// The identity of the sweep, as `threadbare sweep` has it.
    pub id: String,
    /// Runs at each value at most.
    pub runs: u32,
    /// The values with which all that is expected is met in every run, and no order deadlocks.
    pub safe: Vec<String>,
    /// What was measured at each value.
    pub swept: Swept,
}

/// What sort of rule it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleKind {
    /// It holds for every run: Little's law, the utilisation law.
    Law,
    /// It holds for a model, such as M/M/c.
    Model,
    /// Experience, or a bound.
    RuleOfThumb,
}

/// What a rule of thumb says, and what was simulated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleOfThumb {
    /// What sort of rule it is.
    pub kind: RuleKind,
    /// What it is called.
    pub name: String,
    /// Executor or server that it is about.
    pub executor: String,
    /// The formula itself.
    pub formula: String,
    /// Whether it is a rule for such an executor or server at all.
    pub applies: bool,
    /// What it says here.
    pub says: String,
    /// What was simulated beside it.
    pub simulated: String,
    /// Why it does not hold here, or what it leaves out.
    pub breaks: String,
    /// Where it comes from.
    pub source: String,
}

impl RuleOfThumb {
    /// `Pool locking, of default: 5 × (2 − 1) + 1 = 6 workers. …`, with where it breaks and where it comes from.
    pub fn sentence(&self) -> String {
        format!("{}, of {}: {}. {} ({})", self.name, self.executor, self.says, self.breaks, self.source)
    }
}

/// A number that the result rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assumption {
    /// What it is.
    pub what: String,
    /// Its value as the document has it, or the default.
    pub value: String,
    /// Where it comes from.
    pub source: String,
}
