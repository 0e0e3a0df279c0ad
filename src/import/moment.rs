//! Points of calendar time as nanoseconds since 1970: RFC 3339 (and what logs make of it), and the `Nov 25 02:49:55` of
//! syslog.
//!
//! A moment without an offset is taken as UTC, one without a year as of one fixed year: only differences are used.

use crate::model::time::SECOND;

const DAY: i64 = 86_400;
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// The year of a moment that has none.
const SOME_YEAR: i64 = 1972;

/// Reads a moment that fills the whole text.
pub(super) fn whole(text: &str) -> Option<i128> {
    let (moment, rest) = leading(text)?;
    rest.trim().is_empty().then_some(moment)
}

/// Reads the moment that a text begins with, and gives what follows it.
pub(super) fn leading(text: &str) -> Option<(i128, &str)> {
    let (days, rest) = calendar_day(text).or_else(|| syslog_day(text))?;
    let (seconds, rest) = clock(rest)?;
    let (nanos, rest) = fraction(rest);
    let (offset, rest) = offset(rest);
    let whole = i128::from(days * DAY + seconds - offset);
    Some((whole * i128::from(SECOND) + i128::from(nanos), rest))
}

/// `2026-11-25` and the `T` or space behind it, as days since 1970.
fn calendar_day(text: &str) -> Option<(i64, &str)> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    Some((days(year, month, day)?, rest))
}

/// `Nov 25 ` as days since 1970.
fn syslog_day(text: &str) -> Option<(i64, &str)> {
    let name = text.get(..3)?;
    let month = MONTHS.iter().position(|month| *month == name)?;
    let rest = text[3..].strip_prefix(' ')?.trim_start_matches(' ');
    let length = rest.find(|c: char| !c.is_ascii_digit())?;
    let day: i64 = rest[..length].parse().ok().filter(|_| length <= 2)?;
    Some((days(SOME_YEAR, month as i64 + 1, day)?, rest[length..].strip_prefix(' ')?))
}

fn clock(text: &str) -> Option<(i64, &str)> {
    let (hours, rest) = digits(text, 2)?;
    let (minutes, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let (seconds, rest) = match rest.strip_prefix(':') {
        Some(rest) => digits(rest, 2)?,
        None => (0, rest),
    };
    // A leap second is 60.
    let sound = hours < 24 && minutes < 60 && seconds <= 60;
    sound.then_some((hours * 3_600 + minutes * 60 + seconds, rest))
}

/// The fraction of a second behind a point or a comma, if there is one.
fn fraction(text: &str) -> (u64, &str) {
    let Some(rest) = text.strip_prefix(['.', ',']) else { return (0, text) };
    let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    if length == 0 {
        return (0, text);
    }
    let nanos = rest[..length].bytes().chain(std::iter::repeat(b'0')).take(9);
    (nanos.fold(0, |value, digit| value * 10 + u64::from(digit - b'0')), &rest[length..])
}

/// `Z`, `+02:00` or `-0530` in seconds; 0 if there is none.
fn offset(text: &str) -> (i64, &str) {
    if let Some(rest) = text.strip_prefix(['Z', 'z']) {
        return (0, rest);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let read = || {
        let (hours, rest) = digits(text.strip_prefix(['+', '-'])?, 2)?;
        let (minutes, rest) = digits(rest.strip_prefix(':').unwrap_or(rest), 2)?;
        Some((sign * (hours * 3_600 + minutes * 60), rest))
    };
    read().unwrap_or((0, text))
}

fn digits(text: &str, count: usize) -> Option<(i64, &str)> {
    let head = text.get(..count).filter(|head| head.bytes().all(|b| b.is_ascii_digit()))?;
    Some((head.parse().ok()?, &text[count..]))
}

/// Days since 1970 of a day of the Gregorian calendar. (The method of Howard Hinnant's `days_from_civil`: years begin in
/// March, so that the odd day comes last.)
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || day < 1 || day > length_of(year, month) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

fn length_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_every_dress() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-03-01T00:00:00Z", 951_868_800),
            ("2026-11-25T02:49:55Z", 1_795_574_995),
            ("2026-11-25 02:49:55", 1_795_574_995),
            ("2026-11-25T04:49:55+02:00", 1_795_574_995),
            ("2026-11-24T20:49:55-0600", 1_795_574_995),
            ("2026-11-25T02:49Z", 1_795_574_940),
        ] {
            assert_eq!(whole(text), Some(seconds * i128::from(SECOND)), "{text}");
        }
        let exact = whole("1970-01-01T00:00:01.000000001Z");
        assert_eq!(exact, Some(1_000_000_001));
        assert_eq!(whole("1970-01-01 00:00:01,5"), Some(1_500_000_000));
        for text in ["2026-02-30T00:00:00Z", "2026-11-25", "2026-11-25T25:00:00Z", "yesterday", "", "é", "12"]
        {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    #[test]
    fn syslog_knows_no_year() {
        let (first, rest) =
            leading("Apr 29 14:36:59.159065 host nova-scheduler[84912]: x").expect("a moment");
        assert_eq!(rest, " host nova-scheduler[84912]: x");
        let (second, _) = leading("Apr 29 14:37:00.159065 host").expect("a moment");
        assert_eq!(second - first, i128::from(SECOND));
        assert!(leading("May  1 00:00:00 host").is_some());
        assert!(leading("Apr 31 00:00:00 host").is_none());
    }
}
