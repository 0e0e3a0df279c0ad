//! The rows of a table as times, and everything that is wrong with them, each at its field.

use super::super::findings::Findings;
use super::super::inference::{Inference, Provenance};
use super::super::moment;
use super::super::number;
use super::super::order::sort_by_key;
use super::super::reading::{MAX_RECORDS, Options};
use super::header::{Column, Header, reader};
use super::left_out::{LeftOut, is_nothing};
use super::tools::RowFilter;
use super::units::{Units, units};
use crate::model::time::{Duration, SECOND};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// The one executor of a table that names none.
const POOL: &str = "pool";
/// Nothing is timed for longer.
const TOO_LONG: i128 = 100 * 366 * 86_400 * SECOND as i128;
/// Ends that are rounded may differ from start and duration by so much.
const ROUNDING: i128 = 2_000_000;

/// One task as a row has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// When it was submitted, as far as is known, in nanoseconds since the first of all.
    pub arrival: u64,
    /// When it started.
    pub start: u64,
    /// How long it took.
    pub duration: u64,
    /// What kind of task it was.
    pub kind: u32,
    /// In which pool it ran.
    pub pool: u32,
    /// Where its row begins, in bytes.
    pub at: usize,
}

/// All tasks in order of arrival, and the names of their kinds and pools.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub list: Vec<Row>,
    pub kinds: Vec<String>,
    pub pools: Vec<String>,
}

/// Names by their first mention.
#[derive(Debug, Default)]
struct NameList {
    list: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl NameList {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.list.len() as u32;
        self.list.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }
}

/// A task before times are counted from the first one.
struct RawRow {
    arrival: i128,
    start: i128,
    duration: u64,
    kind: u32,
    pool: u32,
    at: usize,
}

/// Reads all rows, and says which were left out.
pub(super) fn read(
    text: &str,
    header: &Header,
    options: &Options,
    findings: &mut Findings,
    inferences: &mut Vec<Inference>,
) -> Option<Rows> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let units = units(body, header, options, findings, inferences);
    let mut table = Table {
        text,
        header,
        units,
        sort: options.sort || header.is_unsorted,
        findings,
        rows: Vec::new(),
        kinds: NameList::default(),
        pools: NameList::default(),
        left_out: LeftOut::default(),
        last: None,
    };
    let offset = text.len() - body.len();
    let mut reader = reader(body, header.delimiter);
    let mut record = ::csv::ByteRecord::new();
    let mut to_skip = header.first_row;
    // A `&[u8]` cannot fail to be read, and no row is uneven for a flexible reader.
    while reader.read_byte_record(&mut record).is_ok_and(|is_there| is_there) {
        if to_skip > 0 {
            to_skip -= 1;
            continue;
        }
        if table.findings.is_full() || table.rows.len() > MAX_RECORDS {
            break;
        }
        let start = offset + record.position().map_or(0, |position| position.byte() as usize);
        let end = offset + reader.position().byte() as usize;
        table.row(&record, start..end);
    }
    let Table { rows, kinds, pools, left_out, .. } = table;
    left_out.note_inferences(rows.is_empty(), header, findings, inferences);
    if findings.has_errors() {
        return None;
    }
    let mut rows = finish(rows, findings, inferences);
    (rows.kinds, rows.pools) = (kinds.list, pools.list);
    plausible(&rows, units, header, text, findings);
    Some(rows)
}

/// The table while it is read.
struct Table<'a> {
    text: &'a str,
    header: &'a Header,
    units: Units,
    sort: bool,
    findings: &'a mut Findings,
    rows: Vec<RawRow>,
    kinds: NameList,
    pools: NameList,
    left_out: LeftOut,
    last: Option<i128>,
}

