//! The unit of each column of times: what its name says, what was asked for, or what the size of its numbers tells.

use super::super::number::{self, Unit};
use super::super::{Inference, Options, Provenance, moment};
use super::header::{Column, Header, reader};

/// Rows that are looked at.
const SAMPLE: usize = 1_000;
/// A number above this, as seconds, milliseconds and so on, is a point of calendar time: in 2001, it was a second since 1970.
const CALENDAR: i128 = 1_000_000_000;

/// A time as a field has it: a plain number waits for its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Number,
    WithUnit,
    Moment,
}

fn field(text: &str) -> Option<Field> {
    if number::nanos(text, 1).is_some() {
        Some(Field::Number)
    } else if number::with_unit(text).is_some() {
        Some(Field::WithUnit)
    } else {
        moment::whole(text).map(|_| Field::Moment)
    }
}

/// The units of the plain numbers of each column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Units {
    pub instants: Unit,
    pub lengths: Unit,
    /// Nobody has said the unit of the lengths.
    pub is_assumed: bool,
}

/// Which unit the plain numbers have, and how that is known.
pub(super) fn units(
    body: &str,
    header: &Header,
    options: &Options,
    inferences: &mut Vec<Inference>,
) -> Units {
    let mut say = |how: Provenance, text: String| inferences.push(Inference { how, text });
    let sample = |column: &Column| -> Vec<String> {
        let mut reader = reader(body, header.delimiter);
        let records = reader.records().skip(1).take(SAMPLE).flatten();
        records.filter_map(|record| record.get(column.at).map(|field| field.trim().to_owned())).collect()
    };
    let has_numbers = |fields: &[String]| fields.iter().any(|text| field(text) == Some(Field::Number));
    let starts = sample(&header.start);
    let length = header.duration.as_ref().or(header.end.as_ref()).unwrap_or(&header.start);
    let lengths = sample(length);
    let calendar = starts.iter().find_map(|text| calendar_unit(text));
    let (instants, how) = match (header.start.unit, options.unit, calendar) {
        (Some(unit), ..) => (Some(unit), "its name says so"),
        (None, Some(unit), _) => (Some(unit), "as asked"),
        (None, None, Some(unit)) => (Some(unit), "since 1970, by their size"),
        (None, None, None) => (None, ""),
    };
    if has_numbers(&starts)
        && let Some(unit) = instants
    {
        say(Provenance::Inferred, format!("`{}` is in {}: {how}", header.start.name, unit.word()));
    }
    if !has_numbers(&lengths) || header.duration.is_none() {
        let unit = instants.unwrap_or(Unit::Seconds);
        if instants.is_none() && has_numbers(&starts) {
            say(Provenance::Assumed, in_seconds(&header.start));
        }
        return Units { instants: unit, lengths: unit, is_assumed: instants.is_none() };
    }
    // Seconds since 1970 say nothing about the unit of a duration.
    let shared = instants.filter(|_| header.start.unit.is_some());
    let (lengths, how) = match (length.unit, options.unit, shared) {
        (Some(unit), ..) => (unit, "its name says so"),
        (None, Some(unit), _) => (unit, "as asked"),
        (None, None, Some(unit)) => (unit, "like the start"),
        (None, None, None) => (Unit::Seconds, ""),
    };
    if instants.is_none() && has_numbers(&starts) {
        say(Provenance::Assumed, in_seconds(&header.start));
    }
    if how.is_empty() {
        say(Provenance::Assumed, in_seconds(length));
    } else {
        say(Provenance::Inferred, format!("`{}` is in {}: {how}", length.name, lengths.word()));
    }
    // The unit of a duration says nothing about a start: `start,duration_ms` are often seconds and milliseconds.
    Units { instants: instants.unwrap_or(Unit::Seconds), lengths, is_assumed: how.is_empty() }
}

fn in_seconds(column: &Column) -> String {
    let name = &column.name;
    format!("`{name}` is in s: nothing says otherwise (name it `{name}_ms`, or say --unit)")
}

/// The unit in which a number is a moment of this century.
fn calendar_unit(text: &str) -> Option<Unit> {
    let value = number::nanos(text, 1)?;
    let units =
        [(Unit::Nanos, 1_000_000_000), (Unit::Micros, 1_000_000), (Unit::Millis, 1_000), (Unit::Seconds, 1)];
    units.into_iter().find(|(_, scale)| value >= CALENDAR * scale).map(|(unit, _)| unit)
}
