//! Two variants on the same draws, run by run: what `threadbare compare` tells, to the last digit.

use super::protocol::{JobHost, is_too_long, packed};
use crate::analysis::review::ChangeKind;
use crate::language::{Document, Overrides};
use crate::model::scenario::Scenario;
use crate::study::cancellation::without_bound;
use crate::study::compare::sides::{self, VariantComparison, review_metrics, runs_in_words};
use crate::study::compare::words::NONE;
use crate::study::replicate::{ReplicationEffort, ReplicationResults, RunCallbacks};
use crate::study::sweep::SweepError;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A request for a comparison of two variants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareJob {
    /// The document's name.
    pub name: String,
    /// Text of the document.
    pub source: String,
    /// The variant that the other is compared with.
    pub first: String,
    /// The variant that is compared with it.
    pub second: String,
    /// Paths and values that are run in place of the text's.
    pub set: Vec<(String, String)>,
}

/// How far a comparison is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompareProgress {
    /// Runs are being made.
    Running {
        /// How many are made.
        done: u64,
        /// How many there will be.
        all: u64,
    },
    /// All runs are made.
    Compared(Compared),
}

impl CompareProgress {
    /// What it came to, once all runs are made.
    pub fn compared(&self) -> Option<&Compared> {
        match self {
            CompareProgress::Compared(compared) => Some(compared),
            CompareProgress::Running { .. } => None,
        }
    }
}

/// What a comparison comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The names of the two variants.
    pub names: [String; 2],
    /// What it comes to, in a few sentences.
    pub sentence: String,
    /// What is known of the two designs, a line each.
    pub designs: [String; 2],
    /// How many runs it is over.
    pub runs: String,
    /// What was measured, a line each.
    pub rows: Vec<Row>,
    /// The command that tells the same.
    pub command: String,
}

/// One line of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What is measured.
    pub metric: String,
    /// Of the first variant, of the second, their difference, and that as a share of the first.
    pub cells: [String; 4],
    /// Whether the second is better.
    pub change: Change,
    /// It is a cost, and no result.
    pub is_bill: bool,
}

/// Whether a difference is one for the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
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

impl Change {
    /// A word for it.
    pub fn word(self) -> &'static str {
        match self {
            Change::Better => "better",
            Change::Worse => "worse",
            Change::Different => "different",
            Change::Same => "no difference",
            Change::Unknown => NONE,
        }
    }
}

impl From<ChangeKind> for Change {
    fn from(kind: ChangeKind) -> Change {
        match kind {
            ChangeKind::Better => Change::Better,
            ChangeKind::Worse => Change::Worse,
            ChangeKind::Different => Change::Different,
            ChangeKind::Same => Change::Same,
            ChangeKind::Unknown => Change::Unknown,
        }
    }
}

impl Row {
    /// What the difference is worth in words, `better by 12 %`, or without a share of the first `better`; `None` if the
    /// two are the same, or may be.
    pub fn worth(&self) -> Option<String> {
        let share = Some(self.cells[3].as_str()).filter(|share| *share != NONE);
        let word = match (self.change, share.map(|share| share.starts_with('−'))) {
            (Change::Different, Some(true)) => "less",
            (Change::Different, Some(false)) => "more",
            (Change::Better | Change::Worse | Change::Different, _) => self.change.word(),
            (Change::Same | Change::Unknown, _) => return None,
        };
        // The word says which way it is: of a latency that is better, a sign would say the opposite.
        let size = share.map(|share| format!(" by {}", share.trim_start_matches(['+', '−'])));
        Some(format!("{word}{}", size.unwrap_or_default()))
    }
}