impl Table<'_> {
    fn row(&mut self, record: &::csv::ByteRecord, whole: Range<usize>) {
        let line = self.trimmed(whole.clone());
        let raw = &self.text[line.clone()];
        if raw.contains('\n') && raw.matches('"').count() % 2 == 1 {
            let first = raw.split('\n').next().unwrap_or(raw);
            let at = line.start + first.rfind('"').unwrap_or(0);
            let help = "close it, or write it twice if it is part of the field";
            self.findings.error(at..at + 1, "a quotation mark is not closed", help);
            return;
        }
        if record.len() != self.header.count {
            self.uneven(record.len(), &line, whole.end);
            return;
        }
        if !self.is_task(record, &line) {
            return;
        }
        let Some((start, length)) = self.span(record, &line) else { return };
        let Some(arrival) = self.arrival(record, start, &line) else { return };
        self.in_order(arrival, &line);
        let kind = self.kinds.number(&name(record, self.header.kind.as_ref(), "task"));
        let pool = self.pools.number(&name(record, self.header.pool.as_ref(), POOL));
        self.rows.push(RawRow { arrival, start, duration: length, kind, pool, at: line.start });
    }

    /// Whether a row is a task that has started and ended; what is none is counted.
    fn is_task(&mut self, record: &::csv::ByteRecord, line: &Range<usize>) -> bool {
        let header = self.header;
        if let Some((at, filter)) = header.filter {
            let text = record.get(at).unwrap_or_default();
            let is_kept = match filter {
                RowFilter::Only(_, values, _) => values.iter().any(|value| value.as_bytes() == text),
                RowFilter::Without(_, byte, _) => !text.contains(&byte),
            };
            if !is_kept {
                self.left_out.filtered += 1;
                return false;
            }
        }
        let has = |column: &Option<Column>| {
            column.as_ref().is_some_and(|column| !is_nothing(text_of(record, column)))
        };
        let is_ended = has(&header.duration) || has(&header.end);
        let is_started = has(&header.start) || (has(&header.duration) && has(&header.end));
        self.left_out.without_start += usize::from(!is_started);
        self.left_out.without_end += usize::from(is_started && !is_ended);
        if !is_started || !is_ended {
            self.left_out.first.get_or_insert_with(|| line.clone());
        }
        is_started && is_ended
    }

    /// When a task started, and how long it took.
    fn span(&mut self, record: &::csv::ByteRecord, line: &Range<usize>) -> Option<(i128, u64)> {
        let header = self.header;
        let start = header.start.as_ref().filter(|column| !is_nothing(text_of(record, column)));
        let duration = header.duration.as_ref().filter(|column| !is_nothing(text_of(record, column)));
        let end = header.end.as_ref().filter(|column| !is_nothing(text_of(record, column)));
        let Some(start) = start else {
            let length = self.duration(record, duration?, line)?;
            return Some((self.instant(record, end?, line)? - i128::from(length), length));
        };
        let start = self.instant(record, start, line);
        let duration = duration.map(|column| self.duration(record, column, line));
        let start = start?;
        let told = match duration {
            Some(duration) => Some(duration?),
            None => None,
        };
        match end {
            None => Some((start, told?)),
            Some(end) => Some((start, self.length(record, start, told, end, line)?)),
        }
    }

    /// When a task was submitted, as far as is known.
    fn arrival(&mut self, record: &::csv::ByteRecord, start: i128, line: &Range<usize>) -> Option<i128> {
        let header = self.header;
        let is_there = |column: &&Column| !is_nothing(text_of(record, column));
        if let Some(queued) = header.queued.as_ref().filter(is_there) {
            return Some(start - i128::from(self.duration(record, queued, line)?));
        }
        let Some(column) = header.arrival.as_ref().filter(is_there) else { return Some(start) };
        let arrival = self.instant(record, column, line)?;
        if arrival <= start {
            return Some(arrival);
        }
        // Tools write a task anew when it is tried again.
        if header.is_unsorted {
            self.left_out.late_arrivals += 1;
            return Some(start);
        }
        let message = format!("a task that arrives after it started: `{}` is later", column.name);
        let help = "are the two columns swapped (--arrival, --start)?";
        self.findings.error(self.place(line, column.at), message, help);
        None
    }

    /// The row without its line's end.
    fn trimmed(&self, whole: Range<usize>) -> Range<usize> {
        let text = &self.text[whole.start..whole.end.min(self.text.len())];
        whole.start..whole.start + text.trim_end_matches(['\r', '\n']).len()
    }

    fn uneven(&mut self, found: usize, line: &Range<usize>, end: usize) {
        let (want, fields) = (self.header.count, if found == 1 { "field" } else { "fields" });
        let is_cut = found < want && end >= self.text.len() && !self.text.ends_with('\n');
        let (message, help) = if is_cut {
            (
                format!("the file ends within a row: {found} {fields} of {want}"),
                "it was cut off; remove the last row",
            )
        } else {
            (format!("this row has {found} {fields}, the header has {want}"), "give every row every column")
        };
        self.findings.error(line.clone(), message, help);
    }

    /// The place of a field within its row.
    fn place(&self, line: &Range<usize>, number: usize) -> Range<usize> {
        let text = &self.text[line.clone()];
        let delimiter = self.header.delimiter as char;
        let (mut quoted, mut field, mut start) = (false, 0, 0);
        for (at, c) in text.char_indices() {
            match c {
                '"' => quoted = !quoted,
                c if c == delimiter && !quoted => {
                    if field == number {
                        return line.start + start..line.start + at;
                    }
                    field += 1;
                    start = at + 1;
                }
                _ => {}
            }
        }
        line.start + start..line.end
    }

    fn instant(&mut self, record: &::csv::ByteRecord, column: &Column, line: &Range<usize>) -> Option<i128> {
        let text = text_of(record, column);
        let unit = column.unit.unwrap_or(self.units.instants);
        let read = number::nanos(text, unit.nanos())
            .or_else(|| number::with_unit(text))
            .or_else(|| moment::whole(text));
        match read {
            Some(instant) if instant < 0 => {
                let message = format!("`{}` is negative: {}", column.name, text.escape_debug());
                self.findings.error(
                    self.place(line, column.at),
                    message,
                    "count from the start of the run, or from 1970",
                );
                None
            }
            Some(instant) => Some(instant),
            None => {
                let message = format!("`{}` is no time: {}", column.name, text.escape_debug());
                let help =
                    "write a number, one with its unit (250ms), or a moment such as 2026-11-25T02:49:55.5Z";
                self.findings.error(self.place(line, column.at), message, help);
                None
            }
        }
    }

    /// How long a task took that has an end: its duration if that is told, else the end less the start.
    fn length(
        &mut self,
        record: &::csv::ByteRecord,
        start: i128,
        told: Option<u64>,
        column: &Column,
        line: &Range<usize>,
    ) -> Option<u64> {
        let end = self.instant(record, column, line)?;
        let place = self.place(line, column.at);
        if end < start {
            let start = self.header.start.as_ref().map_or("its start", |column| column.name.as_str());
            let message = format!("`{}` is before `{start}`", column.name);
            self.findings.error(place, message, "are the two columns swapped, or their units different?");
            return None;
        }
        let measured = u64::try_from(end - start).ok().filter(|_| end - start < TOO_LONG);
        match (told, measured) {
            (Some(told), Some(measured)) => {
                let off = i128::from(told).abs_diff(end - start) as i128;
                if off > ROUNDING.max(i128::from(measured) / 50) {
                    let message = format!(
                        "start, duration and end do not fit: {} from start to end, but a duration of {}",
                        Duration(measured),
                        Duration(told)
                    );
                    let help = "is a unit wrong (--unit)? or use --end alone for tasks that were interrupted";
                    self.findings.error(place, message, help);
                    return None;
                }
                Some(told)
            }
            (Some(told), None) => Some(told),
            (None, Some(measured)) => Some(measured),
            (None, None) => {
                self.findings.error(
                    place,
                    "more than a hundred years from start to end",
                    "is a unit wrong (--unit)?",
                );
                None
            }
        }
    }

    fn duration(&mut self, record: &::csv::ByteRecord, column: &Column, line: &Range<usize>) -> Option<u64> {
        let text = text_of(record, column);
        let unit = column.unit.unwrap_or(self.units.lengths);
        let read = number::nanos(text, unit.nanos())
            .or_else(|| number::with_unit(text))
            .or_else(|| number::clock(text));
        let place = self.place(line, column.at);
        let (message, help) = match read {
            Some(length) if length < 0 => (
                format!("`{}` is negative: {}", column.name, text.escape_debug()),
                "a task cannot take less than no time",
            ),
            Some(length) if length > TOO_LONG => (
                format!(
                    "`{}` is more than a hundred years: {} {}",
                    column.name,
                    text.escape_debug(),
                    unit.word()
                ),
                "is the unit wrong (--unit)?",
            ),
            Some(length) => return u64::try_from(length).ok(),
            None => (
                format!("`{}` is no duration: {}", column.name, text.escape_debug()),
                "write a number, or one with its unit, such as 250ms",
            ),
        };
        self.findings.error(place, message, help);
        None
    }

    /// Rows have to be in order of time, unless they are to be sorted.
    fn in_order(&mut self, arrival: i128, line: &Range<usize>) {
        if let Some(last) = self.last.filter(|last| arrival < *last && !self.sort)
            && let Some(column) = self.header.order()
        {
            let back = Duration(u64::try_from(last - arrival).unwrap_or(u64::MAX - 1));
            let message = format!("the rows are not in order: `{}` goes back by {back}", column.name);
            self.findings.error(
                self.place(line, column.at),
                message,
                "sort the table by that column, or say --sort",
            );
        }
        self.last = Some(self.last.map_or(arrival, |last| last.max(arrival)));
    }
}

