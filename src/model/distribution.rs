//! Durations that are drawn. Plain data: how a draw is made is the engine's affair.

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
        /// Least value.
        low: Duration,
        /// Greatest value.
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
