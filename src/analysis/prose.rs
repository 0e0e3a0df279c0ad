//! Text in pieces, so that a screen can link the names in it and a terminal can print it.
//!
//! Invariant: the pieces put together are plain English with one space between sentences. What the text
//! says is deliberately absent: see [`super::explain`].

use super::names::Names;
use crate::model::id::{CellId, ExecutorId, ResourceId, TaskId};
use crate::model::time::Time;
use crate::trace::event::EventId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Segment {
    /// Words that refer to nothing.
    Words {
        /// The words themselves.
        text: String,
    },
    /// One or more tasks.
    Tasks {
        /// The tasks meant.
        tasks: Vec<TaskId>,
        /// How they are called here.
        text: String,
    },
    /// Name of an executor.
    Executor {
        /// The executor meant.
        executor: ExecutorId,
        /// Its name in backquotes.
        text: String,
    },
    /// A semaphore or lock.
    Resource {
        /// The resource meant.
        resource: ResourceId,
        /// Its name in backquotes.
        text: String,
    },
    /// Name of a cell.
    Cell {
        /// The cell meant.
        cell: CellId,
        /// Its name in backquotes.
        text: String,
    },
    /// An instant, to be formatted.
    Time {
        /// When, in nanoseconds.
        at: Time,
        /// The event at that instant that is meant, if it is one.
        event: Option<EventId>,
        /// As a person would write it.
        text: String,
    },
}

impl Segment {
    /// The piece as text.
    pub fn text(&self) -> &str {
        match self {
            Segment::Words { text }
            | Segment::Tasks { text, .. }
            | Segment::Executor { text, .. }
            | Segment::Resource { text, .. }
            | Segment::Cell { text, .. }
            | Segment::Time { text, .. } => text,
        }
    }
}

/// A text in pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prose {
    /// The pieces, in order.
    pub segments: Vec<Segment>,
}

impl fmt::Display for Prose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.segments.iter().try_for_each(|segment| f.write_str(segment.text()))
    }
}

/// Prose has tagged pieces, which only a format that describes itself reads back.
pub(in crate::analysis) mod as_json {
    use super::Prose;
    use serde::de::{Deserialize, Deserializer, Error as _};
    use serde::ser::{Error as _, Serializer};

