//! Durations that are drawn. Plain data: the engine makes the draws.

use super::time::{Duration, SECOND};

/// A distribution of durations; parameters in nanoseconds (`f64` where a formula takes them).
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same.
    Fixed(Duration),
    /// Exponential with this mean.
    Exponential {
        /// Mean, in nanoseconds.
        mean: f64,
    },
    /// Uniform on `[low, high]`.
    Uniform {
        /// Least value, inclusive.
        low: Duration,
        /// Greatest value, inclusive.
        high: Duration,
    },
    /// Normal, cut at zero: a negative draw becomes zero.
    Normal {
        /// Mean before the cut, in nanoseconds.
        mean: f64,
        /// Standard deviation before the cut, in nanoseconds.
        deviation: f64,
    },
    /// Log-normal: `exp(mu + sigma * Z)` nanoseconds.
    LogNormal {
        /// Logarithm of the median in nanoseconds.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Erlang: the sum of `stages` exponentials, `mean` in all.
    Erlang {
        /// Number of exponential stages, at least 1.
        stages: u32,
        /// Mean of the sum, in nanoseconds.
        mean: f64,
    },
    /// Pareto type I: `scale * U^(-1/shape)`.
    Pareto {
        /// Least value, in nanoseconds.
        scale: f64,
        /// Tail index; the mean is infinite at 1 and below.
        shape: f64,
    },
    /// One of these, with these weights (not necessarily summing to one).
    Choice(Vec<(Duration, f64)>),
    /// These values in turn, from the first again after the last.
    Trace(Vec<Duration>),
}

impl Distribution {
    /// The one value it can take, if there is only one.
    pub fn fixed(&self) -> Option<Duration> {
        match self {
            Distribution::Fixed(value) => Some(*value),
            Distribution::Exponential { .. }
            | Distribution::Uniform { .. }
            | Distribution::Normal { .. }
            | Distribution::LogNormal { .. }
            | Distribution::Erlang { .. }
            | Distribution::Pareto { .. }
            | Distribution::Choice(_)
            | Distribution::Trace(_) => None,
        }
    }

    /// Whether two seeds can give different values.
    pub fn is_random(&self) -> bool {
        match self {
            Distribution::Fixed(_) | Distribution::Trace(_) => false,
            Distribution::Exponential { .. }
            | Distribution::Uniform { .. }
            | Distribution::Normal { .. }
            | Distribution::LogNormal { .. }
            | Distribution::Erlang { .. }
            | Distribution::Pareto { .. }
            | Distribution::Choice(_) => true,
        }
    }

    /// Whether one of its values is `forever`.
    pub fn can_be_forever(&self) -> bool {
        match self {
            Distribution::Fixed(value) => value.is_forever(),
            Distribution::Choice(values) => values.iter().any(|(value, _)| value.is_forever()),
            Distribution::Trace(values) => values.iter().any(|value| value.is_forever()),
            Distribution::Exponential { .. }
            | Distribution::Uniform { .. }
            | Distribution::Normal { .. }
            | Distribution::LogNormal { .. }
            | Distribution::Erlang { .. }
            | Distribution::Pareto { .. } => false,
        }
    }

    /// Its mean, in nanoseconds; infinite where there is none, or where it can be `forever`.
    pub fn mean(&self) -> f64 {
        let length = |value: Duration| if value.is_forever() { f64::INFINITY } else { value.0 as f64 };
        match self {
            Distribution::Fixed(value) => length(*value),
            Distribution::Exponential { mean } | Distribution::Erlang { mean, .. } => *mean,
            Distribution::Uniform { low, high } => f64::midpoint(low.0 as f64, high.0 as f64),
            Distribution::Normal { mean, deviation } => cut_normal_mean(*mean, *deviation),
            Distribution::LogNormal { mu, sigma } => libm::exp(mu + sigma * sigma / 2.0),
            Distribution::Pareto { shape, .. } if *shape <= 1.0 => f64::INFINITY,
            Distribution::Pareto { scale, shape } => scale * shape / (shape - 1.0),
            Distribution::Choice(choices) => {
                let weights: f64 = choices.iter().map(|(_, weight)| weight).sum();
                let sum: f64 = choices.iter().map(|(value, weight)| length(*value) * weight).sum();
                sum / weights
            }
            Distribution::Trace(values) => {
                values.iter().map(|value| length(*value)).sum::<f64>() / values.len() as f64
            }
        }
    }

    /// `lognormal(median, p99)`: the 99th percentile of the standard normal is 2.3263478740408408
    /// (Abramowitz & Stegun, table 26.1).
    pub fn lognormal(median: Duration, p99: Duration) -> Distribution {
        const Z99: f64 = 2.326_347_874_040_840_8;
        let mu = libm::log(median.0 as f64);
        Distribution::LogNormal { mu, sigma: (libm::log(p99.0 as f64) - mu) / Z99 }
    }

    /// A Poisson process of `rate` events a second has exponential gaps of this distribution.
    pub fn gaps_of_rate(rate: f64) -> Distribution {
        Distribution::Exponential { mean: SECOND as f64 / rate }
    }
}

/// The mean of a normal distribution whose negative values count as zero: `m Φ(m/s) + s φ(m/s)`.
fn cut_normal_mean(mean: f64, deviation: f64) -> f64 {
    if deviation == 0.0 {
        return mean.max(0.0);
    }
    let z = mean / deviation;
    let below = libm::erfc(-z / std::f64::consts::SQRT_2) / 2.0;
    let density = libm::exp(-z * z / 2.0) / libm::sqrt(2.0 * std::f64::consts::PI);
    mean * below + deviation * density
}
