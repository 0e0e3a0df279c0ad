//! The events of a Chrome trace, one at a time: nothing but the event at hand is held, and every value knows its place.
//!
//! The format: "Trace Event Format" (Google, docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU). Both
//! forms are read: an array of events, whose closing bracket may be missing, and an object with `traceEvents`.

use super::super::draft::count;
use super::super::findings::Findings;
use super::super::number;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::ops::Range;

/// Most events, those without a time included.
const MOST_EVENTS: usize = 10_000_000;

/// One event, its values still text.
#[derive(Deserialize)]
pub(super) struct Event<'a> {
    #[serde(borrow, default)]
    pub ph: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub name: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub cat: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub pid: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub tid: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub ts: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub dur: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub tdur: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub id2: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub bp: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub args: Option<&'a RawValue>,
}

/// What in `args` says something to us.
#[derive(Default, Deserialize)]
pub(super) struct Args<'a> {
    #[serde(borrow, default)]
    pub name: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub labels: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "type")]
    pub kind: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub submitted: Option<&'a RawValue>,
}

/// A text, or a number as text; nothing for what is neither.
pub(super) fn text(raw: Option<&RawValue>) -> Cow<'_, str> {
    let raw = raw.map_or("", RawValue::get);
    let Some(inner) = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Cow::Borrowed(if raw.starts_with(['{', '[']) || raw == "null" { "" } else { raw });
    };
    if inner.contains('\\') {
        return Cow::Owned(serde_json::from_str(raw).unwrap_or_default());
    }
    Cow::Borrowed(inner)
}

impl<'a> Event<'a> {
    pub fn args(&self) -> Args<'a> {
        self.args.and_then(|args| serde_json::from_str(args.get()).ok()).unwrap_or_default()
    }
}

/// Microseconds as nanoseconds; also of a number that was written as text.
pub(super) fn micros(raw: &RawValue) -> Option<i128> {
    number::nanos(&text(Some(raw)), 1_000)
}

/// Reads events until there are no more, or something is wrong that reading on cannot mend.
pub(super) struct Events<'a> {
    source: &'a str,
    at: usize,
    count: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Within the array.
    Open,
    /// After it, or given up.
    Done,
}

impl<'a> Events<'a> {
    /// Goes to the first event.
    pub fn open(source: &'a str, findings: &mut Findings) -> Option<Events<'a>> {
        let at = source.len() - source.trim_start_matches('\u{feff}').trim_start().len();
        let mut events = Events { source, at, count: 0, state: State::Open };
        match source[at..].chars().next() {
            Some('[') => {
                events.at += 1;
                Some(events)
            }
            Some('{') => {
                events.at += 1;
                events.seek(findings).then_some(events)
            }
            _ => {
                let help = "a Chrome trace is a JSON array of events, or an object with `traceEvents`";
                findings.error(at..at + 1, "this is no Chrome trace", help);
                None
            }
        }
    }

    /// Goes through an object to the array called `traceEvents`.
    fn seek(&mut self, findings: &mut Findings) -> bool {
        const HELP: &str = "the events of a Chrome trace stand in an array called `traceEvents`";
        let open = self.at - 1;
        loop {
            self.blanks();
            if self.take(',') {
                continue;
            }
            if self.take('}') || self.at >= self.source.len() {
                findings.error(open..open + 1, "this object has no `traceEvents`", HELP);
                return false;
            }
            let start = self.at;
            let key: Option<Cow<'a, str>> = self.value(findings);
            let Some(key) = key else { return false };
            self.blanks();
            if !self.take(':') {
                findings.error(
                    self.here(),
                    "a colon is missing",
                    "JSON has a colon between a key and its value",
                );
                return false;
            }
            self.blanks();
            if key == "traceEvents" {
                if self.take('[') {
                    return true;
                }
                findings.error(start..self.at, "`traceEvents` is no array", HELP);
                return false;
            }
            if self.value::<IgnoredAny>(findings).is_none() {
                return false;
            }
        }
    }

    /// The next event and its place.
    pub fn next(&mut self, findings: &mut Findings) -> Option<(Event<'a>, Range<usize>)> {
        loop {
            self.blanks();
            if self.state == State::Done || findings.is_full() {
                return None;
            }
            if self.take(',') {
                continue;
            }
            if self.at >= self.source.len() || self.source[self.at..].starts_with([']', '}']) {
                // By the format, the closing bracket may be missing: a program that was killed wrote none.
                self.state = State::Done;
                return None;
            }
            self.count += 1;
            if self.count > MOST_EVENTS {
                let message = format!("more than {MOST_EVENTS} events");
                findings.error(
                    self.here(),
                    message,
                    "record less, or cut out the part of the run that matters",
                );
                self.state = State::Done;
                return None;
            }
            let start = self.at;
            if !self.source[start..].starts_with('{') {
                let read = self.value::<IgnoredAny>(findings);
                if read.is_some() {
                    let help = "an event is a JSON object such as {\"ph\":\"X\",\"ts\":0,\"dur\":5}";
                    findings.error(start..self.at, "this is no event", help);
                }
                continue;
            }
            if let Some(event) = self.value::<Event<'a>>(findings) {
                return Some((event, start..self.at));
            }
        }
    }

    /// Where a value stands that was read from here.
    pub fn place(&self, raw: &RawValue) -> Range<usize> {
        let start = (raw.get().as_ptr() as usize).saturating_sub(self.source.as_ptr() as usize);
        start..start + raw.get().len()
    }

    /// Reads one JSON value; says what is wrong with it and goes past it if that can be done.
    fn value<T: Deserialize<'a>>(&mut self, findings: &mut Findings) -> Option<T> {
        let rest = &self.source[self.at..];
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<T>();
        let error = match stream.next() {
            Some(Ok(value)) => {
                self.at += stream.byte_offset();
                return Some(value);
            }
            Some(Err(error)) => error,
            None => {
                self.state = State::Done;
                return None;
            }
        };
        let place = self.at + offset(rest, error.line(), error.column());
        let is_end = self.source.get(place..).is_none_or(|rest| rest.trim().is_empty());
        if error.is_eof() || is_end {
            let end = self.source.len();
            let (before, are) = (self.count.max(1) - 1, if self.count == 2 { "is" } else { "are" });
            let before = count(before, "event");
            let message = format!("the file ends within an event; {before} before it {are} whole");
            findings.error(
                end..end,
                message,
                "it was cut off: remove the last, broken event, and close the array",
            );
            self.state = State::Done;
        } else {
            let text = error.to_string();
            let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
            let place = place.min(self.source.len());
            let help = "a Chrome trace is JSON: is something missing or unescaped here?";
            findings.error(place..place + 1, format!("this is no JSON: {what}"), help);
            // A value that is whole but not as it should be can be skipped; broken syntax cannot.
            let mut skip = serde_json::Deserializer::from_str(rest).into_iter::<IgnoredAny>();
            match skip.next() {
                Some(Ok(_)) if error.is_data() => self.at += skip.byte_offset(),
                _ => self.state = State::Done,
            }
        }
        None
    }

    fn blanks(&mut self) {
        let rest = &self.source[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn take(&mut self, c: char) -> bool {
        let is_there = self.source[self.at..].starts_with(c);
        self.at += usize::from(is_there) * c.len_utf8();
        is_there
    }

    fn here(&self) -> Range<usize> {
        self.at..self.at + 1
    }
}

/// The byte at a line and column (from 1, in bytes) of a text.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start =
        (1..line).try_fold(0, |at, _| text[at..].find('\n').map(|newline| at + newline + 1)).unwrap_or(0);
    let mut at = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
