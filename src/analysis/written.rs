//! Figures as a person writes them, each in its unit: `1.5 s`, `40 MiB`, `87.5 %`, `18/s`.
//!
//! Invariant: at most four significant digits, no trailing zeros, a space before every unit but `/s`.

use super::expect::bytes_text;
use super::prose::grouped;
use crate::model::expectation::Unit;
use crate::model::time::Duration;

/// A figure in its unit.
pub fn figure(unit: Unit, value: f64) -> String {
    if value < 0.0 {
        return format!("−{}", figure(unit, -value));
    }
    match unit {
        Unit::Seconds => seconds(value),
        Unit::Bytes => bytes_text(libm::round(value) as u64),
        Unit::Share => format!("{} %", number(value * 100.0)),
        Unit::Rate => format!("{}/s", number(value)),
        Unit::Count => number(value),
    }
}

/// Seconds to four significant digits.
pub fn seconds(seconds: f64) -> String {
    if seconds == 0.0 {
        return Duration::ZERO.to_string();
    }
    let scale = libm::pow(10.0, libm::floor(libm::log10(seconds.abs())) - 3.0);
    Duration::from_seconds_f64(libm::round(seconds / scale) * scale).to_string()
}

/// A number to four significant digits, a whole one in full.
pub fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return grouped(value as u64);
    }
    let decimals = 3 - (libm::floor(libm::log10(value.abs())) as i32).clamp(-6, 3);
    let text = format!("{value:.*}", decimals as usize);
    // A fraction that is rounded away leaves a whole number, whose zeros mean something.
    if !text.contains('.') {
        return text.parse().map_or(text, grouped);
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        for (unit, value, text) in [
            (Unit::Seconds, 1.234_567, "1.235 s"),
            (Unit::Seconds, 0.000_123_456, "123.5 µs"),
            (Unit::Seconds, 0.0, "0 s"),
            (Unit::Seconds, 304.0, "5 m 04 s"),
            (Unit::Seconds, -2.0, "−2 s"),
            (Unit::Bytes, 41_943_040.0, "40 MiB"),
            (Unit::Share, 0.875, "87.5 %"),
            (Unit::Share, 0.1, "10 %"),
            (Unit::Rate, 18.0, "18/s"),
            (Unit::Count, 1234.0, "1 234"),
            (Unit::Count, 123_450.4, "123 450"),
            (Unit::Count, 0.123_456_7, "0.1235"),
        ] {
            assert_eq!(figure(unit, value), text);
        }
    }
}
