//! Figures as a person writes them, each in its unit: `1.5 s`, `40 MiB`, `87.5 %`, `18/s`.
//!
//! Invariant: at most four significant digits, no trailing zeros, a space before every unit but `/s`. Beside a bound
//! that lies within that rounding there are as many more as show on which side of it the figure is.

use super::prose::grouped;
use crate::model::expectation::{Comparison, Unit};
use crate::model::time::Duration;

/// A figure in its unit.
pub fn figure(unit: Unit, value: f64) -> String {
    if value.is_infinite() {
        return "unbounded".to_owned();
    }
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

/// A figure beside what it is held against.
pub fn figure_beside(unit: Unit, value: f64, bound: f64) -> String {
    if value.is_infinite() {
        return figure(unit, value);
    }
    let is_told = |shown: f64| side(shown, bound) == side(value, bound);
    let near = match unit {
        Unit::Seconds => shown_seconds(value).seconds(),
        Unit::Bytes => shown_bytes(value),
        Unit::Share => shown_number(value * 100.0) / 100.0,
        Unit::Rate | Unit::Count => shown_number(value),
    };
    if is_told(near) {
        return figure(unit, value);
    }
    let digits = DIGITS + 1..=MAX_DIGITS;
    let finer = digits.map(|digits| to_digits(value, digits)).find(|shown| is_told(*shown)).unwrap_or(value);
    match unit {
        Unit::Seconds => Duration::from_seconds_f64(finer).in_full(),
        Unit::Bytes => format!("{} B", grouped_fraction(finer)),
        // Two digits of the share stand before the point of the percentage.
        Unit::Share => format!("{} %", to_digits(finer * 100.0, MAX_DIGITS)),
        Unit::Rate => format!("{}/s", grouped_fraction(finer)),
        Unit::Count => grouped_fraction(finer),
    }
}

/// Significant digits where nothing asks for more.
const DIGITS: i32 = 4;
/// As many as a double holds whatever its value.
const MAX_DIGITS: i32 = 15;

/// Whether a figure is below, at or above a bound, by the tolerance with which they are compared.
fn side(value: f64, bound: f64) -> std::cmp::Ordering {
    if Comparison::Equal.holds(value, bound) { std::cmp::Ordering::Equal } else { value.total_cmp(&bound) }
}

/// Rounded to this number of significant digits.
fn to_digits(value: f64, digits: i32) -> f64 {
    format!("{value:.*e}", digits.max(1) as usize - 1).parse().unwrap_or(value)
}

/// What [`number`] writes: whole digits are never rounded away.
fn shown_number(value: f64) -> f64 {
    if value.abs() >= 1000.0 { libm::round(value) } else { to_digits(value, DIGITS) }
}

/// A number whose whole part has its thousands set apart.
fn grouped_fraction(value: f64) -> String {
    let text = value.to_string();
    match text.split_once('.') {
        _ if value.abs() >= 1e15 => text,
        Some((whole, fraction)) => {
            format!("{}.{fraction}", whole.parse().map_or_else(|_| whole.to_owned(), grouped))
        }
        None => text.parse().map_or(text, grouped),
    }
}

/// The amount of memory that [`bytes_text`] writes.
fn shown_bytes(bytes: f64) -> f64 {
    let mut unit = 1.0;
    while bytes / unit >= 1024.0 && unit < 1e12 {
        unit *= 1024.0;
    }
    let decimals = if unit == 1.0 { 1.0 } else { 10.0 };
    libm::round(bytes / unit * decimals) / decimals * unit
}

/// Seconds to four significant digits.
pub fn seconds(seconds: f64) -> String {
    shown_seconds(seconds).to_string()
}

/// What [`seconds`] writes: hours to whole minutes.
fn shown_seconds(seconds: f64) -> Duration {
    Duration::from_seconds_f64(to_digits(seconds, DIGITS)).rounded()
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

/// Bytes as a person would write them, in binary units.
pub fn bytes_text(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let (mut size, mut unit) = (bytes as f64 / 1024.0, 0);
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    let text = format!("{size:.1}");
    format!("{} {}", text.trim_end_matches(".0"), UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_beside_a_bound_shows_on_which_side_it_is() {
        for (unit, value, bound, text) in [
            (Unit::Seconds, 1.9999, 1.9995, "2 s"),
            (Unit::Seconds, 1.9999, 1.999_95, "1.9999 s"),
            (Unit::Seconds, 1.9999, 2.0, "1.9999 s"),
            (Unit::Seconds, 1.9999, 3.0, "2 s"),
            (Unit::Seconds, 2.0, 2.0, "2 s"),
            (Unit::Seconds, 3600.5, 3600.0, "1 h 00 m 00.5 s"),
            (Unit::Seconds, 0.000_001_001, 0.000_001, "1.001 µs"),
            (Unit::Share, 0.800_01, 0.8, "80.001 %"),
            (Unit::Share, 0.812_34, 0.8, "81.23 %"),
            (Unit::Bytes, 65_540.0, 65_536.0, "65 540 B"),
            (Unit::Bytes, 65_536.0, 65_536.0, "64 KiB"),
            (Unit::Rate, 0.200_04, 0.2, "0.20004/s"),
            (Unit::Count, 12_345.5, 12_345.0, "12 346"),
            (Unit::Count, 12_345.2, 12_345.0, "12 345.2"),
        ] {
            assert_eq!(figure_beside(unit, value, bound), text);
        }
    }

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

    #[test]
    fn bytes_are_written_in_the_nearest_unit() {
        assert_eq!(bytes_text(512), "512 B");
        assert_eq!(bytes_text(8 << 20), "8 MiB");
        assert_eq!(bytes_text(1536), "1.5 KiB");
    }
}
