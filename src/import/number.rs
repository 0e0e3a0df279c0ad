//! Numbers of a recording as whole nanoseconds, without a detour over floating point: Chrome's microseconds since the
//! epoch have more digits than a double holds.

use crate::model::time::SECOND;

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// The unit is seconds.
    Seconds,
    /// The unit is milliseconds.
    Millis,
    /// The unit is microseconds.
    Micros,
    /// The unit is nanoseconds.
    Nanos,
}

impl Unit {
    /// Returns the length of the unit in nanoseconds.
    pub fn nanos(self) -> u64 {
        match self {
            Unit::Seconds => SECOND,
            Unit::Millis => 1_000_000,
            Unit::Micros => 1_000,
            Unit::Nanos => 1,
        }
    }

    /// Returns the abbreviation of the unit.
    pub fn word(self) -> &'static str {
        match self {
            Unit::Seconds => "s",
            Unit::Millis => "ms",
            Unit::Micros => "us",
            Unit::Nanos => "ns",
        }
    }

    /// The unit that a word stands for: `ms`, `millis`, `milliseconds`, in any case.
    pub fn named(word: &str) -> Option<Unit> {
        Some(match word.to_ascii_lowercase().as_str() {
            "s" | "sec" | "secs" | "second" | "seconds" => Unit::Seconds,
            "ms" | "msec" | "msecs" | "milli" | "millis" | "millisecond" | "milliseconds" => Unit::Millis,
            "us" | "µs" | "μs" | "usec" | "usecs" | "micro" | "micros" | "microsecond" | "microseconds" => {
                Unit::Micros
            }
            "ns" | "nsec" | "nsecs" | "nano" | "nanos" | "nanosecond" | "nanoseconds" => Unit::Nanos,
            _ => return None,
        })
    }
}

/// Reads a decimal number (sign, point, exponent) as a multiple of `unit` nanoseconds, rounded to the nearest. `None` if it
/// is no number; numbers beyond a thousand years saturate.
pub(super) fn nanos(text: &str, unit: u64) -> Option<i128> {
    const MAX_DIGITS: usize = 24;
    const TOO_LONG: i128 = 1_000 * 366 * 86_400 * SECOND as i128;
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], exponent(&rest[at + 1..])?),
        None => (rest, 0),
    };
    let (whole, broken) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && broken.is_empty()) || !all_digits(whole) || !all_digits(broken) {
        return None;
    }
    let digits = whole.bytes().chain(broken.bytes()).skip_while(|digit| *digit == b'0');
    let leading = whole.bytes().chain(broken.bytes()).take_while(|digit| *digit == b'0').count();
    let count = whole.len() + broken.len() - leading;
    let value = digits.take(MAX_DIGITS).fold(0i128, |value, digit| value * 10 + i128::from(digit - b'0'));
    // Digits that were left out at the end count as zeros.
    let power = exponent - broken.len() as i64 + count.saturating_sub(MAX_DIGITS) as i64;
    let value = value * i128::from(unit);
    let magnitude = match power {
        _ if value == 0 => 0,
        0.. => u32::try_from(power)
            .ok()
            .and_then(|power| 10i128.checked_pow(power))
            .and_then(|scale| value.checked_mul(scale))
            .map_or(TOO_LONG, |value| value.min(TOO_LONG)),
        _ => u32::try_from(-power)
            .ok()
            .and_then(|power| 10i128.checked_pow(power))
            .map_or(0, |scale| ((value + scale / 2) / scale).min(TOO_LONG)),
    };
    Some(if negative { -magnitude } else { magnitude })
}

fn exponent(text: &str) -> Option<i64> {
    let value: i64 = text.parse().ok()?;
    Some(value.clamp(-1_000, 1_000))
}

/// Reads a number with its unit behind it, such as `250ms` or `1.5 s`.
pub(super) fn with_unit(text: &str) -> Option<i128> {
    let digits = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')))?;
    let unit = Unit::named(text[digits..].trim_start())?;
    nanos(&text[..digits], unit.nanos())
}

/// Reads a duration as a clock shows it, with days in front: `00:05:00`, `1-00:00:00.5`.
pub(super) fn clock(text: &str) -> Option<i128> {
    let (days, rest) = match text.split_once('-') {
        Some((days, rest)) => (days.parse::<u32>().ok()?, rest),
        None => (0, text),
    };
    let mut fields = rest.splitn(3, ':');
    let hours: u32 = fields.next()?.parse().ok()?;
    let minutes: u32 = fields.next()?.parse().ok().filter(|minutes| *minutes < 60)?;
    let seconds =
        nanos(fields.next()?, SECOND).filter(|seconds| (0..60 * i128::from(SECOND)).contains(seconds))?;
    let whole = (i128::from(days) * 24 + i128::from(hours)) * 3_600 + i128::from(minutes) * 60;
    Some(whole * i128::from(SECOND) + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact() {
        for (text, unit, expected) in [
            ("0", 1_000, Some(0)),
            ("1.5", SECOND, Some(1_500_000_000)),
            ("1764038923456789.123", 1_000, Some(1_764_038_923_456_789_123)),
            ("1.25e3", 1_000_000, Some(1_250_000_000)),
            ("-0.5", SECOND, Some(-500_000_000)),
            (".5", SECOND, Some(500_000_000)),
            ("5.", SECOND, Some(5_000_000_000)),
            ("0.0000000004", SECOND, Some(0)),
            ("0.00000000000000000000000000000001", SECOND, Some(0)),
            ("", 1, None),
            (".", 1, None),
            ("1e", 1, None),
            ("NaN", 1, None),
            ("1,5", 1, None),
        ] {
            assert_eq!(nanos(text, unit), expected, "{text}");
        }
        let long = nanos("1e300", SECOND).expect("a number");
        assert_eq!(nanos("99999999999999999999999999999999999999999999", SECOND), Some(long));
        assert_eq!(nanos("1e-300", SECOND), Some(0));
    }

    #[test]
    fn a_number_may_have_its_unit() {
        assert_eq!(with_unit("250ms"), Some(250_000_000));
        assert_eq!(with_unit("1.5 s"), Some(1_500_000_000));
        assert_eq!(with_unit("3 µs"), Some(3_000));
        assert_eq!(with_unit("12"), None);
        assert_eq!(with_unit("12 apples"), None);
    }

    #[test]
    fn a_duration_may_be_what_a_clock_shows() {
        let second = i128::from(SECOND);
        assert_eq!(clock("00:06:02"), Some(362 * second));
        assert_eq!(clock("1-00:00:00.5"), Some(86_400 * second + second / 2));
        for text in ["12", "05:00", "00:60:00", "00:00:60", "-1:00:00", "a:b:c", ""] {
            assert_eq!(clock(text), None, "{text}");
        }
    }
}
