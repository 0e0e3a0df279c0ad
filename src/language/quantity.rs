//! Durations, memory, rates and shares as a document writes them, and back.
//!
//! Durations are read and written in integers: `0.4s` is exactly 400 000 000 ns.

use super::text::TextError;
use crate::model::time::{Duration, SECOND};

/// The units of a duration, in nanoseconds, longest first.
const UNITS: [(&str, u64); 6] =
    [("h", 3600 * SECOND), ("m", 60 * SECOND), ("s", SECOND), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)];

/// The units of memory, in bytes.
const SIZES: [(&str, u64); 10] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("kB", 1_000),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
];

const DURATION_HELP: &str = "write a number with its unit, such as 250ms, 1.5s, 2m or 1h (ns us ms s m h)";

fn mistake(text: &str, message: String, help: &str) -> TextError {
    TextError::new(0..text.len(), message).help(help)
}

/// A number (whole part, digits after the point) and what follows it.
fn split_number(text: &str) -> Option<(&str, &str, &str)> {
    let whole = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if whole == 0 {
        return None;
    }
    let Some(rest) = text[whole..].strip_prefix('.') else {
        return Some((&text[..whole], "", &text[whole..]));
    };
    let broken = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    (broken > 0).then(|| (&text[..whole], &rest[..broken], &rest[broken..]))
}

/// `number * unit`, rounded to the nearest whole; `None` if that does not fit.
fn scale(whole: &str, broken: &str, unit: u64) -> Option<u64> {
    let whole: u64 = whole.parse().ok()?;
    // More digits than this cannot matter: a nanosecond is the 14th decimal of an hour.
    let digits = &broken[..broken.len().min(18)];
    let part = if digits.is_empty() { 0 } else { digits.parse::<u128>().ok()? };
    let power = 10u128.pow(digits.len() as u32);
    let part = (part * u128::from(unit) + power / 2) / power;
    whole.checked_mul(unit)?.checked_add(u64::try_from(part).ok()?)
}

/// Reads a duration: `250ms`, `1.5s`, `forever`.
pub(super) fn duration(text: &str) -> Result<Duration, TextError> {
    if text == "forever" {
        return Ok(Duration::FOREVER);
    }
    let Some((whole, broken, unit)) = split_number(text) else {
        return Err(mistake(text, format!("`{text}` is not a duration"), DURATION_HELP));
    };
    if unit.is_empty() {
        return Err(mistake(text, format!("the duration `{text}` has no unit"), DURATION_HELP));
    }
    let Some((_, factor)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        let unit = unit.trim();
        if UNITS.iter().any(|(name, _)| *name == unit) {
            let message = format!("the duration `{text}` must not contain a space");
            return Err(mistake(text, message, DURATION_HELP));
        }
        return Err(mistake(text, format!("`{unit}` is not a unit of time"), DURATION_HELP));
    };
    let is_nothing = whole.bytes().chain(broken.bytes()).all(|digit| digit == b'0');
    match scale(whole, broken, *factor) {
        Some(0) if !is_nothing => {
            let message = format!("the duration `{text}` is shorter than a nanosecond");
            Err(mistake(text, message, "virtual time is whole nanoseconds; write 1ns, or 0s"))
        }
        Some(nanos) if nanos < u64::MAX => Ok(Duration(nanos)),
        Some(_) | None => {
            let help = "virtual time ends after 584 years; for a step that never ends write forever";
            Err(mistake(text, format!("the duration `{text}` is too long"), help))
        }
    }
}

/// A duration that is not `forever`.
pub(super) fn finite(text: &str) -> Result<Duration, TextError> {
    let read = duration(text)?;
    if read.is_forever() {
        let message = "`forever` is not allowed here".to_owned();
        return Err(mistake(text, message, DURATION_HELP));
    }
    Ok(read)
}

/// Writes a duration so that it reads back as the same one.
pub fn duration_text(duration: Duration) -> String {
    let nanos = duration.0;
    if duration.is_forever() {
        return "forever".to_owned();
    }
    if nanos == 0 {
        return "0s".to_owned();
    }
    // The longest unit that needs no decimals; short of that, a unit with at most three.
    for (name, unit) in UNITS {
        if nanos.is_multiple_of(unit) && (unit <= SECOND || nanos / unit <= 120) {
            return format!("{}{name}", nanos / unit);
        }
        if unit <= SECOND && nanos > unit && nanos < u64::MAX / 1_000 && (nanos * 1_000).is_multiple_of(unit)
        {
            let thousandths = nanos % unit * 1_000 / unit;
            let text = format!("{}.{thousandths:03}", nanos / unit);
            return format!("{}{name}", text.trim_end_matches('0'));
        }
    }
    format!("{nanos}ns")
}

