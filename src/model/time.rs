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

    /// Creates a duration of whole seconds.
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

/// As a person would write it: `0 s`, `1.5 s`, `250 ms`, `2 m 05 s`, `3 h 00 m`, rounded to three decimals, hours to whole
/// minutes.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&if self.is_forever() { "forever".to_owned() } else { in_full(self.rounded().0) })
    }
}

impl Duration {
    /// Written as by `Display`, but with every digit: `3 h 00 m 00.000000001 s`.
    pub fn in_full(self) -> String {
        if self.is_forever() { self.to_string() } else { in_full(self.0) }
    }

    /// The nearest length that `Display` can write. What is rounded up may fall into the next unit: 59.9999 s is a minute.
    pub(crate) fn rounded(self) -> Duration {
        let grain = match self.0 {
            n if n < 1_000_000 => 1,
            n if n < SECOND => 1_000,
            n if n < HOUR => 1_000_000,
            _ => MINUTE,
        };
        Duration(self.0.saturating_add(grain / 2) / grain * grain)
    }
}

const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

fn in_full(nanos: u64) -> String {
    match nanos {
        0 => "0 s".to_owned(),
        n if n < 1_000 => format!("{n} ns"),
        n if n < 1_000_000 => format!("{} µs", decimal(n, 1_000)),
        n if n < SECOND => format!("{} ms", decimal(n, 1_000_000)),
        n if n < MINUTE => format!("{} s", decimal(n, SECOND)),
        n if n < HOUR => format!("{} m {} s", n / MINUTE, two_digits(n % MINUTE)),
        n => {
            let (minutes, rest) = (n % HOUR / MINUTE, n % MINUTE);
            let seconds = if rest == 0 { String::new() } else { format!(" {} s", two_digits(rest)) };
            format!("{} h {minutes:02} m{seconds}", n / HOUR)
        }
    }
}

/// Seconds below a minute, with two digits before the point.
fn two_digits(nanos: u64) -> String {
    format!("{}{}", if nanos < 10 * SECOND { "0" } else { "" }, decimal(nanos, SECOND))
}

/// `n / unit` without trailing zeros, in integers so that it never misrounds. `unit` is a power of ten.
fn decimal(n: u64, unit: u64) -> String {
    let (whole, rest) = (n / unit, n % unit);
    if rest == 0 {
        return whole.to_string();
    }
    let places = unit.ilog10() as usize;
    format!("{whole}.{rest:0places$}").trim_end_matches('0').to_owned()
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
            (1_999_900_000, "2 s"),
            (1_234_567, "1.235 ms"),
            (999_999_999, "1 s"),
            (59_999_900_000, "1 m 00 s"),
            (3_599_999_900_000, "1 h 00 m"),
            (89 * 60 * SECOND + 59 * SECOND, "1 h 30 m"),
            (1_999_900_000, "2 s"),
            (1_234_567, "1.235 ms"),
            (999_999_999, "1 s"),
            (59_999_900_000, "1 m 00 s"),
            (3_599_999_900_000, "1 h 00 m"),
            (89 * 60 * SECOND + 59 * SECOND, "1 h 30 m"),
            (125 * SECOND, "2 m 05 s"),
            (600 * SECOND, "10 m 00 s"),
            (3 * 3600 * SECOND, "3 h 00 m"),
            (u64::MAX, "forever"),
        ] {
            assert_eq!(Duration(nanos).to_string(), text);
        }
    }

    #[test]
    fn in_full_no_digit_is_lost() {
        for (nanos, text) in [
            (1_234_567, "1.234567 ms"),
            (1_999_900_000, "1.9999 s"),
            (3600 * SECOND, "1 h 00 m"),
            (3600 * SECOND + 1, "1 h 00 m 00.000000001 s"),
            (65_000_000_001, "1 m 05.000000001 s"),
            (u64::MAX - 1, "5124095 h 34 m 33.709551614 s"),
        ] {
            assert_eq!(Duration(nanos).in_full(), text);
        }
    }

    #[test]
    fn adding_to_an_instant_saturates() {
        assert_eq!(Time(5) + Duration::FOREVER, Time::NEVER);
    }
}
