//! Virtual time: whole nanoseconds, so that every machine counts alike.

use std::fmt;
use std::ops::{Add, Sub};

/// Nanoseconds in a second.
pub const SECOND: u64 = 1_000_000_000;

/// An instant of virtual time, in nanoseconds since the run began.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    zerocopy::FromBytes,
    zerocopy::IntoBytes,
    zerocopy::Immutable,
    zerocopy::KnownLayout,
)]
#[serde(transparent)]
#[repr(transparent)]
pub struct Time(pub u64);

/// A length of virtual time, in nanoseconds. [`Duration::FOREVER`] is longer than any run.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Duration(pub u64);

impl Time {
    /// The instant at which a run begins.
    pub const ZERO: Time = Time(0);
    /// Later than anything that happens.
    pub const NEVER: Time = Time(u64::MAX);

    /// Seconds since the run began. For display and statistics only: never feeds back into a run.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / SECOND as f64
    }

    /// The time from `earlier` to here; zero if `earlier` is later.
    pub fn since(self, earlier: Time) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

impl Duration {
    /// No time at all.
    pub const ZERO: Duration = Duration(0);
    /// `forever` in a scenario: the step that takes it never ends.
    pub const FOREVER: Duration = Duration(u64::MAX);

    /// Whole seconds.
    pub const fn from_secs(seconds: u64) -> Duration {
        Duration(seconds.saturating_mul(SECOND))
    }

    /// Rounds to the nearest nanosecond; negative and NaN become zero, too large becomes forever.
    pub fn from_seconds_f64(seconds: f64) -> Duration {
        let nanos = libm::round(seconds * SECOND as f64);
        // `as` saturates at both ends and takes NaN to 0, on every target.
        Duration(nanos as u64)
    }

    /// Length in seconds, for display and statistics.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / SECOND as f64
    }

    /// Whether this is [`Duration::FOREVER`].
    pub fn is_forever(self) -> bool {
        self == Duration::FOREVER
    }
}

impl Add<Duration> for Time {
    type Output = Time;
    /// Saturates at [`Time::NEVER`].
    fn add(self, length: Duration) -> Time {
        Time(self.0.saturating_add(length.0))
    }
}

impl Sub<Time> for Time {
    type Output = Duration;
    /// # Panics
    /// If `earlier` is later than `self`: time does not run backwards, so that is a bug of ours.
    fn sub(self, earlier: Time) -> Duration {
        Duration(self.0.checked_sub(earlier.0).expect("time runs forwards"))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Duration(self.0).fmt(f)
    }
}

/// As a person would write it: `0 s`, `1.5 s`, `250 ms`, `2 m 05 s`, `3 h 00 m`, at most three decimals.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = if self.is_forever() { "forever".to_owned() } else { humane(self.0) };
        f.pad(&text)
    }
}

fn humane(nanos: u64) -> String {
    const MINUTE: u64 = 60 * SECOND;
    const HOUR: u64 = 60 * MINUTE;
    match nanos {
        0 => "0 s".to_owned(),
        n if n < 1_000 => format!("{n} ns"),
        n if n < 1_000_000 => format!("{} µs", decimal(n, 1_000)),
        n if n < SECOND => format!("{} ms", decimal(n, 1_000_000)),
        n if n < MINUTE => format!("{} s", decimal(n, SECOND)),
        n if n < HOUR => {
            let (minutes, rest) = (n / MINUTE, n % MINUTE);
            let pad = if rest < 10 * SECOND { "0" } else { "" };
            format!("{minutes} m {pad}{} s", decimal(rest, SECOND))
        }
        n => format!("{} h {:02} m", n / HOUR, n % HOUR / MINUTE),
    }
}

/// `n / unit` with at most three decimals and no trailing zeros, in integers so that it never misrounds.
fn decimal(n: u64, unit: u64) -> String {
    let (whole, thousandths) = (n / unit, n % unit * 1_000 / unit);
    if thousandths == 0 {
        return whole.to_string();
    }
    format!("{whole}.{thousandths:03}").trim_end_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_a_person_writes_them() {
        for (nanos, text) in [
            (0, "0 s"),
            (900, "900 ns"),
            (1_500, "1.5 µs"),
            (250_000_000, "250 ms"),
            (1_500_000_000, "1.5 s"),
            (125 * SECOND, "2 m 05 s"),
            (600 * SECOND, "10 m 00 s"),
            (3 * 3600 * SECOND, "3 h 00 m"),
            (u64::MAX, "forever"),
        ] {
            assert_eq!(Duration(nanos).to_string(), text);
        }
    }

    #[test]
    fn adding_to_an_instant_saturates() {
        assert_eq!(Time(5) + Duration::FOREVER, Time::NEVER);
    }
}
