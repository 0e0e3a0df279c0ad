//! The header of a table: which column is what, and in which unit.

use super::super::findings::Findings;
use super::super::number::Unit;
use super::super::{Inference, Options, Provenance};
use std::ops::Range;

/// What a column may be, with the words that say so: the best word first.
const ROLES: [(Role, &[&str]); 5] = [
    (
        Role::Arrival,
        &[
            "arrival",
            "arrived",
            "arrivaltime",
            "arrivedat",
            "submitted",
            "submittedat",
            "submit",
            "submittime",
            "queued",
            "queuedat",
            "enqueued",
            "enqueuedat",
            "received",
            "receivedat",
            "created",
            "createdat",
        ],
    ),
    (
        Role::Start,
        &[
            "start",
            "started",
            "startedat",
            "starttime",
            "begin",
            "began",
            "begintime",
            "timestamp",
            "ts",
            "datetime",
            "time",
            "when",
            "at",
            "date",
        ],
    ),
    (
        Role::End,
        &[
            "end",
            "ended",
            "endedat",
            "endtime",
            "finish",
            "finished",
            "finishedat",
            "finishtime",
            "stop",
            "stopped",
            "completed",
            "completedat",
            "done",
        ],
    ),
    (
        Role::Duration,
        &[
            "duration",
            "dur",
            "elapsed",
            "elapsedtime",
            "took",
            "runtime",
            "servicetime",
            "latency",
            "responsetime",
        ],
    ),
    (
        Role::Kind,
        &[
            "type",
            "task",
            "tasktype",
            "taskname",
            "kind",
            "operation",
            "op",
            "name",
            "method",
            "endpoint",
            "job",
            "action",
            "function",
            "func",
            "event",
            "route",
            "path",
        ],
    ),
];

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Arrival,
    Start,
    End,
    Duration,
    Kind,
}

/// One column of times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Its number, from 0.
    pub at: usize,
    /// Its name, as it stands there.
    pub name: String,
    /// The unit that its name says.
    pub unit: Option<Unit>,
}

/// Which column is what.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub arrival: Option<Column>,
    pub start: Column,
    pub duration: Option<Column>,
    pub end: Option<Column>,
    pub kind: Option<Column>,
    /// How many columns there are.
    pub count: usize,
    /// What stands between them.
    pub delimiter: u8,
}

impl Header {
    pub fn read(
        text: &str,
        options: &Options,
        findings: &mut Findings,
        inferences: &mut Vec<Inference>,
    ) -> Option<Header> {
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let offset = text.len() - body.len();
        let delimiter = delimiter(body);
        let mut reader = reader(body, delimiter);
        let mut record = ::csv::StringRecord::new();
        reader.read_record(&mut record).ok().filter(|is_there| *is_there)?;
        let start = offset + record.position().map_or(0, |position| position.byte() as usize);
        let line = start..start + text[start..].find(['\r', '\n']).unwrap_or(text.len() - start);
        let names: Vec<&str> = record.iter().map(str::trim).collect();
        let mut search = Search { names: &names, line, findings, inferences, taken: Vec::new() };
        let asked = &options.columns;
        let kind = search.column(Role::Kind, asked.kind.as_deref());
        let duration = search.column(Role::Duration, asked.duration.as_deref());
        let end = search.column(Role::End, asked.end.as_deref());
        let mut arrival = search.column(Role::Arrival, asked.arrival.as_deref());
        let mut start = search.column(Role::Start, asked.start.as_deref());
        if start.is_none() {
            start = arrival.take();
        }
        search.complete(start.as_ref(), duration.as_ref().or(end.as_ref()));
        let header = Header { arrival, start: start?, duration, end, kind, count: names.len(), delimiter };
        (!findings.has_errors() && (header.duration.is_some() || header.end.is_some())).then_some(header)
    }
}

/// A reader of the rows, that leaves judging them to us.
pub(super) fn reader(body: &str, delimiter: u8) -> ::csv::Reader<&[u8]> {
    ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .comment(Some(b'#'))
        .from_reader(body.as_bytes())
}

/// What stands most often in the first line that is no comment: a comma, a semicolon or a tab.
fn delimiter(body: &str) -> u8 {
    let is_header = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    let line = body.lines().find(is_header).unwrap_or("");
    let count = |delimiter: u8| line.bytes().filter(|byte| *byte == delimiter).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// The search for each column.
struct Search<'a> {
    names: &'a [&'a str],
    line: Range<usize>,
    findings: &'a mut Findings,
    inferences: &'a mut Vec<Inference>,
    taken: Vec<usize>,
}

