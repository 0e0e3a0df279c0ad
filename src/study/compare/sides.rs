//! Variants of one document, run on the same draws and held against the first: what `threadbare compare` and the page
//! both tell.

use super::words::{self, NONE};
use super::{MetricDifference, difference, sentence};
use crate::analysis::review::ChangeKind;
use crate::analysis::verdict::{DesignVerdict, MadeRuns};
use crate::language::{Document, Overrides};
use crate::model::expectation::Metric;
use crate::model::scenario::Scenario;
use crate::study::cancellation::ShouldContinue;
use crate::study::design_check::DesignCheck;
use crate::study::replicate::{
    ReplicationEffort, ReplicationJob, ReplicationResults, RunCallbacks, replicate_watched,
};
use crate::study::sweep::{SweepError, read_metrics};
use sentence::{ComparedMetric, RunEndingCounts, sentence};
use std::sync::Arc;

/// What every variant is billed for, as its metric and in words.
pub const BILL: [(&str, &str); 6] = [
    ("cpu.total", "CPU time of all tasks"),
    ("memory.max", "memory, at most"),
    ("memory.mean", "memory, on average"),
    ("threads.max", "threads, at most"),
    ("threads.mean", "threads, on average"),
    ("makespan", "until all is done"),
];

/// A variant, ready to be compared.
pub struct ComparedVariant {
    /// Name of the variant.
    pub name: String,
    /// What is run.
    pub scenario: Scenario,
    /// What is measured: what was asked for, then the bill.
    pub metrics: Vec<Metric>,
}

/// Variants that are held against the first of them.
pub struct VariantComparison {
    /// The variants, the first being that which the others are held against.
    pub all: Vec<ComparedVariant>,
    /// What was asked for, by its names, then the bill.
    pub names: Vec<String>,
    /// How many of the names were asked for.
    pub asked: usize,
}

/// One line of a comparison, as text. A line of it may break at a tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparisonRow {
    /// What is measured.
    pub metric: String,
    /// Of the first variant.
    pub first: String,
    /// Of the second.
    pub second: String,
    /// The second minus the first.
    pub difference: String,
    /// The same as a share of the first, if there is no doubt of it.
    pub share: String,
    /// Runs in which only one of the two had anything to measure.
    pub pairs_lost: String,
    /// Whether the second is better.
    pub change: ChangeKind,
}

impl VariantComparison {
    /// Reads variants and what is asked of them; the usual metrics of the first if nothing is. What `more` adds is
    /// measured whatever is asked.
    ///
    /// # Errors
    /// Problems of a variant, or a metric that one of them does not have.
    pub fn read(
        document: &Document,
        variants: &[&str],
        overrides: &Overrides,
        asked: &[String],
        more: &[String],
    ) -> Result<VariantComparison, SweepError> {
        let (mut names, mut number, mut all) = (asked.to_vec(), 0, Vec::new());
        for name in variants {
            let scenario = document.scenario(name, overrides)?;
            if all.is_empty() {
                names = read_metrics(&scenario, &names)?.0;
                for metric in more {
                    if !names.contains(metric) {
                        names.push(metric.clone());
                    }
                }
                number = names.len();
                names.extend(BILL.map(|(name, _)| name.to_owned()));
            }
            let metrics = read_metrics(&scenario, &names)?.1;
            all.push(ComparedVariant { name: (*name).to_owned(), scenario, metrics });
        }
        Ok(VariantComparison { all, names, asked: number })
    }

    /// How many runs are made at least.
    pub fn least_runs(&self, effort: &ReplicationEffort) -> u64 {
        let random = self.all.iter().filter(|side| side.scenario.is_random()).count() as u64;
        random * u64::from(effort.runs) + self.all.len() as u64 - random
    }

    /// Runs every variant; `None` if `watch` stopped it.
    pub fn run(
        &self,
        effort: &ReplicationEffort,
        watch: &RunCallbacks<'_>,
    ) -> Option<Vec<ReplicationResults>> {
        let jobs: Vec<ReplicationJob<'_>> = self
            .all
            .iter()
            .map(|side| ReplicationJob { scenario: &side.scenario, metrics: &side.metrics })
            .collect();
        replicate_watched(&jobs, effort, watch)
    }