    pub(in crate::analysis) fn serialize<S: Serializer>(
        prose: &Prose,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&serde_json::to_string(prose).map_err(S::Error::custom)?)
    }

    pub(in crate::analysis) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Prose, D::Error> {
        serde_json::from_str(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Prose {
    /// Creates an empty text.
    pub fn new() -> Prose {
        Prose::default()
    }

    /// Appends words that refer to nothing.
    pub fn words(&mut self, text: impl Into<String>) -> &mut Prose {
        let text = text.into();
        match self.segments.last_mut() {
            Some(Segment::Words { text: last }) => last.push_str(&text),
            _ => self.segments.push(Segment::Words { text }),
        }
        self
    }

    /// Appends an instant and the event it belongs to.
    pub fn time(&mut self, at: Time, event: Option<EventId>) -> &mut Prose {
        self.segments.push(Segment::Time { at, event, text: at.to_string() });
        self
    }

    /// An executor's name.
    pub fn executor(&mut self, executor: ExecutorId, name: &str) -> &mut Prose {
        self.segments.push(Segment::Executor { executor, text: format!("`{name}`") });
        self
    }

    /// Tasks under a text of one's own.
    pub fn tasks_as(&mut self, tasks: &[TaskId], text: impl Into<String>) -> &mut Prose {
        self.segments.push(Segment::Tasks { tasks: tasks.to_vec(), text: text.into() });
        self
    }

    /// Tasks by their names: `build#0…#4`, `a#0 and b#0`.
    pub fn tasks(&mut self, tasks: &[TaskId], names: &Names) -> &mut Prose {
        let runs = runs(tasks, names);
        let shown = runs.len().min(4);
        for (at, run) in runs.iter().take(shown).enumerate() {
            let is_last = at + 1 == runs.len();
            if at > 0 {
                self.words(if is_last { " and " } else { ", " });
            }
            let mut text = names.name(run[0]);
            if run.len() > 1 {
                text.push_str(&format!("…#{}", names.ordinal(run[run.len() - 1])));
            }
            self.tasks_as(run, text);
        }
        let rest: Vec<TaskId> = runs[shown..].iter().flatten().copied().collect();
        if !rest.is_empty() {
            self.words(" and ").tasks_as(&rest, format!("{} more", grouped(rest.len() as u64)));
        }
        self
    }
}

/// Cuts tasks into runs that one name can cover: arrivals of one type with consecutive numbers, at least
/// three of them.
fn runs(tasks: &[TaskId], names: &Names) -> Vec<Vec<TaskId>> {
    let follows = |a: TaskId, b: TaskId| {
        names.parent(a).is_none()
            && names.parent(b).is_none()
            && names.kind(a) == names.kind(b)
            && names.ordinal(a) + 1 == names.ordinal(b)
    };
    let mut runs = Vec::new();
    for run in tasks.chunk_by(|a, b| follows(*a, *b)) {
        if run.len() >= 3 {
            runs.push(run.to_vec());
        } else {
            runs.extend(run.iter().map(|task| vec![*task]));
        }
    }
    runs
}

/// `one` to `ten` in words, larger numbers in figures with their thousands set apart.
pub fn count_word(count: usize) -> String {
    const WORDS: [&str; 11] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    WORDS.get(count).map_or_else(|| grouped(count as u64), |word| (*word).to_owned())
}

/// A whole number with its thousands set apart: `1 000 000`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// A space at which no line is broken.
pub const NO_BREAK: char = '\u{a0}';

/// What follows a number as its unit.
const UNITS: [&str; 13] = ["ns", "us", "µs", "ms", "s", "m", "h", "d", "%", "B", "KiB", "MiB", "GiB"];

/// The text with no-break spaces inside quantities, so that `1 930`, `99 %` and `384 KiB` stay on one line.
pub fn bound(text: &str) -> String {
    let mut words = text.split(' ');
    let mut whole = words.next().unwrap_or_default().to_owned();
    for word in words {
        let bare = word.trim_end_matches(['.', ',', ';', ':', ')', '?']);
        let is_group = bare.len() == 3 && bare.bytes().all(|byte| byte.is_ascii_digit());
        let is_number = bare.starts_with(|first: char| first.is_ascii_digit());
        let is_quantity = if whole.ends_with(|last: char| last.is_ascii_digit()) {
            is_group || UNITS.contains(&bare)
        } else {
            // The seconds of `1 m 30 s`.
            is_number && ["\u{a0}m", "\u{a0}h"].iter().any(|unit| whole.ends_with(unit))
        };
        whole.push(if is_quantity { NO_BREAK } else { ' ' });
        whole.push_str(word);
    }
    whole
}

/// The word with an `s` unless there is one of it.
pub fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

/// `a`, `a and b`, `a, b and c`.
pub fn list<T: AsRef<str>>(words: &[T]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [rest @ .., last] => {
            let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", rest.join(", "), last.as_ref())
        }
    }
}

/// The number and the word: `1 run`, `1 200 runs`.
pub fn counted(count: usize, word: &str) -> String {
    format!("{} {}", grouped(count as u64), plural(count, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(1_234_567), "1 234 567");
        assert_eq!([0, 1, 1200].map(|count| counted(count, "run")), ["0 runs", "1 run", "1 200 runs"]);
    }

    #[test]
    fn quantities_stay_together() {
        let bound = |text| bound(text).replace(NO_BREAK, "_");
        assert_eq!(
            bound("1 930 states, 99 % (of 5 s). At 3 s it had 12 tasks."),
            "1_930 states, 99_% (of 5_s). At 3_s it had 12 tasks."
        );
        assert_eq!(bound("in 1 m 30.5 s, I am 5 times"), "in 1_m_30.5_s, I am 5 times");
    }
}
