//! The header of a table: which column is what, and in which unit.

use super::super::findings::Findings;
use super::super::inference::{Inference, Provenance};
use super::super::number::Unit;
use super::super::reading::Options;
use super::tools::{self, RowFilter, Tool, ToolColumn};
use std::ops::Range;

/// What a column may be, with the words that say so: the best word first.
const ROLES: [(Role, &[&str]); 7] = [
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
            "taskid",
            "kind",
            "label",
            "operationname",
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
    (Role::Pool, &["pool", "executor", "threadpool", "poolname", "executorname"]),
    (Role::Queued, &["queuedduration", "queueduration", "queuetime", "timeinqueue"]),
];

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Arrival,
    Start,
    End,
    Duration,
    Kind,
    Pool,
    Queued,
}

impl Role {
    /// Whether a name that only ends or begins with one of its words will do. A name of a kind has to be one of the words:
    /// `dataType` and `hostname` are not what a task is called.
    fn may_be_part(self) -> bool {
        match self {
            Role::Arrival | Role::Start | Role::End | Role::Duration => true,
            Role::Kind | Role::Pool | Role::Queued => false,
        }
    }
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
    /// How long a task was queued before it started.
    pub queued: Option<Column>,
    /// When it started; where only its end is known, the end less the duration is taken.
    pub start: Option<Column>,
    pub duration: Option<Column>,
    pub end: Option<Column>,
    pub kind: Option<Column>,
    pub pool: Option<Column>,
    /// Rows that are no tasks: the column, and which.
    pub filter: Option<(usize, RowFilter)>,
    /// The rows are in order of something other than time, by what is known of the tool.
    pub is_unsorted: bool,
    /// How many columns there are.
    pub count: usize,
    /// What stands between them.
    pub delimiter: u8,
    /// The first row that is one of a task.
    pub first_row: usize,
    /// The line of the header, for messages.
    pub line: Range<usize>,
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
        let fields: Vec<&str> = record.iter().map(str::trim).collect();
        let headless = tools::without_header(body, &fields);
        let names = headless.map_or(fields.clone(), |tool| tool.names.to_vec());
        if let Some((message, help)) = tools::why_no_tasks(&names) {
            findings.error(line, message, help);
            return None;
        }
        let tool = headless.or_else(|| tools::with_header(&names));
        let mut search =
            Search { names: &names, line: line.clone(), findings, inferences, taken: Vec::new() };
        let mut header = search.header(options, tool.as_ref());
        search.complete(&header);
        header.delimiter = delimiter;
        header.first_row = usize::from(headless.is_none());
        if let Some(tool) = tool {
            let text = format!("the table is one of {}, whose columns and units are known", tool.name);
            inferences.push(Inference { how: Provenance::Inferred, text });
        }
        (!findings.has_errors()).then_some(header)
    }

    /// The column that rows are in order of.
    pub fn order(&self) -> Option<&Column> {
        self.arrival.as_ref().or(self.start.as_ref()).or(self.end.as_ref())
    }

    /// A column with moments in it.
    pub fn instant(&self) -> Option<&Column> {
        self.start.as_ref().or(self.end.as_ref())
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

/// What stands most often in the first line that is no comment: a comma, a semicolon, a tab or a bar.
fn delimiter(body: &str) -> u8 {
    let is_header = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    let line = body.lines().find(is_header).unwrap_or("");
    let count = |delimiter: u8| line.bytes().filter(|byte| *byte == delimiter).count();
    [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
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
    /// Finds each column: as asked, as the tool has it, or by its name.
    fn header(&mut self, options: &Options, tool: Option<&Tool>) -> Header {
        let asked = &options.columns;
        let mut header = Header {
            kind: self.column(Role::Kind, asked.kind.as_deref(), tool.map(|tool| tool.kind)),
            duration: self.column(Role::Duration, asked.duration.as_deref(), tool.map(|tool| tool.duration)),
            end: self.column(Role::End, asked.end.as_deref(), tool.map(|tool| tool.end)),
            arrival: self.column(Role::Arrival, asked.arrival.as_deref(), tool.map(|tool| tool.arrival)),
            start: self.column(Role::Start, asked.start.as_deref(), tool.map(|tool| tool.start)),
            pool: self.column(Role::Pool, asked.pool.as_deref(), tool.map(|tool| tool.pool)),
            queued: self.column(Role::Queued, None, tool.map(|tool| tool.queued)),
            filter: None,
            is_unsorted: tool.is_some_and(|tool| tool.is_unsorted),
            count: self.names.len(),
            delimiter: b',',
            first_row: 1,
            line: self.line.clone(),
        };
        if header.start.is_none() && (header.end.is_none() || header.duration.is_none()) {
            header.start = header.arrival.take();
        }
        if header.arrival.is_some() {
            header.queued = None;
        }
        header.filter = tool.and_then(|tool| tool.filter).and_then(|filter| {
            let (RowFilter::Only(name, ..) | RowFilter::Without(name, ..)) = filter;
            let at = self.names.iter().position(|known| *known == name)?;
            self.taken.push(at);
            Some((at, filter))
        });
        header
    }

    fn column(&mut self, role: Role, asked: Option<&str>, of_tool: Option<ToolColumn>) -> Option<Column> {
        let (at, unit) = match (asked, of_tool) {
            (Some(name), _) => (self.named(name)?, None),
            (None, Some(column)) => {
                let (name, unit) = column?;
                (self.names.iter().position(|known| *known == name)?, unit)
            }
            (None, None) => (self.like(role)?, None),
        };
        self.taken.push(at);
        let name = self.names[at].to_owned();
        Some(Column { at, unit: unit.or_else(|| split_unit(&name).1), name })
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
        let ranked = free.filter_map(|at| Some((rank(self.names[at], words, role.may_be_part())?, at)));
        let (_, at) = ranked.min()?;
        Some(at)
    }

    /// Says what is missing.
    fn complete(&mut self, header: &Header) {
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
        let is_ended = header.end.is_some() && header.duration.is_some();
        let there_are = self.there_are();
        if header.start.is_none() && !is_ended {
            let help = format!("call it `start`, or say which one it is with --start COLUMN; {there_are}");
            self.findings.error(self.line.clone(), "no column says when a task started", help);
        }
        if header.duration.is_none() && header.end.is_none() {
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

/// Longest name, in bytes, that is looked at for what it says.
const MAX_NAME_BYTES: usize = 256;

/// How well a name fits one of the words: lower is better. With `may_be_part` the name may also end, or begin, with one.
fn rank(name: &str, words: &[&str], may_be_part: bool) -> Option<(usize, usize)> {
    if name.len() > MAX_NAME_BYTES {
        return None;
    }
    let stem = split_unit(name).0;
    let whole = [name, stem].map(|name| parts(name).concat());
    let stem = parts(stem);
    let ends: Vec<String> = (1..stem.len()).map(|from| stem[from..].concat()).collect();
    let begins: Vec<String> = (1..stem.len()).map(|to| stem[..to].concat()).collect();
    let forms = [whole.as_slice(), &ends, &begins].into_iter().enumerate();
    let looked_at = if may_be_part { 3 } else { 1 };
    forms.take(looked_at).find_map(|(how, names)| {
        let place = words.iter().position(|word| names.iter().any(|name| name == word))?;
        Some((how, place))
    })
}

/// The words of a name in lower case: `jobStarted_at` is `job`, `started`, `at`.
fn parts(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in name.chars() {
        if c.is_alphanumeric() {
            let is_new = !before.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase());
            match parts.last_mut().filter(|_| !is_new) {
                Some(part) => part.extend(c.to_lowercase()),
                None => parts.push(c.to_lowercase().collect()),
            }
        }
        before = c;
    }
    parts
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
        let fits = |name: &str, role: Role| rank(name, words(role), role.may_be_part());
        for (name, role) in [
            ("Start Time (ms)", Role::Start),
            ("request_duration", Role::Duration),
            ("jobStartedAt", Role::Start),
            ("label", Role::Kind),
            ("task_id", Role::Kind),
        ] {
            assert!(fits(name, role).is_some(), "{name}");
        }
        assert!(fits("start", Role::Start) < fits("timestamp", Role::Start));
        assert!(fits("duration", Role::Duration) < fits("request_duration", Role::Duration));
        for (name, role) in [
            ("colour", Role::Kind),
            ("dataType", Role::Kind),
            ("hostname", Role::Kind),
            ("uptime", Role::Start),
            ("weekend", Role::End),
        ] {
            assert_eq!(fits(name, role), None, "{name}");
        }
    }
}
