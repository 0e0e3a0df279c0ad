//! What a comparison came to, in a few sentences: who hangs, how much faster it is, and what it costs.
//!
//! Invariant: says only what the intervals leave no doubt of; a difference that may be chance is not told.

use super::MetricDifference;
use super::words::{percent, value};
use crate::analysis::interval::Interval;
use crate::analysis::prose::list;
use crate::model::expectation::{Better, Metric};

/// A metric that was compared: its name, what it is, and what was found.
pub type ComparedMetric<'a> = (&'a str, &'a Metric, &'a MetricDifference);

/// Counts of how the runs of a variant ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunEndingCounts<'a> {
    /// The name of the variant.
    pub name: &'a str,
    /// How many runs there were.
    pub runs: usize,
    /// How many of them hung for ever.
    pub hung: u32,
    /// How many of them a limit ended.
    pub given_up: u32,
}

/// `eventlet is faster by 12 % ± 3 % in latency.build.p99. It uses 40 threads more.`
pub fn sentence(
    sides: [RunEndingCounts<'_>; 2],
    asked: &[ComparedMetric<'_>],
    bill: &[ComparedMetric<'_>],
) -> String {
    let second = sides[1].name;
    let is_whole = sides.iter().all(|side| side.hung == 0 && side.given_up == 0);
    let is_measured = |(.., found): &&ComparedMetric<'_>| is_whole || found.difference.is_some();
    let speeds = asked.iter().filter(|(_, metric, _)| is_speed(metric)).filter(is_measured);
    let speeds: Vec<&ComparedMetric<'_>> = speeds.collect();
    let by = |wanted: bool| {
        let one = |(name, metric, found): &&ComparedMetric<'_>| {
            let (is_faster, share) = faster(metric, found)?;
            (is_faster == wanted).then(|| format!("by {} in {name}", spread(&share)))
        };
        speeds.iter().filter_map(one).collect::<Vec<_>>()
    };
    let (faster, slower) = (by(true), by(false));
    let mut said = match (speeds.is_empty(), faster.is_empty(), slower.is_empty()) {
        (true, ..) => String::new(),
        (_, true, true) => format!("{second} is neither faster nor slower, as far as these runs can tell. "),
        (_, false, true) => format!("{second} is faster {}. ", list(&faster)),
        (_, true, false) => format!("{second} is slower {}. ", list(&slower)),
        (_, false, false) => {
            format!("{second} is faster {}, and slower {}. ", list(&faster), list(&slower))
        }
    };
    if !is_whole {
        let ends: Vec<String> = sides.iter().map(RunEndingCounts::words).collect();
        let rest =
            if said.is_empty() { String::new() } else { format!(" Where both come to an end, {said}") };
        said = format!("{}.{}", ends.join("; "), if rest.is_empty() { " " } else { &rest });
    }
    // Who hangs leaves work undone, and CPU time unused.
    let is_billed = |(_, metric, _): &&ComparedMetric<'_>| is_whole || !matches!(metric, Metric::CpuTotal);
    let costs: Vec<String> = bill.iter().filter(is_billed).filter_map(cost).collect();
    let is_same = bill.iter().all(|(.., found)| found.difference.is_some_and(|d| d.mean == 0.0));
    let it = if said.is_empty() || !is_whole { second } else { "It" };
    said += &match costs.is_empty() {
        true if !is_whole => String::new(),
        true if is_same => format!("{it} costs the same."),
        true => format!("{it} may cost more or less: these runs cannot tell."),
        false => format!("{it} uses {}.", list(&costs)),
    };
    said.truncate(said.trim_end().len());
    said
}

impl RunEndingCounts<'_> {
    /// `base deadlocks in 3 of 30 runs`, or that it does not.
    fn words(&self) -> String {
        let of = |count: u32| match (count as usize, self.runs) {
            (_, 1) => String::new(),
            (count, runs) if count == runs => format!(" in all {runs} runs"),
            (count, runs) => format!(" in {count} of {runs} runs"),
        };
        let name = self.name;
        match (self.hung, self.given_up) {
            (0, 0) => format!("{name} does not deadlock"),
            (hung, 0) => format!("{name} deadlocks{}", of(hung)),
            (0, given_up) => format!("{name} was ended by a limit{}", of(given_up)),
            (hung, given_up) => {
                format!("{name} deadlocks{}, and was ended by a limit{}", of(hung), of(given_up))
            }
        }
    }
}

fn is_speed(metric: &Metric) -> bool {
    matches!(
        metric,
        Metric::Latency(..)
            | Metric::LatencyFinished(..)
            | Metric::Wait(..)
            | Metric::Late(..)
            | Metric::Makespan
            | Metric::Throughput(_)
    )
}

/// Whether the second is faster, and by what share; `None` if it may be neither.
fn faster(metric: &Metric, found: &MetricDifference) -> Option<(bool, Interval)> {
    let share = found.share.filter(|_| found.difference.is_some_and(|difference| !difference.holds(0.0)))?;
    let is_less = share.mean < 0.0;
    let size =
        if is_less { Interval { mean: -share.mean, low: -share.high, high: -share.low } } else { share };
    Some((is_less == (metric.better() != Better::Higher), size))
}

/// `12 % ± 3 %`, the mean no finer than the two digits of its interval.
fn spread(share: &Interval) -> String {
    let half = share.half_width();
    if half == 0.0 || !half.is_finite() {
        return percent(share.mean);
    }
    let digit = 10f64.powf(half.log10().floor() - 1.0);
    let [mean, half] = [(share.mean / digit).round(), (half / digit).ceil()].map(|x| x * digit);
    format!("{} ± {}", percent(mean), percent(half))
}

/// `40 threads more`; `None` if it may be chance, or is nothing anybody pays for.
fn cost((_, metric, found): &ComparedMetric<'_>) -> Option<String> {
    let difference = found.difference.filter(|difference| !difference.holds(0.0))?;
    let what = match metric {
        Metric::ThreadsMax => "threads",
        Metric::MemoryMax => "of memory",
        Metric::CpuTotal => "of CPU time",
        _ => return None,
    };
    let more = if difference.mean > 0.0 { "more" } else { "less" };
    let more = if matches!(metric, Metric::ThreadsMax) && more == "less" { "fewer" } else { more };
    let size = value(metric, (difference.mean.abs() * 100.0).round() / 100.0);
    let what = if size == "1" && what == "threads" { "thread" } else { what };
    Some(format!("{size} {what} {more}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::expectation::Statistic;
    use crate::model::id::TaskTypeId;

    fn found(mean: f64, half: f64, of: f64) -> MetricDifference {
        let interval =
            |by: f64| Interval { mean: mean / by, low: (mean - half) / by, high: (mean + half) / by };
        MetricDifference {
            first: None,
            second: None,
            difference: Some(interval(1.0)),
            share: Some(interval(of)),
            counted: [None; 2],
            only_first: 0,
            only_second: 0,
        }
    }

    #[test]
    fn it_says_what_there_is_no_doubt_of() {
        let latency = Metric::Latency(TaskTypeId(0), Statistic::Mean);
        let rate = Metric::Throughput(TaskTypeId(0));
        let (less, more, chance) = (found(-1.2, 0.3, 10.0), found(2.0, 0.5, 10.0), found(0.1, 0.2, 10.0));
        let threads = found(40.0, 0.0, 10.0);
        let bill =
            [("threads.max", &Metric::ThreadsMax, &threads), ("memory.max", &Metric::MemoryMax, &chance)];
        let ends = |name, hung| RunEndingCounts { name, runs: 30, hung, given_up: 0 };
        let whole = [ends("a", 0), ends("b", 0)];
        let say = |asked: &[ComparedMetric<'_>], bill: &[ComparedMetric<'_>]| sentence(whole, asked, bill);
        assert_eq!(
            say(&[("latency.x.mean", &latency, &less)], &bill),
            "b is faster by 12 % ± 3 % in latency.x.mean. It uses 40 threads more."
        );
        assert_eq!(
            say(&[("latency.x.mean", &latency, &more), ("throughput.x", &rate, &more)], &[]),
            "b is faster by 20 % ± 5 % in throughput.x, and slower by 20 % ± 5 % in latency.x.mean. It costs the same."
        );
        assert_eq!(
            say(&[("latency.x.mean", &latency, &chance)], &bill[1..]),
            "b is neither faster nor slower, as far as these runs can tell. It may cost more or less: these runs cannot tell."
        );
        assert_eq!(say(&[("failed", &Metric::Failed, &more)], &bill), "b uses 40 threads more.");
        let none = MetricDifference { difference: None, share: None, ..less };
        assert_eq!(
            sentence([ends("a", 30), ends("b", 0)], &[("latency.x.mean", &latency, &none)], &bill),
            "a deadlocks in all 30 runs; b does not deadlock. b uses 40 threads more."
        );
        assert_eq!(
            sentence([ends("a", 0), ends("b", 3)], &[("latency.x.mean", &latency, &less)], &bill),
            "a does not deadlock; b deadlocks in 3 of 30 runs. Where both come to an end, b is faster by 12 % ± 3 % in \
             latency.x.mean. b uses 40 threads more."
        );
    }
}