/// Reads an amount of memory: `8MiB`, `64 KiB`, `4096`.
pub(super) fn memory(text: &str) -> Result<u64, TextError> {
    const HELP: &str = "write a number of bytes, or one with its unit, such as 64KiB, 8MiB or 1GiB";
    let Some((whole, broken, unit)) = split_number(text.trim()) else {
        return Err(mistake(text, format!("`{text}` is not an amount of memory"), HELP));
    };
    let unit = unit.trim_start();
    let Some((_, factor)) = SIZES.iter().find(|(name, _)| *name == unit || unit.is_empty()) else {
        return Err(mistake(text, format!("`{unit}` is not a unit of memory"), HELP));
    };
    let message = || mistake(text, format!("`{text}` is too much memory"), HELP);
    scale(whole, broken, *factor).ok_or_else(message)
}

/// Reads a rate, `5/s`, `0.5/m`, as events a second.
pub(super) fn rate(text: &str) -> Result<f64, TextError> {
    const HELP: &str = "write a number of events for each unit of time, such as 5/s, 0.5/m or 100/h";
    let wrong = || mistake(text, format!("`{text}` is not a rate"), HELP);
    let (number, unit) = text.split_once('/').ok_or_else(wrong)?;
    let (number, unit) = (number.trim(), unit.trim());
    let (_, nanos) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
    let number = plain_number(number).ok_or_else(wrong)?;
    let rate = if *nanos == SECOND { number } else { number * (SECOND as f64 / *nanos as f64) };
    if rate > 0.0 && rate.is_finite() {
        return Ok(rate);
    }
    Err(mistake(text, format!("the rate `{text}` is not above 0"), HELP))
}

/// Reads a share: `0.8` or `80%`.
pub(super) fn share(text: &str) -> Result<f64, TextError> {
    const HELP: &str = "write a share between 0 and 1, or a percentage such as 80%";
    let read = match text.strip_suffix('%') {
        Some(percent) => plain_number(percent.trim()).map(|percent| percent / 100.0),
        None => plain_number(text),
    };
    read.ok_or_else(|| mistake(text, format!("`{text}` is not a share"), HELP))
}

/// Reads a plain number: digits with a point, an exponent, a sign; never `inf` or `nan`.
pub(super) fn plain_number(text: &str) -> Option<f64> {
    let looks_right = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    text.parse::<f64>().ok().filter(|number| looks_right && number.is_finite())
}

/// The number that a value of a document comes to: plain, or in seconds, bytes, events a second, or as a share;
/// `None` for anything else, `forever` included.
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let share = || share(text).ok();
    let seconds = || finite(text).ok().map(Duration::seconds);
    let bytes = || memory(text).ok().map(|bytes| bytes as f64);
    plain_number(text).or_else(share).or_else(seconds).or_else(bytes).or_else(|| rate(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_exact() {
        for (text, nanos) in [
            ("0s", 0),
            ("250ms", 250_000_000),
            ("0.4s", 400_000_000),
            ("1.5h", 5_400 * SECOND),
            ("0.0000000015s", 2),
            ("18446744073709551614ns", u64::MAX - 1),
            ("forever", u64::MAX),
        ] {
            assert_eq!(duration(text), Ok(Duration(nanos)), "{text}");
        }
        for text in ["", "1", "s", "-1s", "1 s", "1e3s", ".5s", "1.s", "1d", "18446744073709551615ns"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_written_duration_reads_back() {
        let mut nanos = 1u64;
        for step in 0..4000u64 {
            nanos = nanos.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(step);
            let value = Duration(nanos >> (step % 64));
            assert_eq!(duration(&duration_text(value)), Ok(value));
        }
        for text in ["1.5s", "250ms", "2m", "1h", "300s", "1.25ms", "0s", "forever"] {
            let written = duration_text(duration(text).unwrap());
            assert_eq!(duration(&written), duration(text));
        }
        assert_eq!(duration_text(Duration(1_500_000_000)), "1.5s");
        assert_eq!(duration_text(Duration(120 * SECOND)), "2m");
    }

    #[test]
    fn memory_rates_and_shares() {
        assert_eq!(memory("8MiB"), Ok(8 << 20));
        assert_eq!(memory("64 KiB"), Ok(64 << 10));
        assert_eq!(memory("4096"), Ok(4096));
        assert!(memory("8Mib").is_err());
        assert_eq!(rate("5/s"), Ok(5.0));
        assert_eq!(rate("30/m"), Ok(0.5));
        assert!(rate("0/s").is_err());
        assert_eq!(share("80%"), Ok(0.8));
        assert!(share("inf").is_err());
    }

    #[test]
    fn every_value_that_is_a_number_in_some_unit_is_one() {
        for (text, value) in
            [("8", 8.0), ("250ms", 0.25), ("1KiB", 1024.0), ("80%", 0.8), ("30/m", 0.5), (" 5 ", 5.0)]
        {
            assert_eq!(number(text), Some(value), "{text}");
        }
        for text in ["green", "", "forever", "exp(2s)", "nan"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