impl Search<'_> {
    fn column(&mut self, role: Role, asked: Option<&str>) -> Option<Column> {
        let at = match asked {
            Some(name) => self.named(name)?,
            None => self.like(role)?,
        };
        self.taken.push(at);
        let name = self.names[at].to_owned();
        Some(Column { at, unit: split_unit(&name).1, name })
    }

    /// The column of this name; without regard to case if that is clear.
    fn named(&mut self, name: &str) -> Option<usize> {
        let exact = self.names.iter().position(|known| *known == name);
        let found = exact.or_else(|| self.names.iter().position(|known| known.eq_ignore_ascii_case(name)));
        if found.is_none() {
            let message = format!("the table has no column `{}`", name.escape_debug());
            self.findings.error(self.line.clone(), message, self.there_are());
        }
        found
    }

    /// The column whose name says that it is this; the first of the best.
    fn like(&mut self, role: Role) -> Option<usize> {
        let words = ROLES.iter().find(|(of, _)| *of == role).map_or(&[][..], |(_, words)| words);
        let free = (0..self.names.len()).filter(|at| !self.taken.contains(at));
        let ranked = free.filter_map(|at| Some((rank(self.names[at], words)?, at)));
        let (_, at) = ranked.min()?;
        Some(at)
    }

    /// Says what is missing.
    fn complete(&mut self, start: Option<&Column>, length: Option<&Column>) {
        if self.findings.has_errors() {
            return;
        }
        let looks_like_data =
            self.names.iter().all(|name| name.is_empty() || !name.contains(char::is_alphabetic));
        if looks_like_data {
            let help = "the first line has to name the columns, such as: start,duration,type";
            self.findings.error(self.line.clone(), "the table has no header", help);
            return;
        }
        let there_are = self.there_are();
        if start.is_none() {
            let help = format!("call it `start`, or say which one it is with --start COLUMN; {there_are}");
            self.findings.error(self.line.clone(), "no column says when a task started", help);
        }
        if length.is_none() {
            let help = format!("say which one it is with --duration COLUMN or --end COLUMN; {there_are}");
            self.findings.error(self.line.clone(), "no column says how long a task took", help);
        }
        let unused: Vec<String> = (0..self.names.len())
            .filter(|at| !self.taken.contains(at))
            .map(|at| self.names[at].to_owned())
            .collect();
        if !unused.is_empty() {
            let text = format!("nothing was taken from {}", columns(&unused));
            self.inferences.push(Inference { how: Provenance::Lost, text });
        }
    }

    fn there_are(&self) -> String {
        let names: Vec<String> = self.names.iter().map(|name| name.escape_debug().to_string()).collect();
        format!("the table has {}", columns(&names))
    }
}

fn columns(names: &[String]) -> String {
    let noun = if names.len() == 1 { "the column" } else { "the columns" };
    format!("{noun} {}", super::super::draft::listed(names))
}

/// How well a name fits one of the words: lower is better.
fn rank(name: &str, words: &[&str]) -> Option<(usize, usize)> {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
    };
    let names = [plain(name), plain(split_unit(name).0)];
    let parts = [0usize, 1, 2];
    let fits = |how: usize, word: &str| {
        names.iter().any(|name| match how {
            0 => name == word,
            1 => word.len() > 2 && name.ends_with(word),
            _ => word.len() > 3 && name.starts_with(word),
        })
    };
    parts.into_iter().find_map(|how| words.iter().position(|word| fits(how, word)).map(|place| (how, place)))
}

/// A name without its unit, and the unit: `start_ms`, `duration (s)`, `elapsed [us]`, `durationMs`.
fn split_unit(name: &str) -> (&str, Option<Unit>) {
    let name = name.trim();
    let open = name.trim_end_matches([')', ']']);
    if let Some(at) = open.rfind(['(', '[', '_', '-', ' ', '.', '/'])
        && let Some(unit) = Unit::named(open[at + 1..].trim())
    {
        return (name[..at].trim_end_matches(['(', '[', '_', '-', ' ', '.', '/']), Some(unit));
    }
    for ending in ["Seconds", "Millis", "Micros", "Nanos", "Sec", "Ms", "Us", "Ns"] {
        if let Some(stem) = name.strip_suffix(ending)
            && stem.ends_with(|c: char| c.is_ascii_lowercase())
        {
            return (stem, Unit::named(ending));
        }
    }
    (name, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_may_stand_in_a_name() {
        for (name, stem, unit) in [
            ("start_ms", "start", Some(Unit::Millis)),
            ("duration (s)", "duration", Some(Unit::Seconds)),
            ("elapsed [us]", "elapsed", Some(Unit::Micros)),
            ("durationMs", "duration", Some(Unit::Millis)),
            ("ts", "ts", None),
            ("items", "items", None),
            ("end-nanos", "end", Some(Unit::Nanos)),
        ] {
            assert_eq!(split_unit(name), (stem, unit), "{name}");
        }
    }

    #[test]
    fn the_best_name_is_taken() {
        let words = |role: Role| ROLES.iter().find(|(of, _)| *of == role).expect("a role").1;
        assert!(rank("Start Time (ms)", words(Role::Start)).is_some());
        assert!(rank("request_duration", words(Role::Duration)).is_some());
        assert!(rank("start", words(Role::Start)) < rank("timestamp", words(Role::Start)));
        assert!(rank("duration", words(Role::Duration)) < rank("request_duration", words(Role::Duration)));
        assert_eq!(rank("colour", words(Role::Kind)), None);
    }
}
