//! The events of a Chrome trace, one at a time: nothing but the event at hand is held, and every value knows its place.
//!
//! The format: "Trace Event Format" (Google, docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU). Both
//! forms are read: an array of events, whose closing bracket may be missing, and an object with `traceEvents`.

use super::super::draft::count;
use super::super::findings::Findings;
use super::super::number;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// Most events, those without a time included.
const MAX_EVENTS: usize = 10_000_000;

/// What of an event, or of its `args`, says something to us.
const KEYS: [&str; 20] = [
    "ph",
    "name",
    "cat",
    "pid",
    "tid",
    "ts",
    "dur",
    "tdur",
    "id",
    "id2",
    "bp",
    "args",
    "labels",
    "type",
    "submitted",
    "unfinished",
    "bind_id",
    "flow_in",
    "flow_out",
    "avg ms",
];

/// One event, or its `args`: the values of [`KEYS`], still text. (A derived struct would be four times the code, in the page.)
#[derive(Default)]
pub(super) struct Event<'a>([Option<&'a RawValue>; KEYS.len()]);

impl<'a> Event<'a> {
    /// The value of one of [`KEYS`]; none if it is not there or `null`.
    pub fn get(&self, key: &str) -> Option<&'a RawValue> {
        debug_assert!(KEYS.contains(&key), "{key} is not kept");
        KEYS.iter().position(|known| *known == key).and_then(|place| self.0[place])
    }

    /// What stands in its `args`.
    pub fn args(&self) -> Event<'a> {
        self.get("args").and_then(|args| serde_json::from_str(args.get()).ok()).unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Event<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Values)
    }
}

/// Takes the values of [`KEYS`] out of an object.
struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = Event<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Event<'de>, A::Error> {
        let mut event = Event::default();
        while let Some(Key(place)) = map.next_key()? {
            let value: &RawValue = map.next_value()?;
            if let Some(place) = place {
                event.0[place] = Some(value).filter(|value| value.get() != "null");
            }
        }
        Ok(event)
    }
}

/// The place of a key among [`KEYS`].
struct Key(Option<usize>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Place;
        impl Visitor<'_> for Place {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E>(self, key: &str) -> Result<Key, E> {
                Ok(Key(KEYS.iter().position(|known| *known == key)))
            }
        }
        deserializer.deserialize_str(Place)
    }
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
    /// Nothing is around the array.
    is_array: bool,
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
        let mut events = Events { source, at, count: 0, state: State::Open, is_array: false };
        match source[at..].chars().next() {
            Some('[') => {
                events.at += 1;
                events.is_array = true;
                Some(events)
            }
            Some('{') => {
                events.at += 1;
                events.seek(findings).then_some(events)
            }
            _ => {
                let help = "a Chrome trace is a JSON array of events, or an object with `traceEvents`";
                findings.error(at..at + 1, "this is not a Chrome trace", help);
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
                findings.error(start..self.at, "`traceEvents` is not an array", HELP);
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
                self.leftover(findings);
                // By the format, the closing bracket may be missing: a program that was killed wrote none.
                self.state = State::Done;
                return None;
            }
            self.count += 1;
            if self.count > MAX_EVENTS {
                let message = format!("more than {MAX_EVENTS} events");
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
                    findings.error(start..self.at, "this is not an event", help);
                }
                continue;
            }
            if let Some(event) = self.value::<Event<'a>>(findings) {
                return Some((event, start..self.at));
            }
        }
    }

    /// After an array there should be nothing: it may be two traces in one file.
    fn leftover(&mut self, findings: &mut Findings) {
        let rest = self.source.get(self.at + 1..).unwrap_or("");
        let start = self.source.len() - rest.trim_start().len();
        if self.is_array && start < self.source.len() {
            let message = "the array of events has ended before this: what follows is left out";
            findings.warn(
                start..start + 1,
                message,
                "are these several traces in one file? import one of them",
            );
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
            findings.error(place..place + 1, format!("this is not JSON: {what}"), help);
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