    /// The variant at `at` held against the first: what was asked for, then the bill.
    pub fn differences(&self, runs: &[ReplicationResults], at: usize) -> Vec<MetricDifference> {
        let one = |number: usize| {
            let metrics = [&self.all[0].metrics[number], &self.all[at].metrics[number]];
            difference(&runs[0], &runs[at], number, metrics)
        };
        (0..self.names.len()).map(one).collect()
    }

    /// The same as text, for some of the metrics.
    pub fn rows(
        &self,
        found: &[MetricDifference],
        at: usize,
        metrics: std::ops::Range<usize>,
    ) -> Vec<ComparisonRow> {
        metrics.map(|number| self.row(&found[number], at, number)).collect()
    }

    fn row(&self, found: &MetricDifference, at: usize, number: usize) -> ComparisonRow {
        let [first, second] = [&self.all[0].metrics[number], &self.all[at].metrics[number]];
        let is_sure = found.difference.is_some_and(|difference| !difference.holds(0.0));
        let lost = found.only_first + found.only_second;
        ComparisonRow {
            metric: self.names[number].clone(),
            first: words::estimate(first, found.first, found.counted[0]),
            second: words::estimate(second, found.second, found.counted[1]),
            difference: words::change(found.difference, |x| words::value(first, x)),
            share: words::change(found.share.filter(|_| is_sure), words::signed_percent),
            pairs_lost: if lost > 0 { lost.to_string() } else { NONE.to_owned() },
            change: found.change(first.better()),
        }
    }

    /// What a comparison came to, in a few sentences.
    pub fn sentence(&self, runs: &[ReplicationResults], found: &[MetricDifference], at: usize) -> String {
        let all = self.names.iter().zip(&self.all[0].metrics).zip(found);
        let all: Vec<ComparedMetric<'_>> =
            all.map(|((name, metric), found)| (name.as_str(), metric, found)).collect();
        let (asked, bill) = all.split_at(self.asked);
        sentence([self.ends(runs, 0), self.ends(runs, at)], asked, bill)
    }

    /// How the runs of one side ended.
    fn ends(&self, runs: &[ReplicationResults], at: usize) -> RunEndingCounts<'_> {
        let MadeRuns { count, deadlocks } = runs[at].made();
        RunEndingCounts {
            name: &self.all[at].name,
            runs: count,
            hung: deadlocks as u32,
            given_up: runs[at].given_up(),
        }
    }

    /// What is known of the design of each variant.
    pub fn designs(&self, runs: &[ReplicationResults], may_go_on: ShouldContinue<'_>) -> Vec<DesignVerdict> {
        let of = |(side, runs): (&ComparedVariant, &ReplicationResults)| {
            DesignCheck::beside_runs(&Arc::new(side.scenario.clone()), runs.made(), may_go_on)
        };
        self.all.iter().zip(runs).map(of).collect()
    }
}

/// How many runs a comparison is over.
pub fn runs_in_words(runs: &[ReplicationResults]) -> String {
    match runs.iter().map(|runs| runs.runs.len()).max().unwrap_or(0) {
        1 => "One run of each: nothing is drawn".to_owned(),
        runs => format!("{runs} runs of each on the same draws; ± is the 95 % confidence interval"),
    }
}

/// The names of the latencies and the throughput of every task type that arrives, each once.
pub fn arrival_metrics(scenario: &Scenario) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for arrivals in &scenario.arrivals {
        let task = &scenario.tasks[arrivals.task.index()].name;
        let of_task = ["p50", "p90", "p99", "max"].map(|statistic| format!("latency.{task}.{statistic}"));
        for name in of_task.into_iter().chain([format!("throughput.{task}")]) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// The metrics of a review that all `scenarios` have: the latencies and the throughput of what arrives, and what is
/// refused.
pub fn review_metrics(scenarios: &[&Scenario]) -> Vec<String> {
    let Some(first) = scenarios.first() else { return Vec::new() };
    let mut names = arrival_metrics(first);
    names.push("rejected".to_owned());
    let has =
        |scenario: &&Scenario, name: &String| read_metrics(scenario, std::slice::from_ref(name)).is_ok();
    names.retain(|name| scenarios.iter().all(|scenario| has(scenario, name)));
    names
}