pub(super) fn execute(order: &CompareJob, line: &mut dyn JobHost) -> Result<(), String> {
    let errors = || "The text has errors.".to_owned();
    let document = Document::parse(&order.name, &order.source).map_err(|_| errors())?;
    let overrides = Overrides { seed: None, set: order.set.clone() };
    let variants = [order.first.as_str(), order.second.as_str()];
    let mut scenarios = Vec::new();
    for variant in variants {
        let scenario = document.scenario(variant, &overrides).map_err(|_| errors())?;
        if is_too_long(scenario.clone()) {
            return Err(format!(
                "{variant} runs too long to be compared in the page. `threadbare compare` can do it."
            ));
        }
        scenarios.push(scenario);
    }
    let asked = review_metrics(&scenarios.iter().collect::<Vec<&Scenario>>());
    let read = VariantComparison::read(&document, &variants, &overrides, &asked, &[]);
    let read = read.map_err(|wrong| match wrong {
        SweepError::Document(_) => errors(),
        SweepError::Question(what, _) => what,
    })?;
    let (effort, send, done) = (ReplicationEffort::default(), line.sender(), AtomicU64::new(0));
    let all = read.least_runs(&effort);
    let on_run = || {
        let done = done.fetch_add(1, Relaxed) + 1;
        send(packed(&CompareProgress::Running { done, all }));
    };
    let watch = RunCallbacks { on_run: &on_run, ..RunCallbacks::default() };
    let Some(runs) = read.run(&effort, &watch) else { return Ok(()) };
    let compared = Compared::new(&read, &runs, 1, command(order, &asked));
    line.send(packed(&CompareProgress::Compared(compared)));
    Ok(())
}

/// The command that tells the same.
fn command(order: &CompareJob, asked: &[String]) -> String {
    let set: String = order.set.iter().map(|(path, value)| format!(" --set {path}={value}")).collect();
    let metrics: String = asked.iter().map(|name| format!(" --metric {name}")).collect();
    format!("threadbare compare {} --variants {},{}{set}{metrics}", order.name, order.first, order.second)
}

impl Compared {
    /// What the variant at `at` comes to beside the first.
    pub fn new(
        sides: &VariantComparison,
        runs: &[ReplicationResults],
        at: usize,
        command: String,
    ) -> Compared {
        let found = sides.differences(runs, at);
        let row = |(number, row): (usize, sides::ComparisonRow)| Row {
            metric: row.metric,
            cells: [row.first, row.second, row.difference, row.share].map(|cell| cell.replace('\t', " ")),
            change: row.change.into(),
            is_bill: number >= sides.asked,
        };
        let rows = sides.rows(&found, at, 0..sides.names.len()).into_iter().enumerate().map(row).collect();
        let designs = sides.designs(runs, &without_bound);
        Compared {
            names: [0, at].map(|side| sides.all[side].name.clone()),
            sentence: sides.sentence(runs, &found, at),
            designs: [0, at].map(|side| designs[side].line()),
            runs: runs_in_words(runs),
            rows,
            command,
        }
    }

    /// The comparison as Markdown, to be put into a review.
    pub fn markdown(&self) -> String {
        let [first, second] = &self.names;
        let cell = |text: &str| text.replace('|', "\\|");
        let rows = self.rows.iter().map(|row| {
            let cells: String = row.cells.iter().map(|text| format!(" {} |", cell(text))).collect();
            format!("| `{}` |{cells} {} |\n", row.metric, row.change.word())
        });
        format!(
            "### {first} and {second}\n\n{}\n\n- `{first}`: {}\n- `{second}`: {}\n\n\
             | metric | {first} | {second} | difference | of the first | |\n|---|---:|---:|---:|---:|---|\n{}\n{}.\n\n\
             ```console\n$ {}\n```\n",
            self.sentence,
            self.designs[0],
            self.designs[1],
            rows.collect::<String>(),
            self.runs,
            self.command,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_worth_what_its_word_and_its_share_say() {
        let worth = |change, share: &str| {
            let cells = ["", "", "", share].map(str::to_owned);
            let row = Row { metric: "throughput.t".to_owned(), cells, change, is_bill: false };
            row.worth().unwrap_or_else(|| "nothing".to_owned())
        };
        let said = [
            // A shorter latency and a higher throughput are both better by that much.
            worth(Change::Better, "−12 % ± 3 %"),
            worth(Change::Better, "+12 % ± 3 %"),
            worth(Change::Worse, "+5 %"),
            // What no run finished has no share.
            worth(Change::Better, NONE),
            worth(Change::Different, "−40 %"),
            worth(Change::Different, "+40 %"),
            worth(Change::Different, NONE),
            worth(Change::Same, NONE),
            worth(Change::Unknown, NONE),
        ];
        insta::assert_snapshot!(said.join("\n"), @"
        better by 12 % ± 3 %
        better by 12 % ± 3 %
        worse by 5 %
        better
        less by 40 %
        more by 40 %
        different
        nothing
        nothing
        ");
    }
}
