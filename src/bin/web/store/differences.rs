//! Two runs in figures, side by side: what a comparison of variants comes down to.
//!
//! Invariant: a row is there if either run has the figure; what neither has is left out.

use super::run::AnalyzedRun;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::written::bytes_text;
use threadbare::model::time::{Duration, SECOND};
use threadbare::trace::OutcomeKind;
use threadbare::view::words::outcome;

/// One figure of both runs, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureDifferenceRow {
    /// What is measured.
    pub name: String,
    /// In the one run.
    pub here: String,
    /// In the other.
    pub there: String,
}

impl FigureDifferenceRow {
    /// Whether the runs differ in it.
    pub fn differs(&self) -> bool {
        self.here != self.there
    }
}

/// A measured length of time as a person would write it, to three figures.
pub fn seconds(value: f64) -> String {
    let nanos = (value * SECOND as f64).max(0.0);
    let grain = 10f64.powf((nanos.max(1.0).log10().floor() - 2.0).max(0.0));
    Duration(((nanos / grain).round() * grain) as u64).to_string()
}

/// When it was over, or came to a stand for good.
fn end(digest: &Digest<'_>) -> String {
    let at = digest.trace().outcome.at;
    match digest.trace().outcome.kind {
        OutcomeKind::Stuck | OutcomeKind::Deadlock => format!("hangs at {at}"),
        OutcomeKind::Completed | OutcomeKind::Until | OutcomeKind::Limit(_) => format!("at {at}"),
    }
}

/// Figures of one run, in order.
fn figures(run: &AnalyzedRun) -> Vec<(String, String)> {
    let digest = &run.digest;
    let mut list = vec![
        ("Outcome".to_owned(), outcome(digest)),
        (
            "Deadlocks".to_owned(),
            (digest.findings.deadlocks.len() + digest.findings.more_deadlocks).to_string(),
        ),
        ("Stalls".to_owned(), digest.findings.stalls.len().to_string()),
        ("Run ends".to_owned(), end(digest)),
    ];
    let met = digest.expectations.iter().filter(|judged| judged.holds).count();
    if !digest.expectations.is_empty() {
        list.push(("Expectations met".to_owned(), format!("{met} of {}", digest.expectations.len())));
    }
    for row in &digest.latency {
        let finished = format!("{} of {}", row.counts.finished, row.counts.total());
        list.push((format!("{}: finished", row.task), finished));
        if let Some(latency) = &row.latency {
            list.push((format!("{}: mean latency", row.task), seconds(latency.mean)));
            list.push((format!("{}: longest latency", row.task), seconds(latency.max)));
        }
        if row.counts.refused + row.counts.failed > 0 {
            let lost = format!("{} failed, {} refused", row.counts.failed, row.counts.refused);
            list.push((format!("{}: lost", row.task), lost));
        }
    }
    for row in &digest.occupancy.executors {
        if let Some(share) = row.utilisation {
            list.push((format!("{}: most workers", row.executor), row.peak_workers.to_string()));
            list.push((format!("{}: utilisation", row.executor), format!("{:.0} %", share * 100.0)));
        }
        list.push((format!("{}: deepest queue", row.executor), row.peak_queue.to_string()));
    }
    list.push(("Most memory".to_owned(), bytes_text(digest.occupancy.peak_memory)));
    list.push(("Warnings".to_owned(), digest.warnings().count().to_string()));
    list
}

/// Both runs, figure by figure: those of the first in its order, then what only the second has.
pub fn table(here: &AnalyzedRun, there: &AnalyzedRun) -> Vec<FigureDifferenceRow> {
    const NONE: &str = "–";
    let (left, right) = (figures(here), figures(there));
    let find = |list: &[(String, String)], name: &str| {
        list.iter().find(|(other, _)| other == name).map_or(NONE.to_owned(), |(_, value)| value.clone())
    };
    let mut rows: Vec<FigureDifferenceRow> = left
        .iter()
        .map(|(name, value)| FigureDifferenceRow {
            name: name.clone(),
            here: value.clone(),
            there: find(&right, name),
        })
        .collect();
    let only = right.iter().filter(|(name, _)| !left.iter().any(|(other, _)| other == name));
    rows.extend(only.map(|(name, value)| FigureDifferenceRow {
        name: name.clone(),
        here: NONE.to_owned(),
        there: value.clone(),
    }));
    rows
}

#[cfg(test)]
mod tests {
    use super::super::work::OpenDocument;
    use super::*;
    use threadbare::study;

    fn run(variant: &str) -> AnalyzedRun {
        let work = OpenDocument::gallery("nova-build-deadlock");
        AnalyzedRun::new(1, study::run::run(work.scenario_of(variant).expect("a variant of the gallery")))
    }

    #[test]
    fn measured_times_have_three_figures() {
        for (value, text) in
            [(0.0, "0 s"), (0.410_576, "411 ms"), (12.0, "12 s"), (41.574, "41.6 s"), (2.409e-4, "241 µs")]
        {
            assert_eq!(seconds(value), text);
        }
    }

    #[test]
    fn a_deadlock_and_its_cure_differ_where_one_would_look() {
        let rows = table(&run("base"), &run("long_task"));
        let row =
            |name: &str| rows.iter().find(|row| row.name == name).unwrap_or_else(|| panic!("no {name}"));
        let of = |name: &str| (row(name).here.as_str(), row(name).there.as_str());
        assert_eq!(of("Outcome"), ("Deadlock at 3 s", "All done at 10 s"));
        assert_eq!(of("Run ends"), ("hangs at 3 s", "at 10 s"));
        assert_eq!((row("Deadlocks").here.as_str(), row("Deadlocks").there.as_str()), ("1", "0"));
        assert_eq!(row("long_task: most workers").here, "–");
        assert_eq!(row("build: mean latency").here, "–");
        assert!(row("build: finished").differs());
        assert!(!table(&run("base"), &run("base")).iter().any(FigureDifferenceRow::differs));
    }
}
