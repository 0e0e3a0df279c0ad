//! A number that was measured in several runs, and how far it can be trusted.
//!
//! Invariant: plain data; the ends are infinite where nothing is known of them. How they are found is
//! deliberately absent: the studies do that.

use serde::{Deserialize, Serialize};

/// A mean and what surrounds it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The mean of the values, or the share.
    pub mean: f64,
    /// The lower end; minus infinity if there is none.
    pub low: f64,
    /// The upper end; infinity if there is none.
    pub high: f64,
}

impl Interval {
    /// What is known exactly.
    pub fn exact(value: f64) -> Interval {
        Interval { mean: value, low: value, high: value }
    }

    /// Half its width.
    pub fn half_width(&self) -> f64 {
        // What is known to be beyond any bound is known exactly.
        if self.low == self.high { 0.0 } else { (self.high - self.low) / 2.0 }
    }

    /// Whether it reaches at most this share of the mean to either side. An interval about 0 is never
    /// that narrow unless it is a point.
    pub fn is_within(&self, share: f64) -> bool {
        self.half_width() <= share * self.mean.abs()
    }

    /// Whether it holds this value.
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}