/// The text of a field, without blanks around it.
fn text_of<'r>(record: &'r ::csv::ByteRecord, column: &Column) -> &'r str {
    record.get(column.at).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("").trim()
}

/// The name in a field, or what to call a task or a pool without one.
fn name<'r>(record: &'r ::csv::ByteRecord, column: Option<&Column>, without: &'r str) -> Cow<'r, str> {
    let bytes = column.and_then(|column| record.get(column.at)).unwrap_or_default();
    if bytes.trim_ascii().is_empty() {
        return Cow::Borrowed(without);
    }
    String::from_utf8_lossy(bytes.trim_ascii())
}

/// Counts from the first arrival, in order of arrival.
fn finish(mut rows: Vec<RawRow>, findings: &mut Findings, inferences: &mut Vec<Inference>) -> Rows {
    let was_sorted = rows.is_sorted_by_key(|row| row.arrival);
    sort_by_key(&mut rows, |row| row.arrival);
    if !was_sorted {
        let text = "the rows were not in order of time and were sorted".to_owned();
        inferences.push(Inference { how: Provenance::Inferred, text });
    }
    let zero = rows.first().map_or(0, |row| row.arrival);
    if let Some(last) = rows.last().filter(|last| last.arrival - zero > TOO_LONG) {
        let message = "this row is more than a hundred years after the first one";
        findings.error(last.at..last.at + 1, message, "is a time wrong, or its unit (--unit)?");
    }
    let since = |at: i128| u64::try_from(at - zero).unwrap_or(u64::MAX / 4).min(u64::MAX / 4);
    let list = rows.into_iter().map(|row| {
        let RawRow { arrival, start, duration, kind, pool, at } = row;
        Row { arrival: since(arrival), start: since(start), duration, kind, pool, at }
    });
    Rows { list: list.collect(), ..Rows::default() }
}

/// Durations whose unit nobody has said, and that are out of all proportion.
fn plausible(rows: &Rows, units: Units, header: &Header, text: &str, findings: &mut Findings) {
    const MIN_COUNT: usize = 10;
    let Some(column) = header.duration.as_ref().filter(|_| units.is_assumed && rows.list.len() >= MIN_COUNT)
    else {
        return;
    };
    let last = rows.list[rows.list.len() - 1];
    let mut lengths: Vec<u64> = rows.list.iter().map(|row| row.duration).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    if last.start > 0 && median / 20 > last.start {
        let at = rows.list[0].at;
        let place = at..at + text[at..].find(['\r', '\n']).unwrap_or(text.len() - at);
        let message = format!(
            "half of the tasks take longer than {}, but all start within {}: seconds cannot be the unit of `{}`",
            Duration(median),
            Duration(last.start),
            column.name
        );
        findings.error(place, message, "say --unit ms, us or ns (or --unit s if it is right)");
    }
}
