//! Variants side by side on the same draws: what changes from one to the other, run by run.
//!
//! Paired differences: replication r of both variants has the same seed, hence the same work, and what is
//! averaged is the difference of the two runs; what they have in common does not widen the interval
//! (Law, *Simulation Modeling and Analysis*, "paired-t interval", "common random numbers"). A run in which
//! only one of the two had anything to measure is no pair, and is counted.

pub mod sentence;
pub mod sides;
pub mod words;

use super::replicate::{MetricEstimate, ReplicationResults};
use super::statistics::{CONFIDENCE, Interval, mean_interval};
use crate::analysis::expect::SampleCounts;
use crate::analysis::review::ChangeKind;
use crate::model::expectation::{Better, Metric};
use serde::Serialize;

/// One metric of two variants.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MetricDifference {
    /// Of the first variant.
    pub first: Option<MetricEstimate>,
    /// Of the second.
    pub second: Option<MetricEstimate>,
    /// The second minus the first, over the pairs.
    pub difference: Option<Interval>,
    /// The same as a share of the first one's mean over the pairs; `None` if that is 0.
    pub share: Option<Interval>,
    /// Of how many tasks, of all runs, the two are.
    pub counted: [Option<SampleCounts>; 2],
    /// Runs in which only the first had anything to measure.
    pub only_first: u32,
    /// Runs in which only the second had.
    pub only_second: u32,
}

impl MetricDifference {
    /// Whether a difference is for the better: only what leaves no doubt is.
    pub fn change(&self, better: Better) -> ChangeKind {
        let mean_of = |estimate: Option<MetricEstimate>| estimate.map(|estimate| estimate.interval.mean);
        let is_less = match (self.difference, mean_of(self.first), mean_of(self.second)) {
            (Some(difference), ..) if difference.holds(0.0) => return ChangeKind::Same,
            (Some(difference), ..) => difference.mean < 0.0,
            // What was beyond any bound has come down, or what was not has gone up.
            (None, Some(first), Some(second)) if first.is_finite() != second.is_finite() => {
                second.is_finite()
            }
            (None, ..) => return ChangeKind::Unknown,
        };
        match (better, is_less) {
            (Better::Lower, true) | (Better::Higher, false) => ChangeKind::Better,
            (Better::Lower, false) | (Better::Higher, true) => ChangeKind::Worse,
            (Better::Neither, _) => ChangeKind::Different,
        }
    }
}

/// Compares the `number`-th metric of two sets of runs; `metrics` is what it is called in each.
pub fn difference(
    first: &ReplicationResults,
    second: &ReplicationResults,
    number: usize,
    metrics: [&Metric; 2],
) -> MetricDifference {
    // A variant in which nothing is drawn has one run, which goes with every run of the other.
    let runs = first.runs.len().max(second.runs.len());
    // What is beyond any bound has no difference to anything: it counts as what cannot be measured there.
    let value = |of: &ReplicationResults, run: usize| {
        of.runs
            .get(if of.is_exact { 0 } else { run })
            .and_then(|run| run.figures[number])
            .filter(|figure| figure.is_finite())
    };
    let (mut pairs, mut only_first, mut only_second) = (Vec::new(), 0, 0);
    for run in 0..runs {
        match (value(first, run), value(second, run)) {
            (Some(a), Some(b)) => pairs.push((a, b)),
            (Some(_), None) => only_first += 1,
            (None, Some(_)) => only_second += 1,
            (None, None) => {}
        }
    }
    let differences: Vec<f64> = pairs.iter().map(|(a, b)| b - a).collect();
    let difference = match differences.as_slice() {
        [only] if first.is_exact && second.is_exact => Some(Interval::exact(*only)),
        values => mean_interval(values, CONFIDENCE),
    };
    let base = pairs.iter().map(|(a, _)| a).sum::<f64>() / pairs.len().max(1) as f64;
    let share = difference.filter(|_| base != 0.0).map(|d| Interval {
        mean: d.mean / base,
        low: d.low / base,
        high: d.high / base,
    });
    MetricDifference {
        first: first.estimate(number, metrics[0]),
        second: second.estimate(number, metrics[1]),
        difference,
        share,
        counted: [first.counted(number), second.counted(number)],
        only_first,
        only_second,
    }
}

/// `latency.build.p99 worse by 10%`: what must not happen from the first variant to the second.
#[derive(Clone, Debug, PartialEq)]
pub struct FailCondition {
    /// The metric, in words.
    pub metric: String,
    /// How much worse is too much, as a share of the first variant's mean.
    pub by: f64,
}

impl FailCondition {
    /// Reads `METRIC worse by N%`.
    ///
    /// # Errors
    /// How it is written.
    pub fn parse(text: &str) -> Result<FailCondition, String> {
        let wrong =
            || format!("`{text}` is not written METRIC worse by N%, as in latency.build.p99 worse by 10%");
        let words: Vec<&str> = text.split_whitespace().collect();
        let [metric, "worse", rest @ ..] = words.as_slice() else { return Err(wrong()) };
        let percent = match rest {
            [] => 0.0,
            ["by", percent] => {
                let number = percent.strip_suffix('%').ok_or_else(wrong)?;
                number.parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0).ok_or_else(wrong)?
            }
            _ => return Err(wrong()),
        };
        Ok(FailCondition { metric: (*metric).to_owned(), by: percent / 100.0 })
    }

    /// Whether it happened: on average it got worse by more than that, and the interval leaves no doubt that
    /// it got worse at all. What the second variant can no longer measure in some run got worse.
    pub fn happened(&self, metric: &Metric, found: &MetricDifference) -> bool {
        if found.only_first > 0 {
            return true;
        }
        let (Some(difference), Some(first)) = (found.difference, found.first) else { return false };
        let (mean, sure) = match metric.better() {
            Better::Lower => (difference.mean, difference.low > 0.0),
            Better::Higher => (-difference.mean, difference.high < 0.0),
            Better::Neither => (difference.mean.abs(), !difference.holds(0.0)),
        };
        sure && mean > self.by * first.interval.mean.abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_read_as_they_are_said() {
        let by = |metric: &str, by| Ok(FailCondition { metric: metric.to_owned(), by });
        assert_eq!(FailCondition::parse("latency.build.p99 worse by 10%"), by("latency.build.p99", 0.1));
        assert_eq!(FailCondition::parse("failed worse"), by("failed", 0.0));
        for text in
            ["", "failed", "failed worse by", "failed worse by 10", "failed better by 3%", "x worse by -1%"]
        {
            assert!(FailCondition::parse(text).is_err(), "{text}");
        }
    }
}
