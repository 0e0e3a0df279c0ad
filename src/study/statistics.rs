//! What can be said of a number that was measured in several independent runs: its mean with Student's
//! interval, a share with Wilson's.
//!
//! Invariant: a function of its values in their order, so that it does not matter who computed them. An
//! interval over one value is unbounded: one run says nothing about the next. Deliberately absent: where
//! the values come from, and what a run of dependent values says (see [`super::steady`]).

pub use crate::analysis::interval::Interval;

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// How often an interval holds what it is about, unless said otherwise.
pub const CONFIDENCE: f64 = 0.95;

/// The quantile of Student's t with `degrees` degrees of freedom that leaves `(1 - confidence) / 2` above it.
///
/// # Panics
/// If there are no degrees of freedom, or the confidence is not between 0 and 1.
pub fn student(degrees: u64, confidence: f64) -> f64 {
    let t = StudentsT::new(0.0, 1.0, degrees as f64).expect("at least one degree of freedom");
    t.inverse_cdf(0.5 + confidence / 2.0)
}

/// The mean of the values, by the order they stand in; `None` of none.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The variance of the population that the values are a sample of; `None` of fewer than two.
pub fn variance(values: &[f64]) -> Option<f64> {
    let mean = mean(values).filter(|_| values.len() > 1)?;
    let squares = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
    Some(squares / (values.len() - 1) as f64)
}

/// The mean of independent values with Student's interval; `None` of none.
pub fn mean_interval(values: &[f64], confidence: f64) -> Option<Interval> {
    let mean = mean(values).filter(|mean| !mean.is_nan())?;
    if mean.is_infinite() {
        // In one of the runs it is beyond any bound, and no more runs will change that.
        return Some(Interval::exact(mean));
    }
    let Some(variance) = variance(values) else {
        return Some(Interval { mean, low: f64::NEG_INFINITY, high: f64::INFINITY });
    };
    if variance == 0.0 {
        return Some(Interval::exact(mean));
    }
    let half = student(values.len() as u64 - 1, confidence) * (variance / values.len() as f64).sqrt();
    Some(Interval { mean, low: mean - half, high: mean + half })
}

/// A share of `hits` in `runs` with the score interval (E. B. Wilson, "Probable inference, the law of
/// succession, and statistical inference", JASA 22, 1927): unlike the textbook's normal one it is sound for
/// shares at and near 0 and 1. `None` of no runs.
pub fn wilson(hits: u64, runs: u64, confidence: f64) -> Option<Interval> {
    if runs == 0 {
        return None;
    }
    let z = Normal::standard().inverse_cdf(0.5 + confidence / 2.0);
    let (n, share) = (runs as f64, hits as f64 / runs as f64);
    let centre = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let low = if hits == 0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if hits == runs { 1.0 } else { (centre + half).min(1.0) };
    Some(Interval { mean: share, low, high })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn student_is_that_of_the_tables() {
        // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, column 0.975 and 0.995.
        for (degrees, at_95, at_99) in [
            (1, 12.706, 63.657),
            (2, 4.303, 9.925),
            (9, 2.262, 3.250),
            (30, 2.042, 2.750),
            (100, 1.984, 2.626),
        ] {
            assert!((student(degrees, 0.95) - at_95).abs() < 6e-4, "{degrees}: {}", student(degrees, 0.95));
            assert!((student(degrees, 0.99) - at_99).abs() < 6e-4, "{degrees}: {}", student(degrees, 0.99));
        }
    }

    #[test]
    fn a_mean_comes_with_its_interval() {
        let interval = mean_interval(&[9.0, 10.0, 11.0], 0.95).expect("three values");
        // 10 ± 4.303 * 1 / sqrt(3)
        assert!((interval.mean - 10.0).abs() < 1e-12 && (interval.half_width() - 2.484).abs() < 1e-3);
        assert!(interval.is_within(0.25) && !interval.is_within(0.24));
        assert_eq!(mean_interval(&[], 0.95), None);
        assert_eq!(mean_interval(&[2.0, 2.0], 0.95), Some(Interval::exact(2.0)));
        let one = mean_interval(&[2.0], 0.95).expect("a value");
        assert!(one.mean == 2.0 && one.holds(1e9) && !one.is_within(0.5));
    }

    #[test]
    fn shares_near_the_ends_keep_a_sensible_interval() {
        // Wilson's interval of 0 in 10 is [0, z²/(10 + z²)]; of 5 in 10 it is 0.2366 to 0.7634.
        let none = wilson(0, 10, 0.95).expect("runs");
        assert!(none.low == 0.0 && (none.high - 0.2775).abs() < 1e-4, "{none:?}");
        let half = wilson(5, 10, 0.95).expect("runs");
        assert!((half.low - 0.2366).abs() < 1e-4 && (half.high - 0.7634).abs() < 1e-4, "{half:?}");
        let all = wilson(10, 10, 0.95).expect("runs");
        assert!(all.high == 1.0 && (all.low - 0.7225).abs() < 1e-4, "{all:?}");
        assert_eq!(wilson(0, 0, 0.95), None);
    }
}
