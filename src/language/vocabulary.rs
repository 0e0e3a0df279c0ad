//! What may stand where in a document, for editors: the keys of a table, the values of a key, the words of a step.
//!
//! It reads the same tables as the reader and the JSON Schema, so that the three cannot disagree. Which names a document
//! defines is not known here.

use super::costs::COSTS;
use super::keys::{DOCUMENT, EXECUTOR, Key, ON_FULL, Shape};
use super::metric::METRICS;
use super::step_forms::STEPS;

/// A key that a table may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// How it is written.
    pub name: &'static str,
    /// What it means, in one line.
    pub about: &'static str,
    /// The executor kinds that have it; empty if it does not depend on a kind.
    pub kinds: &'static [&'static str],
}

/// What a key can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// One of these words.
    Words(Vec<&'static str>),
    /// A name that this section of the document defines.
    Names(&'static str),
    /// `true` or `false`.
    Truth,
    /// A list of steps.
    Steps,
    /// A table, or a list of tables.
    Table,
    /// Anything that this describes.
    Other(String),
}

/// The keys of the table at a path such as `["executors", "default"]`; empty if any name may stand there.
pub fn keys(path: &[&str]) -> Vec<Term> {
    match shape_at(path) {
        Some(Shape::Record(keys)) => keys.iter().map(term).collect(),
        Some(Shape::Patch) => DOCUMENT.iter().filter(|key| key.name != "variants").map(term).collect(),
        Some(Shape::Expectations) => {
            METRICS.iter().map(|name| Term { name, about: "what is expected of a run", kinds: &[] }).collect()
        }
        Some(_) | None => Vec::new(),
    }
}

/// What the key at a path can hold; none if there is no such key.
pub fn values(path: &[&str]) -> Option<Values> {
    Some(values_of(shape_at(path)?))
}

/// What the key at a path means; none if there is no such key, or if its name is the document's own.
pub fn about(path: &[&str]) -> Option<&'static str> {
    let (last, table) = path.split_last()?;
    keys(table).iter().find(|term| term.name == *last).map(|term| term.about)
}

/// The verbs of the step language, and how each step is written.
pub fn verbs() -> &'static [(&'static str, &'static str)] {
    &STEPS
}

/// What may become of a submission that finds no room.
pub fn policies() -> &'static [&'static str] {
    ON_FULL
}

/// The sections that the header of a table may name, as a header: `[executors.NAME]`, `[[arrivals]]`.
pub fn headers() -> Vec<(String, &'static str)> {
    let header = |key: &Key| {
        let text = match key.shape {
            Shape::Map(Shape::Record(_) | Shape::Patch, ..) => format!("[{}.NAME]", key.name),
            Shape::List(Shape::Record(_)) => format!("[[{}]]", key.name),
            Shape::Record(_) | Shape::Expectations | Shape::Anything => format!("[{}]", key.name),
            _ => return None,
        };
        Some((text, key.about))
    };
    DOCUMENT.iter().filter_map(header).collect()
}

/// The known name that was probably meant by a mistyped one.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    super::names::nearest(word, known)
}

fn term(key: &Key) -> Term {
    Term { name: key.name, about: key.about, kinds: key.kinds }
}

/// The shape at a path of keys and names. A list is passed through, since its entries have no names.
fn shape_at(path: &[&str]) -> Option<Shape> {
    let mut shape = Shape::Record(DOCUMENT);
    for part in path {
        let inner = match shape {
            Shape::Record(keys) => keys.iter().find(|key| key.name == *part)?.shape,
            Shape::Patch => DOCUMENT.iter().find(|key| key.name == *part)?.shape,
            Shape::Map(of, ..) => *of,
            _ => return None,
        };
        shape = match inner {
            Shape::List(of) => *of,
            other => other,
        };
    }
    Some(shape)
}

fn values_of(shape: Shape) -> Values {
    match shape {
        Shape::Word(words) => Values::Words(words.to_vec()),
        Shape::Name(section) => Values::Names(section),
        Shape::Truth => Values::Truth,
        Shape::Steps => Values::Steps,
        Shape::Record(_)
        | Shape::Map(..)
        | Shape::List(_)
        | Shape::Patch
        | Shape::Anything
        | Shape::Expectations => Values::Table,
        Shape::Memory => Values::Words(COSTS.iter().map(|cost| cost.word).collect()),
        Shape::Text => Values::Other("text".to_owned()),
        Shape::Count(low, high) if high >= u64::from(u32::MAX) - 1 => {
            Values::Other(format!("a whole number, at least {low}"))
        }
        Shape::Count(low, high) => Values::Other(format!("a whole number from {low} to {high}")),
        Shape::Signed => Values::Other("a whole number, which may be negative".to_owned()),
        Shape::Number(low, _) => Values::Other(format!("a number, at least {low}")),
        Shape::Seed => Values::Other("a whole number".to_owned()),
        Shape::Duration => Values::Other("a duration: 250ms, 1.5s, 2m".to_owned()),
        Shape::Patience => Values::Other("a duration, or forever".to_owned()),
        Shape::Distribution => Values::Other(
            "a duration, or a distribution: exp(2s), uniform(1s, 3s), choice(1s: 0.9, 10s: 0.1)".to_owned(),
        ),
        Shape::Rate => Values::Other("arrivals per unit of time, such as 5/s".to_owned()),
        Shape::Literal => Values::Other("a whole number or a word".to_owned()),
        Shape::Plain => Values::Other("a number, a duration, a distribution or a word".to_owned()),
        Shape::Instants => Values::Other("a list of durations".to_owned()),
    }
}

/// Whether a path leads to an executor, whose keys depend on its kind.
pub fn is_executor(path: &[&str]) -> bool {
    matches!(shape_at(path), Some(Shape::Record(keys)) if std::ptr::eq(keys, EXECUTOR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_through_names_lists_and_variants() {
        let names = |path: &[&str]| keys(path).iter().map(|term| term.name).collect::<Vec<_>>();
        assert!(names(&[]).contains(&"arrivals"));
        assert_eq!(names(&["tasks", "build"]), ["steps"]);
        assert!(names(&["arrivals"]).contains(&"every"));
        assert_eq!(names(&["variants", "more", "tasks", "build"]), ["steps"]);
        assert!(names(&["expect"]).contains(&"latency.TASK.p99"));
        assert!(names(&["executors"]).is_empty());
        assert!(names(&["nonsense", "build"]).is_empty());
        assert!(is_executor(&["variants", "more", "executors", "default"]));
    }

    #[test]
    fn values_and_meanings_are_those_of_the_tables() {
        assert_eq!(values(&["arrivals", "to"]), Some(Values::Names("executors")));
        assert_eq!(values(&["tasks", "t", "steps"]), Some(Values::Steps));
        assert_eq!(
            values(&["executors", "a", "workers"]),
            Some(Values::Other("a whole number from 1 to 1000000".to_owned()))
        );
        assert_eq!(about(&["executors", "a", "into"]), Some("the executor it submits into"));
        assert_eq!(about(&["executors", "a"]), None);
        assert_eq!(values(&["executors", "a", "wrokers"]), None);
    }
}
