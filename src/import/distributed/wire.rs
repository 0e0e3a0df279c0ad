//! Spans with parents, as they come from several services.

use super::super::findings::Findings;
use super::super::spans::record::Names;
use serde::Deserialize;
use serde::de::Error;
use serde_json::value::RawValue;
use std::marker::PhantomData;

const HELP: &str = "export it anew, as JSON";

/// One span of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WireSpan {
    pub trace: String,
    pub id: String,
    /// The id of its parent; empty if it has none.
    pub parent: String,
    /// A number of [`WireTrace::services`].
    pub service: u32,
    pub name: String,
    /// In nanoseconds since 1970.
    pub from: i64,
    pub to: i64,
}

/// All spans, and the names of their services.
#[derive(Debug)]
pub(super) struct WireTrace {
    /// Most spans; one more is read to know that there are.
    max: usize,
    pub services: Names,
    pub spans: Vec<WireSpan>,
    /// Spans without a start, or an end.
    pub incomplete: usize,
}

impl WireTrace {
    /// Without a span yet, and with room for `max` of them.
    pub fn of_at_most(max: usize) -> WireTrace {
        WireTrace { max, services: Names::default(), spans: Vec::new(), incomplete: 0 }
    }

    /// Adds a span, or counts it if its times make no sense.
    pub fn push(&mut self, span: WireSpan) {
        let is_sound = span.from > 0 && span.to >= span.from && span.to < i64::MAX / 4;
        if is_sound {
            self.spans.push(span);
        } else {
            self.incomplete += 1;
        }
    }

    /// Whether there are too many spans already, so that nothing more need be read.
    pub fn is_full(&self) -> bool {
        self.spans.len() > self.max
    }
}

/// The elements of a JSON array, read one at a time: however long it is, one of them is held. After an error there are no more.
pub(super) struct Elements<'a, T> {
    /// Where the next one begins, after the bracket or the comma before it.
    rest: &'a str,
    state: State,
    kind: PhantomData<T>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    First,
    Later,
    Done,
}

impl<'a, T: Deserialize<'a>> Elements<'a, T> {
    /// Those of `array`; none if it is absent.
    pub fn of(array: Option<&'a RawValue>) -> Elements<'a, T> {
        Elements { rest: array.map_or("[]", RawValue::get), state: State::First, kind: PhantomData }
    }

    /// What is wrong with the element at hand, and the text from there on.
    fn refuse(&mut self, error: serde_json::Error) -> Unreadable<'a> {
        self.state = State::Done;
        Unreadable { error, from: self.rest }
    }
}

impl<'a, T: Deserialize<'a>> Iterator for Elements<'a, T> {
    type Item = Result<T, Unreadable<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let before = match self.state {
            State::First => '[',
            State::Later => ',',
            State::Done => return None,
        };
        let Some(rest) = self.rest.trim_start().strip_prefix(before) else {
            let is_over = self.state == State::Later;
            return (!is_over)
                .then(|| Err(self.refuse(serde_json::Error::custom("there has to be an array here"))));
        };
        self.rest = rest.trim_start();
        if self.rest.starts_with(']') {
            return None;
        }
        self.state = State::Later;
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<T>();
        match values.next()? {
            Ok(value) => {
                self.rest = &self.rest[values.byte_offset()..];
                Some(Ok(value))
            }
            Err(error) => Some(Err(self.refuse(error))),
        }
    }
}

/// An element of an array that is not as it should be.
#[derive(Debug)]
pub(super) struct Unreadable<'a> {
    error: serde_json::Error,
    from: &'a str,
}

impl Unreadable<'_> {
    /// Says so, at its place in `text`, of which it is a part.
    pub fn tell(&self, text: &str, findings: &mut Findings) {
        let at = (self.from.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len());
        // The line is that within the element.
        let error = self.error.to_string();
        let what = error.rsplit_once(" at line ").map_or(error.as_str(), |(what, _)| what);
        findings.error(at..at, format!("the trace cannot be read: {what}"), HELP);
    }
}

/// Says that JSON cannot be read, where it breaks off.
pub(super) fn broken(error: &serde_json::Error, at: usize, text: &str, findings: &mut Findings) {
    let at = at.min(text.len());
    let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    findings.error(at..at, format!("the trace cannot be read: {error}"), HELP);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements(text: &str) -> (Vec<u32>, Option<String>) {
        let array: &RawValue = serde_json::from_str(text).expect("JSON");
        let mut read = Vec::new();
        for element in Elements::of(Some(array)) {
            match element {
                Ok(element) => read.push(element),
                Err(unreadable) => return (read, Some(unreadable.from.to_owned())),
            }
        }
        (read, None)
    }

    #[test]
    fn elements_are_read_one_at_a_time_up_to_the_first_that_is_wrong() {
        assert_eq!(elements("[ 1 , 2,3 ]"), (vec![1, 2, 3], None));
        assert_eq!(elements("[ ]"), (vec![], None));
        assert_eq!(elements("[1, {}, 3]"), (vec![1], Some("{}, 3]".to_owned())));
        assert_eq!(elements("{}"), (vec![], Some("{}".to_owned())));
        assert!(Elements::<u32>::of(None).next().is_none());
    }
}
