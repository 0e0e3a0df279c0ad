//! JSON that is read a piece at a time: the elements of arrays and the entries of objects that may be as long as a recording.

use super::findings::Findings;
use serde::Deserialize;
use serde::de::Error;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::marker::PhantomData;

/// The elements of a JSON array, read one at a time: however long it is, one of them is held. After an error there are no more.
pub(super) struct Elements<'a, T> {
    parts: Parts<'a>,
    kind: PhantomData<T>,
}

impl<'a, T: Deserialize<'a>> Elements<'a, T> {
    /// Those of `array`; none if it is absent or `null`.
    pub fn of(array: Option<&'a RawValue>) -> Elements<'a, T> {
        Elements { parts: Parts::of(array, ['[', ']']), kind: PhantomData }
    }
}

impl<'a, T: Deserialize<'a>> Iterator for Elements<'a, T> {
    type Item = Result<T, Unreadable<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.parts.advance()? {
            Ok(()) => self.parts.value(),
            Err(unreadable) => Some(Err(unreadable)),
        }
    }
}

/// The entries of a JSON object, read one at a time, in the order in which they are written. After an error there are no more.
pub(super) struct Entries<'a, T> {
    parts: Parts<'a>,
    kind: PhantomData<T>,
}

impl<'a, T: Deserialize<'a>> Entries<'a, T> {
    /// Those of `object`; none if it is absent or `null`.
    pub fn of(object: Option<&'a RawValue>) -> Entries<'a, T> {
        Entries { parts: Parts::of(object, ['{', '}']), kind: PhantomData }
    }

    fn entry(&mut self) -> Option<Result<(Cow<'a, str>, T), Unreadable<'a>>> {
        let key: Key<'a> = match self.parts.value()? {
            Ok(key) => key,
            Err(unreadable) => return Some(Err(unreadable)),
        };
        let Some(rest) = self.parts.rest.trim_start().strip_prefix(':') else {
            return Some(Err(self.parts.refuse(Error::custom("there has to be a colon here"))));
        };
        self.parts.rest = rest.trim_start();
        Some(self.parts.value()?.map(|value| (key.0, value)))
    }
}

impl<'a, T: Deserialize<'a>> Iterator for Entries<'a, T> {
    type Item = Result<(Cow<'a, str>, T), Unreadable<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.parts.advance()? {
            Ok(()) => self.entry(),
            Err(unreadable) => Some(Err(unreadable)),
        }
    }
}

/// A text that borrows from the recording unless something in it is escaped.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// What stands between two brackets, separated by commas.
struct Parts<'a> {
    /// Where the next part begins, after the bracket or the comma before it.
    rest: &'a str,
    brackets: [char; 2],
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    First,
    Later,
    Done,
}

impl<'a> Parts<'a> {
    fn of(value: Option<&'a RawValue>, brackets: [char; 2]) -> Parts<'a> {
        let value = value.map(RawValue::get).filter(|text| *text != "null");
        let state = if value.is_some() { State::First } else { State::Done };
        Parts { rest: value.unwrap_or_default(), brackets, state }
    }

    /// Goes to the next part, if there is one.
    fn advance(&mut self) -> Option<Result<(), Unreadable<'a>>> {
        let before = match self.state {
            State::First => self.brackets[0],
            State::Later => ',',
            State::Done => return None,
        };
        let Some(rest) = self.rest.trim_start().strip_prefix(before) else {
            let is_over = self.state == State::Later;
            let what = if self.brackets[0] == '[' { "an array" } else { "an object" };
            let wrong = || Error::custom(format!("there has to be {what} here"));
            return (!is_over).then(|| Err(self.refuse(wrong())));
        };
        self.rest = rest.trim_start();
        if self.rest.starts_with(self.brackets[1]) {
            self.state = State::Done;
            return None;
        }
        self.state = State::Later;
        Some(Ok(()))
    }

    /// Reads the value that begins here.
    fn value<T: Deserialize<'a>>(&mut self) -> Option<Result<T, Unreadable<'a>>> {
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<T>();
        match values.next()? {
            Ok(value) => {
                self.rest = &self.rest[values.byte_offset()..];
                Some(Ok(value))
            }
            Err(error) => Some(Err(self.refuse(error))),
        }
    }

    /// What is wrong with the part at hand, and the text from there on.
    fn refuse(&mut self, error: serde_json::Error) -> Unreadable<'a> {
        self.state = State::Done;
        Unreadable { error, from: self.rest }
    }
}

/// A part that is not as it should be.
#[derive(Debug)]
pub(super) struct Unreadable<'a> {
    error: serde_json::Error,
    from: &'a str,
}

impl Unreadable<'_> {
    /// Says that `what` cannot be read, at its place in `text`, of which it is a part.
    pub fn report(&self, what: &str, text: &str, help: &str, findings: &mut Findings) {
        let at = (self.from.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len());
        // The line is that within the part.
        let error = self.error.to_string();
        let why = error.rsplit_once(" at line ").map_or(error.as_str(), |(why, _)| why);
        findings.error(at..at, format!("{what} cannot be read: {why}"), help);
    }
}

/// Says that `what` cannot be read, where the JSON breaks off.
pub(super) fn broken(
    what: &str,
    error: &serde_json::Error,
    at: usize,
    text: &str,
    help: &str,
    findings: &mut Findings,
) {
    let at = at.min(text.len());
    let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    findings.error(at..at, format!("{what} cannot be read: {error}"), help);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read, and the text from the first part on that is not as it should be.
    fn read<'a, T>(parts: impl Iterator<Item = Result<T, Unreadable<'a>>>) -> (Vec<T>, Option<String>) {
        let mut read = Vec::new();
        for part in parts {
            match part {
                Ok(part) => read.push(part),
                Err(unreadable) => return (read, Some(unreadable.from.to_owned())),
            }
        }
        (read, None)
    }

    fn raw(text: &str) -> Option<&RawValue> {
        Some(serde_json::from_str(text).expect("JSON"))
    }

    #[test]
    fn elements_are_read_one_at_a_time_up_to_the_first_that_is_wrong() {
        let elements = |text| read(Elements::<u32>::of(raw(text)));
        assert_eq!(elements("[ 1 , 2,3 ]"), (vec![1, 2, 3], None));
        assert_eq!(elements("[ ]"), (vec![], None));
        assert_eq!(elements("null"), (vec![], None));
        assert_eq!(elements("[1, {}, 3]"), (vec![1], Some("{}, 3]".to_owned())));
        assert_eq!(elements("{}"), (vec![], Some("{}".to_owned())));
        assert!(Elements::<u32>::of(None).next().is_none());
    }

    #[test]
    fn entries_are_read_one_at_a_time_up_to_the_first_that_is_wrong() {
        let entries = |text| {
            let (read, wrong) = read(Entries::<u32>::of(raw(text)));
            (
                read.into_iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" "),
                wrong,
            )
        };
        assert_eq!(entries(r#"{ "a" : 1 , "b,\"":2, "a":3 }"#), ("a=1 b,\"=2 a=3".to_owned(), None));
        assert_eq!(entries("{ }"), (String::new(), None));
        assert_eq!(entries(r#"{"a":1,"b":[]}"#), ("a=1".to_owned(), Some("[]}".to_owned())));
        assert_eq!(entries("[1]"), (String::new(), Some("[1]".to_owned())));
    }
}
