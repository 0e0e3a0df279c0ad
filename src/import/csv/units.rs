//! The unit of each column of times: what its name says, what was asked for, or what the size of its numbers tells.

use super::super::findings::Findings;
use super::super::inference::{Inference, Provenance};
use super::super::moment;
use super::super::number::{self, Unit};
use super::super::reading::Options;
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

/// Which unit the plain numbers have, and how that is known. A unit that nothing tells is asked for where the start is a
/// moment of calendar time: then a wrong one is wrong by a factor of a thousand.
pub(super) fn units(
    body: &str,
    header: &Header,
    options: &Options,
    findings: &mut Findings,
    inferences: &mut Vec<Inference>,
) -> Units {
    let seconds = Units { instants: Unit::Seconds, lengths: Unit::Seconds, is_assumed: false };
    let Some(instant) = header.instant() else { return seconds };
    let sample = Sample::of(body, header);
    let mut say = |how: Provenance, text: String| inferences.push(Inference { how, text });
    let has_numbers = |fields: &[String]| fields.iter().any(|text| field(text) == Some(Field::Number));
    let (starts, lengths) = (&sample.instants, &sample.durations);
    let calendar = calendar_unit(starts);
    let (instants, how) = match (instant.unit, calendar, options.unit) {
        (Some(unit), ..) => (Some(unit), "as its name or its tool says"),
        (None, Some(unit), _) => (Some(unit), "since 1970, by their size"),
        (None, None, Some(unit)) => (Some(unit), "as asked"),
        (None, None, None) => (None, ""),
    };
    if has_numbers(starts) {
        match instants {
            Some(unit) => {
                say(Provenance::Inferred, format!("`{}` is in {}: {how}", instant.name, unit.word()));
            }
            None => say(Provenance::Assumed, in_seconds(instant)),
        }
    }
    let is_unknown = instants.is_none();
    let instants = instants.unwrap_or(Unit::Seconds);
    let Some(duration) = header.duration.as_ref().filter(|_| has_numbers(lengths)) else {
        return Units { instants, lengths: instants, is_assumed: is_unknown };
    };
    let fitting = || sample.fitting_unit(instants);
    // Seconds since 1970 say nothing about the unit of a duration.
    let like_start = instant.unit.or(calendar.filter(|unit| *unit != Unit::Seconds));
    let (unit, how) = if let Some(unit) = duration.unit {
        (unit, "as its name or its tool says")
    } else if let Some(unit) = options.unit {
        (unit, "as asked")
    } else if let Some(unit) = fitting() {
        (unit, "so that start, duration and end fit")
    } else if let Some(unit) = like_start {
        (unit, "like the start")
    } else if is_unknown && !starts.iter().any(|text| field(text) == Some(Field::Moment)) {
        say(Provenance::Assumed, in_seconds(duration));
        // The unit of a duration says nothing about a start: `start,duration_ms` are often seconds and milliseconds.
        return Units { instants, lengths: Unit::Seconds, is_assumed: true };
    } else {
        let name = &duration.name;
        let help = format!("say --unit ms (or s, us, ns), or call the column `{name}_ms`");
        findings.error(header.line.clone(), format!("nothing says the unit of `{name}`"), help);
        return seconds;
    };
    say(Provenance::Inferred, format!("`{}` is in {}: {how}", duration.name, unit.word()));
    Units { instants, lengths: unit, is_assumed: false }
}

/// The first fields of the columns with times.
struct Sample {
    instants: Vec<String>,
    durations: Vec<String>,
    ends: Vec<String>,
}

impl Sample {
    fn of(body: &str, header: &Header) -> Sample {
        let fields = |column: Option<&Column>| -> Vec<String> {
            let Some(column) = column else { return Vec::new() };
            let mut reader = reader(body, header.delimiter);
            let records = reader.records().skip(header.first_row).take(SAMPLE).flatten();
            records.map(|record| record.get(column.at).unwrap_or("").trim().to_owned()).collect()
        };
        Sample {
            instants: fields(header.instant()),
            durations: fields(header.duration.as_ref()),
            ends: fields(header.end.as_ref().filter(|_| header.start.is_some())),
        }
    }

    /// The one unit with which every start and duration make an end.
    fn fitting_unit(&self, instants: Unit) -> Option<Unit> {
        let instant = |text: &str| {
            number::nanos(text, instants.nanos())
                .or_else(|| number::with_unit(text))
                .or_else(|| moment::whole(text))
        };
        let rows = self.instants.iter().zip(&self.durations).zip(&self.ends);
        let spans: Vec<(i128, &str)> = rows
            .filter_map(|((start, duration), end)| Some((instant(end)? - instant(start)?, duration.as_str())))
            .filter(|(span, _)| *span > 0)
            .collect();
        let fits = |unit: &Unit| {
            spans.iter().all(|(span, duration)| {
                number::nanos(duration, unit.nanos()).is_none_or(|length| (length - span).abs() * 5 <= *span)
            })
        };
        let has_spans = spans.iter().any(|(_, duration)| number::nanos(duration, 1).is_some());
        [Unit::Seconds, Unit::Millis, Unit::Micros, Unit::Nanos]
            .into_iter()
            .find(|unit| has_spans && fits(unit))
    }
}

fn in_seconds(column: &Column) -> String {
    let name = &column.name;
    format!("`{name}` is in s: nothing says otherwise (name it `{name}_ms`, or say --unit)")
}

/// The unit in which all numbers are moments of this century.
fn calendar_unit(fields: &[String]) -> Option<Unit> {
    let least = fields.iter().filter_map(|text| number::nanos(text, 1)).min()?;
    let units =
        [(Unit::Nanos, 1_000_000_000), (Unit::Micros, 1_000_000), (Unit::Millis, 1_000), (Unit::Seconds, 1)];
    units.into_iter().find(|(_, scale)| least >= CALENDAR * scale).map(|(unit, _)| unit)
}
