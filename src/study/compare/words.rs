//! Figures of a comparison as a person writes them: each metric in its own unit, with its interval.

use crate::analysis::expect::SampleCounts;
use crate::analysis::interval::Interval;
use crate::analysis::written;
use crate::model::expectation::{Metric, Unit};
use crate::study::replicate::MetricEstimate;

/// What stands where there is nothing to say.
pub const NONE: &str = "–";

/// A metric's value in its unit.
pub fn value(metric: &Metric, value: f64) -> String {
    written::figure(metric.unit(), value)
}

/// A share in percent.
pub fn percent(share: f64) -> String {
    written::figure(Unit::Share, share)
}

/// A share with its sign, of which a plus is left to [`change`].
pub fn signed_percent(share: f64) -> String {
    if share < 0.0 { format!("−{}", percent(-share)) } else { percent(share) }
}

/// A difference with its sign.
pub fn change(found: Option<Interval>, write: impl Fn(f64) -> String) -> String {
    found.map_or_else(
        || NONE.to_owned(),
        |found| {
            let sign = if found.mean > 0.0 { "+" } else { "" };
            sign.to_owned() + &interval(write, &found)
        },
    )
}

/// An estimate with its interval: `1.2 s ± 30 ms`; a truth as the share of runs, `35 % (22 % to 50 %)`. Where it is not of
/// all tasks it says of how many: `unbounded: 2 of 50 finished`, `says nothing: 11 of 1 262 finished`. A line may break at
/// the tabs in it, and nowhere else.
pub fn estimate(metric: &Metric, estimate: Option<MetricEstimate>, counted: Option<SampleCounts>) -> String {
    let counted = counted.filter(|counted| counted.known < counted.total);
    let Some(MetricEstimate { interval, .. }) = estimate else {
        let of = |counted: SampleCounts| format!("says nothing:\t{} finished", counted.words());
        return counted.map_or(NONE.to_owned(), of);
    };
    let whole = figure(metric, interval);
    match counted {
        None => whole,
        Some(counted) if interval.mean.is_finite() => format!("{whole},\tof {}", counted.words()),
        Some(counted) => format!("{whole}:\t{} finished", counted.words()),
    }
}

fn figure(metric: &Metric, interval: Interval) -> String {
    let is_truth = matches!(metric, Metric::Deadlock | Metric::Stuck);
    match is_truth {
        true if interval.low == interval.high => if interval.mean > 0.0 { "yes" } else { "no" }.to_owned(),
        true => {
            let [mean, low, high] = [interval.mean, interval.low, interval.high].map(whole_percent);
            format!("{mean}\t({low} to {high})")
        }
        false => self::interval(|x| value(metric, x), &interval),
    }
}

fn whole_percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A mean and how far its interval reaches.
pub fn interval(write: impl Fn(f64) -> String, interval: &Interval) -> String {
    let mean = write(interval.mean);
    match interval.half_width() {
        0.0 => mean,
        half if half.is_finite() => format!("{mean}\t± {}", write(round_up(half))),
        _ => format!("{mean}\t± ?"),
    }
}

/// Two significant digits are enough for half an interval.
fn round_up(half: f64) -> f64 {
    let scale = 10f64.powf(half.log10().floor() - 1.0);
    (half / scale).ceil() * scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        let wide = Interval { mean: 1.2345, low: 1.2, high: 1.269 };
        assert_eq!(interval(|x| value(&Metric::Makespan, x), &wide), "1.234 s\t± 35 ms");
        assert_eq!(percent(0.1), "10 %");
        assert_eq!(change(Some(Interval::exact(-0.25)), signed_percent), "−25 %");
        assert_eq!(change(None, signed_percent), NONE);
    }
}
